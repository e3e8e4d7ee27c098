/** Every kind of way out: a sample opens it, the smallest change closes it, and with one part of its chain missing it is not told. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { breakoutsOf } from '../src/judge/breakout.ts'
import type { HostFacts } from '../src/judge/breakout-path.ts'
import { breakoutPaths } from '../src/judge/breakouts/registry.ts'
import type { ContainerFacts } from '../src/judge/container-rule.ts'
import { allFulfilled, fulfilled } from '../src/judge/fulfil.ts'
import type { Breakout } from '../src/model/breakout.ts'
import type { Container, Wish } from '../src/model/container.ts'
import { readSample, type Sample } from './containers.ts'

const compose = (lines: string): string =>
  `services:\n  web:\n    image: web:1\n${lines.replace(/^(?=.)/gm, '    ').replace(/\n?$/, '\n')}`

type PodParts = { readonly pod?: string; readonly container?: string; readonly more?: string }
const pod = ({ pod = '', container = '', more = '' }: PodParts): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n${pod.replace(/^(?=.)/gm, '  ')}  containers:\n    - name: web\n      image: web:1\n${container.replace(/^(?=.)/gm, '      ')}${more}`
const securityContext = (lines: string): string => `securityContext:\n${lines.replace(/^(?=.)/gm, '  ')}`
const capability = (name: string): string => securityContext(`capabilities:\n  add: [${name}]\n`)
const hostPath = (path: string, readOnly = false): string =>
  pod({
    pod: `volumes:\n  - name: host\n    hostPath:\n      path: ${path}\n`,
    container: `volumeMounts:\n  - name: host\n    mountPath: /host\n${readOnly ? '    readOnly: true\n' : ''}`,
  })

const access = (resources: string, verbs: string): string =>
  `---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: web\nrules:\n  - apiGroups: ["*"]\n    resources: [${resources}]\n    verbs: [${verbs}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: web\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: web\nsubjects:\n  - kind: ServiceAccount\n    name: default\n    namespace: default\n`

const projected = (audience = ''): string =>
  pod({
    pod: `automountServiceAccountToken: false\nvolumes:\n  - name: token\n    projected:\n      sources: [{serviceAccountToken: {path: t${audience}}}]\n`,
    container: 'volumeMounts:\n  - {name: token, mountPath: /t}\n',
    more: access('"*"', '"*"'),
  })

/** A pod with a claim, and what the stream says of it. */
const claim = (...more: readonly string[]): string =>
  pod({
    pod: 'volumes:\n  - name: data\n    persistentVolumeClaim:\n      claimName: data\n',
    container: 'volumeMounts:\n  - {name: data, mountPath: /data}\n',
    more: more.map(one => `---\napiVersion: v1\n${one}\n`).join(''),
  })
const volume = (spec: string): string => `kind: PersistentVolume\nmetadata: {name: folder}\nspec: {${spec}}`
const claimOf = (spec: string, more = ''): string => `kind: PersistentVolumeClaim\nmetadata: {name: data${more}}\nspec: {${spec}}`

/** What is to be seen from the file, and of the machine. */
type Case = readonly [kind: string, text: string, host?: HostFacts | undefined]

/** Those that nothing in the file closes: the machine has to be updated. */
const ofTheMachine: ReadonlySet<string> = new Set(['old-profile', 'runtime-flaw'])

