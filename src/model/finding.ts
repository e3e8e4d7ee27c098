import type { Span } from './text.ts'

/** The algorithm and its hexadecimal digits: 64 or 128. */
export type Digest = `${'sha256' | 'sha512'}:${string}`

/** True for a digest in the form that the OCI specifications give it. */
export const isDigest = (text: string): text is Digest => /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(text)

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info' | 'unknown'

/** From worst to least; `unknown` ranks last because it says nothing. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info', 'unknown']

/** Negative when `a` is worse than `b`. */
export const compareSeverity = (a: Severity, b: Severity): number => severities.indexOf(a) - severities.indexOf(b)

/** One step less; what is known to be nothing more than a fact stays that. */
export const lesser = (severity: Severity): Severity =>
  severity === 'info' || severity === 'unknown' ? severity : severities[severities.indexOf(severity) + 1]!

/** True when `severity` is `threshold` or worse. */
export const reaches = (severity: Severity, threshold: Severity): boolean => compareSeverity(severity, threshold) <= 0

/** Where something was seen. A span is in offsets of the decoded text of the file. */
export type Location =
  | { readonly in: 'file'; readonly path: string; readonly span: Span }
  | { readonly in: 'layer'; readonly layer: Digest; readonly step?: number; readonly path?: string; readonly span?: Span }
  | { readonly in: 'history'; readonly step: number; readonly createdBy: string }
  | { readonly in: 'config'; readonly field: string }
  | { readonly in: 'container'; readonly id: string; readonly field: string }

/** Replace the text of a span. A path that does not exist yet: the span 0–0 creates the file. */
export type Edit = { readonly path: string; readonly span: Span; readonly text: string }

/** `safe` keeps behaviour; `unsafe` may change it and its title says how; `manual` is advice and has no edits. */
export type Safety = 'safe' | 'unsafe' | 'manual'

export const safeties: readonly Safety[] = ['safe', 'unsafe', 'manual']

/** `title` is an imperative sentence without a full stop: "Add --no-cache". All edits are applied, or none. */
export type Fix = { readonly title: string; readonly safety: Safety; readonly edits: readonly Edit[] }

export type Suppression = {
  readonly by: 'comment' | 'config' | 'vex' | 'baseline'
  readonly reason: string
  /** The last day (ISO 8601 date) on which it holds. */
  readonly until?: string
  /** Who answers for it: only waivers name one. */
  readonly owner?: string
}

export type Finding = {
  /** The rule's id: its path below `judge/rules/`, such as `dockerfile/user-missing`. */
  readonly rule: string
  /** Stable across runs, and across edits elsewhere in the file. */
  readonly key: string
  readonly severity: Severity
  /** One sentence, no full stop, naming what is wrong here. */
  readonly message: string
  /** The first is the place to show; the others belong to the evidence. */
  readonly at: readonly [Location, ...Location[]]
  /** Of a rule on containers: the name of the first one in which it was found. */
  readonly container?: string
  /** There are more places than these. */
  readonly isCut?: true
  /** Why this finding weighs less (or more) than the rule's own severity. */
  readonly note?: string
  readonly fix?: Fix
  /** Spans of the first place whose characters are secret: no output ever shows them. */
  readonly redact?: readonly Span[]
  readonly suppressed?: Suppression
}

/** What could not be checked. `failed` sets exit code 2, `uncovered` only under `--strict`. */
export type Problem = {
  readonly kind: 'failed' | 'uncovered'
  /** Stable, kebab-case: `file-unreadable`. */
  readonly code: string
  readonly message: string
  readonly at?: Location
  readonly cause?: unknown
}

export type Result = { readonly findings: readonly Finding[]; readonly problems: readonly Problem[] }

/** Wrong usage: printed as one line, and `hint` says how to go on. Exit code 2. */
export class UsageError extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string) {
    super(message)
    this.name = 'UsageError'
    this.hint = hint
  }
}
