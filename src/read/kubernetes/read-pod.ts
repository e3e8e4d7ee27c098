/** A pod's spec (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec) → its containers, with what of the pod holds for each. */
import {
  blankContainer,
  type Container,
  type EnvironmentVariable,
  type Pod,
  type Port,
  type Setting,
  type Words,
} from '../../model/container.ts'
import type { Location } from '../../model/finding.ts'
import { integerOf, isNull } from '../yaml/scalars.ts'
import { locationOf, resolved, type YamlMap, type YamlNode } from '../yaml/tree.ts'
import {
  booleanAt,
  checkFields,
  entryAt,
  fieldOf,
  fieldsIn,
  integerAt,
  mapAt,
  mapsAt,
  type Notes,
  recordAt,
  spend,
  tell,
  textAt,
  textsAt,
} from './decode.ts'
import { quantity } from './quantity.ts'
import { containerSpec, ephemeralSpec, podSpec, port, type Shape } from './schema.ts'
import { checkContainerSecurity, checkPodSecurity, first, readSecurity } from './security.ts'
import { readMounts, readVolumes, type Volume } from './volumes.ts'

/** One item of a list of containers, as written and followed. */
export type ContainerItem = {
  readonly node: YamlNode
  readonly map: YamlMap
  readonly role: Container['role']
  /** Fields that this kind of object allows beside a container's own. */
  readonly also?: ReadonlySet<string>
  /** Where a container takes from what it does not say itself: Tekton's stepTemplate. */
  readonly base?: YamlMap
  /** What people call it where it has no name of its own: Argo's template. */
  readonly called?: string
}

export type PodSource = {
  readonly kind: string
  readonly name: string
  readonly namespace: string | undefined
  /** Where to point for the pod as a whole: its object's name. */
  readonly at: Location
  /** Of the pod, that is of the template. */
  readonly metadata: YamlMap | undefined
  /** The spec, and what stands behind it where it says nothing: a Workflow's own spec behind that of its template. */
  readonly specs: readonly [YamlMap, ...YamlMap[]]
  readonly items: readonly ContainerItem[]
  /** The kinds of Kubernetes itself: unknown names are mistakes, and every volume is declared in it. */
  readonly isBuiltIn: boolean
  readonly claims: ReadonlyMap<string, Location>
}

export type ContainerNodes = {
  readonly container: YamlMap
  readonly pod: YamlMap
  /** Volumes that a StatefulSet's templates make: they replace those of the pod with the same name. */
  readonly claims: readonly string[]
}

