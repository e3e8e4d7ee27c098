/**
 * One file of a Git repository's objects → the credentials in what was ever committed. A value that many versions of a file have is told once. Which files
 * they were in often says only another object, so that kinds which are looked for in some files only wait until the names are known.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { type LayerFile, Unreadable } from '../../read/cataloger.ts'
import { type GitFile, gitFileOf } from '../../read/git/files.ts'
import { readLoose } from '../../read/git/loose.ts'
import { bufferOf, eachTreeEntry, type GitBody, type GitHash, type GitType } from '../../read/git/object.ts'
import { type PackLimits, type PackReport, packLimits, readPack } from '../../read/git/pack.ts'
import { TreeNames } from '../../read/git/tree-names.ts'
import { isSamplePath } from './sample-path.ts'
import { type Found, findIn, type Hit, hitOf, hitsLimit, onlyInOf, type ScanFileOptions, settle } from './scan-file.ts'

export type GitHit = Hit & {
  /** Undefined where it could not be put together. */
  readonly id: string | undefined
  readonly type: GitType | undefined
  /** In the repository. */
  readonly name: string | undefined
  /** How many objects have the value. */
  readonly count: number
  /** Of the value in the object. */
  readonly start: number
  /** The entry of the pack, where there is no id. */
  readonly offset: number | undefined
  /** It counts only in files of some names, and the name is not known. */
  readonly needsName: boolean
  /** The same for equal values in one run, and useless outside of it: its key is kept nowhere. */
  readonly same: string
}

/** Plain data. */
export type GitFound = {
  readonly objects: string
  readonly hits: readonly GitHit[]
  /** Of a tree: what it names. */
  readonly tree?: { readonly id: string; readonly entries: readonly (readonly [name: string, id: string, isTree: boolean])[] }
  readonly trouble?: Trouble
}

/** `failed`: something could not be read; else something was looked through in part. */
export type Trouble = { readonly kind: 'failed' | 'uncovered'; readonly message: string }

/** Names of a loose tree that are kept. */
const entriesLimit = 2000
/** Different values of one pack that are held, of certain kinds and of those that names decide on. */
const valuesLimit = 1000
/** Objects with one value whose names are looked for. */
const objectsLimit = 256

const key = randomBytes(32)

/** Undefined: it is no file of objects, or has nothing to tell. Throws Unreadable where the file cannot be read at all. */
export const scanGit = (file: LayerFile, options: ScanFileOptions, limits: PackLimits = packLimits): GitFound | undefined => {
  const git = gitFileOf(file.path)
  if (!git) return undefined
  const found = git.kind === 'pack' ? inPack(file, git, options, limits) : inLoose(file, git, options)
  return found && (found.hits.length > 0 || found.tree || found.trouble) ? found : undefined
}

const inLoose = (file: LayerFile, { id, hash, objects }: GitFile, options: ScanFileOptions): GitFound | undefined => {
  const values = new Values(options)
  let tree: GitFound['tree']
  try {
    const isObject = readLoose(file, (type, body) => {
      if (type !== 'tree') values.add(type, body, () => id)
      else if (hash && body.size <= treeLimit)
        tree = {
          id,
          entries: entriesOf(bufferOf(body.read(0, body.size)), hash),
        }
    })
    if (!isObject) return undefined
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return { objects, hits: [], trouble: { kind: 'failed', message: error.message } }
  }
  const { hits, isCut } = values.finish('', () => undefined)
  return { objects, hits, ...(tree ? { tree } : {}), ...(isCut ? { trouble: cut } : {}) }
}

const treeLimit = 1024 * 1024
const cut: Trouble = { kind: 'uncovered', message: 'it has more secrets than are told' }

const entriesOf = (bytes: Buffer, hash: GitHash): NonNullable<GitFound['tree']>['entries'] => {
  const entries: (readonly [string, string, boolean])[] = []
  eachTreeEntry(bytes, hash, (isTree, nameStart, nameEnd, idStart, idEnd) => {
    if (entries.length < entriesLimit)
      entries.push([bytes.toString('utf8', nameStart, nameEnd), bytes.toString('hex', idStart, idEnd), isTree])
  })
  return entries
}

const inPack = (file: LayerFile, { hash = 'sha1', objects }: GitFile, options: ScanFileOptions, limits: PackLimits): GitFound => {
  const values = new Values(options)
  const names = new TreeNames()
  const report = readPack(
    file,
    hash,
    {
      object: ({ type, body, id }) => values.add(type, body, id),
      inserted: (bytes, offset) => values.addPart(bytes, offset),
      wantsTrees: () => {
        for (const id of values.blobs) names.want(id)
        return values.blobs.size > 0
      },
      tree: (id, bytes) => names.add(id, bytes, hash),
    },
    limits,
  )
  // Where the files are checked out, kinds that are for some paths only see the whole path.
  const top = /^(.*?)\.git\/objects$/.exec(objects)?.[1] ?? ''
  const { hits, isCut } = values.finish(top, id => names.pathOf(id))
  const trouble = troubleOf(report, isCut)
  return { objects, hits, ...(trouble ? { trouble } : {}) }
}

