/** `bulkhead recommend` as a page: the base images that there are above everything that a scan shows of the image itself. */
import { bestOf, countOf, nameBehindFrom } from '../model/best-candidate.ts'
import type { Measure, Measured, Recommendation } from '../model/recommendation.ts'
import type { ScanReport } from '../model/vulnerability.ts'
import { forTerminal } from './escape.ts'
import { commandLines, severityTag } from './html-advice.ts'
import { pagePieces, shown } from './html-page.ts'
import { bytesText } from './inventory-text.ts'
import { letters, longest, refreshLine, sizeText, why } from './recommend-text.ts'
import { plural, shellWord } from './scan-facts.ts'
import { problemsSection, type ScanHtmlOptions, scanHtmlPieces } from './scan-html.ts'
import { styleFor } from './style.ts'

/** `ownerOf`: who brought what the findings of a scan are about. */
export const recommendHtmlPieces = (
  report: Recommendation,
  ownerOf: (scan: ScanReport) => ScanHtmlOptions['ownerOf'],
): Iterable<string> => {
  const { scan, remedies, problems } = report
  const bases = showBases(report)
  if (scan) return scanHtmlPieces({ ...scan, problems }, { remedies, ownerOf: ownerOf(scan), bases })
  const name = report.dockerfile ?? report.base.name ?? ''
  return pagePieces({
    title: `Bulkhead: ${name}`,
    sections: [['bases', 'Base images'], ...(problems.length > 0 ? [['problems', 'Not looked at'] as const] : [])],
    body: [`<h1>${shown(name, 300)}</h1>\n`, bases, problemsSection(problems)],
    foot: `Made by bulkhead ${shown(report.version)} at ${shown(report.at)}. This page holds everything it shows, and loads nothing.`,
  })
}

const showBases = (report: Recommendation): string => {
  const { image, base, candidates, unverified } = report
  const best = bestOf(report)
  const isNext = (one: Measured): boolean => one.kind === 'refresh' && one.isPresent
  const rows = [
    ...(image ? [row('Your image', `<code>${shown(image.name, 120)}</code>`, image.measure, undefined, undefined)] : []),
    ...(base.measure
      ? [
          row(
            'Base image',
            base.name === undefined ? plural(report.answer.layers ?? 0, 'layer') : `<code>${shown(base.name, 120)}</code>`,
            base.measure,
            undefined,
            base.supportUntil,
          ),
        ]
      : []),
    ...candidates
      .filter(one => !isNext(one))
      .map(one => {
        const label = one.kind === 'refresh' ? 'The same tag, built again' : one === best ? 'Best' : 'Other'
        return row(label, `<code>${shown(one.name, 120)}</code>${facts(one)}`, one.measure, base.measure, one.supportUntil)
      }),
  ]
  const table = `<table class="bases"><caption>${base.measure ? 'What each has, and below how that differs from the present base' : 'What each has'}</caption><thead><tr><td></td><th scope="col">Image</th>${letters.map(([severity]) => `<th scope="col" class="n">${severity}</th>`).join('')}<th scope="col" class="n">Size</th><th scope="col" class="n">Packages</th><th scope="col">Security fixes until</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>`
  const fresh = candidates.some(one => isNext(one) && image !== undefined && !report.isOffline)
    ? '<p class="good">The image has the newest build of its base.</p>'
    : ''
  const doubts =
    unverified.length === 0
      ? ''
      : `<div class="panel uncovered"><h3>Not verified</h3><ul>${unverified.map(text => `<li>${shown(text, 600)}</li>`).join('')}</ul></div>`
  return `<section aria-labelledby="bases"><h2 id="bases">Base images</h2>
<p class="lead">${shown(why(report, styleFor(false)), 1500)}</p>
${advice(report, best)}${fresh}${rows.length === 0 ? '' : table}${doubts}</section>
`
}

