/** Reports as one page: what it says, whatever a subject is called; and what a real browser makes of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Measure, Measured, Recommendation } from '../src/model/recommendation.ts'
import type { Remedy } from '../src/model/remedy.ts'
import type { ScanReport, VulnerabilityFinding } from '../src/model/vulnerability.ts'
import { palettes } from '../src/show/html-style.ts'
import { recommendHtmlPieces } from '../src/show/recommend-html.ts'
import { type ScanHtmlOptions, showScanHtml } from '../src/show/scan-html.ts'
import { treemap } from '../src/show/treemap.ts'
import { type Browser, hasBrowser, startBrowser, type Tab, type TabOptions } from './browser.ts'
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

const zero = { critical: 0, high: 0, medium: 0, low: 0, info: 0, unknown: 0 }
const remediesWith = (text: string): readonly Remedy[] => [
  {
    owner: 'application',
    ecosystem: text,
    text,
    commands: [text, 'npm install lodash@4.17.21'],
    snippets: [{ file: text, text: `{\n  "a": 1\n}\n${text}` }],
    bySeverity: { ...zero, high: 2, medium: 1 },
    closes: 2,
    upgrades: [{ name: text, ecosystem: text, from: text, to: text, paths: [text], vulnerabilities: [text] }],
  },
]
const ownerOf = ({ isInBase, match }: VulnerabilityFinding): 'base' | 'os' | 'application' =>
  isInBase === true ? 'base' : match.package.ecosystem === 'deb' ? 'os' : 'application'
const options: ScanHtmlOptions = { remedies: remediesWith('update lodash'), ownerOf }
const page = (report: ScanReport, more: Partial<ScanHtmlOptions> = {}): string => showScanHtml(report, { ...options, ...more })

const measure = (overrides: Partial<Measure> = {}): Measure => ({
  bySeverity: { ...zero, critical: 2, high: 3 },
  kev: 0,
  packages: 90,
  uncovered: 0,
  size: 116_000_000,
  ...overrides,
})
const candidate = (overrides: Partial<Measured>): Measured => ({
  name: 'debian:13-slim',
  kind: 'slim',
  supportUntil: '2028-08-09',
  benefits: ['less is installed'],
  risks: ['another release: packages have other versions'],
  measure: measure({ bySeverity: { ...zero, high: 1 }, size: 80_000_000, packages: 78 }),
  predicted: measure({ bySeverity: { ...zero, high: 4 } }),
  missing: undefined,
  digest: undefined,
  pin: undefined,
  isPresent: false,
  newCritical: [],
  ...overrides,
})
const recommendationWith = (text: string, scan?: ScanReport): Recommendation => ({
  version: '0.1.0',
  at: '2026-11-26T09:30:00Z',
  image: { name: text, measure: measure() },
  dockerfile: undefined,
  answer: {
    standing: 'on-base',
    base: { name: text, digest: undefined },
    by: 'annotation',
    evidence: [text],
    contradictions: [],
    layers: 1,
    aliases: [text],
  },
  isOffline: false,
  base: { name: text, digest: undefined, supportUntil: '2028-06-30', isEnded: false, isPinned: false, measure: measure() },
  own: measure(),
  candidates: [
    candidate({}),
    candidate({ name: text, kind: 'named', benefits: [text], risks: [text], newCritical: [text] }),
    candidate({ name: 'debian:12', kind: 'refresh', measure: undefined, predicted: undefined, missing: text }),
  ],
  unverified: [text],
  remedies: remediesWith(text),
  ...(scan ? { scan } : {}),
  problems: [{ kind: 'failed', code: 'x', message: text }],
})

const recommended = (report: Recommendation): string => [...recommendHtmlPieces(report, () => ownerOf)].join('')

/** Anything that a reader cannot see, or that changes what is beside it. */
const unsafe =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]/
const elements = /<(?!\/)(?:[a-z][a-z0-9]*)\b/g
const body = (text: string): string => text.slice(text.indexOf('<main'), text.lastIndexOf('<script>'))

