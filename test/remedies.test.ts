/** What is advised about the vulnerabilities of an image: through the catalogers and the scan, for every ecosystem, and with names that strangers would choose. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { scanInventory, withRemedies } from '../src/flows/scan.ts'
import { remedyUnits } from '../src/judge/remedies/registry.ts'
import { type RemedyOptions, remediesOf } from '../src/judge/remedies.ts'
import { versionOrders } from '../src/judge/versions/registry.ts'
import type { AdvisoryDatabase } from '../src/model/advisory.ts'
import type { ImageConfig } from '../src/model/image.ts'
import type { Inventory } from '../src/model/inventory.ts'
import type { Package } from '../src/model/package.ts'
import { type Purl, purl } from '../src/model/purl.ts'
import type { Remedy } from '../src/model/remedy.ts'
import type { ScanReport } from '../src/model/vulnerability.ts'
import { catalogers } from '../src/read/catalogers/registry.ts'
import { assemble } from '../src/read/image/assemble.ts'
import { readLayer } from '../src/read/image/layers/read-layer.ts'
import { briefRemedies, showRemedy } from '../src/show/remedies-text.ts'
import { showScanJson } from '../src/show/scan-json.ts'
import { showScanText } from '../src/show/scan-text.ts'
import { styleFor, widthOf } from '../src/show/style.ts'
import { machine } from '../src/world/machine.ts'
import { databaseOf, feedState } from './advisories.ts'
import { emptyConfig } from './image-config.ts'
import { digest } from './scan-report.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-remedies-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

type Files = Readonly<Record<string, string>>
let folders = 0
const plant = (files: Files): string => {
  const folder = join(top, String(folders++))
  mkdirSync(folder)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), join(folder, path))
    else writeFileSync(join(folder, path), text)
  }
  return folder
}

const letters = ['a', 'b', 'c', 'd']
/** An image with these layers, read by all catalogers; the first `base` of them are the base's. */
const imageOf = async (layers: readonly Files[], base = 0, config: Partial<ImageConfig> = {}): Promise<Inventory> => {
  const all = new Map(Object.entries(catalogers))
  const steps = layers.map((_, i) => ({ diffId: digest(letters[i]!), step: undefined }))
  const whole = { ...emptyConfig, ...config }
  const read = layers.map(files => readLayer(machine, { from: 'folder', path: plant(files) }, { catalogers: all }))
  return {
    name: 'shop/app:1',
    kind: 'image',
    image: { id: digest('e'), platform: 'linux/amd64', refs: ['shop/app:1'], config: whole, layers: steps },
    ...assemble(await Promise.all(read), all, { layers: steps, config: whole }),
    ...(base > 0 ? { base: { name: 'node:20', digest: undefined, layers: base, decidedBy: 'layers' } } : {}),
  }
}

type Flaw = readonly [ecosystem: string, name: string, fixed: string | undefined, introduced?: string]
const flaws = (...all: readonly Flaw[]): AdvisoryDatabase =>
  databaseOf(
    all.map(([ecosystem, name, fixed, introduced], i) => ({
      id: `CVE-2026-${1000 + i}`,
      severity: 'high',
      affected: [
        {
          ecosystem,
          name,
          keyedBy: /^(?:Debian|Alpine)/.test(ecosystem) ? 'source' : 'binary',
          ranges: [{ ...(introduced === undefined ? {} : { introduced }), ...(fixed === undefined ? {} : { fixed }) }],
        },
      ],
    })),
    {
      feeds: [
        feedState({
          ecosystems: [
            'Debian',
            'npm',
            'PyPI',
            'Alpine',
            'AlmaLinux',
            'Go',
            'Maven',
            'Bitnami',
            'generic',
            'RubyGems',
            'NuGet',
            'Packagist',
            'crates.io',
            'Hex',
          ],
        }),
      ],
    },
  )

const options = { orders: versionOrders, now: '2026-08-02T00:00:00Z', version: '1' }
const scan = (inventory: Inventory, database: AdvisoryDatabase): ScanReport => scanInventory(inventory, database, options)
const advise = (inventory: Inventory, database: AdvisoryDatabase, more: Partial<RemedyOptions> = {}): readonly Remedy[] =>
  remediesOf(scan(inventory, database), database, { ...options, ...more })
const only = (remedies: readonly Remedy[]): Remedy => {
  expect(remedies).toHaveLength(1)
  return remedies[0]!
}

