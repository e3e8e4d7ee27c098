/** What rules on containers say of settings that are easily missed, and where they are silent. */
import { describe, expect, test } from 'vitest'
import { blankContainer, type Container, type ContainerForm, type Mount, type Port } from '../model/container.ts'
import type { Location } from '../model/finding.ts'
import type { Report } from '../model/rule.ts'
import { type Manifests, noManifests } from '../read/kubernetes/manifests.ts'
import { dockerCapabilities, effectiveCapabilities } from './container-capabilities.ts'
import { engineAt, hostPathDanger, realHostPath } from './container-host-paths.ts'
import type { ContainerFacts } from './container-rule.ts'
import { containerRules } from './rules/container-registry.ts'
import { base62Checksum, sampleText } from './secrets/detector.ts'

const place = (start: number, end = start + 1): Location => ({ in: 'file', path: 'x', span: { start, end } })
const set = <T>(value: T, start = 10) => ({ value, at: place(start) })

const container = (overrides: Partial<Container> = {}, form: ContainerForm = 'compose'): Container => ({
  ...blankContainer(form, 'web', place(0)),
  ...overrides,
})

const pod = (overrides: Partial<NonNullable<Container['pod']>> = {}): NonNullable<Container['pod']> => ({
  kind: 'Pod',
  name: 'web',
  namespace: undefined,
  labels: {},
  serviceAccount: { value: undefined },
  automountToken: { value: undefined },
  shareProcessNamespace: { value: false },
  hostAliases: [],
  volumes: [],
  at: place(0),
  ...overrides,
})

const facts: ContainerFacts = {
  today: '2026-11-26',
  neighbours: [],
  manifests: undefined,
  imageOf: () => undefined,
  allowedRegistries: undefined,
}

const check = (rule: string, one: Container, more: Partial<ContainerFacts> = {}): readonly Report[] => [
  ...(containerRules[rule]!.check(one, undefined, { ...facts, ...more }) as Iterable<Report>),
]

/** The severities of what a rule reports. */
const severities = (rule: string, one: Container, more?: Partial<ContainerFacts>): readonly string[] =>
  check(rule, one, more).map(({ severity }) => severity ?? containerRules[rule]!.severity)

const bind = (source: string, more: Partial<Mount> = {}): Mount => ({
  type: 'bind',
  source,
  target: '/x',
  readOnly: false,
  propagation: 'rprivate',
  options: [],
  at: place(20),
  ...more,
})

const port = (containerPort: number, more: Partial<Port> = {}): Port => ({
  hostAddress: undefined,
  hostPort: containerPort,
  containerPort,
  lastHostPort: containerPort,
  protocol: 'tcp',
  published: true,
  at: place(30),
  ...more,
})

describe('sockets of engines', () => {
  test.each([
    ['/var/run/docker.sock', 'critical'],
    ['/run/docker.sock', 'critical'],
    ['/var/run', 'critical'],
    ['/run', 'critical'],
    ['/var/run/', 'critical'],
    ['/run/containerd', 'critical'],
    ['/run/k3s/containerd/containerd.sock', 'critical'],
    ['/run/crio/crio.sock', 'critical'],
    ['/run/podman', 'critical'],
    ['/run/user/1000', 'critical'],
    ['/run/user/1000/podman/podman.sock', 'critical'],
    ['/home/ann/.docker/run/docker.sock', 'critical'],
    ['/somewhere/docker.sock', 'critical'],
    ['/run/dbus/system_bus_socket', 'high'],
  ])('%s', (source, severity) => {
    for (const readOnly of [false, true]) {
      expect(severities('container/engine-socket', container({ mounts: [bind(source, { readOnly })] }))).toEqual([severity])
      // One report for one mount.
      expect(severities('container/host-path', container({ mounts: [bind(source, { readOnly })] }))).toEqual([])
    }
  })
  test.each(['/srv/data', '/run/app', '/run/docker-app', '/var/runner', './docker', 'docker.sock.d', '/run/nginx.sock'])(
    'not %s',
    source => {
      expect(engineAt(source)).toBeUndefined()
    },
  )
  test('of a proxy in front of it', () => {
    const of = (image: string, overrides: Partial<Container> = {}) => {
      const mounts = [bind('/var/run/docker.sock', { readOnly: true })]
      const [report] = check(
        'container/engine-socket',
        container({ image: set(image as string | undefined), mounts, ...overrides }),
      )
      return { severity: report!.severity ?? 'critical', fix: report!.fix!.title }
    }
    const post = (value: string) => ({ environment: [{ name: 'POST', value, at: place(90) }] })
    for (const image of [
      'tecnativa/docker-socket-proxy:0.3',
      'lscr.io/linuxserver/socket-proxy:3',
      'wollomatic/socket-proxy:1',
    ]) {
      expect(of(image).severity).toBe('medium')
      expect(of(image).fix).not.toContain('socket proxy')
      expect(of(image, post('0')).severity).toBe('medium')
      expect(of(image, post('1')).severity).toBe('high')
      expect(of(image, { command: set(['-allowPOST=/v1\\..{1,2}/containers/.*']) }).severity).toBe('high')
    }
    expect(of('traefik:3', post('0')).severity).toBe('critical')
    expect(of('acme/socket-proxy-tester:1').severity).toBe('critical')
    // The folder around it has more than the socket.
    const folder = container({ image: set('tecnativa/docker-socket-proxy:0.3' as string | undefined), mounts: [bind('/run')] })
    expect(severities('container/engine-socket', folder)).toEqual(['critical'])
  })
  test('pipes of Windows, the API of Compose, the host over TCP', () => {
    const pipe = bind('\\\\.\\pipe\\docker_engine', { type: 'npipe' })
    expect(severities('container/engine-socket', container({ mounts: [pipe] }))).toEqual(['critical'])
    expect(severities('container/engine-socket', container({ apiSocket: set(true) }))).toEqual(['critical'])
    const variable = (value: string) => ({ environment: [{ name: 'DOCKER_HOST', value, at: place(5) }] })
    expect(severities('container/engine-socket', container(variable('tcp://host.docker.internal:2375')))).toEqual(['critical'])
    expect(severities('container/engine-socket', container(variable('tcp://10.0.0.5:2375')))).toEqual(['high'])
    for (const value of [
      'tcp://socket-proxy:2375',
      'tcp://10.0.0.5:2376',
      'unix:///var/run/docker.sock',
      'ssh://ann@10.0.0.5',
      'tcp://127.0.0.1:2375',
    ])
      expect(severities('container/engine-socket', container(variable(value)))).toEqual([])
  })
})

