/** Images made by somebody who wants harm: each ends in a problem or a clear error, within its bound, and nothing is written outside of the cache. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type InventoryOptions, takeInventory } from '../src/flows/inventory.ts'
import { sampleText } from '../src/judge/secrets/detector.ts'
import { leaksOf } from '../src/judge/secrets/leaks.ts'
import { secretCataloger, secretsName } from '../src/judge/secrets/secret-cataloger.ts'
import { UsageError } from '../src/model/finding.ts'
import type { Inventory } from '../src/model/inventory.ts'
import type { Cache } from '../src/model/store.ts'
import type { World } from '../src/model/world.ts'
import { catalogers } from '../src/read/catalogers/registry.ts'
import { inOrder } from '../src/read/image/image-source.ts'
import { LayerIndexer, LayerTooLarge } from '../src/read/image/layers/indexer.ts'
import { readLayer } from '../src/read/image/layers/read-layer.ts'
import { RegistryClient, RegistryError } from '../src/read/image/registry/client.ts'
import { sources } from '../src/read/image/sources.ts'
import { TarWalker } from '../src/read/image/tar.ts'
import { machine } from '../src/world/machine.ts'
import { type TarMember, tar } from './tar-writer.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-hostile-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

const all = new Map(Object.entries(catalogers))
const options = (more: Partial<InventoryOptions> = {}): InventoryOptions => ({
  sources: inOrder(sources),
  catalogers: all,
  platform: undefined,
  host: 'linux/amd64',
  plainHttp: false,
  mirrors: new Map(),
  note: () => undefined,
  ...more,
})
/** No engine, no login, and no patience. */
const world: World = { ...machine, env: { HOME: join(top, 'home') }, clock: { ...machine.clock, sleep: async () => undefined } }
const take = (subject: string, more: Partial<InventoryOptions> = {}): Promise<Inventory> =>
  takeInventory(world, subject, options(more))

const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const json = (value: object): Buffer => Buffer.from(JSON.stringify(value))
const status = (name: string, version: string): string =>
  `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\nArchitecture: all\n\n`
const layerWith = (...members: readonly TarMember[]): Buffer => tar(members)
const debian = (name = 'honest', version = '1.0'): TarMember => ({ path: 'var/lib/dpkg/status', body: status(name, version) })

/** `docker save` of an image; `claim` changes what the documents say. */
const image = (
  layers: readonly Uint8Array[],
  claim: { readonly diffIds?: readonly string[]; readonly manifest?: object; readonly config?: Uint8Array } = {},
): Buffer => {
  const config =
    claim.config ??
    json({
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: claim.diffIds ?? layers.map(layer => `sha256:${sha(layer)}`) },
      history: layers.map((_, i) => ({ created_by: `step ${i}` })),
    })
  return tar([
    ...layers.map((layer, i) => ({ path: `${i}/layer.tar`, body: layer })),
    { path: `${sha(config)}.json`, body: config },
    {
      path: 'manifest.json',
      body: json(
        claim.manifest ?? [
          { Config: `${sha(config)}.json`, RepoTags: ['evil:1'], Layers: layers.map((_, i) => `${i}/layer.tar`) },
        ],
      ),
    },
  ])
}

let number = 0
const file = (bytes: Uint8Array): string => {
  const path = join(top, `image-${number++}.tar`)
  writeFileSync(path, bytes)
  return path
}

/** An OCI layout in a folder, of blobs by digest. */
const layout = (blobs: ReadonlyMap<string, Uint8Array>, index: object): string => {
  const folder = join(top, `layout-${number++}`)
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true })
  for (const [hex, bytes] of blobs) writeFileSync(join(folder, 'blobs/sha256', hex), bytes)
  writeFileSync(join(folder, 'index.json'), json(index))
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  return folder
}

const memoryCache = (): Cache & { readonly values: Map<string, Uint8Array> } => {
  const values = new Map<string, Uint8Array>()
  return { values, get: key => values.get(key), put: (key, value) => void values.set(key, value) }
}

