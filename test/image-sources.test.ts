/**
 * One image read from every source: the same id, the same packages with the same layers. The image is built by a real engine, and travels through a real
 * registry, skopeo, buildah and Podman.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type InventoryOptions, takeInventory } from '../src/flows/inventory.ts'
import { UsageError } from '../src/model/finding.ts'
import type { Inventory } from '../src/model/inventory.ts'
import { type World, WorldError } from '../src/model/world.ts'
import { catalogers } from '../src/read/catalogers/registry.ts'
import { inOrder } from '../src/read/image/image-source.ts'
import { sources } from '../src/read/image/sources.ts'
import { showCycloneDx } from '../src/show/cyclonedx.ts'
import { showSpdx } from '../src/show/spdx.ts'
import { machine } from '../src/world/machine.ts'
import {
  type Engine,
  freePort,
  has,
  hasEngine,
  hasRegistry,
  type Registry,
  run,
  startEngine,
  startRegistry,
} from './components.ts'

const isComplete = hasEngine && hasRegistry && has('skopeo', 'tar') && existsSync('/bin/busybox')
const needs = '(needs dockerd, docker-registry, skopeo, busybox-static)'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-sources-'))
let engine: Engine
let registry: Registry
const closing: (() => Promise<void> | void)[] = []

afterAll(async () => {
  if (process.env.BULKHEAD_SHOW_TABLE)
    console.log(
      ['| source | how | id | layers | packages | digest of the list |', '|---|---|---|---|---|---|', ...rows].join('\n'),
    )
  for (const close of closing.reverse()) await close()
  rmSync(top, { recursive: true, force: true })
})

/** This machine's own dpkg database, an application with npm packages, and everything that layers do to each other. */
const plant = (context: string): void => {
  const root = join(context, 'root')
  mkdirSync(join(root, 'bin'), { recursive: true })
  mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true })
  mkdirSync(join(root, 'etc'), { recursive: true })
  mkdirSync(join(root, 'usr/lib'), { recursive: true })
  cpSync('/bin/busybox', join(root, 'bin/busybox'))
  cpSync('/var/lib/dpkg/status', join(root, 'var/lib/dpkg/status'))
  cpSync('/var/lib/dpkg/info', join(root, 'var/lib/dpkg/info'), {
    recursive: true,
    filter: path => !path.includes('.') || path.endsWith('.list'),
  })
  writeFileSync(join(root, 'usr/lib/os-release'), readFileSync('/etc/os-release'))
  const modules = join(import.meta.dirname, '../node_modules')
  const app = join(context, 'app')
  for (const name of readdirSync(modules).filter(name => /^[a-f]/.test(name)))
    cpSync(join(modules, name), join(app, 'node_modules', name), { recursive: true })
  writeFileSync(join(app, 'package.json'), '{"name":"app","version":"1.0.0"}')
  writeFileSync(
    join(context, 'Dockerfile'),
    `FROM scratch
COPY root /
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN ln -s ../usr/lib/os-release /etc/os-release
ENV MODE=test
COPY app /app
RUN mkdir /again && cp -r /app/node_modules /again/ && mv /again/node_modules/ajv /again/kept && rm -r /again/node_modules && mkdir /again/node_modules && mv /again/kept /again/node_modules/ajv
RUN rm -r /app/node_modules/diff && rm -rf /app/node_modules/commander && mkdir /app/node_modules/commander && echo '{"name":"commander","version":"0.0.1"}' > /app/node_modules/commander/package.json
LABEL org.example=1
RUN ln /app/package.json /app/same.json
CMD ["/bin/sh"]
`,
  )
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

const withEnv = (env: Record<string, string>, world: World = machine): World => ({
  ...world,
  env: { PATH: process.env.PATH, HOME: join(top, 'home'), ...env },
})

