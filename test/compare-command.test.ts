/** `bulkhead compare` as a person types it: an old and a new image of Debian, folders, SBOMs and reports. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shippedDatabase } from '../scripts/database.ts'
import { sampleText } from '../src/judge/secrets/detector.ts'
import type { AffectedPackage, FeedItem } from '../src/model/advisory.ts'
import type { ComparisonReport } from '../src/model/comparison.ts'
import { showCompareMarkdown } from '../src/show/compare-markdown.ts'
import { showCompareText } from '../src/show/compare-text.ts'
import { widthOf } from '../src/show/style.ts'
import { databaseFiles } from '../src/store/database-files.ts'
import { feedState } from './advisories.ts'
import { tar } from './tar-writer.ts'

const program = join(import.meta.dirname, '../src/cli/run.ts')
const top = mkdtempSync(join(tmpdir(), 'bulkhead-compare-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

const environment = {
  PATH: process.env.PATH,
  HOME: join(top, 'home'),
  BULKHEAD_CACHE: join(top, 'cache'),
  BULKHEAD_DB: join(top, 'db'),
  BULKHEAD_SHIPPED_DB: '',
  DOCKER_HOST: `unix://${join(top, 'no.sock')}`,
}
const run = (args: readonly string[], env: Record<string, string> = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: top,
    encoding: 'utf8',
    env: { ...environment, ...env },
    maxBuffer: 1e8,
  })
  return { status, stdout, stderr }
}

const password = sampleText(14, undefined, 7)
const token = sampleText(20, undefined, 8)

/** Packages of Debian 12 as it came out, and with all updates. */
const old = {
  libc6: ['glibc', '2.36-9'],
  'perl-base': ['perl', '5.36.0-7'],
  gzip: ['gzip', '1.12-1'],
  ftp: ['ftp', '20210827-4'],
}
const fresh = {
  libc6: ['glibc', '2.36-9+deb12u14'],
  'perl-base': ['perl', '5.36.0-7+deb12u3'],
  gzip: ['gzip', '1.12-1'],
  curl: ['curl', '7.88.1-10'],
}
const status = (packages: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(packages)
    .map(
      ([name, [source, version]]) =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nSource: ${source}\nVersion: ${version}\n\n`,
    )
    .join('')

const base = tar([
  {
    path: 'etc/os-release',
    body: 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  },
  { path: 'etc/passwd', body: 'root:x:0:0:root:/root:/bin/sh\napp:x:10001:10001::/app:/bin/false\n' },
  { path: 'bin/mount', body: 'x', mode: 0o4755 },
])
const layers = {
  old: tar([
    { path: 'var/lib/dpkg/status', body: status(old) },
    { path: 'app/.env', body: `DB_PASSWORD=${password}\n` },
    { path: 'usr/local/bin/helper', body: 'x', mode: 0o4755 },
    { path: 'app/node_modules/left-pad/package.json', body: '{"name":"left-pad","version":"1.1.0"}' },
  ]),
  fresh: tar([
    { path: 'var/lib/dpkg/status', body: status(fresh) },
    { path: 'app/node_modules/left-pad/package.json', body: '{"name":"left-pad","version":"1.1.3"}' },
  ]),
}
const write = (name: string, layer: Uint8Array, config: object): string => {
  const archives = [base, layer]
  const document = JSON.stringify({
    os: 'linux',
    architecture: 'amd64',
    created: '2026-02-03T04:05:06Z',
    config,
    rootfs: { diff_ids: archives.map(one => `sha256:${createHash('sha256').update(one).digest('hex')}`) },
    history: [{ created_by: '/bin/sh -c #(nop) ADD file:x in / ' }, { created_by: 'RUN /bin/sh -c make # buildkit' }],
  })
  const path = join(top, `${name}.tar`)
  writeFileSync(
    path,
    tar([
      ...archives.map((body, i) => ({ path: `${i}/layer.tar`, body })),
      { path: 'config.json', body: document },
      {
        path: 'manifest.json',
        body: JSON.stringify([{ Config: 'config.json', RepoTags: [`shop/${name}:1`], Layers: ['0/layer.tar', '1/layer.tar'] }]),
      },
    ]),
  )
  return path
}
const oldImage = write('old', layers.old, {
  Env: ['PATH=/bin', `API_TOKEN=${token}`, 'MODE=one'],
  Entrypoint: ['/app/run'],
  ExposedPorts: { '22/tcp': {}, '8080/tcp': {} },
})
const freshImage = write('fresh', layers.fresh, {
  Env: ['PATH=/bin', 'MODE=two', 'NVIDIA_VISIBLE_DEVICES=all'],
  Entrypoint: ['/app/run', '--fast'],
  ExposedPorts: { '8080/tcp': {} },
  User: 'app',
  Healthcheck: { Test: ['CMD', 'true'] },
})

const debian = (name: string, more: Partial<AffectedPackage>): AffectedPackage => ({
  ecosystem: 'Debian:12',
  name,
  keyedBy: 'source',
  ranges: [],
  ...more,
})
const advisory = (id: string, more: object, affected: AffectedPackage): FeedItem => ({
  kind: 'advisory',
  record: { id, aliases: [], url: `https://example.org/${id}`, affected: [affected], ...more },
})
const items: readonly FeedItem[] = [
  advisory('CVE-2026-0001', { severity: 'critical' }, debian('glibc', { ranges: [{ fixed: '2.36-9+deb12u3' }] })),
  advisory('CVE-2026-0002', { severity: 'high' }, debian('perl', { ranges: [{ fixed: '5.36.0-7+deb12u1' }] })),
  advisory('CVE-2026-0003', { severity: 'low' }, debian('gzip', { ranges: [{}] })),
  advisory('CVE-2026-0004', { severity: 'medium', summary: 'it | burns' }, debian('curl', { ranges: [{ fixed: '7.88.1-11' }] })),
  advisory(
    'CVE-2026-0005',
    { severity: 'high' },
    debian('glibc', { ranges: [{ introduced: '2.36-9+deb12u5' }], status: 'minor' }),
  ),
  advisory(
    'CVE-2026-0007',
    { severity: 'high' },
    { ecosystem: 'npm', name: 'left-pad', keyedBy: 'binary', ranges: [{ fixed: '1.1.3' }] },
  ),
]

