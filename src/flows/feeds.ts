/** `bulkhead db update`, `import` and `build`: feeds → the database of advisories. */
import * as v from 'valibot'
import type { DatabaseStore, DatabaseWriter, FeedIdentity, FeedItem, FeedState } from '../model/advisory.ts'
import { type Problem, UsageError } from '../model/finding.ts'
import type { OpenFile, World } from '../model/world.ts'
import { WorldError } from '../model/world.ts'
import { Unreadable } from '../read/cataloger.ts'
import { type Downloaded, type DownloadPatience, download, downloadText } from '../read/download.ts'
import type { Download, Feed, FeedPart } from '../read/feed.ts'
import { feedFiles } from '../read/feed-files.ts'

export type FeedProgress = {
  begin(what: string, total: number | undefined): void
  advance(bytes: number): void
  end(): void
}

export type UpdateOptions = {
  readonly feeds: ReadonlyMap<string, Feed>
  /** `osv/npm`, `epss`; undefined: all that can be fetched. */
  readonly only?: readonly string[]
  /** Asked in place of each feed's own host: `MIRROR/host/path`. */
  readonly mirror?: string
  /** Fetch everything whole, also what seems to be known. */
  readonly force?: boolean
  readonly progress?: FeedProgress
  readonly patience?: DownloadPatience
  readonly note: (text: string) => void
}

export type UpdateReport = {
  /** Parts in the order of the feeds. */
  readonly parts: readonly {
    readonly feed: string
    readonly part: string
    readonly outcome: 'new' | 'changed' | 'same' | 'failed'
    readonly state: FeedState | undefined
    readonly changes?: number
  }[]
  readonly problems: readonly Problem[]
}

/** Of changed records; more of them are fetched as a whole. */
const mostChanges = 2000
const requestsAtOnce = 8
/** Broken records are named one by one up to here; the rest is counted. */
const namedSkips = 5

/** Asks every feed, and takes in what is new. A feed that cannot be had leaves its old data in place, and is a Problem. Rejects with DatabaseError. */
export const updateDatabase = async (world: World, store: DatabaseStore, options: UpdateOptions): Promise<UpdateReport> => {
  const wanted = partsToUpdate(options)
  const parts: UpdateReport['parts'][number][] = []
  const problems: Problem[] = []
  await store.change(async writer => {
    for (const { id, feed, part } of wanted) {
      const before = writer.feeds.find(state => state.feed === id && state.part === part.name)
      const name = partName(id, part.name)
      try {
        const result = await updatePart(world, writer, id, feed, part, before, options, problems)
        parts.push({ feed: id, part: part.name, ...result })
      } catch (error) {
        if (!(error instanceof WorldError || error instanceof Unreadable)) throw error
        parts.push({ feed: id, part: part.name, outcome: 'failed', state: before })
        problems.push({
          kind: 'failed',
          code: 'feed-unavailable',
          message: `${name}: ${error.message}${before ? `; its data of ${day(before.dated)} stay` : ''}`,
        })
      }
    }
  })
  return { parts, problems }
}

const partName = (feed: string, part: string): string => (part === '' ? feed : `${feed}/${part}`)
const day = (iso: string): string => iso.slice(0, 10)

const partsToUpdate = ({ feeds, only }: UpdateOptions): { id: string; feed: Feed; part: FeedPart }[] => {
  const all = [...feeds].flatMap(([id, feed]) =>
    feed.parts.filter(({ downloads }) => downloads.length > 0).map(part => ({ id, feed, part })),
  )
  if (only === undefined) return all
  return only.flatMap(name => {
    const found = all.filter(({ id, part }) => id === name || partName(id, part.name).toLowerCase() === name.toLowerCase())
    if (found.length === 0)
      throw new UsageError(
        `no feed is called ${name}`,
        `there are ${[...new Set(all.map(({ id, part }) => partName(id, part.name)))].join(', ')}`,
      )
    return found
  })
}

const identityOf = (id: string, feed: Feed, part: FeedPart, fetched: string): FeedIdentity => ({
  feed: id,
  part: part.name,
  title: part.name === '' ? feed.title : `${feed.title}: ${part.name}`,
  home: feed.home,
  licence: feed.licence,
  ecosystems: part.ecosystems,
  completeness: part.completeness,
  rank: feed.rank,
  fetched,
})

