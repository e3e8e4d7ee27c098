/** Every control of the Pod Security Standards, through the reader: each allowed value, forbidden ones, in each kind of container. */
import { describe, expect, test } from 'vitest'
import type { Container } from '../model/container.ts'
import { readManifests } from '../read/kubernetes/read-manifests.ts'
import { readYaml } from '../read/yaml/tree.ts'
import { judgeContainers } from './judge-container.ts'
import { type PodSecurityControl, type PodSecurityVersion, podSecurity, podSecurityControls } from './pod-security.ts'
import { containerRules } from './rules/container-registry.ts'

const kinds = { main: 'containers', init: 'initContainers', ephemeral: 'ephemeralContainers' } as const
type Kind = keyof typeof kinds

type Fields = Readonly<Record<string, unknown>>
type Case = {
  /** Merged into the pod's spec, the container, their securityContexts. */
  readonly pod?: Fields
  readonly podSecurity?: Fields
  readonly container?: Fields
  readonly security?: Fields
  readonly annotations?: Fields
}

/** What the restricted standard asks for, and the rules of containers besides. */
const strict = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  runAsUser: 10001,
  seccompProfile: { type: 'RuntimeDefault' },
  readOnlyRootFilesystem: true,
}

/** A pod with a container of each kind, which the case changes in one of them. */
const podWith = (kind: Kind, one: Case): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', ...(one.annotations ? { annotations: one.annotations } : {}) },
    spec: {
      automountServiceAccountToken: false,
      ...one.pod,
      ...(one.podSecurity ? { securityContext: one.podSecurity } : {}),
      ...Object.fromEntries(
        Object.entries(kinds).map(([name, list]) => [
          list,
          [
            {
              name,
              image: 'web:1',
              resources: { requests: { cpu: 1 }, limits: { memory: '1Gi' } },
              ...(name === kind ? one.container : {}),
              securityContext: { ...strict, ...(name === kind ? one.security : {}) },
            },
          ],
        ]),
      ),
    },
  })

const read = (kind: Kind, one: Case): readonly Container[] => readManifests(readYaml('pod.yaml', podWith(kind, one))).containers

const controlsIn = (containers: readonly Container[], version?: PodSecurityVersion): readonly PodSecurityControl[] => [
  ...new Set(containers.flatMap(one => podSecurity(one, version)).map(({ control }) => control)),
]

/** What runs without configuration. */
const running = new Map(
  Object.entries(containerRules)
    .filter(([, { profile }]) => profile === 'default')
    .map(([id, rule]) => [id, { rule, options: undefined, severity: undefined }]),
)

const reported = (containers: readonly Container[]): readonly string[] =>
  judgeContainers(
    containers,
    running,
    () => ({
      today: '2026-11-26',
      neighbours: containers,
      manifests: undefined,
      imageOf: () => undefined,
      allowedRegistries: undefined,
    }),
    () => '',
  ).judged.map(({ finding }) => finding.rule)

const hostPort = (port: unknown): Case => ({
  container: { ports: [{ containerPort: 80, ...(port === undefined ? {} : { hostPort: port }) }] },
})
const add = (...names: readonly string[]): Case => ({ security: { capabilities: { drop: ['ALL'], add: names } } })
const volume = (source: Fields): Case => ({ pod: { volumes: [{ name: 'data', ...source }] } })
const sysctl = (name: string): Case => ({ podSecurity: { sysctls: [{ name, value: '1' }] } })
const seLinux = (options: Fields): Case => ({ security: { seLinuxOptions: options } })
const undefinedSecurity = (name: keyof typeof strict): Case => ({ security: { [name]: undefined } })

const baselineCapabilities =
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(' ')
const otherCapabilities =
  'ALL AUDIT_CONTROL AUDIT_READ BLOCK_SUSPEND BPF CHECKPOINT_RESTORE DAC_READ_SEARCH IPC_LOCK IPC_OWNER LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE NET_ADMIN NET_BROADCAST NET_RAW PERFMON SYSLOG SYS_ADMIN SYS_BOOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM MADE_UP'.split(
    ' ',
  )
const forbiddenVolumes =
  'awsElasticBlockStore azureDisk azureFile cephfs cinder fc flexVolume flocker gcePersistentDisk gitRepo glusterfs iscsi nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume'.split(
    ' ',
  )

type Control = {
  /** The rule that reports it. */
  readonly rule: string
  readonly allowed: readonly Case[]
  readonly forbidden: readonly Case[]
  /** Controls that the forbidden values break too. */
  readonly also?: readonly PodSecurityControl[]
}

