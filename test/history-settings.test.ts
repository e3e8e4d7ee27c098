/** `bulkhead history` under a bulkhead.yaml: what is off, what weighs otherwise, and what is accepted, for how long, and why. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, describe, expect, test } from 'vitest'
import { base62Checksum, sampleText } from '../src/judge/secrets/detector.ts'
import { has } from './components.ts'
import { tar } from './tar-writer.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-settings-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
const program = join(import.meta.dirname, '../src/cli/run.ts')

const github = (seed: number): string => {
  const body = sampleText(30, undefined, seed)
  return `ghp_${body}${base62Checksum(body)}`
}
const sha = (bytes: Uint8Array | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** Root, two setuid programs, a package that was built long ago, tokens in two files and in the environment. */
const archive = join(top, 'image.tar')
const layer = tar([
  { path: 'etc/passwd', body: 'root:x:0:0::/root:/bin/sh\n' },
  { path: 'usr/bin/one', body: '#!/bin/sh\n', mode: 0o4755 },
  { path: 'usr/local/bin/two', body: '#!/bin/sh\n', mode: 0o4755 },
  { path: 'srv/app/.env', body: `GITHUB=${github(1)}\n` },
  { path: 'srv/fixture.txt', body: `token ${github(2)}\n` },
])
const makeArchive = (path: string, more: object, settings: object = {}): void => {
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    created: '2026-01-01T00:00:00Z',
    config: { Env: [`API_TOKEN=${github(3)}`], Cmd: ['/usr/bin/one'], ...settings },
    rootfs: { type: 'layers', diff_ids: [sha(layer)] },
    history: [{ created_by: 'COPY . /' }],
    ...more,
  })
  const manifest = [{ Config: 'config.json', RepoTags: ['shop/app:1'], Layers: ['layer.tar'] }]
  writeFileSync(
    path,
    tar([
      { path: 'manifest.json', body: JSON.stringify(manifest) },
      { path: 'config.json', body: config },
      { path: 'layer.tar', body: layer },
    ]),
  )
}
makeArchive(archive, {})

let count = 0
const run = (configuration: string | undefined, args: readonly string[] = [], subject = archive) => {
  const cwd = join(top, String(count++))
  mkdirSync(cwd)
  mkdirSync(join(cwd, '.git'))
  if (configuration !== undefined) writeFileSync(join(cwd, 'bulkhead.yaml'), configuration)
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'history', subject, '-q', ...args], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: join(top, 'home'), BULKHEAD_CACHE: join(top, 'cache') },
  })
  return { status, stdout, stderr }
}

type Accepted = { by: string; reason: string; until: string | null } | null
type Report = {
  secrets: { rule: string; severity: string; at: { path?: string; field?: string }; note: string | null; suppressed: Accepted }[]
  findings: { rule: string; severity: string; note: string | null; suppressed: Accepted }[]
}
const report = (configuration: string | undefined, args: readonly string[] = []) => {
  const { status, stdout, stderr } = run(configuration, ['-f', 'json', ...args])
  expect(stdout, stderr).not.toBe('')
  const { secrets, findings } = JSON.parse(stdout) as Report
  return { status, secrets, findings, rule: (id: string) => findings.find(({ rule }) => rule === id) }
}