describe('folders of the host', () => {
  test.each([
    ['/', 'critical', 'critical'],
    ['/etc', 'critical', 'high'],
    ['/etc/cron.d', 'critical', 'low'],
    ['/etc/sudoers', 'critical', 'low'],
    ['/etc/systemd/system', 'critical', 'low'],
    ['/etc/ld.so.preload', 'critical', 'low'],
    ['/etc/profile.d', 'critical', 'low'],
    ['/etc/shadow', 'critical', 'high'],
    ['/etc/passwd', 'critical', 'low'],
    ['/etc/letsencrypt', 'high', 'high'],
    ['/etc/ssl/certs', 'high', 'info'],
    // Of one program.
    ['/etc/pihole', 'medium', 'low'],
    ['/etc/dnsmasq.d', 'medium', 'low'],
    ['/etc/nginx/conf.d', 'medium', 'low'],
    ['/etc/exports', 'medium', 'low'],
    ['/etc/cronicle', 'medium', 'low'],
    ['/usr/share/appdata/wireguard/config', 'medium', 'info'],
    ['/usr/bin', 'critical', 'low'],
    ['/usr/local/lib/x', 'critical', 'low'],
    ['/root', 'critical', 'high'],
    ['/root/.ssh', 'high', 'high'],
    ['/root/.bashrc', 'critical', 'high'],
    ['/home/ann/.aws', 'high', 'high'],
    ['~/.kube', 'high', 'high'],
    ['/home', 'high', 'high'],
    ['/proc', 'critical', 'high'],
    ['/proc/sys/kernel', 'critical', 'low'],
    ['/proc/1/ns', 'high', 'high'],
    ['/sys/fs/bpf', 'high', 'low'],
    ['/sys/bus', 'medium', 'low'],
    ['/sys', 'critical', 'medium'],
    ['/dev', 'critical', 'high'],
    ['/boot', 'critical', 'medium'],
    ['/lib/modules', 'critical', 'low'],
    ['/var', 'critical', 'high'],
    ['/var/lib/docker', 'critical', 'high'],
    ['/var/lib/docker/volumes/x/_data', 'critical', 'high'],
    ['/var/lib/kubelet', 'critical', 'critical'],
    ['/var/lib/kubelet/plugins/csi.example.com', 'high', 'low'],
    ['/var/lib/kubelet/pods', 'critical', 'critical'],
    ['/usr/libexec/kubernetes/kubelet-plugins', 'critical', 'low'],
    ['/sys/fs', 'high', 'low'],
    ['/var/log', 'medium', 'medium'],
    ['/var/log/nginx', 'low', 'low'],
    ['/etc/cni/net.d', 'critical', 'medium'],
    ['C:\\', 'critical', 'critical'],
  ])('%s', (source, writable, readable) => {
    expect(severities('container/host-path', container({ mounts: [bind(source)] }))).toEqual([writable])
    expect(severities('container/host-path', container({ mounts: [bind(source, { readOnly: true })] }))).toEqual(
      readable === 'info' ? [] : [readable],
    )
  })
  test.each([
    './data',
    '../data',
    '/root/shop',
    '/srv/data',
    '/opt/app',
    '/data/etc',
    '/etcetera',
    '/home/ann/project',
    '/var/www',
    '${DATA}',
  ])('not %s', source => {
    expect(hostPathDanger(source, false)).toBeUndefined()
  })
  test('a named volume is none, and the time zone is nothing to speak of', () => {
    expect(check('container/host-path', container({ mounts: [bind('etc', { type: 'volume' })] }))).toEqual([])
    expect(check('container/host-path', container({ mounts: [bind('/etc/localtime', { readOnly: true })] }))).toEqual([])
  })
  test('a folder of the node that comes by a claim', () => {
    const mounts = [bind('data', { type: 'volume', volume: 'persistentVolumeClaim', claim: 'data' })]
    const of = (path: string, name = 'data'): readonly unknown[] => {
      const persistentVolumes = [{ name: 'v', path, storageClass: undefined, claim: { name, namespace: 'shop' }, at: place(9) }]
      const facts = { manifests: { ...noManifests, persistentVolumes } }
      const web = container({ mounts, pod: pod({ namespace: 'shop' }) }, 'kubernetes')
      return [...severities('container/host-path', web, facts), ...severities('container/engine-socket', web, facts)]
    }
    expect([of('/etc'), of('/run/docker.sock'), of('/etc', 'other')]).toEqual([['critical'], ['critical'], []])
  })
  test('what is said fits what may be done there, and where', () => {
    const of = (source: string, readOnly = false, form: ContainerForm = 'compose') =>
      check('container/host-path', container({ mounts: [bind(source, { readOnly })] }, form)).map(({ message }) => message)[0]
    expect(of('/proc')).toContain('core_pattern')
    expect(of('/proc', true)).not.toContain('core_pattern')
    expect(of('/sys')).toContain('uevent_helper')
    for (const [source, readOnly] of [
      ['/sys', true],
      ['/sys/fs/bpf', false],
      ['/sys/bus', false],
    ] as const)
      expect(of(source, readOnly)).not.toContain('uevent_helper')
    expect(of('/var/log', false, 'kubernetes')).toContain('asked of the kubelet')
    expect(of('/var/log')).not.toContain('kubelet')
    expect(of('/var/log', true, 'kubernetes')).not.toContain('kubelet')
    expect(severities('container/host-path', container({ mounts: [bind('/var/log')] }, 'kubernetes'))).toEqual(['high'])
    expect(of('/etc/cni/net.d', false, 'kubernetes')).not.toContain('passwords')
    expect(of('/etc/os-release', true)).toBeUndefined()
    // The way to root is that of the folder.
    expect(hostPathDanger('/lib/modules', false)!.leads).toContain('module')
    expect(hostPathDanger('/opt/cni/bin', false)!.leads).toContain('kubelet')
    expect(hostPathDanger('/usr/libexec/kubernetes/kubelet-plugins/volume/exec', false)!.leads).toContain('kubelet')
    expect(hostPathDanger('/etc/cron.d', true)!.leads).toBeUndefined()
    expect(hostPathDanger('/etc/letsencrypt', false)!.leads).toBeUndefined()
  })
  test('links are followed', () => {
    expect(realHostPath('/var/run/docker.sock')).toBe('/run/docker.sock')
    expect(realHostPath('/var/running')).toBe('/var/running')
    expect(realHostPath('/')).toBe('/')
  })
  test('writable ones may become read-only, which somebody has to verify', () => {
    const [report] = check('container/host-path', container({ mounts: [bind('/etc')] }))
    expect(report!.fix!.safety).toBe('unsafe')
    expect(report!.wishes).toEqual([{ do: 'change', what: 'readOnly', at: place(20) }])
  })
})

