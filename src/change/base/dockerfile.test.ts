import { describe, expect, test } from 'vitest'
import { readDockerfile } from '../../read/dockerfile/read-dockerfile.ts'
import { applyEdits } from '../fix.ts'
import { rewriteFrom } from './dockerfile.ts'
import { wantedBy } from './pattern.ts'

const digest = `sha256:${'ab'.repeat(32)}`
const older = `sha256:${'01'.repeat(32)}`

const rewrite = (text: string, old: string, fresh: string, pin?: string) => {
  const wanted = wantedBy(old, fresh, pin)!
  const result = rewriteFrom(readDockerfile('Dockerfile', text), wanted)
  const after = applyEdits(text, result.edits)
  const again = rewriteFrom(readDockerfile('Dockerfile', after), wanted)
  expect(again.edits, 'a second time changes nothing').toEqual([])
  return { after, hows: result.changes.map(({ how }) => how), codes: result.problems.map(({ code }) => code), result }
}

/** Title, file, what is written for node:20 → node:22, and how. */
const layouts: readonly (readonly [string, string, string, string?])[] = [
  ['a plain line', 'FROM node:20', 'FROM node:22'],
  ['with a name', 'FROM node:20 AS build', 'FROM node:22 AS build'],
  ['the case and the spaces of words stay', 'from   node:20   As  Build  \n', 'from   node:22   As  Build  \n'],
  ['with a platform', 'FROM --platform=linux/arm64 node:20', 'FROM --platform=linux/arm64 node:22'],
  ['with a platform of a variable', 'FROM --platform=$BUILDPLATFORM node:20', 'FROM --platform=$BUILDPLATFORM node:22'],
  ['the registry as it was written', 'FROM docker.io/library/node:20', 'FROM docker.io/library/node:22'],
  ['the short registry, too', 'FROM docker.io/node:20', 'FROM docker.io/node:22'],
  ['in quotes', 'FROM "node:20"', 'FROM "node:22"'],
  ['in single quotes', "FROM 'node:20' AS a", "FROM 'node:22' AS a"],
  ['half in quotes', 'FROM node:"20"', 'FROM node:"22"'],
  ['an old digest goes away with the old tag', `FROM node:20@${older}`, 'FROM node:22'],
  ['continued lines', 'FROM \\\n  node:20 \\\n  AS build\n', 'FROM \\\n  node:22 \\\n  AS build\n'],
  ['a comment between continued lines', 'FROM \\\n# node:20\n  node:20\n', 'FROM \\\n# node:20\n  node:22\n'],
  ['a continuation inside of the word', 'FROM no\\\nde:20\n', 'FROM node:22\n', 'spelled-out'],
  ['the other escape character', '# escape=`\nFROM `\n node:20\n', '# escape=`\nFROM `\n node:22\n'],
  ['Windows line ends', 'FROM node:20 AS a\r\nRUN x\r\n', 'FROM node:22 AS a\r\nRUN x\r\n'],
  ['behind a byte order mark', '\ufeffFROM node:20\n', '\ufeffFROM node:22\n'],
  ['comments are not touched', '# FROM node:20\nFROM node:20 # no comment\n', '# FROM node:20\nFROM node:22 # no comment\n'],
  ['heredocs are not touched', 'FROM node:20\nRUN <<E\nFROM node:20\nE\n', 'FROM node:22\nRUN <<E\nFROM node:20\nE\n'],
  ['commands are not touched', 'FROM node:20\nRUN docker pull node:20\n', 'FROM node:22\nRUN docker pull node:20\n'],
  [
    'several stages',
    'FROM node:20 AS a\nFROM alpine\nFROM node:20\n',
    'FROM node:22 AS a\nFROM alpine\nFROM node:22\n',
    'here here',
  ],
  ['COPY --from', 'FROM scratch\nCOPY --from=node:20 /a /b\n', 'FROM scratch\nCOPY --from=node:22 /a /b\n'],
  ['COPY --from in quotes', 'FROM scratch\nCOPY --from="node:20" /a /b\n', 'FROM scratch\nCOPY --from="node:22" /a /b\n'],
  ['other flags of COPY', 'FROM a\nCOPY --chown=1 --from=node:20 /a /b\n', 'FROM a\nCOPY --chown=1 --from=node:22 /a /b\n'],
  ['a mount', 'FROM a\nRUN --mount=from=node:20,target=/n x\n', 'FROM a\nRUN --mount=from=node:22,target=/n x\n'],
  [
    'several mounts',
    'FROM a\nRUN --mount=type=cache,target=/c --mount=type=bind,from=node:20,target=/n,ro x\n',
    'FROM a\nRUN --mount=type=cache,target=/c --mount=type=bind,from=node:22,target=/n,ro x\n',
  ],
  ['ONBUILD COPY', 'FROM a\nONBUILD COPY --from=node:20 /a /b\n', 'FROM a\nONBUILD COPY --from=node:22 /a /b\n'],
  ['the tag in an ARG', 'ARG TAG=20\nFROM node:${TAG}\n', 'ARG TAG=22\nFROM node:${TAG}\n', 'argument'],
  ['without braces', 'ARG TAG=20\nFROM node:$TAG\n', 'ARG TAG=22\nFROM node:$TAG\n', 'argument'],
  ['an ARG in quotes', 'ARG TAG="20"\nFROM node:${TAG}\n', 'ARG TAG="22"\nFROM node:${TAG}\n', 'argument'],
  ['the word in quotes, too', 'ARG TAG=20\nFROM "node:${TAG}"\n', 'ARG TAG=22\nFROM "node:${TAG}"\n', 'argument'],
  ['the whole reference in an ARG', 'ARG BASE=node:20\nFROM ${BASE} AS a\n', 'ARG BASE=node:22\nFROM ${BASE} AS a\n', 'argument'],
  ['name and tag in two', 'ARG B=node\nARG T=20\nFROM ${B}:${T}\n', 'ARG B=node\nARG T=22\nFROM ${B}:${T}\n', 'argument'],
  ['in one line', 'ARG B=node T=20\nFROM $B:$T\n', 'ARG B=node T=22\nFROM $B:$T\n', 'argument'],
  ['the registry in an ARG', 'ARG R=docker.io\nFROM $R/node:20\n', 'ARG R=docker.io\nFROM $R/node:22\n', 'here'],
  ['an ARG made of others', 'ARG T=20\nARG B=node:$T\nFROM $B\n', 'ARG T=22\nARG B=node:$T\nFROM $B\n', 'argument'],
  ['a default in the place', 'FROM node:${TAG:-20}\n', 'FROM node:${TAG:-22}\n'],
  ['a default without colon', 'FROM node:${TAG-20}\n', 'FROM node:${TAG-22}\n'],
  ['a default that an ARG without value has', 'ARG TAG\nFROM node:${TAG:-20}\n', 'ARG TAG\nFROM node:${TAG:-22}\n'],
  ['the ARG wins over the default', 'ARG TAG=20\nFROM node:${TAG:-18}\n', 'ARG TAG=22\nFROM node:${TAG:-18}\n', 'argument'],
  ['an alternative', 'ARG X=1\nFROM node:${X:+20}\n', 'ARG X=1\nFROM node:${X:+22}\n'],
  ['a default in a default', 'FROM node:${A:-${B:-20}}\n', 'FROM node:${A:-${B:-22}}\n'],
  ['the last ARG of a name counts', 'ARG T=18\nARG T=20\nFROM node:$T\n', 'ARG T=18\nARG T=22\nFROM node:$T\n', 'argument'],
  [
    'one ARG for several that want the same',
    'ARG T=20\nFROM node:$T AS a\nFROM node:$T\n',
    'ARG T=22\nFROM node:$T AS a\nFROM node:$T\n',
    'argument argument',
  ],
  [
    'one ARG for several that do not',
    'ARG T=20\nFROM node:$T AS a\nFROM python:$T\n',
    'ARG T=20\nFROM node:22 AS a\nFROM python:$T\n',
    'spelled-out',
  ],
  [
    'one ARG for a stage and an image',
    'ARG T=20\nFROM alpine AS x20\nFROM x$T AS b\nFROM node:$T\n',
    'ARG T=20\nFROM alpine AS x20\nFROM x$T AS b\nFROM node:22\n',
    'spelled-out',
  ],
  [
    'an ARG that a copy uses otherwise',
    'ARG T=20\nFROM node:$T\nARG T\nCOPY --from=python:$T /a /b\n',
    'ARG T=20\nFROM node:22\nARG T\nCOPY --from=python:$T /a /b\n',
    'spelled-out',
  ],
  [
    'a copy through the same ARG',
    'ARG T=20\nFROM node:$T\nARG T\nRUN --mount=from=node:$T,target=/n x\n',
    'ARG T=22\nFROM node:$T\nARG T\nRUN --mount=from=node:$T,target=/n x\n',
    'argument argument',
  ],
  ['a pattern of a variable', 'ARG V=20.1\nFROM node:${V%.*}\n', 'ARG V=20.1\nFROM node:22\n', 'spelled-out'],
  [
    'what ENV says',
    'FROM a\nENV T=20\nRUN --mount=from=node:$T,target=/n x\n',
    'FROM a\nENV T=20\nRUN --mount=from=node:22,target=/n x\n',
    'spelled-out',
  ],
  [
    'an ARG of the stage',
    'FROM a\nARG T=20\nRUN --mount=from=node:$T,target=/n x\n',
    'FROM a\nARG T=20\nRUN --mount=from=node:22,target=/n x\n',
    'spelled-out',
  ],
  ['an ARG with an escape', 'ARG T=2\\0\nFROM node:$T\n', 'ARG T=2\\0\nFROM node:22\n', 'spelled-out'],
]