beforeAll(async () => {
  const files = databaseFiles(environment.BULKHEAD_DB, undefined, () => '2026-08-01T00:00:00.000Z')
  await files.change(async writer => {
    writer.replace(feedState({ title: 'Advisories for tests', ecosystems: ['Debian', 'npm'], completeness: 'all' }), items)
    writer.replace(feedState({ feed: 'kev', ecosystems: [], title: 'KEV' }), [
      { kind: 'cve', id: 'CVE-2026-0001', facts: { kev: { added: '2026-05-01', isRansomware: true } } },
    ])
  })
})

type Report = {
  numbers: { id: string; before: number | null; after: number | null; trend: string }[]
  regressions: { what: string; id: string; severity: string }[]
  vulnerabilities: { opened: { id: string }[]; closed: { id: string; before: string[]; after: string[] }[]; remaining: number }
  packages: { added: { name: string }[]; removed: { name: string }[]; changed: { name: string; direction: string }[] } | null
  settings:
    | {
        id: string
        added: string[]
        removed: string[]
        changed: string[]
        before: string | null
        after: string | null
        trend: string
      }[]
    | null
  secrets: { rule: string; place: string; before: number; after: number }[] | null
  findings: { opened: { rule: string }[]; closed: { rule: string }[]; changed: { rule: string; trend: string }[] } | null
  layers: { shared: number } | null
  problems: { code: string; message: string }[]
}
const isValid = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(import.meta.dirname, '../docs/compare-report.schema.json'), 'utf8')),
)
const json = (args: readonly string[], env: Record<string, string> = {}): Report & { status: number | null } => {
  const { stdout, stderr, status: code } = run(['compare', ...args, '-f', 'json'], env)
  if (stdout === '') throw new Error(stderr)
  const document = JSON.parse(stdout)
  expect(isValid(document), JSON.stringify(isValid.errors?.slice(0, 3))).toBe(true)
  expect(stdout).not.toContain(password)
  expect(stdout).not.toContain(token)
  return { ...document, status: code }
}
const numberOf = ({ numbers }: Report, id: string): readonly (number | null)[] =>
  numbers.filter(one => one.id === id).flatMap(({ before, after }) => [before, after])

