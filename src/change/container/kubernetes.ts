/**
 * Wishes → edits of Kubernetes' manifests, in YAML or JSON. What a container can say stands in its own securityContext; a setting that was written is changed
 * where it stands.
 */
import type { Container, Wish } from '../../model/container.ts'
import type { Edit, Location } from '../../model/finding.ts'
import type { Span } from '../../model/text.ts'
import type { ReadManifests } from '../../read/kubernetes/read-manifests.ts'
import type { ContainerNodes } from '../../read/kubernetes/read-pod.ts'
import { get } from '../../read/yaml/fields.ts'
import type { YamlMap, YamlStream } from '../../read/yaml/tree.ts'
import { NotExact, Shared, YamlSplices } from './edits.ts'

/** Throws NotExact. */
export const kubernetesEdits = (
  wishes: readonly Wish[],
  container: Container,
  stream: YamlStream,
  nodeOf: ReadManifests['nodeOf'],
): readonly Edit[] => {
  const nodes = nodeOf.get(container)
  if (!nodes) throw new NotExact('no file declares the container by itself')
  const splices = new YamlSplices(stream.file, stream.documents, nodes.container.span)
  const writer = new Writer(splices, container, nodes)
  for (const wish of wishes) writer.write(wish)
  return splices.edits()
}

/** Kinds whose pods are what Kubernetes itself defines: in others nobody knows what else a pod may say. */
const builtIn =
  /^(?:Pod|PodTemplate|ReplicationController|Deployment|DeploymentConfig|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob)$/

/** What pods of Windows have as well. */
const everywhere: ReadonlySet<string> = new Set(['runAsNonRoot', 'pullPolicy', 'automountToken', 'memory', 'cpus'])

const propagations: Readonly<Record<string, string>> = {
  rslave: 'HostToContainer',
  slave: 'HostToContainer',
}

class Writer {
  readonly #splices: YamlSplices
  readonly #container: Container
  readonly #own: YamlMap
  readonly #pod: YamlMap
  readonly #claims: readonly string[]

  constructor(splices: YamlSplices, container: Container, { container: own, pod, claims }: ContainerNodes) {
    this.#splices = splices
    this.#container = container
    this.#own = own
    this.#pod = pod
    this.#claims = claims
  }

  write(wish: Wish): void {
    const container = this.#container
    if (wish.do === 'remove') this.#splices.remove(spanOf(wish.at), new Set([this.#own, this.#pod, ...this.#metadata()]))
    else if (wish.do === 'change') this.#change(wish)
    else if (container.os === 'windows' && !everywhere.has(wish.field)) throw new NotExact('Windows has no such setting')
    else if (wish.do === 'add') this.#add(wish)
    else this.#set(wish)
  }

