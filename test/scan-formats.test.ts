/** What every format of a scan must keep to, whatever a subject or an advisory says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import AjvDraft04 from 'ajv-draft-04'
import formats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { versionOrders } from '../src/judge/versions/registry.ts'
import type { ScanReport } from '../src/model/vulnerability.ts'
import { readVex } from '../src/read/vex/read-vex.ts'
import { showCycloneDx } from '../src/show/cyclonedx.ts'
import { forHtml, forMarkdownCode, forMarkdownText, forXml } from '../src/show/escape.ts'
import { showExplanation } from '../src/show/explain-scan.ts'
import { showGitlab } from '../src/show/gitlab.ts'
import { showJunit } from '../src/show/junit.ts'
import { showOpenVex } from '../src/show/openvex.ts'
import { showQuickText } from '../src/show/quick-text.ts'
import { groupsOf, placeOf, totalsOf } from '../src/show/scan-facts.ts'
import { showScanJson } from '../src/show/scan-json.ts'
import { showScanMarkdown } from '../src/show/scan-markdown.ts'
import { showScanSarif } from '../src/show/scan-sarif.ts'
import { showScanText } from '../src/show/scan-text.ts'
import { widthOf } from '../src/show/style.ts'
import {
  cleanReport,
  debianFeed,
  emptyReport,
  hostileTexts,
  makeExplanation,
  makeFinding,
  makePackage,
  makeReport,
  makeVulnerability,
  reportWith,
  uncoveredReport,
} from './scan-report.ts'

const read = (path: string): object => JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8'))

/** Anything that a terminal obeys or hides, but the end of a line. */
const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/
const withoutColours = (text: string): string => text.replace(/\u001b\[\d+m/g, '')

const runs = Number(process.env.BULKHEAD_FUZZ_RUNS ?? 60)

const nasty = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc.string({
    unit: fc.constantFrom(...'`|<>&"\'\\*_[]()#@:\n\r\u001b\u202e\u0000\ud800\udc00 a-;]'),
    minLength: 1,
    maxLength: 12,
  }),
)
/** Every kind of report, and those whose every text is nasty. */
const everyReport = (check: (report: ScanReport) => void): void => {
  for (const report of [makeReport(), cleanReport(), emptyReport(), uncoveredReport(), ...hostileTexts.map(reportWith)])
    check(report)
  fc.assert(
    fc.property(nasty, text => check(reportWith(text))),
    { numRuns: runs },
  )
}

