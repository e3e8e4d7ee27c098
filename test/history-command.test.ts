/**
 * `bulkhead history`: an image that a real engine built, with forty secrets in it, in every place where an image can have one: each is found where it is, and
 * none is printed, stored or logged.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { base62Checksum, sampleText } from '../src/judge/secrets/detector.ts'
import { databaseFiles } from '../src/store/database-files.ts'
import { feedState } from './advisories.ts'
import { has, hasEngine, startEngine } from './components.ts'
import { tar } from './tar-writer.ts'
import { zip } from './zip-writer.ts'

const isComplete = hasEngine && existsSync('/bin/busybox') && has('skopeo')
const needs = '(needs dockerd, busybox-static, skopeo)'
const top = mkdtempSync(join(tmpdir(), 'bulkhead-history-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
const program = join(import.meta.dirname, '../src/cli/run.ts')
const cache = join(top, 'cache')
const run = (args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'history', ...args], {
    cwd: top,
    encoding: 'utf8',
    maxBuffer: 1e8,
    env: { PATH: process.env.PATH, HOME: join(top, 'home'), BULKHEAD_CACHE: cache, DOCKER_HOST: `unix://${join(top, 'none')}` },
  })
  return { status, stdout, stderr }
}

let seed = 100
const github = (): string => {
  const body = sampleText(30, undefined, seed++)
  return `ghp_${body}${base62Checksum(body)}`
}
const npm = (): string => {
  const body = sampleText(30, undefined, seed++)
  return `npm_${body}${base62Checksum(body)}`
}
const password = (): string => sampleText(14, undefined, seed++)
const pem = (): string =>
  `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${Array.from({ length: 8 }, () => sampleText(64, undefined, seed++)).join('\n')}\n-----END RSA ${'PRIVATE'} KEY-----\n`

/** `where`: what the report must say of its place; `reach` likewise. */
type Planted = { readonly secret: string; readonly where: RegExp; readonly reach: string }
const planted: Planted[] = []
const plant = (secret: string, where: RegExp, reach: string): string => {
  planted.push({ secret, where, reach })
  return secret
}
const address = (secret: string): string => `postgres://ann:${secret}@db.internal/app`
/** The body of a key: what must never be seen of it. */
const plantKey = (where: RegExp, reach: string): string => {
  const key = pem()
  plant(key.split('\n')[1]!, where, reach)
  return key
}

type Report = {
  secrets: {
    detector: string
    at: { in: string; path?: string; inside?: string | null; field?: string; step?: number | null; layer?: number }
    reach: string
    by: number | null
    severity: string
    value?: string
  }[]
  steps: {
    step: number
    instruction: string
    layer: { number: number; added: number; changed: number; deleted: number; wasted: number } | null
  }[]
  layers: { number: number; wasted: number }[]
}
let archive = ''
/** In a stage that is not shipped. */
let builder = ''

