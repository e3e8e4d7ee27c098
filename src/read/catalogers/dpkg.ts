/**
 * Debian's package database: `status` (https://manpages.debian.org/dpkg-query, the fields of deb-control(5)), its parts in `status.d` of distroless
 * images, and the lists of files that each package owns.
 */
import type { Problem } from '../../model/finding.ts'
import type { Distro, Package } from '../../model/package.ts'
import { purl } from '../../model/purl.ts'
import { type Cataloger, cameIn, type Found, type ImageView, wholeText } from '../cataloger.ts'
import { type DebPackage, parseStatus } from '../debian-control.ts'
import { spdxOfDebian } from '../debian-licences.ts'

type Data =
  /** Of a package, by the machine-readable copyright file. */
  | { readonly kind: 'licences'; readonly package: string; readonly licences: readonly string[] }
  | { readonly kind: 'status'; readonly packages: readonly DebPackage[] }
  /** `package` is `name` or `name:architecture`. */
  | { readonly kind: 'owns'; readonly package: string; readonly files: readonly string[] }

const cataloger: Cataloger<Data> = {
  revision: 4,
  files: [
    'var/lib/dpkg/status',
    'var/lib/dpkg/status.d/*',
    'usr/lib/sysimage/dpkg/status',
    'var/lib/dpkg/info/*.{list,md5sums}',
    'usr/lib/sysimage/dpkg/info/*.list',
    'usr/share/doc/*/copyright',
  ],
  collect(file) {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1)
    if (name === 'copyright') {
      const licences = copyrightLicences(wholeText(file, 4 * 1024 * 1024))
      return licences.length === 0 ? undefined : { kind: 'licences', package: file.path.split('/').at(-2)!, licences }
    }
    const text = wholeText(file, 64 * 1024 * 1024)
    if (name.endsWith('.list')) {
      const files = text.split('\n').filter(line => line.startsWith('/') && line !== '/.')
      return { kind: 'owns', package: name.slice(0, -5), files }
    }
    if (name.endsWith('.md5sums')) {
      // distroless: `status.d/NAME.md5sums` stands for the list; elsewhere the list has more.
      const files = text.split('\n').flatMap(line => /^[0-9a-f]{32} [ *](.+)$/.exec(line)?.[1] ?? [])
      return { kind: 'owns', package: name.slice(0, -8), files: files.map(path => `/${path.replace(/^\.?\//, '')}`) }
    }
    return { kind: 'status', packages: parseStatus(text) }
  },
  *assemble(found, image) {
    const owned = new Map<string, Set<string>>()
    for (const { data } of found) {
      if (data.kind !== 'owns') continue
      const files = owned.get(data.package) ?? new Set()
      for (const file of data.files) files.add(file)
      owned.set(data.package, files)
    }
    const licences = new Map(
      found.flatMap(({ data }) => (data.kind === 'licences' ? [[data.package, data.licences] as const] : [])),
    )
    const databases = found.filter(isStatus)
    yield* packagesOf(databases, owned, licences, image)
  },
}

export default cataloger

/** https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/: the licences of all its paragraphs. Older files are prose. */
const copyrightLicences = (text: string): readonly string[] => {
  if (!/^Format(?:-Specification)?:/m.test(text.slice(0, 2000))) return []
  const names = [...text.matchAll(/^License:[ \t]*(\S[^\n]{0,200})$/gm)].map(match => match[1]!.trim())
  return [...new Set(names.map(spdxOfDebian))].sort()
}

const isStatus = (one: Found<Data>): one is Found<Extract<Data, { kind: 'status' }>> => one.data.kind === 'status'

function* packagesOf(
  databases: readonly Found<Extract<Data, { kind: 'status' }>>[],
  owned: ReadonlyMap<string, ReadonlySet<string>>,
  licences: ReadonlyMap<string, readonly string[]>,
  { distro }: ImageView,
): Generator<Package | Problem> {
  const names = new Map<string, string>()
  const identity = ({ name, version, architecture }: DebPackage): string => `${name} ${version} ${architecture}`
  const all = databases.flatMap(database => {
    const { path, data } = database
    const lists = new Map(database.earlier.map(old => [old.data, new Set(old.data.packages.map(identity))]))
    return data.packages.map(one => {
      const at = cameIn(database, list => lists.get(list)!.has(identity(one)))
      return { at, path, one, url: purlOf(one, distro) }
    })
  })
  for (const { one, url } of all) for (const provided of one.provides) names.set(provided, url)
  for (const { one, url } of all) names.set(one.name, url)
  for (const { at, path, one, url } of all) {
    const dependsOn = new Set<string>()
    for (const alternatives of one.depends) {
      const found = alternatives.split('|').flatMap(name => names.get(name) ?? [])[0]
      if (found !== undefined && found !== url) dependsOn.add(found)
    }
    const lists = [one.name, `${one.name}:${one.architecture}`]
    // In status.d the file is named after the package, whatever characters its own name has.
    const part = path.slice(path.lastIndexOf('/') + 1)
    const owns = new Set([...lists, part].flatMap(list => [...(owned.get(list) ?? [])]))
    for (const file of one.conffiles) owns.add(file)
    yield {
      purl: url,
      name: one.name,
      version: one.version,
      ecosystem: 'deb',
      ...(one.source === one.name && one.sourceVersion === one.version
        ? {}
        : { source: { name: one.source, version: one.sourceVersion } }),
      at: [at],
      owns: [...owns].sort(),
      dependsOn: [...dependsOn].sort(),
      licences: licences.get(one.name) ?? [],
      ...(one.origin === '' ? {} : { vendor: one.origin }),
    }
  }
}

const purlOf = (one: DebPackage, distro: Distro | undefined): string => {
  const id = distro?.id ?? 'debian'
  const upstream =
    one.source === one.name && one.sourceVersion === one.version
      ? undefined
      : one.sourceVersion === one.version
        ? one.source
        : `${one.source}@${one.sourceVersion}`
  return purl({
    type: 'deb',
    namespace: id,
    name: one.name,
    version: one.version,
    qualifiers: {
      arch: one.architecture,
      upstream,
      distro: distro ? [id, distro.version || distro.codename].filter(part => part !== '').join('-') : undefined,
    },
  })
}
