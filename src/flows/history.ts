/** `bulkhead history`: how an image came to be, step by step, what leaks at each, and what the finished image has that it should not. */
import type { ImageFacts } from '../judge/image-rule.ts'
import { judgeImage } from '../judge/judge-image.ts'
import { imageRules } from '../judge/rules/image-registry.ts'
import { cutOff, leaksOf } from '../judge/secrets/leaks.ts'
import { redactFindings, redactInventory } from '../judge/secrets/redact-image.ts'
import type { Result } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import type { HistoryReport } from '../model/leak.ts'

export type HistoryOptions = {
  readonly version: string
  /** Secrets are shown. */
  readonly reveal: boolean
  /** What the user called the image. */
  readonly asked: string
  /** ISO 8601 date. */
  readonly today: string
  /** Of rules, by id. */
  readonly ruleOptions?: Readonly<Record<string, unknown>>
}

/** The inventory must have been taken with the catalogers of secrets and of the census. */
export const readHistory = async (inventory: Inventory, options: HistoryOptions): Promise<HistoryReport> => {
  const { reveal, version, ruleOptions } = options
  const facts = factsOf(inventory, options)
  const judged: Result = facts ? await judgeImage(facts, imageRules, ruleOptions) : { findings: [], problems: [] }
  const { findings } = judged
  const problems = [...judged.problems, ...cutOff(inventory)]
  const whole: Inventory = problems.length === 0 ? inventory : { ...inventory, problems: [...inventory.problems, ...problems] }
  return {
    version,
    inventory: reveal ? whole : redactInventory(whole),
    leaks: leaksOf(inventory, reveal),
    findings: reveal ? findings : redactFindings(findings, inventory),
    rules: new Map(Object.entries(imageRules).map(([id, rule]) => [id, { ...rule, id }])),
  }
}

const factsOf = (
  { name, image, packages, problems, census }: Inventory,
  { asked, today }: Pick<HistoryOptions, 'asked' | 'today'>,
): ImageFacts | undefined =>
  census && {
    name: asked.includes('@') ? asked : image?.refs.length ? name : undefined,
    platform: image?.platform,
    config: image?.config,
    packages,
    isWhole: !problems.some(({ kind, code }) => kind === 'failed' && unread.test(code)),
    census,
    today,
  }

/** Layers, folders, and files that catalogers wanted. */
const unread = /^(?:layer|folder|path|linked-file|package-file)-/