describe('text', () => {
  const text = (report: ScanReport, options: Partial<Parameters<typeof showScanText>[1]> = {}): string =>
    showScanText(report, { colour: false, width: 100, ...options })

  test('nothing of a subject or an advisory reaches the terminal as a control', () => {
    everyReport(report => {
      for (const colour of [false, true])
        for (const all of [false, true])
          for (const shown of [
            showScanText(report, { colour, width: 80, all, showSuppressed: all }),
            showQuickText(report, { colour, width: 80 }),
          ]) {
            expect(colour ? withoutColours(shown) : shown).not.toMatch(unsafe)
            expect(shown.endsWith('\n')).toBe(true)
          }
    })
  })

  test('colours change no character, and every one that begins ends', () => {
    for (const width of [60, 80, 140]) {
      const coloured = text(makeReport(), { colour: true, width, all: true, showSuppressed: true })
      expect(withoutColours(coloured)).toBe(text(makeReport(), { width, all: true, showSuppressed: true }))
      for (const line of coloured.split('\n').filter(line => line.includes('…')))
        expect((line.match(/\u001b\[(?:2|22|3\d|1)m/g) ?? []).length % 2).toBe(0)
    }
  })

  test('lines keep to the width, but for words that cannot be broken', () => {
    for (const width of [80, 100, 140])
      for (const line of text(makeReport(), { width }).split('\n')) expect(widthOf(line), line).toBeLessThanOrEqual(width)
  })

  test('what nobody has weighed and did not fail the build is said; what a copy of a feed lacks, too', () => {
    const report = makeReport()
    const [first, ...rest] = report.findings
    const unweighed = { ...report, findings: [{ ...first!, severity: 'unknown' as const }, ...rest] }
    const line = 'of unknown severity did not count for --fail-on high; for low they do.'
    expect(text(unweighed, { failOn: 'high', width: 200 })).toContain(line)
    for (const failOn of ['low', 'none'] as const) expect(text(unweighed, { failOn })).not.toContain('of unknown severity')
    const coverage = report.coverage.map(one => ({ ...one, feeds: one.feeds.map(feed => ({ ...feed, caveat: 'a sample' })) }))
    expect(text({ ...report, coverage })).toContain('(a sample)')
  })

  test('groups say which packages, which layer and instruction, and what can be done', () => {
    const shown = text(makeReport(), { width: 140 })
    expect(shown).toMatch(
      /openssl 3\.0\.11-1~deb12u1 {2}\[libssl3, openssl\] {2}1 critical, 1 high, 1 medium {3}layer 1: ADD file/,
    )
    expect(shown).toMatch(/critical {2}CVE-2026-3602 +→ 3\.0\.11-1~deb12u2 +EPSS +94 % +exploited in the wild, by ransomware too/)
    expect(shown).toMatch(/medium +CVE-2026-5678 +no fix/)
    expect(shown.indexOf('From the base image debian:12, layer 1')).toBeLessThan(shown.indexOf('From your own layers'))
    expect(shown).toContain('openssl (libssl3, openssl), from the base image, layer 1; one of them is exploited in the wild')
    expect(shown).toMatch(/MAL-2026-4711 +remove it +MALWARE/)
    expect(shown).toContain('colour-utils-pro 1.0.3 is malware, from layer 4')
    expect(shown).toContain(
      '2 high in imagemagick (imagemagick-6.q16), from layer 2; 1 fixed in 8:6.9.11.60+dfsg-1.6+deb12u2, 1 without a fix.',
    )
    expect(shown).toContain('and 4 more (2 medium, 2 low); --all shows them')
    expect(shown).toContain('left aside by Debian: 4 minor')
    expect(shown).toContain('all that is known of perl and zlib')
  })

  test('the words for what maintainers say', () => {
    const one = makePackage({ name: 'x', version: '1' })
    const shownFor = (match: Parameters<typeof makeFinding>[0]['match']): string =>
      text(
        makeReport({
          findings: [
            makeFinding({ package: one, vulnerability: makeVulnerability({ id: 'CVE-2026-1' }), severity: 'high', match }),
          ],
        }),
        { all: true, width: 140 },
      )
    expect(shownFor({ fixedIn: '2', fixNeeds: 'ubuntu-pro' })).toContain('2, only with Ubuntu Pro')
    expect(shownFor({ fixedIn: '2', ecosystem: 'Alpine:v3.15', inferredFrom: 'Alpine:v3.18' })).toContain(
      'fixed in a later Alpine (v3.18): 2',
    )
    expect(shownFor({ status: 'minor' })).toContain('Debian leaves it: minor issue')
    expect(shownFor({ status: 'end-of-life' })).toContain('Debian no longer supports the package')
    expect(shownFor({})).toContain('1 high in x, from the base image, layer 1; there is no fix yet.')
  })

  test('what is suppressed or left aside shows when it is asked for, and is counted apart', () => {
    const shown = text(makeReport(), { all: true, showSuppressed: true, width: 200 })
    expect(shown).toContain('suppressed by vex: vulnerable_code_not_in_execute_path: we use no proxy (until 2027-01-31)')
    expect(shown).toContain('Debian will not fix it')
    expect(shown).not.toContain('--all shows')
    for (const words of [
      '22 vulnerabilities in 6 of 18 packages: 3 critical, 4 high, 13 medium, 2 low',
      '14 can be fixed',
      '2 suppressed',
    ])
      expect(text(makeReport(), { width: 300 })).toContain(words)
    expect(text(makeReport())).not.toContain('CVE-2026-38545')
  })

  test('nothing known is said of what was judged, and never of what was not', () => {
    expect(text(cleanReport())).toContain('No known vulnerabilities in 18 packages.')
    expect(text(emptyReport())).toContain('No packages were found in it: there was nothing to judge.')
    expect(text(cleanReport(), { hidden: 7 })).toMatch(
      /^(?![\s\S]*No known)[\s\S]*Nothing of what was asked for; 7 other findings are not shown\./,
    )
    const uncovered = text(uncoveredReport())
    expect(uncovered).toContain('none of its 18 packages could be judged')
    expect(uncovered).not.toMatch(/No known|\b0\b/)
    const partly = text({ ...cleanReport(), coverage: [{ ecosystem: 'Debian:12', packages: 18, uncovered: 3, feeds: [] }] })
    expect(partly).toContain('No known vulnerabilities in the 15 packages that were judged.')
    expect(partly).toContain('3 packages could not be judged: nobody knows whether they are safe.')
    expect(showQuickText(uncoveredReport(), { colour: false })).not.toMatch(/\b0[CHML?]|Nothing to do/)
    expect(showQuickText({ ...cleanReport(), coverage: [] }, { colour: false })).toContain('Nothing to do')
  })

  test('how old the data are', () => {
    expect(text(makeReport())).toContain('The data are 2 to 7 days old.')
    // When the database was put together says nothing of the data; nor does a feed that judged nothing.
    expect(text(cleanReport())).toContain('The data are 7 days old.')
    expect(
      text({ ...uncoveredReport(), coverage: [{ ecosystem: 'deb', packages: 18, uncovered: 18, feeds: [debianFeed] }] }),
    ).not.toMatch(/The data are/)
    expect(text(makeReport({ at: '2027-03-01T00:00:00Z' }))).toMatch(/days old: bulkhead db update brings newer ones/)
    expect(text(makeReport())).toContain('by Changelogs of Debian packages of 2026-11-19 and OSV of 2026-11-24')
  })

  test('of several fixes the one that has all, in the order of the versions', () => {
    const one = makePackage({ name: 'openssl', version: '1.0' })
    const findings = ['1.1.1l-r0', '3.0.7-r0', '3.0.10-r0', '3.0.2-r0'].map((fixedIn, i) =>
      makeFinding({
        package: one,
        vulnerability: makeVulnerability({
          id: `CVE-2026-${i}`,
          ...(i < 2 ? { kev: { added: '2026-01-01', isRansomware: false } } : {}),
        }),
        severity: 'high',
        match: { fixedIn },
        isInBase: undefined,
      }),
    )
    const report = makeReport({ findings, base: undefined })
    const options = { colour: false, width: 200, orders: versionOrders }
    expect(showScanText(report, options)).toContain(
      '4 high in openssl, from layer 1; 2 of them are exploited in the wild; fixed in 3.0.10-r0.',
    )
    expect(showQuickText(report, options)).toContain(
      'Update openssl first, to 3.0.10-r0: that fixes 4 of 4, 2 of which are exploited in the wild.',
    )
    expect(showQuickText(report, { colour: false, width: 200 })).toContain('to its newest version')
  })

  test('what was ignored until a day that has passed is said', () => {
    const findings = [{ ...makeReport().findings[1]!, note: 'it was ignored until 2020-01-01' }]
    expect(text(makeReport({ findings }))).toMatch(/^ {14}it was ignored until 2020-01-01$/m)
    expect(showScanMarkdown(makeReport({ findings }))).toContain('it was ignored until 2020-01-01')
    expect(showScanSarif(makeReport({ findings }))).toContain('it was ignored until 2020-01-01.')
    expect(showJunit(makeReport({ findings }))).toContain('it was ignored until 2020-01-01')
  })

  test('commands name what was typed, as a shell takes it', () => {
    const subject = "sbom:/tmp/it's here.json"
    expect(text(makeReport(), { subject })).toContain("bulkhead scan 'sbom:/tmp/it'\\''s here.json' --explain MAL-2026-4711")
    expect(text(makeReport())).toContain('bulkhead scan shop/api:1.4 --explain')
    expect(showQuickText(makeReport(), { colour: false, subject })).toContain("bulkhead scan 'sbom:/tmp/it'\\''s here.json'\n")
  })

  test('nothing pushes a line over the width, and no line is blank but for its indent', () => {
    const long = makePackage({ name: 'a-name-'.repeat(40), version: `1.${'0.'.repeat(60)}1` })
    const ghsa = makeVulnerability({ id: 'GHSA-xxxx-yyyy-zzzz', summary: '' })
    const epss = { score: 0.5, percentile: 0.9 }
    const findings = [
      makeFinding({ package: long, vulnerability: ghsa, severity: 'high', match: { fixedIn: `2.${'1.'.repeat(70)}` } }),
      makeFinding({
        package: makePackage({ name: 'x', version: '1' }),
        vulnerability: { ...ghsa, epss },
        severity: 'high',
        match: { fixedIn: '2.1.2-r0', ecosystem: 'Alpine:v3.15', inferredFrom: 'Alpine:v3.18' },
      }),
      ...makeReport().findings,
      ...Array.from({ length: 60 }, (_, i) =>
        makeFinding({ package: makePackage({ name: 'n'.repeat(i + 1), version: '1' }), vulnerability: ghsa, severity: 'low' }),
      ),
      ...Array.from({ length: 200 }, (_, i) =>
        makeFinding({
          package: makePackage({ name: 'many', version: '1' }),
          vulnerability: makeVulnerability({ id: `CVE-2026-${i}` }),
          severity: (['critical', 'high', 'medium', 'low', 'unknown'] as const)[i % 5]!,
        }),
      ),
    ]
    const { inventory } = makeReport()
    const placeless = findings.map(one => ({
      ...one,
      match: { ...one.match, package: { ...one.match.package, at: [{ in: 'config', field: 'x' }] as const } },
    }))
    for (const some of [findings, placeless])
      for (const name of [inventory.name, 'a/very/long/name/'.repeat(20)])
        for (const width of [60, 80, 100, 120])
          for (const shown of [
            text(makeReport({ findings: some, inventory: { ...inventory, name } }), { width, subject: 'x' }),
            showQuickText(makeReport({ findings: some }), { colour: false, width, subject: 'x' }),
          ])
            for (const line of shown.split('\n')) {
              expect(widthOf(line), line).toBeLessThanOrEqual(width)
              expect(line).toBe(line.trimEnd())
            }
  })

  test('sorted as asked', () => {
    const order = (sort: 'package' | 'epss' | 'severity'): readonly string[] =>
      [...text(makeReport({ base: undefined }), { sort }).matchAll(/^ {2}(@?[a-z][\w/-]*) [\d:.]+\S*( {2}|$)/gm)].map(
        one => one[1]!,
      )
    expect(order('package')).toEqual([...order('package')].sort((a, b) => a.localeCompare(b, 'en')))
    expect(order('package').length).toBe(5)
    expect(order('epss')[0]).toBe('openssl')
    expect(order('severity').slice(0, 3).sort()).toEqual(['@babel/traverse', 'colour-utils-pro', 'openssl'])
  })

  test('quick: shares add up, and what to do first', () => {
    const lines = showQuickText(makeReport(), { colour: false }).split('\n')
    const numbers = (line: string): readonly number[] => [...line.matchAll(/(\d+)[CHML?](?= )/g)].map(one => Number(one[1]))
    expect(numbers(lines[0]!)).toEqual([3, 4, 13, 2, 0])
    expect(numbers(lines[0]!)).toEqual(numbers(lines[1]!).map((one, i) => one + numbers(lines[2]!)[i]!))
    expect(lines[1]).toMatch(/Base image {2}debian:12 \(1 layer\) .*116 MB {2}12 packages$/)
    expect(lines.join('\n')).toContain('Remove colour-utils-pro: malware.')
    const { findings } = makeReport()
    const base = makeReport({ findings: findings.filter(one => one.isInBase) })
    expect(showQuickText(base, { colour: false, width: 200 })).toContain(
      'all 2 that can be fixed come from the base image debian:12',
    )
    const own = makeReport({ findings: findings.filter(one => !one.isInBase && !one.vulnerability.isMalware) })
    expect(showQuickText(own, { colour: false, width: 200 })).toContain('Update lodash first, to 4.17.21: that fixes 1 of 18.')
  })
})

describe('facts', () => {
  test('layers are told apart by their instruction, and are known from an SBOM too', () => {
    const { inventory } = makeReport()
    const [first] = inventory.layers
    const layers = [first!, { ...first!, step: 2 }, { ...first!, step: 4, instruction: 'RUN third' }]
    const one = { ...makePackage({ name: 'x', version: '1' }), at: [{ in: 'layer', layer: first!.diffId, step: 4 }] as const }
    expect(placeOf(one, { image: inventory.image, layers })).toMatchObject({
      number: 3,
      step: 4,
      instruction: 'RUN npm ci --omit=dev',
    })
    expect(placeOf(one, { image: undefined, layers })).toMatchObject({ number: 3, instruction: 'RUN third' })
    expect(placeOf(one, { image: undefined, layers: [] })).toMatchObject({ number: undefined, instruction: '' })
  })

  test('what is listed adds up to what is counted', () => {
    everyReport(report => {
      const groups = groupsOf(report)
      const totals = totalsOf(report, groups)
      const rows = groups.flatMap(group => group.rows)
      expect(rows.flatMap(row => row.findings)).toHaveLength(report.findings.length)
      expect(totals.vulnerabilities + totals.leftAside + totals.suppressed).toBe(rows.length)
      expect(Object.values(totals.bySeverity).reduce((sum, one) => sum + one, 0)).toBe(totals.vulnerabilities)
    })
  })
})

describe('JSON', () => {
  const schema = new Ajv2020({ allErrors: true }).compile(read('../docs/scan-report.schema.json'))

  test('is valid against the documented schema, and says everything', () => {
    everyReport(report => {
      const text = showScanJson(report)
      const document = JSON.parse(text)
      expect(schema(document), JSON.stringify(schema.errors?.slice(0, 3))).toBe(true)
      expect(text).toBe(showScanJson(report))
      expect(text.isWellFormed() && !/\\ud[89a-f]/i.test(text.replace(/\\ud[89ab]..\\ud[c-f]../gi, ''))).toBe(true)
      expect(text).not.toMatch(/[\u007f-\u009f\u2028\u2029]|\p{Cf}/u)
      expect(document.findings).toHaveLength(report.findings.length)
      expect(document.problems).toHaveLength(report.problems.length)
    })
    const document = JSON.parse(showScanJson(makeReport()))
    expect(document.summary).toMatchObject({
      packages: 18,
      vulnerabilities: 22,
      fixable: 14,
      leftAside: 10,
      suppressed: 2,
      uncovered: 1,
    })
    expect(document.summary.base).toMatchObject({ critical: 1, high: 1, medium: 1 })
    const finding = document.findings[1]
    expect(finding).toMatchObject({
      severity: 'critical',
      counts: true,
      isInBase: true,
      package: {
        name: 'libssl3',
        layerNumber: 1,
        step: 0,
        path: '/var/lib/dpkg/status',
        instruction: 'ADD file:66ce4b9a8f33d1a7b2 in /',
      },
      vulnerability: { id: 'CVE-2026-3602', kev: { isRansomware: true } },
      match: { name: 'openssl', via: 'source', fixedIn: '3.0.11-1~deb12u2', range: { fixed: '3.0.11-1~deb12u2' } },
    })
  })

  test('keys stand in one order, and the schema does refuse', () => {
    const document = JSON.parse(showScanJson(makeReport()))
    const [first, ...others] = document.findings.map((one: { package: object; match: object }) => [
      Object.keys(one),
      Object.keys(one.package),
      Object.keys(one.match),
    ])
    for (const other of others) expect(other).toEqual(first)
    expect(schema({ ...document, surprise: 1 })).toBe(false)
    expect(schema({ ...document, findings: [{}] })).toBe(false)
  })
})

describe('SARIF', () => {
  const schema = formats
    .default(new AjvDraft04.default({ strict: false, allErrors: true }))
    .compile(read('conformance/sarif/sarif-schema-2.1.0.json'))

  test('is valid against the official schema, with a rule for each vulnerability and a result for each package', () => {
    everyReport(report => {
      const text = showScanSarif(report)
      const log = JSON.parse(text)
      expect(schema(log), JSON.stringify(schema.errors?.slice(0, 3))).toBe(true)
      const [run] = log.runs
      expect(text).not.toMatch(/[\u007f-\u009f\u2028\u2029]|\p{Cf}/u)
      expect(run.results).toHaveLength(report.findings.length)
      for (const result of run.results) {
        expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId)
        expect(result.message.text).not.toMatch(unsafe)
        expect(result.locations[0].physicalLocation.artifactLocation.uri).toMatch(/^[\x21-\x7e]+$/)
      }
      for (const rule of run.tool.driver.rules) {
        expect(rule.help.markdown.replaceAll('\n', '')).not.toMatch(unsafe)
        expect(Number(rule.properties['security-severity'])).toBeLessThanOrEqual(10)
      }
    })
  })

  test('scores, fixes, suppressions and problems are where code scanning looks for them', () => {
    const [run] = JSON.parse(showScanSarif(makeReport())).runs
    const resultOf = (id: string) => run.results.find((one: { ruleId: string }) => one.ruleId === id)
    const rule = run.tool.driver.rules.find(({ id }: { id: string }) => id === 'CVE-2026-3602')
    expect(rule.properties['security-severity']).toBe('9.8')
    expect(rule.properties.tags).toContain('known-exploited')
    expect(rule.help.markdown).toContain('Update openssl to 3.0.11-1')
    expect(resultOf('CVE-2026-3602')).toMatchObject({
      level: 'error',
      partialFingerprints: { 'bulkheadKey/v1': makeReport().findings[1]!.key },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: 'var/lib/dpkg/status' } },
          logicalLocations: [{ fullyQualifiedName: 'pkg:deb/debian/libssl3@3.0.11-1~deb12u1' }],
        },
      ],
    })
    expect(resultOf('CVE-2026-38545').suppressions).toMatchObject([{ kind: 'external', status: 'accepted' }])
    expect(resultOf('CVE-2025-31480')).toMatchObject({ level: 'note', suppressions: [{ status: 'accepted' }] })
    expect(resultOf('CVE-2025-31484').suppressions).toMatchObject([{ status: 'underReview' }])
    expect(resultOf('CVE-2026-3602').suppressions).toBeUndefined()
    expect(run.invocations[0]).toMatchObject({ executionSuccessful: false })
    expect(run.invocations[0].toolExecutionNotifications).toHaveLength(2)
  })
})

