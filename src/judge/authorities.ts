/** Who says what is wrong with a package: for each distribution its own advisories and nobody else's, for languages those of their registry. */
import type { AdvisoryDatabase } from '../model/advisory.ts'
import type { Distro, Package } from '../model/package.ts'
import { type Purl, parsePurl } from '../model/purl.ts'

/** The advisories of a distribution's release. */
export type Authority = {
  /** In the terms of OSV: `Debian:12`. Several where a release is made of parts (Red Hat's repositories, SUSE's modules). */
  readonly ecosystems: readonly string[]
  /** A name in `versions/`. */
  readonly order: string
  /** What endoflife.date calls the product, and the release. */
  readonly product: string
  readonly release: string
  /** Where fixes that only later releases have are looked for once this one has ended. */
  readonly later?: 'Alpine'
}

/** Which name a package has in which ecosystem. */
export type Identity = {
  readonly ecosystem: string
  readonly name: string
  readonly version: string
  readonly order: string
  readonly keyedBy: 'source' | 'binary'
  readonly via: 'name' | 'source'
}

/** Package types of operating systems. */
export const systemTypes: ReadonlySet<string> = new Set(['deb', 'apk', 'rpm', 'alpm', 'ebuild', 'opkg'])

const debianCodenames: Readonly<Record<string, string>> = {
  jessie: '8',
  stretch: '9',
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  forky: '14',
  sid: 'sid',
}

/** Undefined: nobody's advisories are known for it. */
export const authorityOf = (distro: Distro, database: Pick<AdvisoryDatabase, 'ecosystems'>): Authority | undefined => {
  const { id, version } = distro
  const major = /^\d+/.exec(version)?.[0] ?? ''
  const minor = /^\d+\.\d+/.exec(version)?.[0] ?? ''
  switch (id) {
    case 'debian': {
      // testing and unstable have no version: `trixie/sid`.
      const codename = distro.codename || /\b([a-z]+)\/sid\b/.exec(distro.name)?.[1] || ''
      const release = major !== '' ? major : (debianCodenames[codename] ?? 'sid')
      return { ecosystems: [`Debian:${release}`], order: 'dpkg', product: 'debian', release }
    }
    case 'ubuntu': {
      const [year = 0, month = 0] = minor.split('.').map(Number)
      const isLts = year % 2 === 0 && month === 4
      return { ecosystems: [`Ubuntu:${minor}${isLts ? ':LTS' : ''}`], order: 'dpkg', product: 'ubuntu', release: minor }
    }
    case 'alpine':
      return /_alpha|edge/.test(version) || version === ''
        ? { ecosystems: ['Alpine:edge'], order: 'apk', product: '', release: 'edge' }
        : { ecosystems: [`Alpine:v${minor}`], order: 'apk', product: 'alpine-linux', release: minor, later: 'Alpine' }
    case 'wolfi':
      return { ecosystems: ['Wolfi'], order: 'apk', product: '', release: '' }
    case 'chainguard':
      return { ecosystems: ['Chainguard'], order: 'apk', product: '', release: '' }
    case 'minimos':
      return { ecosystems: ['MinimOS'], order: 'apk', product: '', release: '' }
    case 'alpaquita':
      return { ecosystems: [`Alpaquita:${/^\d+$/.test(major) ? major : 'stream'}`], order: 'apk', product: '', release: major }
    case 'echo':
      return { ecosystems: ['Echo'], order: 'dpkg', product: '', release: '' }
    case 'almalinux':
      return { ecosystems: [`AlmaLinux:${major}`], order: 'rpm', product: 'almalinux', release: major }
    case 'rocky':
      return { ecosystems: [`Rocky Linux:${major}`], order: 'rpm', product: 'rocky-linux', release: major }
    case 'ol':
      return { ecosystems: [`Oracle Linux:${major}`], order: 'rpm', product: 'oracle-linux', release: major }
    case 'amzn':
      return { ecosystems: [`Amazon Linux:${major}`], order: 'rpm', product: 'amazon-linux', release: major }
    case 'rhel':
    case 'centos':
      return {
        ecosystems: database.ecosystems('Red Hat').filter(name => name.startsWith(`Red Hat:enterprise_linux:${major}:`)),
        order: 'rpm',
        product: id === 'rhel' ? 'rhel' : 'centos',
        release: major,
      }
    case 'azurelinux':
    case 'mariner':
      return { ecosystems: [`Azure Linux:${major}`], order: 'rpm', product: 'azure-linux', release: major }
    case 'photon':
      return { ecosystems: [`Photon OS:${minor}`], order: 'rpm', product: 'photon', release: minor }
    case 'sles':
    case 'sles_sap':
    case 'sle_hpc': {
      // `SUSE Linux Enterprise Server 15 SP5`: packages come from modules, each of which is a product of its own.
      const release = /\d+(?: SP\d+)?$/.exec(distro.name)?.[0] ?? version.replace('.', ' SP')
      return {
        ecosystems: database.ecosystems('SUSE').filter(name => name.endsWith(` ${release}`)),
        order: 'rpm',
        product: 'sles',
        release: version,
      }
    }
    case 'opensuse-leap':
    case 'opensuse':
      return { ecosystems: [`openSUSE:Leap ${version}`], order: 'rpm', product: 'opensuse', release: version }
    case 'opensuse-tumbleweed':
      return { ecosystems: ['openSUSE:Tumbleweed'], order: 'rpm', product: '', release: '' }
    case 'openeuler': {
      const support = /\(([^)]+)\)/.exec(distro.name)?.[1]
      return {
        ecosystems: [`openEuler:${version}${support === undefined ? '' : `-${support}`}`],
        order: 'rpm',
        product: '',
        release: version,
      }
    }
    case 'mageia':
      return { ecosystems: [`Mageia:${major}`], order: 'rpm', product: '', release: major }
    default:
      return undefined
  }
}