describe('the text of the page', () => {
  test('nothing of a subject or an advisory becomes markup, an attribute, or an address that is none of the web', () => {
    const known = new Set([...body(page(makeReport())), ...body(recommended(recommendationWith('a')))].join('').match(elements))
    const check = (report: ScanReport, text: string): void => {
      for (const shown of [
        page(report, { remedies: remediesWith(text) }),
        recommended(recommendationWith(text, report)),
        recommended({ ...recommendationWith(text), image: undefined, dockerfile: text }),
      ]) {
        expect(body(shown)).not.toMatch(unsafe)
        expect(shown.isWellFormed()).toBe(true)
        for (const element of body(shown).match(elements) ?? []) expect(known).toContain(element)
        expect(shown.split('<script').length).toBe(2)
        expect(shown.split('<style').length).toBe(2)
        expect(body(shown)).not.toMatch(/\s(?:on[a-z]+|style|src|srcset|action|formaction|xlink:href)=/)
        for (const [, address] of shown.matchAll(/href="([^"]*)"/g)) expect(address).toMatch(/^(?:#[\w-]+$|https?:\/\/)/)
        expect(shown.endsWith('</html>\n')).toBe(true)
      }
    }
    for (const report of [makeReport(), cleanReport(), emptyReport(), uncoveredReport()]) check(report, 'plain')
    for (const text of hostileTexts) check(reportWith(text), text)
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'<>&"\'/= \n\r\u0000\u202e\ud800abhrefonscript-!;'), minLength: 1, maxLength: 24 }),
        text => check(reportWith(text), text),
      ),
      { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 60) },
    )
  })

  test('an address that is none of the web is no link', () => {
    const bad = makeVulnerability({
      id: 'CVE-2026-1',
      url: 'javascript:alert(1)',
      references: ['data:text/html,x', 'file:///etc/passwd'],
    })
    const shown = page(
      makeReport({
        findings: [makeFinding({ package: makePackage({ name: 'a', version: '1' }), vulnerability: bad, severity: 'low' })],
      }),
    )
    expect(shown).toContain('<td>CVE-2026-1 ')
    expect(shown).not.toMatch(/javascript:|data:text|file:\//)
  })

  test('the same report gives the same bytes', () => {
    expect(page(makeReport())).toBe(page(makeReport()))
  })

  test('advice stands first, then what nobody looked at, then the rest', () => {
    const shown = body(page(makeReport()))
    const places = ['update lodash', 'app.jar ends too early', 'id="map-title"', 'CVE-2026-3602', 'id="suppressed"', 'id="about"']
    const at = places.map(text => shown.indexOf(text))
    expect(at).toEqual(at.toSorted((a, b) => a - b))
    expect(at).not.toContain(-1)
    expect(shown).toContain('npm install lodash@4.17.21')
    expect(shown).toContain('Closes 2 of 3 vulnerabilities.')
    // Blanks at the start of a line are kept.
    expect(shown).toContain('\n  &#34;a&#34;: 1\n}')
  })

  test('what is suppressed says by whom and why; what was not asked for is counted', () => {
    const shown = page(makeReport(), { hidden: 3 })
    expect(shown).toContain('suppressed by vex: vulnerable_code_not_in_execute_path: we use no proxy; until 2027-01-31')
    expect(shown).toContain('3 more findings are not on this page')
    expect(page(makeReport())).not.toContain('not on this page')
  })

  test('nothing is called clean that nobody judged', () => {
    expect(page(cleanReport())).toContain('No known vulnerabilities in 18 packages')
    expect(page(uncoveredReport())).toContain('none of its 18 packages could be judged')
    expect(page(uncoveredReport())).not.toContain('No known vulnerabilities')
    expect(page(emptyReport())).toContain('there was nothing to judge')
    expect(page({ ...cleanReport(), problems: makeReport().problems })).toContain('1 thing could not be read')
  })

  test('base images: what each has, what that changes, and what was not looked at', () => {
    const shown = recommended(recommendationWith('debian:12', makeReport()))
    expect(shown).toContain('bulkhead rebase debian:12 debian:13-slim')
    expect(shown).toMatch(/data-h="critical">0<small class="good">−2</)
    expect(shown).toMatch(/data-h="size">80\.0 MB<small class="good">−36\.0 MB</)
    expect(shown).toContain('not looked at: debian:12')
    expect(shown.indexOf('id="bases"')).toBeLessThan(shown.indexOf('id="advice"'))
    const alone = { ...recommendationWith('debian:12'), image: undefined, dockerfile: 'Dockerfile' }
    const short = recommended(alone)
    expect(short).toContain('<h1>Dockerfile</h1>')
    expect(short).toContain('Not verified')
    const ended = {
      ...alone,
      base: { ...alone.base, isEnded: true, measure: undefined },
      candidates: [
        candidate({ name: 'debian:13', kind: 'release', measure: undefined, predicted: undefined, missing: 'offline' }),
      ],
    }
    expect(recommended(ended)).toContain('bulkhead rebase debian:12 debian:13')
    expect(recommended(ended)).toContain('without having looked into any image')
  })
})

