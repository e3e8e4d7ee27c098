/** Who has said that a finding need not be shown: VEX documents, ignore files of other tools, an earlier report. */
import * as v from 'valibot'
import { ignoredBy } from '../judge/ignored.ts'
import { suppresses, vexFor } from '../judge/vex.ts'
import { type Problem, UsageError } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import type { VulnerabilityFinding } from '../model/vulnerability.ts'
import { type World, WorldError } from '../model/world.ts'
import { Unreadable } from '../read/cataloger.ts'
import { type IgnoreRule, readIgnoreFile } from '../read/ignore-files.ts'
import { readVex, type VexStatement } from '../read/vex/read-vex.ts'
import type { Silencer } from './scan.ts'

export type SilencerOptions = {
  readonly vex: readonly string[]
  readonly ignoreFiles: readonly string[]
  /** Whether the usual ignore files of the working folder count. */
  readonly usual: boolean
  /** A report of an earlier scan, in JSON. */
  readonly baseline?: string
  /** ISO date. */
  readonly today: string
}

const usualFiles = ['.trivyignore', '.trivyignore.yaml', '.trivyignore.yml', '.grype.yaml', '.grype.yml', '.grype/config.yaml']

/** Rejects with UsageError when a file that was named cannot be read. */
export const readSilencers = async (
  world: World,
  options: SilencerOptions,
): Promise<{
  readonly problems: readonly Problem[]
  for(inventory: Inventory): readonly Silencer[]
  /** What the VEX documents say of a finding, also where it silences nothing. */
  said(inventory: Inventory, finding: VulnerabilityFinding): VexStatement | undefined
}> => {
  const problems: Problem[] = []
  const statements: VexStatement[] = []
  for (const path of options.vex) {
    try {
      const read = readVex(await textOf(world, path), path)
      statements.push(...read.statements)
      problems.push(...read.problems)
    } catch (error) {
      throw error instanceof Unreadable
        ? new UsageError(`${path}: ${error.message}`, 'OpenVEX, CSAF and CycloneDX are read')
        : error
    }
  }
  const rules: IgnoreRule[] = []
  const usual = options.usual ? usualFiles.filter(path => world.files.inspect(path)?.type === 'file') : []
  for (const path of [...options.ignoreFiles, ...usual]) {
    try {
      const read = readIgnoreFile(path, await textOf(world, path))
      rules.push(...read.rules)
      problems.push(...read.problems)
    } catch (error) {
      throw error instanceof Unreadable ? new UsageError(`${path}: ${error.message}`) : error
    }
  }
  const known = options.baseline === undefined ? undefined : await readKeys(world, options.baseline)
  return {
    problems,
    for: inventory => [
      ...(statements.length === 0 ? [] : [byVex(statements, inventory)]),
      ...(rules.length === 0 ? [] : [byRules(rules, options.today)]),
      ...(known === undefined
        ? []
        : [
            ({ key }: { readonly key: string }) =>
              known.has(key) ? { by: 'baseline' as const, reason: 'known in the earlier report' } : undefined,
          ]),
    ],
    said: (inventory, finding) => statementOn(statements, inventory, finding),
  }
}

const textOf = async (world: World, path: string): Promise<string> => {
  try {
    return new TextDecoder().decode(await world.files.read(path))
  } catch (error) {
    throw error instanceof WorldError ? new UsageError(error.message) : error
  }
}

const namesOf = ({ vulnerability, match }: VulnerabilityFinding): readonly string[] => [
  ...new Set([vulnerability.id, ...vulnerability.aliases, match.id]),
]

const statementOn = (
  statements: readonly VexStatement[],
  { image, name }: Inventory,
  finding: VulnerabilityFinding,
): VexStatement | undefined =>
  vexFor(statements, { vulnerabilities: namesOf(finding), package: finding.match.package, image, name })

const byVex =
  (statements: readonly VexStatement[], inventory: Inventory): Silencer =>
  finding => {
    const statement = statementOn(statements, inventory, finding)
    if (!statement || !suppresses(statement)) return undefined
    const words = [statement.status.replaceAll('_', ' '), statement.justification, statement.statement].filter(part => part)
    return { by: 'vex', reason: `${words.join(': ')}${statement.author ? ` (${statement.author})` : ''}` }
  }

const byRules =
  (rules: readonly IgnoreRule[], today: string): Silencer =>
  finding => {
    const found = ignoredBy(
      rules,
      {
        vulnerabilities: namesOf(finding),
        package: finding.match.package,
        fixedIn: finding.match.fixedIn,
        status: finding.match.status,
      },
      today,
    )
    if (!found) return undefined
    if ('expired' in found) return { expired: found.expired.until ?? '' }
    const { reason, until, from } = found.rule
    return { by: 'config', reason: reason || `ignored in ${from}`, ...(until === undefined ? {} : { until }) }
  }

const reportSchema = v.looseObject({ findings: v.array(v.looseObject({ key: v.string() })) })

const readKeys = async (world: World, path: string): Promise<ReadonlySet<string>> => {
  let value: unknown
  try {
    value = JSON.parse(await textOf(world, path))
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new UsageError(`${path} is no JSON`, 'bulkhead scan IMAGE -f json -o FILE writes such a report')
    throw error
  }
  const parsed = v.safeParse(reportSchema, value)
  if (!parsed.success) throw new UsageError(`${path} is no report of a scan`, 'bulkhead scan IMAGE -f json -o FILE writes one')
  return new Set(parsed.output.findings.map(({ key }) => key))
}
