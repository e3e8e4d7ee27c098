/**
 * Three applications on old bases in a registry: what is recommended is applied to their files, an engine builds them again, and what was predicted is held
 * against what is found then. Bases are a real Debian, made by debootstrap, with the package versions of its first release or of today.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shippedDatabase } from '../scripts/database.ts'
import { fixRecommended } from '../src/flows/recommend-fix.ts'
import { scanInventory } from '../src/flows/scan.ts'
import { versionOrders } from '../src/judge/versions/registry.ts'
import type { Inventory } from '../src/model/inventory.ts'
import type { Recommendation } from '../src/model/recommendation.ts'
import { openDatabase } from '../src/store/advisory-database.ts'
import { machine } from '../src/world/machine.ts'
import { type Engine, has, hasEngine, hasRegistry, type Registry, run, startEngine, startRegistry } from './components.ts'
import { type RecommendSetting, recommendSetting } from './recommend-setting.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-applications-'))
let engine: Engine
let registry: Registry
let setting: RecommendSetting
let database: ReturnType<typeof openDatabase>
afterAll(async () => {
  await registry?.stop()
  await engine?.stop()
  database?.close()
  rmSync(top, { recursive: true, force: true })
})

const isPossible = hasEngine && hasRegistry && has('debootstrap', 'go', 'dpkg-deb')

const folderOf = (name: string, files: Readonly<Record<string, string>>): string => {
  const folder = join(top, name)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const build = (name: string, folder: string, ...more: readonly string[]): void => {
  const full = `${registry.host}/${name}`
  engine.docker('build', '-q', '--network', 'none', '-t', full, ...more, folder)
  engine.docker('push', '-q', full)
}

let bases = 0
/** What official images add to Debian, as far as packages go. */
const base = (name: string, status: string, environment: string, ...more: readonly string[]): void => {
  const dockerfile = `FROM ${registry.host}/os\nCOPY status /var/lib/dpkg/status\nENV ${environment}\n`
  build(name, folderOf(`base-${bases++}`, { Dockerfile: dockerfile, status }), ...more)
}

/** What the tag means becomes an index of two platforms; gives its digest. */
const asIndex = async (name: string, tag: string): Promise<string> => {
  const manifestType = 'application/vnd.docker.distribution.manifest.v2+json'
  const address = (reference: string): string => `http://${registry.host}/v2/${name}/manifests/${reference}`
  const descriptor = async (of: string, architecture: string): Promise<object> => {
    const response = await fetch(address(of), { headers: { accept: manifestType } })
    const bytes = Buffer.from(await response.arrayBuffer())
    return {
      mediaType: manifestType,
      size: bytes.length,
      digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
      platform: { architecture, os: 'linux' },
    }
  }
  const dockerfile = 'FROM scratch\nCOPY nothing /nothing\n'
  build(
    `${name}:${tag}-arm64`,
    folderOf(`arm64-${bases++}`, { Dockerfile: dockerfile, nothing: tag }),
    '--platform',
    'linux/arm64',
  )
  const type = 'application/vnd.docker.distribution.manifest.list.v2+json'
  const index = {
    schemaVersion: 2,
    mediaType: type,
    manifests: [await descriptor(`${tag}-arm64`, 'arm64'), await descriptor(tag, 'amd64')],
  }
  const body = JSON.stringify(index)
  const response = await fetch(address(tag), { method: 'PUT', headers: { 'content-type': type }, body })
  expect(response.status).toBe(201)
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}

/** Debian 12.0 had what stands before the updates of its later releases, and these. */
const first: Readonly<Record<string, string>> = {
  libssl3: '3.0.9-1',
  libsystemd0: '252.6-1',
  libudev1: '252.6-1',
  libxml2: '2.9.14+dfsg-1.2',
  git: '1:2.39.2-1.1',
  'git-man': '1:2.39.2-1.1',
}
const asInFirstRelease = (status: string): string =>
  status
    .split('\n\n')
    .map(entry => {
      const name = /^Package: (.*)/m.exec(entry)?.[1] ?? ''
      return entry.replace(
        /^Version: (.*)/m,
        (_, now: string) => `Version: ${first[name] ?? now.replace(/\+deb12u\d+(?:\+b\d+)?$/, '')}`,
      )
    })
    .join('\n\n')
