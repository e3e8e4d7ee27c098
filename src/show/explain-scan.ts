/** Why a vulnerability is reported in an image, or why it is not: everything that is needed to check it by hand. */
import type { VersionRange } from '../model/advisory.ts'
import { parsePurl } from '../model/purl.ts'
import type { ExplainedOpinion, ExplainedPackage, Explanation, Vulnerability } from '../model/vulnerability.ts'
import { forTerminal } from './escape.ts'
import { epssText, linksOf, listText, pathOf, placeOf, plural } from './scan-facts.ts'
import { suppressionText } from './scan-text.ts'
import { cutText, type Style, styleFor, wrapText } from './style.ts'

export type ExplainScanOptions = { readonly colour: boolean; readonly width?: number }

const maxPackages = 12
const maxOpinions = 6
const maxNamed = 30
const maxDetails = 1500

/** Ends with LF. */
export const showExplanation = (explanation: Explanation, options: ExplainScanOptions): string => {
  const style = styleFor(options.colour)
  const width = Math.max(60, Math.min(120, options.width ?? 100))
  const { vulnerability, packages, problems } = explanation
  const parts = [
    vulnerability
      ? about(vulnerability, explanation.id, style, width)
      : packages.length === 0 && explanation.named.length === 0
        ? `${style.bold(forTerminal(explanation.id))} ${style.yellow('is unknown: no advisory at hand speaks of it')}\n`
        : `${style.bold(forTerminal(explanation.id))}\n${wrapText('No advisory at hand says what it is.', width)}\n`,
    `${style.bold('In this image')}\n`,
    ...(packages.length === 0 ? [absent(explanation, style, width)] : decisions(explanation, style, width)),
    problems.length === 0
      ? ''
      : `${style.bold('What nobody looked at could have it all the same')}\n${problems
          .slice(0, 20)
          .map(({ kind, code, message }) => {
            const label = `${kind === 'failed' ? 'not checked' : 'not covered'}[${code}]`
            return `${wrapText(`  ${label} ${forTerminal(message)}`, width, '    ').replace(/^ {4} */, '  ')}\n`
          })
          .join('')}`,
  ]
  return parts.filter(part => part !== '').join('\n')
}

/** A label in front, and the text beside it. */
const field = (label: string, text: string, width: number, style: Style, indent = ''): string => {
  const left = indent.length + 11
  return `${indent}${style.dim(label.padEnd(11))}${wrapText(text, width, ' '.repeat(left)).trimStart()}`
}

const about = (vulnerability: Vulnerability, asked: string, style: Style, width: number): string => {
  const { id, aliases, summary, details, cvss, epss, kev, cwes, published, isMalware } = vulnerability
  const others = [...new Set([...aliases, asked])].filter(one => one.toUpperCase() !== id.toUpperCase() && one !== '')
  const title = `${style.bold(forTerminal(id))}${isMalware ? `  ${style.bold(style.red('MALWARE'))}` : ''}`
  const lines = [title]
  if (summary !== '') lines.push(wrapText(forTerminal(summary.replace(/\s+/g, ' ').trim()), width))
  const text = details.length > maxDetails ? `${details.slice(0, maxDetails).toWellFormed()}…` : details
  if (text.trim() !== '' && text.trim() !== summary.trim())
    lines.push('', ...text.split(/\r?\n/).map(line => wrapText(forTerminal(line), width, '  ').trimEnd()))
  lines.push('')
  const add = (label: string, value: string): void => {
    lines.push(field(label, value, width, style))
  }
  if (others.length > 0) add('Also', forTerminal(others.join(', ')))
  if (published !== '') add('Published', forTerminal(published.slice(0, 10)))
  if (cvss) add('CVSS', `${style.bold(cvss.score.toFixed(1))}  ${forTerminal(`${cvss.vector} (${cvss.source})`)}`)
  if (epss) {
    const share = Math.min(99.9, Math.floor(epss.percentile * 1000) / 10)
    const words = `probability of exploitation within 30 days, more than ${share} % of all vulnerabilities have`
    add('EPSS', `${epssText(vulnerability)} ${words}`)
  }
  if (kev) {
    const due = kev.due === undefined ? '' : `; agencies of the USA had to fix it until ${kev.due}`
    add(
      'KEV',
      style.red(
        forTerminal(`exploited in the wild, known since ${kev.added}${kev.isRansomware ? ', by ransomware too' : ''}${due}`),
      ),
    )
  }
  if (cwes.length > 0) add('Weakness', forTerminal(cwes.join(', ')))
  for (const [i, link] of linksOf(vulnerability).slice(0, 10).entries())
    lines.push(field(i === 0 ? 'Read' : '', link, width, style))
  return `${lines.join('\n')}\n`
}

