/** Reports of scans that tests of formats show: one as people will see it, and what strangers could put into one. */
import type { FeedState } from '../src/model/advisory.ts'
import type { Digest, Severity } from '../src/model/finding.ts'
import type { Inventory } from '../src/model/inventory.ts'
import type { Package } from '../src/model/package.ts'
import { purl } from '../src/model/purl.ts'
import type { Explanation, Match, ScanReport, Vulnerability, VulnerabilityFinding } from '../src/model/vulnerability.ts'

export const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}`

const layers = ['a', 'b', 'c', 'd'].map(digest)

const history = [
  { createdBy: '/bin/sh -c #(nop) ADD file:66ce4b9a8f33d1a7b2 in / ', isEmpty: false },
  { createdBy: '/bin/sh -c #(nop)  CMD ["bash"]', isEmpty: true },
  {
    createdBy:
      'RUN /bin/sh -c apt-get update && apt-get install -y --no-install-recommends curl imagemagick && rm -rf /var/lib/apt/lists/* # buildkit',
    isEmpty: false,
  },
  { createdBy: 'COPY package.json package-lock.json ./ # buildkit', isEmpty: false },
  { createdBy: 'RUN /bin/sh -c npm ci --omit=dev # buildkit', isEmpty: false },
  { createdBy: 'CMD ["node" "server.js"]', isEmpty: true },
]
const steps = [0, 2, 3, 4]

export type PackageSeed = {
  readonly type?: string
  readonly name: string
  readonly version: string
  readonly source?: { readonly name: string; readonly version: string }
  /** From 0. */
  readonly layer?: number
  readonly path?: string
}

export const makePackage = ({ type = 'deb', name, version, source, layer = 0, path }: PackageSeed): Package => ({
  purl: purl({ type, ...(type === 'deb' ? { namespace: 'debian' } : {}), name, version }),
  name,
  version,
  ecosystem: type,
  ...(source ? { source } : {}),
  at: [
    {
      in: 'layer',
      layer: layers[layer]!,
      step: steps[layer]!,
      path: path ?? (type === 'deb' ? '/var/lib/dpkg/status' : `/app/node_modules/${name}/package.json`),
    },
  ],
  dependsOn: [],
  licences: [],
})

export const makeVulnerability = (overrides: Partial<Vulnerability> & { readonly id: string }): Vulnerability => ({
  aliases: [],
  summary: '',
  details: '',
  url: `https://nvd.nist.gov/vuln/detail/${overrides.id}`,
  references: [],
  cwes: [],
  published: '2026-03-01T10:00:00Z',
  cvss: undefined,
  epss: undefined,
  kev: undefined,
  isMalware: false,
  ...overrides,
})

export type FindingSeed = {
  readonly package: Package
  readonly vulnerability: Vulnerability
  readonly severity: Severity
  readonly match?: Partial<Match>
  readonly isInBase?: boolean
  readonly suppressed?: VulnerabilityFinding['suppressed']
  readonly risk?: number
}

export const makeFinding = (seed: FindingSeed): VulnerabilityFinding => {
  const { package: one, vulnerability, severity, match, suppressed } = seed
  const isDeb = one.ecosystem === 'deb'
  return {
    rule: 'vulnerability',
    key: `${vulnerability.id} ${one.purl}`,
    severity,
    message: `${one.name} ${one.version} has ${vulnerability.id}`,
    at: one.at,
    ...(suppressed ? { suppressed } : {}),
    vulnerability,
    match: {
      package: one,
      ecosystem: isDeb ? 'Debian:12' : one.ecosystem,
      name: one.source?.name ?? one.name,
      version: one.source?.version ?? one.version,
      order: isDeb ? 'dpkg' : 'semver',
      via: isDeb ? 'source' : 'name',
      feed: isDeb ? 'debian-changelogs' : 'osv',
      record: 7,
      id: vulnerability.id,
      range: match?.fixedIn === undefined ? {} : { fixed: match.fixedIn },
      status: 'affected',
      reason: undefined,
      fixedIn: undefined,
      fixNeeds: undefined,
      inferredFrom: undefined,
      severity: undefined,
      others: [],
      ...match,
    },
    severityFrom: 'NVD',
    risk: seed.risk ?? 50,
    isInBase: 'isInBase' in seed ? seed.isInBase : one.at[0].in === 'layer' ? one.at[0].layer <= layers[0]! : undefined,
  }
}

