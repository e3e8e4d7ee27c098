/** What every format of a scan must keep to, whatever a subject or an advisory says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ScanReport } from '../src/model/vulnerability.ts'
import { showQuickText } from '../src/show/quick-text.ts'
import { groupsOf, totalsOf } from '../src/show/scan-facts.ts'
import { showScanJson } from '../src/show/scan-json.ts'
import { showScanText } from '../src/show/scan-text.ts'
import { widthOf } from '../src/show/style.ts'
import {
  cleanReport,
  emptyReport,
  hostileTexts,
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
    { numRuns: 60 },
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
    expect(text(makeReport({ at: '2027-03-01T00:00:00Z' }))).toMatch(/days old: bulkhead db update brings newer ones/)
    expect(text(makeReport())).toContain('by Changelogs of Debian packages of 2026-11-19 and OSV of 2026-11-24')
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
    expect(showQuickText(own, { colour: false, width: 200 })).toContain(
      'Update @babel/traverse first, to 7.23.2: that fixes 1 of 18.',
    )
  })
})

describe('facts', () => {
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
