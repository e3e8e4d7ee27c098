/** Whether a package is one of those that somebody else's package URL means. */
import type { Package } from '../model/package.ts'
import { type Purl, parsePurl } from '../model/purl.ts'
import { remembered } from '../model/remember.ts'

/**
 * The type, namespace and name are the same, and so is everything else that `wanted` has: version, qualifiers, subpath. A
 * qualifier that nobody here can compare is not met. `arch=source` means everything that was built from that source package.
 */
export const meansPackage = (wanted: Purl, one: Package): boolean => {
  const { source } = one
  const arch = wanted.qualifiers?.arch
  if (arch === 'source' || arch === 'src') {
    return identitiesOf(one).some(({ version: _, ...own }) =>
      meets({ ...own, name: source?.name ?? own.name, version: source?.version ?? one.version }, wanted, one),
    )
  }
  return identitiesOf(one).some(own => meets(own, wanted, one))
}

/** As `meansPackage`, of a package that is known by its purl only. */
export const meansPurl = (wanted: Purl, url: string): boolean => {
  const own = parsePurl(url)
  return own !== undefined && meets(own, wanted, undefined)
}

const identitiesOf = remembered(({ purl, aliases }: Package): readonly Purl[] =>
  [purl, ...(aliases ?? [])].map(parsePurl).filter(one => one !== undefined),
)

const meets = (own: Purl, wanted: Purl, one: Package | undefined): boolean => {
  if (own.type !== wanted.type || foldedName(own) !== foldedName(wanted)) return false
  if (wanted.version !== undefined && versionOf(own) !== versionOf(wanted)) return false
  if (wanted.subpath !== undefined && own.subpath !== wanted.subpath) return false
  return Object.entries(wanted.qualifiers ?? {}).every(([key, value]) => meetsQualifier(key, value!, own, wanted, one))
}

/** Types whose names are the same in any case, as purl-spec's types-doc has it. */
const caseless = new Set(['alpm', 'apk', 'bitbucket', 'composer', 'deb', 'github', 'gitlab', 'golang', 'hex', 'nuget', 'pypi'])

const foldedName = ({ type, namespace = '', name }: Purl): string => {
  // Red Hat writes pkg:rpm/redhat; os-release calls the same system rhel.
  const vendor = type === 'rpm' && namespace === 'rhel' ? 'redhat' : namespace
  const text = `${vendor}/${type === 'pypi' ? name.replaceAll('_', '-') : name}`
  return caseless.has(type) ? text.toLowerCase() : text
}

const versionOf = ({ type, version = '' }: Purl): string => {
  if (type === 'golang') return version.replace(/^v(?=\d)/, '')
  // The epoch is a qualifier; some write it into the version all the same.
  return type === 'rpm' ? version.replace(/^\d+:/, '') : version
}

const meetsQualifier = (key: string, value: string, own: Purl, wanted: Purl, one: Package | undefined): boolean => {
  const has = own.qualifiers ?? {}
  if (has[key] === value) return true
  switch (key) {
    case 'arch':
      return value === 'source' || value === 'src'
    case 'epoch':
      return value === '0' && has.epoch === undefined
    case 'distro':
      return isRelease(value, has.distro)
    // Docker's three: os_name=debian&os_version=13&os_distro=trixie.
    case 'os_name':
      return has.distro?.startsWith(`${value}-`) ?? false
    case 'os_version':
      return isRelease(value, has.distro)
    case 'os_distro':
      return wanted.qualifiers?.os_version !== undefined || isRelease(value, has.distro)
    case 'upstream':
      return one !== undefined && isSource(value, one)
    // What these types are packed in when nothing is said.
    case 'type':
      return own.type === 'maven' && value === 'jar' && has.type === undefined
    default:
      return false
  }
}

/** `debian-12` and `12` are met by `debian-12.5` as well. */
const isRelease = (value: string, distro: string | undefined): boolean => {
  if (distro === undefined) return false
  const bare = distro.slice(distro.indexOf('-') + 1)
  return [distro, bare].some(own => own === value || own.startsWith(`${value}.`))
}

const isSource = (value: string, { name, version, source }: Package): boolean => {
  const origin = source ?? { name, version }
  return value === origin.name || value === `${origin.name}@${origin.version}`
}
