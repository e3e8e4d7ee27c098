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

test('archives in each other are held up to a bound, together', () => {
  const noise = (size: number): Buffer => {
    const bytes = Buffer.alloc(size)
    let state = 1
    // Shrinks by ten or so, which no bomb does.
    for (let i = 0; i < size; i += 64) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      bytes.writeUInt32LE(state, i)
    }
    return bytes
  }
  const inner = zip([pom('g', 'inner', '1'), { name: 'x', body: noise(40 * 1024 * 1024), isStored: true }])
  const middle = zip([
    pom('g', 'middle', '1'),
    { name: 'x', body: noise(20 * 1024 * 1024), isStored: true },
    { name: 'i.jar', body: inner },
  ])
  const outer = zip([
    pom('g', 'outer', '1'),
    { name: 'x', body: noise(20 * 1024 * 1024), isStored: true },
    { name: 'm.jar', body: middle },
  ])
  const found = collect(zip([{ name: 'o.jar', body: outer }, pom('g', 'a', '1')]), 'a.jar')
  expect(named(found)).toEqual(['g:a:1', 'g:inner:1', 'g:middle:1', 'g:outer:1'])
  const bigger = zip([
    pom('g', 'bigger', '1'),
    { name: 'x', body: noise(60 * 1024 * 1024), isStored: true },
    { name: 'i.jar', body: inner },
  ])
  const tooMuch = collect(zip([{ name: 'b.jar', body: bigger }, pom('g', 'a', '1'), { name: 'i.jar', body: inner }]), 'a.jar')
  expect(named(tooMuch)).toEqual(['g:a:1', 'g:bigger:1', 'g:inner:1'])
  expect(tooMuch?.troubles).toEqual([
    'inside of b.jar, its entry i.jar and the archives around it have more than 100663296 bytes',
  ])
})

test('one archive that is listed many times is read once', () => {
  const inner = zip([pom('g', 'inner', '1')])
  const whole = zip([{ name: 'a.jar', body: inner, isStored: true }])
  // The directory's only record, five times.
  const start = whole.lastIndexOf('PK\x01\x02')
  const end = whole.length - 22
  const record = whole.subarray(start, end)
  const tail = Buffer.from(whole.subarray(end))
  tail.writeUInt16LE(5, 8)
  tail.writeUInt16LE(5, 10)
  tail.writeUInt32LE(5 * record.length, 12)
  const many = collect(Buffer.concat([whole.subarray(0, start), ...Array(5).fill(record), tail]), 'x.jar')
  expect(named(many)).toEqual(['g:inner:1'])
  expect(many?.troubles).toEqual(['its entry a.jar lies within another one'])
})

test('records of the archives inside are counted together', () => {
  const empty: Member[] = Array.from({ length: 60_000 }, (_, i) => ({ name: `${i}`, body: '', isStored: true }))
  const inner = zip([pom('g', 'inner', '1'), ...empty])
  const found = collect(zip(Array.from({ length: 10 }, (_, i) => ({ name: `${i}.jar`, body: inner, isStored: true }))), 'x.jar')
  expect(found?.artifacts).toHaveLength(8)
  expect(found?.troubles).toEqual(['the archives inside have more than 500000 entries'])
  const properties = Array.from({ length: 60_000 }, (_, i) => pom('g', `a${i}`, '1'))
  const nested = zip(properties.map(one => ({ ...one, isStored: true })))
  const both = zip(['a.jar', 'b.jar', 'c.jar'].map(name => ({ name, body: nested, isStored: true })))
  expect(collect(zip([{ name: 'd.jar', body: both, isStored: true }]), 'x.jar')?.artifacts).toHaveLength(180_000)
})

test('texts count among what is inflated', () => {
  const many = Array.from({ length: 3000 }, (_, i) => ({ ...pom('g', `a${i}`, '1'), claims: 1024 * 1024 }))
  const found = collect(zip(many), 'x.jar')
  expect(found?.artifacts).toHaveLength(2048)
  expect(found?.troubles).toEqual(['what is read of it has more than 2147483648 bytes'])
})

test('names that differ from their files in dots and dashes are no second package', () => {
  const specs = collect(
    zip([
      pom('org.apache.geronimo.specs', 'geronimo-annotation_1.3_spec', '1.3'),
      {
        name: 'META-INF/MANIFEST.MF',
        body: 'Bundle-SymbolicName: org.apache.geronimo.specs.geronimo-annotation_1.3_spec\nBundle-Version: 1.3.0\n',
      },
    ]),
    'opt/geronimo-annotation-1.3-spec.jar',
  )
  expect(named(specs)).toEqual(['org.apache.geronimo.specs:geronimo-annotation_1.3_spec:1.3'])
  const longer = collect(
    zip([
      pom('org.codehaus.jackson', 'jackson-core-asl', '1.9.2'),
      { name: 'META-INF/MANIFEST.MF', body: 'Bundle-Version: 1.9.2.1\n' },
    ]),
    'lib/jackson-core.jar',
  )
  expect(named(longer)).toEqual(['org.codehaus.jackson:jackson-core-asl:1.9.2'])
  const shaded = collect(
    zip([pom('g', 'b', '2'), { name: 'META-INF/MANIFEST.MF', body: 'Bundle-Version: 1\n' }]),
    'lib/app-1.jar',
  )
  expect(named(shaded)).toEqual([':app:1', 'g:b:2'])
})

test('archives of classes that say nothing of themselves are said, once for the whole image', async () => {
  const folder = mkdtempSync(join(top, 'nameless-'))
  const classes = zip([{ name: 'A.class', body: 'x' }])
  for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, `${name}.jar`), classes)
  writeFileSync(join(folder, 'd.war'), zip([{ name: 'WEB-INF/lib/e.jar', body: classes }]))
  writeFileSync(join(folder, 'texts.jar'), zip([{ name: 'a.properties', body: 'x' }]))
  const { packages, problems } = await inventoryOfFolder(folder)
  rmSync(folder, { recursive: true })
  expect(packages).toEqual([])
  expect(problems).toEqual([
    {
      kind: 'uncovered',
      code: 'archive-nameless',
      message: '4 Java archives do not say which version of what they are: /a.jar, /b.jar, /c.jar, …',
    },
  ])
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