describe('rules', () => {
  test('without a configuration', () => {
    const { status, secrets, rule } = report(undefined)
    expect(status).toBe(1)
    expect(secrets.map(one => [one.rule, one.severity])).toEqual(Array(3).fill(['secret/github-token', 'critical']))
    expect(rule('image/user-root')).toMatchObject({ severity: 'high', note: null, suppressed: null })
    expect(rule('image/setuid-file')).toMatchObject({ severity: 'medium' })
    expect(rule('image/old')).toBeUndefined()
  })

  test('off, another severity, options, and the names of other tools', () => {
    const { secrets, rule } = report(
      'rules:\n  image/setuid-file: off\n  CIS-DI-0001: low\n  image/old: { severity: medium, options: { days: 3 } }\n  secret/*: off\n  dockerfile/user-missing: off\n',
    )
    expect(secrets).toEqual([])
    expect(rule('image/setuid-file')).toBeUndefined()
    expect(rule('image/user-root')?.severity).toBe('low')
    expect(rule('image/old')?.severity).toBe('medium')
    expect(report('rules: { image/old: { options: { days: 3 } } }', ['--max-age', '9999']).rule('image/old')).toBeUndefined()
  })

  test('one kind of secret counts before all of them, wherever it stands', () => {
    for (const lines of [
      ['secret/github-token: medium', 'secret/*: off'],
      ['secret/*: off', 'github-token: medium'],
    ]) {
      const { secrets } = report(`rules:\n  ${lines.join('\n  ')}\n`)
      expect(secrets.map(({ severity }) => severity)).toEqual(['medium', 'medium', 'medium'])
    }
  })

  test('the exit code follows', () => {
    const calm = 'rules: { secret/*: low, image/*: low }\n'
    expect(run(calm).status).toBe(0)
    expect(run(`failOn: low\n${calm}`).status).toBe(1)
    expect(run(`failOn: low\n${calm}`, ['--fail-on', 'none']).status).toBe(0)
  })

  test('--only, --config and --no-config', () => {
    const only = report(undefined, ['--only', 'image/user-root'])
    expect(only.findings.map(({ rule }) => rule)).toEqual(['image/user-root'])
    expect(only.secrets).toEqual([])
    expect(run(undefined, ['--only', 'user-root']).stdout).toContain('Secrets were not looked for')
    expect(run(undefined, ['--only', 'secret/npm-token']).stdout).toContain('Some kinds were not looked for')
    expect(report(undefined, ['--only', 'secret/*']).secrets).toHaveLength(3)
    expect(report('rules: { secret/*: off }', ['--no-config']).secrets).toHaveLength(3)
    const other = join(top, 'other.yaml')
    writeFileSync(other, 'rules: { image/*: off }\n')
    expect(report('rules: { secret/*: off }', ['--config', other])).toMatchObject({ findings: [] })
  })

  test('what is wrong is told in one line', () => {
    const wrong = (configuration: string | undefined, args: readonly string[], line: RegExp): void => {
      const { status, stderr } = run(configuration, args)
      expect(stderr).toMatch(line)
      expect(status).toBe(2)
    }
    wrong(
      'rules:\n  image/user-rot: off\n',
      [],
      /bulkhead\.yaml:2:3: unknown rule `image\/user-rot`; did you mean `image\/user-root`\?/,
    )
    wrong('ignore:\n  - { rule: secret/github-tokn, reason: x }\n', [], /did you mean `secret\/github-token`\?/)
    wrong('rules: { secret/github-token: { options: { a: 1 } } }', [], /secret\/github-token takes no options/)
    wrong('rules: { image/old: { options: { days: x } } }', [], /options of image\/old: .*number/)
    wrong(undefined, ['--only', 'image/user-rot'], /unknown rule `image\/user-rot`[\s\S]*did you mean image\/user-root\?/)
    wrong(undefined, ['--only', 'DL3006'], /`DL3006` says nothing of images/)
    wrong(undefined, ['--config', 'nowhere.yaml'], /nowhere\.yaml does not exist/)
  })
})

