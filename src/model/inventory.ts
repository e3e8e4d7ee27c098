import type { BaseAnswer, LayerProof } from './base-answer.ts'
import type { Census } from './census.ts'
import type { Digest, Problem } from './finding.ts'
import type { Image } from './image.ts'
import type { Distro, Package } from './package.ts'
import type { BaseImage } from './vulnerability.ts'

/** What is inside an image, a root file system, or what an SBOM says. Plain data. */
export type Inventory = {
  /** The first of the image's own names, what an SBOM calls its subject; else what the user called it, without what chose the source. */
  readonly name: string
  readonly kind: 'image' | 'folder' | 'sbom'
  /** The prefix of the source that opened it, and what it was asked for: `docker`, `nginx:1.25`. */
  readonly openedBy?: { readonly source: string; readonly reference: string }
  readonly image: Image | undefined
  readonly distro: Distro | undefined
  /** By purl. */
  readonly packages: readonly Package[]
  readonly problems: readonly Problem[]
  /** Lock files and manifests of package managers that the finished image has, absolute: which tool upgrades what. */
  readonly projectFiles?: readonly string[]
  /** From the base upwards. None where there are none, and where an SBOM says nothing of them. */
  readonly layers: readonly LayerSummary[]
  /** Which of the layers are the base image's, as far as the image or its SBOM tells. */
  readonly base?: BaseImage
  /** Of an image: everything that is known of its base. */
  readonly baseAnswer?: BaseAnswer
  /** Of an image: what was computed over the bytes of each layer. */
  readonly proofs?: readonly LayerProof[]
  /** What was found in files of whatever layer, also those that the finished image does not have. */
  readonly everywhere?: readonly FoundSomewhere[]
  /** Of the finished file system, where it was asked for. */
  readonly census?: Census
}

export type FoundSomewhere = {
  readonly cataloger: string
  /** The layer's number, from 0. */
  readonly layer: number
  /** Absolute. */
  readonly path: string
  readonly data: unknown
  /** What became of the file. `by`: the number of the layer that deleted or replaced it. */
  readonly fate: { readonly kind: 'present' } | { readonly kind: 'deleted' | 'replaced'; readonly by: number }
  /** From 1, where its own layer has further entries of that name. */
  readonly earlier?: number
}

export type LayerSummary = {
  readonly diffId: Digest
  readonly step: number | undefined
  /** Bytes of its files, uncompressed. */
  readonly size: number
  readonly files: number
  /** Where they were asked for. */
  readonly changes?: LayerChanges
  /** The instruction that made it, as the history has it, where the history itself is not at hand. */
  readonly instruction?: string
}

/** Against the layers below it. Folders do not count. */
export type LayerChanges = {
  readonly added: number
  readonly changed: number
  /** Files that the layers below had. */
  readonly deleted: number
  /** Bytes of its files that the finished image does not have: a later layer deleted or replaced them. */
  readonly wasted: number
}
