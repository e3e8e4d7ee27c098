/** rpm's databases in all three forms, made by rpm itself, beside what `rpm -qa` says of them. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Package } from '../src/model/package.ts'
import { type LayerFile, Unreadable } from '../src/read/cataloger.ts'
import rpm from '../src/read/catalogers/rpm.ts'
import type { RpmPackage } from '../src/read/rpm/header.ts'
import { readSqliteTable } from '../src/read/rpm/sqlite.ts'
import { readSbom } from '../src/read/sbom/read-sbom.ts'
import { showCycloneDx } from '../src/show/cyclonedx.ts'
import { showSpdx } from '../src/show/spdx.ts'
import { has, run } from './components.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-rpm-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

const fileOf = (bytes: Uint8Array, path: string): LayerFile => ({
  path,
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
})
const collect = (bytes: Uint8Array, name: string): readonly RpmPackage[] =>
  (rpm.collect(fileOf(bytes, `var/lib/rpm/${name}`)) as { packages: readonly RpmPackage[] }).packages

/** As rpm's rpmpkg.c writes it: Debian's rpm was built without it. Every third place of the table is free. */
const ndb = (headers: readonly Uint8Array[]): Buffer => {
  const slots: Buffer[] = []
  const blobs: Buffer[] = []
  const words = (...values: readonly (number | string)[]): Buffer =>
    Buffer.concat(
      values.map(value => {
        const word = Buffer.alloc(4)
        if (typeof value === 'string') word.write(value, 'latin1')
        else word.writeUInt32LE(value)
        return word
      }),
    )
  const pages = Math.ceil((32 + 16 * headers.length * 1.5) / 4096)
  let block = pages * 256
  headers.forEach((header, i) => {
    if (i % 3 === 0) slots.push(words('Slot', 0, 0, 0))
    // The sum at the end is not looked at by readers.
    const bare = Buffer.concat([words('BlbS', i + 1, 1700000000, header.length), header])
    const blocks = Math.ceil((bare.length + 12) / 16)
    slots.push(words('Slot', i + 1, block, blocks))
    blobs.push(bare, Buffer.alloc(blocks * 16 - bare.length - 12), words(0, header.length, 'BlbE'))
    block += blocks
  })
  while (32 + 16 * slots.length < pages * 4096) slots.push(words('Slot', 0, 0, 0))
  return Buffer.concat([words('RpmP', 0, 7, pages, headers.length + 1, 0, 0, 0), ...slots, ...blobs])
}

const hasRpm = has('rpm', 'rpmbuild', 'db5.3_load')

