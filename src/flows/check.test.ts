import { basename, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rules } from '../judge/rules/registry.ts'
import { WorldError } from '../model/world.ts'
import { memoryWorld } from '../world/memory.ts'
import { type CheckOptions, check, exitCode } from './check.ts'

const run = async (
  files: Readonly<Record<string, string | Uint8Array | undefined>>,
  options: Partial<CheckOptions> = {},
  now?: string,
) => {
  const world = memoryWorld(files, now === undefined ? {} : { now: Date.parse(now) })
  return { world, ...(await check(world, rules, '0.1.0', { paths: ['.'], shellcheck: 'off', ...options })) }
}
const active = (outcome: Awaited<ReturnType<typeof run>>): readonly string[] =>
  outcome.report.findings.filter(({ suppressed }) => !suppressed).map(({ rule }) => rule)

describe('what cannot be checked is said', () => {
  test('an unreadable file, beside those that were judged', async () => {
    const { report } = await run({ 'a/Dockerfile': undefined, 'b/Dockerfile': 'FROM alpine:3.20\n' })
    expect(report.problems).toMatchObject([
      { kind: 'failed', code: 'file-unreadable', message: expect.stringContaining('permission denied') },
    ])
    expect([...report.files.keys()]).toEqual(['b/Dockerfile'])
    expect(exitCode({ ...report, findings: [] }, 'high', false)).toBe(2)
  })

  test('findings win over problems', async () => {
    const { report } = await run({ 'a/Dockerfile': undefined, 'b/Dockerfile': 'FROM alpine:3.20\n' })
    expect(exitCode(report, 'high', false)).toBe(1)
  })

  test('an ignore of ours that names no rule', async () => {
    const { report } = await run({ Dockerfile: '# bulkhead ignore=user-mising because\nFROM alpine:3.20\n' })
    expect(report.problems).toMatchObject([{ kind: 'uncovered', message: expect.stringContaining('user-missing') }])
    expect(exitCode({ ...report, findings: [] }, 'high', false)).toBe(0)
    expect(exitCode({ ...report, findings: [] }, 'high', true)).toBe(2)
  })
})

