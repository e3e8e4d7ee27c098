/** What a proof has seen, as one table, before and after: for people. */
import type { Severity } from '../model/finding.ts'
import type { BackOff, Proof, ProofRun, ProofSide } from '../model/proof.ts'
import { forTerminal } from './escape.ts'
import { bytesText } from './inventory-text.ts'
import { runCommand } from './proposed-run-text.ts'
import { listText, plural } from './scan-facts.ts'
import { alignCells, type Cell, type Style, styleFor, wrapText } from './style.ts'

export type ProofTextOptions = { readonly colour: boolean; readonly width?: number; readonly title: (id: string) => string }

/** A row: what it is, before, after; smaller is better where `numbers` are given. */
type Row = {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly numbers?: readonly [number, number] | undefined
}

const severities: readonly (readonly [Severity, string])[] = [
  ['critical', 'critical vulnerabilities'],
  ['high', 'high'],
  ['medium', 'medium'],
  ['low', 'low'],
  ['unknown', 'of unknown severity'],
]

/** Ends with LF. */
export const showProofText = (proof: Proof, options: ProofTextOptions): string => {
  const style = styleFor(options.colour)
  const width = Math.max(60, options.width ?? 100)
  const { before, after, backedOff, unseen } = proof
  const rows = rowsOf(before, after)
  const cells: readonly (readonly Cell[])[] = [
    [{ text: '' }, { text: style.bold('before'), isRight: true }, { text: style.bold('after'), isRight: true }, { text: '' }],
    ...rows.map(({ name, before: old, after: fresh, numbers }): readonly Cell[] => [
      { text: name },
      { text: forTerminal(old), isRight: true },
      { text: paint(style, numbers)(forTerminal(fresh)), isRight: true },
      { text: change(style, numbers), isRight: true },
    ]),
  ]
  const verdict = proof.isProved
    ? style.bold(style.green('Proved: both were built, started and asked, and the hardened one answers as the other did.'))
    : style.bold(style.yellow('Not proved.'))
  return `${[
    verdict,
    alignCells(cells).join('\n'),
    ...(before.buildError === undefined ? [] : [`${style.bold('It does not build as it is')}\n${quoted(before.buildError)}`]),
    ...(after.buildError === undefined ? [] : [`${style.bold('The hardened one does not build')}\n${quoted(after.buildError)}`]),
    ...(before.run && before.run.state !== 'answered' && before.run.state !== 'running'
      ? [
          `${style.bold('As it is, it does not answer')}\n${quoted([before.run.said, before.run.log].filter(text => text !== '').join('\n'))}`,
        ]
      : []),
    ...(after.run && isBad(after.run, before.run)
      ? [
          `${style.bold('The hardened one does not run as the other did')}\n${quoted([after.run.said, after.run.log].filter(text => text !== '').join('\n'))}`,
        ]
      : []),
    ...(backedOff.length === 0
      ? []
      : [
          `${style.bold('Taken back, or given')}\n${together(backedOff)
            .map(({ kind, ids, phase, evidence }) => {
              const when = { build: 'it did not build', start: 'it did not start', answer: 'it did not answer as before' }[phase]
              return `${wrapText(`- ${forTerminal(backOffText(kind, ids, options.title))}: else ${when}`, width, '  ').trimStart()}\n${quoted(evidence)}`
            })
            .join('\n')}`,
        ]),
    ...(unseen.length === 0
      ? []
      : [`${style.bold('Not seen')}\n${unseen.map(text => wrapText(`- ${forTerminal(text)}`, width, '  ')).join('\n')}`]),
    `${style.bold('Run it with')}\n  ${forTerminal(runCommand(proof.proposed, 'IMAGE'))}`,
    style.dim(
      `${plural(proof.builds, 'build')}, ${plural(proof.starts, 'start')}; images and containers of the proof are gone, the builder’s cache stays`,
    ),
  ].join('\n\n')}\n`
}

const backOffText = (kind: BackOff['kind'], ids: readonly string[], title: (id: string) => string): string => {
  const list = listText(ids)
  if (kind === 'transformation') return `left out: ${ids.map(id => `${title(id)} (${id})`).join('; ')}`
  if (kind === 'missing') return `the engine cannot get ${list}, and another base was taken`
  if (kind === 'flag') return `it does not run with ${list}`
  return ids[0]!.startsWith('CAP_') ? `it needs ${list}` : `it writes to ${list}`
}

