import type { Digest, Problem } from './finding.ts'
import type { Image } from './image.ts'
import type { Distro, Package } from './package.ts'

/** What is inside an image, a root file system, or what an SBOM says. Plain data. */
export type Inventory = {
  /** The first of the image's own names, what an SBOM calls its subject; else what the user called it, without what chose the source. */
  readonly name: string
  readonly kind: 'image' | 'folder' | 'sbom'
  readonly image: Image | undefined
  readonly distro: Distro | undefined
  /** By purl. */
  readonly packages: readonly Package[]
  readonly problems: readonly Problem[]
  /** From the base upwards. None where there are none, and where an SBOM says nothing of them. */
  readonly layers: readonly LayerSummary[]
}

export type LayerSummary = {
  readonly diffId: Digest
  readonly step: number | undefined
  /** Bytes of its files, uncompressed. */
  readonly size: number
  readonly files: number
  /** The instruction that made it, as the history has it, where the history itself is not at hand. */
  readonly instruction?: string
}
