/** `bulkhead db`: update, status, import, export, build, verify, clear. */
import { basename } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import {
  exportArtifact,
  exportPackage,
  filePieces,
  importArtifact,
  importRegistry,
  isArtifact,
  isPackage,
  packageDatabase,
} from '../flows/database-travel.ts'
import { type FeedProgress, importFeeds, newestDay, type UpdateReport, updateDatabase } from '../flows/feeds.ts'
import { DatabaseError, type FeedState } from '../model/advisory.ts'
import { type Problem, UsageError } from '../model/finding.ts'
import { WorldError } from '../model/world.ts'
import { Unreadable } from '../read/cataloger.ts'
import { feeds as registry } from '../read/feeds/registry.ts'
import { forTerminal } from '../show/escape.ts'
import { bytesText } from '../show/inventory-text.ts'
import { databaseFiles } from '../store/database-files.ts'
import { machine } from '../world/machine.ts'
import { openDatabaseFiles } from './database-folder.ts'
import { progressBar } from './progress.ts'
import { print, tell } from './terminal.ts'

const feeds = new Map(Object.entries(registry))

/**
 * What is read of feeds is let go again at once, but the buffers behind it only when a young generation is full: one that does not grow takes two fifths less
 * memory, and no more time.
 */
const keepLean = (): void => setFlagsFromString('--semi-space-growth-factor=1')

/** Expected trouble of the database is one line for the user. */
export const asUsage = (error: unknown): unknown =>
  error instanceof DatabaseError
    ? new UsageError(error.message, error.hint)
    : error instanceof WorldError || error instanceof Unreadable
      ? new UsageError(error.message)
      : error

const guarded = async (work: () => Promise<number>): Promise<number> => {
  try {
    return await work()
  } catch (error) {
    throw asUsage(error)
  }
}

export type UpdateArguments = {
  readonly only?: readonly string[]
  readonly mirror?: string
  readonly force?: boolean
  readonly from?: string
  readonly plainHttp?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
}

export const runDatabaseUpdate = (args: UpdateArguments): Promise<number> =>
  guarded(async () => {
    keepLean()
    const files = openDatabaseFiles()
    if (args.from !== undefined) return takeIn(args.from, args)
    const report = await updateDatabase(machine, files, {
      feeds,
      ...(args.only === undefined ? {} : { only: args.only }),
      ...(args.mirror === undefined ? {} : { mirror: mirrorOf(args.mirror) }),
      force: args.force === true,
      ...(args.quiet ? {} : { progress: barFor() }),
      note: noteFor(args.verbose),
    })
    await print(updateText(report))
    complain(report.problems)
    return report.problems.some(({ kind }) => kind === 'failed') ? 2 : 0
  })

const noteFor =
  (verbose: boolean | undefined) =>
  (text: string): void => {
    if (verbose) tell(`bulkhead: ${text}`)
  }

