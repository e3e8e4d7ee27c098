/** The World of this machine. */
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { access, chmod, mkdtemp, realpath, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path'
import type { Entry, Files, Inspected, OpenFile, Processes, World } from '../model/world.ts'
import { WorldError } from '../model/world.ts'
import { cacheFolder, makeFolders } from './cache-folder.ts'

const defaultLimit = 64 * 1024 * 1024

/** Turns errors of the operating system into WorldErrors with a sentence that a person understands. */
const explain = (path: string, error: unknown, verb: 'read' | 'written' = 'read'): WorldError => {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR') return new WorldError('not-found', `${path} does not exist`, error)
  if (code === 'EACCES' || code === 'EPERM')
    return new WorldError('not-permitted', `${path} may not be ${verb}: permission denied`, error)
  if (code === 'EROFS') return new WorldError('not-permitted', `${path} may not be written: the file system is read-only`, error)
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new WorldError('failed', `${path} cannot be written: the disk is full`, error)
  if (code === 'ENAMETOOLONG') return new WorldError('not-found', `${path.slice(0, 60)}… is too long for a path`, error)
  if (code === 'EISDIR') return new WorldError('not-a-file', `${path} is a folder`, error)
  if (code === 'ELOOP') return new WorldError('failed', `${path} is a link that leads to itself`, error)
  return new WorldError('failed', `${path}: ${error instanceof Error ? error.message : String(error)}`, error)
}

const files: Files = {
  async read(path, limit = defaultLimit) {
    try {
      // Small files by the thousand: four trips to the thread pool for each cost more than the reading itself.
      // Without O_NONBLOCK, opening a named pipe would wait for somebody to write.
      const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
      try {
        const found = fstatSync(file)
        if (found.isDirectory()) throw new WorldError('not-a-file', `${path} is a folder`)
        if (!found.isFile()) throw new WorldError('not-a-file', `${path} is not an ordinary file`)
        const { size } = found
        if (size > limit) throw new WorldError('too-large', `${path} has ${size} bytes; at most ${limit} are read`)
        const buffer = new Uint8Array(size)
        let at = 0
        while (at < size) {
          const bytesRead = readSync(file, buffer, at, size - at, at)
          if (bytesRead === 0) break
          at += bytesRead
        }
        return buffer.subarray(0, at)
      } finally {
        closeSync(file)
      }
    } catch (error) {
      throw error instanceof WorldError ? error : explain(path, error)
    }
  },

  async write(path, bytes) {
    let beside: string | undefined
    try {
      // A link stays a link: what it leads to is replaced.
      const target = await realpath(path).catch(() => path)
      const found = await stat(target).catch(() => undefined)
      // /dev/null, /dev/stdout, a named pipe: nothing to put in their place.
      if (found?.isCharacterDevice() || found?.isFIFO()) return await writeFile(target, bytes)
      if (found && !found.isFile()) throw new WorldError('not-a-file', `${path} is not an ordinary file`)
      const mode = found && found.mode & 0o7777
      const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.bulkhead`)
      await writeFile(temporary, bytes, { flag: 'wx' })
      beside = temporary
      // The mode given to writeFile would lose what the process's umask takes away.
      if (mode !== undefined) await chmod(temporary, mode)
      await rename(temporary, target)
    } catch (error) {
      if (beside !== undefined) await unlink(beside).catch(() => undefined)
      throw error instanceof WorldError ? error : explain(path, error, 'written')
    }
  },

  async makeFolder(path) {
    try {
      makeFolders(path)
      if (!statSync(path).isDirectory()) throw new WorldError('not-a-directory', `${path} is not a folder`)
    } catch (error) {
      throw error instanceof WorldError ? error : explain(path, error, 'written')
    }
  },

  async real(path) {
    try {
      return await realpath(path)
    } catch (error) {
      throw explain(path, error)
    }
  },

  async list(path) {
    try {
      const entries = readdirSync(path, { withFileTypes: true })
      return entries.map(
        (entry): Entry => ({
          name: entry.name,
          type: entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : entry.isSymbolicLink() ? 'link' : 'other',
        }),
      )
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOTDIR')
        throw new WorldError('not-a-directory', `${path} is not a folder`, error)
      throw explain(path, error)
    }
  },

  async stat(path) {
    try {
      const found = statSync(path)
      return { type: found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other', size: found.size }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined
      throw explain(path, error)
    }
  },

  async temporary(use) {
    // mkdtemp makes it with mode 0700.
    const folder = await mkdtemp(join(tmpdir(), 'bulkhead-')).catch(error => {
      throw explain(tmpdir(), error, 'written')
    })
    try {
      return await use(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },

  open(path) {
    try {
      const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
      return opened(path, file)
    } catch (error) {
      throw error instanceof WorldError ? error : explain(path, error)
    }
  },

  inspect(path) {
    try {
      const found = lstatSync(path, { bigint: true })
      return {
        type: typeOf(found),
        size: Number(found.size),
        mode: Number(found.mode) & 0o7777,
        uid: Number(found.uid),
        gid: Number(found.gid),
        mtime: Number(found.mtimeNs) / 1e9,
        inode: `${found.dev}:${found.ino}`,
        target: found.isSymbolicLink() ? readlinkSync(path) : '',
      }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined
      throw explain(path, error)
    }
  },

  names(path) {
    try {
      return readdirSync(path).sort()
    } catch (error) {
      throw explain(path, error)
    }
  },

  scratch() {
    const { path, file, folder } = openScratch()
    let size = 0
    let isOpen = true
    return {
      get size() {
        return size
      },
      identity: path,
      append(bytes) {
        try {
          for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, size + at)
          size += bytes.length
        } catch (error) {
          throw explain(path, error, 'written')
        }
      },
      truncate() {
        try {
          ftruncateSync(file)
          size = 0
        } catch (error) {
          throw explain(path, error, 'written')
        }
      },
      read: (offset, into) => readFully(path, file, offset, into),
      close() {
        if (!isOpen) return
        isOpen = false
        closeSync(file)
        if (!hasNamelessFiles) quietly(() => unlinkSync(path))
        // Folders that hold nothing else are not left behind.
        if (folder !== undefined) for (const one of [folder, dirname(folder)]) quietly(() => rmdirSync(one))
      },
    }
  },
}

/** An open file without a name lives as long as somebody has it open; Windows does not allow that. */
const hasNamelessFiles = process.platform !== 'win32'

const quietly = (work: () => void): void => {
  try {
    work()
  } catch {
    // Somebody else still needs it, or has removed it.
  }
}

/** In our cache; where that cannot be written, in the system's temporary folder. `folder`: of the cache. Throws WorldError. */
const openScratch = (): { readonly path: string; readonly file: number; readonly folder: string | undefined } => {
  const open = (folder: string): { readonly path: string; readonly file: number } => {
    // The global one is loaded when it is asked for; the module would be at every start, and takes milliseconds.
    const path = join(folder, `bulkhead-${process.pid}-${crypto.randomUUID()}`)
    // `x` follows no link that somebody put there.
    const file = openSync(path, 'wx+', 0o600)
    if (hasNamelessFiles) unlinkSync(path)
    return { path, file }
  }
  const folder = join(cacheFolder(), 'scratch')
  // The last file of another process takes the folder along.
  for (let tries = 0; tries < 3; tries++) {
    try {
      makeFolders(folder, 0o700)
      return { ...open(folder), folder }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') break
    }
  }
  try {
    return { ...open(tmpdir()), folder: undefined }
  } catch (error) {
    throw explain(tmpdir(), error, 'written')
  }
}

const typeOf = (found: {
  isFile(): boolean
  isDirectory(): boolean
  isSymbolicLink(): boolean
  isCharacterDevice(): boolean
  isBlockDevice(): boolean
  isFIFO(): boolean
}): Inspected['type'] =>
  found.isFile()
    ? 'file'
    : found.isDirectory()
      ? 'directory'
      : found.isSymbolicLink()
        ? 'link'
        : found.isCharacterDevice()
          ? 'character-device'
          : found.isBlockDevice()
            ? 'block-device'
            : found.isFIFO()
              ? 'fifo'
              : 'other'

const opened = (path: string, file: number): OpenFile => {
  const found = fstatSync(file, { bigint: true })
  if (!found.isFile()) {
    closeSync(file)
    throw new WorldError('not-a-file', found.isDirectory() ? `${path} is a folder` : `${path} is not an ordinary file`)
  }
  let isOpen = true
  return {
    size: Number(found.size),
    identity: `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`,
    read: (offset, into) => readFully(path, file, offset, into),
    close() {
      if (isOpen) closeSync(file)
      isOpen = false
    },
  }
}

const readFully = (path: string, file: number, offset: number, into: Uint8Array): number => {
  try {
    let at = 0
    while (at < into.length) {
      const count = readSync(file, into, at, into.length - at, offset + at)
      if (count === 0) break
      at += count
    }
    return at
  } catch (error) {
    throw explain(path, error)
  }
}

const processes: Processes = {
  async find(program) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      // Relative parts, and the empty one, start at the working folder, which belongs to the subject: nothing in it is ever run.
      if (!isAbsolute(folder)) continue
      for (const ending of process.platform === 'win32' ? ['.exe'] : ['']) {
        const path = join(folder, program + ending)
        const usable = await access(path, constants.X_OK).then(
          () => true,
          () => false,
        )
        if (usable) return path
      }
    }
    return undefined
  },

  async run(program, args, { input, cwd, timeout = 60_000, limit = defaultLimit, env } = {}) {
    // Loaded only here: it takes longer than judging a Dockerfile does, and most runs start no program.
    const { spawn } = await import('node:child_process')
    return new Promise((resolve, reject) => {
      const child = spawn(program, [...args], {
        cwd,
        stdio: ['pipe', 'pipe', 'pipe'],
        windowsHide: true,
        ...(env ? { env: { ...process.env, ...env } } : {}),
      })
      const stdout: Uint8Array[] = []
      const stderr: Uint8Array[] = []
      let size = 0
      const stop = (error: WorldError): void => {
        child.kill('SIGKILL')
        // What it started itself may live on, and holds the pipes open: nobody waits for it.
        for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy()
        reject(error)
      }
      const timer = setTimeout(() => stop(new WorldError('timed-out', `${program} did not end within ${timeout} ms`)), timeout)
      const collect = (into: Uint8Array[]) => (chunk: Uint8Array) => {
        size += chunk.length
        if (size > limit) stop(new WorldError('too-large', `${program} printed more than ${limit} bytes`))
        else into.push(chunk)
      }
      child.stdout.on('data', collect(stdout))
      child.stderr.on('data', collect(stderr))
      child.on('error', error => {
        clearTimeout(timer)
        reject(new WorldError('failed', `${program} could not be run: ${error.message}`, error))
      })
      child.on('close', code => {
        clearTimeout(timer)
        resolve({ code: code ?? -1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) })
      })
      // A program that ends before it has read everything closes the pipe: its exit code tells the story.
      child.stdin.on('error', () => undefined)
      child.stdin.end(input)
    })
  },
}

export const machine: World = {
  files,
  processes,
  // Most commands never speak to anybody.
  http: { request: async request => (await import('./http.ts')).http.request(request) },
  clock: { now: () => Date.now(), sleep: duration => new Promise(resolve => setTimeout(resolve, duration)) },
  env: process.env,
}