describe('fixes', () => {
  test('a file that cannot be written is not said to be fixed', async () => {
    const base = memoryWorld({ Dockerfile: 'FROM debian:12\nRUN apt install curl\n' })
    const world = {
      ...base,
      files: {
        ...base.files,
        write: async (path: string) => {
          throw new WorldError('not-permitted', `${path} may not be written: permission denied`)
        },
      },
    }
    const options: CheckOptions = { paths: ['.'], shellcheck: 'off', fix: { allowed: new Set(['safe']), write: true } }
    const { report, changes } = await check(world, rules, '0.1.0', options)
    expect(report.problems).toMatchObject([{ kind: 'failed', code: 'file-unwritable' }])
    expect(report.applied).toEqual([])
    expect(changes).toEqual([])
    expect(report.findings.map(({ rule }) => rule)).toContain('dockerfile/apt-cli')
  })

  const dirty = 'FROM debian:12\nRUN apt-get update && apt install curl\nUSER app\n'

  test('are applied until nothing changes, and the report is of what is left', async () => {
    const { world, report } = await run({ Dockerfile: dirty }, { fix: { allowed: new Set(['safe']), write: true } })
    const written = world.written.get('Dockerfile')
    expect(written).toBe(
      'FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nUSER app\n',
    )
    expect(report.applied.map(({ rule }) => rule).sort()).toEqual([
      'dockerfile/apt-cli',
      'dockerfile/apt-lists',
      'dockerfile/apt-yes',
    ])
    expect(report.findings.some(({ fix }) => fix?.safety === 'safe')).toBe(false)
    const again = await run({ Dockerfile: written }, { fix: { allowed: new Set(['safe']), write: true } })
    expect(again.world.written.size).toBe(0)
  })

  test('are only shown without write', async () => {
    const { world, changes } = await run({ Dockerfile: dirty }, { fix: { allowed: new Set(['safe']), write: false } })
    expect(world.written.size).toBe(0)
    expect(changes).toMatchObject([{ path: 'Dockerfile', before: dirty }])
  })

  test('leave suppressed findings alone', async () => {
    const { world } = await run(
      { Dockerfile: 'FROM debian:12\n# hadolint ignore=DL3014,DL3009\nRUN apt-get update && apt-get install curl\nUSER app\n' },
      { fix: { allowed: new Set(['safe']), write: true } },
    )
    expect(world.written.size).toBe(0)
  })

  test('create a .dockerignore once', async () => {
    const files = { Dockerfile: 'FROM alpine:3.20\nCOPY . /app\nUSER nobody\n', 'a.txt': '' }
    const { world } = await run(files, { fix: { allowed: new Set(['safe']), write: true } })
    expect(world.written.get('.dockerignore')).toContain('.git\n')
    expect(active(await run({ ...files, '.dockerignore': world.written.get('.dockerignore') }))).not.toContain(
      'dockerfile/dockerignore-missing',
    )
  })

  const copies =
    'FROM node:22\nWORKDIR /app\nCOPY .npmrc .netrc package.json ./\nRUN npm ci && curl -n https://x.example\nUSER node\n'
  const unsafe = { allowed: new Set(['safe', 'unsafe'] as const), write: true }

  test('extend the .dockerignore that is there, once for all Dockerfiles of the folder', async () => {
    const files = {
      Dockerfile: copies,
      'test.Dockerfile': copies,
      '.npmrc': 'x',
      '.netrc': 'x',
      '.dockerignore': '# ours\r\ntarget',
    }
    const { world } = await run(files, { fix: unsafe, only: ['dockerfile/secret-file-copied'] })
    expect(world.written.get('.dockerignore')).toBe('# ours\r\ntarget\r\n.npmrc\r\n.netrc\r\n')
    expect(world.written.get('Dockerfile')).toBe(
      'FROM node:22\nWORKDIR /app\nCOPY package.json ./\n' +
        'RUN --mount=type=secret,id=npmrc,target=/app/.npmrc,required=true --mount=type=secret,id=netrc,target=/app/.netrc,required=true npm ci && curl -n https://x.example\nUSER node\n',
    )
    expect(world.written.get('test.Dockerfile')).toBe(world.written.get('Dockerfile'))
    const { changes } = await run(files, { fix: { ...unsafe, write: false }, only: ['dockerfile/secret-file-copied'] })
    expect(changes.map(({ path, created }) => [path, created])).toEqual([
      ['Dockerfile', false],
      ['.dockerignore', false],
      ['test.Dockerfile', false],
    ])
  })

  test('create the .dockerignore that a secret needs; none for standard input', async () => {
    const { world } = await run(
      { 'app/Dockerfile': copies, 'app/.npmrc': 'x' },
      { fix: unsafe, only: ['dockerfile/secret-file-copied'] },
    )
    expect(world.written.get('app/.dockerignore')).toBe('.npmrc\n.netrc\n')
    const { changes } = await run(
      {},
      { fix: unsafe, input: { name: 'Dockerfile', bytes: Buffer.from(copies) }, only: ['dockerfile/secret-file-copied'] },
    )
    expect(changes.map(({ path }) => path)).toEqual(['Dockerfile'])
  })

  test('an ignore file that cannot be read is not replaced', async () => {
    const { world } = await run({ Dockerfile: copies, '.dockerignore': undefined }, { fix: unsafe })
    expect(world.written.has('.dockerignore')).toBe(false)
  })
})

