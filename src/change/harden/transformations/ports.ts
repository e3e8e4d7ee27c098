/** The image listens above 1023, so that no user needs a right to do so; what is outside keeps its port. */
import { lineage, replaceAt } from '../../../judge/dockerfile-queries.ts'
import { exposedPorts } from '../../../judge/ports.ts'
import type { Edit } from '../../../model/finding.ts'
import type { Dockerfile, Stage, Step } from '../../../read/dockerfile/graph.ts'
import { besidePorts, withPorts } from '../beside-ports.ts'
import { type Choice, chooseUser, ownerText } from '../final-user.ts'
import { isOpenEnded, isPosixShell, keyword, lastChange, linesAfter, linesBefore } from '../place.ts'
import { highPort, type Server, serverOf } from '../servers.ts'
import { contextText, startOf } from '../start.ts'
import { type HardenSubject, transformation } from '../transformation.ts'

export default transformation({
  title: 'Listen on a port above 1023',
  why: 'Ports below 1024 were for root alone: a service that wants one is started as root, or gets a capability. On a port of its own above them it needs neither, on any engine and in any cluster; who is outside still uses the port they know, which Compose or a Service leads there.',
  level: 'balanced',
  safety: 'unsafe',
  order: 550,
  apply(subject) {
    const { dockerfile } = subject
    const stage = dockerfile.final
    const choice = chooseUser(subject)
    if (!stage || !choice || choice.kind === 'left' || isOpenEnded(dockerfile)) return undefined
    if (choice.kind === 'is' && choice.user.kind === 'base') return undefined
    const server = serverOf(subject, stage)
    const done = new Map<number, number>()
    const names = new Set<string>()
    const edits: Edit[] = []
    if (server && server.obstacle === undefined) {
      const step = serverStep(dockerfile, stage, choice, server)
      if (step === 'late')
        return {
          leftOut: `where the configuration of ${server.name} could be changed, it is no longer root that builds`,
          check: lowPorts,
        }
      edits.push(...server.edits, ...step)
      for (const port of server.ports) if (isLow(port)) done.set(port, highPort(port))
    }
    if (!server) edits.push(...literals(subject, stage, done, names))
    if (edits.length === 0) {
      const low = lowExposed(dockerfile, stage)
      if (low.length === 0) return undefined
      return {
        leftOut: `who listens on port ${low.join(', ')} cannot be told to listen elsewhere by what stands in these files`,
        check: lowPorts,
      }
    }
    edits.push(...exposeEdits(dockerfile, stage, done), ...healthEdits(dockerfile, stage, done))
    const beside = besidePorts(subject, done, names)
    const moves = [...done].map(([from, to]) => `${from} → ${to}`).join(', ')
    return {
      title: moves === '' ? `Let ${server?.name ?? 'the server'} start without root` : `Listen above port 1023: ${moves}`,
      risk: 'whoever reaches the container under the old port by its name, such as another service of the same network, has to use the new one',
      check: [
        ...(moves === '' ? [] : ['`docker run -p`, proxies and other services that name the old port of the container']),
        ...(done.has(443) ? ['The private key of the certificate must be readable for the user'] : []),
        ...beside.check,
      ],
      edits: [...edits, ...beside.edits],
    }
  },
})

const lowPorts = [
  'Docker since 20.10 lets every user listen on low ports (net.ipv4.ip_unprivileged_port_start=0 in the container’s own network); Kubernetes does not: there it needs that sysctl in the pod’s securityContext, or another port',
]

const isLow = (port: number): boolean => port > 0 && port < 1024

