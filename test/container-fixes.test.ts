/** What is repaired in Compose files and manifests, to the eyes of another YAML library: only what was meant changes, and everything else stays as it is. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { auditCommandLine } from '../src/flows/audit.ts'
import { check } from '../src/flows/check.ts'
import { containerRules } from '../src/judge/rules/container-registry.ts'
import { rules } from '../src/judge/rules/registry.ts'
import { showJson } from '../src/show/json.ts'
import { showText } from '../src/show/text.ts'
import { memoryWorld } from '../src/world/memory.ts'
import { composeLayouts, kubernetesLayouts } from './container-layouts.ts'
import { documentsIn, unintended } from './yaml-changes.ts'

import './fixed-seed.ts'

const runs = Number(process.env.BULKHEAD_FUZZ_RUNS ?? 60)

type Repaired = {
  readonly text: string
  readonly override: string | undefined
  readonly applied: number
  readonly world: ReturnType<typeof memoryWorld>
}

const repair = async (files: Readonly<Record<string, string>>): Promise<Repaired> => {
  const [path] = Object.keys(files) as [string]
  const world = memoryWorld(files)
  const options = { paths: [path], only: Object.keys(containerRules), config: 'none', shellcheck: 'off' } as const
  const before = await check(world, { ...rules, ...containerRules }, '0', options)
  const outcome = await check(world, { ...rules, ...containerRules }, '0', {
    ...options,
    fix: { allowed: new Set(['safe', 'unsafe']), write: true },
  })
  const failed = (one: typeof before) => one.report.problems.filter(({ kind }) => kind === 'failed').map(({ message }) => message)
  expect(failed(outcome).length, failed(outcome).join('\n')).toBeLessThanOrEqual(failed(before).length)
  expect(
    outcome.report.findings.filter(({ fix }) => (fix?.edits.length ?? 0) > 0).map(({ rule }) => rule),
    'what can be repaired is',
  ).toEqual([])
  const known = new Map<string, number>()
  for (const { rule } of before.report.findings) known.set(rule, (known.get(rule) ?? 0) + 1)
  const textOf = (name: string): string | undefined => {
    const change = outcome.changes.find(one => one.path.endsWith(name))
    return change?.after
  }
  return {
    text: textOf(path) ?? files[path]!,
    override: textOf('compose.override.yaml'),
    applied: outcome.report.applied.length,
    world,
  }
}

/** The lines that say `keep`, as they are. */
const kept = (text: string): readonly string[] => text.split(/\r?\n/).filter(line => line.includes('keep'))

/** What every repair owes. */
const promise = async (path: string, before: string): Promise<Repaired> => {
  const files = { [path]: before }
  const first = await repair(files)
  expect(documentsIn(first.text).errors).toEqual(documentsIn(before).errors)
  expect(unintended(before, first.text)).toEqual([])
  expect(kept(first.text)).toEqual(expect.arrayContaining(kept(before) as string[]))
  expect(kept(first.text).length).toBe(kept(before).length)
  // A text of several lines has the line ends that stand behind it.
  if (!/[|>][+-]?\s*$/m.test(before)) expect(/\n$/.test(first.text)).toBe(/\n$/.test(before))
  expect(first.text, 'a comment goes with what it is about').not.toMatch(/\bgone\b/)
  if (before.startsWith('{')) expect(() => JSON.parse(first.text)).not.toThrow()
  if (/\r\n/.test(before)) expect(first.text.replaceAll('\r\n', '')).not.toContain('\n')
  else expect(first.text).not.toContain('\r')
  if (first.override !== undefined) expect(documentsIn(first.override).errors).toEqual([])
  const again = await repair({
    [path]: first.text,
    ...(first.override === undefined ? {} : { 'compose.override.yaml': first.override }),
  })
  expect([again.text, again.applied]).toEqual([first.text, 0])
  return first
}

describe('Compose', () => {
  test.each(Object.entries(composeLayouts))('%s', async (_, text) => {
    const { applied } = await promise('compose.yaml', text)
    expect(applied).toBeGreaterThan(0)
  })
})