type PartResult = Pick<UpdateReport['parts'][number], 'outcome' | 'state' | 'changes'>

const updatePart = async (
  world: World,
  writer: DatabaseWriter,
  id: string,
  feed: Feed,
  part: FeedPart,
  before: FeedState | undefined,
  options: UpdateOptions,
  problems: Problem[],
): Promise<PartResult> => {
  const fetched = new Date(world.clock.now()).toISOString()
  const identity = identityOf(id, feed, part, fetched)
  const name = partName(id, part.name)
  const [first] = part.downloads
  // What a copy lacks does not come with what changed since.
  if (part.downloads.length === 1 && first?.changes && before && before.caveat === undefined && !options.force) {
    const changed = await changesSince(world, first, before.dated, options)
    if (changed !== undefined && changed.ids.length === 0) {
      writer.confirm({ feed: id, part: part.name, fetched })
      return { outcome: 'same', state: { ...before, fetched } }
    }
    if (changed !== undefined) {
      options.note(`${name}: ${changed.ids.length} records changed`)
      const fetchedRecords = await fetchRecords(world, first, changed.ids, feed, part, options)
      if (fetchedRecords) {
        const { items, known } = fetchedRecords
        const hearing = { skipped: skipReporter(name, problems) }
        const state = writer.amend({ ...identity, dated: changed.newest }, known, items, hearing)
        return { outcome: 'changed', state, changes: changed.ids.length }
      }
      options.note(`${name}: most of the records that changed are not there one by one; all are fetched`)
    }
  }
  const files: (Downloaded & { isNew: true; download: Download })[] = []
  try {
    for (const [i, one] of part.downloads.entries()) {
      // Validators are kept for parts that are one file.
      const validators =
        part.downloads.length === 1 && before && !options.force
          ? {
              ...(before.etag ? { etag: before.etag } : {}),
              ...(before.lastModified ? { lastModified: before.lastModified } : {}),
            }
          : {}
      const what = part.downloads.length === 1 ? name : `${name} ${i + 1}/${part.downloads.length}`
      const result = await download(world, {
        ...one,
        ...validators,
        ...(options.mirror === undefined ? {} : { mirror: options.mirror }),
        ...(options.patience === undefined ? {} : { patience: options.patience }),
        onStart: total => options.progress?.begin(what, total),
        onBytes: count => options.progress?.advance(count),
      })
      if (!result.isNew) {
        writer.confirm({ feed: id, part: part.name, fetched })
        return { outcome: 'same', state: before && { ...before, fetched } }
      }
      files.push({ ...result, download: one })
    }
    options.progress?.end()
    // What changed since is asked for from here on.
    const newest = first?.changes ? await newestChange(world, first, options) : undefined
    const items = function* (): Generator<FeedItem> {
      for (const { file, url, download: one } of files) yield* itemsOf(feed, part, file, lastName(url), one.members)
    }
    const [file] = files
    const state = writer.replace(
      {
        ...identity,
        ...(newest === undefined ? {} : { dated: newest }),
        ...(files.length === 1 && file?.etag ? { etag: file.etag } : {}),
        ...(files.length === 1 && file?.lastModified ? { lastModified: file.lastModified } : {}),
      },
      items(),
      { skipped: skipReporter(name, problems), accept: acceptable(before, options.force === true) },
    )
    for (const replaced of part.replaces ?? []) {
      const [otherFeed = '', otherPart = ''] = replaced.split('/')
      writer.remove(otherFeed, otherPart)
    }
    return { outcome: 'new', state }
  } finally {
    options.progress?.end()
    for (const { file } of files) file.close()
  }
}

/**
 * What is far smaller than what was there before is refused: a feed does not lose most of its records in one day, but a half-written export does.
 */
const acceptable =
  (before: FeedState | undefined, isForced: boolean) =>
  (state: FeedState): void => {
    if (state.records === 0) throw new NoRecords(noRecords)
    if (!isForced && before && before.records >= 100 && state.records < before.records / 2)
      throw new Unreadable(`it has ${state.records} records, and had ${before.records} before; --force takes it nevertheless`)
  }

const noRecords = 'it has no record that could be read'
class NoRecords extends Unreadable {}