export const readPod = (notes: Notes, source: PodSource, nodeOf: Map<Container, ContainerNodes>): readonly Container[] => {
  const { specs, metadata } = source
  const on = <T>(read: (spec: YamlMap) => T | undefined): T | undefined => first(specs, read)
  const flag = (name: string): Setting<boolean> | undefined => on(spec => booleanAt(notes, spec, name))
  const word = (name: string): Setting<string> | undefined => on(spec => textAt(notes, spec, name))
  if (source.isBuiltIn) checkFields(notes, specs[0], podSpec)
  const contexts = specs.flatMap(spec => mapAt(notes, spec, 'securityContext') ?? [])
  for (const context of contexts) checkPodSecurity(notes, context)
  const volumes = readVolumes(notes, specs)
  const share = flag('shareProcessNamespace')
  const pod: Pod = {
    kind: source.kind,
    name: source.name,
    namespace: source.namespace,
    labels: recordAt(notes, metadata, 'labels'),
    serviceAccount: word('serviceAccountName') ?? word('serviceAccount') ?? { value: undefined },
    automountToken: flag('automountServiceAccountToken') ?? { value: undefined },
    shareProcessNamespace: share ?? { value: false },
    hostAliases: specs.flatMap(spec =>
      mapsAt(notes, spec, 'hostAliases').map(({ map, at }) => ({
        value: [textAt(notes, map, 'ip')?.value ?? '', ...textsAt(notes, map, 'hostnames').map(({ value }) => value)].join(' '),
        at,
      })),
    ),
    volumes: [...volumes.values()].map(({ name, kind, hasToken, at }) => ({
      value: { name, kind, ...(hasToken ? { hasToken } : {}) },
      at,
    })),
    ...(contexts.length > 0 ? { declared: declaredBy(notes, contexts) } : {}),
    at: source.at,
  }
  const hostPid = flag('hostPID')
  const hostIpc = flag('hostIPC')
  const hostNetwork = flag('hostNetwork')
  const hostUsers = flag('hostUsers')
  const restart = word('restartPolicy')
  const common: Common = {
    pod,
    source,
    volumes,
    contexts,
    annotations: mapAt(notes, metadata, 'annotations'),
    isWindows: on(spec => textAt(notes, mapAt(notes, spec, 'os'), 'name'))?.value === 'windows',
    resources: source.isBuiltIn ? mapAt(notes, specs[0], 'resources') : undefined,
    restart: restart ? { ...restart, value: restarts[restart.value] } : { value: 'always' },
    settings: {
      pid: hostPid?.value
        ? { ...hostPid, value: 'host' }
        : share?.value
          ? { ...share, value: 'pod' }
          : { ...hostPid, value: 'private' },
      ipc: { ...hostIpc, value: hostIpc?.value ? 'host' : 'pod' },
      network: { ...hostNetwork, value: hostNetwork?.value ? 'host' : 'pod' },
      userNamespace: hostUsers ? { ...hostUsers, value: hostUsers.value ? 'host' : 'private' } : { value: 'default' },
      runtime: word('runtimeClassName') ?? { value: undefined },
      sysctls: contexts.slice(0, 1).flatMap(context =>
        mapsAt(notes, context, 'sysctls').map(({ map, at }) => ({
          value: { name: textAt(notes, map, 'name')?.value ?? '', value: textAt(notes, map, 'value')?.value ?? '' },
          at,
        })),
      ),
    },
  }
  return source.items.map(item => {
    const container = readContainer(notes, item, common)
    nodeOf.set(container, { container: item.map, pod: specs[0], claims: [...source.claims.keys()] })
    return container
  })
}

/** What a pod's own securityContext says, and nothing where it is silent. */
const declaredBy = (notes: Notes, pod: readonly YamlMap[]): NonNullable<Pod['declared']> => {
  const { user, runAsNonRoot, seccomp, apparmor, selinux, hostProcess } = readSecurity(notes, {
    container: [],
    pod,
    annotations: undefined,
    name: '',
    isWindows: false,
  })
  return {
    ...(user.at ? { user } : {}),
    ...(runAsNonRoot.at ? { runAsNonRoot } : {}),
    ...(seccomp.at ? { seccomp } : {}),
    ...(apparmor.at ? { apparmor } : {}),
    ...(selinux.at ? { selinux } : {}),
    ...(hostProcess.at ? { hostProcess } : {}),
  }
}

const restarts: Readonly<Record<string, string>> = {
  __proto__: null,
  Always: 'always',
  OnFailure: 'on-failure',
  Never: 'no',
} as never

type Common = {
  readonly pod: Pod
  readonly source: PodSource
  readonly volumes: ReadonlyMap<string, Volume>
  readonly contexts: readonly YamlMap[]
  readonly annotations: YamlMap | undefined
  readonly isWindows: boolean
  readonly resources: YamlMap | undefined
  readonly restart: Setting<string | undefined>
  readonly settings: Pick<Container, 'pid' | 'ipc' | 'network' | 'userNamespace' | 'runtime' | 'sysctls'>
}

const shapeOf = (role: Container['role']): Shape => (role === 'ephemeral' ? ephemeralSpec : containerSpec)

