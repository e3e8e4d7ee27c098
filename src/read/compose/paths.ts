/** Paths as Compose takes them, textually: no disk is asked. */
import { posix } from 'node:path'

/** What Compose takes for a path of the host, not for the name of a volume: https://github.com/compose-spec/compose-spec/blob/main/05-services.md#short-syntax-5 */
export const isHostPath = (source: string): boolean => /^[./~]|^\\\\|^[A-Za-z]:/.test(source)

const isAbsolute = (path: string): boolean => path.startsWith('/') || path.startsWith('\\\\') || /^[A-Za-z]:[\\/]/.test(path)

/**
 * Cleaned of `.`, `..` and doubled slashes. A relative one stays relative, and a `./` at its start stays: but where it climbs out of a known folder as far as the
 * root, the absolute path is given.
 */
export const hostPath = (path: string, folder?: string): string => {
  if (path === '' || /^[A-Za-z]:|^\\\\|^~/.test(path)) return path
  const clean = trimmed(posix.normalize(path))
  if (clean.startsWith('/')) return clean.replace(/^\/{2,}/, '/')
  if (folder?.startsWith('/') && /^\.\.(?:\/|$)/.test(clean)) {
    const parents = folder.split('/').filter(Boolean).length
    const climbs = /^(?:\.\.(?:\/|$))*/.exec(clean)![0].split('..').length - 1
    if (climbs >= parents) return trimmed(posix.resolve(folder, clean))
  }
  return /^\.\/[^.]/.test(path) && !clean.startsWith('.') ? `./${clean}` : clean
}

const trimmed = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)

export const folderOf = (path: string): string => posix.dirname(path.replaceAll('\\', '/'))

/** A path beside a folder; absolute ones are themselves. */
export const pathIn = (folder: string, path: string): string =>
  isAbsolute(path) ? path : folder === '.' || folder === '' ? posix.normalize(path) : posix.join(folder, path)

/** https://docs.docker.com/compose/how-tos/multiple-compose-files/include/, https://docs.docker.com/compose/how-tos/oci-artifact/ */
export const isRemote = (path: string): boolean => /^(?:https?|ssh|git|git\+ssh|oci):\/\/|^git@|^github\.com\/|^oci:/i.test(path)
