/** SBOMs of others, and our own: CycloneDX 1.2–1.7, SPDX 2.2 and 2.3, Syft's JSON. All of it comes from strangers. */
import * as v from 'valibot'
import { isDigest, type Location, type Problem } from '../../model/finding.ts'
import type { LayerSummary } from '../../model/inventory.ts'
import type { Distro, Package } from '../../model/package.ts'
import { parsePurl } from '../../model/purl.ts'

/** The text is no SBOM, or one of a form that is not read. One sentence without a full stop. */
export class SbomError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SbomError'
  }
}

export type Sbom = {
  readonly format: 'CycloneDX' | 'SPDX' | 'Syft'
  readonly name: string | undefined
  readonly distro: Distro | undefined
  /** By purl; those of the subject itself and of the operating system are not among them. */
  readonly packages: readonly Package[]
  readonly problems: readonly Problem[]
  /** From the base upwards; only our own CycloneDX lists them. */
  readonly layers: readonly LayerSummary[]
}

/** `at`: the place that every package without a better one gets. Throws SbomError. */
export const readSbom = (bytes: Uint8Array, at: Location): Sbom => {
  let value: unknown
  const text = new TextDecoder().decode(bytes)
  try {
    value = JSON.parse(text)
  } catch {
    if (/^\s*SPDXVersion:/m.test(text.slice(0, 4096)))
      throw new SbomError('it is SPDX in the tag-value form; the JSON form is read')
    if (/^\s*<\?xml|^\s*<bom/.test(text.slice(0, 4096))) throw new SbomError('it is an SBOM in XML; the JSON form is read')
    throw new SbomError('it is no JSON')
  }
  const kind = v.safeParse(kindSchema, value)
  if (!kind.success) throw new SbomError('it is no SBOM')
  if (kind.output.bomFormat === 'CycloneDX' || Array.isArray(kind.output.components)) return readCycloneDx(value, at)
  if (typeof kind.output.spdxVersion === 'string') {
    if (!/^SPDX-2\.[23]$/.test(kind.output.spdxVersion))
      throw new SbomError(`it is ${kind.output.spdxVersion.slice(0, 20)}; 2.2 and 2.3 are read`)
    return readSpdx(value, at)
  }
  if (Array.isArray(kind.output.artifacts)) return readSyft(value, at)
  throw new SbomError('it is JSON, and neither CycloneDX nor SPDX nor Syft')
}

const kindSchema = v.looseObject({
  bomFormat: v.nullish(v.unknown()),
  components: v.nullish(v.unknown()),
  spdxVersion: v.nullish(v.unknown()),
  artifacts: v.nullish(v.unknown()),
})

const text = v.nullish(v.string(), '')
const property = v.looseObject({ name: text, value: text })

type Draft = {
  readonly purl: string
  readonly name: string
  readonly version: string
  readonly licences: readonly string[]
  readonly dependsOn: readonly string[]
  readonly source?: { readonly name: string; readonly version: string }
  readonly at: readonly Location[]
  readonly ownedBy?: string
  readonly aliases?: readonly string[]
}

const finish = (
  format: Sbom['format'],
  name: string,
  drafts: readonly Draft[],
  unknown: number,
  at: Location,
  distro: Distro | undefined,
  /** What bulkhead wrote of its own. */
  own: { readonly isOurs: boolean; readonly problems: readonly Problem[]; readonly layers: readonly LayerSummary[] } = foreign,
): Sbom => {
  const packages = new Map<string, Package>()
  for (const draft of drafts) {
    const parsed = parsePurl(draft.purl)
    if (!parsed) continue
    const source = draft.source ?? sourceIn(parsed.qualifiers?.upstream, draft)
    const [first = at, ...rest] = draft.at
    packages.set(draft.purl, {
      purl: draft.purl,
      name: draft.name,
      version: draft.version,
      ecosystem: parsed.type,
      ...(source ? { source } : {}),
      at: [first, ...rest],
      dependsOn: [...new Set(draft.dependsOn)].filter(url => url !== draft.purl).sort(),
      licences: draft.licences,
      ...(draft.aliases && draft.aliases.length > 0 ? { aliases: draft.aliases } : {}),
      ...(draft.ownedBy === undefined ? {} : { ownedBy: draft.ownedBy }),
    })
  }
  const list = [...packages.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1))
  const known = new Set(packages.keys())
  return {
    format,
    name: name === '' ? undefined : name,
    // Of an image without a distribution, our own SBOM names none.
    distro: distro ?? (own.isOurs ? undefined : distroIn(list)),
    packages: list.map(one =>
      one.dependsOn.every(url => known.has(url)) ? one : { ...one, dependsOn: one.dependsOn.filter(url => known.has(url)) },
    ),
    problems: [
      ...own.problems,
      ...(unknown === 0
        ? []
        : [
            {
              kind: 'uncovered',
              code: 'sbom-without-purl',
              message: `${unknown} of the packages that the SBOM lists have no package URL, and are left out`,
              at,
            } as const,
          ]),
    ],
    layers: own.layers,
  }
}

