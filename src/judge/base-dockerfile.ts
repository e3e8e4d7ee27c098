/** What a Dockerfile says of the image that is built by it: what lies at the bottom, and which of its instructions make layers. */
import type { Dockerfile } from '../read/dockerfile/graph.ts'
import { lineage } from './dockerfile-queries.ts'

export type DockerfileBase = {
  readonly path: string
  readonly root:
    | { readonly kind: 'scratch' }
    | { readonly kind: 'image'; readonly name: string; readonly digest: string | undefined }
    /** A variable without a value, or no valid name. */
    | { readonly kind: 'unknown'; readonly text: string }
  /** Keywords of the instructions above it that change files, oldest first, through all stages that the final one is FROM. */
  readonly own: readonly string[]
}

/** Of the last stage; undefined: there is none. */
export const dockerfileBase = (dockerfile: Dockerfile): DockerfileBase | undefined => {
  const { final, path } = dockerfile
  if (!final) return undefined
  const { root } = final
  const own = lineage(final)
    .map(({ instruction }) => instruction.name)
    .filter(keyword => /^(?:ADD|COPY|RUN|WORKDIR)$/.test(keyword))
  if (root.kind === 'scratch') return { path, own, root: { kind: 'scratch' } }
  if (root.kind === 'image') {
    const { familiar, tag, digest } = root.reference
    const name = tag === undefined && digest !== undefined ? familiar : `${familiar}:${tag ?? 'latest'}`
    return { path, own, root: { kind: 'image', name, digest } }
  }
  return { path, own, root: { kind: 'unknown', text: root.kind === 'unknown' ? root.text.value : '' } }
}