/** Every reading of these tests, for BULKHEAD_SHOW_TABLE=1: which source, and what came of it. */
const rows: string[] = []
const take = async (world: World, subject: string, settings: InventoryOptions): Promise<Inventory> => {
  const notes: string[] = []
  const note = (text: string): void => {
    notes.push(text)
    settings.note(text)
  }
  const found = await takeInventory(world, subject, { ...settings, note })
  const list = createHash('sha256')
    .update(found.packages.map(({ purl }) => purl).join('\n'))
    .digest('hex')
    .slice(0, 12)
  const how = notes.filter(text => /in place|exported|from the registry/.test(text)).map(text => text.replace(/^.*?: /, ''))
  rows.push(
    `| ${subject.replaceAll(`${top}/`, '').replace(/127\.0\.0\.1:\d+/, 'HOST')} | ${how
      .join('; ')
      .replaceAll(top, '')
      .replace(/ in \/\S+/, '')
      .replace(
        /127\.0\.0\.1:\d+/,
        'HOST',
      )} | ${found.image?.id.slice(7, 19) ?? '-'} | ${found.layers.length} | ${found.packages.length} | ${list} |`,
  )
  return found
}

/** What must be the same whichever way an image was read. */
const essence = ({ image, packages, layers, distro, problems }: Inventory): object => ({
  id: image?.id,
  platform: image?.platform,
  distro,
  packages,
  layers,
  problems,
})

let reference: Inventory
const inPlace = (): Record<string, string> => ({ DOCKER_HOST: `unix://${engine.socket}` })

beforeAll(async () => {
  if (!isComplete) return
  const context = join(top, 'context')
  mkdirSync(context)
  plant(context)
  engine = await startEngine()
  closing.push(() => engine.stop())
  registry = await startRegistry()
  closing.push(() => registry.stop())
  engine.docker('build', '-q', '--network', 'none', '-t', 'shop/app:1', context)
  engine.docker('save', 'shop/app:1', '-o', join(top, 'saved.tar'))
  engine.docker('tag', 'shop/app:1', `${registry.host}/shop/app:1`)
  engine.docker('push', '-q', `${registry.host}/shop/app:1`)
  engine.docker('rmi', `${registry.host}/shop/app:1`)
  reference = await take(withEnv(inPlace()), 'docker:shop/app:1', options())
}, 180_000)