const open: readonly Case[] = [
  ['engine-socket', compose('volumes:\n  - /var/run/docker.sock:/var/run/docker.sock:ro')],
  ['engine-socket', compose('use_api_socket: true')],
  ['engine-socket', compose('user: "1000"\ngroup_add: ["998"]\nvolumes:\n  - /run:/host/run')],
  ['engine-socket', compose('user: "1000"\nenvironment:\n  DOCKER_HOST: tcp://10.0.0.1:2375')],
  ['engine-socket', hostPath('/run/containerd/containerd.sock')],
  ['engine-socket', 'docker run -v /:/host web:1'],
  ['engine-socket', compose('user: "1000:998"\nvolumes:\n  - /var/run/docker.sock:/var/run/docker.sock')],
  ['engine-socket', compose('user: "1000:0"\nvolumes:\n  - /var/run/docker.sock:/var/run/docker.sock')],
  ['engine-socket', compose('user: "999:999"\nvolumes:\n  - /var/run/docker.sock:/var/run/docker.sock')],
  ['engine-socket', `${hostPath('/run').replace('spec:\n', 'spec:\n  hostUsers: false\n')}`],
  ['host-files', `${hostPath('/').replace('spec:\n', 'spec:\n  hostUsers: false\n')}`],
  ['host-files', 'docker run -u "$(id -u):$(id -g)" -v /:/h web:1'],
  ['privileged', 'docker run --userns="${NS}" --privileged web:1'],
  ['privileged', 'docker run --user "$U" --privileged web:1'],
  ['kernel-module', 'podman run --userns=container:x --cap-add SYS_MODULE web:1'],
  ['host-processes', compose('pid: host\ncap_add: [SYS_PTRACE]\nvolumes:\n  - /proc:/host/proc:ro\n  - /:/host:ro')],
  ['same-user', compose('user: "65534"\npid: host\nvolumes:\n  - /proc:/host/proc:ro')],
  ['same-user', compose('user: "65534"\nvolumes:\n  - /:/rootfs:ro')],
  ['engine-socket', 'docker run -v /run/dbus/system_bus_socket:/run/dbus/system_bus_socket web:1'],
  ['privileged', compose('privileged: true')],
  ['privileged', compose('post_start:\n  - command: ./setup.sh\n    privileged: true')],
  ['privileged', pod({ container: securityContext('privileged: true\n') })],
  ['privileged', 'docker run --privileged web:1'],
  ['privileged', 'docker run --privileged --user 0:1000 web:1'],
  ['release-agent', compose('cap_add:\n  - SYS_ADMIN'), { cgroups: 1, apparmor: false }],
  ['release-agent', pod({ container: capability('SYS_ADMIN') })],
  ['release-agent', 'docker run --cap-add=ALL --security-opt apparmor=unconfined web:1'],
  ['file-by-handle', compose('cap_drop: [ALL]\ncap_add: [CAP_DAC_READ_SEARCH]\nvolumes:\n  - /etc/hostname:/h:ro')],
  ['file-by-handle', pod({ container: capability('DAC_READ_SEARCH') })],
  ['file-by-handle', 'docker run --cap-add dac_read_search web:1'],
  ['kernel-module', compose('cap_add:\n  - SYS_MODULE')],
  ['kernel-module', pod({ container: capability('SYS_MODULE') })],
  ['kernel-module', 'docker run --cap-add SYS_MODULE web:1'],
  ['kernel-module', 'docker run --cap-drop ALL --cap-add ALL -u 0 web:1'],
  ['kernel-module', 'docker run --user +0 --cap-add SYS_MODULE --cap-add ALL web:1'],
  ['host-processes', compose('pid: host\ncap_add:\n  - SYS_PTRACE')],
  ['host-processes', pod({ pod: 'hostPID: true\n', container: capability('SYS_PTRACE') })],
  ['host-processes', 'docker run -v /proc:/host/proc:ro --cap-add SYS_PTRACE web:1'],
  ['same-user', compose('pid: host\nuser: "1000:1000"\ncap_drop: [ALL]\nread_only: true')],
  ['same-user', pod({ pod: 'hostPID: true\nsecurityContext:\n  runAsUser: 1000\n' })],
  ['same-user', 'docker run --pid host --user 1000 --privileged web:1'],
  ['same-user', 'docker run --user 1000 -v /proc:/host/proc:ro web:1'],
  ['core-pattern', compose('volumes:\n  - /proc:/host/proc')],
  ['core-pattern', compose('security_opt:\n  - systempaths=unconfined')],
  ['core-pattern', hostPath('/proc/sys')],
  ['core-pattern', 'docker run --security-opt systempaths=unconfined --security-opt apparmor:unconfined web:1'],
  ['core-pattern', 'docker run --cap-add SYS_ADMIN web:1', { apparmor: false, cgroups: 2 }],
  ['uevent-helper', compose('volumes:\n  - /sys:/host/sys')],
  ['uevent-helper', hostPath('/sys')],
  ['uevent-helper', 'docker run -v /sys:/sys web:1', { apparmor: false }],
  ['host-files', compose('volumes:\n  - /etc:/host/etc')],
  ['host-files', compose('volumes:\n  - /root:/host/root:ro')],
  ['host-files', hostPath('/var/lib/kubelet')],
  ['host-files', claim(volume('hostPath: {path: /}, claimRef: {name: data, namespace: default}'))],
  ['host-files', claim(volume('local: {path: /etc}'), claimOf('volumeName: folder'))],
  ['host-files', claim(claimOf('storageClassName: manual'), volume('storageClassName: manual, hostPath: {path: /root}'))],
  ['engine-socket', claim(volume('hostPath: {path: /run/docker.sock}, claimRef: {name: data}'))],
  ['host-files', 'docker run -v /usr/local/bin:/b web:1'],
  ['host-files', 'podman run --rootfs / sh'],
  ['block-device', compose('devices:\n  - /dev/sda1')],
  ['block-device', compose('devices:\n  - /dev/sda:/dev/sda:r')],
  ['block-device', compose('user: "1000"\ngroup_add: [disk]\ndevices:\n  - /dev/sda')],
  ['block-device', compose('user: "1000:6"\ndevices:\n  - /dev/sda')],
  ['block-device', `${compose('volumes: ["data:/x"]')}volumes: {data: {driver_opts: {type: ext4, device: /dev/sda1}}}\n`],
  ['block-device', 'docker run --mount type=volume,dst=/h,volume-opt=type=ext4,volume-opt=device=/dev/sda1 web:1'],
  ['block-device', 'docker run --device /dev/sg0 web:1'],
  ['block-device', 'docker run --device /dev/nvme0 --cap-add SYS_ADMIN web:1'],
  ['block-device', compose('device_cgroup_rules:\n  - "b 259:* rwm"')],
  ['block-device', 'docker run --device /dev/nvme0n1 web:1'],
  ['block-device', 'docker run --device-cgroup-rule "a *:* rwm" web:1'],
  ['block-device', 'docker run --device /dev/mem --cap-add SYS_RAWIO web:1'],
  ['log-links', hostPath('/var/log')],
  ['log-links', `${hostPath('/var/log/pods')}${access('pods/log', 'get')}`],
  ['host-network', compose('network_mode: host')],
  ['host-network', pod({ pod: 'hostNetwork: true\n' })],
  ['host-network', 'docker run --net=host web:1', { containerd: '1.3.2' }],
  ['open-kernel', compose('user: "65532"\nsecurity_opt:\n  - seccomp:unconfined')],
  ['open-kernel', pod({ container: securityContext('runAsUser: 65532\n') })],
  ['open-kernel', 'docker run --user 65532 --cap-add SYS_ADMIN web:1'],
  ['open-kernel', 'docker run --user 65532 --privileged web:1'],
  ['capability', compose('cap_add: [SYS_RAWIO]')],
  ['capability', compose('pid: host\ncap_add: [SYS_BOOT]')],
  ['capability', compose('network_mode: host\ncap_add: [NET_ADMIN]')],
  ['capability', pod({ container: capability('BPF, PERFMON') })],
  ['capability', pod({ container: capability('NET_RAW') })],
  ['capability', 'docker run --cap-add SYSLOG web:1'],
  ['capability', 'docker run --cap-add SYS_ADMIN web:1', { apparmor: true, cgroups: 2 }],
  ['capability', 'docker run web:1'],
  ['old-profile', compose('user: "1000"'), { engine: '24.0.7' }],
  ['old-profile', 'docker run web:1', { engine: '20.10.24' }],
  ['runtime-flaw', compose('user: "1000"'), { runc: '1.1.5' }],
  ['runtime-flaw', pod({}), { runc: 'v1.2.6' }],
  ['runtime-flaw', 'docker run web:1', { runc: '1.3.0' }],
  ['identity', pod({ more: access('"*"', '"*"') })],
  ['identity', pod({ more: access('pods/exec', 'create') })],
  [
    'identity',
    pod({ more: access('pods', 'get').replace('kind: ClusterRole\n  name: web', 'kind: ClusterRole\n  name: cluster-admin') }),
  ],
  ['identity', compose('environment:\n  - AWS_SECRET_ACCESS_KEY')],
  ['identity', projected()],
  ['identity', projected(', audience: "https://kubernetes.default.svc"')],
  ['identity', 'docker run -e HCLOUD_TOKEN web:1'],
]

