/** A scan as one page: what can be done, the layers as a picture, every vulnerability in a table that can be searched, and what nobody looked at. */
import { type Problem, type Severity, severities } from '../model/finding.ts'
import type { Owner, Remedy } from '../model/remedy.ts'
import { isFixable, type ScanReport, type VulnerabilityFinding } from '../model/vulnerability.ts'
import { forXml } from './escape.ts'
import { ownerNames, severityTag, showRemedies } from './html-advice.ts'
import { link, pagePieces, shown } from './html-page.ts'
import { type MapLayer, showLayerMap } from './html-treemap.ts'
import { instructionText, onOneLine } from './instruction-text.ts'
import { bytesText } from './inventory-text.ts'
import {
  epssText,
  feedsOf,
  feedText,
  type Group,
  groupsOf,
  linksOf,
  listText,
  noneJudged,
  pathOf,
  plural,
  type Row,
  stateText,
  type Tally,
  type Totals,
  tallyOf,
  totalsOf,
} from './scan-facts.ts'

export type ScanHtmlOptions = {
  readonly remedies: readonly Remedy[]
  readonly ownerOf: (finding: VulnerabilityFinding) => Owner
  /** How many findings the report is without, since only some were asked for. */
  readonly hidden?: number
  /** What stands above the advice: which base images there are. */
  readonly bases?: string
}

type Line = { readonly group: Group; readonly row: Row }

const maxProblems = 200

/** Ends with LF. */
export const showScanHtml = (report: ScanReport, options: ScanHtmlOptions): string =>
  [...scanHtmlPieces(report, options)].join('')

export const scanHtmlPieces = (report: ScanReport, options: ScanHtmlOptions): Iterable<string> => {
  const groups = groupsOf(report)
  const totals = totalsOf(report, groups)
  const lines = groups.flatMap(group => group.rows.map((row): Line => ({ group, row })))
  const isSuppressed = ({ row }: Line): boolean => row.standing === 'suppressed'
  const suppressed = lines.filter(isSuppressed)
  const listed = lines.filter(line => !isSuppressed(line))
  const hasLayers = report.inventory.layers.length > 0
  return pagePieces({
    title: `Bulkhead: ${report.inventory.name}`,
    sections: [
      ...(options.bases === undefined ? [] : [['bases', 'Base images'] as const]),
      ...(options.remedies.length > 0 ? [['advice', 'What to do'] as const] : []),
      ...(report.problems.length > 0 ? [['problems', 'Not looked at'] as const] : []),
      ...(hasLayers ? [['layers', 'Layers'] as const] : []),
      ['vulnerabilities', 'Vulnerabilities'] as const,
      ...(suppressed.length > 0 ? [['suppressed', 'Suppressed'] as const] : []),
      ['about', 'About'] as const,
    ],
    body: body(report, options, { groups, totals, listed, suppressed }),
    foot: `Made by bulkhead ${shown(report.version)} at ${shown(report.at)}, from advisories on the machine that it ran on. This page holds everything it shows, and loads nothing.`,
  })
}

type Facts = {
  readonly groups: readonly Group[]
  readonly totals: Totals
  readonly listed: readonly Line[]
  readonly suppressed: readonly Line[]
}

function* body(report: ScanReport, options: ScanHtmlOptions, { groups, totals, listed, suppressed }: Facts): Generator<string> {
  const { remedies, ownerOf, hidden = 0, bases } = options
  yield overview(report, groups, totals, hidden)
  if (bases !== undefined) yield bases
  if (remedies.length > 0)
    yield `<section aria-labelledby="advice"><h2 id="advice">What to do</h2>\n${showRemedies(remedies)}</section>\n`
  yield problemsSection(report.problems)
  yield layersSection(report, groups)
  yield* vulnerabilitiesSection(report, listed, ownerOf)
  yield* suppressedSection(suppressed, ownerOf)
  yield aboutSection(report)
}

