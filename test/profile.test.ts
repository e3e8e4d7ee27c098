/** `bulkhead profile`: what it decides for each kind of image and file, that its outputs are read back as they are meant, and that our own rules find nothing in them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { apparmorProfile } from '../src/change/profile/apparmor.ts'
import { showCompose } from '../src/change/profile/compose.ts'
import { showDocker } from '../src/change/profile/docker.ts'
import { profileFor } from '../src/change/profile/profile.ts'
import { allowedFamilies, refusedCalls, seccompProfile } from '../src/change/profile/seccomp.ts'
import type { ProfileImage, ProfileSubject, ProfileTarget } from '../src/change/profile/subject.ts'
import { makeProfile, type ProfileRequest } from '../src/flows/profile.ts'
import type { ContainerRule } from '../src/judge/container-rule.ts'
import { judgeContainers } from '../src/judge/judge-container.ts'
import { knownPrograms } from '../src/judge/known-programs.ts'
import { podSecurity } from '../src/judge/pod-security.ts'
import { containerRules } from '../src/judge/rules/container-registry.ts'
import type { Census, Counted } from '../src/model/census.ts'
import type { Container } from '../src/model/container.ts'
import { type Finding, type Location, reaches, UsageError } from '../src/model/finding.ts'
import type { ImageConfig } from '../src/model/image.ts'
import { readComposeProject } from '../src/read/compose/project.ts'
import type { Manifests } from '../src/read/kubernetes/manifests.ts'
import { readManifests } from '../src/read/kubernetes/read-manifests.ts'
import { readYaml } from '../src/read/yaml/tree.ts'
import { machine } from '../src/world/machine.ts'
import { has, run } from './components.ts'
import { readSample } from './containers.ts'
import { emptyConfig } from './image-config.ts'

const none = { count: 0, items: [] }
/** Their places do not matter. */
const files = <Item extends { readonly path: string }>(...items: readonly Item[]): Counted<Item & { readonly at: Location }> => ({
  count: items.length,
  items: items.map(item => ({ ...item, at: { in: 'config', field: 'x' } })),
})
const emptyCensus: Census = {
  setuid: none,
  setgid: none,
  capable: none,
  writableFiles: none,
  writableFolders: none,
  shells: none,
  packageManagers: none,
  compilers: none,
  downloaders: none,
  stepDowns: none,
  caches: none,
  gitFolders: none,
  hostKeys: none,
  sshDaemons: none,
  accounts: undefined,
  groups: undefined,
  accountsAt: undefined,
  groupsAt: undefined,
  programs: 1,
  machines: [],
  withoutPie: none,
  withoutRelro: none,
  withoutCanary: none,
  start: undefined,
}
const account = (name: string, uid: number, gid = uid) => ({ name, uid, gid, password: 'locked' as const })
const accounts = (...items: readonly ReturnType<typeof account>[]): Pick<Census, 'accounts'> => ({
  accounts: { count: items.length + 1, items: [account('root', 0), ...items] },
})
const image = (config: Partial<ImageConfig> = {}, census: Partial<Census> = {}): ProfileImage => ({
  platform: 'linux/amd64',
  config: { ...emptyConfig, ...config },
  census: { ...emptyCensus, ...census },
  isWhole: true,
})
const subject = (one: ProfileImage | undefined, more: Partial<ProfileSubject> = {}): ProfileSubject => ({
  name: 'web',
  imageName: 'registry.example.com/team/web:1.2',
  image: one,
  container: undefined,
  ...more,
})
const start = (path: string, kind: 'elf' | 'other' = 'elf'): Pick<Census, 'start'> => ({
  start: { program: path, path, kind, isShell: false, stepsDownTo: undefined },
})

