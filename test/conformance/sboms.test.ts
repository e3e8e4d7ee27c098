/** What we write as SBOM is valid by the official schemas, says everything, and is the same bytes each time. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Digest } from '../../src/model/finding.ts'
import type { Inventory } from '../../src/model/inventory.ts'
import type { Package } from '../../src/model/package.ts'
import { purl } from '../../src/model/purl.ts'
import { readSbom, SbomError } from '../../src/read/sbom/read-sbom.ts'
import { showCycloneDx } from '../../src/show/cyclonedx.ts'
import { showSpdx } from '../../src/show/spdx.ts'
import { emptyConfig } from '../image-config.ts'

const read = (path: string): object => JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8'))
const ajv = formats.default(new Ajv({ strict: false, allErrors: false, logger: false }))
for (const name of ['spdx.schema.json', 'jsf-0.82.schema.json', 'cryptography-defs.schema.json'])
  ajv.addSchema(read(`cyclonedx/${name}`))
// The schemas use formats of later drafts, which ajv-formats gives as far as they exist.
for (const name of ['idn-email', 'iri-reference']) ajv.addFormat(name, true)
const schemas = {
  '1.6': ajv.compile(read('cyclonedx/bom-1.6.schema.json')),
  '1.7': ajv.compile(read('cyclonedx/bom-1.7.schema.json')),
  spdx: ajv.compile(read('spdx/spdx-schema-2.3.json')),
}

const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}`

/** Names, versions and licences of any kind: half of them nasty. */
const word = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }),
  fc.constantFrom('libssl3', 'a b', 'ä"\\', '@x/y', '\ud800'),
)
const licence = fc.constantFrom('MIT', 'GPL-2.0-or-later', 'MIT OR Apache-2.0', 'BSD', 'see LICENSE', 'GPL-2.0+ AND custom', 'ä')
const packages = fc
  .uniqueArray(
    fc.record({ name: word, version: word, licences: fc.array(licence, { maxLength: 3 }), layer: fc.constantFrom('a', 'b') }),
    {
      selector: ({ name, version }) => purl({ type: 'npm', name, version }),
      maxLength: 12,
    },
  )
  .map(list =>
    list.map(({ name, version, licences, layer }, i): Package => {
      const all = list.map(one => purl({ type: 'npm', name: one.name, version: one.version }))
      return {
        purl: all[i]!,
        name,
        version,
        ecosystem: 'npm',
        at: [
          { in: 'layer', layer: digest(layer), step: i, path: `/x/${name}` },
          ...(i % 2 === 0 ? [{ in: 'layer' as const, layer: digest('b'), path: `/y, (layer ${i}) 100%0A\n` }] : []),
        ],
        dependsOn: [...new Set([all[0]!, all[all.length - 1]!])].filter(one => one !== all[i]).sort(),
        licences,
        ...(i % 3 === 0 ? { source: { name: 'source', version: '1' }, aliases: ['pkg:deb/debian/x@1'] } : {}),
        ...(i % 3 === 1 ? { source: { name, version: '' }, ownedBy: 'pkg:deb/debian/y@1' } : {}),
      }
    }),
  )

const inventoryOf = (list: readonly Package[], name = 'shop/app:1'): Inventory => ({
  name,
  kind: 'image',
  image: {
    id: digest('c'),
    manifest: digest('d'),
    platform: 'linux/amd64',
    refs: [name],
    config: { ...emptyConfig, created: '2026-01-02T03:04:05.678901234Z' },
    layers: [
      { diffId: digest('a'), step: 0 },
      { diffId: digest('b'), step: 1 },
    ],
  },
  distro: {
    id: 'ubuntu',
    idLike: ['debian', 'x'],
    version: '24.04',
    codename: 'noble',
    name: 'Ubuntu 24.04.1 LTS',
    variant: 'core',
  },
  packages: list,
  problems: [{ kind: 'failed', code: 'layer-broken', message: 'ä\u0000' }],
  layers: [
    { diffId: digest('a'), step: 0, size: 12, files: 3, instruction: 'ADD rootfs.tar /' },
    { diffId: digest('b'), step: undefined, size: 0, files: 0 },
    { diffId: digest('a'), step: 2, size: 12, files: 3 },
  ],
  base: {
    name: 'debian:12',
    digest: digest('e'),
    layers: 2,
    decidedBy: 'annotation',
    evidence: ['its annotation says debian:12', 'how many layers are its is told by the history'],
    contradictions: ['os-release says Ubuntu'],
  },
})

