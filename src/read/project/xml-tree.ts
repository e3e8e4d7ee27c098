/** A small XML document as a tree: pom.xml, project files of MSBuild. */
import { xmlParts } from '../xml.ts'

export type XmlElement = {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** Of this element alone, trimmed. */
  readonly text: string
}

type Open = { name: string; attributes: ReadonlyMap<string, string>; children: Open[]; text: string }

/** Throws Unreadable. */
export const readXmlTree = (text: string): XmlElement | undefined => {
  const root: Open = { name: '', attributes: new Map(), children: [], text: '' }
  const open = [root]
  for (const part of xmlParts(text.replace(/^\ufeff/, ''))) {
    const top = open.at(-1)!
    if (part.kind === 'open') {
      const one: Open = { name: part.name, attributes: part.attributes, children: [], text: '' }
      top.children.push(one)
      open.push(one)
    } else if (part.kind === 'close') {
      top.text = top.text.trim()
      open.pop()
    } else top.text += part.text
  }
  return root.children[0]
}

/** Along a path of names, the first of each. */
export const child = (element: XmlElement | undefined, ...names: readonly string[]): XmlElement | undefined => {
  let at = element
  for (const name of names) at = at?.children.find(one => one.name === name)
  return at
}

export const childText = (element: XmlElement | undefined, ...names: readonly string[]): string | undefined =>
  child(element, ...names)?.text || undefined

export const childrenOf = (element: XmlElement | undefined, ...names: readonly string[]): readonly XmlElement[] => {
  const last = names.at(-1)
  return child(element, ...names.slice(0, -1))?.children.filter(one => one.name === last) ?? []
}

/** All with a name, however deep. */
export const everywhere = (element: XmlElement | undefined, name: string): readonly XmlElement[] => {
  const found: XmlElement[] = []
  const waiting = element ? [element] : []
  for (let one = waiting.pop(); one; one = waiting.pop()) {
    if (one.name === name) found.push(one)
    waiting.push(...[...one.children].reverse())
  }
  return found
}
