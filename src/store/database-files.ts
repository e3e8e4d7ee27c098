/**
 * Where the database of advisories lies. The user's own is a file named after its digest, and `current.json` says which one holds: a new one takes over
 * by renaming that small file, so that whoever is killed leaves the old one valid. The one that came with the program is used where there is none.
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { type AdvisoryDatabase, DatabaseError, type DatabaseStore, type DatabaseWriter } from '../model/advisory.ts'
import { changeDatabase, createDatabase, databaseSchema, openDatabase } from './advisory-database.ts'
import { makeFolders } from './make-folders.ts'

/** What stands beside a database file, or in front of one that travels. */
export type DatabaseNote = {
  readonly format: 'bulkhead-advisories'
  readonly schema: number
  readonly sha256: string
  readonly size: number
  /** ISO 8601. */
  readonly built: string
}

type Pointer = DatabaseNote & {
  readonly file: string
  /** The digest of the one that had come with the program when this one was taken in: only another one can be newer. */
  readonly shipped?: string
  /** The file whose bytes were hashed: device, inode, size, time of change. */
  readonly verified?: string
}

/** `why`: which of two holds, and the reason, in a sentence. */
type Holding<Note = DatabaseNote> = {
  readonly path: string
  readonly note: Note
  readonly isShipped: boolean
  readonly why?: string
}

export type DatabaseFiles = DatabaseStore & {
  readonly folder: string
  /** The user's own, or the one that came with the program; undefined: none that this program reads. Throws DatabaseError. */
  current(): Holding | undefined
  /** What is said when there is none. */
  missing(): DatabaseError
  /** Hashes the file again. Throws DatabaseError when it is not what it was. */
  verify(): DatabaseNote
  /** Takes in a file that `exportTo` wrote. Throws DatabaseError; the one before stays then. */
  importFrom(pieces: AsyncIterable<Uint8Array>, what: string): Promise<DatabaseNote>
  /** Writes the database in the form in which it travels: a line of JSON, then the file in zstd. `makeShipped` likewise leaves it unpacked. */
  exportTo(path: string): Promise<DatabaseNote>
  copyTo(folder: string): DatabaseNote
  /** Forgets the user's own, whatever state it is in; says whether there was one. */
  clear(): boolean
}

const pointerName = 'current.json'
/** Unpacked, and what stands in front: no real one is near. */
const databaseLimit = 16 * 1024 ** 3
const noteLimit = 4096

const databaseName = /^advisories-[0-9a-f]{16}\.db$/

/**
 * `folder`: the user's. `shipped`: a folder with `advisories.db` and `advisories.json`. `now`: ISO 8601. `tell` hears of a broken database that a change did
 * not begin with.
 */
