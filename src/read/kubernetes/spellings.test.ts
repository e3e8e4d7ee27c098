import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readYaml } from '../yaml/tree.ts'
import { readManifests } from './read-manifests.ts'

type Value = string | number | boolean | readonly Value[] | { readonly [name: string]: Value }

/** Writes a value as YAML in one of its many spellings; `pick` draws the next choice. What is shared goes to `anchors` and stands there before it is used. */
class Writer {
  readonly anchors: string[] = []
  readonly #pick: (choices: number) => number

  constructor(pick: (choices: number) => number) {
    this.#pick = pick
  }

  document(value: { readonly [name: string]: Value }): string {
    const body = Object.entries(value)
      .map(([name, inner]) => `${this.#key(name)}:${this.#behind(inner, 0)}`)
      .join('\n')
    return `# a file\n---\nx-shared: [${this.anchors.map((text, i) => `&a${i} ${text}`).join(', ')}] # shared\n${body}\n`
  }

  #key(name: string): string {
    return [name, `'${name}'`, `"${name}"`, name][this.#pick(4)]!
  }

  #scalar(value: string | number | boolean): string {
    if (typeof value === 'boolean') {
      const words = value
        ? ['true', 'True', 'TRUE', 'yes', 'Yes', 'on', 'ON', 'y']
        : ['false', 'False', 'no', 'NO', 'off', 'Off', 'n']
      return words[this.#pick(words.length)]!
    }
    if (typeof value === 'number')
      return [`${value}`, `0x${value.toString(16)}`, `0${value.toString(8)}`, `0o${value.toString(8)}`][this.#pick(4)]!
    const plain = /^[A-Z/][A-Za-z/_]*[A-Za-z]$/.test(value) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(value)
    const ways = [
      JSON.stringify(value),
      ...(/^[\x20-\x7e]*$/.test(value) ? [`'${value.replaceAll("'", "''")}'`] : []),
      ...(plain ? [value] : []),
    ]
    return ways[this.#pick(ways.length)]!
  }

  #flow(value: Value): string {
    if (typeof value !== 'object') return this.#scalar(value)
    if (this.#pick(6) === 0) return this.#alias(value)
    if (Array.isArray(value)) return `[${value.map(item => this.#flow(item)).join(', ')}]`
    const entries = Object.entries(value).map(([name, inner]) => `${this.#key(name)}: ${this.#flow(inner)}`)
    if (entries.length < 2 || this.#pick(3) > 0) return `{${entries.join(', ')}}`
    const half = this.#pick(entries.length)
    return `{<<: {${entries.slice(0, half).join(', ')}}, ${entries.slice(half).join(', ')}}`
  }

  #alias(value: Value): string {
    const text = this.#flow(value)
    // An anchor on an alias is not allowed.
    if (text.startsWith('*')) return text
    this.anchors.push(text)
    return `*a${this.anchors.length - 1}`
  }

  /** What follows a key and its colon. */
  #behind(value: Value, indent: number): string {
    const comment = ['', '', ' # why', '\n'][this.#pick(4)]!
    if (typeof value !== 'object' || Object.keys(value).length === 0 || this.#pick(3) === 0)
      return ` ${this.#flow(value)}${comment}`
    const inner = indent + 1 + this.#pick(3)
    const pad = ' '.repeat(inner)
    if (Array.isArray(value)) {
      const items = value.map(item => `${pad}-${this.#behind(item, inner)}`)
      return `${comment}\n${items.join('\n')}`
    }
    const entries = Object.entries(value)
    const lines = entries.map(([name, one]) => `${pad}${this.#key(name)}:${this.#behind(one, inner)}`)
    // What stands in the mapping after a merge wins over what is merged.
    if (this.#pick(4) === 0) lines.unshift(`${pad}<<: ${this.#alias(Object.fromEntries(entries.slice(0, 1)))}`)
    return `${comment}\n${lines.join('\n')}`
  }
}

const word = fc.constantFrom(
  'a',
  'app',
  'yes',
  '1',
  '0x10',
  'true',
  'null',
  '/var/run',
  'a: b',
  '#x',
  "it's",
  'q"q',
  '日本',
  'Nginx',
  '~',
  '',
)
const flag = fc.boolean()
const id = fc.constantFrom(0, 1, 8, 999, 65_532)
const optional = (fields: Record<string, fc.Arbitrary<Value>>): fc.Arbitrary<Value> =>
  fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Value>
const profile = fc.constantFrom<Value>(
  { type: 'RuntimeDefault' },
  { type: 'Unconfined' },
  { type: 'Localhost', localhostProfile: 'p.json' },
)
const selinux = optional({ type: word, user: word, role: word, level: word })
const context = optional({
  privileged: flag,
  runAsUser: id,
  runAsGroup: id,
  runAsNonRoot: flag,
  readOnlyRootFilesystem: flag,
  allowPrivilegeEscalation: flag,
  seccompProfile: profile,
  appArmorProfile: profile,
  seLinuxOptions: selinux,
  procMount: fc.constantFrom('Default', 'Unmasked'),
  capabilities: optional({
    add: fc.array(fc.constantFrom('SYS_ADMIN', 'CAP_NET_RAW', 'cap_bpf', 'ALL')),
    drop: fc.array(fc.constantFrom('ALL', 'Chown')),
  }),
})
const container = fc.record(
  {
    name: word,
    image: word,
    command: fc.array(word),
    args: fc.array(word),
    imagePullPolicy: word,
    securityContext: context,
    env: fc.array(fc.record({ name: word, value: word })),
    ports: fc.array(optional({ containerPort: id, hostPort: id, hostIP: word })),
    volumeMounts: fc.array(optional({ name: fc.constantFrom('v', 'w'), mountPath: word, readOnly: flag, subPath: word })),
    resources: optional({ limits: optional({ memory: fc.constantFrom('64Mi', '1e6'), cpu: fc.constantFrom('500m', '2') }) }),
    livenessProbe: fc.constantFrom<Value>({ httpGet: { host: 'h', port: 80 } }, { exec: { command: ['x'] } }),
  },
  { requiredKeys: ['name', 'image'] },
)
const pod = fc.record({
  apiVersion: fc.constant('v1'),
  kind: fc.constant('Pod'),
  metadata: fc.record({ name: word, labels: fc.dictionary(fc.constantFrom('app', 'tier'), word) }),
  spec: fc.record(
    {
      hostPID: flag,
      hostIPC: flag,
      hostNetwork: flag,
      hostUsers: flag,
      shareProcessNamespace: flag,
      automountServiceAccountToken: flag,
      serviceAccountName: word,
      restartPolicy: fc.constantFrom('Always', 'Never'),
      securityContext: optional({
        runAsUser: id,
        runAsNonRoot: flag,
        fsGroup: id,
        supplementalGroups: fc.array(id),
        seccompProfile: profile,
        seLinuxOptions: selinux,
        sysctls: fc.array(fc.record({ name: word, value: word })),
      }),
      volumes: fc.constantFrom<Value>([
        { name: 'v', hostPath: { path: '//var/./run/', type: 'Directory' } },
        { name: 'w', emptyDir: { medium: 'Memory' } },
      ]),
      initContainers: fc.array(container, { maxLength: 2 }),
      containers: fc.array(container, { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: ['containers', 'volumes'] },
  ),
})

const placeless = (text: string): unknown => {
  const stream = readYaml('pod.yaml', text)
  const { containers, problems } = readManifests(stream)
  const strip = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'in' in value && 'span' in value ? undefined : value
  return JSON.parse(
    JSON.stringify(
      { containers, problems: [...stream.problems, ...problems].map(({ code, message }) => [code, message]).sort() },
      strip,
    ),
  )
}

test('however a pod is spelled, it is the same pod', () => {
  let seen = 0
  fc.assert(
    fc.property(pod, fc.infiniteStream(fc.nat()), (value, choices) => {
      const text = new Writer(count => (choices.next().value ?? 0) % count).document(value as { readonly [name: string]: Value })
      const plain = JSON.stringify(value)
      expect(placeless(text), text).toEqual(placeless(plain))
      seen += (placeless(plain) as { containers: unknown[] }).containers.length
    }),
    { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 300) },
  )
  expect(seen).toBeGreaterThan(0)
})

test('nothing that a file may hold makes the reader throw', () => {
  const name = fc.constantFrom(
    ...'apiVersion kind metadata name namespace labels annotations spec template jobTemplate items containers initContainers image securityContext capabilities add drop'.split(
      ' ',
    ),
    ...'privileged seccompProfile type volumes hostPath path volumeMounts ports env value valueFrom resources limits memory claims steps stepTemplate templates'.split(
      ' ',
    ),
    ...'container script podTemplate lifecycle postStart httpGet host rules subjects roleRef podSelector matchLabels matchExpressions selector <<'.split(
      ' ',
    ),
  )
  const leaf = fc.constantFrom(
    'v1',
    'Pod',
    'apps/v1',
    'Deployment',
    'CronJob',
    'batch/v1',
    'List',
    'Workflow',
    'argoproj.io/v1alpha1',
    'tekton.dev/v1',
    'Task',
    '1',
    '~',
    'yes',
    '[]',
    '{}',
    '*a',
    '"x"',
    '.inf',
    '{{ x }}',
    '!!str 1',
    '',
  )
  const { node } = fc.letrec<{ node: string }>(tie => ({
    node: fc.oneof(
      { maxDepth: 8, withCrossShrink: true },
      leaf,
      fc.array(tie('node'), { maxLength: 4 }).map(items => `[${items.join(', ')}]`),
      fc
        .array(fc.tuple(name, tie('node')), { maxLength: 6 })
        .map(entries => `{${entries.map(([key, value]) => `${key}: ${value}`).join(', ')}}`),
      tie('node').map(value => (/^[[{]/.test(value) ? `&a ${value}` : value)),
    ),
  }))
  const kinds = fc.constantFrom(
    'v1, kind: Pod',
    'apps/v1, kind: Deployment',
    'v1, kind: List',
    'tekton.dev/v1, kind: Task',
    'argoproj.io/v1alpha1, kind: Workflow',
    'rbac.authorization.k8s.io/v1, kind: Role',
    'networking.k8s.io/v1, kind: NetworkPolicy',
    'x.io/v1, kind: X',
  )
  fc.assert(
    fc.property(kinds, node, fc.string(), (kind, inner, noise) => {
      for (const text of [
        `{apiVersion: ${kind}, x: &a {containers: [{image: x}]}, spec: ${inner}, items: ${inner}, rules: ${inner}}`,
        inner,
        noise,
      ]) {
        const { problems } = readManifests(readYaml('x.yaml', text))
        for (const { message, at } of problems) {
          expect(message).not.toBe('')
          if (at?.in === 'file') expect(at.span.end).toBeGreaterThanOrEqual(at.span.start)
        }
      }
    }),
    { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 1000) },
  )
})

test('little text that asks for a lot of work is told of, and ends', () => {
  const times = (count: number, line: (i: number) => string): string => Array.from({ length: count }, (_, i) => line(i)).join('')
  const bombs = {
    'many containers share many mounts': `apiVersion: apps/v1\nkind: Deployment\nm: &m\n${times(1000, i => `- {name: v, mountPath: /${i}}\n`)}c: &c\n${times(3000, () => '- {name: a, image: b, volumeMounts: *m}\n')}spec: {template: {spec: {containers: *c}}}\n`,
    'lists in lists': `apiVersion: v1\nkind: List\na0: &a0 {}\n${times(5000, i => `a${i + 1}: &a${i + 1} {apiVersion: v1, kind: List, items: [*a${i}]}\n`)}items: [*a5000]\n`,
    'large mappings are merged often': `apiVersion: v1\nkind: Pod\nb: &b\n${times(9000, i => `  k${i}: 1\n`)}spec:\n  containers:\n${times(9000, () => '  - {<<: *b}\n')}`,
  }
  for (const [name, text] of Object.entries(bombs)) {
    const start = performance.now()
    const { problems } = readManifests(readYaml('x.yaml', text))
    expect(
      problems.some(({ code, kind }) => code === 'kubernetes-too-much' && kind === 'failed'),
      name,
    ).toBe(true)
    expect(performance.now() - start, name).toBeLessThan(5000)
  }
  const doubling = `apiVersion: v1\nkind: Pod\na0: &a0 {hostPID: true}\n${times(60, i => `a${i + 1}: &a${i + 1} {<<: [*a${i}, *a${i}]}\n`)}spec: {<<: *a60, containers: [{image: x}]}\n`
  expect(readManifests(readYaml('x.yaml', doubling)).containers).toMatchObject([{ pid: { value: 'host' } }])
})
