/** What VEX documents say of a vulnerability in one package of one image. */
import type { Image } from '../model/image.ts'
import type { Package } from '../model/package.ts'
import { type Purl, parsePurl } from '../model/purl.ts'
import { remembered } from '../model/remember.ts'
import { parseReference, type Reference } from '../read/image/registry/reference.ts'
import type { VexStatement } from '../read/vex/read-vex.ts'
import { meansPackage, meansPurl } from './purl-match.ts'

export type VexQuestion = {
  /** Id and aliases. */
  readonly vulnerabilities: readonly string[]
  readonly package: Package
  readonly image: Image | undefined
  /** What the user calls the image, or what it is called in the inventory. */
  readonly name: string
}

/**
 * The newest statement that is about this; of those of one time the last one; what only asks comes before all others. A product that is an image is asked for by digest
 * where the statement has one, else by name and tag; with subcomponents the package must be among them. A product that is a
 * package counts for what it owns, too.
 */
export const vexFor = (statements: readonly VexStatement[], what: VexQuestion): VexStatement | undefined => {
  const byVulnerability = indexOf(statements)
  let newest: Prepared | undefined
  for (const id of new Set(what.vulnerabilities.map(fold)))
    for (const one of byVulnerability.get(id) ?? []) {
      if (newest && (one.time < newest.time || (one.time === newest.time && one.order < newest.order))) continue
      if (isAbout(one, what)) newest = one
    }
  return newest?.statement
}

/** Whether what it is about need not be shown as a fault any more. */
export const suppresses = ({ status }: VexStatement): boolean => status === 'not_affected' || status === 'fixed'

type Prepared = {
  readonly statement: VexStatement
  readonly products: readonly Purl[]
  readonly subcomponents: readonly Purl[]
  /** Milliseconds; −Infinity where the statement has no time. */
  readonly time: number
  readonly order: number
}

const fold = (id: string): string => id.toUpperCase()

const indexOf = remembered((statements: readonly VexStatement[]): ReadonlyMap<string, readonly Prepared[]> => {
  const index = new Map<string, Prepared[]>()
  for (const [order, statement] of statements.entries()) {
    const time = statement.isQuestion ? Number.NaN : Date.parse(statement.timestamp ?? '')
    const prepared: Prepared = {
      statement,
      products: statement.products.map(parsePurl).filter(one => one !== undefined),
      subcomponents: statement.subcomponents.map(parsePurl).filter(one => one !== undefined),
      time: Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time,
      order: statement.isQuestion ? order - statements.length : order,
    }
    for (const id of new Set(statement.vulnerability.map(fold))) {
      const list = index.get(id)
      if (list) list.push(prepared)
      else index.set(id, [prepared])
    }
  }
  return index
})

const isAbout = ({ statement, products, subcomponents }: Prepared, what: VexQuestion): boolean => {
  const one = what.package
  const isInside = (): boolean => statement.subcomponents.length === 0 || subcomponents.some(wanted => meansPackage(wanted, one))
  if (statement.products.length === 0) return isInside()
  return products.some(product => {
    if (product.type === 'oci' || product.type === 'docker') return meansImage(product, what) && isInside()
    // Said of the package itself, whatever inside of it the vulnerability comes from.
    if (meansPackage(product, one)) return true
    return one.ownedBy !== undefined && meansPurl(product, one.ownedBy) && isInside()
  })
}

const isDigestText = (text: string): boolean => /^sha(?:256|512):/.test(text)

/**
 * pkg:oci has the digest as its version and the repository as a qualifier, pkg:docker the repository as its name and a tag or
 * digest as version: https://github.com/package-url/purl-spec/tree/main/types-doc
 */
const meansImage = (wanted: Purl, { image, name }: VexQuestion): boolean => {
  const { repository_url: repository, tag, arch, os, ...others } = wanted.qualifiers ?? {}
  if (Object.keys(others).length > 0 || wanted.subpath !== undefined) return false
  const references = [name, ...(image?.refs ?? [])].flatMap(referencesOf)
  const [system, architecture] = image?.platform.split('/') ?? []
  if ((arch !== undefined && arch !== architecture) || (os !== undefined && os !== system)) return false
  if (wanted.version !== undefined && isDigestText(wanted.version)) {
    const digests: readonly (string | undefined)[] = [image?.id, image?.manifest, ...references.map(one => one.digest)]
    return digests.includes(wanted.version)
  }
  const wantedTags = [tag, wanted.version].filter(one => one !== undefined)
  return references.some(
    reference => isRepository(wanted, repository, reference) && wantedTags.every(one => one === reference.tag),
  )
}

/**
 * Docker's hardened images have a registry of their own, and are the organisation dhi of Docker Hub: https://docs.docker.com/dhi/
 */
const referencesOf = (text: string): readonly Reference[] => {
  const reference = parseReference(text)
  if (!reference) return []
  return reference.host === 'dhi.io'
    ? [reference, { ...reference, host: 'docker.io', repository: `dhi/${reference.repository}` }]
    : [reference]
}

const isRepository = ({ type, namespace, name }: Purl, url: string | undefined, { host, repository }: Reference): boolean => {
  const path = [...(namespace === undefined ? [] : [namespace]), name].join('/')
  const own = `${host}/${repository}`
  if (url !== undefined) {
    const place = url
      .replace(/^https?:\/\//, '')
      .replace(/\/+$/, '')
      .replace(/^(?:index|registry-1|hub)\.docker\.(?:io|com)/, 'docker.io')
    // Of pkg:oci it is the whole repository, of pkg:docker the registry's host; both are seen with both.
    return own === place || own === `${place}/${path}`
  }
  // Docker Hub is where a pkg:docker without a registry is; a pkg:oci without one has only its last name.
  if (type === 'docker') return host === 'docker.io' && repository === (namespace === undefined ? `library/${path}` : path)
  return repository === path || repository.endsWith(`/${path}`)
}