describe('what is accepted', () => {
  const far = '2099-12-31'
  test('is marked, with its reason, and does not count', () => {
    const configuration = `ignore:
  - { rule: CIS-DI-0001, reason: the platform changes it, until: ${far} }
  - { rule: image/setuid-file, path: [/usr/bin/one, usr/local/**], reason: looked at }
  - { rule: secret/*, path: .env, reason: "revoked today" }
  - { rule: secret/github-token, path: srv/fixture.txt, reason: a sample }
  - { rule: secret/github-token, match: env API_TOKEN, reason: public }
`
    const { status, secrets, rule } = report(configuration)
    expect(status).toBe(0)
    expect(rule('image/user-root')?.suppressed).toEqual({ by: 'config', reason: 'the platform changes it', until: far })
    expect(rule('image/setuid-file')?.suppressed).toEqual({ by: 'config', reason: 'looked at', until: null })
    expect(Object.fromEntries(secrets.map(({ at, suppressed }) => [at.path ?? at.field, suppressed?.reason]))).toEqual({
      '/srv/app/.env': 'revoked today',
      '/srv/fixture.txt': 'a sample',
      'env API_TOKEN': 'public',
    })
    const { stdout } = run(configuration)
    expect(stdout).toContain('No secrets were found but those that are suppressed')
    expect(stdout).toContain('5 are suppressed: --show-suppressed shows them')
    expect(stdout).not.toMatch(/ghp_|image\/user-root|the platform/)
    const shown = run(configuration, ['--show-suppressed']).stdout
    expect(shown).toContain(`suppressed by config: the platform changes it (until ${far})`)
    expect(shown).toContain('suppressed by config: a sample')
    expect(shown).toContain('secret/github-token')
    expect(shown).not.toContain(github(2))
  })

  test('a path says nothing of what is no file, and what stands elsewhere stays', () => {
    const { status, secrets, rule } = report(`ignore:
  - { rule: secret/*, path: "**", reason: all files }
  - { rule: image/user-root, path: "**", reason: no file }
  - { rule: image/setuid-file, path: usr/bin, reason: one of two }
`)
    expect(status).toBe(1)
    expect(secrets.filter(({ suppressed }) => !suppressed).map(({ at }) => at.field)).toEqual(['env API_TOKEN'])
    expect(rule('image/user-root')?.suppressed).toBeNull()
    expect(rule('image/setuid-file')).toMatchObject({
      suppressed: null,
      note: 'accepted by the configuration in /usr/bin/one, and not in the rest',
    })
  })

  test('until its last day: then it counts, and says so', () => {
    const configuration = `ignore:
  - { rule: image/user-root, reason: x, until: 2026-01-01 }
  - { rule: image/setuid-file, path: usr, reason: x, until: 2026-01-01 }
  - { rule: secret/*, reason: x, until: 2026-01-01 }
`
    const { status, secrets, rule } = report(configuration)
    expect(status).toBe(1)
    for (const one of [...secrets, rule('image/user-root'), rule('image/setuid-file')])
      expect(one).toMatchObject({ suppressed: null, note: 'it was ignored until 2026-01-01' })
    expect(run(configuration).stdout).toContain('note: it was ignored until 2026-01-01')
  })
})

test('a path accepts no place that was not told', () => {
  const folder = join(top, 'many')
  mkdirSync(folder)
  for (let i = 0; i < 21; i++) {
    writeFileSync(join(folder, `${i}`), '')
    chmodSync(join(folder, `${i}`), 0o4755)
  }
  const accepted = (entry: string) => {
    const { stdout } = run(`ignore: [{ rule: image/setuid-file, ${entry} reason: x }]`, ['-f', 'json'], `dir:${folder}`)
    return (JSON.parse(stdout) as Report).findings.find(({ rule }) => rule === 'image/setuid-file')
  }
  expect(accepted('path: "**",')).toMatchObject({ suppressed: null, note: expect.stringContaining('and not in the rest') })
  expect(accepted('')?.suppressed).toMatchObject({ reason: 'x' })
})

test.skipIf(!has('git'))('a path may be one that a repository has (needs git)', () => {
  const folder = join(top, 'repository')
  mkdirSync(folder)
  const env = { PATH: process.env.PATH, HOME: top, GIT_CONFIG_NOSYSTEM: '1' }
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', ...args], { cwd: folder, env })
  git('init', '-q')
  for (const [name, seed] of [
    ['old.env', 21],
    ['kept.txt', 22],
  ] as const) {
    writeFileSync(join(folder, name), `GITHUB=${github(seed)}\n`)
    git('add', name)
    git('commit', '-q', '-m', name)
    rmSync(join(folder, name))
  }
  const { stdout } = run('ignore: [{ rule: secret/*, path: "*.env", reason: revoked }]', ['-f', 'json'], `dir:${folder}`)
  const { secrets } = JSON.parse(stdout) as { secrets: { at: { git?: { name: string } }; suppressed: Accepted }[] }
  expect(secrets.map(({ at, suppressed }) => [at.git?.name, suppressed?.reason]).sort()).toEqual([
    ['kept.txt', undefined],
    ['old.env', 'revoked'],
  ])
})

