/**
 * Wishes → edits of Compose files. A service says its own settings in its own text. What it shares with others by an anchor, a merge key or `extends`
 * stays as it is: the service alone says otherwise in the file that Compose lays over the project's
 * (https://docs.docker.com/compose/how-tos/multiple-compose-files/merge/).
 */
import { basename, dirname, join, relative } from 'node:path'
import type { Container, Setting, Wish } from '../../model/container.ts'
import type { Edit, Location } from '../../model/finding.ts'
import type { Span } from '../../model/text.ts'
import { splitVolume } from '../../read/compose/mounts.ts'
import type { ComposeProject, ServiceSource } from '../../read/compose/project.ts'
import { fieldsOf, get } from '../../read/yaml/fields.ts'
import { resolved, type YamlFile, type YamlMap, type YamlScalar } from '../../read/yaml/tree.ts'
import { blockLines, type NewMap, type NewValue, NotExact, Raw, Shared, YamlSplices } from './edits.ts'

export type Fixed = {
  readonly edits: readonly Edit[]
  /** What a person should know of how it is done; follows the title. */
  readonly note?: string
}

/** Throws NotExact. `main`: the path of the project's first file. */
export const composeEdits = (wishes: readonly Wish[], container: Container, project: ComposeProject, main: string): Fixed => {
  const source = project.sourceOf.get(container)
  if (!source) throw new NotExact('no file declares the service by itself')
  try {
    return inPlace(wishes, container, source, project, main)
  } catch (error) {
    if (!(error instanceof NotExact)) throw error
    return inOverride(wishes, container, source, project, main, error)
  }
}

const overrideName = /^(?:docker-)?compose\.override\.ya?ml$/
const defaultName = /^(?:docker-)?compose\.ya?ml$/

/** What stands outside of the project's folder is not ours to change. */
const isEditable = (path: string, main: string): boolean => !/^\.\.(?:[/\\]|$)/.test(relative(dirname(main), path))

const fields = {
  readOnlyRoot: 'read_only',
  privileged: 'privileged',
  user: 'user',
  restart: 'restart',
  pullPolicy: 'pull_policy',
  memory: 'mem_limit',
  cpus: 'cpus',
  pids: 'pids_limit',
} as const

const lists = { capDrop: 'cap_drop', capAdd: 'cap_add', tmpfs: 'tmpfs' } as const

/** The text of a service in one file, and the splices of that file. */
class Place {
  readonly body: YamlMap
  readonly splices: YamlSplices
  constructor(file: YamlFile, body: YamlMap, project: ComposeProject) {
    this.body = body
    this.splices = new YamlSplices(file, project.documentsOf.get(file) ?? [], body.span)
    this.splices.own(body)
  }
  holds(at: Location): boolean {
    return (
      at.in === 'file' &&
      at.path === this.body.file.path &&
      this.body.span.start <= at.span.start &&
      at.span.end <= this.body.span.end
    )
  }
}

const inPlace = (
  wishes: readonly Wish[],
  container: Container,
  source: ServiceSource,
  project: ComposeProject,
  main: string,
): Fixed => {
  const places = new Map<string, Place>()
  const placeIn = (path: string): Place => {
    const known = places.get(path)
    if (known) return known
    const place = path === source.file.path ? ownPlace(source, project, main) : overridePlace(path, container.name, project)
    places.set(path, place)
    return place
  }
  const placeOf = (at: Location): { readonly place: Place; readonly span: Span } => {
    if (at.in !== 'file') throw new NotExact('it stands in no file')
    const place = placeIn(at.path)
    if (!place.holds(at)) throw elsewhere(at, source)
    return { place, span: at.span }
  }
  const own = (at: Location | undefined): Place => {
    // An override says otherwise than the service's own text: what it says counts.
    if (at?.in === 'file' && at.path !== source.file.path && overrideName.test(basename(at.path))) return placeOf(at).place
    return placeIn(source.file.path)
  }
  for (const wish of wishes) {
    if (wish.do === 'remove') {
      const name = singleAt(wish.at, container, project)
      if (name !== undefined && isSwitch.test(name) && !placeIn(source.file.path).holds(wish.at)) {
        // What it takes over from elsewhere, its own text says otherwise.
        const place = own(wish.at)
        place.splices.set(place.body, [name], false)
      } else {
        const { place, span } = placeOf(wish.at)
        place.splices.remove(span, new Set([place.body]))
      }
    } else if (wish.do === 'change') {
      const { place, span } = placeOf(wish.at)
      change(wish, span, place.splices)
    } else if (wish.do === 'add') {
      const key = lists[wish.field]
      const known: readonly string[] = wish.field === 'tmpfs' ? [] : container[wish.field].map(({ value }) => value)
      const missing = wish.value.filter(value => !known.includes(value))
      if (missing.length === 0) continue
      const place = placeIn(source.file.path)
      place.splices.add(place.body, [key], missing)
    } else if (wish.field === 'noNewPrivileges') {
      const { at } = container.noNewPrivileges
      if (at) {
        const { place, span } = placeOf(at)
        replaceText(place.splices, place.splices.scalarAt(span), noNewPrivileges)
      } else {
        const place = placeIn(source.file.path)
        place.splices.add(place.body, ['security_opt'], [noNewPrivileges])
      }
    } else if (wish.field === 'seccomp') {
      const { at } = container.seccomp
      if (!at) throw new NotExact('no option says otherwise')
      const { place, span } = placeOf(at)
      place.splices.remove(span, new Set([place.body]))
    } else {
      const { key, value } = fieldOf(wish, container, project)
      const place = own(container[wish.field as keyof typeof fields].at)
      place.splices.set(place.body, [key], value)
    }
  }
  return { edits: [...places.values()].flatMap(({ splices }) => splices.edits()) }
}

