/** Which files of an image are objects of a Git repository: https://git-scm.com/docs/gitrepository-layout */
import type { GitHash } from './object.ts'

export type GitFile = {
  readonly kind: 'loose' | 'pack'
  /** The folder of all objects: `srv/.git/objects`. */
  readonly objects: string
  /** Of a loose object. */
  readonly id: string
  /** Undefined where the name does not tell. */
  readonly hash: GitHash | undefined
}

const hashOf = (digits: string): GitHash | undefined =>
  digits.length === 64 ? 'sha256' : digits.length === 40 ? 'sha1' : undefined

export const gitFileOf = (path: string): GitFile | undefined => {
  const at = path.startsWith('objects/') ? 0 : path.lastIndexOf('/objects/') + 1
  if (at === 0 && !path.startsWith('objects/')) return undefined
  const objects = path.slice(0, at + 'objects'.length)
  const rest = path.slice(at + 'objects/'.length)
  const [, first = '', more = ''] = /^([0-9a-f]{2})\/([0-9a-f]{38}|[0-9a-f]{62})$/.exec(rest) ?? []
  if (first !== '') return { kind: 'loose', objects, id: first + more, hash: hashOf(first + more) }
  // Those that begin with tmp_ are what an interrupted fetch left.
  const pack = /^pack\/(?:pack-([0-9a-f]{1,64})|[^/]{1,255})\.pack$|^pack\/tmp_pack_[^/]{1,64}$/.exec(rest)
  return pack ? { kind: 'pack', objects, id: '', hash: hashOf(pack[1] ?? '') } : undefined
}
