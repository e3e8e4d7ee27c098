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
  /** `alias`: as what the distribution has packaged is called where it comes from. */
  readonly via: 'name' | 'source' | 'alias'
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

type Program = readonly [ecosystem: string, name: string, order: string, version?: (version: string) => string]

/**
 * Java writes 8u392 as `1.8.0_392-b08`, and 11.0.21 as `11.0.21+9-LTS`; Bitnami `8.0.392` and `11.0.21`. https://openjdk.org/jeps/223
 */
const javaVersion = (version: string): string => {
  const old = /^1\.(\d{1,2})\.(\d{1,4})(?:_(\d{1,6}))?(?![\d.])/.exec(version) ?? /^(\d{1,2})(u)(\d{1,6})(?![\d.])/.exec(version)
  if (old) return `${old[1]}.${old[2] === 'u' ? 0 : old[2]}.${old[3] ?? 0}`
  return /^(\d+(?:\.\d+)*)(?:[-+_].*)?$/s.exec(version)?.[1] ?? version
}

/**
 * Programs that no package manager put there, by the names under which somebody keeps advisories on them: Bitnami's components, and those of their own
 * projects (`generic`). Nothing else is guessed.
 */
const programs: Readonly<Record<string, readonly Program[]>> = {
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
  openjdk: [['Bitnami', 'java', 'bitnami', javaVersion]],
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
    return (programs[parsed.name] ?? []).map(([ecosystem, name, order, written]) => ({
      ecosystem,
      name,
      version: written?.(version) ?? version,
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
 * Packages whose versions follow another repository than the distribution's, whose advisories say nothing about them: by who made them, where that is known,
 * else by what that repository writes into its versions, or by names that the distribution's advisories do not know. Undefined: none of them.
 */
export const thirdParty = (one: Package, distro: Distro | undefined, isKnown: (name: string) => boolean): string | undefined => {
  const { ecosystem, name, version, vendor } = one
  if (ecosystem !== 'deb' && ecosystem !== 'rpm') return undefined
  const own = ownVendors[distro?.id ?? '']
  if (vendor !== undefined && own) {
    if (own.test(vendor)) return undefined
    return /^fedora project/i.test(vendor) ? 'Fedora Project (EPEL)' : vendor.replace(/\s*<[^>]*>?\s*$/, '').slice(0, 60)
  }
  return foreign.find(
    rule =>
      rule.only !== (ecosystem === 'deb' ? 'rpm' : 'deb') &&
      (rule.names?.test(name) ?? true) &&
      (rule.versions ? rule.versions.test(version) : !isKnown(name)),
  )?.repository
}

/**
 * What distributions call themselves as the vendor of their rpms (`rpm -q --qf '%{VENDOR}'`), and in the field `Origin` of debs:
 * https://manpages.debian.org/dpkg-dev/deb-origin.5. Distributions that are not here take whatever they have as their own.
 */
const ownVendors: Readonly<Record<string, RegExp>> = {
  almalinux: /alma\s?linux/i,
  rocky: /\brocky\b/i,
  rhel: /\bred hat\b/i,
  centos: /\bcentos\b|\bred hat\b/i,
  ol: /\boracle\b/i,
  amzn: /\bamazon\b/i,
  sles: /\bSUSE\b/i,
  sles_sap: /\bSUSE\b/i,
  sle_hpc: /\bSUSE\b/i,
  'opensuse-leap': /SUSE\b/i,
  opensuse: /SUSE\b/i,
  'opensuse-tumbleweed': /SUSE\b/i,
  debian: /^debian\b/i,
  ubuntu: /^(?:ubuntu|debian)\b/i,
}

/**
 * Whether an rpm may as well be of another repository, EPEL first of all: nobody says who made it, and its release ends as EPEL's do (`.el8`; fixes of the
 * distributions themselves mostly have more: `.el8_9`, `.el8.alma.1`). https://docs.fedoraproject.org/en-US/packaging-guidelines/DistTag/
 */
export const mayBeForeign = ({ ecosystem, vendor, version }: Package): boolean =>
  ecosystem === 'rpm' && vendor === undefined && /\.el\d+$/.test(version)

type Foreign = {
  readonly repository: string
  readonly only?: 'deb' | 'rpm'
  /** Without `versions`: names that nobody else uses. */
  readonly names?: RegExp
  /** What only that repository's versions look like: of packages of these names, or of any. */
  readonly versions?: RegExp
}

const hashicorp = 'boundary|consul|consul-template|nomad|packer|terraform|vagrant|vault|waypoint'

const foreign: readonly Foreign[] = [
  { repository: 'NodeSource', versions: /nodesource/ },
  {
    repository: 'Docker',
    names: /^(?:docker-ce|docker-ce-cli|docker-ce-rootless-extras|docker-(?:buildx|compose|scan|model)-plugin|containerd\.io)$/,
    versions: /^(?:5:)?\d+\.\d+\.\d+(?:[.~-][\w.~]+)*$/,
  },
  { repository: 'the PostgreSQL project (PGDG)', versions: /pgdg|PGDG/ },
  { repository: 'deb.sury.org', only: 'deb', versions: /\+0~\d{8}\.|~(?:deb|ubuntu)[^+]*\+\d\.gbp|sury/ },
  { repository: 'ppa.launchpad.net', only: 'deb', versions: /ppa\d|~launchpad/ },
  {
    repository: 'nginx.org',
    names: /^nginx/,
    versions:
      /-\d+~(?:jessie|stretch|buster|bullseye|bookworm|trixie|xenial|bionic|focal|jammy|noble|oracular|plucky|questing)$|\.ngx$/,
  },
  { repository: 'MariaDB', only: 'deb', versions: /\+maria~/ },
  { repository: 'MySQL', names: /^mysql-(?:community-|shell$)/ },
  // Ubuntu's own: 8.0.35-0ubuntu0.22.04.1.
  { repository: 'MySQL', only: 'deb', names: /mysql/, versions: /-\d+(?:debian\d+|ubuntu\d\d\.\d\d)$/ },
  { repository: 'MongoDB', names: /^mongodb-(?:org|mongosh|database-tools|enterprise)(?:-|$)/ },
  { repository: 'Redis', only: 'deb', versions: /rl\d+~/ },
  {
    repository: 'Google',
    names: /^(?:google-chrome-(?:stable|beta|unstable)|google-cloud-(?:cli|sdk)(?:-[\w-]+)?|chrome-remote-desktop)$/,
  },
  { repository: 'Microsoft', names: /^(?:microsoft-edge-\w+|mssql-(?:server|tools)[\w-]*|msodbcsql\d+|mdatp)$/ },
  { repository: 'Microsoft', names: /^code(?:-insiders)?$/, versions: /^\d+\.\d+\.\d+-\d{10}(?:\.el\d+)?$/ },
  { repository: 'Microsoft', names: /^azure-cli$/, versions: /^\d+\.\d+\.\d+-1~[a-z]+$/ },
  { repository: 'Microsoft', names: /^powershell(?:-lts|-preview)?$/, versions: /-1\.(?:deb|rh|cm)$/ },
  {
    repository: 'Microsoft',
    names: /^(?:aspnetcore|dotnet|netstandard)-[\w.-]+$/,
    versions: /^\d+\.\d+\.\d+(?:~[\w.]+)?-1$/,
  },
  { repository: 'GitHub', only: 'deb', names: /^gh$/, versions: /^\d+\.\d+\.\d+$/ },
  { repository: 'GitHub', only: 'rpm', names: /^gh$/, versions: /^\d+\.\d+\.\d+-1$/ },
  {
    repository: 'Kubernetes',
    names: /^(?:kubectl|kubeadm|kubelet|kubernetes-cni|cri-tools)$/,
    versions: /^\d+\.\d+\.\d+-(?:00?|\d\.\d|150500\.\d+\.\d+)$/,
  },
  {
    repository: 'HashiCorp',
    names: new RegExp(`^(?:${hashicorp})(?:-enterprise)?$`),
    versions: /^\d+\.\d+\.\d+(?:\+ent)?(?:-1)?$/,
  },
  {
    repository: 'Elastic',
    only: 'deb',
    names: /^(?:elasticsearch|kibana|logstash|[a-z]+beat|apm-server|elastic-agent)$/,
    versions: /^(?:1:)?\d+\.\d+\.\d+(?:-1)?$/,
  },
  {
    repository: 'Elastic',
    only: 'rpm',
    names: /^(?:elasticsearch|kibana|logstash|[a-z]+beat|apm-server|elastic-agent)$/,
    versions: /^(?:1:)?\d+\.\d+\.\d+-1$/,
  },
  {
    repository: 'Grafana',
    names: /^(?:grafana|grafana-enterprise|loki|promtail|alloy|tempo|mimir)$/,
    versions: /^\d+\.\d+\.\d+(?:-1)?$/,
  },
  { repository: 'NVIDIA', versions: /[-+]cuda\d/ },
  // libcublas-12-3: the version of CUDA is in the name.
  {
    repository: 'NVIDIA',
    names: /^(?:cuda|libcu[a-z]+|libnpp|libnv[a-z]+|gds|nsight)(?:-[a-z]+)*-\d+-\d+$/,
    versions: /^\d+(?:\.\d+)*-\d+$/,
  },
  {
    repository: 'NVIDIA',
    names:
      /^(?:libnvidia-container[\w-]*|nvidia-container-(?:toolkit|runtime)[\w-]*|nvidia-docker2|libcudnn\d[\w-]*|cuda-(?:keyring|drivers|compat)[\w-]*)$/,
    versions: /^\d+(?:\.\d+)*-1$/,
  },
  { repository: 'Datadog', names: /^datadog-/ },
  { repository: 'New Relic', names: /^newrelic-/ },
  { repository: 'GitLab', names: /^gitlab-(?:ce|ee)$/ },
  { repository: 'GitLab', names: /^gitlab-runner(?:-helper-images)?$/, versions: /^\d+\.\d+\.\d+(?:-1)?$/ },
  { repository: 'Yarn', names: /^yarn$/, versions: /^\d+\.\d+\.\d+-1$/ },
  { repository: 'RabbitMQ or Cloudsmith', names: /^(?:rabbitmq-server|erlang-)/, versions: /^1:\d+\.\d+(?:\.\d+)*(?:-1)?$/ },
  { repository: 'Fedora Project (EPEL)', only: 'rpm', versions: /\.el\d+$/, names: /^epel-/ },
  { repository: 'Remi', only: 'rpm', versions: /\.remi\b/ },
]
