/**
 * What an archive or a folder holds: OCI image layouts (https://github.com/opencontainers/image-spec/blob/main/image-layout.md) and the form of
 * `docker save` (https://github.com/moby/moby/blob/master/image/spec/spec.md), both on top of a lookup of files by name.
 */
import type { Material } from '../../model/base-answer.ts'
import type { Digest } from '../../model/finding.ts'
import type { FileRange, LayerBytes } from '../../model/image.ts'
import {
  attestationOf,
  baseAnnotations,
  checkPlatform,
  choosePlatform,
  type Descriptor,
  digestOf,
  documentLimit,
  ImageError,
  imageOf,
  type Manifest,
  type Origin,
  parseConfig,
  parseDockerSave,
  parseIndex,
  parseManifest,
  verify,
} from './documents.ts'
import type { OpenedImage, Wanted } from './image-source.ts'
import { isProvenance, provenanceMaterials } from './provenance.ts'

/** Files by name, without a slash in front. */
export type Place = {
  range(name: string): FileRange | undefined
  /** Throws ImageError `missing-blob` when it is not there, and when it is larger than a document may be. */
  document(name: string): Uint8Array
}

export const noImageHint = 'a root file system, as docker export writes it, is unpacked into a folder first: dir:FOLDER'

/** Undefined: neither form is here. */
export const openLayout = (place: Place, wanted: Wanted): OpenedImage | undefined => {
  const isOci = place.range('index.json') !== undefined
  const isDocker = place.range('manifest.json') !== undefined
  if (isOci) {
    try {
      const opened = openOci(place, wanted)
      return isDocker ? { ...opened, image: { ...opened.image, isDockerSave: true } } : opened
    } catch (error) {
      // Docker writes both forms, and of an image for several platforms only the one that it has.
      if (!isDocker || !(error instanceof ImageError) || error.code !== 'missing-blob') throw error
    }
  }
  return isDocker ? openDockerSave(place, wanted) : undefined
}

const blobName = (digest: Digest): string => `blobs/${digest.replace(':', '/')}`

const blob = (place: Place, { digest }: Descriptor, what: string): Uint8Array =>
  verify(place.document(blobName(digest)), digest, what)

/** Indexes inside of indexes are followed so deep. */
const nesting = 5

const openOci = (place: Place, wanted: Wanted): OpenedImage => {
  const top = parseIndex(place.document('index.json'), 'index.json')
  const named = top.manifests.map(descriptor => ({ descriptor, refs: refsOf(descriptor) }))
  const chosen = choose(named, wanted.name, ({ descriptor, refs }) => ({ refs, digest: descriptor.digest }))
  const refs = [...new Set(chosen.flatMap(one => one.refs))].filter(isWholeName)
  return follow(
    place,
    chosen.map(({ descriptor }) => descriptor),
    refs,
    wanted,
  )
}

/** The image that a manifest or an index is about. Throws ImageError. */
export const openByDigest = (place: Place, digest: Digest, refs: readonly string[], wanted: Wanted): OpenedImage =>
  follow(place, [{ mediaType: '', digest, size: 0, annotations: undefined, platform: undefined, urls: undefined }], refs, wanted)

const follow = (place: Place, first: readonly Descriptor[], refs: readonly string[], wanted: Wanted): OpenedImage => {
  let candidates = first
  for (let depth = 0; ; depth++) {
    if (depth > nesting) throw new ImageError('broken-document', 'indexes lead to indexes without end')
    // What stands alone and says no platform may be anything: the next document tells.
    const [only] = candidates
    const descriptor =
      candidates.length === 1 && only && !only.platform
        ? only
        : choosePlatform(candidates, { wanted: wanted.platform, host: wanted.host })
    const bytes = blob(place, descriptor, 'the manifest')
    const parsed = parseManifest(bytes)
    if ('index' in parsed) candidates = parsed.index.manifests
    else return fromManifest(place, parsed.manifest, descriptor, refs, wanted, materialsOf(place, candidates, descriptor.digest))
  }
}

/** What is attested of an image. What is not there, or is broken, says nothing. */
const materialsOf = (place: Place, all: readonly Descriptor[], image: Digest): readonly Material[] | undefined => {
  const attestation = attestationOf(all, image)
  if (!attestation) return undefined
  try {
    const parsed = parseManifest(blob(place, attestation, 'the attestation'))
    const layer = 'manifest' in parsed ? parsed.manifest.layers.find(({ annotations }) => isProvenance(annotations)) : undefined
    return layer && provenanceMaterials(blob(place, layer, 'the attestation'))
  } catch (error) {
    if (error instanceof ImageError) return undefined
    throw error
  }
}

/** containerd and Docker write the whole name, others the tag alone. */
const refsOf = ({ annotations }: Descriptor): readonly string[] => {
  const full = annotations?.['io.containerd.image.name']
  const short = annotations?.['org.opencontainers.image.ref.name']
  return full !== undefined ? [familiarName(full)] : short !== undefined ? [familiarName(short)] : []
}

/** A tag chooses an image in its own layout, and is no name for it elsewhere. */
const isWholeName = (ref: string): boolean => /[:/]/.test(ref)

/** `docker.io/library/nginx:1.25` → `nginx:1.25`. */
export const familiarName = (name: string): string => name.replace(/^(?:index\.)?docker\.io\/(?:library\/)?/, '')

