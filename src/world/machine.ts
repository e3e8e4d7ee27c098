/** The World of this machine. */
import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { access, lstat, mkdtemp, open, readdir, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import type { Entry, Files, Processes, World } from '../model/world.ts'
import { WorldError } from '../model/world.ts'

const defaultLimit = 64 * 1024 * 1024

/** Turns errors of the operating system into WorldErrors with a sentence that a person understands. */
const explain = (path: string, error: unknown): WorldError => {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR') return new WorldError('not-found', `${path} does not exist`, error)
  if (code === 'EACCES' || code === 'EPERM')
    return new WorldError('not-permitted', `${path} may not be read: permission denied`, error)
  if (code === 'EISDIR') return new WorldError('not-a-file', `${path} is a folder`, error)
  if (code === 'ELOOP') return new WorldError('failed', `${path} is a link that leads to itself`, error)
  return new WorldError('failed', `${path}: ${error instanceof Error ? error.message : String(error)}`, error)
}

const files: Files = {
  async read(path, limit = defaultLimit) {
    try {
      // Without O_NONBLOCK, opening a named pipe would wait for somebody to write.
      const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
      try {
        const { size } = await handle.stat().then(found => {
          if (found.isDirectory()) throw new WorldError('not-a-file', `${path} is a folder`)
          if (!found.isFile()) throw new WorldError('not-a-file', `${path} is not an ordinary file`)
          return found
        })
        if (size > limit) throw new WorldError('too-large', `${path} has ${size} bytes; at most ${limit} are read`)
        const buffer = new Uint8Array(size)
        let at = 0
        while (at < size) {
          const { bytesRead } = await handle.read(buffer, at, size - at, at)
          if (bytesRead === 0) break
          at += bytesRead
        }
        return buffer.subarray(0, at)
      } finally {
        await handle.close()
      }
    } catch (error) {
      throw error instanceof WorldError ? error : explain(path, error)
    }
  },

  async write(path, bytes) {
    const beside = join(dirname(path), `.${basename(path)}.${process.pid}.bulkhead`)
    try {
      const mode = await stat(path).then(
        found => found.mode & 0o7777,
        () => 0o666,
      )
      // A link stays a link: what it leads to is written.
      const linked = await lstat(path).then(
        found => found.isSymbolicLink(),
        () => false,
      )
      if (linked) {
        await writeFile(path, bytes)
        return
      }
      await writeFile(beside, bytes, { mode, flag: 'wx' })
      await rename(beside, path)
    } catch (error) {
      await unlink(beside).catch(() => undefined)
      throw explain(path, error)
    }
  },

  async list(path) {
    try {
      const entries = await readdir(path, { withFileTypes: true })
      return entries.map(
        (entry): Entry => ({
          name: entry.name,
          type: entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : entry.isSymbolicLink() ? 'link' : 'other',
        }),
      )
    } catch (error) {
      throw explain(path, error)
    }
  },

  async stat(path) {
    try {
      const found = await stat(path)
      return { type: found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other', size: found.size }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
      throw explain(path, error)
    }
  },

  async temporary(use) {
    const folder = await mkdtemp(join(tmpdir(), 'bulkhead-'))
    try {
      return await use(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

const processes: Processes = {
  async find(program) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      // The working folder, which an empty part means, belongs to the subject: nothing in it is ever run.
      if (folder === '' || folder === '.') continue
      for (const ending of process.platform === 'win32' ? ['.exe', '.cmd', ''] : ['']) {
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

  run(program, args, { input, cwd, timeout = 60_000, limit = defaultLimit } = {}) {
    return new Promise((resolve, reject) => {
      const child = spawn(program, [...args], { cwd, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
      const stdout: Uint8Array[] = []
      const stderr: Uint8Array[] = []
      let size = 0
      const stop = (error: WorldError): void => {
        child.kill('SIGKILL')
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

export const machine: World = { files, processes, clock: { now: () => Date.now() }, env: process.env }