beforeAll(async () => {
  if (!isComplete) return
  const base = join(top, 'base')
  const context = join(top, 'context')
  mkdirSync(join(base, 'root/bin'), { recursive: true })
  mkdirSync(join(base, 'root/opt'), { recursive: true })
  mkdirSync(context, { recursive: true })
  cpSync('/bin/busybox', join(base, 'root/bin/busybox'))
  // In the base image: files that stay, that are deleted and replaced later, its environment.
  const inBase = (name: string, text: string): void => writeFileSync(join(base, 'root/opt', name), text)
  inBase('stays.conf', `token: ${plant(github(), /\/opt\/stays\.conf/, 'image')}\n`)
  inBase('goes.conf', `token: ${plant(github(), /\/opt\/goes\.conf/, 'deleted')}\n`)
  inBase('changes.conf', `token: ${plant(github(), /\/opt\/changes\.conf/, 'replaced')}\n`)
  inBase('key.pem', plantKey(/\/opt\/key\.pem/, 'image'))
  writeFileSync(
    join(base, 'Dockerfile'),
    `FROM scratch\nCOPY root /\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\nENV BASE_TOKEN=${plant(github(), /env BASE_TOKEN/, 'image')}\nCMD ["/bin/sh"]\n`,
  )
  // Files of the image itself.
  const put = (name: string, body: string | Uint8Array): void => {
    mkdirSync(join(context, name, '..'), { recursive: true })
    writeFileSync(join(context, name), body)
  }
  put('live/.env', `DATABASE_URL=${address(plant(password(), /\/srv\/\.env/, 'image'))}\n`)
  put('live/.npmrc', `//registry.example.org/:_authToken=${plant(npm(), /\/srv\/\.npmrc/, 'image')}\n`)
  put(
    'live/.git/config',
    `[remote "origin"]\n\turl = https://${plant(github(), /\/srv\/\.git\/config/, 'image')}@github.com/x/y\n`,
  )
  put('live/.bash_history', `ls\nexport T=${plant(github(), /\/srv\/\.bash_history/, 'image')}\n`)
  put('live/settings.py', `${'# line\n'.repeat(5000)}TOKEN = '${plant(github(), /settings\.py/, 'image')}'\n`)
  put('live/one-line.js', `${'x=1;'.repeat(400_000)}var t="${plant(github(), /one-line\.js/, 'image')}"`)
  put(
    'live/program',
    Buffer.concat([
      Buffer.from('\x7fELF\0\0\0\0'),
      Buffer.alloc(5000),
      Buffer.from(plantKey(/\/srv\/program/, 'image')),
      Buffer.alloc(3000),
    ]),
  )
  put('live/id_rsa', plantKey(/\/srv\/id_rsa/, 'image'))
  put(
    'live/app.jar',
    zip([
      { name: 'META-INF/MANIFEST.MF', body: 'Manifest-Version: 1.0\n' },
      {
        name: 'application.properties',
        body: `url=${address(plant(password(), /app\.jar → application\.properties|application\.properties/, 'image'))}\n`,
      },
    ]),
  )
  put('live/backup.tar.gz', gzipSync(tar([{ path: 'etc/app.conf', body: `t=${plant(github(), /etc\/app\.conf/, 'image')}\n` }])))
  put('live/wheel.zip', zip([{ name: 'a/b.txt', body: `t=${plant(npm(), /a\/b\.txt/, 'image')}\n` }]))
  put('live/.netrc', `machine api.example.org login ann password ${plant(github(), /\/srv\/\.netrc/, 'image')}\n`)
  put('live/.kube/config', `users:\n- name: ann\n  user:\n    token: ${plant(github(), /\/srv\/\.kube\/config/, 'image')}\n`)
  put('live/.config/gh/hosts.yml', `github.com:\n  oauth_token: ${plant(github(), /hosts\.yml/, 'image')}\n`)
  put('live/utf8.txt', `Ünïcödé — ${plant(npm(), /utf8\.txt/, 'image')} — ☃\n`)
  put('live/no-line-end', plant(npm(), /no-line-end/, 'image'))
  for (let i = 0; i < 6; i++)
    put(`deleted/${i}.txt`, `token ${plant(github(), new RegExp(`/tmp/deleted/${i}\\.txt`), 'deleted')}\n`)
  for (let i = 0; i < 4; i++) {
    put(`replaced/${i}.txt`, `token ${plant(npm(), new RegExp(`/replaced/${i}\\.txt`), 'replaced')}\n`)
    put(`later/${i}.txt`, 'nothing any more\n')
  }
  builder = github()
  const argument = plant(github(), /BUILD_TOKEN/, 'history')
  writeFileSync(
    join(context, 'Dockerfile'),
    `FROM base:1 AS build
ENV BUILDER_TOKEN=${builder}
RUN echo built > /opt/built
FROM base:1
ARG BUILD_TOKEN
COPY --from=build /opt/built /opt/built
ENV API_TOKEN=${plant(github(), /env API_TOKEN/, 'image')}
ENV DATABASE_URL=${address(plant(password(), /env DATABASE_URL/, 'image'))}
ENV ADMIN_PASSWORD=${plant(`hunter2-${password()}`, /env ADMIN_PASSWORD/, 'image')}
ENV GONE_TOKEN=${plant(github(), /GONE_TOKEN/, 'history')}
ENV GONE_TOKEN=
LABEL org.example.token=${plant(github(), /label org\.example\.token/, 'image')}
COPY live /srv
RUN echo ${plant(github(), /instruction/, 'history')} > /dev/null
RUN wget -q https://ann:${plant(github(), /instruction/, 'history')}@example.org/x || true
COPY deleted /tmp/deleted
RUN rm -r /tmp/deleted /opt/goes.conf
COPY replaced /replaced
COPY later /replaced
RUN echo nothing > /opt/changes.conf
HEALTHCHECK CMD wget --header=X:${plant(github(), /healthcheck/, 'image')} http://localhost/
ENTRYPOINT ["/bin/sh", "-c", "echo ${plant(github(), /entrypoint/, 'image')}"]
CMD ["--token", "${plant(npm(), /cmd/, 'image')}"]
`,
  )
  const engine = await startEngine()
  try {
    engine.docker('build', '-q', '--network', 'none', '-t', 'base:1', base)
    engine.docker('build', '-q', '--network', 'none', '--build-arg', `BUILD_TOKEN=${argument}`, '-t', 'shop/leaky:1', context)
    archive = join(top, 'leaky.tar')
    engine.docker('save', '-o', archive, 'shop/leaky:1')
  } finally {
    await engine.stop()
  }
}, 240_000)