describe('what silences', () => {
  const root = 'FROM alpine:3.20\n'
  test.each([
    ['# hadolint ignore=DL3006,DL3007\n# trivy:ignore:DS-0002\n', true],
    ['# checkov:skip=CKV_DOCKER_3:it drops root itself\n', true],
    ['# trivy:ignore:DS002:exp:2030-01-01\n', true],
    ['# trivy:ignore:AVD-DS-0002:exp:2020-01-01\n', false],
    ['# bulkhead ignore=user-missing until=2030-01-01 it drops root itself\n', true],
    ['# bulkhead ignore=user-missing until=2020-01-01 it drops root itself\n', false],
    ['# kics-scan ignore-line\n', true],
    ['# hadolint ignore=DL3006\n', false],
    ['# a comment\n', false],
    ['# bulkhead ignore=user-missing far away\n\n', false],
  ])('%j', async (comment, silent) => {
    expect(active(await run({ Dockerfile: comment + root }, {}, '2026-11-24')).includes('dockerfile/user-missing')).toBe(!silent)
    expect(active(await run({ Dockerfile: comment + root }, { inlineIgnores: false }, '2026-11-24'))).toContain(
      'dockerfile/user-missing',
    )
  })

  test('the check directive of BuildKit, for the file', async () => {
    const text = '# check=skip=JSONArgsRecommended;error=true\nFROM alpine:3.20\nCMD run it\nUSER nobody\n'
    expect(active(await run({ Dockerfile: text }))).not.toContain('dockerfile/shell-form')
    expect(active(await run({ Dockerfile: text.replace('JSONArgsRecommended', 'all') }))).not.toContain('dockerfile/shell-form')
    expect(active(await run({ Dockerfile: text.replace('JSONArgsRecommended', 'FromAsCasing') }))).toContain(
      'dockerfile/shell-form',
    )
  })

  test('a finding that is silenced keeps who did it and why; an expired one says so', async () => {
    const { report } = await run({ Dockerfile: `# bulkhead ignore=user-missing it drops root itself\n${root}` })
    const rootless = report.findings.find(({ rule }) => rule === 'dockerfile/user-missing')
    expect(rootless?.suppressed).toEqual({ by: 'comment', reason: 'it drops root itself' })
    const expired = await run({ Dockerfile: `# bulkhead ignore=user-missing until=2020-01-01 x\n${root}` })
    expect(expired.report.findings.find(({ rule }) => rule === 'dockerfile/user-missing')?.note).toContain('2020-01-01')
  })

  test('the configuration: severities, ignores with paths and dates, overrides, exclusions', async () => {
    const yaml = [
      'rules: { dockerfile/user-missing: medium, DL3059: off }'.replace(', DL3059: off', ''),
      'ignore: [{ rule: DS-0002, path: old/**, reason: goes away, until: 2030-01-01 }]',
      'overrides: [{ paths: [tools/**], rules: { dockerfile/user-missing: off } }]',
      'exclude: [vendor]',
    ].join('\n')
    const outcome = await run({
      'bulkhead.yaml': yaml,
      'app/Dockerfile': root,
      'old/Dockerfile': root,
      'tools/Dockerfile': root,
      'vendor/Dockerfile': root,
    })
    const found = outcome.report.findings.filter(({ rule }) => rule === 'dockerfile/user-missing')
    expect(found.map(({ at, severity, suppressed }) => [at[0].in === 'file' && at[0].path, severity, suppressed?.by])).toEqual([
      ['app/Dockerfile', 'medium', undefined],
      ['old/Dockerfile', 'medium', 'config'],
    ])
    expect([...outcome.report.files.keys()]).toEqual(['app/Dockerfile', 'old/Dockerfile', 'tools/Dockerfile'])
  })

  test('settings of hadolint and Trivy', async () => {
    const hadolint = await run({
      '.hadolint.yaml': 'ignored: [DL3007]\noverride: { error: [DL3006] }\ntrustedRegistries: [ghcr.io]\n',
      Dockerfile: 'FROM nginx:latest\nUSER x\nCOPY --from=busybox /a /a\n',
    })
    expect(active(hadolint)).not.toContain('dockerfile/base-tag-latest')
    expect(hadolint.report.findings.find(({ rule }) => rule === 'dockerfile/base-tag-missing')?.severity).toBe('high')
    expect(active(hadolint)).toContain('dockerfile/base-registry-untrusted')
    expect(active(await run({ '.trivyignore': '# drops root itself\nDS-0002\n', Dockerfile: root }))).not.toContain(
      'dockerfile/user-missing',
    )
  })
})

describe('stages', () => {
  test('a finding in a builder stage weighs less, and says why', async () => {
    const { report } = await run({
      Dockerfile: 'FROM debian:12 AS build\nRUN chmod 777 /x\nFROM scratch\nCOPY --from=build /x /x\nUSER 1000\n',
    })
    const [finding] = report.findings.filter(({ rule }) => rule === 'dockerfile/world-writable')
    expect(finding).toMatchObject({ severity: 'low', note: expect.stringContaining('stage `build`') })
  })

  test('a supply-chain finding counts in full where files are copied from, and less where nothing ships', async () => {
    const stage = (from: string) => `FROM debian:12 AS build\nRUN curl -kf https://x.example\nFROM scratch\n${from}USER 1000\n`
    const severity = async (text: string) =>
      (await run({ Dockerfile: text })).report.findings.find(({ rule }) => rule === 'dockerfile/curl-insecure')?.severity
    expect(await severity(stage('COPY --from=build /x /x\n'))).toBe('high')
    expect(await severity(stage(''))).toBe('medium')
  })
})

