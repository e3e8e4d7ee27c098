/**
 * Fields as the API's decoder takes them: YAML becomes JSON by the rules of YAML 1.1 (https://github.com/kubernetes-sigs/yaml), and a JSON value of another
 * type than the field's is refused. `null` is a field that is not there.
 */
import type { Setting } from '../../model/container.ts'
import type { Location, Problem } from '../../model/finding.ts'
import { nearest } from '../../model/nearest.ts'
import { type Field, type Fields, fieldsOf } from '../yaml/fields.ts'
import { booleanOf, integerOf, isNull } from '../yaml/scalars.ts'
import { locationOf, resolved, type YamlList, type YamlMap, type YamlNode, type YamlScalar } from '../yaml/tree.ts'
import { homes, type Shape } from './schema.ts'

/** What is collected while one stream is read. */
export type Notes = {
  readonly problems: Problem[]
  /** Places that were reported: a node that aliases lead to is read often and reported once. */
  readonly told: Set<string>
  /** False inside of custom resources, whose fields may be of types of their own. */
  isStrict: boolean
  /** Nodes that may still be looked at. Aliases make little text into a lot of work; what is left when nothing is left is a Problem. */
  budget: number
}

/** Thrown and caught inside of the reader: the stream asks for more work than any real one. */
export class TooMuch extends Error {}

/** No text has more nodes than characters; the factor is for what anchors share, and for what is looked at twice. */
export const newNotes = (length: number): Notes => ({
  problems: [],
  told: new Set(),
  isStrict: true,
  budget: Math.min(5_000_000, 100_000 + 4 * length),
})

export const spend = (notes: Notes, nodes = 1): void => {
  notes.budget -= nodes
  if (notes.budget < 0) throw new TooMuch()
}

export const tell = (notes: Notes, kind: Problem['kind'], code: string, message: string, at: Location): void => {
  const key = `${code} ${at.in === 'file' ? at.span.start : ''} ${message}`
  if (notes.told.has(key)) return
  notes.told.add(key)
  notes.problems.push({ kind, code, message, at })
}

const merging = new WeakMap<YamlMap, Fields>()

/**
 * The fields of a mapping as goyaml.v2 puts them together: a merge key takes effect where it stands, so that what is merged wins over what the mapping said before
 * it. Everywhere else it is as in `fieldsOf`.
 */
export const fieldsIn = (map: YamlMap, depth = 0): Fields => {
  const at = map.entries.findIndex(({ key }) => key.kind === 'scalar' && key.value === '<<' && key.style === 'plain')
  if (at === -1 || depth > 100) return fieldsOf(map)
  const known = merging.get(map)
  if (known) return known
  const fields = new Map<string, Field>()
  for (const { key, value } of map.entries) {
    if (key.kind !== 'scalar') continue
    if (key.value !== '<<' || key.style !== 'plain') {
      fields.set(key.value, { name: key.value, key, value, owner: map })
      continue
    }
    const target = resolved(value)
    const sources = target?.kind === 'list' ? target.items : target ? [target] : []
    // Backwards, for the first of them wins.
    for (let i = sources.length - 1; i >= 0; i--) {
      const source = resolved(sources[i])
      if (source?.kind !== 'map' || fields.size > maxFields) continue
      for (const [name, field] of fieldsIn(source, depth + 1)) fields.set(name, field)
    }
  }
  merging.set(map, fields)
  return fields
}
/** Of one mapping: merges make much of little text. */
const maxFields = 10_000

/** From the key's start to the value's end. */
export const entryAt = ({ key, value }: Field): Location => ({
  in: 'file',
  path: key.file.path,
  span: { start: key.span.start, end: Math.max(key.span.end, value.span.end) },
})

/** A field that says something. */
export const fieldOf = (map: YamlMap | undefined, name: string): Field | undefined => {
  if (!map) return undefined
  const field = fieldsIn(map).get(name)
  return field && !isNull(field.value) ? field : undefined
}

