/** Java archives: real ones beside the coordinates under which a Maven repository has them, and hostile ones. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { type LayerFile, Unreadable } from '../src/read/cataloger.ts'
import java from '../src/read/catalogers/java.ts'
import { readEntry, readZip } from '../src/read/zip.ts'
import { has, run } from './components.ts'
import { inventoryOfFolder } from './inventory.ts'
import { type Member, zip } from './zip-writer.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-java-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

const pom = (group: string, artifact: string, version: string): Member => ({
  name: `META-INF/maven/${group}/${artifact}/pom.properties`,
  body: `#Generated\ngroupId=${group}\nartifactId=${artifact}\nversion=${version}\n`,
})
const fileOf = (bytes: Uint8Array, path: string): LayerFile => ({
  path,
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
})
type Found = { artifacts: { group: string; artifact: string; version: string; inside: string }[]; troubles: string[] }
const collect = (bytes: Uint8Array, path: string): Found | undefined => java.collect(fileOf(bytes, path)) as Found | undefined
const named = (found: Found | undefined): readonly string[] =>
  (found?.artifacts ?? []).map(({ group, artifact, version }) => `${group}:${artifact}:${version}`).sort()

const repository = '/usr/share/maven-repo'
test.skipIf(!existsSync(repository))('the jars of Debian, by the coordinates of its Maven repository (needs maven)', () => {
  let same = 0
  const others: string[] = []
  for (const path of readdirSync(repository, { recursive: true }) as string[]) {
    const parts = path.split('/')
    const name = parts.pop()!
    const version = parts.pop()
    const artifact = parts.pop()
    // `3.x` and `debian` are names for any version.
    if (!name.endsWith('.jar') || version === undefined || !/^\d[\d.]*$/.test(version) || !existsSync(join(repository, path)))
      continue
    const real = realpathSync(join(repository, path))
    const found = collect(readFileSync(real), real.slice(1))
    const expected = `${parts.join('.')}:${artifact}:${version}`
    if (named(found).includes(expected)) same++
    else others.push(`${expected} as ${named(found).join(' ')}`)
  }
  // Those that do not say their group, or not at all who they are.
  expect(
    others.filter(one => !/^(?:aopalliance|javax\.inject|org\.gnu\.gettext|com\.google\.inject(?:\.extensions)?):/.test(one)),
  ).toEqual([])
  expect(same).toBeGreaterThan(40)
})

test('shaded, nested, named by manifest or by file name', () => {
  const inner = zip([pom('g.inner', 'inner', '1.1')])
  const spring = zip([
    {
      name: 'META-INF/MANIFEST.MF',
      body: 'Manifest-Version: 1.0\r\nImplementation-Title: shop\r\nImplementation-Version: 3.0\r\nImplementation-Vendor-Id: org.sh\r\n op\r\n\r\nName: x\r\nImplementation-Version: 9\r\n',
    },
    { name: 'BOOT-INF/lib/inner-1.1.jar', body: inner, isStored: true },
    { name: 'BOOT-INF/lib/deflated.jar', body: zip([pom('g', 'deflated', '2'), pom('g', 'shaded', '7')]) },
    { name: 'BOOT-INF/lib/only-name-4.5.6-SNAPSHOT.jar', body: zip([{ name: 'A.class', body: 'x' }]) },
    { name: 'BOOT-INF/lib/broken.jar', body: 'no archive' },
  ])
  const found = collect(spring, 'app/shop.war')
  expect(named(found)).toEqual(
    ['org.shop:shop:3.0', ':only-name:4.5.6-SNAPSHOT', 'g.inner:inner:1.1', 'g:deflated:2', 'g:shaded:7'].sort(),
  )
  expect(found?.troubles[0]).toMatch(/no end of a ZIP archive/)
})

test('archives in each other: thirty are too many, and said', () => {
  const nest = (depth: number): Buffer => {
    let archive = zip([pom('g', 'core', '1')])
    for (let i = 0; i < depth; i++)
      archive = zip([pom('g', `shell${i}`, '1'), { name: 'next.jar', body: archive, isStored: i % 2 === 0 }])
    return archive
  }
  const deep = collect(nest(20), 'a.jar')
  expect(deep?.artifacts).toHaveLength(21)
  expect(deep?.troubles).toEqual([])
  const deeper = collect(nest(100), 'a.jar')
  expect(deeper!.artifacts.length).toBeGreaterThan(20)
  expect(deeper!.artifacts.length).toBeLessThan(30)
  expect(deeper?.troubles.join()).toMatch(/deep in each other/)
})

test('bombs end at their bound', () => {
  const zeros = Buffer.alloc(100 * 1024 * 1024)
  const honest = collect(zip([{ name: 'bomb.jar', body: zeros }, pom('g', 'a', '1')]), 'a.jar')
  expect(named(honest)).toEqual(['g:a:1'])
  expect(honest?.troubles.join()).toMatch(/inflates more than 200 times/)
  const lying = collect(zip([{ name: 'META-INF/MANIFEST.MF', body: zeros, claims: 100 }, pom('g', 'a', '1')]), 'a.jar')
  expect(named(lying)).toEqual(['g:a:1'])
  expect(lying?.troubles.join()).toMatch(/broken/)
})

test.skipIf(!has('zip', 'python3'))(
  'what zip and Python write, ZIP64 and a program in front included (needs zip, python3)',
  async () => {
    writeFileSync(
      join(top, 'make.py'),
      `
import zipfile, sys
with zipfile.ZipFile(sys.argv[1] + '/big.jar', 'w', zipfile.ZIP_DEFLATED) as z:
    with z.open('META-INF/maven/g/big/pom.properties', 'w', force_zip64=True) as f: f.write(b'groupId=g\\nartifactId=big\\nversion=1\\n')
    for i in range(70000): z.writestr('c%d' % i, b'')
`,
    )
    run('python3', [join(top, 'make.py'), top])
    writeFileSync(
      join(top, 'self.jar'),
      Buffer.concat([Buffer.from('#!/bin/sh\nexec java -jar "$0"\n'), zip([pom('g', 'self', '2')])]),
    )
    const { packages, problems } = await inventoryOfFolder(top)
    expect(problems).toEqual([])
    expect(packages.map(({ purl }) => purl)).toEqual(['pkg:maven/g/big@1', 'pkg:maven/g/self@2'])
  },
)

test('flipped bits and cut ends: evidence, nothing, or Unreadable', () => {
  const real = zip([
    pom('g', 'a', '1'),
    { name: 'x.jar', body: zip([pom('g', 'b', '2')]) },
    { name: 'META-INF/MANIFEST.MF', body: 'Bundle-Version: 1\n' },
  ])
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { maxLength: 12 }),
      fc.boolean(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (changes, isCut, cut) => {
        const bytes = Buffer.from(isCut ? real.subarray(0, Math.floor(real.length * cut)) : real)
        for (const [at, value] of changes)
          if (bytes.length > 0) bytes[Math.min(bytes.length - 1, Math.floor(at * bytes.length))] = value
        try {
          collect(bytes, 'a.jar')
          const read = (offset: number, length: number): Uint8Array => bytes.subarray(offset, offset + length)
          for (const entry of readZip(read, bytes.length)) readEntry(read, entry, 1e6)
        } catch (error) {
          if (!(error instanceof Unreadable)) throw error
        }
      },
    ),
    { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 3000) },
  )
})