export function* itemsOf(feed: Feed, part: FeedPart, file: OpenFile, name: string, members?: RegExp): Generator<FeedItem> {
  for (const one of feedFiles(file, name, members)) yield* feed.read(one, part)
}

const lastName = (url: string): string => decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '')

const skipReporter = (name: string, problems: Problem[]): ((skipped: Extract<FeedItem, { kind: 'skipped' }>) => void) => {
  let count = 0
  let at = -1
  return ({ what, why }) => {
    count++
    if (count <= namedSkips) problems.push({ kind: 'uncovered', code: 'record-skipped', message: `${name}: ${what}: ${why}` })
    else {
      const problem: Problem = {
        kind: 'uncovered',
        code: 'record-skipped',
        message: `${name}: ${count - namedSkips} more records could not be read`,
      }
      if (at === -1) at = problems.push(problem) - 1
      else problems[at] = problem
    }
  }
}

/** https://google.github.io/osv.dev/data/: `TIME,ID` lines, the newest first. Undefined: there are too many, or nobody knows. */
const changesSince = async (
  world: World,
  { changes }: Download,
  since: string,
  options: UpdateOptions,
): Promise<{ readonly ids: readonly string[]; readonly newest: string } | undefined> => {
  const ids: string[] = []
  let newest = since
  const last = Date.parse(since)
  for (const line of (await changesText(world, changes!.list, options)).split('\n')) {
    const comma = line.indexOf(',')
    if (comma === -1) continue
    const time = Date.parse(line.slice(0, comma))
    if (Number.isNaN(time) || Number.isNaN(last)) return undefined
    if (time <= last) break
    if (ids.length === 0) newest = line.slice(0, comma)
    ids.push(line.slice(comma + 1).trim())
    if (ids.length > mostChanges) return undefined
  }
  return { ids: [...new Set(ids)], newest }
}

const newestChange = async (world: World, { changes }: Download, options: UpdateOptions): Promise<string | undefined> => {
  const [line = ''] = (await changesText(world, changes!.list, options)).split('\n')
  const time = line.split(',')[0]!
  return Number.isNaN(Date.parse(time)) ? undefined : time
}

const changesText = (world: World, url: string, { mirror, patience }: UpdateOptions): Promise<string> =>
  downloadText(world, { url, ...(mirror === undefined ? {} : { mirror }), ...(patience === undefined ? {} : { patience }) })

/**
 * `known`: the records of which the newest state is known, whatever it is: one may be gone, or be about another ecosystem by now. Those that came broken are
 * not among them. Undefined: most are not there, as with a mirror that has only whole exports.
 */
const fetchRecords = async (
  world: World,
  { changes }: Download,
  ids: readonly string[],
  feed: Feed,
  part: FeedPart,
  options: UpdateOptions,
): Promise<{ readonly items: readonly FeedItem[]; readonly known: readonly string[] } | undefined> => {
  const items: FeedItem[] = []
  const known: string[] = []
  const queue = [...ids]
  let gone = 0
  options.progress?.begin(`${part.name}: ${ids.length} records`, undefined)
  const worker = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift())
      try {
        const text = await changesText(world, changes!.record(id), options)
        options.progress?.advance(text.length)
        const found = [...feed.read({ name: `${id}.json`, bytes: Buffer.from(text) }, part)]
        items.push(...found)
        if (!found.some(({ kind }) => kind === 'skipped')) known.push(id)
      } catch (error) {
        if (error instanceof Unreadable) items.push({ kind: 'skipped', what: id, why: error.message })
        else if (error instanceof WorldError && error.code === 'not-found') {
          gone++
          items.push({ kind: 'skipped', what: id, why: `it was listed as changed, and is gone: ${error.message}` })
          known.push(id)
        } else {
          queue.length = 0
          throw error
        }
      }
  }
  try {
    await Promise.all(Array.from({ length: requestsAtOnce }, worker))
  } finally {
    options.progress?.end()
  }
  return gone > 1 && gone > ids.length / 2 ? undefined : { items, known }
}

/** What `feeds.json` says of a file beside it. */
type FileNote = { readonly dated?: string; readonly source?: string; readonly licence?: string; readonly caveat?: string }
export type ImportedFile = FileNote & { readonly path: string; readonly feed: string; readonly part: string }

