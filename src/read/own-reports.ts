/** Reports that `bulkhead sbom` and `bulkhead scan` wrote as JSON. They come from strangers as everything does: what does not fit is refused. */
import * as v from 'valibot'
import { type SideVulnerability, sideVulnerability } from '../model/comparison.ts'
import { type Digest, isDigest, type Location, type Problem, severities } from '../model/finding.ts'
import type { Image } from '../model/image.ts'
import type { Inventory, LayerSummary } from '../model/inventory.ts'
import type { Distro, Package } from '../model/package.ts'
import { parsePurl } from '../model/purl.ts'

/** What a report of a scan tells: no packages but those in which something was found. */
export type ScanFacts = {
  readonly kind: 'scan'
  readonly name: string
  readonly id: Digest | undefined
  readonly platform: string | undefined
  readonly distro: string | undefined
  /** ISO 8601. */
  readonly at: string
  readonly layers: readonly { readonly diffId: Digest; readonly size: number }[]
  readonly packages: number
  readonly vulnerabilities: readonly SideVulnerability[]
  readonly problems: readonly Problem[]
}

export type OwnReport = ScanFacts | { readonly kind: 'inventory'; readonly inventory: Inventory }

/** It is a report of ours, and broken. One sentence without a full stop. */
export class ReportError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ReportError'
  }
}

/** Undefined: it is something else. Throws ReportError. */
export const readOwnReport = (bytes: Uint8Array, path: string): OwnReport | undefined => {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
  if (v.is(scanKind, value)) return scanFrom(parse(scanSchema, value))
  if (v.is(inventoryKind, value)) return { kind: 'inventory', inventory: inventoryFrom(parse(inventorySchema, value), path) }
  return undefined
}

const parse = <Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const [issue] = result.issues
  throw new ReportError(`${issue?.path?.map(item => String(item.key)).join('.') ?? ''}: ${issue?.message ?? 'broken'}`)
}

const text = v.nullish(v.string(), '')
const texts = v.nullish(v.array(v.string()), [])
const digest = v.custom<Digest>(value => typeof value === 'string' && isDigest(value), 'it is no digest')
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

const problemSchema = v.looseObject({ kind: v.picklist(['failed', 'uncovered']), code: v.string(), message: v.string() })

const problemsFrom = (problems: readonly v.InferOutput<typeof problemSchema>[]): readonly Problem[] =>
  problems.map(({ kind, code, message }) => ({ kind, code, message }))

// bulkhead scan -f json

const scanKind = v.looseObject({
  schemaVersion: v.number(),
  tool: v.looseObject({ name: v.literal('bulkhead') }),
  coverage: v.array(v.unknown()),
})

const scanSchema = v.looseObject({
  schemaVersion: v.literal(1),
  at: v.pipe(v.string(), v.isoTimestamp()),
  image: v.looseObject({
    name: v.string(),
    id: v.nullable(digest),
    platform: v.nullable(v.string()),
    distro: v.nullable(v.looseObject({ name: v.string() })),
    packages: whole,
    layers: v.array(v.looseObject({ diffId: digest, size: whole })),
  }),
  findings: v.array(
    v.looseObject({
      severity: v.picklist(severities),
      package: v.looseObject({
        name: v.string(),
        version: v.string(),
        ecosystem: v.string(),
        source: v.nullable(v.looseObject({ name: v.string(), version: v.string() })),
      }),
      vulnerability: v.looseObject({
        id: v.string(),
        summary: v.string(),
        url: v.string(),
        epss: v.nullable(v.looseObject({ score: v.number() })),
        kev: v.nullable(v.looseObject({})),
        isMalware: v.boolean(),
      }),
      match: v.looseObject({
        name: v.string(),
        version: v.string(),
        via: v.string(),
        status: v.string(),
        fixedIn: v.nullable(v.string()),
      }),
      suppressed: v.nullable(v.looseObject({})),
    }),
  ),
  problems: v.array(problemSchema),
})

const scanFrom = ({ at, image, findings, problems }: v.InferOutput<typeof scanSchema>): ScanFacts => ({
  kind: 'scan',
  name: image.name,
  id: image.id ?? undefined,
  platform: image.platform ?? undefined,
  distro: image.distro?.name,
  at,
  layers: image.layers.map(({ diffId, size }) => ({ diffId, size })),
  packages: image.packages,
  vulnerabilities: findings.map(({ severity, package: one, vulnerability, match, suppressed }) =>
    sideVulnerability(one, match, vulnerability, severity, suppressed),
  ),
  problems: problemsFrom(problems),
})

// bulkhead sbom -f json

const inventoryKind = v.looseObject({ bulkhead: v.string(), packages: v.array(v.unknown()), layers: v.array(v.unknown()) })

