/** What an image claims of itself, what it hides, and what it costs: held against what its bytes say, found all the same, and bounded. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { type InventoryOptions, takeInventory } from '../src/flows/inventory.ts'
import type { LayerBytes } from '../src/model/image.ts'
import type { Inventory } from '../src/model/inventory.ts'
import type { Cache } from '../src/model/store.ts'
import type { World } from '../src/model/world.ts'
import { anySize, type Cataloger } from '../src/read/cataloger.ts'
import { catalogers } from '../src/read/catalogers/registry.ts'
import { imageOf, parseConfig } from '../src/read/image/documents.ts'
import { type ImageSource, inOrder } from '../src/read/image/image-source.ts'
import { readLayer } from '../src/read/image/layers/read-layer.ts'
import { sources } from '../src/read/image/sources.ts'
import { machine } from '../src/world/machine.ts'
import { type TarMember, tar } from './tar-writer.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-claims-'))
const before = process.env.BULKHEAD_CACHE
process.env.BULKHEAD_CACHE = join(top, 'cache')
afterAll(() => {
  if (before === undefined) delete process.env.BULKHEAD_CACHE
  else process.env.BULKHEAD_CACHE = before
  rmSync(top, { recursive: true, force: true })
})

const all = new Map(Object.entries(catalogers))
const world: World = { ...machine, env: { HOME: join(top, 'home'), DOCKER_HOST: `unix://${join(top, 'no.sock')}` } }
const take = (subject: string, more: Partial<InventoryOptions> = {}, where = world): Promise<Inventory> =>
  takeInventory(where, subject, {
    sources: inOrder(sources),
    catalogers: all,
    platform: undefined,
    host: 'linux/amd64',
    plainHttp: false,
    mirrors: new Map(),
    note: () => undefined,
    ...more,
  })
const memoryCache = (): Cache => {
  const values = new Map<string, Uint8Array>()
  return { get: key => values.get(key), put: (key, value) => void values.set(key, value) }
}

const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const json = (value: object): Buffer => Buffer.from(JSON.stringify(value))
const configOf = (diffIds: readonly string[]): Buffer =>
  json({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: diffIds.map(hex => `sha256:${hex}`) } })

let number = 0
const file = (bytes: Uint8Array): string => {
  const path = join(top, `image-${number++}.tar`)
  writeFileSync(path, bytes)
  return path
}
/** `docker save`; `stored`: layers as they lie in it. */
const saved = (
  layers: readonly Uint8Array[],
  {
    stored = layers,
    diffIds = layers.map(sha),
    tags = ['app:1'],
  }: { stored?: readonly Uint8Array[]; diffIds?: readonly string[]; tags?: readonly string[] } = {},
): Buffer =>
  tar([
    ...stored.map((body, i) => ({ path: `${i}/layer.tar`, body })),
    { path: 'config.json', body: configOf(diffIds) },
    {
      path: 'manifest.json',
      body: json([{ Config: 'config.json', RepoTags: tags, Layers: layers.map((_, i) => `${i}/layer.tar`) }]),
    },
  ])
/** An OCI layout whose blob of each layer is called by `names`. */
const layout = (
  blobs: readonly Uint8Array[],
  {
    diffIds,
    names = blobs.map(sha),
    annotations = {},
  }: { diffIds: readonly string[]; names?: readonly string[]; annotations?: object },
): string => {
  const folder = join(top, `layout-${number++}`)
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true })
  const put = (bytes: Uint8Array, name = sha(bytes)): object => {
    writeFileSync(join(folder, 'blobs/sha256', name), bytes)
    return { mediaType: '', digest: `sha256:${name}`, size: bytes.length }
  }
  const manifest = json({
    schemaVersion: 2,
    config: put(configOf(diffIds)),
    layers: blobs.map((blob, i) => put(blob, names[i]!)),
  })
  writeFileSync(join(folder, 'index.json'), json({ schemaVersion: 2, manifests: [{ ...put(manifest), annotations }] }))
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  return folder
}

const apk = (name: string, version: string): string => `P:${name}\nV:${version}\nA:x86_64\n\n`
const deb = (name: string): string => `Package: ${name}\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n`
const installed = (version: string): Buffer => tar([{ path: 'lib/apk/db/installed', body: apk('musl', version) }])
const names = ({ packages }: Inventory): readonly string[] => packages.map(({ name, version }) => `${name} ${version}`)
const codes = ({ problems }: Inventory): readonly string[] => problems.map(({ kind, code }) => `${kind} ${code}`)

