/** What scalars mean to those who read them. All take a node (or undefined) and give undefined for what is no such value. */
import { asScalar } from './fields.ts'
import type { YamlNode } from './tree.ts'

const yaml11 = /^(?:y|yes|on|true)$/i
const yaml11no = /^(?:n|no|off|false)$/i
/** YAML 1.1 has three ways to write a word: `yes`, `Yes`, `YES` (https://yaml.org/type/bool.html). */
const yaml11case = /^(?:[a-z]+|[A-Z][a-z]*|[A-Z]+)$/

/**
 * As Compose and Kubernetes take it. Kubernetes reads YAML with a decoder of YAML 1.1 (https://github.com/kubernetes-sigs/yaml, goyaml.v2): plain `yes`, `on`, `True` are
 * true, and a quoted "true" is a string, which its API refuses. Compose casts strings to booleans where its schema wants one (https://github.com/compose-spec/compose-go,
 * interpolation), so that a quoted one counts.
 */
export const booleanOf = (node: YamlNode | undefined, reader: 'compose' | 'kubernetes'): boolean | undefined => {
  const scalar = asScalar(node)
  if (!scalar) return undefined
  if (scalar.tag === '!!str' || (scalar.style !== 'plain' && reader === 'kubernetes')) return undefined
  if (reader === 'kubernetes' && !yaml11case.test(scalar.value)) return undefined
  if (yaml11.test(scalar.value)) return true
  if (yaml11no.test(scalar.value)) return false
  return undefined
}

/** The text of a scalar; undefined for null (`~`, `null`, nothing) and for collections. */
export const stringOf = (node: YamlNode | undefined): string | undefined => {
  const scalar = asScalar(node)
  if (!scalar || isNull(scalar)) return undefined
  return scalar.value
}

/** `~`, `null` or nothing at all, unquoted. A missing node is not null. */
export const isNull = (node: YamlNode | undefined): boolean => {
  const scalar = asScalar(node)
  return scalar !== undefined && scalar.style === 'plain' && /^(?:~|null|Null|NULL|)$/.test(scalar.value)
}

/** A whole number: decimal, `0o17`, `017` and `0x1f` as YAML 1.1 decoders read them, `_` between digits. Quoted ones count for Compose only. */
export const integerOf = (node: YamlNode | undefined, reader: 'compose' | 'kubernetes'): number | undefined => {
  const scalar = asScalar(node)
  if (!scalar || (scalar.style !== 'plain' && reader === 'kubernetes')) return undefined
  return integerIn(scalar.value)
}

export const integerIn = (text: string): number | undefined => {
  const bare = text.replaceAll('_', '')
  const octal = /^([-+]?)0o?([0-7]+)$/.exec(bare)
  if (octal) return Number(`${octal[1]}1`) * Number.parseInt(octal[2]!, 8)
  if (/^0x[\da-f]+$/i.test(bare)) return Number.parseInt(bare, 16)
  return /^[-+]?\d+$/.test(bare) ? Number(bare) : undefined
}

/** The strings of a list; what is no string is left out. A single scalar counts as a list of one where `orOne` says so. */
export const stringsOf = (
  node: YamlNode | undefined,
  orOne = false,
): readonly { readonly value: string; readonly node: YamlNode }[] => {
  const scalar = asScalar(node)
  if (scalar) return orOne && !isNull(scalar) && node ? [{ value: scalar.value, node }] : []
  if (!node) return []
  const target = node.kind === 'alias' ? node.target : node
  if (target?.kind !== 'list') return []
  return target.items.flatMap(item => {
    const value = stringOf(item)
    return value === undefined ? [] : [{ value, node: item }]
  })
}