/** A title says which one is meant, where another way of the kind stays open. */
const closed: readonly (readonly [kind: string, text: string, host: HostFacts, title?: string])[] = [
  ['engine-socket', compose('user: "1000"\nvolumes:\n  - /var/run/docker.sock:/var/run/docker.sock'), {}],
  ['engine-socket', compose('volumes:\n  - /var/run/docker.sock:/var/run/docker.sock'), { selinux: true }],
  ['engine-socket', compose('user: "1000:1000"\nvolumes:\n  - /var/run/docker.sock:/var/run/docker.sock'), {}],
  ['engine-socket', compose('user: "1000:998"\nvolumes:\n  - /var/run/docker.sock:/var/run/docker.sock'), { remapped: true }],
  ['host-files', 'docker run -u "1000:$(id -g)" -v /:/h web:1', {}],
  ['privileged', pod({ pod: 'hostUsers: false\n', container: securityContext('privileged: true\n') }), {}],
  ['privileged', 'podman run --userns=auto:size=1000 --privileged web:1', {}],
  ['same-user', compose('volumes:\n  - /:/host:ro'), {}],
  ['engine-socket', compose('volumes:\n  - /var/run/docker.sock:/var/run/docker.sock'), { remapped: true }],
  ['engine-socket', compose('volumes:\n  - /run/mysqld/mysqld.sock:/run/mysqld/mysqld.sock'), {}],
  ['engine-socket', compose('environment:\n  DOCKER_HOST: tcp://10.0.0.1:2376\n  DOCKER_TLS_VERIFY: "1"'), {}],
  ['privileged', compose('privileged: true\nuser: "1000"'), {}],
  ['privileged', compose('privileged: true'), { rootless: true }],
  ['privileged', compose('user: "1000"\npost_start:\n  - command: ./setup.sh\n    privileged: true'), {}],
  ['privileged', pod({ container: securityContext('privileged: true\nrunAsNonRoot: true\n') }), {}],
  ['release-agent', compose('cap_add:\n  - SYS_ADMIN'), { cgroups: 2, apparmor: false }],
  ['release-agent', compose('cap_add:\n  - SYS_ADMIN'), { cgroups: 1, apparmor: true }],
  ['release-agent', compose('user: "1000"\ncap_add:\n  - SYS_ADMIN'), { cgroups: 1, apparmor: false }],
  ['release-agent', compose('cap_add:\n  - NET_ADMIN'), { cgroups: 1, apparmor: false }],
  ['file-by-handle', compose('user: "1000"\ncap_add: [DAC_READ_SEARCH]'), {}],
  ['file-by-handle', compose('cap_add: [DAC_OVERRIDE]'), {}],
  ['file-by-handle', pod({ pod: 'hostUsers: false\n', container: capability('DAC_READ_SEARCH') }), {}],
  ['kernel-module', compose('userns_mode: auto\ncap_add:\n  - SYS_MODULE'), {}],
  ['kernel-module', compose('cap_add: [ALL]\ncap_drop: [SYS_MODULE]'), {}],
  ['kernel-module', pod({ container: securityContext('capabilities:\n  add: [ALL]\n  drop: [ALL]\n') }), {}],
  ['kernel-module', pod({ container: securityContext('capabilities:\n  add: [SYS_MODULE]\n  drop: [SYS_MODULE]\n') }), {}],
  ['host-processes', compose('pid: host'), {}],
  ['host-processes', compose('cap_add:\n  - SYS_PTRACE'), {}],
  ['host-processes', compose('pid: host\ncap_add:\n  - SYS_PTRACE'), { apparmor: true }],
  ['host-processes', compose('pid: host\nuser: "1"\ncap_add:\n  - SYS_PTRACE'), {}],
  ['same-user', compose('user: "1000"'), {}],
  ['same-user', compose('pid: host\nuser: "1000"'), { rootless: true }],
  ['same-user', compose('pid: host\nuser: "1000"'), { apparmor: true }, 'Processes of the host'],
  ['same-user', compose('pid: host\nuser: "0"'), { apparmor: false }, 'Processes of the host'],
  ['core-pattern', compose('volumes:\n  - /proc:/host/proc:ro'), {}],
  ['core-pattern', compose('volumes:\n  - /proc/meminfo:/proc/meminfo'), {}],
  ['core-pattern', compose('user: "1000"\nvolumes:\n  - /proc:/host/proc'), {}],
  ['core-pattern', compose('security_opt:\n  - systempaths=unconfined'), { apparmor: true }],
  ['core-pattern', compose('cap_add: [SYS_ADMIN]'), { apparmor: true }],
  ['uevent-helper', compose('volumes:\n  - /sys:/host/sys:ro'), {}],
  ['uevent-helper', compose('volumes:\n  - /sys:/sys'), { apparmor: true }],
  ['uevent-helper', compose('user: "1000"\nvolumes:\n  - /sys:/host/sys'), {}],
  ['uevent-helper', compose('volumes:\n  - /sys/fs/cgroup:/sys/fs/cgroup'), {}],
  ['host-files', compose('volumes:\n  - /etc/localtime:/etc/localtime:ro'), {}],
  ['host-files', compose('volumes:\n  - ./html:/usr/share/nginx/html'), {}],
  ['host-files', compose('user: "1000"\nvolumes:\n  - /etc:/host/etc'), {}],
  ['host-files', claim(volume('hostPath: {path: /}, claimRef: {name: data, namespace: other}')), {}],
  ['host-files', claim(volume('hostPath: {path: /}'), claimOf('volumeName: folder', ', namespace: other')), {}],
  ['host-files', claim(volume('hostPath: {path: /}'), claimOf('storageClassName: fast')), {}],
  ['host-files', claim(volume('nfs: {path: /, server: a}, claimRef: {name: data}')), {}],
  ['block-device', compose('devices:\n  - /dev/fuse\n  - /dev/ttyUSB0'), {}],
  ['block-device', compose('user: "1000"\ndevices:\n  - /dev/sda'), {}],
  ['block-device', compose('cap_drop: [MKNOD]\ndevice_cgroup_rules:\n  - "b 8:* rwm"'), {}],
  ['block-device', compose('device_cgroup_rules:\n  - "c 188:* rwm"'), {}],
  ['block-device', compose('device_cgroup_rules:\n  - "b 7:* rwm"'), {}],
  ['block-device', compose('devices:\n  - /dev/mem'), {}],
  ['block-device', compose('devices:\n  - /dev/sda:/dev/sda:m'), {}],
  ['block-device', compose('devices:\n  - /dev/mapper/control\n  - /dev/loop-control\n  - /dev/nvme0'), {}],
  ['block-device', compose('cap_add: [SYS_ADMIN]\ndevices:\n  - /dev/mapper/control'), {}],
  ['block-device', compose('user: "1000"\ngroup_add: [audio]\ndevices:\n  - /dev/sda'), {}],
  ['block-device', compose('user: "1000"\ngroup_add: [disk]\ndevice_cgroup_rules:\n  - "b 8:* rwm"'), {}],
  ['log-links', hostPath('/var/log', true), {}],
  ['log-links', compose('volumes:\n  - /var/log:/host/log'), {}],
  ['host-network', compose('network_mode: bridge'), {}],
  ['host-network', 'docker run --net=host web:1', { containerd: '1.7.0' }, 'The abstract socket'],
  ['open-kernel', compose('user: "65532"'), {}],
  ['open-kernel', pod({ container: securityContext('seccompProfile:\n  type: RuntimeDefault\n') }), {}],
  ['capability', compose('cap_drop: [ALL]'), {}],
  ['capability', compose('cap_drop: [NET_RAW]'), {}],
  ['capability', compose('user: "1000"\ncap_add: [SYS_RAWIO]'), {}],
  ['capability', compose('cap_add: [BPF]'), {}, 'BPF and PERFMON'],
  ['capability', compose('cap_add: [SYS_BOOT]'), {}, 'SYS_BOOT'],
  ['capability', compose('cap_add: [NET_ADMIN]'), {}, 'NET_ADMIN'],
  ['old-profile', compose('user: "1000"'), { engine: '25.0.0' }],
  ['old-profile', compose('security_opt: ["seccomp=./own.json"]'), { engine: '24.0.0' }],
  ['old-profile', compose('user: "1000"'), {}],
  ['runtime-flaw', compose('user: "1000"'), { runc: '1.3.3' }],
  ['runtime-flaw', compose('user: "1000"'), { runc: '1.2.8' }],
  ['runtime-flaw', compose('runtime: runsc'), { runc: '1.1.5' }],
  ['identity', pod({ more: access('configmaps', 'get') }), {}],
  ['identity', pod({ pod: 'automountServiceAccountToken: false\n', more: access('"*"', '"*"') }), {}],
  ['identity', pod({ pod: 'serviceAccountName: other\n', more: access('"*"', '"*"') }), {}],
  ['identity', compose('environment:\n  AWS_REGION: eu-central-1'), {}],
  ['identity', projected(', audience: vault'), {}],
]