const noNewPrivileges = 'no-new-privileges:true'

const fieldOf = (
  wish: Extract<Wish, { do: 'set' }>,
  container: Container,
  project: ComposeProject,
): { readonly key: string; readonly value: string | number | boolean } => {
  if (!Object.hasOwn(fields, wish.field)) throw new NotExact('Compose has no such field')
  const field = wish.field as keyof typeof fields
  const key = fields[field]
  const { at } = container[field]
  const file = at?.in === 'file' ? project.files.find(({ path }) => path === at.path) : undefined
  if (at?.in === 'file' && file && !new RegExp(`^["']?${key}["']?\\s*:`).test(file.text.slice(at.span.start, at.span.end)))
    throw new NotExact('another field, such as `deploy`, says it')
  return { key, value: wish.value }
}

const elsewhere = (at: Location, source: ServiceSource): Shared =>
  at.in === 'file' && at.path !== source.file.path
    ? new Shared(`it stands in \`${at.path}\`, which others may share`)
    : new Shared()

const ownPlace = (source: ServiceSource, project: ComposeProject, main: string): Place => {
  if (source.value.kind === 'alias') throw new Shared()
  if (isExtended(source, project)) throw new Shared('other services extend this one')
  if (!isEditable(source.file.path, main)) throw new Shared(`\`${source.file.path}\` is outside of the project`)
  return new Place(source.file, source.body, project)
}

const overridePlace = (path: string, name: string, project: ComposeProject): Place => {
  const file = project.files.find(one => one.path === path)
  const root = file && project.documentsOf.get(file)?.[0]?.root
  const body = get(root, 'services', name)
  if (!file || !overrideName.test(basename(path)) || body?.kind !== 'map')
    throw new Shared(`it stands in \`${path}\`, which others may share`)
  return new Place(file, body, project)
}

/** Another service of the same file is made of it. */
const isExtended = (source: ServiceSource, project: ComposeProject): boolean => {
  let names = extended.get(project)?.get(source.file)
  if (!names) {
    const found = new Set<string>()
    if (source.file.text.includes('extends'))
      for (const { file, body, name } of project.sourceOf.values()) {
        const value = file === source.file ? fieldsOf(body).get('extends')?.value : undefined
        const target = resolved(value)
        const named = target?.kind === 'scalar' ? target : get(value, 'service')
        if (named?.kind === 'scalar' && named.value !== name && !get(value, 'file')) found.add(named.value)
      }
    names = found
    const byFile = extended.get(project) ?? new Map<YamlFile, ReadonlySet<string>>()
    extended.set(project, byFile.set(source.file, names))
  }
  return names.has(source.name)
}
const extended = new WeakMap<ComposeProject, Map<YamlFile, ReadonlySet<string>>>()

const inner = ({ style, span }: YamlScalar): Span => (style === 'plain' ? span : { start: span.start + 1, end: span.end - 1 })

/** A text on one line, in the quotes that it has. */
const replaceText = (splices: YamlSplices, scalar: YamlScalar, text: string): void => {
  splices.replace(inner(lined(scalar)), text)
}

const lined = (scalar: YamlScalar): YamlScalar => {
  const written = scalar.file.text.slice(scalar.span.start, scalar.span.end)
  if (scalar.style === 'literal' || scalar.style === 'folded' || /[\r\n\\]/.test(written) || written === '')
    throw new NotExact('it is a text of several lines')
  return scalar
}

