/** `bulkhead recommend`: arguments → which base images there are, and what would remain on each → text or JSON. */
import { basename } from 'node:path'
import { isDockerfileName } from '../flows/discover.ts'
import { recommend } from '../flows/recommend.ts'
import { readSilencers } from '../flows/silencers.ts'
import { versionOrders } from '../judge/versions/registry.ts'
import { UsageError } from '../model/finding.ts'
import { version } from '../model/version.ts'
import { inOrder } from '../read/image/image-source.ts'
import { sources } from '../read/image/sources.ts'
import { machine } from '../world/machine.ts'
import { openFileCache } from './cache-folder.ts'
import { asUsage } from './database-command.ts'
import { openAdvisories } from './database-folder.ts'
import { noteFor, readSubject, type SubjectArguments, sourceOptions } from './subject.ts'
import { deliver, tell, terminalWidth, wantsColour } from './terminal.ts'

export type RecommendArguments = SubjectArguments & {
  readonly format: 'text' | 'json'
  readonly output?: string
  readonly dockerfile?: string
  readonly candidate?: readonly string[]
  readonly nonLts?: boolean
  readonly offline?: boolean
  readonly limit: number
  readonly strict?: boolean
  readonly color: 'auto' | 'always' | 'never'
}

/** 0: it only informs. 2: something could not be read; with --strict also where something was not covered. */
export const runRecommend = async (subject: string, args: RecommendArguments): Promise<number> => {
  const found = await machine.files.stat(subject)
  const isDockerfile = found?.type === 'file' && isDockerfileName(basename(subject))
  if (isDockerfile && args.dockerfile !== undefined)
    throw new UsageError('--dockerfile goes with an image', `${subject} is a Dockerfile itself`)
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
        dockerfile: isDockerfile ? subject : args.dockerfile,
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
      const width = terminalWidth()
      const text =
        args.format === 'json'
          ? (await import('../show/recommend-json.ts')).showRecommendJson(report)
          : (await import('../show/recommend-text.ts')).showRecommendText(report, {
              colour: args.output === undefined && wantsColour(args.color),
              ...(width === undefined ? {} : { width }),
            })
      await deliver([text], args.output)
      const problems = [...report.problems, ...silencers.problems]
      for (const { kind, code, message } of problems)
        tell(`bulkhead: ${kind === 'failed' ? 'not checked' : 'not covered'}[${code}] ${message}`)
      return problems.some(({ kind }) => kind === 'failed' || args.strict) ? 2 : 0
    } finally {
      database.close()
    }
  } catch (error) {
    throw asUsage(error)
  }
}
