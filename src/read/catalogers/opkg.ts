/** OpenWrt's package database, which has the form of Debian's: https://openwrt.org/docs/guide-user/additional-software/opkg */
import { purl } from '../../model/purl.ts'
import { type Cataloger, cameIn, wholeText } from '../cataloger.ts'
import { parseStatus } from '../debian-control.ts'

type Data = {
  readonly name: string
  readonly version: string
  readonly architecture: string
  readonly depends: readonly string[]
}

const cataloger: Cataloger<readonly Data[]> = {
  revision: 1,
  files: ['{usr/lib,var/lib}/opkg/status'],
  collect: file =>
    parseStatus(wholeText(file)).map(({ name, version, architecture, depends }) => ({ name, version, architecture, depends })),
  *assemble(found, { distro }) {
    for (const database of found) {
      const urls = new Map(database.data.map(one => [one.name, purlOf(one, distro?.id ?? 'openwrt')]))
      for (const one of database.data) {
        const url = urls.get(one.name)!
        yield {
          purl: url,
          name: one.name,
          version: one.version,
          ecosystem: 'opkg',
          at: [cameIn(database, list => list.some(({ name, version }) => name === one.name && version === one.version))],
          dependsOn: [...new Set(one.depends.flatMap(names => names.split('|').flatMap(name => urls.get(name) ?? [])))]
            .filter(other => other !== url)
            .sort(),
          licences: [],
        }
      }
    }
  },
}

export default cataloger

const purlOf = ({ name, version, architecture }: Data, distro: string): string =>
  purl({ type: 'opkg', namespace: distro, name, version, qualifiers: { arch: architecture } })
