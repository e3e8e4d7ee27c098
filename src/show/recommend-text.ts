/** Which base images would be better, for people: a table of counts with what changes below each, then what speaks for and against them. */
import { bestOf, countOf, nameBehindFrom } from '../model/best-candidate.ts'
import type { Severity } from '../model/finding.ts'
import type { Measure, Measured, Recommendation } from '../model/recommendation.ts'
import { shellWord } from '../model/shell-word.ts'
import { forTerminal } from './escape.ts'
import { bytesText } from './inventory-text.ts'
import { paintSeverity } from './place-text.ts'
import { showRemedy } from './remedies-text.ts'
import { listText, plural } from './scan-facts.ts'
import { alignCells, type Cell, cutText, type Style, styleFor, wrapText } from './style.ts'

export type RecommendTextOptions = { readonly colour: boolean; readonly width?: number }

export const letters: readonly (readonly [Severity, string])[] = [
  ['critical', 'C'],
  ['high', 'H'],
  ['medium', 'M'],
  ['low', 'L'],
  ['unknown', '?'],
]
const nameColumns = 44

export const sizeText = ({ size }: Measure): string => (size === undefined ? '' : bytesText(size))

/** Ends with LF. */
export const showRecommendText = (report: Recommendation, options: RecommendTextOptions): string => {
  const style = styleFor(options.colour)
  const width = Math.max(60, options.width ?? 100)
  const { image, base, candidates } = report
  const shown = (name: string): string => cutText(forTerminal(name), nameColumns)
  const line = (label: string, name: string, measure: Measure | undefined): readonly Cell[] => {
    const isJudged = measure !== undefined && measure.packages > measure.uncovered
    return [
      { text: label },
      { text: name },
      ...letters.map(([severity, letter]): Cell => {
        const count = measure ? countOf(measure, severity) : 0
        const paint = count > 0 ? (text: string): string => paintSeverity(style, severity)(text) : style.dim
        return { text: paint(`${isJudged ? count : '–'}${letter}`), isRight: true }
      }),
      { text: style.dim(measure ? sizeText(measure) : ''), isRight: true },
      { text: style.dim(measure ? plural(measure.packages, 'package') : ''), isRight: true },
    ]
  }
  const change = (before: Measure, after: Measure): readonly Cell[] => {
    const cell = (difference: number, text = String(Math.abs(difference))): Cell => ({
      text: difference === 0 ? style.dim('·') : difference < 0 ? style.green(`-${text}`) : style.red(`+${text}`),
      isRight: true,
    })
    return [
      { text: '' },
      { text: '' },
      // The letter's column stays free, so that numbers stand below numbers.
      ...letters.map(([severity]): Cell => {
        const { text } = cell(countOf(after, severity) - countOf(before, severity))
        return { text: `${text} `, isRight: true }
      }),
      after.size === undefined || before.size === undefined
        ? { text: '' }
        : cell(after.size - before.size, bytesText(Math.abs(after.size - before.size))),
      cell(after.packages - before.packages),
    ]
  }
  const rows: (readonly Cell[])[] = []
  if (image) rows.push(line(style.bold('Your image'), shown(image.name), image.measure))
  if (base.measure)
    rows.push(
      line('  Base image', base.name === undefined ? plural(report.answer.layers ?? 0, 'layer') : shown(base.name), base.measure),
    )
  const measured = candidates.filter(one => one.measure !== undefined)
  const best = bestOf(report)
  const listed = measured.filter(one => one.kind !== 'refresh' || !one.isPresent)
  for (const one of [...listed.filter(({ kind }) => kind === 'refresh'), ...listed.filter(({ kind }) => kind !== 'refresh')]) {
    rows.push(
      line(one.kind === 'refresh' ? '  Refreshed base' : one === best ? '  Updated base' : '  Or', shown(one.name), one.measure),
    )
    if (base.measure) rows.push(change(base.measure, one.measure!))
  }
  const paragraphs = [
    alignCells(rows).join('\n'),
    wrapText(why(report, style), width),
    ...advice(report, best, style, width),
    ...report.remedies
      // What another base image does is said above.
      .filter(
        ({ owner, commands, snippets = [] }) =>
          owner !== 'base' || snippets.length > 0 || (!best && !report.base.isEnded && commands.length > 0),
      )
      .map(one => showRemedy(one, style, width)),
    ...candidates
      .filter(one => one !== best)
      .map(one => about(one, style, width))
      .filter(text => text !== ''),
    report.unverified.length === 0
      ? ''
      : `${style.bold('Not verified')}\n${report.unverified.map(text => item(`- ${forTerminal(text)}`, width)).join('\n')}`,
  ]
  return `${paragraphs.filter(text => text !== '').join('\n\n')}\n`
}

