/** What knows one kind of program: one file each in `stacks/`. */
import type { Native, Stack, StackName, Stated } from '../../model/project.ts'

export type StackReader = {
  readonly name: StackName
  /**
   * Patterns of paths that show such a program, from its own folder on: `package.json`, `*.csproj`, `requirements/*.txt`.
   */
  readonly marks: readonly string[]
  /** Undefined: it is none after all. `outer`: one of the same kind in a folder above, whose workspace this may be a part of. */
  read(folder: ProjectFolder, outer: Stack | undefined): Stack | undefined
}

/** A folder of the build context. Names are from this folder on, what comes out are paths in the context. */
export type ProjectFolder = {
  /** '' for the top. */
  readonly path: string
  /** Files below it, in the order of the alphabet, without those of folders that are never looked into. From this folder on. */
  readonly files: readonly string[]
  has(name: string): boolean
  /** The path in the context; undefined for what leads out of it. */
  pathOf(name: string): string | undefined
  /** `..` may lead above this folder, but not out of the context. Undefined: not there, or a Problem says why not. */
  text(name: string, kind?: 'lock'): string | undefined
  /** Undefined: not there, or broken, which is a Problem then. `settings`: comments and commas at the end are allowed, as in tsconfig.json. */
  json(name: string, kind?: 'lock' | 'settings'): unknown
  toml(name: string, kind?: 'lock'): unknown
  /** The root of the first document. */
  yaml(name: string): import('../yaml/tree.ts').YamlNode | undefined
  xml(name: string): import('./xml-tree.ts').XmlElement | undefined
  /** Texts of sources with these endings, without tests, bounded. `other`: of another folder of the context, as if they stood in this one. */
  sources(endings: readonly string[], other?: string): readonly Source[]
}

export type Source = { readonly name: string; readonly path: string; readonly text: string }

/** What most of them leave open. */
export const emptyStack = (name: StackName, folder: string): Stack => ({
  name,
  folder,
  manager: undefined,
  managerVersion: undefined,
  lockFile: undefined,
  manifests: [],
  version: undefined,
  dependencies: new Set(),
  devDependencies: new Set(),
  build: undefined,
  output: undefined,
  start: undefined,
  native: [] as readonly Native[],
  writes: [],
  ports: [],
  healthPaths: [],
  programs: [],
  timeZones: undefined,
})

export const stated = <T>(value: T | undefined, by: string | undefined): Stated<T> | undefined =>
  value === undefined || by === undefined ? undefined : { value, by }

/** The first of each value. */
export const distinct = <T>(all: readonly Stated<T>[]): readonly Stated<T>[] => {
  const seen = new Map<T, Stated<T>>()
  for (const one of all) if (!seen.has(one.value)) seen.set(one.value, one)
  return [...seen.values()]
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Fields of fields; undefined where one is missing. Only own ones. */
export const field = (value: unknown, ...names: readonly string[]): unknown => {
  let at = value
  for (const name of names) {
    if (!isObject(at) || !Object.hasOwn(at, name)) return undefined
    at = at[name]
  }
  return at
}

export const textField = (value: unknown, ...names: readonly string[]): string | undefined => {
  const found = field(value, ...names)
  return typeof found === 'string' && found.trim() !== '' ? found.trim() : undefined
}

export const keysOf = (value: unknown): readonly string[] => (isObject(value) ? Object.keys(value) : [])

export const listField = (value: unknown, ...names: readonly string[]): readonly unknown[] => {
  const found = field(value, ...names)
  return Array.isArray(found) ? found : []
}

export const textsField = (value: unknown, ...names: readonly string[]): readonly string[] =>
  listField(value, ...names).filter(one => typeof one === 'string')
