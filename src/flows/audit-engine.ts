/** audit without a command: an engine, what runs on it, and its host → findings, ways out, and how to make each container again. Nothing is changed. */
import { dirname, join } from 'node:path'
import { type Change, recreationOf, updateCommand } from '../change/container/recreate.ts'
import { waysOut } from '../judge/breakout.ts'
import type { ContainerFacts, ContainerImage, ContainerRule } from '../judge/container-rule.ts'
import { secretValuesOf } from '../judge/container-secrets.ts'
import { type DaemonRule, hostFactsOf } from '../judge/daemon-rule.ts'
import { fulfilled } from '../judge/fulfil.ts'
import type { HostRule } from '../judge/host-rule.ts'
import { type JudgedContainer, judgeContainers } from '../judge/judge-container.ts'
import { judgeEngine } from '../judge/judge-engine.ts'
import { hideSecrets } from '../judge/secrets/redact-file.ts'
import { markFinding } from '../judge/suppress.ts'
import { blankContainer, type Container } from '../model/container.ts'
import type { Daemon, Host } from '../model/daemon.ts'
import { compareSeverity, type Finding, type Problem, UsageError } from '../model/finding.ts'
import type { Recreation } from '../model/recreation.ts'
import type { CheckReport, RuleInfo } from '../model/report.ts'
import { type World, WorldError } from '../model/world.ts'
import { daemonOf } from '../read/engine-answers.ts'
import { nameOf, readEngineContainer } from '../read/engine-container.ts'
import { isOnThisMachine, readHost, readLocalEngine } from '../read/engine-host.ts'
import { type EngineState, greetEngine, readEngineState } from '../read/engine-state.ts'
import { type Endpoint, findEndpoints } from '../read/image/engine/endpoints.ts'
import type { AuditOutcome } from './audit.ts'
import { waysWithoutSecrets, withoutSecrets } from './check.ts'
import { ruleNames } from './known-rules.ts'
import { chooseEngineRules, chooseRules, type RuleOptions, suppressionsFor } from './running-rules.ts'
import { findSettings, type Settings } from './settings.ts'

export type EngineRules = {
  readonly container: Readonly<Record<string, ContainerRule<unknown>>>
  readonly daemon: Readonly<Record<string, DaemonRule<unknown>>>
  readonly host: Readonly<Record<string, HostRule<unknown>>>
}

export type AuditEngineOptions = RuleOptions & {
  readonly config?: { readonly file: string } | 'none'
  /** Where the engine listens: `unix:///…`, `tcp://…`. Undefined: as the docker command finds it. */
  readonly host?: string
  /** Only these containers: names, or beginnings of ids. */
  readonly containers?: readonly string[]
  /** False: neither the engine itself nor its host. */
  readonly daemon?: boolean
}