describe('bulkhead compare', () => {
  test('an old image and a new one: everything that differs', () => {
    const report = json([oldImage, freshImage])
    expect(report.vulnerabilities).toMatchObject({
      opened: [{ id: 'CVE-2026-0004', before: [], after: ['7.88.1-10'], other: 'absent' }],
      closed: [
        { id: 'CVE-2026-0001', isExploited: true, before: ['2.36-9'], after: ['2.36-9+deb12u14'] },
        { id: 'CVE-2026-0002' },
        { id: 'CVE-2026-0007', ecosystem: 'npm' },
      ],
      remaining: 1,
    })
    expect(report.packages?.added.map(({ name }) => name)).toEqual(['curl'])
    expect(report.packages?.removed.map(({ name }) => name)).toEqual(['ftp'])
    expect(report.packages?.changed.map(({ name, direction }) => `${name} ${direction}`)).toEqual([
      'libc6 upgrade',
      'perl-base upgrade',
      'left-pad upgrade',
    ])
    expect(numberOf(report, 'vulnerabilities')).toEqual([4, 2])
    expect(numberOf(report, 'exploited')).toEqual([1, 0])
    expect(numberOf(report, 'setuid')).toEqual([2, 1])
    expect(report.layers?.shared).toBe(1)
    const setting = (id: string) => report.settings?.find(one => one.id === id)
    expect(setting('user')).toMatchObject({ after: 'app', trend: 'better' })
    expect(setting('entrypoint')).toMatchObject({ before: '["/app/run"]', after: '["/app/run","--fast"]', trend: 'neutral' })
    expect(setting('ports')).toMatchObject({ removed: ['22/tcp'], trend: 'better' })
    expect(setting('setuid')).toMatchObject({ removed: ['/usr/local/bin/helper'], trend: 'better' })
    expect(setting('environment')).toMatchObject({ changed: ['MODE'], removed: ['API_TOKEN'] })
    expect(setting('runtime')).toMatchObject({ added: ['NVIDIA_VISIBLE_DEVICES=all'], trend: 'worse' })
    expect(report.secrets?.map(one => `${one.rule} ${one.place} ${one.before} ${one.after}`)).toEqual([
      'secret/assigned-secret configuration: env API_TOKEN 1 0',
      'secret/variable-secret /app/.env 1 0',
    ])
    expect(report.findings?.closed.map(({ rule }) => rule)).toContain('image/user-root')
    expect(report.findings?.opened).toEqual([])
    expect(report.findings?.changed).toMatchObject([{ rule: 'image/setuid-file', trend: 'better' }])
    // What is new is of medium severity.
    expect(report.status).toBe(0)
  })

  test('the other way round it fails, and --fail-on-new says from when on', () => {
    const report = json([freshImage, oldImage])
    expect(report.status).toBe(1)
    expect(report.regressions[0]).toMatchObject({ what: 'vulnerability', id: 'CVE-2026-0001', isExploited: true })
    expect(report.regressions.map(({ what }) => what)).toEqual(expect.arrayContaining(['vulnerability', 'secret', 'finding']))
    expect(run(['compare', freshImage, oldImage, '--fail-on-new', 'none']).status).toBe(0)
    expect(run(['compare', oldImage, freshImage, '--fail-on-new', 'medium']).status).toBe(1)
    expect(run(['compare', oldImage, freshImage, '--fail-on-new', 'critical']).status).toBe(0)
  })

  test('an image and itself', () => {
    const { status: code, stdout } = run(['compare', oldImage, oldImage, '--fail-on-new', 'low'])
    expect(code).toBe(0)
    expect(stdout).toContain('Nothing that is looked at differs.')
    expect(stdout).toContain('Nothing got worse.')
  })

  test('text: what got worse, what got better, in at most 100 columns, with colours where they are wanted', () => {
    const plain = run(['compare', oldImage, freshImage]).stdout
    const lines = plain.split('\n').map(line => line.trim().replace(/ +/g, ' '))
    for (const line of [
      'vulnerabilities 4 2 -2',
      'known to be exploited 1 0 -1',
      '+ medium CVE-2026-0004 curl not there → 7.88.1-10; fixed in 7.88.1-11',
      '- critical CVE-2026-0001 glibc 2.36-9 → 2.36-9+deb12u14; exploited in the wild',
      '- high secret/variable-secret Secret in a file of variables in /app/.env; gone',
      '+ what runtimes act on NVIDIA_VISIBLE_DEVICES=all',
      '~ user root, since none is set → app',
      'libc6 2.36-9 → 2.36-9+deb12u14',
      'ftp 20210827-4',
    ])
      expect(lines, plain).toContain(line)
    const order = [
      'What got worse',
      'What got better',
      'What changed',
      'Packages',
      '1 new vulnerability; 3 vulnerabilities are closed.',
    ]
    expect(order.map(part => plain.indexOf(part))).toEqual(order.map(part => plain.indexOf(part)).sort((a, b) => a - b))
    for (const part of order) expect(plain).toContain(part)
    for (const line of plain.split('\n')) expect(widthOf(line), line).toBeLessThanOrEqual(100)
    const coloured = run(['--color', 'always', 'compare', oldImage, freshImage]).stdout
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(plain)
    expect(coloured).not.toBe(plain)
    expect(run(['compare', freshImage, oldImage]).stdout).toContain('that fails the build')
  })

  test('Markdown for a pull request', () => {
    const { stdout } = run(['compare', oldImage, freshImage, '-f', 'markdown'])
    expect(stdout).toContain('### Bulkhead: <code>shop/old\\:1</code> → <code>shop/fresh\\:1</code>')
    expect(stdout).toContain('| vulnerabilities | 4 | 2 | -2 |')
    expect(stdout).toContain('[CVE-2026-0004](https://example.org/CVE-2026-0004)')
    expect(stdout).toContain('<details open><summary><b>Worse</b>')
    expect(stdout).not.toContain(token)
  })

  test('what was suppressed is not new', () => {
    writeFileSync(join(top, '.trivyignore'), 'CVE-2026-0004\n')
    try {
      expect(run(['compare', oldImage, freshImage, '--fail-on-new', 'medium']).status).toBe(0)
      expect(run(['compare', oldImage, freshImage, '--fail-on-new', 'medium', '--no-ignore-files']).status).toBe(1)
    } finally {
      rmSync(join(top, '.trivyignore'))
    }
  })
})

