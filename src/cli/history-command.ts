/** `bulkhead history`: arguments → inventory with secrets and a census → format → exit code. */
import { historySettings, readHistory } from '../flows/history.ts'
import { reaches, type Severity, UsageError } from '../model/finding.ts'
import { version } from '../model/version.ts'
import { machine } from '../world/machine.ts'
import { ruleOptions } from './rule-arguments.ts'
import { copyCommand } from './skopeo-copy.ts'
import { readSubject, type SubjectArguments } from './subject.ts'
import { deliver, tell, terminalWidth, wantsColour } from './terminal.ts'

export type HistoryArguments = SubjectArguments & {
  readonly format: 'text' | 'json'
  readonly output?: string
  readonly failOn?: Severity | 'none'
  readonly profile?: 'default' | 'all'
  readonly only?: readonly string[]
  /** A file; false: none. */
  readonly config?: string | false
  readonly showSuppressed?: boolean
  readonly showSecrets?: boolean
  readonly all?: boolean
  /** Days. */
  readonly maxAge?: number
  readonly strict?: boolean
  readonly color: 'auto' | 'always' | 'never'
}

export const runHistory = async (subject: string, args: HistoryArguments): Promise<number> => {
  const reveal = args.showSecrets === true
  const settings = await historySettings(machine, {
    ...ruleOptions(args),
    ...(args.maxAge === undefined ? {} : { ruleOptions: { 'image/old': { days: args.maxAge } } }),
  })
  if (args.verbose) for (const file of settings.read) tell(`settings from ${file}`)
  const inventory = await readSubject(subject, args, true, { secrets: settings.secrets.size > 0, reveal, census: true })
  if (inventory.kind === 'sbom')
    throw new UsageError(`${subject} is an SBOM: it has no layers to look into`, 'give it the image itself')
  const report = await readHistory(inventory, {
    version,
    reveal,
    asked: askedName(subject),
    today: new Date(machine.clock.now()).toISOString().slice(0, 10),
    settings,
  })
  const width = terminalWidth()
  const text =
    args.format === 'json'
      ? (await import('../show/history-json.ts')).showHistoryJson(report)
      : (await import('../show/history-text.ts')).showHistoryText(report, {
          colour: args.output === undefined && wantsColour(args.color),
          ...(width === undefined ? {} : { width }),
          copy: copyCommand(inventory, args),
          all: args.all === true,
          showSuppressed: args.showSuppressed === true,
        })
  await deliver([text], args.output)
  const { problems } = report.inventory
  for (const { kind, code, message } of problems)
    tell(`bulkhead: ${kind === 'failed' ? 'not checked' : 'not covered'}[${code}] ${message}`)
  const failOn = args.failOn ?? settings.failOn ?? 'high'
  const active = [...report.leaks, ...report.findings].filter(({ suppressed }) => !suppressed)
  if (failOn !== 'none' && active.some(({ severity }) => reaches(severity, failOn))) return 1
  return problems.some(({ kind }) => kind === 'failed' || (args.strict ?? settings.strict)) ? 2 : 0
}

/** Without what chose the source. */
const askedName = (subject: string): string => /^(?:docker|registry):(.+)$/s.exec(subject)?.[1] ?? subject
