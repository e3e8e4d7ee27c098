/** The ways out of containers for people: what must hold, where it is written, what the attacker gets, what closes it. */
import type { Breakout, ContainerBreakouts } from '../model/breakout.ts'
import { compareSeverity, type Location } from '../model/finding.ts'
import type { CheckReport } from '../model/report.ts'
import { positionAt } from '../model/text.ts'
import { forTerminal } from './escape.ts'
import { paintSeverity, placeText } from './place-text.ts'
import { type Style, widthOf, wrapText } from './style.ts'

/** `main`: those of severity low are only counted. */
export type WaysShown = 'main' | 'all' | 'none'

/** Severity low says that it leads to knowledge or neighbours, or needs much luck. */
export const isLesser = ({ severity }: Breakout): boolean => severity === 'low' || severity === 'info'

/** Of those that have any, the worst first, else in the order of the files; then who has none. Empty for a report without containers. */
export const showBreakouts = (report: CheckReport, style: Style, columns: number, shown: WaysShown): string => {
  const all = report.breakouts ?? []
  if (shown === 'none' || all.length === 0) return ''
  const isShown = (way: Breakout): boolean => shown === 'all' || !isLesser(way)
  const main = all
    .filter(({ ways }) => ways.some(isShown))
    .sort((a, b) => compareSeverity(a.ways[0]!.severity, b.ways[0]!.severity))
  const parts = alike(main).map(([one, ...others]) => containerBlock(report, one, others, style, columns, isShown))
  const names = (some: readonly ContainerBreakouts[]): string => nameList([...new Set(some.map(({ container }) => container))])
  const lesser = all.filter(({ ways }) => ways.length > 0 && !ways.some(isShown))
  const none = all.filter(({ ways }) => ways.length === 0)
  const lines: string[] = []
  if (lesser.length > 0) lines.push(`${style.bold('Only lesser ways out')} (--ways all shows them): ${names(lesser)}.`)
  if (none.length > 0) lines.push(`${style.bold(style.green('No way out is known'))} of ${names(none)}.`)
  const rest = lines.map(line => `${wrapText(line, columns)}\n`).join('')
  return `${parts.join('')}${rest === '' ? '' : `${rest}\n`}`
}

const maxNames = 12

const nameList = (names: readonly string[]): string => {
  const some = names.slice(0, maxNames).map(forTerminal)
  return names.length > maxNames ? `${some.join(', ')} and ${names.length - maxNames} more` : some.join(', ')
}

type Alike = [ContainerBreakouts, ...ContainerBreakouts[]]

