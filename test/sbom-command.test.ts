/** `bulkhead sbom` and `bulkhead cache` as a person types them. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { has } from './components.ts'
import { tar } from './tar-writer.ts'

const program = join(import.meta.dirname, '../src/cli/run.ts')
const top = mkdtempSync(join(tmpdir(), 'bulkhead-sbom-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

const environment = {
  PATH: process.env.PATH,
  HOME: join(top, 'home'),
  BULKHEAD_CACHE: join(top, 'cache'),
  DOCKER_HOST: `unix://${join(top, 'no.sock')}`,
}
const run = (args: readonly string[], env: Record<string, string> = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: top,
    encoding: 'utf8',
    env: { ...environment, ...env },
  })
  return { status, stdout, stderr }
}

const apk = (packages: readonly string[]): string =>
  packages
    .map(one => `P:${one.split(' ')[0]}\nV:${one.split(' ')[1]}\nA:x86_64\nL:MIT\nF:lib\nR:lib${one.split(' ')[0]}.so\n\n`)
    .join('')
const layers = [
  tar([
    { path: 'etc/os-release', body: 'ID=alpine\nVERSION_ID=3.20.1\nPRETTY_NAME="Alpine Linux v3.20"\n' },
    { path: 'lib/apk/db/installed', body: apk(['musl 1.2.5-r0', 'zlib 1.3.1-r1']) },
  ]),
  tar([
    { path: 'lib/apk/db/installed', body: apk(['musl 1.2.5-r0', 'zlib 1.3.1-r1', 'curl 8.9.0-r0']) },
    { path: 'app/node_modules/bad\u001b[31m/package.json', body: '{"name":"evil\\u001b]0;x\\u0007","version":"1.0"}' },
  ]),
]
const image = (broken = false): string => {
  const path = join(top, broken ? 'broken.tar' : 'image.tar')
  const config = Buffer.from(
    JSON.stringify({
      os: 'linux',
      architecture: 'amd64',
      created: '2026-02-03T04:05:06Z',
      rootfs: { diff_ids: layers.map(layer => `sha256:${createHash('sha256').update(layer).digest('hex')}`) },
      history: [
        { created_by: '/bin/sh -c #(nop) ADD file:x in / ' },
        { created_by: 'ENV A=1', empty_layer: true },
        { created_by: 'RUN /bin/sh -c apk add curl # buildkit' },
      ],
    }),
  )
  const bodies = broken ? [layers[0]!, layers[1]!.subarray(0, 1200)] : layers
  writeFileSync(
    path,
    tar([
      ...bodies.map((body, i) => ({ path: `${i}/layer.tar`, body })),
      { path: 'config.json', body: config },
      {
        path: 'manifest.json',
        body: JSON.stringify([{ Config: 'config.json', RepoTags: ['shop/app:1'], Layers: ['0/layer.tar', '1/layer.tar'] }]),
      },
    ]),
  )
  return path
}

describe('bulkhead sbom', () => {
  test('a table, whose cells speak to no terminal', () => {
    const { status, stdout, stderr } = run(['sbom', image()])
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^shop\/app:1 {2}linux\/amd64 {2}Alpine Linux v3\.20 {2}id [0-9a-f]{12}\n/)
    expect(stdout).toMatch(/^curl +8\.9\.0-r0 +apk +2 +\/lib\/apk\/db\/installed$/m)
    expect(stdout).toMatch(/^musl +1\.2\.5-r0 +apk +1 +\/lib\/apk\/db\/installed$/m)
    expect(stdout).toContain('4 packages in 2 layers, ')
    expect(stdout).not.toContain('\u001b')
    expect(stdout).toContain('evil\\u{1b}]0;x\\u{7}')
  })

  test('a tree by layer, with the instruction of each', () => {
    const { stdout } = run(['sbom', image(), '--by', 'layer'])
    expect(stdout).toMatch(
      /^1 {2}[0-9a-f]{12} {2}\d+ B, 2 entries, 2 packages\n {3}ADD file:x in \/\n {3}apk: musl 1\.2\.5-r0, zlib 1\.3\.1-r1$/m,
    )
    expect(stdout).toMatch(/^2 {2}[0-9a-f]{12} {2}\d+ B, 2 entries, 2 packages\n {3}RUN apk add curl\n {3}apk: curl 8\.9\.0-r0$/m)
  })

  test('an SBOM of an image gives the same tree, under the same name', () => {
    for (const format of ['cyclonedx', 'cyclonedx-1.7', 'spdx']) {
      run(['sbom', image(), '-f', format, '-o', 'app.cdx.json'])
      const lines = (subject: string): readonly string[] => run(['sbom', subject, '--by', 'layer']).stdout.split('\n')
      const [title, ...tree] = lines('app.cdx.json')
      expect(title).toMatch(/^shop\/app:1 /)
      expect(tree).toEqual(lines(image()).slice(1))
      expect(tree.join('\n')).toContain('RUN apk add curl')
    }
    const foreign = { bomFormat: 'CycloneDX', components: [{ type: 'library', name: 'a', version: '1', purl: 'pkg:npm/a@1' }] }
    writeFileSync(join(top, 'foreign.cdx.json'), JSON.stringify(foreign))
    expect(run(['sbom', 'foreign.cdx.json', '--by', 'layer']).stdout).toContain('The SBOM does not say which layers there are.')
    mkdirSync(join(top, 'root/etc'), { recursive: true })
    expect(run(['sbom', 'root', '--by', 'layer']).stdout).toContain('A folder has no layers.')
  })

  test('a layer that stands in an image twice is told by its instruction', () => {
    const body = tar([{ path: 'app/node_modules/a/package.json', body: '{"name":"a","version":"1.0.0"}' }])
    const gone = tar([{ path: '.wh.app', body: '' }])
    const bodies = [body, gone, body]
    const config = {
      os: 'linux',
      architecture: 'amd64',
      rootfs: { diff_ids: bodies.map(layer => `sha256:${createHash('sha256').update(layer).digest('hex')}`) },
      history: bodies.map((_, i) => ({ created_by: `COPY ${i}` })),
    }
    const manifest = [{ Config: 'config.json', RepoTags: ['a:1'], Layers: bodies.map((_, i) => `${i}/layer.tar`) }]
    writeFileSync(
      join(top, 'twice.tar'),
      tar([
        ...bodies.map((layer, i) => ({ path: `${i}/layer.tar`, body: layer })),
        { path: 'config.json', body: JSON.stringify(config) },
        { path: 'manifest.json', body: JSON.stringify(manifest) },
      ]),
    )
    expect(run(['sbom', 'twice.tar']).stdout).toMatch(/^a +1\.0\.0 +npm +3 /m)
    expect(run(['sbom', 'twice.tar', '--by', 'layer']).stdout).toMatch(
      /0 packages\n {3}COPY 0\n[\s\S]*1 package\n {3}COPY 2\n {3}npm: a 1\.0\.0/,
    )
  })

  test('no form of output tells the secrets of an image', () => {
    const config = {
      os: 'linux',
      architecture: 'amd64',
      config: {
        Env: ['SHOP_TOKEN=correct-horse'],
        Labels: { 'shop.password': 'correct-horse' },
        Cmd: ['x', '--token=correct-horse'],
      },
      rootfs: { diff_ids: [`sha256:${createHash('sha256').update(layers[0]!).digest('hex')}`] },
      history: [{ created_by: 'RUN |1 NPM_TOKEN=battery-staple /bin/sh -c make # buildkit' }],
    }
    const manifest = [{ Config: 'config.json', RepoTags: ['shop/secret:1'], Layers: ['0/layer.tar'] }]
    writeFileSync(
      join(top, 'secret.tar'),
      tar([
        { path: '0/layer.tar', body: layers[0]! },
        { path: 'config.json', body: JSON.stringify(config) },
        { path: 'manifest.json', body: JSON.stringify(manifest) },
      ]),
    )
    for (const args of [[], ['--by', 'layer'], ['-f', 'json'], ['-f', 'cyclonedx'], ['-f', 'cyclonedx-1.7'], ['-f', 'spdx']]) {
      const { status, stdout } = run(['sbom', 'secret.tar', ...args])
      expect(status).toBe(0)
      expect(stdout, args.join(' ')).not.toMatch(/correct-horse|battery-staple/)
    }
    expect(JSON.parse(run(['sbom', 'secret.tar', '-f', 'json']).stdout).image.config.env).toEqual(['SHOP_TOKEN=***'])
  })

  test('the same bytes each time, from the cache and without it, and in a file', () => {
    const path = image()
    for (const format of ['cyclonedx', 'cyclonedx-1.7', 'spdx', 'json']) {
      const first = run(['sbom', path, '-f', format, '--no-cache']).stdout
      expect(run(['sbom', path, '-f', format]).stdout).toBe(first)
      const again = run(['sbom', path, '-f', format, '-v'])
      expect(again.stdout).toBe(first)
      expect(again.stderr).toContain('known: nothing was read again')
      run(['sbom', path, '-f', format, '-o', join(top, 'out.json')])
      expect(readFileSync(join(top, 'out.json'), 'utf8')).toBe(first)
    }
    const json = JSON.parse(run(['sbom', path, '-f', 'json']).stdout)
    const curl = json.packages.find((one: { name: string }) => one.name === 'curl')
    expect(curl).toMatchObject({
      purl: 'pkg:apk/alpine/curl@8.9.0-r0?arch=x86_64&distro=alpine-3.20.1',
      owns: ['/lib/libcurl.so'],
      licences: ['MIT'],
      at: [{ in: 'layer', step: 2, path: '/lib/apk/db/installed' }],
    })
  })

  test('a layer that is broken is said, and fails the run', () => {
    const { status, stdout } = run(['sbom', image(true)])
    expect(status).toBe(2)
    expect(stdout).toMatch(/not checked\[layer-broken\] layer [0-9a-f]{12}: the archive ends in the middle of an entry/)
    expect(stdout).toMatch(/^musl /m)
    const machine = run(['sbom', image(true), '-f', 'spdx'])
    expect(machine.stderr).toMatch(/not checked\[layer-broken\]/)
    expect(machine.status).toBe(2)
  })

  test('what is not there gets one line and a way on', () => {
    for (const [args, line] of [
      [['sbom', 'nowhere.tar/'], /nowhere\.tar\/ is neither a file, nor a folder, nor the name of an image/],
      [['sbom', 'archive:nowhere.tar'], /archive: there is no nowhere\.tar/],
      [['sbom', 'docker:app:1'], /no\.sock does not exist/],
      [['sbom', 'oci:.'], /oci: \. is a folder without index\.json/],
      [['sbom', 'oci:image.tar'], /oci: image\.tar is a file, not a folder/],
      [['sbom', 'dir:image.tar'], /dir: image\.tar is a file, not a folder/],
      [['sbom', 'archive:.'], /archive: \. is a folder, not a file/],
      [['sbom', 'sbom:.'], /sbom: \. is a folder, not a file/],
      [['sbom', 'dir:/dev/null'], /dir: \/dev\/null is neither a file nor a folder/],
      [['sbom', 'dir:nowhere'], /dir: there is no nowhere/],
      [['sbom', 'dir:'], /dir: there is no name behind the colon/],
      [['sbom', './nowhere'], /\.\/nowhere is neither a file, nor a folder, nor the name of an image/],
      [['sbom', 'registry:127.0.0.1:1/Team/app'], /Team\/app is no possible name: repositories have no capital letters/],
      [['sbom', 'registry:a/b:1 2'], /it has a blank in it/],
      [['sbom', 'registry:a/b@sha256:1'], /behind @ stands sha256: with 64/],
      [['sbom', 'registry:a/b:-1'], /a tag has letters, digits/],
      [['sbom', 'registry:127.0.0.1:1/app'], /nobody listens at 127\.0\.0\.1:1/],
      [['sbom', 'registry:UPPER/..'], /registry: UPPER\/\.\. is no possible name/],
      [['sbom'], /missing required argument 'image'/],
      [['sbom', image(), '--by', 'layer', '-f', 'spdx'], /--by layer belongs to the table/],
      [['sbom', image(), '--platform', 'linux/s390x'], /for linux\/amd64, and not for linux\/s390x/],
      [['sbom', image(), '--mirror', 'x'], /--mirror x/],
      [['sbom', 'image.tar:other:2'], /holds no image called other:2/],
    ] as const) {
      const { status, stdout, stderr } = run(args, args[1]?.startsWith('docker') ? {} : { DOCKER_HOST: '' })
      expect(stderr, args.join(' ')).toMatch(line)
      expect(`${stdout}${stderr}`).not.toMatch(/\n\s+at .*:\d+:\d+|this is a bug/)
      expect(status).toBe(2)
    }
    mkdirSync(join(top, 'not-an-sbom'), { recursive: true })
    writeFileSync(join(top, 'not-an-sbom/x.json'), '{"a":1}')
    expect(run(['sbom', 'not-an-sbom/x.json']).stderr).toMatch(/neither CycloneDX nor SPDX nor Syft/)
  })

  test('no message on standard error speaks to the terminal', () => {
    const evil = '\u001b]0;pwned\u0007'
    const save = (name: string, documents: readonly object[], bodies: readonly Buffer[], config: object): string => {
      const path = join(top, name)
      writeFileSync(
        path,
        tar([
          ...bodies.map((body, i) => ({ path: `${i}/layer.tar`, body })),
          { path: 'config.json', body: JSON.stringify(config) },
          { path: 'manifest.json', body: JSON.stringify(documents) },
        ]),
      )
      return path
    }
    const body = tar([{ path: `app/node_modules/${evil}/package.json`, body: '{bad' }])
    const platform = { os: 'linux', architecture: 'amd64' }
    const diffIds = [`sha256:${createHash('sha256').update(body).digest('hex')}`]
    const one = { Config: 'config.json', RepoTags: [`a${evil}:1`], Layers: ['0/layer.tar'] }
    const path = save('evil-path.tar', [one], [body], { ...platform, rootfs: { diff_ids: diffIds } })
    const other = { ...one, Config: `config.json${evil}`, RepoTags: ['b:1'] }
    const tags = save('evil-tags.tar', [one, other], [body], { ...platform, rootfs: { diff_ids: diffIds } })
    const architecture = save('evil-architecture.tar', [{ ...one, Layers: [] }], [], {
      os: 'linux',
      architecture: evil,
      rootfs: { diff_ids: [] },
    })
    for (const args of [
      [path, '-f', 'json', '-v'],
      [path, '-o', '/dev/null'],
      [tags],
      [architecture, '--platform', 'linux/arm64'],
      [join(top, `no${evil}`)],
      [path, `--fail${evil}`],
    ]) {
      const { status, stderr } = run(['sbom', ...args])
      expect(status, args.join(' ')).toBe(2)
      expect(stderr.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f]/)
      expect(stderr).toContain('\\u{1b}]0;pwned\\u{7}')
    }
  })

  test('/dev/stdout is a place to write to', () => {
    expect(run(['sbom', image(), '-o', '/dev/null']).status).toBe(0)
  })

  test.skipIf(!has('script'))('a bar while it reads, on a terminal only, and nothing of it stays (needs script)', () => {
    const { stdout } = spawnSync(
      'script',
      ['-qec', `${process.execPath} ${program} sbom --no-cache ${image()} --color never`, '/dev/null'],
      { encoding: 'utf8', env: { ...environment, TERM: 'xterm' } },
    )
    // What is over at once shows none.
    expect(stdout.replace(/\r/g, '')).toMatch(/^shop\/app:1/)
  })
})

test('bulkhead cache status and clear', () => {
  run(['sbom', image()])
  const status = run(['cache', 'status']).stdout
  expect(status).toMatch(
    new RegExp(`^${join(top, 'cache/layers')}\n[1-9]\\d* indexes of layers and images, .* of at most 1\\.1 GB\n$`),
  )
  expect(run(['cache', 'clear']).stdout).toMatch(/[1-9]\d* files removed/)
  expect(run(['cache', 'status']).stdout).toContain('\n0 indexes')
  expect(run(['cache', 'status'], { BULKHEAD_CACHE_SIZE: '10 MB' }).stdout).toContain('10.0 MB')
  expect(run(['cache', 'status'], { BULKHEAD_CACHE_SIZE: 'much' }).stderr).toMatch(/BULKHEAD_CACHE_SIZE is much/)
})
