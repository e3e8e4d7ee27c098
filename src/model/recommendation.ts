/** Which base images would be better, and what would remain. Plain data. */
import type { BaseAnswer } from './base-answer.ts'
import type { Digest, Problem, Severity } from './finding.ts'
import type { Remedy } from './remedy.ts'
import type { ScanReport } from './vulnerability.ts'

/** `refresh`: the same tag. `named`: somebody asked for it. */
export type CandidateKind =
  | 'refresh'
  | 'patch'
  | 'minor'
  | 'major'
  | 'release'
  | 'slim'
  | 'alpine'
  | 'distroless'
  /** Of another maker, without a shell and a package manager. */
  | 'hardened'
  /** Of another maker, with fewer tools. */
  | 'minimal'
  | 'named'

export type Candidate = {
  readonly name: string
  readonly kind: CandidateKind
  /** ISO date of the last security fix; '' while no end is known; undefined: nothing is known. */
  readonly supportUntil: string | undefined
  readonly benefits: readonly string[]
  readonly risks: readonly string[]
  /** Its tag goes to the next major version by itself: it is never recommended first. */
  readonly isRolling?: true
}

/** What an image has, or would have. */
export type Measure = {
  readonly bySeverity: Readonly<Record<Severity, number>>
  /** Of them, how many are known to be exploited. */
  readonly kev: number
  readonly packages: number
  /** For how many of them nobody looked. */
  readonly uncovered: number
  /** Bytes of the layers' files, uncompressed; undefined: a folder and most SBOMs have no layers. */
  readonly size: number | undefined
}

export type Measured = Candidate & {
  /** The candidate itself. Undefined: it could not be had, and `missing` says why. */
  readonly measure: Measure | undefined
  /** The image on it, if its own layers stay as they are. */
  readonly predicted: Measure | undefined
  readonly missing: string | undefined
  readonly digest: string | undefined
  /** What stands behind @ to pin it, for all platforms, where a registry was asked: the digest of the index, else of the manifest. */
  readonly pin: Digest | undefined
  /** Something in it could not be read, and may have more than what is counted: it is never recommended first. */
  readonly isPartial?: true
  /** The base as it is now. */
  readonly isPresent: boolean
  /** Vulnerabilities that the present base does not have, of severity critical. */
  readonly newCritical: readonly string[]
}

export type Recommendation = {
  readonly version: string
  readonly at: string
  /** Undefined: a Dockerfile alone was given. */
  readonly image: { readonly name: string; readonly measure: Measure } | undefined
  readonly dockerfile: string | undefined
  readonly answer: BaseAnswer
  /** No registry was asked. */
  readonly isOffline: boolean
  readonly base: {
    readonly name: string | undefined
    readonly digest: string | undefined
    readonly supportUntil: string | undefined
    readonly isEnded: boolean
    /** The Dockerfile has its digest: building again takes the same one, until that is changed. */
    readonly isPinned: boolean
    readonly measure: Measure | undefined
  }
  /** What the image adds to its base; undefined where that cannot be told. */
  readonly own: Measure | undefined
  /** The best first; what could not be looked at last. */
  readonly candidates: readonly Measured[]
  /** What to do about the image's vulnerabilities, by who brought the packages; none for a Dockerfile alone. */
  readonly remedies: readonly Remedy[]
  /** Everything that is known of the image, for those who show all of it; not of a Dockerfile alone. */
  readonly scan?: ScanReport
  readonly unverified: readonly string[]
  readonly problems: readonly Problem[]
}
