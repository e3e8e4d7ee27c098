/**
 * Where the database of advisories lies. The user's own is a file named after its digest, and `current.json` says which one holds: a new one takes over
 * by renaming that small file, so that whoever is killed leaves the old one valid. The one that came with the program is used where there is none.
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
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
  /** The file whose bytes were hashed: device, inode, size, time of change. */
  readonly verified?: string
}

export type DatabaseFiles = DatabaseStore & {
  readonly folder: string
  /** The user's own, or the one that came with the program; undefined: none. */
  current(): { readonly path: string; readonly note: DatabaseNote; readonly isShipped: boolean } | undefined
  /** Hashes the file again. Throws DatabaseError when it is not what it was. */
  verify(): DatabaseNote
  /** Takes in a file that `exportTo` wrote. Throws DatabaseError; the one before stays then. */
  importFrom(pieces: AsyncIterable<Uint8Array>, what: string): Promise<DatabaseNote>
  /** Writes the database in the form in which it travels: a line of JSON, then the file in zstd. `makeShipped` likewise leaves it unpacked. */
  exportTo(path: string): Promise<DatabaseNote>
  copyTo(folder: string): DatabaseNote
  /** Forgets the user's own. */
  clear(): boolean
}

const pointerName = 'current.json'
/** Unpacked, and what stands in front: no real one is near. */
const databaseLimit = 16 * 1024 ** 3
const noteLimit = 4096