const change = (wish: Extract<Wish, { do: 'change' }>, span: Span, splices: YamlSplices): void => {
  const node = splices.itemAt(span)
  if (node.kind === 'map') {
    if (wish.what === 'readOnly') splices.set(node, ['read_only'], true)
    else if (wish.what === 'tmpfs') throw new NotExact('its options are given in another way')
    else if (wish.what === 'propagation' && wish.value === 'rprivate') splices.removeField(node, ['bind', 'propagation'])
    else if (wish.what === 'propagation') splices.set(node, ['bind', 'propagation'], wish.value)
    else splices.set(node, ['host_ip'], wish.value)
    return
  }
  if (node.kind !== 'scalar') throw new Shared()
  const place = inner(lined(node))
  const old = node.file.text.slice(place.start, place.end)
  const text =
    wish.what === 'hostAddress'
      ? withAddress(old, wish.value)
      : wish.what === 'tmpfs'
        ? closedTmpfs(old)
        : changedVolume(old, wish)
  splices.replace(place, text)
}

/** A short volume with another mode. A variable may hold colons of its own: where that matters, nobody knows how it would read. */
export const changedVolume = (text: string, wish: Extract<Wish, { do: 'change' }>): string => {
  const flat = text.replace(/\$\{[^{}]*\}/g, found => 'x'.repeat(found.length))
  const parts = splitVolume(flat)
  const modes = parts.length === 3 ? text.slice(text.length - parts[2]!.length) : ''
  if (parts.length < 2 || parts.length > 3 || modes.includes('$')) throw new NotExact('it is no SOURCE:TARGET')
  const words = modes.split(',').filter(Boolean)
  const [out, word] =
    wish.what === 'readOnly'
      ? [/^r[ow]$/, 'ro']
      : [/^r?(?:shared|slave|private|unbindable)$/, wish.what === 'propagation' && wish.value !== 'rprivate' ? wish.value : '']
  const kept = words.filter(one => !out.test(one))
  const head = parts.length === 3 ? text.slice(0, text.length - modes.length - 1) : text
  const now = [...kept, word].filter(Boolean)
  return now.length === 0 ? head : `${head}:${now.join(',')}`
}

/** `/tmp:exec,size=64m` → `/tmp:size=64m`: engines mount it with noexec, nosuid and nodev where nothing else is said. */
export const closedTmpfs = (text: string): string => {
  const [, path, options] = /^([^:$]+):([^:$]+)$/.exec(text) ?? []
  if (path === undefined || options === undefined) throw new NotExact('it is no PATH:OPTIONS')
  const kept = options.split(',').filter(one => one !== '' && !/^(?:exec|suid|dev)$/.test(one))
  return kept.length === 0 ? path : `${path}:${kept.join(',')}`
}

const withAddress = (text: string, address: string): string => {
  if (text.includes('$')) throw new NotExact('a variable stands there')
  const parts = text.split(':')
  if (parts.length === 2) return `${address}:${text}`
  if (parts.length === 3 && parts[0] === '0.0.0.0') return [address, ...parts.slice(1)].join(':')
  throw new NotExact('it is no HOST:CONTAINER')
}

const overrideOf = (
  main: string,
  project: ComposeProject,
  reason: string,
): { readonly path: string; readonly file: YamlFile | undefined } => {
  const name = basename(main)
  const known = project.files.find(({ path }) => dirname(path) === dirname(main) && overrideName.test(basename(path)))
  if (known && known.path !== main) return { path: known.path, file: known }
  if (!defaultName.test(name)) throw new Shared(`${reason}, and beside \`${name}\` Compose reads no override by itself`)
  return { path: join(dirname(main), name.replace(/\.(ya?ml)$/, '.override.$1')), file: undefined }
}

const inOverride = (
  wishes: readonly Wish[],
  container: Container,
  source: ServiceSource,
  project: ComposeProject,
  main: string,
  reason: NotExact,
): Fixed => {
  if (!(reason instanceof Shared)) throw reason
  const { path, file } = overrideOf(main, project, reason.message)
  const changes: Overriding[] = []
  for (const wish of wishes) changes.push(...overriding(wish, container, source, project))
  if (changes.length === 0) throw reason
  const needs = changes.some(({ value, how }) => value instanceof Raw || how === 'override')
    ? '; Compose 2.24 or newer reads !override and !reset'
    : ''
  const note = `in ${basename(path)}, since other services share what stands there${needs}`
  if (!file) {
    const newline = source.file.text.includes('\r\n') ? '\r\n' : '\n'
    const body: NewMap = Object.fromEntries(
      changes.map(({ key, value, how }) => [key, how === 'override' ? overrideList(value as readonly string[]) : value]),
    )
    const lines = blockLines('services', { [container.name]: body }, '', { unit: 2, list: 2, newline })
    return { edits: [{ path, span: { start: 0, end: 0 }, text: [...lines, ''].join(newline) }], note }
  }
  const root = project.documentsOf.get(file)?.[0]?.root
  if (root?.kind !== 'map') throw reason
  const splices = new YamlSplices(file, project.documentsOf.get(file) ?? [], root.span)
  for (const { key, value, how } of changes) {
    const place = ['services', container.name, key]
    if (how === 'add') splices.add(root, place, value as readonly NewValue[])
    else if (how === 'override') splices.override(root, place, value as readonly string[])
    else splices.set(root, place, value as string | number | boolean | Raw)
  }
  return { edits: splices.edits(), note }
}