describe('privileged', () => {
  const all: Partial<Container> = {
    privileged: set(true),
    capAdd: [set('SYS_ADMIN', 40)],
    seccomp: set('unconfined' as const, 41),
    apparmor: set('unconfined' as const, 42),
    selinux: set({ disabled: true }, 43),
    systemPaths: set('unmasked' as const, 44),
    devices: [{ host: '/dev/sda', target: '/dev/sda', permissions: 'rwm', at: place(45) }],
    deviceRules: [set('b *:* rwm', 46)],
  }
  test('makes what follows from it redundant', () => {
    const found = Object.keys(containerRules).filter(
      id =>
        containerRules[id]!.profile === 'default' &&
        containerRules[id]!.severity !== 'low' &&
        check(id, container(all)).length > 0,
    )
    expect(found).toEqual(['container/privileged', 'container/user-root'])
  })
  test('of hooks and builds', () => {
    const hook = (name: string, value: boolean) => ({ name, privileged: set(value), user: { value: undefined }, at: place(7) })
    const hooks = [hook('post_start', true), hook('pre_stop', false), hook('build', true)]
    expect(severities('container/privileged', container({ hooks }))).toEqual(['critical', 'critical'])
  })
})

describe('capabilities', () => {
  const of = (capAdd: readonly string[], capDrop: readonly string[] = [], form: ContainerForm = 'compose') =>
    container({ capAdd: capAdd.map(value => set(value)), capDrop: capDrop.map(value => set(value)) }, form)
  test.each([
    [['ALL', 'SYS_ADMIN'], [], ['critical']],
    [['SYS_ADMIN', 'CHOWN'], ['ALL'], ['critical']],
    [['DAC_READ_SEARCH'], [], ['critical']],
    [['SYS_PTRACE'], [], ['high']],
    [['SYS_NICE'], [], ['low']],
    [['NET_RAW'], [], []],
    [['NET_RAW'], ['ALL'], ['medium']],
    [['CHOWN', 'SETUID'], ['ALL'], []],
    [['MADE_UP'], [], ['medium']],
    [['constructor'.toUpperCase(), '__PROTO__'], [], ['medium', 'medium']],
  ])('%j, without %j', (added, dropped, expected) => {
    expect(severities('container/capability-added', of(added, dropped))).toEqual(expected)
  })
  test('dropped in part', () => {
    expect(severities('container/capability-not-dropped', of([], ['NET_RAW']))).toEqual(['low'])
    expect(severities('container/capability-not-dropped', of([], ['ALL']))).toEqual([])
    expect(severities('container/capability-not-dropped', of(['ALL']))).toEqual([])
    expect(severities('container/capability-not-dropped', container())).toEqual(['medium'])
    expect(severities('container/capability-not-dropped', container({ user: set('1000') }))).toEqual(['low'])
  })
  test('effective ones', () => {
    expect(effectiveCapabilities(of([]))).toEqual(new Set(dockerCapabilities))
    expect(effectiveCapabilities(of(['CHOWN'], ['ALL']))).toEqual(new Set(['CHOWN']))
    expect(effectiveCapabilities(of(['ALL']))).toBe('all')
    const some = effectiveCapabilities(of(['ALL'], ['SYS_ADMIN'])) as ReadonlySet<string>
    expect([some.has('SYS_ADMIN'), some.has('SYS_MODULE'), some.has('CHOWN')]).toEqual([false, true, true])
    expect(effectiveCapabilities(container({ privileged: set(true) }))).toBe('all')
  })
  test('all added and all dropped: an engine gives all, a runtime of Kubernetes none', () => {
    expect(effectiveCapabilities(of(['ALL'], ['ALL']))).toBe('all')
    expect(effectiveCapabilities({ ...of(['ALL'], ['ALL']), form: 'engine' })).toBe('all')
    expect(effectiveCapabilities({ ...of(['ALL', 'CHOWN'], ['ALL']), form: 'kubernetes' })).toEqual(new Set(['CHOWN']))
    const some = effectiveCapabilities(of(['ALL', 'SYS_ADMIN'], ['ALL', 'SYS_ADMIN'])) as ReadonlySet<string>
    expect([some.has('SYS_ADMIN'), some.has('SYS_MODULE')]).toEqual([false, true])
  })
  test('the same name added and dropped: an engine gives it, a runtime of Kubernetes does not', () => {
    const both = of(['SYS_ADMIN'], ['SYS_ADMIN'])
    expect((effectiveCapabilities(both) as ReadonlySet<string>).has('SYS_ADMIN')).toBe(true)
    expect((effectiveCapabilities({ ...both, form: 'kubernetes' }) as ReadonlySet<string>).has('SYS_ADMIN')).toBe(false)
  })
})

