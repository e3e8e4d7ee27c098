/** The images that engines of this machine have, with the digests of their layers, which an engine computes when it takes an image in. */
import * as v from 'valibot'
import type { KnownImage } from '../../../model/base-answer.ts'
import { type Digest, isDigest, UsageError } from '../../../model/finding.ts'
import { type World, WorldError } from '../../../model/world.ts'
import { familiarName } from '../layout.ts'
import { type Engine, engineAt } from './client.ts'
import { findEndpoints } from './endpoints.ts'

const listSchema = v.array(
  v.looseObject({
    Id: v.string(),
    RepoTags: v.nullish(v.array(v.string())),
    RepoDigests: v.nullish(v.array(v.string())),
    Created: v.nullish(v.number()),
  }),
)
type Listed = v.InferOutput<typeof listSchema>[number]

const layersSchema = v.looseObject({ RootFS: v.nullish(v.looseObject({ Layers: v.nullish(v.array(v.string())) })) })

/** Further images are not asked for. */
const imagesLimit = 1000
/** Milliseconds for all of an engine's answers together: a scan does not wait for a busy engine. */
const patience = 5000
const atOnce = 8

/** What was learned of images before, by their ids: an id stands for its layers. */
export type LayersById = Map<string, readonly Digest[]>

/**
 * `seen` is read, and what is new is added. Images without a name are left out. What does not answer is noted, and has no images. Rejects with nothing but bugs.
 */
export const engineImages = async (
  world: World,
  seen: LayersById,
  note: (text: string) => void,
): Promise<readonly KnownImage[]> => {
  const found: KnownImage[] = []
  let engines: readonly Engine[] = []
  try {
    engines = (await findEndpoints(world, note)).map(endpoint => engineAt(world, endpoint))
  } catch (error) {
    if (!(error instanceof WorldError || error instanceof UsageError)) throw error
    note(`no engine is asked for base images: ${error.message}`)
  }
  for (const engine of engines) {
    try {
      found.push(...(await imagesOf(world, engine, seen, note)))
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      note(`${engine.name} was not asked for base images: ${error.message}`)
    }
  }
  return found
}

const imagesOf = async (
  world: World,
  engine: Engine,
  seen: LayersById,
  note: (text: string) => void,
): Promise<readonly KnownImage[]> => {
  const until = world.clock.now() + patience
  const all = (await engine.json('/images/json', listSchema)) ?? []
  const named = all.filter(one => namesOf(one).length > 0)
  const listed = named.slice(0, imagesLimit)
  if (named.length > listed.length) note(`${engine.name} has ${named.length} images; ${imagesLimit} are looked at`)
  const waiting = listed.filter(({ Id }) => !seen.has(Id))
  const worker = async (): Promise<void> => {
    for (let one = waiting.pop(); one && world.clock.now() < until; one = waiting.pop()) {
      const inspected = await engine.json(`/images/${encodeURIComponent(one.Id)}/json`, layersSchema)
      const layers = inspected?.RootFS?.Layers ?? []
      if (layers.length > 0 && layers.every(isDigest)) seen.set(one.Id, layers as Digest[])
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  const missed = listed.filter(({ Id }) => !seen.has(Id)).length
  if (missed > 0) note(`${engine.name} did not tell the layers of ${missed} images`)
  return listed.flatMap((one): KnownImage[] => {
    const diffIds = seen.get(one.Id)
    if (!diffIds) return []
    const digests = (one.RepoDigests ?? []).flatMap(text => /@(sha256:[0-9a-f]{64})$/.exec(text)?.[1] ?? [])
    const [manifest] = digests
    return [
      {
        names: namesOf(one),
        digests: [one.Id, ...new Set(digests)],
        ...(manifest === undefined ? {} : { manifest }),
        diffIds,
        created: one.Created ? new Date(one.Created * 1000).toISOString() : '',
        from: 'engine',
      },
    ]
  })
}

const namesOf = ({ RepoTags }: Listed): readonly string[] =>
  (RepoTags ?? []).filter(name => !name.includes('<none>')).map(familiarName)