test('colours: every text stands out from its ground, 4.5 to 1', () => {
  const channel = (text: string): number => {
    const value = Number.parseInt(text, 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  const light = (colour: string): number =>
    0.2126 * channel(colour.slice(1, 3)) + 0.7152 * channel(colour.slice(3, 5)) + 0.0722 * channel(colour.slice(5, 7))
  const contrast = (a: string, b: string): number => {
    const [dark, bright] = [light(a), light(b)].toSorted((x, y) => x - y)
    return (bright! + 0.05) / (dark! + 0.05)
  }
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
  for (const { severity, ground, panel, ink, soft, link, good, bad } of Object.values(palettes)) {
    for (const text of [ink, soft, link, good, bad])
      for (const below of [ground, panel]) expect(contrast(text, below), `${text} on ${below}`).toBeGreaterThanOrEqual(4.5)
    for (const [below, text] of Object.values(severity))
      expect(contrast(text, below), `${text} on ${below}`).toBeGreaterThanOrEqual(4.5)
  }
})

test('treemaps: areas are as the weights, everything is inside, nothing overlaps', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 10, max: 2000 }),
      fc.integer({ min: 10, max: 2000 }),
      (weights, width, height) => {
        const sorted = weights.toSorted((a, b) => b - a)
        const total = sorted.reduce((sum, weight) => sum + weight, 0)
        const boxes = treemap(sorted, { x: 3, y: 5, width, height })
        const slack = 1e-6 * Math.max(width, height)
        boxes.forEach((one, i) => {
          expect((one.width * one.height) / (width * height)).toBeCloseTo(sorted[i]! / total, 6)
          expect(one.x).toBeGreaterThanOrEqual(3 - slack)
          expect(one.y).toBeGreaterThanOrEqual(5 - slack)
          expect(one.x + one.width).toBeLessThanOrEqual(3 + width + slack)
          expect(one.y + one.height).toBeLessThanOrEqual(5 + height + slack)
          for (const other of boxes.slice(i + 1)) {
            const across = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x)
            const down = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y)
            expect(Math.min(across, down)).toBeLessThanOrEqual(slack)
          }
        })
      },
    ),
    { numRuns: 200 },
  )
  expect(treemap([4, 4, 4, 4], { x: 0, y: 0, width: 4, height: 4 }).map(({ width, height }) => [width, height])).toEqual(
    Array(4).fill([2, 2]),
  )
  expect(treemap([0, 0], { x: 0, y: 0, width: 4, height: 4 })).toHaveLength(2)
})

