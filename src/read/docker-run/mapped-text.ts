/** Shell text that stands inside another file, and the way back from its offsets to the file's. */
import type { Span } from '../../model/text.ts'
import type { YamlScalar } from '../yaml/tree.ts'

export type MappedText = { readonly text: string; spanOf(start: number, end: number): Span }

/** A part of the file, as it is. */
export const slicedText = (source: string, start: number, end: number): MappedText => ({
  text: source.slice(start, end),
  spanOf: (from, to) => ({ start: start + from, end: start + to }),
})

/** `starts[i]`: where unit `i` of the text stands in the file; `ends[i]`: where it ends. */
const unitMap = (text: string, starts: readonly number[], ends: readonly number[], empty: number): MappedText => ({
  text,
  spanOf: (from, to) => {
    const start = starts[from] ?? ends.at(-1) ?? empty
    return { start, end: to > from ? Math.max(start, ends[Math.min(to, ends.length) - 1] ?? start) : start }
  },
})

/** A part of another text. */
export const partOf = (outer: MappedText, start: number, end: number): MappedText => ({
  text: outer.text.slice(start, end),
  spanOf: (from, to) => outer.spanOf(start + from, start + to),
})

/**
 * The value of a literal as it was written between `start` and `end`, unit by unit: units that are the same are each other's, blanks of the source that the value
 * does not have (indentation, folds) are passed over, `\x` stands for the one unit that it gives. Undefined when the two do not match up.
 */
export const alignedText = (source: string, start: number, end: number, value: string): MappedText | undefined => {
  const starts: number[] = []
  const ends: number[] = []
  let at = start
  for (let i = 0; i < value.length; i++) {
    const unit = value[i]!
    const isBlank = unit === ' ' || unit === '\n' || unit === '\t'
    for (;;) {
      if (at >= end) break
      const here = source[at]!
      if (here === unit) break
      // A fold: the line's end is a blank of the value.
      if (isBlank && unit === ' ' && (here === '\n' || here === '\r')) break
      if (here === '\\') {
        if (source[at + 1] === '\n') {
          at += 2
          continue
        }
        break
      }
      if (here === ' ' || here === '\n' || here === '\r' || here === '\t') at++
      else break
    }
    if (at >= end) {
      // What a block scalar ends with may be less than its value says.
      if (isBlank) {
        starts.push(end)
        ends.push(end)
        continue
      }
      return undefined
    }
    const here = source[at]!
    let width = 1
    if (here !== unit && !(isBlank && (here === '\n' || here === '\r'))) {
      if (here !== '\\') return undefined
      width = source[at + 1] === 'u' ? 6 : source[at + 1] === 'x' ? 4 : 2
    } else if (here === '\\' && source[at + 1] === '\\' && value[i + 1] !== '\\') width = 2
    else if (here === "'" && source[at + 1] === "'" && value[i + 1] !== "'") width = 2
    starts.push(at)
    ends.push(Math.min(at + width, end))
    at += width
  }
  return unitMap(value, starts, ends, start)
}

/** What a YAML scalar says. */
export const scalarText = (scalar: YamlScalar): MappedText => {
  const source = scalar.file.text
  const { start, end } = scalar.span
  const quote = scalar.style === 'single' || scalar.style === 'double' ? 1 : 0
  if (source.slice(start + quote, end - quote) === scalar.value) return slicedText(source, start + quote, end - quote)
  if (scalar.style === 'literal') return literalText(scalar)
  return (
    alignedText(source, start + quote, end - quote, scalar.value) ?? {
      text: scalar.value,
      spanOf: () => ({ start, end }),
    }
  )
}

/** Every line of a literal block is a line of the file without its indentation. */
const literalText = (scalar: YamlScalar): MappedText => {
  const source = scalar.file.text
  const { start, end } = scalar.span
  const { value } = scalar
  const starts: number[] = []
  const ends: number[] = []
  let line = start
  let from = 0
  while (from < value.length) {
    const to = value.indexOf('\n', from)
    const stop = to === -1 ? value.length : to
    let lineEnd = source.indexOf('\n', line)
    if (lineEnd === -1 || lineEnd > end) lineEnd = end
    const textEnd = source[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd
    const shift = textEnd - (stop - from)
    for (let i = from; i < stop; i++) {
      starts.push(shift + i - from)
      ends.push(shift + i - from + 1)
    }
    if (to !== -1) {
      starts.push(textEnd)
      ends.push(Math.min(lineEnd + 1, source.length))
    }
    line = Math.min(lineEnd + 1, end)
    from = stop + 1
  }
  return unitMap(value, starts, ends, start)
}

/** Units of `text` taken out: `$$` of a Makefile is the shell's `$`. */
export const replacedText = (outer: MappedText, pattern: RegExp, replace: (found: string) => string): MappedText => {
  const starts: number[] = []
  const ends: number[] = []
  let text = ''
  let last = 0
  const copy = (to: number): void => {
    for (let i = last; i < to; i++) {
      const span = outer.spanOf(i, i + 1)
      starts.push(span.start)
      ends.push(span.end)
    }
    text += outer.text.slice(last, to)
  }
  for (const found of outer.text.matchAll(pattern)) {
    copy(found.index)
    const replacement = replace(found[0])
    const span = outer.spanOf(found.index, found.index + found[0].length)
    for (let i = 0; i < replacement.length; i++) {
      starts.push(span.start)
      ends.push(span.end)
    }
    text += replacement
    last = found.index + found[0].length
  }
  if (last === 0) return outer
  copy(outer.text.length)
  return unitMap(text, starts, ends, outer.spanOf(0, 0).start)
}

/** What templates put into shell text, as a variable of the same length that the shell's grammar understands; `restore` gives back how it was written. */
export const withoutTemplates = (
  outer: MappedText,
  pattern: RegExp,
): { readonly text: MappedText; restore(text: string): string } => {
  const written = new Map<string, string>()
  const text = outer.text.replace(pattern, found => {
    const stand = `\${${found.slice(2, -1).replace(/\W/g, '_')}}`
    written.set(stand, found)
    return stand
  })
  if (written.size === 0) return { text: outer, restore: one => one }
  return {
    text: { text, spanOf: (start, end) => outer.spanOf(start, end) },
    restore: one => (one.includes('${') ? one.replace(/\$\{\w+\}/g, stand => written.get(stand) ?? stand) : one),
  }
}