export const makeFeed = (overrides: Partial<FeedState> = {}): FeedState => ({
  feed: 'osv',
  part: 'npm',
  title: 'OSV',
  home: 'https://osv.dev',
  licence: 'CC-BY-4.0',
  ecosystems: ['npm'],
  completeness: 'all',
  rank: 30,
  dated: '2026-11-24T00:00:00Z',
  fetched: '2026-11-24T04:00:00Z',
  records: 200_000,
  skipped: 0,
  ...overrides,
})

export const debianFeed = makeFeed({
  feed: 'debian-changelogs',
  part: '',
  title: 'Changelogs of Debian packages',
  home: 'https://metadata.ftp-master.debian.org/changelogs/',
  ecosystems: ['Debian'],
  completeness: 'some',
  rank: 12,
  dated: '2026-11-19T00:00:00Z',
})

const opensslSource = { name: 'openssl', version: '3.0.11-1~deb12u1' }
const libssl = makePackage({ name: 'libssl3', version: opensslSource.version, source: opensslSource })
const openssl = makePackage({ name: 'openssl', version: opensslSource.version })
const zlib = makePackage({
  name: 'zlib1g',
  version: '1:1.2.13.dfsg-1',
  source: { name: 'zlib', version: '1:1.2.13.dfsg-1' },
})
const perl = makePackage({ name: 'perl-base', version: '5.36.0-7', source: { name: 'perl', version: '5.36.0-7' } })
const magick = makePackage({
  name: 'imagemagick-6.q16',
  version: '8:6.9.11.60+dfsg-1.6',
  source: { name: 'imagemagick', version: '8:6.9.11.60+dfsg-1.6' },
  layer: 1,
})
const curl = makePackage({ name: 'curl', version: '7.88.1-10+deb12u4', layer: 1 })
const lodash = makePackage({ type: 'npm', name: 'lodash', version: '4.17.20', layer: 3 })
const babel = makePackage({ type: 'npm', name: '@babel/traverse', version: '7.22.0', layer: 3 })
const stealer = makePackage({ type: 'npm', name: 'colour-utils-pro', version: '1.0.3', layer: 3 })
const agent = makePackage({ type: 'generic', name: 'acme-agent', version: '3.1', layer: 1, path: '/opt/acme/agent' })
const others = ['apt', 'base-files', 'bash', 'coreutils', 'dash', 'dpkg', 'libc6', 'tar'].map(name =>
  makePackage({ name, version: '1.0-1' }),
)