describe.skipIf(!isComplete)(`one image, whichever way it is read ${needs}`, () => {
  test('the reference is what it should be', () => {
    const names = new Set(reference.packages.map(({ name, version }) => `${name} ${version}`))
    const installed = run('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Package} ${Version}\n'])
      .split('\n')
      .flatMap(line => (line.startsWith('installed ') ? [line.slice('installed '.length)] : []))
    expect(installed.length).toBeGreaterThan(100)
    expect(installed.filter(one => !names.has(one))).toEqual([])
    expect(reference.packages.filter(({ ecosystem }) => ecosystem === 'deb')).toHaveLength(installed.length)
    expect(reference.image?.id).toBe(engine.docker('image', 'inspect', '-f', '{{.Id}}', 'shop/app:1').trim())
    expect(reference.image?.layers.map(({ diffId }) => diffId)).toEqual(
      JSON.parse(engine.docker('image', 'inspect', '-f', '{{json .RootFS.Layers}}', 'shop/app:1')),
    )
    expect(reference.distro?.id).toBe('debian')
    expect(reference.problems).toEqual([])
  })

  test('the engine, when its storage cannot be read: the export', async () => {
    const notes: string[] = []
    const denied: World = {
      ...machine,
      files: {
        ...machine.files,
        read: async (path, limit) => {
          if (path.startsWith(engine.root)) throw new WorldError('not-permitted', `${path} may not be read: permission denied`)
          return machine.files.read(path, limit)
        },
      },
    }
    const found = await take(withEnv(inPlace(), denied), 'shop/app:1', options({ note: text => notes.push(text) }))
    expect(notes.join('\n')).toMatch(/exported/)
    expect(essence(found)).toEqual(essence(reference))
    expect(found.name).toBe('shop/app:1')
  })

  test('docker save: plain, gzip, zstd', async () => {
    const saved = join(top, 'saved.tar')
    writeFileSync(`${saved}.gz`, gzipSync(readFileSync(saved), { level: 1 }))
    writeFileSync(`${saved}.zst`, zstdCompressSync(readFileSync(saved)))
    for (const path of [saved, `${saved}.gz`, `${saved}.zst`, `archive:${saved}`, `${saved}:shop/app:1`])
      expect(essence(await take(withEnv({}), path, options())), path).toEqual(essence(reference))
  })

  test('every digest holds, in every form', async () => {
    for (const [subject, env] of [
      ['docker:shop/app:1', inPlace()],
      [join(top, 'saved.tar'), {}],
      [join(top, 'saved.tar.gz'), {}],
      [`registry:${registry.host}/shop/app:1`, {}],
    ] as const)
      expect(essence(await take(withEnv(env), subject, options({ verify: true }))), subject).toEqual(essence(reference))
  })

  test('the registry: by tag, by digest, through a nested index', async () => {
    const name = `${registry.host}/shop/app`
    const tagged = await take(withEnv({}), `registry:${name}:1`, options())
    expect(essence(tagged)).toEqual(essence(reference))
    const pinned = await take(withEnv({}), `${name}@${tagged.image!.manifest}`, options())
    expect(essence(pinned)).toEqual(essence(reference))
    // An index in an index, with an attestation and another platform beside the image.
    const put = async (tag: string, body: object): Promise<object> => {
      const text = JSON.stringify(body)
      const type = (body as { mediaType: string }).mediaType
      const answer = await fetch(`http://${registry.host}/v2/shop/app/manifests/${tag}`, {
        method: 'PUT',
        headers: { 'content-type': type },
        body: text,
      })
      expect(answer.status).toBe(201)
      return { mediaType: type, digest: answer.headers.get('docker-content-digest'), size: text.length }
    }
    const type = 'application/vnd.docker.distribution.manifest.list.v2+json'
    const manifest = {
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      digest: tagged.image!.manifest,
      size: 1000,
    }
    const inner = await put('inner', {
      schemaVersion: 2,
      mediaType: type,
      manifests: [
        { ...manifest, platform: { os: 'unknown', architecture: 'unknown' } },
        { ...manifest, platform: { os: 'linux', architecture: 'riscv64' } },
        { ...manifest, platform: { os: 'linux', architecture: 'amd64' } },
      ],
    })
    await put('outer', { schemaVersion: 2, mediaType: type, manifests: [inner] })
    expect(essence(await take(withEnv({}), `${name}:outer`, options()))).toEqual(essence(reference))
    await expect(take(withEnv({}), `${name}:outer`, options({ platform: 'linux/s390x' }))).rejects.toThrow(
      /not there for linux\/s390x/,
    )
    await expect(take(withEnv({}), `registry:${name}:none`, options())).rejects.toThrow(UsageError)
  })

  test('a registry that wants a token, and sends blobs elsewhere', async () => {
    const gate = await startGate(registry.host)
    closing.push(gate.close)
    const home = join(top, 'config')
    mkdirSync(home)
    const login = (auth: string): void =>
      writeFileSync(
        join(home, 'config.json'),
        JSON.stringify({ auths: { [gate.host]: { auth: Buffer.from(auth).toString('base64') } } }),
      )
    const subject = `registry:${gate.host}/shop/app:1`
    await expect(take(withEnv({ DOCKER_CONFIG: home }), subject, options())).rejects.toThrow(/gives no token/)
    login('sailor:secret')
    expect(essence(await take(withEnv({ DOCKER_CONFIG: home }), subject, options()))).toEqual(essence(reference))
    expect(gate.blobsElsewhere).toBeGreaterThan(3)
    expect(gate.leaks).toEqual([])
    login('sailor:wrong')
    await expect(take(withEnv({ DOCKER_CONFIG: home }), subject, options())).rejects.toThrow(
      /credentials were refused|gives no token/,
    )
  })

  test('our own SBOMs, in place of the image', async () => {
    for (const [name, text] of [
      ['a.cdx.json', showCycloneDx(reference, '0.1.0')],
      ['a.cdx17.json', showCycloneDx(reference, '0.1.0', '1.7')],
      ['a.spdx.json', showSpdx(reference, '0.1.0')],
    ] as const) {
      writeFileSync(join(top, name), text)
      const found = await take(withEnv({}), join(top, name), options())
      expect(found.kind).toBe('sbom')
      expect(
        found.packages.map(({ purl, name, version, source, dependsOn }) => ({ purl, name, version, source, dependsOn })),
        name,
      ).toEqual(
        reference.packages.map(({ purl, name, version, source, dependsOn }) => ({ purl, name, version, source, dependsOn })),
      )
    }
  })

  test('docker export, as a root file system', async () => {
    const id = engine.docker('create', 'shop/app:1').trim()
    engine.docker('export', id, '-o', join(top, 'root.tar'))
    const folder = join(top, 'unpacked')
    mkdirSync(folder)
    run('tar', ['-C', folder, '-xf', join(top, 'root.tar'), '--exclude=dev/*'])
    const found = await take(withEnv({}), `dir:${folder}`, options())
    expect(found.packages.map(({ purl }) => purl)).toEqual(reference.packages.map(({ purl }) => purl))
    expect(found.image).toBeUndefined()
  })

  test('an OCI layout in a folder and in a file; several images in one file', async () => {
    const layout = join(top, 'layout')
    // From the registry, whose manifest keeps the configuration as it is: a layout may hold Docker's media types.
    const { index, blobs } = await pullBlobs(registry.host, 'shop/app', '1')
    mkdirSync(join(layout, 'blobs/sha256'), { recursive: true })
    for (const [digest, bytes] of blobs) writeFileSync(join(layout, 'blobs', digest.replace(':', '/')), bytes)
    writeFileSync(join(layout, 'index.json'), JSON.stringify(index))
    writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
    run('tar', ['-C', layout, '-cf', join(top, 'layout.tar'), '.'])
    writeFileSync(join(top, 'layout.tgz'), gzipSync(readFileSync(join(top, 'layout.tar')), { level: 1 }))
    for (const path of [layout, `${layout}:1`, `oci:${layout}`, join(top, 'layout.tar'), join(top, 'layout.tgz')])
      expect(essence(await take(withEnv({}), path, options())), path).toEqual(essence(reference))
    engine.docker('tag', 'shop/app:1', 'other:2')
    writeFileSync(join(top, 'context', 'Dockerfile'), 'FROM shop/app:1\nRUN rm -r /var/lib/dpkg\n')
    engine.docker('build', '-q', '--network', 'none', '-t', 'bare:3', join(top, 'context'))
    engine.docker('save', 'other:2', 'bare:3', '-o', join(top, 'several.tar'))
    const several = join(top, 'several.tar')
    await expect(take(withEnv({}), several, options())).rejects.toThrow(/holds 2 images/)
    expect(essence(await take(withEnv({}), `${several}:other:2`, options()))).toEqual(essence(reference))
    const bare = await take(withEnv({}), `${several}:bare:3`, options())
    expect(bare.packages.filter(({ ecosystem }) => ecosystem === 'deb')).toEqual([])
    await expect(take(withEnv({}), `${several}:no:4`, options())).rejects.toThrow(/no image called no:4/)
  })

  test('what skopeo makes of it: OCI, docker-archive, zstd layers', async () => {
    const from = `docker-archive:${join(top, 'saved.tar')}`
    run('skopeo', ['copy', '-q', from, `oci:${join(top, 'oci')}:shop/app:1`])
    run('skopeo', ['copy', '-q', `oci:${join(top, 'oci')}:shop/app:1`, `oci-archive:${join(top, 'oci-archive.tar')}:1`])
    run('skopeo', ['copy', '-q', '--dest-compress-format', 'zstd', '--dest-compress', from, `oci:${join(top, 'zstd')}:1`])
    run('skopeo', ['copy', '-q', `oci:${join(top, 'oci')}:shop/app:1`, `docker-archive:${join(top, 'again.tar')}:shop/app:1`])
    // skopeo writes the configuration anew when it changes the form: another id by right, the same everything else.
    for (const path of ['oci', 'oci-archive.tar', 'zstd', 'again.tar']) {
      const found = await take(withEnv({}), join(top, path), options())
      expect({ ...essence(found), id: '' }, path).toEqual({ ...essence(reference), id: '' })
    }
  })

  test("containerd's content store, as Docker with its image store has it", async () => {
    // Docker 29 keeps blobs there; the engine that Debian has does not: its answers are played by a stand-in.
    const root = join(top, 'docker-root')
    const store = join(root, 'containerd/daemon/io.containerd.content.v1.content/blobs/sha256')
    mkdirSync(store, { recursive: true })
    const { index, blobs } = await pullBlobs(registry.host, 'shop/app', '1')
    for (const [digest, bytes] of blobs) writeFileSync(join(store, digest.slice(7)), bytes)
    const digest = (index as { manifests: { digest: string }[] }).manifests[0]!.digest
    const socket = join(top, 'stand-in.sock')
    const server = createServer((request, response) => {
      if (request.url === '/info') response.end(JSON.stringify({ Driver: 'overlayfs', DockerRootDir: root }))
      else response.end(JSON.stringify({ Id: digest, RepoTags: ['shop/app:1'], Descriptor: { digest } }))
    })
    await new Promise<void>(resolve => server.listen(socket, resolve))
    closing.push(() => new Promise(resolve => server.close(() => resolve())))
    const notes: string[] = []
    const world = withEnv({ DOCKER_HOST: `unix://${socket}` })
    const found = await take(world, 'docker:shop/app:1', options({ note: text => notes.push(text) }))
    expect(notes.join()).toMatch(/read in place/)
    expect(essence(found)).toEqual(essence(reference))
  })

  test.skipIf(!has('buildah'))('what buildah commits, as OCI and as Docker has it (needs buildah)', async () => {
    const folder = join(top, 'buildah')
    const args = ['--root', `${folder}/root`, '--runroot', `${folder}/run`, '--storage-driver', 'vfs']
    const container = run('buildah', [...args, 'from', '--pull-never', `docker-archive:${join(top, 'saved.tar')}`]).trim()
    run('buildah', [...args, 'config', '--label', 'built=by-buildah', container])
    writeFileSync(join(top, 'more.json'), '{"name":"added-by-buildah","version":"1.0.0"}')
    run('buildah', [...args, 'copy', container, join(top, 'more.json'), '/app/node_modules/added/package.json'])
    for (const [format, target] of [
      ['oci', `oci-archive:${join(top, 'buildah-oci.tar')}:1`],
      ['docker', `docker-archive:${join(top, 'buildah-docker.tar')}:built:1`],
      ['oci', `oci:${join(top, 'buildah-layout')}:1`],
    ] as const)
      run('buildah', [...args, 'commit', '-q', '--format', format, container, target])
    for (const name of ['buildah-oci.tar', 'buildah-docker.tar', 'buildah-layout']) {
      const found = await take(withEnv({}), join(top, name), options())
      const urls = found.packages.map(({ purl }) => purl)
      expect(
        urls.filter(url => url !== 'pkg:npm/added-by-buildah@1.0.0'),
        name,
      ).toEqual(reference.packages.map(({ purl }) => purl))
      expect(urls).toHaveLength(reference.packages.length + 1)
      expect(found.image?.config.labels).toMatchObject({ built: 'by-buildah' })
      expect(found.problems).toEqual([])
    }
  })

  test.skipIf(!has('podman'))('Podman, by the socket that speaks like Docker (needs podman)', async () => {
    const folder = join(top, 'podman')
    const args = [
      '--root',
      `${folder}/root`,
      '--runroot',
      `${folder}/run`,
      '--storage-driver',
      'vfs',
      '--cgroup-manager',
      'cgroupfs',
    ]
    run('podman', [...args, 'load', '-q', '-i', join(top, 'saved.tar')])
    const socket = join(folder, 'podman.sock')
    const service: ChildProcess = spawn('podman', [...args, 'system', 'service', '--time', '0', `unix://${socket}`], {
      stdio: 'ignore',
    })
    closing.push(() => {
      service.kill()
    })
    for (let i = 0; i < 100 && !existsSync(socket); i++) await new Promise(resolve => setTimeout(resolve, 100))
    const found = await take(withEnv({ DOCKER_HOST: `unix://${socket}` }), 'docker:shop/app:1', options())
    expect({ ...essence(found), id: '' }).toEqual({ ...essence(reference), id: '' })
  })
})