const names = ({ packages }: Inventory): readonly string[] => packages.map(({ name, version }) => `${name} ${version}`)

describe('layers', () => {
  test('paths that lead out stay inside, and nothing is written', async () => {
    const before = readdirSync(tmpdir()).length
    const found = await take(
      file(
        image([
          layerWith(
            { path: '../../../../etc/cron.d/evil', body: 'x' },
            { path: '/var/lib/dpkg/../dpkg/status', body: status('inside', '1') },
            { path: 'etc', type: 'symlink', target: '/../../../../tmp' },
            { path: 'loop', type: 'symlink', target: 'loop' },
            { path: 'a', type: 'symlink', target: 'b' },
            { path: 'b', type: 'symlink', target: 'a/b/c' },
            { path: 'hard', type: 'hard-link', target: '../../../../etc/passwd' },
            { path: 'app/node_modules/x/package.json', type: 'hard-link', target: '/etc/shadow' },
          ),
        ]),
      ),
    )
    expect(names(found)).toEqual(['inside 1'])
    expect(found.problems).toEqual([])
    expect(readdirSync(tmpdir()).length).toBe(before)
  })

  test('a file that stands several times in one layer: what the first ones held can be read by whoever has the layer', async () => {
    const [first, second, third] = [1, 2, 3].map(seed => sampleText(14, undefined, seed))
    const twice = (password: string | undefined): TarMember => ({ path: 'srv/.env', body: `DB_PASSWORD=${password ?? ''}\n` })
    for (const last of [twice(''), { path: 'srv/.env', type: 'symlink', target: 'x' } as const]) {
      const found = await take(file(image([layerWith(twice(first), twice(second), last), layerWith(twice(third))])), {
        catalogers: new Map([...all, [secretsName, secretCataloger(true)]]),
      })
      const leaks = leaksOf(found, true)
      expect(leaks.map(({ value, reach, by, severity }) => [value, reach, by, severity]).sort()).toEqual(
        [
          [first, 'replaced', 0, 'medium'],
          [second, 'replaced', 0, 'medium'],
          [third, 'image', undefined, 'high'],
        ].sort(),
      )
      expect(new Set(leaks.map(({ key }) => key)).size).toBe(3)
    }
  })

  test('a broken archive that stands before another file of its name is told', async () => {
    const broken = gzipSync('x'.repeat(100)).subarray(0, 20)
    const found = await take(file(image([layerWith({ path: 'a.tar.gz', body: broken }, { path: 'a.tar.gz', body: '' })])), {
      catalogers: new Map([...all, [secretsName, secretCataloger(false)]]),
    })
    expect(found.problems.map(({ message }) => message)).toEqual([expect.stringContaining('/a.tar.gz was not looked through')])
  })

  test('whiteouts and opaque folders, also of what is above and of nothing', async () => {
    const found = await take(
      file(
        image([
          layerWith(debian('deleted', '1'), { path: 'x/y/z', body: '1' }),
          layerWith(
            { path: 'var/lib/.wh.dpkg', body: '' },
            { path: '.wh..', body: '' },
            { path: '.wh.', body: '' },
            { path: 'x/.wh..wh..opq', body: '' },
          ),
          layerWith({ path: '.wh..wh..opq', body: '' }, { path: 'var/lib/dpkg/status', body: status('last', '2') }),
        ]),
      ),
    )
    expect(names(found)).toEqual(['last 2'])
  })

  test.each([
    ['a negative size', (bytes: Buffer) => bytes.write('-0000000001\0', 124, 'latin1')],
    ['a size that is no number', (bytes: Buffer) => bytes.write('zzzzzzzzzzz\0', 124, 'latin1')],
    [
      'a size of 2^80',
      (bytes: Buffer) => bytes.fill(Buffer.from([0x80, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), 124, 136),
    ],
  ])('%s is a problem, and what came before it is kept', async (_, change) => {
    const good = layerWith(debian())
    const bad = layerWith({ path: 'bad', body: 'bad' })
    change(bad)
    // The sum must be right, so that only the number is wrong.
    bad.fill(' ', 148, 156)
    const sum = bad.subarray(0, 512).reduce((total, byte) => total + byte, 0)
    bad.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    const found = await take(file(image([Buffer.concat([good.subarray(0, good.length - 1024), bad])])))
    expect(found.problems.map(({ kind, code }) => [kind, code])).toEqual([['failed', 'layer-broken']])
    expect(names(found)).toEqual(['honest 1.0'])
  })

  test('a header of a gigabyte, and a thousand small ones', async () => {
    const huge = tar([{ path: 'x', type: 'pax', body: '', size: 1024 ** 3 }])
    const many = Buffer.concat([
      ...Array.from({ length: 1000 }, () =>
        tar([{ path: 'x', type: 'pax', body: `2000 comment=${'x'.repeat(1986)}\n` }]).subarray(0, 2560),
      ),
      tar([debian()]),
    ])
    for (const layer of [huge, many]) {
      const found = await take(file(image([layer])))
      expect(found.problems.map(({ code, message }) => `${code} ${/extensions/.test(message)}`)).toEqual(['layer-broken true'])
    }
  })

  test('hard links to files that had gone by: read in a second walk, whichever way the layer comes', async () => {
    const pack = (name: string): string => `{"name":"${name}","version":"1.0.0"}`
    const layer = layerWith(
      { path: 'aaa/store/files/01/ab', body: pack('linked') },
      { path: 'app/node_modules/linked/package.json', type: 'hard-link', target: 'aaa/store/files/01/ab' },
      { path: 'srv/node_modules/linked/package.json', type: 'hard-link', target: '/aaa/store/files/01/ab' },
      { path: 'app/node_modules/own/package.json', body: pack('own') },
      { path: 'app/node_modules/nowhere/package.json', type: 'hard-link', target: 'no/such/file' },
    )
    const plain = image([layer])
    for (const bytes of [plain, image([gzipSync(layer)], { diffIds: [`sha256:${sha(layer)}`] }), gzipSync(plain)]) {
      const found = await take(file(bytes))
      expect(names(found)).toEqual(['linked 1.0.0', 'own 1.0.0'])
      expect(found.packages[0]?.at).toHaveLength(2)
      expect(found.problems).toEqual([])
    }
  })

  test('a path that nothing could open is said, and left out', async () => {
    const long = `${'folder/'.repeat(1000)}file`
    const record = ` path=${long}\n`
    const length = record.length + 4
    const found = await take(
      file(image([layerWith({ path: 'x', type: 'pax', body: `${length}${record}` }, { path: 'short', body: '1' }, debian())])),
    )
    expect(found.problems.map(({ code }) => code)).toEqual(['path-too-long'])
    expect(names(found)).toEqual(['honest 1.0'])
  })

  test('bytes that are not those of their digest give nothing', async () => {
    const honest = gzipSync(layerWith(debian('real', '1')))
    const swapped = gzipSync(layerWith(debian('fake', '6.6.6')))
    const config = json({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [`sha256:${'0'.repeat(64)}`] } })
    const manifest = json({
      schemaVersion: 2,
      config: { mediaType: '', digest: `sha256:${sha(config)}`, size: config.length },
      layers: [{ mediaType: '', digest: `sha256:${sha(honest)}`, size: honest.length }],
    })
    const blobs = new Map([
      [sha(config), config],
      [sha(manifest), manifest],
      [sha(honest), swapped],
    ])
    const index = { schemaVersion: 2, manifests: [{ mediaType: '', digest: `sha256:${sha(manifest)}`, size: manifest.length }] }
    const found = await take(layout(blobs, index))
    expect(names(found)).toEqual([])
    expect(found.problems[0]?.message).toMatch(/have the digest/)
    // The same for documents, which end everything.
    blobs.set(sha(config), json({ rootfs: { diff_ids: [] } }))
    await expect(take(layout(blobs, index))).rejects.toThrow(/has the digest/)
    blobs.set(sha(manifest), json({}))
    await expect(take(layout(blobs, index))).rejects.toThrow(UsageError)
  })

  test('an image that names the diffIDs of another neither inherits nor poisons', async () => {
    const cache = memoryCache()
    const honest = layerWith(debian('honest', '1.0'))
    const evil = layerWith(debian('evil', '6.6.6'))
    const claim = { diffIds: [`sha256:${sha(honest)}`] }
    const first = [file(image([evil], claim)), file(image([honest]))]
    expect(names(await take(first[0]!, { cache }))).toEqual(['evil 6.6.6'])
    expect(names(await take(first[1]!, { cache }))).toEqual(['honest 1.0'])
    expect(names(await take(first[0]!, { cache }))).toEqual(['evil 6.6.6'])
    // The same again with compressed archives, whose layers are hashed and shared.
    const passing = [file(gzipSync(image([evil], claim))), file(gzipSync(image([honest])))]
    expect(names(await take(passing[0]!, { cache }))).toEqual([])
    expect(names(await take(passing[1]!, { cache }))).toEqual(['honest 1.0'])
    // And with a layout whose blob is called by the digest of an honest one that is known already.
    const blob = gzipSync(honest)
    const config = json({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [`sha256:${sha(honest)}`] } })
    const manifest = json({
      schemaVersion: 2,
      config: { mediaType: '', digest: `sha256:${sha(config)}`, size: config.length },
      layers: [{ mediaType: '', digest: `sha256:${sha(blob)}`, size: blob.length }],
    })
    const index = { schemaVersion: 2, manifests: [{ mediaType: '', digest: `sha256:${sha(manifest)}`, size: manifest.length }] }
    const blobs = new Map([
      [sha(config), config],
      [sha(manifest), manifest],
    ])
    const good = layout(new Map([...blobs, [sha(blob), blob]]), index)
    expect(names(await take(good, { cache }))).toEqual(['honest 1.0'])
    const bad = layout(new Map([...blobs, [sha(blob), gzipSync(evil)]]), index)
    const found = await take(bad, { cache })
    expect(names(found)).toEqual([])
    expect(found.problems).toHaveLength(1)
    expect(names(await take(good, { cache }))).toEqual(['honest 1.0'])
  })

  test('bounds on bytes, entries and time end a layer', async () => {
    const layer = join(top, 'bounds.tar.gz')
    writeFileSync(
      layer,
      gzipSync(layerWith(...Array.from({ length: 50 }, (_, i) => ({ path: `f${i}`, body: 'x'.repeat(1000) })))),
    )
    const bytes = { from: 'file', range: { path: layer, at: 0, size: (await machine.files.stat(layer))!.size } } as const
    const limits = { bytes: 1e9, entries: 1e6, time: 1e6 }
    expect((await readLayer(machine, bytes, { catalogers: all, limits })).problems).toEqual([])
    for (const [less, code] of [
      [{ bytes: 10_000 }, 'layer-too-large'],
      [{ entries: 10 }, 'layer-too-large'],
      [{ time: -1 }, 'layer-too-large'],
    ] as const)
      expect((await readLayer(machine, bytes, { catalogers: all, limits: { ...limits, ...less } })).problems[0]?.code).toBe(code)
  })

  test('a bomb of 10 GB in 10 MB ends at its bound', async () => {
    // Files of zeros, whose headers say so: counted before anything is inflated that nobody wants.
    const indexer = new LayerIndexer({
      catalogers: all,
      limits: { bytes: 1e9, entries: 1e6, time: 1e6 },
      scratch: () => machine.files.scratch(),
      deadline: Infinity,
      now: () => 0,
    })
    const walker = new TarWalker(indexer)
    expect(() => walker.push(tar([{ path: 'zeros', body: '', size: 10e9 }]))).toThrow(LayerTooLarge)
  })
})