describe('users', () => {
  const known = (user: string, setuid?: readonly string[]): Partial<ContainerFacts> => ({
    imageOf: () => ({ user, volumes: [], setuid }),
  })
  const image = { image: set('web:1' as string | undefined) }
  test.each([
    [{ user: set('0') }, {}, ['high']],
    [{ user: set('root:app') }, {}, ['high']],
    [{ user: set('1000') }, {}, []],
    [{}, {}, ['medium']],
    [{ ...image }, known(''), ['high']],
    [{ ...image }, known('app'), []],
    [{ imageUser: 'node' }, {}, []],
    [{ user: { value: undefined, at: place(4) } }, {}, []],
    [{ user: set('0'), userNamespace: set('private') }, {}, ['low']],
    [{ os: 'windows' as const }, {}, []],
  ] satisfies readonly (readonly [Partial<Container>, Partial<ContainerFacts>, readonly string[]])[])(
    '%j',
    (overrides, more, expected) => {
      expect(severities('container/user-root', container(overrides), more)).toEqual(expected)
    },
  )
  test('runAsNonRoot is only offered where a number says that it will start', () => {
    const wishes = (overrides: Partial<Container>, more: Partial<ContainerFacts> = {}) =>
      check('container/user-root', container({ ...image, pod: pod(), ...overrides }, 'kubernetes'), more).map(one => [
        one.fix!.safety,
        one.wishes!.length,
      ])
    expect(wishes({ user: set('1000') })).toEqual([['safe', 1]])
    expect(wishes({}, known('1000'))).toEqual([['safe', 1]])
    expect(wishes({}, known('app'))).toEqual([['manual', 0]])
    expect(wishes({}, known(''))).toEqual([['manual', 0]])
    expect(wishes({})).toEqual([['manual', 0]])
  })
  test('the kubelet refuses names', () => {
    const of = (user: string) =>
      severities('container/user-unverifiable', container({ ...image, runAsNonRoot: set(true) }, 'kubernetes'), known(user))
    expect([of('app'), of(''), of('1000'), of('1000:0')]).toEqual([['medium'], ['medium'], [], []])
  })
  test('no-new-privileges is safe only where no program would change', () => {
    const safety = (more: Partial<ContainerFacts>) => check('container/new-privileges', container(image), more)[0]!.fix!.safety
    expect([safety({}), safety(known('')), safety(known('', [])), safety(known('', ['/bin/su']))]).toEqual([
      'unsafe',
      'unsafe',
      'safe',
      'unsafe',
    ])
  })
  test('groups', () => {
    const of = (...values: readonly string[]) =>
      severities('container/group-privileged', container({ groups: values.map(value => set(value)) }))
    expect([of('docker'), of('0'), of('2000'), of('constructor')]).toEqual([['high'], ['medium'], [], []])
    expect(severities('container/group-privileged', container({ user: set('1000:0') }))).toEqual(['low'])
    expect(severities('container/group-privileged', container({ user: set('0:0') }))).toEqual([])
  })
})

test('a read-only root is never set without the folders that are written to', () => {
  const wishes = (one: Container): unknown => check('container/root-writable', one)[0]!.wishes
  const set = { do: 'set', field: 'readOnlyRoot', value: true }
  expect(wishes(container())).toEqual([set, { do: 'add', field: 'tmpfs', value: ['/tmp', '/run'] }])
  expect(wishes(container({}, 'kubernetes'))).toEqual([set, { do: 'add', field: 'tmpfs', value: ['/tmp'] }])
  // What is mounted there already can be written to.
  expect(wishes(container({ mounts: [bind('/a', { target: '/tmp/' }), bind('/b', { target: '/run' })] }))).toEqual([set])
  expect(check('container/root-writable', container())[0]!.fix!.safety).toBe('unsafe')
})

test('ports', () => {
  const of = (one: Port, image = 'web:1') =>
    check('container/port-exposed', container({ ports: [one], image: set(image) })).map(report => [
      report.severity,
      report.wishes,
    ])
  expect(of(port(80))).toEqual([['low', undefined]])
  expect(of(port(5432), 'postgres:17')).toEqual([['medium', undefined]])
  expect(of(port(6379, { hostPort: 16_379 }), 'bitnami/redis')).toEqual([['high', undefined]])
  expect(of(port(2375, { hostAddress: '0.0.0.0' }), 'docker:dind')).toEqual([['critical', undefined]])
  expect(of(port(5432, { hostAddress: '::' }), 'acme/postgis')).toEqual([['medium', undefined]])
  expect(of(port(5432, { hostAddress: '127.0.0.1' }))).toEqual([])
  expect(of(port(5432, { published: false, hostPort: undefined }))).toEqual([])
  expect(of(port(20_000, { lastHostPort: 30_000 }))).toEqual([['medium', undefined]])
})

