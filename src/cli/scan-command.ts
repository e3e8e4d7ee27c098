/** `bulkhead scan` and `bulkhead quick`: arguments → inventory and advisories → format → exit code. */

import { setFlagsFromString } from 'node:v8'
import { explainVulnerability } from '../flows/explain-vulnerability.ts'
import { ageProblems, bySeverity, scanInventory, withRemedies } from '../flows/scan.ts'
import { readSilencers } from '../flows/silencers.ts'
import { findingOwner } from '../judge/remedies.ts'
import { versionOrders } from '../judge/versions/registry.ts'
import { type Severity, UsageError } from '../model/finding.ts'
import { version } from '../model/version.ts'
import { counts, isFixable, isSevere, type ScanReport, type VulnerabilityFinding } from '../model/vulnerability.ts'
import { machine } from '../world/machine.ts'
import { asUsage } from './database-command.ts'
import { openAdvisories } from './database-folder.ts'
import { readSubject, type SubjectArguments } from './subject.ts'
import { deliver, print, tell, terminalWidth, wantsColour } from './terminal.ts'

export type ScanFormat =
  | 'text'
  | 'json'
  | 'sarif'
  | 'cyclonedx'
  | 'cyclonedx-1.6'
  | 'cyclonedx-1.7'
  | 'openvex'
  | 'gitlab'
  | 'junit'
  | 'markdown'
  | 'html'

export type ScanArguments = SubjectArguments & {
  readonly format: ScanFormat
  readonly output?: string
  readonly failOn: Severity | 'none'
  /** Ids of vulnerabilities. */
  readonly only?: readonly string[]
  readonly onlyFixable?: boolean
  readonly onlyBase?: boolean
  readonly ignoreBase?: boolean
  readonly kev?: boolean
  readonly epss?: number
  readonly newSince?: string
  readonly vex?: readonly string[]
  readonly ignoreFile?: readonly string[]
  /** False: ignore files of the working folder silence nothing. */
  readonly ignoreFiles: boolean
  readonly maxAge?: number
  readonly strict?: boolean
  readonly leftAside?: boolean
  readonly explain?: string
  readonly sort: 'risk' | 'severity'
  readonly all?: boolean
  readonly showSuppressed?: boolean
  readonly color: 'auto' | 'always' | 'never'
}

export const runScan = async (subject: string, args: ScanArguments): Promise<number> => {
  if (args.onlyBase && args.ignoreBase) throw new UsageError('--only-base and --ignore-base leave nothing', 'give one of them')
  // An empty variable of a script would let every build pass.
  if (args.only?.some(id => id.trim() === '')) throw new UsageError('--only needs an id', 'CVE-2024-3094, for instance')
  if (args.explain?.trim() === '') throw new UsageError('--explain needs an id', 'CVE-2024-3094, for instance')
  const now = new Date().toISOString()
  keepLean()
  try {
    const database = openAdvisories(args.verbose)
    try {
      // What is not there is said before minutes are spent on reading an image.
      const silencers = await readSilencers(machine, {
        vex: args.vex ?? [],
        ignoreFiles: args.ignoreFile ?? [],
        usual: args.ignoreFiles,
        ...(args.newSince === undefined ? {} : { baseline: args.newSince }),
        today: now.slice(0, 10),
      })
      const inventory = await readSubject(subject, args, true)
      const options = { orders: versionOrders, now, version, silencers: silencers.for(inventory) }
      if (args.explain !== undefined) {
        const explanation = explainVulnerability(inventory, database, args.explain, options)
        const { showExplanation } = await import('../show/explain-scan.ts')
        await deliver([showExplanation(explanation, textOptions(args))], args.output)
        return 0
      }
      const whole = scanInventory(inventory, database, options)
      const tooOld = args.maxAge === undefined ? [] : ageProblems(whole, database.feeds, args.maxAge)
      const { report: wanted, hidden } = filter(
        { ...whole, problems: [...whole.problems, ...silencers.problems, ...tooOld] },
        args,
      )
      const report = advised.has(args.format) ? withRemedies(wanted, database, options, subject) : wanted
      const isDecided = (one: VulnerabilityFinding): boolean => silencers.said(inventory, one)?.status === 'affected'
      const shown = await format(subject, report, args, hidden, isDecided)
      if (shown) await deliver(shown, args.output)
      else tell('bulkhead: there is nothing to decide, and OpenVEX has no document without a statement: nothing is written')
      for (const id of args.only ?? [])
        if (!whole.findings.some(one => isCalled(one, id)))
          tell(`bulkhead: nothing that was found is called ${id}; --explain ${id} says why`)
      if (hidden > 0) tell(`bulkhead: ${hidden} more findings are not shown, since only some were asked for`)
      if (args.format !== 'text' || args.output !== undefined)
        for (const { kind, code, message } of report.problems)
          tell(`bulkhead: ${kind === 'failed' ? 'not checked' : 'not covered'}[${code}] ${message}`)
      return exitCode(report, args)
    } finally {
      database.close()
    }
  } catch (error) {
    throw asUsage(error)
  }
}

/** Forms that say what to do. */
const advised: ReadonlySet<ScanFormat> = new Set(['text', 'json', 'html'])

