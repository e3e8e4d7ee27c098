/** Names of rules: ours, and those of the tools whose checks ours replace. */
import type { Tool } from '../judge/ignore-comments.ts'
import { UsageError } from '../model/finding.ts'
import { nearest } from '../model/nearest.ts'
import type { Rule } from '../model/rule.ts'

/** The one way in which ids are compared: case and the separators of Trivy's older forms (DS002, AVD-KSV-0017) do not count. */
const canonical = (id: string): string => {
  const trivy = /^(?:avd-)?(ds|ksv)-?0*(\d+)$/i.exec(id)
  return trivy ? `${trivy[1]!.toLowerCase()}-${trivy[2]!.padStart(4, '0')}` : id.toLowerCase()
}

const isIdOf: Readonly<Record<Tool, RegExp>> = {
  buildkit: /^[A-Z][A-Za-z]+$/,
  trivy: /^(?:ds|ksv)-\d+$/i,
  kics: /^[a-z]+(?:_[a-z\d]+)+$/,
  semgrep: /^[a-z]+(?:-[a-z\d]+)+$/,
}

/** What the names in a configuration may be, and what they mean. */
export type KnownRules = {
  /** The rules that an id means: one of ours, with or without its folder, all of a folder (`secret/*`), or another tool's. Empty for an unknown one. */
  resolve(id: string): readonly string[]
  /** All names that somebody may have meant. */
  readonly names: readonly string[]
}

export type RuleNames = KnownRules & {
  nearest(id: string): string | undefined
  /** The rules that replace a check of the tool. */
  ofTool(tool: Tool): readonly string[]
}

export const ruleNames = (rules: Readonly<Record<string, Pick<Rule, 'replaces'>>>): RuleNames => {
  const meaning = new Map<string, string[]>()
  const names: string[] = []
  const add = (name: string, id: string): void => {
    const key = canonical(name)
    const ids = meaning.get(key)
    if (!ids) {
      meaning.set(key, [id])
      names.push(name)
    } else if (!ids.includes(id)) ids.push(id)
  }
  for (const id of Object.keys(rules)) {
    add(id, id)
    add(id.slice(id.indexOf('/') + 1), id)
  }
  for (const [id, rule] of Object.entries(rules)) for (const other of rule.replaces ?? []) add(other, id)
  return {
    names,
    resolve(id) {
      // ShellCheck's codes have no rule objects: `shell/SC2086`, and `SC2086` as hadolint writes it.
      const shell = /^(?:shell\/)?(SC\d{4})$/i.exec(id)
      if (shell) return [`shell/${shell[1]!.toUpperCase()}`]
      if (id.endsWith('/*')) return Object.keys(rules).filter(own => own.startsWith(id.slice(0, -1)))
      return meaning.get(canonical(id)) ?? []
    },
    nearest: id => nearest(id, names),
    ofTool: tool =>
      Object.entries(rules).flatMap(([id, { replaces }]) => (replaces?.some(other => isIdOf[tool].test(other)) ? [id] : [])),
  }
}

/** What `--only` names. Throws UsageError for what is no rule. */
export const onlyThese = (names: RuleNames, only: readonly string[]): ReadonlySet<string> =>
  new Set(
    only.flatMap(name => {
      const meant = names.resolve(name)
      if (meant.length > 0) return meant
      const near = names.nearest(name)
      throw new UsageError(
        `unknown rule \`${name}\``,
        near === undefined ? 'bulkhead rules lists all of them' : `did you mean ${near}?`,
      )
    }),
  )