describe('reports in place of images', () => {
  test.each(['json', 'cyclonedx', 'spdx'])('an SBOM (%s) has the same packages and vulnerabilities as its image', format => {
    const file = join(top, `old.${format}.json`)
    run(['sbom', oldImage, '-f', format, '-o', file])
    const same = json([oldImage, file])
    expect(same).toMatchObject({
      packages: { added: [], removed: [], changed: [] },
      vulnerabilities: { opened: [], closed: [], remaining: 4 },
    })
    expect(same.secrets).toBe(null)
    expect(same.problems.map(({ code }) => code)).toContain('not-compared')
    const other = json([`sbom:${file}`, freshImage])
    expect(other.vulnerabilities.closed.map(({ id }) => id)).toEqual(['CVE-2026-0001', 'CVE-2026-0002', 'CVE-2026-0007'])
    // Our own tells the settings, too.
    expect(other.settings === null).toBe(format !== 'json')
  })

  test('a report of a scan lists vulnerabilities, and says what it cannot tell', () => {
    const file = join(top, 'old.scan.json')
    run(['scan', oldImage, '-f', 'json', '-o', file])
    const report = json([file, freshImage])
    expect(report.vulnerabilities).toMatchObject({ opened: [{ id: 'CVE-2026-0004' }], closed: [{}, {}, {}], remaining: 1 })
    expect(report.packages).toBe(null)
    expect(report.settings).toBe(null)
    expect(report.problems.map(({ code }) => code)).toEqual(expect.arrayContaining(['not-compared', 'other-advisories']))
    expect(run(['compare', file, freshImage, '--strict']).status).toBe(2)
  })

  test.each([
    ['findings', (document: Record<string, unknown>) => ({ ...document, findings: 'none' })],
    ['image.id', (document: Record<string, unknown>) => ({ ...document, image: { ...(document.image as object), id: 'x' } })],
    ['schemaVersion', (document: Record<string, unknown>) => ({ ...document, schemaVersion: 99 })],
  ])('a broken report is refused: %s', (where, change) => {
    const file = join(top, 'broken.json')
    const sound = join(top, 'sound.json')
    run(['scan', oldImage, '-f', 'json', '-o', sound])
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(sound, 'utf8')))))
    const { status: code, stderr } = run(['compare', file, freshImage])
    expect(code).toBe(2)
    expect(stderr).toContain(where)
  })

  test('what is there of neither kind is said to be neither', () => {
    writeFileSync(join(top, 'other.json'), '{"a":1}')
    const { status: code, stderr } = run(['compare', join(top, 'other.json'), freshImage])
    expect(code).toBe(2)
    expect(stderr).toContain('other.json')
    expect(run(['compare', oldImage]).status).toBe(2)
    expect(run(['compare', oldImage, join(top, 'absent.tar')]).stderr).toContain('absent.tar')
  })
})