describe('the user', () => {
  const userOf = (one: ProfileImage | undefined, target: ProfileTarget = 'docker', more: Partial<ProfileSubject> = {}) => {
    const { uid, gid, isKnown, stepsDown, command } = profileFor(subject(one, more), target, {}).user
    return [`${uid}:${gid}`, isKnown, stepsDown?.by, command?.join(' ')]
  }

  test.each<[string, ProfileImage | undefined, string, boolean]>([
    ['a number of the image', image({ user: '1000:1001' }), '1000:1001', true],
    ['a number has the group of its account', image({ user: '1000' }, accounts(account('app', 1000, 7))), '1000:7', true],
    ['a number without one has the group 0, as runtimes have it', image({ user: '1000' }), '1000:0', true],
    ['a name', image({ user: 'app' }, accounts(account('app', 10001, 5))), '10001:5', true],
    [
      'a name with a group',
      image(
        { user: 'app:staff' },
        { ...accounts(account('app', 10001)), groups: { count: 1, items: [{ name: 'staff', gid: 50 }] } },
      ),
      '10001:50',
      true,
    ],
    ['a name that nobody has', image({ user: 'ghost' }, accounts()), '65532:65532', false],
    ['a name whose number is root’s', image({ user: 'toor' }, accounts(account('toor', 0))), '65532:65532', false],
    ['root', image({ user: 'root' }), '65532:65532', false],
    ['nobody', image(), '65532:65532', false],
    ['an image of which nothing is known', undefined, '65532:65532', false],
    ['root in an image with one account of people', image({}, accounts(account('node', 1000))), '1000:1000', false],
    ['two such accounts decide nothing', image({}, accounts(account('a', 1000), account('b', 1001))), '65532:65532', false],
    ['a number that no user can have', image({ user: '4294967295' }), '65532:65532', false],
    [
      'a well-known program has its account',
      image({ cmd: ['redis-server'] }, accounts(account('redis', 999, 1000))),
      '999:1000',
      true,
    ],
  ])('%s', (_, one, expected, isKnown) => {
    expect(userOf(one).slice(0, 2)).toEqual([expected, isKnown])
  })

  test('gosu in the start command: root with what it needs, or the same without it where root is forbidden', () => {
    const one = image({ entrypoint: ['gosu', 'app', '/srv/run', '-x'] }, accounts(account('app', 10001, 10002)))
    expect(userOf(one)).toEqual(['0:0', true, 'gosu', undefined])
    expect(userOf(one, 'kubernetes')).toEqual(['10001:10002', true, undefined, '/srv/run -x'])
    expect(profileFor(subject(one), 'docker', {}).capabilities.add.map(({ value }) => value)).toEqual(['SETGID', 'SETUID'])
  })

  test('a script that brings gosu stays root where that is possible', () => {
    const one = image(
      { entrypoint: ['/start.sh'] },
      { ...start('/start.sh', 'other'), stepDowns: files({ path: '/usr/bin/gosu' }) },
    )
    expect(userOf(one)).toEqual(['0:0', true, '/usr/bin/gosu', undefined])
    expect(profileFor(subject(one), 'compose', {}).capabilities.add.map(({ value }) => value)).toEqual([
      'CHOWN',
      'DAC_OVERRIDE',
      'FOWNER',
      'SETGID',
      'SETUID',
    ])
    expect(userOf(one, 'kubernetes').slice(0, 2)).toEqual(['65532:65532', false])
  })

  test('what the file says comes first', async () => {
    const { containers } = await readSample('services:\n  web:\n    image: web:1\n    user: "7:8"\n')
    expect(userOf(image({ user: '1000' }), 'docker', { container: containers[0] }).slice(0, 2)).toEqual(['7:8', true])
  })
})