/** Without what `slim` variants do not have. */
const slim = (status: string): string =>
  status
    .split('\n\n')
    .filter(
      entry =>
        !/^Package: (?:curl|git|git-man|libcurl3-gnutls|libcurl4|libxml2|perl|perl-modules-5.36|libperl5.36)$/m.test(entry),
    )
    .join('\n\n')

const scanned = (inventory: Inventory): readonly { readonly id: string; readonly layer: string; readonly severity: string }[] =>
  scanInventory(inventory, database, { orders: versionOrders, now: '2026-01-10T00:00:00Z', version: '1' }).findings.map(one => {
    const [at] = one.match.package.at
    return {
      id: `${one.vulnerability.id} ${one.match.package.name}`,
      layer: at.in === 'layer' ? at.layer : '',
      severity: one.severity,
    }
  })
const idsOf = (found: ReturnType<typeof scanned>): readonly string[] => [...new Set(found.map(({ id }) => id))].sort()

type Outcome = {
  readonly before: Recommendation
  readonly chosen: string
  readonly predicted: readonly string[]
  readonly actual: readonly string[]
  readonly after: Recommendation
}
const table: string[] = []

/** Recommendation → change of the files → build → scan. */
const through = async (name: string, folder: string, pin?: boolean): Promise<Outcome> => {
  const dockerfile = join(folder, 'Dockerfile')
  const image = `registry:${registry.host}/shop/${name}:1`
  const before = await setting.run({ image, dockerfile })
  const inventory = await setting.read(image)
  const inBase = new Set<string>(inventory.image!.layers.slice(0, before.answer.layers).map(({ diffId }) => diffId))
  const own = scanned(inventory).filter(({ layer }) => !inBase.has(layer))
  const fix = await fixRecommended(machine, before, { dockerfile, to: undefined, pin, write: true })
  const chosen = fix.chosen!
  const candidate = scanned(await setting.read(`registry:${chosen.name}`))
  build(`shop/${name}:2`, folder)
  const again = `registry:${registry.host}/shop/${name}:2`
  const after = await setting.run({ image: again, dockerfile })
  const predicted = idsOf([...candidate, ...own])
  const actual = idsOf(scanned(await setting.read(again)))
  const counts = ({ bySeverity: { critical, high, medium, low, unknown } }: NonNullable<typeof chosen.predicted>): string =>
    `${critical}C ${high}H ${medium}M ${low}L ${unknown}?`
  const short = (text: string | undefined): string => (text ?? '').slice(registry.host.length + 1)
  table.push(
    `| ${name} | ${short(before.base.name)} | ${short(chosen.name)} | ${counts(before.image!.measure)} | ${counts(chosen.predicted!)} | ${counts(after.image!.measure)} | ${predicted.length} | ${actual.length} |`,
  )
  return { before, chosen: short(chosen.name), predicted, actual, after }
}

