/**
 * Alpine's security database, whose form Wolfi and Chainguard share: https://secdb.alpinelinux.org/. Names are those of origins (`o:` of an installed
 * package). The version `0` says that no version was ever affected.
 */
import type { AffectedPackage, FeedItem } from '../model/advisory.ts'
import { cut, distinct, fieldsOf, isId, isName, isVersion, jsonOf, listOf, shown, textOf, yamlOf } from './advisory-fields.ts'
import { Unreadable } from './cataloger.ts'
import type { FeedFile } from './feed.ts'

/** A record for each vulnerability that the file knows. `ecosystemOf` gets the file's `distroversion`. Throws Unreadable. */
export function* secdbItems(
  file: FeedFile,
  ecosystemOf: (release: string | undefined) => string | undefined,
  page: (id: string) => string,
): Generator<FeedItem> {
  const database = fieldsOf(
    /\.ya?ml$/.test(file.name) ? yamlOf(new TextDecoder().decode(file.bytes), 2_000_000) : jsonOf(file.bytes),
  )
  // Empty repositories have nothing behind `packages:`.
  const packages = database && 'packages' in database ? (database.packages ?? []) : undefined
  if (!database || !(Array.isArray(packages) || packages === '')) throw new Unreadable('it has no list of packages')
  const ecosystem = ecosystemOf(textOf(database.distroversion))
  if (ecosystem === undefined || !isName(ecosystem)) throw new Unreadable('it does not say of which release it is')
  type Known = { readonly aliases: Set<string>; readonly fixes: Map<string, Set<string>> }
  const known = new Map<string, Known>()
  for (const value of packages) {
    const entry = fieldsOf(fieldsOf(value)?.pkg)
    const name = entry?.name
    const fixes = fieldsOf(entry?.secfixes)
    if (!isName(name) || !fixes) {
      yield { kind: 'skipped', what: shown(name ?? value), why: 'it has no name or no fixes' }
      continue
    }
    for (const [version, list] of Object.entries(fixes)) {
      if (!isVersion(version) || !(Array.isArray(list) || list === null || list === '')) {
        yield { kind: 'skipped', what: `${cut(name, 60)} ${shown(version)}`, why: 'it is no version with its vulnerabilities' }
        continue
      }
      for (const words of listOf(list)) {
        const [id, ...aliases] = typeof words === 'string' ? words.trim().split(/\s+/) : []
        if (!isId(id)) {
          yield { kind: 'skipped', what: `${cut(name, 60)} ${version}`, why: `${shown(words)} is no id` }
          continue
        }
        const one = known.get(id) ?? { aliases: new Set(), fixes: new Map() }
        known.set(id, one)
        for (const alias of aliases) if (isId(alias) && alias !== id) one.aliases.add(alias)
        const versions = one.fixes.get(name)
        if (versions) versions.add(version)
        else one.fixes.set(name, new Set([version]))
      }
    }
  }
  for (const [id, { aliases, fixes }] of known)
    yield {
      kind: 'advisory',
      record: {
        id,
        aliases: distinct(aliases),
        url: page(id),
        affected: [...fixes].map(([name, versions]) => affectedBy(ecosystem, name, [...versions])),
      },
    }
}

const affectedBy = (ecosystem: string, name: string, versions: readonly string[]): AffectedPackage => {
  const common = { ecosystem, name, keyedBy: 'source' as const }
  const fixes = versions.filter(version => version !== '0')
  if (fixes.length === 0) return { ...common, ranges: [], status: 'not-affected' }
  return { ...common, ranges: fixes.map(fixed => ({ fixed })) }
}
