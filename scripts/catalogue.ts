/**
 * npm run catalogue -- FOLDER
 *
 * Writes src/judge/base-catalogue.data.ts: which cycles of which base image get security fixes until when, and which images come in
 * smaller variants. FOLDER holds checkouts of `endoflife/` (https://github.com/endoflife-date/endoflife.date, with `products/`) and
 * `official-images/` (https://github.com/docker-library/official-images, with `library/`). Run by hand when these have news.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { type Catalogue, flavourOf, type Product } from '../src/judge/base-catalogue.ts'

/**
 * Image (as people write it) → product of endoflife.date. Left out are tools whose every minor version ends within weeks (rust, composer)
 * and images whose tags do not follow the cycles.
 */
const products: Readonly<Record<string, string>> = {
  almalinux: 'almalinux',
  alpine: 'alpine-linux',
  amazoncorretto: 'amazon-corretto',
  amazonlinux: 'amazon-linux',
  cassandra: 'apache-cassandra',
  centos: 'centos',
  'centos-stream': 'centos-stream',
  oraclelinux: 'oracle-linux',
  'container-registry.oracle.com/os/oraclelinux': 'oracle-linux',
  couchdb: 'apache-couchdb',
  debian: 'debian',
  drupal: 'drupal',
  'eclipse-temurin': 'eclipse-temurin',
  elasticsearch: 'elasticsearch',
  erlang: 'erlang',
  fedora: 'fedora',
  'ghcr.io/oracle/oraclelinux': 'oracle-linux',
  golang: 'go',
  haproxy: 'haproxy',
  httpd: 'apache-http-server',
  joomla: 'joomla',
  jruby: 'jruby',
  kibana: 'kibana',
  logstash: 'logstash',
  mariadb: 'mariadb',
  'mcr.microsoft.com/dotnet/aspnet': 'dotnet',
  'mcr.microsoft.com/dotnet/runtime': 'dotnet',
  'mcr.microsoft.com/dotnet/runtime-deps': 'dotnet',
  'mcr.microsoft.com/dotnet/sdk': 'dotnet',
  memcached: 'memcached',
  mongo: 'mongodb',
  mysql: 'mysql',
  nextcloud: 'nextcloud',
  nginx: 'nginx',
  node: 'nodejs',
  'opensuse/leap': 'opensuse',
  perl: 'perl',
  photon: 'vmware-photon',
  php: 'php',
  postgres: 'postgresql',
  python: 'python',
  rabbitmq: 'rabbitmq',
  redis: 'redis',
  rockylinux: 'rocky-linux',
  ruby: 'ruby',
  sapmachine: 'sapmachine',
  solr: 'solr',
  tomcat: 'tomcat',
  traefik: 'traefik',
  ubuntu: 'ubuntu',
  varnish: 'vinyl-cache',
  wordpress: 'wordpress',
  zookeeper: 'zookeeper',
}

/**
 * The official image `openjdk` got its last updates in July 2022; releases after 18 were only ever previews there.
 * https://developers.redhat.com/articles/2022/09/16/updating-docker-hubs-openjdk-image
 */
const openjdk: Product = {
  name: 'The image openjdk',
  cycles: Object.fromEntries(
    ['7', '8', '9', '10', '11', '12', '13', '14', '15', '16', '17', '18'].map(cycle => [cycle, '2022-07-31']),
  ),
}

/** https://github.com/nodejs/Release/blob/main/CODENAMES.md */
const nodeNames = 'argon boron carbon dubnium erbium fermium gallium hydrogen iron jod krypton'.split(' ')

const folder = process.argv[2]
if (folder === undefined) throw new Error('usage: npm run catalogue -- FOLDER')

type Release = { releaseCycle: string; codename?: string; releaseDate: string; eol: string | boolean; eoes?: string | boolean }
let date = ''
const readProduct = (product: string): { title: string; releases: readonly Release[] } => {
  const text = readFileSync(join(folder, 'endoflife/products', `${product}.md`), 'utf8')
  const { title, releases } = parse(/^---\n([\s\S]*?)\n---/.exec(text)![1]!)
  for (const { latestReleaseDate } of releases) if (latestReleaseDate > date) date = latestReleaseDate
  return { title, releases }
}

const endOfLife: Record<string, Product> = { openjdk }
const sameAs: Record<string, string> = {}
const codeNames: Record<string, readonly [image: string, cycle: string]> = {}
const imageOf = new Map<string, string>()
for (const [image, product] of Object.entries(products)) {
  const first = imageOf.get(product)
  if (first !== undefined) {
    sameAs[image] = first
    continue
  }
  imageOf.set(product, image)
  const { title, releases } = readProduct(product)
  const cycles: Record<string, string> = {}
  for (const { releaseCycle, codename, eol, eoes } of releases) {
    // Debian's long-term support is free of charge and comes by the same archive; what other products extend is sold.
    const end = image === 'debian' ? (eoes ?? eol) : eol
    if (end === true) continue
    cycles[releaseCycle] = end === false ? '' : end
    if (codename && (image === 'debian' || image === 'ubuntu')) {
      codeNames[codename.split(' ')[0]!.toLowerCase()] = [image, releaseCycle]
    }
  }
  endOfLife[image] = { name: title, cycles }
}
for (const [i, name] of nodeNames.entries()) codeNames[name] = ['node', `${4 + 2 * i}`]

const official: Record<string, Record<string, string>> = {}
for (const image of readdirSync(join(folder, 'official-images/library')).sort()) {
  const text = readFileSync(join(folder, 'official-images/library', image), 'utf8')
  const flavours = new Set<string>()
  /** Flavours of which some tag is just another name of a small image. */
  const small = new Set<string>()
  for (const entry of text.split(/\n\s*\n/)) {
    const tags = [...entry.matchAll(/^(?:Shared)?Tags: (.*)$/gm)].flatMap(([, list]) => list!.split(', '))
    const same = tags.map(tag => flavourOf(tag, name => Object.hasOwn(codeNames, name)))
    const isSmall = same.some(flavour => /(?:^|-)(?:slim|alpine|scratch)(?:-|$)/.test(flavour))
    for (const flavour of same) {
      flavours.add(flavour)
      if (isSmall) small.add(flavour)
    }
  }
  const smaller: Record<string, string> = {}
  for (const flavour of [...flavours].sort()) {
    if (small.has(flavour)) continue
    const variants = ['slim', 'alpine'].filter(kind =>
      [...flavours].some(one => {
        const others = one.split('-')
        return others.includes(kind) && others.filter(part => part !== kind).join('-') === flavour
      }),
    )
    if (variants.length > 0) smaller[flavour] = variants.join(' ')
  }
  official[image] = smaller
}

const catalogue: Catalogue = { date, endOfLife, sameAs, codeNames, official }
const target = join(dirname(fileURLToPath(import.meta.url)), '../src/judge/base-catalogue.data.ts')
const json = JSON.stringify(catalogue).replaceAll('\\', '\\\\').replaceAll("'", "\\'")
writeFileSync(
  target,
  [
    '// Written by scripts/catalogue.ts. Do not edit.',
    '// Dates: endoflife.date, MIT licence. Images and variants: docker-library/official-images, Apache-2.0. See NOTICE.',
    'export const json =',
    `  '${json}'`,
    '',
  ].join('\n'),
)
console.log(`${json.length} characters, data of ${date}`)
