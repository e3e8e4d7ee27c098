/**
 * A profile as objects of Kubernetes: a Deployment for an image or a service, a patch (`kubectl patch --patch-file`, Kustomize) for a pod that is there
 * already; and NetworkPolicies. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
 */
import { podSecurity } from '../../judge/pod-security.ts'
import type { Container, Pod } from '../../model/container.ts'
import { type AnnotatedEntry, type AnnotatedMap, entry, list, map, oneLine, plainList, showStream } from './annotated-yaml.ts'
import { apparmorName } from './apparmor.ts'
import { listeningPorts } from './capabilities.ts'
import { type NetworkSubject, networkPolicies } from './network-policies.ts'
import type { Profile } from './profile.ts'
import { objectName, type ProfileSubject } from './subject.ts'

export type KubernetesChoice = {
  /** Undefined: it has no labels to select it by. */
  readonly network: NetworkSubject | undefined
  /** The pod to patch, with the name of its container. */
  readonly patch?: { readonly pod: Pod; readonly container: string }
}

/** The kinds that can be patched: where the pod stands in them, and their apiVersion. */
const kinds: Readonly<Record<string, { readonly apiVersion: string; readonly way: readonly string[] }>> = {
  Pod: { apiVersion: 'v1', way: [] },
  Deployment: { apiVersion: 'apps/v1', way: ['spec', 'template'] },
  StatefulSet: { apiVersion: 'apps/v1', way: ['spec', 'template'] },
  DaemonSet: { apiVersion: 'apps/v1', way: ['spec', 'template'] },
  ReplicaSet: { apiVersion: 'apps/v1', way: ['spec', 'template'] },
  ReplicationController: { apiVersion: 'v1', way: ['spec', 'template'] },
  Job: { apiVersion: 'batch/v1', way: ['spec', 'template'] },
  CronJob: { apiVersion: 'batch/v1', way: ['spec', 'jobTemplate', 'spec', 'template'] },
}
export const canPatch = ({ kind }: Pick<Pod, 'kind'>): boolean => Object.hasOwn(kinds, kind)

export const labelsOf = (name: string): Readonly<Record<string, string>> => ({ 'app.kubernetes.io/name': name })

export const showKubernetes = (profile: Profile, { network, patch }: KubernetesChoice): string => {
  const { subject, notes } = profile
  const root = patch ? patchOf(profile, patch.pod, patch.container) : deployment(profile)
  return showStream([
    {
      root,
      notes: [
        `The least privilege that is known of ${subject.imageName ?? subject.name} without starting it: what the Pod Security Standard “restricted” asks for, and more.`,
        ...(patch ? ['A patch: kubectl patch --local -f FILE --patch-file THIS, or as a patch of Kustomize.'] : []),
        ...notes.map(note => `- ${note}`),
        ...(patch ? remaining(profile).map(note => `- left as it is: ${note}`) : []),
        ...(subject.container && !patch ? ['- variables, secrets and mounts of the service are not converted'] : []),
        '- not here: a limit for processes. The kubelet has one for all pods of its node (podPidsLimit)',
        ...(network ? [] : ['- no NetworkPolicy: the pod has no labels, and a policy without a selector means every pod']),
      ],
    },
    ...(network ? networkPolicies(network) : []),
  ])
}

/** What a patch of one container leaves: what else is on its volumes and ports, and what its pod says for all of its containers. */
const remaining = ({ subject: { container: given }, user, selinux }: Profile): readonly string[] => {
  if (!given) return []
  const own = (value: string): string => (value === 'host' ? 'private' : value)
  const patched: Container = {
    ...given,
    user: { value: String(user.uid) },
    runAsNonRoot: { value: true },
    privileged: { value: false },
    capAdd: [],
    capDrop: [{ value: 'ALL' }],
    noNewPrivileges: { value: true },
    seccomp: { value: 'default' },
    apparmor: { value: 'default' },
    selinux: { value: { disabled: false, type: selinux.value } },
    systemPaths: { value: 'masked' },
    network: { value: own(given.network.value) },
    pid: { value: own(given.pid.value) },
    ipc: { value: own(given.ipc.value) },
  }
  const shared = given.pod?.shareProcessNamespace.value ? ['the containers of the pod see each other’s processes'] : []
  return [...new Set([...podSecurity(patched).map(({ message }) => message), ...shared])]
}