/** The step that changes what comes with the image; `late`: root builds nowhere behind it. */
const serverStep = (
  dockerfile: Dockerfile,
  stage: Stage,
  choice: Exclude<Choice, { kind: 'left' }>,
  server: Server,
): readonly Edit[] | 'late' => {
  if (server.commands.length === 0) return []
  const owner = ownerText(choice)
  const { escape } = dockerfile.tree
  const commands = server.commands.map(command => command.replace('OWNER', owner ?? 'root'))
  const lines = commands
    .flatMap((command, i) =>
      command.split('\n').map((line, j) => `${j > 0 ? '        ' : i > 0 ? '    && ' : `${keyword(dockerfile, 'RUN')} `}${line}`),
    )
    .map((line, i, all) => (i < all.length - 1 ? `${line} ${escape}` : line))
  if (choice.kind === 'becomes') {
    const last = lastChange(stage)
    return isPosixShell(last.after) ? [linesAfter(dockerfile, last, lines)] : 'late'
  }
  const user = stage.steps.find(({ instruction }) => instruction === stage.end.user.at)
  return user && user.before.user.at === undefined && isPosixShell(user.before) ? [linesBefore(dockerfile, user, lines)] : 'late'
}

const portNames = /^(?:(?:[A-Z]+_)*PORT|ASPNETCORE_URLS|ASPNETCORE_HTTP_PORTS|URLS)$/
const portOptions = /^(?:--?(?:port|listen|bind|http-port|http_port|server\.port)|-[pbl])$/

/** `80`, `:80`, `0.0.0.0:80`, `http://+:80` with its low port. */
const portIn = (text: string): { readonly port: number; readonly start: number; readonly end: number } | undefined => {
  const match = /^(?:https?:\/\/)?(?:[\w.*+-]*:|\[[0-9a-f:]*\]:)?(\d{1,4})\/?$/i.exec(text)
  if (!match) return undefined
  const port = Number(match[1])
  const end = text.endsWith('/') ? text.length - 1 : text.length
  return isLow(port) ? { port, start: end - match[1]!.length, end } : undefined
}

