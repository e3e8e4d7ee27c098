/** The proof of a hardening, with the engine at hand: what `harden --prove` does. */
import { randomUUID } from 'node:crypto'
import { auditCommandLine } from '../flows/audit.ts'
import { ContextReader } from '../flows/dockerfile-unit.ts'
import { historySettings } from '../flows/history.ts'
import { Interrupted } from '../flows/proof-engine.ts'
import { type MakeHardening, prove } from '../flows/prove.ts'
import { readSilencers } from '../flows/silencers.ts'
import { containerRules } from '../judge/rules/container-registry.ts'
import { rules } from '../judge/rules/registry.ts'
import { secretsOf, secretsOfFile } from '../judge/secrets/redact-file.ts'
import type { Trait } from '../model/comparison.ts'
import { type Severity, severities, UsageError } from '../model/finding.ts'
import type { Hardening } from '../model/hardening.ts'
import type { Proof, ProofMeasure } from '../model/proof.ts'
import { version } from '../model/version.ts'
import { WorldError } from '../model/world.ts'
import { readDockerfile } from '../read/dockerfile/read-dockerfile.ts'
import { machine } from '../world/machine.ts'
import { openSide } from './compare-command.ts'
import { asUsage } from './database-command.ts'
import { openAdvisories } from './database-folder.ts'
import { hiding } from './harden-command.ts'
import { tell } from './terminal.ts'

export type ProveArguments = {
  readonly check?: string
  readonly port?: number
  readonly runOption?: readonly string[]
  readonly buildOption?: readonly string[]
  /** Seconds for one answer. */
  readonly patience: number
  /** Minutes for all of it. */
  readonly deadline: number
  readonly strict?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly color: 'auto' | 'always' | 'never'
}

/** Throws UsageError where there is no engine, and where somebody interrupts it: everything it made is gone then, too. */
export const proveHardening = async (
  hardening: Hardening,
  excluded: ReadonlySet<string>,
  make: MakeHardening,
  args: ProveArguments,
  text: string | undefined,
): Promise<{ readonly proof: Proof; readonly hardening: Hardening }> => {
  const program = await machine.processes.find('docker')
  if (program === undefined)
    throw new UsageError('--prove needs Docker’s command line, and there is no docker', 'without --prove nothing is run')
  let isInterrupted = false
  const interrupt = (): void => {
    if (!isInterrupted) tell('bulkhead: interrupted: what the proof made is being removed')
    isInterrupted = true
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, interrupt)
  try {
    const database = openAdvisories(args.verbose === true)
    try {
      const now = new Date(machine.clock.now()).toISOString()
      const settings = await historySettings(machine, {})
      const silencers = await readSilencers(machine, { vex: [], ignoreFiles: [], usual: true, today: now.slice(0, 10) })
      const original = await originalOf(hardening, text)
      const result = await prove(machine, {
        program,
        id: randomUUID().replaceAll('-', ''),
        make,
        excluded,
        original,
        measure: async image => {
          const { side } = await openSide(`docker:${image}`, {
            args: { cache: true, quiet: true, verbose: args.verbose === true },
            settings,
            database,
            silencers,
            now,
          })
          return measureOf(side)
        },
        waysOut: async (flags, image, user) => {
          const named = flags.includes('--user') ? [] : ['--user', user.replace(/[ ,].*$/, '') || '0']
          const words = ['docker', 'run', '-d', ...named, ...flags, image]
          const { report } = await auditCommandLine(machine, { ...rules, ...containerRules }, version, words, { config: 'none' })
          return (report.breakouts ?? []).reduce((sum, { ways }) => sum + ways.length, 0)
        },
        check: args.check,
        healthPaths: hardening.healthPaths,
        port: args.port,
        runOptions: args.runOption ?? [],
        buildOptions: args.buildOption ?? [],
        patience: args.patience * 1000,
        deadline: args.deadline * 60_000,
        isInterrupted: () => isInterrupted,
        note: message => {
          if (!args.quiet) tell(`bulkhead: ${message}`)
        },
        hide: hiding(hardening, [
          ...secretsOf(readDockerfile(hardening.path, original.text), []).values,
          ...secretsOfOptions([...(args.runOption ?? []), ...(args.buildOption ?? [])], args.check),
        ]),
      })
      for (const name of result.left) tell(`bulkhead: not done[proof-left] ${name} could not be removed`)
      return result
    } finally {
      database.close()
    }
  } catch (error) {
    if (error instanceof Interrupted) throw new UsageError('interrupted: nothing was proved, and nothing was changed')
    if (error instanceof WorldError) throw new UsageError(error.message)
    throw asUsage(error)
  } finally {
    for (const signal of signals) process.off(signal, interrupt)
  }
}

/** What is secret in `-e NAME=value`, `--build-arg NAME=value`, and in a command: all of it is printed by somebody. */
export const secretsOfOptions = (options: readonly string[], check = ''): readonly string[] => {
  const given = options.flatMap((option, i) => {
    const match = /^(?:-e|--env=|--build-arg=)?(\w+)=(.+)$/s.exec(option)
    return match && (/^-/.test(option) || /^(?:-e|--env|--build-arg)$/.test(options[i - 1] ?? ''))
      ? [`${match[1]}=${match[2]}`]
      : []
  })
  return [...given, check].flatMap(text => secretsOfFile(text, []).values)
}

/** The Dockerfile as it is, and the ignore file that holds for it. */
const originalOf = async (
  hardening: Hardening,
  text: string | undefined,
): Promise<{ readonly text: string; readonly ignore: string | undefined }> => {
  const bytes = text === undefined ? await machine.files.read(hardening.path) : new TextEncoder().encode(text)
  const dockerfile = readDockerfile(hardening.path, bytes)
  const context = await new ContextReader(machine, hardening.context).contextOf(hardening.path, new Map(), dockerfile)
  return { text: dockerfile.tree.text, ignore: context?.ignore?.text }
}

const measureOf = (side: Awaited<ReturnType<typeof openSide>>['side']): Omit<ProofMeasure, 'size'> => {
  const traits = new Map((side.traits ?? []).map(trait => [trait.id, trait] as const))
  const count = (...ids: readonly string[]): number =>
    ids.reduce((sum, id) => {
      const trait: Trait | undefined = traits.get(id)
      return sum + (trait?.kind === 'list' ? trait.count : 0)
    }, 0)
  const user = traits.get('user')
  const vulnerabilities = Object.fromEntries(severities.map(severity => [severity, 0])) as Record<Severity, number>
  for (const one of side.vulnerabilities ?? []) if (one.standing !== 'suppressed') vulnerabilities[one.severity]++
  return {
    packages: side.packages?.length ?? 0,
    vulnerabilities,
    // What is merely of interest, such as keys that everybody has, opens nothing.
    secrets: (side.secrets ?? []).reduce((sum, { severity, count: found }) => sum + (severity === 'info' ? 0 : found), 0),
    user: user?.kind === 'value' ? user.value : '',
    setuid: count('setuid', 'setgid'),
    shells: count('shells'),
    packageManagers: count('package-managers'),
    compilers: count('compilers'),
    writable: count('writable-files', 'writable-folders'),
  }
}