describe('archives', () => {
  test(
    'cut off and with flipped bits: an inventory, or a sentence',
    async () => {
      const whole = image([layerWith(debian(), { path: 'etc/os-release', body: 'ID=debian\n' })])
      const zipped = gzipSync(whole)
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(whole, zipped),
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.nat(7),
          fc.boolean(),
          async (bytes, where, bit, isCut) => {
            const at = Math.min(bytes.length - 1, Math.floor(where * bytes.length))
            const bad = Buffer.from(isCut ? bytes.subarray(0, at) : bytes)
            if (!isCut) bad[at]! ^= 1 << bit
            const path = join(top, 'mutant.tar')
            writeFileSync(path, bad)
            const outcome = await take(path).catch((error: unknown) => error)
            if (outcome instanceof Error && !(outcome instanceof UsageError)) throw outcome
          },
        ),
        { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 300) },
      )
    },
    Number(process.env.BULKHEAD_FUZZ_RUNS ?? 0) > 0 ? 3_600_000 : 60_000,
  )

  test('documents that are none', async () => {
    const layer = layerWith(debian())
    for (const config of [
      '',
      'null',
      '[]',
      '{}',
      '{"rootfs":null}',
      '{"rootfs":{"diff_ids":[1]}}',
      `${'['.repeat(100_000)}`,
      '\xff',
    ])
      await expect(take(file(image([layer], { config: Buffer.from(config, 'latin1') })))).rejects.toThrow(UsageError)
    for (const manifest of [
      {},
      [],
      [{}],
      [{ Config: '../../etc/passwd', Layers: [] }],
      [{ Config: 'manifest.json', Layers: ['manifest.json'] }],
    ])
      await expect(take(file(image([layer], { manifest })))).rejects.toThrow(UsageError)
  })

  test('indexes that lead to themselves', async () => {
    // A digest cannot be in its own bytes, but a chain of six is as good.
    const blobs = new Map<string, Uint8Array>()
    let last = json({ schemaVersion: 2, manifests: [] })
    for (let i = 0; i < 20; i++) {
      blobs.set(sha(last), last)
      last = json({ schemaVersion: 2, manifests: [{ mediaType: '', digest: `sha256:${sha(last)}`, size: last.length }] })
    }
    blobs.set(sha(last), last)
    const index = { schemaVersion: 2, manifests: [{ mediaType: '', digest: `sha256:${sha(last)}`, size: last.length }] }
    await expect(take(layout(blobs, index))).rejects.toThrow(/without end/)
  })

  test('what is no archive at all', async () => {
    for (const bytes of ['', 'hello', '\0'.repeat(10_000), gzipSync('hello'), gzipSync('')])
      await expect(take(file(Buffer.from(bytes as string, 'latin1')))).rejects.toThrow(UsageError)
    for (const text of ['hello', 'root:x:0:0:root:/root:/bin/bash\n'.repeat(100), '\x7fELF'.repeat(1000)])
      await expect(take(file(Buffer.from(text, 'latin1')))).rejects.toThrow(/is no archive of images/)
  })
})