const template = /\{\{|\$\{|\$\(/

const typeName = (node: YamlNode): string => {
  const target = resolved(node)
  if (!target) return 'nothing'
  if (target.kind === 'map') return 'a mapping'
  if (target.kind === 'list') return 'a list'
  if (target.tag === '!!str' || target.style !== 'plain') return 'a string'
  if (booleanOf(target, 'kubernetes') !== undefined) return 'a boolean'
  return isNumber(target) ? 'a number' : isNull(target) ? 'nothing' : 'a string'
}

const wrong = (notes: Notes, name: string, node: YamlNode, wanted: string): undefined => {
  const target = resolved(node)
  if (!target) return undefined
  // A collection's text is long; what makes it a template stands at its start.
  const text = node.file.text.slice(node.span.start, Math.min(node.span.end, node.span.start + 256))
  if (template.test(text))
    return void tell(
      notes,
      'uncovered',
      'yaml-template',
      `\`${name}\` is filled in later by a template; judge what it becomes`,
      locationOf(node),
    )
  const what = `\`${name}\` must be ${wanted}, and this is ${typeName(node)}`
  if (notes.isStrict) tell(notes, 'failed', 'kubernetes-wrong-type', `${what}: Kubernetes refuses it`, locationOf(node))
  else tell(notes, 'uncovered', 'kubernetes-wrong-type', `${what}: it was not judged`, locationOf(node))
  return undefined
}

export const booleanAt = (notes: Notes, map: YamlMap | undefined, name: string): Setting<boolean> | undefined => {
  const field = fieldOf(map, name)
  if (!field) return undefined
  const value = booleanOf(field.value, 'kubernetes')
  return value === undefined ? wrong(notes, name, field.value, 'true or false') : { value, at: entryAt(field) }
}

/** Numbers of YAML 1.1 that are no integers by their spelling: `1e3`, `1000.0`, `.inf`. */
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$|^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/

const isNumber = (node: YamlScalar): boolean =>
  node.style === 'plain' && node.tag !== '!!str' && (integerOf(node, 'kubernetes') !== undefined || float.test(node.value))

const integerIn = (node: YamlNode): number | undefined => {
  const target = resolved(node)
  if (target?.kind !== 'scalar' || target.tag === '!!str') return undefined
  const whole = integerOf(target, 'kubernetes')
  if (whole !== undefined || !isNumber(target)) return whole
  const value = Number(target.value)
  return Number.isInteger(value) ? value : undefined
}

export const integerAt = (notes: Notes, map: YamlMap | undefined, name: string): Setting<number> | undefined => {
  const field = fieldOf(map, name)
  if (!field) return undefined
  const value = integerIn(field.value)
  return value === undefined ? wrong(notes, name, field.value, 'a whole number') : { value, at: entryAt(field) }
}

export const integersAt = (notes: Notes, map: YamlMap | undefined, name: string): readonly Setting<number>[] =>
  itemsAt(notes, map, name).flatMap(node => {
    const value = integerIn(node)
    if (value !== undefined) return [{ value, at: locationOf(node) }]
    wrong(notes, name, node, 'a list of whole numbers')
    return []
  })

/** What YAML 1.1 takes for a string: a plain `1`, `yes` or `1.5` is none. */
const textIn = (node: YamlNode): string | undefined => {
  const target = resolved(node)
  if (target?.kind !== 'scalar') return undefined
  if (target.style !== 'plain' || target.tag === '!!str') return target.value
  if (isNull(target) || booleanOf(target, 'kubernetes') !== undefined || isNumber(target)) return undefined
  return target.value
}

export const textAt = (notes: Notes, map: YamlMap | undefined, name: string): Setting<string> | undefined => {
  const field = fieldOf(map, name)
  if (!field) return undefined
  const value = textIn(field.value)
  return value === undefined ? wrong(notes, name, field.value, 'a string') : { value, at: entryAt(field) }
}

export const textsAt = (notes: Notes, map: YamlMap | undefined, name: string): readonly Setting<string>[] =>
  itemsAt(notes, map, name).flatMap(node => {
    const value = textIn(node)
    if (value !== undefined) return [{ value, at: locationOf(node) }]
    wrong(notes, name, node, 'a list of strings')
    return []
  })

/** Texts by name: labels, selectors. Values that are no strings are told of and left out. */
export const recordAt = (notes: Notes, map: YamlMap | undefined, name: string): Readonly<Record<string, string>> => {
  const record: Record<string, string> = Object.create(null)
  const inner = mapAt(notes, map, name)
  if (!inner) return record
  for (const [key, field] of fieldsIn(inner)) {
    spend(notes)
    if (isNull(field.value)) continue
    const value = textIn(field.value)
    if (value === undefined) wrong(notes, key, field.value, 'a string')
    else record[key] = value
  }
  return record
}

export const mapAt = (notes: Notes, map: YamlMap | undefined, name: string): YamlMap | undefined => {
  const field = fieldOf(map, name)
  if (!field) return undefined
  const target = resolved(field.value)
  return target?.kind === 'map' ? paid(notes, target) : wrong(notes, name, field.value, 'a mapping')
}

/** A mapping, its fields put together and paid for: those that a merge brings cost no text. */
export const paid = (notes: Notes, map: YamlMap): YamlMap => {
  const { size } = fieldsIn(map)
  if (size >= maxFields && size > map.entries.length) throw new TooMuch()
  spend(notes, size)
  return map
}

export const listAt = (notes: Notes, map: YamlMap | undefined, name: string): YamlList | undefined => {
  const field = fieldOf(map, name)
  if (!field) return undefined
  const target = resolved(field.value)
  return target?.kind === 'list' ? target : wrong(notes, name, field.value, 'a list')
}

const itemsAt = (notes: Notes, map: YamlMap | undefined, name: string): readonly YamlNode[] => {
  const items = listAt(notes, map, name)?.items ?? []
  for (let i = 0; i < items.length; i++) spend(notes)
  return items
}

/** The mappings of a list, each with the item as it is written. */
export const mapsAt = (
  notes: Notes,
  map: YamlMap | undefined,
  name: string,
): readonly { readonly map: YamlMap; readonly node: YamlNode; readonly at: Location }[] =>
  itemsAt(notes, map, name).flatMap(node => {
    const target = resolved(node)
    if (target?.kind === 'map') return [{ map: paid(notes, target), node, at: locationOf(node) }]
    if (!isNull(node)) wrong(notes, name, node, 'a list of mappings')
    return []
  })

/**
 * Names that the API does not know. `kubectl` refuses them, other clients' are dropped with a warning
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation): the protection that was meant is not there.
 */
export const checkFields = (notes: Notes, map: YamlMap | undefined, shape: Shape, also?: ReadonlySet<string>): void => {
  if (!map) return
  for (const [name, { key }] of fieldsIn(map)) {
    spend(notes)
    // `$patch` and the like are directives of strategic merge patches.
    if (shape.fields.has(name) || also?.has(name) || name.startsWith('$')) continue
    const home = homes.find(({ fields }) => fields.has(name))
    const near = home ? undefined : nearest(name, shape.fields)
    const hint = home ? `; it belongs to ${home.what}` : near ? `; did you mean \`${near}\`?` : ''
    tell(
      notes,
      'uncovered',
      'kubernetes-unknown-field',
      `${shape.what} has no field \`${cut(name)}\`, so it says nothing${hint}`,
      locationOf(key),
    )
  }
}

const cut = (text: string): string => (text.length > 64 ? `${text.slice(0, 64)}…` : text)