const controls: Readonly<Record<PodSecurityControl, Control>> = {
  hostProcess: {
    rule: 'container/host-process',
    allowed: [{}, { security: { windowsOptions: {} } }, { security: { windowsOptions: { hostProcess: false } } }],
    forbidden: [
      { security: { windowsOptions: { hostProcess: true } } },
      { podSecurity: { windowsOptions: { hostProcess: true } } },
    ],
  },
  hostNamespaces: {
    rule: 'container/namespace-host',
    allowed: [{}, ...['hostPID', 'hostIPC', 'hostNetwork'].map(name => ({ pod: { [name]: false } }))],
    forbidden: ['hostPID', 'hostIPC'].map(name => ({ pod: { [name]: true } })),
  },
  privileged: {
    rule: 'container/privileged',
    allowed: [{}, { security: { privileged: false } }],
    forbidden: [{ security: { privileged: true, allowPrivilegeEscalation: true } }],
    also: ['privilegeEscalation'],
  },
  capabilities: {
    rule: 'container/capability-added',
    allowed: [{}, add(), add('NET_BIND_SERVICE')],
    forbidden: otherCapabilities.map(name => add(name)),
    also: ['capabilitiesDropped', 'privilegeEscalation'],
  },
  hostPath: {
    rule: 'container/host-path',
    allowed: [{}, volume({ emptyDir: {} })],
    forbidden: [
      volume({ hostPath: { path: '/srv/data' } }),
      { ...volume({ hostPath: { path: '/srv/data' } }), container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] } },
      {
        ...volume({ hostPath: { path: '/etc/localtime' } }),
        container: { volumeMounts: [{ name: 'data', mountPath: '/t', readOnly: true }] },
      },
    ],
    also: ['volumeTypes'],
  },
  hostPorts: {
    rule: 'container/port-exposed',
    allowed: [{}, hostPort(undefined), hostPort(0)],
    forbidden: [hostPort(80), hostPort(8080), hostPort(65_535)],
  },
  hostProbes: {
    rule: 'container/probe-host',
    allowed: [
      {},
      { container: { livenessProbe: { httpGet: { port: 80 } } } },
      { container: { livenessProbe: { httpGet: { port: 80, host: '' } } } },
      { container: { readinessProbe: { tcpSocket: { port: 80, host: '' } } } },
      { container: { lifecycle: { preStop: { httpGet: { port: 80, host: '' } } } } },
    ],
    forbidden: ['127.0.0.1', '169.254.169.254', 'example.com'].flatMap(host => [
      ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap(probe =>
        ['httpGet', 'tcpSocket'].map(action => ({ container: { [probe]: { [action]: { port: 80, host } } } })),
      ),
      ...['postStart', 'preStop'].flatMap(event =>
        ['httpGet', 'tcpSocket'].map(action => ({ container: { lifecycle: { [event]: { [action]: { port: 80, host } } } } })),
      ),
    ]),
  },
  appArmor: {
    rule: 'container/apparmor-unconfined',
    allowed: [
      {},
      ...['RuntimeDefault', 'Localhost'].flatMap(type => [
        { security: { appArmorProfile: { type, localhostProfile: 'web' } } },
        { podSecurity: { appArmorProfile: { type, localhostProfile: 'web' } } },
      ]),
      ...['runtime/default', 'localhost/web', ''].map(text => ({
        annotations: Object.fromEntries(
          Object.keys(kinds).map(name => [`container.apparmor.security.beta.kubernetes.io/${name}`, text]),
        ),
      })),
    ],
    forbidden: [
      { security: { appArmorProfile: { type: 'Unconfined' } } },
      { podSecurity: { appArmorProfile: { type: 'Unconfined' } } },
    ],
  },
  seLinux: {
    rule: 'container/selinux-label',
    allowed: [
      {},
      ...['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'].map(type => seLinux({ type })),
      seLinux({ level: 's0:c1,c2' }),
      seLinux({ user: '', role: '' }),
    ],
    forbidden: [
      seLinux({ type: 'spc_t' }),
      seLinux({ type: 'constructor' }),
      seLinux({ user: 'system_u' }),
      seLinux({ role: 'system_r' }),
    ].flatMap(one => [one, { podSecurity: one.security! }]),
  },
  procMount: {
    rule: 'container/system-paths-unmasked',
    allowed: [{}, { security: { procMount: 'Default' } }],
    forbidden: [{ security: { procMount: 'Unmasked' } }],
    also: ['procMountRequired'],
  },
  seccomp: {
    rule: 'container/seccomp-unconfined',
    allowed: [
      {},
      ...['RuntimeDefault', 'Localhost'].map(type => ({ security: { seccompProfile: { type, localhostProfile: 'web.json' } } })),
    ],
    forbidden: [
      { security: { seccompProfile: { type: 'Unconfined' } } },
      { podSecurity: { seccompProfile: { type: 'Unconfined' } }, security: { seccompProfile: undefined } },
    ],
    also: ['seccompRequired'],
  },
  sysctls: {
    rule: 'container/sysctl-unsafe',
    allowed: [
      {},
      ...'kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.ip_unprivileged_port_start net.ipv4.tcp_syncookies net.ipv4.ping_group_range net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes'
        .split(' ')
        .map(sysctl),
    ],
    forbidden: [
      'kernel.msgmax',
      'kernel.core_pattern',
      'net.core.somaxconn',
      'net.ipv4.ip_forward',
      'vm.swappiness',
      'constructor',
    ].map(sysctl),
  },
  volumeTypes: {
    rule: 'container/volume-type',
    allowed: [
      {},
      volume({ configMap: { name: 'x' } }),
      volume({ csi: { driver: 'x' } }),
      volume({ downwardAPI: {} }),
      volume({ emptyDir: {} }),
      volume({ ephemeral: {} }),
      volume({ persistentVolumeClaim: { claimName: 'x' } }),
      volume({ projected: {} }),
      volume({ secret: { secretName: 'x' } }),
    ],
    forbidden: forbiddenVolumes.map(kind => volume({ [kind]: {} })),
  },
  privilegeEscalation: {
    rule: 'container/new-privileges',
    allowed: [{}],
    forbidden: [{ security: { allowPrivilegeEscalation: true } }, undefinedSecurity('allowPrivilegeEscalation')],
  },
  runAsNonRoot: {
    rule: 'container/user-root',
    allowed: [{}, { podSecurity: { runAsNonRoot: true }, security: { runAsNonRoot: undefined } }],
    forbidden: [
      { security: { runAsNonRoot: false } },
      undefinedSecurity('runAsNonRoot'),
      { security: { runAsNonRoot: undefined, runAsUser: undefined } },
      { podSecurity: { runAsNonRoot: true }, security: { runAsNonRoot: false } },
    ],
  },
  runAsUser: {
    rule: 'container/user-root',
    allowed: [{}, undefinedSecurity('runAsUser'), { security: { runAsUser: 1 } }, { security: { runAsUser: 4_294_967_295 } }],
    forbidden: [{ security: { runAsUser: 0 } }, { podSecurity: { runAsUser: 0 }, security: { runAsUser: undefined } }],
  },
  seccompRequired: {
    rule: 'container/seccomp-unset',
    allowed: [{}, { podSecurity: { seccompProfile: { type: 'RuntimeDefault' } }, security: { seccompProfile: undefined } }],
    forbidden: [undefinedSecurity('seccompProfile')],
  },
  capabilitiesDropped: {
    rule: 'container/capability-not-dropped',
    allowed: [{}, { security: { capabilities: { drop: ['NET_RAW', 'ALL'] } } }, add('NET_BIND_SERVICE')],
    forbidden: [
      undefinedSecurity('capabilities'),
      { security: { capabilities: {} } },
      { security: { capabilities: { drop: ['NET_RAW', 'CHOWN'] } } },
    ],
  },
  procMountRequired: {
    rule: 'container/system-paths-unmasked',
    allowed: [{ security: { procMount: 'Default' } }],
    // In a user namespace the baseline allows it.
    forbidden: [{ pod: { hostUsers: false }, security: { procMount: 'Unmasked' } }],
  },
}