/** `folder`: the user's. `shipped`: a folder with `advisories.db` and `advisories.json`. `now`: ISO 8601. */
export const databaseFiles = (folder: string, shipped: string | undefined, now: () => string): DatabaseFiles => {
  const pointerPath = join(folder, pointerName)
  const own = (): Pointer | undefined => {
    const found = readNote(pointerPath) as Pointer | undefined
    return found && /^advisories-[0-9a-f]{16}\.db$/.test(found.file) ? found : undefined
  }
  const writePointer = (pointer: Pointer): void => {
    const part = join(folder, `.${process.pid}.json.part`)
    writeFileSync(part, `${JSON.stringify(pointer)}\n`, { mode: 0o600 })
    renameSync(part, pointerPath)
  }
  const current = (): { path: string; note: Pointer; isShipped: boolean } | undefined => {
    const mine = own()
    const theirs = shipped === undefined ? undefined : (readNote(join(shipped, 'advisories.json')) as Pointer | undefined)
    // A newer program may bring newer data than what the user fetched long ago.
    if (mine && !(theirs && theirs.built > mine.built)) return { path: join(folder, mine.file), note: mine, isShipped: false }
    if (theirs) return { path: join(shipped!, 'advisories.db'), note: theirs, isShipped: true }
    return undefined
  }
  const verify = (): DatabaseNote => {
    const found = current()
    if (!found) throw none()
    const identity = identityOf(found.path)
    const { sha256, size } = hashFile(found.path)
    if (sha256 !== found.note.sha256)
      throw new DatabaseError(
        `the database ${found.path} is not what was written: its digest is ${sha256}, and not ${found.note.sha256}`,
        found.isShipped
          ? 'install bulkhead again'
          : 'bulkhead db update fetches a new one; bulkhead db clear goes back to the one that came with bulkhead',
      )
    if (!found.isShipped && found.note.verified !== identity) writePointer({ ...found.note, size, verified: identity })
    return found.note
  }
  const open = (): AdvisoryDatabase => {
    const found = current()
    if (!found) throw none()
    const identity = identityOf(found.path)
    // The one that came with the program is as trustworthy as the program; its values carry checksums too.
    if (!found.isShipped && found.note.verified !== identity) verify()
    if (found.isShipped && identity?.split(':')[2] !== String(found.note.size))
      throw new DatabaseError(`the database ${found.path} is not whole`, 'install bulkhead again')
    return openDatabase(found.path)
  }
  const prepare = (): void => {
    try {
      makeFolders(folder, 0o700)
    } catch (error) {
      throw unusable(folder, error)
    }
    const found = lstatSync(folder)
    if (!found.isDirectory() || (process.getuid !== undefined && found.uid !== process.getuid()))
      throw new DatabaseError(`${folder} belongs to somebody else`, 'BULKHEAD_CACHE names another folder')
  }
  const settle = (work: string, built: string): DatabaseNote => {
    const { sha256, size } = hashFile(work)
    const file = `advisories-${sha256.slice(0, 16)}.db`
    renameSync(work, join(folder, file))
    const pointer: Pointer = {
      format: 'bulkhead-advisories',
      schema: databaseSchema,
      sha256,
      size,
      built,
      file,
      verified: identityOf(join(folder, file))!,
    }
    writePointer(pointer)
    for (const name of readdirSync(folder))
      if (/^advisories-[0-9a-f]{16}\.db$/.test(name) && name !== file) rmSync(join(folder, name), { force: true })
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
    verify,
    open,
    async change(work: (writer: DatabaseWriter) => Promise<void>) {
      prepare()
      const unlock = lock(folder)
      const copy = join(folder, `.${process.pid}.work`)
      try {
        sweep()
        const found = current()
        if (found) {
          if (!found.isShipped) verify()
          copyFileSync(found.path, copy)
        } else createDatabase(copy)
        const built = now()
        await changeDatabase(copy, built, work)
        settle(copy, built)
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
      if (!found) throw none()
      const { format, schema, sha256, size, built } = verify()
      const note: DatabaseNote = { format, schema, sha256, size, built }
      const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`)
      const { createReadStream, createWriteStream } = await import('node:fs')
      try {
        const out = createWriteStream(part, { flags: 'wx' })
        out.write(`${JSON.stringify(note)}\n`)
        const compress = createZstdCompress({
          params: { [constants.ZSTD_c_compressionLevel]: 12, [constants.ZSTD_c_checksumFlag]: 1 },
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
      if (!found) throw none()
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
      const mine = own()
      try {
        rmSync(pointerPath, { force: true })
        for (const name of readdirSync(folder))
          if (/^advisories-[0-9a-f]{16}\.db$/.test(name)) rmSync(join(folder, name), { force: true })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unusable(folder, error)
      }
      return mine !== undefined
    },
  }
}

const none = (): DatabaseError =>
  new DatabaseError('there is no database of advisories', 'bulkhead db update fetches one, bulkhead db import takes one in')

const unusable = (folder: string, error: unknown): unknown => {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (!/^E[A-Z]+$/.test(code)) return error
  const reason =
    { ENOTDIR: 'no folder can be there', ENOENT: 'no folder can be there', EACCES: 'permission denied' }[code] ?? message
  return new DatabaseError(`the folder ${folder} cannot be used: ${reason}`, 'BULKHEAD_CACHE names another folder', error)
}

/** Trouble with files is expected: full disks, folders that cannot be written. */
const diskTrouble = (error: unknown): unknown => {
  const { code, message } = error as NodeJS.ErrnoException
  return error instanceof Error && !(error instanceof DatabaseError) && code !== undefined && /^E[A-Z]+$/.test(code)
    ? new DatabaseError(message, undefined, error)
    : error
}

const readNote = (path: string): DatabaseNote | undefined => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw diskTrouble(error)
  }
  const note = parseNote(text)
  if (!note) throw new DatabaseError(`${path} is broken`, 'bulkhead db clear, then bulkhead db update')
  return note
}

const parseNote = (text: string): DatabaseNote | undefined => {
  try {
    const found = JSON.parse(text) as DatabaseNote | null
    return found?.format === 'bulkhead-advisories' &&
      Number.isSafeInteger(found.size) &&
      /^[0-9a-f]{64}$/.test(found.sha256) &&
      typeof found.built === 'string' &&
      !Number.isNaN(Date.parse(found.built))
      ? found
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

const hashFile = (path: string): { readonly sha256: string; readonly size: number } => {
  const hash = createHash('sha256')
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    throw new DatabaseError(`the database ${path} cannot be read: ${(error as Error).message}`, 'bulkhead db clear', error)
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
  for (let tries = 0; tries < 3; tries++) {
    try {
      const file = openSync(path, 'wx', 0o600)
      writeSync(file, String(process.pid))
      closeSync(file)
      return () => rmSync(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw diskTrouble(error)
    }
    const holder = Number(readIfThere(path))
    if (Number.isSafeInteger(holder) && holder > 0 && holder !== process.pid && isAlive(holder))
      throw new DatabaseError(`another bulkhead (process ${holder}) is changing the database`, 'wait until it has finished')
    rmSync(path, { force: true })
  }
  throw new DatabaseError('another bulkhead is changing the database', 'wait until it has finished')
}

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
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
      note = end === -1 ? undefined : parseNote(head.toString('utf8', 0, end))
      if (!note) throw new DatabaseError(`${what} is no database that bulkhead exported`)
      if (note.schema !== databaseSchema)
        throw new DatabaseError(`${what} is of form ${note.schema}, and this bulkhead reads form ${databaseSchema}`)
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
