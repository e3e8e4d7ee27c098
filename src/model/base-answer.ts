/** Which image another one was built on. Plain data. */
import type { Digest } from './finding.ts'

/** An image that is at hand with its layers, which may be the base of others. */
export type KnownImage = {
  /** `debian:12`; what people would write first. */
  readonly names: readonly string[]
  /** Whatever names its content: of the configuration, the manifest, the index. */
  readonly digests: readonly string[]
  /** Of the manifest or the index: what may stand behind @. */
  readonly manifest?: string
  /** From the base upwards: digests of the archives; null where nobody computed it. */
  readonly diffIds: readonly (Digest | null)[]
  /** Digests of the layers as they are stored, where they are known. */
  readonly blobs?: readonly (Digest | null)[]
  /** ISO 8601, or ''. */
  readonly created: string
  readonly from: 'engine' | 'cache' | 'registry'
}

/** What was computed over the bytes of one layer. Both undefined: the layer is only claimed. */
export type LayerProof = {
  /** Of the archive. */
  readonly diffId?: Digest
  /** Of the bytes as they are stored. */
  readonly blob?: Digest
}

/** An image that took part in a build, as the builder wrote it down. */
export type Material = { readonly name: string; readonly digest: string | undefined }

export type BaseDecider = 'annotation' | 'provenance' | 'layers' | 'dockerfile' | 'history' | 'unknown'

export type BaseAnswer = {
  /**
   * `on-base`: it was built on `base`. `is-base`: it is a distribution's root file system, on nothing. `scratch`: it was built on nothing. `unknown`:
   * nothing tells.
   */
  readonly standing: 'on-base' | 'is-base' | 'scratch' | 'unknown'
  /** Of `on-base`. The name is undefined where only its layers are known. */
  readonly base: { readonly name: string | undefined; readonly digest: string | undefined } | undefined
  readonly by: BaseDecider
  /** Why, in sentences without a full stop; the one that decided first. */
  readonly evidence: readonly string[]
  /** What speaks against it. */
  readonly contradictions: readonly string[]
  /** How many layers, from the first one on, come from it; undefined where nobody can tell. */
  readonly layers: number | undefined
  /** Other names of the same image. */
  readonly aliases: readonly string[]
}
