/** What the reader of `docker run` says of a command line is what a Docker Engine makes of it: `docker create … && docker inspect`. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Container } from '../src/model/container.ts'
import { commandLine } from '../src/read/docker-run/command-line.ts'
import { readDockerRun } from '../src/read/docker-run/read-docker-run.ts'
import { type Engine, hasEngine, run, startEngine } from './components.ts'

type Inspected = {
  readonly Config: {
    readonly User: string
    readonly Env: readonly string[] | null
    readonly Cmd: readonly string[] | null
    readonly Entrypoint: readonly string[] | null
    readonly Labels: Readonly<Record<string, string>> | null
    readonly Healthcheck?: { readonly Test?: readonly string[] }
    readonly ExposedPorts?: Readonly<Record<string, object>>
  }
  readonly Mounts: readonly {
    readonly Type: string
    readonly Name?: string
    readonly Source: string
    readonly Destination: string
    readonly RW: boolean
    readonly Propagation: string
  }[]
  readonly HostConfig: {
    readonly Privileged: boolean
    readonly CapAdd: readonly string[] | null
    readonly CapDrop: readonly string[] | null
    readonly SecurityOpt: readonly string[] | null
    readonly MaskedPaths: readonly string[] | null
    readonly PidMode: string
    readonly IpcMode: string
    readonly UTSMode: string
    readonly UsernsMode: string
    readonly CgroupnsMode: string
    readonly NetworkMode: string
    readonly Tmpfs?: Readonly<Record<string, string>>
    readonly Mounts?: readonly { readonly Type: string; readonly Target: string }[]
    readonly Devices: readonly { PathOnHost: string; PathInContainer: string; CgroupPermissions: string }[] | null
    readonly DeviceCgroupRules: readonly string[] | null
    readonly DeviceRequests: readonly object[] | null
    readonly Sysctls?: Readonly<Record<string, string>>
    readonly ReadonlyRootfs: boolean
    readonly Memory: number
    readonly NanoCpus: number
    readonly CpuQuota: number
    readonly CpuPeriod: number
    readonly PidsLimit: number | null
    readonly Ulimits: readonly { Name: string; Soft: number; Hard: number }[] | null
    readonly OomKillDisable: boolean | null
    readonly OomScoreAdj: number
    readonly PortBindings: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[]>> | null
    readonly PublishAllPorts: boolean
    readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number }
    readonly LogConfig: { readonly Type: string }
    readonly ExtraHosts: readonly string[] | null
    readonly Runtime: string
    readonly CgroupParent: string
    readonly Links: readonly string[] | null
    readonly VolumesFrom: readonly string[] | null
    readonly GroupAdd: readonly string[] | null
  }
}

/** The same words for both sides. */
type Facts = Readonly<Record<string, unknown>>

const sorted = (items: readonly string[]): readonly string[] => [...items].sort()

