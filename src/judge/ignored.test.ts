import { describe, expect, test } from 'vitest'
import type { Package } from '../model/package.ts'
import { readIgnoreFile } from '../read/ignore-files.ts'
import { ignoredBy } from './ignored.ts'

const curl: Package = {
  purl: 'pkg:deb/debian/libcurl4@7.88.1-10?arch=amd64&distro=debian-12',
  name: 'libcurl4',
  version: '7.88.1-10',
  ecosystem: 'deb',
  source: { name: 'curl', version: '7.88.1-10' },
  at: [{ in: 'layer', layer: `sha256:${'a'.repeat(64)}`, path: '/var/lib/dpkg/status' }],
  dependsOn: [],
  licences: [],
}
const what = { vulnerabilities: ['CVE-1-1', 'GHSA-x'], package: curl, fixedIn: undefined }
const today = '2026-01-15'
const ask = (path: string, text: string, more: Partial<Parameters<typeof ignoredBy>[1]> = {}): string => {
  const { rules, problems } = readIgnoreFile(path, text)
  expect(problems).toEqual([])
  const answer = ignoredBy(rules, { ...what, ...more }, today)
  return answer === undefined ? 'shown' : 'rule' in answer ? `ignored: ${answer.rule.reason}` : `expired: ${answer.expired.until}`
}

test.each([
  ['CVE-1-1', 'ignored: ignored in .trivyignore'],
  ['ghsa-X # why', 'ignored: why'],
  ['CVE-1-10', 'shown'],
  ['CVE-1-1 exp:2026-01-15', 'ignored: ignored in .trivyignore'],
  ['CVE-1-1 exp:2026-01-14', 'expired: 2026-01-14'],
  ['CVE-1-1 exp:2026-01-14\n# again\nGHSA-x', 'ignored: again'],
])('.trivyignore: %j', (text, expected) => {
  expect(ask('.trivyignore', text)).toBe(expected)
})

test.each([
  ['purls: [pkg:deb/debian/libcurl4]', true],
  ['purls: [pkg:deb/debian/libcurl4@7.88.1-10, pkg:npm/x]', true],
  ['purls: [pkg:deb/debian/libcurl4@7.88.1-11]', false],
  ['paths: [var/lib/dpkg/status]', true],
  ['paths: ["**/status"]', true],
  ['paths: ["var/{cache,lib}/**"]', true],
  ['paths: ["status"]', false],
  ['paths: ["opt/**"]', false],
  ['purls: [pkg:deb/debian/libcurl4], paths: ["opt/**"]', false],
])('.trivyignore.yaml: %s', (entry, expected) => {
  expect(ask('.trivyignore.yaml', `vulnerabilities: [{ id: CVE-1-1, statement: s, ${entry} }]`)).toBe(
    expected ? 'ignored: s' : 'shown',
  )
})

describe('.grype.yaml', () => {
  test.each([
    ['vulnerability: GHSA-x', true],
    ['vulnerability: CVE-1-2', false],
    ['package: { name: libcurl4 }', true],
    ['package: { name: libcurl }', false],
    ['package: { name: "lib.*" }', true],
    ['package: { name: "x|libcurl4" }', true],
    ['package: { name: libcurl4, version: 7.88.1-10, type: deb }', true],
    ['package: { name: libcurl4, version: "7" }', false],
    ['package: { type: rpm }', false],
    ['package: { upstream-name: curl }', true],
    ['package: { upstream-name: libcurl4 }', false],
    ['package: { location: "/var/lib/**" }', true],
    ['package: { location: "/opt/**" }', false],
    ['vulnerability: CVE-1-1, package: { type: rpm }', false],
    ['fix-state: not-fixed', true],
    ['fix-state: fixed', false],
  ])('%s', (entry, expected) => {
    expect(ask('.grype.yaml', `ignore: [{ reason: r, ${entry} }]`)).toBe(expected ? 'ignored: r' : 'shown')
  })

  test('states of fixes', () => {
    const states = (more: Partial<Parameters<typeof ignoredBy>[1]>): readonly string[] =>
      ['fixed', 'not-fixed', 'wont-fix', 'unknown'].filter(
        state => ask('.grype.yaml', `ignore: [{ fix-state: ${state} }]`, more) !== 'shown',
      )
    expect(states({ fixedIn: '8' })).toEqual(['fixed'])
    expect(states({})).toEqual(['not-fixed'])
    expect(states({ status: 'wont-fix' })).toEqual(['wont-fix'])
    expect(states({ status: 'undetermined' })).toEqual(['unknown'])
    expect(ask('.grype.yaml', 'only-fixed: true')).toBe('ignored: only-fixed in .grype.yaml')
    expect(ask('.grype.yaml', 'only-fixed: true', { fixedIn: '8' })).toBe('shown')
    expect(ask('.grype.yaml', 'ignore-wontfix: wont-fix', { status: 'wont-fix' })).toBe('ignored: ignore-wontfix in .grype.yaml')
  })
})

test('braces that stand for too much are signs like others', () => {
  const glob = '{a,b}'.repeat(12)
  expect(ask('.trivyignore.yaml', `vulnerabilities: [{ id: CVE-1-1, paths: ["${glob}"] }]`)).toBe('shown')
})