test('ports in words: what is reached, and what listens only where the image or the service says so', () => {
  const said = (one: Port, image?: string, name = 'web') => {
    const [report] = check('container/port-exposed', container({ name, ports: [one], image: set(image) }))
    return `${report!.severity} ${report!.message}`
  }
  const all = 'open on every address of the host'
  expect(said(port(9200), 'owncloud/ocis:7')).toBe(`low the port 9200 is ${all}, and Elasticsearch often listens there`)
  expect(said(port(9200), 'docker.elastic.co/elasticsearch/elasticsearch:9')).toBe(
    `high the port 9200 is ${all}, and Elasticsearch listens there`,
  )
  expect(said(port(8500), undefined, 'consul')).toBe(`medium the port 8500 is ${all}, and Consul listens there`)
  expect(said(port(9200, { hostPort: 6379, lastHostPort: 6379 }))).toContain(
    `host port 6379 → 9200 is ${all}, and Elasticsearch often`,
  )
  expect(said(port(80, { hostPort: undefined, lastHostPort: undefined }))).toBe(
    'low port 80 of the container is published on a random port of the host, on every address',
  )
  const random = port(9200, { hostPort: undefined, lastHostPort: undefined })
  expect(said(random, 'elasticsearch:9')).toMatch(/^medium port 9200 of the container is published on a random port/)
  expect(said(port(20_000, { lastHostPort: 20_050 }))).toBe(`low the ports 20000-20050 are ${all}`)
})

test('an SSH server whose port is open is told once', () => {
  const of = (one: Port) => severities('container/ssh-server', container({ ports: [one] }))
  expect(of(port(22))).toEqual([])
  expect(of(port(22, { published: false, hostPort: undefined }))).toEqual(['low'])
})

test('the image of Istio’s sidecar is put there by Istio', () => {
  const of = (name: string, labels = {}, form: ContainerForm = 'kubernetes') =>
    check('container/image-floating', container({ name, image: set('auto'), pod: pod({ labels }) }, form)).length
  expect(of('Deployment/gateway › istio-proxy')).toBe(0)
  expect(of('Deployment/gateway › a', { 'sidecar.istio.io/inject': 'true' })).toBe(0)
  expect([of('Deployment/gateway › a'), of('istio-proxy', {}, 'compose')]).toEqual([1, 1])
})

describe('namespaces', () => {
  test('of the host', () => {
    const all = {
      pid: set('host', 1),
      ipc: set('host', 2),
      uts: set('host', 3),
      cgroup: set('host', 4),
      userNamespace: set('host', 5),
    }
    expect(severities('container/namespace-host', container(all))).toEqual(['high', 'high', 'medium', 'medium', 'medium'])
    expect(severities('container/namespace-host', container({ network: set('host') }))).toEqual([])
    expect(severities('container/network-host', container({ network: set('host') }))).toEqual(['high'])
  })
  test('of others', () => {
    expect(
      severities('container/namespace-shared', container({ pid: set('container:web'), network: set('service:vpn', 11) })),
    ).toEqual(['medium', 'low'])
    expect(severities('container/namespace-shared', container({ ipc: set('shareable'), volumesFrom: [set('web')] }))).toEqual([
      'medium',
    ])
  })
})

test('a network for all is told once for a project', () => {
  const one = container()
  const two = container({ at: place(50) })
  expect(check('container/network-default', one, { neighbours: [one, two] })).toHaveLength(1)
  expect(check('container/network-default', two, { neighbours: [one, two] })).toHaveLength(0)
  expect(check('container/network-default', one, { neighbours: [one] })).toHaveLength(0)
})

test('settings of the kernel', () => {
  const of = (name: string, form: ContainerForm, value = '1') =>
    severities('container/sysctl-unsafe', container({ sysctls: [set({ name, value })] }, form))
  expect([of('net.core.somaxconn', 'kubernetes'), of('net.core.somaxconn', 'compose')]).toEqual([['medium'], []])
  for (const name of ['ip_forward', 'conf.all.accept_redirects', 'conf.all.send_redirects', 'conf.eth0.accept_source_route']) {
    expect([of(`net.ipv4.${name}`, 'compose'), of(`net.ipv4.${name}`, 'compose', '0')]).toEqual([['low'], []])
    // The standards of Kubernetes forbid the name, whatever its value.
    expect(of(`net.ipv4.${name}`, 'kubernetes', '0')).toEqual(['low'])
  }
  expect(['0', '1'].map(value => of('net.ipv4.conf.all.secure_redirects', 'compose', value))).toEqual([[], []])
  expect(['0', '1', '2'].map(value => of('net.ipv4.conf.all.rp_filter', 'compose', value))).toEqual([['low'], [], []])
  expect([of('kernel.shmmax', 'compose'), of('fs.mqueue.msg_max', 'docker-run')]).toEqual([['info'], ['info']])
  expect([of('kernel.panic', 'compose'), of('net/ipv4/tcp_syncookies', 'compose')]).toEqual([['medium'], []])
})

test('limits', () => {
  const of = (overrides: Partial<Container>) =>
    check('container/limits-missing', container(overrides)).map(({ message }) => message.split(':')[0])
  expect(of({ memory: set(1e9 as number | undefined), pids: set(100 as number | undefined) })).toEqual([])
  expect(of({ memory: { value: undefined, at: place(3) }, pids: set(100 as number | undefined) })).toEqual([])
  expect(of({ memory: set(0 as number | undefined), pids: set(-1 as number | undefined) })).toEqual([
    'there is no limit for `memory` and `pids`',
  ])
})

test('tmpfs: the last option of a pair counts', () => {
  const of = (...options: readonly string[]) =>
    check('container/tmpfs-exec', container({ mounts: [bind('', { type: 'tmpfs', source: undefined, options })] })).length
  expect([of('exec'), of('noexec', 'exec'), of('exec', 'noexec'), of('size=1m'), of()]).toEqual([1, 1, 0, 0, 0])
})

