/** What check and audit tell of the ways out: in text, in JSON, and after the fixes. */
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import AjvDraft04 from 'ajv-draft-04'
import formats from 'ajv-formats'
import { expect, test } from 'vitest'
import { auditCommandLine } from '../src/flows/audit.ts'
import { check } from '../src/flows/check.ts'
import { containerRules } from '../src/judge/rules/container-registry.ts'
import { rules } from '../src/judge/rules/registry.ts'
import type { CheckReport } from '../src/model/report.ts'
import { showJson } from '../src/show/json.ts'
import { showSarif } from '../src/show/sarif.ts'
import { showText } from '../src/show/text.ts'
import { memoryWorld } from '../src/world/memory.ts'

const all = { ...rules, ...containerRules }

const reportOf = async (compose: string, more: Readonly<Record<string, string>> = {}): Promise<CheckReport> =>
  (await check(memoryWorld({ 'shop/compose.yaml': compose, ...more }), all, '0.1.0', { paths: ['shop'], shellcheck: 'off' }))
    .report

const project =
  'services:\n  web:\n    image: web:1\n    user: root\n    privileged: true\n  db:\n    image: db:1\n    user: root\n  idle:\n    image: idle:1\n    user: "1000"\n    cap_drop: [ALL]\n'

test('every container, with its chain, and what is left after the fixes', async () => {
  const report = await reportOf(project)
  expect(report.breakouts!.map(({ container, ways }) => [container, ways.length > 0])).toEqual([
    ['web', true],
    ['db', true],
    ['idle', false],
  ])
  const text = showText(report, { colour: false })
  expect(text).toContain('Ways out of web shop/compose.yaml:2\n')
  expect(text).toMatch(
    / {2}critical Privileged: .*\n {4}1\. it is privileged {2,}shop\/compose\.yaml:5\n {4}2\. it runs as root {2,}shop\/compose\.yaml:4\n/,
  )
  expect(text).toMatch(/after the fixes: none/)
  expect(text).toMatch(/Only lesser ways out \(--ways all shows them\): db\.\nNo way out is known of idle\./)
  // They come first: what follows are the findings behind them.
  const first = text.slice(0, text.indexOf('-->'))
  const ways = first.slice(0, first.indexOf('No way out is known of'))
  expect(ways).toContain('after the fixes')
  for (const line of ways.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  expect(showText(report, { colour: false, ways: 'none' })).not.toMatch(/Ways out of|No way out|Only lesser/)
  expect(showText(report, { colour: false, ways: 'all' })).toContain('Ways out of db')
  expect(showText(report, { colour: false, brief: true })).not.toMatch(/Ways out of|No way out|Only lesser/)
})

test('JSON holds them, and is as documented', async () => {
  const schema = JSON.parse(readFileSync(new URL('../docs/check-report.schema.json', import.meta.url), 'utf8')) as object
  const valid = formats.default(new Ajv2020({ allErrors: true })).compile(schema)
  const document = JSON.parse(showJson(await reportOf(project)))
  expect(valid(document), JSON.stringify(valid.errors?.slice(0, 3))).toBe(true)
  const [web] = document.breakouts
  expect(web.ways[0].chain[0]).toMatchObject({ text: 'it is privileged', at: { path: 'shop/compose.yaml', start: { line: 5 } } })
  expect(web.remaining.map(({ severity }: { severity: string }) => severity)).not.toContain('critical')
})

test('SARIF names them beside its results', async () => {
  const text = readFileSync(new URL('./conformance/sarif/sarif-schema-2.1.0.json', import.meta.url), 'utf8')
  const valid = formats.default(new AjvDraft04.default({ strict: false, allErrors: true })).compile(JSON.parse(text) as object)
  const log = JSON.parse(showSarif(await reportOf(project)))
  expect(valid(log), JSON.stringify(valid.errors?.slice(0, 3))).toBe(true)
  const [web] = log.runs[0].properties.waysOut
  expect(web).toMatchObject({ container: 'web', ways: expect.arrayContaining([expect.objectContaining({ id: 'privileged' })]) })
  expect(log.runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId)).not.toContain('privileged')
})

test('a finding that is silenced keeps its way, which is accepted, and stays open', async () => {
  const silenced = project.replace('    privileged: true', '    # bulkhead ignore=privileged builds images\n    privileged: true')
  const [web] = (await reportOf(silenced.replace('    user: root\n', ''))).breakouts!
  const way = web!.ways.find(({ id }) => id === 'privileged')!
  expect(way.accepted).toBe('builds images')
  expect(web!.remaining.map(({ id }) => id)).toContain('privileged')
  // Root is written there, and nobody has accepted that.
  const [rooted] = (await reportOf(silenced)).breakouts!
  expect(rooted!.ways.find(({ id }) => id === 'privileged')!.accepted).toBeUndefined()
})

test('a command line', async () => {
  const { report } = await auditCommandLine(memoryWorld({}), all, '0.1.0', ['docker', 'run', '--privileged', 'web:1'], {
    config: 'none',
  })
  expect(report.breakouts![0]!.ways[0]).toMatchObject({ id: 'privileged', severity: 'critical' })
  expect(showText(report, { colour: false })).toContain('only where  the image sets no other user')
})

test('what a subject writes never speaks to the terminal, and its secrets are hidden', async () => {
  const report = await reportOf(
    'services:\n  "we\\u001b[31mb\\u202e":\n    image: web:1\n    user: root\n    volumes:\n      - "/etc/\\u001b]0;x\\u0007:/e"\n    environment:\n      DOCKER_HOST: tcp://10.0.0.1:2375\n      API_TOKEN: c2VjcmV0LXRva2VuLTEyMzQ1\n    device_cgroup_rules: ["b 8:* rwm"]\n',
  )
  const text = showText(report, { colour: false, ways: 'all' })
  expect(text).not.toMatch(/[\u001b\u202e\u0007]/)
  expect(text).toContain('Ways out of we\\u{1b}[31mb\\u{202e}')
  expect(text).not.toContain('c2VjcmV0LXRva2VuLTEyMzQ1')
})
