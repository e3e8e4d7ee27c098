/**
 * Values that are known to be secret → where they stand in other texts: as they are, in base 64 and hexadecimal, and with the escapes of addresses
 * (https://www.rfc-editor.org/rfc/rfc3986#section-2.1), of JSON and of shells, whoever wrote those.
 */
import type { Span } from '../../model/text.ts'

export type FindKnown = (text: string) => readonly Span[]

/** Shorter ones may be part of anything: they are found as whole words only. */
const shortest = 8
/** Encoded forms of shorter ones stand in other texts by chance. */
const shortestEncoded = 6
/** Values are looked up by so many first characters; none is shorter. */
const stem = 4
/** Comparisons of one finder. What comes after counts as secret from end to end: looking at it would take too long, and showing it could be wrong. */
const budget = 50_000_000

const stemPlaces = 4096
const placeOf = (text: string, at: number): number => ((text.charCodeAt(at) << 6) ^ text.charCodeAt(at + 1)) & (stemPlaces - 1)

type Form = { readonly text: string; readonly isEncoded: boolean }
/** Another spelling of a text, and where each of its characters stands in the text. */
type Decoded = { readonly text: string; readonly starts: readonly number[]; readonly ends: readonly number[] }

/** All of them are looked for, however many they are. */
export const knownValues = (values: Iterable<string>): FindKnown => {
  const byStem = new Map<string, Map<string, Form>>()
  for (const value of values)
    for (const form of formsOf(value)) {
      const key = form.text.slice(0, stem)
      const same = byStem.get(key) ?? new Map<string, Form>()
      byStem.set(key, same)
      if (!same.has(form.text)) same.set(form.text, form)
    }
  if (byStem.size === 0) return () => []
  // Nearly no place of a text begins a stem: its first two characters say so without a string of its own.
  const begins = new Uint8Array(stemPlaces)
  for (const key of byStem.keys()) begins[placeOf(key, 0)] = 1
  let left = budget
  const placesIn = (text: string): readonly Span[] | undefined => {
    const found: Span[] = []
    for (let at = 0; at + stem <= text.length; at++) {
      if (begins[placeOf(text, at)] === 0) continue
      const forms = byStem.get(text.slice(at, at + stem))
      if (!forms) continue
      for (const { text: form, isEncoded } of forms.values()) {
        left -= 1 + form.length
        if (left < 0) return undefined
        if (!text.startsWith(form, at)) continue
        let [start, end] = [at, at + form.length]
        if (isEncoded) {
          // What was encoded together with it.
          while (start > 0 && /[\w+/-]/.test(text[start - 1]!)) start--
          while (end < text.length && /[\w+/=-]/.test(text[end]!)) end++
        } else if (form.length < shortest && (/\w/.test(text[start - 1] ?? '') || /\w/.test(text[end] ?? ''))) continue
        found.push({ start, end })
      }
    }
    return found
  }
  return text => {
    const spans: Span[] = []
    const unescaped = /\\/.test(text) ? unescape(text) : undefined
    const decoded = [
      ...(unescaped ? [unescaped] : []),
      ...(percent.test(text) ? [unquote(plain(text))] : []),
      ...(unescaped && percent.test(unescaped.text) ? [unquote(unescaped)] : []),
    ]
    for (const one of [plain(text), ...decoded]) {
      const places = placesIn(one.text)
      if (!places) return [{ start: 0, end: text.length }]
      for (const { start, end } of places) spans.push({ start: one.starts[start] ?? start, end: one.ends[end - 1] ?? end })
    }
    return spans
  }
}

/** In its own words every character stands where it stands. */
const plain = (text: string): Decoded => ({ text, starts: [], ends: [] })

const formsOf = (value: string): readonly Form[] => {
  const texts = [value, value.replace(/\r?\n/g, ' '), ...(value.includes('\n') ? value.split(/\r?\n/) : [])].filter(
    text => text.trim().length >= stem,
  )
  const encoded = value.length < shortestEncoded ? [] : [...inBase64(value), ...inHex(value)]
  return [
    ...texts.map(text => ({ text, isEncoded: false })),
    ...encoded.filter(text => text.length >= shortest).map(text => ({ text, isEncoded: true })),
  ]
}

/** Whatever stands in front of it, of three ways to cut its bits one is the one (https://www.rfc-editor.org/rfc/rfc4648#section-4). */
const inBase64 = (value: string): readonly string[] => {
  const bytes = Buffer.from(value, 'utf8')
  return [0, 1, 2].flatMap(before => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    // The first and the last characters share bits with what stands beside it.
    const core = text.slice([0, 2, 3][before]!, Math.floor(((before + bytes.length) * 8) / 6))
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

const inHex = (value: string): readonly string[] => {
  const text = Buffer.from(value, 'utf8').toString('hex')
  return [text, text.toUpperCase()]
}

const percent = /%[0-9a-f]{2}/i

/** `%2B` → `+`, `+` stays: who writes a blank so has the rest of the value beside it. */
const unquote = (from: Decoded): Decoded =>
  rewrite(from, /(?:%[0-9a-f]{2})+/gi, run => {
    const bytes = Buffer.from(run.replaceAll('%', ''), 'hex')
    // Each byte of ASCII stands for itself.
    return bytes.every(byte => byte < 128)
      ? Array.from(bytes, (byte, i) => [String.fromCharCode(byte), i * 3, i * 3 + 3] as const)
      : [[bytes.toString('utf8'), 0, run.length] as const]
  })

/** `\"` → `"`, `\/` → `/`, `\u002b` → `+`. */
const unescape = (text: string): Decoded =>
  rewrite(plain(text), /\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[\s\S])/gi, escape => {
    const code =
      /^\\[ux]/i.test(escape) && escape.length > 2 ? String.fromCharCode(Number.parseInt(escape.slice(2), 16)) : undefined
    return [[code ?? { n: '\n', t: '\t', r: '\r' }[escape[1]!] ?? escape[1]!, 0, escape.length] as const]
  })

const rewrite = (
  from: Decoded,
  pattern: RegExp,
  read: (match: string) => readonly (readonly [text: string, start: number, end: number])[],
): Decoded => {
  const starts: number[] = []
  const ends: number[] = []
  const parts: string[] = []
  const add = (text: string, start: number, end: number): void => {
    parts.push(text)
    for (let i = 0; i < text.length; i++) {
      starts.push(from.starts[start] ?? start)
      ends.push(from.ends[end - 1] ?? end)
    }
  }
  let at = 0
  const copy = (to: number): void => {
    for (; at < to; at++) add(from.text[at]!, at, at + 1)
  }
  for (const { index, 0: match } of from.text.matchAll(pattern)) {
    copy(index)
    for (const [text, start, end] of read(match)) add(text, index + start, index + end)
    at = index + match.length
  }
  copy(from.text.length)
  return { text: parts.join(''), starts, ends }
}