describe.each(Object.entries(controls) as readonly (readonly [PodSecurityControl, Control])[])(
  '%s',
  (control, { rule, allowed, forbidden, also = [] }) => {
    describe.each(Object.keys(kinds) as readonly Kind[])('in the %s container', kind => {
      test.each(allowed)('allowed: %j', one => {
        const containers = read(kind, one)
        expect(containers).toHaveLength(3)
        expect(controlsIn(containers)).toEqual([])
        expect(reported(containers)).toEqual([])
      })
      test.each(forbidden)('forbidden: %j', one => {
        const containers = read(kind, one)
        const found = controlsIn(containers)
        expect(found).toContain(control)
        expect(found.filter(other => other !== control && !also.includes(other))).toEqual([])
        expect(reported(containers)).toContain(rule)
      })
    })
  },
)

test('the network of the host', () => {
  const containers = read('main', { pod: { hostNetwork: true } })
  expect(controlsIn(containers)).toEqual(['hostNamespaces'])
  expect(reported(containers)).toContain('container/network-host')
})

test.each(baselineCapabilities)('%s may be added at baseline, and not at restricted', name => {
  for (const kind of Object.keys(kinds) as readonly Kind[]) {
    const containers = read(kind, add(name))
    expect(controlsIn(containers)).toEqual(name === 'NET_BIND_SERVICE' ? [] : ['capabilitiesDropped'])
    expect(reported(containers)).toEqual(name === 'NET_BIND_SERVICE' ? [] : ['container/capability-added'])
  }
})