export const problemsSection = (problems: readonly Problem[]): string => {
  if (problems.length === 0) return ''
  const list = (kind: Problem['kind'], title: string, words: string): string => {
    const some = problems.filter(one => one.kind === kind)
    if (some.length === 0) return ''
    const items = some.slice(0, maxProblems).map(({ code, message, at }) => {
      const path = at === undefined ? '' : pathOf(at)
      return `<li>${shown(message, 600)}${path === '' ? '' : ` (<code>${shown(path)}</code>)`} <span class="soft">[${shown(code, 60)}]</span></li>`
    })
    const left = some.length - items.length
    return `<div class="panel ${kind}"><h3>${title} (${some.length})</h3><p>${words}</p><ul>${items.join('\n')}${left > 0 ? `<li>and ${left} more: the format json has them all</li>` : ''}</ul></div>\n`
  }
  return `<section aria-labelledby="problems"><h2 id="problems">Not looked at</h2>\n${list(
    'failed',
    'Not checked',
    'This could not be read. What is in it is not in this report.',
  )}${list('uncovered', 'Not covered', 'This could not be judged, or not in full. It may be vulnerable all the same.')}</section>\n`
}

const overview = (report: ScanReport, groups: readonly Group[], totals: Totals, hidden: number): string => {
  const { inventory, base } = report
  const size = inventory.layers.reduce((sum, layer) => sum + layer.size, 0)
  const facts = [
    inventory.image?.platform ?? '',
    inventory.distro?.name ?? '',
    inventory.layers.length > 0 ? `${plural(inventory.layers.length, 'layer')}, ${bytesText(size)}` : '',
    plural(inventory.packages.length, 'package'),
  ].filter(part => part !== '')
  const open = (some: readonly Group[]): Tally =>
    tallyOf(some.flatMap(({ rows }) => rows.filter(({ standing }) => standing === 'counts')))
  const shownSeverities = severities.filter(severity => severity !== 'info' || totals.bySeverity.info > 0)
  const isJudged = totals.packages > totals.uncovered
  const line = (name: string, tally: Tally): string =>
    `<tr><th scope="row">${name}</th>${shownSeverities.map(severity => `<td class="n">${isJudged ? (tally[severity] > 0 ? severityTag(severity, String(tally[severity])) : '0') : '?'}</td>`).join('')}</tr>`
  const of = (isInBase: boolean | undefined): readonly Group[] => groups.filter(group => group.isInBase === isInBase)
  const baseRows = base
    ? [
        line(
          `Base image${base.name === undefined ? '' : ` <code>${shown(base.name.replace(/^docker\.io\/(?:library\/)?/, ''), 120)}</code>`}`,
          open(of(true)),
        ),
        line('Own layers', open(of(false))),
        ...(of(undefined).length > 0 ? [line('Elsewhere', open(of(undefined)))] : []),
      ]
    : []
  const table = `<table class="counts"><caption>Vulnerabilities that count, by severity</caption><thead><tr><td></td>${shownSeverities
    .map(severity => `<th scope="col" class="n">${severity}</th>`)
    .join('')}</tr></thead><tbody>${line('Whole image', totals.bySeverity)}${baseRows.join('')}</tbody></table>`
  return `<h1>${shown(inventory.name, 300)}</h1>
<p class="soft">${facts.map(part => shown(part)).join(' · ')}</p>
<p class="lead">${headline(report, totals, hidden)}</p>
${table}
`
}

