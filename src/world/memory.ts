/** A World of plain data, for tests: files by absolute path, no programs unless they are given, a clock that stands still. */
import type { Entry, Http, OpenFile, Processes, World } from '../model/world.ts'
import { WorldError } from '../model/world.ts'

export type MemoryWorld = World & { readonly written: Map<string, string> }

export type MemoryFile = string | Uint8Array | undefined | { readonly link: string }

const openBytes = (identity: string, bytes: () => Uint8Array): OpenFile => ({
  size: bytes().length,
  identity,
  read(offset, into) {
    const found = bytes().subarray(offset, offset + into.length)
    into.set(found)
    return found.length
  },
  close: () => undefined,
})

/**
 * `contents`: path → content; undefined: it is there, but may not be read; a link leads to a path, from its own folder. Relative paths start at
 * the working directory.
 */
export const memoryWorld = (
  contents: Readonly<Record<string, MemoryFile>>,
  options: {
    readonly now?: number
    readonly run?: Processes['run']
    readonly programs?: readonly string[]
    readonly request?: Http['request']
  } = {},
): MemoryWorld => {
  const absolute = (path: string): string => {
    const parts: string[] = []
    for (const part of (path.startsWith('/') ? path : `${process.cwd()}/${path}`).split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    return `/${parts.join('/')}`
  }
  const files = new Map(Object.entries(contents).map(([path, content]) => [absolute(path), content]))
  const written = new Map<string, string>()
  // Links of files are followed, those of folders are not needed.
  const follow = (path: string, hops = 0): string => {
    const content = files.get(path)
    if (typeof content !== 'object' || !('link' in content)) return path
    if (hops > 40) throw new WorldError('failed', `${path} is a link that leads to itself`)
    return follow(absolute(content.link.startsWith('/') ? content.link : `${path}/../${content.link}`), hops + 1)
  }
  const bytes = (content: string | Uint8Array): Uint8Array =>
    typeof content === 'string' ? new TextEncoder().encode(content) : content
  const isFolder = (path: string): boolean =>
    path === process.cwd() || [...files.keys()].some(file => file.startsWith(`${path === '/' ? '' : path}/`))
  return {
    written,
    env: {},
    clock: { now: () => options.now ?? Date.parse('2026-11-24T00:00:00Z'), sleep: async () => undefined },
    processes: {
      find: async program => (options.programs?.includes(program) ? `/usr/bin/${program}` : undefined),
      run: options.run ?? (async program => Promise.reject(new WorldError('failed', `${program} is not here`))),
    },
    http: {
      request: options.request ?? (async ({ url }) => Promise.reject(new WorldError('not-found', `${url} cannot be reached`))),
    },
    files: {
      open(path) {
        const file = follow(absolute(path))
        if (!files.has(file)) throw new WorldError(isFolder(file) ? 'not-a-file' : 'not-found', `${path} does not exist`)
        const content = files.get(file) as string | Uint8Array | undefined
        if (content === undefined) throw new WorldError('not-permitted', `${path} may not be read: permission denied`)
        return openBytes(file, () => bytes(content))
      },
      inspect(path) {
        const file = absolute(path)
        const content = files.get(file)
        const common = { mode: 0o644, uid: 0, gid: 0, mtime: 0, inode: file, target: '' }
        if (typeof content === 'object' && 'link' in content) return { ...common, type: 'link', size: 0, target: content.link }
        if (files.has(file))
          return { ...common, type: 'file', size: bytes((content as string | Uint8Array | undefined) ?? '').length }
        return isFolder(file) ? { ...common, type: 'directory', size: 0, mode: 0o755 } : undefined
      },
      names(path) {
        const prefix = `${absolute(path).replace(/\/$/, '')}/`
        const found = [...files.keys()].flatMap(file =>
          file.startsWith(prefix) ? [file.slice(prefix.length).split('/')[0]!] : [],
        )
        return [...new Set(found)].sort()
      },
      scratch() {
        let held: Uint8Array = new Uint8Array(0)
        const file = openBytes('scratch', () => held)
        return {
          ...file,
          get size() {
            return held.length
          },
          append(more) {
            held = Buffer.concat([held, more])
          },
          truncate() {
            held = new Uint8Array(0)
          },
        }
      },
      async read(path, limit = Number.POSITIVE_INFINITY) {
        const file = follow(absolute(path))
        if (!files.has(file)) throw new WorldError(isFolder(file) ? 'not-a-file' : 'not-found', `${path} does not exist`)
        const content = files.get(file) as string | Uint8Array | undefined
        if (content === undefined) throw new WorldError('not-permitted', `${path} may not be read: permission denied`)
        const result = bytes(content)
        if (result.length > limit) throw new WorldError('too-large', `${path} is too large`)
        return result
      },
      async write(path, content) {
        const whole = content instanceof Uint8Array ? content : Buffer.concat([...content])
        files.set(follow(absolute(path)), whole)
        written.set(path, new TextDecoder().decode(whole))
      },
      makeFolder: async () => undefined,
      async list(path) {
        const folder = absolute(path)
        if (!isFolder(folder)) throw new WorldError('not-a-directory', `${path} is not a folder`)
        const entries = new Map<string, Entry>()
        for (const [file, content] of files) {
          const prefix = folder === '/' ? '/' : `${folder}/`
          if (!file.startsWith(prefix)) continue
          const [name = '', ...rest] = file.slice(prefix.length).split('/')
          const type = typeof content === 'object' && 'link' in content ? 'link' : 'file'
          entries.set(name, { name, type: rest.length > 0 ? 'directory' : type })
        }
        return [...entries.values()]
      },
      async real(path) {
        const file = follow(absolute(path))
        if (!files.has(file) && !isFolder(file)) throw new WorldError('not-found', `${path} does not exist`)
        return file
      },
      async stat(path) {
        const file = follow(absolute(path))
        if (files.has(file))
          return { type: 'file', size: bytes((files.get(file) as string | Uint8Array | undefined) ?? '').length }
        return isFolder(file) ? { type: 'directory', size: 0 } : undefined
      },
      temporary: use => use('/tmp/memory'),
    },
  }
}