/** Throws UsageError when no engine is there, or a container that was asked for is not. */
export const auditEngine = async (
  world: World,
  rules: EngineRules,
  version: string,
  options: AuditEngineOptions,
): Promise<AuditOutcome> => {
  const all = { ...rules.container, ...rules.daemon, ...rules.host }
  const names = ruleNames(all)
  const settings = await findSettings(world, names, { paths: ['.'], ...options })
  const today = new Date(world.clock.now()).toISOString().slice(0, 10)
  const state = await readEngineState(world, await chooseEndpoint(world, options.host), options.containers ?? [])
  if (state.unknown.length > 0)
    throw new UsageError(`the engine has no container called ${state.unknown.join(', ')}`, 'docker ps --all lists them')
  const problems: Problem[] = [...settings.problems, ...state.problems]
  const { daemon, host } = await surroundings(world, state, options.daemon !== false, problems)
  const program = daemon.kind
  const { containers, originals } = containersOf(state, daemon, problems)
  const images = new Map<string, ContainerImage>()
  for (const { inspected, image } of originals.values())
    if (inspected.Config.Image && image)
      images.set(inspected.Config.Image, {
        user: image.Config?.User ?? '',
        volumes: Object.keys(image.Config?.Volumes ?? {}),
        setuid: undefined,
      })
  const factsFor = (): ContainerFacts => ({
    today,
    neighbours: containers,
    manifests: undefined,
    imageOf: name => images.get(name),
    allowedRegistries: settings.allowedRegistries,
  })

  const ran = new Map<string, RuleInfo>()
  const remember = (id: string, rule: Omit<RuleInfo, 'id'>, severity: RuleInfo['severity'] | undefined): void => {
    ran.set(id, { ...rule, id, severity: severity ?? rule.severity })
  }
  const choose = chooseRules<ContainerRule<unknown>>('container', rules.container, names, settings, options)
  const judged: JudgedContainer[] = []
  const facts = new Map<Container, ContainerFacts>()
  for (const container of containers) {
    const running = choose(placeIn(settings, container.name))
    for (const [id, { rule, severity }] of running) remember(id, rule, severity)
    const found = judgeContainers([container], running, factsFor, at => (at.in === 'container' ? at.field : ''))
    problems.push(...found.problems)
    for (const [key, value] of found.facts) facts.set(key, value)
    const how = suppressionsFor(placeIn(settings, container.name), settings, names, options, today)
    judged.push(...found.judged.map(one => ({ ...one, finding: markFinding(one.finding, [], how) })))
  }
  const breakouts = waysOut(containers, container => facts.get(container)!, judged, hostFactsOf(daemon))
  const recreations = recreationsOf(program, containers, originals, judged)

  const findings: Finding[] = judged.map(one => liveFinding(program, one))
  const judgeSubject = <Subject extends Daemon | Host>(
    subject: Subject,
    name: 'daemon' | 'host',
    own: Readonly<Record<string, DaemonRule<unknown> | HostRule<unknown>>>,
  ): void => {
    const running = chooseEngineRules<Subject>(own, placeIn(settings, name), names, settings, options)
    for (const [id, { rule, severity }] of running) remember(id, rule, severity)
    const found = judgeEngine(subject, running)
    problems.push(...found.problems)
    const how = suppressionsFor(placeIn(settings, name), settings, names, options, today)
    findings.push(...found.findings.map(finding => markFinding(finding, [], how)))
  }
  if (options.daemon !== false) judgeSubject(daemon, 'daemon', rules.daemon)
  if (host) judgeSubject(host, 'host', rules.host)

  const secrets = [...new Set(containers.flatMap(secretValuesOf))].sort((a, b) => b.length - a.length)
  return {
    settings,
    report: {
      version,
      files: new Map(),
      findings: withoutSecrets([...findings].sort(byPlace), secrets),
      problems: problems.map(problem => ({ ...problem, message: hideSecrets(problem.message, secrets) })),
      rules: ran,
      breakouts: waysWithoutSecrets(breakouts, secrets),
      recreations: recreations.map(one => ({ ...one, command: hideSecrets(one.command, secrets) })),
      engine: {
        name: daemon.name,
        containers: containers.length,
        judgesDaemon: options.daemon !== false && daemon.kind === 'docker',
        judgesHost: host !== undefined,
      },
      applied: [],
    } satisfies CheckReport,
  }
}

/** As if it were a file beside the configuration, whose patterns begin there. */
const placeIn = ({ file }: Settings, name: string): string => (file === undefined ? name : join(dirname(file), name))

/** Container by container, the worst first; then the engine, then its host. */
const byPlace = (a: Finding, b: Finding): number => {
  const place = ({ at: [at], rule }: Finding): string =>
    at.in === 'container' ? `0${at.id}` : rule.startsWith('daemon/') ? '1' : '2'
  const [first, second] = [place(a), place(b)]
  if (first !== second) return first < second ? -1 : 1
  return compareSeverity(a.severity, b.severity) || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0)
}

const chooseEndpoint = async (world: World, host: string | undefined): Promise<Endpoint> => {
  const tried: string[] = []
  const asked = host === undefined ? world : { ...world, env: { ...world.env, DOCKER_HOST: host } }
  for (const endpoint of await findEndpoints(asked, text => tried.push(text))) {
    try {
      if (await greetEngine(world, endpoint)) return endpoint
      tried.push(`${endpoint.name} is none`)
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      tried.push(`${endpoint.name}: ${error.message}`)
      if (endpoint.isAsked) break
    }
  }
  throw new UsageError(
    `no engine answers: ${tried.join('; ')}`,
    '--host unix:///… names its socket; bulkhead audit -- docker run … judges a command line without any engine',
  )
}

