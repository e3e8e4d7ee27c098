/** The commands that `bulkhead history` prints get what it says that they get, however layers, archives and files are called. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { copyCommand } from '../src/cli/skopeo-copy.ts'
import { base62Checksum, sampleText } from '../src/judge/secrets/detector.ts'
import type { Image } from '../src/model/image.ts'
import { has } from './components.ts'
import { emptyConfig } from './image-config.ts'
import { type TarMember, tar } from './tar-writer.ts'
import { zip } from './zip-writer.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-commands-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
const program = join(import.meta.dirname, '../src/cli/run.ts')
const history = (...args: readonly string[]): string =>
  spawnSync(process.execPath, [program, 'history', ...args, '-q'], {
    cwd: top,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: top, BULKHEAD_CACHE: join(top, 'cache') },
  }).stdout

const commandsOf = (text: string): readonly string[] => [...text.matchAll(/anybody gets it by: (.*)/g)].map(([, one]) => one!)

let seed = 7000
const token = (): string => {
  const body = sampleText(30, undefined, seed++)
  return `ghp_${body}${base62Checksum(body)}`
}

const dockerSave = (layers: readonly (readonly TarMember[])[], history: readonly string[] = []): Buffer => {
  const bodies = layers.map(tar)
  const diffIds = bodies.map(body => `sha256:${createHash('sha256').update(body).digest('hex')}`)
  const config = {
    os: 'linux',
    architecture: 'amd64',
    config: {},
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: history.map(text => ({ created_by: text })),
  }
  return tar([
    { path: 'config.json', body: JSON.stringify(config) },
    ...bodies.map((body, i) => ({ path: `${i}.tar`, body })),
    {
      path: 'manifest.json',
      body: JSON.stringify([{ Config: 'config.json', RepoTags: ['x/y:1'], Layers: bodies.map((_, i) => `${i}.tar`) }]),
    },
  ])
}

const names = [
  'key',
  './dot/x.txt',
  '/absolute/x.txt',
  '-top.txt',
  'a/new\nline.txt',
  'a/st*r[1].txt',
  'a/back\\slash.txt',
  'a/back\\new.txt',
  'a/é.txt',
  "a/it's $x `y`.txt",
  'a/\u202eturned.txt',
]

describe.skipIf(!has('skopeo', 'bash', 'unzip'))('commands run as they are printed (needs skopeo, unzip)', () => {
  test.each(['plain.tar', "col:on, sp ace it's.tar", '-dash.tar'])(
    'from %s',
    file => {
      const secrets = names.map(token)
      const inner = [token(), token(), token(), token()]
      const layer: TarMember[] = [
        ...names.map((path, i) => ({ path, body: `t=${secrets[i]}\n` })),
        { path: 'in/a.zip', body: zip([{ name: 'b/c[1] d.txt', body: `t=${inner[0]}\n` }]) },
        { path: 'in/a.tar', body: tar([{ path: './b/c.txt', body: `t=${inner[1]}\n` }]) },
        { path: 'in/alone.txt.gz', body: gzipSync(`t=${inner[3]}\n`) },
        { path: 'in/a.tgz', body: gzipSync(tar([{ path: 'b/c.txt', body: `t=${inner[2]}\n` }])) },
      ]
      const gone = ['key', 'dot', 'absolute', '-top.txt', 'a', 'in'].map(path => ({ path: `.wh.${path}` }))
      writeFileSync(join(top, file), dockerSave([layer, gone]))
      const commands = commandsOf(history(`archive:${file}`, '--all'))
      const printed = commands.map((command, i) => {
        const folder = join(top, `run-${file}-${i}`)
        mkdirSync(folder)
        writeFileSync(join(folder, file), dockerSave([layer, gone]))
        return execFileSync('bash', ['-c', `${command} || true`], { cwd: folder, encoding: 'utf8' })
      })
      expect(printed.sort()).toEqual([...secrets, ...inner].map(secret => `t=${secret}\n`).sort())
    },
    120_000,
  )
})

describe('a report stays readable', () => {
  test('of many secrets the worst two hundred are told; of a long instruction its first lines', () => {
    const many = (count: number): string => Array.from({ length: count }, () => `t=${token()}\n`).join('')
    const layer = [
      { path: 'one', body: many(150) },
      { path: 'two', body: many(90) },
    ]
    const step = `RUN /bin/sh -c <<EOF\n${'echo something long\n'.repeat(30)}EOF`
    writeFileSync(join(top, 'many.tar'), dockerSave([layer], [step]))
    const told = (text: string): number => text.split('GitHub token  ').length - 1
    const bounded = history('many.tar')
    expect(told(bounded)).toBe(200)
    expect(bounded).toContain('and 40 more: --all shows them')
    expect(bounded).toContain('240 secrets can be read')
    expect(bounded).toMatch(/ step 0: RUN <<EOF\n(?: +echo something long\n){10} +… and 21 more lines\n/)
    const whole = history('many.tar', '--all')
    expect(told(whole)).toBe(240)
    expect(whole).toMatch(/RUN <<EOF\n(?: +echo something long\n){30} +EOF\n/)
    expect(whole).not.toContain('more: --all')
  })

  test('what is called an archive and is none is a file with lines; of one that is broken it is said', () => {
    const files = [
      { path: 's/plain.zip', body: `t=${token()}\n` },
      { path: 's/broken.zip', body: 'PK\x03\x04 and nothing else' },
    ]
    writeFileSync(join(top, 'archives.tar'), dockerSave([files]))
    const { stdout, stderr } = spawnSync(process.execPath, [program, 'history', 'archives.tar'], {
      cwd: top,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: top, BULKHEAD_CACHE: join(top, 'cache') },
    })
    expect(stdout).toContain('    /s/plain.zip:1, added in layer 1')
    expect(stderr).toMatch(/\/s\/broken\.zip was not looked through for secrets: /)
  })

  test('a name of a file is none of an image', () => {
    const say = (name: string): string =>
      spawnSync(process.execPath, [program, 'history', name], {
        cwd: top,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: top, BULKHEAD_CACHE: join(top, 'cache') },
      }).stderr
    for (const name of ['gone.tar', 'folder/gone.tgz', 'gone.tar.gz', 'gone.json', 'gone.tar:shop/app:1'])
      expect(say(name)).toMatch(/^bulkhead: there is no file called .*gone\.[a-z.]+\n.*registry:/)
    expect(say('registry.invalid/gone.conf')).toMatch(/^bulkhead: there is no file called .*, and as the name of an image: /)
  })
})

describe('where skopeo finds an image', () => {
  const image: Image = {
    id: 'sha256:aa',
    platform: 'linux/arm64/v8',
    refs: [],
    layers: [],
    config: emptyConfig,
  }
  const at = (source: string, reference: string, more: Partial<Image> = {}, args: Parameters<typeof copyCommand>[1] = {}) =>
    copyCommand(
      {
        name: '',
        kind: 'image',
        image: { ...image, ...more },
        distro: undefined,
        packages: [],
        problems: [],
        layers: [],
        openedBy: { source, reference },
      },
      args,
    ).replace('copy -q --dest-decompress', 'copy')

  test('an engine has names with a tag', () => {
    const id = 'a'.repeat(64)
    for (const [reference, expected] of [
      ['nginx:1.25', 'nginx:1.25'],
      ['nginx', 'nginx:latest'],
      ['shop.example:5000/app', 'shop.example:5000/app:latest'],
      ['shop/app:1', 'shop/app:1'],
      [`app:1@sha256:${id}`, `app@sha256:${id}`],
      [`sha256:${id}`, `sha256:${id}`],
      [id, `sha256:${id}`],
    ])
      expect(at('docker', reference!)).toBe(`skopeo copy docker-daemon:${expected} dir:layers`)
    expect(at('docker', 'abcdef123456', { refs: ['shop/app:1'] })).toContain(' docker-daemon:shop/app:1 ')
  })

  test('a registry may be asked for a platform, and by plain http', () => {
    expect(at('registry', 'shop.example/app:1', {}, { platform: 'linux/arm64', plainHttp: true })).toBe(
      'skopeo --override-os linux --override-arch arm64 --override-variant v8 copy --src-tls-verify=false docker://shop.example/app:1 dir:layers',
    )
  })

  test('archives and folders have names behind a colon', () => {
    mkdirSync(join(top, 'layout'), { recursive: true })
    writeFileSync(join(top, 'two.tar'), '')
    expect(at('oci', `${top}/layout:v2`)).toContain(` oci:${top}/layout:v2 `)
    expect(at('archive', `${top}/two.tar:at:bk`, { isDockerSave: true, refs: ['at:bk'] })).toContain(
      ` docker-archive:${top}/two.tar:at:bk `,
    )
    expect(at('archive', `${top}/two.tar@1`, { isDockerSave: true })).toContain(` docker-archive:${top}/two.tar:@1 `)
    expect(at('archive', `${top}/two.tar`, { manifest: 'sha256:aa' })).toContain(` oci-archive:${top}/two.tar `)
  })
})
