/**
 * Who silenced which finding, and why. Nothing is deleted: a suppressed finding carries its suppression.
 *
 * Comments of other tools are honoured as they are: hadolint (https://github.com/hadolint/hadolint#inline-ignores), BuildKit
 * (https://docs.docker.com/reference/dockerfile/#check), Trivy (https://trivy.dev/docs/latest/configuration/filtering/), Checkov
 * (https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html), KICS (https://docs.kics.io/latest/running-kics/).
 */
import type { Finding, Problem, Suppression } from '../model/finding.ts'
import type { Dockerfile } from '../read/dockerfile/graph.ts'
import type { Comment, Instruction } from '../read/dockerfile/syntax.ts'

export type IgnoreRequest = {
  /** Other tools' ids or ours, as written; `all` means every rule. */
  readonly ids: readonly string[] | 'all'
  readonly reason: string
  readonly until: string | undefined
  /** `instruction`: the one below the comment (or around it); `file`: everywhere in the file. */
  readonly scope: 'instruction' | 'file'
  /** True for our own comments: an id that nobody knows is then a mistake to tell. */
  readonly own: boolean
  readonly comment: Comment | undefined
}

/** What one comment asks for. */
export const readIgnore = (comment: Comment): IgnoreRequest | undefined => {
  const { text } = comment
  const request = (
    ids: readonly string[] | 'all',
    scope: IgnoreRequest['scope'],
    rest: string,
    more: Partial<IgnoreRequest> = {},
  ): IgnoreRequest => ({
    ids,
    scope,
    reason: rest.replace(/^[\s:;,–—-]+/, '').trim() || `# ${text}`,
    until: undefined,
    own: false,
    comment,
    ...more,
  })
  let match = /^hadolint\s+(global\s+)?ignore\s*=\s*((?:DL|SC)\d{4}(?:\s*,\s*(?:DL|SC)\d{4})*)(.*)$/i.exec(text)
  if (match) return request(list(match[2]!), match[1] ? 'file' : 'instruction', match[3]!)
  match = /^check\s*=\s*(.*)$/i.exec(text)
  if (match) return readCheck(match[1]!, 'instruction', comment)
  if (/trivy:ignore:/i.test(text)) {
    const parts = [...text.matchAll(/trivy:ignore:([A-Za-z]+-?[A-Za-z]*-?\d+|\*)((?::[a-z]+:[^\s:]+)*)/gi)]
    const until = parts.map(part => /:exp:(\d{4}-\d{2}-\d{2})/.exec(part[2]!)?.[1]).find(date => date !== undefined)
    if (parts.length > 0)
      return request(parts.some(part => part[1] === '*') ? 'all' : parts.map(part => part[1]!), 'instruction', '', { until })
  }
  match = /^checkov:skip=([A-Z0-9_]+):?(.*)$/i.exec(text)
  if (match) return request([match[1]!], 'file', match[2]!)
  match = /^kics-scan\s+(ignore-line|ignore-block|ignore)\s*$/i.exec(text)
  if (match) return request('all', match[1]!.toLowerCase() === 'ignore' ? 'file' : 'instruction', '')
  match = /^bulkhead\s+ignore(-file)?\s*=\s*([\w./-]+(?:\s*,\s*[\w./-]+)*)(.*)$/i.exec(text)
  if (match) {
    const until = /\buntil=(\d{4}-\d{2}-\d{2})\b/.exec(match[3]!)?.[1]
    const ids = list(match[2]!)
    return request(ids.includes('all') ? 'all' : ids, match[1] ? 'file' : 'instruction', match[3]!.replace(/\buntil=\S+/, ''), {
      until,
      own: true,
    })
  }
  return undefined
}

/** `skip=A,B;error=true`, of the directive or of a comment above an instruction. */
const readCheck = (value: string, scope: IgnoreRequest['scope'], comment: Comment | undefined): IgnoreRequest | undefined => {
  const skip = value
    .split(';')
    .map(part => /^\s*skip\s*=\s*(.*)$/i.exec(part)?.[1])
    .find(part => part !== undefined)
  if (skip === undefined) return undefined
  const ids = list(skip)
  return {
    ids: ids.some(id => id.toLowerCase() === 'all') ? 'all' : ids,
    scope,
    reason: `# check=${value.trim()}`,
    until: undefined,
    own: false,
    comment,
  }
}