/** Ports that stand in ENV and in the words of the start command, and those of programs that take theirs from PORT. */
const literals = (subject: HardenSubject, stage: Stage, done: Map<number, number>, names: Set<string>): readonly Edit[] => {
  const { dockerfile } = subject
  const edits: Edit[] = []
  const move = (at: { readonly start: number }, text: string, from = 0): void => {
    const found = portIn(text)
    if (!found) return
    done.set(found.port, highPort(found.port))
    const start = at.start + from
    edits.push(replaceAt(dockerfile, { start: start + found.start, end: start + found.end }, String(highPort(found.port))))
  }
  for (const step of lineage(stage)) {
    if (step.instruction.name !== 'ENV') continue
    for (const { key, value } of step.instruction.pairs) {
      if (!value || !portNames.test(key) || /db|sql|redis|mongo|smtp|mail|ssh|ftp|ldap|proxy/i.test(key)) continue
      const quote = /^["']/.test(value.raw) ? 1 : 0
      if (value.span.end - value.span.start !== value.raw.length || !portIn(value.raw.slice(quote, value.raw.length - quote)))
        continue
      move(value.span, value.raw.slice(quote, value.raw.length - quote), quote)
      names.add(key)
    }
  }
  const start = startOf(stage)
  for (const step of new Set([start.entrypoint, start.cmd])) if (step) wordEdits(dockerfile, step, move)
  if (edits.length > 0) return edits
  return byEnvironment(subject, stage, done, names)
}

const wordEdits = (
  dockerfile: Dockerfile,
  step: Step,
  move: (at: { readonly start: number }, text: string, from?: number) => void,
): void => {
  const { json } = step.instruction
  const words = json
    ? json.values.map((text, i) => ({
        text,
        start: json.spans[i]!.start + 1,
        isPlain: json.spans[i]!.end - json.spans[i]!.start === text.length + 2,
      }))
    : step.scripts.flatMap(({ commands }) =>
        commands.flatMap(({ args }) =>
          args.map(({ text, span, literal, raw }) => ({ text, start: span.start, isPlain: literal && raw === text })),
        ),
      )
  for (const [i, { text, start, isPlain }] of words.entries()) {
    if (!isPlain || dockerfile.tree.text.slice(start, start + text.length) !== text) continue
    const option = /^(--?[\w.-]+)=(.+)$/.exec(text)
    if (option && portOptions.test(option[1]!)) move({ start }, option[2]!, option[1]!.length + 1)
    else if (i > 0 && portOptions.test(words[i - 1]!.text)) move({ start }, text)
    else if (/^(?:0\.0\.0\.0|\[::\]):\d+$/.test(text)) move({ start }, text)
  }
}

/** .NET before version 8 listens on 80 unless ASPNETCORE_URLS says otherwise; a program that reads PORT is told by it. */
const byEnvironment = (subject: HardenSubject, stage: Stage, done: Map<number, number>, names: Set<string>): readonly Edit[] => {
  const { dockerfile } = subject
  const reference = stage.root.kind === 'image' ? stage.root.reference : undefined
  const add = (line: string, port: number): readonly Edit[] => {
    done.set(port, highPort(port))
    const place = stage.steps.find(
      ({ instruction, onbuild }) => !onbuild && /^(?:EXPOSE|CMD|ENTRYPOINT|HEALTHCHECK)$/.test(instruction.name),
    )
    return [place ? linesBefore(dockerfile, place, [line]) : linesAfter(dockerfile, stage.steps.at(-1) ?? stage.from, [line])]
  }
  const { variables } = stage.end
  const isOldDotnet = reference?.repository === 'dotnet/aspnet' && /^(?:[3567])\./.test(reference.tag ?? '')
  if (isOldDotnet && !variables.get('ASPNETCORE_URLS'))
    return add(`${keyword(dockerfile, 'ENV')} ASPNETCORE_URLS=http://+:8080`, 80)
  for (const { ports } of subject.project.stacks)
    for (const { value, by } of ports) {
      if (!isLow(value) || variables.get('PORT')) continue
      if (
        !/process\.env\.PORT\b|environ(?:\.get)?[([]["']PORT["']|getenv\(["']PORT["']|Getenv\("PORT"\)|ENV(?:\.fetch\(|\[)["']PORT["']/.test(
          contextText(subject, by) ?? '',
        )
      )
        continue
      names.add('PORT')
      return add(`${keyword(dockerfile, 'ENV')} PORT=${highPort(value)}`, value)
    }
  return []
}

const lowExposed = (dockerfile: Dockerfile, stage: Stage): readonly number[] =>
  lineage(stage)
    .filter(({ instruction }) => instruction.name === 'EXPOSE')
    .flatMap(step => exposedPorts(step, dockerfile.tree.escape))
    .filter(({ known, first, protocol }) => known && isLow(first) && (protocol ?? 'tcp').toLowerCase() === 'tcp')
    .map(({ first }) => first)

const exposeEdits = (dockerfile: Dockerfile, stage: Stage, done: ReadonlyMap<number, number>): readonly Edit[] =>
  lineage(stage)
    .filter(({ instruction }) => instruction.name === 'EXPOSE')
    .flatMap(step => exposedPorts(step, dockerfile.tree.escape))
    .flatMap(({ word, first, last }) => {
      const port = first === last ? done.get(first) : undefined
      const match = /^(["']?)(\d+)(\/tcp)?\1$/i.exec(word.raw)
      return port === undefined || !match || word.span.end - word.span.start !== word.raw.length
        ? []
        : [replaceAt(dockerfile, word.span, `${match[1]}${port}${match[3] ?? ''}${match[1]}`)]
    })

const healthEdits = (dockerfile: Dockerfile, stage: Stage, done: ReadonlyMap<number, number>): readonly Edit[] =>
  lineage(stage)
    .filter(({ instruction }) => instruction.name === 'HEALTHCHECK')
    .flatMap(({ instruction: { span } }) =>
      withPorts(dockerfile.tree.text.slice(span.start, span.end), done).map(one =>
        replaceAt(dockerfile, { start: span.start + one.start, end: span.start + one.end }, one.text),
      ),
    )