const read = async (text: string): Promise<Sample> => {
  const sample = await readSample(text)
  expect(sample.problems.filter(({ kind }) => kind === 'failed')).toEqual([])
  expect(sample.containers).toHaveLength(1)
  return sample
}

const factsOf = (sample: Sample, containers: readonly Container[]): ContainerFacts => ({
  today: '2026-11-26',
  neighbours: containers,
  manifests: sample.manifests,
  imageOf: () => undefined,
  allowedRegistries: undefined,
})

const waysOf = (sample: Sample, container: Container, host: HostFacts | undefined): readonly Breakout[] =>
  breakoutsOf(container, factsOf(sample, [container]), host)

test.each([
  ['/lib/modules', /module/],
  ['/opt/cni/bin', /kubelet/],
  ['/etc/cron.d', /line of its own/],
  ['/usr/bin', /changed program/],
])('how a writer of %s becomes root', async (source, words) => {
  const sample = await read(compose(`volumes:\n  - ${source}:/x`))
  const [way] = waysOf(sample, sample.containers[0]!, {}).filter(({ id }) => id === 'host-files')
  expect(way!.gets).toMatch(words)
  expect(way!.gets).not.toMatch(/authorized_keys/)
})

test.each(['/etc/pihole', '/etc/nginx/conf.d', '/usr/share/appdata/wireguard/config'])('no way out by %s', async source => {
  const sample = await read(compose(`volumes:\n  - ${source}:/x`))
  expect(waysOf(sample, sample.containers[0]!, {}).filter(({ id }) => id === 'host-files')).toEqual([])
})

