/** SBOMs of others, and our own: CycloneDX 1.2–1.7, SPDX 2.2 and 2.3, Syft's JSON. All of it comes from strangers. */
import * as v from 'valibot'
import { isDigest, type Location, type Problem } from '../../model/finding.ts'
import type { LayerSummary } from '../../model/inventory.ts'
import type { Distro, Package } from '../../model/package.ts'
import { type Purl, parsePurl, purl as purlText } from '../../model/purl.ts'
import type { BaseImage } from '../../model/vulnerability.ts'

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
  /** From the base upwards; only our own list them. */
  readonly layers: readonly LayerSummary[]
  /** As far as our own say. */
  readonly base?: BaseImage
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
  readonly vendor?: string
  readonly aliases?: readonly string[]
}

/** What bulkhead wrote of its own. */
type Own = {
  readonly isOurs: boolean
  readonly problems: readonly Problem[]
  readonly layers: readonly LayerSummary[]
  readonly base?: BaseImage | undefined
}

const finish = (
  format: Sbom['format'],
  name: string,
  drafts: readonly Draft[],
  unnamed: number,
  at: Location,
  distro: Distro | undefined,
  own: Own = foreign,
): Sbom => {
  const packages = new Map<string, Package>()
  let unknown = unnamed
  for (const draft of drafts) {
    const parsed = parsePurl(draft.purl)
    if (!parsed) {
      unknown++
      continue
    }
    const version = versionOf(draft.version, parsed)
    const source = draft.source ?? sourceIn(parsed.qualifiers?.upstream, { version })
    const [first = at, ...rest] = draft.at
    packages.set(draft.purl, {
      purl: draft.purl,
      name: draft.name,
      version,
      ecosystem: parsed.type,
      ...(source ? { source } : {}),
      at: [first, ...rest],
      dependsOn: [...new Set(draft.dependsOn)].filter(url => url !== draft.purl).sort(),
      licences: draft.licences,
      ...(draft.aliases && draft.aliases.length > 0 ? { aliases: draft.aliases } : {}),
      ...(draft.ownedBy === undefined ? {} : { ownedBy: draft.ownedBy }),
      ...(draft.vendor === undefined ? {} : { vendor: draft.vendor }),
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
              message: `${unknown} of the packages that the SBOM lists have no package URL that can be read, and are left out`,
              at,
            } as const,
          ]),
    ],
    layers: own.layers,
    ...(own.base ? { base: own.base } : {}),
  }
}

const foreign: Own = { isOurs: false, problems: [], layers: [] }

/** An RPM's epoch is a qualifier, and its version may be without: https://github.com/package-url/purl-spec/blob/main/types-doc/rpm-definition.md */
const versionOf = (stated: string, { type, version = '', qualifiers }: Purl): string => {
  const known = stated === '' ? version : stated
  const epoch = type === 'rpm' && !/^\d+:/.test(known) ? /^[1-9]\d{0,9}$/.exec(qualifiers?.epoch ?? '')?.[0] : undefined
  return epoch === undefined || known === '' ? known : `${epoch}:${known}`
}

/** With what the package URL lacks and the SBOM says beside it: the version, and the module of an RPM. */
const completed = (url: string, version: string, label: string | undefined): string => {
  const isModular = label?.includes(':') === true
  const parsed = parsePurl(url)
  if (!parsed) return url
  const needsLabel = isModular && parsed.type === 'rpm' && parsed.qualifiers?.modularitylabel === undefined
  const needsVersion = parsed.version === undefined && version !== ''
  if (!needsLabel && !needsVersion) return url
  return purlText({
    ...parsed,
    ...(needsVersion ? { version } : {}),
    ...(needsLabel ? { qualifiers: { ...parsed.qualifiers, modularitylabel: label } } : {}),
  })
}

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

const deciders = ['annotation', 'provenance', 'layers', 'dockerfile', 'history'] as const
const isDecider = (text: string | undefined): text is BaseImage['decidedBy'] => deciders.some(one => one === text)

/** Which of the layers are the base image's. */
const baseOf = (pairs: readonly Pair[], { length }: readonly LayerSummary[]): BaseImage | undefined => {
  const [count = ''] = valuesOf(pairs, 'bulkhead:image:base:layers')
  const [by] = valuesOf(pairs, 'bulkhead:image:base:decided-by')
  const layers = /^\d{1,6}$/.test(count) ? Number(count) : 0
  if (layers < 1 || layers > length || !isDecider(by)) return undefined
  const [name] = valuesOf(pairs, 'bulkhead:image:base:name')
  const [digest] = valuesOf(pairs, 'bulkhead:image:base:digest')
  return {
    name,
    digest,
    layers,
    decidedBy: by,
    evidence: valuesOf(pairs, 'bulkhead:image:base:evidence'),
    contradictions: valuesOf(pairs, 'bulkhead:image:base:contradiction'),
  }
}

