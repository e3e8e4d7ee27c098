/** Every rule's examples are its first tests; what a container says is told once. */
import { describe, expect, test } from 'vitest'
import { check } from '../src/flows/check.ts'
import { judgeManifest } from '../src/judge/manifest-rule.ts'
import { containerRules } from '../src/judge/rules/container-registry.ts'
import { manifestRules } from '../src/judge/rules/manifest-registry.ts'
import { sampleText } from '../src/judge/secrets/detector.ts'
import { looksLikeKubernetes } from '../src/read/kubernetes/looks-like-kubernetes.ts'
import { readYaml } from '../src/read/yaml/tree.ts'
import { showText } from '../src/show/text.ts'
import { memoryWorld } from '../src/world/memory.ts'
import { expectTexts } from './rule-texts.ts'

const judge = (id: string, text: string) => {
  const { file, documents, problems } = readYaml('a.yaml', text)
  expect(problems).toEqual([])
  const form = looksLikeKubernetes(text) ? 'kubernetes' : 'compose'
  const rule = { rule: manifestRules[id]!, options: undefined, severity: undefined }
  const result = judgeManifest({ form, file, documents: () => documents }, new Map([[id, rule]]))
  expect(result.problems).toEqual([])
  return result.findings
}

describe.each(Object.entries(manifestRules))('%s', (id, rule) => {
  test('its texts', () => expectTexts(rule))
  test.each(rule.examples.map((example, i) => [i, example] as const))('example %i', (_, { bad, good }) => {
    expect(judge(id, bad), 'the bad sample is reported').not.toEqual([])
    expect(
      judge(id, good).map(({ message }) => message),
      'the good sample is silent',
    ).toEqual([])
  })
})

const secret = (data: string, more = ''): string => `apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n${more}data:\n${data}`
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const id = 'manifest/secret-in-file'

test.each([
  ['a value of any name in a Secret', secret(`  db: ${base64('x7fQk29LmZp!')}\n`), 1],
  [
    'a List of Secrets',
    `apiVersion: v1\nkind: List\nitems:\n- ${secret(`    password: ${base64('x7fQk29LmZp')}\n`)
      .replaceAll('\n', '\n  ')
      .replace('data:\n    ', 'data:\n  ')}`,
    1,
  ],
  [
    'what is nobody’s secret',
    secret(`  host: ${base64('db.internal')}\n  username: ${base64('ann')}\n  port: ${base64('5432')}\n`),
    0,
  ],
  [
    'a token that the cluster fills in',
    secret(`  token: ${base64('x7fQk29LmZp')}\n`, 'type: kubernetes.io/service-account-token\n'),
    0,
  ],
  ['a template', secret('  password: "{{ .Values.password | b64enc }}"\n'), 0],
  ['no base64', secret('  password: not base64!\n'), 0],
  [
    'a sealed secret',
    `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: x\nspec:\n  encryptedData:\n    password: AgBy8hHF3x7fQk29LmZpQk29LmZp\n`,
    0,
  ],
  [
    'names of a ConfigMap that say nothing',
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  LEVEL: x7fQk29LmZp\n',
    0,
  ],
  [
    'build arguments as a list',
    'services:\n  web:\n    build:\n      context: .\n      args:\n        - NPM_TOKEN=x7fQk29LmZp\n        - NODE_ENV=production\n',
    1,
  ],
  [
    'a build argument from outside',
    'services:\n  web:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: ${NPM_TOKEN}\n',
    0,
  ],
])('%s', (_, text, count) => {
  expect(judge(id, text)).toHaveLength(count)
})

test('one value is told once, and stands in no output', async () => {
  const text =
    'services:\n  web:\n    image: web:1\n    environment:\n      API_TOKEN: ghp_q1W2e3R4t5Y6u7I8o9P0a1S2d3F4g52Tt0mB\n      DB_PASSWORD: x7fQk29LmZp\n    build:\n      context: .\n      args:\n        NPM_TOKEN: Zk29qLmXpQ77\n'
  const world = memoryWorld({ 'compose.yaml': text })
  const { report } = await check(world, { ...containerRules, ...manifestRules }, '0.1.0', { paths: ['.'], shellcheck: 'off' })
  const secrets = report.findings.filter(({ rule }) => rule.includes('secret'))
  expect(
    secrets.map(({ at: [at] }) => (at.in === 'file' ? text.slice(0, at.span.start).split('\n').length : 0)).sort((a, b) => a - b),
  ).toEqual([5, 6, 10])
  const shown = `${showText(report, { colour: false })}${JSON.stringify(report.findings)}`
  for (const value of ['q1W2e3R4t5Y6', 'x7fQk29LmZp', 'Zk29qLmXpQ77']) expect(shown).not.toContain(value)
})

