import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import AjvDraft04 from 'ajv-draft-04'
import formats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { check } from '../../../src/flows/check.ts'
import { rules } from '../../../src/judge/rules/registry.ts'
import type { CheckReport } from '../../../src/model/report.ts'
import { showJson } from '../../../src/show/json.ts'
import { showSarif } from '../../../src/show/sarif.ts'
import { memoryWorld } from '../../../src/world/memory.ts'

const read = (path: string): object => JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8'))
const sarif = formats.default(new AjvDraft04.default({ strict: false, allErrors: true })).compile(read('sarif-schema-2.1.0.json'))
const json = formats.default(new Ajv2020({ allErrors: true })).compile(read('../../../docs/check-report.schema.json'))

/** A report over every rule's bad sample, odd paths, suppressions and problems. */
const report = async (): Promise<CheckReport> => {
  const files: Record<string, string | Uint8Array> = {}
  for (const [id, rule] of Object.entries(rules))
    for (const [i, example] of rule.examples.entries()) files[`all/${id}/${i} ä#%/Dockerfile`] = example.bad
  files['all/suppressed/Dockerfile'] = '# hadolint ignore=DL3006\nFROM nginx\n'
  files['all/binary/Dockerfile'] = new Uint8Array([70, 82, 0, 79])
  return (await check(memoryWorld(files), rules, '0.1.0', { paths: ['all'], config: 'none', profile: 'all', shellcheck: 'off' }))
    .report
}

describe('formats for machines', () => {
  test('SARIF is valid against the official schema', async () => {
    const whole = await report()
    const log = JSON.parse(showSarif(whole))
    expect(sarif(log), JSON.stringify(sarif.errors?.slice(0, 3))).toBe(true)
    const [run] = log.runs
    expect(run.results).toHaveLength(whole.findings.length)
    expect(whole.findings.length).toBeGreaterThan(150)
    for (const result of run.results) expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId)
    expect(run.results.some((result: { fixes?: unknown }) => result.fixes)).toBe(true)
    expect(
      run.results.some((result: { suppressions?: { kind: string }[] }) => result.suppressions?.[0]?.kind === 'inSource'),
    ).toBe(true)
    expect(run.invocations[0].executionSuccessful).toBe(false)
    expect(run.artifacts.map(({ location }: { location: { uri: string } }) => location.uri)).toContain(
      'all/dockerfile/sudo/0%20%C3%A4%23%25/Dockerfile',
    )
  })

  test('JSON is valid against the documented schema', async () => {
    const document = JSON.parse(showJson(await report()))
    expect(json(document), JSON.stringify(json.errors?.slice(0, 3))).toBe(true)
    expect(document.summary.files).toBe(document.files.length)
    expect(document.problems[0].code).toBe('file-binary')
  })

  test('regions cover exactly what the finding is about', async () => {
    const { report: one } = await check(memoryWorld({}), rules, '0.1.0', {
      paths: [],
      input: {
        name: 'Dockerfile',
        bytes: new TextEncoder().encode('FROM alpine:3.20\r\nRUN echo "ä😀" && sudo x\r\nUSER 1000\r\n'),
      },
      config: 'none',
      only: ['dockerfile/sudo'],
      shellcheck: 'off',
    })
    const { region } = JSON.parse(showSarif(one)).runs[0].results[0].locations[0].physicalLocation
    expect(region).toMatchObject({ startLine: 2, startColumn: 19, endLine: 2, endColumn: 23, charOffset: 36, charLength: 4 })
  })
})