export const databaseFiles = (
  folder: string,
  shipped: string | undefined,
  now: () => string,
  tell: (text: string) => void = () => undefined,
): DatabaseFiles => {
  const pointerPath = join(folder, pointerName)
  const own = (): Looked<Holding<Pointer>> => {
    const { note, form } = readNote(pointerPath, 'bulkhead db clear, then bulkhead db update')
    if (note && !databaseName.test((note as Pointer).file))
      throw new DatabaseError(`${pointerPath} is broken`, 'bulkhead db clear, then bulkhead db update')
    return {
      form,
      note: note && { path: join(folder, (note as Pointer).file), note: note as Pointer, isShipped: false },
    }
  }
  const came = (): Looked<Holding> => {
    if (shipped === undefined) return {}
    const { note, form } = readNote(join(shipped, 'advisories.json'), 'install bulkhead again')
    return { form, note: note && { path: join(shipped, 'advisories.db'), note, isShipped: true } }
  }
  /** Where the user's own serves, one that came broken is no trouble. */
  const cameWhole = (): Looked<Holding> => {
    try {
      return came()
    } catch (error) {
      if (error instanceof DatabaseError) return {}
      throw error
    }
  }
  const writePointer = (pointer: Pointer): void => {
    const part = join(folder, `.${process.pid}.json.part`)
    try {
      writeFileSync(part, `${JSON.stringify(pointer)}\n`, { mode: 0o600 })
      renameSync(part, pointerPath)
    } catch (error) {
      rmSync(part, { force: true })
      throw error
    }
  }
  /** Folders that only others can write, and full disks, are no reason not to answer: the file is hashed again the next time. */
  const remember = (pointer: Pointer): void => {
    try {
      // Another process may have put another one in its place.
      if (own().note?.note.file === pointer.file) writePointer(pointer)
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (!(error instanceof DatabaseError) && !['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT'].includes(code)) throw error
    }
  }
  const current = (): Holding | undefined => {
    const { note: mine, form } = own()
    const { note: theirs } = mine ? cameWhole() : came()
    if (!mine || !theirs) {
      if (theirs && form !== undefined) return { ...theirs, why: `${shippedOf(theirs)} holds: your own is ${isOfForm(form)}` }
      return mine ?? theirs
    }
    // A newer program may bring newer data than what the user fetched long ago. What was there already was known to whoever took in an older one.
    const isNewer = Date.parse(theirs.note.built) > Date.parse(mine.note.built)
    if (isNewer && theirs.note.sha256 !== mine.note.shipped)
      return { ...theirs, why: `${shippedOf(theirs)} holds: it came later than your own, of ${dayOf(mine)}, and is newer` }
    return {
      ...mine,
      why: isNewer
        ? `your own, of ${dayOf(mine)}, holds: it was taken in when ${shippedOf(theirs)} was there already`
        : `your own, of ${dayOf(mine)}, holds: ${shippedOf(theirs)} is not newer`,
    }
  }
  const missing = (): DatabaseError => {
    const forms = [own().form, came().form]
    const [mine, theirs] = forms
    const hint = 'bulkhead db update fetches one, bulkhead db import takes one in'
    if (mine !== undefined) return new DatabaseError(`your own database of advisories is ${isOfForm(mine)}`, hint)
    if (theirs !== undefined) return new DatabaseError(`the database that came with bulkhead is ${isOfForm(theirs)}`, hint)
    return new DatabaseError('there is no database of advisories', hint)
  }
  /** Throws DatabaseError when a file is not what its note says. */
  const check = ({ path, note, isShipped }: Holding): void => {
    const { sha256 } = hashFile(path, isShipped ? 'install bulkhead again' : renewal)
    if (sha256 !== note.sha256)
      throw new DatabaseError(
        `the database ${path} is not what was written: its digest is ${sha256}, and not ${note.sha256}`,
        isShipped ? 'install bulkhead again' : renewal,
      )
  }
  const verify = (): DatabaseNote => {
    const found = current()
    if (!found) throw missing()
    const identity = identityOf(found.path)
    check(found)
    if (!found.isShipped && identity !== undefined && (found.note as Pointer).verified !== identity)
      remember({ ...(found.note as Pointer), verified: identity })
    return found.note
  }
  const open = (): AdvisoryDatabase => {
    const found = current()
    if (!found) throw missing()
    const identity = identityOf(found.path)
    // The one that came with the program is as trustworthy as the program; its values carry checksums too.
    if (!found.isShipped && (found.note as Pointer).verified !== identity) verify()
    if (found.isShipped && identity?.split(':')[2] !== String(found.note.size))
      throw new DatabaseError(`the database ${found.path} is not whole`, 'install bulkhead again')
    return openDatabase(found.path)
  }
  /**
   * What a change begins with: the one that holds, else the user's own, else the one that came with the program; undefined: an empty one. Those that are broken
   * are left aside, and that is told.
   */
  const copyBase = (copy: string): Holding | undefined => {
    const said = new Set<string>()
    for (const find of [current, () => own().note, () => came().note])
      try {
        const found = find()
        if (!found) continue
        check(found)
        copyFileSync(found.path, copy)
        openDatabase(copy).close()
        return found
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error
        rmSync(copy, { force: true })
        if (!said.has(error.message)) tell(`${error.message}; it was left aside`)
        said.add(error.message)
      }
    createDatabase(copy)
    return undefined
  }
  const prepare = (): void => {
    try {
      makeFolders(folder, 0o700)
    } catch (error) {
      throw unusable(folder, error)
    }
    const found = lstatSync(folder)
    if (!found.isDirectory() || (process.getuid !== undefined && found.uid !== process.getuid()))
      throw new DatabaseError(`${folder} belongs to somebody else`, 'BULKHEAD_DB names another folder')
  }
  const settle = (work: string, built: string): DatabaseNote => {
    const { sha256, size } = hashFile(work)
    const file = `advisories-${sha256.slice(0, 16)}.db`
    const there = cameWhole().note
    renameSync(work, join(folder, file))
    const pointer: Pointer = {
      format: 'bulkhead-advisories',
      schema: databaseSchema,
      sha256,
      size,
      built,
      file,
      ...(there === undefined ? {} : { shipped: there.note.sha256 }),
      verified: identityOf(join(folder, file))!,
    }
    writePointer(pointer)
    for (const name of readdirSync(folder))
      if (databaseName.test(name) && name !== file) rmSync(join(folder, name), { force: true })
    return pointer
  }
  /** What a killed process left behind goes when the next one has the lock. */
  const sweep = (): void => {
    for (const name of readdirSync(folder))
      if (/^\..*\.(?:part|work)(?:-journal)?$/.test(name)) rmSync(join(folder, name), { force: true })
  }
  return {
    folder,
    current,
    missing,
    verify,
    open,
    async change(work: (writer: DatabaseWriter) => Promise<void>) {
      prepare()
      const unlock = lock(folder)
      const copy = join(folder, `.${process.pid}.work`)
      try {
        sweep()
        const base = copyBase(copy)
        const built = now()
        const outcome = await changeDatabase(copy, built, work)
        // Data that are as they were are no newer than they were.
        if (outcome === 'changed' || (outcome === 'confirmed' && base))
          settle(copy, outcome === 'changed' ? built : base!.note.built)
        else rmSync(copy, { force: true })
      } catch (error) {
        rmSync(copy, { force: true })
        throw diskTrouble(error)
      } finally {
        unlock()
      }
    },
    async importFrom(pieces, what) {
      prepare()
      const unlock = lock(folder)
      const copy = join(folder, `.${process.pid}.work`)
      try {
        sweep()
        const note = await unpackTo(copy, pieces, what)
        // It may be whole and still no database.
        openDatabase(copy).close()
        const settled = settle(copy, note.built)
        return settled
      } catch (error) {
        rmSync(copy, { force: true })
        throw diskTrouble(error)
      } finally {
        unlock()
      }
    },
    async exportTo(path) {
      const found = current()
      if (!found) throw missing()
      const { format, schema, sha256, size, built } = verify()
      const note: DatabaseNote = { format, schema, sha256, size, built }
      const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`)
      const { createReadStream, createWriteStream } = await import('node:fs')
      try {
        const out = createWriteStream(part, { flags: 'wx' })
        out.write(`${JSON.stringify(note)}\n`)
        const compress = createZstdCompress({
          // Higher levels and wider windows take a hundred megabytes of memory for a few per cent of the size.
          params: {
            [constants.ZSTD_c_compressionLevel]: 9,
            [constants.ZSTD_c_windowLog]: 22,
            [constants.ZSTD_c_checksumFlag]: 1,
          },
        })
        await pipeline(createReadStream(found.path), compress, out)
        renameSync(part, path)
      } catch (error) {
        rmSync(part, { force: true })
        throw diskTrouble(error)
      }
      return note
    },
    copyTo(target) {
      const found = current()
      if (!found) throw missing()
      const { format, schema, sha256, size, built } = verify()
      const note: DatabaseNote = { format, schema, sha256, size, built }
      try {
        makeFolders(target)
        copyFileSync(found.path, join(target, 'advisories.db'))
        writeFileSync(join(target, 'advisories.json'), `${JSON.stringify(note)}\n`)
      } catch (error) {
        throw diskTrouble(error)
      }
      return note
    },
    clear() {
      try {
        const names = readdirSync(folder).filter(name => name === pointerName || databaseName.test(name))
        rmSync(pointerPath, { force: true, recursive: true })
        for (const name of names) rmSync(join(folder, name), { force: true, recursive: true })
        return names.length > 0
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unusable(folder, error)
        return false
      }
    },
  }
}

const renewal = 'bulkhead db update fetches a new one; bulkhead db clear goes back to the one that came with bulkhead'
const dayOf = ({ note }: Holding): string => note.built.slice(0, 10)
const shippedOf = (found: Holding): string => `the one that came with bulkhead, of ${dayOf(found)},`
const isOfForm = (form: number): string => `of form ${form}, and this bulkhead reads form ${databaseSchema}`

const unusable = (folder: string, error: unknown): unknown => {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (!/^E[A-Z]+$/.test(code)) return error
  const reason =
    { ENOTDIR: 'no folder can be there', ENOENT: 'no folder can be there', EACCES: 'permission denied', EROFS: 'read-only' }[
      code
    ] ?? message
  return new DatabaseError(`the folder ${folder} cannot be used: ${reason}`, 'BULKHEAD_DB names another folder', error)
}

/** Trouble with files is expected: full disks, folders that cannot be written. */
const diskTrouble = (error: unknown): unknown => {
  const { code, message } = error as NodeJS.ErrnoException
  return error instanceof Error && !(error instanceof DatabaseError) && code !== undefined && /^E[A-Z]+$/.test(code)
    ? new DatabaseError(message, undefined, error)
    : error
}

/** What is there: of our form, or of the form that is named. */
type Looked<Note> = { readonly note?: Note | undefined; readonly form?: number | undefined }

const readNote = (path: string, hint: string): Looked<DatabaseNote> => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return {}
    throw diskTrouble(error)
  }
  const found = parseNote(text)
  if (!found) throw new DatabaseError(`${path} is broken`, hint)
  return found
}

const parseNote = (text: string): Looked<DatabaseNote> | undefined => {
  try {
    const found = JSON.parse(text) as DatabaseNote | null
    if (found?.format !== 'bulkhead-advisories' || !Number.isSafeInteger(found.schema)) return undefined
    // Whatever else another form has to say.
    if (found.schema !== databaseSchema) return { form: found.schema }
    return Number.isSafeInteger(found.size) &&
      /^[0-9a-f]{64}$/.test(found.sha256) &&
      typeof found.built === 'string' &&
      !Number.isNaN(Date.parse(found.built))
      ? { note: found }
      : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const identityOf = (path: string): string | undefined => {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`
}

const hashFile = (path: string, hint = renewal): { readonly sha256: string; readonly size: number } => {
  const hash = createHash('sha256')
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    throw new DatabaseError(`the database ${path} cannot be read: ${(error as Error).message}`, hint, error)
  }
  try {
    const buffer = Buffer.allocUnsafe(1024 * 1024)
    let size = 0
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      hash.update(buffer.subarray(0, read))
      size += read
    }
    return { sha256: hash.digest('hex'), size }
  } finally {
    closeSync(file)
  }
}

