import { expect, test } from 'vitest'
import { blankContainer } from '../model/container.ts'
import type { Location } from '../model/finding.ts'
import type { Report } from '../model/rule.ts'
import type { ContainerFacts, ContainerRule } from './container-rule.ts'
import { judgeContainers } from './judge-container.ts'

const place: Location = { in: 'file', path: 'pod.yaml', span: { start: 10, end: 20 } }
const facts: ContainerFacts = {
  today: '2026-11-26',
  neighbours: [],
  manifests: undefined,
  imageOf: () => undefined,
  allowedRegistries: undefined,
}
const rule = (...reports: readonly Report[]): ContainerRule<unknown> => ({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'x',
  why: 'x',
  examples: [{ bad: 'x', good: 'y' }],
  check: () => reports,
})
const judge = (...reports: readonly Report[]) =>
  judgeContainers(
    ['web', 'side'].map(name => blankContainer('kubernetes', name, place)),
    new Map([['container/x', { rule: rule(...reports), options: undefined, severity: undefined }]]),
    () => facts,
    () => 'text',
  ).judged.map(({ finding: { severity, message, key }, containers }) => ({
    severity,
    message,
    key,
    containers: containers.map(({ name }) => name),
  }))

test('what two containers share is told once', () => {
  expect(judge({ at: place, message: 'a' })).toMatchObject([{ message: 'a', containers: ['web', 'side'] }])
})

test('a second thing that is said of the same place is not lost, and has a key of its own', () => {
  const told = judge({ at: place, message: 'a' }, { at: place, severity: 'critical', message: 'b' })
  expect(told).toMatchObject([
    { severity: 'low', message: 'a', containers: ['web', 'side'] },
    { severity: 'critical', message: 'b', containers: ['web', 'side'] },
  ])
  expect(told[0]!.key).not.toBe(told[1]!.key)
})
