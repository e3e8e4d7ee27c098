/** `bulkhead rebase`: arguments → flow → diff or changed files → exit code. */
import { commitMessage } from '../change/base/commit-message.ts'
import { wantedBy } from '../change/base/pattern.ts'
import type { BaseChange } from '../change/base/wanted.ts'
import { type FileChange, type Pinning, type Rebased, rebase } from '../flows/rebase.ts'
import { isDigest, UsageError } from '../model/finding.ts'
import { lineStarts, positionAt } from '../model/text.ts'
import { readDockerfile } from '../read/dockerfile/read-dockerfile.ts'
import { parseReference } from '../read/dockerfile/reference.ts'
import { machine } from '../world/machine.ts'
import { print, tell, wantsColour } from './terminal.ts'

export type RebaseArguments = {
  readonly dryRun?: boolean
  readonly digest?: string
  readonly message?: boolean
  /** Undefined: where a digest stood. */
  readonly pin?: boolean
  readonly strict?: boolean
  readonly quiet?: boolean
  readonly color: 'auto' | 'always' | 'never'
}

/** 0: done, or nothing to do. 1: places are left that somebody has to change by hand. 2: something could not be read or written. */
export const runRebase = async (old: string, fresh: string, paths: readonly string[], args: RebaseArguments): Promise<number> => {
  if (args.digest !== undefined && !isDigest(args.digest))
    throw new UsageError(`${args.digest} is no digest`, 'a digest is sha256: and 64 hexadecimal digits')
  const [from, to] = [parseReference(old), parseReference(fresh)]
  if (!from) throw new UsageError(`${old} is no reference to an image`, 'write node, node:20 or registry.example.com/team/app:1')
  if (!to) throw new UsageError(`${fresh} is no reference to an image`, 'write node:22-slim or registry.example.com/team/app:2')
  if ((args.digest ?? to.digest) !== undefined && to.tag === undefined && from.tag === undefined)
    throw new UsageError('one digest does not fit to every tag', `name the tag: ${to.familiar}:TAG`)
  const wanted = wantedBy(old, fresh, args.digest)
  if (!wanted) throw new UsageError(`${old} or ${fresh} is no reference to an image`)
  const given = args.digest ?? to.digest
  if (args.pin && given !== undefined) throw new UsageError('--pin asks for the digest that is given', 'leave one of them out')
  const pinning: Pinning | undefined =
    given !== undefined || args.pin === false
      ? undefined
      : { where: args.pin ? 'everywhere' : 'where-pinned', digestOf: askRegistry }
  const rebased = await rebase(machine, paths, wanted, { write: args.dryRun !== true, ...(pinning ? { pinning } : {}) })
  const { changes, bases, files } = rebased
  if (args.dryRun) await print(await showDiffs(changes, bases, args.color))
  if (args.message) await print(commitMessage(bases))
  if (!args.quiet) {
    await tellProblems(rebased)
    tell(bases.length > 0 ? countText(rebased, args.dryRun === true) : `nothing uses ${old} in ${plural(files, 'file')}`)
  }
  return codeOf(rebased, args.strict === true)
}

/** Only who pins needs what speaks to registries. */
const askRegistry: Pinning['digestOf'] = async name => (await import('./registry-digest.ts')).registryDigest(name)

export const tellProblems = async ({ problems, changes }: Rebased): Promise<void> => {
  for (const { kind, code, message, at } of problems)
    tell(`bulkhead: ${labelOf(kind, code)}[${code}] ${await placeOf(at, changes)}${message}`)
}

export const countText = ({ bases, changes }: Rebased, isDry: boolean): string =>
  `${plural(bases.length, 'reference')} in ${plural(changes.length, 'file')} ${isDry ? 'would change' : 'changed'}`

const plural = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`

export const codeOf = ({ problems }: Rebased, isStrict: boolean): number => {
  if (problems.some(({ kind }) => kind === 'failed' || (isStrict && kind === 'uncovered'))) return 2
  return problems.some(({ code }) => code === 'base-by-hand') ? 1 : 0
}

const labelOf = (kind: 'failed' | 'uncovered', code: string): string =>
  kind === 'failed' ? 'not checked' : code === 'base-by-hand' ? 'by hand' : 'not covered'

const placeOf = async (
  at: { readonly in: string; readonly path?: string; readonly span?: { readonly start: number } } | undefined,
  changes: readonly FileChange[],
): Promise<string> => {
  if (at?.in !== 'file' || at.path === undefined || at.span === undefined || at.span.start === 0)
    return at?.path ? `${at.path}: ` : ''
  const known = changes.find(({ path }) => path === at.path)?.before
  const text = known ?? new TextDecoder().decode(await machine.files.read(at.path))
  return `${at.path}:${positionAt(lineStarts(text), at.span.start).line}: `
}

export const showDiffs = async (
  changes: readonly FileChange[],
  bases: readonly BaseChange[],
  color: RebaseArguments['color'],
): Promise<string> => {
  const dockerfiles = new Set(bases.flatMap(base => (/^(?:from|copy|mount)$/.test(base.in) ? [base.path] : [])))
  const [{ showSafeDiffs }, { hideSecrets, secretsOf, secretsOfFile }] = await Promise.all([
    import('../show/diff.ts'),
    import('../judge/secrets/redact-file.ts'),
  ])
  const { diffs, isHiding } = showSafeDiffs(changes, wantsColour(color), (diff, { path, before }) => {
    const { values } = dockerfiles.has(path) ? secretsOf(readDockerfile(path, before), []) : secretsOfFile(before, [])
    return hideSecrets(diff, values)
  })
  if (isHiding) tell('secrets are hidden in this diff, so it cannot be applied; without --dry-run the files are changed')
  return diffs.join('')
}
