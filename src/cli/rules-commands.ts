/** `bulkhead explain` and `bulkhead rules`. */
import { configurableRules } from '../flows/configurable-rules.ts'
import { ruleNames } from '../flows/known-rules.ts'
import { ruleInfo } from '../flows/shellcheck.ts'
import { containerRules } from '../judge/rules/container-registry.ts'
import { daemonRules } from '../judge/rules/daemon-registry.ts'
import { hostRules } from '../judge/rules/host-registry.ts'
import { imageRules } from '../judge/rules/image-registry.ts'
import { manifestRules } from '../judge/rules/manifest-registry.ts'
import { rules as dockerfileRules } from '../judge/rules/registry.ts'
import { leakRules } from '../judge/secrets/leaks.ts'
import { UsageError } from '../model/finding.ts'
import type { RuleInfo } from '../model/report.ts'
import { rulesJson, rulesTable, ruleText, secretText } from '../show/rule-docs.ts'
import { print, terminalWidth, wantsColour } from './terminal.ts'

const rules: Readonly<Record<string, Omit<RuleInfo, 'id'>>> = {
  ...dockerfileRules,
  ...imageRules,
  ...containerRules,
  ...daemonRules,
  ...hostRules,
  ...manifestRules,
}

const infos = (): readonly RuleInfo[] => Object.entries(rules).map(([id, rule]) => ({ ...rule, id }))

const view = (color: 'auto' | 'always' | 'never'): { colour: boolean; width?: number } => {
  const width = terminalWidth()
  return { colour: wantsColour(color), ...(width === undefined ? {} : { width }) }
}

/** Prints the page of every rule, and kind of secret, that the id means. Throws UsageError for an unknown one. */
export const runExplain = async (id: string, color: 'auto' | 'always' | 'never'): Promise<number> => {
  const names = ruleNames(configurableRules)
  const meant = names.resolve(id)
  if (meant.length === 0) {
    const near = names.nearest(id)
    throw new UsageError(
      `unknown rule \`${id}\``,
      near === undefined ? 'bulkhead rules lists all of them' : `did you mean ${near}?`,
    )
  }
  const pages = meant.map(one => {
    const secret = leakRules[one]
    if (secret) return secretText(one, secret, view(color))
    return ruleText(rules[one] ? { ...rules[one], id: one } : ruleInfo(one, 'info'), view(color))
  })
  await print(pages.join(`\n${'─'.repeat(60)}\n\n`))
  return 0
}

export const runRules = async (format: 'table' | 'json', color: 'auto' | 'always' | 'never'): Promise<number> => {
  await print(format === 'json' ? rulesJson(infos()) : rulesTable(infos(), view(color)))
  return 0
}
