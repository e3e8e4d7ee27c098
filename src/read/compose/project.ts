/** A Compose project: its files laid over one another, with what they include and extend, as containers. */
import type { Container, Setting } from '../../model/container.ts'
import type { Location, Problem } from '../../model/finding.ts'
import type { Span } from '../../model/text.ts'
import { asMap, duplicateKeys, fieldsOf } from '../yaml/fields.ts'
import {
  locationOf,
  readYaml,
  resolved,
  type YamlDocument,
  type YamlEntry,
  type YamlFile,
  type YamlMap,
  type YamlNode,
} from '../yaml/tree.ts'
import { readDotEnv } from './dotenv.ts'
import type { Lookup } from './interpolate.ts'
import { isReset, type Merging, mergeProjects, mergeServices } from './merge.ts'
import type { TopLevel, TopLevels } from './mounts.ts'
import { folderOf, isRemote, pathIn } from './paths.ts'
import { ComposeReading, entryPlace, onceIn } from './reading.ts'
import { type Declarations, type FileVariables, readService } from './service.ts'

export type ComposeText = { readonly path: string; readonly text: string }

export type ComposeInput = {
  /** In the order in which they are laid over one another. */
  readonly main: readonly ComposeText[]
  /** Other files by path, as the first ones are named; undefined: there is none. */
  load(path: string, limit: number): Promise<ComposeText | Problem | undefined>
  /** The caller's environment. */
  env(name: string): string | undefined
  /** Instead of the `.env` beside the first file. */
  readonly dotEnv?: readonly ComposeText[]
  /** False: a `compose.override.yaml` beside the only file is not looked for. */
  readonly override?: boolean
  /** The absolute folder of the first file, where it is known. */
  readonly workingFolder?: string
}

/** Where a service was declared first, for edits. */
export type ServiceSource = {
  readonly name: string
  readonly key: YamlNode
  /** The value as written: perhaps an alias. */
  readonly value: YamlNode
  /** The mapping that it is; an alias followed. */
  readonly body: YamlMap
  readonly file: YamlFile
  /**
   * Whether a place belongs to this service alone. `shared`: inside of its text, but below an anchor that is used elsewhere too. `elsewhere`: another part of the
   * same file, brought by an alias, a merge key or `extends`. `other-file`: by an override, `extends` or `include`.
   */
  originOf(at: Location): 'own' | 'shared' | 'elsewhere' | 'other-file'
}

export type ComposeProject = {
  readonly containers: readonly Container[]
  /** The mapping of a container's service in the file that declares it first. */
  readonly nodeOf: ReadonlyMap<Container, YamlMap>
  readonly sourceOf: ReadonlyMap<Container, ServiceSource>
  readonly networks: TopLevels
  readonly volumes: TopLevels
  readonly secrets: TopLevels
  readonly configs: TopLevels
  readonly problems: readonly Problem[]
  /** Every file of YAML that was read. */
  readonly files: readonly YamlFile[]
  readonly documentsOf: ReadonlyMap<YamlFile, readonly YamlDocument[]>
}

const maxFileSize = 16 * 1024 * 1024
const maxFiles = 1_000
const maxDepth = 20
/** Entries that may be merged, besides one for each character that is read. */
const freeMerges = 100_000

export const readComposeProject = async (input: ComposeInput): Promise<ComposeProject> => new ProjectReader(input).read()

/** Compose looks for these in this order, and takes the first: https://docs.docker.com/compose/how-tos/multiple-compose-files/merge/ */
const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]
const defaultName = /^(?:docker-)?compose\.ya?ml$/

type Source = Omit<ServiceSource, 'originOf'>

/** What holds for a project, or for an included one. */
type Scope = {
  readonly lookup: Lookup
  readonly folder: string
  /** Paths of the files that are being included, from the first. */
  readonly stack: readonly string[]
}

type Service = { readonly body: YamlMap; readonly remote: readonly Setting<string>[] }