/** Which base there is, who says so, and until when it gets fixes. */
export const why = ({ answer, base }: Recommendation, style: Style): string => {
  const [first, ...rest] = answer.evidence
  const standing = {
    'on-base': base.name === undefined ? 'The name of the base image is not known' : `The base image is ${base.name}`,
    'is-base': 'This is a base image itself',
    scratch: 'There is no base image',
    unknown: 'Nobody can tell the base image',
  }[answer.standing]
  const by = answer.by === 'unknown' ? '' : `, by ${byText[answer.by]}`
  const also = answer.aliases.length === 0 ? '' : ` Also known as ${listText(answer.aliases.slice(0, 5))}.`
  const end =
    base.supportUntil === undefined
      ? ''
      : base.supportUntil === ''
        ? ' No end of its security fixes is known.'
        : base.isEnded
          ? ` It has had no security fixes since ${base.supportUntil}.`
          : ` It gets security fixes until ${base.supportUntil}.`
  const against =
    answer.contradictions.length === 0
      ? ''
      : `\n${style.yellow('What speaks against it:')} ${forTerminal(answer.contradictions.join('; '))}.`
  return `${forTerminal(`${standing}${by}: ${[first, ...rest].join('; ')}.${also}${end}`)}${against}`
}

const byText = {
  annotation: 'what its builder annotated',
  provenance: 'what its builder attested',
  layers: 'its layers',
  dockerfile: 'the Dockerfile',
  history: 'its history',
} as const

/** A digest in the Dockerfile is what a build takes, whatever the tag means now. */
export const refreshLine = ({ name, isPinned }: Recommendation['base']): string => {
  const word = shellWord(forTerminal(name ?? ''))
  return isPinned && name !== undefined ? `bulkhead rebase ${word} ${word} --pin` : 'docker build --pull --no-cache …'
}

const advice = (report: Recommendation, best: Measured | undefined, style: Style, width: number): readonly string[] => {
  const { base, candidates } = report
  const refresh = candidates.find(({ kind }) => kind === 'refresh')
  const isFresh = report.image !== undefined && !report.isOffline && refresh?.isPresent === true
  const fresh = isFresh ? [`${style.green('✓')} ${forTerminal(refresh.name)} is up to date: the image has the newest one.`] : []
  const rebase = (to: string): string =>
    `    bulkhead rebase ${shellWord(forTerminal(base.name ?? ''))} ${shellWord(forTerminal(to))}`
  if (best) {
    const isRefresh = best.kind === 'refresh'
    const what = `${isRefresh ? 'Build again on the newest' : 'Change the base image to'} ${forTerminal(best.name)}`
    const left = best.predicted ? `What would remain in the whole image: ${talliesText(best.predicted)}.` : ''
    const behind = base.name === undefined ? undefined : nameBehindFrom(best.name)
    return [
      ...fresh,
      [
        style.bold(style.green(what)),
        facts(best, style, width),
        left === '' ? '' : item(left, width),
        isRefresh ? `    ${refreshLine(base)}` : behind === undefined ? '' : rebase(behind),
      ]
        .filter(text => text !== '')
        .join('\n'),
    ]
  }
  if (candidates.some(one => one.measure && !one.isPresent))
    return [...fresh, 'None of those that were looked at leaves less than there is.']
  const told = base.isEnded && base.name !== undefined ? longest(candidates) : undefined
  if (!told) return fresh
  const by = `By what is known of versions, and without having looked into any image, go to ${forTerminal(told.name)}:`
  return [...fresh, `${wrapText(by, width)}\n${rebase(told.name)}`]
}

/** Of those that only change the version, the one that gets security fixes for the longest time. */
export const longest = (candidates: readonly Measured[]): Measured | undefined =>
  candidates
    .filter(({ kind, supportUntil }) => /^(?:patch|minor|major|release)$/.test(kind) && supportUntil)
    .toSorted((a, b) => (a.supportUntil! < b.supportUntil! ? 1 : -1))[0]

/** A line of a list; what does not fit stands below its text. */
const item = (text: string, width: number): string => wrapText(text, width, '    ').replace(/^ {2}/, '')

/** `1 high and 2 low`. */
export const talliesText = (measure: Measure): string => {
  const some = letters.flatMap(([severity]) => {
    const count = countOf(measure, severity)
    return count === 0 ? [] : [`${count} ${severity}`]
  })
  const known = measure.kev === 0 ? '' : ` (${measure.kev} exploited in the wild)`
  return some.length === 0 ? 'no known vulnerabilities' : `${listText(some)}${known}`
}

const facts = (one: Measured, style: Style, width: number): string => {
  const until = one.supportUntil
    ? [`security fixes until ${one.supportUntil}`].filter(text => !one.benefits.some(said => said.startsWith(text)))
    : []
  return [
    ...[...until, ...one.benefits].map(text => item(`+ ${forTerminal(text)}`, width)),
    ...[...one.newCritical.map(id => `${id}, critical, which the base image does not have`).slice(0, 5), ...one.risks].map(text =>
      item(`${style.yellow('-')} ${forTerminal(text)}`, width),
    ),
    ...(one.missing === undefined ? [] : [item(`${style.yellow('?')} not looked at: ${forTerminal(one.missing)}`, width)]),
  ].join('\n')
}

const about = (one: Measured, style: Style, width: number): string => {
  if (one.kind === 'refresh' && (one.isPresent || one.missing !== undefined)) return ''
  return `${style.bold(forTerminal(one.name))}\n${facts(one, style, width)}`
}
