/** Every rule's examples are its first tests; what a container says is told once. */
import { describe, expect, test } from 'vitest'
import { check } from '../src/flows/check.ts'
import { judgeManifest } from '../src/judge/manifest-rule.ts'
import { containerRules } from '../src/judge/rules/container-registry.ts'
import { manifestRules } from '../src/judge/rules/manifest-registry.ts'
import { looksLikeKubernetes } from '../src/read/kubernetes/looks-like-kubernetes.ts'
import { readYaml } from '../src/read/yaml/tree.ts'
import { showText } from '../src/show/text.ts'
import { memoryWorld } from '../src/world/memory.ts'

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
  test('its texts', () => {
    expect(rule.why.length).toBeLessThanOrEqual(400)
    expect(rule.why.length).toBeGreaterThan(60)
    expect(rule.summary).not.toMatch(/\.$/)
    for (const link of rule.links ?? []) expect(link).toMatch(/^https:\/\//)
  })
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
