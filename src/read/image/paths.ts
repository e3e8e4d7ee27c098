/**
 * A path as an archive writes it → the path inside the image: no slash in front, no empty parts, no `.`, and `..` never leads above the root, as
 * in a chroot. '' is the root itself.
 */
export const imagePath = (path: string): string => {
  if (!unclean.test(path)) return path
  return pathNames(path).join('/')
}

/** The names of such a path, from the root on. */
export const pathNames = (path: string): string[] => {
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return names
}

const unclean = /^\/|\/$|\/\/|(?:^|\/)\.\.?(?:\/|$)/

/** The folder of a path; of a name at the top, ''. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** The last part of a path. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