const troubleOf = ({ broken, unread, partly }: PackReport, isCut: boolean): Trouble | undefined => {
  const count = (number: number): string => `${number.toLocaleString('en-US')} ${number === 1 ? 'object' : 'objects'}`
  const parts = [
    broken ?? '',
    unread > 0 ? `${count(unread)} could not be read` : '',
    partly > 0 ? `of ${count(partly)} only what the change brings was looked through` : '',
    isCut ? cut.message : '',
  ].filter(part => part !== '')
  if (parts.length === 0) return undefined
  return { kind: broken !== undefined || unread > 0 ? 'failed' : 'uncovered', message: parts.join('; ') }
}

type Place = {
  readonly id: string | undefined
  readonly type: GitType | undefined
  readonly line: number
  readonly start: number
  readonly offset: number | undefined
}
type Value = { readonly found: Found; readonly onlyIn: RegExp | undefined; readonly places: Place[]; count: number }

/** Different values with the objects that have them. */
class Values {
  readonly #options: ScanFileOptions
  readonly #values = new Map<string, Value>()
  /** Those that have one. */
  readonly blobs = new Set<string>()
  #general = 0
  #isCut = false

  constructor(options: ScanFileOptions) {
    this.#options = options
  }

  add(type: GitType, body: GitBody, idOf: () => string): void {
    // A message has no path.
    const isBlob = type === 'blob'
    const found = findIn(body, isBlob ? () => true : i => onlyInOf(i) === undefined)
    if (found.length === 0) return
    const id = idOf()
    if (isBlob) this.blobs.add(id)
    this.#put(found, one => ({ id, type, line: one.line, start: one.start, offset: undefined }))
  }

  addPart(bytes: Uint8Array, offset: number): void {
    const body: GitBody = { size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) }
    const found = findIn(body, () => true)
    this.#put(found, one => ({ id: undefined, type: undefined, line: 0, start: one.start, offset }))
  }

  #put(all: readonly Found[], placeOf: (one: Found) => Place): void {
    if (all.length >= hitsLimit) this.#isCut = true
    const certain = settle(all.filter(({ detector }) => onlyInOf(detector) === undefined))
    const general = all.filter(
      ({ detector, start, end }) => onlyInOf(detector) !== undefined && !certain.some(one => one.start < end && start < one.end),
    )
    const seen = new Set<Value>()
    for (const found of [...certain, ...general]) {
      const identity = `${found.detector} ${found.value}`
      let value = this.#values.get(identity)
      if (!value) {
        const onlyIn = onlyInOf(found.detector)
        if ((onlyIn ? this.#general : this.#values.size - this.#general) >= valuesLimit) {
          this.#isCut = true
          continue
        }
        if (onlyIn) this.#general++
        value = { found, onlyIn, places: [], count: 0 }
        this.#values.set(identity, value)
      }
      // Twice in one object is once.
      if (seen.has(value)) continue
      seen.add(value)
      value.count++
      if (value.places.length < objectsLimit) value.places.push(placeOf(found))
    }
  }

  /** `top`: the folder that paths begin in. */
  finish(top: string, nameOf: (id: string) => string | undefined): { readonly hits: readonly GitHit[]; readonly isCut: boolean } {
    const told: GitHit[] = []
    const seen = new Set<string>()
    // What names decide on comes last.
    const sorted = [...this.#values.values()].sort((a, b) => Number(a.onlyIn !== undefined) - Number(b.onlyIn !== undefined))
    for (const { found, onlyIn, places, count } of sorted) {
      const named = places
        .map(place => ({ ...place, name: place.id === undefined ? undefined : nameOf(place.id) }))
        .filter(({ name }) => !onlyIn || name === undefined || onlyIn.test(top + name))
      const best =
        named.find(({ name }) => name !== undefined && !isSamplePath(name)) ?? named.find(({ name }) => !name) ?? named[0]
      if (!best) continue
      const needsName = onlyIn !== undefined && best.name === undefined
      // Which of several kinds it is may only the name say.
      if (!needsName && seen.has(`${best.id} ${best.offset} ${best.start}`)) continue
      seen.add(`${best.id} ${best.offset} ${best.start}`)
      const { id, type, name, start, offset, line } = best
      const same = createHmac('sha256', key).update(found.value).digest('hex').slice(0, 16)
      told.push({ ...hitOf(found, this.#options), line, id, type, name, start, offset, count, needsName, same })
    }
    return { hits: told.slice(0, hitsLimit), isCut: this.#isCut || told.length > hitsLimit }
  }
}
