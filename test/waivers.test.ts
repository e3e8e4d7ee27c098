/** Waivers: what they silence, whom they name, when they count for nothing; and annotations of other tools. */
import { expect, test } from 'vitest'
import { check } from '../src/flows/check.ts'
import { containerRules } from '../src/judge/rules/container-registry.ts'
import { rules } from '../src/judge/rules/registry.ts'
import type { CheckReport } from '../src/model/report.ts'
import { showJson } from '../src/show/json.ts'
import { showText } from '../src/show/text.ts'
import { memoryWorld } from '../src/world/memory.ts'

const project =
  'services:\n  ci-runner:\n    image: runner:1\n    privileged: true\n  web:\n    image: web:1\n    privileged: true\n'

const reportOf = async (
  configuration: string,
  files: Readonly<Record<string, string>> = { 'shop/compose.yaml': project },
  paths: readonly string[] = ['shop'],
): Promise<CheckReport> =>
  (
    await check(memoryWorld({ ...files, 'shop/bulkhead.yaml': configuration }), { ...rules, ...containerRules }, '0.1.0', {
      paths,
      only: ['privileged'],
      shellcheck: 'off',
    })
  ).report

const entry = (lines: Readonly<Record<string, string>>): string =>
  `waivers:\n  - ${Object.entries({
    rule: 'privileged',
    target: 'ci-*',
    reason: 'Docker in Docker for builds',
    owner: 'ann@acme.example',
    until: '2027-12-31',
    ...lines,
  })
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join('\n    ')}\n`

const silenced = (report: CheckReport): readonly (string | undefined)[] =>
  report.findings.filter(({ suppressed }) => suppressed).map(({ container }) => container)

test('silences its target alone, and the report says who answers for it', async () => {
  const report = await reportOf(entry({}))
  expect(silenced(report)).toEqual(['ci-runner'])
  expect(report.findings).toHaveLength(2)
  expect(report.problems).toEqual([])
  const text = showText(report, { colour: false })
  expect(text).toMatch(
    /\nWaived +target +by +until\ncontainer\/privileged +ci-runner +ann@acme\.example +2027-12-31\n {4}Docker in Docker for builds\n/,
  )
  expect(text).not.toContain('suppressed: by')
  expect(showText(report, { colour: false, showSuppressed: true })).toContain(
    'suppressed: by ann@acme.example: Docker in Docker for builds (until 2027-12-31)',
  )
  const document = JSON.parse(showJson(report))
  expect(document.waivers).toEqual([
    {
      rule: 'container/privileged',
      target: 'ci-runner',
      reason: 'Docker in Docker for builds',
      owner: 'ann@acme.example',
      until: '2027-12-31',
      findings: 1,
    },
  ])
  const [runner, web] = report.breakouts!
  expect(runner!.ways.find(({ id }) => id === 'privileged')!.accepted).toBe('Docker in Docker for builds')
  expect(web!.ways.find(({ id }) => id === 'privileged')!.accepted).toBeUndefined()
})

test.each([
  ['a folder of rules', { rule: 'container/*' }, /a waiver names one/],
  ['an end out of sight', { until: '9999-12-31' }, /no end/],
])('%s does not count, and that is told', async (_, change, words) => {
  const report = await reportOf(entry(change))
  expect(silenced(report)).toEqual([])
  expect(report.problems).toMatchObject([{ code: 'waiver-incomplete', message: expect.stringMatching(words) }])
})

test('a day that does not exist is a mistake in the configuration', async () => {
  await expect(reportOf(entry({ until: '2027-02-31' }))).rejects.toThrow(/a date that exists/)
})

test.each(['reason', 'owner', 'until'])('without its %s it does not count, and that is told', async key => {
  const report = await reportOf(entry({ [key]: '' }))
  expect(silenced(report)).toEqual([])
  expect(report.problems).toMatchObject([
    { kind: 'uncovered', code: 'waiver-incomplete', at: { path: 'shop/bulkhead.yaml', span: { start: 13 } } },
  ])
  expect(report.problems[0]!.message).toContain(key)
  expect(report.problems[0]!.message).toContain('(line 2)')
})

test('a reason of blanks is none', async () => {
  expect(silenced(await reportOf(entry({ reason: ' ' })))).toEqual([])
})

test('past its day it does not count, and that is told', async () => {
  const report = await reportOf(entry({ until: '2020-01-31' }))
  expect(silenced(report)).toEqual([])
  expect(report.problems.map(({ code }) => code)).toEqual(['waiver-expired'])
  expect(report.findings[0]!.note).toContain('2020-01-31')
})

test('one that meets nothing is told, where all was judged', async () => {
  expect((await reportOf(entry({ target: 'gone' }))).problems.map(({ code }) => code)).toEqual(['waiver-unused'])
  const one = await reportOf(entry({ target: 'gone' }), undefined, ['shop/compose.yaml'])
  expect(one.problems).toEqual([])
  // Its rule did not run.
  expect((await reportOf(entry({ rule: 'host-path', target: 'gone' }))).problems).toEqual([])
})

const deployment = (metadata = ''): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: agent\n${metadata}spec:\n  template:\n    spec:\n      containers:\n        - name: main\n          image: agent:1\n          securityContext:\n            privileged: true\n`

test.each([
  ['agent', true],
  ['main', true],
  ['Deployment/agent', true],
  ['Deployment/*', true],
  ['k8s/agent.yaml', true],
  ['k8s/**', true],
  ['other', false],
  ['age', false],
  ['*', true],
])('the target %s of a pod, a container, a file', async (target, isMet) => {
  const report = await reportOf(entry({ target }), { 'shop/k8s/agent.yaml': deployment() })
  expect(silenced(report)).toHaveLength(isMet ? 1 : 0)
})

test('mistakes have a place', async () => {
  await expect(reportOf('waivers:\n  - rule: privilged\n    target: web\n')).rejects.toThrow(
    /bulkhead\.yaml:2:11: unknown rule `privilged`; did you mean `privileged`\?/,
  )
  await expect(reportOf('waivers:\n  - rule: privileged\n    target: web\n    onwer: ann\n')).rejects.toThrow(
    /bulkhead\.yaml:4:5: unknown key `onwer`; did you mean `owner`\?/,
  )
})

test.each([
  ['checkov.io/skip1: CKV_K8S_16=needs the devices', 'needs the devices'],
  ['"checkov.io/skip23": "CKV_K8S_16"', 'checkov.io/skip23: CKV_K8S_16'],
  ['ignore-check.kube-linter.io/privileged-container: "reads the kernel"', 'reads the kernel'],
])('the annotation %s silences the rule that replaces the check, in its object', async (annotation, reason) => {
  const file = `${deployment(`  annotations:\n    ${annotation}\n`)}---\n${deployment().replace('name: agent', 'name: other')}`
  const { findings } = await reportOf('', { 'shop/agent.yaml': file })
  expect(findings.map(({ container, suppressed }) => [container, suppressed])).toEqual([
    [expect.stringContaining('agent'), { by: 'comment', reason }],
    [expect.stringContaining('other'), undefined],
  ])
})

test('an annotation for another check silences nothing', async () => {
  const file = deployment('  annotations:\n    checkov.io/skip1: CKV_K8S_20=no\n')
  expect(silenced(await reportOf('', { 'shop/agent.yaml': file }))).toEqual([])
})
