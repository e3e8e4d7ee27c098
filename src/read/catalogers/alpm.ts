/** Arch Linux's package database, one folder a package: https://man.archlinux.org/man/alpm-db.7.en */
import { purl } from '../../model/purl.ts'
import { type Cataloger, Unreadable, wholeText } from '../cataloger.ts'

type Data = { readonly kind: 'desc' | 'files'; readonly fields: Readonly<Record<string, readonly string[]>> }

const cataloger: Cataloger<Data> = {
  revision: 1,
  files: ['var/lib/pacman/local/*/{desc,files}'],
  collect(file) {
    const kind = file.path.endsWith('/desc') ? 'desc' : 'files'
    const fields: Record<string, string[]> = {}
    let list: string[] | undefined
    for (const line of wholeText(file).split('\n')) {
      const section = /^%([A-Z0-9]+)%$/.exec(line)?.[1]
      if (section !== undefined) {
        list = /^(?:NAME|VERSION|BASE|ARCH|LICENSE|DEPENDS|PROVIDES|FILES)$/.test(section) ? [] : undefined
        if (list) fields[section] = list
      } else if (line === '') list = undefined
      else list?.push(line)
    }
    if (kind === 'desc' && (!fields.NAME?.[0] || !fields.VERSION?.[0])) throw new Unreadable('it has no name or no version')
    return { kind, fields }
  },
  *assemble(found, { distro }) {
    const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
    const owned = new Map(
      found.flatMap(({ path, data }) => (data.kind === 'files' ? [[folderOf(path), data.fields.FILES ?? []] as const] : [])),
    )
    const id = distro?.id ?? 'arch'
    const all = found
      .filter(({ data }) => data.kind === 'desc')
      .map(one => {
        const { NAME: [name = ''] = [], VERSION: [version = ''] = [], ARCH: [arch] = [] } = one.data.fields
        const url = purl({ type: 'alpm', namespace: id, name, version, qualifiers: { arch } })
        return { one, name, version, url }
      })
    const providers = new Map<string, string>()
    const bare = (dependency: string): string => dependency.split(/[<>=]|: /, 1)[0]!
    for (const { one, url } of all) for (const provided of one.data.fields.PROVIDES ?? []) providers.set(bare(provided), url)
    for (const { name, url } of all) providers.set(name, url)
    for (const { one, name, version, url } of all) {
      const base = one.data.fields.BASE?.[0]
      yield {
        purl: url,
        name,
        version,
        ecosystem: 'alpm',
        ...(base !== undefined && base !== name ? { source: { name: base, version } } : {}),
        at: [one.at],
        owns: (owned.get(folderOf(one.path)) ?? []).filter(path => !path.endsWith('/')).map(path => `/${path}`),
        dependsOn: [...new Set((one.data.fields.DEPENDS ?? []).flatMap(dependency => providers.get(bare(dependency)) ?? []))]
          .filter(other => other !== url)
          .sort(),
        licences: one.data.fields.LICENSE ?? [],
      }
    }
  },
}

export default cataloger
