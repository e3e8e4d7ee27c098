/** Where images come from: one file each in `sources/`. */

import type { Problem } from '../../model/finding.ts'
import type { Image, LayerBytes } from '../../model/image.ts'
import type { LayerSummary } from '../../model/inventory.ts'
import type { Distro, Package } from '../../model/package.ts'
import type { BaseImage } from '../../model/vulnerability.ts'
import type { World } from '../../model/world.ts'

export type SourceOptions = {
  /** `linux/arm64`; undefined: the machine's own, or the only one there is. */
  readonly platform: string | undefined
  /** The machine's own: `linux/amd64`. */
  readonly host: string
  /** Speak to the registry by plain http. */
  readonly plainHttp: boolean
  /** Host → addresses that are asked first: `https://mirror.example`. */
  readonly mirrors: ReadonlyMap<string, readonly string[]>
  /** Says what was done, for --verbose. */
  readonly note: (text: string) => void
}

/** An image whose layers can be read one by one, in any order and by several threads. */
export type OpenedImage = {
  readonly kind: 'image'
  readonly image: Image
  /** As many as `image.layers`. */
  readonly layers: readonly LayerBytes[]
}

/** An archive that comes by from its beginning to its end: compressed as a whole, or made by an engine while we read. */
export type PassingImage = {
  readonly kind: 'passing'
  /** From the beginning, each time. */
  open(): AsyncIterable<Uint8Array>
  readonly wanted: Wanted
  /** Bytes, where they are known. */
  readonly size: number | undefined
  /** Names these bytes on this machine, where they are a file. */
  readonly identity?: string
  /** Names that the engine knows and its export leaves out. */
  readonly refs?: readonly string[]
}

/** Which image of several. */
export type Wanted = {
  /** `nginx:1.25`, a digest, or `@0` (the number of the image); undefined: the only one. */
  readonly name: string | undefined
  readonly platform: string | undefined
  readonly host: string
}

export type OpenedFolder = { readonly kind: 'folder'; readonly path: string }

/** What somebody else has found. */
export type OpenedSbom = {
  readonly kind: 'sbom'
  /** Of its subject. */
  readonly name: string | undefined
  readonly packages: readonly Package[]
  readonly problems: readonly Problem[]
  readonly distro: Distro | undefined
  readonly layers: readonly LayerSummary[]
  readonly base?: BaseImage
}

export type Opened = OpenedImage | PassingImage | OpenedFolder | OpenedSbom

export type ImageSource = {
  /** What forces this source: `registry` in `registry:nginx:1.25`. */
  readonly prefix: string
  /** Without a prefix, what is nearer is asked first. */
  readonly where: 'file' | 'folder' | 'engine' | 'network'
  /** Undefined: there is no such thing here, and the next source may try. Throws ImageError, WorldError. */
  open(world: World, reference: string, options: SourceOptions): Promise<Opened | undefined>
}

const distance: readonly ImageSource['where'][] = ['file', 'folder', 'engine', 'network']

/** In the order in which they are asked. */
export const inOrder = (sources: Readonly<Record<string, ImageSource>>): readonly ImageSource[] =>
  Object.values(sources).sort((a, b) => distance.indexOf(a.where) - distance.indexOf(b.where))
