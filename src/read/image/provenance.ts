/**
 * What a builder wrote down about a build: the attestation beside the image (https://docs.docker.com/build/metadata/attestations/slsa-provenance/), and
 * what BuildKit up to 0.11 put into the configuration (https://github.com/moby/buildkit/blob/v0.11/docs/buildinfo.md). Claims, of strangers.
 */
import * as v from 'valibot'
import type { Material } from '../../model/base-answer.ts'

/** Builds that use more images have no base that anybody could name. */
const materialsLimit = 200

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const isName = (name: string): boolean => /^[A-Za-z0-9][\w.:/-]{0,254}$/.test(name)
const isDigestText = (digest: string): boolean => /^[0-9a-f]{64}$/.test(digest)

const buildInfoSchema = v.looseObject({
  sources: v.nullish(
    v.array(v.looseObject({ type: v.nullish(v.string()), ref: v.nullish(v.string()), pin: v.nullish(v.string()) })),
  ),
})

/** `sources` of type docker-image. Nothing where the text is none of BuildKit. */
export const buildInfoMaterials = (text: string | undefined): readonly Material[] => {
  const parsed = text === undefined ? undefined : v.safeParse(buildInfoSchema, json(text))
  if (!parsed?.success) return []
  return (parsed.output.sources ?? []).slice(0, materialsLimit).flatMap(({ type, ref, pin }): Material[] => {
    const name = (ref ?? '').replace(/@sha256:[0-9a-f]*$/, '')
    if (type !== 'docker-image' || !isName(name)) return []
    const digest = /^sha256:([0-9a-f]{64})$/.exec(pin ?? '')?.[0]
    return [{ name, digest }]
  })
}

const digestSet = v.nullish(v.record(v.string(), v.string()))
const materialSchema = v.array(v.looseObject({ uri: v.nullish(v.string(), ''), digest: digestSet }))
const statementSchema = v.looseObject({
  predicateType: v.string(),
  predicate: v.looseObject({
    /** SLSA 0.2. */
    materials: v.nullish(materialSchema),
    /** SLSA 1. */
    buildDefinition: v.nullish(v.looseObject({ resolvedDependencies: v.nullish(materialSchema) })),
  }),
})

/** Of an in-toto statement with SLSA's provenance; undefined: it is none. */
export const provenanceMaterials = (bytes: Uint8Array): readonly Material[] | undefined => {
  const parsed = v.safeParse(statementSchema, json(new TextDecoder().decode(bytes)))
  if (!parsed.success || !parsed.output.predicateType.startsWith('https://slsa.dev/provenance/')) return undefined
  const { materials, buildDefinition } = parsed.output.predicate
  return (materials ?? buildDefinition?.resolvedDependencies ?? []).slice(0, materialsLimit).flatMap(({ uri, digest }) => {
    // https://github.com/package-url/purl-spec/blob/main/types-doc/docker-definition.md
    const [, path = '', version, query = ''] = /^pkg:docker\/([^@?]{1,512})(?:@([^?]{1,256}))?(?:\?(.{0,512}))?$/.exec(uri) ?? []
    const name = decoded(`${path}${version === undefined || /^sha256(?::|%3A)/i.test(version) ? '' : `:${version}`}`)
    if (name === undefined || !isName(name)) return []
    const hex = digest?.sha256 ?? /^sha256:([0-9a-f]{64})$/.exec(new URLSearchParams(query).get('digest') ?? '')?.[1]
    return [{ name, digest: hex !== undefined && isDigestText(hex) ? `sha256:${hex}` : undefined }]
  })
}

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

/** What marks a layer of an attestation manifest: https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md */
export const isProvenance = (annotations: Readonly<Record<string, string>> | null | undefined): boolean =>
  annotations?.['in-toto.io/predicate-type']?.startsWith('https://slsa.dev/provenance/') === true