describe.skipIf(!hasBrowser)('in a browser (needs chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-html-'))
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser()
  }, 60_000)
  afterAll(async () => {
    await browser?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  let number = 0
  const open = (text: string, of?: TabOptions): Promise<Tab> => {
    const path = join(folder, `${number++}.html`)
    writeFileSync(path, text)
    return browser.open(pathToFileURL(path).href, of)
  }
  const visibleRows = '[...document.querySelectorAll("#all tbody tr")].filter(row => row.checkVisibility()).length'
  const settled = 'new Promise(resolve => setTimeout(resolve, 200))'
  const count = 'document.querySelector("#count").textContent'

  test('nothing is asked of any network, and nothing complains', async () => {
    for (const report of [makeReport(), cleanReport(), emptyReport(), uncoveredReport(), ...hostileTexts.map(reportWith)]) {
      const tab = await open(page(report))
      expect(tab.complaints).toEqual([])
      expect(tab.requests).toEqual([])
      expect(
        await tab.evaluate('document.querySelectorAll("script, style, iframe, img, link, object, embed, base").length'),
      ).toBe(2)
    }
  }, 60_000)

  test('search and filters narrow the list, say how many are left, and can be taken back', async () => {
    const tab = await open(page(makeReport()))
    expect(await tab.evaluate(visibleRows)).toBe(22)
    expect(await tab.evaluate(count)).toBe('22 of 32 match.')
    await tab.evaluate('document.querySelector("[name=q]").focus()')
    for (const letter of 'lodash') await tab.press(letter)
    await tab.evaluate(settled)
    expect(await tab.evaluate(visibleRows)).toBe(1)
    const set = (name: string, value: string): Promise<unknown> =>
      tab.evaluate(
        `(() => { const item = document.querySelector('[name=${name}]'); item.type === 'checkbox' ? (item.checked = ${value === 'on'}) : (item.value = '${value}'); item.dispatchEvent(new Event('input', { bubbles: true })); return ${settled} })()`,
      )
    await set('q', 'perl')
    expect(await tab.evaluate(count)).toBe('0 of 32 match. The filters hide 3 more with these words.')
    await set('q', 'proxy')
    expect(await tab.evaluate(count)).toContain('1 more among those that are suppressed.')
    await tab.evaluate('document.querySelector("#reset").click()')
    expect(await tab.evaluate(visibleRows)).toBe(22)
    await set('severity', 'high')
    expect(await tab.evaluate(visibleRows)).toBe(7)
    await set('owner', 'base')
    expect(await tab.evaluate(visibleRows)).toBe(2)
    await set('exploited', 'on')
    expect(await tab.evaluate(visibleRows)).toBe(1)
    await tab.evaluate('document.querySelector("#reset").click()')
    await set('fixable', 'on')
    expect(await tab.evaluate(visibleRows)).toBe(14)
    await set('state', 'aside')
    expect(await tab.evaluate(visibleRows)).toBe(0)
    expect(tab.complaints).toEqual([])
  })

  test('columns sort both ways, and say so', async () => {
    const tab = await open(page(makeReport()))
    const click = 'document.querySelectorAll("#all thead button")[2].click()'
    const shares = '[...document.querySelectorAll("#all tbody tr")].map(row => row.children[2].dataset.v ?? "")'
    const state = 'document.querySelectorAll("#all thead th")[2].getAttribute("aria-sort")'
    await tab.evaluate(click)
    const up = (await tab.evaluate(shares)) as readonly string[]
    expect(await tab.evaluate(state)).toBe('ascending')
    const known = up.filter(text => text !== '')
    expect(known.length).toBeGreaterThan(5)
    expect(known).toEqual(known.toSorted((a, b) => Number(a) - Number(b)))
    expect(up.slice(known.length).every(text => text === '')).toBe(true)
    await tab.evaluate(click)
    expect(await tab.evaluate(state)).toBe('descending')
    expect(((await tab.evaluate(shares)) as readonly string[]).slice(0, known.length)).toEqual(known.toReversed())
    await tab.evaluate('document.querySelectorAll("#all thead button")[1].click()')
    expect(await tab.evaluate('document.querySelectorAll("#all thead th[aria-sort]").length')).toBe(1)
  })

  test('the keyboard reaches every layer of the picture, which shows what it brought', async () => {
    const tab = await open(page(makeReport()))
    const seen: unknown[] = []
    for (let i = 0; i < 60; i++) {
      await tab.press('Tab')
      const label = await tab.evaluate(
        'document.activeElement.closest(".map") ? document.activeElement.getAttribute("aria-label") : null',
      )
      if (label !== null) seen.push(label)
    }
    expect(seen).toHaveLength(4)
    expect(seen[0]).toBe('Layer 1, base image, 116 MB; 1 critical, 1 high, 1 medium; ADD file:66ce4b9a8f33d1a7b2 in /')
    await tab.evaluate('document.querySelector(".map a[data-l=\\"2\\"]").focus()')
    expect(await tab.evaluate('getComputedStyle(document.activeElement.querySelector("rect")).strokeWidth')).toBe('6px')
    await tab.press('Enter')
    expect(await tab.evaluate('document.querySelector("[name=layer]").value')).toBe('2')
    expect(await tab.evaluate(count)).toBe('16 of 32 match.')
  })

  test('what became markup in spite of everything is not executed', async () => {
    const evil =
      '<script>window.owned = 1</script><img src=x onerror="window.owned = 2"><a id=evil href="javascript:window.owned = 3">x</a><style>body{display:none}</style><p style="color:red">'
    const tab = await open(page(makeReport()).replace('<h2 id="about">', `${evil}<h2 id="about">`))
    await tab.evaluate('document.querySelector("#evil").click()')
    await tab.evaluate(settled)
    expect(await tab.evaluate('window.owned === undefined')).toBe(true)
    expect(await tab.evaluate('getComputedStyle(document.body).display')).toBe('block')
    expect(tab.complaints.filter(text => /Content Security Policy|violates/i.test(text)).length).toBeGreaterThanOrEqual(3)
    await expect(tab.evaluate('document.body.innerHTML = "<b>x</b>"')).rejects.toThrow(/TrustedHTML/)
    // The page itself still works.
    expect(await tab.evaluate(count)).toBe('22 of 32 match.')
  })

  test('light and dark: as the system says, and as the reader wishes', async () => {
    const ground = 'getComputedStyle(document.body).backgroundColor'
    const rgb = (colour: string): string =>
      `rgb(${[1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16)).join(', ')})`
    for (const scheme of ['light', 'dark'] as const) {
      const other = scheme === 'light' ? 'dark' : 'light'
      const tab = await open(page(makeReport()), { scheme })
      expect(await tab.evaluate(ground)).toBe(rgb(palettes[scheme].ground))
      await tab.evaluate('document.querySelector("#theme").click()')
      expect(await tab.evaluate(ground)).toBe(rgb(palettes[other].ground))
      expect(await tab.evaluate('document.querySelector("#theme").textContent')).toBe(
        `${scheme === 'light' ? 'Light' : 'Dark'} colours`,
      )
    }
    const paper = await open(page(makeReport()), { scheme: 'dark', media: 'print' })
    expect(await paper.evaluate(ground)).toBe(rgb(palettes.light.ground))
  })

  test('without scripts everything is there to read', async () => {
    const tab = await open(page(makeReport()), { noScript: true })
    expect(await tab.evaluate(visibleRows)).toBe(32)
    expect(await tab.evaluate('document.querySelector("#filters").checkVisibility()')).toBe(false)
    expect(await tab.evaluate('document.querySelector("#theme").checkVisibility()')).toBe(false)
    expect(await tab.evaluate('document.querySelector(".map a").getAttribute("href")')).toBe('#layer-1')
    expect(await tab.evaluate('document.body.innerText')).toContain('update lodash')
  })

  test('headings, landmarks, captions and names are what screen readers need', async () => {
    const tab = await open(page(makeReport()))
    const all = (selector: string, of: string): Promise<unknown> =>
      tab.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})].map(item => ${of})`)
    expect(await all('header, main, footer, nav', 'item.localName')).toEqual(['header', 'nav', 'main', 'footer'])
    expect(await all('table', 'item.caption !== null')).not.toContain(false)
    expect(await all('th', 'item.hasAttribute("scope")')).not.toContain(false)
    expect(
      await all('section[aria-labelledby]', 'document.getElementById(item.getAttribute("aria-labelledby")) !== null'),
    ).toEqual(Array(5).fill(true))
    expect(await all('input, select', 'item.labels.length')).not.toContain(0)
    expect(await all('nav a', 'document.querySelector(item.getAttribute("href")) !== null')).not.toContain(false)
    expect(await tab.evaluate('new Set([...document.querySelectorAll("[id]")].map(item => item.id)).size')).toBe(
      await tab.evaluate('document.querySelectorAll("[id]").length'),
    )
  })

  test('on a narrow screen nothing stands out at the side', async () => {
    const base = { ...makeReport().base!, name: `registry.example.com:5000/${'a-team/'.repeat(8)}node:24-bookworm-slim` }
    for (const text of [
      page(makeReport()),
      page(makeReport({ base })),
      ...hostileTexts.map(one => page(reportWith(one), { remedies: remediesWith(one) })),
    ]) {
      const tab = await open(text, { width: 400 })
      expect(await tab.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400)
    }
    const both = recommended(recommendationWith('debian:12', makeReport()))
    const tab = await open(both, { width: 400 })
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400)
  }, 60_000)

  test('10,000 vulnerabilities: some are shown at once, all are found, and paper has all', async () => {
    const findings = Array.from({ length: 10_000 }, (_, i) =>
      makeFinding({
        package: makePackage({ name: `package-${i % 900}`, version: '1.0-1', layer: i % 4 }),
        vulnerability: makeVulnerability({
          id: `CVE-2026-${10_000 + i}`,
          summary: 'A buffer overflow in the parser of a format',
        }),
        severity: (['critical', 'high', 'medium', 'low'] as const)[i % 4]!,
      }),
    )
    const text = page(makeReport({ findings }))
    expect(text.length).toBeLessThan(9_000_000)
    const tab = await open(text)
    expect(await tab.evaluate(visibleRows)).toBe(100)
    const spent = await tab.evaluate(
      `(async () => { const item = document.querySelector('[name=q]'); const start = performance.now(); item.value = 'CVE-2026-19999'; item.dispatchEvent(new Event('input', { bubbles: true })); while (!${count}.startsWith('1 of')) await new Promise(resolve => setTimeout(resolve, 5)); return performance.now() - start })()`,
    )
    expect(spent).toBeLessThan(5000)
    expect(await tab.evaluate(visibleRows)).toBe(1)
    await tab.evaluate('document.querySelector("#reset").click()')
    await tab.evaluate('document.querySelector("#more button").click()')
    expect(await tab.evaluate(visibleRows)).toBe(400)
    await tab.evaluate('dispatchEvent(new Event("beforeprint"))')
    expect(await tab.evaluate(visibleRows)).toBe(10_000)
    await tab.evaluate('dispatchEvent(new Event("afterprint"))')
    expect(await tab.evaluate(visibleRows)).toBe(400)
    expect(tab.complaints).toEqual([])
  }, 60_000)
})
