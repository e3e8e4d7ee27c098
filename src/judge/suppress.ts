/** Who silenced which finding, and why. Nothing is deleted: a suppressed finding carries its suppression. */
import type { Finding, Problem, Suppression } from '../model/finding.ts'
import type { Dockerfile } from '../read/dockerfile/graph.ts'
import type { Comment, Instruction } from '../read/dockerfile/syntax.ts'
import { isDate, type Request, readCheckDirective, readIgnores, type Tool } from './ignore-comments.ts'

/** What a configuration asks for, already resolved to our rules. */
export type ConfiguredIgnore = {
  readonly rules: readonly string[]
  readonly reason: string
  readonly until: string | undefined
  /** Of a waiver: who answers for it. */
  readonly owner?: string
  matches(finding: Pick<Finding, 'message' | 'container'>): boolean
}

export type Suppressions = {
  /** False: comments in the judged file count for nothing (`--no-inline-ignores`). */
  readonly inline: boolean
  readonly configured: readonly ConfiguredIgnore[]
  /** Keys of known findings. */
  readonly baseline: ReadonlySet<string>
  /** ISO date of the run. */
  readonly today: string
  /** The rules that an id means: ours or another tool's. */
  resolve(id: string): readonly string[]
  nearest(id: string): string | undefined
  /** The rules that replace any check of a tool. */
  ofTool(tool: Tool): readonly string[]
}

/**
 * Marks what is silenced: by a comment at its instruction, by one for the whole file, by the configuration, by the baseline; the first that
 * holds is named. One whose last day has passed silences nothing, and the finding says so. Our own comments with mistakes in them are Problems.
 */
export const suppress = (
  dockerfile: Dockerfile,
  findings: readonly Finding[],
  how: Suppressions,
): { readonly findings: readonly Finding[]; readonly problems: readonly Problem[] } => {
  const { inFile, byInstruction, problems } = how.inline ? collect(dockerfile, how) : nothing
  const locate = instructionLocator(dockerfile)
  const marked = findings.map(finding => {
    const [at] = finding.at
    const instruction = at.in === 'file' && at.path === dockerfile.path ? locate(at.span.start) : undefined
    return markFinding(finding, [...((instruction && byInstruction.get(instruction)) ?? []), ...inFile], how)
  })
  return { findings: marked, problems }
}

/** `inline`: the comments that speak of its place. */
export const markFinding = (finding: Finding, inline: readonly ResolvedRequest[], how: Suppressions): Finding => {
  const speaking = inline.filter(({ rules }) => rules === 'all' || rules.has(finding.rule))
  const configured = how.configured.filter(({ rules, matches }) => rules.includes(finding.rule) && matches(finding))
  const requests: readonly SuppressionRequest[] = [
    ...speaking.map(({ reason, until }) => ({ by: 'comment' as const, reason, until })),
    ...configured.map(({ reason, until, owner }) => ({ by: 'config' as const, reason, until, owner })),
    ...(how.baseline.has(finding.key)
      ? [{ by: 'baseline' as const, reason: 'known when the baseline was written', until: undefined }]
      : []),
  ]
  return silence(finding, requests, how.today)
}

export type SuppressionRequest = Pick<Suppression, 'by' | 'reason'> & {
  readonly until: string | undefined
  readonly owner?: string | undefined
}

/** Marked by the first request that still holds; where all have expired it says so. */
export const silence = <One extends { readonly note?: string; readonly suppressed?: Suppression }>(
  one: One,
  requests: readonly SuppressionRequest[],
  today: string,
): One => {
  let expired: string | undefined
  for (const { by, reason, until, owner } of requests) {
    if (until === undefined || until >= today)
      return {
        ...one,
        suppressed: { by, reason, ...(until === undefined ? {} : { until }), ...(owner === undefined ? {} : { owner }) },
      }
    expired = until
  }
  return expired === undefined ? one : noted(one, `it was ignored until ${expired}`)
}

/** With one more thing to say. */
export const noted = <One extends { readonly note?: string }>(one: One, note: string): One => ({
  ...one,
  note: one.note === undefined ? note : `${one.note}; ${note}`,
})