  #set(wish: Extract<Wish, { do: 'set' }>): void {
    const container = this.#container
    switch (wish.field) {
      case 'noNewPrivileges':
        // The API refuses the two together.
        if (container.privileged.value || container.capAdd.some(({ value }) => value === 'SYS_ADMIN' || value === 'ALL'))
          throw new NotExact('Kubernetes refuses it beside `privileged` and SYS_ADMIN')
        this.#security('allowPrivilegeEscalation', false)
        return
      case 'readOnlyRoot':
        this.#security('readOnlyRootFilesystem', true)
        return
      case 'runAsNonRoot':
        this.#security('runAsNonRoot', true)
        return
      case 'privileged':
        this.#security('privileged', false)
        return
      case 'user':
        if (!/^\d+$/.test(wish.value)) throw new NotExact('Kubernetes wants a number')
        this.#security('runAsUser', Number(wish.value))
        return
      case 'seccomp':
        this.#seccomp()
        return
      case 'pullPolicy':
        this.#ownMap()
        this.#splices.set(this.#own, ['imagePullPolicy'], wish.value)
        return
      case 'automountToken':
        this.#podMap()
        this.#splices.set(this.#pod, ['automountServiceAccountToken'], false)
        return
      case 'memory':
      case 'cpus':
        if (container.role === 'ephemeral') throw new NotExact('an ephemeral container has no limits of its own')
        this.#ownMap()
        this.#splices.set(this.#own, ['resources', 'limits', wish.field === 'cpus' ? 'cpu' : 'memory'], wish.value)
        return
      case 'restart':
      case 'pids':
        throw new NotExact('a container of a pod has no such field')
    }
  }

  /** In the container's own context; a setting of the pod holds for what says nothing. */
  #security(name: string, value: boolean | number): void {
    this.#ownMap()
    this.#splices.set(this.#own, ['securityContext', name], value)
  }

  #seccomp(): void {
    const { at, value, profile } = this.#container.seccomp
    const context = get(this.#pod, 'securityContext')
    const isOfPod = at?.in === 'file' && context !== undefined && within(at.span, context.span)
    if (profile !== undefined || value === 'localhost') throw new NotExact('it names a profile of its own')
    if (isOfPod) {
      this.#podMap()
      this.#splices.set(this.#pod, ['securityContext', 'seccompProfile', 'type'], 'RuntimeDefault')
      return
    }
    this.#ownMap()
    this.#splices.set(this.#own, ['securityContext', 'seccompProfile', 'type'], 'RuntimeDefault')
  }

  #add(wish: Extract<Wish, { do: 'add' }>): void {
    this.#ownMap()
    if (wish.field === 'tmpfs') {
      this.#podMap()
      const taken = new Set([...(this.#container.pod?.volumes.map(({ value }) => value.name) ?? []), ...this.#claims])
      for (const path of wish.value) {
        const name = freeName(path, taken)
        taken.add(name)
        this.#splices.add(this.#pod, ['volumes'], [{ name, emptyDir: {} }])
        this.#splices.add(this.#own, ['volumeMounts'], [{ name, mountPath: path }])
      }
      return
    }
    const known = this.#container[wish.field].map(({ value }) => value)
    const missing = wish.value.filter(value => !known.includes(value))
    if (missing.length > 0)
      this.#splices.add(this.#own, ['securityContext', 'capabilities', wish.field === 'capDrop' ? 'drop' : 'add'], missing)
  }

  #change(wish: Extract<Wish, { do: 'change' }>): void {
    const item = this.#splices.itemAt(spanOf(wish.at))
    if (item.kind !== 'map') throw new Shared()
    if (wish.what === 'readOnly') this.#splices.set(item, ['readOnly'], true)
    else if (wish.what === 'tmpfs') throw new NotExact('an emptyDir has no such options')
    else if (wish.what === 'hostAddress') this.#splices.set(item, ['hostIP'], wish.value)
    else if (wish.value === 'rprivate') this.#splices.removeField(item, ['mountPropagation'])
    else {
      const name = propagations[wish.value]
      if (name === undefined) throw new NotExact('Kubernetes has no such propagation')
      this.#splices.set(item, ['mountPropagation'], name)
    }
  }

  #ownMap(): void {
    this.#splices.own(this.#own)
  }

  #podMap(): void {
    if (!builtIn.test(this.#container.pod?.kind ?? '')) throw new NotExact('only a pod of a known kind is changed as a whole')
    this.#splices.own(this.#pod)
  }

  /** What holds the pod, for annotations: none of it may become empty. */
  #metadata(): readonly YamlMap[] {
    const root = this.#splices.root
    return root?.kind === 'map' ? [root] : []
  }
}

const spanOf = (at: Location): Span => {
  if (at.in !== 'file') throw new NotExact('it stands in no file')
  return at.span
}

const within = (inner: Span, outer: Span): boolean => outer.start <= inner.start && inner.end <= outer.end

const freeName = (path: string, taken: ReadonlySet<string>): string => {
  const base =
    path
      .replace(/^\/+/, '')
      .replaceAll(/[^a-z0-9]+/gi, '-')
      .toLowerCase()
      .slice(0, 50) || 'data'
  for (let i = 1; ; i++) {
    const name = i === 1 ? base : `${base}-${i}`
    if (!taken.has(name)) return name
  }
}