describe('secrets', () => {
  const value = ['x7fQ', 'k29LmZp'].join('')
  const of = (overrides: Partial<Container>, form: ContainerForm = 'compose') =>
    check('container/secret-value', container(overrides, form))
  const variable = (name: string, text: string, at = place(100, 100 + name.length + 1 + text.length)) => ({
    environment: [{ name, value: text, at }],
  })
  test('by name, by shape, in labels and words', () => {
    expect(of(variable('DB_PASSWORD', value)).map(({ severity }) => severity)).toEqual(['high'])
    expect(of(variable('URL', `postgres://ann:${value}@db.internal/app`)).map(({ severity }) => severity)).toEqual(['high'])
    const body = sampleText(30)
    const issued = `ghp_${body}${base62Checksum(body)}`
    expect(of(variable('URL', issued)).map(({ severity }) => severity)).toEqual(['critical'])
    expect(of({ labels: [set({ name: 'api.token', value })] })).toHaveLength(1)
    expect(of({ command: set(['serve', '--admin-password', value] as const) })).toHaveLength(1)
    expect(of({ command: set(['serve', `--admin-password=${value}`] as const) })).toHaveLength(1)
  })
  test('what is no secret', () => {
    expect(of(variable('DB_PASSWORD_FILE', '/run/secrets/db'))).toEqual([])
    expect(of(variable('DB_PASSWORD', ''))).toEqual([])
    expect(of(variable('DB_PASSWORD', '${DB_PASSWORD}'))).toEqual([])
    expect(of({ environment: [{ name: 'DB_PASSWORD', value, from: 'env_file', at: place(1) }] })).toEqual([])
    expect(of(variable('DB_PASSWORD', 'changeme')).map(({ severity }) => severity)).toEqual(['low'])
  })
  test('one among many is found', () => {
    const environment = Array.from({ length: 30 }, (_, i) => ({
      name: `S${i}`,
      value: `https://h${i}.example.com/?a=b`,
      at: place(i),
    }))
    environment.splice(17, 0, { name: 'DSN', value: `mysql://ann:${value}@db.internal/app`, at: place(99) })
    expect(of({ environment }).map(({ at }) => at)).toEqual([place(99)])
  })
  test('no message, title or shown part has it', () => {
    for (const form of ['compose', 'docker-run', 'kubernetes'] as const) {
      const whole = place(100, 130)
      const [report] = of(variable('DB_PASSWORD', value, whole), form)
      expect(report!.message + report!.fix!.title).not.toContain(value)
      expect(report!.redact, 'where the value stands nobody knows').toEqual([{ start: 100, end: 130 }])
      const written = { value, at: place(112, 130) }
      const [exact] = of({ environment: [{ name: 'DB_PASSWORD', value, at: whole, written }] }, form)
      expect(exact!.redact, 'the value alone').toEqual([{ start: 112, end: 130 }])
      expect(exact!.at).toEqual(whole)
    }
  })
  test('what is not written in the file is not told of it', () => {
    const from = (value: string, written: string) =>
      of({ environment: [{ name: 'URL', value, at: place(1), written: { value: written, at: place(2) } }] })
    expect(from(`postgres://app:${value}@db/app`, 'postgres://app:@db/app')).toEqual([])
    expect(from('postgres://app:other@db/app', `postgres://app:${value}@db/app`).map(({ severity }) => severity)).toEqual([
      'high',
    ])
  })
  test('a password that is the name of a thing beside it, or known to all, is guessed; one that says what it is, is a sample', () => {
    const severity = (name: string, text: string, image = 'ghcr.io/acme/shop-web:1', neighbours: readonly Container[] = []) =>
      check('container/secret-value', container({ ...variable(name, text), image: set(image) }), { neighbours }).map(
        one => `${one.severity}${/guesses/.test(one.message) ? ' guessed' : /sample/.test(one.message) ? ' sample' : ''}`,
      )
    for (const text of [
      'password',
      'postgres',
      'root',
      'test',
      'secret123',
      'shop',
      'shopadmin',
      'acme_web-2024',
      'P4ssw0rd',
      'frog',
    ])
      expect(severity('DB_PASSWORD', text), text).toEqual(['medium guessed'])
    expect(severity('MILL_PASS', 'mill')).toEqual(['medium guessed'])
    expect(severity('DB_PASSWORD', 'oven')).toEqual(['medium guessed'])
    expect(severity('DB_PASSWORD', 'windmill', 'x:1', [container({ name: 'windmill' })])).toEqual(['medium guessed'])
    for (const text of [
      'changeme',
      'ChooseYourOwnPasswordHere1234',
      'MyCloudflareApiToken',
      'very-secure-database-password',
      'SomeRandomStringOf32CharsExactly',
    ])
      expect(severity('API_TOKEN', text), text).toEqual(['low sample'])
    for (const text of [value, 'deport-silver-showcase-pusher', 'v67ic55x4ghvjfj', '8aff725d2e16ef31fbc42', 'windmill'])
      expect(severity('DB_PASSWORD', text), text).toEqual(['high'])
    for (const [name, text] of [
      ['PASSWORD_HASH', '$2a$12$FGHsQAGm9N9sxJ54RiWiMumk2QkRVjyueCv9mRbrdc1f8y6pN36mq'],
      ['SECRET_FORCED_LANGUAGE', 'en'],
      ['JWT_SECRET_KEY', '%kernel.project_dir%/config/jwt/private.pem'],
      ['WG_PRIVATE_KEY', "'<PRIVKEY>'"],
    ] as const)
      expect(severity(name, text), name).toEqual([])
    expect(severity('URL', 'postgres://shop:shop@db/shop')).toEqual(['medium guessed'])
  })
  test('of a command the one flag is told', () => {
    const places = [place(10, 15), place(20, 36), place(40, 40 + 17 + value.length)]
    const [report] = of({
      command: {
        value: ['serve', '--port=8080', `--cookie-secret=${value}`],
        at: place(5, 99),
        places: [places[0]!, places[1]!, place(40, 40 + 16 + value.length)],
      },
    })
    expect(report!.message).toBe(
      '`--cookie-secret` of the command gives a secret away: every process of the host can read the arguments of others',
    )
    expect(report!.at).toEqual(place(40, 40 + 16 + value.length))
    expect(report!.redact, 'the flag stays').toEqual([{ start: 56, end: 56 + value.length }])
    const [second] = of({ command: { value: ['serve', '--admin-password', value], at: place(5, 99), places } })
    expect(second!.at).toEqual(places[2])
    expect(second!.message).toContain('`--admin-password` of the command')
  })
})