test('two folders: paths are the images’ own, and settings are not compared', () => {
  for (const [name, facts] of [
    ['a', old],
    ['b', fresh],
  ] as const) {
    const root = join(top, name)
    mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true })
    mkdirSync(join(root, 'etc'), { recursive: true })
    mkdirSync(join(root, 'app/node_modules/x'), { recursive: true })
    writeFileSync(join(root, 'etc/os-release'), 'ID=debian\nVERSION_ID="12"\n')
    writeFileSync(join(root, 'var/lib/dpkg/status'), status(facts))
    writeFileSync(join(root, 'app/node_modules/x/package.json'), '{"name":"x","version":"1.0.0"}')
  }
  const report = json([join(top, 'a'), join(top, 'b')])
  expect(report.vulnerabilities.closed.map(({ id }) => id)).toEqual(['CVE-2026-0001', 'CVE-2026-0002'])
  expect(report.findings).toEqual({ opened: [], closed: [], changed: [] })
  expect(report.problems.find(({ code }) => code === 'not-compared')?.message).toContain('both are folders')
  // A folder has no user: that the image has none is not new.
  const mixed = json([join(top, 'a'), oldImage])
  expect(mixed.findings?.opened.map(({ rule }) => rule)).toEqual(['image/setuid-file'])
  expect(mixed.settings?.map(({ id }) => id)).not.toContain('user')
})

test('a package that the advisories no longer speak of closes nothing', () => {
  const other = { ...old, libc6: ['glibc', '2.36-9+ubuntu1'] }
  const unknown = join(top, 'unknown')
  mkdirSync(join(unknown, 'var/lib/dpkg'), { recursive: true })
  mkdirSync(join(unknown, 'etc'), { recursive: true })
  writeFileSync(join(unknown, 'etc/os-release'), 'ID=nobodyknows\nVERSION_ID="1"\n')
  writeFileSync(join(unknown, 'var/lib/dpkg/status'), status(other))
  const { stdout } = run(['compare', oldImage, unknown])
  expect(stdout).toContain('nobody judges it any more')
  expect(stdout).toContain('they may still be there')
  expect(json([oldImage, unknown]).vulnerabilities.closed).toMatchObject([
    { id: 'CVE-2026-0001', other: 'not-judged' },
    { id: 'CVE-2026-0002', other: 'not-judged' },
    { id: 'CVE-2026-0007', other: 'absent' },
    { id: 'CVE-2026-0003', other: 'not-judged' },
  ])
})