const headline = (report: ScanReport, totals: Totals, hidden: number): string => {
  const { packages, uncovered, vulnerabilities, vulnerablePackages } = totals
  const failed = report.problems.filter(({ kind }) => kind === 'failed').length
  const aside = [
    ...(totals.leftAside > 0 ? [`${totals.leftAside} left aside by their maintainers`] : []),
    ...(totals.suppressed > 0 ? [`${totals.suppressed} suppressed`] : []),
  ]
  const parts: string[] = []
  if (packages === 0) parts.push('<strong>No packages were found in it: there was nothing to judge.</strong>')
  else if (vulnerabilities > 0) {
    const rest = [
      `${totals.fixable} can be fixed`,
      ...(totals.knownExploited > 0 ? [`<strong class="bad">${totals.knownExploited} exploited in the wild</strong>`] : []),
      ...aside,
    ]
    parts.push(
      `<strong>${plural(vulnerabilities, 'vulnerability', 'vulnerabilities')}</strong> in ${vulnerablePackages} of ${plural(packages, 'package')}: ${rest.join('; ')}.`,
    )
  } else if (uncovered >= packages) parts.push(`<strong>${noneJudged(packages)}</strong>`)
  else if (hidden > 0) parts.push('<strong>Nothing of what was asked for.</strong>')
  else {
    const judged =
      uncovered === 0 ? plural(packages, 'package') : `the ${plural(packages - uncovered, 'package')} that were judged`
    parts.push(
      `<strong class="good">No known vulnerabilities in ${judged}</strong>${aside.length > 0 ? `, besides ${aside.join(' and ')}` : ''}.`,
    )
  }
  if (uncovered > 0 && uncovered < packages)
    parts.push(
      `<strong class="bad">${plural(uncovered, 'package')} could not be judged: nobody knows whether they are safe.</strong>`,
    )
  if (failed > 0) parts.push(`<strong class="bad">${plural(failed, 'thing')} could not be read.</strong>`)
  if (report.problems.length > 0) parts.push('<a href="#problems">What was not looked at</a>.')
  if (hidden > 0)
    parts.push(`${plural(hidden, 'more finding is', 'more findings are')} not on this page, since only some were asked for.`)
  return parts.join(' ')
}

const layersSection = ({ inventory, base }: ScanReport, groups: readonly Group[]): string => {
  const { layers, image } = inventory
  if (layers.length === 0) return ''
  const byLayer = Map.groupBy(groups, ({ place }) => place?.number)
  const packagesOf = Map.groupBy(inventory.packages, ({ at: [at] }) => (at.in === 'layer' ? `${at.layer} ${at.step ?? ''}` : ''))
  const facts = layers.map(({ diffId, step, size, files, instruction }, i) => {
    const some = byLayer.get(i + 1) ?? []
    const packages = some.map(({ name, rows }) => ({
      name,
      severities: rows.filter(({ standing }) => standing === 'counts').map(({ severity }) => severity),
    }))
    const text = onOneLine(
      instructionText((step === undefined ? undefined : image?.config.history[step]?.createdBy) ?? instruction ?? ''),
    )
    const layer: MapLayer = {
      number: i + 1,
      size,
      instruction: text,
      isInBase: base ? i < base.layers : undefined,
      packages: packages.filter(one => one.severities.length > 0),
    }
    return { layer, files, diffId, packages: packagesOf.get(`${diffId} ${step ?? ''}`)?.length ?? 0 }
  })
  const rows = facts.map(({ layer, files, diffId, packages }) => {
    const { number, size, instruction, isInBase } = layer
    const tally = tallyOf(layer.packages.flatMap(one => one.severities.map(severity => ({ severity }))))
    const found = severities
      .filter(severity => tally[severity] > 0)
      .map(severity => severityTag(severity, `${tally[severity]} ${severity}`))
    const total = severities.reduce((sum, severity) => sum + tally[severity], 0)
    return `<tr id="layer-${number}"><td class="n" data-h="Layer">${number}</td><td><code>${instruction === '' ? '<span class="soft">unknown instruction</span>' : shown(instruction, 400)}</code><small>${isInBase ? 'base image · ' : ''}${shown(diffId, 80)}</small></td><td class="n" data-h="Size" data-v="${size}">${bytesText(size)}</td><td class="n" data-h="Files" data-v="${files}">${files}</td><td class="n" data-h="Packages" data-v="${packages}">${packages}</td><td data-v="${total}">${found.length === 0 ? '<span class="soft">nothing known</span>' : found.join(' ')}</td></tr>`
  })
  const kinds = [...severities, 'none' as const].filter(kind =>
    kind === 'none'
      ? facts.some(({ layer }) => layer.packages.length === 0)
      : facts.some(({ layer }) => layer.packages.some(one => one.severities.includes(kind))),
  )
  const map = showLayerMap(facts.map(({ layer }) => layer))
  const figure =
    map === ''
      ? ''
      : `<figure><figcaption id="map-title" class="soft">The area of a layer is its size (the smallest are drawn larger, to be seen), its colour the worst that it brought. Inside, where there is room, are the packages with vulnerabilities: their area is how many they have.</figcaption>
<p class="legend">${kinds.map(kind => `<span class="tag s-${kind}">${kind === 'none' ? 'nothing known' : kind}</span>`).join(' ')}</p>
<div class="scroll">${map}</div></figure>
`
  return `<section aria-labelledby="layers"><h2 id="layers">Layers</h2>
${figure}<table class="layers" data-sort><caption>The same in numbers, from the base upwards</caption><thead><tr><th scope="col">Layer</th><th scope="col">Instruction</th><th scope="col" class="n">Size</th><th scope="col" class="n">Files</th><th scope="col" class="n">Packages</th><th scope="col">Vulnerabilities</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table></section>
`
}

