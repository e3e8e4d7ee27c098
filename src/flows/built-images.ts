/** What the Dockerfiles that a Compose project builds say of its images. */
import { basename, isAbsolute, join } from 'node:path'
import type { ContainerImage } from '../judge/container-rule.ts'
import { baseUser } from '../judge/image-users.ts'
import type { Container } from '../model/container.ts'
import { type World, WorldError } from '../model/world.ts'
import { isRemote } from '../read/compose/paths.ts'
import { readDockerfile } from '../read/dockerfile/read-dockerfile.ts'
import { get } from '../read/yaml/fields.ts'
import { stringOf } from '../read/yaml/scalars.ts'
import type { YamlMap } from '../read/yaml/tree.ts'

const sizeLimit = 16 * 1024 * 1024

/** `folder`: the project's. Nothing for a context that is not here, or a Dockerfile that leaves the user to a base of which nothing is known. */
export const builtImageOf = async (
  world: World,
  container: Container,
  service: YamlMap | undefined,
  folder: string,
  /** Whether a file is among those that this run judges. */
  isJudged: (path: string) => boolean,
): Promise<ContainerImage | undefined> => {
  const context = container.build?.value
  if (context === undefined || isRemote(context) || get(service, 'build', 'dockerfile_inline')) return undefined
  const named = stringOf(get(service, 'build', 'dockerfile')) ?? 'Dockerfile'
  const path = isAbsolute(named) ? named : join(isAbsolute(context) ? context : join(folder, context), named)
  // A variable that nobody filled in, or something that is no file of this project.
  if (path.includes('$') || basename(path) === '') return undefined
  try {
    if ((await world.files.stat(path))?.type !== 'file') return undefined
    const dockerfile = readDockerfile(path, await world.files.read(path, sizeLimit))
    const target = stringOf(get(service, 'build', 'target'))
    const stage = target === undefined ? dockerfile.final : dockerfile.stages.findLast(({ name }) => name === target)
    if (!stage) return undefined
    // Rules on Dockerfiles speak of the last stage.
    const known = { volumes: [], setuid: undefined, isJudged: stage === dockerfile.final && isJudged(path) }
    const { value, at } = stage.end.user
    if (at) return value?.known === true ? { user: value.value, ...known } : undefined
    const base = baseUser(stage.root)
    return base === 'root' ? { user: '', ...known } : undefined
  } catch (error) {
    // What the Dockerfile cannot say stays unknown; it is judged, and told of, by itself.
    if (error instanceof WorldError) return undefined
    throw error
  }
}