describe('exactly', () => {
  const hardened = (indent: string, list: string): string =>
    [
      'cap_drop:',
      `${list}- ALL`,
      'security_opt:',
      `${list}- no-new-privileges:true`,
      'read_only: true',
      'tmpfs:',
      `${list}- /tmp`,
      `${list}- /run`,
    ]
      .map(line => `${indent}${line}\n`)
      .join('')
  test.each([
    [
      'services:\n    web:\n        image: web:1\n',
      `services:\n    web:\n        image: web:1\n${hardened(' '.repeat(8), '    ')}`,
    ],
    [
      'services:\n  web:\n    image: web:1\n    expose:\n    - 80\n\nvolumes: {}\n',
      `services:\n  web:\n    image: web:1\n    expose:\n    - 80\n${hardened('    ', '')}\nvolumes: {}\n`,
    ],
    [
      'services:\n  web:\n    image: web:1 # a\n    # b\n\n    # c\n    pid: host # d\n    # e\n',
      `services:\n  web:\n    image: web:1 # a\n${hardened('    ', '  ')}    # b\n\n    # e\n`,
    ],
  ])('%j', async (text, wanted) => {
    expect((await repair({ 'compose.yaml': text })).text).toBe(wanted)
  })
  test('who is extended gets an override, and who extends says it for itself', async () => {
    const base = 'services:\n  base:\n    image: web:1\n    privileged: true\n'
    const { text, override } = await repair({ 'compose.yaml': `${base}  web:\n    extends: base\n` })
    expect(text.startsWith(base)).toBe(true)
    expect(text.slice(base.length)).toMatch(/^ {2}web:\n {4}extends: base\n(?: {4}[^\n]*\n)* {4}privileged: false\n/)
    expect(override).toMatch(/^services:\n {2}base:\n {4}privileged: false\n/)
    expect(override).not.toContain('web')
  })
  test('a list that replaces others does not go away', async () => {
    const base = 'services:\n  web:\n    image: web:1\n    cap_add: [CHOWN]\n'
    const override = 'services:\n  web:\n    cap_add: !override [SYS_ADMIN]\n'
    const first = await repair({ 'compose.yaml': base, 'compose.override.yaml': override })
    expect(first.override ?? override).toContain('cap_add: !override [SYS_ADMIN]')
  })
})

test.each([
  [
    '    # about gone\n    cap_add: # gone\n      # gone\n      - SYS_ADMIN # gone\n\n      # gone too\n      # and gone\n    # keep\n    labels: [keep]\n',
    '    # keep\n    labels: [keep]\n',
  ],
  [
    '    cap_add:\n      # gone\n      - SYS_ADMIN\n      # keep\n      - CHOWN\n      # keep\n\n    # keep\n',
    '    cap_add:\n      # keep\n      - CHOWN\n      # keep\n\n    # keep\n',
  ],
  // Further in than a single value it stands in nothing.
  ['    pid: host\n      # keep\n', '      # keep\n'],
  [
    '    logging:\n      driver: none\n      # gone\n        # gone\n     # keep\n    labels: [keep]\n',
    '     # keep\n    labels: [keep]\n',
  ],
  ['    cap_add:\n    - SYS_ADMIN\n    # keep\n    labels: [keep]\n', '    # keep\n    labels: [keep]\n'],
  ['    pid: host\n\n    # keep\n\n  # keep\n', '\n    # keep\n\n  # keep\n'],
])('comments go with what they stand in, and no others: %j', async (fields, wanted) => {
  const head = 'services:\n  web:\n    image: web:1\n'
  const hardened = /(?: {4}(?:cap_drop|security_opt|read_only|tmpfs):.*\n(?: {4,6}- .*\n)*)+/
  const { text } = await promise('compose.yaml', head + fields)
  expect(text.replace(hardened, '')).toBe(head + wanted)
})

test('what an override file has is kept, and added to', async () => {
  const base =
    'x-base: &base\n  cap_add: [SYS_ADMIN, CHOWN]\nservices:\n  web:\n    <<: *base\n    image: web:1\n  db:\n    <<: *base\n    image: db:1\n'
  const override = '# mine\nservices:\n  web:\n    restart: "no" # keep\n'
  const first = await repair({ 'compose.yaml': base, 'compose.override.yaml': override })
  expect(first.override).toBe(
    '# mine\nservices:\n  web:\n    restart: "no" # keep\n    cap_add: !override [CHOWN]\n  db:\n    cap_add: !override [CHOWN]\n',
  )
  expect(first.text).toContain(base.slice(0, base.indexOf('services')))
})