const heads = ['Severity', 'Vulnerability', 'EPSS', 'Package', 'Installed', 'Fixed in', 'From', 'Owner']
const headRow = (): string => `<thead><tr>${heads.map(name => `<th scope="col">${name}</th>`).join('')}</tr></thead>`

function* vulnerabilitiesSection(
  report: ScanReport,
  lines: readonly Line[],
  ownerOf: ScanHtmlOptions['ownerOf'],
): Generator<string> {
  yield '<section aria-labelledby="vulnerabilities"><h2 id="vulnerabilities">Vulnerabilities</h2>\n'
  if (lines.length === 0) yield '<p>None is listed.</p></section>\n'
  else {
    yield filters(report, lines, ownerOf)
    yield `<table id="all" class="vulns waits" data-sort><caption>The one to care for first stands first${lines.some(({ row }) => row.standing === 'aside') ? '; what its maintainers have left aside is grey' : ''}</caption>${headRow()}<tbody>\n`
    for (const line of lines) yield `<tr${rowData(line, ownerOf)}>${cells(line, ownerOf)}</tr>\n`
    yield '</tbody></table>\n<p id="more" class="more" hidden><button type="button">Show more</button></p></section>\n'
  }
}

const rowData = ({ group, row }: Line, ownerOf: ScanHtmlOptions['ownerOf']): string => {
  const { finding, severity, standing, vulnerability } = row
  return [
    ` data-s="${severity}" data-o="${ownerOf(finding)}"`,
    group.place?.number === undefined ? '' : ` data-l="${group.place.number}"`,
    isFixable(finding) ? ' data-f' : '',
    vulnerability.kev === undefined ? '' : ' data-k',
    standing === 'aside' ? ' data-a class="aside"' : '',
  ].join('')
}

