/** rpm's databases in all three forms, and the lists that images without rpm have in their place. */
import type { Package } from '../../model/package.ts'
import { purl } from '../../model/purl.ts'
import {
  anySize,
  type Cataloger,
  cameIn,
  type Found,
  type ImageView,
  type LayerFile,
  Unreadable,
  wholeText,
} from '../cataloger.ts'
import { readBerkeley } from '../rpm/berkeley.ts'
import { parseHeader, type RpmPackage } from '../rpm/header.ts'
import { readNdb } from '../rpm/ndb.ts'
import { readSqliteTable } from '../rpm/sqlite.ts'

/** rpm itself stops at fewer. */
const packagesLimit = 200_000

type Data = { readonly packages: readonly RpmPackage[]; readonly unwritten?: true }

const cataloger: Cataloger<Data> = {
  revision: 3,
  files: [
    '{var/lib,usr/lib/sysimage,usr/share}/rpm/{Packages,Packages.db,rpmdb.sqlite,rpmdb.sqlite-wal}',
    'var/lib/rpmmanifest/container-manifest-{1,2}',
  ],
  largest: anySize,
  collect(file) {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1)
    if (name === 'container-manifest-1') return { packages: parseNames(wholeText(file)) }
    if (name === 'container-manifest-2') return { packages: parseManifest(wholeText(file)) }
    // Changes that were not yet written into the database itself; a file without any has only its header.
    if (name === 'rpmdb.sqlite-wal') return file.size > 32 ? { packages: [], unwritten: true } : undefined
    const packages: RpmPackage[] = []
    for (const blob of blobsOf(file, name)) {
      if (packages.length >= packagesLimit) throw new Unreadable(`it has more than ${packagesLimit} packages`)
      packages.push(parseHeader(blob))
    }
    return { packages }
  },
  *assemble(found, image) {
    for (const database of found) {
      // The second has the same packages, with what the first does not say.
      if (database.path.endsWith('/container-manifest-1') && found.some(({ path }) => path.endsWith('/container-manifest-2')))
        continue
      if (database.data.unwritten)
        yield {
          kind: 'uncovered',
          code: 'rpm-write-ahead',
          message: `/${database.path} holds changes that were not written into the database: packages may be missing`,
          at: database.at,
        }
      else yield* packagesOf(database, image)
    }
  },
}

export default cataloger

function* blobsOf(file: LayerFile, name: string): Generator<Uint8Array> {
  if (name === 'rpmdb.sqlite') {
    for (const values of readSqliteTable(file, 'Packages')) if (values[1] instanceof Uint8Array) yield values[1]
  } else if (name === 'Packages.db') yield* readNdb(file)
  else {
    for (const { key, value } of readBerkeley(file)) {
      // Under the key 0 is the number of the last package.
      if (key.length !== 4 || key.some(byte => byte !== 0)) yield value
    }
  }
}

/** What a list does not say. */
const plain = {
  epoch: undefined,
  sourceRpm: '',
  licence: '',
  vendor: '',
  module: '',
  provides: [],
  requires: [],
  files: [],
} satisfies Partial<RpmPackage>

/** Azure Linux without rpm: one line a package, fields by tabs: name, version-release, install time, build time, vendor, (epoch), size, architecture, epoch, source. */
const parseManifest = (text: string): readonly RpmPackage[] =>
  text.split('\n').flatMap(line => {
    const fields = line.split('\t')
    const match = /^(.+)-([^-]+)$/.exec(fields[1] ?? '')
    if (fields.length < 10 || !match) {
      if (line.trim() !== '') throw new Unreadable('a line has not the fields of a manifest')
      return []
    }
    const epoch = Number(fields[8])
    return [
      {
        ...plain,
        name: fields[0]!,
        epoch: fields[8] !== '(none)' && Number.isSafeInteger(epoch) && epoch > 0 ? epoch : undefined,
        version: match[1]!,
        release: match[2]!,
        architecture: fields[7]!,
        sourceRpm: fields[9]!.trim() === '(none)' ? '' : fields[9]!.trim(),
        vendor: fields[4]!,
      },
    ]
  })

/** What `rpm -qa` prints: `openssl-libs-1.1.1k-5.cm1.x86_64`. */
const parseNames = (text: string): readonly RpmPackage[] =>
  text.split('\n').flatMap(line => {
    const match = /^(.{1,255})-([^-]{1,255})-([^-]{1,255})\.([a-z0-9_]{1,20})$/.exec(line.trim())
    if (!match) {
      // Keys have no architecture.
      if (line.trim() !== '' && !line.startsWith('gpg-pubkey-')) throw new Unreadable('a line is not the name of a package')
      return []
    }
    const [, name = '', version = '', release = '', architecture = ''] = match
    return [{ ...plain, name, version, release, architecture }]
  })

const versionOf = ({ epoch, version, release }: RpmPackage): string =>
  `${epoch === undefined ? '' : `${epoch}:`}${version}${release === '' ? '' : `-${release}`}`

const identity = (one: RpmPackage): string => `${one.name} ${versionOf(one)} ${one.architecture}`

function* packagesOf(database: Found<Data>, { distro }: ImageView): Generator<Package> {
  const id = distro?.id ?? 'redhat'
  // Keys that packages are signed with are kept as packages.
  const real = database.data.packages.filter(({ name }) => name !== 'gpg-pubkey')
  const lists = new Map(database.earlier.map(({ data }) => [data, new Set(data.packages.map(identity))]))
  const providers = new Map<string, string>()
  const all = real.map(one => ({
    one,
    url: purl({
      type: 'rpm',
      namespace: id,
      name: one.name,
      version: `${one.version}${one.release === '' ? '' : `-${one.release}`}`,
      qualifiers: {
        arch: one.architecture,
        epoch: one.epoch === undefined ? undefined : String(one.epoch),
        upstream: one.sourceRpm,
        modularitylabel: one.module,
        distro: distro ? [id, distro.version].filter(part => part !== '').join('-') : undefined,
      },
    }),
  }))
  const needed = new Set(real.flatMap(({ requires }) => requires))
  for (const { one, url } of all) {
    for (const file of one.files) if (needed.has(file)) providers.set(file, url)
    for (const name of one.provides) providers.set(name, url)
  }
  for (const { one, url } of all) providers.set(one.name, url)
  for (const { one, url } of all) {
    const source = sourceOf(one.sourceRpm)
    yield {
      purl: url,
      name: one.name,
      version: versionOf(one),
      ecosystem: 'rpm',
      ...(source && (source.name !== one.name || source.version !== `${one.version}-${one.release}`) ? { source } : {}),
      at: [cameIn(database, data => lists.get(data)!.has(identity(one)))],
      owns: one.files,
      dependsOn: [...new Set(one.requires.flatMap(name => providers.get(name) ?? []))].filter(other => other !== url).sort(),
      licences: one.licence === '' ? [] : [one.licence],
      ...(one.vendor === '' || one.vendor === '(none)' ? {} : { vendor: one.vendor }),
    }
  }
}

/** `openssl-3.0.7-24.el9.src.rpm`. It has no epoch: the binary package's own holds. */
const sourceOf = (file: string): { readonly name: string; readonly version: string } | undefined => {
  const match = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(file.slice(0, 1000))
  return match ? { name: match[1]!, version: match[2]! } : undefined
}
