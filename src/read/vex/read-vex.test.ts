import { describe, expect, test } from 'vitest'
import { readVex } from './read-vex.ts'

const digest = `sha256:${'a'.repeat(64)}`
const read = (document: unknown) => readVex(JSON.stringify(document), 'v.json')
const openVex = (...statements: readonly object[]) => ({
  '@context': 'https://openvex.dev/ns/v0.2.0',
  author: 'A',
  timestamp: '2025-01-01T00:00:00Z',
  statements: statements.map(one => ({ vulnerability: { name: 'CVE-1-1' }, status: 'not_affected', ...one })),
})

describe('OpenVEX', () => {
  test('products with different parts are different statements', () => {
    const { statements, problems } = read(
      openVex({
        products: [
          { '@id': 'pkg:deb/debian/liblz4-1' },
          { '@id': 'pkg:deb/debian/lz4@1.10.0-4' },
          { '@id': 'pkg:oci/dhi%2Fnginx', subcomponents: [{ '@id': 'pkg:deb/debian/liblz4-1' }] },
          { '@id': 'pkg:docker/dhi/nginx', subcomponents: [{ '@id': 'pkg:deb/debian/liblz4-1' }] },
        ],
        justification: 'vulnerable_code_not_present',
        status_notes: 'looked',
      }),
    )
    expect(problems).toEqual([])
    expect(statements.map(one => [one.products, one.subcomponents, one.statement])).toEqual([
      [['pkg:deb/debian/liblz4-1', 'pkg:deb/debian/lz4@1.10.0-4'], [], 'looked'],
      [['pkg:oci/dhi%2Fnginx', 'pkg:docker/dhi/nginx'], ['pkg:deb/debian/liblz4-1'], 'looked'],
    ])
  })

  test('a document that only asks, and that nobody has signed', () => {
    const asking = { products: ['pkg:npm/a'], status: 'under_investigation', status_notes: 'To decide: high. …' }
    const { statements } = read({ ...openVex(asking, { ...asking, status_notes: 'we look' }), author: 'Put your name here' })
    expect(statements.map(one => [one.statement, one.author, one.isQuestion])).toEqual([
      [undefined, undefined, true],
      ['we look', undefined, undefined],
    ])
  })

  test('the first form: plain texts', () => {
    const { statements } = read({
      '@context': 'https://openvex.dev/ns',
      statements: [{ vulnerability: 'CVE-1-1', products: ['pkg:oci/a'], subcomponents: ['pkg:npm/b'], status: 'fixed' }],
    })
    expect(statements).toMatchObject([{ vulnerability: ['CVE-1-1'], products: ['pkg:oci/a'], subcomponents: ['pkg:npm/b'] }])
  })

  test.each([
    [{ '@id': 'https://example.com/x', identifiers: { purl: 'pkg:npm/x@1' } }, ['pkg:npm/x@1']],
    [{ hashes: { 'sha-256': 'a'.repeat(64) } }, [`pkg:oci/image@${digest}`]],
    [{ '@id': digest }, [`pkg:oci/image@${digest}`]],
    [{ '@id': 'ghcr.io/shop/app:1.2' }, ['pkg:oci/app?repository_url=ghcr.io%2Fshop%2Fapp&tag=1.2']],
    [{ '@id': `nginx@${digest}` }, [`pkg:oci/nginx@${digest}?repository_url=docker.io%2Flibrary%2Fnginx`]],
  ])('what a product may be called: %j', (product, products) => {
    expect(read(openVex({ products: [product] })).statements).toMatchObject([{ products }])
  })

  test('without products it is about everything; with ones that nobody can tell it is about nothing', () => {
    expect(read(openVex({})).statements).toMatchObject([{ products: [], subcomponents: [] }])
    expect(read(openVex({ products: [{ '@id': 'urn:x' }] }))).toMatchObject({
      statements: [],
      problems: [{ code: 'vex-product-unknown' }],
    })
    // The whole image would be more than was said.
    expect(read(openVex({ products: [{ '@id': 'pkg:oci/a', subcomponents: [{ '@id': 'libx' }] }] })).statements).toEqual([])
  })

  test('broken statements are counted, the others stand', () => {
    const { statements, problems } = read(openVex({ status: 'fine' }, { vulnerability: {} }, { products: ['pkg:npm/a'] }))
    expect(statements).toHaveLength(1)
    expect(problems.map(one => one.message)).toEqual([
      '1 statement of v.json cannot be followed: its status is none that OpenVEX knows',
      '1 statement of v.json cannot be followed: the vulnerability has no name',
    ])
  })

  test('inside of an attestation, plain and in its envelope, it is about the subjects', () => {
    const attestation = {
      _type: 'https://in-toto.io/Statement/v1',
      predicateType: 'https://openvex.dev/ns/v0.2.0',
      subject: [{ name: 'app', digest: { sha256: 'a'.repeat(64) } }],
      predicate: openVex({}, { products: ['pkg:npm/own'] }),
    }
    const envelope = {
      payloadType: 'application/vnd.in-toto+json',
      payload: Buffer.from(JSON.stringify(attestation)).toString('base64'),
      signatures: [],
    }
    for (const document of [attestation, envelope])
      expect(read(document).statements.map(one => one.products)).toEqual([[`pkg:oci/image@${digest}`], ['pkg:npm/own']])
    expect(read({ ...attestation, subject: [] }).statements.map(one => one.products)).toEqual([['pkg:npm/own']])
  })
})