describe('what a pod may do in the cluster', () => {
  const rules = (verbs: readonly string[], resources: readonly string[]) => [
    { apiGroups: ['*'], resources, verbs, resourceNames: [], at: place(60) },
  ]
  const manifests = (kind: 'Role' | 'ClusterRole', list: ReturnType<typeof rules>, more: Partial<Manifests> = {}): Manifests => ({
    ...noManifests,
    roles: [{ kind, name: 'r', namespace: undefined, rules: list, at: place(61) }],
    roleBindings: [
      {
        kind: kind === 'Role' ? 'RoleBinding' : 'ClusterRoleBinding',
        name: 'b',
        namespace: undefined,
        role: { kind, name: 'r' },
        subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: undefined }],
        at: place(62),
      },
    ],
    ...more,
  })
  const web = container({ pod: pod({ serviceAccount: set('web') }) }, 'kubernetes')
  const of = (list: ReturnType<typeof rules>, kind: 'Role' | 'ClusterRole' = 'Role') =>
    severities('container/service-account-powerful', web, { manifests: manifests(kind, list) })
  test.each([
    [['*'], ['*'], ['high'], ['critical']],
    [['get'], ['secrets'], ['medium'], ['high']],
    [['create'], ['pods/exec'], ['high'], ['high']],
    [['create'], ['pods'], ['high'], ['high']],
    // There are none in a namespace.
    [['bind'], ['clusterroles'], [], ['critical']],
    [['bind'], ['roles'], ['high'], ['critical']],
    [['get'], ['configmaps'], [], []],
    [['*'], ['configmaps'], ['low'], ['low']],
  ])('%j %j', (verbs, resources, inRole, inCluster) => {
    expect(of(rules(verbs, resources))).toEqual(inRole)
    expect(of(rules(verbs, resources), 'ClusterRole')).toEqual(inCluster)
  })
  test('cluster-admin, groups, other accounts', () => {
    const bound = (kind: string, name: string) =>
      severities('container/service-account-powerful', web, {
        manifests: {
          ...noManifests,
          roleBindings: [
            {
              kind: 'ClusterRoleBinding',
              name: 'b',
              namespace: undefined,
              role: { kind: 'ClusterRole', name: 'cluster-admin' },
              subjects: [{ kind, name, namespace: undefined }],
              at: place(62),
            },
          ],
        },
      })
    expect(bound('ServiceAccount', 'web')).toEqual(['critical'])
    expect(bound('Group', 'system:serviceaccounts')).toEqual(['critical'])
    expect(bound('Group', 'system:serviceaccounts:default')).toEqual(['critical'])
    expect(bound('Group', 'system:serviceaccounts:other')).toEqual([])
    expect(bound('ServiceAccount', 'other')).toEqual([])
  })
  test('the token', () => {
    const of = (overrides: Parameters<typeof pod>[0], some: Manifests = noManifests) =>
      severities('container/service-account-token', container({ pod: pod(overrides) }, 'kubernetes'), { manifests: some })
    const account = { name: 'web', namespace: undefined, automountToken: false, at: place(3) }
    expect(of({})).toEqual(['low'])
    expect(of({ automountToken: set(false as boolean | undefined) })).toEqual([])
    expect(of({ serviceAccount: set('web') }, { ...noManifests, serviceAccounts: [account] })).toEqual([])
    expect(
      of(
        { serviceAccount: set('web'), automountToken: set(true as boolean | undefined) },
        { ...noManifests, serviceAccounts: [account] },
      ),
    ).toEqual(['low'])
    expect(of({ serviceAccount: set('web') }, manifests('Role', rules(['get'], ['configmaps'])))).toEqual([])
  })
  test('no advice on tokens for the steps of a workflow', () => {
    for (const kind of ['Workflow', 'CronWorkflow', 'WorkflowTemplate', 'ClusterWorkflowTemplate'])
      for (const rule of ['container/service-account-token', 'container/network-policy-missing'])
        expect(check(rule, container({ pod: pod({ kind }) }, 'kubernetes'), { manifests: noManifests })).toEqual([])
  })
  test('a namespace without policies is told once', () => {
    const workload = (name: string, more: Partial<Manifests['workloads'][number]> = {}) => ({
      kind: 'Deployment',
      name,
      namespace: undefined,
      labels: { app: name },
      isOnHostNetwork: false,
      at: place(70 + name.length),
      ...more,
    })
    const policies = [
      {
        name: 'p',
        namespace: 'default',
        podSelector: { matchLabels: { app: 'closed' }, matchExpressions: [] },
        policyTypes: ['Ingress'],
        at: place(3),
      },
    ]
    const workloads = [
      workload('closed'),
      workload('host', { isOnHostNetwork: true }),
      workload('job', { kind: 'Job' }),
      workload('a'),
      workload('bb'),
      workload('bb'),
      workload('ccc', { namespace: 'default', at: { in: 'file', path: 'y', span: { start: 1, end: 2 } } }),
      workload('other', { namespace: 'other' }),
    ]
    const of = ({ kind, name, namespace, labels, at }: (typeof workloads)[number]) =>
      check('container/network-policy-missing', container({ pod: pod({ kind, name, namespace, labels, at }) }, 'kubernetes'), {
        manifests: { ...noManifests, networkPolicies: policies, workloads },
      })
    expect(workloads.map(one => of(one).length)).toEqual([0, 0, 0, 1, 0, 0, 0, 1])
    const [told] = of(workloads[3]!)
    expect(told!.message).toContain('selects 3 workloads of the namespace `default`')
    expect(told!.also).toHaveLength(2)
    expect(of(workloads[7]!)[0]!.message).toContain('selects `other`')
  })
  test('policies of the network', () => {
    const policy = (podSelector: Manifests['networkPolicies'][number]['podSelector'], namespace?: string) => ({
      name: 'p',
      namespace,
      podSelector,
      policyTypes: ['Ingress'],
      at: place(3),
    })
    const of = (...networkPolicies: Manifests['networkPolicies']) =>
      check('container/network-policy-missing', container({ pod: pod({ labels: { app: 'web' } }) }, 'kubernetes'), {
        manifests: { ...noManifests, networkPolicies },
      }).length
    const expression = (operator: string, ...values: readonly string[]) => ({
      matchLabels: {},
      matchExpressions: [{ key: 'app', operator, values }],
    })
    expect(of()).toBe(1)
    expect(of(policy({ matchLabels: {}, matchExpressions: [] }))).toBe(0)
    expect(of(policy({ matchLabels: { app: 'web' }, matchExpressions: [] }))).toBe(0)
    expect(of(policy({ matchLabels: { app: 'db' }, matchExpressions: [] }))).toBe(1)
    expect(of(policy({ matchLabels: { app: 'web' }, matchExpressions: [] }, 'other'))).toBe(1)
    expect([of(policy(expression('In', 'web'))), of(policy(expression('NotIn', 'web')))]).toEqual([0, 1])
    expect([of(policy(expression('Exists'))), of(policy(expression('DoesNotExist')))]).toEqual([0, 1])
  })
})