test('without a name that Compose reads an override beside, an anchor is left to people', async () => {
  const base = 'services:\n  web: &web\n    image: web:1\n    pid: host\n  db: *web\n'
  expect(await repair({ 'prod.compose.yml': base })).toMatchObject({ text: base, applied: 0, override: undefined })
})

test('files outside of the folder of the project are left as they are', async () => {
  const base = 'services:\n  base:\n    image: base:1\n    privileged: true\n'
  const own = 'services:\n  web:\n    extends:\n      file: ../base.yaml\n      service: base\n'
  const { text, world } = await repair({ 'shop/compose.yaml': own, 'base.yaml': base })
  expect(text).toContain('privileged: false')
  expect([...world.written.keys()].filter(path => path.endsWith('base.yaml'))).toEqual([])
})

describe('Kubernetes', () => {
  test.each(Object.entries(kubernetesLayouts))('%s', async (name, text) => {
    const { applied } = await promise('pods.yaml', text)
    if (name !== 'Windows') expect(applied).toBeGreaterThan(0)
  })
})

test('a volume for /tmp is called like none of the claims of a StatefulSet, which would replace it', async () => {
  const text =
    'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  volumeClaimTemplates:\n  - metadata: {name: tmp}\n    spec: {}\n' +
    '  template:\n    spec:\n      containers:\n      - name: db\n        image: db:1\n        volumeMounts:\n        - {name: tmp, mountPath: /data}\n'
  const { text: after } = await repair({ 'db.yaml': text })
  expect(after).toContain('- {name: tmp, mountPath: /data}\n        - name: tmp-2\n          mountPath: /tmp\n')
  expect(after).toContain('volumes:\n      - name: tmp-2\n        emptyDir: {}\n')
})

