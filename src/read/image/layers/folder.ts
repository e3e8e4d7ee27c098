/** A root file system in a folder, walked like a layer. Links are never followed, so that nothing outside of the folder is read. */
import { type Files, type Inspected, WorldError } from '../../../model/world.ts'
import { folderOf } from '../paths.ts'
import type { TarEntry, TarEntryType } from '../tar.ts'
import type { Body, IndexerOptions, LayerIndexer } from './indexer.ts'

const types: Readonly<Record<Inspected['type'], TarEntryType>> = {
  file: 'file',
  directory: 'directory',
  link: 'symlink',
  'character-device': 'character-device',
  'block-device': 'block-device',
  fifo: 'fifo',
  other: 'other',
}

/** Mounted into every running container: none of it belongs to an image. */
const mounted = new Set(['proc', 'sys', 'dev'])

/** Throws WorldError when the folder itself cannot be listed; folders inside that cannot become problems. */
export const walkFolder = async (
  files: Files,
  root: string,
  makeIndexer: (bodyOf: NonNullable<IndexerOptions['bodyOf']>) => LayerIndexer,
): Promise<void> => {
  const known = new Set<string>()
  const indexer = makeIndexer((_, path) => openIn(files, root, path, known))
  const pending = ['']
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    let entries: Awaited<ReturnType<Files['list']>>
    try {
      entries = await files.list(folder === '' ? root : `${root}/${folder}`)
    } catch (error) {
      if (folder === '' || !(error instanceof WorldError)) throw error
      indexer.unread(folder, error.message)
      continue
    }
    for (const { name } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? name : `${folder}/${name}`
      const found = files.inspect(`${root}/${path}`)
      if (!found) continue
      indexer.entry(entryOf(path, found))
      if (found.type === 'directory' && !(folder === '' && mounted.has(name))) pending.push(path)
    }
  }
}

const entryOf = (path: string, found: Inspected): TarEntry => ({
  path,
  type: types[found.type],
  size: found.type === 'file' ? found.size : 0,
  mode: found.mode,
  uid: found.uid,
  gid: found.gid,
  mtime: found.mtime,
  linkTarget: found.target,
  xattrs: undefined,
  bodyAt: 0,
  stored: found.type === 'file' ? found.size : 0,
  sparse: undefined,
})

/**
 * Opens a file below a folder whose names come from strangers: undefined when a part of the path is a link, or it cannot be opened. `known`: folders that
 * were found to be folders, for the next call.
 */
export const openIn = (files: Files, root: string, path: string, known = new Set<string>()): Body | undefined => {
  const folder = folderOf(path)
  if (!known.has(folder)) {
    for (let at = folder; at !== '' && !known.has(at); at = folderOf(at))
      if (files.inspect(`${root}/${at}`)?.type !== 'directory') return undefined
    known.add(folder)
  }
  const whole = `${root}/${path}`
  if (files.inspect(whole)?.type !== 'file') return undefined
  const file = files.open(whole)
  return {
    file: {
      path,
      size: file.size,
      read(offset, length) {
        const into = new Uint8Array(Math.max(0, Math.min(length, file.size - offset)))
        return into.subarray(0, file.read(offset, into))
      },
    },
    close: () => file.close(),
  }
}