export type ResolvedRequest = {
  readonly rules: ReadonlySet<string> | 'all'
  readonly reason: string
  readonly until: string | undefined
}
type Collected = {
  readonly inFile: readonly ResolvedRequest[]
  readonly byInstruction: ReadonlyMap<Instruction, readonly ResolvedRequest[]>
  readonly problems: readonly Problem[]
}
const nothing: Collected = { inFile: [], byInstruction: new Map(), problems: [] }

/** The rules that a comment means. `complain`: mistakes in our own comments are told, those in other tools' are theirs. */
export const resolveRequest = (
  request: Request,
  how: Suppressions,
  complain: (code: string, message: string) => void,
): ResolvedRequest => {
  let { until } = request
  if (until !== undefined && !isDate(until)) {
    // A date that nobody can read has passed: a typing error must not silence something for ever.
    complain('ignore-date-invalid', `\`${until}\` is no date such as 2026-12-31, so this comment ignores nothing`)
    until = ''
  }
  const { what, reason } = request
  if (what === 'all') return { rules: 'all', reason, until }
  if ('tool' in what) return { rules: new Set(how.ofTool(what.tool)), reason, until }
  const rules = new Set<string>()
  for (const id of what.ids) {
    const meant = how.resolve(id)
    for (const rule of meant) rules.add(rule)
    if (meant.length > 0 || !request.own) continue
    const near = how.nearest(id)
    const guess = near === undefined ? '' : `; did you mean \`${near}\`?`
    complain('ignore-unknown-rule', `the comment ignores \`${id}\`, which is no rule${guess}`)
  }
  return { rules, reason, until }
}

const collect = (dockerfile: Dockerfile, how: Suppressions): Collected => {
  const inFile: ResolvedRequest[] = []
  const byInstruction = new Map<Instruction, ResolvedRequest[]>()
  const problems: Problem[] = []
  const complain = (code: string, message: string, comment: Comment): void => {
    problems.push({ kind: 'uncovered', code, message, at: { in: 'file', path: dockerfile.path, span: comment.textSpan } })
  }
  const resolve = (request: Request, comment: Comment | undefined): ResolvedRequest =>
    resolveRequest(request, how, (code, message) => comment && complain(code, message, comment))
  for (const { name, value } of dockerfile.tree.directives) {
    const request = name === 'check' ? readCheckDirective(value) : undefined
    if (request) inFile.push(resolve(request, undefined))
  }
  const place = (comment: Comment, instruction: Instruction | undefined): void => {
    const requests = readIgnores(comment.text)
    if (requests === 'unreadable') {
      complain('ignore-unreadable', 'this comment ignores nothing; the form is `# bulkhead ignore=RULE[,RULE] REASON`', comment)
      return
    }
    for (const request of requests) {
      if (request.scope === 'file') inFile.push(resolve(request, comment))
      else if (instruction) {
        const list = byInstruction.get(instruction)
        if (list) list.push(resolve(request, comment))
        else byInstruction.set(instruction, [resolve(request, comment)])
      } else if (request.own)
        complain('ignore-misplaced', 'this comment ignores nothing: no instruction stands directly below it', comment)
    }
  }
  const owned = new Set<Comment>()
  for (const instruction of dockerfile.tree.instructions) {
    for (const comment of [...instruction.comments, ...instruction.innerComments]) {
      owned.add(comment)
      place(comment, instruction)
    }
  }
  for (const comment of dockerfile.tree.comments) if (!owned.has(comment)) place(comment, undefined)
  return { inFile, byInstruction, problems }
}

/** The instruction that holds an offset; ONBUILD's and heredoc bodies belong to the one around them. */
const instructionLocator = (dockerfile: Dockerfile): ((offset: number) => Instruction | undefined) => {
  const { instructions } = dockerfile.tree
  return offset => {
    let low = 0
    let high = instructions.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (instructions[middle]!.span.start <= offset) low = middle + 1
      else high = middle
    }
    const found = instructions[low - 1]
    return found && offset <= found.span.end ? found : undefined
  }
}