const fromManifest = (
  place: Place,
  manifest: Manifest,
  { digest, annotations: outer }: Descriptor,
  refs: readonly string[],
  wanted: Wanted,
  materials: readonly Material[] | undefined,
): OpenedImage => {
  const parsed = parseConfig(blob(place, manifest.config, "the image's configuration"))
  checkPlatform(parsed.platform, wanted.platform)
  if (parsed.layers.length !== manifest.layers.length)
    throw new ImageError(
      'broken-document',
      `the manifest has ${manifest.layers.length} layers, and the configuration ${parsed.layers.length}`,
    )
  const annotations = baseAnnotations(outer, manifest.annotations)
  const origin: Origin = { ...(annotations ? { annotations } : {}), ...(materials ? { materials } : {}) }
  return {
    kind: 'image',
    image: imageOf(parsed, { manifest: digest, refs, origin }),
    layers: manifest.layers.map((descriptor): LayerBytes => {
      const range = place.range(blobName(descriptor.digest))
      if (/\+encrypted$/.test(descriptor.mediaType)) return { from: 'nowhere', reason: 'the layer is encrypted' }
      return range
        ? { from: 'file', range, digest: descriptor.digest }
        : { from: 'nowhere', reason: `the layer ${descriptor.digest} is not in the archive` }
    }),
  }
}

const openDockerSave = (place: Place, wanted: Wanted): OpenedImage => {
  const images = parseDockerSave(place.document('manifest.json')).map(one => ({
    one,
    refs: (one.RepoTags ?? []).map(familiarName),
  }))
  const chosen = choose(images, wanted.name, ({ one, refs }) => ({ refs, digest: configDigest(one.Config) }))
  if (chosen.length > 1)
    throw new ImageError(
      'ambiguous',
      'several images have that name',
      `name one of them: ${offer(chosen.map(({ refs }) => refs))}`,
    )
  const { one, refs } = chosen[0]!
  const bytes = place.document(one.Config)
  const claimed = configDigest(one.Config)
  // Archives of others call the file as they like.
  if (claimed !== undefined && claimed !== digestOf(bytes)) verify(bytes, claimed, "the image's configuration")
  const parsed = parseConfig(bytes)
  checkPlatform(parsed.platform, wanted.platform)
  if (parsed.layers.length !== one.Layers.length)
    throw new ImageError(
      'broken-document',
      `manifest.json has ${one.Layers.length} layers, and the configuration ${parsed.layers.length}`,
    )
  return {
    kind: 'image',
    image: { ...imageOf(parsed, { refs }), isDockerSave: true },
    layers: one.Layers.map((name): LayerBytes => {
      const range = place.range(name)
      const digest = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1]
      return range
        ? { from: 'file', range, ...(digest === undefined ? {} : { digest: `sha256:${digest}` }) }
        : { from: 'nowhere', reason: `the layer ${name} is not in the archive` }
    }),
  }
}

/** `HEX.json`, `blobs/sha256/HEX`. */
export const configDigest = (name: string): Digest | undefined => {
  const hex = /(?:^|\/)([0-9a-f]{64})(?:\.json)?$/.exec(name)?.[1]
  return hex === undefined ? undefined : `sha256:${hex}`
}

/** Those that a name fits; without a name, all of them if they are one image. Throws ImageError. */
const choose = <Item>(
  items: readonly Item[],
  name: string | undefined,
  about: (item: Item) => { readonly refs: readonly string[]; readonly digest: Digest | undefined },
): readonly Item[] => {
  if (items.length === 0) throw new ImageError('no-such-image', 'the archive holds no image')
  const names = offer(items.map(item => about(item).refs))
  if (name === undefined) {
    const different = new Set(items.map(item => about(item).refs.join(' ')))
    // Entries of one name are one image for several platforms.
    if (items.length === 1 || different.size === 1) return items
    throw new ImageError('ambiguous', `the archive holds ${items.length} images`, `name one of them behind a colon: ${names}`)
  }
  const number = /^@(\d{1,6})$/.exec(name)?.[1]
  const wanted = familiarName(name)
  const found =
    number !== undefined
      ? items.slice(Number(number), Number(number) + 1)
      : items.filter(item => {
          const { refs, digest } = about(item)
          return (
            refs.some(ref => ref === wanted || ref === `${wanted}:latest` || ref.endsWith(`/${wanted}`)) ||
            (digest !== undefined && (digest === name || (/^[0-9a-f]{12,64}$/.test(name) && digest.slice(7).startsWith(name))))
          )
        })
  if (found.length === 0)
    throw new ImageError(
      'no-such-image',
      `the archive holds no image called ${name}`,
      names === '' ? undefined : `it holds ${names}`,
    )
  return found
}

const offer = (names: readonly (readonly string[])[]): string =>
  names
    .map((refs, i) => refs[0] ?? `@${i}`)
    .slice(0, 20)
    .join(', ')

export const readDocument = (name: string, range: FileRange | undefined, read: (range: FileRange) => Uint8Array): Uint8Array => {
  if (!range) throw new ImageError('missing-blob', `${name} is missing`)
  if (range.size > documentLimit)
    throw new ImageError('broken-document', `${name} has ${range.size} bytes, too many for a document`)
  return read(range)
}