test('a proxy has the socket, and those behind it have not', async () => {
  const sample = await read(
    'services:\n  proxy:\n    image: tecnativa/docker-socket-proxy:0.3\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro\n',
  )
  const [way] = waysOf(sample, sample.containers[0]!, {}).filter(({ id }) => id === 'engine-socket')
  expect([way!.severity, way!.depends.some(text => text.includes('proxy'))]).toEqual(['high', true])
})

test.each([
  ['"65532"', 'low'],
  ['"1997:1997"', 'low'],
  ['node', 'low'],
  ['"33"', 'medium'],
  ['"1000"', 'high'],
])('processes of the host as user %s', async (user, severity) => {
  const sample = await read(compose(`pid: host\nuser: ${user}`))
  const [way] = waysOf(sample, sample.containers[0]!, {}).filter(({ title }) => title.startsWith('Processes of the host'))
  expect(way!.severity).toBe(severity)
})

test('every kind has samples, open in at least two forms or of the machine', () => {
  expect(Object.keys(breakoutPaths)).toHaveLength(18)
  expect(new Set(open.map(([kind]) => kind))).toEqual(new Set(Object.keys(breakoutPaths)))
  expect(new Set(closed.map(([kind]) => kind))).toEqual(new Set(Object.keys(breakoutPaths)))
  expect(new Set(Object.values(breakoutPaths).map(({ code }) => code)).size).toBe(18)
})

