/** Settings that people already have for other tools. What we cannot follow is a Problem, not silence. */
import { parseDocument } from 'yaml'
import { type Problem, UsageError } from '../model/finding.ts'
import { lineStarts, positionAt } from '../model/text.ts'
import type { Configuration, IgnoreEntry, RuleSetting } from './configuration.ts'
import type { RuleNames } from './known-rules.ts'

const severities: Readonly<Record<string, RuleSetting>> = {
  error: 'high',
  warning: 'medium',
  info: 'low',
  style: 'info',
  ignore: 'off',
}
const thresholds: Readonly<Record<string, Configuration['failOn']>> = {
  error: 'high',
  warning: 'medium',
  info: 'low',
  style: 'info',
  ignore: 'none',
  none: 'none',
}

/**
 * .hadolint.yaml: `ignored`, `override`, `trustedRegistries`, `failure-threshold`, `no-fail`. https://github.com/hadolint/hadolint#configure
 * Throws UsageError with the position when it is not YAML.
 */
export const fromHadolint = async (path: string, text: string, names: RuleNames, problems: Problem[]): Promise<Configuration> => {
  const document = parseDocument(text, { prettyErrors: false })
  const [error] = document.errors
  if (error) {
    const { line, column } = positionAt(lineStarts(text), error.pos[0])
    throw new UsageError(`${path}:${line}:${column}: ${error.message}`)
  }
  const value = (document.toJS({ maxAliasCount: 100 }) ?? {}) as Record<string, unknown>
  const rules: Record<string, RuleSetting> = {}
  const ignore: IgnoreEntry[] = []
  const strings = (list: unknown): readonly string[] => (Array.isArray(list) ? list.filter(item => typeof item === 'string') : [])
  const override = (value.override ?? {}) as Record<string, unknown>
  for (const [level, ids] of Object.entries(override)) {
    const setting = severities[level]
    if (setting === undefined) continue
    for (const id of strings(ids)) for (const rule of names.resolve(id)) rules[rule] = setting
  }
  for (const id of strings(value.ignored)) {
    if (names.resolve(id).length === 0) {
      problems.push({
        kind: 'uncovered',
        code: 'ignore-unknown-rule',
        message: `${path} ignores ${id}, which no rule here replaces`,
      })
    } else ignore.push({ rule: id, reason: `ignored in ${path}` })
  }
  const registries = strings(value.trustedRegistries)
  const threshold = thresholds[String(value['failure-threshold'])]
  return {
    rules,
    ignore,
    ...(registries.length > 0 ? { registries: { allowed: [...registries] } } : {}),
    ...(value['no-fail'] === true ? { failOn: 'none' as const } : threshold === undefined ? {} : { failOn: threshold }),
  }
}

/** .trivyignore: an id a line, `exp:DATE` after it; ids of vulnerabilities and of other kinds of files do not concern Dockerfiles. */
export const fromTrivy = (path: string, text: string, names: RuleNames): IgnoreEntry[] => {
  const entries: IgnoreEntry[] = []
  let reason = ''
  for (const line of text.split(/\r?\n/)) {
    const comment = /^\s*#\s*(.*)$/.exec(line)
    if (comment) {
      reason = comment[1]!
      continue
    }
    const match = /^\s*([\w-]+)(?:\s+exp:(\d{4}-\d{2}-\d{2}))?/.exec(line)
    if (match && names.resolve(match[1]!).length > 0) {
      entries.push({
        rule: match[1]!,
        reason: reason || `ignored in ${path}`,
        ...(match[2] === undefined ? {} : { until: match[2] }),
      })
    }
    reason = ''
  }
  return entries
}