const factsOfEngine = ({ Config, Mounts, HostConfig: host }: Inspected): Facts => {
  // Beside these the engine takes labels off by itself, whatever was said.
  const byItself = host.Privileged || host.PidMode === 'host' || host.IpcMode === 'host'
  const security = (host.SecurityOpt ?? []).filter(option => !(byItself && option === 'label=disable'))
  const last = (key: string): string | undefined =>
    security
      .filter(option => option.startsWith(`${key}=`) || option.startsWith(`${key}:`))
      .at(-1)
      ?.slice(key.length + 1)
  const nnp = security.filter(option => option.startsWith('no-new-privileges')).at(-1)
  const label = (key: string): string | undefined =>
    security
      .filter(option => /^label[=:]/.test(option))
      .map(option => option.slice(6))
      .findLast(option => option.startsWith(`${key}:`))
      ?.slice(key.length + 1)
  return {
    user: Config.User,
    groups: host.GroupAdd ?? [],
    privileged: host.Privileged,
    // This engine reports them as they were given.
    capAdd: (host.CapAdd ?? []).map(name => name.toUpperCase().replace(/^CAP_/, '')),
    capDrop: (host.CapDrop ?? []).map(name => name.toUpperCase().replace(/^CAP_/, '')),
    noNewPrivileges: nnp !== undefined && !/[=:](?:false|0|F|f)$/.test(nnp),
    seccomp: last('seccomp') === 'unconfined' ? 'unconfined' : last('seccomp')?.startsWith('{') ? 'localhost' : 'default',
    apparmor: last('apparmor') === undefined ? 'default' : last('apparmor') === 'unconfined' ? 'unconfined' : 'localhost',
    selinux: [
      security.some(option => /^label[=:]disable$/.test(option)),
      label('type'),
      label('user'),
      label('role'),
      label('level'),
    ],
    unmasked: host.MaskedPaths?.length === 0,
    readOnlyRoot: host.ReadonlyRootfs,
    pid: host.PidMode || 'private',
    ipc: host.IpcMode,
    uts: host.UTSMode || 'private',
    userNamespace: host.UsernsMode || 'default',
    cgroup: host.CgroupnsMode,
    network: host.NetworkMode,
    mounts: sorted([
      ...Mounts.filter(({ Type }) => Type !== 'tmpfs').map(({ Type, Name, Source, Destination, RW, Propagation }) =>
        // A volume without a name gets one of 64 digits.
        [
          Type,
          Type === 'bind' ? Source : /^[\da-f]{64}$/.test(Name ?? '') ? '' : Name,
          Destination,
          RW,
          Type === 'bind' ? Propagation : '',
        ].join(' '),
      ),
      ...Object.keys(host.Tmpfs ?? {}).map(target => `tmpfs  ${target} `),
      ...(host.Mounts ?? []).filter(({ Type }) => Type === 'tmpfs').map(({ Target }) => `tmpfs  ${Target} `),
    ]),
    devices: (host.Devices ?? []).map(device => [device.PathOnHost, device.PathInContainer, device.CgroupPermissions].join(' ')),
    deviceRules: host.DeviceCgroupRules ?? [],
    gpus: (host.DeviceRequests ?? []).length,
    sysctls: host.Sysctls ?? {},
    memory: host.Memory,
    cpus: host.NanoCpus / 1e9 || Math.max(0, host.CpuQuota) / (host.CpuPeriod || 100_000),
    pids: host.PidsLimit ?? 0,
    ulimits: sorted((host.Ulimits ?? []).map(({ Name, Soft, Hard }) => `${Name} ${Soft} ${Hard}`)),
    oomKillDisable: host.OomKillDisable ?? false,
    oomScoreAdjust: host.OomScoreAdj,
    ports: sorted(
      Object.entries(host.PortBindings ?? {}).flatMap(([port, bindings]) =>
        bindings.map(({ HostIp, HostPort }) => `${HostIp}|${HostPort}|${port}`),
      ),
    ),
    publishAll: host.PublishAllPorts,
    environment: sorted((Config.Env ?? []).filter(one => !one.startsWith('PATH='))),
    labels: Config.Labels ?? {},
    healthcheck: Config.Healthcheck?.Test?.[0] === 'NONE' ? 'disabled' : Config.Healthcheck?.Test ? 'defined' : 'image',
    restart: host.RestartPolicy.Name + (host.RestartPolicy.MaximumRetryCount ? `:${host.RestartPolicy.MaximumRetryCount}` : ''),
    logging: host.LogConfig.Type,
    extraHosts: host.ExtraHosts ?? [],
    runtime: host.Runtime,
    cgroupParent: host.CgroupParent,
    links: (host.Links ?? []).map(link => link.split(':')[0]!.replace(/^\//, '')),
    volumesFrom: host.VolumesFrom ?? [],
    entrypoint: Config.Entrypoint ?? [],
    command: Config.Cmd ?? [],
  }
}

/** Ranges of ports are written out, as the engine does. */
const portsOf = (container: Container): readonly string[] =>
  container.ports
    .filter(({ containerPort, at }) => containerPort > 0 && at.in === 'file')
    .flatMap(port => {
      const length = port.hostPort === undefined ? 0 : port.lastHostPort! - port.hostPort
      return Array.from({ length: length + 1 }, (_, i) =>
        [
          port.hostAddress ?? '',
          port.hostPort === undefined ? '' : port.hostPort + i,
          `${port.containerPort + i}/${port.protocol}`,
        ].join('|'),
      )
    })

const factsOfOurs = (container: Container, exposed: ReadonlySet<string>): Facts => {
  const { selinux } = container
  return {
    user: container.user.value ?? '',
    groups: container.groups.map(({ value }) => value),
    privileged: container.privileged.value,
    capAdd: container.capAdd.map(({ value }) => value),
    capDrop: container.capDrop.map(({ value }) => value),
    noNewPrivileges: container.noNewPrivileges.value,
    seccomp: container.seccomp.value,
    apparmor: container.apparmor.value,
    selinux: [selinux.value.disabled, selinux.value.type, selinux.value.user, selinux.value.role, selinux.value.level],
    unmasked: container.systemPaths.value === 'unmasked',
    readOnlyRoot: container.readOnlyRoot.value,
    pid: container.pid.value,
    ipc: container.ipc.value,
    uts: container.uts.value,
    userNamespace: container.userNamespace.value,
    cgroup: container.cgroup.value,
    network: container.network.value,
    mounts: sorted(
      container.mounts.map(({ type, source, target, readOnly, propagation }) =>
        type === 'tmpfs'
          ? `tmpfs  ${target} `
          : [type, source ?? '', target, !readOnly, type === 'bind' ? propagation : ''].join(' '),
      ),
    ),
    devices: container.devices.map(({ host, target, permissions }) => [host, target, permissions].join(' ')),
    deviceRules: container.deviceRules.map(({ value }) => value),
    gpus: container.deviceRequests.length,
    sysctls: Object.fromEntries(container.sysctls.map(({ value }) => [value.name, value.value])),
    memory: container.memory.value ?? 0,
    cpus: container.cpus.value ?? 0,
    // Less than one is none for it.
    pids: Math.max(0, container.pids.value ?? 0),
    ulimits: sorted(container.ulimits.map(({ value: { name, soft, hard } }) => `${name} ${soft} ${hard}`)),
    oomKillDisable: container.oomKillDisable.value,
    oomScoreAdjust: container.oomScoreAdjust.value ?? 0,
    ports: sorted(portsOf(container).filter(port => !exposed.has(port))),
    publishAll: container.ports.some(({ containerPort }) => containerPort === 0),
    environment: sorted(container.environment.map(({ name, value }) => `${name}=${value}`)),
    labels: Object.fromEntries(container.labels.map(({ value }) => [value.name, value.value])),
    healthcheck: container.healthcheck.value,
    restart: container.restart.value ?? 'no',
    logging: container.logging.value ?? 'json-file',
    extraHosts: container.extraHosts.map(({ value }) => value),
    runtime: container.runtime.value ?? 'runc',
    cgroupParent: container.cgroupParent.value ?? '',
    links: container.needs.map(({ value }) => value),
    volumesFrom: container.volumesFrom.map(({ value }) => value),
    entrypoint: container.entrypoint.value ?? [],
    command: container.command.value ?? [],
  }
}

const exposedOnly = (container: Container): readonly string[] =>
  portsOf({
    ...container,
    ports: container.ports.filter(({ published, hostAddress }) => !published && hostAddress === undefined),
  })

/** The words between `docker create` and the image, and behind it. */
const lines: readonly string[] = [
  'IMAGE sh -c x',
  '-u 1000:1000 --group-add 44 --group-add docker IMAGE x',
  '--user=app IMAGE x',
  '--privileged IMAGE x',
  '--privileged=false IMAGE x',
  '--privileged=true --privileged=0 IMAGE x',
  '--cap-add SYS_ADMIN --cap-add=net_admin --cap-add CAP_SYS_PTRACE IMAGE x',
  '--cap-drop ALL --cap-drop=cap_net_raw IMAGE x',
  '--security-opt no-new-privileges IMAGE x',
  '--security-opt no-new-privileges:true IMAGE x',
  '--security-opt=no-new-privileges=false IMAGE x',
  '--security-opt seccomp=unconfined --security-opt apparmor=unconfined IMAGE x',
  '--security-opt seccomp:unconfined --security-opt apparmor:profile IMAGE x',
  '--security-opt label=disable IMAGE x',
  '--security-opt label:type:svirt_t --security-opt label=level:s0:c1,c2 --security-opt label=user:u --security-opt label=role:r IMAGE x',
  '--security-opt systempaths=unconfined IMAGE x',
  '--read-only --tmpfs /run --tmpfs=/tmp:rw,noexec,size=64m IMAGE x',
  '--pid host --ipc=host --uts host IMAGE x',
  '--pid=container:other --ipc=shareable IMAGE x',
  '--ipc=none --userns=host --cgroupns=host IMAGE x',
  '--cgroupns private IMAGE x',
  '--network host IMAGE x',
  '--net=none IMAGE x',
  '--net=container:other IMAGE x',
  '--network=mine IMAGE x',
  '-v /etc//./x/..:/host/etc/:ro IMAGE x',
  '-v /var/run/docker.sock:/s --volume=/:/host:rslave IMAGE x',
  '-v/home:/home:ro,rshared -v named:/data -v named2:/data2:ro IMAGE x',
  '-v /anonymous IMAGE x',
  '--mount type=bind,source=/etc,target=/e,readonly IMAGE x',
  '--mount type=bind,src=/etc,dst=/e,ro=false,bind-propagation=rshared IMAGE x',
  '--mount src=vol,destination=/e,readonly=true --mount type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1777 IMAGE x',
  '--mount "type=bind","source=/usr","target=/u" IMAGE x',
  '--volumes-from other:ro IMAGE x',
  '--device /dev/null --device=/dev/zero:/dev/z:r --device /dev/full:rw IMAGE x',
  '--device-cgroup-rule "c 1:3 rwm" --device-cgroup-rule=b_8:*_r IMAGE x',
  '--gpus all IMAGE x',
  '--sysctl net.ipv4.ip_forward=1 --sysctl=kernel.msgmax=65536 IMAGE x',
  '-m 512m --cpus 1.5 --pids-limit 100 IMAGE x',
  '--memory=1.5GiB --cpu-quota=50000 --pids-limit=-1 IMAGE x',
  '--memory 64MB --cpu-period 50000 --cpu-quota 100000 IMAGE x',
  '--ulimit nofile=1024:2048 --ulimit=core=0 --ulimit memlock=-1 IMAGE x',
  '--oom-kill-disable --memory 128m --oom-score-adj=-500 IMAGE x',
  '-p 8080:80 -p80 --publish=127.0.0.1:443:8443/tcp IMAGE x',
  '-p 127.0.0.1::53/udp -p [::1]:90:91 -p 0.0.0.0:91:91 IMAGE x',
  '-p 7000-7003:8000-8003/udp IMAGE x',
  '-P --expose 70 IMAGE x',
  '-itP --expose=71-72 IMAGE x',
  '-e A=1 --env B= --env=C=x=y -l a=b --label c IMAGE x',
  '--health-cmd true --health-interval=5s IMAGE x',
  '--no-healthcheck IMAGE x',
  '--restart=always --log-driver none IMAGE x',
  '--restart on-failure:3 --log-driver=json-file IMAGE x',
  '--restart unless-stopped --add-host a:10.0.0.1 --add-host=b:::1 IMAGE x',
  '--runtime runc --cgroup-parent /mine IMAGE x',
  '--link other:alias IMAGE x',
  '--entrypoint /bin/sh IMAGE -c --privileged',
  '--init --rm -h host -w /w --stop-signal SIGINT --stop-timeout 5 --dns 1.1.1.1 --dns-search x --dns-opt ndots:1 IMAGE --cap-add ALL',
  '-it --name mine -- IMAGE -v /:/x',
  '-i=false -t=true -uroot -e=Z=1 IMAGE x',
]

const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:"[^"]*"|[^ "])+/g)].map(([word]) =>
    word.includes('=/usr') ? word : word.replaceAll('"', '').replace(/^(.*b)_(8:\*)_r$/, '$1 $2 r'),
  )