describe('capabilities', () => {
  const of = (census: Partial<Census>, target: ProfileTarget = 'docker', config: Partial<ImageConfig> = {}) => {
    const { add, noNewPrivileges, unprivilegedPort, notes } = profileFor(subject(image(config, census)), target, {}).capabilities
    return { add: add.map(({ value }) => value), noNewPrivileges: noNewPrivileges.value, port: unprivilegedPort?.value, notes }
  }
  const capable = (path: string, ...capabilities: readonly string[]) => files({ path, capabilities })

  test('the program’s own file has some: they stay, and it may gain them', () => {
    const census = { ...start('/srv/run'), capable: capable('/srv/run', 'cap_net_admin', 'cap_net_bind_service') }
    expect(of(census)).toMatchObject({ add: ['NET_ADMIN', 'NET_BIND_SERVICE'], noNewPrivileges: false })
    const pod = of(census, 'kubernetes')
    expect(pod).toMatchObject({ add: ['NET_BIND_SERVICE'], noNewPrivileges: true })
    expect(pod.notes.join()).toContain('NET_ADMIN, which the restricted standard forbids')
  })

  test('NET_BIND_SERVICE alone is no reason to let programs gain rights', () => {
    expect(of({ ...start('/srv/run'), capable: capable('/srv/run', 'cap_net_bind_service') })).toMatchObject({
      add: ['NET_BIND_SERVICE'],
      noNewPrivileges: true,
    })
  })

  test('another file has some: it gets nothing, which is said', () => {
    const found = of({ ...start('/srv/run'), capable: capable('/bin/ping', 'cap_net_raw') })
    expect(found).toMatchObject({ add: [], noNewPrivileges: true })
    expect(found.notes.join()).toContain('/bin/ping')
  })

  test('a program with the setuid bit', () => {
    const census = { ...start('/srv/run'), setuid: files({ path: '/srv/run', mode: 0o4755 }) }
    expect(of(census)).toMatchObject({ add: ['SETGID', 'SETUID'], noNewPrivileges: false })
    expect(of(census, 'kubernetes')).toMatchObject({ add: [], noNewPrivileges: true })
  })

  test.each([
    [['80/tcp', '443/tcp', '8080/tcp'], 80],
    [['53/udp'], 53],
    [['1023'], 1023],
    [['1024'], undefined],
    [['0/tcp', '99999/tcp', 'x'], undefined],
    [[], undefined],
  ])('ports %j are free from %s on', (exposedPorts, expected) => {
    for (const target of ['docker', 'compose', 'kubernetes'] as const)
      expect(of({}, target, { exposedPorts }).port).toBe(expected)
  })
})

describe('folders', () => {
  const of = (config: Partial<ImageConfig>, more: Partial<ProfileSubject> = {}) => {
    const { scratch, volumes, notes } = profileFor(subject(image(config), more), 'docker', {}).writable
    return { scratch: scratch.map(({ value }) => value), volumes: volumes.map(({ value }) => value), notes }
  }
  test('volumes stay volumes; an unknown program is said to be unknown', () => {
    expect(of({ volumes: ['/data/', '/a/../etc', '/b c', '/var/run/x'] })).toEqual({
      scratch: ['/run', '/tmp'],
      volumes: ['/data', '/run/x'],
      notes: [
        expect.stringContaining('unusual characters'),
        expect.stringContaining('unusual characters'),
        expect.stringContaining('not known: which other folders it writes to'),
      ],
    })
  })
  test('a well-known program, by its command or its image', () => {
    const nginx = { scratch: ['/run', '/tmp', '/var/cache/nginx', '/var/lib/nginx'], volumes: [], notes: [] }
    expect(of({ entrypoint: ['/docker-entrypoint.sh'], cmd: ['nginx', '-g', 'daemon off;'] })).toEqual(nginx)
    expect(of({}, { imageName: 'nginx:1.27' })).toEqual(nginx)
    expect(of({}, { imageName: 'registry.example.com/nginx:1.27' })).not.toEqual(nginx)
    expect(of({}, { imageName: 'postgres:17' }).volumes).toEqual(['/var/lib/postgresql/data'])
    expect(of({ volumes: ['/var/lib/postgresql'] }, { imageName: 'postgres:18' }).volumes).toEqual(['/var/lib/postgresql'])
  })
  test('what the file mounts is not mounted again', async () => {
    const { containers } = await readSample(
      'services:\n  web:\n    image: nginx:1.27\n    tmpfs: [/tmp]\n    volumes: ["cache:/var/cache/nginx"]\nvolumes: {cache: }\n',
    )
    expect(of({}, { imageName: 'nginx:1.27', container: containers[0] }).scratch).toEqual(['/run', '/var/lib/nginx'])
  })
  test('every entry of the table has a source and clean paths', () => {
    for (const { source, scratch, data, programs } of knownPrograms) {
      expect(source).toMatch(/^https:\/\//)
      expect(programs.length).toBeGreaterThan(0)
      for (const path of [...scratch, ...data]) expect(path).toMatch(/^(?:\/[a-z0-9.]+)+$/)
    }
  })
})

describe('seccomp', () => {
  const namesOf = (profile: ReturnType<typeof seccompProfile>): readonly string[] =>
    profile.syscalls.flatMap(({ names }) => names)

  test('nothing of the list is left, and no condition that containerd would pass over', () => {
    const profile = seccompProfile({ capabilities: [], machines: ['amd64'] })
    const names = namesOf(profile)
    for (const { calls } of refusedCalls) for (const call of calls) expect(names, call).not.toContain(call)
    for (const call of ['read', 'execve', 'futex', 'epoll_wait', 'capset', 'prctl', 'seccomp']) expect(names).toContain(call)
    expect(JSON.stringify(profile)).not.toMatch(/includes|excludes|archMap/)
    expect(profile.architectures).toEqual(['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'])
    expect(profile.defaultAction).toBe('SCMP_ACT_ERRNO')
    expect(profile.syscalls.filter(entry => entry.names.includes('socket')).map(({ args }) => args)).toEqual(
      allowedFamilies.map(({ number }) => [{ index: 0, value: number, op: 'SCMP_CMP_EQ' }]),
    )
    expect(profile.syscalls.filter(entry => entry.names.includes('clone'))).toEqual([
      { names: ['clone'], action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value: 0x7e02_0000, op: 'SCMP_CMP_MASKED_EQ' }] },
    ])
  })
  test('a capability brings the calls that it is for', () => {
    expect(namesOf(seccompProfile({ capabilities: ['SYS_PTRACE'], machines: [] }))).toContain('ptrace')
    expect(namesOf(seccompProfile({ capabilities: ['SYS_CHROOT'], machines: [] }))).toContain('chroot')
    expect(namesOf(seccompProfile({ capabilities: [], machines: [] }))).not.toContain('chroot')
    const admin = seccompProfile({ capabilities: ['SYS_ADMIN'], machines: [] })
    expect(namesOf(admin)).toContain('mount')
    expect(admin.syscalls.find(({ names }) => names.includes('clone'))?.args).toBeUndefined()
    const raw = seccompProfile({ capabilities: ['NET_RAW'], machines: [] })
    expect(raw.syscalls.filter(({ names }) => names.includes('socket')).map(({ args }) => args![0]!.value)).toContain(17)
  })
  test('programs of 32 bits only where the image has some', () => {
    const profile = seccompProfile({ capabilities: [], machines: ['amd64', '386'] })
    expect(profile.architectures).toContain('SCMP_ARCH_X86')
    expect(namesOf(profile)).toContain('socketcall')
    expect(namesOf(seccompProfile({ capabilities: [], machines: ['amd64'] }))).not.toContain('socketcall')
  })
})

