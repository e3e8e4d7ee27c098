import type { Wish } from './container.ts'
import type { Fix, Location, Safety, Severity } from './finding.ts'
import type { Span } from './text.ts'

/** What a rule judges. */
export type SubjectKind = 'dockerfile' | 'container' | 'manifests' | 'image' | 'daemon' | 'host'

/** `default` rules run without configuration; rules of `all` only with `--profile all` or when the configuration names them. */
export type Profile = 'default' | 'all'

/**
 * A sample pair: `bad` is reported, `good` is silent. When the rule has a safe or unsafe fix, applying it to `bad` gives
 * exactly `good`, unless `good` is reached by hand (`byHand: true`). `files` are the other files of the sample's build context
 * (path → content), `options` the options under which it is judged.
 */
export type Example = {
  readonly bad: string
  readonly good: string
  readonly byHand?: true
  readonly files?: Readonly<Record<string, string>>
  readonly options?: Readonly<Record<string, unknown>>
  /** The `registries.allowed` of the configuration. */
  readonly allowedRegistries?: readonly string[]
}

/** A schema that follows the Standard Schema specification (https://standardschema.dev), version 1; valibot's do. */
export type OptionsSchema<Options> = {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Options> | Promise<StandardResult<Options>>
    readonly types?: { readonly input: unknown; readonly output: Options } | undefined
  }
}
type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] }

/** What a rule says of one place. A bare Span is a place in the judged file itself. */
export type Report = {
  readonly at: Span | Location
  /** Other places that belong to the evidence. */
  readonly also?: readonly (Span | Location)[]
  /** There are more places than these. */
  readonly isCut?: boolean
  /** One sentence, no full stop. Quote the user's own words with `backticks`. */
  readonly message: string
  readonly fix?: Fix
  /** Spans whose characters are secret: no output ever shows them. */
  readonly redact?: readonly Span[]
  /** When this one case weighs differently from the rule's severity. */
  readonly severity?: Severity
  /** Instead of the rule's, for a rule on Dockerfiles. */
  readonly weighs?: 'everywhere'
  /** For a runtime rule: what would be right; `change/container/` turns it into edits of the form at hand, and puts them into `fix`. */
  readonly wishes?: readonly Wish[]
}

/**
 * One check: one plain object in one file, whose path below `judge/rules/` is its id. The id names the fault, so that "allow X" reads
 * well. Everything a person reads about a rule is derived from this object.
 */
export type Rule<Subject = never, Options = undefined, Facts = unknown> = {
  readonly on: SubjectKind
  readonly severity: Severity
  /** The version of Bulkhead that brought it. */
  readonly since: string
  readonly profile: Profile
  /** One sentence without a full stop: what is wrong. */
  readonly summary: string
  /** The attack or the failure that it opens, at most 400 characters, for a reader who has never met it. */
  readonly why: string
  readonly examples: readonly [Example, ...Example[]]
  /** Identifiers of other tools' checks that this one covers: their inline comments silence it, `explain` finds it by them. */
  readonly replaces?: readonly string[]
  readonly links?: readonly string[]
  readonly options?: OptionsSchema<Options>
  /** The strongest class of fix that it can offer. */
  readonly fixes?: Safety
  /**
   * For rules on Dockerfiles, which stages count in full: `image` (default): those whose file system ships (the last one and the
   * stages it is built FROM); `content`: also those from which files are copied into it; `everywhere`: all. Elsewhere a finding
   * weighs one step less, and says so.
   */
  readonly weighs?: 'image' | 'content' | 'everywhere'
  /**
   * For rules on containers: nearly everything lacks it, and no way out begins with it alone. People see these in one table, in a column of this name; machines see
   * findings like all others.
   */
  readonly hardening?: string
  /** For rules on Dockerfiles: where one of these tells of the same secret, this one says nothing. */
  readonly yieldsTo?: readonly string[]
  check(subject: Subject, options: Options, facts: Facts): Iterable<Report> | AsyncIterable<Report>
}