/** Every file below a folder, unpacked where it is one of the cache's. */
const everything = (folder: string): readonly Buffer[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map(name => join(folder, name))
        .filter(path => statSync(path).isFile())
        .flatMap(path => {
          const bytes = readFileSync(path)
          return path.endsWith('.zst') ? [bytes, zstdDecompressSync(bytes.subarray(4))] : [bytes]
        })
    : []

describe.skipIf(!isComplete)(`forty secrets in an image ${needs}`, () => {
  test('all are found, each where it is and with what became of it', () => {
    expect(planted.length).toBeGreaterThanOrEqual(40)
    const { stdout, status } = run([archive, '-f', 'json', '--show-secrets', '-q'])
    expect(status).toBe(1)
    const { secrets } = JSON.parse(stdout) as Report
    for (const { secret, where, reach } of planted) {
      const hits = secrets.filter(({ value }) => value?.includes(secret))
      expect(hits.map(({ at, reach: found }) => `${JSON.stringify(at)} ${found}`).join('\n'), `${where}`).toMatch(where)
      expect(
        hits.map(({ reach: found }) => found),
        `${where}`,
      ).toContain(reach)
    }
  })

  test('the layer and the instruction are the right ones, and who took it away', () => {
    const { secrets, steps } = JSON.parse(run([archive, '-f', 'json', '-q']).stdout) as Report
    const instruction = (step: number | null | undefined): string => steps.find(one => one.step === step)?.instruction ?? ''
    const at = (path: string) => secrets.find(one => one.at.path === path)!
    expect(instruction(at('/tmp/deleted/3.txt').at.step)).toBe('COPY deleted /tmp/deleted')
    const rm = steps.find(({ instruction: text }) => text.startsWith('RUN rm -r /tmp/deleted'))!
    expect(at('/tmp/deleted/3.txt').by).toBe(rm.layer!.number)
    expect(rm.layer!.deleted).toBe(7)
    expect(instruction(at('/opt/goes.conf').at.step)).toBe('COPY root /')
    expect(at('/replaced/2.txt').by).toBe(steps.find(({ instruction: text }) => text === 'COPY later /replaced')!.layer!.number)
    const replaced = steps.find(({ instruction: text }) => text === 'COPY replaced /replaced')!
    expect(replaced.layer).toMatchObject({ added: 4, changed: 0, deleted: 0 })
    expect(replaced.layer!.wasted).toBeGreaterThan(100)
    expect(steps.find(({ instruction: text }) => text === 'COPY later /replaced')!.layer).toMatchObject({ added: 0, changed: 4 })
  })

  test('none is printed, logged or stored in clear', async () => {
    rmSync(cache, { recursive: true, force: true })
    const outputs: Buffer[] = []
    // What is compressed as a whole cannot be read again in parts: more of it is kept.
    const squeezed = join(top, 'leaky.tar.gz')
    writeFileSync(squeezed, gzipSync(readFileSync(archive)))
    for (const args of [
      [archive],
      [squeezed],
      [squeezed, '-v'],
      [archive, '--all', '-v'],
      [archive, '-f', 'json'],
      [archive, '-f', 'json', '-o', 'out.json'],
    ]) {
      const { stdout, stderr } = run(args)
      outputs.push(Buffer.from(stdout), Buffer.from(stderr))
    }
    outputs.push(readFileSync(join(top, 'out.json')))
    // With advisories of nothing: the report itself is looked at.
    const database = { BULKHEAD_DB: join(top, 'db'), BULKHEAD_SHIPPED_DB: '' }
    await databaseFiles(database.BULKHEAD_DB, undefined, () => '2026-08-01T00:00:00.000Z').change(async writer => {
      writer.replace(feedState({}), [])
    })
    const formats = {
      sbom: ['table', 'json', 'cyclonedx', 'spdx'],
      scan: ['text', 'json', 'sarif', 'cyclonedx', 'openvex', 'gitlab', 'junit', 'markdown'],
    }
    for (const [command, names] of Object.entries(formats))
      for (const format of names) {
        const { stdout, stderr, status } = spawnSync(process.execPath, [program, command, archive, '-f', format], {
          cwd: top,
          encoding: 'buffer',
          env: { PATH: process.env.PATH, HOME: join(top, 'home'), BULKHEAD_CACHE: cache, ...database },
        })
        expect(status, `${command} ${format}: ${stderr}`).toBe(0)
        outputs.push(stdout, stderr)
      }
    const kept = everything(cache)
    expect(kept.length).toBeGreaterThan(3)
    for (const { secret, where } of planted) {
      for (const output of outputs) expect(output.includes(secret), `printed: ${where}`).toBe(false)
      for (const bytes of kept) expect(bytes.includes(secret), `stored: ${where}`).toBe(false)
    }
    // With --show-secrets nothing is remembered at all.
    rmSync(cache, { recursive: true, force: true })
    run([archive, '--show-secrets', '-f', 'json'])
    expect(everything(cache).some(bytes => planted.some(({ secret }) => bytes.includes(secret)))).toBe(false)
  })

  test('the command that gets a deleted file gets it', () => {
    const { stdout } = run([archive, '--all'])
    const command = /(skopeo copy .* tmp\/deleted\/0\.txt)/.exec(stdout)![1]!
    const text = execFileSync('sh', ['-c', command], { cwd: join(top, 'context'), encoding: 'utf8' })
    expect(text).toBe(readFileSync(join(top, 'context/deleted/0.txt'), 'utf8'))
  })

  test('of a stage that is not shipped the Dockerfile tells, and the image has nothing', () => {
    const path = join(top, 'context/Dockerfile')
    const { stdout, status } = spawnSync(
      process.execPath,
      [program, 'check', path, '-f', 'json', '--only', 'dockerfile/secret-value'],
      {
        cwd: top,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: join(top, 'home') },
      },
    )
    expect(status).toBe(1)
    const { findings } = JSON.parse(stdout) as { findings: { rule: string; at: { start: { line: number } }[] }[] }
    expect(findings.filter(({ at }) => at[0]!.start.line === 2).map(({ rule }) => rule)).toEqual(['dockerfile/secret-value'])
    expect(stdout).not.toContain(builder)
    expect(run([archive, '-f', 'json', '--show-secrets', '-q', '--all']).stdout).not.toContain(builder)
  })

  test('people can read it', () => {
    const { stdout, status } = run([archive])
    expect(status).toBe(1)
    expect(stdout).toMatch(/^shop\/leaky:1 {2}linux\/amd64/)
    for (const text of [
      'COPY live /srv',
      'still downloadable',
      'GitHub token  ghp_…',
      'wasted',
      'first: ',
      'then: ',
      'RUN --mount=type=secret',
    ])
      expect(stdout.replace(/\s+/g, ' ')).toContain(text.replace(/\s+/g, ' '))
    expect(run([archive, '--fail-on', 'none']).status).toBe(0)
  })
})

test('an image without secrets says so; an SBOM has no layers', () => {
  const plain = join(top, 'plain')
  mkdirSync(join(plain, 'etc'), { recursive: true })
  writeFileSync(join(plain, 'etc/hosts'), '127.0.0.1 localhost\n')
  const { stdout, status } = run([plain])
  expect(status).toBe(0)
  expect(stdout).toContain('No secrets were found')
  const sbom = join(top, 'sbom.json')
  writeFileSync(sbom, '{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}')
  expect(run([sbom]).stderr).toMatch(/is an SBOM/)
  // Documentation and tests of packages are samples.
  mkdirSync(join(plain, 'srv/test/'), { recursive: true })
  writeFileSync(join(plain, 'srv/test/settings.txt'), `url=${address(password())}\n`)
  expect(run([plain]).stdout).toMatch(/No secrets were found.*1 more is published/s)
  expect(run([plain, '--all']).stdout).toContain('Password in an address')
  // A right checksum is no sample's.
  writeFileSync(join(plain, 'srv/test/token.txt'), `t=${github()}\n`)
  expect(run([plain]).stdout).toContain('GitHub token')
})