test('shellcheck: scripts in batches, positions back in the Dockerfile, a failure is a problem', async () => {
  const text = 'FROM debian:12\nARG DIR\nRUN true \\\n  && rm -rf $DIR/*\nUSER app\n'
  const world = memoryWorld(
    { Dockerfile: text },
    {
      programs: ['shellcheck'],
      run: async (_, args) => ({
        code: 1,
        stderr: new Uint8Array(),
        stdout: new TextEncoder().encode(
          JSON.stringify({
            comments: [
              {
                file: args.at(-1),
                line: 2,
                endLine: 2,
                column: 18,
                endColumn: 22,
                level: 'warning',
                code: 2115,
                message: 'Use "${var:?}".',
              },
            ],
          }),
        ),
      }),
    },
  )
  const { report } = await check(world, rules, '0.1.0', { paths: ['.'], shellcheck: 'on' })
  const finding = report.findings.find(({ rule }) => rule === 'shell/SC2115')
  expect(finding?.severity).toBe('low')
  const at = finding?.at[0]
  expect(at?.in === 'file' && text.slice(at.span.start, at.span.end)).toBe('$DIR')
  const broken = memoryWorld(
    { Dockerfile: text },
    {
      programs: ['shellcheck'],
      run: async () => ({ code: 3, stdout: new Uint8Array(), stderr: new TextEncoder().encode('bad option') }),
    },
  )
  expect((await check(broken, rules, '0.1.0', { paths: ['.'], shellcheck: 'on' })).report.problems).toMatchObject([
    { code: 'shellcheck-failed', message: expect.stringContaining('bad option') },
  ])
})

describe('the ignore file that the builder reads', () => {
  const copies = 'FROM node:22\nWORKDIR /app\nCOPY .npmrc package.json ./\nRUN npm ci\nUSER node\n'
  const written = async (files: Readonly<Record<string, string>>, path = '.', text = copies) => {
    const { world, report } = await run(
      { 'docker/Dockerfile': text, ...files },
      {
        paths: [path],
        fix: { allowed: new Set(['safe', 'unsafe'] as const), write: true },
        only: ['dockerfile/secret-file-copied', 'dockerfile/dockerignore-missing'],
      },
    )
    const titles = report.applied.map(({ title }) => title).join('\n')
    return {
      names: [...world.written.keys()].filter(name => name.endsWith('ignore')),
      titles,
      text: world.written.get('docker/Dockerfile'),
    }
  }
  const root = { 'package.json': '{}', '.npmrc': 'x' }
  const compose = (build: string) => ({ 'compose.yaml': `services:\n  app:\n    build: ${build}\n` })

  test('is that of the context which a Compose file above names', async () => {
    const { names, text } = await written({
      ...root,
      ...compose('{ context: ., dockerfile: docker/Dockerfile }'),
      '.git/HEAD': '',
    })
    expect(names).toEqual(['.dockerignore'])
    expect(text).toContain('--mount=type=secret,id=npmrc')
    expect((await written({ ...root, ...compose('./docker') })).names).toEqual(['docker/.dockerignore'])
  })

  test('or one beside it', async () => {
    const { 'compose.yaml': text } = compose('{ context: .., dockerfile: docker/Dockerfile }')
    expect((await written({ ...root, 'docker/docker-compose.yml': text, '.git/HEAD': '' }, 'docker')).names).toEqual([
      '.dockerignore',
    ])
  })

  test('nothing is written where nobody can tell the context', async () => {
    const cases: readonly Readonly<Record<string, string>>[] = [
      root,
      // Another service builds it with another one.
      {
        ...root,
        'compose.yaml': 'services:\n  a: { build: { context: ., dockerfile: docker/Dockerfile } }\n  b: { build: docker }\n',
      },
      // A stranger's file does not lead out of its tree.
      {
        '../package.json': '',
        'compose.yaml': `services: { a: { build: { context: .., dockerfile: ${basename(resolve('.'))}/docker/Dockerfile } } }\n`,
      },
      // Nothing of what it copies is anywhere.
      {},
    ]
    for (const files of cases) {
      const { names, titles, text } = await written(files)
      expect(names).toEqual([])
      expect(text).toContain('--mount=type=secret,id=npmrc')
      expect(titles).toContain('name it in the .dockerignore of the folder that the image is built with')
    }
  })

  test('is the Dockerfile’s own where there is one', async () => {
    const files = {
      ...root,
      ...compose('{ context: ., dockerfile: docker/Dockerfile }'),
      'docker/Dockerfile.dockerignore': 'target\n',
    }
    expect((await written(files)).names).toEqual(['docker/Dockerfile.dockerignore'])
  })

  test('is made where what is copied is', async () => {
    expect((await written({ 'docker/package.json': '{}' })).names).toEqual(['docker/.dockerignore'])
    const all = 'FROM node:22\nCOPY . /app\nUSER node\n'
    expect((await written(compose('{ context: ., dockerfile: docker/Dockerfile }'), '.', all)).names).toEqual(['.dockerignore'])
  })
})
