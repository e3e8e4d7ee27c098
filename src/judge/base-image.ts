/** Which layers of an image are its base's: by what the builder wrote down, else by its history. */
import type { Image } from '../model/image.ts'
import type { BaseImage } from '../model/vulnerability.ts'

/**
 * `org.opencontainers.image.base.name` and `.digest` (https://github.com/opencontainers/image-spec/blob/main/annotations.md) name it, where the image has
 * them as labels. How many layers are its is told by the history: a base image ends with the last CMD or ENTRYPOINT before the image's own steps, since an
 * image that builds on another one changes files after it. Undefined: nothing says so.
 */
export const baseImageOf = (image: Image): BaseImage | undefined => {
  const { labels } = image.config
  const name = labels['org.opencontainers.image.base.name']
  const digest = labels['org.opencontainers.image.base.digest']
  const layers = layersOfBase(image)
  if (layers === undefined) return undefined
  return { name, digest, layers, decidedBy: name === undefined ? 'history' : 'annotation' }
}

const layersOfBase = ({ config, layers }: Image): number | undefined => {
  const { history } = config
  // The history must fit the layers.
  if (layers.length === 0 || layers.some(({ step }) => step === undefined)) return undefined
  const lastLayer = layers.at(-1)!.step!
  let end = -1
  // The image's own CMD stands behind its last layer, or is missing.
  for (let i = 0; i < lastLayer; i++) if (history[i]!.isEmpty && isCommand(history[i]!.createdBy)) end = i
  if (end === -1) return undefined
  const count = layers.filter(({ step }) => step! < end).length
  return count === 0 ? undefined : count
}

/** As the classic builder writes it, and as BuildKit does. */
const isCommand = (createdBy: string): boolean => /^(?:\/bin\/sh -c #\(nop\)\s+)?(?:CMD|ENTRYPOINT)\b/.test(createdBy)
