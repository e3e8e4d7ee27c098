/** SPDX 2.3 in JSON: https://spdx.github.io/spdx-spec/v2.3/ */
import type { Location } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import { shortHash } from '../model/key.ts'
import type { Package } from '../model/package.ts'
import { jsonText } from './json-text.ts'
import { isLicenceExpression } from './licences.ts'
import { exactPlace, type Pair, subjectPairs, subjectPurl, subjectTime, uuidOf } from './sbom-facts.ts'

/** One document with a line end. The same inventory gives the same bytes. */
export const showSpdx = (inventory: Inventory, toolVersion: string): string => {
  const { packages, name, distro, image } = inventory
  const references = new Map<string, string>()
  const ids = new Map(packages.map(one => [one.purl, `SPDXRef-Package-${shortHash(one.purl)}`]))
  const subject = subjectPurl(inventory)
  const rootId = 'SPDXRef-Subject'
  const body = {
    packages: [
      {
        SPDXID: rootId,
        name: text(name),
        ...(image ? { versionInfo: image.id } : {}),
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        licenseConcluded: 'NOASSERTION',
        licenseDeclared: 'NOASSERTION',
        copyrightText: 'NOASSERTION',
        primaryPackagePurpose: inventory.kind === 'image' ? 'CONTAINER' : 'OTHER',
        ...comment(subjectPairs(inventory)),
        ...(subject === undefined ? {} : { externalRefs: [purlReference(subject)] }),
        ...(image ? { checksums: [{ algorithm: 'SHA256', checksumValue: image.id.slice('sha256:'.length) }] } : {}),
      },
      ...(distro
        ? [
            {
              SPDXID: 'SPDXRef-OperatingSystem',
              name: text(distro.id),
              ...(distro.version === '' ? {} : { versionInfo: text(distro.version) }),
              description: text(distro.name),
              ...comment([
                ...distro.idLike.map((id): Pair => ['bulkhead:distro:id-like', id]),
                ['bulkhead:distro:codename', distro.codename || undefined],
                ['bulkhead:distro:variant', distro.variant || undefined],
              ]),
              downloadLocation: 'NOASSERTION',
              filesAnalyzed: false,
              licenseConcluded: 'NOASSERTION',
              licenseDeclared: 'NOASSERTION',
              copyrightText: 'NOASSERTION',
              primaryPackagePurpose: 'OPERATING_SYSTEM',
            },
          ]
        : []),
      ...packages.map(one => ({
        SPDXID: ids.get(one.purl)!,
        name: text(one.name),
        versionInfo: text(one.version),
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        licenseConcluded: 'NOASSERTION',
        licenseDeclared: declared(one.licences, references),
        copyrightText: 'NOASSERTION',
        sourceInfo: text(origin(one)),
        ...comment([
          ['bulkhead:source:name', one.source?.name],
          ['bulkhead:source:version', one.source?.version],
          ['bulkhead:vendor', one.vendor],
          ['bulkhead:owned-by', one.ownedBy],
          ...one.at.map((at): Pair => ['bulkhead:place', exactPlace(at)]),
        ]),
        primaryPackagePurpose: one.ecosystem === 'generic' ? 'APPLICATION' : 'LIBRARY',
        externalRefs: [purlReference(one.purl), ...(one.aliases ?? []).map(purlReference)],
      })),
    ],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: rootId },
      ...(distro ? [{ spdxElementId: rootId, relationshipType: 'CONTAINS', relatedSpdxElement: 'SPDXRef-OperatingSystem' }] : []),
      ...packages.map(one => ({ spdxElementId: rootId, relationshipType: 'CONTAINS', relatedSpdxElement: ids.get(one.purl)! })),
      ...packages.flatMap(one =>
        one.dependsOn.flatMap(url => {
          const other = ids.get(url)
          return other === undefined
            ? []
            : [{ spdxElementId: ids.get(one.purl)!, relationshipType: 'DEPENDS_ON', relatedSpdxElement: other }]
        }),
      ),
    ],
  }
  const extracted = [...references].map(([statement, id]) => ({
    licenseId: id,
    extractedText: statement,
    name: statement.slice(0, 200),
  }))
  return jsonText({
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: text(name),
    documentNamespace: `https://spdx.org/spdxdocs/bulkhead-${uuidOf(JSON.stringify(body))}`,
    creationInfo: { created: subjectTime(inventory), creators: [`Tool: bulkhead-${toolVersion}`] },
    ...body,
    ...(extracted.length > 0 ? { hasExtractedLicensingInfos: extracted } : {}),
  })
}

/** What SPDX has no field for: one `name: value` a line, by the names that the properties of CycloneDX have. */
const comment = (pairs: readonly Pair[]): { comment?: string } => {
  const lines = pairs.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${text(value).replace(/[\r\n]+/g, ' ')}`],
  )
  return lines.length > 0 ? { comment: lines.join('\n') } : {}
}

const purlReference = (purl: string): object => ({
  referenceCategory: 'PACKAGE-MANAGER',
  referenceType: 'purl',
  referenceLocator: purl,
})

/** Statements that are no expression of listed licences get a name of their own, and their text stands at the end of the document. */
const declared = (stated: readonly string[], references: Map<string, string>): string => {
  const parts = [...new Set(stated.filter(one => one.trim() !== ''))].map(one => {
    if (isLicenceExpression(one)) return one
    const statement = text(one)
    let id = references.get(statement)
    if (id === undefined) {
      id = `LicenseRef-${shortHash(statement)}`
      references.set(statement, id)
    }
    return id
  })
  if (parts.length === 0) return 'NOASSERTION'
  return parts.length === 1 ? parts[0]! : parts.map(part => (part.includes(' ') ? `(${part})` : part)).join(' AND ')
}

const origin = (one: Package): string => {
  const places = one.at.map(placeText)
  return `found in ${places.join(', ')}${one.source ? `; built from ${one.source.name} ${one.source.version}` : ''}`
}

const placeText = (at: Location): string =>
  at.in === 'layer'
    ? `${at.path ?? ''} (layer ${at.layer}${at.step === undefined ? '' : `, history step ${at.step}`})`
    : 'path' in at
      ? (at.path ?? '')
      : ''

const text = (value: string): string => value.toWellFormed()