describe('what only brings back the default is done without --unsafe', () => {
  const safely = async (path: string, text: string): Promise<string> => {
    const world = memoryWorld({ [path]: text })
    const options = { paths: [path], only: Object.keys(containerRules), config: 'none', shellcheck: 'off' } as const
    const fix = { allowed: new Set(['safe'] as const), write: true }
    const { changes } = await check(world, { ...rules, ...containerRules }, '0', { ...options, fix })
    const after = changes[0]?.after ?? text
    expect(unintended(text, after)).toEqual([])
    return after
  }
  const service = (...fields: readonly string[]): string =>
    `services:\n  a:\n    image: a:1\n${fields.map(field => `    ${field}\n`).join('')}`
  test.each([
    [
      ['security_opt: [seccomp=unconfined, apparmor=unconfined, label=disable, systempaths=unconfined, no-new-privileges=false]'],
      ['security_opt: [no-new-privileges=false]'],
    ],
    [['logging: {driver: none}'], []],
    [['sysctls: {kernel.msgmax: 1, net.core.somaxconn: 1024}'], ['sysctls: {net.core.somaxconn: 1024}']],
    [['volumes: ["/data:/srv:rshared", "/b:/b:ro,shared,z"]'], ['volumes: ["/data:/srv", "/b:/b:ro,z"]']],
    [
      ['volumes:', '  - {type: bind, source: /a, target: /a, bind: {propagation: shared}}'],
      ['volumes:', '  - {type: bind, source: /a, target: /a}'],
    ],
    [
      [
        'volumes:',
        '  - type: bind',
        '    source: /a',
        '    target: /a',
        '    bind:',
        '      propagation: rshared',
        '      create_host_path: true',
      ],
      ['volumes:', '  - type: bind', '    source: /a', '    target: /a', '    bind:', '      create_host_path: true'],
    ],
    [['tmpfs: ["/t:exec,suid,dev", "/u:exec,size=64m,mode=1777"]'], ['tmpfs: ["/t", "/u:size=64m,mode=1777"]']],
    [['tmpfs: /t:size=64m,exec'], ['tmpfs: /t:size=64m']],
  ])('%j', async (fields, wanted) => {
    const after = await safely('compose.yaml', service(...fields))
    expect(after).toBe(service(...wanted))
    expect(await safely('compose.yaml', after)).toBe(after)
  })
  test.each([
    // s6-overlay starts what it writes to /run; a folder without a label is closed to a confined container; who may mount likely does.
    [['tmpfs: ["/run:exec"]']],
    [['security_opt: [label=disable]', 'volumes: [/data:/data]']],
    [['security_opt: ["label=type:spc_t", "label=level:s0:c1,c2"]']],
    [['cap_add: [SYS_ADMIN]', 'volumes: [/data:/data:rshared]']],
    [['privileged: true', 'volumes: [/data:/data:rshared]']],
    [['pid: host']],
    [['cap_add: [NET_ADMIN]']],
  ])('and no more than that: %j', async fields => {
    expect(await safely('compose.yaml', service(...fields))).toBe(service(...fields))
  })
  test('with a label for every folder SELinux comes back', async () => {
    expect(
      await safely(
        'compose.yaml',
        service('security_opt: [label=disable, no-new-privileges=false]', 'volumes: ["/data:/data:Z"]'),
      ),
    ).toBe(service('security_opt: [no-new-privileges=false]', 'volumes: ["/data:/data:Z"]'))
  })
  const pod = (spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n${spec}`
  const probe = (host: string): string =>
    `  containers:\n    - name: a\n      image: a:1\n      livenessProbe: {httpGet: {${host}path: /, port: 80}}\n`
  test('in pods', async () => {
    const text = pod(
      '  securityContext: {seccompProfile: {type: Unconfined}, sysctls: [{name: kernel.msgmax, value: "1"}, {name: net.ipv4.tcp_syncookies, value: "1"}]}\n  containers:\n    - name: a\n      image: a:1\n      securityContext: {procMount: Unmasked, appArmorProfile: {type: Unconfined}, seLinuxOptions: {type: spc_t}, allowPrivilegeEscalation: true}\n',
    )
    expect(await safely('pod.yaml', text)).toBe(
      pod(
        '  securityContext: {seccompProfile: {type: RuntimeDefault}, sysctls: [{name: net.ipv4.tcp_syncookies, value: "1"}]}\n  containers:\n    - name: a\n      image: a:1\n      securityContext: {allowPrivilegeEscalation: true}\n',
      ),
    )
    expect(await safely('pod.yaml', pod(probe('host: 10.0.0.1, ')))).toBe(pod(probe('')))
    const own = pod(`  hostNetwork: true\n${probe('host: 127.0.0.1, ')}`)
    expect(await safely('pod.yaml', own)).toBe(own)
  })
  test('the propagation that a pod says is taken out, and nothing else', async () => {
    const text = pod(
      '  containers:\n    - name: a\n      image: a:1\n      volumeMounts:\n        - name: d\n          mountPath: /d\n          mountPropagation: Bidirectional\n  volumes: [{name: d, emptyDir: {}}]\n',
    )
    expect(await safely('pod.yaml', text)).toBe(text.replace('          mountPropagation: Bidirectional\n', ''))
  })
})

test.each([
  [
    'pods.yaml',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: m}\nspec:\n  containers:\n  - name: m\n    image: a:1\n    securityContext: {runAsUser: 0, capabilities: {drop: [NET_RAW], add: [CHOWN, SETUID]}}\n',
    '{drop: [NET_RAW, ALL], add: [CHOWN, SETUID]}',
  ],
  [
    'compose.yaml',
    'services:\n  m:\n    image: a:1\n    cap_drop: [NET_RAW]\n    cap_add: [CHOWN, SETUID]\n',
    'cap_drop: [NET_RAW, ALL]\n    cap_add: [CHOWN, SETUID]\n',
  ],
])('what is declared to be needed stays when ALL is dropped: %s', async (path, text, wanted) => {
  expect((await repair({ [path]: text })).text).toContain(wanted)
})

describe('a read-only root has the folders that the program is known to write to', () => {
  test.each([
    ['image: nginx:1.27', '/tmp /run /var/cache/nginx /var/lib/nginx'],
    ['image: acme/web:1\n    command: [nginx, -g, daemon off;]', '/tmp /run /var/cache/nginx /var/lib/nginx'],
    ['image: nginx:1.27\n    volumes: [cache:/var/cache/nginx, pid:/var/run/]', '/tmp /var/lib/nginx'],
    ['image: acme/web:1', '/tmp /run'],
    ['image: caddy:2\n    volumes: [data:/data, config:/config]', '/tmp /run'],
    ['image: acme/db:1\n    command: postgres\n    volumes: [data:/var/lib/postgresql]', '/tmp /run /run/postgresql'],
  ])('%j', async (fields, folders) => {
    const { text } = await repair({
      'compose.yaml': `services:\n  a:\n    ${fields}\nvolumes: {cache: , pid: , data: , config: }\n`,
    })
    const list = /\n {4}tmpfs:\n((?: +- \S+\n)+)/.exec(text)?.[1] ?? ''
    expect(list.split(/\s+-?\s*/).filter(Boolean)).toEqual(folders.split(' '))
    expect(text).toContain('read_only: true')
  })
  test.each(['image: caddy:2', 'image: acme/db:1\n    command: postgres', 'image: grafana/grafana:11'])(
    'who would lose data is left to people: %j',
    async fields => {
      const { text } = await repair({ 'compose.yaml': `services:\n  a:\n    ${fields}\n` })
      expect(text).not.toMatch(/read_only|tmpfs/)
    },
  )
  test('in a pod', async () => {
    const text = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n      image: nginx:1.27\n'
    const paths = [...(await repair({ 'pod.yaml': text })).text.matchAll(/mountPath: (\S+)/g)].map(([, path]) => path)
    expect(paths).toEqual(['/tmp', '/run', '/var/cache/nginx', '/var/lib/nginx'])
  })
})

describe('scripts', () => {
  const hardened = '--security-opt no-new-privileges --cap-drop ALL --read-only --tmpfs /tmp --tmpfs /run'
  const words = (text: string): readonly string[] => text.split(/\s+/)
  test.each([
    ['docker run --privileged web:1\n', 'docker run web:1\n'],
    [
      'docker run -d \\\n  --privileged \\\n  -v a:/a \\\n  web:1 sh -c "exit 1"\n',
      'docker run -d \\\n  -v a:/a \\\n  web:1 sh -c "exit 1"\n',
    ],
    ['docker run \\\n  --name web --pid host \\\n  web:1', 'docker run \\\n  --name web \\\n  web:1'],
    ['docker run --cap-add=SYS_ADMIN --cap-add CHOWN web:1\n', 'docker run --cap-add CHOWN web:1\n'],
    ['docker run --security-opt "seccomp=unconfined" web:1\n', 'docker run web:1\n'],
    ['docker run -v "/etc:/e" web:1\n', 'docker run -v "/etc:/e:ro" web:1\n'],
    ["docker run --volume='/etc:/e:z,rw' web:1\n", "docker run --volume='/etc:/e:z,ro' web:1\n"],
    ['docker run -v /data:/d:rshared,z web:1\n', 'docker run -v /data:/d:z web:1\n'],
    [
      'docker run --mount bind-propagation=shared,type=bind,src=/data,dst=/e web:1\n',
      'docker run --mount type=bind,src=/data,dst=/e web:1\n',
    ],
    ['docker run --tmpfs /t:exec,size=1m --tmpfs="/u:dev" web:1\n', 'docker run --tmpfs /t:size=1m --tmpfs="/u" web:1\n'],
    ['docker run -itv /etc:/e web:1\n', 'docker run -itv /etc:/e:ro web:1\n'],
    ['docker run -v/etc:/e:rw web:1\n', 'docker run -v/etc:/e:ro web:1\n'],
    ['docker run --mount type=bind,src=/etc,dst=/e web:1\n', 'docker run --mount type=bind,src=/etc,dst=/e,readonly web:1\n'],
    [
      'docker run --mount type=bind,src=/srv,dst=/e,bind-propagation=rshared web:1\n',
      'docker run --mount type=bind,src=/srv,dst=/e,readonly web:1\n',
    ],
    ['sudo docker container run --net=host web:1 # keep\n', 'sudo docker container run web:1 # keep\n'],
    ['docker run --read-only=false web:1\n', undefined],
  ])('%j', async (text, bare) => {
    const { text: after } = await repair({ 'run.sh': text })
    if (bare === undefined)
      expect(after).toBe(
        `docker run --tmpfs /tmp --tmpfs /run --security-opt no-new-privileges --cap-drop ALL --read-only web:1\n`,
      )
    else {
      // What is added stands right behind `run`, in the order of the fixes; the rest is what it was.
      const added = /run((?: --(?:security-opt no-new-privileges|cap-drop ALL|read-only|tmpfs \/(?:tmp|run)))+)/.exec(after)
      expect([...words(added?.[1]?.trim() ?? '')].sort()).toEqual([...words(hardened)].sort())
      expect(after.replace(added![1]!, '')).toBe(bare)
    }
    expect(await repair({ 'run.sh': after })).toMatchObject({ text: after, applied: 0 })
  })
  test('what a variable holds, or an option with several values, is left to people', async () => {
    for (const text of ['OPTS="--privileged -d"\ndocker run $OPTS web:1\n', 'podman run --cap-add SYS_ADMIN,NET_ADMIN web:1\n']) {
      const { text: after } = await repair({ 'run.sh': text })
      expect(after).toMatch(/--privileged|SYS_ADMIN,NET_ADMIN/)
    }
  })
  test('nothing in a script is repaired without --unsafe', async () => {
    const world = memoryWorld({ 'run.sh': 'docker run --log-driver none web:1\n' })
    const { changes } = await check(world, { ...rules, ...containerRules }, '0', {
      paths: ['run.sh'],
      config: 'none',
      fix: { allowed: new Set(['safe']), write: true },
    })
    expect(changes).toEqual([])
  })
})

describe('a safer command', () => {
  const audit = (...words: readonly string[]) =>
    auditCommandLine(memoryWorld({}), { ...rules, ...containerRules }, '0', words, { config: 'none' })
  test('has all that can be done, and says what to verify', async () => {
    const { report } = await audit('docker', 'run', '--privileged', '-v', '/etc:/e', 'my image', 'echo', '$HOME')
    expect(report.safer?.command).toMatch(
      /^docker run (?!.*--privileged).*--cap-drop ALL.* -v \/etc:\/e:ro 'my image' echo '\$HOME'$/,
    )
    expect(report.safer?.changes.join('\n')).toMatch(/container\/privileged: /)
    const text = showText(report, { colour: false })
    expect(text).toContain(`A safer command:\n\n  ${report.safer?.command}\n`)
    expect(text).not.toContain('--unsafe')
    expect(JSON.parse(showJson(report)).safer).toBe(report.safer?.command)
  })
  test('hides what the line has of secrets', async () => {
    const secret = ['Xk29q', 'LmZpQ99'].join('')
    const { report } = await audit('docker', 'run', '-e', `DB_PASSWORD=${secret}`, 'web:1')
    expect(report.safer).toMatchObject({ isHidden: true })
    expect(showText(report, { colour: false }) + showJson(report)).not.toContain(secret)
  })
})

/** Texts of one shape: fields in some order, each in one of its spellings, around them what edits must not touch. */
const shape = fc.record({
  unit: fc.integer({ min: 1, max: 5 }),
  list: fc.boolean(),
  end: fc.constantFrom('\n', '\r\n'),
  last: fc.boolean(),
  comments: fc.boolean(),
  blank: fc.boolean(),
  quote: fc.constantFrom('', '"', "'"),
})
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never

type FieldText = (one: Shape, inner: string) => readonly string[]
const item = (one: Shape, inner: string, ...items: readonly string[]): readonly string[] =>
  items.map(text => `${one.list ? ' '.repeat(one.unit) : ''}- ${text}${one.comments ? ' # x' : ''}`).map(line => inner + line)
const key = (one: Shape, name: string): string => `${one.quote}${name}${one.quote}`

const composeFields: readonly FieldText[] = [
  (one, inner) => [`${inner}${key(one, 'privileged')}: true`],
  (one, inner) => [`${inner}${key(one, 'cap_add')}:`, ...item(one, inner, 'SYS_ADMIN', 'CHOWN')],
  (one, inner) => [`${inner}${key(one, 'cap_add')}: [CHOWN, "SYS_PTRACE"]`],
  (one, inner) => [`${inner}${key(one, 'cap_drop')}:`, ...item(one, inner, 'NET_RAW')],
  (one, inner) => [
    `${inner}${key(one, 'security_opt')}:`,
    ...item(one, inner, 'seccomp=unconfined', "'apparmor:unconfined'", 'label=disable'),
  ],
  (one, inner) => [`${inner}${key(one, 'security_opt')}: ['no-new-privileges=false']`],
  (one, inner) => [`${inner}${key(one, 'volumes')}:`, ...item(one, inner, '/etc:/e', '"/root:/r:rw"', './data:/data')],
  (one, inner) => [`${inner}${key(one, 'pid')}: host`, `${inner}ipc: host`],
  (one, inner) => [`${inner}${key(one, 'command')}: |`, `${inner}  # keep`, `${inner}  echo keep`],
  (one, inner) => [`${inner}${key(one, 'command')}: >+`, `${inner}   echo keep`, ''],
  (one, inner) => [`${inner}${key(one, 'labels')}: {a: keep, b: "x # keep"}`],
  (one, inner) => [`${inner}${key(one, 'read_only')}: false`],
  (one, inner) => [`${inner}${key(one, 'tmpfs')}: /run`],
  (one, inner) => [
    `${inner}${key(one, 'environment')}:`,
    `${inner}${' '.repeat(one.unit)}A: keep`,
    `${inner}${' '.repeat(one.unit)}B:`,
  ],
  (one, inner) => [`${inner}${key(one, 'devices')}:`, ...item(one, inner, '/dev/sda:/dev/sda')],
  (one, inner) => [`${inner}${key(one, 'sysctls')}: {kernel.msgmax: 1, net.ipv4.tcp_syncookies: 1}`],
]
const nameOf = (field: FieldText): string => /(\w+)/.exec(field(plainShape, '')[0]!)![1]!
const plainShape: Shape = { unit: 2, list: true, end: '\n', last: true, comments: false, blank: false, quote: '' }

const contextFields: readonly FieldText[] = [
  (one, inner) => [`${inner}${key(one, 'privileged')}: true`],
  (one, inner) => [`${inner}${key(one, 'allowPrivilegeEscalation')}: true # why`],
  (one, inner) => [
    `${inner}${key(one, 'capabilities')}:`,
    `${inner}${' '.repeat(one.unit)}add:`,
    ...item(one, inner + ' '.repeat(one.unit), 'SYS_ADMIN', 'NET_BIND_SERVICE'),
  ],
  (one, inner) => [`${inner}${key(one, 'capabilities')}: {drop: [NET_RAW]}`],
  (one, inner) => [`${inner}${key(one, 'runAsUser')}: 1000`],
  (one, inner) => [`${inner}${key(one, 'seccompProfile')}: {type: Unconfined}`],
  (one, inner) => [`${inner}${key(one, 'procMount')}: Unmasked`],
  (one, inner) => [`${inner}${key(one, 'readOnlyRootFilesystem')}:`],
]

const joinLines = (one: Shape, lines: readonly string[]): string => {
  const all = lines.flatMap(line => (one.blank && /^ +\w+:/.test(line) ? ['', line] : [line]))
  return all.join(one.end) + (one.last ? one.end : '')
}
const fieldsOf = (all: readonly FieldText[]): fc.Arbitrary<readonly FieldText[]> =>
  fc.uniqueArray(fc.constantFrom(...all), { selector: nameOf, maxLength: 7 })

test('Compose files of many shapes', async () => {
  const services = fc.array(fieldsOf(composeFields), { minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(shape, services, async (one, all) => {
      const step = ' '.repeat(one.unit)
      const body = all.flatMap((fields, i) => [
        ...(one.comments ? [`${step}# keep ${i}`] : []),
        `${step}s${i}:`,
        `${step}${step}image: web:1${one.comments ? ' # keep' : ''}`,
        ...fields.flatMap(field => field(one, step + step)),
      ])
      await promise('compose.yaml', joinLines(one, ['services:', ...body]))
    }),
    { numRuns: runs },
  )
})

test('manifests of many shapes', async () => {
  const containers = fc.array(fieldsOf(contextFields), { minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(shape, containers, fc.boolean(), async (one, all, hasMore) => {
      const step = ' '.repeat(one.unit)
      const dash = one.list ? step : ''
      const body = all.flatMap((fields, i) => [
        `${step}${dash}- name: c${i}`,
        `${step}${dash}  image: web:1${one.comments ? ' # keep' : ''}`,
        ...(fields.length > 0
          ? [`${step}${dash}  securityContext:`, ...fields.flatMap(field => field(one, `${step}${dash}  ${step}`))]
          : []),
      ])
      const head = ['apiVersion: v1', 'kind: Pod', 'metadata:', `${step}name: web`, 'spec:']
      await promise(
        'pods.yaml',
        joinLines(one, [...head, `${step}containers:`, ...body, ...(hasMore ? [`${step}restartPolicy: Never # keep`] : [])]),
      )
    }),
    { numRuns: runs },
  )
})
