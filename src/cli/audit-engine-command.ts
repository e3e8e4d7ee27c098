/** `bulkhead audit` without a command: what runs on an engine right now, and the engine itself. */
import { auditEngine } from '../flows/audit-engine.ts'
import { exitCode } from '../flows/check.ts'
import { containerRules } from '../judge/rules/container-registry.ts'
import { daemonRules } from '../judge/rules/daemon-registry.ts'
import { hostRules } from '../judge/rules/host-registry.ts'
import { UsageError } from '../model/finding.ts'
import { version } from '../model/version.ts'
import { WorldError } from '../model/world.ts'
import { machine } from '../world/machine.ts'
import type { AuditArguments } from './audit-command.ts'
import { formatReport } from './check-command.ts'
import { graphForm, writeGraph } from './graph-file.ts'
import { ruleOptions } from './rule-arguments.ts'
import { print, wantsColour } from './terminal.ts'

export type EngineArguments = {
  readonly host?: string
  readonly container?: readonly string[]
  /** False: neither the engine itself nor its host. */
  readonly daemon?: boolean
}

export const runEngineAudit = async (args: AuditArguments & EngineArguments): Promise<number> => {
  if (args.graph !== undefined) graphForm(args.graph)
  const rules = { container: containerRules, daemon: daemonRules, host: hostRules }
  const { report, settings } = await auditEngine(machine, rules, version, {
    ...ruleOptions(args),
    ...(args.host === undefined ? {} : { host: args.host }),
    ...(args.container === undefined ? {} : { containers: args.container }),
    ...(args.daemon === undefined ? {} : { daemon: args.daemon }),
  }).catch(error => {
    // An engine that breaks off is expected trouble, and nothing was judged.
    throw error instanceof WorldError ? new UsageError(error.message) : error
  })
  if (args.graph !== undefined) await writeGraph(args.graph, report, args.ways === 'all')
  const text = await formatReport(report, args, args.output === undefined && wantsColour(args.color))
  if (args.output === undefined) await print(text)
  else await machine.files.write(args.output, new TextEncoder().encode(text))
  return exitCode(report, args.failOn ?? settings.failOn ?? 'high', args.strict ?? settings.strict)
}