const mirrorOf = (text: string): string => {
  if (!/^https?:\/\/[^/?#]+/.test(text))
    throw new UsageError(`--mirror ${text}`, 'the address of a server that has the feeds as HOST/PATH')
  return text
}

/** One bar for each file. */
const barFor = (): FeedProgress => {
  let bar: ReturnType<typeof progressBar> | undefined
  return {
    begin(what, total) {
      bar?.end()
      bar = progressBar(what)
      bar.start(total)
    },
    advance: bytes => bar?.advance(bytes),
    end() {
      bar?.end()
      bar = undefined
    },
  }
}

const complain = (problems: readonly Problem[]): void => {
  for (const { kind, code, message } of problems) {
    const what = kind === 'failed' ? 'not updated' : code === 'part-shrank' ? 'far fewer' : 'left out'
    tell(`bulkhead: ${what}[${code}] ${message}`)
  }
}

const outcomes: Readonly<Record<UpdateReport['parts'][number]['outcome'], string>> = {
  new: 'taken in',
  changed: 'changed',
  same: 'nothing new',
  failed: 'failed',
}

const updateText = ({ parts }: UpdateReport): string => {
  const width = Math.max(0, ...parts.map(({ feed, part }) => nameOf({ feed, part }).length))
  return parts
    .map(({ feed, part, outcome, state, changes }) => {
      const facts =
        state && `${state.records} records${changes === undefined ? '' : `, ${changes} changed`}, of ${state.dated.slice(0, 10)}`
      return `${nameOf({ feed, part }).padEnd(width)}  ${outcomes[outcome].padEnd(11)}  ${facts ?? ''}`.trimEnd()
    })
    .map(line => `${line}\n`)
    .join('')
}

const nameOf = ({ feed, part }: Pick<FeedState, 'feed' | 'part'>): string => (part === '' ? feed : `${feed}/${part}`)

export const runDatabaseStatus = (args: { readonly format: 'table' | 'json' }): Promise<number> =>
  guarded(async () => {
    const files = openDatabaseFiles()
    const found = files.current()
    if (!found) {
      const { message, hint } = files.missing()
      await print(`${message}: ${hint}\n`)
      return 2
    }
    const database = files.open()
    try {
      const states = [...database.feeds].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
      if (args.format === 'json') {
        const { path, isShipped, why, note } = found
        const { format, schema, sha256, size, built } = note
        const facts = { path, isShipped, why, format, schema, sha256, size, built, feeds: states }
        await print(`${JSON.stringify(facts, undefined, 2)}\n`)
        return 0
      }
      const now = Date.now()
      const age = (iso: string): string => {
        const days = Math.floor((now - Date.parse(iso)) / 86_400_000)
        return days < 0 ? 'in the future' : days === 0 ? 'today' : days === 1 ? '1 day old' : `${days} days old`
      }
      const rows = states.map(one => [
        nameOf(one),
        String(one.records),
        one.dated.slice(0, 10),
        age(one.dated),
        one.skipped === 0 ? '' : `${one.skipped} skipped`,
        one.licence,
      ])
      const heads = ['Feed', 'Records', 'Of', 'Age', '', 'Licence']
      const widths = heads.map((head, i) => Math.max(head.length, ...rows.map(row => row[i]!.length)))
      const line = (cells: readonly string[]): string =>
        cells
          .map((cell, i) => (i === 1 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
          .join('  ')
          .trimEnd()
      const lacking = Map.groupBy(
        states.filter(({ caveat }) => caveat !== undefined),
        ({ caveat }) => caveat,
      )
      const caveats = [...lacking].map(([caveat, those]) => `${those.map(nameOf).join(', ')}: ${caveat}`)
      await print(
        `${[
          `${found.path}${found.isShipped ? ' (came with bulkhead)' : ''}`,
          ...(found.why === undefined ? [] : [found.why]),
          `${bytesText(found.note.size)}, built ${found.note.built.slice(0, 10)}, sha256 ${found.note.sha256}`,
          '',
          line(heads),
          ...rows.map(row => forTerminal(line(row))),
          ...(caveats.length > 0 ? ['', 'What these data lack:', ...caveats.map(one => `  ${forTerminal(one)}`)] : []),
        ].join('\n')}\n`,
      )
      return 0
    } finally {
      database.close()
    }
  })

export type ImportArguments = {
  readonly feed?: string
  readonly plainHttp?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
}

export const runDatabaseImport = (path: string, args: ImportArguments): Promise<number> => guarded(() => takeIn(path, args))

/** A file of ours, an OCI artifact, an npm package, or feeds. */
const takeIn = async (path: string, args: ImportArguments): Promise<number> => {
  keepLean()
  const files = openDatabaseFiles()
  const done = async (note: { readonly built: string; readonly size: number }): Promise<number> => {
    await print(`taken in: the database of ${note.built.slice(0, 10)}, ${bytesText(note.size)}\n`)
    return 0
  }
  if (args.feed === undefined) {
    if (path.startsWith('registry:'))
      return done(await importRegistry(machine, files, path.slice('registry:'.length), args.plainHttp === true))
    const plain = path.replace(/^oci:/, '')
    if (path.startsWith('oci:') || isArtifact(machine, plain)) return done(await importArtifact(machine, files, plain))
    if (isPackage(machine, path)) return done(await files.importFrom(packageDatabase(machine, path), path))
    if (isOurs(path)) return done(await files.importFrom(filePieces(machine, path), path))
  }
  const report = await importFeeds(machine, files, path, {
    feeds,
    ...(args.feed === undefined ? {} : { feed: args.feed }),
    ...(args.quiet ? {} : { progress: barFor() }),
    note: text => tell(`bulkhead: ${text}`),
  })
  await print(updateText(report))
  complain(report.problems)
  return report.problems.some(({ kind }) => kind === 'failed') ? 2 : 0
}

/** Its first bytes are the beginning of the line of JSON that `db export` writes. */
const isOurs = (path: string): boolean => {
  if (machine.files.inspect(path)?.type === 'directory') return false
  const file = machine.files.open(path)
  try {
    const head = new Uint8Array(10)
    return new TextDecoder().decode(head.subarray(0, file.read(0, head))) === '{"format":'
  } finally {
    file.close()
  }
}

export const runDatabaseExport = (target: string, args: { readonly name?: string }): Promise<number> =>
  guarded(async () => {
    const files = openDatabaseFiles()
    const note = target.startsWith('oci:')
      ? await exportArtifact(machine, files, target.slice(4))
      : target.startsWith('npm:')
        ? exportPackage(machine, files, target.slice(4), args.name)
        : await files.exportTo(target)
    await print(`${target}: the database of ${(await note).built.slice(0, 10)}\n`)
    return 0
  })

export const runDatabaseBuild = (folder: string, args: { readonly output: string; readonly quiet?: boolean }): Promise<number> =>
  guarded(() =>
    machine.files.temporary(async work => {
      keepLean()
      const day = await newestDay(machine, folder)
      const files = databaseFiles(work, undefined, () => (day === undefined ? new Date() : new Date(day)).toISOString())
      const report = await importFeeds(machine, files, folder, {
        feeds,
        ...(args.quiet ? {} : { progress: barFor() }),
        note: text => tell(`bulkhead: ${text}`),
      })
      await print(updateText(report))
      complain(report.problems)
      await files.exportTo(args.output)
      await print(`${basename(args.output)} was written: bulkhead db import takes it in\n`)
      return report.problems.some(({ kind }) => kind === 'failed') ? 2 : 0
    }),
  )

export const runDatabaseVerify = (): Promise<number> =>
  guarded(async () => {
    const note = openDatabaseFiles().verify()
    await print(`the database of ${note.built.slice(0, 10)} is whole: sha256 ${note.sha256}\n`)
    return 0
  })

export const runDatabaseClear = (): Promise<number> =>
  guarded(async () => {
    const files = openDatabaseFiles()
    await print(files.clear() ? 'your own database was removed\n' : 'there was no database of your own\n')
    const left = files.current()
    await print(
      left
        ? `the one that came with bulkhead, of ${left.note.built.slice(0, 10)}, holds\n`
        : 'there is none now: bulkhead db update fetches one\n',
    )
    return 0
  })
