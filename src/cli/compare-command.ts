/** `bulkhead compare`: two images, or reports on them → differences → format → exit code. */
import { compareReports, failsOnNew, openOwnReport, type SideReport, sideOf, sideOfReport } from '../flows/compare.ts'
import { type HistorySettings, historySettings, readHistory } from '../flows/history.ts'
import { scanInventory } from '../flows/scan.ts'
import { readSilencers } from '../flows/silencers.ts'
import { versionOrders } from '../judge/versions/registry.ts'
import type { AdvisoryDatabase } from '../model/advisory.ts'
import type { Severity } from '../model/finding.ts'
import { version } from '../model/version.ts'
import { machine } from '../world/machine.ts'
import { asUsage } from './database-command.ts'
import { openAdvisories } from './database-folder.ts'
import { ruleOptions } from './rule-arguments.ts'
import { readSubject, type SubjectArguments } from './subject.ts'
import { deliver, tell, terminalWidth, wantsColour } from './terminal.ts'

export type CompareArguments = SubjectArguments & {
  readonly format: 'text' | 'json' | 'markdown'
  readonly output?: string
  readonly failOnNew: Severity | 'none'
  readonly all?: boolean
  readonly vex?: readonly string[]
  readonly ignoreFile?: readonly string[]
  /** False: ignore files of the working folder silence nothing. */
  readonly ignoreFiles: boolean
  readonly profile?: 'default' | 'all'
  /** A file; false: none. */
  readonly config?: string | false
  readonly strict?: boolean
  readonly color: 'auto' | 'always' | 'never'
}

export const runCompare = async (before: string, after: string, args: CompareArguments): Promise<number> => {
  const now = new Date(machine.clock.now()).toISOString()
  const settings = await historySettings(machine, {
    ...ruleOptions(args),
  })
  if (args.verbose) for (const file of settings.read) tell(`settings from ${file}`)
  try {
    const database = openAdvisories(args.verbose)
    try {
      // What is not there is said before minutes are spent on reading images.
      const silencers = await readSilencers(machine, {
        vex: args.vex ?? [],
        ignoreFiles: args.ignoreFile ?? [],
        usual: args.ignoreFiles,
        today: now.slice(0, 10),
      })
      const opening: Opening = { args, settings, database, silencers, now }
      const report = compareReports(await openSide(before, opening), await openSide(after, opening), {
        version,
        orders: versionOrders,
        database,
      })
      const problems = [...report.problems, ...silencers.problems]
      await deliver([await format({ ...report, problems }, args)], args.output)
      if (args.format !== 'text' || args.output !== undefined)
        for (const { kind, code, message } of problems)
          tell(`bulkhead: ${kind === 'failed' ? 'not checked' : 'not covered'}[${code}] ${message}`)
      if (failsOnNew(report, args.failOnNew)) return 1
      return problems.some(({ kind }) => kind === 'failed' || args.strict) ? 2 : 0
    } finally {
      database.close()
    }
  } catch (error) {
    throw asUsage(error)
  }
}

export type Opening = {
  readonly args: SubjectArguments
  readonly settings: HistorySettings
  readonly database: AdvisoryDatabase
  readonly silencers: Awaited<ReturnType<typeof readSilencers>>
  readonly now: string
}

/** What is found in an image, or in a report on it. Rejects with UsageError. */
export const openSide = async (subject: string, { args, settings, database, silencers, now }: Opening): Promise<SideReport> => {
  const own = await openOwnReport(machine, subject)
  if (own?.kind === 'scan') return sideOfReport(subject, own)
  const looking = { secrets: settings.secrets.size > 0, reveal: false, census: true }
  const inventory = own?.inventory ?? (await readSubject(subject, args, true, looking))
  const scan = scanInventory(inventory, database, {
    orders: versionOrders,
    now,
    version,
    silencers: silencers.for(inventory),
  })
  if (inventory.kind === 'sbom') return sideOf(subject, scan, undefined, database)
  const today = now.slice(0, 10)
  const asked = /^(?:docker|registry):(.+)$/s.exec(subject)?.[1] ?? subject
  return sideOf(subject, scan, await readHistory(inventory, { version, reveal: false, asked, today, settings }), database)
}

const format = async (report: ReturnType<typeof compareReports>, args: CompareArguments): Promise<string> => {
  switch (args.format) {
    case 'json':
      return (await import('../show/compare-json.ts')).showCompareJson(report)
    case 'markdown':
      return (await import('../show/compare-markdown.ts')).showCompareMarkdown(report)
    case 'text': {
      const width = terminalWidth()
      return (await import('../show/compare-text.ts')).showCompareText(report, {
        colour: args.output === undefined && wantsColour(args.color),
        ...(width === undefined ? {} : { width }),
        all: args.all === true,
        failOn: args.failOnNew,
      })
    }
  }
}
