/** Which base images are recommended: with a real registry that has an old base, newer ones, and the application. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findingOwner } from '../src/judge/remedies.ts'
import { bestOf } from '../src/model/best-candidate.ts'
import { UsageError } from '../src/model/finding.ts'
import type { Inventory } from '../src/model/inventory.ts'
import { recommendHtmlPieces } from '../src/show/recommend-html.ts'
import { showRecommendText } from '../src/show/recommend-text.ts'
import { databaseOf } from './advisories.ts'
import { type Engine, hasEngine, hasRegistry, type Registry, startEngine, startRegistry } from './components.ts'
import { emptyConfig } from './image-config.ts'
import { bookworm, dpkgStatus, expectValid, recommendSetting } from './recommend-setting.ts'

const program = join(import.meta.dirname, '../src/cli/run.ts')
const top = mkdtempSync(join(tmpdir(), 'bulkhead-recommend-'))
let engine: Engine
let registry: Registry
afterAll(async () => {
  await registry?.stop()
  await engine?.stop()
  rmSync(top, { recursive: true, force: true })
})

let builds = 0
const build = (name: string, dockerfile: string, packages: Readonly<Record<string, string>> = {}): void => {
  const context = join(top, `context-${builds++}`)
  mkdirSync(context)
  writeFileSync(join(context, 'Dockerfile'), dockerfile)
  writeFileSync(join(context, 'os-release'), bookworm)
  writeFileSync(join(context, 'status'), dpkgStatus(packages))
  writeFileSync(join(context, 'package.json'), '{"name":"left-pad","version":"1.0.0"}')
  const full = `${registry.host}/${name}`
  engine.docker('build', '-q', '--network', 'none', '-t', full, context)
  engine.docker('push', '-q', full)
}
const root = 'FROM scratch\nCOPY os-release /etc/os-release\nCOPY status /var/lib/dpkg/status\nENV PATH=/bin\nCMD ["node"]\n'
const name = (tag: string): string => `${registry.host}/mirror/node:${tag}`

const database = databaseOf([
  { id: 'CVE-2024-1111', severity: 'critical', affected: [deb('openssl', '3.0.11-1')] },
  { id: 'CVE-2024-2222', severity: 'high', affected: [deb('curl', '8.0-2')] },
  { id: 'CVE-2024-3333', severity: 'critical', affected: [deb('newlib', '2.0')] },
  {
    id: 'CVE-2024-4444',
    severity: 'medium',
    affected: [{ ecosystem: 'npm', name: 'left-pad', keyedBy: 'binary', ranges: [{ fixed: '1.3.0' }] }],
  },
])
function deb(of: string, fixed: string) {
  return { ecosystem: 'Debian:12', name: of, keyedBy: 'source', ranges: [{ fixed }] } as const
}

const { run, asked } = recommendSetting(join(top, 'home'), database)

test('a Dockerfile alone, and nobody to ask: the catalogue answers, and what it could not verify is said', async () => {
  const path = join(top, 'Dockerfile')
  writeFileSync(path, 'ARG V=18\nFROM node:${V}-bullseye\nCOPY . .\n')
  const report = await run({ dockerfile: path, offline: true })
  expect(report.base).toMatchObject({ name: 'node:18-bullseye', supportUntil: '2025-04-30', isEnded: true, measure: undefined })
  expect(report.candidates.map(({ name: one, kind }) => `${kind} ${one}`)).toEqual([
    'refresh node:18-bullseye',
    'major node:20-bullseye',
    'major node:24-bullseye',
    'slim node:24-bullseye-slim',
    'alpine node:24-alpine',
    'distroless gcr.io/distroless/nodejs24-debian12',
    'hardened dhi.io/node:24',
    'hardened cgr.dev/chainguard/node:latest',
  ])
  expect(report.unverified.join('\n')).toMatch(/no registry was asked\n.*what would remain on them was not looked at/s)
  expectValid(report)
  const text = showRecommendText(report, { colour: false, width: 120 })
  expect(text).toContain('bulkhead rebase node:18-bullseye node:24-bullseye')
  expect(text).toContain('musl in place of glibc')
  expect(text).toContain('It has had no security fixes since 2025-04-30')
})

test('a host that the image alone names is not spoken to', async () => {
  const layer = { diffId: `sha256:${'d'.repeat(64)}` as const, step: undefined }
  const inventory: Inventory = {
    name: 'shop/app:1',
    kind: 'image',
    image: { id: layer.diffId, platform: 'linux/amd64', refs: [], config: emptyConfig, layers: [layer, layer] },
    distro: undefined,
    packages: [],
    problems: [],
    layers: [],
    baseAnswer: {
      standing: 'on-base',
      base: { name: '127.0.0.1:9/internal/node:20', digest: undefined },
      by: 'annotation',
      evidence: ['its label says so'],
      contradictions: [],
      layers: 1,
      aliases: [],
    },
  }
  asked.length = 0
  const report = await run({
    image: 'shop.tar',
    read: name =>
      name === 'shop.tar'
        ? Promise.resolve(inventory)
        : Promise.reject(name.includes('127.0.0.1') ? new Error(name) : new UsageError(name)),
  })
  expect(asked).toEqual([])
  expect(report.unverified.join()).toContain('--candidate 127.0.0.1:9/internal/node:20 asks it')
  expect(report.candidates.every(one => one.measure === undefined)).toBe(true)
})

test('an official image itself: what to take in its place; offline nothing is called up to date', async () => {
  const layer = { diffId: `sha256:${'d'.repeat(64)}` as const, step: undefined }
  const inventory: Inventory = {
    name: 'node:20-bookworm',
    kind: 'image',
    image: { id: layer.diffId, platform: 'linux/amd64', refs: ['node:20-bookworm'], config: emptyConfig, layers: [layer] },
    distro: undefined,
    packages: [],
    problems: [],
    layers: [],
    baseAnswer: {
      standing: 'on-base',
      base: { name: 'debian:12', digest: undefined },
      by: 'history',
      evidence: ['its first step says so'],
      contradictions: [],
      layers: 1,
      aliases: [],
    },
  }
  const read = (subject: string) =>
    subject === 'node:20-bookworm' ? Promise.resolve(inventory) : Promise.reject(new UsageError(subject))
  const report = await run({ image: 'node:20-bookworm', offline: true, read })
  expect(report.answer).toMatchObject({ standing: 'is-base', base: undefined })
  expect(report.base.name).toBe('node:20-bookworm')
  expect(report.candidates.map(one => one.name)).toContain('node:24-bookworm')
  expect(report.unverified.join()).toContain('whether the registry has a newer node:20-bookworm than the one that is here')
  const text = showRecommendText(report, { colour: false })
  expect(text).toContain('This is a base image itself: node:20-bookworm is an official image')
  expect(text).not.toContain('up to date')
  expectValid(report)
})

test('what could be read only in part is never recommended, and a registry that refuses is none that cannot be reached', async () => {
  const path = join(top, 'Partial.Dockerfile')
  writeFileSync(path, 'FROM registry.example.com/mirror/node:20-bookworm\n')
  const layer = { diffId: `sha256:${'d'.repeat(64)}` as const, step: undefined, size: 1000, files: 1, instruction: '' }
  const made = (name: string, version: string, problems: Inventory['problems']): Inventory => ({
    name,
    kind: 'image',
    image: { id: layer.diffId, platform: 'linux/amd64', refs: [], config: emptyConfig, layers: [layer] },
    distro: { id: 'debian', idLike: [], variant: '', version: '12', codename: 'bookworm', name: 'Debian GNU/Linux 12' },
    packages:
      version === ''
        ? []
        : [
            {
              purl: `pkg:deb/debian/curl@${version}?arch=amd64&distro=debian-12`,
              name: 'curl',
              version,
              ecosystem: 'deb',
              at: [{ in: 'layer', layer: layer.diffId, path: 'var/lib/dpkg/status' }],
              dependsOn: [],
              licences: [],
            },
          ],
    problems,
    layers: [layer],
  })
  const lost = { kind: 'failed', code: 'layer-unreadable', message: 'layer 1: the bytes have another digest' } as const
  const known = new Map([
    ['20-bookworm', made('20', '7.9-1', [])],
    ['22-bookworm', made('22', '', [lost])],
    ['24-bookworm', made('24', '8.0-2', [])],
  ])
  const read = (subject: string) => {
    const found = known.get(subject.slice(subject.lastIndexOf(':') + 1))
    return found ? Promise.resolve(found) : Promise.reject(new UsageError(`${subject}: access denied`))
  }
  const report = await run({ dockerfile: path, read, limit: 20 })
  expect(
    report.candidates.filter(one => one.measure).map(({ name: one, isPartial }) => [one.replace(/.*:/, ''), isPartial]),
  ).toEqual([
    ['24-bookworm', undefined],
    ['20-bookworm', undefined],
    ['22-bookworm', true],
  ])
  expect(bestOf(report)?.name).toContain('24-bookworm')
  expect(report.problems).toMatchObject([lost])
  const text = showRecommendText(report, { colour: false })
  expect(text).toContain('not all of it could be read')
  const refused = report.candidates.filter(
    ({ name: one, missing }) => one.startsWith('registry.example.com/') && missing !== undefined,
  )
  expect(refused.length).toBeGreaterThan(1)
  for (const { missing } of refused) expect(missing).toMatch(/access denied$/)
  expectValid(report)
  // What cannot be read in the present base either says nothing against another one.
  const odd = { kind: 'failed', code: 'archive-unreadable', message: '/opt/a.jar: broken' } as const
  known.set('20-bookworm', made('20', '7.9-1', [odd])).set('24-bookworm', made('24', '8.0-2', [odd]))
  expect(bestOf(await run({ dockerfile: path, read, limit: 20 }))?.name).toContain('24-bookworm')
  // Of a registry that nobody finds only the first one is asked for.
  const gone = await run({
    dockerfile: path,
    read: name => Promise.reject(new UsageError(`${name}: no host is called registry.example.com`)),
  })
  const missing = gone.candidates.filter(one => one.name.startsWith('registry.example.com/')).map(one => one.missing)
  expect(missing[0]).toMatch(/no host is called/)
  expect(new Set(missing.slice(1))).toEqual(new Set(['registry.example.com cannot be reached']))
})

test('a folder has no layers: it is compared by its packages, its size is not known, and nobody is told to build on it', async () => {
  const layer = { diffId: `sha256:${'d'.repeat(64)}` as const, step: undefined, size: 1000, files: 1, instruction: '' }
  const inventory: Inventory = {
    name: 'shop/app:1',
    kind: 'image',
    image: { id: layer.diffId, platform: 'linux/amd64', refs: [], config: emptyConfig, layers: [layer, layer] },
    distro: undefined,
    packages: [],
    problems: [],
    layers: [layer, layer],
    baseAnswer: {
      standing: 'on-base',
      base: { name: 'registry.example.com/base:1', digest: undefined },
      by: 'layers',
      evidence: ['its layers say so'],
      contradictions: [],
      layers: 1,
      aliases: [],
    },
  }
  const folder: Inventory = {
    ...inventory,
    name: 'dir:/srv/root',
    kind: 'folder',
    image: undefined,
    layers: [],
    baseAnswer: undefined,
  }
  const known = new Map([
    ['shop.tar', inventory],
    ['dir:/srv/root', folder],
  ])
  const read = (subject: string) => {
    const found = known.get(subject)
    return found ? Promise.resolve(found) : Promise.reject(new UsageError(subject))
  }
  const report = await run({ image: 'shop.tar', offline: true, read, candidates: ['dir:/srv/root', 'dir:/srv/root'] })
  const [first] = report.candidates
  expect(first).toMatchObject({
    name: 'dir:/srv/root',
    benefits: [],
    measure: { size: undefined },
    predicted: { size: undefined },
  })
  expect(report.candidates.filter(({ kind }) => kind === 'named')).toHaveLength(1)
  expect(bestOf(report)).toBeUndefined()
  expectValid(report)
  // Where it has fewer vulnerabilities it is the best, and still no name for FROM.
  const high = { ...report.base.measure!, bySeverity: { ...report.base.measure!.bySeverity, high: 2 } }
  const better = { ...report, base: { ...report.base, measure: high } }
  expect(bestOf(better)).toBe(first)
  const text = showRecommendText(better, { colour: false })
  expect(text).toContain('Change the base image to dir:/srv/root')
  expect(text).not.toMatch(/smaller|0 B|-1000 B|bulkhead rebase/)
  const page = [...recommendHtmlPieces(better, findingOwner)].join('')
  expect(page).not.toMatch(/smaller|>0 B<|bulkhead rebase/)
})

describe.skipIf(!hasEngine || !hasRegistry)('an application on an old base (needs dockerd, docker-registry)', () => {
  beforeAll(async () => {
    engine = await startEngine()
    registry = await startRegistry()
    const old = { openssl: '3.0.9-1', curl: '7.9-1', zlib1g: '1.2' }
    build('mirror/node:20-bookworm', root, old)
    build(
      'shop/app:1',
      `FROM ${name('20-bookworm')}\nCOPY package.json /app/node_modules/left-pad/package.json\nCMD ["node", "/app"]\n`,
    )
    // The same tag, built again.
    build('mirror/node:20-bookworm-old', root, old)
    build('mirror/node:20-bookworm', root, { openssl: '3.0.11-1', curl: '7.9-1', zlib1g: '1.2' })
    build('mirror/node:22-bookworm', root, { openssl: '3.0.11-1', curl: '8.0-2', zlib1g: '1.3' })
    build('mirror/node:24-bookworm', root, { openssl: '3.0.11-1', curl: '8.0-2', newlib: '1.0' })
    build('mirror/node:25-bookworm', root, {})
    build('mirror/node:20-bookworm-slim', root, { openssl: '3.0.9-1' })
  }, 240_000)

  test('a base without a name is counted, and candidates are asked for', async () => {
    const report = await run({ image: `registry:${registry.host}/shop/app:1` }, {})
    // Nothing names the base: neither an annotation, nor a Dockerfile, nor an image at hand.
    expect(report.answer).toMatchObject({ standing: 'on-base' })
    expect(report.answer.layers).toBe(2)
    expect(report.base).toMatchObject({ name: undefined, measure: { bySeverity: { critical: 1, high: 1 } } })
    expect(showRecommendText(report, { colour: false })).toContain('--candidate names images to compare with')
    expectValid(report)
  })

  test('base, refreshed base and others, each looked into; ranked by what would remain', async () => {
    const dockerfile = join(top, 'App.Dockerfile')
    writeFileSync(
      dockerfile,
      `FROM ${name('20-bookworm')}\nCOPY package.json /app/node_modules/left-pad/package.json\nCMD ["node", "/app"]\n`,
    )
    const report = await run({ image: `registry:${registry.host}/shop/app:1`, dockerfile })
    expect(report.answer).toMatchObject({ by: 'dockerfile', layers: 2, base: { name: name('20-bookworm') } })
    expect(report.image?.measure).toMatchObject({ bySeverity: { critical: 1, high: 1, medium: 1 }, packages: 4 })
    expect(report.base).toMatchObject({ supportUntil: '2026-04-30', isEnded: false })
    expect(report.base.measure).toMatchObject({ bySeverity: { critical: 1, high: 1, medium: 0 }, packages: 3 })
    expect(report.own).toMatchObject({ bySeverity: { critical: 0, high: 0, medium: 1 }, packages: 1 })
    // 25 is no long-term version; 24 brings a critical vulnerability that the base does not have.
    const order = report.candidates.filter(one => one.measure).map(one => one.name.slice(name('').length))
    expect(order).toEqual(['22-bookworm', '20-bookworm', '20-bookworm-slim', '24-bookworm'])
    expect(report.candidates.find(one => one.name === name('24-bookworm'))?.newCritical).toEqual(['CVE-2024-3333'])
    const [best, refresh] = report.candidates
    expect(best).toMatchObject({ kind: 'major', predicted: { bySeverity: { critical: 0, high: 0, medium: 1 }, packages: 4 } })
    expect(refresh).toMatchObject({
      kind: 'refresh',
      isPresent: false,
      predicted: { bySeverity: { critical: 0, high: 1, medium: 1 } },
    })
    expect(report.unverified.join('\n')).toContain('is taken for a copy of the official image node')
    expectValid(report)
    const text = showRecommendText(report, { colour: false, width: 140 })
    expect(text).toMatch(/^Your image .* 1C +1H +1M/m)
    expect(text).toMatch(/Base image .* 1C +1H +0M/)
    expect(text).toMatch(/Refreshed base .* 0C +1H +0M/)
    expect(text).toMatch(/Updated base .* 0C +0H +0M .*\n +-1 +-1 /)
    expect(text).toContain(`bulkhead rebase ${name('20-bookworm')} ${name('22-bookworm')}`)
    expect(report.remedies).toMatchObject([
      {
        owner: 'base',
        closes: 2,
        commands: [`bulkhead rebase ${name('20-bookworm')} ${name('22-bookworm')}`],
        text: `The base image ${name('20-bookworm')} is better changed to ${name('22-bookworm')}, which has none of its 2.`,
      },
      { owner: 'application', ecosystem: 'npm', closes: 1, commands: ['npm install left-pad@1.3.0'] },
    ])
    expect(text).toContain('    npm install left-pad@1.3.0\n')
    expect(text).toContain('CVE-2024-3333, critical, which the base image does not have')
    // A digest in the Dockerfile is what every build takes, until it is changed.
    const again = join(top, 'Pinned.Dockerfile')
    const rest = 'COPY package.json /app/node_modules/left-pad/package.json\nCMD ["node", "/app"]\n'
    for (const [digest, line] of [
      ['', 'docker build --pull'],
      [`@sha256:${'a'.repeat(64)}`, `bulkhead rebase ${name('20-bookworm')} ${name('20-bookworm')} --pin`],
    ] as const) {
      writeFileSync(again, `FROM ${name('20-bookworm')}${digest}\n${rest}`)
      const one = await run({ image: `registry:${registry.host}/shop/app:1`, dockerfile: again, limit: 1 })
      expect(one.base.isPinned).toBe(digest !== '')
      expect(showRecommendText(one, { colour: false })).toContain(`\n    ${line}`)
      expect(one.remedies[0]?.commands[0]).toContain(line)
      expect([...recommendHtmlPieces(one, findingOwner)].join('')).toContain(line)
      expectValid(one)
    }
    // What was predicted is what comes of it.
    build(
      'shop/app:2',
      `FROM ${name('22-bookworm')}\nCOPY package.json /app/node_modules/left-pad/package.json\nCMD ["node", "/app"]\n`,
    )
    const after = await run({ image: `registry:${registry.host}/shop/app:2` })
    expect(after.image?.measure.bySeverity).toEqual(best?.predicted?.bySeverity)
    expect(after.image?.measure.packages).toBe(best?.predicted?.packages)
    writeFileSync(dockerfile, `FROM ${name('22-bookworm')}\nCOPY package.json /app/node_modules/left-pad/package.json\n`)
    const fresh = await run({ image: `registry:${registry.host}/shop/app:2`, dockerfile })
    expect(fresh.candidates.find(({ kind }) => kind === 'refresh')?.isPresent).toBe(true)
    expect(showRecommendText(fresh, { colour: false })).toContain('is up to date')
  }, 120_000)

  test('a base that is another tag of the image’s own repository: by the Dockerfile, and its layers', async () => {
    const own = (tag: string): string => `${registry.host}/mono/all:${tag}`
    build('mono/all:base', root, { openssl: '3.0.9-1' })
    const text = `FROM ${own('base')}\nCOPY package.json /app/node_modules/left-pad/package.json\n`
    build('mono/all:app', text)
    const dockerfile = join(top, 'Mono.Dockerfile')
    writeFileSync(dockerfile, text)
    // Without a word of anybody it is taken for an earlier build.
    const alone = await run({ image: `registry:${own('app')}` })
    expect(alone.answer.base?.name).not.toBe(own('base'))
    const report = await run({ image: `registry:${own('app')}`, dockerfile })
    expect(report.answer).toMatchObject({ by: 'dockerfile', layers: 2, base: { name: own('base') } })
    expect(report.answer.evidence[0]).toContain('its 2 layers are the first ones of this image')
    // The refreshed base is the very one: nothing newer is there to build on.
    expect(report.remedies.map(({ owner }) => owner)).toEqual(['base', 'application'])
    expect(report.remedies[0]?.snippets?.[0]?.text).toContain('--only-upgrade openssl')
    expect(report.remedies[1]?.commands).toEqual(['npm install left-pad@1.3.0'])
    const shown = showRecommendText(report, { colour: false, width: 120 })
    expect(shown).toMatch(
      /is up to date.*\n\nBase image {2}1 critical\n.*--only-upgrade openssl.*\n\nApplication \(npm\) {2}1 medium\n {2}Upgrade left-pad to 1\.3\.0\.\n {4}npm install left-pad@1\.3\.0/s,
    )
    expectValid(report)
  }, 120_000)

  test('named by hand; also what gets fixes for some months only', async () => {
    const dockerfile = join(top, 'Dockerfile.old')
    writeFileSync(dockerfile, `FROM ${name('20-bookworm-old')}\nCOPY . .\n`)
    const report = await run({ dockerfile, candidates: [name('24-bookworm'), name('25-bookworm')] })
    expect(report.candidates.find(one => one.name === name('25-bookworm'))).toMatchObject({
      kind: 'named',
      measure: { packages: 0 },
    })
    await expect(run({ dockerfile, candidates: [name('nothing')] })).rejects.toThrow(/nothing/)
    writeFileSync(dockerfile, `FROM ${name('20-bookworm')}\nCOPY . .\n`)
    const all = await run({ dockerfile, nonLts: true })
    expect(all.candidates.map(one => one.name)).toContain(name('25-bookworm'))
  }, 120_000)

  test('as a person types it: a diff, a message, the change; then rebase pins', () => {
    const folder = join(top, 'typed')
    mkdirSync(folder)
    const dockerfile = join(folder, 'Dockerfile')
    const before = `FROM ${name('20-bookworm')}\nCOPY . .\n`
    writeFileSync(dockerfile, before)
    const type = (...args: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          HOME: join(top, 'home'),
          BULKHEAD_CACHE: join(top, 'cache'),
          DOCKER_HOST: `unix://${top}/no.sock`,
        },
      })
      return { status, stdout, stderr }
    }
    const fix = ['recommend', 'Dockerfile', '--fix-dockerfile', 'Dockerfile', '--to', name('22-bookworm')]
    const shown = type(...fix, '--pin', '--dry-run', '--message')
    expect(shown.stdout).toContain(`-FROM ${name('20-bookworm')}\n+FROM ${name('22-bookworm')}@sha256:`)
    expect(shown.stdout).toMatch(/\nChange base image .*\n\nDockerfile:\n {2}.* -> .*22-bookworm@sha256:/)
    expect(shown.stdout).toContain('What would remain in the base image: ')
    expect(shown.stderr).toContain('1 reference in 1 file would change')
    expect(shown.status).toBe(0)
    expect(readFileSync(dockerfile, 'utf8')).toBe(before)
    expect(type(...fix, '-f', 'json', '--dry-run')).toMatchObject({ status: 2, stdout: '' })
    expect(type('recommend', 'Dockerfile', '--message').stderr).toContain('--message goes with --fix-dockerfile')
    expect(type(...fix, '-f', 'json', '-o', 'report.json')).toMatchObject({ status: 0, stdout: '' })
    expect(readFileSync(dockerfile, 'utf8')).toBe(`FROM ${name('22-bookworm')}\nCOPY . .\n`)
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as {
      candidates: { name: string; pin: string }[]
    }
    const { pin } = report.candidates.find(one => one.name === name('22-bookworm'))!
    // Without --pin a digest is only written where one stood.
    expect(type('rebase', name('22-bookworm'), name('22-bookworm'), '--pin', '-q')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(readFileSync(dockerfile, 'utf8')).toBe(`FROM ${name('22-bookworm')}@${pin}\nCOPY . .\n`)
    expect(type('rebase', name('22-bookworm'), name('20-bookworm'), '-q')).toEqual({ status: 0, stdout: '', stderr: '' })
    const pinned = readFileSync(dockerfile, 'utf8')
    expect(pinned).toMatch(/:20-bookworm@sha256:[0-9a-f]{64}\n/)
    expect(pinned).not.toContain(pin)
    const absent = type('rebase', name('20-bookworm'), name('nothing'))
    expect(absent.status).toBe(2)
    expect(absent.stderr).toMatch(/the digest of .*nothing is not known: .*\n.*--no-pin/)
    expect(readFileSync(dockerfile, 'utf8')).toBe(pinned)
    expect(type('rebase', name('20-bookworm'), name('nothing'), '--no-pin', '-q').status).toBe(0)
    expect(readFileSync(dockerfile, 'utf8')).toBe(`FROM ${name('nothing')}\nCOPY . .\n`)
  }, 120_000)
})
