/** The database on its way: as an OCI artifact (in a layout, or in a registry) and inside an npm package. */
import * as v from 'valibot'
import { DatabaseError } from '../model/advisory.ts'
import type { World } from '../model/world.ts'
import { WorldError } from '../model/world.ts'
import { feedFiles } from '../read/feed-files.ts'
import { digestOf, ImageError, parseIndex, parseManifest, verify } from '../read/image/documents.ts'
import { findBase, RegistryClient, RegistryError } from '../read/image/registry/client.ts'
import { findCredentials } from '../read/image/registry/credentials.ts'
import { parseReference } from '../read/image/registry/reference.ts'

/** The manifest's `artifactType` and its one layer's `mediaType`: https://github.com/opencontainers/image-spec/blob/main/artifacts-guidance.md */
export const artifactType = 'application/vnd.bulkhead.advisories.v1'
const layerType = 'application/vnd.bulkhead.advisories.database.v1+zstd'

/** What keeps databases, as far as this needs it. */
type Files = {
  exportTo(path: string): Promise<{ readonly built: string; readonly size: number; readonly sha256: string }>
  importFrom(pieces: AsyncIterable<Uint8Array>, what: string): Promise<{ readonly built: string; readonly size: number }>
}

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** An OCI layout in a folder: skopeo, oras and others copy it into any registry. Rejects with DatabaseError and WorldError. */
export const exportArtifact = async (world: World, files: Files, folder: string): Promise<{ readonly built: string }> => {
  return world.files.temporary(async work => {
    const path = `${work}/database`
    const note = await files.exportTo(path)
    const blob = await world.files.read(path, blobLimit)
    const put = async (bytes: Uint8Array): Promise<{ digest: string; size: number }> => {
      const digest = digestOf(bytes)
      await world.files.write(`${folder}/blobs/${digest.replace(':', '/')}`, bytes)
      return { digest, size: bytes.length }
    }
    await world.files.makeFolder(`${folder}/blobs/sha256`)
    const empty = await put(new TextEncoder().encode('{}'))
    const manifest = bytesOf({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType,
      config: { mediaType: 'application/vnd.oci.empty.v1+json', ...empty },
      layers: [{ mediaType: layerType, ...(await put(blob)) }],
      annotations: { 'org.opencontainers.image.created': note.built, 'org.opencontainers.image.title': 'advisories of Bulkhead' },
    })
    const index = bytesOf({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        {
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          artifactType,
          ...(await put(manifest)),
          annotations: { 'org.opencontainers.image.ref.name': 'latest' },
        },
      ],
    })
    await world.files.write(`${folder}/index.json`, index)
    await world.files.write(`${folder}/oci-layout`, new TextEncoder().encode('{"imageLayoutVersion":"1.0.0"}'))
    return note
  })
}

const blobLimit = 4 * 1024 ** 3

export const isArtifact = (world: World, path: string): boolean =>
  world.files.inspect(`${path}/oci-layout`) !== undefined && world.files.inspect(`${path}/index.json`) !== undefined

/** From an OCI layout. Rejects with DatabaseError and WorldError. */
export const importArtifact = async (
  world: World,
  files: Files,
  folder: string,
): Promise<{ readonly built: string; readonly size: number }> =>
  asDatabaseError(folder, async () => {
    const blob = (digest: string): string => `${folder}/blobs/${digest.replace(':', '/')}`
    const [first] = parseIndex(await world.files.read(`${folder}/index.json`)).manifests
    if (!first) throw new DatabaseError(`${folder} has no manifest`)
    const parsed = parseManifest(verify(await world.files.read(blob(first.digest)), first.digest, 'the manifest'))
    const layer = 'manifest' in parsed ? layerOf(parsed.manifest.layers) : undefined
    if (!layer) throw new DatabaseError(`${folder} holds no database of advisories`)
    return files.importFrom(filePieces(world, blob(layer.digest)), folder)
  })