type Overriding = { readonly key: string; readonly value: NewValue; readonly how: 'set' | 'add' | 'override' }

/** What an override says for a wish: single values replace, lists are added to, and what a list has can only be taken out of it by writing it anew. */
const overriding = (wish: Wish, container: Container, source: ServiceSource, project: ComposeProject): readonly Overriding[] => {
  if (wish.do === 'add') {
    const known: readonly string[] = wish.field === 'tmpfs' ? [] : container[wish.field].map(({ value }) => value)
    return [{ key: lists[wish.field], value: wish.value.filter(value => !known.includes(value)), how: 'add' }]
  }
  if (wish.do === 'set') {
    if (wish.field === 'noNewPrivileges') return [{ key: 'security_opt', value: [noNewPrivileges], how: 'add' }]
    if (wish.field === 'seccomp') throw new Shared()
    return [{ ...fieldOf(wish, container, project), how: 'set' }]
  }
  const single = wish.do === 'remove' ? singleAt(wish.at, container, project) : undefined
  if (single !== undefined) return [{ key: single, value: isSwitch.test(single) ? false : new Raw('!reset null'), how: 'set' }]
  const found = fieldHolding(wish.at, source)
  if (wish.do === 'change') {
    const item = found?.items[found.index]
    if (!item || found.name !== 'volumes' || wish.what === 'hostAddress' || wish.what === 'tmpfs') throw new Shared()
    return [{ key: 'volumes', value: [changedVolume(item, wish)], how: 'add' }]
  }
  if (!found)
    throw new Shared(
      fieldsOf(source.body).has('extends')
        ? 'it may come from the service that this one extends'
        : 'it is a part of what others share',
    )
  const { name, items, index } = found
  return [{ key: name, value: items.filter((_, i) => i !== index), how: 'override' }]
}

/** The service's own field that a place is, where it is a single value at the first level. */
const singleAt = (at: Location, container: Container, project: ComposeProject): string | undefined => {
  const settings: readonly (readonly [string, Setting<unknown>])[] = [
    ['privileged', container.privileged],
    ['use_api_socket', container.apiSocket],
    ['oom_kill_disable', container.oomKillDisable],
    ['oom_score_adj', container.oomScoreAdjust],
    ['pid', container.pid],
    ['ipc', container.ipc],
    ['uts', container.uts],
    ['cgroup', container.cgroup],
    ['cgroup_parent', container.cgroupParent],
    ['userns_mode', container.userNamespace],
    ['network_mode', container.network],
    ['runtime', container.runtime],
  ]
  const found = settings.find(([, setting]) => setting.at && isSame(setting.at, at))?.[0]
  const file = at.in === 'file' ? project.files.find(({ path }) => path === at.path) : undefined
  if (found === undefined || at.in !== 'file' || !file) return undefined
  // A network that is the host's may stand among `networks`.
  return new RegExp(`^["']?${found}["']?\\s*:`).test(file.text.slice(at.span.start, at.span.end)) ? found : undefined
}

const isSame = (a: Location, b: Location): boolean =>
  a.in === 'file' && b.in === 'file' && a.path === b.path && a.span.start === b.span.start && a.span.end === b.span.end

const overrideList = (items: readonly string[]): Raw =>
  new Raw(`!override [${items.map(item => JSON.stringify(item)).join(', ')}]`)

const isSwitch = /^(?:privileged|use_api_socket|oom_kill_disable)$/

/** The service's field that a place is, or of whose list of texts it is an item. Only where one text says all of it. */
const fieldHolding = (
  at: Location,
  source: ServiceSource,
): { readonly name: string; readonly items: readonly string[]; readonly index: number } | undefined => {
  const all = fieldsOf(source.body)
  if (at.in !== 'file' || at.path !== source.file.path || all.has('extends')) return undefined
  for (const { name, value } of all.values()) {
    const target = resolved(value)
    if (target?.kind !== 'list') continue
    const index = target.items.findIndex(({ span }) => span.start === at.span.start && span.end === at.span.end)
    if (index === -1) continue
    const items = target.items.map(item => resolved(item))
    if (items.some(item => item?.kind !== 'scalar')) return undefined
    return { name, index, items: items.flatMap(item => (item?.kind === 'scalar' ? [item.value] : [])) }
  }
  return undefined
}
