/** Images in a registry. */
import * as v from 'valibot'
import type { Material } from '../../../model/base-answer.ts'
import type { Digest } from '../../../model/finding.ts'
import type { LayerBytes, RegistryCredentials } from '../../../model/image.ts'
import { type World, WorldError } from '../../../model/world.ts'
import {
  attestationOf,
  baseAnnotations,
  checkPlatform,
  choosePlatform,
  type Descriptor,
  digestOf,
  ImageError,
  imageOf,
  type Origin,
  parseConfig,
  parseManifest,
  verify,
} from '../documents.ts'
import type { ImageSource, OpenedImage, SourceOptions } from '../image-source.ts'
import { isProvenance, provenanceMaterials } from '../provenance.ts'
import { findBase, RegistryClient, RegistryError } from '../registry/client.ts'
import { findCredentials } from '../registry/credentials.ts'
import { familiarReference, parseReference, type Reference } from '../registry/reference.ts'

const source: ImageSource = {
  prefix: 'registry',
  where: 'network',
  async open(world, text, options) {
    const reference = parseReference(text)
    return reference && fromNearest(world, reference, options, (client, base) => pull(client, reference, base, options))
  },
}

export default source

/**
 * What stands behind @ in a name: of the bytes that the registry gives for it, which are an index where there are several platforms. Undefined: no such name is
 * possible. Throws RegistryError, WorldError, ImageError.
 */
export const digestIn = async (world: World, text: string, options: SourceOptions): Promise<Digest | undefined> => {
  const reference = parseReference(text)
  if (!reference) return undefined
  return fromNearest(world, reference, options, async client => {
    const bytes = await client.manifest(reference.digest ?? reference.tag ?? 'latest')
    parseManifest(bytes)
    if (reference.digest === undefined) return digestOf(bytes)
    verify(bytes, reference.digest, 'the manifest')
    return reference.digest
  })
}

/** The first mirror that answers, or the registry itself. */
const fromNearest = async <Value>(
  world: World,
  { host, repository }: Reference,
  options: SourceOptions,
  ask: (client: RegistryClient, base: string) => Promise<Value>,
): Promise<Value> => {
  const clientOf = (base: string, credentials: RegistryCredentials | undefined): RegistryClient =>
    new RegistryClient(world, { base, repository, credentials, authorization: undefined })
  for (const mirror of await mirrorsFor(world, host, options)) {
    try {
      return await ask(clientOf(mirror, undefined), mirror)
    } catch (error) {
      if (!(error instanceof RegistryError || error instanceof WorldError || error instanceof ImageError)) throw error
      options.note(`the mirror ${mirror} cannot help: ${error.message}`)
    }
  }
  const credentials = await findCredentials(world, host, repository, options.note)
  const base = await findBase(world, host, options.plainHttp)
  return ask(clientOf(base, credentials), base)
}

const nesting = 5

const pull = async (client: RegistryClient, reference: Reference, base: string, options: SourceOptions): Promise<OpenedImage> => {
  const { platform, host } = options
  let bytes = await client.manifest(reference.digest ?? reference.tag ?? 'latest')
  let digest = digestOf(bytes)
  if (reference.digest !== undefined) {
    verify(bytes, reference.digest, 'the manifest')
    digest = reference.digest
  }
  const first = digest
  let around: readonly Descriptor[] = []
  for (let depth = 0; ; depth++) {
    const parsed = parseManifest(bytes)
    if ('manifest' in parsed) {
      const { manifest } = parsed
      const config = parseConfig(
        verify(await client.document(manifest.config.digest), manifest.config.digest, "the image's configuration"),
      )
      checkPlatform(config.platform, platform)
      if (config.layers.length !== manifest.layers.length)
        throw new ImageError(
          'broken-document',
          `the manifest has ${manifest.layers.length} layers, and the configuration ${config.layers.length}`,
        )
      const materials = await attested(client, around, digest, options)
      const annotations = baseAnnotations(around.find(one => one.digest === digest)?.annotations, manifest.annotations)
      const origin: Origin = { ...(annotations ? { annotations } : {}), ...(materials ? { materials } : {}) }
      options.note(`read from the registry ${new URL(base).host}`)
      return {
        kind: 'image',
        image: imageOf(config, {
          manifest: digest,
          index: first === digest ? undefined : first,
          refs: [familiarReference(reference)],
          origin,
        }),
        layers: manifest.layers.map((layer): LayerBytes => {
          if (/\+encrypted$/.test(layer.mediaType)) return { from: 'nowhere', reason: 'the layer is encrypted' }
          return { from: 'registry', access: client.access, digest: layer.digest, size: layer.size }
        }),
      }
    }
    if (depth >= nesting) throw new ImageError('broken-document', 'indexes lead to indexes without end')
    const chosen = choosePlatform(parsed.index.manifests, { wanted: platform, host })
    around = parsed.index.manifests
    digest = chosen.digest
    bytes = verify(await client.manifest(digest), digest, 'the manifest')
  }
}

/** What the builder attested of an image. It helps, and nothing depends on it. */
const attested = async (
  client: RegistryClient,
  around: readonly Descriptor[],
  image: Digest,
  { note }: SourceOptions,
): Promise<readonly Material[] | undefined> => {
  const attestation = attestationOf(around, image)
  if (!attestation) return undefined
  try {
    const parsed = parseManifest(verify(await client.manifest(attestation.digest), attestation.digest, 'the attestation'))
    const layer = 'manifest' in parsed ? parsed.manifest.layers.find(({ annotations }) => isProvenance(annotations)) : undefined
    return layer && provenanceMaterials(verify(await client.document(layer.digest), layer.digest, 'the attestation'))
  } catch (error) {
    if (!(error instanceof RegistryError || error instanceof WorldError || error instanceof ImageError)) throw error
    note(`what is attested of the image was not read: ${error.message}`)
    return undefined
  }
}

const daemonSchema = v.looseObject({ 'registry-mirrors': v.nullish(v.array(v.string())) })

/** Those of the engine's own configuration, which it uses for Docker Hub alone: https://docs.docker.com/docker-hub/image-library/mirror */
const mirrorsFor = async (world: World, host: string, { note, mirrors }: SourceOptions): Promise<readonly string[]> => {
  const asked = mirrors.get(host) ?? []
  if (host !== 'docker.io') return asked
  const path = '/etc/docker/daemon.json'
  try {
    const text = new TextDecoder().decode(await world.files.read(path, 1024 * 1024))
    const parsed = v.safeParse(daemonSchema, JSON.parse(text))
    const configured = parsed.success ? (parsed.output['registry-mirrors'] ?? []) : []
    return [
      ...asked,
      ...configured.filter(mirror => /^https?:\/\/[^/?#]+\/?$/.test(mirror)).map(mirror => mirror.replace(/\/$/, '')),
    ]
  } catch (error) {
    if (!(error instanceof WorldError || error instanceof SyntaxError)) throw error
    if (!(error instanceof WorldError && error.code === 'not-found')) note(`${path} is not used: ${error.message}`)
    return asked
  }
}
