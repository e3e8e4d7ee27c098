/** Unified diffs, as `git apply` and `patch` read them. */
import { createTwoFilesPatch } from 'diff'
import { forTerminal } from './escape.ts'
import { styleFor } from './style.ts'

/**
 * The change of one file; '' when there is none. `colour` also makes control characters visible, which no program could apply: it is for eyes only.
 * `created`: the file did not exist before.
 */
export const showDiff = (
  path: string,
  before: string,
  after: string,
  options: { readonly colour: boolean; readonly created?: boolean },
): string => {
  if (before === after) return ''
  const name = path.replace(/^\/+/, '')
  const patch = createTwoFilesPatch(
    options.created ? '/dev/null' : `a/${name}`,
    `b/${name}`,
    before,
    after,
    undefined,
    undefined,
    { context: 3 },
  )
  // The library begins with a line of equal signs that is no part of the format.
  const text = patch.slice(patch.indexOf('---'))
  if (!options.colour) return text
  const style = styleFor(true)
  return text
    .split('\n')
    .map(line => {
      const visible = forTerminal(line.replace(/\r$/, ''))
      if (/^(?:---|\+\+\+) /.test(line)) return style.bold(visible)
      if (line.startsWith('+')) return style.green(visible)
      if (line.startsWith('-')) return style.red(visible)
      return line.startsWith('@@') ? style.cyan(visible) : visible
    })
    .join('\n')
}

export type Changed = { readonly path: string; readonly before: string; readonly after: string; readonly created?: boolean }

/** One for each change, in order. `hide` takes what is secret out of a diff. `isHiding`: it did, so that no program can apply what is shown. */
export const showSafeDiffs = (
  changes: readonly Changed[],
  colour: boolean,
  hide: (diff: string, change: Changed) => string,
): { readonly diffs: readonly string[]; readonly isHiding: boolean } => {
  let isHiding = false
  const diffs = changes.map(change => {
    const { path, before, after, created = false } = change
    const diff = showDiff(path, before, after, { colour, created })
    const safe = hide(diff, change)
    isHiding ||= safe !== diff
    return safe
  })
  return { diffs, isHiding }
}
