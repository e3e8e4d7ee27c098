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
    const { containers } = await project(
      {
        'a/compose.yaml':
          'services:\n  web: {image: x, volumes: ["../..:/a"]}\n  b: {extends: {file: sub/base.yaml, service: b}}\n',
        'a/sub/base.yaml': 'services: {b: {image: x, volumes: ["../..:/a", "../../..:/b"]}}',
      },
      { workingFolder: '/home/a' },
    )
    expect(containers.map(({ mounts }) => mounts.map(({ source }) => source))).toEqual([['/'], ['../..', '/']])
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

test('a long port is opened by its `published`', async () => {
  const text =
    'services:\n  web:\n    image: a\n    ports:\n      - target: 5006\n        published: "15006"\n      - target: 1\n'
  const { containers } = await project({ 'compose.yaml': text })
  const [first, second] = containers[0]!.ports
  const at = first!.publishedAt
  expect(at?.in === 'file' && text.slice(at.span.start, at.span.end)).toBe('published: "15006"')
  expect(second!.publishedAt).toBeUndefined()
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

describe('variables', () => {
  const text = 'services:\n  web:\n    image: "a:${TAG}"\n    privileged: ${PRIV}\n    user: ${PRIV:-1000}\n'

  test('unset ones are told once for a project, with a place, and never silently make a right false', async () => {
    const found = await project({ 'compose.yaml': `${text}    hostname: ${'$'}{TAG}\n    environment: {A: "${'$'}{QUIET}"}\n` })
    expect(found.problems.map(({ code, kind }) => `${code} ${kind}`)).toEqual(['compose-variable-unset uncovered'])
    expect(found.problems[0]!.message).toMatch(/^`TAG` and `PRIV` have no value and no default here/)
    expect(textAt({ 'compose.yaml': text }, found.problems[0]!.at)).toBe('"a:${TAG}"')
    expect(found.containers[0]!.unset!.map(({ value }) => value)).toEqual(expect.arrayContaining([['TAG'], ['PRIV'], ['QUIET']]))
    expect(found.containers[0]).toMatchObject({ privileged: { value: false }, user: { value: '1000' }, image: { value: 'a:' } })
  })

  test('names of the environment alone are quiet; those that Compose insists on are told once', async () => {
    const of = (fields: string) => project({ 'compose.yaml': `services:\n  web:\n    image: a\n    ${fields}\n` })
    expect((await of('environment: ["A=${X}"]\n    labels: {b: "${Y}"}')).problems).toEqual([])
    const loud = await of('environment: ["A=${X}"]\n    user: "${X}:1"')
    expect(loud.problems.map(({ message }) => message.slice(0, 13))).toEqual(['`X` has no va'])
    expect((await of('environment: ["A=${X:?no}", "B=${Y?}"]')).problems.map(({ message }) => message)).toEqual([
      'Compose refuses the file while `X` and `Y` are not set; an empty text is put for them',
    ])
  })

  test('what follows from one that is not set is not told', async () => {
    const files = (mounts: string) => ({ 'compose.yaml': `services:\n  web:\n    image: a\n${mounts}` })
    const found = await project(
      files(
        '    ports: ["${P}", {target: "${Q}"}]\n    expose: ["${P}"]\n    volumes: ["${A}:${B}"]\n    security_opt: ["${S}"]\n',
      ),
    )
    expect(codes(found)).toEqual(['compose-variable-unset'])
    expect(codes(await project(files('    ports: [""]\n    volumes: [":"]\n    security_opt: [x]\n'))).toSorted()).toEqual([
      'compose-port-invalid',
      'compose-security-option',
      'compose-volume-invalid',
    ])
  })

  test('what a file would have from the one that it is laid over is told once for a file', async () => {
    const files = {
      'grafana.yml':
        'services:\n  web:\n    networks: [a, b]\n    volumes: ["v:/v"]\n    secrets: [s]\n    env_file: x.env\n  db: {image: b, networks: [a], env_file: x.env}\n',
    }
    const found = await project(files)
    expect(found.problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'compose-env-file-missing there is no `x.env` here: its variables are not judged',
      expect.stringMatching(
        /^compose-incomplete `grafana\.yml` seems .* the service `web` without `image` and `build`; .*the networks `a` and `b`, .*it is judged alone$/,
      ),
    ])
  })

  test('the name of the project, as Compose sets it', async () => {
    const text = 'services: {web: {image: "${COMPOSE_PROJECT_NAME}"}}'
    const imageOf = async (path: string, prefix = ''): Promise<unknown> => {
      const { containers, problems } = await project({ [path]: prefix + text })
      expect(problems).toEqual([])
      return containers[0]!.image.value
    }
    expect(await imageOf('My.App/compose.yaml')).toBe('myapp')
    expect(await imageOf('compose.yaml', 'name: other\n')).toBe('other')
  })

  test('from the environment, and from `.env` beside the file; the environment wins', async () => {
    const files = { 'a/compose.yaml': text, 'a/.env': 'PRIV=yes\nTAG=1\n' }
    const found = await project(files, { env: name => (name === 'TAG' ? '2' : undefined) })
    expect(found.problems).toEqual([])
    expect(found.containers[0]).toMatchObject({ privileged: { value: true }, image: { value: 'a:2' }, user: { value: 'yes' } })
    expect(
      (await project({ 'a/compose.yaml': text }, { dotEnv: [{ path: 'x', text: 'PRIV=true\nTAG=' }] })).containers[0]!.privileged
        .value,
    ).toBe(true)
  })

  test('what a file of variables or the caller gives is not the value of the file', async () => {
    const files = {
      'compose.yaml':
        'services:\n  web:\n    image: a\n    env_file: [web.env, {path: none.env, required: false}]\n    environment: [A=1, "B=${X}", C, "D=p${X}"]\n',
      'web.env': 'SECRET=s\nA=2\n',
    }
    const found = await project(files, { env: name => (name === 'X' ? 'x' : undefined) })
    expect(found.problems).toEqual([])
    expect(found.containers[0]!.environment.map(({ name, value, from }) => [name, value, from])).toEqual([
      ['SECRET', undefined, 'env_file'],
      ['A', '1', undefined],
      ['B', undefined, 'host'],
      ['C', undefined, 'host'],
      ['D', 'px', undefined],
    ])
    expect(codes(await project({ 'compose.yaml': files['compose.yaml'] }, { env: () => 'x' }))).toEqual([
      'compose-env-file-missing',
    ])
  })
})

describe('several files', () => {
  const base =
    'services:\n  web:\n    image: a\n    ports: ["80:80", "81:81"]\n    volumes: [/a:/data, /b:/b]\n    environment: {A: "1", B: "2"}\n    command: [a, b]\n    privileged: true\n    cap_add: [NET_ADMIN]\n    logging: {driver: x, options: {a: b}}\n    deploy: {resources: {limits: {memory: 1g}}}\n'
  const over =
    'services:\n  web:\n    ports: ["80:80", "82:82"]\n    volumes: [{type: bind, source: /c, target: /data}]\n    environment: [B=3, C=4]\n    command: c\n    cap_add: [SYS_ADMIN]\n    logging: {driver: none}\n    deploy: {resources: {limits: {pids: 5}}}\n  db: {image: b}\n'

  test('maps are merged, lists appended, what is unique replaced, commands replaced; places are in the file that says it', async () => {
    const files = { 'compose.yaml': base, 'compose.override.yaml': over }
    const { containers, problems, sourceOf, files: read } = await project(files)
    expect(problems).toEqual([])
    expect(read.map(({ path }) => path)).toEqual(['compose.yaml', 'compose.override.yaml'])
    expect(containers.map(({ name }) => name)).toEqual(['web', 'db'])
    const web = containers[0]!
    expect(web.ports.map(({ hostPort }) => hostPort)).toEqual([80, 81, 82])
    expect(web.mounts.map(({ source, target }) => [source, target])).toEqual([
      ['/c', '/data'],
      ['/b', '/b'],
    ])
    expect(web.environment.map(({ name, value }) => [name, value])).toEqual([
      ['A', '1'],
      ['B', '3'],
      ['C', '4'],
    ])
    expect(web).toMatchObject({
      command: { value: ['c'] },
      logging: { value: 'none' },
      memory: { value: 2 ** 30 },
      pids: { value: 5 },
    })
    expect(web.capAdd.map(({ value, at }) => [value, at?.in === 'file' && at.path])).toEqual([
      ['NET_ADMIN', 'compose.yaml'],
      ['SYS_ADMIN', 'compose.override.yaml'],
    ])
    expect(textAt(files, web.memory.at)).toBe('memory: 1g')
    expect(textAt(files, web.pids.at)).toBe('pids: 5')
    const source = sourceOf.get(web)!
    expect([source.originOf(web.privileged.at!), source.originOf(web.command.at!)]).toEqual(['own', 'other-file'])
  })

  test('the override is found beside the only file, and not beside others', async () => {
    const files = { 'x/docker-compose.yml': base, 'x/docker-compose.override.yml': over }
    expect((await project(files)).containers).toHaveLength(2)
    expect((await project(files, { override: false })).containers).toHaveLength(1)
    expect((await project({ 'x/docker-compose.prod.yml': base, 'x/docker-compose.override.yml': over })).containers).toHaveLength(
      1,
    )
  })

  test('!reset and !override', async () => {
    const { containers, problems } = await project({
      'compose.yaml': base,
      'compose.override.yaml':
        'services:\n  web:\n    privileged: !reset null\n    ports: !override ["9:9"]\n    environment: {A: !reset null}\n    cap_add: !reset []\n',
    })
    expect(problems).toEqual([])
    const web = containers[0]!
    expect(web).toMatchObject({ privileged: { value: false }, capAdd: [] })
    expect(web.ports.map(({ hostPort }) => hostPort)).toEqual([9])
    expect(web.environment.map(({ name }) => name)).toEqual(['B'])
  })

  test('extends: same file, other file, chains; relative paths are the other file’s own', async () => {
    const files = {
      'compose.yaml':
        'services:\n  web:\n    extends: {file: common/base.yaml, service: app}\n    user: "5"\n  worker:\n    extends: web\n    privileged: false\n',
      'common/base.yaml':
        'services:\n  app:\n    extends: {file: ../root.yaml, service: root}\n    cap_add: [SYS_ADMIN]\n    env_file: a.env\n',
      'common/a.env': 'A=1\n',
      'root.yaml': 'services:\n  root:\n    image: r\n    privileged: true\n',
    }
    const { containers, problems, sourceOf } = await project(files)
    expect(problems).toEqual([])
    const [web, worker] = containers
    expect(web).toMatchObject({
      image: { value: 'r' },
      privileged: { value: true },
      capAdd: [{ value: 'SYS_ADMIN' }],
      user: { value: '5' },
    })
    expect(worker).toMatchObject({
      privileged: { value: false },
      user: { value: '5' },
      environment: [{ name: 'A', from: 'env_file' }],
    })
    expect(textAt(files, web!.privileged.at)).toBe('privileged: true')
    expect(sourceOf.get(web!)!.originOf(web!.privileged.at!)).toBe('other-file')
    expect(sourceOf.get(worker!)!.originOf(worker!.user.at!)).toBe('elsewhere')
  })

  test('extends that cannot be: each with its place, and the rest is judged', async () => {
    const text =
      'services:\n  a: {extends: b, image: x, pid: host}\n  b: {extends: a, image: x}\n  c: {extends: gone, image: x, privileged: true}\n  d: {extends: {file: gone.yaml, service: x}, image: x}\n  e: {extends: {file: "https://example.com/x.git#main", service: x}, pid: host}\n'
    const found = await project({ 'compose.yaml': text })
    expect(found.problems.map(({ code, kind }) => `${kind} ${code}`).toSorted()).toEqual([
      'failed compose-extends-cycle',
      'failed compose-extends-file-missing',
      'failed compose-extends-missing',
      'uncovered compose-remote',
    ])
    expect(found.problems.every(({ at }) => textAt({ 'compose.yaml': text }, at)?.startsWith('extends: '))).toBe(true)
    expect(found.containers).toHaveLength(5)
    expect(found.containers[2]!.privileged.value).toBe(true)
    expect(found.containers[4]!.remoteSources).toMatchObject([{ value: 'https://example.com/x.git#main' }])
  })

  test('include: short, long, with variables and folders of its own', async () => {
    const files = {
      'compose.yaml':
        'include:\n  - sub/compose.yaml\n  - {path: [one.yaml, two.yaml], env_file: one.env, project_directory: elsewhere}\n  - oci://registry.example.com/x\nservices:\n  web: {image: a}\n  sub: {privileged: true}\n',
      'sub/compose.yaml': 'services:\n  sub: {image: "s:${TAG}", extends: {file: base.yaml, service: b}}\nvolumes: {v: }\n',
      'sub/base.yaml': 'services: {b: {pid: host}}\n',
      'sub/.env': 'TAG=3\n',
      'one.yaml': 'services: {one: {image: "${TAG}"}}\n',
      'two.yaml': 'services: {one: {user: "1"}}\n',
      'one.env': 'TAG=4\n',
    }
    const found = await project(files)
    expect(codes(found)).toEqual(['compose-remote'])
    const by = new Map(found.containers.map(container => [container.name, container]))
    expect(by.get('sub')).toMatchObject({ image: { value: 's:3' }, pid: { value: 'host' }, privileged: { value: true } })
    expect(by.get('one')).toMatchObject({ image: { value: '4' }, user: { value: '1' } })
    expect(found.volumes.has('v')).toBe(true)
    expect(found.containers.flatMap(({ remoteSources }) => remoteSources.map(({ value }) => value))).toEqual([
      'oci://registry.example.com/x',
    ])
    expect(found.sourceOf.get(by.get('sub')!)!.file.path).toBe('compose.yaml')
    expect(found.sourceOf.get(by.get('one')!)!.file.path).toBe('one.yaml')
  })

  test('include that goes round, or nowhere', async () => {
    const found = await project({
      'compose.yaml': 'include: [a.yaml, gone.yaml]\n',
      'a.yaml': 'include: [compose.yaml]\nservices: {x: {image: a}}\n',
    })
    expect(codes(found)).toEqual(['compose-include-cycle', 'compose-include-missing'])
    expect(found.containers).toHaveLength(1)
  })

  test('an overlay alone is judged, and says that it is none', async () => {
    const found = await project({
      'compose.prod.yaml': 'services: {web: {privileged: true, networks: [n], secrets: [s], volumes: ["v:/v"]}}',
    })
    expect(new Set(found.problems.map(({ kind }) => kind))).toEqual(new Set(['uncovered']))
    expect(found.containers[0]!.privileged.value).toBe(true)
  })
})

describe('where a setting stands', () => {
  test('anchors, aliases, merge keys', async () => {
    const text =
      'x-base: &base\n  privileged: true\n  cap_add: &caps [SYS_ADMIN]\nx-more: &more {user: "5", pid: host}\nservices:\n  web:\n    <<: [*base, *more]\n    image: a\n    pid: service:b\n  b: &b\n    image: b\n    cap_add: *caps\n    ipc: host\n  c: *b\n'
    const files = { 'compose.yaml': text }
    const { containers, sourceOf, problems } = await project(files)
    expect(problems).toEqual([])
    const [web, b, c] = containers as [Container, Container, Container]
    expect(web).toMatchObject({
      privileged: { value: true },
      user: { value: '5' },
      pid: { value: 'service:b' },
      capAdd: [{ value: 'SYS_ADMIN' }],
    })
    expect(textAt(files, web.privileged.at)).toBe('privileged: true')
    expect(sourceOf.get(web)!.originOf(web.privileged.at!)).toBe('elsewhere')
    expect(sourceOf.get(web)!.originOf(web.pid.at!)).toBe('own')
    expect(sourceOf.get(b)!.originOf(b.ipc.at!)).toBe('shared')
    expect(sourceOf.get(b)!.originOf(b.capAdd[0]!.at!)).toBe('elsewhere')
    expect(sourceOf.get(c)!.originOf(c.ipc.at!)).toBe('shared')
    expect(c.ipc.value).toBe('host')
  })
})

describe('bounds', () => {
  test('aliases of aliases end', async () => {
    const lists = ['x-a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    const maps = ['x-m0: &m0 {a: 1}']
    for (let i = 1; i < 25; i++) {
      lists.push(`x-a${i}: &a${i} [${`*a${i - 1}, `.repeat(10)}]`)
      maps.push(`x-m${i}: &m${i} {p: *m${i - 1}, q: *m${i - 1}, r: *m${i - 1}}`)
    }
    const text = `${lists.join('\n')}\n${maps.join('\n')}\nservices:\n  b: {image: x, deploy: *m24, build: *m24}\n  a: {extends: b, deploy: *m24, build: *m24, volumes: *a24, privileged: true}\n`
    const found = await project({ 'compose.yaml': text })
    expect(codes(found)).toContain('compose-too-large')
    expect(found.containers).toHaveLength(2)
  })

  test('a list that many services share is not read without end', async () => {
    const list = Array.from({ length: 600 }, (_, i) => `"/v${i}:/t${i}"`).join(', ')
    const services = Array.from({ length: 600 }, (_, i) => `  s${i}: {image: a, volumes: *l}`).join('\n')
    expect(codes(await project({ 'compose.yaml': `x-l: &l [${list}]\nservices:\n${services}\n` }))).toContain('compose-too-large')
  })

  test('chains of includes and of extends', async () => {
    const includes: Record<string, string> = {}
    for (let i = 0; i < 30; i++)
      includes[i === 0 ? 'compose.yaml' : `${i}.yaml`] = `include: [${i + 1}.yaml]\nservices: {s${i}: {image: a}}\n`
    expect(codes(await project(includes))).toEqual(['compose-too-deep'])
    const services = Array.from({ length: 30 }, (_, i) => `  s${i}: {image: a, extends: s${i + 1}}`).join('\n')
    expect(codes(await project({ 'compose.yaml': `services:\n${services}\n  s30: {image: a}\n` }))).toContain('compose-too-deep')
  })

  test('what a file says itself of a variable, and where', async () => {
    const text =
      'A: x${UP}y${DOWN:-z}\n      B: "q"\n      C: *c\n      D: ${UP}\n    labels: ["L=1${UP}", \'M = 2\']\n    command: serve "--port" 80 --to=${UP}\n' +
      '    entrypoint: [a, "b c"]\n'
    const whole = `x-c: &c see\nservices:\n  web:\n    image: a\n    environment:\n      ${text}`
    const { containers } = await project(
      { 'compose.yaml': whole },
      { env: name => (name === 'UP' ? 'from elsewhere' : undefined) },
    )
    const { environment, labels, command, entrypoint } = containers[0]!
    const at = (place: Location | undefined): string =>
      place?.in === 'file' ? whole.slice(place.span.start, place.span.end) : ''
    expect(environment.map(({ name, value, written }) => [name, value, written?.value, at(written?.at)])).toEqual([
      ['A', 'xfrom elsewhereyz', 'xyz', 'x${UP}y${DOWN:-z}'],
      ['B', 'q', 'q', '"q"'],
      ['C', 'see', 'see', 'see'],
      ['D', undefined, undefined, ''],
    ])
    expect(labels.map(({ value: { name, value, written } }) => [name, value, written?.value, at(written?.at)])).toEqual([
      ['L', '1from elsewhere', '1', '1${UP}"'],
      ['M ', ' 2', ' 2', " 2'"],
    ])
    expect(command.places, 'variables are in it').toBeUndefined()
    expect(entrypoint.places?.map(at)).toEqual(['a', '"b c"'])
    const plain = 'services:\n  web:\n    image: a\n    command: serve "--port" 80\n'
    const [one] = (await project({ 'compose.yaml': plain })).containers
    expect(one!.command.places?.map(place => (place.in === 'file' ? plain.slice(place.span.start, place.span.end) : ''))).toEqual(
      ['serve', '"--port"', '80'],
    )
  })

  test('a file of more than 16 MiB', async () => {
    expect(codes(await project({ 'compose.yaml': `#${'x'.repeat(16 * 1024 * 1024)}\nservices: {a: {image: b}}\n` }))).toEqual([
      'compose-too-large',
    ])
  })

  test('whatever stands there: no throw', async () => {
    for (const text of [
      '',
      '-',
      '[]',
      'a',
      'services:',
      'services: []',
      'services: {a: }',
      'services: {a: []}',
      '---\n---\n',
      'services: {[a]: {image: x}}',
      '\u0000',
      '{{ .Values }}',
      'services: !reset {a: {image: b}}',
    ])
      expect((await project({ 'compose.yaml': text })).containers).toEqual([])
  })
})
