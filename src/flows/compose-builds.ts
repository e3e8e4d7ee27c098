/** What Compose files build: https://github.com/compose-spec/compose-spec/blob/main/build.md */
import { isAbsolute, join, resolve } from 'node:path'
import { decode } from '../model/text.ts'
import { type World, WorldError } from '../model/world.ts'
import { isRemote } from '../read/compose/paths.ts'
import { asMap, fieldsOf, get } from '../read/yaml/fields.ts'
import { stringOf } from '../read/yaml/scalars.ts'
import { readYaml } from '../read/yaml/tree.ts'

/** `dockerfile` is absolute; `context` and `file`, the Compose file, are named as the folder is. */
export type ComposeBuild = { readonly dockerfile: string; readonly context: string; readonly file: string }

const sizeLimit = 1024 * 1024

/** Those of some files of one folder, as far as their text tells. */
export const composeBuilds = async (world: World, folder: string, names: readonly string[]): Promise<readonly ComposeBuild[]> => {
  const found: ComposeBuild[] = []
  for (const name of names) {
    const bytes = await world.files.read(join(folder, name), sizeLimit).catch(error => {
      // Who judges that file tells of it.
      if (error instanceof WorldError) return undefined
      throw error
    })
    if (!bytes) continue
    const services = asMap(get(readYaml(name, decode(bytes).text).documents[0]?.root, 'services'))
    for (const { value } of services ? fieldsOf(services).values() : []) {
      const build = get(value, 'build')
      if (build === undefined || get(build, 'dockerfile_inline')) continue
      const context = stringOf(build) ?? stringOf(get(build, 'context')) ?? '.'
      const named = stringOf(get(build, 'dockerfile')) ?? 'Dockerfile'
      if (isRemote(context) || isAbsolute(context) || /\$/.test(context + named)) continue
      found.push({ dockerfile: resolve(join(folder, context), named), context: join(folder, context), file: join(folder, name) })
    }
  }
  return found
}
