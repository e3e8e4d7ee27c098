/**
 * The JSON documents of images: OCI's index, manifest and configuration (https://github.com/opencontainers/image-spec), Docker's schema 2, which
 * differs in media types alone, and the manifest.json of `docker save`. All of it comes from strangers.
 */
import { createHash } from 'node:crypto'
import * as v from 'valibot'
import type { Material } from '../../model/base-answer.ts'
import { type Digest, isDigest } from '../../model/finding.ts'
import type { HistoryStep, Image, ImageConfig, Layer } from '../../model/image.ts'
import { buildInfoMaterials } from './provenance.ts'

/** A document is missing, broken, or not what its digest says. The message is one sentence without a full stop. */
export class ImageError extends Error {
  readonly code:
    | 'not-an-image'
    | 'broken-document'
    | 'digest-mismatch'
    | 'no-such-platform'
    | 'no-such-image'
    | 'ambiguous'
    | 'missing-blob'
  /** What the user can do about it. */
  readonly hint: string | undefined
  constructor(code: ImageError['code'], message: string, hint?: string) {
    super(message)
    this.name = 'ImageError'
    this.code = code
    this.hint = hint
  }
}

/** Larger documents are refused: registries accept manifests up to 4 MiB. */
export const documentLimit = 16 * 1024 * 1024

const digest = v.custom<Digest>(input => typeof input === 'string' && isDigest(input), 'it is no digest')
const strings = v.nullish(v.record(v.string(), v.string()))

const platformSchema = v.looseObject({
  os: v.nullish(v.string(), ''),
  architecture: v.nullish(v.string(), ''),
  variant: v.nullish(v.string(), ''),
})

const descriptorSchema = v.looseObject({
  mediaType: v.nullish(v.string(), ''),
  digest,
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  annotations: strings,
  platform: v.nullish(platformSchema),
  urls: v.nullish(v.array(v.string())),
})
export type Descriptor = v.InferOutput<typeof descriptorSchema>

const indexSchema = v.looseObject({ manifests: v.pipe(v.array(descriptorSchema), v.maxLength(10_000)), annotations: strings })
const manifestSchema = v.looseObject({
  config: descriptorSchema,
  layers: v.pipe(v.array(descriptorSchema), v.maxLength(10_000)),
  annotations: strings,
})
export type Manifest = v.InferOutput<typeof manifestSchema>
export type Index = v.InferOutput<typeof indexSchema>

/** Docker's command line writes null for what is empty, and so do others. */
const list = v.nullish(v.array(v.string()))
const configSchema = v.looseObject({
  architecture: v.nullish(v.string(), ''),
  os: v.nullish(v.string(), ''),
  variant: v.nullish(v.string(), ''),
  created: v.nullish(v.string()),
  author: v.nullish(v.string(), ''),
  config: v.nullish(
    v.looseObject({
      User: v.nullish(v.string(), ''),
      Env: list,
      Entrypoint: list,
      Cmd: list,
      Shell: list,
      WorkingDir: v.nullish(v.string(), ''),
      ExposedPorts: v.nullish(v.record(v.string(), v.unknown())),
      Volumes: v.nullish(v.record(v.string(), v.unknown())),
      Labels: strings,
      Healthcheck: v.nullish(v.looseObject({ Test: list })),
      OnBuild: list,
    }),
  ),
  rootfs: v.looseObject({ diff_ids: v.nullish(v.array(digest)) }),
  history: v.nullish(
    v.array(
      v.looseObject({
        created: v.nullish(v.string()),
        created_by: v.nullish(v.string(), ''),
        comment: v.nullish(v.string(), ''),
        empty_layer: v.nullish(v.boolean(), false),
      }),
    ),
  ),
})

const dockerSaveSchema = v.array(
  v.looseObject({ Config: v.string(), RepoTags: list, Layers: v.nullish(v.array(v.string()), []) }),
)
export type DockerSave = v.InferOutput<typeof dockerSaveSchema>

const parse = <Schema extends v.GenericSchema>(schema: Schema, bytes: Uint8Array, what: string): v.InferOutput<Schema> => {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new ImageError('broken-document', `${what} is no JSON: ${(error as Error).message}`)
  }
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const [issue] = result.issues
  const path = issue?.path?.map(item => String(item.key)).join('.') ?? ''
  throw new ImageError('broken-document', `${what} is broken: ${path === '' ? '' : `${path}: `}${issue?.message ?? ''}`)
}

export const parseDockerSave = (bytes: Uint8Array): DockerSave => parse(dockerSaveSchema, bytes, 'manifest.json')
export const parseIndex = (bytes: Uint8Array, what = 'the index'): Index => parse(indexSchema, bytes, what)