test('with the advisories that ship: Debian’s updates close what they are known to close', async () => {
  const env = { BULKHEAD_DB: join(top, 'none'), BULKHEAD_SHIPPED_DB: await shippedDatabase(undefined, true) }
  const report = json([oldImage, freshImage], env)
  const closed = report.vulnerabilities.closed.map(({ id }) => id)
  // https://security-tracker.debian.org/tracker/CVE-2023-4911: Looney Tunables, in CISA's catalogue
  expect(closed[0]).toBe('CVE-2023-4911')
  expect(closed).toContain('CVE-2023-31484')
  expect(json([freshImage, oldImage], env).vulnerabilities.opened.map(({ id }) => id)).toEqual(closed)
})

test('whatever strangers call things: nothing speaks to the terminal, nothing is wider than asked for, Markdown stays text', () => {
  const bad = '\u001b[31m\u202e| <script>@everyone` \n'.repeat(20)
  const side = { name: bad, asked: bad, kind: 'image', id: undefined, platform: bad, distro: bad, scanned: bad } as const
  const vulnerability = {
    id: bad,
    ecosystem: bad,
    name: bad,
    severity: 'high',
    isExploited: true,
    isMalware: true,
    epss: 1,
    fixedIn: bad,
    summary: bad,
    url: 'javascript:alert(1)',
    before: Array.from({ length: 9 }, () => bad),
    after: [bad],
    other: 'absent',
  } as const
  const one = {
    purl: bad,
    ecosystem: bad,
    name: bad,
    version: bad,
    order: undefined,
    source: { name: bad, version: bad },
    path: bad,
    isJudged: true,
  }
  const report: ComparisonReport = {
    version: '1',
    before: side,
    after: side,
    numbers: [{ id: 'vulnerabilities', before: 1e12, after: undefined, trend: 'neutral' }],
    packages: {
      added: [one],
      removed: [one],
      changed: [{ ecosystem: bad, name: bad, source: bad, before: bad, after: bad, direction: 'unclear' }],
    },
    vulnerabilities: {
      opened: [vulnerability],
      closed: [vulnerability, vulnerability],
      reweighed: [{ id: bad, ecosystem: bad, name: bad, before: 'low', after: 'high' }],
      remaining: 1,
    },
    layers: undefined,
    traits: [
      {
        id: 'x',
        group: 'way-out',
        title: 'x',
        before: undefined,
        after: undefined,
        added: [bad],
        removed: [bad],
        changed: [bad],
        trend: 'mixed',
      },
    ],
    secrets: [
      {
        rule: 'secret/x',
        kind: bad,
        place: bad,
        severity: 'high',
        before: 0,
        after: 1,
        reachBefore: [],
        reachAfter: ['image'],
        isOther: false,
        trend: 'worse',
      },
    ],
    findings: {
      opened: [{ rule: 'image/x', key: '1', severity: 'low', message: bad, places: [bad], isOfSettings: false }],
      closed: [],
      changed: [],
    },
    regressions: [],
    database: { path: bad, built: '' },
    problems: [{ kind: 'failed', code: 'x', message: bad }],
  }
  for (const width of [60, 80, 100, 300]) {
    const text = showCompareText(report, { colour: false, width })
    expect(text).not.toMatch(/[\u001b\u202e]/)
    for (const line of text.split('\n')) expect(widthOf(line), line).toBeLessThanOrEqual(Math.min(width, 100))
  }
  const markdown = showCompareMarkdown(report)
  expect(markdown).not.toMatch(/[\u001b\u202e]|(?<!\\)<script|javascript:|(?<!\\)@everyone/)
  expect(markdown.length).toBeLessThan(65_536)
})
