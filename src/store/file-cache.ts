/**
 * The cache on disk: one file for each value, named after the hash of its key. Files appear by renaming, so that no process ever sees half of one, and
 * whoever is killed leaves at most a file under a temporary name. What was used longest ago goes first when there is too much.
 */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { UsageError } from '../model/finding.ts'
import type { Cache } from '../model/store.ts'
import { makeFolders } from './make-folders.ts'

export type CacheStatus = { readonly folder: string; readonly files: number; readonly bytes: number; readonly limit: number }

export type FileCache = Cache & {
  status(): CacheStatus
  /** Removes everything; says how many files there were. Like `status`, throws UsageError when the folder is none, or may not be touched. */
  clear(): number
}

/** One value, uncompressed. */
const valueLimit = 512 * 1024 * 1024
/** A temporary file that is older belongs to nobody. Milliseconds. */
const abandoned = 60 * 60 * 1000

/**
 * `folder` is made when it is first written to, for its owner alone. A folder that belongs to somebody else is not used: what it says could be a lie.
 * `limit`: bytes on disk. `note` hears why something was not kept.
 */
export const fileCache = (folder: string, limit: number, note: (text: string) => void): FileCache => {
  let isUsable: boolean | undefined
  let written = 0
  const usable = (create: boolean): boolean => {
    if (isUsable !== undefined) return isUsable
    try {
      if (create) makeFolders(folder, 0o700)
      const found = lstatSync(folder)
      isUsable = found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid())
      if (!isUsable) note(`${folder} belongs to somebody else, and is not used as cache`)
      else if ((found.mode & 0o022) !== 0) chmodSync(folder, 0o700)
      return isUsable
    } catch (error) {
      if (create) {
        isUsable = false
        note(`nothing is cached: ${(error as Error).message}`)
      }
      return false
    }
  }
  const pathOf = (key: string): string => join(folder, `${createHash('sha256').update(key).digest('hex')}.zst`)
  const list = (): { name: string; size: number; used: number }[] => {
    let names: string[]
    try {
      names = readdirSync(folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw unusable(folder, error)
    }
    return names.flatMap(name => {
      if (!/^[0-9a-f]{64}\.zst$|^\..*\.part$/.test(name)) return []
      const found = statSync(join(folder, name), { throwIfNoEntry: false })
      return found ? [{ name, size: found.size, used: found.mtimeMs }] : []
    })
  }
  const remove = (name: string): boolean => {
    try {
      unlinkSync(join(folder, name))
      return true
    } catch (error) {
      // Another process was faster.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw unusable(join(folder, name), error)
    }
  }
  const shrink = (): void => {
    const now = Date.now()
    let total = 0
    const files = list().filter(({ name, size, used }) => {
      if (name.startsWith('.')) {
        if (now - used > abandoned) remove(name)
        return false
      }
      total += size
      return true
    })
    if (total <= limit) return
    // A little more than necessary, so that the next value does not begin again.
    for (const { name, size } of files.sort((a, b) => a.used - b.used)) {
      if (total <= limit * 0.9) return
      remove(name)
      total -= size
    }
  }
  return {
    get(key) {
      if (!usable(false)) return undefined
      const path = pathOf(key)
      try {
        const bytes = readFileSync(path)
        const value = open(bytes, key)
        if (!value) {
          note(`${path} is broken, and was removed`)
          remove(`${createHash('sha256').update(key).digest('hex')}.zst`)
          return undefined
        }
        const now = new Date()
        utimesSync(path, now, now)
        return value
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') note(`${path} was not read: ${(error as Error).message}`)
        return undefined
      }
    },
    put(key, value) {
      if (value.length > valueLimit || !usable(true)) return
      const path = pathOf(key)
      const part = join(folder, `.${process.pid}.${Math.random().toString(36).slice(2)}.part`)
      try {
        const bytes = seal(value, key)
        if (bytes.length > limit / 2) return
        writeFileSync(part, bytes, { flag: 'wx', mode: 0o600 })
        renameSync(part, path)
        written += bytes.length
        // Counting all files takes longer than writing one: now and then is enough.
        if (written > limit / 20 || Math.random() < 1 / 16) {
          written = 0
          shrink()
        }
      } catch (error) {
        note(`nothing was cached: ${(error as Error).message}`)
        rmSync(part, { force: true })
      }
    },
    status: () => {
      const files = list()
      return { folder, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0), limit }
    },
    clear: () => {
      if (!usable(false)) return 0
      return list().filter(({ name }) => remove(name)).length
    },
  }
}

const unusable = (path: string, error: unknown): UsageError => {
  const { code = '', message } = error as NodeJS.ErrnoException
  const reason = { ENOTDIR: 'it is no folder', EACCES: 'permission denied', EPERM: 'permission denied' }[code] ?? message
  return new UsageError(`the cache ${path} cannot be used: ${reason}`, 'BULKHEAD_CACHE names another folder')
}

/** CRC-32 of what follows, then zstd of: length of the key (4 bytes), key, value. */
const seal = (value: Uint8Array, key: string): Uint8Array => {
  const name = Buffer.from(key)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(name.length)
  const body = zstdCompressSync(Buffer.concat([length, name, value]), { params: { 100: 1 } })
  const sum = Buffer.alloc(4)
  sum.writeUInt32LE(crc32(body))
  return Buffer.concat([sum, body])
}

/** Undefined: broken by a crash of the machine, or not what the key stands for. */
const open = (bytes: Buffer, key: string): Uint8Array | undefined => {
  if (bytes.length < 8 || bytes.readUInt32LE(0) !== crc32(bytes.subarray(4))) return undefined
  const whole = zstdDecompressSync(bytes.subarray(4), { maxOutputLength: valueLimit + 65536 })
  const length = whole.readUInt32LE(0)
  return whole.subarray(4, 4 + length).toString() === key ? whole.subarray(4 + length) : undefined
}