/** Whatever a descriptor of an index leads to. */
export const parseManifest = (bytes: Uint8Array): { readonly index: Index } | { readonly manifest: Manifest } => {
  const kind = parse(
    v.looseObject({ schemaVersion: v.nullish(v.number()), manifests: v.nullish(v.unknown()), layers: v.nullish(v.unknown()) }),
    bytes,
    'the manifest',
  )
  if (kind.schemaVersion === 1)
    throw new ImageError(
      'not-an-image',
      'the manifest has schema version 1, which Docker gave up in 2017',
      'push the image again',
    )
  if (kind.manifests !== undefined && kind.manifests !== null) return { index: parseIndex(bytes) }
  return { manifest: parse(manifestSchema, bytes, 'the manifest') }
}

/** sha256 over bytes. */
export const digestOf = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** Throws ImageError when bytes do not have the digest that a document gave them. */
export const verify = (bytes: Uint8Array, expected: Digest, what: string): Uint8Array => {
  const [algorithm = ''] = expected.split(':')
  const found = `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`
  if (found !== expected)
    throw new ImageError(
      'digest-mismatch',
      `${what} has the digest ${found}, and not ${expected}`,
      'it was changed, or broke on the way',
    )
  return bytes
}

export type ParsedConfig = {
  readonly id: Digest
  readonly platform: string
  readonly config: ImageConfig
  /** As BuildKit wrote them into the configuration, up to 0.11. */
  readonly materials: readonly Material[]
  readonly layers: readonly Layer[]
}

/** Engines stop at 127 layers: their file systems have no room for more. https://docs.docker.com/engine/storage/drivers/overlayfs-driver/ */
const layersLimit = 1000

/** Texts that say more than a person wrote there are no image's. */
const textsLimit = 10_000
const readElsewhere =
  /^(?:(?:architecture|os|variant|created|author|rootfs)(?:\.|$)|config\.(?:User|Env|Entrypoint|Cmd|Shell|WorkingDir|ExposedPorts|Volumes|Labels|Healthcheck|OnBuild)(?:\.|$)|history\.\d+\.(?:created|created_by|comment)$)/

/** What nobody reads as a setting: `container_config`, `comment`, `Hostname`, authors of steps, `moby.buildkit.buildinfo.v1` (in base 64). */
const textsElsewhere = (raw: unknown): readonly { readonly field: string; readonly text: string }[] => {
  const found: { field: string; text: string }[] = []
  const visit = (value: unknown, field: string, depth: number): void => {
    if (found.length >= textsLimit || depth > 12 || (field !== '' && readElsewhere.test(field))) return
    if (typeof value === 'string') {
      const isBuildInfo = field === 'moby.buildkit.buildinfo.v1'
      if (value !== '') found.push({ field, text: isBuildInfo ? Buffer.from(value, 'base64').toString('utf8') : value })
    } else if (typeof value === 'object' && value !== null)
      for (const [key, one] of Object.entries(value)) visit(one, field === '' ? key : `${field}.${key}`, depth + 1)
  }
  visit(raw, '', 0)
  return found
}

/** The image's configuration. Throws ImageError. */
export const parseConfig = (bytes: Uint8Array): ParsedConfig => {
  const raw = parse(configSchema, bytes, "the image's configuration")
  const own = raw.config ?? undefined
  const history = (raw.history ?? []).map(
    (step): HistoryStep => ({
      createdBy: step.created_by,
      created: step.created ?? undefined,
      comment: step.comment,
      isEmpty: step.empty_layer,
    }),
  )
  const diffIds = raw.rootfs.diff_ids ?? []
  if (diffIds.length > layersLimit)
    throw new ImageError('broken-document', `the image has ${diffIds.length} layers; at most ${layersLimit} are read`)
  const steps = history.flatMap(({ isEmpty }, i) => (isEmpty ? [] : [i]))
  const fits = steps.length === diffIds.length
  const elsewhere = textsElsewhere(raw)
  return {
    id: digestOf(bytes),
    platform: platformName(raw),
    config: {
      user: own?.User ?? '',
      env: own?.Env ?? [],
      entrypoint: own?.Entrypoint ?? undefined,
      cmd: own?.Cmd ?? undefined,
      shell: own?.Shell ?? undefined,
      workingDir: own?.WorkingDir ?? '',
      exposedPorts: Object.keys(own?.ExposedPorts ?? {}),
      volumes: Object.keys(own?.Volumes ?? {}),
      labels: own?.Labels ?? {},
      healthcheck: own?.Healthcheck?.Test ?? undefined,
      onBuild: own?.OnBuild ?? [],
      author: raw.author,
      created: raw.created ?? undefined,
      history,
      ...(elsewhere.length === 0 ? {} : { elsewhere }),
    },
    materials: buildInfoMaterials(elsewhere.find(({ field }) => field === 'moby.buildkit.buildinfo.v1')?.text),
    layers: diffIds.map((diffId, i) => ({ diffId, step: fits ? steps[i] : undefined })),
  }
}