const foreign = { isOurs: false, problems: [], layers: [] }

type Pair = { readonly name: string; readonly value: string }

const valuesOf = (pairs: readonly Pair[], name: string): readonly string[] =>
  pairs.flatMap(pair => (pair.name === name ? [pair.value] : []))

/** What could not be checked in the image cannot be known from its SBOM either. */
const problemsOf = (pairs: readonly Pair[]): readonly Problem[] =>
  pairs.flatMap(({ name, value }): Problem[] => {
    const [, code, message] = /^([a-z0-9-]{1,60}): (.*)$/s.exec(value) ?? []
    const kind = name === 'bulkhead:not-checked' ? 'failed' : name === 'bulkhead:not-covered' ? 'uncovered' : undefined
    return kind === undefined || code === undefined || message === undefined ? [] : [{ kind, code, message }]
  })

/** Each `bulkhead:image:layer`, with what follows it. */
const layersOf = (pairs: readonly Pair[]): readonly LayerSummary[] => {
  const layers: LayerSummary[] = []
  for (const { name, value } of pairs) {
    if (name === 'bulkhead:image:layer' && isDigest(value)) layers.push({ diffId: value, step: undefined, size: 0, files: 0 })
    const last = layers.length - 1
    const layer = layers[last]
    if (!layer) continue
    const number = /^\d{1,15}$/.test(value) ? Number(value) : undefined
    if (name === 'bulkhead:image:layer:instruction') layers[last] = { ...layer, instruction: value }
    else if (number === undefined) continue
    else if (name === 'bulkhead:image:layer:step') layers[last] = { ...layer, step: number }
    else if (name === 'bulkhead:image:layer:size') layers[last] = { ...layer, size: number }
    else if (name === 'bulkhead:image:layer:entries') layers[last] = { ...layer, files: number }
  }
  return layers
}

const withDetails = (distro: Distro, pairs: readonly Pair[]): Distro => ({
  ...distro,
  idLike: valuesOf(pairs, 'bulkhead:distro:id-like'),
  codename: valuesOf(pairs, 'bulkhead:distro:codename')[0] ?? '',
  variant: valuesOf(pairs, 'bulkhead:distro:variant')[0] ?? '',
})

const sourceOf = (pairs: readonly Pair[], version: string): { name: string; version: string } | undefined => {
  const [name] = valuesOf(pairs, 'bulkhead:source:name')
  return name === undefined ? undefined : { name, version: valuesOf(pairs, 'bulkhead:source:version')[0] ?? version }
}

/** `openssl@3.0.11-1`, `openssl`; of rpm, a file: `openssl-3.0.7-24.el9.src.rpm`. */
const sourceIn = (
  upstream: string | undefined,
  { version }: { readonly version: string },
): { name: string; version: string } | undefined => {
  if (upstream === undefined || upstream === '' || upstream.length > 1000) return undefined
  const rpm = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(upstream)
  if (rpm) return { name: rpm[1]!, version: rpm[2]! }
  const at = upstream.lastIndexOf('@')
  return at > 0 ? { name: upstream.slice(0, at), version: upstream.slice(at + 1) } : { name: upstream, version }
}

