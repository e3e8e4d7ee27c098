/** Objects of a Git repository: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
import { createHash } from 'node:crypto'
import type { LayerFile } from '../cataloger.ts'

export type GitType = 'commit' | 'tree' | 'blob' | 'tag'

/** SHA-256: https://git-scm.com/docs/hash-function-transition */
export type GitHash = 'sha1' | 'sha256'

/** Bytes of an id. */
export const idLength = (hash: GitHash): number => (hash === 'sha1' ? 20 : 32)

/** What an object holds. Only lent. */
export type GitBody = Pick<LayerFile, 'size' | 'read'>

export type GitObject = {
  readonly type: GitType
  readonly body: GitBody
  /** In hexadecimal digits. Computed over the whole object when it is asked for. */
  id(): string
}

export const bodyOf = (bytes: Uint8Array): GitBody => ({
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
})

const step = 1024 * 1024

/** The hash over `blob 123\0` and what it holds. */
export const objectId = (hash: GitHash, type: GitType, { size, read }: GitBody): string => {
  const sum = createHash(hash).update(`${type} ${size}\0`)
  for (let at = 0; at < size; at += step) sum.update(read(at, Math.min(step, size - at)))
  return sum.digest('hex')
}

/**
 * Entries of a tree: mode, space, name, zero, the bytes of the id; `name` and `id` say from where to where. Those of a submodule are left out. Stops where the
 * tree is broken.
 */
export const eachTreeEntry = (
  tree: Buffer,
  hash: GitHash,
  use: (isTree: boolean, nameStart: number, nameEnd: number, idStart: number, idEnd: number) => void,
): void => {
  const length = idLength(hash)
  for (let at = 0; at < tree.length; ) {
    const space = tree.indexOf(0x20, at)
    const end = space === -1 ? -1 : tree.indexOf(0, space)
    if (end === -1 || end + 1 + length > tree.length) return
    // 40000: a tree; 160000: a commit of a submodule: https://git-scm.com/docs/git-fast-import#_filemodify
    const isTree = tree[at] === 0x34 || (tree[at] === 0x30 && tree[at + 1] === 0x34)
    const isModule = tree[at] === 0x31 && tree[at + 1] === 0x36
    at = end + 1 + length
    if (!isModule) use(isTree, space + 1, end, end + 1, at)
  }
}

export const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