/** Under which names a distribution's advisories may know the package. */
export const systemIdentities = (one: Package, authority: Authority): readonly Identity[] => {
  // The name of a source RPM has no epoch: that of the binary package holds for both.
  const epoch = authority.order === 'rpm' ? (/^\d+:/.exec(one.version)?.[0] ?? '') : ''
  const source = one.source ?? { name: one.name, version: one.version }
  const sourceVersion = epoch !== '' && !/^\d+:/.test(source.version) ? `${epoch}${source.version}` : source.version
  return authority.ecosystems.flatMap((ecosystem): Identity[] => [
    {
      ecosystem,
      name: source.name,
      version: sourceVersion,
      order: authority.order,
      keyedBy: 'source',
      via: source.name === one.name ? 'name' : 'source',
    },
    { ecosystem, name: one.name, version: one.version, order: authority.order, keyedBy: 'binary', via: 'name' },
  ])
}

/** purl type → ecosystem, its order, and the name there. */
const languages: Readonly<Record<string, { readonly ecosystem: string; readonly order: string; name?(purl: Purl): string }>> = {
  npm: { ecosystem: 'npm', order: 'semver' },
  pypi: { ecosystem: 'PyPI', order: 'pep440', name: ({ name }) => name.toLowerCase().replace(/[-_.]+/g, '-') },
  golang: {
    ecosystem: 'Go',
    order: 'go',
    name: ({ namespace, name }) => `${namespace === undefined ? '' : `${namespace}/`}${name}`.toLowerCase(),
  },
  maven: { ecosystem: 'Maven', order: 'maven', name: ({ namespace, name }) => `${namespace ?? ''}:${name}` },
  gem: { ecosystem: 'RubyGems', order: 'rubygems' },
  nuget: { ecosystem: 'NuGet', order: 'nuget', name: ({ name }) => name.toLowerCase() },
  composer: {
    ecosystem: 'Packagist',
    order: 'composer',
    name: ({ namespace, name }) => `${namespace === undefined ? '' : `${namespace}/`}${name}`.toLowerCase(),
  },
  cargo: { ecosystem: 'crates.io', order: 'semver' },
  hex: { ecosystem: 'Hex', order: 'hex' },
  pub: { ecosystem: 'Pub', order: 'semver' },
  cran: { ecosystem: 'CRAN', order: 'cran' },
  bitnami: { ecosystem: 'Bitnami', order: 'bitnami' },
}

/**
 * Programs that no package manager put there, by the names under which somebody keeps advisories on them: Bitnami's components, and those of their own
 * projects (`generic`). Nothing else is guessed.
 */
const programs: Readonly<Record<string, readonly (readonly [ecosystem: string, name: string, order: string])[]>> = {
  node: [
    ['generic', 'node', 'semver'],
    ['Bitnami', 'node', 'bitnami'],
  ],
  python: [
    ['generic', 'python', 'pep440'],
    ['Bitnami', 'python', 'bitnami'],
  ],
  redis: [['Bitnami', 'redis', 'bitnami']],
  valkey: [['Bitnami', 'valkey', 'bitnami']],
  nginx: [['Bitnami', 'nginx', 'bitnami']],
  httpd: [['Bitnami', 'apache', 'bitnami']],
  php: [['Bitnami', 'php', 'bitnami']],
  postgresql: [['Bitnami', 'postgresql', 'bitnami']],
  mariadb: [['Bitnami', 'mariadb', 'bitnami']],
  mysql: [['Bitnami', 'mysql', 'bitnami']],
  openjdk: [['Bitnami', 'java', 'bitnami']],
  ruby: [['Bitnami', 'ruby', 'bitnami']],
  haproxy: [['Bitnami', 'haproxy', 'bitnami']],
  memcached: [['Bitnami', 'memcached', 'bitnami']],
  mongodb: [['Bitnami', 'mongodb', 'bitnami']],
  git: [['Bitnami', 'git', 'bitnami']],
  sqlite: [['Bitnami', 'sqlite', 'bitnami']],
  varnish: [['Bitnami', 'varnish', 'bitnami']],
  envoy: [['Bitnami', 'envoy', 'bitnami']],
  wordpress: [['Bitnami', 'wordpress', 'bitnami']],
  go: [['Go', 'toolchain', 'go']],
}