test('what a Secret says of itself, and where things are, is no secret', () => {
  const data = (pairs: Record<string, string>): string =>
    secret(
      Object.entries(pairs)
        .map(([name, value]) => `  ${name}: ${base64(value)}\n`)
        .join(''),
    )
  for (const pairs of [
    { CRYPTO_KEY_CIPHER: 'aes-xts-plain64' },
    { CRYPTO_KEY_HASH: 'sha256' },
    { CRYPTO_PBKDF: 'argon2i' },
    { CRYPTO_KEY_SIZE: '256' },
    { CRYPTO_KEY_PROVIDER: 'secret' },
    { apiAddress: 'tcp://127.0.0.1:5705' },
    { 'secret.html': '<html><body>hello</body></html>\n' },
    { 'tls.cert': 'hush hush hush\n' },
    { 'tls.key': '-----BEGIN PRIVATE KEY-----\n' },
    { backend: 'https://vault.acme.io/v1' },
  ] as readonly Record<string, string>[])
    expect(judge(id, data(pairs)), JSON.stringify(pairs)).toEqual([])
  const severities = (pairs: Record<string, string>): readonly string[] => judge(id, data(pairs)).map(({ severity }) => severity)
  expect(severities({ password: 'toor\n' })).toEqual(['medium'])
  expect(severities({ apiPassword: 'demo' })).toEqual(['medium'])
  expect(severities({ CRYPTO_KEY_VALUE: 'Simple passphrase' })).toEqual(['low'])
  expect(severities({ anything: 'x7fQk29LmZp\n' })).toEqual(['high'])
  expect(
    judge(
      id,
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: mill-api\ntype: kubernetes.io/windmill\ndata:\n  apiPassword: ${base64('windmill1')}\n`,
    )[0],
  ).toMatchObject({ severity: 'medium', message: expect.stringContaining('everybody guesses') })
})

test('of a block that holds a key only its kind is told', () => {
  const key = ['-----BEGIN PRIVATE', 'KEY-----'].join(' ')
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  key: |\n    ${key}\n${Array.from(
    { length: 8 },
    (_, i) => `    ${sampleText(64, undefined, i + 1)}\n`,
  ).join('')}    ${key.replace('BEGIN', 'END')}\n`
  expect(judge(id, text).map(({ message }) => message)).toEqual(['a credential stands here: Private key'])
})

test('names stay that a default password has, too', async () => {
  const text =
    'services:\n  windmill:\n    image: windmill:latest\n    volumes:\n      - /etc/windmill:/etc/windmill\n    environment:\n' +
    '      - WINDMILL_DB_PASSWORD=windmill\n      - ADMIN_PASSWORD=compose\n      - API_TOKEN=x7fQk29LmZp\n      - OTHER=x7fQk29LmZp\n'
  const { report } = await check(memoryWorld({ 'compose.yaml': text }), { ...containerRules, ...manifestRules }, '0.1.0', {
    paths: ['.'],
    shellcheck: 'off',
  })
  const shown = showText(report, { colour: false })
  for (const line of [
    '`windmill:latest` is whatever',
    'image: windmill:latest',
    '- /etc/windmill:/etc/windmill',
    '- WINDMILL_DB_PASSWORD=***\n',
    '- ADMIN_PASSWORD=***\n',
    '- API_TOKEN=***\n',
  ])
    expect(shown).toContain(line)
  expect(shown).not.toContain('x7fQk29LmZp')
  expect(report.findings.find(({ rule }) => rule === 'container/host-path')?.message).toContain('`/etc/windmill`')
  expect([...new Set(report.findings.flatMap(({ container }) => container ?? []))]).toEqual(['windmill'])
})

test('a secret of another file is not told where a variable stands for it', async () => {
  const value = ['Xk29q', 'LmZp77q'].join('')
  const world = memoryWorld({
    '.env': `DB_PASSWORD=${value}\n`,
    'compose.yaml':
      'services:\n  web:\n    image: web:1\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD}\n' +
      '      DATABASE_URL: postgres://app:${DB_PASSWORD}@db/app\n' +
      '      OTHER_URL: postgres://app:${DB_PASSWORD:-mill}@db/app\n      MILL_PASSWORD: ${MILL_PASSWORD:-mill}\n',
  })
  const { report } = await check(world, { ...containerRules, ...manifestRules }, '0.1.0', { paths: ['.'], shellcheck: 'off' })
  const told = report.findings.filter(({ rule }) => rule.includes('secret'))
  expect(told.map(({ severity, message }) => `${severity} ${message.slice(1, message.indexOf('`', 1))}`).sort()).toEqual([
    'medium MILL_PASSWORD',
    'medium OTHER_URL',
  ])
  expect(showText(report, { colour: false })).not.toContain(value)
})

test('a script in a list of words keeps its other lines, and a secret in it is hidden in every spelling', async () => {
  const lines = ['set -e', 'mysql -uann -px7fQk29LmZp db', '# cephx key rotation', 'echo done']
  const block = `services:\n  web:\n    image: web:1\n    command:\n      - sh\n      - -c\n      - |\n${lines.map(line => `        ${line}\n`).join('')}`
  const flow = `services:\n  web:\n    image: web:1\n    command: ["sh", "-c", ${JSON.stringify(lines.join('\n'))}]\n`
  for (const text of [block, flow]) {
    const { report } = await check(memoryWorld({ 'compose.yaml': text }), { ...containerRules, ...manifestRules }, '0.1.0', {
      paths: ['.'],
      shellcheck: 'off',
    })
    const shown = showText(report, { colour: false })
    expect(report.findings.filter(({ rule }) => rule === 'container/secret-value').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^line 2 of the script in the command gives a secret away/),
    ])
    expect(shown).not.toContain('x7fQk29LmZp')
    const { redact } = report.files.get('compose.yaml')!
    if (text === block) expect(redact.map(({ start, end }) => text.slice(start, end))).toEqual(['x7fQk29LmZp'])
  }
})