/** Where `extends` looks for services. */
type FileOfServices = {
  readonly services: YamlMap
  /** Paths of other files start here. */
  readonly folder: string
  readonly path: string
  readonly lookup: Lookup
  readonly cache: Map<string, Service>
}

class ProjectReader {
  readonly #input: ComposeInput
  readonly #reading: ComposeReading
  readonly #files: YamlFile[] = []
  readonly #documents = new Map<YamlFile, readonly YamlDocument[]>()
  readonly #merging: Merging
  readonly #sources = new Map<string, Source>()
  readonly #remotes = new Map<string, readonly Setting<string>[]>()
  /** Files that are extended, by path; the variables of includes differ. */
  readonly #extended = new Map<Lookup, Map<string, FileOfServices | undefined>>()
  /** Services of the main files. */
  readonly #mains = new Set<string>()
  readonly #remoteIncludes: Setting<string>[] = []
  #loaded = 0

  constructor(input: ComposeInput) {
    this.#input = input
    this.#reading = new ComposeReading(folderOf(input.main[0]?.path ?? '.'), input.workingFolder)
    this.#merging = { problems: this.#reading.problems, budget: freeMerges }
  }

  async read(): Promise<ComposeProject> {
    const { main } = this.#input
    const folder = folderOf(main[0]?.path ?? '.')
    const given = this.#lookupOf(this.#input.dotEnv ?? (await this.#optional(pathIn(folder, '.env'))), this.#input.env)
    const lookup: Lookup = name => given(name) ?? (name === 'COMPOSE_PROJECT_NAME' ? this.#projectName(folder) : undefined)
    const override = await this.#override(folder)
    const model = await this.#layers([...main, ...override], { lookup, folder, stack: [] }, true)
    const containers = model ? await this.#containers(model) : []
    if (this.#merging.budget < 0)
      this.#reading.problem(
        'failed',
        'compose-too-large',
        'aliases make too much of these files to be laid over one another; what comes after is not judged',
      )
    const nodeOf = new Map<Container, YamlMap>()
    const sourceOf = new Map<Container, ServiceSource>()
    for (const container of containers) {
      const source = this.#sources.get(container.name)
      if (!source) continue
      nodeOf.set(container, source.body)
      sourceOf.set(container, withOrigins(source))
    }
    const { networks, volumes, secrets, configs } = this.#declarations(model)
    this.#reading.finish()
    return {
      containers,
      nodeOf,
      sourceOf,
      networks,
      volumes,
      secrets,
      configs,
      problems: this.#reading.problems,
      files: this.#files,
      documentsOf: this.#documents,
    }
  }

  /** https://github.com/compose-spec/compose-spec/blob/main/04-version-and-name.md; else Compose takes the folder's name. */
  #projectName(folder: string): string {
    const names = this.#input.main.flatMap(({ text }) => /^name[ \t]*:[ \t]*["']?([\w-]+)/m.exec(text)?.[1] ?? [])
    const name = names.at(-1) ?? baseName(this.#input.workingFolder ?? folder)
    return (
      name
        .toLowerCase()
        .replaceAll(/[^a-z0-9_-]/g, '')
        .replace(/^[_-]+/, '') || 'default'
    )
  }

  async #override(folder: string): Promise<readonly ComposeText[]> {
    const { main, override } = this.#input
    const [only] = main
    if (override === false || !only || main.length > 1 || !defaultName.test(baseName(only.path))) return []
    for (const name of overrideNames) {
      const found = await this.#optional(pathIn(folder, name))
      if (found.length > 0) return found
    }
    return []
  }

