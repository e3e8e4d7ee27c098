import type { ContainerBreakouts } from './breakout.ts'
import type { Finding, Problem } from './finding.ts'
import type { Recreation } from './recreation.ts'
import type { Example, Rule } from './rule.ts'
import type { LineStarts, Span } from './text.ts'

/** What is read of a rule outside of its check. Checks of other programs (`shell/SC2086`) have no examples. */
export type RuleInfo = { readonly id: string; readonly examples: readonly Example[] } & Omit<
  Rule,
  'check' | 'options' | 'examples'
>

export type SourceFile = {
  readonly path: string
  readonly text: string
  readonly lines: LineStarts
  /** Spans whose characters are secret: no output ever shows them. */
  readonly redact: readonly Span[]
  /** What stands there, the longest first: hidden in texts and diffs, too. */
  readonly secrets: readonly string[]
}

export type EngineJudged = {
  /** The name of its host. */
  readonly name: string
  readonly containers: number
  readonly judgesDaemon: boolean
  readonly judgesHost: boolean
}

export type SaferCommand = {
  /** Undefined when nothing of the line can be changed without a person. */
  readonly command: string | undefined
  /** What was done, and what of it must be verified. */
  readonly changes: readonly string[]
  /** Secrets stood in it and do not any more. */
  readonly isHidden: boolean
}

/** One run, ready to be shown. Formats in `show/` are functions from this to text. */
export type CheckReport = {
  readonly version: string
  /** The files that were judged, by path. Findings and problems name paths of this map (or paths that could not be read). */
  readonly files: ReadonlyMap<string, SourceFile>
  readonly findings: readonly Finding[]
  readonly problems: readonly Problem[]
  /** All rules that ran, by id; also those whose findings come from elsewhere (`shell/SC2086`). */
  readonly rules: ReadonlyMap<string, RuleInfo>
  /** Of every container: the ways out of it. Undefined where none were looked for. */
  readonly breakouts?: readonly ContainerBreakouts[]
  /** Of an engine: what was judged there. */
  readonly engine?: EngineJudged
  /** Of containers that are there: the commands that make them again with what the findings wish for. */
  readonly recreations?: readonly Recreation[]
  /** Of a command line: what its fixes make of it. */
  readonly safer?: SaferCommand
  /** Fixes that were applied in this run (with --fix), by path. */
  readonly applied: readonly { readonly path: string; readonly rule: string; readonly title: string }[]
}