const named = (kind: string, text: string, host: HostFacts | undefined): string =>
  `${kind}: ${text.replace(/^apiVersion[\s\S]*?spec:|^services:\n {2}web:\n {4}image: web:1/, '').replace(/\s+/g, ' ')} ${host ? JSON.stringify(host) : ''}`

for (const [kind, text, host] of open)
  test(`open, and closed by its own closing: ${named(kind, text, host)}`, async () => {
    const sample = await read(text)
    const [container] = sample.containers
    const own = waysOf(sample, container!, host).filter(({ id }) => id === kind)
    expect(own, `${kind} is open`).not.toEqual([])
    for (const way of own) {
      expect(way.chain.length).toBeGreaterThan(0)
      expect(way.title).not.toMatch(/\.$/)
      for (const { at } of way.chain)
        if (at?.in === 'file') expect(sample.text.slice(at.span.start, at.span.end).trim()).not.toBe('')
      if (ofTheMachine.has(kind)) {
        expect(way.close.wishes, 'the machine is to be updated').toEqual([])
        continue
      }
      expect(way.close.wishes).not.toEqual([])
      const left = waysOf(sample, fulfilled(container!, way.close.wishes), host)
      expect(left.map(({ id, title }) => `${id}: ${title}`)).not.toContain(`${way.id}: ${way.title}`)
    }
  })

for (const [kind, text, host, title = ''] of closed)
  test(`not told: ${named(kind, text, host)} ${title}`, async () => {
    const sample = await read(text)
    const ways = waysOf(sample, sample.containers[0]!, host)
    expect(ways.filter(way => way.id === kind && way.title.startsWith(title)).map(way => way.title)).toEqual([])
  })

test('a disk for reading is read, and not changed', async () => {
  for (const [permissions, gets] of [
    ['r', 'reads every file'],
    ['rw', 'reads and changes every file'],
  ] as const) {
    const sample = await read(`docker run --device /dev/sda:/dev/sda:${permissions} web:1`)
    const [way] = waysOf(sample, sample.containers[0]!, {}).filter(({ id }) => id === 'block-device')
    expect(way!.gets).toContain(gets)
  }
})