describe.skipIf(!has('apparmor_parser'))('AppArmor (needs apparmor_parser)', () => {
  test.each<[string, ProfileSubject]>([
    ['an unknown image', subject(undefined)],
    [
      'volumes and capabilities',
      subject(image({ volumes: ['/data'], entrypoint: ['gosu', 'app', '/x'] }, accounts(account('app', 5)))),
    ],
    ['nginx', subject(image({ cmd: ['nginx'] }, accounts(account('nginx', 101))))],
    [
      'texts of strangers',
      subject(image({ volumes: ['/a b', '/x{', '/ü', '/"', '/$(x)', '/@{HOME}', '/a*', '/ok'], user: 'a\n}' })),
    ],
  ])('%s', (_, one) => {
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-apparmor-'))
    try {
      const { capabilities, writable } = profileFor(one, 'docker', {})
      const file = join(folder, 'profile')
      writeFileSync(file, apparmorProfile(one, capabilities, writable))
      run('apparmor_parser', ['-QK', file])
      expect(run('apparmor_parser', ['-QKN', file]).trim()).toBe('bulkhead-web')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

const all = new Map(
  Object.entries(containerRules as Readonly<Record<string, ContainerRule<unknown>>>).map(([id, rule]) => {
    const options = rule.options?.['~standard'].validate({})
    if (options instanceof Promise || options?.issues) throw new Error(id)
    return [id, { rule, options: options?.value, severity: undefined }]
  }),
)
/** Findings of medium severity or worse. */
const bad = (containers: readonly Container[], manifests?: Manifests): readonly string[] => {
  const { judged, problems } = judgeContainers(
    containers,
    all,
    () => ({ today: '2026-11-24', neighbours: containers, manifests, imageOf: () => undefined, allowedRegistries: undefined }),
    () => '',
  )
  for (const { cause } of problems) throw cause
  return judged
    .map(({ finding }) => finding)
    .filter(({ severity }: Finding) => reaches(severity, 'medium'))
    .map(({ rule, message }) => `${rule}: ${message}`)
}
const readKubernetes = (text: string) => {
  const stream = readYaml('out.yaml', text)
  const read = readManifests(stream)
  expect([...stream.problems, ...read.problems]).toEqual([])
  return read
}

const subjects: readonly (readonly [string, ProfileSubject])[] = [
  ['an unknown image', subject(undefined)],
  ['an image that says nothing', subject(image())],
  ['nginx', subject(image({ cmd: ['nginx'], exposedPorts: ['80/tcp'] }, accounts(account('nginx', 101))))],
  ['a user of its own', subject(image({ user: '1000', volumes: ['/data'], healthcheck: ['CMD', '/ok'] }))],
  [
    'a shell’s health check',
    subject(image({ user: 'app', healthcheck: ['CMD-SHELL', 'x || exit 1'] }, accounts(account('app', 1001)))),
  ],
  [
    'a file with NET_BIND_SERVICE',
    subject(image({ user: '1' }, { ...start('/x'), capable: files({ path: '/x', capabilities: ['cap_net_bind_service'] }) })),
  ],
]
const confined = { seccomp: 'a folder/web.json', apparmor: 'web.apparmor' }

describe('our own rules find nothing of medium severity in what is written', () => {
  test.each(subjects)('docker: %s', async (_, one) => {
    for (const given of [{}, confined]) {
      const text = showDocker(profileFor(one, 'docker', given))
      const { containers, problems } = await readSample(text.slice(text.indexOf('docker run \\\n')))
      expect(problems).toEqual([])
      expect(containers).toHaveLength(1)
      expect(bad(containers)).toEqual([])
      expect(containers[0]).toMatchObject({
        image: { value: one.imageName },
        readOnlyRoot: { value: true },
        noNewPrivileges: { value: true },
      })
      expect(containers[0]!.seccomp.value).toBe(given === confined ? 'localhost' : 'default')
    }
  })
  test.each(subjects)('compose: %s', async (_, one) => {
    for (const given of [{}, confined]) {
      const { containers, problems } = await readSample(showCompose(profileFor(one, 'compose', given), 'web', false))
      expect(problems).toEqual([])
      expect(bad(containers)).toEqual([])
      expect(containers[0]).toMatchObject({
        capDrop: [{ value: 'ALL' }],
        readOnlyRoot: { value: true },
        memory: { value: 512 * 1024 * 1024 },
      })
    }
  })
  test.each(subjects)('kubernetes: %s', async (_, one) => {
    for (const given of [{}, confined]) {
      const { text } = await made({ subject: one.imageName!, target: 'kubernetes', files: given }, one.image ?? image())
      const { containers, manifests } = readKubernetes(text)
      expect(containers).toHaveLength(1)
      expect(podSecurity(containers[0]!)).toEqual([])
      expect(bad(containers, manifests)).toEqual([])
      expect(containers[0]!.pod!.automountToken.value).toBe(false)
      expect(manifests.networkPolicies.length).toBeGreaterThanOrEqual(2)
    }
  })
})

/** With an image that is not read; undefined: there is none. */
const made = (request: ProfileRequest, one?: ProfileImage) =>
  makeProfile(machine, request, async name => {
    if (!one) throw new UsageError(`no image ${name}`)
    return {
      name,
      kind: 'image',
      image: { id: 'sha256:0', platform: 'linux/amd64', refs: [], config: { ...emptyConfig, ...one.config }, layers: [] },
      distro: undefined,
      packages: [],
      problems: [],
      layers: [],
      census: one.census,
    }
  })

describe('files', () => {
  const inFile = async <T>(name: string, text: string, use: (path: string) => Promise<T>): Promise<T> => {
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-profile-'))
    try {
      writeFileSync(join(folder, name), text)
      return await use(join(folder, name))
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  const shop = `services:
  web:
    image: nginx:1.27
    privileged: true
    pid: host
    network_mode: host
    cap_add: [NET_ADMIN, SYS_PTRACE]
    security_opt: [seccomp:unconfined, apparmor:unconfined, label:disable]
    mem_limit: 64m
    depends_on: [db]
  db:
    image: postgres:17
    links: [cache]
  cache:
    image: registry.example.com/cache:1
  proxy:
    image: registry.example.com/proxy:1
    ports: ["443:8443", "127.0.0.1:9000:9000"]
    depends_on:
      web: {condition: service_started}
`
  const merged = (base: string, over: string) =>
    readComposeProject({
      main: [
        { path: 'compose.yaml', text: base },
        { path: 'over.yaml', text: over },
      ],
      load: async () => undefined,
      env: () => undefined,
      workingFolder: '/srv',
    })

  test('an override, laid over its file, leaves nothing of what was wrong', () =>
    inFile('compose.yaml', shop, async path => {
      const before = await merged(shop, 'services: {}\n')
      expect(bad(before.containers.filter(({ name }) => name === 'web'))).not.toEqual([])
      const { text, problems } = await made({ subject: `${path}#web`, target: 'compose', files: confined })
      expect(problems.map(({ code }) => code)).toEqual(['image-unknown'])
      const after = await merged(shop, text)
      expect(after.problems).toEqual([])
      const web = after.containers.filter(({ name }) => name === 'web')
      expect(bad(web)).toEqual([])
      expect(text).not.toContain('mem_limit')
      expect(web[0]).toMatchObject({
        privileged: { value: false },
        capAdd: [],
        pid: { value: 'private' },
        network: { value: 'default' },
        seccomp: { value: 'localhost' },
        memory: { value: 64 * 1024 * 1024 },
        selinux: { value: { disabled: false, type: 'container_t' } },
      })
      // The others are as they were.
      expect(after.containers.map(({ name }) => name)).toEqual(before.containers.map(({ name }) => name))
    }))

  test('depends_on, links and ports become one policy each', () =>
    inFile('compose.yaml', shop, async path => {
      const policiesOf = async (service: string) => {
        const { text } = await made({ subject: path, service, target: 'kubernetes', files: {}, image: false })
        const { manifests, containers } = readKubernetes(text)
        expect(podSecurity(containers[0]!)).toEqual([])
        for (const policy of manifests.networkPolicies)
          expect(policy.podSelector.matchLabels).toEqual({ 'app.kubernetes.io/name': service })
        return { text, names: manifests.networkPolicies.map(({ name, policyTypes }) => `${name} ${policyTypes.join('+')}`) }
      }
      expect((await policiesOf('web')).names).toEqual([
        'web-deny Ingress+Egress',
        'web-dns Egress',
        'web-from-proxy Ingress',
        'web-to-db Egress',
      ])
      expect((await policiesOf('web')).text).toMatch(/app\.kubernetes\.io\/name: db\n +ports:\n +- protocol: TCP\n +port: 5432\n/)
      expect((await policiesOf('db')).names).toEqual([
        'db-deny Ingress+Egress',
        'db-dns Egress',
        'db-from-web Ingress',
        'db-to-cache Egress',
      ])
      const proxy = await policiesOf('proxy')
      expect(proxy.names).toEqual([
        'proxy-deny Ingress+Egress',
        'proxy-dns Egress',
        'proxy-from-everybody Ingress',
        'proxy-to-web Egress',
      ])
      const open = proxy.text.slice(proxy.text.indexOf('name: proxy-from-everybody'), proxy.text.indexOf('name: proxy-to-web'))
      expect(open).toContain('port: 8443')
      expect(open).not.toContain('port: 9000')
    }))

  test.each(['Pod', 'Deployment', 'CronJob'])('a patch for a %s', kind => {
    const spec = (indent: string): string =>
      `hostPID: true\ncontainers:\n  - name: app\n    image: registry.example.com/app:1\n    securityContext:\n      privileged: true\n  - name: side\n    image: registry.example.com/side:1\n`.replace(
        /^/gm,
        indent,
      )
    const template = (indent: string): string =>
      `${indent}metadata:\n${indent}  labels: {app: shop}\n${indent}spec:\n${spec(`${indent}  `)}`
    const text =
      kind === 'Pod'
        ? `apiVersion: v1\nkind: Pod\nmetadata:\n  name: shop\n  labels: {app: shop}\nspec:\n${spec('  ')}`
        : kind === 'Deployment'
          ? `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec:\n  template:\n${template('    ')}`
          : `apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: shop\nspec:\n  schedule: "0 0 * * *"\n  jobTemplate:\n    spec:\n      template:\n${template('        ')}`
    return inFile('pods.yaml', text, async path => {
      await expect(made({ subject: path, target: 'kubernetes', files: {}, image: false })).rejects.toThrow('which container')
      const out = await made({ subject: `${path}#app`, target: 'kubernetes', files: {}, image: false })
      const { containers, manifests } = readKubernetes(out.text)
      expect(containers.map(({ pod, name }) => [pod!.kind, pod!.name, name.split(' › ').at(-1)])).toEqual([[kind, 'shop', 'app']])
      expect(podSecurity(containers[0]!)).toEqual([])
      expect(bad(containers, manifests)).toEqual([])
      expect(out.text).toContain('hostPID: false')
      expect(out.text).toContain('privileged: false')
      expect(manifests.networkPolicies[0]!.podSelector.matchLabels).toEqual({ app: 'shop' })
    })
  })

  test('what a patch leaves is said', () =>
    inFile(
      'pod.yaml',
      `apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  shareProcessNamespace: true
  securityContext:
    runAsUser: 0
    runAsNonRoot: false
    seccompProfile: {type: Unconfined}
    sysctls: [{name: kernel.msgmax, value: "1"}]
  containers:
    - name: app
      image: registry.example.com/app:1
      ports: [{containerPort: 80, hostPort: 80}]
      securityContext:
        appArmorProfile: {type: Unconfined}
        procMount: Unmasked
        capabilities: {add: [SYS_ADMIN]}
      resources:
        requests: {cpu: "2", memory: 2Gi}
  volumes:
    - name: host
      hostPath: {path: /}
`,
      async path => {
        const { text } = await made({ subject: path, target: 'kubernetes', files: {}, image: false })
        const left = text.split('\n').filter(line => line.includes('left as it is'))
        for (const what of [
          '`runAsUser` is 0',
          '`runAsNonRoot` is false',
          'seccomp is unconfined',
          'kernel.msgmax',
          'port 80',
          'volume `host`',
          'processes',
        ])
          expect(left.join('\n')).toContain(what)
        expect(left.join('\n')).not.toMatch(/SYS_ADMIN|AppArmor|\/proc/)
        expect(text).toContain('no NetworkPolicy')
        const [app] = readKubernetes(text).containers
        expect(podSecurity(app!)).toEqual([])
        expect(app).toMatchObject({
          cpuRequest: { value: 2 },
          memoryRequest: { value: 2 ** 31 },
          memory: { value: 2 ** 31 },
          cpus: { value: 2 },
        })
      },
    ))

  test('what it cannot be made for is said', () =>
    inFile('compose.yaml', shop, async path => {
      const ask = (more: Partial<ProfileRequest>) => made({ subject: path, target: 'docker', files: {}, ...more })
      await expect(ask({ service: 'nobody' })).rejects.toThrow('has no container nobody')
      await expect(ask({})).rejects.toThrow('which container')
      await expect(ask({ subject: '/nowhere/compose.yaml#web' })).rejects.toThrow('there is no file')
      await expect(ask({ subject: 'registry.example.com/none:1' })).rejects.toThrow('no image')
      await expect(ask({ service: 'web', image: 'other:1' })).rejects.toThrow('no image other:1')
    }))

  test('texts of strangers stay in their place', async () => {
    const evil = 'x\n  privileged: true\u202e\u2028#'
    const one = image(
      { user: evil, volumes: [evil], healthcheck: ['CMD', evil, '"\\'], entrypoint: ['gosu', evil, evil] },
      {
        ...start('/x', 'other'),
        stepDowns: files({ path: evil }),
        setuid: files({ path: evil, mode: 0o4755 }),
        ...accounts(account(evil, 7)),
      },
    )
    for (const target of ['docker', 'compose', 'kubernetes'] as const) {
      const { text, apparmor } = await made(
        { subject: 'web:1', target, files: { seccomp: "it's \u202e$(x).json", apparmor: evil } },
        one,
      )
      expect(text).not.toMatch(/^\s*privileged/m)
      expect(`${text}${apparmor}`).not.toMatch(/[\u202e\u2028]/)
      const sample = await readSample(target === 'docker' ? text.slice(text.indexOf('docker run \\\n')) : text)
      expect(sample.containers).toHaveLength(1)
      expect(sample.problems).toEqual([])
    }
  })
})