/** All blobs of one image, and an OCI index that names it. */
const pullBlobs = async (
  host: string,
  repository: string,
  tag: string,
): Promise<{ readonly index: object; readonly blobs: ReadonlyMap<string, Buffer> }> => {
  const blobs = new Map<string, Buffer>()
  const type = 'application/vnd.docker.distribution.manifest.v2+json'
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, { headers: { accept: type } })
  const bytes = Buffer.from(await answer.arrayBuffer())
  const digest = answer.headers.get('docker-content-digest')!
  blobs.set(digest, bytes)
  const manifest = JSON.parse(bytes.toString()) as { config: { digest: string }; layers: { digest: string }[] }
  for (const one of [manifest.config, ...manifest.layers])
    blobs.set(one.digest, Buffer.from(await (await fetch(`http://${host}/v2/${repository}/blobs/${one.digest}`)).arrayBuffer()))
  return {
    index: {
      schemaVersion: 2,
      manifests: [{ mediaType: type, digest, size: bytes.length, annotations: { 'org.opencontainers.image.ref.name': '1' } }],
    },
    blobs,
  }
}

/** Before a registry: a door that wants a bearer token, and leads to another host for blobs. Remembers credentials that went too far. */
const startGate = async (
  behind: string,
): Promise<{ readonly host: string; readonly leaks: string[]; readonly blobsElsewhere: number; close(): Promise<void> }> => {
  const leaks: string[] = []
  let blobsElsewhere = 0
  const port = await freePort()
  const otherPort = await freePort()
  const host = `127.0.0.1:${port}`
  const token = 'token-for-one-repository'
  const gate: Server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', `http://${host}`)
    const { authorization } = request.headers
    if (url.pathname === '/token') {
      const isKnown = authorization === `Basic ${Buffer.from('sailor:secret').toString('base64')}`
      const isAsked = url.searchParams.get('scope') === 'repository:shop/app:pull' && url.searchParams.get('service') === 'gate'
      response.writeHead(isKnown && isAsked ? 200 : 401).end(isKnown && isAsked ? JSON.stringify({ token }) : '{}')
      return
    }
    if (authorization?.startsWith('Basic')) leaks.push(`password to ${url.pathname}`)
    if (authorization !== `Bearer ${token}`) {
      const challenge = `Bearer realm="http://${host}/token",service="gate",scope="repository:shop/app:pull"`
      response.writeHead(401, { 'www-authenticate': challenge }).end()
      return
    }
    if (url.pathname.includes('/blobs/')) {
      response.writeHead(307, { location: `http://127.0.0.1:${otherPort}${url.pathname}` }).end()
      return
    }
    const answer = await fetch(`http://${behind}${url.pathname}`, { headers: { accept: request.headers.accept ?? '*/*' } })
    response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()))
  })
  const other = createServer(async (request, response) => {
    blobsElsewhere++
    if (request.headers.authorization) leaks.push(`authorization to the other host: ${request.headers.authorization}`)
    const answer = await fetch(`http://${behind}${request.url}`)
    response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>(resolve => gate.listen(port, '127.0.0.1', resolve))
  await new Promise<void>(resolve => other.listen(otherPort, '127.0.0.1', resolve))
  return {
    host,
    leaks,
    get blobsElsewhere() {
      return blobsElsewhere
    },
    close: async () => {
      await Promise.all([gate, other].map(server => new Promise(resolve => server.close(resolve))))
    },
  }
}