test('what all containers of a pod share is told by the first', () => {
  const shared = pod({ hostAliases: [set('10.0.0.1 db')], volumes: [set({ name: 'data', kind: 'nfs' })] })
  const first = container({ pod: shared }, 'kubernetes')
  const second = container({ pod: shared, at: place(500) }, 'kubernetes')
  for (const rule of ['container/host-alias', 'container/volume-type', 'container/service-account-token']) {
    expect(check(rule, first, { neighbours: [first, second] })).toHaveLength(1)
    expect(check(rule, second, { neighbours: [first, second] })).toHaveLength(0)
  }
})

test('what else opens a way', () => {
  expect(
    severities(
      'container/oom-protected',
      container({ oomKillDisable: set(true), oomScoreAdjust: set(-1 as number | undefined, 11) }),
    ),
  ).toEqual(['medium', 'medium'])
  expect(severities('container/oom-protected', container({ oomScoreAdjust: set(0 as number | undefined) }))).toEqual([])
  expect(severities('container/cgroup-parent', container({ cgroupParent: set('/x' as string | undefined) }))).toEqual(['medium'])
  const runtime = (value: string) =>
    severities('container/runtime-custom', container({ runtime: set(value as string | undefined) }))
  expect([runtime('runc'), runtime('kata-qemu'), runtime('nvidia'), runtime('evil')]).toEqual([[], [], [], ['medium']])
  const remote = (value: string) => severities('container/remote-source', container({ remoteSources: [set(value)] }))
  expect([remote('oci://registry.example.com/x:1'), remote(`git@example.com:x.git#${'0a'.repeat(20)}`)]).toEqual([['medium'], []])
  expect(severities('container/provider', container({ provider: set('x' as string | undefined) }))).toEqual(['medium'])
  expect(severities('container/logging-none', container({ logging: set('none' as string | undefined) }))).toEqual(['low'])
  const device = (host: string, permissions = 'rwm') =>
    severities('container/device', container({ devices: [{ host, target: host, permissions, at: place(1) }] }))
  expect(
    ['/dev/sg0', '/dev/nvme0', '/dev/nvme0n1p2', '/dev/mapper/root', '/dev/mapper/control', '/dev/loop-control'].flatMap(one =>
      device(one),
    ),
  ).toEqual(['critical', 'high', 'critical', 'critical', 'medium', 'low'])
  expect([device('/dev/sda', 'm'), device('/dev/sda', 'r')]).toEqual([['low'], ['critical']])
  const files = {
    type: 'bind',
    source: '/dev/sdb1',
    target: '/x',
    readOnly: false,
    propagation: 'rprivate',
    options: [],
    kind: 'BlockDevice',
  } as const
  expect(severities('container/host-path', container({ mounts: [{ ...files, at: place(1) }] }))).toEqual(['high'])
  expect([device('/dev/sda1'), device('/dev/mem'), device('/dev/net/tun'), device('/dev/unheard')]).toEqual([
    ['critical'],
    ['critical'],
    ['low'],
    ['medium'],
  ])
})

test('no message ends with a full stop, and no rule throws for an empty container', () => {
  for (const form of ['docker-run', 'compose', 'kubernetes', 'engine'] as const)
    for (const id of Object.keys(containerRules))
      for (const { message, fix } of check(id, container({ ...(form === 'kubernetes' ? { pod: pod() } : {}) }, form), {
        manifests: noManifests,
      })) {
        expect(message, id).not.toMatch(/\.$/)
        expect(fix?.title, id).not.toMatch(/\.$/)
        expect(fix?.edits, id).toEqual([])
      }
})
