/** One package for one thing, however many files prove it. */
import type { Location } from '../../model/finding.ts'
import type { Package } from '../../model/package.ts'
import type { ImageView } from '../cataloger.ts'

/** Ecosystems whose packages own files that other catalogers find too. */
const systems = new Set(['apk', 'deb', 'rpm', 'alpm', 'ebuild', 'opkg', 'bitnami'])

/**
 * Packages with one purl become one with all their places. A package that is proved by a file of an operating system's package is that package under
 * another name when both have the same upstream version (python3-requests 2.28.1+dfsg-1 and requests 2.28.1): its purl becomes an alias. Else it is only
 * bundled, and keeps a place of its own beside the name of its owner. By purl. `pathOf`: a place's absolute path inside the image.
 */
export const mergePackages = (
  packages: readonly Package[],
  view: Pick<ImageView, 'real'>,
  pathOf: (at: Location) => string,
): readonly Package[] => {
  const byPurl = new Map<string, Package>()
  for (const one of packages) {
    const other = byPurl.get(one.purl)
    byPurl.set(one.purl, other ? united(other, one) : one)
  }
  const owners = ownersOf([...byPurl.values()], view, pathOf)
  const absorbed = new Map<string, string>()
  for (const one of byPurl.values()) {
    if (systems.has(one.ecosystem)) continue
    // Only when all its proofs belong to packages of the system is it theirs: openssl's program and its library to two of them.
    const proofs = one.at.map(at => ({ at, owner: owners.get(pathOf(at)) }))
    const [first] = proofs
    if (!first?.owner || proofs.some(({ owner }) => owner === undefined)) continue
    const same = proofs.filter(({ owner }) => one.version !== '' && upstreamVersion(owner!.version) === plainVersion(one.version))
    if (same.length < proofs.length) {
      byPurl.set(one.purl, { ...one, ownedBy: first.owner.purl })
      continue
    }
    absorbed.set(one.purl, first.owner.purl)
    for (const { at, owner } of same) {
      const before = byPurl.get(owner!.purl)!
      byPurl.set(before.purl, {
        ...before,
        at: [...before.at, at] as unknown as Package['at'],
        aliases: [...new Set([...(before.aliases ?? []), one.purl])].sort(),
        licences: before.licences.length > 0 ? before.licences : one.licences,
      })
    }
  }
  for (const url of absorbed.keys()) byPurl.delete(url)
  return [...byPurl.values()]
    .map(one =>
      one.dependsOn.some(url => absorbed.has(url))
        ? {
            ...one,
            dependsOn: [...new Set(one.dependsOn.map(url => absorbed.get(url) ?? url))].filter(url => url !== one.purl).sort(),
          }
        : one,
    )
    .sort((a, b) => (a.purl < b.purl ? -1 : 1))
}

const united = (a: Package, b: Package): Package => ({
  ...a,
  at: dedupe([...a.at, ...b.at]) as unknown as Package['at'],
  dependsOn: [...new Set([...a.dependsOn, ...b.dependsOn])].sort(),
  licences: [...new Set([...a.licences, ...b.licences])],
  ...(a.isPrivate || b.isPrivate ? { isPrivate: true } : {}),
  ...(a.owns || b.owns ? { owns: [...new Set([...(a.owns ?? []), ...(b.owns ?? [])])].sort() } : {}),
})

const dedupe = (places: readonly Location[]): readonly Location[] => {
  const seen = new Set<string>()
  return places.filter(place => {
    const key = JSON.stringify(place)
    return !seen.has(key) && seen.add(key)
  })
}

/** Path → the package of the operating system that owns it. Lists name paths through links (/lib/x), layers real ones (/usr/lib/x). */
const ownersOf = (
  packages: readonly Package[],
  view: Pick<ImageView, 'real'>,
  pathOf: (at: Location) => string,
): ReadonlyMap<string, Package> => {
  const others = new Set(packages.filter(({ ecosystem }) => !systems.has(ecosystem)).flatMap(({ at }) => at.map(pathOf)))
  const owners = new Map<string, Package>()
  if (others.size === 0) return owners
  const names = new Set([...others].map(path => path.slice(path.lastIndexOf('/') + 1)))
  for (const one of packages) {
    if (!systems.has(one.ecosystem)) continue
    for (const path of one.owns ?? []) {
      if (!names.has(path.slice(path.lastIndexOf('/') + 1))) continue
      if (others.has(path)) owners.set(path, one)
      else {
        const real = view.real(path)
        if (real !== undefined && others.has(`/${real}`)) owners.set(`/${real}`, one)
      }
    }
  }
  return owners
}

/** `1:2.28.1+dfsg-1` → `2.28.1`: without epoch, revision, and what distributions add. */
export const upstreamVersion = (version: string): string =>
  plainVersion(
    version
      .replace(/^\d+:/, '')
      .replace(/-[^-]*$/, '')
      // Debian's Node.js packages carry their type definitions' version behind `+~`.
      .replace(/\+~.*$|[+~.](?:dfsg|ds|repack|really|git).*$/, ''),
  )

const plainVersion = (version: string): string => version.replace(/^v(?=\d)/, '')
