/** `bulkhead scan`, `quick` and `db` as a person types them. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shippedDatabase } from '../scripts/database.ts'
import type { AffectedPackage, FeedItem } from '../src/model/advisory.ts'
import { databaseFiles } from '../src/store/database-files.ts'
import { feedState } from './advisories.ts'
import { has, hasRegistry, run as runProgram, startRegistry } from './components.ts'
import { tar } from './tar-writer.ts'

const program = join(import.meta.dirname, '../src/cli/run.ts')
const top = mkdtempSync(join(tmpdir(), 'bulkhead-scan-'))
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

const alpine = (name: string, more: Partial<AffectedPackage>): AffectedPackage => ({
  ecosystem: 'Alpine:v3.20',
  name,
  keyedBy: 'source',
  ranges: [],
  ...more,
})
const advisory = (id: string, more: object, ...affected: AffectedPackage[]): FeedItem => ({
  kind: 'advisory',
  record: { id, aliases: [], url: `https://example.org/${id}`, affected, ...more },
})
const items: readonly FeedItem[] = [
  advisory('CVE-2024-0001', { summary: 'curl burns', severity: 'critical' }, alpine('curl', { ranges: [{ fixed: '8.9.1-r0' }] })),
  advisory('CVE-2024-0002', { summary: 'zlib deflates', severity: 'medium' }, alpine('zlib', { ranges: [{}] })),
  advisory('CVE-2024-0003', { summary: 'musl flexes', severity: 'high' }, alpine('musl', { ranges: [{}], status: 'minor' })),
  advisory('CVE-2024-0004', { summary: 'not here', severity: 'high' }, alpine('musl', { status: 'not-affected' })),
  advisory('CVE-2024-0005', { summary: 'long ago', severity: 'high' }, alpine('curl', { ranges: [{ fixed: '7.0.0-r0' }] })),
  advisory('CVE-2024-0006', { summary: 'elsewhere', severity: 'high' }, alpine('nginx', { ranges: [{}] })),
  advisory(
    'GHSA-2222-3333-4444',
    { aliases: ['CVE-2024-0007'], summary: 'left-pad leans', severity: 'high' },
    {
      ecosystem: 'npm',
      name: 'left-pad',
      keyedBy: 'binary',
      ranges: [{ fixed: '1.0.1' }, { introduced: '1.1.0', fixed: '1.1.3' }],
    },
  ),
]

const apk = (packages: readonly string[]): string =>
  packages.map(one => `P:${one.split(' ')[0]}\nV:${one.split(' ')[1]}\nA:x86_64\n\n`).join('')
const layers = [
  tar([
    { path: 'etc/os-release', body: 'ID=alpine\nVERSION_ID=3.20.1\nPRETTY_NAME="Alpine Linux v3.20"\n' },
    { path: 'lib/apk/db/installed', body: apk(['musl 1.2.5-r0', 'zlib 1.3.1-r1']) },
  ]),
  tar([
    { path: 'lib/apk/db/installed', body: apk(['musl 1.2.5-r0', 'zlib 1.3.1-r1', 'curl 8.9.0-r0']) },
    { path: 'app/node_modules/left-pad/package.json', body: '{"name":"left-pad","version":"1.1.0"}' },
  ]),
]
const image = join(top, 'image.tar')

beforeAll(async () => {
  const config = JSON.stringify({
    os: 'linux',
    architecture: 'amd64',
    created: '2026-02-03T04:05:06Z',
    rootfs: { diff_ids: layers.map(layer => `sha256:${createHash('sha256').update(layer).digest('hex')}`) },
    history: [
      { created_by: '/bin/sh -c #(nop) ADD file:x in / ' },
      { created_by: '/bin/sh -c #(nop)  CMD ["/bin/sh"]', empty_layer: true },
      { created_by: 'RUN /bin/sh -c apk add curl # buildkit' },
    ],
  })
  writeFileSync(
    image,
    tar([
      ...layers.map((body, i) => ({ path: `${i}/layer.tar`, body })),
      { path: 'config.json', body: config },
      {
        path: 'manifest.json',
        body: JSON.stringify([{ Config: 'config.json', RepoTags: ['shop/app:1'], Layers: ['0/layer.tar', '1/layer.tar'] }]),
      },
    ]),
  )
  const files = databaseFiles(environment.BULKHEAD_DB, undefined, () => '2026-08-01T00:00:00.000Z')
  await files.change(async writer => {
    writer.replace(feedState({ title: 'Advisories for tests' }), items)
    writer.replace(feedState({ feed: 'kev', ecosystems: [], title: 'KEV' }), [
      { kind: 'cve', id: 'CVE-2024-0001', facts: { kev: { added: '2024-05-01', isRansomware: true } } },
    ])
    writer.replace(feedState({ feed: 'epss', ecosystems: [], title: 'EPSS' }), [
      { kind: 'cve', id: 'CVE-2024-0001', facts: { epss: { score: 0.9, percentile: 0.99 } } },
      { kind: 'cve', id: 'CVE-2024-0007', facts: { epss: { score: 0.2, percentile: 0.9 } } },
    ])
  })
})

type Report = {
  findings: {
    vulnerability: { id: string }
    severity: string
    key: string
    package: { name: string; purl: string; layer: unknown }
    at: unknown
    match: { fixedIn?: string; status: string }
    suppressed?: { by: string; reason: string }
    isInBase?: boolean
  }[]
  base: unknown
  image: { layers: unknown }
  problems: { kind: string; code: string }[]
}
const json = (args: readonly string[]): Report & { status: number | null } => {
  const { stdout, stderr, status } = run(['scan', ...args, '-f', 'json'])
  if (stdout === '') throw new Error(stderr)
  return { ...(JSON.parse(stdout) as Report), status }
}
const ids = ({ findings }: Report): string[] => findings.filter(one => !one.suppressed).map(one => one.vulnerability.id)

describe('bulkhead scan', () => {
  test('what is wrong, the worst first, with the reason; exit code 1', () => {
    const { status, stdout, stderr } = run(['scan', image])
    expect(stderr).toBe('')
    expect(status).toBe(1)
    for (const text of [
      'CVE-2024-0001',
      '8.9.1-r0',
      'exploited',
      'CVE-2024-0007',
      '1.1.3',
      'curl 8.9.0-r0',
      'no fix',
      '2026-08-01',
      'Alpine:v3.20',
    ])
      expect(stdout).toContain(text)
    // The base image apart from the own layers, in each of them the worst first.
    expect(stdout.indexOf('curl 8.9.0')).toBeLessThan(stdout.indexOf('left-pad 1.1.0'))
    for (const text of ['CVE-2024-0004', 'CVE-2024-0005', 'CVE-2024-0006']) expect(stdout).not.toContain(text)
  })

  test('states are told, and fail nothing unless they are asked to', () => {
    const all = json([image])
    expect(all.findings.find(one => one.vulnerability.id === 'CVE-2024-0003')!.match.status).toBe('minor')
    expect(run(['scan', image, '--ignore-base', '--fail-on', 'high']).status).toBe(1)
    expect(run(['scan', image, '--only-base', '--fail-on', 'high']).status).toBe(0)
    expect(run(['scan', image, '--only-base', '--fail-on', 'high', '--left-aside']).status).toBe(1)
    expect(run(['scan', image, '--fail-on', 'none']).status).toBe(0)
  })

  test('only some of them', () => {
    expect(ids(json([image])).sort()).toEqual(['CVE-2024-0001', 'CVE-2024-0002', 'CVE-2024-0003', 'CVE-2024-0007'])
    expect(ids(json([image, '--only-fixable'])).sort()).toEqual(['CVE-2024-0001', 'CVE-2024-0007'])
    expect(ids(json([image, '--kev']))).toEqual(['CVE-2024-0001'])
    expect(ids(json([image, '--epss', '0.1'])).sort()).toEqual(['CVE-2024-0001', 'CVE-2024-0007'])
    expect(ids(json([image, '--epss', '0.5']))).toEqual(['CVE-2024-0001'])
    expect(ids(json([image, '--only-base'])).sort()).toEqual(['CVE-2024-0002', 'CVE-2024-0003'])
    expect(ids(json([image, '--ignore-base'])).sort()).toEqual(['CVE-2024-0001', 'CVE-2024-0007'])
    expect(run(['scan', image, '--kev']).stderr).toContain('3 more findings are not shown')
    const sorted = json([image, '--sort', 'severity']).findings.map(({ severity }) => severity)
    expect(sorted).toEqual(['critical', 'high', 'high', 'medium'])
  })

  test('what was silenced stays, with who silenced it', () => {
    writeFileSync(join(top, '.trivyignore'), '# we do not use it\nCVE-2024-0001\nCVE-2024-0007 exp:2020-01-01\n')
    const ignored = json([image])
    expect(ignored.findings.find(one => one.vulnerability.id === 'CVE-2024-0001')!.suppressed).toMatchObject({
      by: 'config',
      reason: expect.stringContaining('we do not use it'),
    })
    expect(ids(ignored)).toContain('CVE-2024-0007')
    expect(run(['scan', image]).stdout).not.toContain('CVE-2024-0001 ')
    expect(run(['scan', image, '--show-suppressed']).stdout).toContain('we do not use it')
    expect(ids(json([image, '--no-ignore-files']))).toContain('CVE-2024-0001')
    rmSync(join(top, '.trivyignore'))
    const vex = join(top, 'vex.json')
    writeFileSync(
      vex,
      JSON.stringify({
        '@context': 'https://openvex.dev/ns/v0.2.0',
        '@id': 'https://example.org/vex',
        author: 'Somebody',
        timestamp: '2026-01-01T00:00:00Z',
        version: 1,
        statements: [
          {
            vulnerability: { name: 'CVE-2024-0007' },
            products: [{ '@id': 'pkg:npm/left-pad' }],
            status: 'not_affected',
            justification: 'vulnerable_code_not_in_execute_path',
          },
        ],
      }),
    )
    const silenced = json([image, '--vex', vex])
    expect(silenced.findings.find(one => one.vulnerability.id === 'CVE-2024-0007')!.suppressed).toMatchObject({
      by: 'vex',
      reason: 'not affected: vulnerable_code_not_in_execute_path (Somebody)',
    })
    const report = join(top, 'before.json')
    writeFileSync(report, run(['scan', image, '-f', 'json']).stdout)
    const since = run(['scan', image, '--new-since', report])
    expect(since.status).toBe(0)
    expect(json([image, '--new-since', report]).findings.every(one => one.suppressed?.by === 'baseline')).toBe(true)
  })

  test('a document of what is to be decided, which comes back with one decision', () => {
    const skeleton = run(['scan', image, '-f', 'openvex'])
    expect([skeleton.status, run(['scan', image, '-f', 'openvex']).stdout]).toEqual([1, skeleton.stdout])
    type Statement = { vulnerability: { name: string }; status: string; justification?: string }
    const document: { statements: Statement[] } = JSON.parse(skeleton.stdout)
    const names = ({ statements }: typeof document): readonly string[] => statements.map(one => one.vulnerability.name)
    const before = json([image])
    const open = before.findings.filter(one => one.match.status === 'affected')
    expect(new Set(names(document))).toEqual(new Set(ids({ ...before, findings: open })))
    const vex = join(top, 'decided.json')
    writeFileSync(vex, skeleton.stdout)
    expect(json([image, '--vex', vex])).toMatchObject({ findings: before.findings })

    Object.assign(document.statements.find(one => one.vulnerability.name === 'CVE-2024-0007')!, {
      status: 'not_affected',
      justification: 'vulnerable_code_not_in_execute_path',
    })
    Object.assign(document.statements.find(one => one.vulnerability.name === 'CVE-2024-0002')!, {
      status: 'affected',
      action_statement: 'wait for the fix',
    })
    writeFileSync(vex, JSON.stringify({ ...document, author: 'Kim' }))
    const after = json([image, '--vex', vex])
    const silenced = after.findings.filter(one => one.suppressed)
    expect(silenced.map(one => [one.vulnerability.id, one.suppressed])).toMatchObject([
      ['CVE-2024-0007', { by: 'vex', reason: 'not affected: vulnerable_code_not_in_execute_path (Kim)' }],
    ])
    expect(after.findings).toHaveLength(before.findings.length)
    // A document that only asks takes back nothing, also when it is the newer one.
    const asking = join(top, 'asking.json')
    writeFileSync(asking, JSON.stringify({ ...JSON.parse(skeleton.stdout), timestamp: '2099-01-01T00:00:00Z' }))
    expect(json([image, '--vex', vex, '--vex', asking]).findings).toEqual(after.findings)
    // Nobody is asked twice.
    const rest = JSON.parse(run(['scan', image, '-f', 'openvex', '--vex', vex]).stdout)
    expect(new Set(names(rest))).toEqual(
      new Set(names(document).filter(name => name !== 'CVE-2024-0007' && name !== 'CVE-2024-0002')),
    )

    const single = run(['scan', image, '-f', 'openvex', '--only', 'ghsa-2222-3333-4444', '--only', 'CVE-1999-1'])
    expect(names(JSON.parse(single.stdout))).toEqual(['CVE-2024-0007'])
    expect(single.stderr).toContain('nothing that was found is called CVE-1999-1')
    expect(single.stderr).toMatch(/\d more findings are not shown/)
    expect(run(['scan', image, '--only', '']).status).toBe(2)
    const none = run(['scan', image, '-f', 'openvex', '--only', 'CVE-1999-1', '-o', 'none.json'])
    expect([none.status, none.stdout, existsSync(join(top, 'none.json'))]).toEqual([0, '', false])
    expect(none.stderr).toContain('there is nothing to decide')
  })

  test('an SBOM gives the same answer as the image that it was made of', () => {
    const same = ({ findings, base, image: { layers: all } }: Report): object => ({
      base,
      layers: all,
      findings: findings.map(({ vulnerability, package: one, severity, match, key, isInBase, at }) => ({
        id: vulnerability.id,
        package: [one.name, one.purl, one.layer],
        severity,
        fix: match.fixedIn,
        status: match.status,
        key,
        isInBase,
        at,
      })),
    })
    const expected = same(json([image]))
    expect(expected).toMatchObject({ base: { layers: 1, decidedBy: 'history' } })
    for (const format of ['cyclonedx', 'cyclonedx-1.7', 'spdx']) {
      const path = join(top, `sbom-${format}.json`)
      expect(run(['sbom', image, '-f', format, '-o', path]).status).toBe(0)
      expect(same(json([`sbom:${path}`])), format).toEqual(expected)
      expect(ids(json([`sbom:${path}`, '--only-base'])).sort(), format).toEqual(['CVE-2024-0002', 'CVE-2024-0003'])
    }
  })

  test('machines: each format says the same', () => {
    const cyclonedx = JSON.parse(run(['scan', image, '-f', 'cyclonedx']).stdout) as { vulnerabilities: { id: string }[] }
    expect(cyclonedx.vulnerabilities.map(({ id }) => id).sort()).toEqual([
      'CVE-2024-0001',
      'CVE-2024-0002',
      'CVE-2024-0003',
      'CVE-2024-0007',
    ])
    const sarif = JSON.parse(run(['scan', image, '-f', 'sarif']).stdout) as { runs: { results: { ruleId: string }[] }[] }
    expect(sarif.runs[0]!.results.map(({ ruleId }) => ruleId)).toContain('CVE-2024-0001')
    const gitlab = JSON.parse(run(['scan', image, '-f', 'gitlab']).stdout) as { vulnerabilities: { name: string }[] }
    expect(gitlab.vulnerabilities.length).toBeGreaterThanOrEqual(3)
    expect(run(['scan', image, '-f', 'junit']).stdout).toMatch(/<testsuite[^>]* failures="2"/)
    expect(run(['scan', image, '-f', 'markdown']).stdout).toContain('CVE-2024-0001')
    const page = run(['scan', image, '-f', 'html'])
    expect([page.status, page.stdout.slice(0, 15)]).toEqual([1, '<!doctype html>'])
    expect(page.stdout).toMatch(
      /<tr data-s="high" data-o="application"[^>]*><td[^>]*><span[^>]*>high<\/span><\/td><td><a [^>]*>CVE-2024-0007</,
    )
    expect(page.stdout).toMatch(/<h3>Application \(npm\)<\/h3>.*npm install left-pad@/s)
    expect(run(['scan', image, '-f', 'html', '--only-fixable']).stdout).toMatch(/\d more findings? (?:is|are) not on this page/)
    const bases = run(['recommend', image, '--offline', '-f', 'html'])
    expect([bases.status, bases.stdout.slice(0, 15)]).toEqual([0, '<!doctype html>'])
    expect(bases.stdout).toMatch(/id="bases".*no registry was asked.*npm install left-pad@.*CVE-2024-0007/s)
    const path = join(top, 'out.json')
    const { stdout, status } = run(['scan', image, '-f', 'json', '-o', path])
    expect([stdout, status]).toEqual(['', 1])
    expect(existsSync(path)).toBe(true)
  })

  test('--explain: why it is, and why it is not', () => {
    const why = (id: string): string => run(['scan', image, '--explain', id]).stdout.replace(/\s+/g, ' ')
    expect(why('CVE-2024-0007')).toMatch(/left-pad.*1\.1\.0.*GHSA-2222-3333-4444.*1\.1\.3/)
    expect(why('ghsa-2222-3333-4444')).toContain('left-pad')
    expect(why('CVE-2024-0004')).toMatch(/not affected/i)
    expect(why('CVE-2024-0005')).toMatch(/7\.0\.0-r0/)
    expect(why('CVE-2024-0006')).toContain('nginx')
    expect(why('CVE-1999-9999')).toMatch(/^CVE-1999-9999 is unknown: no advisory/)
    expect(run(['scan', image, '--explain', ' '])).toMatchObject({ status: 2, stdout: '' })
  })

  test('data that are too old, and what is not covered', () => {
    const old = run(['scan', image, '--fail-on', 'none', '--max-age', '1'])
    expect(old.status).toBe(2)
    expect(old.stdout).toContain('advisories-too-old')
    expect(run(['scan', image, '--fail-on', 'none', '--max-age', '99999']).status).toBe(0)
    const strange = join(top, 'strange')
    mkdirSync(join(strange, 'etc'), { recursive: true })
    mkdirSync(join(strange, 'lib/apk/db'), { recursive: true })
    writeFileSync(join(strange, 'etc/os-release'), 'ID=strange\nVERSION_ID=1\nPRETTY_NAME=Strange\n')
    writeFileSync(join(strange, 'lib/apk/db/installed'), apk(['musl 1.2.5-r0']))
    const plain = run(['scan', strange])
    expect(plain.status).toBe(0)
    expect(plain.stdout).toContain('distribution-unknown')
    expect(plain.stdout).not.toMatch(/^No known vulnerabilities/m)
    expect(run(['scan', strange, '--strict']).status).toBe(2)
  })

  test('wrong usage is one line, and how to go on', () => {
    for (const [args, says] of [
      [['scan', image, '--only-base', '--ignore-base'], /leave nothing/],
      [['scan', image, '--vex', 'nothing.json'], /nothing\.json/],
      [['scan', image, '--vex', image], /image\.tar/],
      [['scan', image, '--new-since', image], /no JSON/],
      [['scan', image, '--epss', '7'], /from 0 to 1/],
      [['scan', image, '--max-age', 'old'], /number of days/],
      [['scan', 'nothing-is-called-so:1', '--mirror', 'x'], /--mirror/],
      [['scan', join(top, 'strange'), '--only-base'], /base image/],
    ] as const) {
      const { status, stderr, stdout } = run(args)
      expect(status, stderr).toBe(2)
      expect(stdout).toBe('')
      expect(stderr).toMatch(says)
      expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2)
      expect(stderr).not.toContain('this is a bug')
    }
  })

  test('without a database, and with a broken one', () => {
    const none = run(['scan', image], { BULKHEAD_DB: join(top, 'nowhere') })
    expect([none.status, none.stderr.split('\n')[0]]).toEqual([2, 'bulkhead: there is no database of advisories'])
    const broken = join(top, 'broken-db')
    mkdirSync(broken, { recursive: true })
    writeFileSync(join(broken, 'current.json'), '{"format":')
    const said = run(['scan', image], { BULKHEAD_DB: broken })
    expect(said.status).toBe(2)
    expect(said.stderr).toMatch(/current\.json is broken/)
  })
})

describe('bulkhead quick', () => {
  test('the counts, with the base’s share', () => {
    const { status, stdout } = run(['quick', image])
    expect(status).toBe(0)
    expect(stdout).toMatch(/Your image +shop\/app:1 +1C +1H +1M/)
    expect(stdout).toMatch(/Base image/)
    writeFileSync(join(top, '.trivyignore'), 'CVE-2024-0001\n')
    const ignored = run(['quick', image])
    rmSync(join(top, '.trivyignore'))
    expect(ignored.stdout).toMatch(/Your image +shop\/app:1 +0C +1H +1M/)
    expect(ignored.stdout).toContain('1 suppressed')
    expect(ignored.stdout).toContain(`bulkhead scan ${image}\n`)
  })
})

describe('bulkhead db', () => {
  test('status, verify, export and import in each form, clear', () => {
    expect(run(['db', 'status']).stdout).toContain('kev')
    const facts = JSON.parse(run(['db', 'status', '-f', 'json']).stdout) as { sha256: string; feeds: unknown[] }
    expect(facts.feeds).toHaveLength(3)
    expect(run(['db', 'verify']).stdout).toContain(facts.sha256)
    const other = { BULKHEAD_DB: join(top, 'other-db') }
    for (const [target, source] of [
      [join(top, 'export.bulkhead'), join(top, 'export.bulkhead')],
      [`oci:${join(top, 'artifact')}`, `oci:${join(top, 'artifact')}`],
      [`npm:${join(top, 'package')}`, join(top, 'package')],
    ] as const) {
      expect(run(['db', 'export', target]).status, target).toBe(0)
      const taken = run(['db', 'import', source], other)
      expect(taken.stderr).toBe('')
      expect(taken.status).toBe(0)
      expect((JSON.parse(run(['db', 'status', '-f', 'json'], other).stdout) as { sha256: string }).sha256).toBe(facts.sha256)
      expect(run(['db', 'clear'], other).stdout).toContain('removed')
      expect(run(['db', 'status'], other).status).toBe(2)
    }
  })

  test.skipIf(!has('npm'))('inside an npm package, packed (needs npm)', () => {
    run(['db', 'export', `npm:${join(top, 'packed')}`, '--name', '@shop/advisories'])
    runProgram('npm', ['pack', '--silent', join(top, 'packed')], { cwd: top })
    const other = { BULKHEAD_DB: join(top, 'npm-db') }
    expect(run(['db', 'import', join(top, 'shop-advisories-2026.8.1.tgz')], other).status).toBe(0)
    expect(run(['scan', image, '--fail-on', 'none'], other).stdout).toContain('CVE-2024-0001')
  })

  test.skipIf(!hasRegistry || !has('skopeo'))('through a registry, as an artifact (needs docker-registry, skopeo)', async () => {
    const registry = await startRegistry()
    try {
      run(['db', 'export', `oci:${join(top, 'pushed')}`])
      const name = `${registry.host}/team/advisories:latest`
      runProgram('skopeo', ['copy', '--dest-tls-verify=false', `oci:${join(top, 'pushed')}:latest`, `docker://${name}`])
      const other = { BULKHEAD_DB: join(top, 'registry-db') }
      const taken = run(['db', 'update', '--from', `registry:${name}`], other)
      expect(taken.stderr).toBe('')
      expect(taken.status).toBe(0)
      expect(run(['scan', image, '--fail-on', 'none'], other).stdout).toContain('CVE-2024-0001')
      const missing = run(['db', 'import', `registry:${registry.host}/team/nothing:1`], other)
      expect(missing.status).toBe(2)
      expect(missing.stderr).not.toContain('this is a bug')
    } finally {
      await registry.stop()
    }
  })

  test('the one that ships is made of data/, and answers', async () => {
    const folder = await shippedDatabase(undefined, true)
    const env = { BULKHEAD_DB: join(top, 'none-of-my-own'), BULKHEAD_SHIPPED_DB: folder }
    const status = run(['db', 'status'], env).stdout
    expect(status).toContain('came with bulkhead')
    for (const feed of ['pypa', 'go-vulndb', 'debian-changelogs', 'epss', 'kev']) expect(status).toContain(feed)
    const requirements = join(top, 'python/usr/lib/python3/site-packages/jinja2-2.4.dist-info')
    mkdirSync(requirements, { recursive: true })
    writeFileSync(join(requirements, 'METADATA'), 'Metadata-Version: 2.1\nName: Jinja2\nVersion: 2.4\n\n')
    const { stdout, status: code } = run(['scan', join(top, 'python')], env)
    expect(code).toBe(1)
    expect(stdout).toContain('CVE-2016-10745')
    const peak = join(top, 'peak')
    // Not resourceUsage().maxRSS: Linux counts there what the parent had when it started the child.
    const writesPeak = `const f=process.getBuiltinModule('fs');process.on('exit',()=>f.writeFileSync('${peak}',f.existsSync('/proc/self/status')?f.readFileSync('/proc/self/status'):'VmHWM: 0 kB'))`
    const build = run(['db', 'build', join(import.meta.dirname, '../data'), '-q', '-o', join(top, 'built')], {
      ...env,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(writesPeak)}`,
    })
    expect(build.status).toBe(0)
    // Kibibytes. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    expect(Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(peak, 'utf8'))?.[1])).toBeLessThan(400 * 1024)
    const name = (JSON.parse(readFileSync(join(folder, 'advisories.json'), 'utf8')) as { sha256: string }).sha256
    expect(readFileSync(join(top, 'built')).toString('latin1', 0, 300)).toContain(name)
    // What is taken in by hand takes its place, whatever day it is of.
    expect(run(['db', 'export', join(top, 'older')]).status).toBe(0)
    expect(run(['db', 'import', join(top, 'older')], env).status).toBe(0)
    expect(run(['db', 'status'], env).stdout).toMatch(/^your own, of 2026-08-01, holds: .* there already$/m)
    expect(run(['scan', image, '-v', '--fail-on', 'none'], env).stderr).toMatch(/your own, of 2026-08-01, holds/)
    writeFileSync(join(top, 'none-of-my-own/current.json'), '{')
    expect(run(['scan', image], env).stderr).toMatch(/current\.json is broken\n +bulkhead db clear/)
    expect(run(['db', 'clear'], env).stdout).toMatch(
      /^your own database was removed\nthe one that came with bulkhead, of .*, holds\n$/,
    )
    expect(run(['db', 'clear'], env).stdout).toMatch(/^there was no database of your own\n/)
    // Two databases are made, of all the data there are.
  }, 180_000)

  test('what cannot be taken in is said', () => {
    for (const [args, says] of [
      [['db', 'import', join(top, 'nowhere')], /does not exist/],
      [['db', 'import', image], /named after a feed/],
      [['db', 'import', image, '--feed', 'nothing'], /no feed is called/],
      [['db', 'import', top], /no file that is named after a feed/],
      [['db', 'import', 'oci:nowhere'], /nowhere/],
      [['db', 'update', '--only', 'nothing'], /no feed is called nothing/],
      [['db', 'update', '--mirror', 'nonsense'], /--mirror/],
      [['db', 'build', join(top, 'nowhere'), '-o', 'x'], /does not exist/],
    ] as const) {
      const { status, stderr } = run(args, { BULKHEAD_DB: join(top, 'scratch-db') })
      expect(status, args.join(' ')).toBe(2)
      expect(stderr).toMatch(says)
      expect(stderr).not.toContain('this is a bug')
    }
  })
})
