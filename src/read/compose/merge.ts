/**
 * How Compose lays one file over another, and a service over the one that it extends: https://github.com/compose-spec/compose-spec/blob/main/13-merge.md.
 * The result is a tree of mappings whose keys and values are the nodes of the files, so that each still knows where it was written.
 */
import type { Problem } from '../../model/finding.ts'
import { type Field, fieldsOf } from '../yaml/fields.ts'
import { isNull } from '../yaml/scalars.ts'
import { locationOf, resolved, type YamlEntry, type YamlList, type YamlMap, type YamlNode } from '../yaml/tree.ts'

export type Merging = {
  readonly problems: Problem[]
  /** Entries that may still be merged. */
  budget: number
}

/** Lists and mappings that stand for the same thing, one after another: `environment` as a list over `environment` as a mapping. */
const parts = new WeakMap<YamlNode, readonly YamlNode[]>()

/** What a value was put together from, lowest first; a value of one file is its own only part. */
export const partsOf = (node: YamlNode): readonly YamlNode[] => parts.get(node) ?? [node]

const joined = (...nodes: readonly YamlNode[]): YamlNode => {
  const all = nodes.flatMap(partsOf)
  const node: YamlList = { ...placeOf(nodes.at(-1)!), kind: 'list', items: [], flow: false }
  parts.set(node, all)
  return node
}

const placeOf = (node: YamlNode): Pick<YamlNode, 'file' | 'span'> => ({ file: node.file, span: node.span })

const tagOf = (node: YamlNode): string | undefined => node.tag ?? resolved(node)?.tag

/** `!reset`: what the files below say is gone, and so is this. */
export const isReset = (node: YamlNode): boolean => tagOf(node) === '!reset'

const isOverride = (node: YamlNode): boolean => tagOf(node) === '!override'

type Rule = 'replace' | 'join' | 'names' | 'map'

/** Of a service, by path; all else: mappings are merged, lists appended, scalars replaced. */
const rules: Readonly<Record<string, Rule>> = {
  annotations: 'join',
  'build.args': 'join',
  'build.additional_contexts': 'join',
  'build.extra_hosts': 'join',
  'build.labels': 'join',
  command: 'replace',
  'deploy.labels': 'join',
  depends_on: 'names',
  dns: 'join',
  dns_opt: 'join',
  dns_search: 'join',
  entrypoint: 'replace',
  env_file: 'join',
  environment: 'join',
  extra_hosts: 'join',
  'healthcheck.test': 'replace',
  label_file: 'join',
  labels: 'join',
  models: 'names',
  networks: 'names',
  sysctls: 'join',
  tmpfs: 'join',
}

/** One service over another. */
export const mergeServices = (base: YamlMap, over: YamlMap, merging: Merging): YamlMap => mergeMaps(base, over, '', merging)

/** One file over another; either may lack. Also for what is included: it lies below. */
export const mergeProjects = (base: YamlMap | undefined, over: YamlMap, merging: Merging): YamlMap => {
  if (!base) return over
  const services = (below: YamlNode, above: YamlNode): YamlNode => {
    const [a, b] = [resolved(below), resolved(above)]
    if (a?.kind !== 'map' || b?.kind !== 'map') return mergeValues(below, above, '*', merging)
    return mapWith(a, b, merging, (service, other) => {
      const [x, y] = [resolved(service), resolved(other)]
      return x?.kind === 'map' && y?.kind === 'map' ? mergeServices(x, y, merging) : mergeValues(service, other, '*', merging)
    })
  }
  return mapWith(base, over, merging, (below, above, name) =>
    name === 'services' ? services(below, above) : mergeValues(below, above, name.startsWith('x-') ? 'x' : '*', merging),
  )
}