const list = (text: string): readonly string[] =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')

/** What a configuration asks for, already resolved to our rules. */
export type ConfiguredIgnore = {
  readonly rules: readonly string[]
  readonly reason: string
  readonly until: string | undefined
  matches(finding: Finding): boolean
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
}

/** Marks what is silenced. A request whose last day has passed silences nothing, and the finding says so. */
export const suppress = (
  dockerfile: Dockerfile,
  findings: readonly Finding[],
  how: Suppressions,
): { readonly findings: readonly Finding[]; readonly problems: readonly Problem[] } => {
  const problems: Problem[] = []
  const inFile: Resolved[] = []
  const byInstruction = new Map<Instruction, Resolved[]>()
  if (how.inline) collect(dockerfile, how, inFile, byInstruction, problems)
  const locate = instructionLocator(dockerfile)
  const marked = findings.map(finding => {
    const [at] = finding.at
    const instruction = at.in === 'file' && at.path === dockerfile.path ? locate(at.span.start) : undefined
    const requests = [...(instruction ? (byInstruction.get(instruction) ?? []) : []), ...inFile]
    let expired: string | undefined
    const pick = (by: Suppression['by'], reason: string, until: string | undefined): Finding | undefined => {
      if (until !== undefined && until < how.today) {
        expired = until
        return undefined
      }
      return { ...finding, suppressed: { by, reason, ...(until === undefined ? {} : { until }) } }
    }
    for (const request of requests) {
      if (request.rules !== 'all' && !request.rules.has(finding.rule)) continue
      const result = pick('comment', request.reason, request.until)
      if (result) return result
    }
    for (const request of how.configured) {
      if (!request.rules.includes(finding.rule) || !request.matches(finding)) continue
      const result = pick('config', request.reason, request.until)
      if (result) return result
    }
    if (how.baseline.has(finding.key))
      return { ...finding, suppressed: { by: 'baseline' as const, reason: 'known when the baseline was written' } }
    if (expired === undefined) return finding
    const note = `it was ignored until ${expired}`
    return { ...finding, note: finding.note === undefined ? note : `${finding.note}; ${note}` }
  })
  return { findings: marked, problems }
}

type Resolved = { readonly rules: ReadonlySet<string> | 'all'; readonly reason: string; readonly until: string | undefined }

const collect = (
  dockerfile: Dockerfile,
  how: Suppressions,
  inFile: Resolved[],
  byInstruction: Map<Instruction, Resolved[]>,
  problems: Problem[],
): void => {
  const resolve = (request: IgnoreRequest): Resolved => {
    if (request.ids === 'all') return { rules: 'all', reason: request.reason, until: request.until }
    const rules = new Set<string>()
    for (const id of request.ids) {
      const meant = how.resolve(id)
      for (const rule of meant) rules.add(rule)
      if (meant.length > 0 || !request.own || !request.comment) continue
      const near = how.nearest(id)
      problems.push({
        kind: 'uncovered',
        code: 'ignore-unknown-rule',
        message: `the comment ignores \`${id}\`, which is no rule${near === undefined ? '' : `; did you mean \`${near}\`?`}`,
        at: { in: 'file', path: dockerfile.path, span: request.comment.textSpan },
      })
    }
    return { rules, reason: request.reason, until: request.until }
  }
  for (const directive of dockerfile.tree.directives) {
    const request = directive.name === 'check' ? readCheck(directive.value, 'file', undefined) : undefined
    if (request) inFile.push(resolve(request))
  }
  const place = (comment: Comment, instruction: Instruction | undefined): void => {
    const request = readIgnore(comment)
    if (!request) return
    if (request.scope === 'file') inFile.push(resolve(request))
    else if (instruction) {
      const requests = byInstruction.get(instruction)
      if (requests) requests.push(resolve(request))
      else byInstruction.set(instruction, [resolve(request)])
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
}

/** The instruction that holds an offset. */
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
    return found && (offset < found.span.end || found.span.start === offset) ? found : undefined
  }
}