describe('OpenVEX', () => {
  const ajv = formats.default(new Ajv2020({ strict: false, logger: false }))
  ajv.addFormat('iri', { validate: (text: string) => /^[\x21-\x7e]+$/.test(text) && URL.canParse(text) })
  const isValid = ajv.compile(read('conformance/openvex/openvex_json_schema.json'))
  type Document = {
    '@id': string
    timestamp: string
    statements: {
      vulnerability: { name: string; aliases?: readonly string[] }
      products: { '@id': string; subcomponents?: { '@id': string }[] }[]
      status: string
      status_notes: string
    }[]
  }
  const documentOf = (report: ScanReport, options?: Parameters<typeof showOpenVex>[1]): Document =>
    JSON.parse(showOpenVex(report, options)!)

  test('is valid, whatever a subject or an advisory says, and says of nothing that it is harmless', () => {
    everyReport(report => {
      for (const all of [false, true]) {
        const shown = showOpenVex(report, { all })
        const open = report.findings.filter(one => one.suppressed === undefined && (all || one.match.status === 'affected'))
        expect(shown === undefined).toBe(open.length === 0)
        if (shown === undefined) continue
        expect(shown).not.toMatch(unsafe)
        const document: Document = JSON.parse(shown)
        if (!isValid(document)) throw new Error(JSON.stringify(isValid.errors))
        const { statements, problems } = readVex(shown, 'x')
        // Nobody reads package URLs of any length, and then it is said.
        const isLong = open.some(({ match }) => match.package.purl.length > 4096)
        expect(problems.map(({ code }) => code)).toEqual(isLong ? ['vex-product-unknown'] : [])
        if (isLong) continue
        expect(new Set(statements.map(one => one.vulnerability[0]))).toEqual(
          new Set(open.map(one => one.vulnerability.id.toWellFormed())),
        )
        for (const one of statements) expect([one.status, one.statement]).toEqual(['under_investigation', undefined])
      }
    })
  })

  test('one statement for each vulnerability that is open: the image by its digest, and the packages', () => {
    const { statements } = documentOf(makeReport())
    expect(statements).toHaveLength(22)
    const one = statements.find(({ vulnerability }) => vulnerability.name === 'CVE-2026-3602')!
    expect(one.products).toEqual([
      {
        '@id': `pkg:oci/api@sha256:${'d'.repeat(64)}?arch=amd64`,
        subcomponents: [
          { '@id': 'pkg:deb/debian/libssl3@3.0.11-1~deb12u1' },
          { '@id': 'pkg:deb/debian/openssl@3.0.11-1~deb12u1' },
        ],
      },
    ])
    expect(one.status_notes).toMatch(
      /^To decide: critical, exploited in the wild\. Update libssl3 .* to 3\.0\.11-1~deb12u2 or later\./,
    )
    const names = (document: Document): readonly string[] => document.statements.map(({ vulnerability }) => vulnerability.name)
    // Silenced; left aside.
    expect(names(documentOf(makeReport()))).not.toContain('CVE-2026-38545')
    expect(names(documentOf(makeReport()))).not.toContain('CVE-2025-31480')
    expect(names(documentOf(makeReport(), { all: true }))).toContain('CVE-2025-31480')
    expect(names(documentOf(makeReport(), { all: true }))).not.toContain('CVE-2026-38545')
    const isDecided = ({ vulnerability }: { vulnerability: { id: string } }): boolean => vulnerability.id === 'CVE-2026-3602'
    expect(names(documentOf(makeReport(), { isDecided }))).toHaveLength(21)
  })

  test('other names are names of that vulnerability alone: neither of a notice, nor of two', () => {
    const one = makePackage({ name: 'x', version: '1' })
    const both = ['DSA-5999-1', 'GHSA-aaaa-bbbb-cccc']
    const findings = [
      makeVulnerability({ id: 'CVE-2026-1', aliases: [...both, 'GO-2026-1'] }),
      makeVulnerability({ id: 'CVE-2026-2', aliases: both }),
    ].map(vulnerability => makeFinding({ package: one, vulnerability, severity: 'high' }))
    expect(documentOf(makeReport({ findings })).statements.map(({ vulnerability }) => vulnerability.aliases)).toEqual([
      ['GO-2026-1'],
      undefined,
    ])
  })

  test('the same answer gives the same bytes at any time; another one has another id', () => {
    const report = makeReport()
    expect(showOpenVex({ ...report, at: '2030-01-01T00:00:00Z' })).toBe(showOpenVex(report))
    expect(documentOf(report).timestamp).toBe('2026-11-24T05:00:00Z')
    const [, ...fewer] = report.findings
    expect(documentOf({ ...report, findings: fewer })['@id']).not.toBe(documentOf(report)['@id'])
    // The image is newer than the advisories.
    const older = { ...report, database: { ...report.database, built: '2020-01-01T00:00:00Z' } }
    expect(documentOf(older)).toMatchObject({ timestamp: '2026-11-20T03:04:05Z', '@id': documentOf(report)['@id'] })
  })

  test('what has no image is said of the packages', () => {
    const report = makeReport()
    const { statements } = documentOf({ ...report, inventory: { ...report.inventory, kind: 'sbom', image: undefined } })
    expect(statements[0]!.products).toEqual([{ '@id': 'pkg:npm/colour-utils-pro@1.0.3' }])
  })
})