describe('CSAF', () => {
  const csaf = (relation: object, status: object, more: object = {}) => ({
    document: { category: 'csaf_vex', csaf_version: '2.0' },
    product_tree: {
      branches: [
        {
          branches: [
            {
              product: {
                name: 'RHEL 9',
                product_id: 'os',
                product_identification_helper: { cpe: 'cpe:/o:redhat:enterprise_linux:9' },
              },
            },
            {
              product: {
                name: 'openssl',
                product_id: 'lib',
                product_identification_helper: { purl: 'pkg:rpm/redhat/openssl?arch=src' },
              },
            },
            { product: { name: 'app', product_id: 'image', product_identification_helper: { purl: `pkg:oci/app@${digest}` } } },
            { product: { name: 'thing', product_id: 'thing' } },
          ],
        },
      ],
      product_groups: [{ group_id: 'all', product_ids: ['os:lib'] }],
      relationships: [
        { category: 'default_component_of', full_product_name: { name: 'joint', product_id: 'os:lib' }, ...relation },
      ],
    },
    vulnerabilities: [{ cve: 'CVE-1-1', product_status: status, ...more }],
  })

  test('a package of a release, and of all its versions: only in that release', () => {
    const { statements } = read(
      csaf(
        { product_reference: 'lib', relates_to_product_reference: 'os' },
        { known_not_affected: ['os:lib'], recommended: ['lib'] },
        { flags: [{ label: 'vulnerable_code_not_present', group_ids: ['all'] }] },
      ),
    )
    expect(statements).toMatchObject([
      {
        products: ['pkg:rpm/redhat/openssl?arch=src&distro=rhel-9'],
        subcomponents: [],
        justification: 'vulnerable_code_not_present',
      },
    ])
  })

  test('a package inside of an image', () => {
    const relation = { product_reference: 'lib', relates_to_product_reference: 'image' }
    expect(read(csaf(relation, { under_investigation: ['os:lib'] })).statements).toMatchObject([
      { products: [`pkg:oci/app@${digest}`], subcomponents: ['pkg:rpm/redhat/openssl?arch=src'], status: 'under_investigation' },
    ])
  })

  test('a package of something unknown', () => {
    const relation = { product_reference: 'lib', relates_to_product_reference: 'thing' }
    expect(read(csaf(relation, { known_not_affected: ['os:lib'] }))).toMatchObject({
      statements: [],
      problems: [{ code: 'vex-product-unknown' }],
    })
  })

  test('branches without end', () => {
    let branches: object[] = []
    for (let i = 0; i < 100; i++) branches = [{ branches }]
    expect(() => read({ document: { csaf_version: '2.0' }, product_tree: { branches } })).toThrow('levels deep')
  })

  test('groups that grow beyond measure', () => {
    const product_ids = Array.from({ length: 2000 }, (_, i) => `p${i}`)
    const flags = Array.from({ length: 2000 }, () => ({ label: 'component_not_present', group_ids: ['g'] }))
    expect(() =>
      read({
        document: { csaf_version: '2.0' },
        product_tree: { product_groups: [{ group_id: 'g', product_ids }] },
        vulnerabilities: [{ cve: 'CVE-1-1', flags }],
      }),
    ).toThrow('mentions more than')
  })
})