/** What was found out at once has one reason. */
const together = (backOffs: readonly BackOff[]): readonly (Omit<BackOff, 'id'> & { readonly ids: readonly string[] })[] => {
  const groups: (Omit<BackOff, 'id'> & { readonly ids: string[] })[] = []
  for (const { id, ...one } of backOffs) {
    const last = groups.at(-1)
    const isSame =
      last?.kind === one.kind && last.evidence === one.evidence && last.ids[0]!.startsWith('CAP_') === id.startsWith('CAP_')
    if (isSame) last.ids.push(id)
    else groups.push({ ...one, ids: [id] })
  }
  return groups
}

const isBad = (after: ProofRun, before: ProofRun | undefined): boolean =>
  after.state !== 'answered' && after.state !== 'running' && after.state !== before?.state

const quoted = (text: string): string =>
  text
    .split('\n')
    .slice(0, 12)
    .map(line => `    ${forTerminal(line)}`)
    .join('\n')

const rowsOf = (before: ProofSide, after: ProofSide): readonly Row[] => {
  const [old, fresh] = [before.measure, after.measure]
  const counted = (
    name: string,
    of: (measure: NonNullable<ProofSide['measure']>) => number,
    text = (count: number) => String(count),
  ): Row => ({
    name,
    before: old ? text(of(old)) : '–',
    after: fresh ? text(of(fresh)) : '–',
    numbers: old && fresh ? [of(old), of(fresh)] : undefined,
  })
  const told = (name: string, of: (side: ProofSide) => string | undefined): Row => ({
    name,
    before: of(before) ?? '–',
    after: of(after) ?? '–',
  })
  return [
    counted('size', ({ size }) => size, bytesText),
    counted('packages', ({ packages }) => packages),
    ...severities.map(([severity, name]) =>
      counted(name, ({ vulnerabilities }) => vulnerabilities[severity] + (severity === 'low' ? vulnerabilities.info : 0)),
    ),
    counted('secrets in image and history', ({ secrets }) => secrets),
    told('user', ({ measure }) => measure?.user),
    told(
      'capabilities',
      ({ run }) =>
        run &&
        (run.capabilities.length === 0
          ? 'none'
          : run.capabilities.length > 3
            ? String(run.capabilities.length)
            : run.capabilities.join(' ')),
    ),
    told('root file system', ({ run }) => run && (run.readOnly ? 'read-only' : 'writable')),
    counted('paths that all may write to', ({ writable }) => writable),
    counted('setuid and setgid files', ({ setuid }) => setuid),
    counted('shells', ({ shells }) => shells),
    counted('package managers', ({ packageManagers }) => packageManagers),
    counted('compilers', ({ compilers }) => compilers),
    {
      name: 'ways out of the container',
      before: before.run ? String(before.run.waysOut) : '–',
      after: after.run ? String(after.run.waysOut) : '–',
      numbers: before.run && after.run ? [before.run.waysOut, after.run.waysOut] : undefined,
    },
    told('asked', ({ run }) => run && (run.asked === '' ? 'nothing' : short(run.asked))),
    told('answer', ({ run }) => run && answerText(run)),
  ]
}

/** Cut where a terminal's line would be full. */
const longest = 36

const answerText = ({ state, said }: ProofRun): string => {
  if (state !== 'answered')
    return { running: 'it runs', ended: 'it ended', silent: 'no answer', 'not-started': 'not started' }[state]
  const status = /^GET \S+: (\d+)/.exec(said)
  const body = status ? said.slice(said.indexOf('\n') + 1) : said
  return short(`${status ? `${status[1]} ` : ''}${body}`)
}

const short = (whole: string): string => {
  const text = whole
    .slice(0, 4000)
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

const paint = (style: Style, numbers: Row['numbers']): ((text: string) => string) =>
  numbers === undefined || numbers[0] === numbers[1] ? text => text : numbers[1] < numbers[0] ? style.green : style.red

const change = (style: Style, numbers: Row['numbers']): string => {
  if (!numbers || numbers[0] === numbers[1] || numbers[0] === 0) return ''
  const percent = Math.round(((numbers[1] - numbers[0]) / numbers[0]) * 100)
  return (percent < 0 ? style.green : style.red)(`${percent > 0 ? '+' : ''}${percent} %`)
}