describe('from node:20 to node:22', () => {
  for (const [title, before, after, how = 'here'] of layouts)
    test(title, () => {
      const result = rewrite(before, 'node:20', 'node:22')
      expect(result.after).toBe(after)
      expect(result.hows.join(' ')).toBe(how)
      expect(result.codes).toEqual([])
    })

  test.each([
    ['scratch', 'FROM scratch\n'],
    ['another tag', 'FROM node:20-slim\n'],
    ['another repository', 'FROM acme/node:20\n'],
    ['another registry', 'FROM ghcr.io/library/node:20\n'],
    ['a stage of that name', 'FROM alpine AS node\nFROM node\nCOPY --from=node /a /b\n'],
    ['a stage by its number', 'FROM alpine\nFROM alpine\nCOPY --from=0 /a /b\n'],
    ['the new one already', 'FROM node:22\n'],
    ['an empty file', ''],
  ])('%s is left', (_title, text) => {
    expect(rewrite(text, 'node:20', 'node:22')).toMatchObject({ after: text, hows: [], codes: [] })
  })
})

/** Title, file, old, new, digest, what is written. */
const others: readonly (readonly [string, string, string, string, string | undefined, string, string?])[] = [
  ['a digest behind the tag', 'FROM node:20 AS a', 'node:20', 'node:22', digest, `FROM node:22@${digest} AS a`],
  ['the same tag, pinned', 'FROM node:20', 'node:20', 'node:20', digest, `FROM node:20@${digest}`],
  ['an old digest is replaced', `FROM node:20@${older}`, 'node:20', 'node:20', digest, `FROM node:20@${digest}`],
  ['a digest without a tag', `FROM node@${older}`, 'node', 'node:22', digest, `FROM node:22@${digest}`],
  ['no tag at all', 'FROM node', 'node', 'node:22', undefined, 'FROM node:22'],
  ['nothing is latest', 'FROM node', 'node:latest', 'node:22', undefined, 'FROM node:22'],
  ['any tag', 'FROM node:18-alpine', 'node', 'node:22', undefined, 'FROM node:22'],
  [
    'the name alone keeps tag and digest',
    `FROM node:20@${older}`,
    'node',
    'acme.org/node',
    undefined,
    `FROM acme.org/node:20@${older}`,
  ],
  [
    'a suffix that stays',
    'ARG V=20\nFROM node:$V-slim',
    'node:20-slim',
    'node:22-slim',
    undefined,
    'ARG V=22\nFROM node:$V-slim',
    'argument',
  ],
  [
    'a suffix that changes',
    'ARG V=20\nFROM node:${V}-slim',
    'node',
    'node:20-alpine',
    undefined,
    'ARG V=20\nFROM node:${V}-alpine',
    'here',
  ],
  [
    'both of them',
    'ARG V=20\nFROM node:${V}-bookworm',
    'node',
    'node:22-slim',
    undefined,
    'ARG V=22\nFROM node:${V}-slim',
    'argument',
  ],
  [
    'the digest behind the suffix',
    'ARG V=20\nFROM node:$V-slim',
    'node',
    'node:22-slim',
    digest,
    `ARG V=22\nFROM node:$V-slim@${digest}`,
    'argument',
  ],
  [
    'the digest in the tag that is an ARG',
    'ARG V=20\nFROM node:$V',
    'node',
    'node:22',
    digest,
    `ARG V=22@${digest}\nFROM node:$V`,
    'argument',
  ],
  [
    'not where something else is made of it',
    'ARG V=20\nFROM node:$V\nARG V\nLABEL v=$V',
    'node',
    'node:22',
    digest,
    `ARG V=22\nFROM node:$V@${digest}\nARG V\nLABEL v=$V`,
    'argument',
  ],
  [
    'not where the others want another end',
    'ARG V=20\nFROM node:$V AS a\nFROM node:$V-slim',
    'node',
    'node:20-slim',
    undefined,
    'ARG V=20\nFROM node:20-slim AS a\nFROM node:$V-slim',
    'spelled-out',
  ],
  [
    'in the ARG that is the whole reference, used elsewhere or not',
    'ARG B=node:20\nFROM $B\nARG B\nLABEL b=$B',
    'node',
    'node:22',
    digest,
    `ARG B=node:22@${digest}\nFROM $B\nARG B\nLABEL b=$B`,
    'argument',
  ],
  [
    'never behind a part of a tag',
    'ARG D=slim\nFROM node:20-$D',
    'node',
    'node:20-slim',
    digest,
    `ARG D=slim\nFROM node:20-$D@${digest}`,
    'here',
  ],
  [
    'in the outer ARG where that is the reference',
    'ARG D=slim\nARG B="node:20-${D}"\nFROM ${B}',
    'node',
    'node:20-slim',
    digest,
    `ARG D=slim\nARG B="node:20-\${D}@${digest}"\nFROM \${B}`,
    'argument',
  ],
  ['inside of a default', 'FROM ${B:-node:20}', 'node', 'node:22', digest, `FROM \${B:-node:22@${digest}}`],
  [
    'major and minor',
    'ARG A=20\nARG B=1\nFROM node:$A.$B',
    'node',
    'node:22.3',
    undefined,
    'ARG A=22\nARG B=3\nFROM node:$A.$B',
    'argument',
  ],
  [
    'what cannot be told apart',
    'ARG A=20\nARG B=1\nFROM node:$A.$B',
    'node',
    'node:22.3.4',
    undefined,
    'ARG A=20\nARG B=1\nFROM node:22.3.4',
    'spelled-out',
  ],
  [
    'one variable after the other',
    'ARG A=2\nARG B=0\nFROM node:$A$B',
    'node',
    'node:18',
    undefined,
    'ARG A=2\nARG B=0\nFROM node:18',
    'spelled-out',
  ],
  [
    'another name in an ARG',
    'ARG N=node\nFROM $N:20',
    'node:20',
    'acme/node:20',
    undefined,
    'ARG N=acme/node\nFROM $N:20',
    'argument',
  ],
  ['a tag for an ARG without one', 'ARG N=node\nFROM $N', 'node', 'node:22', undefined, 'ARG N=node:22\nFROM $N', 'argument'],
  [
    'unless others give it their own',
    'ARG N=node\nFROM $N AS a\nFROM $N:20-slim',
    'node:latest',
    'node:22',
    undefined,
    'ARG N=node\nFROM $N:22 AS a\nFROM $N:20-slim',
    'here',
  ],
  [
    'a digest in an ARG',
    `ARG D=${older}\nFROM node:20@$D`,
    'node',
    'node:22',
    digest,
    `ARG D=${digest}\nFROM node:22@$D`,
    'argument',
  ],
  [
    'spelled out in the ARG that is the whole reference',
    'ARG V=20\nARG B="node:${V}-slim"\nFROM ${B} AS a\nFROM ${B} AS b\nFROM python:$V',
    'node',
    'node:22-slim',
    undefined,
    'ARG V=20\nARG B="node:22-slim"\nFROM ${B} AS a\nFROM ${B} AS b\nFROM python:$V',
    'argument argument',
  ],
  [
    'who no longer uses an ARG does not keep others from changing it',
    'ARG V=20\nFROM node:$V AS a\nFROM node:x$V$V',
    'node',
    'node:22',
    undefined,
    'ARG V=22\nFROM node:$V AS a\nFROM node:22',
    'argument spelled-out',
  ],
  [
    'a default of nothing',
    'ARG V=20\nFROM node:$V${A:-} AS a\nFROM python:$V',
    'node',
    'node:22',
    undefined,
    'ARG V=20\nFROM node:22${A:-} AS a\nFROM python:$V',
    'spelled-out',
  ],
  [
    'an ARG does not become empty',
    'ARG V=20\nFROM node:${V}slim',
    'node',
    'node:slim',
    undefined,
    'ARG V=20\nFROM node:slim',
    'spelled-out',
  ],
  [
    'no digest behind what brings the whole reference',
    'ARG B=node:2\\0\nFROM $B',
    'node',
    'node:20',
    digest,
    `ARG B=node:20@${digest}\nFROM $B`,
    'argument',
  ],
  [
    'a digest inside of the quotes',
    'ARG V=20\nFROM "node:$V" AS a\nARG V\n',
    'node',
    'node:20',
    digest,
    `ARG V=20\nFROM "node:$V@${digest}" AS a\nARG V\n`,
    'here',
  ],
  [
    'only what must be spelled out is',
    'ARG R=acme.org\nARG V=20\nFROM $R/node:$V AS a\nFROM x:$V',
    'acme.org/node',
    'acme.org/node:22',
    undefined,
    'ARG R=acme.org\nARG V=20\nFROM $R/node:22 AS a\nFROM x:$V',
    'spelled-out',
  ],
]