const rebaseLine = (from: string, to: string): string =>
  `bulkhead rebase ${shellWord(forTerminal(from))} ${shellWord(forTerminal(to))}`

const advice = ({ base, candidates }: Recommendation, best: Measured | undefined): string => {
  if (!best) {
    if (candidates.some(one => one.measure && !one.isPresent))
      return '<p>None of those that were looked at leaves less than there is.</p>'
    const told = base.isEnded && base.name !== undefined ? longest(candidates) : undefined
    if (!told) return ''
    const name = `<code>${shown(told.name)}</code>`
    return `<div class="panel"><h3>Go to ${name}</h3><p>That is by what is known of versions, and without having looked into any image.</p>${commandLines([rebaseLine(base.name!, told.name)])}</div>`
  }
  const isRefresh = best.kind === 'refresh'
  const behind = nameBehindFrom(best.name)
  const command = isRefresh
    ? [refreshLine(base)]
    : base.name !== undefined && behind !== undefined
      ? [rebaseLine(base.name, behind)]
      : []
  const left = best.predicted
    ? `<p>What would remain in the whole image: ${tags(best.predicted) || 'no known vulnerabilities'}</p>`
    : ''
  return `<div class="panel"><h3>${isRefresh ? 'Build again on the newest' : 'Change the base image to'} <code>${shown(best.name)}</code></h3>${left}${commandLines(command)}</div>`
}

const tags = (measure: Measure): string =>
  letters
    .filter(([severity]) => countOf(measure, severity) > 0)
    .map(([severity]) => severityTag(severity, `${countOf(measure, severity)} ${severity}`))
    .join(' ')

const facts = ({ benefits, risks, newCritical, missing }: Measured): string => {
  const items = [
    ...benefits.map(text => ['good', '+', text] as const),
    ...newCritical.slice(0, 5).map(id => ['bad', '−', `${id}, critical, which the base image does not have`] as const),
    ...risks.map(text => ['bad', '−', text] as const),
    ...(missing === undefined ? [] : [['bad', '?', `not looked at: ${missing}`] as const]),
  ]
  return items.map(([kind, sign, text]) => `<small><span class="${kind}">${sign}</span> ${shown(text, 300)}</small>`).join('')
}

const row = (
  label: string,
  name: string,
  measure: Measure | undefined,
  before: Measure | undefined,
  until: string | undefined,
): string => {
  const isJudged = measure !== undefined && measure.packages > measure.uncovered
  const cell = (head: string, value: string, difference: number | undefined, text = String(Math.abs(difference ?? 0))): string =>
    `<td class="n" data-h="${head}">${value}${difference === undefined ? '' : `<small class="${difference < 0 ? 'good' : difference > 0 ? 'bad' : 'soft'}">${difference === 0 ? '±0' : `${difference < 0 ? '−' : '+'}${text}`}</small>`}</td>`
  const differenceOf = (of: (one: Measure) => number | undefined): number | undefined => {
    const [now, then] = [measure && of(measure), before && of(before)]
    return now === undefined || then === undefined ? undefined : now - then
  }
  const size = differenceOf(one => one.size)
  const numbers = measure
    ? [
        ...letters.map(([severity]) =>
          cell(
            severity,
            isJudged ? String(countOf(measure, severity)) : '?',
            differenceOf(one => countOf(one, severity)),
          ),
        ),
        cell('size', sizeText(measure) || '?', size, size === undefined ? '' : bytesText(Math.abs(size))),
        cell(
          'packages',
          String(measure.packages),
          differenceOf(one => one.packages),
        ),
      ]
    : letters.map(() => '<td></td>').concat('<td></td><td></td>')
  const end = until === undefined ? '' : until === '' ? 'no end known' : shown(until, 20)
  return `<tr><th scope="row">${label}</th><td>${name}</td>${numbers.join('')}<td${end === '' ? '' : ' data-h="security fixes until"'}>${end}</td></tr>`
}