/** One process at a time. A lock whose process is gone is taken over. Gives what unlocks. Throws DatabaseError. */
const lock = (folder: string): (() => void) => {
  const path = join(folder, 'lock')
  for (let tries = 0; tries < 5; tries++) {
    if (putLock(folder, path)) return () => rmSync(path, { force: true })
    const text = readIfThere(path)
    if (text === undefined) continue
    const holder = Number(text)
    if (Number.isSafeInteger(holder) && holder > 0) {
      if (holder !== process.pid && isAlive(holder))
        throw new DatabaseError(`another bulkhead (process ${holder}) is changing the database`, 'wait until it has finished')
    } else if (isYoung(path)) break
    takeAway(folder, path, text)
  }
  throw new DatabaseError('another bulkhead is changing the database', 'wait until it has finished')
}

/** link() gives a file its name together with its content, and not where there is one: https://man7.org/linux/man-pages/man2/link.2.html */
const putLock = (folder: string, path: string): boolean => {
  const part = join(folder, `.${process.pid}.lock.part`)
  try {
    writeFileSync(part, String(process.pid), { mode: 0o600 })
    try {
      linkSync(part, path)
    } finally {
      rmSync(part, { force: true })
    }
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // ENOENT: whoever holds the lock swept it away.
    if (code === 'EEXIST' || code === 'ENOENT') return false
    if (!['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'].includes(code)) throw unusable(folder, error)
  }
  // A file system without links.
  try {
    const file = openSync(path, 'wx', 0o600)
    writeSync(file, String(process.pid))
    closeSync(file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw unusable(folder, error)
  }
}

/** One that says nothing yet is being written, unless it has said nothing for long. */
const isYoung = (path: string): boolean =>
  Math.abs(Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0)) < 10_000

