/** Secrets in the history of a `.git` folder that was copied into an image, by real git: found, told once, got by the printed command, never in clear. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, describe, expect, test } from 'vitest'
import { base62Checksum, sampleText } from '../src/judge/secrets/detector.ts'
import { has } from './components.ts'
import { delta, type PackMember, pack } from './pack-writer.ts'
import { type TarMember, tar } from './tar-writer.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-git-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
const program = join(import.meta.dirname, '../src/cli/run.ts')
const cache = join(top, 'cache')

const isValid = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(import.meta.dirname, '../docs/history-report.schema.json'), 'utf8')),
)

let seed = 9000
const token = (): string => {
  const body = sampleText(30, undefined, seed++)
  return `ghp_${body}${base62Checksum(body)}`
}
const password = (): string => sampleText(16, undefined, seed++)

let folders = 0
/** A repository of one's own, and what speaks to it. */
const repository = (...args: readonly string[]) => {
  const folder = join(top, `repository${folders++}`)
  const env = {
    PATH: process.env.PATH,
    HOME: top,
    GIT_CONFIG_NOSYSTEM: '1',
    ...{ GIT_AUTHOR_NAME: 'Ann', GIT_AUTHOR_EMAIL: 'ann@example.com', GIT_AUTHOR_DATE: '1700000000 +0000' },
    ...{ GIT_COMMITTER_NAME: 'Ann', GIT_COMMITTER_EMAIL: 'ann@example.com', GIT_COMMITTER_DATE: '1700000000 +0000' },
  }
  const git = (...rest: readonly string[]): string =>
    execFileSync('git', rest, { cwd: folder, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  mkdirSync(folder)
  git('init', '-q', ...args)
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const commit = (message: string): string => {
    git('add', '-A')
    git('commit', '-q', '--allow-empty', '-m', message)
    return git('rev-parse', 'HEAD')
  }
  return { folder, git, put, commit }
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => statSync(join(folder, path)).isFile())
    .sort()

/** An image with one layer, in which a folder is at `at`. */
const image = (
  name: string,
  folder: string,
  at = 'srv',
  change = (_: string, body: Buffer): Buffer => body,
  upper?: readonly TarMember[],
): string => {
  const members: TarMember[] = filesBelow(folder).map(path => ({
    path: `${at}/${path}`,
    body: change(path, readFileSync(join(folder, path))),
  }))
  const layers = [tar(members), ...(upper ? [tar(upper)] : [])]
  const config = {
    os: 'linux',
    architecture: 'amd64',
    config: {},
    rootfs: {
      type: 'layers',
      diff_ids: layers.map(layer => `sha256:${createHash('sha256').update(layer).digest('hex')}`),
    },
    history: [{ created_by: 'COPY . /srv # buildkit' }, ...(upper ? [{ created_by: 'RUN rm -r /srv/.git # buildkit' }] : [])],
  }
  const path = join(top, name)
  const manifest = JSON.stringify([{ Config: 'config.json', RepoTags: ['x/y:1'], Layers: layers.map((_, i) => `${i}.tar`) }])
  writeFileSync(
    path,
    tar([
      { path: 'config.json', body: JSON.stringify(config) },
      ...layers.map((body, i) => ({ path: `${i}.tar`, body })),
      { path: 'manifest.json', body: manifest },
    ]),
  )
  return path
}

const run = (args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'history', ...args], {
    cwd: top,
    encoding: 'utf8',
    maxBuffer: 1e8,
    env: { PATH: process.env.PATH, HOME: top, BULKHEAD_CACHE: cache },
  })
  return { status, stdout, stderr }
}

type Secret = {
  detector: string
  severity: string
  reach: string
  value?: string
  at: { path: string; line: number; git?: { id: string | null; type: string | null; name: string | null; count: number } }
}
const secretsOf = (path: string): readonly Secret[] =>
  (JSON.parse(run([path, '-f', 'json', '--show-secrets', '-q']).stdout) as { secrets: Secret[] }).secrets