test('of groups the one that such sockets belong to comes first, and all are named', async () => {
  const sample = await read(compose('user: "1000:7"\ngroup_add: [audio, docker]\nvolumes:\n  - /run/docker.sock:/s'))
  const [way] = waysOf(sample, sample.containers[0]!, {}).filter(({ id }) => id === 'engine-socket')
  expect(way!.title).toBe('The socket of Docker is within reach')
  const part = way!.chain[1]!
  expect(part.text).toBe('it is in the groups `docker`, `7` and `audio`')
  expect(part.at?.in === 'file' && sample.text.slice(part.at.span.start, part.at.span.end)).toBe('docker')
  expect(way!.depends).toEqual(['the socket belongs to one of these groups'])
})

test('a user that nobody knows before it runs may be root, and that is said', async () => {
  const sample = await read('docker run --user "$U" --userns "$NS" --privileged web:1')
  const [way] = waysOf(sample, sample.containers[0]!, {}).filter(({ id }) => id === 'privileged')
  expect(way!.depends).toEqual(['that user is root, as in many pipelines', 'the user namespace that it is given is the host’s'])
})

describe('what a container has of others', () => {
  const services = `services:
  a: {image: "a:1", user: "0", pid: "service:b", cap_add: [SYS_PTRACE]}
  b: {image: "a:1", user: "0", pid: host, network_mode: "service:n"}
  n: {image: "a:1", user: "0", network_mode: host}
  c: {image: "a:1", user: "0", network_mode: "service:b"}
  d: {image: "a:1", user: "0", volumes_from: ["e:ro"]}
  e: {image: "a:1", user: "0", volumes: ["/etc:/h", "/var/run/docker.sock:/s"]}
  f: {image: "a:1", user: "0", volumes_from: [g]}
  g: {image: "a:1", user: "0", volumes_from: [f, e]}
  x: {image: "a:1", user: "0", network_mode: "service:y"}
  y: {image: "a:1", user: "0", network_mode: "service:x"}
`
  const of = async (name: string, without: readonly Wish[] = [], text = services): Promise<readonly Breakout[]> => {
    const sample = await readSample(text)
    const container = sample.containers.find(one => one.name === name)!
    return breakoutsOf(fulfilled(container, without), factsOf(sample, sample.containers), {}).filter(
      ({ id }) => id !== 'capability',
    )
  }

  test.each([
    ['a', ['host-processes', 'same-user']],
    ['c', ['host-network']],
    ['d', ['engine-socket', 'host-files']],
    ['f', ['engine-socket', 'host-files']],
    ['x', []],
  ])('%s: %j, closed by leaving the other one', async (name, expected) => {
    const ways = await of(name)
    expect(ways.map(({ id }) => id)).toEqual(expected)
    for (const way of ways) {
      expect(way.chain.map(({ text }) => text).join('; ')).toMatch(/, through `[beg]`/)
      const left = await of(name, way.close.wishes)
      expect(left.map(({ title }) => title)).not.toContain(way.title)
    }
  })

  test('read-only for the one that says so', async () => {
    const [way] = (await of('d')).filter(({ id }) => id === 'host-files')
    expect(way!.title).toBe('`/etc` shows what the host keeps secret')
    const [own] = (await of('f')).filter(({ id }) => id === 'host-files')
    expect(own!.title).toBe('`/etc` can be changed from inside')
  })

  test('a long chain is followed in a bounded time', async () => {
    const long = `services:\n${Array.from({ length: 3000 }, (_, i) => `  s${i}: {image: "a:1", volumes_from: [s${i + 1}, s${i + 2}], network_mode: "service:s${i + 1}"}\n`).join('')}`
    const sample = await readSample(long)
    const facts = factsOf(sample, sample.containers)
    const begin = performance.now()
    for (const container of sample.containers) breakoutsOf(container, facts, {})
    expect(performance.now() - begin).toBeLessThan(5000)
  })
})

test('what nobody here can see is said', async () => {
  const sample = await read(compose('cap_add:\n  - SYS_ADMIN'))
  const way = waysOf(sample, sample.containers[0]!, {}).find(({ id }) => id === 'release-agent')!
  expect(way.depends.join('\n')).toMatch(/the image sets no other user[\s\S]*userns-remap[\s\S]*version 1[\s\S]*AppArmor/)
  const known: HostFacts = { cgroups: 1, apparmor: false, remapped: false, rootless: false }
  const there = waysOf(sample, sample.containers[0]!, known).find(({ id }) => id === 'release-agent')!
  expect(there.depends).toEqual(['the image sets no other user'])
})

