import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Unreadable } from './cataloger.ts'
import { type IgnoreRule, isHarmless, isIgnoreFile, longestName, readIgnoreFile } from './ignore-files.ts'

const rule = (from: string, more: Partial<IgnoreRule>): IgnoreRule => ({
  from,
  vulnerability: undefined,
  purls: [],
  paths: [],
  package: undefined,
  fixState: undefined,
  reason: `ignored in ${from}`,
  until: undefined,
  ...more,
})
const messages = (path: string, text: string): readonly string[] => readIgnoreFile(path, text).problems.map(one => one.message)

const trivy = `# Accept the risk
CVE-2018-14618

# until the release
# in spring
CVE-2019-14697 exp:2026-01-01
CVE-2019-1543   # not reachable
AVD-DS-0002
GHSA-1 exp:2026-02-30
GHSA-2 whatever
`

const trivyYaml = `vulnerabilities:
  - id: CVE-2022-40897
    paths:
      - "usr/local/lib/python3.9/site-packages/setuptools-58.1.0.dist-info/METADATA"
    statement: Accept the risk
  - id: CVE-2023-2650
  - id: CVE-2023-3817
    purls:
      - "pkg:deb/debian/libssl1.1"
    expired_at: 2024-01-01
  - id: CVE-1
    expired_at: soon
  - id: CVE-2
    purls: [libssl]
  - ids: CVE-3
misconfigurations:
  - id: AVD-DS-0001
secrets:
`

const grype = `check-for-app-update: false
fail-on-severity: high
only-fixed: true
ignore:
  - vulnerability: CVE-2008-4318
    include-aliases: true
    reason: not ours
    fix-state: unknown
    package:
      name: libcurl
      version: 1.5.1
      type: npm
      location: "/usr/local/lib/node_modules/**"
  - vulnerability: CVE-2014-54321
  - package: { type: gem }
  - package: { name: 'linux(-.*)?-headers-.*', upstream-name: 'linux.*', type: deb }
  - package: { name: '(a+)+b' }
  - package: { name: 'libstdc++' }
  - package: { language: rust }
  - package: { type: new-thing }
  - namespace: github:language:python
  - vex-status: not_affected
  - vex-status: affected
  - fix-state: nope
  - {}
  - CVE-1
`

describe('.trivyignore', () => {
  test('ids, dates and reasons', () => {
    const { rules, problems } = readIgnoreFile('a/.trivyignore', trivy)
    expect(rules).toEqual([
      rule('a/.trivyignore', { vulnerability: 'CVE-2018-14618', reason: 'Accept the risk' }),
      rule('a/.trivyignore', { vulnerability: 'CVE-2019-14697', until: '2026-01-01', reason: 'until the release in spring' }),
      rule('a/.trivyignore', { vulnerability: 'CVE-2019-1543', reason: 'not reachable' }),
      rule('a/.trivyignore', { vulnerability: 'AVD-DS-0002' }),
    ])
    expect(problems.map(one => [one.kind, one.code, one.message])).toEqual([
      ['uncovered', 'ignore-not-followed', 'a/.trivyignore ignores GHSA-1 with words that cannot be followed: exp:2026-02-30'],
      ['uncovered', 'ignore-not-followed', 'a/.trivyignore ignores GHSA-2 with words that cannot be followed: whatever'],
    ])
    expect(problems[0]!.at).toMatchObject({ span: { start: trivy.indexOf('GHSA-1') } })
  })

  test('CRLF and nothing', () => {
    expect(readIgnoreFile('.trivyignore', 'CVE-1\r\n\r\nCVE-2').rules.map(one => one.vulnerability)).toEqual(['CVE-1', 'CVE-2'])
    expect(readIgnoreFile('.trivyignore', '')).toEqual({ rules: [], problems: [] })
  })
})

test('.trivyignore.yaml', () => {
  const path = '.trivyignore.yaml'
  expect(readIgnoreFile(path, trivyYaml).rules).toEqual([
    rule(path, {
      vulnerability: 'CVE-2022-40897',
      paths: ['usr/local/lib/python3.9/site-packages/setuptools-58.1.0.dist-info/METADATA'],
      reason: 'Accept the risk',
    }),
    rule(path, { vulnerability: 'CVE-2023-2650' }),
    rule(path, { vulnerability: 'CVE-2023-3817', purls: ['pkg:deb/debian/libssl1.1'], until: '2024-01-01' }),
  ])
  expect(messages(path, trivyYaml)).toEqual([
    '.trivyignore.yaml: entry 4 of vulnerabilities is not followed: soon is no date',
    '.trivyignore.yaml: entry 5 of vulnerabilities is not followed: libssl is no package URL',
    '.trivyignore.yaml: entry 6 of vulnerabilities is not followed: its id is none that is known',
    '.trivyignore.yaml has a section misconfigurations, which is not followed: only vulnerabilities are',
  ])
})

