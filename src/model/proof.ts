/** What came of building, scanning and running a Dockerfile before and after it was hardened. Plain data. */
import type { Severity } from './finding.ts'
import type { ProposedRun } from './hardening.ts'

/** What an image has, as measured. */
export type ProofMeasure = {
  /** Bytes of its layers, as the engine counts them. */
  readonly size: number
  readonly packages: number
  readonly vulnerabilities: Readonly<Record<Severity, number>>
  /** Readable in the image, its history, or layers below. */
  readonly secrets: number
  readonly user: string
  readonly setuid: number
  readonly shells: number
  readonly packageManagers: number
  readonly compilers: number
  /** Folders and files that everybody may write to. */
  readonly writable: number
}

/** How it ran. */
export type ProofRun = {
  /** Without the prefix `CAP_`. */
  readonly capabilities: readonly string[]
  readonly readOnly: boolean
  readonly waysOut: number
  /** `answered`: as asked, with `said`. `running`: nothing could be asked, and it did not end. */
  readonly state: 'answered' | 'running' | 'ended' | 'silent' | 'not-started'
  /** What was asked, for people: `GET /health`. */
  readonly asked: string
  /** The answer: a status and a body, or what the command printed. Cut. */
  readonly said: string
  /** The end of what it logged. Without secrets. */
  readonly log: string
}

export type ProofSide = {
  readonly measure: ProofMeasure | undefined
  readonly run: ProofRun | undefined
  readonly buildError: string | undefined
}

export type BackOff = {
  /** `transformation`: left out. `flag`: not proposed. `learnt`: what it needs was found out, and given. `missing`: a base that the engine could not get. */
  readonly kind: 'transformation' | 'flag' | 'learnt' | 'missing'
  /** The id of the transformation or rule; the flag; the path or capability; the name of the image. */
  readonly id: string
  readonly phase: 'build' | 'start' | 'answer'
  /** Why: what was seen. */
  readonly evidence: string
}

export type Proof = {
  readonly before: ProofSide
  readonly after: ProofSide
  readonly backedOff: readonly BackOff[]
  /** Both built, both ran, and the hardened one did what the other did. */
  readonly isProved: boolean
  /** What was not seen, and so is not claimed. */
  readonly unseen: readonly string[]
  readonly proposed: ProposedRun
  readonly builds: number
  readonly starts: number
}