const deployment = (profile: Profile): AnnotatedMap => {
  const { name } = profile.subject
  const labels = map(...Object.entries(labelsOf(name)).map(([key, value]) => entry(key, value)))
  return map(
    entry('apiVersion', 'apps/v1'),
    entry('kind', 'Deployment'),
    entry('metadata', map(entry('name', name), entry('labels', labels))),
    entry(
      'spec',
      map(
        entry('selector', map(entry('matchLabels', labels))),
        entry('template', map(entry('metadata', map(entry('labels', labels))), entry('spec', podSpec(profile, name, true)))),
      ),
    ),
  )
}

const patchOf = (profile: Profile, pod: Pod, container: string): AnnotatedMap => {
  const kind = kinds[pod.kind]!
  const inner = map(entry('spec', podSpec(profile, container, false)))
  const whole = kind.way.toReversed().reduce<AnnotatedMap>((value, key) => map(entry(key, value)), inner)
  return map(
    entry('apiVersion', kind.apiVersion),
    entry('kind', pod.kind),
    entry('metadata', map(entry('name', pod.name), pod.namespace === undefined ? undefined : entry('namespace', pod.namespace))),
    ...whole.entries,
  )
}

const podSpec = (profile: Profile, containerName: string, isWhole: boolean): AnnotatedMap => {
  const { user, capabilities, writable, namespaces } = profile
  const { unprivilegedPort } = capabilities
  const foreign = new Map(namespaces.map(({ value, why }) => [value, why]))
  const folders = [
    ...writable.scratch.map(({ value, size, why }) => ({ path: value, name: `scratch-${objectName(value)}`, why, size })),
    ...writable.volumes.map(({ value, why }) => ({ path: value, name: `data-${objectName(value)}`, why, size: undefined })),
  ]
  const not = (key: string, field: 'network' | 'pid' | 'ipc'): AnnotatedEntry | undefined =>
    foreign.has(field) ? entry(key, false, foreign.get(field)!) : undefined
  return map(
    entry('automountServiceAccountToken', false, 'most programs never speak to the cluster; whoever breaks in would'),
    not('hostNetwork', 'network'),
    not('hostPID', 'pid'),
    not('hostIPC', 'ipc'),
    entry(
      'securityContext',
      map(
        ...(isWhole
          ? [
              entry('runAsNonRoot', true, 'the kubelet refuses to start it as root'),
              entry('seccompProfile', seccomp(profile), seccompWhy(profile)),
            ]
          : []),
        entry('fsGroup', user.gid === 0 ? user.uid : user.gid, 'volumes are writable for this group'),
        unprivilegedPort === undefined
          ? undefined
          : entry(
              'sysctls',
              plainList([
                map(entry('name', 'net.ipv4.ip_unprivileged_port_start'), entry('value', String(unprivilegedPort.value))),
              ]),
              unprivilegedPort.why,
            ),
      ),
    ),
    entry('containers', plainList([container(profile, containerName, isWhole, folders)])),
    folders.length === 0
      ? undefined
      : entry(
          'volumes',
          list(
            folders.map(({ name, size, path }) => ({
              value: map(
                entry('name', name),
                entry('emptyDir', map(...(size === undefined ? [] : [entry('sizeLimit', `${size}Mi`)]))),
              ),
              ...(size === undefined
                ? { why: `${path} is lost with the pod: put a PersistentVolumeClaim here for what has to stay` }
                : {}),
            })),
          ),
        ),
  )
}

