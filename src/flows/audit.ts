/** audit: a command line → the container that it would start → what that may do, and the ways out that it opens. */
import { delimiter, dirname, join, resolve } from 'node:path'
import { waysOut } from '../judge/breakout.ts'
import type { ContainerRule } from '../judge/container-rule.ts'
import { judgeContainers } from '../judge/judge-container.ts'
import { byPosition } from '../judge/run.ts'
import { hideSecrets, secretsOfFile } from '../judge/secrets/redact-file.ts'
import { markFinding } from '../judge/suppress.ts'
import { type Finding, type Problem, UsageError } from '../model/finding.ts'
import type { CheckReport, SaferCommand } from '../model/report.ts'
import { lineStarts } from '../model/text.ts'
import { type World, WorldError } from '../model/world.ts'
import { commandLine } from '../read/docker-run/command-line.ts'
import { findDockerRuns } from '../read/docker-run/find-docker-run.ts'
import { readDockerRun } from '../read/docker-run/read-docker-run.ts'
import type { Starting } from '../read/docker-run/starting.ts'
import { check, waysWithoutSecrets, withoutSecrets } from './check.ts'
import { ruleNames } from './known-rules.ts'
import { type ManifestRules, readScriptRuns, scriptUnit } from './manifest-unit.ts'
import { repair } from './repair.ts'
import { chooseRules, type RuleOptions, type Rules, suppressionsFor } from './running-rules.ts'
import { findSettings, type Settings } from './settings.ts'

export type AuditOptions = RuleOptions & { readonly config?: { readonly file: string } | 'none' }

export type AuditOutcome = { readonly report: CheckReport; readonly settings: Settings }

/** A file of variables over 1 MiB is none that people write. */
const environmentFileLimit = 1024 * 1024

/** What files declare, or what a script does, before a command starts it. Undefined: nothing of it concerns containers. */
export const auditStart = async (
  world: World,
  rules: Rules,
  version: string,
  starting: Exclude<Starting, { readonly starts: 'nothing' | 'container' | 'unjudged' }>,
  options: AuditOptions,
): Promise<AuditOutcome | undefined> => {
  const common = { ...options, shellcheck: 'off' as const }
  if (starting.starts === 'script') {
    const name = 'command.sh'
    if (findDockerRuns(name, starting.text, 'shell').containers.length === 0) return undefined
    const input = { name, bytes: new TextEncoder().encode(starting.text) }
    return check(world, rules, version, { ...common, paths: ['.'], input })
  }
  const paths = starting.paths.length > 0 ? starting.paths : await composeFiles(world, starting.folder ?? '.')
  return check(world, rules, version, { ...common, paths })
}

/** Those that Compose takes when none is named: the first of these, in the folder or above it. */
const composeFiles = async (world: World, folder: string): Promise<readonly string[]> => {
  const named = world.env.COMPOSE_FILE
  if (named !== undefined && named !== '') return named.split(world.env.COMPOSE_PATH_SEPARATOR ?? delimiter)
  for (let at = resolve(folder); ; at = dirname(at)) {
    for (const name of ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'])
      if (await world.files.stat(join(at, name))) return [join(at, name)]
    if (dirname(at) === at) throw new UsageError('no Compose file is here', 'name it with -f')
  }
}

/** `words`: the command as a program gets it: `docker`, `run`, …. Throws UsageError when it starts no container. */
export const auditCommandLine = async (
  world: World,
  rules: Rules,
  version: string,
  words: readonly string[],
  options: AuditOptions,
): Promise<AuditOutcome> => {
  const names = ruleNames(rules)
  const settings = await findSettings(world, names, { paths: ['.'], ...options })
  const today = new Date(world.clock.now()).toISOString().slice(0, 10)
  const { text, path, words: placed } = commandLine(words)
  const files = await environmentFiles(world, words)
  const run = readDockerRun(placed, { environmentFile: name => files.get(name), workingFolder: resolve('.') })
  if (!run)
    throw new UsageError(
      words.length === 0 ? 'no command was given' : `\`${words.slice(0, 3).join(' ')}\` starts no container`,
      'bulkhead audit -- docker run … judges such a command; docker, podman and nerdctl are known',
    )
  const running = chooseRules<ContainerRule<unknown>>('container', rules, names, settings, options)(path)
  const { judged, problems, facts } = judgeContainers(
    [run.container],
    running,
    () => ({
      today,
      neighbours: [run.container],
      manifests: undefined,
      imageOf: () => undefined,
      allowedRegistries: settings.allowedRegistries,
    }),
    at => (at.in === 'file' ? text.slice(at.span.start, at.span.end) : ''),
  )
  const how = suppressionsFor(path, settings, names, options, today)
  const marked = judged.map(one => ({ ...one, finding: markFinding(one.finding, [], how) }))
  const found: readonly Finding[] = marked.map(({ finding }) => finding).sort(byPosition)
  const { spans, values } = secretsOfFile(
    text,
    found.flatMap(({ redact }) => redact ?? []),
  )
  const hidden = (problem: Problem): Problem => ({ ...problem, message: hideSecrets(problem.message, values) })
  return {
    settings,
    report: {
      version,
      files: new Map([[path, { path, text, lines: lineStarts(text), redact: spans, secrets: values }]]),
      findings: withoutSecrets(found, values),
      problems: [...settings.problems, ...run.problems, ...problems].map(hidden),
      rules: new Map([...running].map(([id, { rule, severity }]) => [id, { ...rule, id, severity: severity ?? rule.severity }])),
      breakouts: waysWithoutSecrets(
        waysOut([run.container], container => facts.get(container)!, marked),
        values,
      ),
      safer: await saferCommand(text, path, values, {
        rulesFor: () => running,
        fileRulesFor: () => new Map(),
        suppressionsFor: () => how,
        facts: { today, allowedRegistries: settings.allowedRegistries, imageOf: () => undefined },
      }),
      applied: [],
    },
  }
}

/** Everything that can be written exactly is. What was accepted stays. */
const saferCommand = async (
  text: string,
  path: string,
  secrets: readonly string[],
  how: ManifestRules,
): Promise<SaferCommand> => {
  const first = readScriptRuns(path, text, 'shell', undefined, resolve('.'))
  const unit = scriptUnit({ text, encoding: 'utf-8' }, first, how)
  const nothing: SaferCommand = { command: undefined, changes: [], isHidden: false }
  if (first.runs.containers.length !== 1) return nothing
  const { texts, applied } = await repair(unit, await unit.judge(new Map()), new Set(['safe', 'unsafe']))
  const safer = texts.get(path)
  if (safer === undefined || safer === text) return nothing
  const command = hideSecrets(safer, secrets)
  const changes = [...new Set(applied.map(({ rule, fix }) => hideSecrets(`${rule}: ${fix?.title}`, secrets)))]
  return { command, changes, isHidden: command !== safer }
}

/** What `--env-file` names, read before the command line is: readers reach for nothing. One that cannot be read is told by the reader. */
const environmentFiles = async (world: World, words: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>()
  for (const [i, word] of words.entries()) {
    const name = word === '--env-file' ? words[i + 1] : /^--env-file=(.+)$/.exec(word)?.[1]
    if (name === undefined || found.has(name)) continue
    try {
      found.set(name, new TextDecoder().decode(await world.files.read(name, environmentFileLimit)))
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
    }
  }
  return found
}