describe('CycloneDX', () => {
  const ajv = formats.default(new Ajv({ strict: false, allErrors: false, logger: false }))
  for (const name of ['spdx.schema.json', 'jsf-0.82.schema.json', 'cryptography-defs.schema.json'])
    ajv.addSchema(read(`conformance/cyclonedx/${name}`))
  ajv.addFormat('idn-email', true)
  ajv.addFormat('iri-reference', /^[\x21-\x7e]*$/)
  const schemas = {
    '1.6': ajv.compile(read('conformance/cyclonedx/bom-1.6.schema.json')),
    '1.7': ajv.compile(read('conformance/cyclonedx/bom-1.7.schema.json')),
  }
  const show = (report: ScanReport, version: '1.6' | '1.7' = '1.6'): string =>
    showCycloneDx(report.inventory, report.version, version, report.findings)
  type Entry = {
    id: string
    'bom-ref': string
    analysis?: object
    affects: { ref: string; versions: object[] }[]
    ratings: object[]
  }

  test('is valid in both versions, names every vulnerability, and refers to components that are there', () => {
    everyReport(report => {
      for (const version of ['1.6', '1.7'] as const) {
        const bom = JSON.parse(show(report, version))
        const isValid: boolean = schemas[version](bom)
        if (!isValid) throw new Error(JSON.stringify(schemas[version].errors))
        const entries: readonly Entry[] = bom.vulnerabilities
        expect(new Set(entries.map(one => one['bom-ref'])).size).toBe(entries.length)
        expect(new Set(entries.map(({ id }) => id))).toEqual(
          new Set(report.findings.map(one => one.vulnerability.id.toWellFormed())),
        )
        expect(entries.reduce((sum, { affects }) => sum + affects.length, 0)).toBe(report.findings.length)
        const refs = new Set(bom.components.map((one: { 'bom-ref': string }) => one['bom-ref']))
        for (const { affects } of entries) for (const { ref } of affects) expect(refs).toContain(ref)
      }
    })
  })

  test('scores, fixes, and what somebody has decided', () => {
    const entries: readonly Entry[] = JSON.parse(show(makeReport())).vulnerabilities
    const entry = (id: string): Entry => entries.find(one => one.id === id)!
    expect(entry('CVE-2026-3602').ratings[1]).toMatchObject({ score: 9.8, severity: 'critical', method: 'CVSSv31' })
    expect(entry('CVE-2026-3602').affects.map(({ ref }) => ref)).toHaveLength(2)
    expect(entry('CVE-2026-23337').affects[0]!.versions).toEqual([
      { version: '4.17.20', status: 'affected' },
      { version: '4.17.21', status: 'unaffected' },
    ])
    expect(entry('CVE-2026-3602').analysis).toBeUndefined()
    expect(entry('CVE-2026-38545').analysis).toMatchObject({ state: 'not_affected', justification: 'code_not_reachable' })
    expect(entry('CVE-2026-46218').analysis).toMatchObject({ response: ['will_not_fix'] })
    expect(entry('CVE-2025-31482').analysis).toMatchObject({ response: ['will_not_fix'] })
    expect(entry('CVE-2025-31485').analysis).toMatchObject({ response: ['can_not_fix'] })
    expect(entry('CVE-2025-31484').analysis).toMatchObject({ state: 'in_triage' })
    expect(entry('CVE-2025-31480').analysis).toEqual({ detail: expect.stringContaining('Minor issue') })
  })

  test('an inventory without a scan has no list of vulnerabilities', () => {
    const { inventory } = makeReport()
    expect(JSON.parse(showCycloneDx(inventory, '1'))).not.toHaveProperty('vulnerabilities')
    expect(JSON.parse(showCycloneDx(inventory, '1', '1.6', []))).toHaveProperty('vulnerabilities', [])
  })

  test('read back by us as VEX: what was said by VEX is said again, and nothing else is cleared', () => {
    const vex = readVex(show(makeReport()), 'bom.json')
    const cleared = vex.statements.filter(({ status }) => status === 'not_affected' || status === 'fixed')
    expect(cleared).toMatchObject([
      { vulnerability: expect.arrayContaining(['CVE-2026-38545']), status: 'not_affected', justification: 'code_not_reachable' },
    ])
    expect(cleared[0]!.subcomponents).toEqual(['pkg:deb/debian/curl@7.88.1-10%2Bdeb12u4'])
  })
})