const readContainer = (notes: Notes, { node, map, role, also, base, called }: ContainerItem, common: Common): Container => {
  spend(notes)
  const { pod, source, settings } = common
  const levels = base ? [map, base] : [map]
  const on = <T>(read: (map: YamlMap) => T | undefined): T | undefined => first(levels, read)
  const word = (name: string): Setting<string> | undefined => on(level => textAt(notes, level, name))
  const words = (name: string): Words | undefined =>
    on(level => {
      const field = fieldOf(level, name)
      if (!field) return undefined
      const texts = textsAt(notes, level, name)
      return {
        value: texts.map(({ value }) => value),
        at: entryAt(field),
        places: texts.flatMap(({ at: place }) => place ?? []),
      }
    })
  checkFields(notes, map, shapeOf(role), also)
  const contexts = levels.flatMap(level => mapAt(notes, level, 'securityContext') ?? [])
  for (const context of contexts) checkContainerSecurity(notes, context)
  const name = word('name')?.value ?? ''
  const at = locationOf(node)
  const resources = levels.flatMap(level => mapAt(notes, level, 'resources') ?? mapAt(notes, level, 'computeResources') ?? [])
  const amount = (part: 'limits' | 'requests', what: string): Setting<number> | undefined =>
    first(common.resources ? [...resources, common.resources] : resources, one => amountAt(notes, one, part, what))
  const memory = amount('limits', 'memory')
  const cpus = amount('limits', 'cpu')
  const { mounts, secrets } = readMounts(notes, levels, common.volumes, source.claims, source.isBuiltIn)
  const ownRestart = word('restartPolicy')
  const healthy = probeAt(levels, 'livenessProbe')
  return {
    ...blankContainer('kubernetes', `${pod.kind}/${pod.name || '?'} › ${name || called || '?'}`, at),
    ...settings,
    ...readSecurity(notes, {
      container: contexts,
      pod: common.contexts,
      annotations: common.annotations,
      name,
      isWindows: common.isWindows,
    }),
    role,
    pod,
    image: word('image') ?? { value: undefined },
    pullPolicy: word('imagePullPolicy') ?? { value: undefined },
    entrypoint: words('command') ?? { value: undefined },
    command: words('args') ?? { value: undefined },
    mounts,
    secrets,
    deviceRequests: devices(notes, resources),
    memory: memory ?? { value: undefined },
    memoryRequest: amount('requests', 'memory') ?? memory ?? { value: undefined },
    cpus: cpus ?? { value: undefined },
    cpuRequest: amount('requests', 'cpu') ?? cpus ?? { value: undefined },
    ports: levels.flatMap(level => readPorts(notes, level, settings.network.value === 'host')),
    environment: levels.flatMap(level => readEnvironment(notes, level)),
    healthcheck: healthy ? { value: 'defined', at: healthy } : { value: 'image' },
    livenessProbe: present(healthy),
    readinessProbe: present(probeAt(levels, 'readinessProbe')),
    probeHosts: levels.flatMap(level => probeHosts(notes, level)),
    restart: ownRestart
      ? { ...ownRestart, value: restarts[ownRestart.value] }
      : role === 'init' && common.restart.value === 'always'
        ? { ...common.restart, value: 'on-failure' }
        : common.restart,
  }
}

const present = (at: Location | undefined): Setting<boolean> => (at ? { value: true, at } : { value: false })

const probeAt = (levels: readonly YamlMap[], name: string): Location | undefined =>
  first(levels, level => {
    const field = fieldOf(level, name)
    return field && entryAt(field)
  })

