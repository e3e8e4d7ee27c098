/**
 * The tags and texts of an XML document (https://www.w3.org/TR/xml/), as far as data have them: comments, instructions, document types and prefixes of
 * namespaces are left out, entities that a document defines are not replaced. One pass.
 */
import { Unreadable } from './cataloger.ts'

export type XmlPart =
  | { readonly kind: 'open'; readonly name: string; readonly attributes: ReadonlyMap<string, string>; readonly isEmpty: boolean }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }

/** Deeper documents are none of any feed. */
const deepest = 100

/** Throws Unreadable when a tag is cut off, or closes what is not open. */
export function* xmlParts(text: string): Generator<XmlPart> {
  const open: string[] = []
  let at = 0
  while (at < text.length) {
    const start = text.indexOf('<', at)
    if (start === -1 || start > at) {
      const between = text.slice(at, start === -1 ? text.length : start)
      if (open.length > 0 && between.trim() !== '') yield { kind: 'text', text: unescaped(between) }
      if (start === -1) break
    }
    const special = specials.find(([begin]) => text.startsWith(begin, start))
    if (special) {
      const [begin, end] = special
      const stop = text.indexOf(end, start + begin.length)
      if (stop === -1) throw new Unreadable('its XML is cut off')
      if (begin === '<![CDATA[') yield { kind: 'text', text: text.slice(start + begin.length, stop) }
      at = stop + end.length
      continue
    }
    tag.lastIndex = start
    const match = tag.exec(text)
    if (!match) throw new Unreadable(`its XML has a broken tag at ${start}`)
    at = tag.lastIndex
    const [, slash, named = '', rest = '', empty] = match
    const name = local(named)
    if (slash === '/') {
      if (open.pop() !== named) throw new Unreadable(`its XML closes ${named.slice(0, 40)}, which is not open`)
      yield { kind: 'close', name }
      continue
    }
    const isEmpty = empty === '/'
    yield { kind: 'open', name, attributes: attributesOf(rest), isEmpty }
    if (isEmpty) yield { kind: 'close', name }
    else if (open.push(named) > deepest) throw new Unreadable('its XML is nested too deeply')
  }
  if (open.length > 0) throw new Unreadable('its XML is cut off')
}

const specials: readonly (readonly [string, string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
  ['<!', '>'],
]

const tag = /<(\/?)([A-Za-z_][\w:.-]*)((?:\s+[A-Za-z_][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y

const local = (name: string): string => name.slice(name.indexOf(':') + 1)

const attributesOf = (text: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  if (text === '') return found
  for (const [, name, double, single] of text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g))
    found.set(local(name!), unescaped(double ?? single ?? ''))
  return found
}

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

const unescaped = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,4});/gi, (whole, name: string) => {
        if (!name.startsWith('#')) return entities.get(name) ?? whole
        const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
        return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : whole
      })
    : text