describe.skipIf(!hasRpm)('rpm (needs rpm, rpmbuild, db5.3_load)', () => {
  const databases = new Map<string, { readonly file: string; readonly bytes: Buffer }>()
  let listed: readonly string[]
  const format = '%{NAME}|%{EPOCH}|%{VERSION}|%{RELEASE}|%{ARCH}|%{SOURCERPM}|%{LICENSE}|[%{FILENAMES},]\\n'

  beforeAll(() => {
    const count = 60
    const spec = [
      'Name: shop',
      'Epoch: 2',
      'Version: 1.2.3',
      'Release: 4.el9',
      'Summary: s',
      'License: MIT and GPLv2+',
      'BuildArch: noarch',
      '%description',
      'd',
      // Some with a few files, some with so many that their headers fill many pages.
      ...Array.from({ length: count }, (_, i) => [
        `%package part${i}`,
        `Summary: ${'long '.repeat(i % 7 === 0 ? 2000 : 1)}`,
        ...(i % 3 === 0 ? [`Epoch: ${i}`] : []),
        `Version: ${i}.0~rc1`,
        `Requires: shop = 2:1.2.3`,
        `%description part${i}`,
        'd',
      ]).flat(),
      '%install',
      'mkdir -p %{buildroot}/usr/share/shop',
      'touch %{buildroot}/usr/share/shop/main',
      `for i in $(seq 0 ${count - 1}); do mkdir -p %{buildroot}/opt/part$i; for f in $(seq 1 $((i * i / 3 + 1))); do touch %{buildroot}/opt/part$i/file-with-a-name-$f; done; done`,
      '%files',
      '/usr/share/shop/main',
      ...Array.from({ length: count }, (_, i) => [`%files part${i}`, `/opt/part${i}`]).flat(),
      '',
    ]
    writeFileSync(join(top, 'shop.spec'), spec.join('\n'))
    run('rpmbuild', [
      '-bb',
      '--quiet',
      '--nodeps',
      '--define',
      `_topdir ${top}/build`,
      '--define',
      '_binary_payload w1.gzdio',
      join(top, 'shop.spec'),
    ])
    const folder = join(top, 'build/RPMS/noarch')
    const packages = readdirSync(folder).map(name => join(folder, name))
    const own = ['--dbpath', join(top, 'sqlite'), '--define', '_db_backend sqlite']
    mkdirSync(join(top, 'sqlite'))
    run('rpm', [...own, '-i', '--justdb', '--nodeps', '--noscripts', '--nosignature', ...packages])
    // Some are removed again, so that there are gaps.
    run('rpm', [...own, '-e', '--justdb', '--nodeps', 'shop-part7', 'shop-part40'])
    databases.set('SQLite', { file: 'rpmdb.sqlite', bytes: readFileSync(join(top, 'sqlite/rpmdb.sqlite')) })
    listed = run('rpm', [...own, '-qa', '--qf', format])
      .split('\n')
      .filter(line => line !== '')
      .sort()
    // rpm writes Berkeley DB no more: the same headers are put in by the tools of that library.
    const { bytes } = databases.get('SQLite')!
    const headers = [...readSqliteTable(fileOf(bytes, ''), 'Packages')].map(values => values[1] as Uint8Array)
    databases.set('ndb', { file: 'Packages.db', bytes: ndb(headers) })
    for (const pageSize of [512, 4096, 65_536]) {
      const key = (i: number): string => {
        const number = Buffer.alloc(4)
        number.writeUInt32LE(i)
        return ` ${number.toString('hex')}`
      }
      const dump = [
        'VERSION=3',
        'format=bytevalue',
        'type=hash',
        `db_pagesize=${pageSize}`,
        'HEADER=END',
        key(0),
        key(headers.length),
      ]
      for (const [i, header] of headers.entries()) dump.push(key(i + 1), ` ${Buffer.from(header).toString('hex')}`)
      writeFileSync(join(top, 'dump'), `${dump.join('\n')}\nDATA=END\n`)
      run('db5.3_load', ['-f', join(top, 'dump'), join(top, `Packages-${pageSize}`)])
      databases.set(`Berkeley DB, pages of ${pageSize}`, {
        file: 'Packages',
        bytes: readFileSync(join(top, `Packages-${pageSize}`)),
      })
    }
  }, 120_000)

  test('every package of every form, as rpm -qa lists it', () => {
    expect(listed).toHaveLength(59)
    expect(databases.size).toBe(5)
    for (const [form, { file, bytes }] of databases) {
      const found = collect(bytes, file).map(one =>
        [
          one.name,
          one.epoch ?? '(none)',
          one.version,
          one.release,
          one.architecture,
          one.sourceRpm,
          one.licence,
          one.files.map(path => `${path},`).join(''),
        ].join('|'),
      )
      expect(found.sort(), form).toEqual(listed)
    }
  })

  test('packages with epoch, source, dependencies, owned files', () => {
    const { file, bytes } = databases.get('ndb')!
    const data = rpm.collect(fileOf(bytes, `usr/lib/sysimage/rpm/${file}`))!
    const at = { in: 'file', path: '/x', span: { start: 0, end: 0 } } as const
    const distro = { id: 'rhel', idLike: [], version: '9.3', codename: '', name: '', variant: '' }
    const view = { distro, typeOf: () => undefined, real: (path: string) => path, locate: () => undefined }
    const packages = [...rpm.assemble([{ path: file, at, data, earlier: [] }], view)] as Package[]
    const one = packages.find(({ name }) => name === 'shop-part3')!
    expect(one).toMatchObject({
      purl: 'pkg:rpm/rhel/shop-part3@3.0~rc1-4.el9?arch=noarch&distro=rhel-9.3&epoch=3&upstream=shop-1.2.3-4.el9.src.rpm',
      version: '3:3.0~rc1-4.el9',
      source: { name: 'shop', version: '1.2.3-4.el9' },
      licences: ['MIT and GPLv2+'],
    })
    expect(one.dependsOn).toEqual([packages.find(({ name }) => name === 'shop')!.purl])
    // The vendor tells a distribution's packages from others, in SBOMs too.
    const made = [
      ...rpm.assemble(
        [{ path: file, at, data: withVendor(data as { packages: readonly RpmPackage[] }, 'Fedora Project'), earlier: [] }],
        view,
      ),
    ] as Package[]
    expect(new Set(made.map(({ vendor }) => vendor))).toEqual(new Set(['Fedora Project']))
    const inventory = { name: 'x', kind: 'image', image: undefined, distro, packages: made, problems: [], layers: [] } as const
    for (const text of [showCycloneDx(inventory, '1'), showSpdx(inventory, '1')])
      expect(new Set(readSbom(Buffer.from(text), at).packages.map(({ vendor }) => vendor))).toEqual(new Set(['Fedora Project']))
    expect(one.owns).toContain('/opt/part3/file-with-a-name-4')
  })

  test(
    'flipped bits and cut ends: packages, or Unreadable',
    () => {
      fc.assert(
        fc.property(
          fc.nat(4),
          fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { minLength: 1, maxLength: 30 }),
          fc.constantFrom('anywhere', 'at the start', 'cut'),
          (index, changes, kind) => {
            const { file, bytes: real } = [...databases.values()][index]!
            const bytes = Buffer.from(kind === 'cut' ? real.subarray(0, Math.floor(real.length * changes[0]![0])) : real)
            for (const [at, value] of changes) {
              const range = kind === 'at the start' ? Math.min(bytes.length, 8192) : bytes.length
              if (range > 0) bytes[Math.min(range - 1, Math.floor(at * range))] = value
            }
            try {
              collect(bytes, file)
            } catch (error) {
              if (!(error instanceof Unreadable)) throw error
            }
          },
        ),
        { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 600) },
      )
    },
    Number(process.env.BULKHEAD_FUZZ_RUNS ?? 0) > 0 ? 3_600_000 : 60_000,
  )
})