describe('what wishes make of a container', () => {
  const everything = [...new Set([...open, ...closed].map(([, text]) => text))]

  test('nothing, without one', async () => {
    for (const text of everything) {
      const { containers } = await read(text)
      expect(fulfilled(containers[0]!, [])).toBe(containers[0])
      expect(allFulfilled(containers, () => [])[0]).toBe(containers[0])
    }
  })

  test('what stands at a place goes, and nothing else', async () => {
    const samples = await Promise.all(everything.map(read))
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(), ({ containers: [container] }, n) => {
        const places = placesOf(container!)
        if (places.length === 0) return
        const at = places[n % places.length]!
        const left = fulfilled(container!, [{ do: 'remove', at }])
        const kept = placesOf(left).map(place => JSON.stringify(place))
        expect(kept).not.toContain(JSON.stringify(at))
        const isInside = (inner: typeof at): boolean =>
          inner.in === 'file' && at.in === 'file' && inner.span.start >= at.span.start && inner.span.end <= at.span.end
        for (const place of places) if (!isInside(place)) expect(kept).toContain(JSON.stringify(place))
      }),
    )
  })

  test('each wish', async () => {
    const { containers } = await read(
      compose(
        'privileged: true\nnetwork_mode: host\nports: ["8080:80"]\ncap_drop: [MKNOD]\nvolumes:\n  - /srv:/srv:rshared\nsecurity_opt: [seccomp=unconfined]',
      ),
    )
    const container = containers[0]!
    const when = (...wishes: readonly Wish[]): Container => fulfilled(container, wishes)
    expect(when({ do: 'remove', at: container.privileged.at! }).privileged).toEqual({ value: false })
    expect(when({ do: 'remove', at: container.network.at! }).network).toEqual({ value: 'default' })
    expect(when({ do: 'remove', at: container.seccomp.at! }).seccomp).toEqual({ value: 'default' })
    expect(when({ do: 'remove', at: container.mounts[0]!.at }).mounts).toEqual([])
    expect(when({ do: 'set', field: 'readOnlyRoot', value: true }).readOnlyRoot.value).toBe(true)
    expect(when({ do: 'set', field: 'user', value: '10001' }).user.value).toBe('10001')
    expect(when({ do: 'add', field: 'capDrop', value: ['MKNOD', 'ALL'] }).capDrop.map(({ value }) => value)).toEqual([
      'MKNOD',
      'ALL',
    ])
    expect(when({ do: 'add', field: 'tmpfs', value: ['/run:size=1m'] }).mounts[1]).toMatchObject({
      type: 'tmpfs',
      target: '/run',
      options: ['size=1m'],
    })
    const { at } = container.mounts[0]!
    expect(when({ do: 'change', what: 'readOnly', at }).mounts[0]).toMatchObject({ readOnly: true, propagation: 'rshared' })
    expect(when({ do: 'change', what: 'propagation', at, value: 'rprivate' }).mounts[0]!.propagation).toBe('rprivate')
    const address: Wish = { do: 'change', what: 'hostAddress', at: container.ports[0]!.at, value: '127.0.0.1' }
    expect(when(address).ports[0]).toMatchObject({ hostAddress: '127.0.0.1', published: false })
  })

  test('a pod speaks for a container that no longer says otherwise, and stays one pod', async () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  securityContext:\n    runAsUser: 1000\n  containers:\n    - name: a\n      image: a:1\n      securityContext:\n        runAsUser: 0\n    - name: b\n      image: b:1\n'
    const { containers } = await readSample(text)
    const [a] = containers
    expect(fulfilled(a!, [{ do: 'remove', at: a!.user.at! }]).user.value).toBe('1000')
    const both = allFulfilled(containers, one => (one === a ? [{ do: 'set', field: 'automountToken', value: false }] : []))
    expect(both[1]!.pod).toBe(both[0]!.pod)
    expect(both[1]!.pod!.automountToken.value).toBe(false)
    // What stands in the pod's part holds for all that share it.
    const [, b] = containers
    const without = allFulfilled(containers, one => (one === a ? [{ do: 'remove', at: b!.user.at! }] : []))
    expect(without.map(({ user }) => user.value)).toEqual(['0', undefined])
  })
})

const placesOf = (container: Container): readonly NonNullable<Container['privileged']['at']>[] =>
  Object.entries(container).flatMap(([field, value]: [string, unknown]) => {
    if (['at', 'pod', 'hooks', 'name', 'form', 'role', 'os', 'imageUser'].includes(field)) return []
    const items: readonly unknown[] = Array.isArray(value) ? value : [value]
    return items.flatMap(item => (item as { readonly at?: NonNullable<Container['privileged']['at']> } | undefined)?.at ?? [])
  })