describe('CycloneDX', () => {
  const bom = (component: object, ...affects: readonly object[]) => ({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { timestamp: '2025-01-01T00:00:00Z', component: { 'bom-ref': 'root', ...component } },
    components: [{ 'bom-ref': 'a', purl: 'pkg:npm/a@1', components: [{ 'bom-ref': 'b', purl: 'pkg:npm/b@1' }] }],
    vulnerabilities: [
      { id: 'CVE-1-1', analysis: { state: 'false_positive', detail: 'no' }, affects },
      { id: 'CVE-1-2', affects },
    ],
  })

  test('components by reference; what was said inside of an image is about that image', () => {
    expect(read(bom({}, { ref: 'a' }, { ref: 'b' }, { ref: 'pkg:npm/c' })).statements).toMatchObject([
      {
        vulnerability: ['CVE-1-1'],
        products: ['pkg:npm/a@1', 'pkg:npm/b@1', 'pkg:npm/c'],
        status: 'not_affected',
        statement: 'no',
      },
    ])
    const purl = `pkg:oci/app@${digest}?arch=amd64&repository_url=ghcr.io%2Fshop%2Fapp`
    expect(read(bom({ purl }, { ref: 'b' }, { ref: 'root' })).statements).toMatchObject([
      { products: ['pkg:oci/app?repository_url=ghcr.io%2Fshop%2Fapp'], subcomponents: ['pkg:npm/b@1'] },
      { products: [purl], subcomponents: [] },
    ])
  })

  test.each([
    [[{ version: '1', status: 'affected' }], ['pkg:npm/a@1']],
    [
      [
        { version: '2', status: 'unaffected' },
        { version: '1', status: 'affected' },
      ],
      undefined,
    ],
    [[{ range: 'vers:npm/<2' }], ['pkg:npm/a@1']],
  ])('versions: %j', (versions, products) => {
    expect(read(bom({}, { ref: 'a', versions })).statements[0]?.products).toEqual(products)
  })
})

test.each([
  ['', 'it is no JSON'],
  ['<?xml version="1.0"?><bom/>', 'it is XML; the JSON forms are read'],
  ['[]', 'it is JSON, and no VEX'],
  ['{"spdxVersion":"SPDX-2.3"}', 'it is JSON, and neither OpenVEX nor CSAF nor CycloneDX'],
  ['{"document":{"csaf_version":"3.0"}}', 'it is CSAF 3.0; 2.0 and 2.1 are read'],
  [
    '{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://slsa.dev/provenance/v1"}',
    'it is an attestation of https://slsa',
  ],
])('no VEX: %s', (text, message) => {
  expect(() => readVex(text, 'x')).toThrow(message)
})

test('a BOM without any analysis says so', () => {
  expect(read({ bomFormat: 'CycloneDX', vulnerabilities: [{ id: 'CVE-1-1' }] })).toMatchObject({
    statements: [],
    problems: [{ code: 'vex-empty' }],
  })
})
