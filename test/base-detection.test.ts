/** Which image another one was built on, with a real engine and a real registry. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type InventoryOptions, takeInventory } from '../src/flows/inventory.ts'
import type { Cache } from '../src/model/store.ts'
import type { World } from '../src/model/world.ts'
import { catalogers } from '../src/read/catalogers/registry.ts'
import { inOrder } from '../src/read/image/image-source.ts'
import { sources } from '../src/read/image/sources.ts'
import { machine } from '../src/world/machine.ts'
import { type Engine, hasEngine, hasRegistry, type Registry, startEngine, startRegistry } from './components.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-base-'))
let engine: Engine
let registry: Registry

afterAll(async () => {
  await registry?.stop()
  await engine?.stop()
  rmSync(top, { recursive: true, force: true })
})

const memory = (): Cache => {
  const values = new Map<string, Uint8Array>()
  return { get: key => values.get(key), put: (key, value) => values.set(key, value) }
}

const options = (more: Partial<InventoryOptions> = {}): InventoryOptions => ({
  sources: inOrder(sources),
  catalogers: new Map(Object.entries(catalogers)),
  platform: undefined,
  host: `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  plainHttp: false,
  mirrors: new Map(),
  note: () => undefined,
  ...more,
})

const world = (more: Record<string, string> = {}): World => ({
  ...machine,
  env: { PATH: process.env.PATH, HOME: join(top, 'home'), ...more },
})

const build = (name: string, dockerfile: string): void => {
  const context = join(top, name.replaceAll(/\W/g, '-'))
  mkdirSync(context)
  writeFileSync(join(context, 'Dockerfile'), dockerfile)
  writeFileSync(join(context, 'os-release'), 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\nVERSION_CODENAME=bookworm\n')
  writeFileSync(join(context, 'file'), `of ${name}`)
  engine.docker('build', '-q', '--network', 'none', '-t', name, context)
}

describe.skipIf(!hasEngine || !hasRegistry)('the base of an image (needs dockerd, docker-registry)', () => {
  beforeAll(async () => {
    engine = await startEngine()
    registry = await startRegistry()
    build('team/base:1', 'FROM scratch\nCOPY os-release /etc/os-release\nCOPY file /base\n')
    build('team/app:1', 'FROM team/base:1\nCOPY file /app\n')
    for (const name of ['team/base:1', 'team/app:1']) {
      engine.docker('tag', name, `${registry.host}/${name}`)
      engine.docker('push', '-q', `${registry.host}/${name}`)
      engine.docker('rmi', `${registry.host}/${name}`)
    }
    engine.docker('save', 'team/app:1', '-o', join(top, 'app.tar'))
  }, 180_000)

  test('the engine’s images are asked for, where the image is the engine’s', async () => {
    const asked = world({ DOCKER_HOST: `unix://${engine.socket}` })
    const cache = memory()
    const first = await takeInventory(asked, 'docker:team/app:1', options({ cache, askEngine: 'where-near' }))
    expect(first.baseAnswer).toMatchObject({ by: 'layers', layers: 2, base: { name: 'team/base:1' }, contradictions: [] })
    expect(first.base).toMatchObject({ name: 'team/base:1', layers: 2, decidedBy: 'layers' })
    const itself = await takeInventory(asked, 'docker:team/base:1', options({ cache, askEngine: 'where-near' }))
    expect(itself.baseAnswer?.base).toBeUndefined()
    // Nobody spoke of an engine: none is asked.
    const archive = await takeInventory(asked, join(top, 'app.tar'), options({ askEngine: 'where-near' }))
    expect(archive.baseAnswer?.by).not.toBe('layers')
    // In the export the layers lie uncompressed, and are hashed only when that is asked for.
    const claimed = await takeInventory(asked, join(top, 'app.tar'), options({ askEngine: 'always' }))
    expect(claimed.baseAnswer?.by).not.toBe('layers')
    expect(claimed.baseAnswer?.evidence.join()).toContain('their bytes were not all hashed')
    const verified = await takeInventory(asked, join(top, 'app.tar'), options({ askEngine: 'always', verify: true }))
    expect(verified.baseAnswer).toMatchObject({ by: 'layers', layers: 2, base: { name: 'team/base:1' } })
  }, 60_000)

  test('what was read before is remembered with its cache, by the names of registries', async () => {
    const cache = memory()
    const name = (image: string): string => `registry:${registry.host}/${image}`
    const before = await takeInventory(world(), name('team/app:1'), options({ cache }))
    expect(before.baseAnswer?.by).not.toBe('layers')
    await takeInventory(world(), name('team/base:1'), options({ cache }))
    const after = await takeInventory(world(), name('team/app:1'), options({ cache }))
    expect(after.baseAnswer).toMatchObject({ by: 'layers', layers: 2, base: { name: `${registry.host}/team/base:1` } })
    expect(after.baseAnswer?.base?.digest).toMatch(/^sha256:/)
    expect(after.baseAnswer?.evidence[0]).toContain('which was read here before')
    // The same image by another way, whose layers are proved by other digests.
    const archive = await takeInventory(world(), join(top, 'app.tar'), options({ cache, verify: true }))
    expect(archive.baseAnswer).toMatchObject({ by: 'layers', layers: 2 })
  }, 60_000)

  test('what the builder attests and annotates is read', async () => {
    const layout = join(top, 'layout')
    const context = join(top, 'attested')
    mkdirSync(context)
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n')
    engine.docker('build', '-q', '--network', 'none', '-t', 'team/attested:1', context)
    engine.docker('save', 'team/attested:1', '-o', `${layout}.tar`)
    const { annotated } = await import('./attested-layout.ts')
    annotated(`${layout}.tar`, layout)
    const found = await takeInventory(world(), `oci:${layout}`, options())
    expect(found.image?.annotations).toEqual({ 'org.opencontainers.image.base.name': 'docker.io/team/base:1' })
    expect(found.image?.materials).toEqual([{ name: 'team/other:1', digest: `sha256:${'ab'.repeat(32)}` }])
    expect(found.baseAnswer).toMatchObject({ by: 'annotation', base: { name: 'team/base:1' } })
    expect(found.baseAnswer?.contradictions).toEqual(['the builder’s attestation says that the build used team/other:1'])
  }, 60_000)
})
