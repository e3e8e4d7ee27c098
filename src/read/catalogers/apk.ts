/** Alpine's package database: https://wiki.alpinelinux.org/wiki/Apk_spec#Installed_Database_V2 */
import type { Distro, Package } from '../../model/package.ts'
import { purl } from '../../model/purl.ts'
import { type Cataloger, cameIn, type Found, Unreadable, wholeText } from '../cataloger.ts'

type ApkPackage = {
  readonly name: string
  readonly version: string
  readonly architecture: string
  readonly origin: string
  readonly licence: string
  readonly depends: readonly string[]
  readonly provides: readonly string[]
  readonly files: readonly string[]
}

const cataloger: Cataloger<readonly ApkPackage[]> = {
  revision: 1,
  files: ['lib/apk/db/installed', 'usr/lib/apk/db/installed', 'var/lib/db/apk/installed'],
  collect: file => parseInstalled(wholeText(file, 64 * 1024 * 1024)),
  *assemble(found, { distro }) {
    for (const database of found) yield* packagesOf(database, distro)
  },
}

export default cataloger

/** Throws Unreadable when the text has no package although it is not empty, or a line that is no `X:value`. */
export const parseInstalled = (text: string): readonly ApkPackage[] => {
  const packages: ApkPackage[] = []
  for (const paragraph of text.split(/\n{2,}/)) {
    let name = ''
    let version = ''
    let architecture = ''
    let origin = ''
    let licence = ''
    let depends: string[] = []
    let provides: string[] = []
    let folder = ''
    const files: string[] = []
    for (const line of paragraph.split('\n')) {
      if (line === '') continue
      if (line[1] !== ':') throw new Unreadable(`a line is no field: ${JSON.stringify(line.slice(0, 40))}`)
      const value = line.slice(2)
      switch (line[0]) {
        case 'P':
          name = value
          break
        case 'V':
          version = value
          break
        case 'A':
          architecture = value
          break
        case 'o':
          origin = value
          break
        case 'L':
          licence = value
          break
        case 'D':
          depends = words(value)
          break
        case 'p':
          provides = words(value)
          break
        case 'F':
          folder = value
          break
        case 'R':
          files.push(folder === '' ? `/${value}` : `/${folder}/${value}`)
      }
    }
    if (paragraph.trim() === '') continue
    if (name === '' || version === '') throw new Unreadable('a package has no name or no version')
    packages.push({ name, version, architecture, origin, licence, depends, provides, files })
  }
  return packages
}

const words = (text: string): string[] => text.split(/\s+/).filter(word => word !== '')

const identities = (packages: readonly ApkPackage[]): ReadonlySet<string> =>
  new Set(packages.map(({ name, version }) => `${name} ${version}`))

/** `so:libc.musl-x86_64.so.1=1`, `busybox>=1.36`, `pc:zlib~1.3`: the name alone. */
const bareName = (dependency: string): string => dependency.split(/[<>=~]/, 1)[0]!

function* packagesOf(database: Found<readonly ApkPackage[]>, distro: Distro | undefined): Generator<Package> {
  const { data } = database
  const lists = new Map(database.earlier.map(one => [one.data, identities(one.data)]))
  const id = distro?.id ?? 'alpine'
  const names = new Map<string, string>()
  const withPurl = data.map(one => {
    const url = purl({
      type: 'apk',
      namespace: id,
      name: one.name,
      version: one.version,
      qualifiers: {
        arch: one.architecture,
        upstream: one.origin === one.name ? undefined : one.origin,
        distro: distro ? `${id}-${distro.version}` : undefined,
      },
    })
    for (const provided of [...one.provides.map(bareName), one.name]) names.set(provided, url)
    return { one, url }
  })
  for (const { one, url } of withPurl) {
    const dependsOn = new Set<string>()
    for (const dependency of one.depends) {
      // `!name` is a conflict.
      const found = names.get(bareName(dependency))
      if (found !== undefined && found !== url) dependsOn.add(found)
    }
    yield {
      purl: url,
      name: one.name,
      version: one.version,
      ecosystem: 'apk',
      ...(one.origin === '' || one.origin === one.name ? {} : { source: { name: one.origin, version: one.version } }),
      at: [cameIn(database, list => lists.get(list)!.has(`${one.name} ${one.version}`))],
      owns: one.files,
      dependsOn: [...dependsOn].sort(),
      licences: one.licence === '' ? [] : [one.licence],
    }
  }
}