describe.skipIf(!hasEngine)('command lines as an engine takes them (needs dockerd)', () => {
  let engine: Engine
  let folder: string
  let other: string

  beforeAll(async () => {
    engine = await startEngine()
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-docker-run-'))
    mkdirSync(join(folder, 'root'))
    run('tar', ['-cf', join(folder, 'root.tar'), '-C', join(folder, 'root'), '.'])
    engine.docker('import', join(folder, 'root.tar'), 'empty:1')
    other = engine.docker('create', '--name', 'other', 'empty:1', 'x').trim()
    engine.docker('network', 'create', 'mine')
  }, 120_000)

  afterAll(async () => {
    await engine?.stop()
    if (folder) rmSync(folder, { recursive: true })
  }, 60_000)

  test('there are more than forty', () => {
    expect(lines.length).toBeGreaterThan(40)
  })

  test.each(lines)('%s', line => {
    const words = wordsOf(line).map(word => (word === 'IMAGE' ? 'empty:1' : word))
    const id = engine.docker('create', ...words).trim()
    const [inspected] = JSON.parse(engine.docker('inspect', id).replaceAll(other, 'other')) as readonly [Inspected]
    engine.docker('rm', '-v', id)
    const ours = readDockerRun(commandLine(['docker', 'create', ...words]).words)!
    expect(ours.problems).toEqual([])
    // The default of `--cgroupns` is the engine's, and that of the kernel beneath.
    const theirs = factsOfEngine(inspected)
    const mine = factsOfOurs(ours.container, new Set(exposedOnly(ours.container)))
    expect({ ...mine, cgroup: mine.cgroup === 'default' ? theirs.cgroup : mine.cgroup }).toEqual(theirs)
    expect(ours.container.image.value).toBe('empty:1')
  })
})