test('.grype.yaml', () => {
  const path = '.grype.yaml'
  const { rules } = readIgnoreFile(path, grype)
  expect(rules.filter(one => one.reason === 'only-fixed in .grype.yaml').map(one => one.fixState)).toEqual([
    'not-fixed',
    'wont-fix',
    'unknown',
  ])
  expect(rules.slice(3)).toEqual([
    rule(path, {
      vulnerability: 'CVE-2008-4318',
      paths: ['/usr/local/lib/node_modules/**'],
      package: { name: 'libcurl', version: '1.5.1', type: 'npm' },
      fixState: 'unknown',
      reason: 'not ours',
    }),
    rule(path, { vulnerability: 'CVE-2014-54321' }),
    rule(path, { package: { type: 'gem' } }),
    rule(path, { package: { name: 'linux(-.*)?-headers-.*', upstream: 'linux.*', type: 'deb' } }),
  ])
  const about = (entry: number, why: string) => `.grype.yaml: entry ${entry} of ignore is not followed: ${why}`
  expect(messages(path, grype)).toEqual([
    '.grype.yaml sets fail-on-severity, which is not followed',
    about(5, '(a+)+b is a regular expression that could take too long, or none'),
    about(6, 'libstdc++ is a regular expression that could take too long, or none'),
    about(7, 'package.language is not known here'),
    about(8, 'packages of the type new-thing are not known here'),
    about(9, 'namespace is not known here'),
    about(11, 'vex-status'),
    about(12, 'fix-state is not known here'),
    about(13, 'it says nothing of what to ignore'),
    about(14, 'its form is not known here'),
  ])
})

test('names', () => {
  expect(
    ['.trivyignore', 'a/.trivyignore.yml', '.grype.yaml', 'grype.yaml', 'x.trivyignore', 'trivy.yaml'].map(isIgnoreFile),
  ).toEqual([true, true, true, true, false, false])
  expect(() => readIgnoreFile('x', '')).toThrow(Unreadable)
})

describe('hostile files', () => {
  test.each([
    ['.grype.yaml', '- a', 'it is no mapping'],
    ['.grype.yaml', 'ignore: {}', 'ignore is no list'],
    ['.grype.yaml', 'a: [', 'line 1, column 5'],
    ['.trivyignore.yaml', 'vulnerabilities: 1', 'vulnerabilities is no list'],
    [
      '.grype.yaml',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]},`.repeat(9)}]`).join('\n')}`,
      'no YAML that can be read',
    ],
    ['.grype.yaml', `ignore: ${'['.repeat(20_000)}`, ''],
    ['.trivyignore', 'x'.repeat(2 ** 20 + 1), 'at most 1048576 are read'],
  ])('%s: %.40s', (path, text, message) => {
    expect(() => readIgnoreFile(path, text)).toThrow(message)
    expect(() => readIgnoreFile(path, text)).toThrow(Unreadable)
  })

  test.each([
    ['.trivyignore', trivy],
    ['.trivyignore.yaml', trivyYaml],
    ['.grype.yaml', grype],
  ])('%s, changed at any place', (path, text) => {
    const put = fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.constantFrom('- ', ': ', '{', '[', '"', '\n', '&a ', '*a', '!!binary ', '<<: ', '? ', '\0'),
    )
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(12), put, (at, cut, word) => {
        try {
          readIgnoreFile(path, text.slice(0, at) + word + text.slice(at + cut))
        } catch (error) {
          expect(error).toBeInstanceOf(Unreadable)
        }
      }),
    )
  })

  test.each([
    '(a+)+',
    '(a|a)*',
    '(a*){9}',
    'a{1000}',
    '(?=a)',
    '(a)\\1',
    'a*a*a*a*',
    'a?'.repeat(19),
    '[',
    '(a|b)'.repeat(19),
    'a'.repeat(201),
    '\\',
  ])('not followed: %s', pattern => {
    expect(isHarmless(pattern)).toBe(false)
  })

  test('no pattern that is followed takes long', () => {
    const unit = fc.constantFrom('a', '.*', 'a*', 'a+', 'a?', '(a|a)', '(a*)?', '(a|aa)?', '[ab]*', '.', 'b')
    fc.assert(
      fc.property(
        fc.array(unit, { maxLength: 14 }).map(units => units.join('')),
        pattern => {
          if (!isHarmless(pattern)) return
          const start = performance.now()
          new RegExp(`^(?:${pattern})$`).test(`${'a'.repeat(longestName - 1)}!`)
          expect(performance.now() - start).toBeLessThan(1000)
        },
      ),
    )
  })
})
