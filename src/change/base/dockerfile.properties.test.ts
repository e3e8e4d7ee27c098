/** The promises of new bases, over generated Dockerfiles: as wanted afterwards, nothing else, and at rest. */
import '../../../test/fixed-seed.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Span } from '../../model/text.ts'
import type { Dockerfile } from '../../read/dockerfile/graph.ts'
import { readDockerfile } from '../../read/dockerfile/read-dockerfile.ts'
import { applyEdits } from '../fix.ts'
import { rewriteFrom } from './dockerfile.ts'
import { nameOf, type Wanted, writeReference } from './wanted.ts'

const runs = Number(process.env.BULKHEAD_FUZZ_RUNS ?? 400)

const name = fc.constantFrom('node', 'python', 'docker.io/library/node', 'ghcr.io/acme/app', 'localhost:5000/x')
const tag = fc.constantFrom('20', '20.1', '20-slim', '3.12-bookworm', 'latest')
const argument = fc.constantFrom('A', 'B', 'C', 'TAG', 'BASE')
const variable = fc.oneof(
  argument.map(one => `$${one}`),
  argument.map(one => `\${${one}}`),
  fc.tuple(argument, tag).map(([one, value]) => `\${${one}:-${value}}`),
  fc.tuple(argument, tag).map(([one, value]) => `\${${one}-${value}}`),
  argument.map(one => `\${${one}%-*}`),
)
const digest = fc.constantFrom('', `@sha256:${'0'.repeat(64)}`)
const reference = fc.oneof(
  fc.tuple(name, tag, digest).map(([one, other, pin]) => `${one}:${other}${pin}`),
  name,
  fc
    .tuple(name, variable, fc.constantFrom('', '-slim', '.1'), digest)
    .map(([one, other, end, pin]) => `${one}:${other}${end}${pin}`),
  fc.tuple(variable, tag).map(([one, other]) => `${one}:${other}`),
  fc.tuple(variable, variable).map(([one, other]) => `${one}:${other}`),
  fc.tuple(variable, variable).map(([one, other]) => `node:${one}-${other}`),
  fc.tuple(fc.constantFrom('', 'node'), variable).map(([one, other]) => `${one}${other}`),
)
const quoted = fc.tuple(reference, fc.constantFrom('', '', '"', "'")).map(([text, quote]) => quote + text + quote)
const value = fc.oneof(
  tag,
  name,
  reference,
  tag.map(one => `"${one}"`),
  reference.map(one => `"${one}"`),
)
const preamble = fc.array(
  fc.oneof(
    fc.tuple(argument, value).map(([one, text]) => `ARG ${one}=${text}`),
    fc.tuple(argument, value, argument, value).map(([one, text, other, more]) => `ARG ${one}=${text} ${other}=${more}`),
    argument.map(one => `ARG ${one}`),
  ),
  { maxLength: 5 },
)
const from = fc
  .tuple(
    quoted,
    fc.constantFrom('', ' AS a', ' as B', ' AS node'),
    fc.constantFrom('FROM ', 'from  ', 'FROM --platform=$TARGETPLATFORM ', 'FROM \\\n  '),
  )
  .map(([text, end, start]) => start + text + end)
const line = fc.oneof(
  fc.constantFrom(
    'RUN true',
    '# FROM node:20',
    'ARG A',
    'ARG TAG',
    'ENV B=node:20',
    'FROM a',
    'COPY --from=a /x /y',
    'RUN <<E\nFROM node:20\nE',
  ),
  quoted.map(text => `COPY --from=${text} /x /y`),
  reference.map(text => `RUN --mount=type=bind,from=${text},target=/x true`),
)
const file = fc
  .tuple(
    preamble,
    fc.array(fc.tuple(from, fc.array(line, { maxLength: 3 })), { minLength: 1, maxLength: 4 }),
    fc.constantFrom('\n', '\r\n'),
  )
  .map(([head, stages, end]) =>
    `${[...head, ...stages.flatMap(([first, rest]) => [first, ...rest])].join('\n')}\n`.replaceAll('\n', end),
  )

const pin = `sha256:${'ab'.repeat(32)}`
/** What is wanted depends on the image alone, and is wanted no more once it is there. */
const wishes: readonly Wanted[] = [
  ({ familiar }) => ({ name: familiar, tag: '22-trixie', digest: pin }),
  ({ familiar, tag: old }) => ({ name: familiar, tag: old === '20' ? '22' : (old ?? '1') }),
  ({ familiar, repository }) => (repository === 'library/node' ? { name: familiar, tag: '22.4', digest: pin } : undefined),
  ({ repository, tag: old }) =>
    repository.startsWith('library/') ? { name: `mirror.acme.org/${repository}`, tag: old ?? 'latest' } : undefined,
]

const usesOf = ({ stages }: Dockerfile) => stages.flatMap(({ uses }) => uses)
const masked = (dockerfile: Dockerfile): string => {
  const spans: Span[] = [
    ...usesOf(dockerfile).map(({ span }) => span),
    ...dockerfile.preamble.flatMap(({ instruction }) => instruction.pairs.flatMap(({ value: one }) => (one ? [one.span] : []))),
  ]
  return applyEdits(
    dockerfile.tree.text,
    spans.map(span => ({ path: '', span, text: '\u0000' })),
  )
}

test('every base is as wanted or told of, all else is as it was, and a second time changes nothing', () => {
  let rewritten = 0
  let left = 0
  fc.assert(
    fc.property(file, fc.constantFrom(...wishes), (text, wanted) => {
      const before = readDockerfile('Dockerfile', text)
      const { edits, changes, problems } = rewriteFrom(before, wanted)
      const result = applyEdits(text, edits)
      const after = readDockerfile('Dockerfile', result)
      expect(after.tree.errors.length).toBe(before.tree.errors.length)
      expect(masked(after)).toBe(masked(before))
      const hands = new Set(
        problems.flatMap(({ code, at }) => (code === 'base-by-hand' && at?.in === 'file' ? [at.span.start] : [])),
      )
      const uses = usesOf(before)
      const now = usesOf(after)
      expect(now.length).toBe(uses.length)
      for (const [i, { target, span, how }] of uses.entries()) {
        const other = now[i]!.target
        expect(other.kind).toBe(target.kind)
        if (target.kind === 'unknown' && other.kind === 'unknown') expect(other.text.value).toBe(target.text.value)
        if (target.kind !== 'image' || other.kind !== 'image') continue
        const old = target.text.value
        const wish = wanted(target.reference, { path: 'Dockerfile', span, in: how })
        const isRenamed = wish !== undefined && wish.name !== target.reference.familiar
        const expected = wish ? writeReference({ ...wish, name: isRenamed ? wish.name : nameOf(old, target.reference) }) : old
        if (hands.has(span.start)) expect(other.text.value).toBe(old)
        else expect(other.text.value).toBe(expected)
      }
      expect(rewriteFrom(after, wanted).edits).toEqual([])
      rewritten += changes.length
      left += hands.size
    }),
    { numRuns: runs },
  )
  // Most is done, or the property says little.
  expect(rewritten).toBeGreaterThan(runs)
  expect(left).toBeLessThan(rewritten / 20)
})

test('nothing throws, whatever the text', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(file, fc.string({ unit: 'binary', maxLength: 30 })), { maxLength: 4 }), parts => {
      const text = parts.join('\n')
      const dockerfile = readDockerfile('Dockerfile', text)
      applyEdits(dockerfile.tree.text, rewriteFrom(dockerfile, wishes[0]!).edits)
    }),
    { numRuns: runs },
  )
})
