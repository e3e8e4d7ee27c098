/** A message for the commit that carries the changes. */
import type { BaseChange } from './wanted.ts'

export type CommitChange = Pick<BaseChange, 'path' | 'before' | 'after'>

/** What git's own conventions ask for: https://git-scm.com/docs/git-commit#_discussion */
const subjectLength = 72
const bodyLength = 72
/** Lines of the body; a message is read by people. */
const maxLines = 50

/** `why`: a sentence, or several. The same change in one file is told once. '' when there is none. */
export const commitMessage = (changes: readonly CommitChange[], why?: string): string => {
  if (changes.length === 0) return ''
  const lines = new Map<string, string[]>()
  for (const { path, before, after } of changes) {
    const pair = `${printable(before)} -> ${printable(after)}`
    const paths = lines.get(pair) ?? []
    lines.set(pair, paths)
    if (!paths.includes(printable(path))) paths.push(printable(path))
  }
  const body = [...lines].flatMap(([pair, paths]) => [...paths.map(path => `${path}:`), `  ${pair}`])
  const more = body.length > maxLines ? [`and ${body.length - maxLines} lines more`] : []
  const reason = why ? ['', ...wrapped(printable(why))] : []
  return `${[subjectOf(changes), '', ...body.slice(0, maxLines), ...more, ...reason].join('\n')}\n`
}

/** As much as fits: both references, the tags alone, or how many there are. */
const subjectOf = (changes: readonly CommitChange[]): string => {
  const pairs = new Set(changes.map(({ before, after }) => `${short(before)}\n${short(after)}`))
  const files = new Set(changes.map(({ path }) => path)).size
  const where = files === 1 ? '1 file' : `${files} files`
  const options: string[] = []
  const [only] = pairs
  if (pairs.size === 1 && only !== undefined) {
    const [before, after] = only.split('\n') as [string, string]
    if (before === after) options.push(`Refresh the digest of ${after}`)
    else options.push(`Change base image ${before} to ${after}`, `Change base image to ${after}`)
  }
  const targets = new Set(changes.map(({ after }) => short(after)))
  const [target] = targets
  if (targets.size === 1 && target !== undefined) options.push(`Change base images to ${target}`)
  options.push(`Change ${pairs.size === 1 ? 'a base image' : `${pairs.size} base images`} in ${where}`)
  return options.find(option => option.length <= subjectLength)!
}

/** Without the digest: it is in the body. */
const short = (reference: string): string => printable(reference.replace(/(?<=.)@.*$/s, ''))

/** Names of files may hold anything. */
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')

const wrapped = (text: string): readonly string[] => {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= bodyLength) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