/** Under which names the advisories of a language's registry know a package, or those on single programs. Empty: nobody keeps any. */
export const languageIdentities = (purl: string): readonly Identity[] => {
  const parsed = parsePurl(purl)
  if (!parsed || parsed.version === undefined) return []
  const plain = parsed.namespace === undefined ? parsed.name : `${parsed.namespace}/${parsed.name}`
  const { version } = parsed
  if (parsed.type === 'generic')
    return (programs[parsed.name] ?? []).map(([ecosystem, name, order]) => ({
      ecosystem,
      name,
      version,
      order,
      keyedBy: 'binary',
      via: 'name',
    }))
  const language = languages[parsed.type]
  if (!language) return []
  const { ecosystem, order } = language
  return [{ ecosystem, name: language.name?.(parsed) ?? plain, version, order, keyedBy: 'binary', via: 'name' }]
}

/**
 * Packages whose versions follow another repository than the distribution's, whose advisories say nothing about them: by what that repository writes into
 * its versions, or by names that no distribution uses. Undefined: none of them.
 */
export const thirdParty = (one: Package): string | undefined => {
  if (!systemTypes.has(one.ecosystem)) return undefined
  return foreign.find(({ names, versions }) => (names?.test(one.name) ?? true) && (versions?.test(one.version) ?? true))
    ?.repository
}

const foreign: readonly { readonly repository: string; readonly names?: RegExp; readonly versions?: RegExp }[] = [
  { repository: 'NodeSource', versions: /nodesource/ },
  {
    repository: 'Docker',
    names: /^(?:docker-ce|docker-ce-cli|docker-ce-rootless-extras|docker-(?:buildx|compose|scan|model)-plugin|containerd\.io)$/,
  },
  { repository: 'the PostgreSQL project (PGDG)', versions: /pgdg|PGDG/ },
  { repository: 'deb.sury.org', versions: /\+0~\d{8}\.|~(?:deb|ubuntu)[^+]*\+\d\.gbp|sury/ },
  { repository: 'ppa.launchpad.net', versions: /~ppa\d|ppa\d|~launchpad/ },
  {
    repository: 'nginx.org',
    names: /^nginx/,
    versions: /-\d+~(?:jessie|stretch|buster|bullseye|bookworm|trixie|xenial|bionic|focal|jammy|noble)$|\.ngx$/,
  },
  { repository: 'MariaDB', versions: /\+maria~/ },
  { repository: 'MySQL', names: /^mysql-(?:community|shell|router|workbench)/ },
  { repository: 'Oracle MySQL', versions: /-\d+(?:debian|ubuntu)\d/, names: /^mysql/ },
  { repository: 'MongoDB', names: /^mongodb-(?:org|mongosh|database-tools|enterprise)/ },
  { repository: 'Redis', versions: /rl\d+~/ },
  { repository: 'Google', names: /^(?:google-(?:chrome|cloud)|chrome-remote-desktop)/ },
  { repository: 'Microsoft', names: /^(?:microsoft-edge|code|azure-cli|powershell|mssql-|msodbcsql|mdatp)/ },
  { repository: 'GitHub', names: /^gh$/, versions: /^\d+\.\d+\.\d+$/ },
  { repository: 'Kubernetes', names: /^(?:kubectl|kubeadm|kubelet|kubernetes-cni|cri-tools)$/ },
  { repository: 'HashiCorp', names: /^(?:terraform|vault|consul|nomad|packer|boundary)$/ },
  { repository: 'Elastic', names: /^(?:elasticsearch|kibana|logstash|filebeat|metricbeat|apm-server|elastic-agent)$/ },
  { repository: 'Grafana', names: /^(?:grafana|grafana-enterprise|loki|promtail)$/ },
  {
    repository: 'NVIDIA',
    names: /^(?:cuda|libcu|libnv|nvidia|libnccl|tensorrt|libcudnn)/,
    versions: /cuda|^\d+\.\d+\.\d+(?:\.\d+)?-1$/,
  },
  { repository: 'Datadog', names: /^datadog-/ },
  { repository: 'New Relic', names: /^newrelic-/ },
  { repository: 'GitLab', names: /^gitlab-(?:ce|ee|runner)/ },
  { repository: 'Yarn', names: /^yarn$/, versions: /^\d+\.\d+\.\d+-1$/ },
  { repository: 'RabbitMQ or Cloudsmith', names: /^(?:rabbitmq-server|erlang-)/, versions: /^1:\d+\.\d+(?:\.\d+)*(?:-1)?$/ },
  { repository: 'EPEL', versions: /\.(?:el\d+)$/, names: /^epel-/ },
  { repository: 'Remi', versions: /\.remi\b/ },
]
