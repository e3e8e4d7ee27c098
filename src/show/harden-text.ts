/** What was changed to harden a Dockerfile, why, what was left out, and how to run the image: for people. */
import type { HardenChange, Hardening, HardenLeftOut } from '../model/hardening.ts'
import { forTerminal } from './escape.ts'
import { runCommand } from './proposed-run-text.ts'
import { plural } from './scan-facts.ts'
import { type Style, styleFor, wrapText } from './style.ts'

export type HardenTextOptions = {
  readonly colour: boolean
  readonly width?: number
  readonly written: boolean
  readonly reasons: boolean
  /** A proof follows, which says how to run it. */
  readonly isProved: boolean
}

/** Ends with LF. The diff itself is no part of it. */
export const showHardenText = (hardening: Hardening, options: HardenTextOptions): string => {
  const style = styleFor(options.colour)
  const width = Math.max(60, options.width ?? 100)
  const { path, level, files, changes, leftOut, proposed } = hardening
  const buildsNothing = leftOut.some(({ id }) => id === 'dockerfile/from-missing')
  const head =
    changes.length === 0
      ? `${forTerminal(path)}: nothing to change at level ${level}`
      : `${forTerminal(path)}, level ${level}: ${plural(changes.length, 'change')} in ${plural(files.length, 'file')}${options.written ? ', written' : ''}`
  return `${[
    style.bold(head),
    ...changes.map(change => changeText(change, style, width, options.reasons)),
    ...(leftOut.length === 0
      ? []
      : [`${style.bold('Left out')}\n${leftOut.map(one => leftOutText(one, style, width)).join('\n')}`]),
    ...(options.isProved || buildsNothing
      ? []
      : [`${style.bold('Run it with')}\n  ${forTerminal(runCommand(proposed, 'IMAGE'))}`]),
  ].join('\n\n')}\n`
}

/** A mark, and a text whose further lines stand below its first word. */
const item = (indent: string, mark: string, text: string, width: number): string =>
  `${indent}${mark} ${wrapText(text, width, `${indent}  `).trimStart()}`

const changeText = (
  { id, title, why, safety, risk, check }: HardenChange,
  style: Style,
  width: number,
  reasons: boolean,
): string =>
  [
    item(
      '',
      style.green('✓'),
      `${forTerminal(title)} ${style.dim(`(${forTerminal(id)}${safety === 'safe' ? '' : ', may change behaviour'})`)}`,
      width,
    ),
    ...(reasons && why !== '' ? [wrapText(forTerminal(why), width, '  ')] : []),
    ...(risk === undefined ? [] : [item('  ', style.yellow('!'), forTerminal(risk), width)]),
    ...check.map(text => item('  ', '→', forTerminal(text), width)),
  ].join('\n')

const leftOutText = ({ id, title, reason, check }: HardenLeftOut, style: Style, width: number): string =>
  [
    item('  ', style.yellow('–'), `${forTerminal(title)}: ${forTerminal(reason)} ${style.dim(`(${forTerminal(id)})`)}`, width),
    ...check.map(text => item('    ', '→', forTerminal(text), width)),
  ].join('\n')