/** From a registry: what `exportArtifact` wrote, pushed there by skopeo or oras. Rejects with DatabaseError. */
export const importRegistry = async (
  world: World,
  files: Files,
  name: string,
  plainHttp: boolean,
): Promise<{ readonly built: string; readonly size: number }> =>
  asDatabaseError(name, async () => {
    const reference = parseReference(name)
    if (!reference) throw new DatabaseError(`${name} is no name in a registry`, 'registry.example/team/advisories:latest')
    const { host, repository, tag, digest } = reference
    const base = await findBase(world, host, plainHttp)
    const credentials = await findCredentials(world, host, repository, () => undefined)
    const client = new RegistryClient(world, { base, repository, credentials, authorization: undefined })
    const parsed = parseManifest(await client.manifest(digest ?? tag ?? 'latest'))
    const layer = 'manifest' in parsed ? layerOf(parsed.manifest.layers) : undefined
    if (!layer) throw new DatabaseError(`${name} holds no database of advisories`)
    return files.importFrom(client.blob(layer.digest, layer.size), name)
  })

const layerOf = <Layer extends { readonly mediaType?: string | null | undefined }>(layers: readonly Layer[]): Layer | undefined =>
  layers.find(({ mediaType }) => mediaType === layerType)

const asDatabaseError = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RegistryError || error instanceof ImageError)
      throw new DatabaseError(`${what}: ${error.message}`, error.hint, error)
    if (error instanceof WorldError) throw new DatabaseError(`${what}: ${error.message}`, undefined, error)
    throw error
  }
}

/** The bytes of a file, in the order and as large as they are read. */
export async function* filePieces(world: World, path: string): AsyncGenerator<Uint8Array> {
  const file = world.files.open(path)
  try {
    for (let at = 0; at < file.size; ) {
      const piece = new Uint8Array(1024 * 1024)
      const read = file.read(at, piece)
      if (read === 0) return
      at += read
      yield piece.subarray(0, read)
    }
  } finally {
    file.close()
  }
}

const databaseName = 'advisories.bulkhead'

/** A folder that `npm publish` or `npm pack` takes as it is. Rejects with DatabaseError and WorldError. */
export const exportPackage = async (
  world: World,
  files: Files,
  folder: string,
  name = 'bulkhead-advisories',
): Promise<{ readonly built: string }> => {
  await world.files.makeFolder(folder)
  const note = await files.exportTo(`${folder}/${databaseName}`)
  const [year, month, day] = note.built.slice(0, 10).split('-').map(Number)
  await world.files.write(
    `${folder}/package.json`,
    new TextEncoder().encode(
      `${JSON.stringify(
        {
          name,
          version: `${year}.${month}.${day}`,
          description: `Advisories for bulkhead, of ${note.built.slice(0, 10)}: bulkhead db import node_modules/${name}`,
          license: 'SEE LICENSE IN README.md',
          files: [databaseName, 'README.md'],
        },
        undefined,
        2,
      )}\n`,
    ),
  )
  await world.files.write(
    `${folder}/README.md`,
    new TextEncoder().encode(
      `# Advisories for bulkhead\n\n    bulkhead db import node_modules/${name}\n\nWhose data these are, of which day, and their licences: \`bulkhead db status\`.\n`,
    ),
  )
  return note
}

const packageSchema = v.looseObject({ name: v.string() })

/** A package that `exportPackage` made: its folder, or the archive that npm made of it. */
export const isPackage = (world: World, path: string): boolean => {
  if (world.files.inspect(path)?.type === 'directory') return world.files.inspect(`${path}/${databaseName}`) !== undefined
  return path.endsWith('.tgz')
}

export async function* packageDatabase(world: World, path: string): AsyncGenerator<Uint8Array> {
  if (world.files.inspect(path)?.type === 'directory') {
    yield* filePieces(world, `${path}/${databaseName}`)
    return
  }
  const file = world.files.open(path)
  try {
    for (const one of feedFiles(file, path, /^package\/(?:advisories\.bulkhead|package\.json)$/)) {
      if (one.name === 'package/package.json') {
        const parsed = v.safeParse(packageSchema, JSON.parse(new TextDecoder().decode(one.bytes)))
        if (!parsed.success) throw new DatabaseError(`${path} is no npm package`)
      } else yield one.bytes
    }
  } finally {
    file.close()
  }
}