/** `layer sha256:… step 3 /path`, `file /path`; line ends and % of the path are escaped. */
const placesOf = (pairs: readonly Pair[]): readonly Location[] =>
  valuesOf(pairs, 'bulkhead:place').flatMap((place): Location[] => {
    const [, layer, step, escaped] = /^(?:file|layer (\S{1,200})(?: step (\d{1,9}))?) (.*)$/s.exec(place) ?? []
    if (escaped === undefined) return []
    const path = escaped.replace(/%(0A|0D|25)/g, found => decodeURIComponent(found))
    if (layer === undefined) return [{ in: 'file', path, span: { start: 0, end: 0 } }]
    return isDigest(layer) ? [{ in: 'layer', layer, ...(step === undefined ? {} : { step: Number(step) }), path }] : []
  })

const withDetails = (distro: Distro, pairs: readonly Pair[]): Distro => ({
  ...distro,
  idLike: valuesOf(pairs, 'bulkhead:distro:id-like'),
  codename: valuesOf(pairs, 'bulkhead:distro:codename')[0] ?? '',
  variant: valuesOf(pairs, 'bulkhead:distro:variant')[0] ?? '',
})

const sourceOf = (pairs: readonly Pair[], version: string): { name: string; version: string } | undefined => {
  const [name] = valuesOf(pairs, 'bulkhead:source:name')
  return name === undefined ? trivySource(pairs) : { name, version: valuesOf(pairs, 'bulkhead:source:version')[0] ?? version }
}

/** https://github.com/aquasecurity/trivy/blob/main/pkg/sbom/core/bom.go: an epoch of 0 may stand there, or not. */
const trivySource = (pairs: readonly Pair[]): { name: string; version: string } | undefined => {
  const valueOf = (name: string): string => valuesOf(pairs, `aquasecurity:trivy:${name}`)[0] ?? ''
  const [name, epoch, version, release] = ['SrcName', 'SrcEpoch', 'SrcVersion', 'SrcRelease'].map(valueOf)
  if (!name || !version) return undefined
  return { name, version: `${epoch && epoch !== '0' ? `${epoch}:` : ''}${version}${release ? `-${release}` : ''}` }
}

/** Of Trivy's SPDX: `built package from: openssl 3.0.11-1`. */
const builtFrom = (sourceInfo: string): { name: string; version: string } | undefined => {
  const [, name, version] = /^built package from: (\S+) (\S+)$/.exec(sourceInfo.slice(0, 1000)) ?? []
  return name === undefined || version === undefined ? undefined : { name, version }
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

/** `distro=debian-12`, `distro=opensuse-leap-15.5` of the packages' own URLs; Trivy writes Alpine's as `distro=3.18.4`. */
const distroIn = (packages: readonly Package[]): Distro | undefined => {
  for (const { purl } of packages) {
    if (!purl.includes('distro=')) continue
    const { type, namespace, qualifiers } = parsePurl(purl) ?? {}
    const named = qualifiers?.distro ?? ''
    const [, id, version] = /^([a-z][a-z0-9_. -]*?)-(\d.*)$/i.exec(named) ?? /^([a-z][a-z0-9_.]*)-(.*)$/i.exec(named) ?? []
    if (id !== undefined && version !== undefined) return distroOf(id, version, '')
    if (type === 'apk' && namespace !== undefined && /^\d/.test(named)) return distroOf(namespace, named, '')
  }
  return undefined
}

/** Trivy's names → those of os-release: https://github.com/aquasecurity/trivy/blob/main/pkg/fanal/types/const.go */
const distroNames: ReadonlyMap<string, string> = new Map([
  ['alma', 'almalinux'],
  ['amazon', 'amzn'],
  ['cbl-mariner', 'mariner'],
  ['opensuse.leap', 'opensuse-leap'],
  ['opensuse.tumbleweed', 'opensuse-tumbleweed'],
  ['oracle', 'ol'],
  ['redhat', 'rhel'],
  ['suse linux enterprise server', 'sles'],
  ['suse linux enterprise micro', 'sle-micro'],
])

const distroOf = (stated: string, version: string, name: string): Distro => {
  const lower = stated.toLowerCase()
  const id = distroNames.get(lower) ?? lower
  // `2 (Karoo)`, `AMI release 2018.03`
  const plain = id === 'amzn' ? version.replace(/^AMI release /, '').replace(/ \(.*$/s, '') : version
  const [, major, pack] = (id === 'sles' && /^(\d+)(?:\.(\d+))?$/.exec(plain)) || []
  const own =
    major === undefined ? `${stated} ${plain}` : `SUSE Linux Enterprise Server ${major}${pack === undefined ? '' : ` SP${pack}`}`
  return { id, idLike: [], version: plain, codename: '', name: name || own.trim(), variant: '' }
}

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
  publisher: text,
  supplier: v.nullish(v.looseObject({ name: text })),
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
    const named = (name: string): readonly string[] => valuesOf(one.properties, name)
    const [label] = [...named('syft:metadata:modularityLabel'), ...named('aquasecurity:trivy:Modularitylabel')]
    const purl = completed(one.purl, one.version, label)
    if (one['bom-ref'] !== '') purls.set(one['bom-ref'], purl)
    const [layer] = named('bulkhead:layer')
    const [step] = named('bulkhead:step')
    const [owner] = named('bulkhead:owned-by')
    const others = placesOf(one.properties)
    const source = sourceOf(one.properties, one.version)
    drafts.push({
      purl,
      name: nameOf(purl, one.group, one.name),
      version: one.version,
      licences: one.licenses.flatMap(licence => licence.expression ?? licence.license?.id ?? licence.license?.name ?? []),
      dependsOn: [],
      refs: dependsOn.get(one['bom-ref']) ?? [],
      at: (one.evidence?.occurrences ?? []).map(
        ({ location }, i): Location =>
          layer !== undefined && isDigest(layer) && i === 0
            ? { in: 'layer', layer, ...(/^\d+$/.test(step ?? '') ? { step: Number(step) } : {}), path: location }
            : (others[i - 1] ?? { in: 'file', path: location, span: { start: 0, end: 0 } }),
      ),
      ...(source ? { source } : {}),
      ...(owner === undefined ? {} : { ownedBy: owner }),
      ...vendorOf(one.purl, [...named('bulkhead:vendor'), one.publisher, one.supplier?.name ?? '']),
      aliases: named('bulkhead:alias'),
    })
  }
  const linked = drafts.map(draft => ({ ...draft, dependsOn: draft.refs.flatMap(ref => purls.get(ref) ?? []) }))
  const facts = bom.metadata?.component?.properties ?? []
  const layers = layersOf(facts)
  return finish('CycloneDX', bom.metadata?.component?.name ?? '', linked, unknown, at, distro, {
    isOurs: v.is(ourTools, bom.metadata?.tools),
    problems: problemsOf(facts),
    layers,
    base: baseOf(facts, layers),
  })
}

