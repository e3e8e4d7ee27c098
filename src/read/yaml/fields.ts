/** What a mapping says, with aliases followed and merge keys (https://yaml.org/type/merge.html) taken in. */
import type { Problem } from '../../model/finding.ts'
import { remembered } from '../../model/remember.ts'
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

/** With what is merged into a mapping: more is an attack (`<<` of `<<` of `<<` multiplies). Its own are bounded by their text. */
const maxFields = 10_000

/**
 * The fields by name. What the mapping says itself wins over what is merged, and the first merged mapping over later ones. Of a key that stands twice the last
 * counts, as in Go's decoders that allow it; `duplicateKeys` tells of them. Keys that are no scalars have no name and are left out.
 */
export const fieldsOf = remembered((map: YamlMap): Fields => {
  const fields = new Map<string, Field>()
  collect(map, fields)
  return fields
})

/** Each mapping once: what is merged a second time adds nothing, and `<<: [*a, *a]` in a row would double the work every time. */
const collect = (map: YamlMap, fields: Map<string, Field>): void => {
  // Nearly none of them merges anything.
  if (!map.entries.some(({ key }) => key.kind === 'scalar' && key.value === '<<' && key.style === 'plain')) {
    for (const { key, value } of map.entries)
      if (key.kind === 'scalar') fields.set(key.value, { name: key.value, key, value, owner: map })
    return
  }
  const seen = new Set<YamlMap>()
  const waiting = [map]
  for (let owner = waiting.pop(); owner; owner = waiting.pop()) {
    if (seen.has(owner)) continue
    seen.add(owner)
    const own = new Map<string, Field>()
    const merged: YamlMap[] = []
    for (const { key, value } of owner.entries) {
      if (key.kind !== 'scalar') continue
      if (key.value === '<<' && key.style === 'plain') {
        const target = resolved(value)
        for (const one of target?.kind === 'list' ? target.items : target ? [target] : []) {
          const mapping = resolved(one)
          if (mapping?.kind === 'map') merged.push(mapping)
        }
      } else own.set(key.value, { name: key.value, key, value, owner })
    }
    for (const [name, field] of own) if (!fields.has(name) && (owner === map || fields.size < maxFields)) fields.set(name, field)
    if (fields.size < maxFields) waiting.push(...merged.reverse())
  }
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
    const isOne = node.entries.length === 1
    for (const { key, value } of node.entries) {
      if (!isOne && key.kind === 'scalar' && key.value !== '<<') {
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
