/** Where images come from: one file each in `sources/`. */
import type { Image, LayerBytes } from '../../model/image.ts'
import type { Package } from '../../model/package.ts'
import type { World } from '../../model/world.ts'

export type SourceOptions = {
  /** `linux/arm64`; undefined: the machine's own, or the only one there is. */
  readonly platform: string | undefined
  /** The machine's own: `linux/amd64`. */
  readonly host: string
  /** Registries that are spoken to by plain http. */
  readonly plainHttp: boolean
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
export type OpenedSbom = { readonly kind: 'sbom'; readonly packages: readonly Package[]; readonly name: string }

export type Opened = OpenedImage | PassingImage | OpenedFolder | OpenedSbom

export type ImageSource = {
  /** What forces this source: `registry` in `registry:nginx:1.25`. */
  readonly prefix: string
  /** Undefined: there is no such thing here, and the next source may try. Throws ImageError, WorldError. */
  open(world: World, reference: string, options: SourceOptions): Promise<Opened | undefined>
}
