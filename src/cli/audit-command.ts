/** `bulkhead audit` and `bulkhead guard`: what a command line would start, before it does. */
import { auditCommandLine, auditStart } from '../flows/audit.ts'
import { exitCode } from '../flows/check.ts'
import { containerRules } from '../judge/rules/container-registry.ts'
import { manifestRules } from '../judge/rules/manifest-registry.ts'
import { rules } from '../judge/rules/registry.ts'
import { reaches, type Severity, UsageError } from '../model/finding.ts'
import { version } from '../model/version.ts'
import { startingOf } from '../read/docker-run/starting.ts'
import { machine } from '../world/machine.ts'
import { type CheckArguments, formatReport } from './check-command.ts'
import { graphForm, writeGraph } from './graph-file.ts'
import { ruleOptions } from './rule-arguments.ts'
import { print, tell, wantsColour } from './terminal.ts'

export type AuditArguments = Pick<
  CheckArguments,
  | 'format'
  | 'output'
  | 'failOn'
  | 'strict'
  | 'profile'
  | 'only'
  | 'config'
  | 'showSuppressed'
  | 'ways'
  | 'graph'
  | 'quiet'
  | 'color'
>

export const runAudit = async (words: readonly string[], args: AuditArguments): Promise<number> => {
  if (args.graph !== undefined) graphForm(args.graph)
  const { report, settings } = await auditCommandLine(machine, { ...rules, ...containerRules }, version, words, ruleOptions(args))
  if (args.graph !== undefined) await writeGraph(args.graph, report, args.ways === 'all')
  const text = await formatReport(report, args, args.output === undefined && wantsColour(args.color))
  if (args.output === undefined) await print(text)
  else await machine.files.write(args.output, new TextEncoder().encode(text))
  return exitCode(report, args.failOn ?? settings.failOn ?? 'high', args.strict ?? settings.strict)
}

export type GuardArguments = Pick<AuditArguments, 'failOn' | 'strict' | 'profile' | 'only' | 'config' | 'color'> & {
  /** Say what would be judged, and run nothing. */
  readonly dryRun?: boolean
  /** Run also what starts containers in a way that is not judged: `docker service create`. */
  readonly allowUnjudged?: boolean
}

/** Judges, and runs the command only where nothing stands against it. The exit code is then the command's own. */
export const runGuard = async (words: readonly string[], args: GuardArguments): Promise<number> => {
  const [program, ...rest] = words
  if (program === undefined) throw new UsageError('no command was given', 'bulkhead guard -- docker run …')
  const starting = startingOf(words)
  if (starting.starts === 'unjudged') {
    if (args.allowUnjudged) return args.dryRun ? 0 : runProgram(program, rest)
    tell(`the command was not run: \`${starting.what}\` is not judged. --allow-unjudged runs it all the same`)
    return 2
  }
  // A shim for everything that the program does: what starts no container is not ours to judge.
  const judging = { ...rules, ...containerRules, ...manifestRules }
  const outcome =
    starting.starts === 'nothing'
      ? undefined
      : starting.starts === 'container'
        ? await auditCommandLine(machine, judging, version, words, ruleOptions(args))
        : await auditStart(machine, judging, version, starting, ruleOptions(args))
  if (!outcome) return args.dryRun ? 0 : runProgram(program, rest)
  const { report, settings } = outcome
  const threshold: Severity | 'none' = args.failOn ?? settings.failOn ?? 'high'
  const code = exitCode(report, threshold, args.strict ?? settings.strict)
  if (code !== 0) {
    // Only what stands against it: the rest is for `bulkhead audit`.
    const against = report.findings.filter(({ severity }) => threshold !== 'none' && reaches(severity, threshold))
    const text = await formatReport({ ...report, findings: against }, { format: 'text', ways: false }, wantsColour(args.color))
    process.stderr.write(text)
    tell(
      code === 1
        ? `the command was not run: something of it is ${threshold} or worse. Change it, or accept it in bulkhead.yaml with a reason`
        : 'the command was not run, because a part of it could not be judged',
    )
    return code
  }
  if (args.dryRun) return 0
  return runProgram(program, rest)
}

/** The program takes over terminal and signals until it ends. */
const runProgram = async (program: string, words: readonly string[]): Promise<number> => {
  const { spawn } = await import('node:child_process')
  return new Promise((done, failed) => {
    const child = spawn(program, words, { stdio: 'inherit' })
    // A terminal sends its signals to both; those sent to us alone are passed on.
    const pass = (signal: NodeJS.Signals): void => {
      child.kill(signal)
    }
    const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']
    for (const signal of signals) process.on(signal, pass)
    const over = (): void => {
      for (const signal of signals) process.off(signal, pass)
    }
    child.on('error', error => {
      over()
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      failed(new UsageError(missing ? `${program} is not on PATH` : `${program} cannot be run: ${error.message}`))
    })
    child.on('exit', (code, signal) => {
      over()
      // As shells tell it: 128 and the number of the signal.
      done(code ?? 128 + (signal === null ? 0 : (signalNumbers[signal] ?? 0)))
    })
  })
}
const signalNumbers: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGTERM: 15,
}