type PlatformParts = { readonly os: string; readonly architecture: string; readonly variant: string }

/** `linux/arm64/v8`. */
export const platformName = ({ os, architecture, variant }: PlatformParts): string =>
  [os, architecture, variant].filter(part => part !== '').join('/')

/** arm64 is v8, and 32-bit ARM v7, unless somebody says otherwise: as containerd's platforms package has it. */
const normalPlatform = (name: string): string => {
  const [os = '', architecture = '', variant = ''] = name.toLowerCase().split('/')
  const known = { x86_64: 'amd64', 'x86-64': 'amd64', aarch64: 'arm64', armhf: 'arm', i386: '386' }[architecture] ?? architecture
  const part = variant !== '' ? variant : known === 'arm64' ? 'v8' : known === 'arm' ? 'v7' : ''
  return [os, known, known === 'amd64' && part === 'v1' ? '' : part].join('/')
}

export const samePlatform = (a: string, b: string): boolean => normalPlatform(a) === normalPlatform(b)

/** The manifest of what is attested of an image of the same index. */
export const attestationOf = (all: readonly Descriptor[], image: Digest): Descriptor | undefined =>
  all.find(
    ({ annotations }) =>
      annotations?.['vnd.docker.reference.type'] === 'attestation-manifest' &&
      annotations['vnd.docker.reference.digest'] === image,
  )

/** Attestations stand in an index beside the images that they are about. */
const isAttestation = ({ platform, annotations }: Descriptor): boolean =>
  (platform?.os === 'unknown' && platform.architecture === 'unknown') ||
  annotations?.['vnd.docker.reference.type'] === 'attestation-manifest'

/**
 * The manifest for a platform. Without a wish: the one for the machine's platform, or the only one there is. Throws ImageError.
 */
export const choosePlatform = (
  candidates: readonly Descriptor[],
  { wanted, host }: { readonly wanted: string | undefined; readonly host: string },
): Descriptor => {
  const images = candidates.filter(one => !isAttestation(one))
  const [only] = images
  if (!only) throw new ImageError('no-such-image', 'the index names no image')
  const named = images.filter(({ platform }) => platform && samePlatform(platformName(platform), wanted ?? host))
  if (named[0]) return named[0]
  // An entry without a platform says nothing: its configuration will.
  const unnamed = images.filter(({ platform }) => !platform)
  if (wanted === undefined && images.length === 1) return only
  if (unnamed.length === 1 && images.length === 1) return only
  const offered = images.flatMap(({ platform }) => (platform ? [platformName(platform)] : []))
  throw new ImageError(
    'no-such-platform',
    `the image is not there for ${wanted ?? host}`,
    offered.length > 0 ? `--platform chooses one of ${[...new Set(offered)].join(', ')}` : undefined,
  )
}

/** Throws ImageError when the user asked for another platform than the image has. */
export const checkPlatform = (platform: string, wanted: string | undefined): void => {
  if (wanted !== undefined && platform !== '' && !samePlatform(platform, wanted))
    throw new ImageError('no-such-platform', `the image is for ${platform}, and not for ${wanted}`)
}

/** What says which image this one was built on: https://github.com/opencontainers/image-spec/blob/main/annotations.md */
export const baseAnnotations = (
  ...all: readonly (Readonly<Record<string, string>> | null | undefined)[]
): Readonly<Record<string, string>> | undefined => {
  const found = all.flatMap(one => Object.entries(one ?? {})).filter(([key]) => key.startsWith('org.opencontainers.image.base.'))
  return found.length === 0 ? undefined : Object.fromEntries(found)
}

export type Origin = Pick<Image, 'annotations' | 'materials'>

export const imageOf = (
  parsed: ParsedConfig,
  {
    manifest,
    index,
    refs,
    origin = {},
  }: {
    readonly manifest?: Digest | undefined
    readonly index?: Digest | undefined
    readonly refs: readonly string[]
    readonly origin?: Origin
  },
): Image => ({
  id: parsed.id,
  ...(manifest === undefined ? {} : { manifest }),
  ...(index === undefined ? {} : { index }),
  platform: parsed.platform,
  refs,
  config: parsed.config,
  ...(origin.annotations ? { annotations: origin.annotations } : {}),
  ...materialsOf(origin.materials ?? parsed.materials),
  layers: parsed.layers,
})

const materialsOf = (materials: readonly Material[]): Pick<Image, 'materials'> => (materials.length === 0 ? {} : { materials })