describe('what an image claims', () => {
  const honest = installed('1.2.5-r0')
  const swapped = installed('6.6.6-r6')

  test('the digest of a blob that is not compressed: taken as it lies, unless it is to be verified', async () => {
    const evil = layout([swapped], { diffIds: [sha(honest)], names: [sha(honest)] })
    const cache = memoryCache()
    const notes: string[] = []
    const note = (text: string): void => void notes.push(text)
    expect(names(await take(evil, { cache, note }))).toEqual(['musl 6.6.6-r6'])
    expect(notes.join()).toMatch(/taken as they lie: --verify/)
    // What was remembered without hashing is not believed, and the other way round the problem is not remembered.
    for (const more of [{ verify: true }, { verify: true, cache }, { verify: true, cache }]) {
      const found = await take(evil, more)
      expect(names(found)).toEqual([])
      expect(codes(found)).toEqual(['failed layer-unreadable'])
    }
    expect(names(await take(evil, { cache }))).toEqual(['musl 6.6.6-r6'])
  })

  test('what was verified is remembered as that', async () => {
    const good = layout([honest], { diffIds: [sha(honest)] })
    const cache = memoryCache()
    const notes: string[] = []
    const note = (text: string): void => void notes.push(text)
    await take(good, { cache, note })
    expect(names(await take(good, { cache, note, verify: true }))).toEqual(['musl 1.2.5-r0'])
    expect(notes.filter(text => text.startsWith('known'))).toEqual([])
    expect(codes(await take(good, { cache, note, verify: true }))).toEqual([])
    expect(notes.filter(text => text.startsWith('known'))).toHaveLength(1)
  })

  test('a diffID: always where a small layer is inflated, else when it is to be verified', async () => {
    const claim = { diffIds: [sha(honest)] }
    const large = tar([
      { path: 'lib/apk/db/installed', body: apk('musl', '6.6.6-r6') },
      { path: 'x', body: Buffer.alloc(40 * 1024 * 1024) },
    ])
    for (const [path, without] of [
      [layout([gzipSync(swapped)], claim), []],
      [file(gzipSync(saved([swapped], claim))), []],
      [file(saved([swapped], { ...claim, stored: [gzipSync(swapped)] })), []],
      [file(saved([swapped], claim)), ['musl 6.6.6-r6']],
      [layout([gzipSync(large, { level: 1 })], claim), ['musl 6.6.6-r6']],
    ] as const) {
      expect(names(await take(path))).toEqual(without)
      const found = await take(path, { verify: true })
      expect(names(found)).toEqual([])
      expect(found.problems[0]?.message).toMatch(
        /the archive in the layer has the digest sha256:[0-9a-f]{64}, and the image's configuration says/,
      )
    }
  })

  test("the engine's own storage: bodies and headers together, and what cannot be read is said", async () => {
    const layer = tar([
      { path: 'etc/x', body: 'one' },
      { path: 'lib/apk/db/installed', body: apk('musl', '1.2.5-r0') },
    ])
    const size = apk('musl', '1.2.5-r0').length
    const lines = [
      { type: 2, payload: layer.subarray(0, 512).toString('base64') },
      { type: 1, name: 'etc/x', size: 3, payload: '' },
      { type: 2, payload: layer.subarray(515, 1536).toString('base64') },
      { type: 1, name: './lib/apk/db/installed', size, payload: '' },
      { type: 2, payload: layer.subarray(1536 + size).toString('base64') },
    ]
    const folder = join(top, 'overlay')
    const headers = join(top, 'tar-split.json.gz')
    const put = (path: string, text: string): void => {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    put('etc/x', 'one')
    put('lib/apk/db/installed', apk('musl', '1.2.5-r0'))
    writeFileSync(headers, gzipSync(lines.map(line => JSON.stringify(line)).join('\n')))
    const bytes: LayerBytes = { from: 'overlay', headers, folder, headerBytes: 1 }
    const image = imageOf(parseConfig(configOf([sha(layer)])), { refs: ['app:1'] })
    const source: ImageSource = { prefix: 'x', where: 'engine', open: async () => ({ kind: 'image', image, layers: [bytes] }) }
    const more = { sources: [source], cache: memoryCache(), verify: true }
    for (const settings of [more, { ...more, verify: false }, more]) {
      const found = await take('app:1', settings)
      expect(names(found)).toEqual(['musl 1.2.5-r0'])
      expect(codes(found)).toEqual([])
    }
    // Headers stay as they are: what is remembered under them is not believed.
    put('etc/x', 'two')
    expect(codes(await take('app:1', more))).toEqual(['failed layer-unreadable'])
    rmSync(join(folder, 'etc/x'))
    const gap = await take('app:1', more)
    expect(codes(gap)).toEqual(['uncovered layer-unverified'])
    expect(names(gap)).toEqual(['musl 1.2.5-r0'])
  })

  test('names: a tag alone is none, and of several the one that was asked for', async () => {
    const claim = { diffIds: [sha(honest)] }
    const tagged = layout([honest], { ...claim, annotations: { 'org.opencontainers.image.ref.name': 'v1' } })
    expect((await take(`${tagged}:v1`)).name).toBe(`${tagged}:v1`)
    const whole = layout([honest], { ...claim, annotations: { 'org.opencontainers.image.ref.name': 'docker.io/library/app:v1' } })
    expect((await take(whole)).name).toBe('app:v1')
    const both = file(saved([honest], { tags: ['app:1', 'registry.example/team/app:2', 'zed:latest'] }))
    expect((await take(both)).name).toBe('app:1')
    expect((await take(`${both}:registry.example/team/app:2`)).name).toBe('registry.example/team/app:2')
    const image = imageOf(parseConfig(configOf([])), { refs: ['app:1', 'registry.example/team/app:2', 'zed:latest'] })
    const source: ImageSource = { prefix: 'docker', where: 'engine', open: async () => ({ kind: 'image', image, layers: [] }) }
    for (const [asked, name] of [
      ['docker:registry.example/team/app:2', 'registry.example/team/app:2'],
      ['docker.io/library/zed', 'zed:latest'],
      ['sha256:0', 'app:1'],
    ] as const)
      expect((await take(asked, { sources: [source] })).name).toBe(name)
  })

  test('an index.json that is no index of images leaves a folder a folder', async () => {
    const folder = join(top, 'webapp')
    mkdirSync(join(folder, 'node_modules/x'), { recursive: true })
    writeFileSync(join(folder, 'index.json'), '{"name":"x"}')
    writeFileSync(join(folder, 'node_modules/x/package.json'), '{"name":"x","version":"1.0.0"}')
    expect(names(await take(folder))).toEqual(['x 1.0.0'])
    await expect(take(`oci:${folder}`)).rejects.toThrow(/^oci: /)
    writeFileSync(join(folder, 'oci-layout'), '{}')
    await expect(take(folder)).rejects.toThrow(/index\.json is broken/)
  })

  test('docker export, also compressed, is shown the way', async () => {
    const root = tar([{ path: 'etc/os-release', body: 'ID=alpine\n' }])
    for (const bytes of [root, gzipSync(root)])
      await expect(take(file(bytes))).rejects.toMatchObject({ hint: expect.stringMatching(/dir:FOLDER/) })
  })
})

describe('what an image hides', () => {
  const forms = (layers: readonly Buffer[]): readonly Buffer[] => [
    saved(layers),
    saved(layers, { stored: layers.map(layer => gzipSync(layer)) }),
    gzipSync(saved(layers)),
  ]
  const link = (path: string, target: string): TarMember => ({ path, type: 'symlink', target })

  test.each<[string, readonly TarMember[][], readonly string[]]>([
    ['a folder', [[{ path: 'opt/dpkg/status', body: deb('foo') }], [link('var/lib/dpkg', '../../opt/dpkg')]], ['foo 1']],
    ['a database', [[link('lib/apk/db/installed', '/opt/real'), { path: 'opt/real', body: apk('foo', '1') }]], ['foo 1']],
    [
      'a hard link to it',
      [
        [
          { path: 'opt/a', body: apk('foo', '1') },
          { path: 'opt/b', type: 'hard-link', target: 'opt/a' },
          link('lib/apk/db/installed', '/opt/b'),
        ],
      ],
      ['foo 1'],
    ],
    [
      'a folder of parts',
      [[{ path: 'opt/parts/base', body: deb('foo') }, link('var/lib/dpkg/status.d', '/opt/parts')]],
      ['foo 1'],
    ],
    [
      'one part of several',
      [[{ path: 'opt/base', body: deb('foo') }, link('var/lib/dpkg/status.d/base', '../../../../opt/base')]],
      ['foo 1'],
    ],
    [
      'what has its own name there too',
      [[{ path: 'usr/lib/apk/db/installed', body: apk('foo', '1') }, link('lib', 'usr/lib')]],
      ['foo 1'],
    ],
    [
      'what was a file before',
      [
        [
          { path: 'var/lib/dpkg/status', body: deb('old') },
          { path: 'opt/real', body: deb('new') },
        ],
        [link('var/lib/dpkg/status', '/opt/real')],
      ],
      ['new 1'],
    ],
    ['nothing', [[link('lib/apk/db/installed', '/nowhere'), link('var/lib/dpkg', 'dpkg')]], []],
  ])('behind a link: %s', async (_, layers, expected) => {
    for (const bytes of forms(layers.map(members => tar(members)))) {
      const found = await take(file(bytes))
      expect(names(found)).toEqual(expected)
      expect(codes(found)).toEqual([])
    }
  })

  test('in a folder of this machine too, and the distribution', async () => {
    const root = join(top, 'root')
    mkdirSync(join(root, 'opt/dpkg'), { recursive: true })
    mkdirSync(join(root, 'var/lib'), { recursive: true })
    mkdirSync(join(root, 'etc'))
    writeFileSync(join(root, 'opt/dpkg/status'), deb('foo'))
    writeFileSync(join(root, 'opt/release'), 'ID=debian\nVERSION_ID=12\n')
    symlinkSync('../../opt/dpkg', join(root, 'var/lib/dpkg'))
    symlinkSync('/opt/release', join(root, 'etc/os-release'))
    const found = await take(`dir:${root}`)
    expect(names(found)).toEqual(['foo 1'])
    expect(found.packages[0]?.at[0]).toMatchObject({ path: `${root}/opt/dpkg/status` })
    expect(found.distro?.id).toBe('debian')
  })

  test('what is broken behind a link is said', async () => {
    const found = await take(
      file(saved([tar([link('lib/apk/db/installed', '/opt/real'), { path: 'opt/real', body: 'no fields' }])])),
    )
    expect(codes(found)).toEqual(['failed package-file-unreadable'])
  })

  test('what is broken and gone troubles nobody', async () => {
    const broken = { path: 'lib/apk/db/installed', body: 'no fields' }
    for (const [layers, expected] of [
      [[[broken]], ['failed package-file-unreadable']],
      [[[broken], [{ path: 'lib/apk/db/.wh.installed', body: '' }]], []],
      [[[broken], [{ path: 'lib', body: 'no folder' }]], []],
      [[[broken], [{ path: broken.path, body: apk('foo', '1') }]], []],
      [[[{ path: broken.path, body: apk('foo', '1') }], [broken]], ['failed package-file-unreadable']],
      [[[broken, { path: broken.path, body: apk('foo', '1') }]], []],
    ] as const) {
      for (const bytes of forms(layers.map(members => tar(members)))) expect(codes(await take(file(bytes)))).toEqual(expected)
    }
  })
})

describe('what an image costs', () => {
  /** Every look at the clock takes a minute. */
  const slow = (): World => {
    let now = 0
    return { ...world, clock: { ...world.clock, now: () => (now += 60_000) } }
  }

  test('time, wherever it goes', async () => {
    const members = Array.from({ length: 200 }, (_, i) => ({ path: `f${i}`, body: 'x' }))
    const root = join(top, 'slow')
    mkdirSync(root)
    for (const { path } of members) writeFileSync(join(root, path), 'x')
    for (const subject of [`dir:${root}`, file(saved([tar(members)])), file(gzipSync(saved([tar(members)])))])
      expect(codes(await take(subject, {}, slow()))).toEqual(['failed layer-too-large'])
  })

  test('time inside of one file', async () => {
    const endless: Cataloger = {
      revision: 1,
      files: ['f'],
      collect(file) {
        for (;;)
          try {
            file.read(0, 1)
          } catch (error) {
            if (!(error instanceof RangeError)) throw error
          }
      },
      *assemble() {},
    }
    const mine = { catalogers: new Map([['endless', endless]]) }
    const layer = tar([{ path: 'f', body: 'x' }])
    const root = join(top, 'endless')
    mkdirSync(root)
    writeFileSync(join(root, 'f'), 'x')
    for (const subject of [`dir:${root}`, file(saved([layer])), file(gzipSync(saved([layer])))])
      expect(codes(await take(subject, mine, slow()))).toEqual(['failed layer-too-large'])
  })

  test('one layer that is named many times is read and held once', async () => {
    const layer = tar([
      { path: 'lib/apk/db/installed', body: apk('foo', '1') },
      ...Array.from({ length: 50 }, (_, i) => ({ path: `f${i}`, body: '' })),
    ])
    const many = Array.from({ length: 300 }, () => sha(layer))
    const config = configOf(many)
    const archive = (bytes: Uint8Array): Buffer =>
      tar([
        { path: 'layer.tar', body: bytes },
        { path: 'config.json', body: config },
        { path: 'manifest.json', body: json([{ Config: 'config.json', Layers: many.map(() => 'layer.tar') }]) },
      ])
    let reads = 0
    const counting: InventoryOptions['indexLayer'] = (bytes, reading, onProgress) => {
      reads++
      return readLayer(world, bytes, { catalogers: all, ...reading, onProgress })
    }
    for (const bytes of [archive(layer), archive(gzipSync(layer)), gzipSync(archive(layer))]) {
      const found = await take(file(bytes), { entryLimit: 60, indexLayer: counting })
      expect(names(found)).toEqual(['foo 1'])
      expect(found.layers).toHaveLength(300)
      expect(found.packages[0]?.at[0]).toMatchObject({ path: '/lib/apk/db/installed' })
      expect(codes(found)).toEqual([])
    }
    expect(reads).toBe(2)
  })

  test('too many entries, too many layers', async () => {
    const layers = [0, 1].map(layer => tar(Array.from({ length: 50 }, (_, i) => ({ path: `${layer}/${i}`, body: '' }))))
    await expect(take(file(saved(layers)), { entryLimit: 80 })).rejects.toThrow(/more than 80 entries/)
    expect(codes(await take(file(gzipSync(saved(layers))), { entryLimit: 80 }))).toEqual(['failed layer-too-large'])
    await expect(take(file(saved([], { diffIds: Array.from({ length: 1001 }, () => sha(layers[0]!)) })))).rejects.toThrow(
      /has 1001 layers/,
    )
  })

  test('bodies that nobody would read are not kept, and a name is enough for some', async () => {
    const seen: string[] = []
    const cataloger = (largest: number | undefined): Cataloger => ({
      revision: 1,
      files: ['big', 'small'],
      ...(largest === undefined ? {} : { largest }),
      collect(file) {
        seen.push(`${file.path} ${file.size}`)
        if (file.path === 'small') file.read(0, file.size)
        return undefined
      },
      *assemble() {},
    })
    const size = 70 * 1024 * 1024
    const layer = tar([
      { path: 'big', body: Buffer.alloc(size) },
      { path: 'small', body: 'x' },
    ])
    let scratches = 0
    const counting: World = {
      ...world,
      files: {
        ...world.files,
        scratch: () => {
          scratches++
          return world.files.scratch()
        },
      },
    }
    const subject = file(saved([layer], { stored: [gzipSync(layer, { level: 1 })] }))
    for (const [largest, expected] of [
      [undefined, 0],
      [anySize, 1],
    ] as const) {
      seen.length = 0
      scratches = 0
      await take(subject, { catalogers: new Map([['mine', cataloger(largest)]]) }, counting)
      expect(seen).toEqual([`big ${size}`, 'small 1'])
      expect(scratches).toBe(expected)
    }
    const reading: Cataloger = { ...cataloger(undefined), collect: one => void one.read(0, 1) }
    const found = await take(subject, { catalogers: new Map([['mine', reading]]) }, counting)
    expect(found.problems[0]?.message).toMatch(/it has 73400320 bytes; at most 67108864 are read/)
  })

  test.skipIf(process.platform === 'win32')(
    'files that do not fit into memory lie in our cache, and nothing stays of them',
    () => {
      const folder = process.env.BULKHEAD_CACHE!
      const scratch = machine.files.scratch()
      expect(scratch.identity.startsWith(`${folder}/scratch/`)).toBe(true)
      // Whoever is killed leaves no file behind.
      expect(readdirSync(join(folder, 'scratch'))).toEqual([])
      const other = machine.files.scratch()
      scratch.append(Buffer.from('abc'))
      const into = new Uint8Array(2)
      expect(scratch.read(1, into)).toBe(2)
      expect(Buffer.from(into).toString()).toBe('bc')
      scratch.close()
      other.close()
      expect(existsSync(folder)).toBe(false)
      process.env.BULKHEAD_CACHE = '/proc/nowhere'
      const elsewhere = machine.files.scratch()
      process.env.BULKHEAD_CACHE = folder
      expect(elsewhere.identity.startsWith(`${tmpdir()}/`)).toBe(true)
      elsewhere.close()
    },
  )
})
