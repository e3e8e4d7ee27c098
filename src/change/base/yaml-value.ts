/** Where the value of a YAML scalar stands, and how another one is written in its place. */
import type { Span } from '../../model/text.ts'
import { booleanOf, integerOf, isNull } from '../../read/yaml/scalars.ts'
import type { YamlScalar } from '../../read/yaml/tree.ts'

/** Without quotes; undefined when the value is not written out in one piece. */
export const innerSpan = ({ file, span, style, value }: YamlScalar): Span | undefined => {
  const quote = style === 'single' || style === 'double' ? 1 : 0
  const inner = { start: span.start + quote, end: span.end - quote }
  if (file.text.slice(inner.start, inner.end) === value) return inner
  if (style !== 'literal' && style !== 'folded') return undefined
  const start = file.text.indexOf(value, span.start)
  const isAlone = start !== -1 && start + value.length <= span.end && file.text.slice(span.start, span.end).trim() === value
  return isAlone && value !== '' ? { start, end: start + value.length } : undefined
}

/** True for a text that would be no string without quotes: the tag `22`, `1.10`, `1e3`. */
export const needsQuotes = (scalar: YamlScalar, text: string): boolean => {
  if (scalar.style !== 'plain' || scalar.tag === '!!str') return false
  const plain: YamlScalar = { ...scalar, value: text }
  return (
    isNull(plain) ||
    booleanOf(plain, 'kubernetes') !== undefined ||
    integerOf(plain, 'kubernetes') !== undefined ||
    number.test(text)
  )
}
/** Floats, and what YAML 1.1 takes for a number to the base of sixty: https://yaml.org/type/float.html */
const number =
  /^[-+]?(?:\.\d[\d_]*|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?\d+)?$|^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$|^[-+]?\.(?:inf|nan)$/i