describe('registries', () => {
  const servers: Server[] = []
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
  })
  const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> => {
    const server = createServer(answer)
    servers.push(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return `127.0.0.1:${(server.address() as { port: number }).port}`
  }
  const impatient = { tries: 3, first: 1, longest: 5, silence: 200, whole: 60_000 }
  const clientOf = (host: string): RegistryClient =>
    new RegistryClient(
      world,
      { base: `http://${host}`, repository: 'x', credentials: undefined, authorization: undefined },
      impatient,
    )
  const drain = async (source: AsyncIterable<Uint8Array>): Promise<Buffer> => {
    const pieces: Uint8Array[] = []
    for await (const piece of source) pieces.push(Buffer.from(piece))
    return Buffer.concat(pieces)
  }

  test('one that stalls', async () => {
    const host = await serve((_, response) => {
      response.writeHead(200)
      response.write('some')
    })
    await expect(drain(clientOf(host).blob('sha256:0', 100))).rejects.toThrow(/sent nothing for 0.2 s/)
    await expect(clientOf(await serve(() => undefined)).manifest('1')).rejects.toThrow(/sent nothing/)
  })

  test('one whose body never ends', async () => {
    const host = await serve((_, response) => {
      response.writeHead(200)
      const more = (): void => {
        while (response.write(Buffer.alloc(65536)));
      }
      response.on('drain', more)
      more()
    })
    await expect(drain(clientOf(host).blob('sha256:0', 1_000_000))).rejects.toThrow(/more than the 1000000 bytes/)
    await expect(clientOf(host).manifest('1')).rejects.toThrow(/more than 16777216 bytes/)
  })

  test('one that breaks off is asked for the rest, and one that cannot give the rest begins again', async () => {
    const body = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251))
    for (const knowsRanges of [true, false]) {
      const ranges: (string | undefined)[] = []
      const host = await serve((request, response) => {
        const { range } = request.headers
        ranges.push(range)
        const from = knowsRanges && range ? Number(/\d+/.exec(range)![0]) : 0
        response.writeHead(from > 0 ? 206 : 200, { 'content-length': body.length - from })
        const step = 40_000 * ranges.length
        response.write(body.subarray(from, knowsRanges ? from + 40_000 : step), () => {
          if ((knowsRanges ? from + 40_000 : step) >= body.length) response.end()
          else response.destroy()
        })
      })
      expect((await drain(clientOf(host).blob('sha256:0', body.length))).equals(body)).toBe(true)
      expect(ranges.length).toBeGreaterThan(1)
      expect(ranges[1]).toMatch(/^bytes=\d+-$/)
    }
  })

  test('one that is busy is asked again, and one that says no is believed', async () => {
    let asked = 0
    const busy = await serve((_, response) => {
      asked++
      response.writeHead(asked < 3 ? 503 : 200, { 'retry-after': '0' }).end('{"manifests":[]}')
    })
    expect((await clientOf(busy).manifest('1')).toString()).toBe('{"manifests":[]}')
    expect(asked).toBe(3)
    let denied = 0
    const no = await serve((_, response) => {
      denied++
      response.writeHead(403).end('{"errors":[{"code":"DENIED","message":"not \u001b[31mfor you"}]}')
    })
    await expect(clientOf(no).manifest('1')).rejects.toThrow(RegistryError)
    expect(denied).toBe(1)
  })

  describe('one that drips', () => {
    /** Every look at the clock is a second later. */
    const later = (): World => {
      let now = 0
      return { ...world, clock: { sleep: async () => undefined, now: () => (now += 1000) } }
    }
    const drip = (response: ServerResponse, text: string): void => {
      const timer = setInterval(() => response.write(text), 2)
      response.on('close', () => clearInterval(timer))
    }
    const dripping = (host: string, silence = 5000): RegistryClient =>
      new RegistryClient(
        later(),
        { base: `http://${host}`, repository: 'x', credentials: undefined, authorization: undefined },
        { ...impatient, silence },
      )

    test('a document, an error, a blob', async () => {
      for (const status of [200, 404]) {
        const host = await serve((_, response) => drip(response.writeHead(status), ' '))
        await expect(dripping(host).manifest('1')).rejects.toThrow(status === 200 ? /is too slow/ : /has no 1/)
      }
      let asked = 0
      const host = await serve((_, response) => {
        asked++
        drip(response.writeHead(200), ' ')
      })
      await expect(drain(dripping(host).blob('sha256:0', 1_000_000))).rejects.toThrow(/which is too slow/)
      expect(asked).toBe(impatient.tries)
    })

    test('a token', async () => {
      const realm = await serve((_, response) => drip(response.writeHead(200), ' '))
      const host = await serve((_, response) =>
        response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${realm}/token"` }).end(),
      )
      await expect(dripping(host).manifest('1')).rejects.toThrow(/gives no token/)
    })

    test('its headers', async () => {
      const host = await serve((_, response) => {
        const { socket } = response
        socket!.write('HTTP/1.1 200 OK\r\n')
        const timer = setInterval(() => socket!.write('X-More: a\r\n'), 10)
        socket!.on('close', () => clearInterval(timer))
      })
      await expect(dripping(host, 200).manifest('1')).rejects.toThrow(/gave no whole answer within|sent nothing/)
    })
  })

  test('one that gives a little and hangs up is not asked for ever', async () => {
    for (const [piece, most] of [
      [1, impatient.tries],
      [65_536, impatient.tries * 10],
    ] as const) {
      let asked = 0
      const host = await serve((request, response) => {
        asked++
        const from = Number(/\d+/.exec(request.headers.range ?? '0')![0])
        response.writeHead(from > 0 ? 206 : 200, { 'content-length': 100_000_000 - from })
        response.write(Buffer.alloc(piece), () => response.destroy())
      })
      await expect(drain(clientOf(host).blob('sha256:0', 100_000_000))).rejects.toThrow(/could not be read/)
      expect(asked).toBe(most)
    }
  })

  test('redirects in circles, and to no web address', async () => {
    const circle = await serve((request, response) => response.writeHead(302, { location: request.url }).end())
    await expect(clientOf(circle).manifest('1')).rejects.toThrow(/without end/)
    const file = await serve((_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end())
    await expect(clientOf(file).manifest('1')).rejects.toThrow(/no web address/)
  })

  test('from the public internet into the private network: refused', async () => {
    const secret = await serve((_, response) => response.end('the metadata of the cloud'))
    const asked: { url: string; publicOnly: boolean | undefined }[] = []
    // Whoever answers the first request plays somebody on the public internet; everything after that is the real thing.
    const outside: World = {
      ...world,
      http: {
        request: async request => {
          asked.push({ url: request.url, publicOnly: request.publicOnly })
          if (!request.url.startsWith('https://registry.example/')) return machine.http.request(request)
          return {
            status: 307,
            headers: { location: `https://${secret}/latest/meta-data` },
            isPrivate: false,
            body: (async function* () {})(),
            close: () => undefined,
          }
        },
      },
    }
    const client = new RegistryClient(
      outside,
      {
        base: 'https://registry.example',
        repository: 'x',
        credentials: { kind: 'bearer', token: 'secret' },
        authorization: 'Bearer secret',
      },
      impatient,
    )
    await expect(client.manifest('1')).rejects.toThrow(/private network: refused/)
    expect(asked.map(({ publicOnly }) => publicOnly)).toEqual([false, true])
  })

  test('a token realm that is somewhere it should not be', async () => {
    const challenge = (realm: string): World => ({
      ...world,
      http: {
        request: async request => {
          if (!request.url.startsWith('https://registry.example/')) return machine.http.request(request)
          return {
            status: 401,
            headers: { 'www-authenticate': `Bearer realm="${realm}",service="x"` },
            isPrivate: false,
            body: (async function* () {})(),
            close: () => undefined,
          }
        },
      },
    })
    const access = {
      base: 'https://registry.example',
      repository: 'x',
      credentials: { kind: 'password', user: 'u', password: 'p' },
      authorization: undefined,
    } as const
    for (const [realm, reason] of [
      ['http://registry.example/token', /plain http/],
      ['https://127.0.0.1:1/token', /private network/],
      ['https://localhost:1/token', /private network/],
      ['file:///etc/passwd', /no address/],
    ] as const)
      await expect(new RegistryClient(challenge(realm), access, impatient).manifest('1'), realm).rejects.toThrow(reason)
  })
})