  /** A file that may lack. */
  async #optional(path: string): Promise<readonly ComposeText[]> {
    const found = await this.#input.load(path, maxFileSize)
    if (found === undefined) return []
    if ('text' in found) return [found]
    this.#reading.problems.push(found)
    return []
  }

  /** One that must be there. The place is where it is named. */
  async #required(path: string, at: Location, what: string): Promise<ComposeText | undefined> {
    if (++this.#loaded > maxFiles) {
      this.#reading.problem(
        'failed',
        'compose-too-many-files',
        `more than ${maxFiles} files are named; the others are not read`,
        undefined,
      )
      return undefined
    }
    const found = await this.#input.load(path, maxFileSize)
    if (found === undefined) {
      this.#reading.problem('failed', `compose-${what}-missing`, `there is no \`${path}\``, at)
      return undefined
    }
    if ('text' in found) return found
    this.#reading.problem(found.kind, found.code, found.message, at)
    return undefined
  }

  /** The environment wins over files, and earlier files do not win over later ones. */
  #lookupOf(files: readonly ComposeText[], env: Lookup): Lookup {
    const values = new Map<string, string>()
    for (const { path, text } of files) {
      const { entries, wrong } = readDotEnv(text, name => env(name) ?? values.get(name))
      for (const { name, value } of entries) if (value !== undefined) values.set(name, value)
      for (const span of wrong)
        this.#reading.problem('failed', 'compose-env-invalid', 'this line is no `NAME=value`', { in: 'file', path, span })
    }
    return name => env(name) ?? values.get(name)
  }

  /** Reads files and lays them over one another. */
  async #layers(texts: readonly ComposeText[], scope: Scope, isMain: boolean): Promise<YamlMap | undefined> {
    let model: YamlMap | undefined
    for (const { path, text } of texts) {
      for (const root of this.#parse({ path, text }, scope.lookup, scope.folder)) {
        const inner = { ...scope, stack: [...scope.stack, path] }
        this.#noteSources(root, isMain)
        const included = await this.#withIncludes(root, inner)
        const extended = await this.#withExtends(included, { folder: scope.folder, path, lookup: scope.lookup })
        model = mergeProjects(model, extended, this.#merging)
      }
    }
    return model
  }

  #parse({ path, text }: ComposeText, lookup: Lookup, folder: string): readonly YamlMap[] {
    if (text.length > maxFileSize) {
      this.#reading.problem('failed', 'compose-too-large', 'a file of more than 16 MiB is not judged', wholeFile(path))
      return []
    }
    const { file, documents, problems } = readYaml(path, text)
    this.#files.push(file)
    this.#documents.set(file, documents)
    this.#reading.allow(text)
    this.#merging.budget += text.length
    this.#reading.scopes.set(file, { lookup, folder })
    for (const { kind, code, message, at } of problems) this.#reading.problem(kind, code, message, at)
    return documents.flatMap(({ root }) => {
      if (!root) return []
      // Compose stops at a key that is there twice.
      for (const { code, message, at } of duplicateKeys(root)) this.#reading.problem('failed', code, message, at)
      const map = resolved(root)
      if (map?.kind === 'map') return [map]
      if (map?.kind !== 'scalar' || map.value !== '') this.#reading.wrong('the file', 'a mapping', locationOf(root))
      return []
    })
  }

  /** A service of the main files is theirs, even where an included file has it too. */
  #noteSources(root: YamlMap, isMain: boolean): void {
    const services = this.#reading.field(root, 'services')
    for (const field of this.#reading.fields(services?.value)) {
      const body = resolved(field.value)
      if (body?.kind !== 'map') continue
      const known = this.#sources.get(field.name)
      if (known && !(isMain && !this.#mains.has(field.name))) continue
      if (isMain) this.#mains.add(field.name)
      this.#sources.set(field.name, { name: field.name, key: field.key, value: field.value, body, file: field.key.file })
    }
  }

  /** https://github.com/compose-spec/compose-spec/blob/main/14-include.md: what is included lies below what the file says itself. */
  async #withIncludes(root: YamlMap, scope: Scope): Promise<YamlMap> {
    const reading = this.#reading
    let model = root
    for (const { node, at } of reading.items(root, 'include')) {
      const map = resolved(node)
      const single = reading.text(node)
      const paths =
        map?.kind === 'map'
          ? reading.strings(map, 'path', 'include[].path', true).map(({ value }) => value)
          : single === undefined
            ? []
            : [single]
      if (paths.length === 0) {
        reading.wrong('include', 'a list of paths, and mappings with a `path`', at)
        continue
      }
      const remote = paths.filter(isRemote)
      if (remote.length > 0) {
        for (const value of remote) {
          this.#remoteIncludes.push({ value, at })
          reading.problem('uncovered', 'compose-remote', `\`${value}\` is elsewhere and is not judged`, at)
        }
        continue
      }
      if (scope.stack.length > maxDepth) {
        reading.problem('failed', 'compose-too-deep', `more than ${maxDepth} files include one another; the next is not read`, at)
        continue
      }
      const first = pathIn(scope.folder, paths[0]!)
      if (scope.stack.includes(first)) {
        reading.problem('failed', 'compose-include-cycle', `\`${first}\` includes itself`, at)
        continue
      }
      const texts: ComposeText[] = []
      for (const path of paths) {
        const text = await this.#required(pathIn(scope.folder, path), at, 'include')
        if (text) texts.push(text)
      }
      if (texts.length === 0) continue
      const project =
        map?.kind === 'map' ? reading.string(map, 'project_directory', 'include[].project_directory')?.value : undefined
      const folder = project ? pathIn(scope.folder, project) : folderOf(first)
      const lookup = await this.#includeLookup(map?.kind === 'map' ? map : undefined, folder, scope, at)
      const included = await this.#layers(texts, { lookup, folder, stack: scope.stack }, false)
      if (included) model = mergeProjects(included, model, this.#merging)
    }
    return model
  }

  async #includeLookup(include: YamlMap | undefined, folder: string, scope: Scope, at: Location): Promise<Lookup> {
    const named = include ? this.#reading.strings(include, 'env_file', 'include[].env_file', true) : []
    const files: ComposeText[] = []
    if (named.length === 0) files.push(...(await this.#optional(pathIn(folder, '.env'))))
    for (const { value } of named) {
      if (value === '/dev/null') continue
      const file = await this.#required(pathIn(scope.folder, value), at, 'env-file')
      if (file) files.push(file)
    }
    return this.#lookupOf(files, scope.lookup)
  }

  /** Every service laid over the one that it extends. */
  async #withExtends(root: YamlMap, place: Omit<FileOfServices, 'services' | 'cache'>): Promise<YamlMap> {
    const field = this.#reading.field(root, 'services')
    const services = resolved(field?.value)
    if (!field || services?.kind !== 'map') return root
    const fields = fieldsOf(services)
    if (![...fields.values()].some(({ value }) => this.#isExtending(value))) return root
    const here: FileOfServices = { ...place, services, cache: new Map() }
    const entries: YamlEntry[] = []
    for (const { key, value, name } of fields.values()) {
      const service = isReset(value) ? undefined : await this.#extend(name, here, [])
      if (service && service.remote.length > 0) this.#remotes.set(name, [...(this.#remotes.get(name) ?? []), ...service.remote])
      entries.push({ key, value: service ? withoutExtends(service.body) : value })
    }
    const all: YamlMap = { ...services, entries }
    return {
      ...root,
      entries: [...fieldsOf(root).values()].map(({ key, value, name }) => ({ key, value: name === 'services' ? all : value })),
    }
  }

  #isExtending(value: YamlNode): boolean {
    const body = asMap(value)
    if (!body || this.#merging.budget < 0) return false
    const fields = fieldsOf(body)
    this.#merging.budget -= fields.size
    return fields.has('extends')
  }

  /** Undefined: there is no such service. */
  async #extend(name: string, place: FileOfServices, stack: readonly string[]): Promise<Service | undefined> {
    const known = place.cache.get(name)
    if (known) return known
    const body = asMap(fieldsOf(place.services).get(name)?.value)
    if (!body) return undefined
    const service = await this.#overBase(body, place, [...stack, `${place.path}\0${name}`])
    place.cache.set(name, service)
    return service
  }

  async #overBase(body: YamlMap, place: FileOfServices, stack: readonly string[]): Promise<Service> {
    const reading = this.#reading
    const alone: Service = { body, remote: [] }
    const field = reading.field(body, 'extends')
    if (!field) return alone
    const at = entryPlace(field)
    const map = asMap(field.value)
    const ref = map ? reading.string(map, 'service', 'extends.service')?.value : reading.text(field.value)
    const file = map && reading.string(map, 'file', 'extends.file')?.value
    if (ref === undefined) {
      reading.wrong('extends', 'the name of a service, or a mapping with a `service`', at)
      return alone
    }
    if (file && isRemote(file)) {
      reading.problem('uncovered', 'compose-remote', `\`${file}\` is elsewhere and is not judged`, at)
      return { body, remote: [{ value: file, at }] }
    }
    const target = file ? await this.#extendedFile(file, place, at) : place
    if (!target) return alone
    if (stack.includes(`${target.path}\0${ref}`)) {
      reading.problem('failed', 'compose-extends-cycle', `\`${ref}\` extends itself`, at)
      return alone
    }
    if (stack.length > maxDepth) {
      reading.problem('failed', 'compose-too-deep', `more than ${maxDepth} services extend one another; the next is not read`, at)
      return alone
    }
    const base = await this.#extend(ref, target, stack)
    if (!base) {
      reading.problem('failed', 'compose-extends-missing', `there is no service \`${ref}\` in \`${target.path}\``, at)
      return alone
    }
    return { body: mergeServices(withoutExtends(base.body), body, this.#merging), remote: base.remote }
  }

  async #extendedFile(file: string, place: FileOfServices, at: Location): Promise<FileOfServices | undefined> {
    const path = pathIn(place.folder, file)
    const files = this.#extended.get(place.lookup) ?? new Map<string, FileOfServices | undefined>()
    this.#extended.set(place.lookup, files)
    if (files.has(path)) return files.get(path)
    const text = await this.#required(path, at, 'extends-file')
    const folder = folderOf(path)
    let model: YamlMap | undefined
    for (const root of text ? this.#parse(text, place.lookup, folder) : []) model = mergeProjects(model, root, this.#merging)
    const services = model && asMap(this.#reading.field(model, 'services')?.value)
    if (text && !services) this.#reading.problem('failed', 'compose-extends-missing', `there are no services in \`${path}\``, at)
    const found: FileOfServices | undefined = services && { services, folder, path, lookup: place.lookup, cache: new Map() }
    files.set(path, found)
    return found
  }

  #declarations(model: YamlMap | undefined): Declarations {
    const of = (name: string): ReadonlyMap<string, TopLevel> => {
      const found = new Map<string, TopLevel>()
      const field = model && this.#reading.field(model, name)
      if (!field) return found
      const map = asMap(field.value)
      if (!map) this.#reading.wrong(name, 'a mapping', entryPlace(field))
      for (const one of this.#reading.fields(map))
        found.set(one.name, { name: one.name, body: asMap(one.value), at: entryPlace(one) })
      return found
    }
    return { networks: of('networks'), volumes: of('volumes'), secrets: of('secrets'), configs: of('configs') }
  }

  async #containers(model: YamlMap): Promise<readonly Container[]> {
    const reading = this.#reading
    reading.unknown(model, topLevel, 'a Compose file')
    const services = reading.map(model, 'services')
    const declarations = this.#declarations(model)
    const containers: Container[] = []
    for (const { name, key, value } of reading.fields(services)) {
      const body = asMap(value)
      if (!body) {
        reading.wrong(`services.${name}`, 'a mapping', locationOf(key))
        continue
      }
      if (!reading.visit(key, fieldsOf(body).size)) break
      const fileVariables = await this.#fileVariables(body)
      const remotes = this.#remotes.get(name) ?? []
      const remoteSources = containers.length === 0 ? [...remotes, ...this.#remoteIncludes] : remotes
      const at = locationOf(this.#sources.get(name)?.key ?? key)
      if (!['image', 'build', 'provider'].some(one => reading.field(body, one)) && remoteSources.length === 0)
        reading.lack('image', name, at)
      const container = readService({ name, at, body, declarations, fileVariables, remoteSources }, reading)
      containers.push({ ...container, unset: reading.unset })
    }
    return containers
  }

  /** The names in `env_file`s; their values are not the file's own. */
  async #fileVariables(body: YamlMap): Promise<FileVariables> {
    const reading = this.#reading
    const variables: { name: string; at: Location }[] = []
    for (const { node, at } of reading.items(body, 'env_file', 'env_file', true)) {
      const map = asMap(node)
      const path = map ? reading.string(map, 'path', 'env_file[].path')?.value : reading.text(node)
      if (!path) continue
      const folder = reading.scopes.get(resolved(node)?.file ?? node.file)?.folder ?? '.'
      if (++this.#loaded > maxFiles) break
      const found = await this.#input.load(pathIn(folder, path), maxFileSize)
      if (found === undefined) {
        if (!map || reading.boolean(map, 'required', 'env_file[].required')?.value !== false)
          reading.problem(
            'uncovered',
            'compose-env-file-missing',
            `there is no \`${path}\` here: its variables are not judged`,
            at,
            onceIn(at, path),
          )
      } else if (!('text' in found)) reading.problem(found.kind, found.code, found.message, at)
      else
        for (const entry of readDotEnv(found.text, () => undefined).entries) {
          if (!reading.visit(node)) break
          variables.push({ name: entry.name, at })
        }
    }
    for (const { at, value } of reading.strings(body, 'label_file', 'label_file', true))
      reading.problem('uncovered', 'compose-label-file', `the labels in \`${value}\` are not judged`, at)
    return variables
  }
}

const topLevel = new Set(['version', 'name', 'include', 'services', 'models', 'networks', 'volumes', 'secrets', 'configs'])

/** Done is done: a file that includes this one must not do it again, from its own folder. */
const withoutExtends = (body: YamlMap): YamlMap => {
  const fields = fieldsOf(body)
  if (!fields.has('extends')) return body
  return {
    ...body,
    entries: [...fields.values()].filter(({ name }) => name !== 'extends').map(({ key, value }) => ({ key, value })),
  }
}

const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)

const wholeFile = (path: string): Location => ({ in: 'file', path, span: { start: 0, end: 0 } })

const withOrigins = (source: Source): ServiceSource => {
  let anchored: readonly Span[] | undefined
  return {
    ...source,
    originOf: at => {
      if (at.in !== 'file' || at.path !== source.file.path) return 'other-file'
      const { span } = source.body
      if (at.span.start < span.start || at.span.end > span.end) return 'elsewhere'
      if (source.value.kind === 'alias') return 'shared'
      anchored ??= anchoredSpans(source.value, source.file.text)
      return anchored.some(one => one.start <= at.span.start && at.span.end <= one.end) ? 'shared' : 'own'
    },
  }
}

/** Of what an alias somewhere in the text may mean. */
const anchoredSpans = (root: YamlNode, text: string): readonly Span[] => {
  const spans: Span[] = []
  const visit = (node: YamlNode): void => {
    if (node.kind === 'alias') return
    if (node.anchor !== undefined && text.includes(`*${node.anchor}`)) spans.push(node.span)
    if (node.kind === 'list') node.items.forEach(visit)
    if (node.kind === 'map') for (const { value } of node.entries) visit(value)
  }
  visit(root)
  return spans
}