/**
 * Takes in files of feeds from this machine: archives, folders or single files whose name begins with the feed's (`alpine-secdb.tar.zst`, `osv@npm.zip`).
 * `feeds.json` beside them says of which day each is. Rejects with DatabaseError, and with UsageError when nothing is there.
 */
export const importFeeds = async (
  world: World,
  store: DatabaseStore,
  path: string,
  options: Pick<UpdateOptions, 'feeds' | 'progress' | 'note'> & { readonly feed?: string },
): Promise<UpdateReport> => {
  const found = await filesToImport(world, path, options)
  const parts: UpdateReport['parts'][number][] = []
  const problems: Problem[] = []
  await store.change(async writer => {
    /** Files with the parts that they have nothing of: no trouble where they have something of another. */
    const empty = new Map<string, { readonly one: ImportedFile; readonly skips: readonly Problem[] }[]>()
    const full = new Set<string>()
    const fail = ({ feed, part, path: file }: ImportedFile, message: string): void => {
      const before = writer.feeds.find(state => state.feed === feed && state.part === part)
      parts.push({ feed, part, outcome: 'failed', state: before })
      problems.push({
        kind: 'failed',
        code: 'feed-unreadable',
        message: `${file}: ${message}${before ? `; the data of ${day(before.dated)} stay` : ''}`,
      })
    }
    for (const one of found) {
      const feed = options.feeds.get(one.feed)!
      const part = feed.parts.find(({ name }) => name === one.part)!
      const now = world.clock.now()
      const identity: FeedIdentity = {
        ...identityOf(one.feed, feed, part, one.dated ?? new Date(now).toISOString()),
        ...(one.dated === undefined ? {} : { dated: one.dated }),
        ...(one.source === undefined ? {} : { home: one.source }),
        ...(one.licence === undefined ? {} : { licence: one.licence }),
        ...(one.caveat === undefined ? {} : { caveat: one.caveat }),
      }
      const name = partName(one.feed, one.part)
      const before = writer.feeds.find(state => state.feed === one.feed && state.part === one.part)
      const skips: Problem[] = []
      options.progress?.begin(name, undefined)
      try {
        const items = itemsIn(world, one.path, feed, part)
        const state = writer.replace(
          identity,
          one.dated === undefined ? withDay(items, now, () => newestFile(world, one.path)) : items,
          { skipped: skipReporter(name, skips), accept: acceptable(undefined, true) },
        )
        full.add(one.path)
        for (const replaced of part.replaces ?? []) {
          const [otherFeed = '', otherPart = ''] = replaced.split('/')
          writer.remove(otherFeed, otherPart)
        }
        parts.push({ feed: one.feed, part: one.part, outcome: 'new', state })
        problems.push(...skips)
        if (before && state.records < before.records / 2)
          problems.push({
            kind: 'uncovered',
            code: 'part-shrank',
            message: `${name}: it has ${state.records} records now, and had ${before.records} before`,
          })
      } catch (error) {
        if (!(error instanceof WorldError || error instanceof Unreadable)) throw error
        if (error instanceof NoRecords) empty.set(one.path, [...(empty.get(one.path) ?? []), { one, skips }])
        else fail(one, error.message)
      } finally {
        options.progress?.end()
      }
    }
    for (const [file, [first, ...others]] of empty) {
      if (full.has(file) || !first) continue
      problems.push(...first.skips)
      fail(others.length === 0 ? first.one : { ...first.one, part: '' }, noRecords)
    }
  })
  return { parts, problems }
}

/** Days that records name for want of another one: zero in Go, PostgreSQL and others. Before 1980 there were no advisories. */
const firstDay = Date.UTC(1980, 0, 1)

/** Says of which day the data are where the feed itself does not: the newest change of a record, else `otherwise`. */
function* withDay(items: Iterable<FeedItem>, now: number, otherwise: () => string): Generator<FeedItem> {
  let newest = 0
  let isDated = false
  for (const item of items) {
    if (item.kind === 'dated') isDated = true
    if (item.kind === 'advisory')
      for (const text of [item.record.modified, item.record.published]) {
        const time = text === undefined ? Number.NaN : Date.parse(text)
        if (time >= firstDay && time <= now && time > newest) newest = time
      }
    yield item
  }
  if (!isDated) yield { kind: 'dated', at: newest > 0 ? new Date(newest).toISOString() : otherwise() }
}

