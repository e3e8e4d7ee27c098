/** What a registry has of one repository: its tags, and their layers. */
import type { KnownImage } from '../../../model/base-answer.ts'
import { type World, WorldError } from '../../../model/world.ts'
import { ImageError } from '../documents.ts'
import type { SourceOptions } from '../image-source.ts'
import registry from '../sources/registry.ts'
import { findBase, RegistryClient, RegistryError } from './client.ts'
import { findCredentials } from './credentials.ts'
import { familiarReference, parseReference } from './reference.ts'

/** Undefined, with a note: the registry does not tell. */
export const tagsOf = async (world: World, name: string, options: SourceOptions): Promise<readonly string[] | undefined> => {
  const reference = parseReference(name)
  if (!reference) return undefined
  try {
    const credentials = await findCredentials(world, reference.host, reference.repository, options.note)
    const base = await findBase(world, reference.host, options.plainHttp)
    return await new RegistryClient(world, {
      base,
      repository: reference.repository,
      credentials,
      authorization: undefined,
    }).tags()
  } catch (error) {
    if (!(error instanceof RegistryError || error instanceof WorldError || error instanceof ImageError)) throw error
    options.note(`the tags of ${name} are not known: ${error.message}`)
    return undefined
  }
}

/** So many tags are asked about at a time. */
const atOnce = 5

/** Layers of the tags, for one platform. What cannot be read is noted and left out. */
export const registryImages = async (
  world: World,
  name: string,
  tags: readonly string[],
  options: SourceOptions,
): Promise<readonly KnownImage[]> => {
  const reference = parseReference(name)
  const found: KnownImage[] = []
  if (!reference) return found
  for (let at = 0; at < tags.length; at += atOnce) {
    const texts = tags.slice(at, at + atOnce).map(tag => familiarReference({ ...reference, tag, digest: undefined }))
    const images = await Promise.all(texts.map(text => registryImage(world, text, options)))
    found.push(...images.filter(one => one !== undefined))
  }
  return found
}

const registryImage = async (world: World, text: string, options: SourceOptions): Promise<KnownImage | undefined> => {
  try {
    const opened = await registry.open(world, text, options)
    if (opened?.kind !== 'image') return undefined
    const { image, layers } = opened
    return {
      names: [text],
      digests: [image.id, image.manifest, image.index].filter(one => one !== undefined),
      ...(image.manifest === undefined ? {} : { manifest: image.manifest }),
      // An engine refuses an image whose layers are not those that its configuration says.
      diffIds: image.layers.map(({ diffId }) => diffId),
      blobs: layers.map(layer => (layer.from === 'registry' ? layer.digest : null)),
      created: image.config.created ?? '',
      from: 'registry',
    }
  } catch (error) {
    if (!(error instanceof RegistryError || error instanceof WorldError || error instanceof ImageError)) throw error
    options.note(`${text} was not compared: ${error.message}`)
    return undefined
  }
}