/** What is known of the engine and of its host. Options and host are looked at only on this machine. */
const surroundings = async (
  world: World,
  { endpoint, answers }: EngineState,
  wanted: boolean,
  problems: Problem[],
): Promise<{ readonly daemon: Daemon; readonly host: Host | undefined }> => {
  const bare = daemonOf(answers, undefined)
  if (!wanted) return { daemon: bare, host: undefined }
  const told = (message: string): void => {
    problems.push({ kind: 'uncovered', code: 'host-elsewhere', message })
  }
  if (bare.kind === 'podman') {
    told('Podman has no daemon, and its host is not judged: its containers are')
    return { daemon: bare, host: undefined }
  }
  const socket = endpoint.socketPath
  if (bare.os !== 'linux' || socket === undefined || !isOnThisMachine(world, bare.name, bare.kernel)) {
    told('the engine is on another machine: its daemon.json, its command line and its host are not judged')
    return { daemon: bare, host: undefined }
  }
  const local = await readLocalEngine(world, socket, bare.root ?? '')
  const daemon = daemonOf(answers, local.options)
  const keys = ['tlscacert', 'tlscert', 'tlskey'].flatMap(name => {
    const value = local.options?.get(name)?.value
    return typeof value === 'string' ? [value] : []
  })
  const own = [socket, local.configuration, ...(bare.root === undefined ? [] : [bare.root]), ...keys]
  const { host, problems: hostProblems } = await readHost(world, own, bare.root)
  problems.push(...local.problems, ...hostProblems)
  return { daemon, host }
}

type Originals = ReadonlyMap<
  Container,
  { readonly inspected: EngineState['containers'][number]; readonly image: ReturnType<EngineState['images']['get']> }
>

const containersOf = (
  state: EngineState,
  daemon: Daemon,
  problems: Problem[],
): { readonly containers: readonly Container[]; readonly originals: Originals } => {
  const containers: Container[] = []
  const originals = new Map<
    Container,
    { inspected: EngineState['containers'][number]; image: ReturnType<EngineState['images']['get']> }
  >()
  for (const inspected of state.containers) {
    const image = inspected.Image ? state.images.get(inspected.Image) : undefined
    const { volumes, names } = state
    const { container, problems: own } = readEngineContainer(inspected, { daemon, image, volumes, names })
    // What an engine never says is told once.
    problems.push(...own.filter(one => !problems.some(({ message }) => message === one.message)))
    containers.push(container)
    originals.set(container, { inspected, image })
    for (const { user } of state.privilegedExecs.filter(one => one.container === nameOf(inspected))) {
      const at = { in: 'container', id: container.name, field: 'ExecIDs' } as const
      containers.push({
        ...blankContainer('engine', `${container.name} › exec`, at),
        role: 'ephemeral',
        privileged: { value: true, at },
        ...(user === '' ? {} : { user: { value: user, at } }),
      })
    }
  }
  return { containers, originals }
}

/** Of a container that is there nothing can be edited: a fix is a command, or a word with the command that follows. */
const liveFinding = (program: 'docker' | 'podman', { finding, container, wishes }: JudgedContainer): Finding => {
  if (!finding.fix) return finding
  const update = updateCommand(program, container.name, wishes) ?? placeholderUpdate(program, finding.rule, container)
  const title = update === undefined ? finding.fix.title : `${finding.fix.title}: ${update}`
  return { ...finding, fix: { title, safety: 'manual', edits: [] } }
}

/** Limits that only somebody who knows the program can choose: in which words they are given. */
const placeholderUpdate = (program: 'docker' | 'podman', rule: string, container: Container): string | undefined => {
  const isSet = ({ value }: Container['memory']): boolean => value !== undefined && value > 0
  const options =
    rule === 'container/limits-missing'
      ? [
          ...(isSet(container.memory) ? [] : ['--memory SIZE --memory-swap SIZE']),
          ...(isSet(container.pids) ? [] : ['--pids-limit NUMBER']),
        ]
      : rule === 'container/cpu-limit-missing'
        ? ['--cpus NUMBER']
        : []
  return options.length === 0 ? undefined : `${program} update ${options.join(' ')} ${container.name}`
}

/** One command for each container, with all that its findings wish for and nobody accepted. */
const recreationsOf = (
  program: 'docker' | 'podman',
  containers: readonly Container[],
  originals: Originals,
  judged: readonly JudgedContainer[],
): readonly Recreation[] =>
  containers.flatMap(container => {
    const original = originals.get(container)
    const changes: readonly Change[] = judged
      .filter(one => one.container === container && !one.finding.suppressed && one.finding.fix && one.wishes.length > 0)
      .filter(({ wishes }) => updateCommand(program, container.name, wishes) === undefined)
      .map(({ finding, wishes }) => ({ title: `${finding.rule}: ${finding.fix!.title}`, wishes }))
    if (!original || changes.length === 0) return []
    const wished = fulfilled(
      container,
      changes.flatMap(({ wishes }) => wishes),
    )
    return [recreationOf(program, wished, original, changes)]
  })