/** `distro=debian-12` of the packages' own URLs. */
const distroIn = (packages: readonly Package[]): Distro | undefined => {
  for (const { purl } of packages) {
    const named = /[?&]distro=([a-z][a-z0-9_]*)-([^&#]*)/.exec(purl)
    if (named) return distroOf(named[1]!, decodeURIComponent(named[2]!), '')
  }
  return undefined
}

const distroOf = (id: string, version: string, name: string): Distro => ({
  id: id.toLowerCase(),
  idLike: [],
  version,
  codename: '',
  name: name || `${id} ${version}`.trim(),
  variant: '',
})

const parse = <Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const [issue] = result.issues
  throw new SbomError(`${issue?.path?.map(item => String(item.key)).join('.') ?? ''}: ${issue?.message ?? 'broken'}`)
}

// CycloneDX: https://cyclonedx.org/docs/1.6/json/

const cycloneLicence = v.looseObject({
  expression: v.nullish(v.string()),
  license: v.nullish(v.looseObject({ id: v.nullish(v.string()), name: v.nullish(v.string()) })),
})
const cycloneComponent = v.looseObject({
  type: text,
  'bom-ref': text,
  group: text,
  name: text,
  version: text,
  description: text,
  purl: text,
  licenses: v.nullish(v.array(cycloneLicence), []),
  properties: v.nullish(v.array(property), []),
  evidence: v.nullish(v.looseObject({ occurrences: v.nullish(v.array(v.looseObject({ location: text })), []) })),
  components: v.nullish(v.array(v.unknown()), []),
})
const cycloneSchema = v.looseObject({
  specVersion: text,
  metadata: v.nullish(
    v.looseObject({
      tools: v.nullish(v.unknown()),
      component: v.nullish(v.looseObject({ name: text, properties: v.nullish(v.array(property), []) })),
    }),
  ),
  components: v.nullish(v.array(v.unknown()), []),
  dependencies: v.nullish(v.array(v.looseObject({ ref: text, dependsOn: v.nullish(v.array(v.string()), []) })), []),
})

const ourTools = v.looseObject({ components: v.tuple([v.looseObject({ name: v.literal('bulkhead') })]) })

/** Components inside of components are followed so deep. */
const nesting = 20

const readCycloneDx = (value: unknown, at: Location): Sbom => {
  const bom = parse(cycloneSchema, value)
  const dependsOn = new Map(bom.dependencies.map(one => [one.ref, one.dependsOn]))
  const purls = new Map<string, string>()
  const drafts: (Draft & { readonly refs: readonly string[] })[] = []
  let unknown = 0
  let distro: Distro | undefined
  const pending: { readonly item: unknown; readonly depth: number }[] = bom.components.map(item => ({ item, depth: 0 }))
  for (let next = pending.shift(); next; next = pending.shift()) {
    const one = parse(cycloneComponent, next.item)
    if (next.depth < nesting) for (const item of one.components) pending.push({ item, depth: next.depth + 1 })
    if (one.type === 'operating-system') {
      distro = withDetails(distroOf(one.name, one.version, one.description), one.properties)
      continue
    }
    if (one.purl === '') {
      if (one.type === 'library' || one.type === 'application' || one.type === 'framework') unknown++
      continue
    }
    if (one['bom-ref'] !== '') purls.set(one['bom-ref'], one.purl)
    const named = (name: string): readonly string[] => valuesOf(one.properties, name)
    const [layer] = named('bulkhead:layer')
    const [step] = named('bulkhead:step')
    const [owner] = named('bulkhead:owned-by')
    const source = sourceOf(one.properties, one.version)
    drafts.push({
      purl: one.purl,
      name: nameOf(one.purl, one.group, one.name),
      version: one.version,
      licences: one.licenses.flatMap(licence => licence.expression ?? licence.license?.id ?? licence.license?.name ?? []),
      dependsOn: [],
      refs: dependsOn.get(one['bom-ref']) ?? [],
      at: (one.evidence?.occurrences ?? []).map(
        ({ location }, i): Location =>
          layer !== undefined && isDigest(layer) && i === 0
            ? { in: 'layer', layer, ...(/^\d+$/.test(step ?? '') ? { step: Number(step) } : {}), path: location }
            : { in: 'file', path: location, span: { start: 0, end: 0 } },
      ),
      ...(source ? { source } : {}),
      ...(owner === undefined ? {} : { ownedBy: owner }),
      aliases: named('bulkhead:alias'),
    })
  }
  const linked = drafts.map(draft => ({ ...draft, dependsOn: draft.refs.flatMap(ref => purls.get(ref) ?? []) }))
  const facts = bom.metadata?.component?.properties ?? []
  return finish('CycloneDX', bom.metadata?.component?.name ?? '', linked, unknown, at, distro, {
    isOurs: v.is(ourTools, bom.metadata?.tools),
    problems: problemsOf(facts),
    layers: layersOf(facts),
  })
}

/** Others write a namespace as the group; our own names have it as the package manager does. */
const nameOf = (url: string, group: string, name: string): string => {
  if (group === '' || name.startsWith(`${group}/`) || name.startsWith(`${group}:`)) return name
  const type = parsePurl(url)?.type
  return type === 'npm' ? `${group}/${name}` : type === 'maven' ? `${group}:${name}` : name
}

// SPDX: https://spdx.github.io/spdx-spec/v2.3/

const spdxSchema = v.looseObject({
  name: text,
  creationInfo: v.nullish(v.looseObject({ creators: v.nullish(v.array(v.string()), []) })),
  packages: v.nullish(
    v.array(
      v.looseObject({
        SPDXID: text,
        name: text,
        versionInfo: text,
        licenseDeclared: text,
        primaryPackagePurpose: text,
        description: text,
        comment: text,
        externalRefs: v.nullish(v.array(v.looseObject({ referenceType: text, referenceLocator: text })), []),
      }),
    ),
    [],
  ),
  relationships: v.nullish(v.array(v.looseObject({ spdxElementId: text, relationshipType: text, relatedSpdxElement: text })), []),
  hasExtractedLicensingInfos: v.nullish(v.array(v.looseObject({ licenseId: text, extractedText: text })), []),
})

/** Texts of licences in place of references to them, where the expression is a plain list; else the expression as it stands. */
const statements = (expression: string, texts: ReadonlyMap<string, string>): readonly string[] =>
  expression.includes('LicenseRef-') && !expression.includes('(')
    ? expression.split(' AND ').map(part => texts.get(part) ?? part)
    : [expression]

/** `name: value` in each line of a comment. */
const pairsIn = (comment: string): readonly Pair[] =>
  comment.split('\n').flatMap(line => {
    const [, name, value] = /^(bulkhead:[a-z:-]+): (.*)$/.exec(line) ?? []
    return name === undefined || value === undefined ? [] : [{ name, value }]
  })

const readSpdx = (value: unknown, at: Location): Sbom => {
  const document = parse(spdxSchema, value)
  const described = new Set(
    document.relationships.flatMap(one =>
      one.relationshipType === 'DESCRIBES' && one.spdxElementId === 'SPDXRef-DOCUMENT' ? [one.relatedSpdxElement] : [],
    ),
  )
  const licences = new Map(document.hasExtractedLicensingInfos.map(one => [one.licenseId, one.extractedText]))
  const purls = new Map<string, string>()
  let distro: Distro | undefined
  let unknown = 0
  let problems: readonly Problem[] = []
  const found = document.packages.flatMap(one => {
    const locators = one.externalRefs.flatMap(({ referenceType, referenceLocator }) =>
      /(?:^|\/)purl$/.test(referenceType) ? [referenceLocator] : [],
    )
    if (one.primaryPackagePurpose === 'OPERATING-SYSTEM' || one.primaryPackagePurpose === 'OPERATING_SYSTEM') {
      distro = withDetails(distroOf(one.name, one.versionInfo, one.description), pairsIn(one.comment))
      return []
    }
    // The subject itself: an image, a folder.
    if (
      described.has(one.SPDXID) &&
      (one.primaryPackagePurpose === 'CONTAINER' || document.packages.length > 1) &&
      !/^pkg:(?!oci|docker)/.test(locators[0] ?? '')
    ) {
      problems = problemsOf(pairsIn(one.comment))
      return []
    }
    const [purl, ...aliases] = locators
    if (purl === undefined) {
      unknown++
      return []
    }
    purls.set(one.SPDXID, purl)
    return [{ one, purl, aliases }]
  })
  const dependsOn = new Map<string, string[]>()
  for (const { spdxElementId, relationshipType, relatedSpdxElement } of document.relationships) {
    const [from, to] =
      relationshipType === 'DEPENDS_ON'
        ? [spdxElementId, relatedSpdxElement]
        : relationshipType === 'DEPENDENCY_OF'
          ? [relatedSpdxElement, spdxElementId]
          : []
    const a = from === undefined ? undefined : purls.get(from)
    const b = to === undefined ? undefined : purls.get(to)
    if (a !== undefined && b !== undefined) dependsOn.set(a, [...(dependsOn.get(a) ?? []), b])
  }
  const drafts = found.map(({ one, purl, aliases }): Draft => {
    const pairs = pairsIn(one.comment)
    const source = sourceOf(pairs, one.versionInfo)
    const [ownedBy] = valuesOf(pairs, 'bulkhead:owned-by')
    return {
      purl,
      name: one.name,
      version: one.versionInfo,
      licences:
        one.licenseDeclared === '' || /^(?:NOASSERTION|NONE)$/.test(one.licenseDeclared)
          ? []
          : statements(one.licenseDeclared, licences),
      dependsOn: dependsOn.get(purl) ?? [],
      at: [],
      aliases,
      ...(source ? { source } : {}),
      ...(ownedBy === undefined ? {} : { ownedBy }),
    }
  })
  return finish('SPDX', document.name, drafts, unknown, at, distro, {
    isOurs: document.creationInfo?.creators.some(creator => creator.startsWith('Tool: bulkhead-')) === true,
    problems,
    layers: [],
  })
}

// Syft: https://github.com/anchore/syft/tree/main/schema/json

const syftSchema = v.looseObject({
  artifacts: v.array(
    v.looseObject({
      id: text,
      name: text,
      version: text,
      purl: text,
      licenses: v.nullish(v.array(v.union([v.string(), v.looseObject({ value: text })])), []),
      locations: v.nullish(v.array(v.looseObject({ path: text, layerID: text })), []),
    }),
  ),
  artifactRelationships: v.nullish(v.array(v.looseObject({ parent: text, child: text, type: text })), []),
  source: v.nullish(v.looseObject({ name: text })),
  distro: v.nullish(v.looseObject({ id: text, versionID: text, prettyName: text })),
})

const readSyft = (value: unknown, at: Location): Sbom => {
  const document = parse(syftSchema, value)
  const purls = new Map(document.artifacts.map(one => [one.id, one.purl]))
  const dependsOn = new Map<string, string[]>()
  for (const { parent, child, type } of document.artifactRelationships) {
    const a = purls.get(child)
    const b = purls.get(parent)
    if (type === 'dependency-of' && a && b) dependsOn.set(a, [...(dependsOn.get(a) ?? []), b])
  }
  let unknown = 0
  const drafts = document.artifacts.flatMap((one): Draft[] => {
    if (one.purl === '') {
      unknown++
      return []
    }
    return [
      {
        purl: one.purl,
        name: one.name,
        version: one.version,
        licences: one.licenses
          .map(licence => (typeof licence === 'string' ? licence : licence.value))
          .filter(licence => licence !== ''),
        dependsOn: dependsOn.get(one.purl) ?? [],
        at: one.locations.map(({ path, layerID }) =>
          isDigest(layerID) ? { in: 'layer', layer: layerID, path } : { in: 'file', path, span: { start: 0, end: 0 } },
        ),
      },
    ]
  })
  const { distro } = document
  return finish(
    'Syft',
    document.source?.name ?? '',
    drafts,
    unknown,
    at,
    distro && distro.id !== '' ? distroOf(distro.id, distro.versionID, distro.prettyName) : undefined,
  )
}