const distroSchema = v.looseObject({
  id: v.string(),
  idLike: texts,
  version: text,
  codename: text,
  name: text,
  variant: text,
})

const imageSchema = v.looseObject({
  id: digest,
  manifest: v.optional(digest),
  platform: v.string(),
  refs: texts,
  config: v.looseObject({
    user: v.string(),
    env: v.array(v.string()),
    entrypoint: v.optional(v.array(v.string())),
    cmd: v.optional(v.array(v.string())),
    shell: v.optional(v.array(v.string())),
    workingDir: v.string(),
    exposedPorts: v.array(v.string()),
    volumes: v.array(v.string()),
    labels: v.record(v.string(), v.string()),
    healthcheck: v.optional(v.array(v.string())),
    onBuild: v.array(v.string()),
    author: text,
    created: v.optional(v.string()),
    history: v.array(
      v.looseObject({ createdBy: v.string(), created: v.optional(v.string()), comment: text, isEmpty: v.boolean() }),
    ),
  }),
  layers: v.array(v.looseObject({ diffId: digest, step: v.optional(whole) })),
})

const inventorySchema = v.looseObject({
  name: v.string(),
  kind: v.picklist(['image', 'folder', 'sbom']),
  image: v.nullable(imageSchema),
  distro: v.nullable(distroSchema),
  packages: v.array(
    v.looseObject({
      purl: v.string(),
      name: v.string(),
      version: v.string(),
      ecosystem: v.string(),
      source: v.optional(v.looseObject({ name: v.string(), version: v.string() })),
      at: v.array(
        v.looseObject({ in: v.string(), layer: v.optional(v.string()), step: v.optional(whole), path: v.optional(v.string()) }),
      ),
      dependsOn: texts,
      licences: texts,
      aliases: v.optional(v.array(v.string())),
      ownedBy: v.optional(v.string()),
      vendor: v.optional(v.string()),
    }),
  ),
  layers: v.array(v.looseObject({ diffId: digest, step: v.optional(whole), size: whole, files: whole })),
  problems: v.array(problemSchema),
})

const inventoryFrom = (
  { name, image, distro, packages, layers, problems }: v.InferOutput<typeof inventorySchema>,
  path: string,
): Inventory => ({
  name,
  // Of an image's files it tells no more than an SBOM does.
  kind: 'sbom',
  image: image ? imageFrom(image) : undefined,
  distro: distro ? distroFrom(distro) : undefined,
  packages: packages.map((one): Package => {
    const type = parsePurl(one.purl)?.type
    if (type !== one.ecosystem) throw new ReportError(`${one.purl.slice(0, 200)} is no package of ${one.ecosystem.slice(0, 50)}`)
    const places = one.at.map((place): Location => {
      const where = place.path ?? path
      return place.in === 'layer' && place.layer !== undefined && isDigest(place.layer)
        ? { in: 'layer', layer: place.layer, ...(place.step === undefined ? {} : { step: place.step }), path: where }
        : { in: 'file', path: where, span: { start: 0, end: 0 } }
    })
    const [first, ...rest] = places
    return {
      purl: one.purl,
      name: one.name,
      version: one.version,
      ecosystem: one.ecosystem,
      ...(one.source ? { source: { name: one.source.name, version: one.source.version } } : {}),
      at: [first ?? { in: 'file', path, span: { start: 0, end: 0 } }, ...rest],
      dependsOn: one.dependsOn,
      licences: one.licences,
      ...(one.aliases ? { aliases: one.aliases } : {}),
      ...(one.ownedBy === undefined ? {} : { ownedBy: one.ownedBy }),
      ...(one.vendor === undefined ? {} : { vendor: one.vendor }),
    }
  }),
  layers: layers.map(({ diffId, step, size, files }): LayerSummary => ({ diffId, step, size, files })),
  problems: problemsFrom(problems),
})

const distroFrom = ({ id, idLike, version, codename, name, variant }: v.InferOutput<typeof distroSchema>): Distro => ({
  id,
  idLike,
  version,
  codename,
  name,
  variant,
})

const imageFrom = ({ id, manifest, platform, refs, config, layers }: v.InferOutput<typeof imageSchema>): Image => ({
  id,
  ...(manifest ? { manifest } : {}),
  platform,
  refs,
  config: {
    user: config.user,
    env: config.env,
    entrypoint: config.entrypoint,
    cmd: config.cmd,
    shell: config.shell,
    workingDir: config.workingDir,
    exposedPorts: config.exposedPorts,
    volumes: config.volumes,
    labels: config.labels,
    healthcheck: config.healthcheck,
    onBuild: config.onBuild,
    author: config.author,
    created: config.created,
    history: config.history.map(({ createdBy, created, comment, isEmpty }) => ({ createdBy, created, comment, isEmpty })),
  },
  layers: layers.map(({ diffId, step }) => ({ diffId, step })),
})
