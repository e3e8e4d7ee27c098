/**
 * A document in OpenVEX 0.2.0 that asks: one statement for each vulnerability about which nobody has decided yet. A person sets the status and says why, and
 * hands it back by `--vex`. https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md
 */
import { toDecide, unsigned } from '../model/vex-notes.ts'
import { counts, type ScanReport, type VulnerabilityFinding } from '../model/vulnerability.ts'
import { jsonText } from './json-text.ts'
import { subjectPurl, subjectTime, uuidOf } from './sbom-facts.ts'
import { remedyText, webUrl } from './scan-facts.ts'

export type OpenVexOptions = {
  /** Also what maintainers have left aside. */
  readonly all?: boolean
  /** Somebody has decided already, without silencing it. */
  readonly isDecided?: (finding: VulnerabilityFinding) => boolean
}

/**
 * The same image and the same advisories give the same bytes. What is silenced is decided, and left out. Undefined: there is nothing to decide, and OpenVEX has
 * no document without a statement. Ends with LF.
 */
export const showOpenVex = (
  report: ScanReport,
  { all = false, isDecided = () => false }: OpenVexOptions = {},
): string | undefined => {
  const open = report.findings.filter(one => (all ? one.suppressed === undefined : counts(one)) && !isDecided(one))
  if (open.length === 0) return undefined
  const image = imageOf(report)
  const owners = new Map<string, Set<string>>()
  for (const { id, aliases } of new Set(report.findings.map(one => one.vulnerability)))
    for (const name of [id, ...aliases]) owners.set(name, (owners.get(name) ?? new Set()).add(id))
  const statements = [...Map.groupBy(open, one => one.vulnerability.id).values()].map(group =>
    statementOf(group, image, alias => isOfOne(alias) && owners.get(alias)?.size === 1),
  )
  return jsonText({
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': `urn:uuid:${uuidOf(jsonText(statements))}`,
    author: unsigned,
    timestamp: timeOf(report),
    version: 1,
    tooling: `Bulkhead ${report.version}`,
    statements,
  })
}

/** Of what the statements follow from: the image and the advisories, whichever is the newer. RFC 3339 in whole seconds. */
const timeOf = ({ inventory, database }: ScanReport): string => {
  const times = [Date.parse(subjectTime(inventory)), Date.parse(database.built)].filter(time => !Number.isNaN(time))
  return new Date(Math.max(...times)).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** An image is known by its digest: a name that no registry would take (an archive's path may be one) does not stand in the way. */
const imageOf = ({ inventory }: ScanReport): string | undefined => {
  const own = subjectPurl(inventory)
  return own !== undefined && own.length > longestUrl ? subjectPurl({ ...inventory, name: 'image' }) : own
}

/** What readers take. */
const longestUrl = 4096

/** Without an image of which it could be said, it is said of the packages themselves. */
const statementOf = (
  group: readonly VulnerabilityFinding[],
  image: string | undefined,
  isName: (alias: string) => boolean,
): object => {
  const { id, aliases, url, summary } = group[0]!.vulnerability
  const link = webUrl(url)
  const names = [...new Set(aliases.filter(isName).map(text))].filter(name => name !== text(id))
  const packages = [...new Set(group.map(({ match }) => match.package.purl))].sort().map(one => ({ '@id': one }))
  return {
    vulnerability: {
      ...(link === undefined ? {} : { '@id': link }),
      name: text(id),
      ...(summary === '' ? {} : { description: text(summary) }),
      ...(names.length > 0 ? { aliases: names } : {}),
    },
    products: image === undefined ? packages : [{ '@id': image, subcomponents: packages }],
    status: 'under_investigation',
    status_notes: text(noteOf(group)),
  }
}

/**
 * Names of one vulnerability, and not of a notice: what is said of `DSA-5281-1` is said of all that it fixes. Prefixes of databases that give an id to each:
 * https://ossf.github.io/osv-schema/#id-modified-fields
 */
const isOfOne = (name: string): boolean =>
  /^(?:CVE|GHSA|GO|PYSEC|RUSTSEC|MAL|OSV|BIT|CURL|EEF|HSEC|JLSEC|OSEC|PSF|RSEC|DRUPAL|(?:ALPINE|DEBIAN|UBUNTU)-CVE)-/.test(name)

const noteOf = (group: readonly VulnerabilityFinding[]): string => {
  const severities = [...new Set(group.map(({ severity }) => severity))].join(' or ')
  const exploited = group[0]!.vulnerability.kev === undefined ? '' : ', exploited in the wild'
  const remedies = [...new Set(group.map(remedyText))]
  const more = remedies.length > mostRemedies ? [`${remedies.length - mostRemedies} more of this kind`] : []
  return `${toDecide} ${severities}${exploited}. ${[...remedies.slice(0, mostRemedies), ...more].join('. ')}. ${ways}`
}

const mostRemedies = 5

/** The schema demands what stands in brackets. */
const ways =
  'Set status to not_affected (with justification: component_not_present, vulnerable_code_not_present, vulnerable_code_not_in_execute_path, ' +
  'vulnerable_code_cannot_be_controlled_by_adversary or inline_mitigations_already_exist; or with an impact_statement), to affected (with an action_statement) ' +
  'or to fixed, and put what you know in place of this note or take it out'

const text = (value: string): string => value.toWellFormed()