const punycode = makeVulnerability({
  id: 'CVE-2026-3602',
  aliases: ['DSA-5999-1'],
  summary: 'X.509 e-mail address 4-byte buffer overflow that a certificate chain signed by a trusted authority can trigger',
  details:
    'A buffer overrun can be triggered in X.509 certificate verification, specifically in name constraint checking.\n\nThis occurs after certificate chain signature verification.',
  references: ['https://www.openssl.org/news/secadv/20221101.txt', 'https://github.com/openssl/openssl/commit/fe3b639'],
  cwes: ['CWE-120', 'CWE-787'],
  cvss: { vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', score: 9.8, source: 'nvd@nist.gov' },
  epss: { score: 0.9412, percentile: 0.999 },
  kev: { added: '2026-04-02', due: '2026-04-23', isRansomware: true, name: 'OpenSSL Buffer Overflow' },
})

const opensslFindings = [
  punycode,
  makeVulnerability({
    id: 'CVE-2026-0286',
    summary: 'X.400 address type confusion in X.509 GeneralName',
    cvss: { vector: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:H', score: 7.4, source: 'nvd@nist.gov' },
    epss: { score: 0.62, percentile: 0.98 },
  }),
  makeVulnerability({
    id: 'CVE-2026-5678',
    summary: 'Generating excessively long X9.42 DH keys is slow',
    epss: { score: 0.0004, percentile: 0.1 },
  }),
].flatMap((vulnerability, i) =>
  [libssl, openssl].map(one =>
    makeFinding({
      package: one,
      vulnerability,
      severity: (['critical', 'high', 'medium'] as const)[i]!,
      match: { fixedIn: i === 2 ? undefined : '3.0.11-1~deb12u2', others: [{ feed: 'osv', record: 9, id: 'DSA-5999-1' }] },
      isInBase: true,
      risk: 98 - i * 20,
    }),
  ),
)

const cvss2 = { vector: 'AV:N/AC:M/Au:N/C:P/I:P/A:P', score: 6.8, source: 'nvd@nist.gov' }

/** An application on Debian: a base image's faults, its own ones, malware, everything that a maintainer can say. */
const usual = (): readonly VulnerabilityFinding[] => [
  makeFinding({
    package: stealer,
    vulnerability: makeVulnerability({
      id: 'MAL-2026-4711',
      summary: 'Malicious code in colour-utils-pro (npm)',
      url: 'https://osv.dev/vulnerability/MAL-2026-4711',
      isMalware: true,
    }),
    severity: 'critical',
    isInBase: false,
    risk: 100,
    match: { range: undefined },
  }),
  ...opensslFindings,
  makeFinding({
    package: lodash,
    vulnerability: makeVulnerability({
      id: 'CVE-2026-23337',
      aliases: ['GHSA-35jh-r3h4-6jhm'],
      summary: 'Command injection in lodash',
      cwes: ['CWE-77', 'CWE-94'],
      cvss: { vector: 'CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H', score: 7.2, source: 'GHSA' },
      epss: { score: 0.0081, percentile: 0.74 },
    }),
    severity: 'high',
    isInBase: false,
    risk: 60,
    match: { fixedIn: '4.17.21', range: { fixed: '4.17.21' } },
  }),
  makeFinding({
    package: babel,
    vulnerability: makeVulnerability({
      id: 'CVE-2026-45133',
      summary: 'Babel vulnerable to arbitrary code execution when compiling specifically crafted malicious code',
      cvss: { vector: 'CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', score: 9.3, source: 'GHSA' },
    }),
    severity: 'critical',
    isInBase: false,
    risk: 55,
    match: { fixedIn: '7.23.2', range: { introduced: '0', fixed: '7.23.2' } },
  }),
  ...Array.from({ length: 20 }, (_, i) =>
    makeFinding({
      package: magick,
      vulnerability: makeVulnerability({
        id: `CVE-2026-${34151 + i * 13}`,
        summary: `Heap-based buffer overflow in coders/${['tiff', 'png', 'svg', 'heic'][i % 4]}.c when it reads a crafted file`,
        cvss: cvss2,
        epss: { score: 0.03 / (i + 1), percentile: 0.5 },
      }),
      severity: i < 2 ? 'high' : i < 14 ? 'medium' : 'low',
      isInBase: false,
      risk: 40 - i,
      match: {
        fixedIn: i % 3 === 0 ? undefined : '8:6.9.11.60+dfsg-1.6+deb12u2',
        ...(i > 15 ? { status: 'minor' as const, fixedIn: undefined } : {}),
      },
    }),
  ),
  makeFinding({
    package: curl,
    vulnerability: makeVulnerability({ id: 'CVE-2026-38545', summary: 'SOCKS5 heap buffer overflow' }),
    severity: 'critical',
    isInBase: false,
    suppressed: { by: 'vex', reason: 'vulnerable_code_not_in_execute_path: we use no proxy', until: '2027-01-31' },
    match: { fixedIn: '7.88.1-10+deb12u5' },
  }),
  makeFinding({
    package: curl,
    vulnerability: makeVulnerability({ id: 'CVE-2026-46218', summary: 'Cookie mixed case PSL bypass' }),
    severity: 'medium',
    isInBase: false,
    suppressed: { by: 'config', reason: 'accepted until the next release' },
    match: { fixedIn: '7.88.1-10+deb12u5' },
  }),
  ...(['minor', 'unimportant', 'wont-fix', 'deferred', 'undetermined', 'end-of-life'] as const).map((status, i) =>
    makeFinding({
      package: i < 3 ? perl : zlib,
      vulnerability: makeVulnerability({ id: `CVE-2025-3148${i}`, summary: `Something about ${status}` }),
      severity: i === 0 ? 'high' : 'low',
      isInBase: true,
      risk: 10 - i,
      match: { status, ...(i === 0 ? { reason: 'Minor issue; can be fixed via point release' } : {}) },
    }),
  ),
]

const inventory: Inventory = {
  name: 'shop/api:1.4',
  kind: 'image',
  image: {
    id: digest('c'),
    manifest: digest('d'),
    platform: 'linux/amd64',
    refs: ['shop/api:1.4'],
    config: {
      user: 'node',
      env: [],
      entrypoint: undefined,
      cmd: ['node', 'server.js'],
      shell: undefined,
      workingDir: '/app',
      exposedPorts: [],
      volumes: [],
      labels: {},
      healthcheck: undefined,
      onBuild: [],
      author: '',
      created: '2026-11-20T03:04:05.678901234Z',
      history: history.map(step => ({ ...step, created: '2026-11-20T03:04:05Z', comment: '' })),
    },
    layers: layers.map((diffId, i) => ({ diffId, step: steps[i]! })),
  },
  distro: { id: 'debian', idLike: [], version: '12', codename: 'bookworm', name: 'Debian GNU/Linux 12 (bookworm)', variant: '' },
  packages: [libssl, openssl, zlib, perl, magick, curl, lodash, babel, stealer, agent, ...others].sort((a, b) =>
    a.purl < b.purl ? -1 : 1,
  ),
  problems: [],
  layers: layers.map((diffId, i) => ({
    diffId,
    step: steps[i]!,
    size: [116_000_000, 38_000_000, 90_000, 24_000_000][i]!,
    files: 40,
  })),
}

export const makeReport = (overrides: Partial<ScanReport> = {}): ScanReport => ({
  version: '0.1.0',
  inventory,
  base: { name: 'docker.io/library/debian:12', digest: digest('e'), layers: 1, decidedBy: 'annotation' },
  findings: usual(),
  problems: [
    {
      kind: 'uncovered',
      code: 'no-advisories',
      message: "nobody's advisories are known for 1 generic package: acme-agent",
    },
    {
      kind: 'failed',
      code: 'archive-broken',
      message: 'app.jar ends too early',
      at: { in: 'layer', layer: layers[3]!, path: '/app/app.jar' },
    },
  ],
  coverage: [
    {
      ecosystem: 'Debian:12',
      packages: 14,
      uncovered: 0,
      feeds: [makeFeed({ part: 'Debian', ecosystems: ['Debian'] }), debianFeed],
    },
    { ecosystem: 'npm', packages: 3, uncovered: 0, feeds: [makeFeed()] },
    { ecosystem: 'Bitnami', packages: 1, uncovered: 1, feeds: [] },
  ],
  database: { path: '/home/me/.local/share/bulkhead/advisories.db', built: '2026-11-24T05:00:00Z' },
  at: '2026-11-26T09:30:00Z',
  ...overrides,
})

/** Everything was looked at, and nothing is known. */
export const cleanReport = (): ScanReport =>
  makeReport({
    findings: [],
    problems: [],
    coverage: [{ ecosystem: 'Debian:12', packages: inventory.packages.length, uncovered: 0, feeds: [debianFeed] }],
  })

/** Nothing is in it. */
export const emptyReport = (): ScanReport =>
  makeReport({
    inventory: { ...inventory, packages: [], distro: undefined },
    base: undefined,
    findings: [],
    problems: [],
    coverage: [],
  })

/** Nobody could say anything. */
export const uncoveredReport = (): ScanReport =>
  makeReport({
    base: undefined,
    findings: [],
    problems: [
      {
        kind: 'uncovered',
        code: 'distribution-unknown',
        message: 'there are no advisories on Frob Linux: its 18 packages were not judged',
      },
    ],
    coverage: [{ ecosystem: 'deb', packages: 18, uncovered: 18, feeds: [] }],
  })

/** What somebody would write who wants a format to say something else. */
export const hostileTexts: readonly string[] = [
  '\u001b[2J\u001b]0;owned\u0007',
  'a\u202egnp.exe\u2066',
  '::error file=x::owned\n::set-output name=x::y',
  '<script>alert(1)</script>',
  ']]><failure message="x"/>',
  '| a | b |\n| - | - |',
  '`rm -rf ~` and ``` and @everyone and #1',
  '[click](javascript:alert(1)) ![x](https://evil.example/x.png)',
  '</summary></details><h1>',
  '\u0000\u0008\u000b\ufffe\uffff\ud800 \udc00',
  'x'.repeat(5000),
  ' ',
  '\u200b\u00ad',
  'ä日本語😀',
]

/** A report whose every text is one of these. */
export const reportWith = (text: string): ScanReport => {
  const one: Package = {
    ...makePackage({ type: 'npm', name: text, version: text, layer: 3 }),
    at: [
      { in: 'layer', layer: layers[3]!, step: 4, path: `/app/${text}` },
      { in: 'layer', layer: layers[3]!, step: 4, path: text },
    ],
    ownedBy: text,
    licences: [text],
    aliases: [text],
  }
  const system: Package = { ...makePackage({ name: `lib${text}`, version: text, source: { name: text, version: text } }) }
  const vulnerability = makeVulnerability({
    id: text,
    aliases: [text],
    summary: text,
    details: text,
    url: text,
    references: [text, 'https://example.com/a b'],
    cwes: [text, 'CWE-0', 'CWE-79'],
    published: text,
    cvss: { vector: text, score: 9.1, source: text },
    kev: { added: text, due: text, isRansomware: false, name: text },
  })
  const match: Partial<Match> = {
    fixedIn: text,
    reason: text,
    range: { introduced: text, fixed: text },
    ecosystem: text,
    feed: text,
  }
  const finding = makeFinding({ package: one, vulnerability, severity: 'critical', match, isInBase: false })
  const base = makeReport()
  return makeReport({
    inventory: {
      ...inventory,
      name: text,
      distro: { ...inventory.distro!, id: text, name: text, version: text },
      packages: [one, system].sort((a, b) => (a.purl < b.purl ? -1 : 1)),
      image: {
        ...inventory.image!,
        platform: text,
        refs: [text],
        config: {
          ...inventory.image!.config,
          history: history.map(step => ({ ...step, createdBy: text, created: text, comment: text })),
        },
      },
    },
    base: { ...base.base!, name: text },
    findings: [
      finding,
      makeFinding({ package: system, vulnerability, severity: 'low', match: { ...match, status: 'minor' }, isInBase: true }),
      {
        ...makeFinding({
          package: system,
          vulnerability: makeVulnerability({ id: `CVE-2026-1${text}` }),
          severity: 'high',
          match: { ...match, inferredFrom: text },
          isInBase: true,
        }),
      },
      {
        ...makeFinding({ package: one, vulnerability: makeVulnerability({ id: `${text}2` }), severity: 'high', isInBase: false }),
        suppressed: { by: 'vex', reason: text, until: text },
      },
    ],
    problems: [{ kind: 'failed', code: 'x', message: text, at: { in: 'layer', layer: layers[0]!, path: text } }],
    coverage: [{ ecosystem: text, packages: 2, uncovered: 1, feeds: [makeFeed({ title: text, part: text, dated: text })] }],
  })
}

/** Why things are as they are with the OpenSSL of the usual report. */
export const makeExplanation = (overrides: Partial<Explanation> = {}): Explanation => {
  const opinion = {
    feed: 'debian-changelogs',
    id: 'CVE-2026-3602',
    url: 'https://security-tracker.debian.org/tracker/CVE-2026-3602',
    ecosystem: 'Debian:12',
    name: 'openssl',
    version: opensslSource.version,
    order: 'dpkg',
    ranges: [{ fixed: '3.0.11-1~deb12u2' }],
    versions: [],
    verdict: 'affected',
    range: { fixed: '3.0.11-1~deb12u2' },
    fixedIn: '3.0.11-1~deb12u2',
    status: 'affected' as const,
    reason: undefined,
  }
  return {
    id: 'CVE-2026-3602',
    vulnerability: punycode,
    packages: [
      { package: libssl, vulnerability: 'CVE-2026-3602', outcome: 'reported', opinions: [opinion] },
      {
        package: openssl,
        vulnerability: 'CVE-2026-3602',
        outcome: 'suppressed',
        opinions: [opinion],
        suppressed: { by: 'config', reason: 'the program is never called', until: '2027-01-31' },
      },
      {
        package: curl,
        vulnerability: 'CVE-2026-3602',
        outcome: 'fixed',
        opinions: [
          {
            ...opinion,
            name: 'curl',
            version: curl.version,
            verdict: 'fixed',
            range: undefined,
            ranges: [{ introduced: '7.60', fixed: '7.70' }],
          },
        ],
      },
      {
        package: zlib,
        vulnerability: 'CVE-2026-3602',
        outcome: 'not-affected',
        opinions: [{ ...opinion, verdict: 'not-affected', status: 'not-affected', ranges: [], reason: 'the code is not built' }],
      },
      {
        package: lodash,
        vulnerability: 'CVE-2026-3602',
        outcome: 'silenced-by-owner',
        owner: curl.purl,
        opinions: [
          {
            ...opinion,
            ecosystem: 'npm',
            order: 'semver',
            name: 'lodash',
            version: '4.17.20',
            ranges: [{ introduced: '4.0.0', lastAffected: '4.17.20' }],
            range: { introduced: '4.0.0', lastAffected: '4.17.20' },
          },
        ],
      },
      {
        package: babel,
        vulnerability: 'CVE-2026-3602',
        outcome: 'outside',
        opinions: [
          {
            ...opinion,
            ecosystem: 'npm',
            order: 'semver',
            verdict: 'outside',
            range: undefined,
            ranges: [{ introduced: '8.0.0' }],
            versions: ['9.0.0'],
          },
        ],
      },
      {
        package: agent,
        vulnerability: 'CVE-2026-3602',
        outcome: 'unknown',
        opinions: [{ ...opinion, verdict: 'unknown', range: undefined, version: 'x y' }],
      },
    ],
    named: [{ feed: 'debian-changelogs', id: 'CVE-2026-3602', url: opinion.url, ecosystem: 'Debian:12', name: 'openssl' }],
    problems: [],
    inventory,
    ...overrides,
  }
}