/** `why`: somebody's reason for leaving it out. */
const cells = ({ group, row }: Line, ownerOf: ScanHtmlOptions['ownerOf'], why = ''): string => {
  const { vulnerability, finding, severity, findings } = row
  const marks = [
    ...(vulnerability.isMalware ? ['<span class="tag kev">malware</span>'] : []),
    ...(vulnerability.kev
      ? [`<span class="tag kev">exploited in the wild${vulnerability.kev.isRansomware ? ', by ransomware too' : ''}</span>`]
      : []),
  ]
  const epss = epssText(vulnerability)
  const names = [...new Set(findings.map(({ match }) => match.package.name))]
  const installed = names.length === 1 && names[0] === group.name ? '' : listText(cutList(names, 4))
  const paths = [...new Set(findings.map(({ match }) => pathOf(match.package.at[0])))].filter(path => path !== '')
  const { place } = group
  const from = [
    place?.number === undefined ? '' : `<a href="#layer-${place.number}">layer ${place.number}</a> `,
    place === undefined || place.instruction === '' ? '' : `<code>${shown(place.instruction, 48)}</code>`,
    paths.length === 0 ? '' : `<small>${shown(paths[0]!, 160)}${paths.length > 1 ? ` and ${paths.length - 1} more` : ''}</small>`,
  ].join('')
  const summary = [finding.note ?? '', vulnerability.summary].filter(part => part !== '').join('; ')
  return [
    `<td data-v="${severities.indexOf(severity)}">${severityTag(severity)}</td>`,
    `<td>${link(linksOf(vulnerability)[0], vulnerability.id)} ${marks.join(' ')}${summary === '' ? '' : `<small>${shown(summary, 180)}</small>`}${why === '' ? '' : `<small><strong>${shown(why, 500)}</strong></small>`}</td>`,
    epss === undefined ? '<td></td>' : `<td data-v="${vulnerability.epss!.score.toFixed(5)}">${forXml(epss)}</td>`,
    `<td><code>${shown(group.name, 120)}</code>${installed === '' ? '' : `<small>${shown(installed)}</small>`}<small>${shown(group.ecosystem, 60)}</small></td>`,
    `<td><code>${shown(group.version, 80)}</code></td>`,
    `<td>${isFixable(finding) ? `<code>${shown(stateText(finding), 80)}</code>` : shown(stateText(finding), 160)}</td>`,
    `<td data-v="${place?.number ?? ''}">${from}</td>`,
    `<td>${ownerNames[ownerOf(finding)]}</td>`,
  ].join('')
}

const cutList = (items: readonly string[], most: number): readonly string[] =>
  items.length > most ? [...items.slice(0, most - 1), `${items.length - most + 1} more`] : items

const filters = (report: ScanReport, lines: readonly Line[], ownerOf: ScanHtmlOptions['ownerOf']): string => {
  const select = (name: string, label: string, choices: readonly (readonly [string, string])[], first = ''): string =>
    choices.length < 2
      ? ''
      : `<label><span>${label}</span><select name="${name}" data-first="${first}"><option value="">All</option>${choices.map(([value, text]) => `<option value="${value}">${text}</option>`).join('')}</select></label>`
  const check = (name: string, label: string, count: number): string =>
    count === 0 ? '' : `<label class="check"><input type="checkbox" name="${name}"> ${label} (${count})</label>`
  const present = new Set<Severity>(lines.map(({ row }) => row.severity))
  const owners = Map.groupBy(lines, ({ row }) => ownerOf(row.finding))
  const layers = Map.groupBy(lines, ({ group }) => group.place?.number)
  const aside = lines.filter(({ row }) => row.standing === 'aside').length
  return `<div id="filters" class="filters" role="search" aria-label="Vulnerabilities" hidden>
<label class="wide"><span>Search: ids, packages, paths, words</span><input type="search" name="q" autocomplete="off" spellcheck="false"></label>
${select(
  'severity',
  'Severity',
  severities
    .filter(severity => present.has(severity))
    .map(severity => [severity, severity === 'critical' || severity === 'unknown' ? severity : `${severity} and worse`] as const),
)}
${select(
  'owner',
  'Owner',
  (Object.keys(ownerNames) as Owner[])
    .filter(owner => owners.has(owner))
    .map(owner => [owner, `${ownerNames[owner]} (${owners.get(owner)!.length})`] as const),
)}
${select(
  'layer',
  'Layer',
  report.inventory.layers.flatMap((_, i) => {
    const some = layers.get(i + 1)
    return some ? [[String(i + 1), `${i + 1} (${some.length})`] as const] : []
  }),
)}
${select(
  'state',
  'State',
  aside === 0
    ? []
    : [
        ['open', `counts (${lines.length - aside})`],
        ['aside', `left aside (${aside})`],
      ],
  aside === lines.length ? '' : 'open',
)}
${check('fixable', 'Fixable', lines.filter(({ row }) => isFixable(row.finding)).length)}
${check('exploited', 'Exploited', lines.filter(({ row }) => row.vulnerability.kev !== undefined).length)}
<button type="button" id="reset">Reset</button>
</div>
<p id="count" role="status" aria-live="polite" class="soft"></p>
`
}

