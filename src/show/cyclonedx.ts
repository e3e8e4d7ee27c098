/** CycloneDX in JSON: https://cyclonedx.org/docs/1.6/json/ and https://cyclonedx.org/docs/1.7/json/ */
import type { Location } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Package } from '../model/package.ts'
import type { VulnerabilityFinding } from '../model/vulnerability.ts'
import { cycloneDxVulnerabilities, versionText } from './cyclonedx-vulnerabilities.ts'
import { jsonPieces, jsonText, Streamed } from './json-text.ts'
import { isLicenceExpression, isLicenceId } from './licences.ts'
import { exactPlace, type Pair, subjectPairs, subjectPurl, subjectTime, uuidOf } from './sbom-facts.ts'

export type CycloneDxVersion = '1.6' | '1.7'

/** One document with a line end, with what was found in the inventory where there was a scan. The same inventory gives the same bytes. */
export const showCycloneDx = (
  inventory: Inventory,
  toolVersion: string,
  version: CycloneDxVersion = '1.6',
  findings?: readonly VulnerabilityFinding[],
): string => {
  const { body, head } = documentOf(inventory, toolVersion, version, findings)
  // Written once: the body stands behind the head in the same brackets.
  const text = jsonText(body)
  return `${jsonText(head(text)).slice(0, -'\n}\n'.length)},${text.slice('{'.length)}`
}

/** The same bytes, without the whole text in memory. */
export const cycloneDxPieces = (
  inventory: Inventory,
  toolVersion: string,
  version: CycloneDxVersion = '1.6',
  findings?: readonly VulnerabilityFinding[],
): Iterable<string> => {
  const { body, head } = documentOf(inventory, toolVersion, version, findings)
  return jsonPieces({ ...head(jsonPieces(body)), ...body })
}

/** `head`: from the text of the body, which identifies the document. */
const documentOf = (
  inventory: Inventory,
  toolVersion: string,
  version: CycloneDxVersion,
  findings: readonly VulnerabilityFinding[] | undefined,
): { readonly body: object; readonly head: (text: string | Iterable<string>) => object } => {
  const { image, distro, packages, name } = inventory
  const root = subjectPurl(inventory) ?? `subject:${name}`
  const metadata = {
    timestamp: subjectTime(inventory),
    tools: { components: [{ type: 'application', name: 'bulkhead', version: toolVersion }] },
    component: {
      type: inventory.kind === 'image' ? 'container' : inventory.kind === 'folder' ? 'file' : 'application',
      'bom-ref': root,
      name: text(name),
      ...(image ? { version: image.id, purl: subjectPurl(inventory) } : {}),
      ...properties([
        ['bulkhead:image:manifest', image?.manifest],
        ['bulkhead:image:platform', image?.platform],
        ...subjectPairs(inventory),
      ]),
    },
  }
  // Most packages of an image share their licences with others.
  const licencesOf = remembered(licences)
  const components = [
    ...(distro
      ? [
          {
            type: 'operating-system',
            'bom-ref': `os:${text(distro.id)}`,
            name: text(distro.id),
            ...(distro.version === '' ? {} : { version: versionText(distro.version) }),
            description: text(distro.name),
            ...properties([
              ...distro.idLike.map((id): Pair => ['bulkhead:distro:id-like', id]),
              ['bulkhead:distro:codename', distro.codename || undefined],
              ['bulkhead:distro:variant', distro.variant || undefined],
            ]),
          },
        ]
      : []),
    ...packages.map(one => component(one, licencesOf)),
  ]
  const known = new Set(packages.map(({ purl }) => purl))
  const dependencies = packages
    .filter(({ dependsOn }) => dependsOn.length > 0)
    .map(({ purl, dependsOn }) => ({ ref: purl, dependsOn: dependsOn.filter(url => known.has(url)) }))
  const body = {
    metadata,
    components,
    dependencies,
    ...(findings ? { vulnerabilities: new Streamed(() => cycloneDxVulnerabilities(findings)) } : {}),
  }
  const head = (text: string | Iterable<string>): object => ({
    $schema: `http://cyclonedx.org/schema/bom-${version}.schema.json`,
    bomFormat: 'CycloneDX',
    specVersion: version,
    serialNumber: `urn:uuid:${uuidOf(text)}`,
    version: 1,
  })
  return { body, head }
}

const component = (one: Package, licencesOf: typeof licences): object => {
  const group = groupOf(one)
  const [first] = one.at
  return {
    type: one.ecosystem === 'generic' ? 'application' : 'library',
    'bom-ref': one.purl,
    ...(group === undefined ? {} : { group: text(group) }),
    name: text(one.name),
    version: versionText(one.version),
    ...licencesOf(one.licences),
    purl: one.purl,
    evidence: { occurrences: one.at.map(at => ({ location: text(pathOf(at)) })) },
    ...properties([
      ['bulkhead:layer', first.in === 'layer' ? first.layer : undefined],
      ['bulkhead:step', first.in === 'layer' && first.step !== undefined ? String(first.step) : undefined],
      ['bulkhead:source:name', one.source?.name],
      ['bulkhead:source:version', one.source?.version],
      ['bulkhead:vendor', one.vendor],
      ['bulkhead:owned-by', one.ownedBy],
      ...(one.aliases ?? []).map((url): Pair => ['bulkhead:alias', url]),
      ...one.at.slice(1).map((at): Pair => ['bulkhead:place', exactPlace(at)]),
    ]),
  }
}

/** Maven's group, npm's scope: as the names have them. */
const groupOf = ({ ecosystem, name }: Package): string | undefined => {
  if (ecosystem === 'maven' && name.includes(':')) return name.slice(0, name.indexOf(':'))
  return ecosystem === 'npm' && /^@[^/]+\//.test(name) ? name.slice(0, name.indexOf('/')) : undefined
}

const properties = (pairs: readonly Pair[]): { properties?: readonly { name: string; value: string }[] } => {
  const known: { name: string; value: string }[] = []
  for (const [name, value] of pairs) if (value !== undefined) known.push({ name, value: text(value) })
  return known.length > 0 ? { properties: known } : {}
}

const remembered = (make: typeof licences): typeof licences => {
  const known = new Map<string, ReturnType<typeof licences>>()
  return stated => {
    const key = stated.join('\n')
    const found = known.get(key) ?? make(stated)
    known.set(key, found)
    return found
  }
}

/** An expression stands alone; several statements are a list. */
const licences = (stated: readonly string[]): { licenses?: readonly object[] } => {
  const [first] = stated
  if (first === undefined) return {}
  if (stated.length === 1 && !isLicenceId(first) && isLicenceExpression(first)) return { licenses: [{ expression: first }] }
  return {
    licenses: [...new Set(stated)].map(one => ({ license: isLicenceId(one) ? { id: one } : { name: text(one) } })),
  }
}

const pathOf = (at: Location): string => ('path' in at ? (at.path ?? '') : '')

/** JSON can write a half of a surrogate pair, and hardly anybody can read it. */
const text = (value: string): string => value.toWellFormed()