const debian = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\n'
const status = (packages: Readonly<Record<string, string>>): string =>
  Object.entries(packages)
    .map(
      ([name, version]) =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: Debian <a@debian.org>\nVersion: ${version}\n\n`,
    )
    .join('')
const npm = (name: string, version: string, ...needs: readonly string[]): string =>
  JSON.stringify({ name, version, dependencies: Object.fromEntries(needs.map(one => [one, '*'])) })
const installed = (name: string, version: string, ...needs: readonly string[]): Files => ({
  [`app/node_modules/${name}/package.json`]: npm(name, version, ...needs),
})

describe('by owner', () => {
  const layers: readonly Files[] = [
    { 'etc/os-release': debian, 'var/lib/dpkg/status': status({ openssl: '3.0.9-1' }) },
    { 'var/lib/dpkg/status': status({ openssl: '3.0.9-1', curl: '7.9-1', libnothing: '1.0' }) },
    {
      'app/package.json': npm('app', '1.0.0', 'lodash'),
      'app/package-lock.json': '{}',
      ...installed('lodash', '4.17.20', 'minimist'),
      ...installed('minimist', '1.2.0'),
    },
  ]
  const database = flaws(
    ['Debian:12', 'openssl', '3.0.11-1'],
    ['Debian:12', 'curl', '8.0-2'],
    ['Debian:12', 'libnothing', undefined],
    ['npm', 'lodash', '4.17.21'],
    ['npm', 'minimist', '1.2.6'],
  )

  test('the base, the own packages of the system, the application', async () => {
    const [base, os, application, ...others] = advise(await imageOf(layers, 1), database, { subject: 'shop/app:1' })
    expect(others).toEqual([])
    expect(base).toMatchObject({ owner: 'base', ecosystem: undefined, bySeverity: { high: 1 }, closes: undefined })
    expect(base?.text).toContain('The base image node:20 is mended by whoever makes it')
    expect(base?.commands).toEqual(['docker build --pull --no-cache .', 'bulkhead recommend shop/app:1'])
    // What building on a newer base does is not done by hand.
    expect(JSON.stringify([base, os])).not.toContain('only-upgrade')
    expect(os).toMatchObject({ owner: 'os', ecosystem: 'Debian:12', bySeverity: { high: 2 }, closes: 1 })
    expect(os?.text).toContain('Debian GNU/Linux 12 (bookworm) has newer curl: building again without the cache')
    expect(os?.text).toContain('For libnothing no version that mends all is known.')
    expect(os?.commands).toEqual(['docker build --no-cache .'])
    expect(os?.upgrades).toMatchObject([
      { name: 'curl', from: '7.9-1', to: '8.0-2' },
      { name: 'libnothing', from: '1.0', to: undefined },
    ])
    expect(application).toMatchObject({
      owner: 'application',
      ecosystem: 'npm',
      commands: ['npm install lodash@4.17.21', 'npm update minimist'],
      closes: 2,
    })
    expect(application?.snippets).toEqual([
      { file: 'package.json', text: '{\n  "overrides": {\n    "minimist": "^1.2.6"\n  }\n}\n' },
    ])
    expect(application?.upgrades[0]?.paths).toEqual(['/app/node_modules/lodash/package.json'])
  })

  test('what is known of the base decides what is advised about it', async () => {
    const inventory = await imageOf(layers, 1)
    const base = (outlook: Partial<NonNullable<RemedyOptions['base']>>): Remedy =>
      advise(inventory, database, {
        base: { name: 'node:20', refresh: 'unknown', refreshCloses: undefined, change: undefined, ...outlook },
      })[0]!
    expect(base({ refresh: 'newer', refreshCloses: 1 })).toMatchObject({
      commands: ['docker build --pull --no-cache .'],
      closes: 1,
      text: 'The base image node:20 has been built again since: building on it closes 1 of its 1.',
    })
    expect(base({ refresh: 'newer', refreshCloses: 1, isPinned: true })).toMatchObject({
      commands: ['bulkhead rebase node:20 node:20 --pin'],
      text: expect.stringMatching(/The Dockerfile pins the old one/),
    })
    // Its makers have nothing newer: only then its packages are upgraded.
    expect(base({ refresh: 'present' })).toMatchObject({
      commands: [],
      closes: 1,
      snippets: [
        {
          file: 'Dockerfile',
          text: 'RUN apt-get update && apt-get install -y --only-upgrade openssl && rm -rf /var/lib/apt/lists/*\n',
        },
      ],
    })
    expect(base({ refresh: 'present', change: { name: 'node:22', closes: 1 } })).toMatchObject({
      commands: ['bulkhead rebase node:20 node:22'],
      closes: 1,
      text: expect.stringMatching(/changed to node:22, .*Whoever has to stay on it upgrades by the line what/),
    })
    expect(base({ change: { name: 'registry:node:22', closes: 1 } }).commands).toEqual(['bulkhead rebase node:20 node:22'])
    for (const name of ['dir:/srv/root', 'archive:base.tar', 'oci:layout:1', 'sbom:a.json'])
      expect(base({ change: { name, closes: 1 } }).commands).toEqual([])
    // Its support has ended, and nobody was asked.
    expect(base({ change: { name: 'node:24', closes: undefined }, endedOn: '2026-04-30' })).toMatchObject({
      commands: ['bulkhead rebase node:20 node:24'],
      closes: undefined,
      text: 'The base image node:20 has had no security fixes since 2026-04-30, and is better changed to node:24, into which nobody has looked yet.',
    })
    expect(base({ change: { name: '--help;reboot', closes: 1 } }).commands).toEqual([])
  })

  test('nobody knows the base: everything is the image’s own', async () => {
    const remedies = advise(await imageOf(layers), database)
    expect(remedies.map(({ owner }) => owner)).toEqual(['os', 'application'])
    expect(remedies[0]?.commands).toEqual(['docker build --pull --no-cache .'])
  })

  test('what the base has, and the application once more, is said of both', async () => {
    const npmOwn = { 'usr/local/lib/node_modules/npm/node_modules/minimist/package.json': npm('minimist', '1.2.0') }
    const remedies = advise(await imageOf([npmOwn, installed('minimist', '1.2.0')], 1), database)
    expect(remedies.map(({ owner, upgrades }) => [owner, upgrades[0]?.paths])).toEqual([
      ['base', ['/usr/local/lib/node_modules/npm/node_modules/minimist/package.json']],
      ['application', ['/app/node_modules/minimist/package.json']],
    ])
  })

  test('what is ignored asks for nothing', async () => {
    const inventory = await imageOf(layers, 1)
    const report = scanInventory(inventory, database, {
      ...options,
      silencers: [() => ({ by: 'vex', reason: 'not reached' })],
    })
    expect(remediesOf(report, database, options)).toEqual([])
  })
})

describe('versions', () => {
  test('the lowest one that has all fixes, and no flaw of its own that is mended', async () => {
    const database = flaws(
      ['npm', 'lodash', '4.17.11'],
      ['npm', 'lodash', '4.17.19'],
      // Came in with the version that mends the others.
      ['npm', 'lodash', '4.17.21', '4.17.19'],
      ['npm', 'lodash', undefined, '4.17.0'],
    )
    const remedy = only(advise(await imageOf([installed('lodash', '4.17.1')]), database))
    expect(remedy.upgrades[0]?.to).toBe('4.17.21')
    expect(remedy.closes).toBe(2)
    expect(remedy.text).toContain('Some of what is known of lodash has no fix yet.')
  })

  test('whatever the ranges: matched again, the advised version has no vulnerability with a fix', async () => {
    const version = fc.tuple(fc.nat(2), fc.nat(3), fc.nat(3)).map(parts => parts.join('.'))
    const range = fc.tuple(version, fc.option(version, { nil: undefined }))
    const template = await imageOf([installed('lodash', '0.0.0')])
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 6 }), version, (ranges, from) => {
        const database = flaws(...ranges.map(([start, end]): Flaw => ['npm', 'lodash', end, start]))
        const at = (to: string): ScanReport =>
          scan(
            {
              ...template,
              packages: [{ ...template.packages[0]!, version: to, purl: purl({ type: 'npm', name: 'lodash', version: to }) }],
            },
            database,
          )
        const before = at(from)
        const [remedy] = remediesOf(before, database, options)
        const to = remedy?.upgrades[0]?.to
        const fixable = (report: ScanReport): number => report.findings.filter(({ match }) => match.fixedIn !== undefined).length
        if (to === undefined) {
          expect(fixable(before)).toBe(0)
          return
        }
        const after = at(to)
        expect(fixable(after)).toBe(0)
        expect(versionOrders.semver!.compare(from, to)).toBeLessThan(0)
        const left = new Set(after.findings.map(({ vulnerability: { id } }) => id))
        expect(remedy!.closes).toBe(before.findings.filter(({ vulnerability: { id } }) => !left.has(id)).length)
        // Nothing between the two does.
        for (let patch = 0; patch <= 3; patch++)
          for (let minor = 0; minor <= 3; minor++)
            for (let major = 0; major <= 2; major++) {
              const other = `${major}.${minor}.${patch}`
              const order = versionOrders.semver!
              if (order.compare(from, other)! < 0 && order.compare(other, to)! < 0) expect(fixable(at(other))).toBeGreaterThan(0)
            }
      }),
      { numRuns: 300 },
    )
  })
})

const pack = (seed: Purl & { readonly path?: string }, more: Partial<Package> = {}): Package => ({
  purl: purl(seed),
  name: seed.namespace === undefined ? seed.name : `${seed.namespace}/${seed.name}`,
  version: seed.version!,
  ecosystem: seed.type,
  at: [{ in: 'layer', layer: digest('a'), path: seed.path ?? '/app/x' }],
  dependsOn: [],
  licences: [],
  ...more,
})
const inventoryOf = (packages: readonly Package[], more: Partial<Inventory> = {}): Inventory => ({
  name: 'shop/app:1',
  kind: 'image',
  image: {
    id: digest('e'),
    platform: 'linux/amd64',
    refs: [],
    config: emptyConfig,
    layers: [{ diffId: digest('a'), step: undefined }],
  },
  distro: undefined,
  packages,
  problems: [],
  layers: [],
  ...more,
})

describe('the tools of each language', () => {
  const direct = { 'app/package.json': npm('app', '1.0.0', 'lodash'), ...installed('lodash', '4.17.20', 'minimist') }
  const node = flaws(['npm', 'lodash', '4.17.21'], ['npm', 'minimist', '1.2.6'], ['npm', 'minimist', '0.2.4', '0.0.0'])

  test('yarn, pnpm, bun by their lock files', async () => {
    const run = async (lock: string): Promise<Remedy> =>
      only(advise(await imageOf([{ ...direct, ...installed('minimist', '1.2.0'), [`app/${lock}`]: '{}' }]), node))
    expect(await run('yarn.lock')).toMatchObject({
      commands: ['yarn add lodash@4.17.21', 'yarn install'],
      snippets: [{ file: 'package.json', text: '{\n  "resolutions": {\n    "minimist": "^1.2.6"\n  }\n}\n' }],
    })
    expect(await run('pnpm-lock.yaml')).toMatchObject({
      commands: ['pnpm add lodash@4.17.21', 'pnpm update --depth Infinity minimist'],
      snippets: [{ file: 'pnpm-workspace.yaml', text: "overrides:\n  'minimist': '^1.2.6'\n" }],
    })
    expect(await run('bun.lock')).toMatchObject({ commands: ['bun add lodash@4.17.21', 'bun install'] })
  })

  test('two versions of what others need, each to its own line; one for tools that cannot tell them apart', async () => {
    const two = {
      ...direct,
      ...installed('minimist', '1.2.0'),
      'app/node_modules/lodash/node_modules/minimist/package.json': npm('minimist', '0.1.0'),
      'app/node_modules/mkdirp/package.json': npm('mkdirp', '9.0.0', 'minimist'),
    }
    const database = flaws(['npm', 'minimist', '0.2.4'], ['npm', 'minimist', '1.2.6', '1.0.0'])
    const run = async (lock: string): Promise<string | undefined> =>
      only(advise(await imageOf([{ ...two, [`app/${lock}`]: '{}' }]), database)).snippets?.[0]?.text
    expect(JSON.parse((await run('package-lock.json'))!)).toEqual({
      overrides: { 'minimist@0.1.0': '^0.2.4', 'minimist@1.2.0': '^1.2.6' },
    })
    expect(await run('pnpm-lock.yaml')).toBe("overrides:\n  'minimist@0.1.0': '^0.2.4'\n  'minimist@1.2.0': '^1.2.6'\n")
    expect(JSON.parse((await run('yarn.lock'))!)).toEqual({ resolutions: { minimist: '^1.2.6' } })
    expect(JSON.parse((await run('bun.lock'))!)).toEqual({ overrides: { minimist: '^1.2.6' } })
  })

  test('whoever has a newer version is not forced back, and the application’s own range stands in no override', async () => {
    const files = {
      ...direct,
      'app/package.json': npm('app', '1.0.0', 'lodash', 'minimist'),
      ...installed('minimist', '1.2.8'),
      'app/node_modules/lodash/node_modules/minimist/package.json': npm('minimist', '0.0.8'),
    }
    const database = flaws(['npm', 'minimist', '0.2.4'])
    const run = async (lock: string): Promise<string | undefined> =>
      only(advise(await imageOf([{ ...files, [`app/${lock}`]: '{}' }]), database)).snippets?.[0]?.text
    expect(JSON.parse((await run('package-lock.json'))!)).toEqual({ overrides: { 'minimist@0.0.8': '^0.2.4' } })
    expect(await run('pnpm-lock.yaml')).toBe("overrides:\n  'minimist@0.0.8': '^0.2.4'\n")
    expect(JSON.parse((await run('yarn.lock'))!)).toEqual({ resolutions: { minimist: '^1.2.8' } })
    expect(JSON.parse((await run('bun.lock'))!)).toEqual({ overrides: { minimist: '^1.2.8' } })
    const old = { ...files, ...installed('minimist', '1.2.0'), 'app/yarn.lock': '' }
    const both = flaws(['npm', 'minimist', '0.2.4'], ['npm', 'minimist', '1.2.6', '1.0.0'])
    expect(only(advise(await imageOf([old]), both))).toMatchObject({
      commands: ['yarn add minimist@1.2.6', 'yarn install'],
      snippets: [{ text: '{\n  "resolutions": {\n    "minimist": "^1.2.6"\n  }\n}\n' }],
    })
  })

  test('tools that take one version of a name get the highest one', async () => {
    const meta = (folder: string, version: string): Files => ({
      [`${folder}/requests-${version}.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: requests\nVersion: ${version}\n`,
    })
    const python = {
      ...meta('opt/a/lib/python3.12/site-packages', '2.9.0'),
      ...meta('opt/b/lib/python3.12/site-packages', '1.2.0'),
    }
    const database = flaws(['PyPI', 'requests', '2.10.0', '2.0.0'], ['PyPI', 'requests', '1.9.0'])
    expect(only(advise(await imageOf([python]), database))).toMatchObject({
      commands: ['pip install requests==2.10.0'],
      snippets: [{ text: 'requests==2.10.0\n' }],
    })
    const two = {
      'a/node_modules/lodash/package.json': npm('lodash', '4.17.9'),
      'b/node_modules/lodash/package.json': npm('lodash', '3.1.0'),
    }
    const flawed = flaws(['npm', 'lodash', '4.17.21', '4.0.0'], ['npm', 'lodash', '3.10.2'])
    expect(only(advise(await imageOf([two]), flawed)).commands).toEqual(['npm install lodash@4.17.21'])
  })

  test('a program that is installed for everybody is installed anew, with what it brings', async () => {
    const files = {
      'usr/local/lib/node_modules/npm/package.json': npm('npm', '9.0.0', 'minimist'),
      'usr/local/lib/node_modules/npm/node_modules/minimist/package.json': npm('minimist', '1.2.0'),
    }
    expect(only(advise(await imageOf([files]), node))).toMatchObject({
      commands: [],
      snippets: [{ file: 'Dockerfile', text: 'RUN npm install --global npm@latest\n' }],
      text: 'Install the newest npm, which brings minimist to 1.2.6.',
    })
  })

  test('pip, uv, Poetry, Pipenv, PDM', async () => {
    const meta = (name: string, version: string, needs = ''): Files => ({
      [`usr/local/lib/python3.12/site-packages/${name}-${version}.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${needs}\n`,
    })
    const files = { ...meta('requests', '2.30.0', 'Requires-Dist: urllib3\n'), ...meta('urllib3', '2.0.1') }
    const database = flaws(['PyPI', 'requests', '2.31.0'], ['PyPI', 'urllib3', '2.0.7'])
    const run = async (lock?: string): Promise<Remedy> =>
      only(advise(await imageOf([{ ...files, ...(lock === undefined ? {} : { [`srv/${lock}`]: '' }) }]), database))
    expect(await run()).toMatchObject({
      commands: ['pip install requests==2.31.0 urllib3==2.0.7'],
      snippets: [{ file: 'requirements.txt', text: 'requests==2.31.0\nurllib3==2.0.7\n' }],
    })
    expect((await run('uv.lock')).commands).toEqual(['uv add requests==2.31.0', 'uv lock --upgrade-package urllib3==2.0.7'])
    expect((await run('poetry.lock')).commands).toEqual(['poetry add requests@2.31.0', 'poetry update urllib3'])
    expect((await run('Pipfile.lock')).commands).toEqual(['pipenv install requests==2.31.0', 'pipenv upgrade urllib3==2.0.7'])
    const more = { ...files, ...meta('pip', '24.0'), ...meta('setuptools', '65.0') }
    const tools = flaws(['PyPI', 'requests', '2.31.0'], ['PyPI', 'pip', '25.3'], ['PyPI', 'setuptools', '78.1.1'])
    expect(only(advise(await imageOf([more]), tools))).toMatchObject({
      commands: ['pip install requests==2.31.0'],
      snippets: [
        { file: 'requirements.txt', text: 'requests==2.31.0\n' },
        { file: 'Dockerfile', text: 'RUN pip install --no-cache-dir pip==25.3 setuptools==78.1.1\n' },
      ],
    })
    expect((await run('pdm.lock')).commands).toEqual(['pdm add requests==2.31.0', 'pdm update urllib3'])
  })

  test('Composer, Bundler, NuGet', async () => {
    const php = await imageOf([
      {
        'srv/vendor/composer/installed.json': JSON.stringify({
          packages: [
            { name: 'acme/kernel', version: 'v5.0.0', require: { 'acme/log': '*' } },
            { name: 'acme/log', version: '1.0.0' },
          ],
        }),
      },
    ])
    expect(only(advise(php, flaws(['Packagist', 'acme/kernel', '5.0.4'], ['Packagist', 'acme/log', '1.2.0']))).commands).toEqual([
      'composer require acme/kernel:5.0.4 --update-with-dependencies',
      'composer update acme/log:1.2.0 --with-dependencies',
    ])
    const ruby = await imageOf([
      {
        'usr/local/bundle/specifications/rack-2.2.0.gemspec': '# stub: rack 2.2.0 ruby lib\n',
        'usr/local/lib/ruby/gems/3.3.0/specifications/default/rexml-3.2.0.gemspec': '# stub: rexml 3.2.0 ruby lib\n',
      },
    ])
    expect(only(advise(ruby, flaws(['RubyGems', 'rack', '2.2.8.1'], ['RubyGems', 'rexml', '3.2.7'])))).toMatchObject({
      commands: ['bundle update --conservative rack'],
      text: expect.stringContaining('in place of those that it has for them'),
      snippets: [{ file: 'Gemfile', text: "gem 'rack', '>= 2.2.8.1'\ngem 'rexml', '>= 3.2.7'\n" }],
    })
    const dotnet = await imageOf([
      { 'app/shop.deps.json': JSON.stringify({ libraries: { 'Newtonsoft.Json/12.0.1': { type: 'package' } } }) },
    ])
    expect(only(advise(dotnet, flaws(['NuGet', 'newtonsoft.json', '13.0.1']))).commands).toEqual([
      'dotnet add package Newtonsoft.Json --version 13.0.1',
    ])
  })

  test('Maven and Gradle', () => {
    const log4j = pack(
      { type: 'maven', namespace: 'org.apache.logging.log4j', name: 'log4j-core', version: '2.14.1', path: '/app/app.jar' },
      { name: 'org.apache.logging.log4j:log4j-core' },
    )
    const database = flaws(['Maven', 'org.apache.logging.log4j:log4j-core', '2.17.1'])
    const run = (projectFiles: readonly string[]): Remedy => only(advise(inventoryOf([log4j], { projectFiles }), database))
    expect(run([]).snippets?.map(({ file }) => file)).toEqual(['pom.xml', 'build.gradle'])
    expect(run(['/app/pom.xml']).snippets).toEqual([
      {
        file: 'pom.xml',
        text: '<dependencyManagement>\n  <dependencies>\n    <dependency>\n      <groupId>org.apache.logging.log4j</groupId>\n      <artifactId>log4j-core</artifactId>\n      <version>2.17.1</version>\n    </dependency>\n  </dependencies>\n</dependencyManagement>\n',
      },
    ])
    expect(run(['/app/pom.xml']).text).toMatch(
      /Where pom.xml has a version of its own for one of them, change that one: it goes before/,
    )
    expect(run(['/app/build.gradle.kts']).text).not.toContain('pom.xml')
    expect(run(['/app/build.gradle.kts']).snippets).toEqual([
      {
        file: 'build.gradle.kts',
        text: 'dependencies {\n  constraints {\n    implementation("org.apache.logging.log4j:log4j-core:2.17.1")\n  }\n}\n',
      },
    ])
  })

  test('Go: the application, and what was downloaded', () => {
    const at = (path: string): readonly Package[] => [
      pack({ type: 'golang', name: 'stdlib', version: '1.21.3', path }),
      pack({ type: 'golang', namespace: 'golang.org/x', name: 'net', version: 'v0.16.0', path }),
    ]
    const database = flaws(['Go', 'stdlib', '1.21.4'], ['Go', 'golang.org/x/net', '0.17.0'])
    const config = { ...emptyConfig, entrypoint: ['/srv/api'] }
    const image = { ...inventoryOf([]).image!, config }
    const own = only(advise(inventoryOf(at('/srv/api'), { image }), database))
    expect(own).toMatchObject({
      owner: 'application',
      ecosystem: 'Go',
      commands: ['go get toolchain@go1.21.4', 'go mod edit -require=golang.org/x/net@v0.17.0', 'go mod tidy'],
      closes: 2,
    })
    expect(own.text).toBe('Build with Go 1.21.4 or newer. Upgrade golang.org/x/net to 0.17.0.')
    const other = only(advise(inventoryOf(at('/usr/local/bin/gosu'), { image }), database))
    expect(other).toMatchObject({ owner: 'stray', ecosystem: 'Go' })
    expect(other.text).toContain('(/usr/local/bin/gosu) is theirs to mend: take their newest release')
  })

  test('Rust: exactly that version, where it has the same interface', () => {
    const crates = [
      pack({ type: 'cargo', name: 'tokio', version: '1.20.0' }),
      pack({ type: 'cargo', name: 'time', version: '0.1.43' }),
    ]
    const database = flaws(['crates.io', 'tokio', '1.38.2'], ['crates.io', 'time', '0.2.23'])
    expect(only(advise(inventoryOf(crates, { projectFiles: ['/src/Cargo.lock'] }), database))).toMatchObject({
      owner: 'application',
      commands: ['cargo update -p tokio@1.20.0 --precise 1.38.2'],
      snippets: [{ file: 'Cargo.toml', text: '[dependencies]\ntime = "0.2.23"\n' }],
    })
    expect(only(advise(inventoryOf(crates), database)).owner).toBe('stray')
  })

  test('Elixir; programs that no package manager knows', () => {
    const plug = pack({ type: 'hex', name: 'plug', version: '1.0.0' })
    expect(only(advise(inventoryOf([plug]), flaws(['Hex', 'plug', '1.0.4']))).commands).toEqual(['mix deps.update plug'])
    const redis = pack({ type: 'generic', name: 'redis', version: '7.0.0', path: '/opt/redis/redis-server' })
    expect(only(advise(inventoryOf([redis]), flaws(['Bitnami', 'redis', '7.0.12'])))).toMatchObject({
      owner: 'stray',
      text: 'No package manager knows /opt/redis/redis-server: where the Dockerfile copies or downloads it, take redis to 7.0.12, or newer.',
    })
  })

  test('Alpine, and RPM by the tool that is there', async () => {
    const alpine = await imageOf([
      {
        'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.1\nPRETTY_NAME="Alpine Linux v3.20"\n',
        'lib/apk/db/installed': 'P:libssl3\nV:3.3.0-r0\nA:x86_64\no:openssl\nL:Apache-2.0\n\n',
      },
    ])
    expect(only(advise(alpine, flaws(['Alpine:v3.20', 'openssl', '3.3.1-r0'])))).toMatchObject({
      owner: 'os',
      snippets: [{ file: 'Dockerfile', text: 'RUN apk upgrade --no-cache libssl3\n' }],
    })
    const rpm = (tool: string): Inventory =>
      inventoryOf(
        ['curl', tool].map(name => pack({ type: 'rpm', namespace: 'almalinux', name, version: '1.0-1' }, { name })),
        { distro: { id: 'almalinux', idLike: [], version: '9.4', codename: '', name: 'AlmaLinux 9.4', variant: '' } },
      )
    const database = flaws(['AlmaLinux:9', 'curl', '1.0-2'])
    // Nobody builds a folder.
    expect(only(advise({ ...rpm('dnf'), kind: 'folder', image: undefined }, database))).toMatchObject({
      text: 'AlmaLinux 9.4 has newer curl.',
      commands: ['dnf upgrade -y curl && dnf clean all'],
    })
    const line = (tool: string): string | undefined => only(advise(rpm(tool), database)).snippets?.[0]?.text
    expect(line('microdnf')).toBe('RUN microdnf update -y curl && microdnf clean all\n')
    expect(line('dnf')).toBe('RUN dnf upgrade -y curl && dnf clean all\n')
  })

  test('every kind has a unit whose names begin with no dash', () => {
    for (const [type, unit] of Object.entries(remedyUnits))
      for (const name of ['-x', '--help', 'a b', 'a;b', '$(a)', 'a\nb', "a'b", 'a"b', '<a>', '', 'a\u202eb', '../a:b', '`a`'])
        expect(unit.name.test(name), `${type} ${name}`).toBe(false)
  })
})

describe('how it is shown', () => {
  const read = (path: string): object => JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8')) as object
  const schema = new Ajv2020({ allErrors: true }).compile(read('../docs/scan-report.schema.json'))
  const layers = [
    { 'etc/os-release': debian, 'var/lib/dpkg/status': status({ openssl: '3.0.9-1' }) },
    installed('lodash', '4.17.20', 'minimist'),
    installed('minimist', '1.2.0'),
  ]
  const database = flaws(['Debian:12', 'openssl', '3.0.11-1'], ['npm', 'lodash', '4.17.21'], ['npm', 'minimist', '1.2.6'])

  test('a scan: a line for each owner, and how to hear more; all of it as JSON', async () => {
    const report = withRemedies(scan(await imageOf(layers, 1), database), database, options, 'shop/app:1')
    const text = showScanText(report, { colour: false, width: 100, subject: 'shop/app:1' })
    expect(text).toContain(
      [
        'What to do',
        '  Base image         1 high  docker build --pull --no-cache . (1 more)',
        '  Application (npm)  2 high  npm install lodash@4.17.21 (1 more)',
        '  All of it, and other base images: bulkhead recommend shop/app:1',
        '',
      ].join('\n'),
    )
    const document = JSON.parse(showScanJson(report)) as { remedies: { owner: string; closes: number | null }[] }
    expect(schema(document), JSON.stringify(schema.errors)).toBe(true)
    expect(document.remedies.map(({ owner, closes }) => [owner, closes])).toEqual([
      ['base', null],
      ['application', 2],
    ])
    const clean = withRemedies(scan(await imageOf([{}]), database), database, options, 'x')
    expect(showScanText(clean, { colour: false })).not.toContain('What to do')
  })

  test('whatever the texts: lines of the terminal’s width, and nothing that controls it', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 })
    const remedy = fc.record({
      owner: fc.constantFrom('base', 'os', 'application', 'stray'),
      ecosystem: fc.option(text, { nil: undefined }),
      text,
      commands: fc.array(text, { maxLength: 3 }),
      snippets: fc.array(fc.record({ file: text, text }), { maxLength: 2 }),
      bySeverity: fc.constant({ critical: 12, high: 345, medium: 6, low: 1, info: 0, unknown: 2 }),
      closes: fc.constant(undefined),
      upgrades: fc.constant([]),
    }) as fc.Arbitrary<Remedy>
    const style = styleFor(false)
    fc.assert(
      fc.property(fc.array(remedy, { minLength: 1, maxLength: 4 }), fc.integer({ min: 80, max: 160 }), (remedies, width) => {
        for (const line of briefRemedies(remedies, style, width).split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(width)
        expect(briefRemedies(remedies, style, width).split('\n')).toHaveLength(remedies.length)
        for (const one of remedies)
          expect(showRemedy(one, style, width).replaceAll('\n', '')).not.toMatch(
            /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/,
          )
      }),
      { numRuns: 300 },
    )
  })
})

describe('names of strangers', () => {
  test('no word of a command is an option or more than a word, and nothing is lost', () => {
    const nasty = fc.oneof(
      fc.constantFrom(
        '--global',
        '-g',
        '$(reboot)',
        'a; reboot',
        "a'b",
        'a\nreboot',
        '`id`',
        'a\u001b[2Jb',
        'x\u202ey',
        'a && b',
        'lodash',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
    )
    const types = ['npm', 'pypi', 'golang', 'cargo', 'maven', 'composer', 'gem', 'nuget', 'hex'] as const
    const ecosystems = {
      npm: 'npm',
      pypi: 'PyPI',
      golang: 'Go',
      cargo: 'crates.io',
      maven: 'Maven',
      composer: 'Packagist',
      gem: 'RubyGems',
      nuget: 'NuGet',
      hex: 'Hex',
    }
    fc.assert(
      fc.property(fc.constantFrom(...types), nasty, nasty, (type, name, fixed) => {
        const one = pack({ type, name: 'x', version: '1.0.0' }, { name })
        const database = databaseOf(
          [
            {
              id: 'CVE-2026-1',
              severity: 'high',
              affected: [
                {
                  ecosystem: ecosystems[type],
                  name: type === 'maven' ? ':x' : 'x',
                  keyedBy: 'binary',
                  ranges: [],
                  versions: ['1.0.0'],
                },
              ],
            },
          ],
          { feeds: [feedState({ ecosystems: Object.values(ecosystems) })] },
        )
        const report = scan(inventoryOf([one]), database)
        const [finding] = report.findings
        // The version of the fix is whatever the advisory says.
        const told = { ...report, findings: [{ ...finding!, match: { ...finding!.match, fixedIn: fixed } }] }
        const remedy = only(remediesOf(told, database, options))
        expect(remedy.upgrades).toMatchObject([{ name, to: fixed }])
        for (const command of remedy.commands) {
          expect(command).not.toMatch(/[\p{Cc}\p{Cf}]/u)
          // Outside of quotes nothing means anything to a shell.
          expect(command.replace(/'[^']*'/g, '')).toMatch(/^[\w@%+=:,./ -]*$/)
          const words = command.split(' ').slice(2)
          for (const word of words.filter(text => text.startsWith('-') && !/^-require=\w[\w.~/-]*@v\w/.test(text)))
            expect([
              '--update-with-dependencies',
              '--with',
              '--version',
              '--precise',
              '-p',
              '--conservative',
              '--upgrade-package',
            ]).toContain(word)
        }
        for (const { text } of remedy.snippets ?? []) expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]|[$`;&]/u)
      }),
      { numRuns: 500 },
    )
  })
})