/** A mapping of all fields of both; `both` says what becomes of those that are in both. */
const mapWith = (
  base: YamlMap,
  over: YamlMap,
  merging: Merging,
  both: (below: YamlNode, above: YamlNode, name: string) => YamlNode,
): YamlMap => {
  const fields = new Map<string, YamlEntry>()
  const below = fieldsOf(base)
  merging.budget -= below.size
  if (merging.budget < 0) return over
  for (const [name, field] of below) if (!isReset(field.value)) fields.set(name, entryOf(field))
  for (const [name, field] of fieldsOf(over)) {
    if (--merging.budget < 0) break
    const old = fields.get(name)
    if (isReset(field.value)) fields.delete(name)
    else if (!old || isOverride(field.value)) fields.set(name, entryOf(field))
    else {
      const value = both(old.value, field.value, name)
      fields.set(name, value === old.value ? old : { key: field.key, value })
    }
  }
  return { ...placeOf(over), kind: 'map', entries: [...fields.values()], flow: over.flow }
}

const entryOf = ({ key, value }: Field): YamlEntry => ({ key, value })

const mergeMaps = (base: YamlMap, over: YamlMap, path: string, merging: Merging): YamlMap =>
  mapWith(base, over, merging, (below, above, name) => mergeValues(below, above, path === '' ? name : `${path}.${name}`, merging))

const mergeValues = (below: YamlNode, above: YamlNode, path: string, merging: Merging): YamlNode => {
  const rule = rules[path]
  if (rule === 'replace') return above
  if (isNull(above)) return below
  if (isNull(below)) return above
  if (rule === 'join' || rule === 'names')
    return rule === 'names' ? joinedNames(below, above, path, merging) : joined(below, above)
  const [a, b] = [resolved(below), resolved(above)]
  if (!a || !b) return above
  if (path === 'build') return mergeBuilds(below, above, merging)
  if (path === 'logging' && a.kind === 'map' && b.kind === 'map') {
    const [old, driver] = [fieldsOf(a).get('driver'), fieldsOf(b).get('driver')]
    const text = (field: Field | undefined): string | undefined => {
      const node = resolved(field?.value)
      return node?.kind === 'scalar' ? node.value : undefined
    }
    return old && driver && text(old) !== text(driver) ? above : mergeMaps(a, b, path, merging)
  }
  if (path.startsWith('ulimits.')) return above
  if (a.kind === 'map' && b.kind === 'map') return mergeMaps(a, b, path, merging)
  if (a.kind === 'list' && b.kind === 'list') {
    merging.budget -= b.items.length
    if (merging.budget < 0) return above
    return { ...placeOf(above), kind: 'list', items: [...a.items, ...b.items], flow: b.flow }
  }
  if (a.kind !== b.kind && (a.kind !== 'scalar' || b.kind !== 'scalar') && path !== 'x')
    merging.problems.push({
      kind: 'failed',
      code: 'compose-merge-kinds',
      message: `this is a ${kinds[b.kind]}, and what it overrides a ${kinds[a.kind]}; the new one is judged`,
      at: locationOf(above),
    })
  return above
}

const kinds = { map: 'mapping', list: 'list', scalar: 'single value' } as const

/** Lists of names and mappings by name: mappings are merged, all else is put in a row. */
const joinedNames = (below: YamlNode, above: YamlNode, path: string, merging: Merging): YamlNode => {
  const [a, b] = [resolved(below), resolved(above)]
  if (a?.kind === 'map' && b?.kind === 'map') return mergeMaps(a, b, `${path}.*`, merging)
  return joined(below, above)
}

/** A build of one text is its context. */
const mergeBuilds = (below: YamlNode, above: YamlNode, merging: Merging): YamlNode => {
  const [a, b] = [resolved(below), resolved(above)]
  if (a?.kind === 'scalar' && b?.kind === 'scalar') return above
  const asMap = (node: YamlNode, target: ReturnType<typeof resolved>): YamlMap | undefined => {
    if (target?.kind === 'map') return target
    if (target?.kind !== 'scalar') return undefined
    const key: YamlNode = { ...placeOf(node), kind: 'scalar', value: 'context', style: 'plain' }
    return { ...placeOf(node), kind: 'map', entries: [{ key, value: node }], flow: false }
  }
  const [x, y] = [asMap(below, a), asMap(above, b)]
  return x && y ? mergeMaps(x, y, 'build', merging) : above
}
