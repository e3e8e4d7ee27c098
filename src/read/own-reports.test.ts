import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeReport } from '../../test/scan-report.ts'
import { showInventoryJson } from '../show/inventory-json.ts'
import { showScanJson } from '../show/scan-json.ts'
import { ReportError, readOwnReport } from './own-reports.ts'

const read = (text: string) => readOwnReport(new TextEncoder().encode(text), 'report.json')
const report = makeReport()

test('a report of a scan gives its findings back', () => {
  const found = read(showScanJson(report))
  if (found?.kind !== 'scan') throw new Error('it is a report of a scan')
  expect(found.at).toBe(report.at)
  expect(found.packages).toBe(report.inventory.packages.length)
  expect(found.layers).toEqual(report.inventory.layers.map(({ diffId, size }) => ({ diffId, size })))
  expect(found.vulnerabilities).toHaveLength(report.findings.length)
  for (const [i, { vulnerability, severity, match, suppressed }] of report.findings.entries())
    expect(found.vulnerabilities[i]).toMatchObject({
      id: vulnerability.id,
      severity,
      standing: suppressed ? 'suppressed' : match.status === 'affected' ? 'counts' : 'aside',
      isExploited: vulnerability.kev !== undefined,
      isMalware: vulnerability.isMalware,
    })
})

test('an inventory comes back as it was', () => {
  const { inventory } = report
  const found = read(showInventoryJson(inventory, '1'))
  if (found?.kind !== 'inventory') throw new Error('it is an inventory')
  expect(found.inventory.packages).toEqual(inventory.packages.map(({ owns: _, ...one }) => one))
  expect(found.inventory.distro).toEqual(inventory.distro)
  expect(found.inventory.image?.config).toEqual(inventory.image?.config)
  expect(found.inventory.kind).toBe('sbom')
})

test('something else is no report', () => {
  for (const text of ['', '{', '[]', '{}', 'null', '{"bomFormat":"CycloneDX"}', '{"schemaVersion":1}'])
    expect(read(text)).toBe(undefined)
})

test('a package under the name of another kind is refused', () => {
  const text = showInventoryJson(report.inventory, '1').replace('"ecosystem": "deb"', '"ecosystem": "npm"')
  expect(() => read(text)).toThrow(ReportError)
})

test('whatever is broken in it: it is read, or refused in one sentence', () => {
  const documents = [showScanJson(report), showInventoryJson(report.inventory, '1')].map(text => JSON.parse(text) as unknown)
  const junk = fc.oneof(fc.jsonValue(), fc.constantFrom(null, -1, 1.5, 'sha256:', '__proto__', []))
  fc.assert(
    fc.property(fc.constantFrom(...documents), fc.infiniteStream(fc.nat()), junk, (document, numbers, value) => {
      const broken = structuredClone(document)
      const next = (below: number): number => (numbers.next().value ?? 0) % below
      let at = broken as Record<string, unknown>
      for (let depth = 0; depth < 8; depth++) {
        const keys = Object.keys(at)
        if (keys.length === 0) break
        const key = keys[next(keys.length)]!
        const inner = at[key]
        if (typeof inner !== 'object' || inner === null || next(4) === 0) {
          at[key] = value
          break
        }
        at = inner as Record<string, unknown>
      }
      try {
        read(JSON.stringify(broken))
      } catch (error) {
        expect(error).toBeInstanceOf(ReportError)
      }
    }),
    { numRuns: 500 },
  )
})