/** No package was decided about. */
const absent = ({ id, named }: Explanation, style: Style, width: number): string => {
  if (named.length === 0)
    return `${wrapText(
      `Whether it has ${forTerminal(id)} nobody can tell: the id may be misspelt, or too new for the data; ` +
        'bulkhead db update brings newer ones.',
      width,
      '  ',
    )}\n`
  const byEcosystem = Map.groupBy(named, ({ ecosystem }) => ecosystem)
  const lines = [wrapText(style.green('It has none of the packages that the advisories name:'), width, '  ')]
  let left = maxNamed
  for (const [ecosystem, some] of byEcosystem) {
    if (left <= 0) break
    const names = [...new Set(some.map(({ name }) => forTerminal(name)))]
    const kept = names.slice(0, Math.min(left, 12))
    left -= kept.length
    const rest = names.length - kept.length
    const text = `${kept.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
    lines.push(`    ${style.cyan(cutText(forTerminal(ecosystem), 40))}  ${wrapText(text, width, '      ').trimStart()}`)
  }
  const advisories = [...new Set(named.map(({ feed, id: record, url }) => forTerminal(`${record} (${feed}) ${url}`)))]
  lines.push('', ...advisories.slice(0, 10).map((text, i) => field(i === 0 ? 'Advisories' : '', text, width, style, '  ')))
  if (advisories.length > 10) lines.push(field('', `and ${advisories.length - 10} more`, width, style, '  '))
  return `${lines.join('\n')}\n`
}

/** Packages about which the same was said for the same reasons stand together. */
const decisions = (explanation: Explanation, style: Style, width: number): readonly string[] => {
  // Of an advisory about several vulnerabilities it is asked what it says, and not what others say of each of them.
  const isNotice = new Set(explanation.packages.map(({ vulnerability }) => vulnerability)).size > 1
  const asked = ({ opinions }: ExplainedPackage): readonly ExplainedOpinion[] => {
    const own = isNotice ? opinions.filter(({ id }) => id === explanation.id) : []
    return own.length > 0 ? own : opinions
  }
  const packages = explanation.packages.map(one => ({ ...one, opinions: asked(one) }))
  const groups = Map.groupBy(packages, one =>
    JSON.stringify([one.outcome, one.owner ?? '', one.opinions, one.suppressed ?? null]),
  )
  const shown = [...groups.values()]
  const blocks = shown.slice(0, maxPackages).map(group => decision(explanation, group, isNotice, style, width))
  if (shown.length > maxPackages) {
    const rest = [...new Set(shown.slice(maxPackages).flatMap(some => some.map(({ package: one }) => one.purl)))]
    blocks.push(`${style.dim(`  and ${plural(rest.length, 'more package')}`)}\n`)
  }
  return blocks
}

const decision = (
  { inventory = { image: undefined, layers: [] } }: Explanation,
  group: readonly ExplainedPackage[],
  isNotice: boolean,
  style: Style,
  width: number,
): string => {
  const [first] = group
  const { opinions } = first!
  const names = [...new Set(group.map(({ package: one }) => style.bold(forTerminal(`${one.name} ${one.version}`.trim()))))]
  const ids = [...new Set(group.map(({ vulnerability }) => forTerminal(vulnerability)))]
  const some = ids.length > 12 ? [...ids.slice(0, 12), `${ids.length - 12} more`] : ids
  const of = isNotice ? ` (${listText(some)})` : ''
  const lines = [wrapText(`${listText(names)}${of}: ${outcomeText(first!, style)}`, width, '  ')]
  if (first!.suppressed) lines.push(wrapText(suppressionText(first!.suppressed), width, '    '))
  const proofs = group.map(({ package: one }) => {
    const place = placeOf(one, inventory)
    const path = forTerminal(pathOf(one.at[0]))
    if (!place) return path
    const number = place.number === undefined ? forTerminal(place.layer) : `layer ${place.number}`
    const step = place.step === undefined ? '' : `, step ${place.step} of the history`
    return `${path} in ${number}${place.instruction === '' ? step : `: ${cutText(forTerminal(place.instruction), 120)}`}`
  })
  for (const [i, proof] of [...new Set(proofs)].slice(0, 5).entries())
    lines.push(field(i === 0 ? 'Found by' : '', proof, width, style, '    '))
  const others = [...new Set(group.flatMap(({ package: one }) => one.at.slice(1).map(at => forTerminal(pathOf(at)))))].filter(
    path => path !== '',
  )
  if (others.length > 0)
    lines.push(
      field(
        'Also',
        `${others.slice(0, 3).join(', ')}${others.length > 3 ? ` and ${others.length - 3} more` : ''}`,
        width,
        style,
        '    ',
      ),
    )
  for (const opinion of opinions.slice(0, maxOpinions)) lines.push(...opinionLines(opinion, style, width))
  if (opinions.length > maxOpinions) lines.push(style.dim(`    and ${opinions.length - maxOpinions} more advisories`))
  return `${lines.join('\n')}\n`
}

const outcomeText = ({ outcome, owner, opinions, package: one }: ExplainedPackage, style: Style): string => {
  switch (outcome) {
    case 'reported': {
      const fix = opinions.find(({ verdict, fixedIn }) => verdict === 'affected' && fixedIn !== undefined)?.fixedIn
      const isOpen = opinions.some(({ verdict, status }) => verdict === 'affected' && status === 'affected')
      if (!isOpen) return style.yellow('affected, and left aside by the maintainers')
      return `${style.red('affected')}${fix === undefined ? ', and there is no fix' : `; fixed in ${style.green(forTerminal(fix))}`}`
    }
    case 'suppressed':
      return style.yellow('affected, and suppressed')
    case 'fixed':
      return style.green('not reported: it has the fix')
    case 'not-affected':
      return style.green('not reported: it is not affected, say those who maintain it')
    case 'outside':
      return style.green('not reported: no advisory means this version')
    case 'unknown':
      return style.yellow('nobody can tell: its version cannot be compared')
    case 'silenced-by-owner':
      // What a distribution has packaged, by its name where it comes from.
      if (owner === one.purl) return style.green('not reported: its distribution has decided about it')
      return style.green(
        `not reported: it is a part of ${forTerminal(ownerText(owner))}, whose maintainers have decided about it`,
      )
  }
}

const ownerText = (owner: string | undefined): string => {
  const one = owner === undefined ? undefined : parsePurl(owner)
  return one ? `${one.name} ${one.version ?? ''}`.trim() : (owner ?? 'another package')
}

const opinionLines = (opinion: ExplainedOpinion, style: Style, width: number): readonly string[] => {
  const { feed, id, url, ecosystem, name, status, reason } = opinion
  const lines = [
    field(
      'Advisory',
      `${forTerminal(id)} of ${forTerminal(feed)}${url === '' ? '' : ` ${forTerminal(url)}`}`,
      width,
      style,
      '    ',
    ),
    field('', `knows it as ${forTerminal(name)} in ${forTerminal(ecosystem)}`, width, style, '    '),
  ]
  if (opinion.ranges.length > 0 || opinion.versions.length > 0)
    lines.push(field('Affected', forTerminal(rangesText(opinion)), width, style, '    '))
  lines.push(field('Therefore', forTerminal(verdictText(opinion)), width, style, '    '))
  if (status !== 'affected' || (reason !== undefined && reason !== ''))
    lines.push(
      field(
        'Status',
        forTerminal(`${status}${reason === undefined || reason === '' ? '' : `: ${reason}`}`),
        width,
        style,
        '    ',
      ),
    )
  return lines
}

/** `from 1.0 to before 1.2`. */
const rangeText = ({ introduced, fixed, lastAffected }: VersionRange): string => {
  const from = introduced === undefined || introduced === '0' ? '' : `from ${introduced}`
  const to = fixed !== undefined ? `before ${fixed}` : lastAffected !== undefined ? `up to ${lastAffected}` : ''
  if (from === '') return to === '' ? 'all versions' : to
  return to === '' ? `${from} on` : `${from} to ${to.replace(/^up to /, '')}`
}

const rangesText = ({ ranges, versions }: ExplainedOpinion): string => {
  const texts = [...ranges.map(rangeText), ...versions]
  return texts.length > 12 ? `${texts.slice(0, 10).join('; ')}; and ${texts.length - 10} more` : texts.join('; ')
}

const verdictText = ({ version, order, ranges, verdict, range }: ExplainedOpinion): string => {
  const by = `, in ${order}'s order`
  switch (verdict) {
    case 'affected': {
      if (!range) return `the advisory lists ${version} itself`
      const { introduced, fixed, lastAffected } = range
      const lower = introduced === undefined || introduced === '0' ? '' : `at or above ${introduced}`
      const upper =
        fixed !== undefined
          ? `below ${fixed}, which has the fix`
          : lastAffected !== undefined
            ? `at or below ${lastAffected}, the last one that has it`
            : ''
      if (lower === '' && upper === '') return 'all versions have it, and no fix is known'
      const where = [lower, upper].filter(part => part !== '').join(' and ')
      return `${version} is ${where}${by}${upper === '' ? ', and no fix is known' : ''}`
    }
    case 'fixed': {
      const ends = [...new Set(ranges.map(({ fixed, lastAffected }) => fixed ?? lastAffected).filter(end => end !== undefined))]
      const [only] = ends
      if (ends.length === 1)
        return ranges.some(({ fixed }) => fixed === only)
          ? `${version} is at or above ${only}, which has the fix${by}`
          : `${version} is above ${only}, the last one that has it${by}`
      return `${version} is above what is affected${by}`
    }
    case 'not-affected':
      return 'those who maintain it say that it is not affected'
    case 'unknown':
      return `${version} cannot be compared with these versions${by}`
    default:
      return ranges.length === 0 ? `${version} is none of these versions` : `${version} lies in none of these ranges${by}`
  }
}
