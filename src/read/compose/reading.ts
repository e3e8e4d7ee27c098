/** What values mean in Compose's files: variables filled in, short and long forms as one, wrong types told. */
import { posix } from 'node:path'
import type { Setting, Written } from '../../model/container.ts'
import type { Location, Problem } from '../../model/finding.ts'
import { bytesIn, decimalOf } from '../docker-run/values.ts'
import { type Field, fieldsOf } from '../yaml/fields.ts'
import { integerIn, isNull } from '../yaml/scalars.ts'
import { locationOf, resolved, type YamlFile, type YamlMap, type YamlNode } from '../yaml/tree.ts'
import { type Interpolated, interpolate, type Lookup } from './interpolate.ts'
import { isReset, partsOf } from './merge.ts'
import { hostPath } from './paths.ts'

/** What holds for one file: includes have variables and folders of their own. */
export type FileScope = {
  readonly lookup: Lookup
  /** Relative paths start here. As reported: perhaps relative itself. */
  readonly folder: string
}

/** `a=b`, or a field of a mapping. */
export type Pair = {
  readonly name: string
  /** Undefined: only the name. */
  readonly value: string | undefined
  /** True when a variable gave the value. */
  readonly isReference: boolean
  readonly written: Written | undefined
  readonly node: YamlNode
  readonly at: Location
}

export type Item = { readonly node: YamlNode; readonly at: Location }

/**
 * Fields and items that one project may make us read, besides one for each character: aliases let a small file repeat itself without end. Compose itself
 * refuses a file of more than as many nodes.
 */
const freeVisits = 100_000
const maxProblems = 1_000

/** What Compose refuses a file for, when nothing else is laid under it. */
export type Lack = 'network' | 'volume' | 'secret' | 'config' | 'image'

type Unset = { readonly at: Location; readonly isLoud: boolean }
type Required = { readonly at: Location; readonly message: string }

export class ComposeReading {
  readonly problems: Problem[] = []
  /** Places whose text lacks what variables without a value would bring: their names. */
  readonly unset: Setting<readonly string[]>[] = []
  readonly #unsetNames = new Map<string, Unset>()
  readonly #requiredNames = new Map<string, Required>()
  readonly #unsetPlaces = new Set<string>()
  readonly #lacks = new Map<string, { readonly at: Location; readonly names: Map<Lack, Set<string>> }>()
  readonly scopes = new Map<YamlFile, FileScope>()
  readonly #told = new Set<string>()
  readonly #workingFolder: string | undefined
  #visits = freeVisits

  readonly #folder: string

  /** The project's folder, as it is reported and, where that is known, as the machine knows it. */
  constructor(folder: string, workingFolder?: string) {
    this.#folder = folder
    this.#workingFolder = workingFolder
  }

  problem(kind: Problem['kind'], code: string, message: string, at?: Location, once = placeKey(at)): void {
    const key = `${code}\0${once}`
    if (this.#told.has(key) || this.problems.length > maxProblems) return
    this.#told.add(key)
    if (this.problems.length === maxProblems)
      this.problems.push({
        kind: 'failed',
        code: 'compose-too-many-problems',
        message: `only the first ${maxProblems} problems of this project are told`,
        ...(at ? { at } : {}),
      })
    else this.problems.push({ kind, code, message, ...(at ? { at } : {}) })
  }

  unknown(map: YamlMap, known: ReadonlySet<string>, what: string): void {
    for (const { name, key } of fieldsOf(map).values())
      if (!known.has(name) && !name.startsWith('x-'))
        this.problem(
          'failed',
          'compose-field-unknown',
          `\`${name}\` is no field of ${what}${known.has(name.toLowerCase()) ? `; \`${name.toLowerCase()}\` is` : ''}`,
          locationOf(key),
        )
  }

  wrong(what: string, wanted: string, at: Location): void {
    this.problem('failed', 'compose-wrong-type', `\`${what}\` should be ${wanted}`, at)
  }