test.each([
  ['runAsNonRoot', { runAsNonRoot: false }, { runAsNonRoot: true }],
  ['runAsUser', { runAsUser: 0 }, { runAsUser: 10_001 }],
  ['seccomp', { seccompProfile: { type: 'Unconfined' } }, { seccompProfile: { type: 'RuntimeDefault' } }],
  ['appArmor', { appArmorProfile: { type: 'Unconfined' } }, { appArmorProfile: { type: 'RuntimeDefault' } }],
  ['seLinux', { seLinuxOptions: { type: 'spc_t' } }, { seLinuxOptions: { type: 'container_t' } }],
] as const)('%s of the pod counts where every container says otherwise', (control, pod, own) => {
  const text = JSON.parse(podWith('main', { podSecurity: pod })) as { spec: Record<string, { securityContext: object }[]> }
  for (const list of Object.values(kinds)) for (const one of text.spec[list]!) Object.assign(one.securityContext, own)
  const { containers } = readManifests(readYaml('pod.yaml', JSON.stringify(text)))
  expect(controlsIn(containers)).toContain(control)
  expect(reported(containers)).toEqual(['container/pod-setting-forbidden'])
})

describe('versions', () => {
  const at = (version: PodSecurityVersion, one: Case) => controlsIn(read('main', one), version)
  test.each([
    ['net.ipv4.ip_local_reserved_ports', 27],
    ['net.ipv4.tcp_keepalive_time', 29],
    ['net.ipv4.tcp_fin_timeout', 29],
    ['net.ipv4.tcp_keepalive_intvl', 29],
    ['net.ipv4.tcp_keepalive_probes', 29],
    ['net.ipv4.tcp_rmem', 32],
    ['net.ipv4.tcp_wmem', 32],
  ])('%s may be set since 1.%i', (name, minor) => {
    expect(at(minor - 1, sysctl(name))).toEqual(['sysctls'])
    expect(at(minor, sysctl(name))).toEqual([])
    expect(at('latest', sysctl(name))).toEqual([])
  })
  test('container_engine_t since 1.31', () => {
    expect(at(30, seLinux({ type: 'container_engine_t' }))).toEqual(['seLinux'])
    expect(at(31, seLinux({ type: 'container_engine_t' }))).toEqual([])
  })
  test('hosts of probes are forbidden since 1.34', () => {
    const one = { container: { livenessProbe: { httpGet: { port: 80, host: '10.0.0.1' } } } }
    expect(at(33, one)).toEqual([])
    expect(at(34, one)).toEqual(['hostProbes'])
  })
  test('a user namespace allows root since 1.35', () => {
    const one = { pod: { hostUsers: false }, security: { runAsNonRoot: false, runAsUser: 0 } }
    expect(at(34, one)).toEqual(['runAsNonRoot', 'runAsUser'])
    expect(at(35, one)).toEqual([])
    expect(at(35, { ...one, pod: { hostUsers: true } })).toEqual(['runAsNonRoot', 'runAsUser'])
  })
  test('Windows needs no settings of Linux since 1.25', () => {
    const one = {
      pod: { os: { name: 'windows' } },
      security: { allowPrivilegeEscalation: undefined, capabilities: undefined, seccompProfile: undefined },
    }
    expect(at(24, one)).toEqual(['privilegeEscalation', 'seccompRequired', 'capabilitiesDropped'])
    expect(controlsIn(read('main', one).slice(0, 1), 25)).toEqual([])
  })
})

test('every control has a level', () => {
  expect(Object.keys(podSecurityControls)).toEqual(Object.keys(controls))
})