/** Comments of SPDX have a line for each fact. */
const oneLine = (document: string, value: string): string =>
  document.includes('SPDX-2.3') ? wellFormed(value).replace(/[\r\n]+/g, ' ') : wellFormed(value)

const wellFormed = (text: string): string => text.toWellFormed()

describe('SBOMs', () => {
  test('CycloneDX 1.6 and 1.7 are valid whatever packages are called, and keep all of them', () => {
    fc.assert(
      fc.property(packages, list => {
        for (const version of ['1.6', '1.7'] as const) {
          const text = showCycloneDx(inventoryOf(list), '0.1.0', version)
          const bom = JSON.parse(text)
          const isValid: boolean = schemas[version](bom)
          if (!isValid) throw new Error(JSON.stringify(schemas[version].errors))
          expect(text).toBe(showCycloneDx(inventoryOf(list), '0.1.0', version))
          const found = bom.components.filter(({ type }: { type: string }) => type === 'library')
          expect(found.map((one: { purl: string }) => one.purl)).toEqual(list.map(one => one.purl))
          expect(found.map((one: { name: string }) => one.name)).toEqual(list.map(one => wellFormed(one.name)))
          const refs = new Set(bom.components.map((one: { 'bom-ref': string }) => one['bom-ref']))
          for (const { ref, dependsOn } of bom.dependencies) {
            expect(refs).toContain(ref)
            for (const other of dependsOn) expect(refs).toContain(other)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  test('SPDX 2.3 is valid whatever packages are called, and keeps all of them', () => {
    fc.assert(
      fc.property(packages, list => {
        const text = showSpdx(inventoryOf(list), '0.1.0')
        const document = JSON.parse(text)
        const isValid: boolean = schemas.spdx(document)
        if (!isValid) throw new Error(JSON.stringify(schemas.spdx.errors))
        const purls = document.packages.flatMap((one: { externalRefs?: { referenceLocator: string }[] }) =>
          (one.externalRefs ?? []).map(({ referenceLocator }) => referenceLocator),
        )
        for (const one of list) expect(purls).toContain(one.purl)
        const ids = new Set(['SPDXRef-DOCUMENT', ...document.packages.map((one: { SPDXID: string }) => one.SPDXID)])
        expect(ids.size).toBe(document.packages.length + 1)
        for (const { spdxElementId, relatedSpdxElement } of document.relationships) {
          expect(ids).toContain(spdxElementId)
          expect(ids).toContain(relatedSpdxElement)
        }
        // Every reference to a licence of its own is explained.
        const explained = new Set((document.hasExtractedLicensingInfos ?? []).map((one: { licenseId: string }) => one.licenseId))
        for (const one of document.packages)
          for (const reference of one.licenseDeclared.match(/LicenseRef-[\w.-]+/g) ?? []) expect(explained).toContain(reference)
      }),
      { numRuns: 60 },
    )
  })

  test('the schemas do refuse', () => {
    const bom = JSON.parse(showCycloneDx(inventoryOf([]), '0.1.0'))
    expect(schemas['1.6']({ ...bom, specVersion: 1.6 })).toBe(false)
    expect(schemas['1.6']({ ...bom, surprise: true })).toBe(false)
    expect(schemas.spdx({ ...JSON.parse(showSpdx(inventoryOf([]), '0.1.0')), packages: [{}] })).toBe(false)
  })

  test("the time is the image's, and the serial number the content's", () => {
    const bom = JSON.parse(showCycloneDx(inventoryOf([]), '0.1.0'))
    expect(bom.metadata.timestamp).toBe('2026-01-02T03:04:05Z')
    expect(JSON.parse(showCycloneDx(inventoryOf([], 'other:1'), '0.1.0')).serialNumber).not.toBe(bom.serialNumber)
  })

  test('read back by us: the same list, whatever packages are called', () => {
    const at = { in: 'file', path: 'x', span: { start: 0, end: 0 } } as const
    fc.assert(
      fc.property(packages, list => {
        const inventory = inventoryOf(list)
        const expected = [...list].sort((a, b) => (a.purl < b.purl ? -1 : 1))
        for (const text of [showCycloneDx(inventory, '0'), showCycloneDx(inventory, '0', '1.7'), showSpdx(inventory, '0')]) {
          const sbom = readSbom(new TextEncoder().encode(text), at)
          expect(
            sbom.packages.map(({ purl: url, name, version, dependsOn, ecosystem }) => ({
              url,
              name,
              version,
              dependsOn,
              ecosystem,
            })),
          ).toEqual(
            expected.map(one => ({
              url: one.purl,
              name: wellFormed(one.name),
              version: wellFormed(one.version),
              dependsOn: one.dependsOn,
              ecosystem: one.ecosystem,
            })),
          )
          expect(sbom.distro).toEqual(inventory.distro)
          expect(sbom.problems).toEqual(inventory.problems)
          expect(sbom.name).toBe(inventory.name)
          expect(sbom.packages.map(one => one.at)).toEqual(
            expected.map(one => one.at.map(place => ({ ...place, path: wellFormed((place as { path: string }).path) }))),
          )
          expect(sbom.layers).toEqual(inventory.layers)
          expect(sbom.base).toEqual(inventory.base)
          expect(sbom.packages.map(({ source, aliases, ownedBy }) => ({ source, aliases, ownedBy }))).toEqual(
            expected.map(({ source, aliases, ownedBy }) => ({
              source: source && { ...source, name: oneLine(text, source.name) },
              aliases,
              ownedBy,
            })),
          )
        }
      }),
      { numRuns: 60 },
    )
  })

  test('of an image without a distribution: none, whatever its packages are for', () => {
    const at = { in: 'file', path: 'x', span: { start: 0, end: 0 } } as const
    const one: Package = {
      purl: 'pkg:deb/debian/x@1?distro=debian-12',
      name: 'x',
      version: '1',
      ecosystem: 'deb',
      at: [at],
      dependsOn: [],
      licences: ['BSD', 'see LICENSE'],
    }
    for (const show of [showCycloneDx, showSpdx]) {
      const sbom = readSbom(new TextEncoder().encode(show({ ...inventoryOf([one]), distro: undefined }, '0')), at)
      expect(sbom.distro).toBeUndefined()
      expect(sbom.packages[0]?.licences).toEqual(one.licences)
    }
  })

  test("what Trivy and Syft say beside the package URL: sources, modules, epochs, Trivy's names of distributions", () => {
    const at = { in: 'file', path: 'x', span: { start: 0, end: 0 } } as const
    const read = (value: object) => readSbom(new TextEncoder().encode(JSON.stringify(value)), at)
    const component = (url: string, version: string, properties: Record<string, string> = {}): object => ({
      type: 'library',
      'bom-ref': url,
      name: 'x',
      version,
      purl: url,
      properties: Object.entries(properties).map(([name, value]) => ({ name, value })),
    })
    const trivy = (values: Record<string, string>): Record<string, string> =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [`aquasecurity:trivy:${name}`, value]))
    const of = (...components: object[]) => read({ bomFormat: 'CycloneDX', components })
    const first = (...parameters: Parameters<typeof component>) => of(component(...parameters)).packages[0]!

    const libcrypto = 'pkg:apk/alpine/libcrypto3@3.1.0-r0?arch=x86_64&distro=3.18.4'
    expect(first(libcrypto, '3.1.0-r0', trivy({ SrcName: 'openssl', SrcVersion: '3.1.0-r0' })).source).toEqual({
      name: 'openssl',
      version: '3.1.0-r0',
    })
    expect(of(component(libcrypto, '3.1.0-r0')).distro).toMatchObject({ id: 'alpine', version: '3.18.4' })
    const debian = trivy({ SrcName: 'audit', SrcEpoch: '1', SrcVersion: '3.0.9', SrcRelease: '1' })
    expect(first('pkg:deb/debian/libaudit1@3.0.9-1', '1:3.0.9-1', debian).source).toEqual({ name: 'audit', version: '1:3.0.9-1' })
    const noEpoch = trivy({ SrcName: 'glibc', SrcEpoch: '0', SrcVersion: '2.34', SrcRelease: '125.el9' })
    expect(first('pkg:rpm/redhat/libc@2.34-125.el9', '2.34-125.el9', noEpoch).source?.version).toBe('2.34-125.el9')

    const nodejs = 'pkg:rpm/almalinux/nodejs@18.20.8-1.module_el8.10.0?epoch=1&distro=almalinux-8.9'
    expect(first(nodejs, '18.20.8-1.module_el8.10.0').version).toBe('1:18.20.8-1.module_el8.10.0')
    expect(first(nodejs, '1:18.20.8-1.module_el8.10.0').version).toBe('1:18.20.8-1.module_el8.10.0')
    expect(first(nodejs, '').version).toBe('1:18.20.8-1.module_el8.10.0')
    const label = 'nodejs:18:8100020250101:489197e6'
    const labelled = 'pkg:rpm/almalinux/nodejs@18.20.8-1?modularitylabel=nodejs:18:8100020250101:489197e6'
    const plain = 'pkg:rpm/almalinux/nodejs@18.20.8-1'
    expect(first(plain, '18.20.8-1', { 'syft:metadata:modularityLabel': label }).purl).toBe(labelled)
    expect(first(plain, '18.20.8-1', { 'syft:metadata:modularityLabel': '(none)' }).purl).toBe(plain)
    expect(first(plain, '18.20.8-1', trivy({ Modularitylabel: label })).purl).toBe(labelled)
    const syft = read({
      artifacts: [
        { id: '1', name: 'nodejs', version: '18.20.8-1', purl: plain, metadata: { modularityLabel: label } },
        { id: '2', name: 'bash', version: '1', purl: 'pkg:rpm/almalinux/bash@1', metadata: { modularityLabel: null } },
      ],
      artifactRelationships: [{ parent: '1', child: '2', type: 'dependency-of' }],
    })
    expect(syft.packages.map(({ purl: url, dependsOn }) => [url, dependsOn])).toEqual([
      ['pkg:rpm/almalinux/bash@1', [labelled]],
      [labelled, []],
    ])

    const spdx = read({
      spdxVersion: 'SPDX-2.3',
      packages: [
        {
          SPDXID: 'SPDXRef-1',
          name: 'libssl3',
          versionInfo: '3.0.11-1~deb12u2',
          sourceInfo: 'built package from: openssl 3.0.11-1~deb12u2',
          externalRefs: [{ referenceType: 'purl', referenceLocator: 'pkg:deb/debian/libssl3@3.0.11-1~deb12u2' }],
        },
      ],
    })
    expect(spdx.packages[0]!.source).toEqual({ name: 'openssl', version: '3.0.11-1~deb12u2' })

    for (const [name, version, id, plainVersion] of [
      ['alma', '8.9', 'almalinux', '8.9'],
      ['redhat', '8.9', 'rhel', '8.9'],
      ['amazon', '2 (Karoo)', 'amzn', '2'],
      ['amazon', 'AMI release 2018.03', 'amzn', '2018.03'],
      ['oracle', '8.9', 'ol', '8.9'],
      ['cbl-mariner', '2.0.1', 'mariner', '2.0.1'],
      ['suse linux enterprise server', '15.5', 'sles', '15.5'],
      ['azurelinux', '3.0', 'azurelinux', '3.0'],
      ['opensuse.leap', '15.5', 'opensuse-leap', '15.5'],
      ['photon', '5.0', 'photon', '5.0'],
      ['rocky', '9.3', 'rocky', '9.3'],
      ['centos', '7.9', 'centos', '7.9'],
      ['debian', '12.5', 'debian', '12.5'],
    ] as const) {
      const expected = { id, version: plainVersion }
      expect(of({ type: 'operating-system', name, version }).distro).toMatchObject(expected)
      const distro = encodeURIComponent(`${name}-${version}`)
      if (!version.startsWith('AMI'))
        expect(of(component(`pkg:rpm/x/bash@1?distro=${distro}`, '1')).distro).toMatchObject(expected)
    }
    expect(of({ type: 'operating-system', name: 'suse linux enterprise server', version: '15.5' }).distro!.name).toBe(
      'SUSE Linux Enterprise Server 15 SP5',
    )
  })

  test("Syft's own form, components in components, other tools' habits", () => {
    const at = { in: 'file', path: 'x', span: { start: 0, end: 0 } } as const
    const read = (value: object) => readSbom(new TextEncoder().encode(JSON.stringify(value)), at)
    const syft = read({
      artifacts: [
        {
          id: '1',
          name: 'libssl3',
          version: '3.0.11-1',
          purl: 'pkg:deb/debian/libssl3@3.0.11-1?upstream=openssl&distro=debian-12',
          licenses: [{ value: 'MIT' }],
          locations: [{ path: '/var/lib/dpkg/status', layerID: digest('a') }],
        },
        { id: '2', name: 'libc6', version: '2', purl: 'pkg:deb/debian/libc6@2' },
        { id: '3', name: 'unknown', version: '2', purl: '' },
      ],
      artifactRelationships: [{ parent: '2', child: '1', type: 'dependency-of' }],
      distro: { id: 'debian', versionID: '12' },
    })
    expect(syft.packages[1]).toMatchObject({
      source: { name: 'openssl', version: '3.0.11-1' },
      dependsOn: ['pkg:deb/debian/libc6@2'],
      at: [{ in: 'layer', layer: digest('a'), path: '/var/lib/dpkg/status' }],
    })
    expect(syft.problems.map(({ kind, code }) => `${kind} ${code}`)).toEqual(['uncovered sbom-without-purl'])
    const nested = read({
      bomFormat: 'CycloneDX',
      components: [
        {
          type: 'application',
          name: 'a',
          purl: 'pkg:npm/a@1',
          version: '1',
          components: [{ type: 'library', group: '@s', name: 'b', purl: 'pkg:npm/%40s/b@2', version: '2' }],
        },
      ],
    })
    expect(nested.packages.map(({ name }) => name)).toEqual(['@s/b', 'a'])
    // Package URLs that cannot be read are told, as those that are not there.
    const unreadable = read({
      bomFormat: 'CycloneDX',
      components: [
        { type: 'library', name: 'lodash', version: '4.17.15', purl: 'npm/lodash@4.17.15' },
        { type: 'library', name: 'lodash', version: '4.17.15', purl: 'pkg:npm/lodash@4%ZZ' },
        { type: 'library', name: 'lodash', version: '4.17.15' },
        { type: 'library', name: 'lodash', version: '4.17.15', purl: 'pkg:npm/lodash' },
      ],
    })
    expect(unreadable.packages.map(({ purl: url, version }) => [url, version])).toEqual([['pkg:npm/lodash@4.17.15', '4.17.15']])
    expect(unreadable.problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'sbom-without-purl 3 of the packages that the SBOM lists have no package URL that can be read, and are left out',
    ])
    for (const bad of [
      '',
      '[]',
      '{}',
      'null',
      '1',
      '{"bomFormat":"CycloneDX","components":[1]}',
      '{"spdxVersion":"SPDX-3.0"}',
      '<bom/>',
      'SPDXVersion: SPDX-2.3',
    ])
      expect(() => readSbom(new TextEncoder().encode(bad), at), bad).toThrow(SbomError)
  })
})