/** Only the lock that was seen goes: another process may have taken it over meanwhile. */
const takeAway = (folder: string, path: string, seen: string): void => {
  const aside = join(folder, `.${process.pid}.stale.part`)
  try {
    renameSync(path, aside)
    if (readIfThere(aside) !== seen) linkSync(aside, path)
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw diskTrouble(error)
  } finally {
    rmSync(aside, { force: true })
  }
}

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw diskTrouble(error)
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Unpacks what `exportTo` wrote, and believes it only when size and digest are what the first line says. */
const unpackTo = async (path: string, pieces: AsyncIterable<Uint8Array>, what: string): Promise<DatabaseNote> => {
  let head = Buffer.alloc(0)
  let note: DatabaseNote | undefined
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      if (note) {
        yield piece
        continue
      }
      head = Buffer.concat([head, piece])
      const end = head.indexOf(10)
      if (end === -1 && head.length < noteLimit) continue
      const found = end === -1 ? undefined : parseNote(head.toString('utf8', 0, end))
      if (found?.form !== undefined) throw new DatabaseError(`${what} is ${isOfForm(found.form)}`)
      note = found?.note
      if (!note) throw new DatabaseError(`${what} is no database that bulkhead exported`)
      if (note.size > databaseLimit) throw new DatabaseError(`${what} is too large: ${note.size} bytes`)
      yield head.subarray(end + 1)
    }
    if (!note) throw new DatabaseError(`${what} is no database that bulkhead exported`)
  }
  const hash = createHash('sha256')
  const file = openSync(path, 'wx', 0o600)
  let size = 0
  try {
    await pipeline(body, createZstdDecompress({ chunkSize: 1024 * 1024 }), async unpacked => {
      for await (const piece of unpacked as AsyncIterable<Uint8Array>) {
        size += piece.length
        if (size > note!.size) throw new DatabaseError(`${what} is broken: it has more bytes than it says`)
        hash.update(piece)
        writeSync(file, piece)
      }
    })
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code?.startsWith('ZSTD') || code?.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE')
      throw new DatabaseError(`${what} is broken: ${message}`, undefined, error)
    throw error
  } finally {
    closeSync(file)
  }
  if (size !== note?.size || hash.digest('hex') !== note.sha256)
    throw new DatabaseError(`${what} is broken: its digest is not the one that it says`)
  return note
}