const objectFiles = (folder: string) => {
  const all = filesBelow(join(folder, '.git/objects'))
  return { packs: all.filter(path => path.endsWith('.pack')), loose: all.filter(path => /^[0-9a-f]{2}\//.test(path)) }
}

describe.skipIf(!has('git'))('the history of a repository (needs git)', () => {
  describe.each([
    ['sha1', 'packed'],
    ['sha1', 'loose'],
    ['sha256', 'packed'],
    ['sha256', 'loose'],
    ['sha1', 'packed, bases by their ids'],
  ])('%s, %s', (format, form) => {
    const inText = token()
    const inSettings = password()
    const inMessage = token()
    const inTag = token()
    const many = token()
    const sample = password()
    const secrets = [inText, inSettings, inMessage, inTag, many, sample]
    let path = ''
    let ids: Record<string, string> = {}
    const build = (): string => {
      if (path !== '') return path
      const { folder, git, put, commit } = repository(`--object-format=${format}`)
      const code = Array.from({ length: 400 }, (_, i) => `line ${i} ${sampleText(20, undefined, i + 1)}`)
      // Thirty versions of one file with the same secret, of which none is left.
      for (let i = 0; i < 30; i++) {
        code[i * 3] = `changed ${i}`
        put('src/app.py', `${code.join('\n')}\nkey = "${many}"\n`)
        commit(`change ${i}`)
      }
      put('src/app.py', `${code.join('\n')}\n`)
      put('config/notes.txt', `a\nb\nt=${inText}\n`)
      put('deploy/.env', `\nDB_PASSWORD=${inSettings}\n`)
      put('tests/fixtures/a.txt', `url=postgres://ann:${sample}@db.internal/app\n`)
      put('README.md', `\nDB_PASSWORD=${password()}\n`)
      commit('settings')
      ids = { text: git('rev-parse', 'HEAD:config/notes.txt'), settings: git('rev-parse', 'HEAD:deploy/.env') }
      for (const gone of ['config', 'deploy', 'tests', 'README.md']) rmSync(join(folder, gone), { recursive: true })
      ids.message = commit(`the token is ${inMessage}`)
      git('tag', '-a', 'v1', '-m', `made with ${inTag}`)
      commit('the end')
      if (form !== 'loose') git('-c', `repack.useDeltaBaseOffset=${form === 'packed'}`, 'gc', '-q', '--aggressive', '--prune=now')
      const { packs, loose } = objectFiles(folder)
      expect(form === 'loose' ? [packs.length, loose.length > 100] : [packs.length, loose.length]).toEqual(
        form === 'loose' ? [0, true] : [1, 0],
      )
      // In clear it is nowhere: not in what is checked out, and not in what Git keeps. Of the last message Git has a copy.
      rmSync(join(folder, '.git/COMMIT_EDITMSG'), { force: true })
      for (const name of filesBelow(folder))
        for (const secret of [inText, inSettings, many, inTag])
          expect(readFileSync(join(folder, name)).includes(secret)).toBe(false)
      path = image(`${format}-${form.replace(/\W/g, '')}.tar`, folder)
      return path
    }

    test('what was committed and removed is found, with the object that has it and its name', () => {
      const found = secretsOf(build())
      // The reflog says in clear what was committed.
      const told = (value: string) => found.filter(({ value: one, at }) => one === value && at.git)
      const brief = (value: string) => told(value).map(({ severity, at: { git } }) => [severity, git?.type, git?.id, git?.name])
      expect(brief(inText)).toEqual([['critical', 'blob', ids.text, 'config/notes.txt']])
      expect(told(inText)[0]!.at.line).toBe(3)
      expect(brief(inSettings)).toEqual([['high', 'blob', ids.settings, 'deploy/.env']])
      expect(brief(inMessage)).toEqual([['critical', 'commit', ids.message, null]])
      expect(told(inTag).map(({ at }) => at.git?.type)).toEqual(['tag'])
      expect(told(sample).map(({ severity, at }) => [severity, at.git?.name])).toEqual([['info', 'tests/fixtures/a.txt']])
      expect(told(many)).toHaveLength(1)
      expect(told(many)[0]!.at.git).toMatchObject({ name: 'src/app.py', count: 30 })
      // A README is no file of settings.
      expect(found.filter(({ at }) => at.git)).toHaveLength(secrets.length)
    })

    test('nothing of it is printed or stored, and nothing was left out', () => {
      rmSync(cache, { recursive: true, force: true })
      const file = build()
      const outputs = [[file], [file, '--all', '-v'], [file, '-f', 'json']].map(args => run(args))
      expect(isValid(JSON.parse(outputs[2]!.stdout)), JSON.stringify(isValid.errors?.slice(0, 3))).toBe(true)
      for (const { status, stdout, stderr } of outputs) {
        expect(status).toBe(1)
        expect(stdout + stderr).not.toMatch(/not checked|not covered/)
        for (const secret of secrets) expect(`${stdout}${stderr}`).not.toContain(secret)
      }
      expect(outputs[0]!.stdout.replace(/\s+/g, ' ')).toContain('add .git to .dockerignore')
      expect(outputs[0]!.stdout.replace(/\s+/g, ' ')).toContain('(src/app.py:401), and 29 more objects')
      const kept = filesBelow(cache).map(name => readFileSync(join(cache, name)))
      expect(kept.length).toBeGreaterThan(0)
      for (const bytes of kept) {
        const whole = bytes.subarray(4, 8).toString('hex') === '28b52ffd' ? zstdDecompressSync(bytes.subarray(4)) : bytes
        for (const secret of secrets) expect(whole.includes(secret)).toBe(false)
      }
    })

    test.skipIf(!has('skopeo', 'bash'))('the command that gets it gets it (needs skopeo)', () => {
      const { stdout } = run([build(), '--all'])
      const commands = [...stdout.matchAll(/anybody gets it by: (.*)/g)].map(([, one]) => one!)
      const printed = commands.map((command, i) => {
        const folder = join(top, `run-${format}-${form.replace(/\W/g, '')}-${i}`)
        mkdirSync(folder)
        return execFileSync('bash', ['-c', command], {
          cwd: folder,
          encoding: 'utf8',
          env: { PATH: process.env.PATH, HOME: top },
          stdio: ['ignore', 'pipe', 'ignore'],
        })
      })
      for (const secret of secrets) expect(printed.filter(text => text.includes(secret))).toHaveLength(1)
    })
  })

  test('a pack that is cut off is told, and so is what stands before the cut', () => {
    const { folder, git, put, commit } = repository()
    const secret = token()
    for (let i = 0; i < 20; i++) put(`file${i}.txt`, `${sampleText(4000, undefined, i + 50)}\n`)
    put('a.txt', `t=${secret}\n`)
    commit('all')
    git('gc', '-q', '--prune=now')
    const cutOff = image('cut.tar', folder, 'srv', (path, body) =>
      path.endsWith('.pack') ? body.subarray(0, body.length - 2000) : body,
    )
    const { stdout, stderr, status } = run([cutOff, '-v'])
    expect(stderr).toMatch(
      /not checked\[git-objects-unreadable\] \/srv\/\.git\/objects\/pack\/pack-[0-9a-f]{40}\.pack was not looked through in full for secrets: behind \d+ of 23 objects: /,
    )
    expect(stderr.match(/git-objects-unreadable/g)).toHaveLength(1)
    expect(stdout).toContain('git')
    expect([1, 2]).toContain(status)
    const none = image('none.tar', folder, 'srv', (path, body) => (path.endsWith('.pack') ? body.subarray(0, 14) : body))
    expect(run([none, '--fail-on', 'none']).status).toBe(2)
  })

  test('of a deleted repository everything is still there', () => {
    const { folder, put, commit } = repository()
    const secret = token()
    put('a.txt', `t=${secret}\n`)
    commit('one')
    rmSync(join(folder, 'a.txt'))
    const path = image('deleted.tar', folder, 'srv', undefined, [{ path: 'srv/.wh..git' }])
    const found = secretsOf(path).filter(({ value }) => value === secret)
    expect(found.map(({ severity, reach, at }) => [severity, reach, at.git?.name])).toEqual([['high', 'deleted', 'a.txt']])
    expect(run([path]).stdout.replace(/\s+/g, ' ')).toContain('deleted in layer 2, and still downloadable')
  })
})

test('a pack of large files in many versions takes no more memory than one of its bounds says', () => {
  const secret = token()
  const text = Array.from({ length: 200_000 }, (_, i) => `${i} ${sampleText(60, undefined, (i % 500) + 1)}`).join('\n')
  const members: PackMember[] = [{ type: 'blob', body: text }]
  // A tree of versions, so that many of them have to be held at a time: 25 times 13 MB.
  for (let i = 0; i < 24; i++) {
    const size = text.length + 4 * Math.floor(Math.log2((i >> 1) + 1))
    members.push({ type: 'offset-delta', base: i >> 1, body: delta(size, [[0, size], i === 23 ? `\n${secret}\n` : 'more']) })
  }
  const folder = join(top, 'large')
  mkdirSync(join(folder, '.git/objects/pack'), { recursive: true })
  writeFileSync(join(folder, '.git/objects/pack/pack-1.pack'), pack(members))
  const path = image('large.tar', folder)
  const script = `import { main } from ${JSON.stringify(join(import.meta.dirname, '../src/cli/main.ts'))}
await main(${JSON.stringify(['history', path, '-v', '--no-cache', '--show-secrets'])})
const { readFileSync } = await import('node:fs')
console.error('peak', /VmHWM:\\s+(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1])`
  // Threads of its own would not start from a text.
  writeFileSync(join(top, 'measure.mjs'), script)
  const { stderr, stdout } = spawnSync(process.execPath, [join(top, 'measure.mjs')], { encoding: 'utf8', maxBuffer: 1e8 })
  expect(stdout).toContain(secret)
  expect(Number(/peak (\d+)/.exec(stderr)?.[1])).toBeLessThan(400_000)
})