const amountAt = (notes: Notes, resources: YamlMap, part: 'limits' | 'requests', what: string): Setting<number> | undefined => {
  const field = fieldOf(mapAt(notes, resources, part), what)
  if (!field) return undefined
  const scalar = resolved(field.value)
  const value = scalar?.kind === 'scalar' ? (integerOf(scalar, 'kubernetes') ?? quantity(scalar.value)) : undefined
  if (value !== undefined) return { value, at: entryAt(field) }
  const isTemplate = scalar?.kind !== 'scalar' || /\{\{|\$[({]/.test(scalar.value)
  tell(
    notes,
    isTemplate ? 'uncovered' : 'failed',
    isTemplate ? 'yaml-template' : 'kubernetes-wrong-type',
    isTemplate
      ? `\`${what}\` is filled in later by a template; judge what it becomes`
      : `\`${what}\` must be a quantity such as 128Mi or 500m: Kubernetes refuses the rest`,
    entryAt(field),
  )
  return undefined
}

/** Resources with a domain in their name come from device plugins; claims are those of dynamic resource allocation. */
const devices = (notes: Notes, resources: readonly YamlMap[]): readonly Setting<string>[] => {
  const found = new Map<string, Setting<string>>()
  for (const one of resources) {
    for (const part of ['limits', 'requests']) {
      const map = mapAt(notes, one, part)
      for (const [name, field] of map ? fieldsIn(map) : []) {
        spend(notes)
        if (name.includes('/') && !isNull(field.value) && !found.has(name)) found.set(name, { value: name, at: entryAt(field) })
      }
    }
    for (const { map, at } of mapsAt(notes, one, 'claims')) {
      const name = textAt(notes, map, 'name')?.value
      if (name) found.set(`claim:${name}`, { value: `claim:${name}`, at })
    }
  }
  return [...found.values()]
}

const loopback = /^(?:127\.|::1$|localhost$)/

/** In the host's network every port is the host's: the API writes `hostPort` in by itself. */
const readPorts = (notes: Notes, container: YamlMap, isHostNetwork: boolean): readonly Port[] =>
  mapsAt(notes, container, 'ports').map(({ map, at }) => {
    checkFields(notes, map, port)
    const containerPort = integerAt(notes, map, 'containerPort')?.value ?? 0
    const hostPort = integerAt(notes, map, 'hostPort')?.value || (isHostNetwork ? containerPort : undefined)
    const hostAddress = textAt(notes, map, 'hostIP')?.value || undefined
    return {
      hostAddress,
      hostPort,
      containerPort,
      lastHostPort: hostPort,
      protocol: (textAt(notes, map, 'protocol')?.value ?? 'TCP').toLowerCase(),
      published: hostPort !== undefined && !loopback.test(hostAddress ?? ''),
      at,
    }
  })

const sources = ['configMapKeyRef', 'fieldRef', 'fileKeyRef', 'resourceFieldRef', 'secretKeyRef']

const readEnvironment = (notes: Notes, container: YamlMap): readonly EnvironmentVariable[] => [
  ...mapsAt(notes, container, 'envFrom').map(({ map, at }) => {
    const prefix = textAt(notes, map, 'prefix')?.value ?? ''
    return { name: `${prefix}*`, value: undefined, from: fieldOf(map, 'secretRef') ? 'secretRef' : 'configMapRef', at }
  }),
  ...mapsAt(notes, container, 'env').map(({ map, at }) => {
    const name = textAt(notes, map, 'name')?.value ?? ''
    const from = mapAt(notes, map, 'valueFrom')
    if (from) return { name, value: undefined, from: sources.find(source => fieldOf(from, source)) ?? 'valueFrom', at }
    const value = textAt(notes, map, 'value')?.value
    const node = fieldOf(map, 'value')?.value
    // What is not text is refused and told of; what is missing is empty.
    if (value === undefined || !node) return { name, value: node ? undefined : '', at }
    return { name, value, at, written: { value, at: locationOf(resolved(node) ?? node) } }
  }),
]

const probeHosts = (notes: Notes, container: YamlMap): readonly Setting<string>[] => {
  const lifecycle = mapAt(notes, container, 'lifecycle')
  const handlers = [
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].map(name => mapAt(notes, container, name)),
    ...['postStart', 'preStop'].map(name => mapAt(notes, lifecycle, name)),
  ]
  return handlers.flatMap(handler =>
    ['httpGet', 'tcpSocket'].flatMap(name => {
      const host = textAt(notes, mapAt(notes, handler, name), 'host')
      return host && host.value !== '' ? [host] : []
    }),
  )
}