  /** A file that is read brings what it may say. */
  allow(text: string): void {
    this.#visits += text.length
  }

  /** False when so much was read that the rest is left out. */
  visit(node: YamlNode, cost = 1): boolean {
    this.#visits -= cost
    if (this.#visits >= 0) return true
    this.problem(
      'failed',
      'compose-too-large',
      'aliases make too much of these files; what comes after is not judged',
      locationOf(node),
      '',
    )
    return false
  }

  /** Of a mapping's field; missing, `!reset` and empty ones are undefined. */
  field(map: YamlMap, name: string): Field | undefined {
    const field = fieldsOf(map).get(name)
    return field && !isReset(field.value) && !(isNull(field.value) && partsOf(field.value).length === 1) ? field : undefined
  }

  fields(node: YamlNode | undefined): readonly Field[] {
    const map = resolved(node)
    if (map?.kind !== 'map') return []
    const fields: Field[] = []
    for (const field of fieldsOf(map).values()) {
      if (isReset(field.value)) continue
      if (!this.visit(field.key)) break
      fields.push(field)
    }
    return fields
  }

  map(parent: YamlMap | undefined, name: string, what = name): YamlMap | undefined {
    const field = parent && this.field(parent, name)
    if (!field) return undefined
    const node = resolved(field.value)
    if (node?.kind === 'map') return node
    this.wrong(what, 'a mapping', entryPlace(field))
    return undefined
  }

  /** With its variables filled in; undefined for null and for what is no scalar. */
  text(node: YamlNode | undefined): string | undefined {
    return this.value(node)?.text
  }

  /** `isQuiet`: a variable without a value is nothing to tell of. */
  value(node: YamlNode | undefined, isQuiet = false): Interpolated | undefined {
    const scalar = resolved(node)
    if (scalar?.kind !== 'scalar' || isNull(scalar)) return undefined
    if (!scalar.value.includes('$'))
      return { text: scalar.value, isReference: false, unset: [], required: [], invalid: undefined }
    const result = interpolate(scalar.value, this.#lookup(scalar.file))
    const at = locationOf(scalar)
    this.#noteUnset(result, at, isQuiet)
    if (result.invalid !== undefined)
      this.problem(
        'failed',
        'compose-variable-invalid',
        `\`${result.invalid}\` is no variable; a dollar sign is written \`$$\``,
        at,
      )
    return result
  }

  #noteUnset({ unset, required }: Interpolated, at: Location, isQuiet: boolean): void {
    if (unset.length + required.length === 0) return
    for (const { name, message } of required) if (!this.#requiredNames.has(name)) this.#requiredNames.set(name, { at, message })
    for (const name of unset) {
      const known = this.#unsetNames.get(name)
      if (!known || (!isQuiet && !known.isLoud)) this.#unsetNames.set(name, { at, isLoud: !isQuiet })
    }
    const place = placeKey(at)
    if (this.#unsetPlaces.has(place)) return
    this.#unsetPlaces.add(place)
    this.unset.push({ value: [...new Set([...unset, ...required.map(({ name }) => name)])], at })
  }

  /** What a text lacks because variables do; that is told for itself. */
  restsOnUnset(node: YamlNode | undefined): boolean {
    const value = this.value(node)
    return value !== undefined && value.unset.length + value.required.length > 0
  }

  /** The same for the place of a text. */
  isUnsetAt(at: Location | undefined): boolean {
    return this.#unsetPlaces.has(placeKey(at))
  }

  /** Something that the file names, and that it would have from another one. */
  lack(what: Lack, name: string, at: Location): void {
    const path = at.in === 'file' ? at.path : ''
    const known = this.#lacks.get(path) ?? { at, names: new Map<Lack, Set<string>>() }
    this.#lacks.set(path, known)
    known.names.set(what, (known.names.get(what) ?? new Set<string>()).add(name))
  }

  /** What is told once for the whole: variables without a value, and what the files lack. */
  finish(): void {
    const loud = [...this.#unsetNames].filter(([, { isLoud }]) => isLoud)
    const [first] = loud
    if (first)
      this.problem(
        'uncovered',
        'compose-variable-unset',
        `${namesOf(loud.map(([name]) => name))} ${loud.length === 1 ? 'has' : 'have'} no value and no default here: as Compose does, an empty text is put for ${loud.length === 1 ? 'it' : 'them'}; put a \`.env\` beside the file to judge what runs`,
        first[1].at,
      )
    const required = [...this.#requiredNames]
    const [refused] = required
    if (refused) {
      const said = required.length === 1 && refused[1].message !== '' ? ` (${refused[1].message})` : ''
      this.problem(
        'uncovered',
        'compose-variable-required',
        `Compose refuses the file while ${namesOf(required.map(([name]) => name))} ${required.length === 1 ? 'is' : 'are'} not set${said}; an empty text is put for ${required.length === 1 ? 'it' : 'them'}`,
        refused[1].at,
      )
    }
    for (const [path, { at, names }] of this.#lacks) {
      const parts = [...names].map(([what, some]) =>
        what === 'image'
          ? `${some.size === 1 ? 'the service' : 'the services'} ${namesOf([...some])} without \`image\` and \`build\``
          : `the ${what}${some.size === 1 ? '' : 's'} ${namesOf([...some])}, declared nowhere`,
      )
      this.problem(
        'uncovered',
        'compose-incomplete',
        `\`${posix.basename(path)}\` seems to be meant to be laid over another file, for by itself Compose refuses it: ${parts.join('; ')}; it is judged alone`,
        at,
      )
    }
  }

  #lookup(file: YamlFile): Lookup {
    return this.scopes.get(file)?.lookup ?? nothing
  }

  /** A path of the host that a node's text says. */
  path(text: string, { file }: YamlNode): string {
    const folder = this.scopes.get(file)?.folder
    const isUnknown = folder === undefined || this.#workingFolder === undefined
    return hostPath(text, isUnknown ? folder : posix.join(this.#workingFolder, posix.relative(this.#folder, folder)))
  }

  boolean(parent: YamlMap, name: string, what = name): Setting<boolean> | undefined {
    const field = this.field(parent, name)
    if (!field) return undefined
    const at = entryPlace(field)
    const text = this.text(field.value)
    const value = text === undefined ? undefined : booleanIn(text)
    if (value === undefined && !this.#isUnset(field.value)) this.wrong(what, '`true` or `false`', at)
    return { value: value ?? false, at }
  }

  /** `strict`: Compose refuses a number or a boolean in its place; what it says is judged all the same. */
  string(parent: YamlMap, name: string, what = name, strict = false): Setting<string> | undefined {
    const field = this.field(parent, name)
    if (!field) return undefined
    const at = entryPlace(field)
    const text = this.text(field.value)
    if (strict && isOtherType(field.value)) this.wrong(what, `a text: \`"${text}"\``, at)
    if (text === undefined) {
      this.wrong(what, 'a text', at)
      return undefined
    }
    return { value: text, at }
  }

  integer(parent: YamlMap, name: string, what = name): Setting<number> | undefined {
    return this.#amount(parent, name, what, text => integerIn(text) ?? truncated(text), 'a whole number')
  }

  number(parent: YamlMap, name: string, what = name): Setting<number> | undefined {
    return this.#amount(parent, name, what, decimalOf, 'a number')
  }

  bytes(parent: YamlMap, name: string, what = name): Setting<number> | undefined {
    return this.#amount(parent, name, what, text => integerIn(text) ?? bytesIn(text) ?? unread(text), 'a size such as `512m`')
  }

  #amount(
    parent: YamlMap,
    name: string,
    what: string,
    read: (text: string) => number | undefined,
    wanted: string,
  ): Setting<number> | undefined {
    const field = this.field(parent, name)
    if (!field) return undefined
    const at = entryPlace(field)
    const text = this.text(field.value)
    const value = text === undefined ? undefined : read(text)
    if (value === undefined && !this.#isUnset(field.value)) this.wrong(what, wanted, at)
    return value === undefined ? undefined : { value, at }
  }

  /** True for a text that is empty because variables are: that was told already. */
  #isUnset(node: YamlNode): boolean {
    const value = this.value(node)
    return value !== undefined && value.text === '' && value.unset.length + value.required.length > 0
  }

  /** The items of a list; a single scalar counts as a list of one, its place being the whole entry. */
  items(parent: YamlMap, name: string, what = name, orOne = false): readonly Item[] {
    const field = this.field(parent, name)
    if (!field) return []
    const items: Item[] = []
    for (const part of partsOf(field.value)) {
      const node = resolved(part)
      if (node?.kind === 'list') {
        for (const item of node.items) {
          if (!this.visit(item)) break
          if (!isReset(item)) items.push({ node: item, at: locationOf(item) })
        }
      } else if (node && !isNull(node)) {
        const at = part === field.value ? entryPlace(field) : locationOf(part)
        if (!orOne || node.kind !== 'scalar') this.wrong(what, 'a list', at)
        if (node.kind === 'scalar') items.push({ node: part, at })
      }
    }
    return items
  }

  strings(parent: YamlMap, name: string, what = name, orOne = false): readonly (Setting<string> & Item)[] {
    return this.items(parent, name, what, orOne).flatMap(({ node, at }) => {
      const value = this.text(node)
      if (value !== undefined) return [{ value, node, at }]
      this.wrong(what, 'a list of texts', at)
      return []
    })
  }

  /** A list of `name=value` or a mapping; of a name that is there twice the last counts. */
  pairs(parent: YamlMap, name: string, what = name, separator: RegExp | string = '='): readonly Pair[] {
    const field = this.field(parent, name)
    if (!field) return []
    const isQuiet = freeTexts.has(name)
    const pairs = new Map<string, Pair>()
    for (const part of partsOf(field.value)) {
      const node = resolved(part)
      if (node?.kind === 'map') {
        for (const one of fieldsOf(node).values()) {
          if (!this.visit(one.key)) break
          if (isReset(one.value)) {
            pairs.delete(one.name)
            continue
          }
          const value = this.value(one.value, isQuiet)
          if (value === undefined && resolved(one.value)?.kind !== 'scalar')
            this.wrong(`${what}.${one.name}`, 'a text', entryPlace(one))
          pairs.set(one.name, {
            name: one.name,
            value: value?.text,
            isReference: value?.isReference ?? false,
            written: writtenAs(one.value),
            node: one.value,
            at: entryPlace(one),
          })
        }
      } else if (node?.kind === 'list') {
        for (const item of node.items) {
          if (!this.visit(item)) break
          if (isReset(item)) continue
          const at = locationOf(item)
          const scalar = resolved(item)
          const text = this.value(item, isQuiet)?.text
          if (text === undefined || scalar?.kind !== 'scalar') {
            this.wrong(what, 'a list of texts', at)
            continue
          }
          const cut = text.search(separator)
          const key = cut === -1 ? text : text.slice(0, cut)
          const written = scalar.value.slice(scalar.value.search(separator) + 1)
          pairs.set(key, {
            name: key,
            value: cut === -1 ? undefined : text.slice(cut + 1),
            isReference: written.includes('$') && interpolate(written, this.#lookup(scalar.file)).isReference,
            written: cut === -1 ? undefined : writtenAs(item, separator),
            node: item,
            at,
          })
        }
      } else if (node && !isNull(node)) this.wrong(what, 'a list or a mapping', entryPlace(field))
    }
    return [...pairs.values()]
  }

  /** A list of names, or a mapping by name. */
  names(parent: YamlMap, name: string, what = name): readonly (Setting<string> & { readonly body: YamlNode | undefined })[] {
    const field = this.field(parent, name)
    if (!field) return []
    const names = new Map<string, Setting<string> & { readonly body: YamlNode | undefined }>()
    for (const part of partsOf(field.value)) {
      const node = resolved(part)
      if (node?.kind === 'map')
        for (const one of this.fields(node)) names.set(one.name, { value: one.name, at: entryPlace(one), body: one.value })
      else if (node?.kind === 'list')
        for (const item of node.items) {
          if (!this.visit(item)) break
          if (isReset(item)) continue
          const value = this.text(item)
          if (value === undefined) this.wrong(what, 'a list of names', locationOf(item))
          else names.set(value, { value, at: locationOf(item), body: undefined })
        }
      else if (node && !isNull(node)) this.wrong(what, 'a list or a mapping', entryPlace(field))
    }
    return [...names.values()]
  }
}

/** Plain scalars of YAML that are no strings to a decoder of https://yaml.org/spec/1.2.2/#core-schema. */
const isOtherType = (node: YamlNode): boolean => {
  const scalar = resolved(node)
  return scalar?.kind === 'scalar' && scalar.style === 'plain' && scalar.tag === undefined && otherType.test(scalar.value)
}
const otherType =
  /^(?:[-+]?(?:\d[\d_]*|0x[\da-f]+|0o[0-7]+)|[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|true|True|TRUE|false|False|FALSE)$/

const truncated = (text: string): number | undefined => {
  const number = decimalOf(text)
  return number === undefined ? undefined : Math.trunc(number)
}

/** Compose takes `1e9` for no size at all: no limit. */
const unread = (text: string): number | undefined => (decimalOf(text) === undefined ? undefined : 0)

const nothing: Lookup = () => undefined

/** Fields of texts that belong to the program: what is missing in them gives nobody a right. */
const freeTexts: ReadonlySet<string> = new Set(['environment', 'args', 'labels'])

const maxNames = 6
const namesOf = (names: readonly string[]): string => {
  const some = names.slice(0, maxNames).map(name => `\`${name}\``)
  if (names.length > maxNames) return `${some.join(', ')} and ${names.length - maxNames} more`
  return some.length > 1 ? `${some.slice(0, -1).join(', ')} and ${some.at(-1)}` : some[0]!
}

/** For problems that are told once for a name in a file. */
export const onceIn = (at: Location | undefined, name: string): string => `${at?.in === 'file' ? at.path : ''}\0${name}`

const placeKey = (at: Location | undefined): string =>
  at?.in === 'file' ? `${at.path}\0${at.span.start}\0${at.span.end}` : JSON.stringify(at ?? '')

/** From the start of the key to the end of the value. */
/** With a `separator` only what stands behind the first one. */
const writtenAs = (node: YamlNode, separator?: RegExp | string): Written | undefined => {
  const scalar = resolved(node)
  if (scalar?.kind !== 'scalar' || scalar.file !== node.file) return undefined
  const { file, span } = scalar
  const cut = (text: string): number => (separator === undefined ? 0 : text.search(separator) + 1)
  const value = scalar.value.slice(cut(scalar.value))
  const from = separator === undefined ? 0 : cut(file.text.slice(span.start, span.end))
  // An escape in front of it may be the separator itself.
  const isPlain = !file.text.slice(span.start, span.start + from).includes('\\')
  return {
    value: value.includes('$') ? interpolate(value, nothing).text : value,
    at: locationOf({ file, span: isPlain ? { start: span.start + from, end: span.end } : span }),
  }
}

export const entryPlace = ({ key, value }: Pick<Field, 'key' | 'value'>): Location => ({
  in: 'file',
  path: key.file.path,
  span: { start: key.span.start, end: value.file === key.file ? Math.max(key.span.end, value.span.end) : key.span.end },
})

/** https://yaml.org/type/bool.html, whatever the case, quoted or not. */
export const booleanIn = (text: string): boolean | undefined => {
  if (/^(?:true|y|yes|on)$/i.test(text)) return true
  return /^(?:false|n|no|off)$/i.test(text) ? false : undefined
}
