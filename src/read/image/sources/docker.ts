/**
 * Images of a Docker Engine (https://docs.docker.com/reference/api/engine/), or of Podman, whose socket speaks the same language. Where the engine's own
 * storage can be read here, that is done: the export of an image is many times slower.
 */
import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { type Digest, isDigest } from '../../../model/finding.ts'
import type { FileRange, LayerBytes } from '../../../model/image.ts'
import { type World, WorldError } from '../../../model/world.ts'
import { checkPlatform, documentLimit, ImageError, imageOf, parseConfig, verify } from '../documents.ts'
import { type Engine, engineAt } from '../engine/client.ts'
import { findEndpoints } from '../engine/endpoints.ts'
import type { ImageSource, Opened, OpenedImage, SourceOptions } from '../image-source.ts'
import { familiarName, openByDigest, readDocument } from '../layout.ts'

const source: ImageSource = {
  prefix: 'docker',
  where: 'engine',
  async open(world, reference, options) {
    if (!/^[A-Za-z0-9][\w.:/@+-]*$/.test(reference)) return undefined
    for (const endpoint of await findEndpoints(world, options.note)) {
      const engine = engineAt(world, endpoint)
      let inspected: Inspected | undefined
      try {
        inspected = await engine.json(`/images/${encodeURIComponent(reference)}/json`, inspectSchema)
      } catch (error) {
        if (!(error instanceof WorldError)) throw error
        options.note(`${endpoint.name}: ${error.message}`)
        // Nobody is there, unless the user said that somebody is.
        if (endpoint.isAsked) throw error
        continue
      }
      if (!inspected) {
        options.note(`${endpoint.name} has no image called ${reference}`)
        continue
      }
      return openInspected(world, engine, inspected, reference, options)
    }
    return undefined
  },
}

export default source

const inspectSchema = v.looseObject({
  Id: v.string(),
  RepoTags: v.nullish(v.array(v.string())),
  Descriptor: v.nullish(v.looseObject({ digest: v.string() })),
  Size: v.nullish(v.number()),
})
type Inspected = v.InferOutput<typeof inspectSchema>

const infoSchema = v.looseObject({
  Driver: v.nullish(v.string(), ''),
  DockerRootDir: v.nullish(v.string(), ''),
})

const openInspected = async (
  world: World,
  engine: Engine,
  inspected: Inspected,
  reference: string,
  options: SourceOptions,
): Promise<Opened> => {
  const refs = (inspected.RepoTags ?? []).map(familiarName).sort()
  const id = inspected.Id.startsWith('sha256:') ? inspected.Id : `sha256:${inspected.Id}`
  if (isDigest(id)) {
    const info = await engine.json('/info', infoSchema)
    const root = info?.DockerRootDir ?? ''
    try {
      const stored =
        info?.Driver === 'overlay2' && root !== ''
          ? await openOverlay(world, root, id, refs, options)
          : await openContentStore(world, root, inspected.Descriptor?.digest ?? id, refs, options)
      if (stored) {
        options.note(`${engine.name}: its storage in ${root} is read in place`)
        return stored
      }
    } catch (error) {
      if (error instanceof ImageError && error.code === 'no-such-platform') throw error
      if (!(error instanceof WorldError || error instanceof ImageError)) throw error
      options.note(`${engine.name}: its storage cannot be read here (${error.message})`)
    }
  }
  options.note(`${engine.name}: the image is exported, as docker save does`)
  const path = `/images/${encodeURIComponent(reference)}/get`
  return {
    kind: 'passing',
    open: () => engine.stream(path),
    wanted: { name: undefined, platform: options.platform, host: options.host },
    size: inspected.Size ?? undefined,
    refs,
  }
}

/**
 * Docker's classic store (https://github.com/moby/moby/tree/master/layer): the configuration by its digest, and for every layer a folder named after its
 * chain id. Undefined where it is not here.
 */
const openOverlay = async (
  world: World,
  root: string,
  id: Digest,
  refs: readonly string[],
  { platform }: SourceOptions,
): Promise<OpenedImage | undefined> => {
  const hex = id.slice('sha256:'.length)
  const bytes = await world.files.read(`${root}/image/overlay2/imagedb/content/sha256/${hex}`, documentLimit)
  const parsed = parseConfig(verify(bytes, id, "the image's configuration"))
  checkPlatform(parsed.platform, platform)
  let chain = ''
  const layers: LayerBytes[] = []
  for (const { diffId } of parsed.layers) {
    // https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid
    chain = chain === '' ? diffId : `sha256:${createHash('sha256').update(`${chain} ${diffId}`).digest('hex')}`
    const record = `${root}/image/overlay2/layerdb/sha256/${chain.slice('sha256:'.length)}`
    const cacheId = new TextDecoder().decode(await world.files.read(`${record}/cache-id`, 1024)).trim()
    if (!/^[a-z0-9]+$/.test(cacheId)) return undefined
    const headers = `${record}/tar-split.json.gz`
    const folder = `${root}/overlay2/${cacheId}/diff`
    const file = world.files.open(headers)
    const headerBytes = file.size
    file.close()
    await world.files.list(folder)
    layers.push({ from: 'overlay', headers, folder, headerBytes })
  }
  return { kind: 'image', image: imageOf(parsed, { refs }), layers }
}

/** Where containerd keeps blobs: its own place, the one inside of Docker's root since Docker has one of its own, and that of rootless ones. */
const contentStores = (root: string): readonly string[] =>
  [
    `${root}/containerd/daemon/io.containerd.content.v1.content`,
    `${root}/../containerd/io.containerd.content.v1.content`,
    '/var/lib/containerd/io.containerd.content.v1.content',
  ].filter(path => path.startsWith('/'))

/** Docker with containerd's image store: the id is that of a manifest or an index, and blobs lie in files named after their digests. */
const openContentStore = async (
  world: World,
  root: string,
  digest: string,
  refs: readonly string[],
  { platform, host }: SourceOptions,
): Promise<OpenedImage | undefined> => {
  if (!isDigest(digest)) return undefined
  for (const store of contentStores(root)) {
    const range = (name: string): FileRange | undefined => {
      const path = `${store}/${name}`
      const found = world.files.inspect(path)
      return found?.type === 'file' ? { path, at: 0, size: found.size } : undefined
    }
    if (!range(`blobs/${digest.replace(':', '/')}`)) continue
    const document = (name: string): Uint8Array =>
      readDocument(name, range(name), ({ path, size }) => {
        const file = world.files.open(path)
        try {
          const bytes = new Uint8Array(size)
          return bytes.subarray(0, file.read(0, bytes))
        } finally {
          file.close()
        }
      })
    const opened = openByDigest({ range, document }, digest, refs, { name: undefined, platform, host })
    // containerd may throw compressed layers away once they are unpacked.
    return opened.layers.every(({ from }) => from === 'file') ? opened : undefined
  }
  return undefined
}
