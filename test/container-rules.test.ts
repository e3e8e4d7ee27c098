/** Every rule's examples are its first tests, and its texts follow the house rules. */
import { describe, expect, test } from 'vitest'
import {
  composeUnit,
  kubernetesUnit,
  type ManifestRules,
  readScriptRuns,
  readStream,
  scriptUnit,
} from '../src/flows/manifest-unit.ts'
import { repair } from '../src/flows/repair.ts'
import type { ContainerRule } from '../src/judge/container-rule.ts'
import { type JudgedContainer, judgeContainers, type RunningContainerRule } from '../src/judge/judge-container.ts'
import { containerRules } from '../src/judge/rules/container-registry.ts'
import type { Example } from '../src/model/rule.ts'
import type { Text } from '../src/model/text.ts'
import { memoryWorld } from '../src/world/memory.ts'
import { readSample } from './containers.ts'
import { expectTexts } from './rule-texts.ts'

const all = Object.entries(containerRules as Readonly<Record<string, ContainerRule<unknown>>>)

const running = (id: string, options: Readonly<Record<string, unknown>> = {}): RunningContainerRule => {
  const rule = (containerRules as Readonly<Record<string, ContainerRule<unknown>>>)[id]!
  if (!rule.options) return { rule, options: undefined, severity: undefined }
  const result = rule.options['~standard'].validate(options)
  if (result instanceof Promise || result.issues) throw new Error(`bad options for ${id}: ${JSON.stringify(options)}`)
  return { rule, options: result.value, severity: undefined }
}

/** Findings of one rule in a sample. A rule that throws, or a sample that cannot be read, fails the test. */
const judge = async (id: string, text: string, example: Example): Promise<readonly JudgedContainer[]> => {
  const sample = await readSample(text)
  for (const problem of sample.problems) if (problem.kind === 'failed') throw new Error(problem.message)
  expect(sample.containers, 'the sample declares containers').not.toEqual([])
  const { judged, problems } = judgeContainers(
    sample.containers,
    new Map([[id, running(id, example.options)]]),
    () => ({
      today: '2026-11-24',
      neighbours: sample.containers,
      manifests: sample.manifests,
      imageOf: () => undefined,
      allowedRegistries: example.allowedRegistries,
    }),
    at => (at.in === 'file' ? sample.text.slice(at.span.start, at.span.end) : ''),
  )
  for (const problem of problems) throw new Error(problem.message, { cause: problem.cause })
  for (const { finding } of judged)
    for (const at of finding.at)
      if (at.in === 'file') expect(at.span.end, 'places are in the text').toBeLessThanOrEqual(sample.text.length)
  return judged
}

/** The sample with everything repaired that can be, judged by one rule alone. `others`: files that came into being. */
const repaired = async (
  id: string,
  text: string,
  example: Example,
): Promise<{ readonly text: string; readonly others: number; readonly applied: number; readonly left: number }> => {
  const { form, path } = await readSample(text)
  const how: ManifestRules = {
    rulesFor: () => new Map([[id, running(id, example.options)]]),
    fileRulesFor: () => new Map(),
    suppressionsFor: () => ({
      inline: false,
      configured: [],
      baseline: new Set(),
      today: '2026-11-24',
      resolve: () => [],
      nearest: () => undefined,
      ofTool: () => [],
    }),
    facts: { today: '2026-11-24', allowedRegistries: example.allowedRegistries, imageOf: () => undefined },
  }
  const own: Text = { text, encoding: 'utf-8' }
  const unit =
    form === 'compose'
      ? composeUnit(memoryWorld({}), [path], new Map([[path, own]]), how)
      : form === 'kubernetes'
        ? kubernetesUnit(own, readStream(path, text), () => readStream(path, text).read.manifests, how)
        : scriptUnit(own, readScriptRuns(path, text, 'shell'), how)
  const first = await unit.judge(new Map())
  const { texts, applied, result, problems } = await repair(unit, first, new Set(['safe', 'unsafe']))
  expect(problems).toEqual([])
  return {
    text: texts.get(path) ?? text,
    others: [...texts.keys()].filter(name => name !== path).length,
    applied: applied.length,
    left: result.findings.filter(({ fix }) => fix && fix.edits.length > 0).length,
  }
}

test('there are rules, and their ids are their paths', () => {
  expect(all.length).toBeGreaterThan(30)
  for (const [id] of all) expect(id).toMatch(/^container\/[a-z0-9]+(-[a-z0-9]+)*$/)
})

describe.each(all)('%s', (id, rule) => {
  test('its texts', () => expectTexts(rule))

  test.each(rule.examples.map((example, i) => [i, example] as const))('example %i', async (_, example) => {
    const found = await judge(id, example.bad, example)
    expect(found, 'the bad sample is reported').not.toEqual([])
    for (const { finding } of found) expect(finding.message).not.toMatch(/\.$/)
    expect(
      (await judge(id, example.good, example)).map(({ finding }) => finding.message),
      'the good sample is silent',
    ).toEqual([])
  })

  test.each(rule.examples.map((example, i) => [i, example] as const))('example %i repaired', async (_, example) => {
    const { text, others, applied, left } = await repaired(id, example.bad, example)
    expect([others, left]).toEqual([0, 0])
    expect(text === example.bad).toBe(applied === 0)
    if (example.byHand) expect(text, 'what --fix does is no work by hand').not.toBe(example.good)
    else expect(text).toBe(example.good)
    expect(await repaired(id, text, example)).toMatchObject({ text, applied: 0 })
  })

  test('fixes are of the class that it claims', async () => {
    const order = ['safe', 'unsafe', 'manual']
    for (const example of rule.examples)
      for (const { finding, wishes } of await judge(id, example.bad, example)) {
        if (!finding.fix) continue
        expect(rule.fixes, 'a rule that fixes says so').toBeDefined()
        expect(order.indexOf(finding.fix.safety)).toBeGreaterThanOrEqual(order.indexOf(rule.fixes!))
        expect(finding.fix.title).not.toMatch(/\.$/)
        if (finding.fix.safety === 'manual') expect(wishes).toEqual([])
      }
  })
})
