import { describe, expect, test } from 'vitest'
import type { Container } from '../../model/container.ts'
import type { Location } from '../../model/finding.ts'
import { type ComposeInput, type ComposeProject, readComposeProject } from './project.ts'

const project = (files: Readonly<Record<string, string>>, more: Partial<ComposeInput> = {}): Promise<ComposeProject> => {
  const [[path, text] = ['compose.yaml', '']] = Object.entries(files)
  return readComposeProject({
    main: [{ path, text }],
    load: async wanted => (files[wanted] === undefined ? undefined : { path: wanted, text: files[wanted] }),
    env: () => undefined,
    ...more,
  })
}

const service = async (text: string, more: Partial<ComposeInput> = {}, rest = ''): Promise<Container> => {
  const lines = text
    .trimEnd()
    .split('\n')
    .map(line => `    ${line}`)
    .join('\n')
  const { containers, problems } = await project(
    { 'compose.yaml': `services:\n  web:\n    image: nginx\n${lines}\n${rest}` },
    more,
  )
  expect(problems).toEqual([])
  return containers[0]!
}

const textAt = (files: Readonly<Record<string, string>>, at: Location | undefined): string | undefined =>
  at?.in === 'file' ? files[at.path]?.slice(at.span.start, at.span.end) : undefined

const codes = ({ problems }: ComposeProject): readonly string[] => problems.map(({ code }) => code)