describe.skipIf(!isPossible)('applications on old bases (needs dockerd, docker-registry, debootstrap, go)', () => {
  let pinned = ''
  let today = ''
  beforeAll(async () => {
    const root = join(top, 'root')
    run('debootstrap', ['--variant=minbase', '--include=curl,git,libxml2', 'bookworm', root])
    const now = readFileSync(join(root, 'var/lib/dpkg/status'), 'utf8')
    today = now
    for (const path of ['usr/share/doc', 'usr/share/locale', 'usr/share/man', 'var/lib/apt/lists', 'var/cache/apt'])
      rmSync(join(root, path), { recursive: true, force: true })
    database = openDatabase(join(await shippedDatabase(undefined, true), 'advisories.db'))
    setting = recommendSetting(join(top, 'home'), database)
    engine = await startEngine()
    registry = await startRegistry()
    run('tar', ['-C', root, '-cf', join(top, 'root.tar'), '.'])
    engine.docker('import', join(top, 'root.tar'), `${registry.host}/os`)
    engine.docker('push', '-q', `${registry.host}/os`)
    rmSync(join(top, 'root.tar'))
    const old = asInFirstRelease(now)
    for (const [version, status] of [
      ['20', old],
      ['22', now],
      ['24', now],
    ] as const) {
      base(`mirror/node:${version}-bookworm`, status, `NODE_VERSION=${version}.1.0`)
      base(`mirror/node:${version}-bookworm-slim`, slim(status), `NODE_VERSION=${version}.1.0`)
    }
    base('mirror/python:3.11-slim-bookworm', slim(old), 'PYTHON_VERSION=3.11.4')
    pinned = await asIndex('mirror/python', '3.11-slim-bookworm')
    for (const version of ['3.12', '3.13']) {
      base(`mirror/python:${version}-slim-bookworm`, slim(now), `PYTHON_VERSION=${version}.1`)
      await asIndex('mirror/python', `${version}-slim-bookworm`)
    }
    base('mirror/debian:bookworm', old, 'DEBIAN=12')
  }, 600_000)

  afterAll(() => {
    if (table.length > 0)
      console.log(
        [
          '| application | base | recommended | before | predicted | found | predicted, each | found, each |',
          '|---|---|---|---|---|---|---|---|',
          ...table,
        ].join('\n'),
      )
  })

  test('Node: two stages, name and tag in several ARGs', async () => {
    const packages = { lodash: '4.17.15', minimist: '1.2.0', express: '4.17.1' }
    const locked = Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version }])
    const dockerfile =
      `ARG REGISTRY=${registry.host}/mirror\nARG NODE=20\nARG VARIANT=bookworm\nFROM $REGISTRY/node:\${NODE}-\${VARIANT} AS build\nWORKDIR /app\nCOPY package-lock.json ./\nFROM $REGISTRY/node:\${NODE}-\${VARIANT}\nWORKDIR /app\nCOPY --from=build /app ./\nCMD ["node", "/app"]\n`.replace(
        '',
        '',
      )
    const folder = folderOf('node', {
      Dockerfile: dockerfile,
      'package-lock.json': JSON.stringify({
        name: 'shop',
        lockfileVersion: 3,
        packages: { '': { name: 'shop' }, ...Object.fromEntries(locked) },
      }),
    })
    build('shop/node:1', folder)
    const { before, chosen, predicted, actual, after } = await through('node', folder)
    expect(before.image!.measure.bySeverity.high).toBeGreaterThan(0)
    expect(chosen).toMatch(/^mirror\/node:2[24]-bookworm(?:-slim)?$/)
    expect(predicted.filter(id => / lodash$/.test(id)).length).toBeGreaterThan(0)
    expect(actual).toEqual(predicted)
    const best = before.candidates.find(({ name }) => name.endsWith(chosen))!
    expect(after.image!.measure.bySeverity).toEqual(best.predicted!.bySeverity)
    const text = readFileSync(join(folder, 'Dockerfile'), 'utf8')
    const [, version, variant] = /node:(\d+)-(.*)$/.exec(chosen)!
    expect(text).toBe(dockerfile.replace('NODE=20', `NODE=${version}`).replace('VARIANT=bookworm', `VARIANT=${variant}`))
  }, 300_000)

  test('Python: pinned to an index, with Compose beside', async () => {
    const name = `${registry.host}/mirror/python`
    const folder = folderOf('python', {
      Dockerfile: `FROM ${name}:3.11-slim-bookworm@${pinned}\nCOPY requirements.txt /app/requirements.txt\nCOPY site /usr/lib/python3/dist-packages\nCMD ["python3"]\n`,
      'requirements.txt': 'Jinja2==2.11.1\nrequests==2.25.0\n',
      'site/Jinja2-2.11.1.dist-info/METADATA': 'Metadata-Version: 2.1\nName: Jinja2\nVersion: 2.11.1\n',
      'site/requests-2.25.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: requests\nVersion: 2.25.0\n',
      'compose.yaml': `services:\n  app:\n    build: .\n  cron:\n    image: "${name}:3.11-slim-bookworm" # the same\n`,
    })
    build('shop/python:1', folder)
    const { before, chosen, predicted, actual, after } = await through('python', folder)
    expect(chosen).toMatch(/^mirror\/python:3\.1[23]-slim-bookworm$/)
    expect(predicted.filter(id => / (?:Jinja2|jinja2|requests)$/.test(id)).length).toBeGreaterThan(0)
    expect(actual).toEqual(predicted)
    const best = before.candidates.find(({ name: one }) => one.endsWith(chosen))!
    expect(after.image!.measure.bySeverity).toEqual(best.predicted!.bySeverity)
    // The digest of what the registry gives for the tag: of the index.
    const response = await fetch(`http://${registry.host}/v2/mirror/python/manifests/${chosen.split(':')[1]}`, {
      headers: { accept: 'application/vnd.docker.distribution.manifest.list.v2+json' },
    })
    const served = `sha256:${createHash('sha256')
      .update(Buffer.from(await response.arrayBuffer()))
      .digest('hex')}`
    expect(best.pin).toBe(served)
    expect(best.digest).not.toBe(served)
    expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toContain(`FROM ${registry.host}/${chosen}@${served}\n`)
    expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toContain(`    image: "${registry.host}/${chosen}" # the same\n`)
  }, 300_000)

  test('Go: the same tag built again, Kubernetes beside, and a step that upgrades a package', async () => {
    const name = `${registry.host}/mirror/debian`
    // What apt-get install --only-upgrade does: an older one is replaced, a newer one stays.
    const between = '7.88.1-10+deb12u4'
    const upgrade = `if dpkg --compare-versions "$(dpkg-query -W -f '\${Version}' curl)" lt ${between}; then dpkg --force-depends -i /curl.deb; fi`
    const folder = folderOf('go', {
      Dockerfile: `FROM ${name}:bookworm\nCOPY curl.deb /\nRUN ${upgrade}\nCOPY shop /usr/bin/shop\nCMD ["shop"]\n`,
      'main.go': 'package main\n\nimport "golang.org/x/text/language"\n\nfunc main() { println(language.English) }\n',
      'go.mod': 'module example.com/shop\n\ngo 1.20\n\nrequire golang.org/x/text v0.3.0\n',
      'vendor/modules.txt': '# golang.org/x/text v0.3.0\n## explicit\ngolang.org/x/text/language\n',
      'vendor/golang.org/x/text/language/language.go': 'package language\n\nconst English = "en"\n',
      'deb/DEBIAN/control': `Package: curl\nVersion: ${between}\nArchitecture: amd64\nMaintainer: Debian <a@debian.org>\nDescription: curl\n`,
      'deploy.yaml': `apiVersion: v1\nkind: Pod\nmetadata: {name: shop}\nspec:\n  initContainers:\n    - name: wait\n      image: ${name}:bookworm\n  containers:\n    - name: shop\n      image: ${registry.host}/shop/go:1\n`,
    })
    run('go', ['build', '-o', 'shop', '.'], {
      cwd: folder,
      env: { CGO_ENABLED: '0', GOFLAGS: '-mod=vendor', GOTOOLCHAIN: 'local' },
    })
    run('dpkg-deb', ['-b', join(folder, 'deb'), join(folder, 'curl.deb')])
    build('shop/go:1', folder)
    base('mirror/debian:bookworm', today, 'DEBIAN=12')
    const { before, chosen, predicted, actual } = await through('go', folder, true)
    expect(chosen).toBe('mirror/debian:bookworm')
    expect(predicted.filter(id => / golang\.org\/x\/text$/.test(id)).length).toBeGreaterThan(0)
    // What the step brought came in because the base had something older. On the new one it does nothing.
    const missing = predicted.filter(id => !actual.includes(id))
    expect(missing.length).toBeGreaterThan(0)
    expect(missing.filter(id => !/ curl$/.test(id))).toEqual([])
    expect(actual.filter(id => !predicted.includes(id))).toEqual([])
    expect(before.unverified.join('\n')).toContain(
      'curl comes from a step of its own: on another base that may bring other versions, or none',
    )
    const reference = `${name}:bookworm@${before.candidates.find(({ kind }) => kind === 'refresh')!.pin}`
    expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toContain(`FROM ${reference}\n`)
    expect(readFileSync(join(folder, 'deploy.yaml'), 'utf8')).toContain(`      image: ${reference}\n`)
    expect(readFileSync(join(folder, 'deploy.yaml'), 'utf8')).toContain(`      image: ${registry.host}/shop/go:1\n`)
  }, 300_000)
})
