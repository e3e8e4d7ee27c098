/**
 * VEX documents of the owners of the forms. None of CSAF's examples has a package URL, so tests put one in where the matching
 * needs it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Unreadable } from '../../src/read/cataloger.ts'
import { readVex } from '../../src/read/vex/read-vex.ts'

const textOf = (path: string): string => readFileSync(join(import.meta.dirname, path), 'utf8')
const documents = [
  'openvex/minimal.json',
  'openvex/inherited-timestamp.json',
  'csaf/sec-vex-2022-0001.json',
  'csaf/2022-evd-uc-06-001.json',
  'cyclonedx-examples/vex.json',
  'cyclonedx-examples/cisa-case-6.json',
  'cyclonedx-examples/case-13.json',
]

/** Every product gets the purl `pkg:generic/ITS-ID`. */
const withPurls = (path: string): string =>
  JSON.stringify(JSON.parse(textOf(path)), (_, value) => {
    if (typeof value !== 'object' || value === null) return value
    if ('product_id' in value && 'name' in value)
      return { ...value, product_identification_helper: { purl: `pkg:generic/${value.product_id}` } }
    return 'bom-ref' in value ? { ...value, purl: `pkg:generic/${value['bom-ref']}` } : value
  })

describe('OpenVEX', () => {
  test('the minimal document', () => {
    expect(readVex(textOf('openvex/minimal.json'), 'x')).toEqual({
      statements: [
        {
          vulnerability: ['CVE-2023-12345'],
          products: ['pkg:apk/wolfi/git@2.39.0-r1?arch=armv7', 'pkg:apk/wolfi/git@2.39.0-r1?arch=x86_64'],
          subcomponents: [],
          status: 'fixed',
          justification: undefined,
          statement: undefined,
          author: 'Wolfi J Inkinson',
          timestamp: '2023-01-08T18:02:03.647787998-06:00',
        },
      ],
      problems: [],
    })
  })

  test('a statement takes the time of its document', () => {
    const { statements } = readVex(textOf('openvex/inherited-timestamp.json'), 'x')
    expect(statements.map(one => [one.status, one.timestamp])).toEqual([['under_investigation', '2023-01-08T18:02:03-06:00']])
  })
})

describe('CSAF', () => {
  test('not affected, with its reasons', () => {
    const { statements, problems } = readVex(withPurls('csaf/sec-vex-2022-0001.json'), 'x')
    expect(problems).toEqual([])
    expect(statements.map(one => one.vulnerability)).toEqual([['CVE-2021-44228'], ['CVE-2021-45046'], ['CVE-2021-45105']])
    expect(statements[0]).toMatchObject({
      products: ['pkg:generic/CSAFPID-0001'],
      status: 'not_affected',
      justification: 'component_not_present',
      statement: 'Secvisogram is written in JavaScript. No Java is included.',
      author: 'Secvisogram',
      timestamp: '2022-05-27T10:00:00.000Z',
    })
  })

  test('several versions, several statuses', () => {
    const { statements } = readVex(withPurls('csaf/2022-evd-uc-06-001.json'), 'x')
    const ids = (products: readonly string[]): string => products.map(url => url.slice(-1)).join('')
    expect(statements.map(one => [one.status, ids(one.products)])).toEqual([
      ['affected', '234'],
      ['not_affected', '1567'],
    ])
    expect(statements[0]!.statement).toBe('Update to version 4.2 or later.')
  })

  test('products without a package URL are said to be unknown', () => {
    expect(readVex(textOf('csaf/2022-evd-uc-06-001.json'), 'v.json')).toMatchObject({
      statements: [],
      problems: [
        { kind: 'uncovered', code: 'vex-product-unknown', message: expect.stringContaining('7 of the products that v.json') },
      ],
    })
  })
})

describe('CycloneDX', () => {
  test('a component of another BOM, by BOM-Link', () => {
    expect(readVex(textOf('cyclonedx-examples/vex.json'), 'x')).toMatchObject({
      statements: [
        {
          vulnerability: ['CVE-2020-25649', 'SNYK-JAVA-COMFASTERXMLJACKSONCORE-1048302'],
          products: ['pkg:maven/com.fasterxml.jackson.core/jackson-databind@2.10.0?type=jar'],
          status: 'not_affected',
          justification: 'code_not_reachable',
          timestamp: '2021-10-26T00:00:00.000Z',
        },
      ],
      problems: [],
    })
  })

  test('single versions, and none for ranges', () => {
    const { statements } = readVex(withPurls('cyclonedx-examples/cisa-case-6.json'), 'x')
    expect(statements.map(one => [one.status, one.products])).toEqual([
      ['affected', ['pkg:generic/product-ABC@2.4', 'pkg:generic/product-ABC@2.6']],
      ['not_affected', ['pkg:generic/product-ABC@2.5', 'pkg:generic/product-ABC@4.2']],
    ])
  })

  test('what only another BOM knows', () => {
    expect(readVex(textOf('cyclonedx-examples/case-13.json'), 'x')).toMatchObject({
      statements: [],
      problems: [{ code: 'vex-product-unknown' }],
    })
  })
})

describe('hostile documents', () => {
  const mayBeUnreadable = (text: string): void => {
    try {
      for (const { vulnerability, products } of readVex(text, 'x').statements) {
        expect(vulnerability.length).toBeGreaterThan(0)
        expect(products.every(url => typeof url === 'string')).toBe(true)
      }
    } catch (error) {
      expect(error).toBeInstanceOf(Unreadable)
    }
  }
  const nasty = fc.constantFrom<unknown>(null, '', 0, [], {}, [null], 'pkg:', 'pkg:a/%', true, '__proto__', { a: { b: [] } }, [
    [],
  ])

  test.each(documents)('%s with any one value replaced', path => {
    const text = withPurls(path)
    const count = text.match(/[{[,:]/g)!.length
    fc.assert(
      fc.property(fc.nat(count), nasty, (at, value) => {
        let i = 0
        mayBeUnreadable(JSON.stringify(JSON.parse(text), (_, old) => (i++ === at ? value : old)))
      }),
    )
  })

  test.each(documents)('%s cut, and with bytes changed', path => {
    const text = textOf(path)
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ maxLength: 3 }), fc.boolean(), (at, put, isCut) => {
        mayBeUnreadable(text.slice(0, at) + put + (isCut ? '' : text.slice(at + put.length)))
      }),
    )
  })
})
