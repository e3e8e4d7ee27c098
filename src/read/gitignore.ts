/** .gitignore files. Format: https://git-scm.com/docs/gitignore */
import { compileName, compilePattern } from './path-pattern.ts'

export type IgnoreFile = {
  /**
   * What the last fitting line says of a path, given by its names from the folder of the file on; undefined: nothing. That nothing below an
   * ignored folder can be taken back is for the caller to know, who does not go there.
   */
  says(names: readonly string[], folder: boolean): 'ignored' | 'wanted' | undefined
}

/** Never throws: every text is a .gitignore. */
export const readGitignore = (text: string): IgnoreFile => {
  const lines: { readonly wanted: boolean; readonly foldersOnly: boolean; fits(names: readonly string[]): boolean }[] = []
  for (const raw of text.replace(/^\ufeff/, '').split('\n')) {
    let line = withoutTrailingSpaces(raw.endsWith('\r') ? raw.slice(0, -1) : raw)
    if (line === '' || line.startsWith('#')) continue
    const wanted = line.startsWith('!')
    if (wanted) line = line.slice(1)
    const foldersOnly = line.endsWith('/')
    if (foldersOnly) line = line.slice(0, -1)
    if (line === '') continue
    // A slash at the start or in the middle ties the pattern to the folder of the file.
    if (line.includes('/')) lines.push({ wanted, foldersOnly, fits: compilePattern(line.replace(/^\//, '')) })
    else {
      const fits = compileName(line)
      lines.push({ wanted, foldersOnly, fits: names => fits(names.at(-1)!) })
    }
  }
  lines.reverse()
  return {
    says(names, folder) {
      const line = lines.find(({ foldersOnly, fits }) => (folder || !foldersOnly) && fits(names))
      return line && (line.wanted ? 'wanted' : 'ignored')
    },
  }
}

/** Spaces at the end do not count, unless a backslash stands before them. */
const withoutTrailingSpaces = (line: string): string => {
  let end = line.length
  while (line[end - 1] === ' ') end--
  if (end === line.length) return line
  let slashes = 0
  while (line[end - 1 - slashes] === '\\') slashes++
  return line.slice(0, slashes % 2 === 1 ? end + 1 : end)
}