describe('GitLab', () => {
  /** What version 15.0.7 of the form asks for: https://gitlab.com/gitlab-org/security-products/security-report-schemas */
  const text = { type: 'string', minLength: 1 }
  const url = { type: 'string', pattern: '^https?://.+' }
  const time = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$' }
  const object = (properties: Record<string, object>, required = Object.keys(properties)): object => ({
    type: 'object',
    properties,
    required,
    additionalProperties: false,
  })
  const tool = object({ id: text, name: text, url, version: text, vendor: object({ name: text }) })
  const schema = new Ajv({ allErrors: true }).compile(
    object({
      version: { const: '15.0.7' },
      scan: object({
        analyzer: tool,
        scanner: tool,
        type: { const: 'container_scanning' },
        start_time: time,
        end_time: time,
        status: { enum: ['success', 'failure'] },
        messages: { type: 'array', items: object({ level: { enum: ['info', 'warn', 'fatal'] }, value: text }) },
      }),
      vulnerabilities: {
        type: 'array',
        items: object(
          {
            id: { type: 'string', pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' },
            name: { type: 'string', maxLength: 255 },
            description: { type: 'string', maxLength: 1048576 },
            severity: { enum: ['Info', 'Unknown', 'Low', 'Medium', 'High', 'Critical'] },
            solution: { type: 'string', maxLength: 7000 },
            identifiers: {
              type: 'array',
              minItems: 1,
              items: object({ type: text, name: text, value: text, url }, ['type', 'name', 'value']),
            },
            cvss_vectors: {
              type: 'array',
              minItems: 1,
              items: object({
                vendor: text,
                vector: { type: 'string', pattern: '^(CVSS:3[.][01]/)?AV:[NALP]/', maxLength: 128 },
              }),
            },
            links: { type: 'array', items: object({ url }) },
            location: object({
              dependency: object({ package: object({ name: { type: 'string' } }), version: { type: 'string' } }),
              operating_system: text,
              image: text,
            }),
          },
          ['id', 'name', 'description', 'severity', 'solution', 'identifiers', 'links', 'location'],
        ),
      },
    }),
  )

  test('has the form that GitLab asks for, with what counts', () => {
    everyReport(report => {
      const document = JSON.parse(showGitlab(report))
      expect(schema(document), JSON.stringify(schema.errors?.slice(0, 3))).toBe(true)
      const ids = document.vulnerabilities.map(({ id }: { id: string }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      for (const one of document.vulnerabilities) expect(one.name + one.solution).not.toMatch(unsafe)
    })
    const document = JSON.parse(showGitlab(makeReport()))
    expect(document.vulnerabilities).toHaveLength(25)
    expect(document.vulnerabilities[1]).toMatchObject({
      severity: 'Critical',
      solution: 'Update libssl3 (built from openssl) to 3.0.11-1~deb12u2 or later.',
      identifiers: [
        { type: 'cve', value: 'CVE-2026-3602' },
        { type: 'dsa' },
        { type: 'cwe', value: '120' },
        { type: 'cwe', value: '787' },
      ],
      location: { operating_system: 'debian 12', image: 'shop/api:1.4', dependency: { package: { name: 'libssl3' } } },
    })
    expect(document.scan.status).toBe('failure')
    expect(document.scan.messages.at(-1).value).toBe(
      'Not in this list: 10 vulnerabilities left aside by their maintainers, 2 suppressed',
    )
  })
})

/** XML 1.0, as far as we write it; throws where it is not well formed. */
const parseXml = (
  text: string,
): { readonly name: string; readonly attributes: Record<string, string>; readonly path: string }[] => {
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text) || !text.isWellFormed())
    throw new Error('characters that XML does not have')
  const elements: { name: string; attributes: Record<string, string>; path: string }[] = []
  const open: string[] = []
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '')
  for (const [token] of body.matchAll(/<[^<>]*>|[^<>]+|[<>]/g)) {
    const start = /^<([a-z-]+)((?: [a-z]+="(?:[^"<&]|&#\d+;)*")*)(\/?)>$/.exec(token)
    if (start) {
      const attributes = Object.fromEntries(
        [...start[2]!.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]),
      )
      elements.push({ name: start[1]!, attributes, path: open.join('/') })
      if (start[3] === '') open.push(start[1]!)
    } else if (/^<\/[a-z-]+>$/.test(token)) {
      if (open.pop() !== token.slice(2, -1)) throw new Error(`${token} ends nothing`)
    } else if (/^[<>]/.test(token) || /&(?!#\d+;)/.test(token) || (open.length === 0 && token.trim() !== ''))
      throw new Error(`not well formed: ${token.slice(0, 60)}`)
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(' ')}`)
  return elements
}

describe('JUnit', () => {
  test('is well-formed XML whose numbers are right', () => {
    everyReport(report => {
      const text = showJunit(report)
      const elements = parseXml(text)
      const [suite] = elements.filter(({ name }) => name === 'testsuite')
      const count = (name: string): string => String(elements.filter(one => one.name === name).length)
      expect(suite!.attributes).toMatchObject({
        tests: count('testcase'),
        failures: count('failure'),
        errors: count('error'),
        skipped: count('skipped'),
      })
      expect(Number(count('testcase'))).toBeGreaterThan(0)
      expect(text.replaceAll('\n', '')).not.toMatch(unsafe)
    })
    expect(() => parseXml('<a b="<"/>')).toThrow()
    expect(() => parseXml('<a>&</a>')).toThrow()
    expect(() => parseXml('<a>')).toThrow()
  })

  test('fails at the threshold, skips what is suppressed or left aside, and tells what nobody looked at', () => {
    const outcomes = (failOn: Parameters<typeof showJunit>[1]): readonly number[] =>
      ['failure', 'error', 'skipped'].map(
        name => parseXml(showJunit(makeReport(), failOn)).filter(one => one.name === name).length,
      )
    expect(outcomes({ failOn: 'high' })).toEqual([5, 1, 4])
    expect(outcomes({ failOn: 'critical' })).toEqual([3, 1, 4])
    expect(outcomes({ failOn: 'none' })).toEqual([0, 1, 4])
    expect(showJunit(cleanReport())).toContain('no known vulnerabilities in 18 packages')
    expect(showJunit(emptyReport())).toContain('<skipped/>')
    expect(showJunit(uncoveredReport())).not.toContain('no known')
  })
})

describe('Markdown', () => {
  test('whatever a name holds, tables keep their columns, and nothing becomes HTML, a link or a mention', () => {
    everyReport(report => {
      const shown = showScanMarkdown(report)
      expect(shown.replaceAll('\n', '')).not.toMatch(unsafe)
      expect(shown.length).toBeLessThan(65_536)
      const lines = shown.split('\n')
      const cells = (line: string): number => (line.replace(/\\./g, '').match(/\|/g) ?? []).length
      for (const [i, line] of lines.entries())
        if (/^\| ---/.test(line)) {
          for (let at = i - 1; lines[at]?.startsWith('|'); at++) expect(cells(lines[at]!), lines[at]).toBe(cells(line))
        }
      // What is left when escapes and our own tags are taken away.
      const bare = shown
        .replace(/\\[!-/:-@[-`{-~]|&#\d+;/g, '')
        .replace(/<\/?(?:code|b|sub|details|summary|br)>|<!-- -->/g, '')
        .replace(/\]\(https?:\/\/[^()\s|<>]*\)/g, ']')
      expect(bare).not.toMatch(/[<>]|!\[|https?:\/\/|\]\(/)
      const prose = shown.replace(/<code>.*?<\/code>/g, '').replace(/\]\(https?:[^()\s]*\)/g, ']')
      expect(prose).not.toMatch(/@[a-z]|#\d/i)
    })
  })

  test('says what the text says', () => {
    const shown = showScanMarkdown(makeReport())
    expect(shown).toContain('**22 vulnerabilities** in 6 of 18 packages')
    expect(shown).toContain('| Own layers | **2** | **3** | **12** | **2** | 0 |')
    expect(shown).toContain('[CVE-2026-3602](https://nvd.nist.gov/vuln/detail/CVE-2026-3602)')
    expect(shown).toContain('Left aside by Debian: 4 minor')
    expect(showScanMarkdown(cleanReport())).toContain('**No known vulnerabilities in 18 packages**.')
    expect(showScanMarkdown(uncoveredReport())).toContain('none of its 18 packages could be judged')
    expect(showScanMarkdown(uncoveredReport())).not.toMatch(/\| 0 \|/)
    expect(showScanMarkdown(emptyReport())).toContain('No packages were found')
  })

  test('is short enough for a comment, and says what it leaves out', () => {
    const findings = Array.from({ length: 3000 }, (_, i) =>
      makeFinding({
        package: makePackage({ name: `package-${i}`, version: '1' }),
        vulnerability: makeVulnerability({ id: `CVE-2026-${10_000 + i}`, summary: 'x'.repeat(200) }),
        severity: 'high',
      }),
    )
    const shown = showScanMarkdown(makeReport({ findings }))
    expect(shown.length).toBeLessThan(65_536)
    expect(shown).toMatch(/\d+ more packages with vulnerabilities/)
  })
})