test('kinds of secrets are explained by the names that they have there', () => {
  const { stdout, status } = spawnSync(process.execPath, [program, 'explain', 'secret/github-token'], { encoding: 'utf8' })
  expect(status).toBe(0)
  expect(stdout).toMatch(/^secret\/github-token\nGitHub token\.\n\nWhy\n[\s\S]*\nFirst\n[\s\S]*https:/)
})

test('a bulkhead.yaml for images is none that check refuses; the schema knows the same names', () => {
  const cwd = join(top, 'check')
  mkdirSync(cwd)
  const configuration = { rules: { 'image/user-root': 'off', 'secret/*': 'low', 'secret/github-token': { severity: 'high' } } }
  writeFileSync(join(cwd, 'bulkhead.yaml'), JSON.stringify(configuration))
  writeFileSync(join(cwd, 'Dockerfile'), 'FROM example.com/base:1\nUSER nobody\nCMD ["true"]\n')
  const { status, stderr } = spawnSync(process.execPath, [program, 'check'], { cwd, encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../docs/bulkhead.schema.json'), 'utf8'))
  const isValid = new Ajv({ strict: false }).compile(schema)
  expect(isValid(configuration), JSON.stringify(isValid.errors)).toBe(true)
  expect(isValid({ rules: { 'image/user-root': 'of' } })).toBe(false)
  expect(isValid({ rules: { 'secret/github-token': 'of' } })).toBe(false)
  expect(isValid({ rules: { 'image/old': { options: { days: 'x' } } } })).toBe(false)
})

describe('JSON', () => {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../docs/history-report.schema.json'), 'utf8'))
  const isValid = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema)
  const secret = sampleText(20, undefined, 77)
  const other = join(top, 'other.tar')
  makeArchive(other, { author: 'Ann <ann@example.org>' }, { OnBuild: ['RUN make # first', `ENV NPM_TOKEN=${secret}`] })
  const folder = join(top, 'folder')
  mkdirSync(join(folder, 'srv'), { recursive: true })
  writeFileSync(join(folder, 'srv/.env'), `GITHUB=${github(9)}\n`)
  writeFileSync(join(folder, 'srv/one'), '')
  chmodSync(join(folder, 'srv/one'), 0o4755)

  test.each([
    ['as it is', undefined, []],
    ['with secrets', undefined, ['--show-secrets', '--all']],
    ['with what is accepted', 'ignore: [{ rule: secret/*, reason: x, until: 2026-01-01 }, { rule: image/*, reason: y }]', []],
    ['with triggers', undefined, [], other],
    ['of a folder', undefined, [], `dir:${folder}`],
  ])('is valid against the documented schema: %s', (_, configuration, args, subject = archive) => {
    const { stdout } = run(configuration, ['-f', 'json', ...args], subject)
    const document = JSON.parse(stdout)
    expect(isValid(document), JSON.stringify(isValid.errors?.slice(0, 3))).toBe(true)
    expect(document.secrets.length + document.findings.length).toBeGreaterThan(0)
    expect(isValid({ ...document, surprise: 1 })).toBe(false)
    expect(isValid({ ...document, secrets: [{ ...document.secrets[0], at: { in: 'file' } }] })).toBe(false)
    expect(isValid({ ...document, findings: [{}] })).toBe(false)
  })

  test('a path of a folder is one in it', () => {
    const configuration = 'ignore: [{ rule: image/setuid-file, path: /srv/one, reason: x }]'
    const { findings } = JSON.parse(run(configuration, ['-f', 'json'], `dir:${folder}`).stdout) as Report
    expect(findings.find(({ rule }) => rule === 'image/setuid-file')?.suppressed).toMatchObject({ reason: 'x' })
  })

  test('who made the image, and what builds FROM it run', () => {
    const { stdout } = run(undefined, ['-f', 'json'], other)
    expect(JSON.parse(stdout).image).toMatchObject({
      author: 'Ann <ann@example.org>',
      onBuild: ['RUN make # first', 'ENV NPM_TOKEN=***'],
    })
    const text = run(undefined, [], other).stdout
    expect(text).toContain('author: Ann <ann@example.org>')
    expect(text).toContain('builds FROM this image run: ENV NPM_TOKEN=***')
    expect(text).toContain('in the configuration: onbuild')
    expect(text).not.toContain(secret)
  })
})