function* suppressedSection(lines: readonly Line[], ownerOf: ScanHtmlOptions['ownerOf']): Generator<string> {
  if (lines.length === 0) return
  yield `<details class="section"><summary><h2 id="suppressed">Suppressed (${lines.length})</h2></summary><div id="silenced"><table class="vulns" data-sort><caption>Somebody decided that these do not count; the reason stands beside each</caption>${headRow()}<tbody>\n`
  for (const line of lines) {
    const { suppressed } = line.row.finding
    const why = suppressed
      ? [
          `suppressed by ${suppressed.by}: ${suppressed.reason}`,
          suppressed.until === undefined ? '' : `until ${suppressed.until}`,
          suppressed.owner === undefined ? '' : `${suppressed.owner} answers for it`,
        ]
          .filter(part => part !== '')
          .join('; ')
      : ''
    yield `<tr>${cells(line, ownerOf, why)}</tr>\n`
  }
  yield '</tbody></table></div></details>\n'
}

const aboutSection = (report: ScanReport): string => {
  const { inventory, base, database, coverage, at } = report
  const { image } = inventory
  const facts: (readonly [string, string])[] = [
    ['Image', `<code>${shown(inventory.name, 300)}</code>`],
    ...(image
      ? [
          ['Id', `<code>${shown(image.id, 200)}</code>`] as const,
          ...(image.manifest === undefined ? [] : [['Manifest', `<code>${shown(image.manifest, 200)}</code>`] as const]),
          ['Platform', shown(image.platform)] as const,
          ...(image.config.created === undefined ? [] : [['Created', shown(image.config.created, 40)] as const]),
        ]
      : []),
    ...(inventory.distro ? [['Distribution', shown(inventory.distro.name)] as const] : []),
    ...(base
      ? [
          [
            'Base image',
            `${base.name === undefined ? 'name unknown' : `<code>${shown(base.name)}</code>`}, ${plural(base.layers, 'layer')}, by ${shown(base.decidedBy)}${[
              ...(base.evidence ?? []),
              ...(base.contradictions ?? []).map(text => `but ${text}`),
            ]
              .slice(0, 6)
              .map(text => `<br><span class="soft">${shown(text, 300)}</span>`)
              .join('')}`,
          ] as const,
        ]
      : []),
    ['Scanned', shown(at, 40)],
    ['Database', `built ${shown(database.built, 40)}`],
  ]
  const rows = coverage.map(one => {
    const feeds = feedsOf(one).map(
      feed =>
        `${shown(feedText(feed, one.ecosystem), 120)} of ${shown(feed.dated.slice(0, 10))}${feed.caveat === undefined ? '' : ` (${shown(feed.caveat, 300)})`}`,
    )
    const missed = one.uncovered === 0 ? '0' : `<strong class="bad">${one.uncovered}</strong>`
    return `<tr><th scope="row">${shown(one.ecosystem, 60)}</th><td class="n">${one.packages}</td><td class="n">${missed}</td><td>${feeds.join('<br>')}</td></tr>`
  })
  const table =
    rows.length === 0
      ? ''
      : `<table class="fixed"><caption>Advisories: who was asked about which packages, and of which day the data are</caption><thead><tr><th scope="col">Packages of</th><th scope="col" class="n">All</th><th scope="col" class="n">Not judged</th><th scope="col">Judged by</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>\n`
  return `<section aria-labelledby="about"><h2 id="about">About</h2><dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('\n')}</dl>\n${table}</section>\n`
}