describe('escaping', () => {
  test('ordinary text stays as it is', () => {
    for (const text of ['openssl 3.0.11-1', 'npm ci (twice), 2 of 3; "x"', 'ä日本語']) {
      expect(forMarkdownText(text)).toBe(text)
      expect(forXml(text).replaceAll('&#34;', '"')).toBe(text)
    }
    expect(forMarkdownText('@babel/core fixes #12, a|b')).toBe('\\@<!-- -->babel/core fixes \\#<!-- -->12, a\\|b')
    expect(forMarkdownCode('a`b@c')).toBe('<code>a\\`b\\@c</code>')
    expect(forHtml('<a href="x">&')).toBe('&#60;a href=&#34;x&#34;&#62;&#38;')
  })
})

describe('explanation', () => {
  const show = (overrides: Parameters<typeof makeExplanation>[0] = {}): string =>
    showExplanation(makeExplanation(overrides), { colour: false, width: 300 })

  test('why it is reported, and why it is not, for every outcome', () => {
    const shown = show()
    for (const words of [
      'libssl3 3.0.11-1~deb12u1: affected; fixed in 3.0.11-1~deb12u2',
      "3.0.11-1~deb12u1 is below 3.0.11-1~deb12u2, which has the fix, in dpkg's order",
      '/var/lib/dpkg/status in layer 1: ADD file:66ce4b9a8f33d1a7b2 in /',
      'CVE-2026-3602 of debian-changelogs https://security-tracker.debian.org/tracker/CVE-2026-3602',
      'knows it as openssl in Debian:12',
      'suppressed by config: the program is never called (until 2027-01-31)',
      "7.88.1-10+deb12u4 is at or above 7.70, which has the fix, in dpkg's order",
      'not-affected: the code is not built',
      'it is a part of curl 7.88.1-10+deb12u4, whose maintainers have decided about it',
      "4.17.20 is at or above 4.0.0 and at or below 4.17.20, the last one that has it, in semver's order",
      "lies in none of these ranges, in semver's order",
      "x y cannot be compared with these versions, in dpkg's order",
      'CVSS       9.8  CVSS:3.1',
      'more than 99.9 % of all',
      'exploited in the wild, known since 2026-04-02, by ransomware too',
    ])
      expect(shown).toContain(words)
  })

  test('what a distribution has packaged and decided about, by its name where it comes from', () => {
    const [first] = makeExplanation().packages
    const silenced = { ...first!, outcome: 'silenced-by-owner' as const, owner: first!.package.purl }
    expect(show({ packages: [silenced] })).toContain('not reported: its distribution has decided about it')
  })

  test('packages with the same reasons stand together', () => {
    const [first] = makeExplanation().packages
    const other = { ...first!, package: makePackage({ name: 'libssl-dev', version: '3.0.11-1~deb12u1' }) }
    expect(show({ packages: [first!, other] })).toContain('libssl3 3.0.11-1~deb12u1 and libssl-dev 3.0.11-1~deb12u1: affected')
  })

  test('a notice about several vulnerabilities is told once for each package, and no id lists itself', () => {
    const { packages } = makeExplanation()
    const [first] = packages
    const notice = { ...first!.opinions[0]!, id: 'DSA-5999-1' }
    const several = ['CVE-2026-1', 'CVE-2026-2', 'CVE-2026-3'].map(vulnerability => ({
      ...first!,
      vulnerability,
      opinions: [{ ...notice, id: vulnerability }, notice],
    }))
    const shown = show({ id: 'DSA-5999-1', packages: several })
    expect(shown.match(/libssl3 3\.0/g)).toHaveLength(1)
    expect(shown).toContain('libssl3 3.0.11-1~deb12u1 (CVE-2026-1, CVE-2026-2 and CVE-2026-3): affected')
    expect(show({ id: 'cve-2026-3602', packages: [] })).toContain('Also       DSA-5999-1\n')
  })

  test('absent packages and unknown vulnerabilities', () => {
    expect(show({ packages: [] })).toMatch(/none of the packages that the advisories name:\n +Debian:12 {2}openssl/)
    const unknown = show({ packages: [], named: [], vulnerability: undefined, problems: makeReport().problems })
    expect(unknown.split('\n')[0]).toBe('CVE-2026-3602 is unknown: no advisory at hand speaks of it')
    expect(unknown).toContain('not covered[no-advisories]')
  })

  test('nothing reaches the terminal as a control', () => {
    const check = (text: string): void => {
      const base = makeExplanation()
      const { findings, problems } = reportWith(text)
      const explanation = makeExplanation({
        id: text,
        vulnerability: findings[0]!.vulnerability,
        packages: base.packages.map(one => ({
          ...one,
          package: findings[0]!.match.package,
          owner: text,
          opinions: one.opinions.map(opinion => ({
            ...opinion,
            feed: text,
            id: text,
            url: text,
            ecosystem: text,
            name: text,
            version: text,
            reason: text,
            fixedIn: text,
            versions: [text],
            ranges: [{ introduced: text, fixed: text }],
          })),
          ...(one.suppressed ? { suppressed: { by: 'vex' as const, reason: text, until: text } } : {}),
        })),
        named: [{ feed: text, id: text, url: text, ecosystem: text, name: text }],
        problems,
      })
      for (const packages of [explanation.packages, []])
        for (const colour of [false, true]) {
          const shown = showExplanation({ ...explanation, packages }, { colour, width: 80 })
          expect(withoutColours(shown)).not.toMatch(unsafe)
        }
    }
    for (const text of hostileTexts) check(text)
    fc.assert(fc.property(nasty, check), { numRuns: runs })
  })
})