/** Services that many projects extend have the same ways out, opened at the same places. */
const alike = (all: readonly ContainerBreakouts[]): readonly Alike[] => {
  const groups = new Map<string, Alike>()
  for (const one of all) {
    const said = (ways: readonly Breakout[]): unknown =>
      ways.map(({ id, title, severity, chain, depends, gets, close, accepted }) => [
        id,
        title,
        severity,
        chain,
        depends,
        gets,
        close.title,
        accepted,
      ])
    // Alike by what nobody wrote are many; each is to be found by its own name.
    const isWritten = one.ways.some(({ chain }) => chain.some(({ at }) => at?.in === 'file'))
    const key = JSON.stringify(isWritten ? [said(one.ways), said(one.remaining)] : [groups.size])
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return [...groups.values()]
}

const containerBlock = (
  report: CheckReport,
  { container, at, ways, remaining }: ContainerBreakouts,
  others: readonly ContainerBreakouts[],
  style: Style,
  columns: number,
  isShown: (way: Breakout) => boolean,
): string => {
  const shown = ways.filter(isShown)
  // A container that is there is its own place.
  const where = at.in === 'container' ? '' : ` ${style.dim(linePlace(report, at))}`
  const lines = [`${style.bold(`Ways out of ${forTerminal(container)}`)}${where}`]
  if (others.length > 0) {
    const named = nameList(others.map(other => `${other.container} ${linePlace(report, other.at)}`))
    lines.push(labelled('  the same of ', named, style.dim, columns))
  }
  // What several of them need is said once.
  const said = new Set<string>()
  for (const way of shown) lines.push('', wayBlock(report, way, said, style, columns))
  const lesser = ways.length - shown.length
  lines.push('')
  if (lesser > 0)
    lines.push(style.dim(`  and ${lesser} lesser ${lesser === 1 ? 'way: --ways all shows it' : 'ways: --ways all shows them'}`))
  lines.push(afterFixes(remaining, style, columns))
  return `${lines.join('\n')}\n\n`
}

const wayBlock = (report: CheckReport, way: Breakout, said: Set<string>, style: Style, columns: number): string => {
  const paint = paintSeverity(style, way.severity)
  const indent = '    '
  const lines = [labelled(`  ${paint(style.bold(way.severity))} `, forTerminal(way.title), style.bold, columns)]
  const texts = way.chain.map(({ text }) => forTerminal(text))
  const places = way.chain.map(({ at }) => (at ? linePlace(report, at) : ''))
  const widest = Math.max(...texts.map((text, i) => (places[i] === '' ? 0 : widthOf(text))))
  way.chain.forEach((_, i) => {
    const [text, place] = [texts[i]!, places[i]!]
    const number = `${indent}${i + 1}. `
    const gap = ' '.repeat(Math.max(2, widest - widthOf(text) + 2))
    if (place === '') lines.push(labelled(number, text, plain, columns))
    else if (number.length + widthOf(text) + gap.length + widthOf(place) <= columns)
      lines.push(`${number}${text}${gap}${style.blue(place)}`)
    else lines.push(labelled(number, text, plain, columns), `${' '.repeat(number.length)}${style.blue(`--> ${place}`)}`)
  })
  const depends = way.depends.filter(one => !said.has(one))
  if (depends.length < way.depends.length) depends.unshift('as above')
  for (const one of way.depends) said.add(one)
  if (depends.length > 0) lines.push(labelled(`${indent}only where  `, forTerminal(depends.join('; ')), style.dim, columns))
  lines.push(labelled(`${indent}${style.red('attacker')}    `, forTerminal(way.gets), plain, columns))
  lines.push(labelled(`${indent}${style.green('close it')}    `, forTerminal(way.close.title), plain, columns))
  if (way.accepted !== undefined) lines.push(labelled(`${indent}accepted    `, forTerminal(way.accepted), style.dim, columns))
  return lines.join('\n')
}

const afterFixes = (remaining: readonly Breakout[], style: Style, columns: number): string => {
  const main = remaining.filter(way => !isLesser(way))
  const lesser = remaining.length - main.length
  const more = lesser === 0 ? '' : ` ${main.length === 0 ? 'but' : 'and'} ${lesser} lesser`
  if (main.length === 0) return `  ${style.bold('after the fixes:')} ${style.green('none')}${more}`
  const lines = [`  ${style.bold('after the fixes:')} ${main.length} ${main.length === 1 ? 'remains' : 'remain'}${more}`]
  for (const way of main)
    lines.push(labelled(`    ${paintSeverity(style, way.severity)(way.severity)} `, forTerminal(way.title), plain, columns))
  return lines.join('\n')
}

const plain = (text: string): string => text

/** A label, and a text that is wrapped below itself. */
const labelled = (label: string, text: string, paint: (text: string) => string, columns: number): string => {
  const width = widthOf(label)
  const [first = '', ...rest] = wrapText(text, columns - width).split('\n')
  return [`${label}${paint(first)}`, ...rest.map(line => `${' '.repeat(width)}${paint(line)}`)].join('\n')
}

/** `path:line`; of what is in no file, as findings have it. */
const linePlace = (report: CheckReport, at: Location): string => {
  // Which container it is stands above.
  if (at.in === 'container') return forTerminal(at.field)
  if (at.in !== 'file') return placeText(report, at)
  const file = report.files.get(at.path)
  return file ? `${forTerminal(at.path)}:${positionAt(file.lines, at.span.start).line}` : forTerminal(at.path)
}
