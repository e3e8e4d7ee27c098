/** What a mapping says, with aliases followed and merge keys (https://yaml.org/type/merge.html) taken in. */
import type { Problem } from '../../model/finding.ts'
import { locationOf, resolved, type YamlList, type YamlMap, type YamlNode, type YamlScalar } from './tree.ts'

export type Field = {
  readonly name: string
  readonly key: YamlNode
  /** As written: perhaps an alias. */
  readonly value: YamlNode
  /** The mapping in whose text it stands: another than the one that was asked when a merge key brought it. */
  readonly owner: YamlMap
}
export type Fields = ReadonlyMap<string, Field>

/** Of one mapping, merged ones included: more is an attack (`<<` of `<<` of `<<` multiplies). */
const maxFields = 10_000

const cache = new WeakMap<YamlMap, Fields>()

/**
 * The fields by name. What the mapping says itself wins over what is merged, and the first merged mapping over later ones. Of a key that stands twice the last
 * counts, as in Go's decoders that allow it; `duplicateKeys` tells of them. Keys that are no scalars have no name and are left out.
 */
export const fieldsOf = (map: YamlMap): Fields => {
  const known = cache.get(map)
  if (known) return known
  const fields = new Map<string, Field>()
  collect(map, fields, new Set())
  cache.set(map, fields)
  return fields
}

const collect = (map: YamlMap, fields: Map<string, Field>, inside: Set<YamlMap>): void => {
  if (inside.has(map)) return
  inside.add(map)
  const own = new Map<string, Field>()
  const merged: YamlNode[] = []
  for (const { key, value } of map.entries) {
    if (key.kind !== 'scalar') continue
    if (key.value === '<<' && key.style === 'plain') merged.push(value)
    else own.set(key.value, { name: key.value, key, value, owner: map })
  }
  for (const [name, field] of own) if (!fields.has(name) && fields.size < maxFields) fields.set(name, field)
  for (const node of merged) {
    const target = resolved(node)
    for (const one of target?.kind === 'list' ? target.items : target ? [target] : []) {
      const mapping = resolved(one)
      if (mapping?.kind === 'map' && fields.size < maxFields) collect(mapping, fields, inside)
    }
  }
  inside.delete(map)
}

/** The value of a field, aliases followed. Undefined when it is missing, or the node is no mapping. */
export const get = (node: YamlNode | undefined, ...names: readonly string[]): ReturnType<typeof resolved> => {
  let at = resolved(node)
  for (const name of names) {
    if (at?.kind !== 'map') return undefined
    at = resolved(fieldsOf(at).get(name)?.value)
  }
  return at
}

export const asMap = (node: YamlNode | undefined): YamlMap | undefined => {
  const at = resolved(node)
  return at?.kind === 'map' ? at : undefined
}

export const asList = (node: YamlNode | undefined): YamlList | undefined => {
  const at = resolved(node)
  return at?.kind === 'list' ? at : undefined
}

export const asScalar = (node: YamlNode | undefined): YamlScalar | undefined => {
  const at = resolved(node)
  return at?.kind === 'scalar' ? at : undefined
}

/** Keys that stand twice in one mapping, anywhere below a node, as Problems: Compose and `kubectl` refuse them, other readers take the last. */
export const duplicateKeys = (root: YamlNode | undefined): readonly Problem[] => {
  const problems: Problem[] = []
  const visit = (node: YamlNode): void => {
    if (node.kind === 'list') node.items.forEach(visit)
    if (node.kind !== 'map') return
    const seen = new Set<string>()
    for (const { key, value } of node.entries) {
      if (key.kind === 'scalar' && key.value !== '<<') {
        if (seen.has(key.value))
          problems.push({
            kind: 'uncovered',
            code: 'yaml-duplicate-key',
            message: `\`${key.value}\` stands twice here; the last one is judged`,
            at: locationOf(key),
          })
        seen.add(key.value)
      }
      visit(value)
    }
  }
  if (root) visit(root)
  return problems
}
