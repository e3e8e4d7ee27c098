/** `bulkhead recommend`: arguments → which base images there are, and what would remain on each → text or JSON. */
import { basename } from 'node:path'
import { isDockerfileName } from '../flows/discover.ts'
import { recommend } from '../flows/recommend.ts'
import { readSilencers } from '../flows/silencers.ts'
import { findingOwner } from '../judge/remedies.ts'
import { versionOrders } from '../judge/versions/registry.ts'
import { UsageError } from '../model/finding.ts'
import type { Recommendation } from '../model/recommendation.ts'
import { version } from '../model/version.ts'
import { inOrder } from '../read/image/image-source.ts'
import { sources } from '../read/image/sources.ts'
import { machine } from '../world/machine.ts'
import { openFileCache } from './cache-folder.ts'
import { asUsage } from './database-command.ts'
import { openAdvisories } from './database-folder.ts'
import { noteFor, readSubject, type SubjectArguments, sourceOptions } from './subject.ts'
import { deliver, print, tell, terminalWidth, wantsColour } from './terminal.ts'

export type RecommendArguments = SubjectArguments & {
  readonly format: 'text' | 'json' | 'html'
  readonly output?: string
  readonly dockerfile?: string
  readonly candidate?: readonly string[]
  readonly nonLts?: boolean
  readonly offline?: boolean
  readonly limit: number
  readonly strict?: boolean
  readonly fixDockerfile?: string
  readonly to?: string
  /** Undefined: where a digest stood. */
  readonly pin?: boolean
  readonly dryRun?: boolean
  readonly message?: boolean
  readonly color: 'auto' | 'always' | 'never'
}

/**
 * 0: it only informs, or the change is made. 1: places are left that somebody has to change by hand. 2: something could not be read or written; with --strict
 * also where something was not covered.
 */
export const runRecommend = async (subject: string, args: RecommendArguments): Promise<number> => {
  const found = await machine.files.stat(subject)
  const isDockerfile = found?.type === 'file' && isDockerfileName(basename(subject))
  if (isDockerfile && args.dockerfile !== undefined)
    throw new UsageError('--dockerfile goes with an image', `${subject} is a Dockerfile itself`)
  checkFix(args)
  // Reading images takes long: a wrong name is said before.
  if (args.fixDockerfile !== undefined && (await machine.files.stat(args.fixDockerfile))?.type !== 'file')
    throw new UsageError(`there is no file called ${args.fixDockerfile}`, '--fix-dockerfile names a Dockerfile')
  const now = new Date().toISOString()
  try {
    const database = openAdvisories(args.verbose)
    try {
      const silencers = await readSilencers(machine, { vex: [], ignoreFiles: [], usual: true, today: now.slice(0, 10) })
      const note = noteFor(args)
      const all = inOrder(sources)
      const cache = args.cache ? openFileCache(note) : undefined
      const report = await recommend(machine, database, {
        image: isDockerfile ? undefined : subject,
        dockerfile: isDockerfile ? subject : (args.dockerfile ?? args.fixDockerfile),
        candidates: args.candidate ?? [],
        nonLts: args.nonLts === true,
        offline: args.offline === true,
        limit: args.limit,
        source: sourceOptions(args),
        scan: { orders: versionOrders, now, version },
        silencersFor: inventory => silencers.for(inventory),
        cache,
        read: (name, dockerfile, isSubject) =>
          // Of the image itself every digest is computed: only then its layers prove anything.
          readSubject(name, { ...args, verify: isSubject || args.verify === true }, true, undefined, {
            askEngine: isSubject ? 'always' : 'never',
            ...(dockerfile ? { dockerfile } : {}),
            ...(args.offline ? { sources: all.filter(({ where }) => where !== 'network') } : {}),
          }),
      })
      const problems = [...report.problems, ...silencers.problems]
      await deliver(await shown({ ...report, problems }, args), args.output)
      for (const { kind, code, message } of problems)
        tell(`bulkhead: ${kind === 'failed' ? 'not checked' : 'not covered'}[${code}] ${message}`)
      const code = args.fixDockerfile === undefined ? 0 : await fix(report, args.fixDockerfile, args)
      return problems.some(({ kind }) => kind === 'failed' || args.strict) ? 2 : code
    } finally {
      database.close()
    }
  } catch (error) {
    throw asUsage(error)
  }
}

const shown = async (report: Recommendation, args: RecommendArguments): Promise<Iterable<string>> => {
  switch (args.format) {
    case 'json':
      return [(await import('../show/recommend-json.ts')).showRecommendJson(report)]
    case 'html':
      return (await import('../show/recommend-html.ts')).recommendHtmlPieces(report, findingOwner)
    case 'text': {
      const width = terminalWidth()
      const colour = args.output === undefined && wantsColour(args.color)
      const { showRecommendText } = await import('../show/recommend-text.ts')
      return [showRecommendText(report, { colour, ...(width === undefined ? {} : { width }) })]
    }
  }
}

/** Throws UsageError. */
const checkFix = ({ fixDockerfile, to, pin, dryRun, message, format, output }: RecommendArguments): void => {
  const given = [
    to === undefined ? '' : '--to',
    pin === undefined ? '' : pin ? '--pin' : '--no-pin',
    dryRun ? '--dry-run' : '',
    message ? '--message' : '',
  ].find(option => option !== '')
  if (fixDockerfile === undefined && given !== undefined)
    throw new UsageError(`${given} goes with --fix-dockerfile`, '--fix-dockerfile Dockerfile makes the change')
  if (fixDockerfile !== undefined && format !== 'text' && output === undefined && (dryRun || message))
    throw new UsageError(`a diff and a message are no ${format.toUpperCase()}`, '--output FILE takes the report')
}

const fix = async (report: Recommendation, dockerfile: string, args: RecommendArguments): Promise<number> => {
  const [{ fixRecommended }, { codeOf, countText, showDiffs, tellProblems }] = await Promise.all([
    import('../flows/recommend-fix.ts'),
    import('./rebase-command.ts'),
  ])
  const { rebased, message, notes } = await fixRecommended(machine, report, {
    dockerfile,
    to: args.to,
    pin: args.pin,
    write: args.dryRun !== true,
  })
  const { changes, bases } = rebased
  const parts = [args.dryRun ? await showDiffs(changes, bases, args.color) : '', args.message ? message : '']
  for (const part of parts) if (part !== '') await print(args.output === undefined || part !== parts[0] ? `\n${part}` : part)
  await tellProblems(rebased)
  if (!args.quiet) {
    for (const note of notes) tell(note)
    if (bases.length > 0) tell(countText(rebased, args.dryRun === true))
  }
  return codeOf(rebased, args.strict === true)
}
