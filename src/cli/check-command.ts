/** `bulkhead check`: arguments → flow → format → exit code. */
import { basename } from 'node:path'
import { check, exitCode } from '../flows/check.ts'
import { isDockerfileName } from '../flows/discover.ts'
import type { Rules } from '../flows/running-rules.ts'
import { rules } from '../judge/rules/registry.ts'
import { type Safety, type Severity, UsageError } from '../model/finding.ts'
import type { CheckReport } from '../model/report.ts'
import { version } from '../model/version.ts'
import { WorldError } from '../model/world.ts'
import { machine } from '../world/machine.ts'
import { graphForm, writeGraph } from './graph-file.ts'
import { ruleOptions } from './rule-arguments.ts'
import { deliver, tell, terminalWidth, wantsColour } from './terminal.ts'

export type CheckArguments = {
  readonly fix?: boolean
  readonly unsafe?: boolean
  readonly diff?: boolean
  readonly format: 'text' | 'brief' | 'json' | 'sarif' | 'github'
  readonly output?: string
  readonly failOn?: Severity | 'none'
  readonly strict?: boolean
  readonly profile?: 'default' | 'all'
  readonly only?: readonly string[]
  /** A file; false: none. */
  readonly config?: string | false
  readonly inlineIgnores: boolean
  readonly stdin?: boolean
  readonly stdinFilename: string
  readonly context?: string
  readonly showSuppressed?: boolean
  /** Which ways out of containers are told; false: none. */
  readonly ways?: 'main' | 'all' | false
  /** Draw them there. */
  readonly graph?: string
  readonly baseline?: string
  readonly writeBaseline?: string
  /** True: typed; false: --no-shellcheck; undefined: when it is there. */
  readonly shellcheck?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly color: 'auto' | 'always' | 'never'
}

export const runCheck = async (paths: readonly string[], args: CheckArguments): Promise<number> => {
  if (args.unsafe && !args.fix && !args.diff)
    throw new UsageError('--unsafe says which fixes --fix or --diff take', 'add --diff to see them, or --fix to apply them')
  const fromInput = args.stdin === true || paths.includes('-')
  if (fromInput && paths.some(path => path !== '-' && path !== '.'))
    throw new UsageError('standard input is judged alone', 'name no other paths')
  if (fromInput && args.fix && !args.diff)
    throw new UsageError('standard input cannot be fixed in place', '--diff shows what would change')
  if (args.context !== undefined && (await machine.files.stat(args.context))?.type !== 'directory')
    throw new UsageError(`--context: ${args.context} is not a folder`)
  if (args.graph !== undefined) graphForm(args.graph)
  const baseline = args.baseline === undefined ? undefined : await readBaseline(args.baseline)
  const allowed = new Set<Safety>(args.unsafe ? ['safe', 'unsafe'] : ['safe'])
  const { report, changes, settings } = await check(machine, await rulesFor(fromInput ? [] : paths, args), version, {
    paths,
    ...(fromInput ? { input: { name: args.stdinFilename, bytes: await readInput() } } : {}),
    ...(args.fix || args.diff ? { fix: { allowed, write: args.fix === true && args.diff !== true } } : {}),
    ...ruleOptions(args),
    inlineIgnores: args.inlineIgnores,
    shellcheck: args.shellcheck === undefined ? 'auto' : args.shellcheck ? 'on' : 'off',
    ...(args.context === undefined ? {} : { context: args.context }),
    ...(baseline ? { baseline } : {}),
  })
  if (args.verbose) {
    for (const file of settings.read) tell(`settings from ${file}`)
    tell(`${report.files.size} files, ${report.rules.size} rules`)
  }
  if (args.writeBaseline !== undefined) await writeBaseline(args.writeBaseline, report)
  if (args.graph !== undefined) await writeGraph(args.graph, report, args.ways === 'all')
  const colour = args.output === undefined && wantsColour(args.color)
  let text: Iterable<string>
  if (args.diff) {
    const { showSafeDiffs } = await import('../show/diff.ts')
    const { hideSecrets } = await import('../judge/secrets/redact-file.ts')
    const { diffs, isHiding } = showSafeDiffs(changes, colour, (diff, { path }) =>
      hideSecrets(diff, report.files.get(path)?.secrets ?? []),
    )
    text = diffs
    if (isHiding) tell('secrets are hidden in this diff, so it cannot be applied; --fix does it')
    if (diffs.join('') === '' && !args.quiet) tell('nothing to fix')
  } else if (args.format === 'json') text = (await import('../show/json.ts')).showJsonPieces(report)
  else text = [await formatReport(report, args, colour)]
  await deliver(text, args.output)
  return exitCode(report, args.failOn ?? settings.failOn ?? 'high', args.strict ?? settings.strict)
}

/** Rules on containers take as long to load as one Dockerfile to judge: they are left out where nothing but Dockerfiles was named. */
const rulesFor = async (paths: readonly string[], args: CheckArguments): Promise<Rules> => {
  const isDockerfile = async (path: string): Promise<boolean> =>
    isDockerfileName(basename(path)) && (await machine.files.stat(path).catch(() => undefined))?.type === 'file'
  if (paths.length > 0 && !args.only && (await Promise.all(paths.map(isDockerfile))).every(is => is)) return rules
  const [{ containerRules }, { manifestRules }] = await Promise.all([
    import('../judge/rules/container-registry.ts'),
    import('../judge/rules/manifest-registry.ts'),
  ])
  return { ...rules, ...containerRules, ...manifestRules }
}

/** In the form that was asked for, except of diffs. */
export const formatReport = async (
  report: CheckReport,
  args: Pick<CheckArguments, 'format' | 'quiet' | 'showSuppressed' | 'ways'>,
  colour: boolean,
): Promise<string> => {
  switch (args.format) {
    case 'json':
      return (await import('../show/json.ts')).showJson(report)
    case 'sarif':
      return (await import('../show/sarif.ts')).showSarif(report)
    case 'github':
      return (await import('../show/github.ts')).showGithub(report)
    default: {
      if (args.quiet && report.findings.every(({ suppressed }) => suppressed) && report.problems.length === 0) return ''
      const { showText } = await import('../show/text.ts')
      const width = terminalWidth()
      return showText(report, {
        colour,
        brief: args.format === 'brief',
        showSuppressed: args.showSuppressed === true,
        ways: args.ways === false ? 'none' : (args.ways ?? 'main'),
        ...(width === undefined ? {} : { width }),
      })
    }
  }
}

const asUsage = (error: unknown): never => {
  throw error instanceof WorldError ? new UsageError(error.message) : error
}

const readInput = async (): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}

/** Format: `{"bulkheadBaseline": 1, "keys": ["…"]}`. */
const readBaseline = async (path: string): Promise<ReadonlySet<string>> => {
  const bytes = await machine.files.read(path).catch(asUsage)
  try {
    const document = JSON.parse(new TextDecoder().decode(bytes)) as { bulkheadBaseline?: unknown; keys?: unknown }
    if (document.bulkheadBaseline === 1 && Array.isArray(document.keys)) return new Set(document.keys.map(String))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new UsageError(`${path} is not a baseline`, '--write-baseline makes one')
}

const writeBaseline = async (path: string, report: CheckReport): Promise<void> => {
  const keys = report.findings.filter(({ suppressed }) => !suppressed || suppressed.by === 'baseline').map(({ key }) => key)
  const text = `${JSON.stringify({ bulkheadBaseline: 1, keys: [...new Set(keys)].sort() }, undefined, 2)}\n`
  await machine.files.write(path, new TextEncoder().encode(text)).catch(asUsage)
}