/** Syft's publisher and Trivy's supplier are the vendor of an RPM; of other packages they are whoever maintains them. */
const vendorOf = (url: string, stated: readonly string[]): { readonly vendor?: string } => {
  const [own = ''] = url.startsWith('pkg:rpm/') ? stated.filter(name => name !== '') : stated.slice(0, -2)
  return own === '' ? {} : { vendor: own }
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
        sourceInfo: text,
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
    const [, name, value] = /^(bulkhead:[a-z:-]+): (.*)$/s.exec(line) ?? []
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
  let facts: readonly Pair[] = []
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
      facts = pairsIn(one.comment)
      return []
    }
    const [url, ...aliases] = locators
    if (url === undefined) {
      unknown++
      return []
    }
    const purl = completed(url, one.versionInfo, undefined)
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
    const source = sourceOf(pairs, one.versionInfo) ?? builtFrom(one.sourceInfo)
    const [ownedBy] = valuesOf(pairs, 'bulkhead:owned-by')
    const [vendor] = valuesOf(pairs, 'bulkhead:vendor')
    return {
      purl,
      name: one.name,
      version: one.versionInfo,
      licences:
        one.licenseDeclared === '' || /^(?:NOASSERTION|NONE)$/.test(one.licenseDeclared)
          ? []
          : statements(one.licenseDeclared, licences),
      dependsOn: dependsOn.get(purl) ?? [],
      at: placesOf(pairs),
      aliases,
      ...(source ? { source } : {}),
      ...(ownedBy === undefined ? {} : { ownedBy }),
      ...(vendor === undefined ? {} : { vendor }),
    }
  })
  const layers = layersOf(facts)
  return finish('SPDX', document.name, drafts, unknown, at, distro, {
    isOurs: document.creationInfo?.creators.some(creator => creator.startsWith('Tool: bulkhead-')) === true,
    problems: problemsOf(facts),
    layers,
    base: baseOf(facts, layers),
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
      metadata: v.nullish(v.unknown()),
      licenses: v.nullish(v.array(v.union([v.string(), v.looseObject({ value: text })])), []),
      locations: v.nullish(v.array(v.looseObject({ path: text, layerID: text })), []),
    }),
  ),
  artifactRelationships: v.nullish(v.array(v.looseObject({ parent: text, child: text, type: text })), []),
  source: v.nullish(v.looseObject({ name: text })),
  distro: v.nullish(v.looseObject({ id: text, versionID: text, prettyName: text })),
})

const modular = v.looseObject({ modularityLabel: v.string() })

const readSyft = (value: unknown, at: Location): Sbom => {
  const document = parse(syftSchema, value)
  const artifacts = document.artifacts.map(one => ({
    ...one,
    purl: completed(one.purl, one.version, v.is(modular, one.metadata) ? one.metadata.modularityLabel : undefined),
  }))
  const purls = new Map(artifacts.map(one => [one.id, one.purl]))
  const dependsOn = new Map<string, string[]>()
  for (const { parent, child, type } of document.artifactRelationships) {
    const a = purls.get(child)
    const b = purls.get(parent)
    if (type === 'dependency-of' && a && b) dependsOn.set(a, [...(dependsOn.get(a) ?? []), b])
  }
  let unknown = 0
  const drafts = artifacts.flatMap((one): Draft[] => {
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