describe('other changes', () => {
  for (const [title, before, old, fresh, pin, after, how = 'here'] of others)
    test(title, () => {
      const result = rewrite(before, old, fresh, pin)
      expect(result.after).toBe(after)
      expect(result.hows.join(' ')).toBe(how)
      expect(result.codes).toEqual([])
    })

  test('the change says what was and what is', () => {
    const { result } = rewrite('ARG V=20\nFROM node:$V AS a\n', 'node', 'node:22', digest)
    expect(result.changes).toEqual([
      {
        path: 'Dockerfile',
        span: { start: 14, end: 21 },
        in: 'from',
        before: 'node:20',
        after: `node:22@${digest}`,
        how: 'argument',
      },
    ])
  })

  test('what is wanted is asked with the reference and the place', () => {
    const asked: string[] = []
    rewriteFrom(
      readDockerfile('a/Dockerfile', 'FROM node:20 AS a\nFROM a\nCOPY --from=busybox /a /b\n'),
      ({ familiar, tag }, place) => {
        asked.push(`${familiar} ${tag} ${place.in} ${place.path} ${place.span.start}`)
        return undefined
      },
    )
    expect(asked).toEqual(['node 20 from a/Dockerfile 5', 'busybox undefined copy a/Dockerfile 37'])
  })
})

