/** Ports of the container in the Compose and Kubernetes files beside it: who is outside keeps the port that they know. */
import type { Edit } from '../../model/finding.ts'
import type { Span } from '../../model/text.ts'
import { asList, asMap, fieldsOf, get } from '../../read/yaml/fields.ts'
import { integerOf, stringOf } from '../../read/yaml/scalars.ts'
import { resolved, type YamlDocument, type YamlFile, type YamlMap, type YamlNode } from '../../read/yaml/tree.ts'
import { NotExact, YamlSplices } from '../container/edits.ts'
import { type BesideService, type BesideWorkload, servicesOf, workloadsOf } from './beside.ts'
import type { HardenSubject } from './transformation.ts'

export type PortEdits = { readonly edits: readonly Edit[]; readonly check: readonly string[] }

/** `moved`: the old port → the new one. `names`: of environment variables that held the old one. */
export const besidePorts = (
  subject: HardenSubject,
  moved: ReadonlyMap<number, number>,
  names: ReadonlySet<string>,
): PortEdits => {
  const edits = new Map<string, Edit>()
  const check: string[] = []
  const attempt = (what: string, work: () => readonly Edit[]): void => {
    try {
      for (const edit of work()) edits.set(`${edit.path} ${edit.span.start} ${edit.span.end}`, edit)
    } catch (error) {
      if (!(error instanceof NotExact)) throw error
      check.push(`${what} still names the old port: ${error.message}`)
    }
  }
  for (const service of servicesOf(subject)) {
    inCompose(service, moved, names, attempt)
    check.push(...namedElsewhere(service, moved))
  }
  const workloads = workloadsOf(subject)
  for (const workload of workloads) inPod(workload, moved, names, attempt)
  for (const { stream } of new Map(workloads.map(one => [one.stream.file.path, one])).values())
    inServices(stream, workloads, moved, attempt)
  // Kubernetes’ Services may stand in files without a workload.
  const others = [...subject.files].filter(([, text]) => /kind["']?\s*:\s*["']?NetworkPolicy/.test(text))
  if (workloads.length > 0 && others.length > 0) check.push('NetworkPolicies name ports of pods: allow the new one')
  return { edits: [...edits.values()], check }
}

type Attempt = (what: string, work: () => readonly Edit[]) => void

/** Files of the project that name the service with its old port: `http://web/`, `web:80`. What they mean only a person can tell. */
const namedElsewhere = ({ container, project }: BesideService, moved: ReadonlyMap<number, number>): readonly string[] => {
  const name = container.name.replace(/[^\w-]/g, '.')
  const old = [...moved.keys()].join('|')
  if (old === '' || container.name.length > 100) return []
  const pattern = new RegExp(`(?:https?://${name}(?=[/"'\\s]|$)|(?<![\\w.-])${name}:(?:${old})(?!\\d))`, 'm')
  return project.files
    .filter(({ text }) => pattern.test(text))
    .map(
      ({ path }) => `\`${path}\` names \`${container.name}\` under its old port: write ${[...moved.values()].join(' or ')} there`,
    )
}

/** A number that ends a text or stands before `/tcp`: `80:80`, `127.0.0.1:80:80/tcp`, `80`. */
const shortPort = (text: string, moved: ReadonlyMap<number, number>): string => {
  const match = /^(.*?)(\d+)(\/\w+)?$/.exec(text)
  const port = match && moved.get(Number(match[2]))
  if (!match || port === undefined || text.includes('$') || /-\d+$/.test(match[1]! + match[2]!))
    throw new NotExact('its form is unusual')
  return `${match[1]}${port}${match[3] ?? ''}`
}

const inner = (node: Extract<YamlNode, { kind: 'scalar' }>): Span =>
  node.style === 'plain' ? node.span : { start: node.span.start + 1, end: node.span.end - 1 }

const inCompose = (
  { container, project, source }: BesideService,
  moved: ReadonlyMap<number, number>,
  names: ReadonlySet<string>,
  attempt: Attempt,
): void => {
  const splicesAt = (path: string, span: Span): YamlSplices => {
    const file = project.files.find(one => one.path === path)
    if (!file) throw new NotExact('its file is not known')
    return new YamlSplices(file, project.documentsOf.get(file) ?? [], span)
  }
  for (const { containerPort, at, protocol } of container.ports) {
    const port = moved.get(containerPort)
    if (port === undefined || at.in !== 'file' || protocol !== 'tcp') continue
    attempt(`The service \`${container.name}\``, () => {
      const splices = splicesAt(at.path, at.span)
      const node = splices.itemAt(at.span)
      if (node.kind === 'map') splices.set(node, ['target'], port)
      else if (node.kind === 'scalar') {
        const place = inner(node)
        splices.replace(place, shortPort(node.file.text.slice(place.start, place.end), moved))
      } else throw new NotExact('an anchor shares it')
      return splices.edits()
    })
  }
  inEnvironment(container.environment, moved, names, attempt, `The service \`${container.name}\``)
  const health = get(source.body, 'healthcheck', 'test')
  if (health) attempt(`The healthcheck of \`${container.name}\``, () => urlEdits(health.file, health.span, moved))
}

const inEnvironment = (
  environment: BesideService['container']['environment'],
  moved: ReadonlyMap<number, number>,
  names: ReadonlySet<string>,
  attempt: Attempt,
  what: string,
): void => {
  for (const { name, value, written } of environment) {
    const port = names.has(name) ? moved.get(Number(value)) : undefined
    if (port === undefined) continue
    attempt(`${what}: \`${name}\``, () => {
      if (written?.at.in !== 'file' || written.value !== value) throw new NotExact('its value is put together')
      // The number, in whatever quotes it has.
      return [{ path: written.at.path, span: written.at.span, text: String(port) }]
    })
  }
}

/** `http://localhost:80/`, `http://localhost/` and `localhost:80` in a text → the new port. */
export const withPorts = (
  text: string,
  moved: ReadonlyMap<number, number>,
): readonly { readonly start: number; readonly end: number; readonly text: string }[] =>
  [
    ...text.matchAll(
      /(?:(https?):\/\/)?(?<![\w.-])(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)(?::(\d{1,5}))?(?=[/"'\s?#|&;,)\]]|$)/g,
    ),
  ].flatMap(match => {
    if (match[1] === undefined && match[2] === undefined) return []
    const old = match[2] === undefined ? (match[1] === 'https' ? 443 : 80) : Number(match[2])
    const port = moved.get(old)
    const end = match.index + match[0].length
    return port === undefined ? [] : [{ start: match[2] === undefined ? end : end - match[2].length - 1, end, text: `:${port}` }]
  })

const urlEdits = (file: YamlFile, span: Span, moved: ReadonlyMap<number, number>): readonly Edit[] =>
  withPorts(file.text.slice(span.start, span.end), moved).map(one => ({
    path: file.path,
    span: { start: span.start + one.start, end: span.start + one.end },
    text: one.text,
  }))

const numberEdits = (
  file: YamlFile,
  documents: readonly YamlDocument[],
  map: YamlMap | undefined,
  name: string,
  moved: ReadonlyMap<number, number>,
): readonly Edit[] => {
  const field = map && fieldsOf(map).get(name)
  const port = moved.get(Number(stringOf(resolved(field?.value)) ?? integerOf(field?.value, 'kubernetes')))
  if (!map || port === undefined) return []
  const splices = new YamlSplices(file, documents, map.span)
  splices.own(map)
  splices.set(map, [name], port)
  return splices.edits()
}

const inPod = (
  { container, read, stream }: BesideWorkload,
  moved: ReadonlyMap<number, number>,
  names: ReadonlySet<string>,
  attempt: Attempt,
): void => {
  const node = read.nodeOf.get(container)?.container
  if (!node) return
  const { file, documents } = stream
  for (const item of asList(get(node, 'ports'))?.items ?? [])
    attempt(`\`${container.name}\``, () => numberEdits(file, documents, asMap(item), 'containerPort', moved))
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'])
    for (const way of ['httpGet', 'tcpSocket'])
      attempt(`The ${probe} of \`${container.name}\``, () =>
        numberEdits(file, documents, asMap(get(node, probe, way)), 'port', moved),
      )
  inEnvironment(container.environment, moved, names, attempt, `\`${container.name}\``)
}

/** Services whose selector fits a pod: their own port stays, and the pod’s is the new one. */
const inServices = (
  { file, documents }: BesideWorkload['stream'],
  workloads: readonly BesideWorkload[],
  moved: ReadonlyMap<number, number>,
  attempt: Attempt,
): void => {
  for (const { root } of documents) {
    const map = asMap(root)
    if (stringOf(get(map, 'kind')) !== 'Service') continue
    const selector = asMap(get(map, 'spec', 'selector'))
    if (!selector) continue
    const wanted = [...fieldsOf(selector).values()].map(({ name, value }) => [name, stringOf(value)] as const)
    if (
      wanted.length === 0 ||
      !workloads.some(({ container }) => wanted.every(([name, value]) => container.pod?.labels[name] === value))
    )
      continue
    for (const item of asList(get(map, 'spec', 'ports'))?.items ?? []) {
      const port = asMap(item)
      if (!port) continue
      attempt('A Service', () => {
        if (fieldsOf(port).has('targetPort')) return numberEdits(file, documents, port, 'targetPort', moved)
        const now = moved.get(integerOf(get(port, 'port'), 'kubernetes') ?? 0)
        if (now === undefined) return []
        const splices = new YamlSplices(file, documents, port.span)
        splices.own(port)
        splices.set(port, ['targetPort'], now)
        return splices.edits()
      })
    }
  }
}
