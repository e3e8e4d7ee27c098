/** Images as the OCI image specification describes them (https://github.com/opencontainers/image-spec), whatever they were read from. */
import type { Material } from './base-answer.ts'
import type { Digest } from './finding.ts'

export type Image = {
  /** The digest of the configuration's bytes: what Docker calls the image's id. Computed, never taken from a claim. */
  readonly id: Digest
  /** The digest of the manifest's bytes, where the source has a manifest. */
  readonly manifest?: Digest
  /** The digest of the bytes that the registry gives for its name, where they are an index: of all platforms. */
  readonly index?: Digest
  /** The archive has it in the form of `docker save`, perhaps beside another. */
  readonly isDockerSave?: boolean
  /** `linux/amd64`, `linux/arm64/v8`. */
  readonly platform: string
  /** Names that the source gives it: `nginx:1.25`. */
  readonly refs: readonly string[]
  readonly config: ImageConfig
  /** Of its manifest, where there is one. Never inherited, as labels are. */
  readonly annotations?: Readonly<Record<string, string>>
  /** The images that its build used, as the builder's attestation has it: https://docs.docker.com/build/metadata/attestations/slsa-provenance/ */
  readonly materials?: readonly Material[]
  /** From the base upwards. */
  readonly layers: readonly Layer[]
}

/** The runtime settings of an image. Missing ones are empty. */
export type ImageConfig = {
  readonly user: string
  /** `NAME=value`. */
  readonly env: readonly string[]
  readonly entrypoint: readonly string[] | undefined
  readonly cmd: readonly string[] | undefined
  readonly shell: readonly string[] | undefined
  readonly workingDir: string
  /** `8080/tcp`. */
  readonly exposedPorts: readonly string[]
  readonly volumes: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly healthcheck: readonly string[] | undefined
  /** Instructions for builds that are FROM this image: `RUN make`. */
  readonly onBuild: readonly string[]
  /** Who made it: MAINTAINER, or whatever a builder wrote there. */
  readonly author: string
  /** RFC 3339, as written. */
  readonly created: string | undefined
  readonly history: readonly HistoryStep[]
  /** Whatever else its document says, for those who look for what leaks: settings of the container that built it, host names, build arguments. */
  readonly elsewhere?: readonly { readonly field: string; readonly text: string }[]
}

export type HistoryStep = {
  readonly createdBy: string
  readonly created: string | undefined
  readonly comment: string
  /** The instruction changed settings only. */
  readonly isEmpty: boolean
}

export type Layer = {
  /**
   * The digest of the uncompressed archive, as the configuration claims it: a name for the layer, and no proof of its content. Held against the bytes where
   * all of them are hashed anyway, where the layer is small, and with --verify.
   */
  readonly diffId: Digest
  /** The index in `config.history` of the instruction that made it; undefined when the history does not fit the layers. */
  readonly step: number | undefined
}

/** One part of a file: plain data, so that a thread can open it itself. */
export type FileRange = { readonly path: string; readonly at: number; readonly size: number }

/** Where the bytes of a layer are. Plain data. */
export type LayerBytes =
  /** An archive, perhaps compressed. `digest`: what these bytes must hash to, where that is known. */
  | { readonly from: 'file'; readonly range: FileRange; readonly digest?: Digest }
  /** A blob of a registry. */
  | { readonly from: 'registry'; readonly access: RegistryAccess; readonly digest: Digest; readonly size: number }
  /** A layer of Docker's overlay2 driver: headers from tar-split (a compressed file of `headerBytes`), bodies from the folder. */
  | { readonly from: 'overlay'; readonly headers: string; readonly folder: string; readonly headerBytes: number }
  /** A root file system. */
  | { readonly from: 'folder'; readonly path: string }
  /** The layer was left out of the archive (Windows base layers are, and those of `docker save` with a wrong platform). */
  | { readonly from: 'nowhere'; readonly reason: string }

/** What is needed to ask a registry from another thread. Secret: never shown, never stored. */
export type RegistryAccess = {
  /** `https://registry-1.docker.io`. */
  readonly base: string
  /** `library/nginx`. */
  readonly repository: string
  readonly credentials: RegistryCredentials | undefined
  /** The header that worked last. */
  readonly authorization: string | undefined
}

export type RegistryCredentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** What `docker login` keeps for registries with OAuth 2. */
  | { readonly kind: 'identity'; readonly token: string }
  /** To be sent as it is. */
  | { readonly kind: 'bearer'; readonly token: string }
