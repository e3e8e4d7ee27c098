/**
 * .dockerignore: which files of the context the builder never sees. The last matching line decides; a folder that is excluded takes its
 * content along. Format: https://docs.docker.com/build/concepts/context/#dockerignore-files (moby/patternmatcher).
 */
import { imagePath } from '../image/paths.ts'
import { compilePattern } from '../path-pattern.ts'

export type DockerIgnore = {
  /** True for lines with `!`: then files below an excluded folder may come back. */
  readonly hasExceptions: boolean
  readonly patterns: readonly string[]
  /** `path` is relative to the context, with `/`. */
  excludes(path: string): boolean
}

/** Linear in the text; a match takes pattern × path steps for each line. */
export const readDockerIgnore = (text: string): DockerIgnore => {
  const lines: {
    readonly negated: boolean
    readonly pattern: string
    readonly matches: (names: readonly string[]) => boolean
  }[] = []
  for (const raw of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    if (raw.startsWith('#')) continue
    const line = raw.trim()
    if (line === '') continue
    const negated = line.startsWith('!')
    // Without `.`, `..`, doubled, leading and final slashes, as Go's path.Clean has it.
    const pattern = imagePath(negated ? line.slice(1).trim() : line)
    if (pattern === '') continue
    lines.push({ negated, pattern, matches: compilePattern(pattern) })
  }
  return {
    hasExceptions: lines.some(({ negated }) => negated),
    patterns: lines.map(({ pattern, negated }) => (negated ? `!${pattern}` : pattern)),
    excludes(path) {
      const names = path.split('/').filter(name => name !== '' && name !== '.')
      let excluded = false
      for (const { negated, matches } of lines) {
        // A pattern that fits a parent folder fits everything in it.
        if (excluded === !negated) continue
        for (let depth = names.length; depth > 0; depth--) {
          if (!matches(names.slice(0, depth))) continue
          excluded = !negated
          break
        }
      }
      return excluded
    },
  }
}