describe('fields of a service', () => {
  test('what is not said has the defaults of Docker', async () => {
    const container = await service('')
    expect(container).toMatchObject({
      name: 'web',
      form: 'compose',
      image: { value: 'nginx' },
      privileged: { value: false },
      user: { value: undefined },
      network: { value: 'default' },
      mounts: [],
      healthcheck: { value: 'image' },
    })
    expect(container.privileged.at).toBeUndefined()
  })

  test('rights, with the place of each', async () => {
    const files = {
      'compose.yaml':
        'services:\n  web:\n    image: a\n    privileged: yes\n    cap_add: [cap_net_admin, ALL]\n    security_opt:\n      - seccomp:unconfined\n      - "label=disable" # why\n    pid: host\n',
    }
    const { containers } = await project(files)
    const container = containers[0]!
    expect(textAt(files, container.privileged.at)).toBe('privileged: yes')
    expect(container.privileged.value).toBe(true)
    expect(container.capAdd.map(one => [one.value, textAt(files, one.at)])).toEqual([
      ['NET_ADMIN', 'cap_net_admin'],
      ['ALL', 'ALL'],
    ])
    expect([container.seccomp.value, textAt(files, container.seccomp.at)]).toEqual(['unconfined', 'seccomp:unconfined'])
    expect([container.selinux.value, textAt(files, container.selinux.at)]).toEqual([{ disabled: true }, '"label=disable"'])
    expect([container.pid.value, textAt(files, container.pid.at)]).toEqual(['host', 'pid: host'])
    expect(textAt(files, container.at)).toBe('web')
  })

  test('mounts, short and long', async () => {
    const container = await service(
      [
        'volumes:',
        '  - /var/run/../run/docker.sock:/sock:ro',
        '  - ./data:/data:z,rshared',
        '  - ../../x:/x',
        '  - named:/named',
        '  - /anonymous',
        '  - {type: bind, source: /etc, target: /etc2, read_only: "true", bind: {propagation: rslave}}',
        '  - {type: tmpfs, target: /t, tmpfs: {size: 64m}}',
        '  - C:\\data:/win',
        'tmpfs: /run:exec,size=1m',
      ].join('\n'),
      {},
      'volumes:\n  named:\n    driver_opts: {type: none, o: "bind,ro", device: /root}\n',
    )
    expect(
      container.mounts.map(({ type, source, target, readOnly, propagation, options }) => [
        type,
        source,
        target,
        readOnly,
        propagation,
        options,
      ]),
    ).toEqual([
      ['bind', '/var/run/docker.sock', '/sock', true, 'rprivate', []],
      ['bind', './data', '/data', false, 'rshared', ['z']],
      ['bind', '../../x', '/x', false, 'rprivate', []],
      ['bind', '/root', '/named', true, 'rprivate', []],
      ['volume', undefined, '/anonymous', false, 'rprivate', []],
      ['bind', '/etc', '/etc2', true, 'rslave', []],
      ['tmpfs', undefined, '/t', false, 'rprivate', ['size=64m']],
      ['bind', 'C:\\data', '/win', false, 'rprivate', []],
      ['tmpfs', undefined, '/run', false, 'rprivate', ['exec', 'size=1m']],
    ])
  })

  test('a path that climbs to the root of the machine is told as the path it is', async () => {
    const climbing = 'volumes: ["./../../../../etc:/a", "../up:/b"]'
    const container = await service(climbing, { workingFolder: '/home/me/project' })
    expect(container.mounts.map(({ source }) => source)).toEqual(['/etc', '../up'])
    expect((await service(climbing)).mounts[0]!.source).toBe('../../../../etc')
  })

  test('secrets and configs of a file are mounts', async () => {
    const container = await service(
      'secrets: [one]\nconfigs:\n  - {source: two, target: /two}',
      {},
      'secrets:\n  one: {file: ./one.txt}\nconfigs:\n  two: {file: /var/run/docker.sock}\n',
    )
    expect(container.secrets.map(({ value }) => value)).toEqual(['one'])
    expect(container.mounts.map(({ source, target, readOnly, volume }) => [source, target, readOnly, volume])).toEqual([
      ['./one.txt', '/run/secrets/one', true, 'secret'],
      ['/var/run/docker.sock', '/two', true, 'config'],
    ])
  })

  test('ports', async () => {
    const container = await service(
      'ports: [80, "8080:80", "127.0.0.1:53:53/udp", "[::1]:1:1", "9000-9002:9000-9002", {target: 5, published: "6", host_ip: 10.0.0.1}]\nexpose: ["7"]',
    )
    expect(
      container.ports.map(port => [
        port.hostAddress,
        port.hostPort,
        port.lastHostPort,
        port.containerPort,
        port.protocol,
        port.published,
      ]),
    ).toEqual([
      [undefined, undefined, undefined, 80, 'tcp', true],
      [undefined, 8080, 8080, 80, 'tcp', true],
      ['127.0.0.1', 53, 53, 53, 'udp', false],
      ['::1', 1, 1, 1, 'tcp', false],
      [undefined, 9000, 9002, 9000, 'tcp', true],
      ['10.0.0.1', 6, 6, 5, 'tcp', true],
      [undefined, undefined, undefined, 7, 'tcp', false],
    ])
  })

  test('limits', async () => {
    const container = await service(
      'mem_limit: 1g\nmem_reservation: 100m\ncpus: 0.5\npids_limit: 100\nulimits: {nofile: 5, nproc: {soft: 1, hard: 2}}\noom_kill_disable: on\noom_score_adj: -500\ndeploy:\n  resources:\n    limits: {memory: 512M, pids: "10"}\n  restart_policy: {condition: on-failure, max_attempts: 3}',
    )
    expect(container).toMatchObject({
      memory: { value: 512 * 1024 * 1024 },
      memoryRequest: { value: 100 * 1024 * 1024 },
      cpus: { value: 0.5 },
      pids: { value: 10 },
      ulimits: [{ value: { name: 'nofile', soft: 5, hard: 5 } }, { value: { name: 'nproc', soft: 1, hard: 2 } }],
      oomKillDisable: { value: true },
      oomScoreAdjust: { value: -500 },
      restart: { value: 'on-failure:3' },
    })
  })

  test('devices', async () => {
    const container = await service(
      'devices: ["/dev/sda", "/dev/a:/dev/b:r", "vendor.com/gpu=all", {source: /dev/c, permissions: rw}]\ndevice_cgroup_rules: ["c 1:* rwm"]\ngpus: all\ndeploy: {resources: {reservations: {devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]}}}',
    )
    expect(container.devices.map(({ host, target, permissions }) => [host, target, permissions])).toEqual([
      ['/dev/sda', '/dev/sda', 'rwm'],
      ['/dev/a', '/dev/b', 'r'],
      ['/dev/c', '/dev/c', 'rw'],
    ])
    expect(container.deviceRequests.map(({ value }) => value)).toEqual(['vendor.com/gpu=all', 'gpu all', 'nvidia gpu 1'])
    expect(container.deviceRules.map(({ value }) => value)).toEqual(['c 1:* rwm'])
  })

  test('namespaces, networks, names of others', async () => {
    const container = await service(
      'pid: service:db\nipc: shareable\nuts: host\nuserns_mode: host\ncgroup: host\ncgroup_parent: /x\nnetworks: {back: , front: {aliases: [a]}}\ndepends_on: {db: {condition: service_healthy}}\nlinks: ["cache:redis"]\nvolumes_from: ["container:old:ro"]\nruntime: runsc\nuse_api_socket: true\ngroup_add: [docker, 0]\nextra_hosts: ["a=1.2.3.4", "b:[::1]"]',
      {},
      'networks: {back: {internal: true}, front: }',
    )
    expect(container).toMatchObject({
      pid: { value: 'service:db' },
      ipc: { value: 'shareable' },
      uts: { value: 'host' },
      userNamespace: { value: 'host' },
      cgroup: { value: 'host' },
      cgroupParent: { value: '/x' },
      network: { value: 'default' },
      networks: [{ value: 'back' }, { value: 'front' }],
      needs: [{ value: 'db' }, { value: 'cache' }],
      volumesFrom: [{ value: 'container:old:ro' }],
      runtime: { value: 'runsc' },
      apiSocket: { value: true },
      groups: [{ value: 'docker' }, { value: '0' }],
      extraHosts: [{ value: 'a:1.2.3.4' }, { value: 'b:::1' }],
    })
  })

  test('a network that is the host’s own by another name', async () => {
    const container = await service('networks: [outside]', {}, 'networks: {outside: {external: true, name: host}}')
    expect(container.network.value).toBe('host')
  })

  test('hooks and builds with rights of their own', async () => {
    const container = await service(
      'build: {context: ., privileged: true, network: host, args: [TOKEN=abc, OTHER]}\npost_start: [{command: [a], user: root, privileged: "yes"}]\npre_stop: [{command: a}]',
    )
    expect(container.hooks).toMatchObject([
      { name: 'build', privileged: { value: true }, network: { value: 'host' } },
      { name: 'post_start', privileged: { value: true }, user: { value: 'root' } },
      { name: 'pre_stop', privileged: { value: false }, user: { value: undefined } },
    ])
    expect(container.buildArguments.map(({ name, value, from }) => [name, value, from])).toEqual([
      ['TOKEN', 'abc', undefined],
      ['OTHER', undefined, 'host'],
    ])
    expect((await service('build: {context: x, entitlements: [security.insecure]}')).hooks[0]!.privileged.value).toBe(true)
  })

  test('commands, checks, restarts', async () => {
    expect((await service('command: sh -c "a  b" \'c d\' e\\ f && g')).command.value).toEqual(['sh', '-c', 'a  b', 'c d', 'e f'])
    expect((await service('entrypoint: []')).entrypoint.value).toEqual([])
    expect((await service('command:')).command.value).toBeUndefined()
    for (const [text, value] of [
      ['healthcheck: {disable: true}', 'disabled'],
      ['healthcheck: {test: [NONE]}', 'disabled'],
      ['healthcheck: {test: curl x}', 'defined'],
      ['healthcheck: {interval: 1s}', 'image'],
    ] as const)
      expect((await service(text)).healthcheck.value).toBe(value)
    expect((await service('restart: no')).restart.value).toBe('no')
    expect((await service('platform: windows/amd64')).os).toBe('windows')
  })
})

describe('what Compose would refuse, or cannot be known', () => {
  test('unknown fields, wrong types, doubled keys: each told once, and the rest is judged', async () => {
    const found = await project({
      'compose.yaml':
        'services:\n  web:\n    image: a\n    Privileged: true\n    privileged: maybe\n    cap_add: ALL\n    pid: host\n    pid: host\n    ports: [x]\n',
    })
    expect(codes(found).toSorted()).toEqual([
      'compose-field-unknown',
      'compose-port-invalid',
      'compose-wrong-type',
      'compose-wrong-type',
      'yaml-duplicate-key',
    ])
    expect(found.containers[0]).toMatchObject({ pid: { value: 'host' }, capAdd: [{ value: 'ALL' }] })
  })
})