const container = (
  profile: Profile,
  name: string,
  isWhole: boolean,
  folders: readonly { readonly path: string; readonly name: string; readonly why: string }[],
): AnnotatedMap => {
  const { subject, user, capabilities, limits, selinux, files } = profile
  const given = subject.container
  const ports = isWhole ? listeningPorts(subject) : []
  const probe = isWhole ? healthCommand(subject) : undefined
  return map(
    entry('name', name),
    isWhole ? entry('image', subject.imageName ?? 'IMAGE') : undefined,
    user.command
      ? entry('command', plainList(user.command), 'the image’s own, without the program that gives up root')
      : undefined,
    ports.length === 0
      ? undefined
      : entry(
          'ports',
          plainList(ports.map(({ port, protocol }) => map(entry('containerPort', port), entry('protocol', protocol)))),
        ),
    entry(
      'securityContext',
      map(
        entry('runAsNonRoot', true, 'the kubelet refuses to start it as root'),
        entry('runAsUser', user.uid, user.why),
        entry('runAsGroup', user.gid),
        given?.privileged.value ? entry('privileged', false, 'it may do with the node what root may') : undefined,
        entry('allowPrivilegeEscalation', false, capabilities.noNewPrivileges.why),
        entry(
          'capabilities',
          map(
            entry('drop', plainList(['ALL']), capabilities.dropWhy),
            capabilities.add.length > 0 || (given?.capAdd.length ?? 0) > 0
              ? entry('add', list(capabilities.add.map(({ value, why }) => ({ value, why }))))
              : undefined,
          ),
        ),
        entry('readOnlyRootFilesystem', true, 'an attacker changes no program and leaves nothing behind'),
        given?.systemPaths.value === 'unmasked'
          ? entry('procMount', 'Default', 'it saw what the runtime hides in /proc')
          : undefined,
        entry('seccompProfile', seccomp(profile), seccompWhy(profile)),
        files.apparmor === undefined
          ? given?.apparmor.value === 'unconfined'
            ? entry('appArmorProfile', map(entry('type', 'RuntimeDefault')), 'it was unconfined')
            : undefined
          : entry(
              'appArmorProfile',
              map(entry('type', 'Localhost'), entry('localhostProfile', apparmorName(subject))),
              `load it first, on each node: apparmor_parser -r -W ${oneLine(files.apparmor)}; as a field since Kubernetes 1.30`,
            ),
        entry('seLinuxOptions', map(entry('type', selinux.value)), selinux.why),
      ),
    ),
    entry(
      'resources',
      map(
        entry(
          'requests',
          map(entry('cpu', cores(limits.requests.cpus)), entry('memory', `${limits.requests.memory}Mi`)),
          'what is kept free for it on its node',
        ),
        entry(
          'limits',
          map(
            entry('cpu', cores(limits.cpus.value), limits.cpus.why),
            entry('memory', `${limits.memory.value}Mi`, limits.memory.why),
          ),
        ),
      ),
    ),
    probe
      ? entry(
          'livenessProbe',
          map(entry('exec', map(entry('command', plainList(probe))))),
          'the image’s health check, which Kubernetes does not look at by itself',
        )
      : undefined,
    folders.length === 0
      ? undefined
      : entry(
          'volumeMounts',
          list(
            folders.map(({ path, name: volume, why }) => ({ value: map(entry('name', volume), entry('mountPath', path)), why })),
          ),
        ),
  )
}

const cores = (value: number): string => `${Math.max(1, Math.round(value * 1000))}m`

const seccompFile = (file: string): string => `${objectName(file.slice(file.lastIndexOf('/') + 1).replace(/\.json$/, ''))}.json`

const seccomp = ({ files }: Profile): AnnotatedMap =>
  files.seccomp === undefined
    ? map(entry('type', 'RuntimeDefault'))
    : map(entry('type', 'Localhost'), entry('localhostProfile', `profiles/${seccompFile(files.seccomp)}`))

const seccompWhy = ({ files }: Profile): string =>
  files.seccomp === undefined
    ? 'the runtime’s filter of system calls; Kubernetes has none by itself'
    : `copy ${files.seccomp} to /var/lib/kubelet/seccomp/profiles/${seccompFile(files.seccomp)} on each node`

/** `CMD a b` and `CMD-SHELL text`. https://docs.docker.com/reference/dockerfile/#healthcheck */
const healthCommand = ({ image, container: given }: ProfileSubject): readonly string[] | undefined => {
  const [kind, ...words] = image?.config?.healthcheck ?? []
  if (given?.healthcheck.value === 'disabled' || given?.healthcheck.value === 'defined' || words.length === 0) return undefined
  return kind === 'CMD' ? words : kind === 'CMD-SHELL' ? ['sh', '-c', words.join(' ')] : undefined
}