test('the list of an Azure Linux image without rpm', () => {
  const line =
    'openssl-libs\t1.1.1k-28.cm2\t1699999999\t1699999000\tMicrosoft Corporation\t(none)\t4123\tx86_64\t0\topenssl-1.1.1k-28.cm2.src.rpm\n'
  const data = rpm.collect(fileOf(Buffer.from(line), 'var/lib/rpmmanifest/container-manifest-2')) as {
    packages: readonly RpmPackage[]
  }
  expect(data.packages).toMatchObject([
    { name: 'openssl-libs', version: '1.1.1k', release: '28.cm2', architecture: 'x86_64', epoch: undefined },
  ])
  expect(() => rpm.collect(fileOf(Buffer.from('nonsense\n'), 'var/lib/rpmmanifest/container-manifest-2'))).toThrow(Unreadable)
})

/** The same packages, made by somebody. */
const withVendor = (data: { readonly packages: readonly RpmPackage[] }, vendor: string): typeof data => ({
  ...data,
  packages: data.packages.map(one => ({ ...one, vendor })),
})

test('who made an RPM, as others’ SBOMs say it; of other packages they name whoever maintains them', () => {
  const component = (purl: string, more: object): object => ({
    type: 'library',
    'bom-ref': purl,
    name: 'x',
    version: '1',
    purl,
    ...more,
  })
  const text = JSON.stringify({
    bomFormat: 'CycloneDX',
    components: [
      component('pkg:rpm/almalinux/a@1', { publisher: 'AlmaLinux' }),
      component('pkg:rpm/almalinux/b@1', { supplier: { name: 'Fedora Project' } }),
      component('pkg:rpm/almalinux/c@1', {}),
      component('pkg:deb/debian/d@1', { publisher: 'Somebody <x@example.org>', supplier: { name: 'Somebody' } }),
    ],
  })
  const { packages } = readSbom(Buffer.from(text), { in: 'file', path: '/x', span: { start: 0, end: 0 } })
  expect(packages.map(({ purl, vendor }) => [purl.slice(4, 7), vendor])).toEqual([
    ['deb', undefined],
    ['rpm', 'AlmaLinux'],
    ['rpm', 'Fedora Project'],
    ['rpm', undefined],
  ])
})