describe('what is left to a person', () => {
  test('a base that whoever builds it names', () => {
    const { after, codes } = rewrite('ARG BASE\nFROM ${BASE}\nCOPY --from=node:20 /a /b\n', 'node:20', 'node:22')
    expect(after).toBe('ARG BASE\nFROM ${BASE}\nCOPY --from=node:22 /a /b\n')
    expect(codes).toEqual(['base-unknown'])
  })

  test('a stage that is chosen by the platform is no unknown base', () =>
    expect(rewrite('FROM node:20 AS for-amd64\nFROM for-${TARGETARCH}\n', 'node:20', 'node:22').codes).toEqual([]))

  test('a new name that is the name of a stage', () => {
    const text = 'FROM alpine AS tool\nFROM node:20\n'
    expect(rewrite(text, 'node:20', 'tool:1')).toMatchObject({ after: text.replace('node:20', 'tool:1'), codes: [] })
    const result = rewriteFrom(readDockerfile('Dockerfile', text), ({ familiar }) =>
      familiar === 'node' ? { name: 'tool' } : undefined,
    )
    expect(result.edits).toEqual([])
    expect(result.problems).toMatchObject([{ code: 'base-by-hand', at: { span: { start: 25, end: 32 } } }])
  })

  test('others in the file are changed all the same', () => {
    const text = 'FROM alpine:3 AS tool\nFROM node:20\n'
    const result = rewriteFrom(readDockerfile('Dockerfile', text), ({ familiar }) =>
      familiar === 'node' ? { name: 'tool' } : { name: 'alpine', tag: '4' },
    )
    expect(applyEdits(text, result.edits)).toBe('FROM alpine:4 AS tool\nFROM node:20\n')
    expect(result.problems).toHaveLength(1)
  })

  test('a bare name in ONBUILD may be a stage of whoever builds on it', () => {
    const text = 'FROM a\nONBUILD COPY --from=node /a /b\n'
    expect(rewrite(text, 'node', 'node:22').after).toBe(text)
  })

  test('what is no reference is refused', () =>
    expect(() => rewriteFrom(readDockerfile('Dockerfile', 'FROM node'), () => ({ name: 'No Reference' }))).toThrow(RangeError))
})

describe('hostile files end', () => {
  test.each([
    ['many stages that share an ARG and do not agree', `ARG T=20\n${'FROM node:$T\nFROM python:$T\n'.repeat(2000)}`],
    [
      'arguments that double',
      `ARG A0=n\n${Array.from({ length: 40 }, (_, i) => `ARG A${i + 1}=$A${i}$A${i}\n`).join('')}FROM node:20\nFROM $A40\n`,
    ],
    [
      'a long chain of arguments',
      `ARG A0=20\n${Array.from({ length: 5000 }, (_, i) => `ARG A${i + 1}=$A${i}\n`).join('')}FROM node:$A5000\n`,
    ],
    ['many defaults in one word', `FROM node:20${'${A:-a}'.repeat(2000)}\nFROM node:20\n`],
    ['one ARG again and again', `${'ARG T=20\n'.repeat(20_000)}FROM node:$T\n`],
  ])('%s', (_title, text) => {
    const start = performance.now()
    const result = rewriteFrom(readDockerfile('Dockerfile', text), wantedBy('node', 'node:22', digest)!)
    expect(performance.now() - start).toBeLessThan(5000)
    expect(readDockerfile('Dockerfile', applyEdits(text, result.edits)).tree.errors).toEqual([])
  })
})