/** When the newest file there was written. */
const newestFile = (world: World, path: string): string => {
  const newest = (at: string): number => {
    const found = world.files.inspect(at)
    return found?.type === 'directory'
      ? Math.max(0, ...world.files.names(at).map(name => newest(`${at}/${name}`)))
      : (found?.mtime ?? 0)
  }
  return new Date(newest(path) * 1000).toISOString()
}

/** `inside`: the path within the folder that is imported, as an archive of it would have it. */
function* itemsIn(
  world: World,
  path: string,
  feed: Feed,
  part: FeedPart,
  inside = path.slice(path.lastIndexOf('/') + 1),
): Generator<FeedItem> {
  if (world.files.inspect(path)?.type === 'directory') {
    for (const name of world.files.names(path)) yield* itemsIn(world, `${path}/${name}`, feed, part, `${inside}/${name}`)
    return
  }
  const file = world.files.open(path)
  try {
    yield* itemsOf(feed, part, file, inside)
  } finally {
    file.close()
  }
}

const filesToImport = async (
  world: World,
  path: string,
  options: Pick<UpdateOptions, 'feeds' | 'note'> & { readonly feed?: string },
): Promise<readonly ImportedFile[]> => {
  const target = world.files.inspect(path) ?? (await world.files.stat(path).then(found => found && { type: found.type }))
  if (!target) throw new UsageError(`${path} does not exist`)
  /** A file without a part in its name may have records of all parts. */
  const named = (name: string): readonly { feed: string; part: string }[] => {
    const [feedName = '', partNamed] = name.replace(/\..*$/, '').split('@')
    const parts = options.feeds.get(feedName)?.parts ?? []
    const wanted = partNamed?.replaceAll('_', ' ').toLowerCase()
    return parts
      .filter(one => wanted === undefined || one.name.toLowerCase() === wanted)
      .map(one => ({ feed: feedName, part: one.name }))
  }
  const base = path.replace(/\/+$/, '').split('/').at(-1)!
  const single = named(options.feed ?? base)
  if (options.feed !== undefined && single.length === 0)
    throw new UsageError(`no feed is called ${options.feed}`, `there are ${[...options.feeds.keys()].join(', ')}`)
  if (single.length > 0) return single.map(one => ({ path, ...one }))
  if (target.type !== 'directory')
    throw new UsageError(
      `${path} is neither an exported database nor named after a feed`,
      `--feed NAME says whose data it is: ${[...options.feeds.keys()].join(', ')}`,
    )
  const notes = await notesIn(world, `${path}/feeds.json`)
  const found: ImportedFile[] = []
  for (const name of world.files.names(path)) {
    const matches = named(name)
    if (matches.length > 0) for (const match of matches) found.push({ path: `${path}/${name}`, ...match, ...notes.get(name) })
    else if (!/^(?:feeds\.json|README.*|LICEN[CS]E.*|NOTICE.*|\..*)$/i.test(name))
      options.note(`${path}/${name} is named after no feed, and was left out`)
  }
  if (found.length === 0)
    throw new UsageError(`${path} has no file that is named after a feed`, 'alpine-secdb.tar.zst, osv@npm.zip, …')
  return found
}

/** `{ "FILE": { "dated": "2026-08-21", "source": …, "licence": …, "caveat": … } }` */
const notesIn = async (world: World, path: string): Promise<ReadonlyMap<string, FileNote>> => {
  if (!world.files.inspect(path)) return new Map()
  const text = new TextDecoder().decode(await world.files.read(path))
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${path} is no JSON: ${(error as Error).message}`)
  }
  const parsed = v.safeParse(notesSchema, value)
  if (!parsed.success) throw new UsageError(`${path}: ${parsed.issues[0].message}`)
  return new Map(Object.entries(parsed.output))
}

const notesSchema = v.record(
  v.string(),
  v.object({
    dated: v.optional(v.pipe(v.string(), v.isoDate())),
    source: v.optional(v.string()),
    licence: v.optional(v.string()),
    caveat: v.optional(v.string()),
  }),
)

/** The newest day in a folder's `feeds.json`: what a database that is made of it is of. */
export const newestDay = async (world: World, folder: string): Promise<string | undefined> =>
  [...(await notesIn(world, `${folder}/feeds.json`)).values()]
    .flatMap(({ dated }) => dated ?? [])
    .sort()
    .at(-1)
