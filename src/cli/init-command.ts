/** `bulkhead init`: a project without a Dockerfile → a hardened one, by the same way as one that is there. */
import { basename, join, resolve } from 'node:path'
import { type FirstDockerfile, firstDockerfile } from '../change/harden/first-dockerfile.ts'
import { composeFor, manifestFor } from '../change/harden/first-manifests.ts'
import { UsageError } from '../model/finding.ts'
import { WorldError } from '../model/world.ts'
import { readDockerIgnore } from '../read/dockerfile/dockerignore.ts'
import { readProject } from '../read/project/read-project.ts'
import { machine } from '../world/machine.ts'
import { type HardenArguments, hardenFile } from './harden-command.ts'
import { tell } from './terminal.ts'

export type InitArguments = HardenArguments & { readonly compose?: boolean; readonly kubernetes?: boolean }

/** As of `harden`. Throws UsageError where a file would be overwritten, and where nothing says what the project is. */
export const runInit = async (folder: string, args: InitArguments): Promise<number> => {
  if ((await machine.files.stat(folder))?.type !== 'directory') throw new UsageError(`${folder} is not a folder`)
  const path = join(folder, 'Dockerfile')
  const compose = join(folder, 'compose.yaml')
  const manifest = join(folder, 'kubernetes.yaml')
  for (const file of [path, ...(args.compose ? [compose] : []), ...(args.kubernetes ? [manifest] : [])])
    if (await machine.files.stat(file)) throw new UsageError(`${file} is there already`, 'bulkhead harden improves it')
  const project = await readProject(machine, folder, await ignoreOf(folder))
  const first: FirstDockerfile | { readonly why: string } = firstDockerfile(project)
  if ('why' in first)
    throw new UsageError(first.why, 'write a first Dockerfile, however plain, and bulkhead harden does the rest')
  for (const text of first.assumed) tell(`bulkhead: assumed: ${text}`)
  const name =
    basename(resolve(folder))
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'app'
  const port = project.stacks[0]?.ports[0]?.value ?? (first.stack === 'static' || first.stack === 'php' ? 80 : undefined)
  const fresh = new Map<string, string>()
  if (args.compose) fresh.set(compose, composeFor(name, port))
  if (args.kubernetes) fresh.set(manifest, manifestFor(name, port))
  return hardenFile(path, { text: first.text, fresh }, { ...args, context: args.context ?? folder })
}

const ignoreOf = async (folder: string): Promise<ReturnType<typeof readDockerIgnore> | undefined> => {
  try {
    return readDockerIgnore(new TextDecoder().decode(await machine.files.read(join(folder, '.dockerignore'))))
  } catch (error) {
    if (error instanceof WorldError) return undefined
    throw error
  }
}
