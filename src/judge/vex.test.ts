import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyConfig } from '../../test/image-config.ts'
import type { Digest } from '../model/finding.ts'
import type { Image } from '../model/image.ts'
import type { Package } from '../model/package.ts'
import { parsePurl } from '../model/purl.ts'
import type { VexStatement } from '../read/vex/read-vex.ts'
import { meansPackage } from './purl-match.ts'
import { suppresses, vexFor } from './vex.ts'

const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}`
const pack = (purl: string, more: Partial<Package> = {}): Package => {
  const { type, name, version } = parsePurl(purl)!
  const at: Package['at'] = [{ in: 'file', path: '/x', span: { start: 0, end: 0 } }]
  return { purl, name, version: version ?? '', ecosystem: type, at, dependsOn: [], licences: [], ...more }
}
const image: Image = {
  id: digest('a'),
  manifest: digest('b'),
  platform: 'linux/amd64',
  refs: ['ghcr.io/shop/app:1.2'],
  config: emptyConfig,
  layers: [],
}
const says = (products: readonly string[], more: Partial<VexStatement> = {}): VexStatement => ({
  vulnerability: ['CVE-1-1'],
  products,
  subcomponents: [],
  status: 'not_affected',
  justification: undefined,
  statement: undefined,
  author: undefined,
  timestamp: '2025-01-01T00:00:00Z',
  ...more,
})
const libssl = pack('pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl', {
  source: { name: 'openssl', version: '3.0.11-1' },
})
const asked = { vulnerabilities: ['CVE-1-1', 'GHSA-x'], package: libssl, image, name: 'ghcr.io/shop/app:1.2' }
const isSaid = (statement: VexStatement, more: Partial<typeof asked> = {}): boolean =>
  vexFor([statement], { ...asked, ...more }) === statement

describe('packages', () => {
  test.each([
    ['pkg:deb/debian/libssl3', true],
    ['pkg:deb/debian/libssl3@3.0.11-1', true],
    ['pkg:deb/debian/libssl3@3.0.11-2', false],
    ['pkg:deb/debian/libssl', false],
    ['pkg:deb/ubuntu/libssl3', false],
    ['pkg:apk/debian/libssl3', false],
    ['pkg:deb/debian/libssl3?arch=amd64', true],
    ['pkg:deb/debian/libssl3?arch=arm64', false],
    ['pkg:deb/debian/libssl3?distro=debian-12', true],
    ['pkg:deb/debian/libssl3?distro=12', true],
    ['pkg:deb/debian/libssl3?distro=debian-1', false],
    ['pkg:deb/debian/libssl3?os_name=debian&os_version=12&os_distro=bookworm', true],
    ['pkg:deb/debian/libssl3?os_name=debian&os_version=13&os_distro=trixie', false],
    ['pkg:deb/debian/libssl3?os_distro=bookworm', false],
    ['pkg:deb/debian/libssl3?upstream=openssl', true],
    ['pkg:deb/debian/libssl3?unheard=of', false],
    ['pkg:deb/debian/openssl', false],
    ['pkg:deb/debian/openssl?arch=source', true],
    ['pkg:deb/debian/openssl@3.0.11-1?arch=source&distro=debian-12', true],
    ['pkg:deb/debian/openssl@3.0.11-2?arch=source', false],
    ['pkg:deb/debian/libssl3?arch=source', false],
  ])('%s: %s', (wanted, expected) => {
    expect(isSaid(says([wanted]))).toBe(expected)
  })

  test.each([
    [
      'pkg:rpm/redhat/openssl@3.0.7-24.el9?arch=src&distro=rhel-9',
      'pkg:rpm/rhel/openssl@3.0.7-24.el9?arch=x86_64&epoch=1&distro=rhel-9.4',
      true,
    ],
    ['pkg:rpm/redhat/openssl?distro=rhel-8', 'pkg:rpm/rhel/openssl@3.0.7-24.el9?distro=rhel-9.4', false],
    ['pkg:rpm/redhat/openssl@1:3.0.7-24.el9?epoch=0', 'pkg:rpm/rhel/openssl@3.0.7-24.el9', true],
    ['pkg:golang/golang.org/x/net@0.1.0', 'pkg:golang/golang.org/x/net@v0.1.0', true],
    ['pkg:golang/golang.org/x/net#http2', 'pkg:golang/golang.org/x/net@v0.1.0', false],
    ['pkg:maven/a/b@1?type=jar', 'pkg:maven/a/b@1', true],
    ['pkg:npm/JSONStream', 'pkg:npm/jsonstream@1', false],
    ['pkg:nuget/newtonsoft.json', 'pkg:nuget/Newtonsoft.Json@1', true],
    ['pkg:pypi/My_Package', 'pkg:pypi/my-package@1', true],
  ])('%s means %s: %s', (wanted, own, expected) => {
    expect(meansPackage(parsePurl(wanted)!, pack(own))).toBe(expected)
  })

  test('by another identity, and what a package owns', () => {
    const bundled = pack('pkg:golang/golang.org/x/net@v0.1.0', { ownedBy: 'pkg:apk/wolfi/grafana@10-r1?arch=x86_64' })
    expect(
      isSaid(says(['pkg:pypi/requests']), { package: pack('pkg:deb/debian/x@1', { aliases: ['pkg:pypi/requests@2'] }) }),
    ).toBe(true)
    expect(isSaid(says(['pkg:apk/wolfi/grafana@10-r1']), { package: bundled })).toBe(true)
    expect(
      isSaid(says(['pkg:apk/wolfi/grafana'], { subcomponents: ['pkg:golang/golang.org/x/net'] }), { package: bundled }),
    ).toBe(true)
    expect(
      isSaid(says(['pkg:apk/wolfi/grafana'], { subcomponents: ['pkg:golang/golang.org/x/text'] }), { package: bundled }),
    ).toBe(false)
    expect(isSaid(says(['pkg:apk/wolfi/other'], { subcomponents: ['pkg:golang/golang.org/x/net'] }), { package: bundled })).toBe(
      false,
    )
  })
})

describe('images', () => {
  test.each([
    [`pkg:oci/app@${digest('b')}`, true],
    [`pkg:oci/whatever@${digest('a')}`, true],
    [`pkg:oci/app@${digest('c')}`, false],
    [`pkg:docker/shop/app@${digest('b')}`, true],
    ['pkg:oci/app', true],
    ['pkg:oci/shop%2Fapp', true],
    ['pkg:oci/other%2Fapp', false],
    ['pkg:oci/pp', false],
    ['pkg:oci/app?repository_url=ghcr.io/shop/app', true],
    ['pkg:oci/app?repository_url=ghcr.io/shop', true],
    ['pkg:oci/app?repository_url=docker.io/shop/app', false],
    ['pkg:oci/app?tag=1.2', true],
    ['pkg:oci/app?tag=1.3', false],
    ['pkg:oci/app?arch=amd64', true],
    ['pkg:oci/app?arch=arm64', false],
    ['pkg:docker/shop/app@1.2?repository_url=ghcr.io', true],
    ['pkg:docker/shop/app@1.3?repository_url=ghcr.io', false],
    // Of Docker Hub.
    ['pkg:docker/shop/app', false],
  ])('%s: %s', (product, expected) => {
    expect(isSaid(says([product]))).toBe(expected)
    expect(isSaid(says([product], { subcomponents: ['pkg:deb/debian/libssl3'] }))).toBe(expected)
    expect(isSaid(says([product], { subcomponents: ['pkg:deb/debian/zlib1g'] }))).toBe(false)
  })

  test.each([
    ['nginx', 'pkg:docker/nginx', true],
    ['nginx', 'pkg:docker/library/nginx', true],
    ['nginx', 'pkg:oci/nginx?repository_url=index.docker.io/library/nginx', true],
    ['dhi.io/nginx:1', 'pkg:docker/dhi/nginx', true],
    ['dhi.io/nginx:1', 'pkg:oci/dhi%2Fnginx', true],
    [`nginx@${digest('d')}`, `pkg:oci/nginx@${digest('d')}`, true],
    ['/tmp/image.tar', 'pkg:oci/nginx', false],
  ])('%s is %s: %s', (name, product, expected) => {
    expect(vexFor([says([product])], { ...asked, image: undefined, name }) !== undefined).toBe(expected)
  })
})

describe('which statement counts', () => {
  test('the newest one; of one time the last; one without a time comes before all others', () => {
    const none = says([], { timestamp: undefined })
    const old = says([], { timestamp: '2024-12-31T23:00:00Z' })
    const first = says([], { timestamp: '2025-01-01T00:00:00Z', status: 'affected' })
    const last = says([], { timestamp: '2024-12-31T19:00:00-05:00', status: 'under_investigation' })
    const elsewhere = says(['pkg:npm/x'], { timestamp: '2026-01-01T00:00:00Z' })
    expect(vexFor([first, none, last, old, elsewhere], asked)).toBe(last)
    expect(vexFor([last, old, first], asked)).toBe(first)
    expect(vexFor([old, none], asked)).toBe(old)
    const question = says([], { timestamp: '2027-01-01T00:00:00Z', status: 'under_investigation', isQuestion: true })
    expect(vexFor([none, question], asked)).toBe(none)
    expect(vexFor([question, first], asked)).toBe(first)
    expect(vexFor([question, elsewhere], asked)).toBe(question)
    expect([none, first, last, says([], { status: 'fixed' })].map(suppresses)).toEqual([true, false, false, true])
  })

  test('of this vulnerability, by any of its names', () => {
    expect(isSaid(says([], { vulnerability: ['ghsa-X'] }))).toBe(true)
    expect(isSaid(says([], { vulnerability: ['CVE-1-2'] }))).toBe(false)
    expect(vexFor([], asked)).toBeUndefined()
  })
})

test('what is no package URL is about nothing, whatever it is', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('pkg:oci/', 'pkg:', 'pkg:oci/@', 'pkg:deb/debian/libssl3', 'pkg:oci/app', '%', '?', '#', '@'),
  )
  const text = fc.array(word, { minLength: 1, maxLength: 4 }).map(words => words.join(''))
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), fc.array(text, { maxLength: 2 }), (products, subcomponents) => {
      const answer = vexFor([says(products, { subcomponents })], asked)
      if (products.every(url => parsePurl(url) === undefined)) expect(answer).toBeUndefined()
    }),
  )
})