/** Findings by the ten thousand live long: a young generation that grows to hold them takes a third more memory, and no less time. */
const keepLean = (): void => setFlagsFromString('--semi-space-growth-factor=1')

/** What was asked for; the rest is counted. */
const filter = (report: ScanReport, args: ScanArguments): { readonly report: ScanReport; readonly hidden: number } => {
  const isWanted = (finding: VulnerabilityFinding): boolean =>
    (args.only?.some(id => isCalled(finding, id)) ?? true) &&
    !(args.onlyFixable && !isFixable(finding)) &&
    !(args.onlyBase && finding.isInBase !== true) &&
    !(args.ignoreBase && finding.isInBase === true) &&
    !(args.kev && finding.vulnerability.kev === undefined) &&
    !(args.epss !== undefined && !((finding.vulnerability.epss?.score ?? 0) >= args.epss))
  if ((args.onlyBase || args.ignoreBase) && report.base === undefined)
    throw new UsageError(
      'nobody knows which layers are the base image’s: neither annotations nor the history say so',
      'leave --only-base and --ignore-base out',
    )
  const findings = report.findings.filter(isWanted)
  return {
    report: { ...report, findings: args.sort === 'severity' ? [...findings].sort(bySeverity) : findings },
    hidden: report.findings.length - findings.length,
  }
}

const isCalled = ({ vulnerability, match }: VulnerabilityFinding, id: string): boolean =>
  [vulnerability.id, match.id, ...vulnerability.aliases].some(name => name.toUpperCase() === id.trim().toUpperCase())

const exitCode = ({ findings, problems }: ScanReport, { failOn, strict, leftAside }: ScanArguments): number => {
  const fails = findings.some(one => one.suppressed === undefined && (leftAside || counts(one)) && isSevere(one, failOn))
  if (fails) return 1
  return problems.some(({ kind }) => kind === 'failed' || strict) ? 2 : 0
}

const textOptions = ({ color, output }: ScanArguments): { readonly colour: boolean; readonly width?: number } => {
  const width = terminalWidth()
  return { colour: output === undefined && wantsColour(color), ...(width === undefined ? {} : { width }) }
}

/** Undefined: the form cannot say that there is nothing. */
const format = async (
  subject: string,
  report: ScanReport,
  args: ScanArguments,
  hidden: number,
  isDecided: (finding: VulnerabilityFinding) => boolean,
): Promise<Iterable<string> | undefined> => {
  switch (args.format) {
    case 'text':
      return [
        (await import('../show/scan-text.ts')).showScanText(report, {
          ...textOptions(args),
          all: args.all === true,
          showSuppressed: args.showSuppressed === true,
          sort: args.sort,
          hidden,
          failOn: args.failOn,
          subject,
          orders: versionOrders,
        }),
      ]
    case 'json':
      return (await import('../show/scan-json.ts')).scanJsonPieces(report)
    case 'sarif':
      return (await import('../show/scan-sarif.ts')).scanSarifPieces(report)
    case 'cyclonedx':
    case 'cyclonedx-1.6':
    case 'cyclonedx-1.7':
      return (await import('../show/cyclonedx.ts')).cycloneDxPieces(
        report.inventory,
        version,
        args.format.endsWith('1.7') ? '1.7' : '1.6',
        report.findings,
      )
    case 'openvex': {
      const { showOpenVex } = await import('../show/openvex.ts')
      const document = showOpenVex(report, { all: args.all === true, isDecided })
      return document === undefined ? undefined : [document]
    }
    case 'gitlab':
      return (await import('../show/gitlab.ts')).gitlabPieces(report)
    case 'junit':
      return [(await import('../show/junit.ts')).showJunit(report, { failOn: args.failOn })]
    case 'markdown':
      return [(await import('../show/scan-markdown.ts')).showScanMarkdown(report)]
    case 'html':
      return (await import('../show/scan-html.ts')).scanHtmlPieces(report, {
        remedies: report.remedies ?? [],
        ownerOf: findingOwner(report),
        hidden,
      })
  }
}

export type QuickArguments = SubjectArguments & { readonly color: 'auto' | 'always' | 'never' }

/** The counts, with the base image's share beside them. Exit code 0: it only informs. */
export const runQuick = async (subject: string, args: QuickArguments): Promise<number> => {
  const now = new Date().toISOString()
  keepLean()
  try {
    const database = openAdvisories(args.verbose)
    try {
      // What a scan leaves out counts for nobody else either.
      const silencers = await readSilencers(machine, { vex: [], ignoreFiles: [], usual: true, today: now.slice(0, 10) })
      const inventory = await readSubject(subject, args, true)
      const options = { orders: versionOrders, now, version, silencers: silencers.for(inventory) }
      const whole = scanInventory(inventory, database, options)
      const report = { ...whole, problems: [...whole.problems, ...silencers.problems] }
      const width = terminalWidth()
      const { showQuickText } = await import('../show/quick-text.ts')
      const shown = { colour: wantsColour(args.color), subject, orders: versionOrders, ...(width === undefined ? {} : { width }) }
      await print(showQuickText(report, shown))
      return report.problems.some(({ kind }) => kind === 'failed') ? 2 : 0
    } finally {
      database.close()
    }
  } catch (error) {
    throw asUsage(error)
  }
}
