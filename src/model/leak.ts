/** A credential that whoever has the image can read. Plain data, without the credential. */
import type { Digest, Finding, Severity, Suppression } from './finding.ts'
import type { Inventory } from './inventory.ts'
import type { RuleInfo } from './report.ts'

export type LeakPlace =
  /** `inside`: the member of an archive. `line`: from 1; 0 in files without lines. */
  | {
      readonly in: 'file'
      readonly layer: number
      readonly diffId: Digest | undefined
      readonly step: number | undefined
      readonly path: string
      readonly line: number
      readonly inside: string | undefined
      /** The object, where the file holds objects of a Git repository; `line` is the object's. */
      readonly git?: GitPlace
    }
  /** `env API_KEY`, `label org.example.token`, `entrypoint`, `cmd`, `healthcheck`. */
  | { readonly in: 'config'; readonly field: string }
  | { readonly in: 'history'; readonly step: number; readonly what: string }

/** An object of a Git repository. */
export type GitPlace = {
  /** The folder that holds all of them, absolute. */
  readonly objects: string
  /** Undefined where it could not be put together. */
  readonly id: string | undefined
  readonly type: 'commit' | 'tree' | 'blob' | 'tag' | undefined
  /** A path that it has in the repository. */
  readonly name: string | undefined
  /** Of the pack's entry, where there is no id. */
  readonly offset: number | undefined
  /** How many objects have the same secret. */
  readonly count: number
}

export type Leak = {
  /** The detector's id; `secret-name` where only the name says so. */
  readonly detector: string
  /** What a configuration calls it: `secret/` and the detector. */
  readonly rule: string
  /** As its issuer calls it. */
  readonly name: string
  readonly at: LeakPlace
  /** What became of the file: `image`: it is there when a container runs; else it can only be taken out of a layer, or be read in the history. */
  readonly reach: 'image' | 'deleted' | 'replaced' | 'history'
  /** The number of the layer that deleted or replaced the file. */
  readonly by: number | undefined
  readonly severity: Severity
  /** What may be shown of it. */
  readonly prefix: string
  /** Characters. */
  readonly length: number
  /** Of the same secret the same, where it is long and random. */
  readonly fingerprint: string | undefined
  /** Stable across runs. */
  readonly key: string
  /** The issuer's checksum holds. */
  readonly isProved: boolean
  /** The package that brings the file to everybody, so that it is no secret of the image's. */
  readonly shippedBy: string | undefined
  /** Only where it was asked for. */
  readonly value: string | undefined
  readonly why: string
  readonly revoke: string
  readonly link: string
  /** What else there is to say of it. */
  readonly note?: string
  readonly suppressed?: Suppression
}

export type HistoryReport = {
  readonly version: string
  readonly inventory: Inventory
  /** Which kinds of secrets were looked for: a configuration may leave some out. */
  readonly sought: 'all' | 'some' | 'none'
  /** The worst first. */
  readonly leaks: readonly Leak[]
  /** What rules say of the finished image, the worst first. */
  readonly findings: readonly Finding[]
  /** Those that ran, by id. */
  readonly rules: ReadonlyMap<string, RuleInfo>
}
