/** What a recommendation makes of files: which image is taken, what is refused, and that nothing is written then. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { Digest, Severity } from '../model/finding.ts'
import type { CandidateKind, Measure, Measured, Recommendation } from '../model/recommendation.ts'
import { machine } from '../world/machine.ts'
import { fixRecommended, type RecommendFix, type RecommendFixOptions } from './recommend-fix.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-recommend-fix-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

let count = 0
const folder = (files: Readonly<Record<string, string>>): string => {
  const path = join(top, String(count++))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return path
}
const textOf = (path: string, name = 'Dockerfile'): string => readFileSync(join(path, name), 'utf8')

const measure = (high: number): Measure => ({
  bySeverity: { critical: 0, high, medium: 0, low: 0, info: 0, unknown: 0 } satisfies Record<Severity, number>,
  kev: 0,
  packages: 10,
  uncovered: 0,
  size: 1000,
})
const pin: Digest = `sha256:${'ab'.repeat(32)}`
const old = `sha256:${'cd'.repeat(32)}`
const candidate = (name: string, kind: CandidateKind, high: number | undefined, more: Partial<Measured> = {}): Measured => ({
  name,
  kind,
  supportUntil: undefined,
  benefits: [],
  risks: [],
  measure: high === undefined ? undefined : measure(high),
  predicted: undefined,
  missing: high === undefined ? 'it is not on this machine' : undefined,
  digest: undefined,
  pin: high === undefined ? undefined : pin,
  isPresent: false,
  newCritical: [],
  ...more,
})
const report = (candidates: readonly Measured[], name: string | undefined = 'node:20', aliases: readonly string[] = []) =>
  ({
    version: '1',
    at: '2026-01-10T00:00:00Z',
    image: undefined,
    dockerfile: undefined,
    answer: {
      standing: 'on-base',
      base: { name, digest: undefined },
      by: 'dockerfile',
      evidence: [],
      contradictions: [],
      layers: undefined,
      aliases,
    },
    isOffline: false,
    base: { name, digest: undefined, supportUntil: undefined, isEnded: false, isPinned: false, measure: measure(9) },
    own: undefined,
    candidates,
    unverified: [],
    problems: [],
    remedies: [],
  }) satisfies Recommendation
const usual = [candidate('node:22', 'major', 1), candidate('node:20-slim', 'slim', 3), candidate('node:24', 'major', undefined)]

const fix = (path: string, of: Recommendation, more: Partial<RecommendFixOptions> = {}): Promise<RecommendFix> =>
  fixRecommended(machine, of, { dockerfile: join(path, 'Dockerfile'), to: undefined, pin: undefined, write: true, ...more })

describe('which image', () => {
  test('the best one; beside the file Compose and Kubernetes follow, other Dockerfiles and scripts are named', async () => {
    const path = folder({
      Dockerfile: 'ARG V=20\nFROM node:${V} AS build\nRUN npm ci\nFROM node:$V\nCOPY --from=build /a /a\n',
      'compose.yaml': 'services: {a: {image: "node:20"}, b: {build: ., image: shop}}\n',
      'k8s/pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: node:20}]}\n',
      'other/Dockerfile': 'FROM node:20\n',
      'run.sh': '#!/bin/sh\ndocker run node:20 true\n',
    })
    const { rebased, message, notes } = await fix(path, report(usual))
    expect(textOf(path)).toBe('ARG V=22\nFROM node:${V} AS build\nRUN npm ci\nFROM node:$V\nCOPY --from=build /a /a\n')
    expect(textOf(path, 'compose.yaml')).toBe('services: {a: {image: "node:22"}, b: {build: ., image: shop}}\n')
    expect(textOf(path, 'k8s/pod.yaml')).toContain('image: node:22')
    expect(textOf(path, 'other/Dockerfile')).toBe('FROM node:20\n')
    expect(textOf(path, 'run.sh')).toContain('node:20')
    expect(rebased.bases).toHaveLength(4)
    expect(notes.join('\n')).toMatch(/other\/Dockerfile uses node:20, too, and was left/)
    expect(notes.join('\n')).toMatch(/run\.sh uses node:20, too, and was left/)
    expect(message).toMatch(/^Change base image node:20 to node:22\n/)
    expect(message).toMatch(/What would remain in the base image: 1 high; now there are 9 high\. As of\s+2026-01-10/)
  })

  test('--to; what was not looked into is said', async () => {
    const path = folder({ Dockerfile: 'FROM node:20\n' })
    const { notes } = await fix(path, report(usual), { to: 'docker.io/library/node:24' })
    expect(textOf(path)).toBe('FROM node:24\n')
    expect(notes).toEqual(['node:24 was not looked into: it is not on this machine'])
    await expect(fix(path, report(usual), { to: 'python:3' })).rejects.toThrow(
      /FROM node:24, and the recommendation is about node:20/,
    )
  })

  test('what the file cannot be built on is passed over, unless it is asked for', async () => {
    const dockerfile = 'FROM node:20\nRUN apt-get update\n'
    const path = folder({ Dockerfile: dockerfile })
    const all = [
      candidate('gcr.io/distroless/nodejs24-debian12', 'distroless', 0),
      candidate('node:24-alpine', 'alpine', 0),
      ...usual,
    ]
    const { notes } = await fix(path, report(all))
    expect(textOf(path)).toBe('FROM node:22\nRUN apt-get update\n')
    expect(notes.join('\n')).toMatch(/distroless.* was passed over: line 2 has a RUN, which needs a shell/)
    expect(notes.join('\n')).toMatch(/node:24-alpine .* was passed over: line 2 runs apt-get/)
    writeFileSync(join(path, 'Dockerfile'), dockerfile)
    expect((await fix(path, report(all), { to: 'node:24-alpine' })).notes.join()).toMatch(/runs apt-get.*has to be changed there/)
    expect(textOf(path)).toBe('FROM node:24-alpine\nRUN apt-get update\n')
  })

  test('arguments of Compose follow where FILE is built with them, and nowhere else', async () => {
    const compose = (one: string, other: string): string =>
      `services:\n  a: {build: {context: ., args: {V: "${one}"}}}\n  b: {build: {context: other, args: {V: "${other}"}}}\n`
    const dockerfile = 'ARG V=20\nFROM node:$V\n'
    const path = folder({ Dockerfile: dockerfile, 'other/Dockerfile': dockerfile, 'compose.yaml': compose('20', '20') })
    const { notes } = await fix(path, report(usual))
    expect(textOf(path)).toBe('ARG V=22\nFROM node:$V\n')
    expect(textOf(path, 'other/Dockerfile')).toBe(dockerfile)
    expect(textOf(path, 'compose.yaml')).toBe(compose('22', '20'))
    expect(notes.join('\n')).toMatch(/compose\.yaml uses node:20, too, and was left/)
  })

  test('an archive that would be the best is passed over, and named', async () => {
    const path = folder({ Dockerfile: 'FROM node:20\n' })
    const all = [candidate('dir:/srv/root', 'named', 0, { measure: { ...measure(0), size: undefined } }), ...usual]
    const { notes } = await fix(path, report(all))
    expect(textOf(path)).toBe('FROM node:22\n')
    expect(notes.join()).toMatch(
      /dir:\/srv\/root would leave less, and was passed over: it is no name that can stand behind FROM/,
    )
  })

  test.each([
    ['CMD node a.js\n', /line 3 has CMD without brackets, which needs a shell/],
    ['ENTRYPOINT node a.js\n', /line 3 has ENTRYPOINT without brackets/],
    ['HEALTHCHECK CMD node b.js\nCMD ["a.js"]\n', /line 3 has HEALTHCHECK without brackets/],
    ['CMD ["node", "a.js"]\n', /line 3 has a CMD that begins with node, which the ENTRYPOINT of .* is already/],
    ['CMD ["a.js"]\n', undefined],
    ['HEALTHCHECK NONE\nENTRYPOINT ["/nodejs/bin/node", "a.js"]\n', undefined],
    ['HEALTHCHECK --interval=5s CMD ["/nodejs/bin/node", "b.js"]\nCMD ["a.js"]\n', undefined],
  ])('distroless starts what stands in brackets, by its own ENTRYPOINT: %j', async (end, why) => {
    const path = folder({ Dockerfile: `FROM node:20\nCOPY . .\n${end}` })
    const { notes } = await fix(path, report([candidate('gcr.io/distroless/nodejs24-debian12', 'distroless', 0), ...usual]))
    expect(textOf(path)).toContain(why ? 'FROM node:22\n' : 'FROM gcr.io/distroless/nodejs24-debian12\n')
    if (why) expect(notes.join()).toMatch(why)
  })

  test('another tag of the same image is left, and named', async () => {
    const path = folder({ Dockerfile: 'FROM node:20-bookworm AS build\nFROM node:20\nCOPY --from=build / /\n' })
    const { notes } = await fix(path, report(usual))
    expect(textOf(path)).toBe('FROM node:20-bookworm AS build\nFROM node:22\nCOPY --from=build / /\n')
    expect(notes.join()).toMatch(/Dockerfile:1: FROM node:20-bookworm was left: another tag/)
  })
})

describe('digests', () => {
  test.each([
    ['FROM node:20\n', undefined, 'FROM node:22\n'],
    [`FROM node:20@${old}\n`, undefined, `FROM node:22@${pin}\n`],
    ['FROM node:20\n', true, `FROM node:22@${pin}\n`],
    [`FROM node:20@${old}\n`, false, 'FROM node:22\n'],
    [`ARG D=@${old}\nFROM node:20$D\n`, undefined, undefined],
  ])('%j, pin: %s', async (before, asked, after) => {
    const path = folder({ Dockerfile: before })
    await fix(path, report(usual), { pin: asked })
    if (after === undefined) expect(textOf(path)).toContain(pin)
    else expect(textOf(path)).toBe(after)
  })

  test('the same tag gets the digest of today', async () => {
    const path = folder({ Dockerfile: `FROM node:20@${old}\n` })
    await fix(path, report([candidate('node:20', 'refresh', 1)]))
    expect(textOf(path)).toBe(`FROM node:20@${pin}\n`)
  })

  test('one that is not known is not left out', async () => {
    const path = folder({ Dockerfile: `FROM node:20@${old}\n`, 'compose.yaml': 'services: {a: {image: "node:20"}}\n' })
    await expect(fix(path, report(usual), { to: 'node:24' })).rejects.toThrow(
      /it pins node:20, and the digest of node:24 is not known: only its registry tells/,
    )
    await expect(fix(path, report(usual), { to: 'node:24', pin: true })).rejects.toThrow(
      /--pin asks for a digest, and the digest of node:24 is not known/,
    )
    expect(textOf(path)).toBe(`FROM node:20@${old}\n`)
    expect(textOf(path, 'compose.yaml')).toContain('node:20')
  })
})

describe('nothing is written', () => {
  test.each<[string, string, Recommendation, Partial<RecommendFixOptions>, RegExp]>([
    ['another base', 'FROM python:3\n', report(usual), {}, /it is FROM python:3, and the recommendation is about node:20/],
    [
      'a base without a name',
      'FROM node:20\n',
      { ...report(usual), base: { ...report(usual).base, name: undefined } },
      {},
      /name of the base image is not known/,
    ],
    [
      'nothing looked at',
      'FROM node:20\n',
      report([candidate('node:24', 'major', undefined)]),
      {},
      /nothing better than node:20 is known/,
    ],
    ['no candidate', 'FROM node:20\n', report(usual), { to: 'node:99' }, /node:99 is none of the candidates/],
    [
      'an archive',
      'FROM node:20\n',
      report([candidate('archive:a.tar', 'named', 0)]),
      { to: 'archive:a.tar' },
      /no name that can stand behind FROM/,
    ],
    ['scratch', 'FROM scratch\n', report(usual), {}, /it is FROM scratch/],
    ['a variable', 'ARG B\nFROM $B\n', report(usual), {}, /depends on a variable that has no value/],
    ['no FROM', 'RUN true\n', report(usual), {}, /has no FROM/],
  ])('%s', async (_, text, of, options, message) => {
    const path = folder({ Dockerfile: text })
    await expect(fix(path, of, options)).rejects.toThrow(message)
    expect(textOf(path)).toBe(text)
  })

  test.each<[string, string, readonly Measured[], RegExp]>([
    [
      'nothing is better',
      'FROM node:20\n',
      [candidate('node:22', 'major', 20)],
      /stays as it is: of what was looked at, nothing is better than node:20/,
    ],
    [
      'the tag stays',
      'FROM node:20\n',
      [candidate('node:20', 'refresh', 1)],
      /says node:20 already.*docker build --pull.*--pin writes its digest/,
    ],
    ['it was done before', 'FROM node:22\n', usual, /is FROM node:22 already: nothing to change/],
  ])('%s', async (_, text, all, note) => {
    const path = folder({ Dockerfile: text })
    const { rebased, notes, message } = await fix(path, report(all))
    expect(rebased.changes).toEqual([])
    expect(message).toBe('')
    expect(notes.join()).toMatch(note)
    expect(textOf(path)).toBe(text)
  })

  test('with write: false', async () => {
    const path = folder({ Dockerfile: 'FROM node:20\n' })
    expect((await fix(path, report(usual), { write: false })).rebased.changes[0]?.after).toBe('FROM node:22\n')
    expect(textOf(path)).toBe('FROM node:20\n')
  })
})

test('doing it again changes nothing, and says so', async () => {
  const lines = fc.constantFrom(
    'FROM node:20',
    `FROM node:20@${old}`,
    'FROM $IMAGE',
    'FROM node:${TAG}',
    'FROM alpine:3',
    'FROM node:20-slim',
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(lines, { maxLength: 4 }),
      lines,
      fc.constantFrom(undefined, true, false),
      async (before, last, asked) => {
        fc.pre(!/alpine|slim/.test(last))
        const path = folder({ Dockerfile: ['ARG TAG=20', 'ARG IMAGE=node:$TAG', ...before, last, ''].join('\n') })
        await fix(path, report(usual), { pin: asked })
        const once = textOf(path)
        expect(once).toContain('22')
        const { rebased, notes } = await fix(path, report(usual), { pin: asked })
        expect(textOf(path)).toBe(once)
        expect(rebased.changes).toEqual([])
        expect(notes.join()).toContain('nothing to change')
      },
    ),
    { numRuns: 40 },
  )
})
