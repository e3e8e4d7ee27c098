/** The history of an image for people: every step, how large it is, what it did to the files, and what leaks there. */
import { reaches, type Severity, type Suppression, severities } from '../model/finding.ts'
import type { Inventory, LayerSummary } from '../model/inventory.ts'
import type { GitPlace, HistoryReport, Leak } from '../model/leak.ts'
import { forShell, forTerminal } from './escape.ts'
import { instructionLines, instructionText, instructionTexts, onOneLine } from './instruction-text.ts'
import { bytesText } from './inventory-text.ts'
import { cutText, type Style, styleFor, wrapText } from './style.ts'

export type HistoryTextOptions = {
  readonly colour: boolean
  readonly width?: number
  /** What puts the image's layers into the folder `layers`, each under the digest of its uncompressed archive. */
  readonly copy: string
  /** Also those that are published with a package, samples, and more than two hundred. */
  readonly all?: boolean
  /** Also what was silenced, and why. */
  readonly showSuppressed?: boolean
}

/** Columns of the bar that shows a layer's share. */
const barWidth = 20

export const showHistoryText = (report: HistoryReport, options: HistoryTextOptions): string => {
  const style = styleFor(options.colour)
  const width = options.width ?? 100
  const { inventory } = report
  const listed = report.leaks.filter(leak => options.all || leak.severity !== 'info')
  const active = listed.filter(isActive)
  return [
    header(inventory, style, width),
    steps(inventory, active, style, width, options.all === true),
    leakList(report, options.showSuppressed ? listed : active, style, width, options),
    summary(report, active, options),
    findingList(report, style, width, options),
    silenced(report, options),
  ]
    .filter(part => part !== '')
    .join('\n')
}

const isActive = ({ suppressed }: { readonly suppressed?: Suppression }): boolean => suppressed === undefined

/** Lines about what was noted of one, and who silenced it. */
const remarks = (
  { note, suppressed }: { readonly note?: string; readonly suppressed?: Suppression },
  width: number,
): readonly string[] => [
  ...(note === undefined ? [] : [wrapText(`note: ${forTerminal(note)}`, width, '    ')]),
  ...(suppressed === undefined
    ? []
    : [
        wrapText(
          `suppressed by ${suppressed.by}: ${forTerminal(suppressed.reason)}${suppressed.until === undefined ? '' : ` (until ${suppressed.until})`}`,
          width,
          '    ',
        ),
      ]),
]

const silenced = ({ leaks, findings }: HistoryReport, { showSuppressed }: HistoryTextOptions): string => {
  const count = [...leaks, ...findings].filter(one => !isActive(one)).length
  if (count === 0 || showSuppressed) return ''
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'is' : 'are'} suppressed: --show-suppressed shows ${count === 1 ? 'it' : 'them'}, and why.\n`
}

const header = ({ name, image, distro, layers }: Inventory, style: Style, width: number): string => {
  const facts = [image?.platform, distro?.name].filter(fact => fact !== undefined && fact !== '')
  const size = layers.reduce((sum, layer) => sum + layer.size, 0)
  const wasted = layers.reduce((sum, { changes }) => sum + (changes?.wasted ?? 0), 0)
  const waste =
    wasted === 0 ? 'none of it wasted' : `${bytesText(wasted)} of it wasted: in files that a later layer deleted or replaced`
  const { author = '', onBuild = [] } = image?.config ?? {}
  const more = [
    ...(author === '' ? [] : [`author: ${forTerminal(author)}`]),
    ...onBuild.map(text => `builds FROM this image run: ${forTerminal(onOneLine(instructionText(text)))}`),
  ].map(line => `${style.dim(cutText(line, Math.max(20, width)))}\n`)
  return `${style.bold(forTerminal(name))}  ${style.dim(forTerminal(facts.join('  ')))}\n${more.join('')}${plural(layers.length, 'layer')}, ${bytesText(size)}, ${waste}\n`
}

const plural = (count: number, one: string): string => `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`

/** History steps in their order; those that made a layer have its numbers. */
const steps = (inventory: Inventory, leaks: readonly Leak[], style: Style, width: number, all: boolean): string => {
  const { image, layers } = inventory
  const total = Math.max(1, ...layers.map(({ size }) => size))
  const history = image?.config.history ?? []
  const instructions = instructionTexts(history)
  const byStep = new Map(layers.flatMap((layer, i) => (layer.step === undefined ? [] : [[layer.step, { layer, i }] as const])))
  const count = (fits: (leak: Leak) => boolean): number => leaks.filter(fits).length
  const rows: string[] = []
  if (history.length === 0 || byStep.size === 0) {
    for (const [i, layer] of layers.entries())
      rows.push(
        layerRow(i, layer, total, style),
        ...leakMark(
          count(({ at }) => at.in === 'file' && at.layer === i),
          style,
        ),
      )
  } else
    for (const [step, { comment }] of history.entries()) {
      const made = byStep.get(step)
      const text = instructions[step] || comment || '(it says nothing)'
      rows.push(made ? layerRow(made.i, made.layer, total, style) : style.dim('   –  no layer'))
      rows.push(...stepLines(`step ${step}: `, text, width, all ? manyLines : fewLines, style))
      rows.push(
        ...leakMark(
          count(({ at }) => (at.in === 'history' && at.step === step) || (at.in === 'file' && at.step === step)),
          style,
        ),
      )
    }
  return `${rows.join('\n')}\n`
}

/** Lines of one instruction that are told, and with `--all`. */
const fewLines = 12
const manyLines = 500

/** The number as JSON has it; the lines as they were written, one below the other. */
const stepLines = (label: string, text: string, width: number, limit: number, style: Style): readonly string[] => {
  const lines = instructionLines(text)
  const told = lines.length > limit ? lines.slice(0, limit - 1) : lines
  const room = Math.max(20, width - 6 - label.length)
  const rest = lines.length - told.length
  return [
    ...told.map((line, i) => {
      const shown = style.cyan(cutText(forTerminal(line.replaceAll('\t', '    ')), room))
      return `      ${i === 0 ? style.dim(label) : ' '.repeat(label.length)}${shown}`.trimEnd()
    }),
    ...(rest === 0 ? [] : [`      ${' '.repeat(label.length)}${style.dim(`… and ${plural(rest, 'more line')}`)}`]),
  ]
}

const layerRow = (i: number, { diffId, size, changes }: LayerSummary, total: number, style: Style): string => {
  const filled = size === 0 ? 0 : Math.max(1, Math.round((size / total) * barWidth))
  const wasted = changes && size > 0 ? Math.min(filled, Math.round((changes.wasted / total) * barWidth)) : 0
  const bar = `${'█'.repeat(filled - wasted)}${'░'.repeat(wasted)}${' '.repeat(barWidth - filled)}`
  const files = changes
    ? [
        changes.added > 0 ? style.green(`+${changes.added.toLocaleString('en-US')}`) : '',
        changes.changed > 0 ? style.yellow(`~${changes.changed.toLocaleString('en-US')}`) : '',
        changes.deleted > 0 ? style.red(`-${changes.deleted.toLocaleString('en-US')}`) : '',
        changes.wasted > 0 ? style.dim(`${bytesText(changes.wasted)} wasted`) : '',
      ]
        .filter(part => part !== '')
        .join('  ')
    : ''
  const digest = diffId.slice(diffId.indexOf(':') + 1).slice(0, 12)
  return `${String(i + 1).padStart(4)}  ${style.dim(digest)}  ${bar} ${bytesText(size).padStart(8)}  ${files}`.trimEnd()
}

const leakMark = (count: number, style: Style): readonly string[] =>
  count === 0 ? [] : [`      ${style.bold(style.red(`! ${plural(count, 'secret')} can be read here, see below`))}`]

const leakList = (
  { inventory }: HistoryReport,
  leaks: readonly Leak[],
  style: Style,
  width: number,
  options: HistoryTextOptions,
): string => {
  if (leaks.length === 0) return ''
  const lines: string[] = [style.bold('What can be read')]
  const kinds = new Set<string>()
  const groups = together(leaks)
  const told = options.all ? groups.length : secretsLimit
  for (const [leak, ...same] of groups.slice(0, told)) {
    if (!leak) continue
    const paint = paintFor(leak.severity, style)
    lines.push(`\n  ${paint(leak.severity)}  ${style.bold(leak.name)}${identity(leak)}  ${style.dim(leak.rule)}`)
    for (const one of [leak, ...same].slice(0, placesLimit)) {
      lines.push(wrapText(`${where(one, inventory)}: ${reachText(one)}`, width, '    '))
      const get = howToGet(one, inventory, options.copy)
      if (get !== '') lines.push(`    ${style.dim(`anybody gets it by: ${get}`)}`)
      lines.push(...remarks(one, width))
    }
    if (same.length >= placesLimit) lines.push(`    and in ${same.length + 1 - placesLimit} more places`)
    // Out of a repository it is taken in another way.
    const kind = `${leak.detector} ${leak.at.in === 'file' && leak.at.git !== undefined}`
    if (kinds.has(kind)) continue
    kinds.add(kind)
    lines.push(wrapText(`why: ${leak.why}`, width, '    '))
    lines.push(wrapText(`first: ${leak.revoke} (${leak.link})`, width, '    '))
    lines.push(wrapText(`then: ${remedy(leak)}`, width, '    '))
  }
  if (groups.length > told) lines.push(`\n  and ${(groups.length - told).toLocaleString('en-US')} more: --all shows them`)
  return `${lines.join('\n')}\n`
}

/** Secrets that are told, the worst first. */
const secretsLimit = 200

/** Places of one secret that are told. */
const placesLimit = 4

/** What rules say of the finished image. */
const findingList = (
  { findings: all, rules, inventory }: HistoryReport,
  style: Style,
  width: number,
  { showSuppressed }: HistoryTextOptions,
): string => {
  const findings = all.filter(one => showSuppressed || isActive(one))
  if (findings.length === 0) return ''
  const lines: string[] = [style.bold('What the image has that it should not')]
  const kinds = new Set<string>()
  for (const finding of findings) {
    const { rule, severity, message, at, fix } = finding
    lines.push(`\n  ${paintFor(severity, style)(severity)}  ${style.dim(rule)}`)
    lines.push(wrapText(forTerminal(message), width, '    '))
    const [first] = at
    const step = first.in === 'layer' ? first.step : undefined
    const createdBy = onOneLine(instructionText(inventory.image?.config.history[step ?? -1]?.createdBy ?? ''))
    if (createdBy !== '') lines.push(`    ${style.dim(`from: ${cutText(forTerminal(createdBy), Math.max(20, width - 10))}`)}`)
    const why = rules.get(rule)?.why
    if (why !== undefined && !kinds.has(rule) && severity !== 'info') lines.push(wrapText(`why: ${why}`, width, '    '))
    kinds.add(rule)
    if (fix) lines.push(wrapText(`fix: ${fix.title}`, width, '    '))
    lines.push(...remarks(finding, width))
  }
  const active = findings.filter(isActive)
  const counts = active.length === 0 ? '' : `: ${countsText(active)}`
  lines.push(`\n${plural(active.length, 'finding')}${counts}. More on one: bulkhead explain ${findings[0]!.rule}`)
  return `${lines.join('\n')}\n`
}

/** What is known to be the same secret stands together, where the worst of it is. */
const together = (leaks: readonly Leak[]): readonly (readonly Leak[])[] => [
  ...Map.groupBy(leaks, ({ fingerprint, detector, key }) =>
    fingerprint === undefined ? key : `${detector} ${fingerprint}`,
  ).values(),
]

const paintFor = (severity: Severity, style: Style): ((text: string) => string) =>
  reaches(severity, 'high') ? text => style.bold(style.red(text)) : severity === 'medium' ? style.yellow : style.dim

const identity = ({ prefix, length, value, fingerprint, isProved }: Leak): string => {
  const shown = value !== undefined ? forTerminal(value) : prefix === '' ? '' : `${forTerminal(prefix.split(/[\r\n]/)[0]!)}…`
  const facts = [
    shown,
    value === undefined && length >= 16 ? `${length} characters` : '',
    fingerprint === undefined ? '' : `fingerprint ${fingerprint}`,
    isProved ? 'its checksum is right' : '',
  ].filter(part => part !== '')
  return facts.length === 0 ? '' : `  ${facts.join(', ')}`
}

const where = ({ at }: Leak, { image }: Inventory): string => {
  switch (at.in) {
    case 'config':
      return `in the configuration: ${forTerminal(at.field)}`
    case 'history':
      return `in the history, step ${at.step}: ${forTerminal(at.what)}`
    case 'file': {
      const line = at.line > 0 ? `:${at.line}` : ''
      const inside = at.inside === undefined ? '' : ` → ${forTerminal(at.inside)}`
      const createdBy = at.step === undefined ? '' : onOneLine(instructionText(image?.config.history[at.step]?.createdBy ?? ''))
      const git = at.git ? ` → ${gitText(at.git, line)}` : ''
      const by = createdBy === '' ? '' : ` (${cutText(forTerminal(createdBy), 60)})`
      return `${forTerminal(at.path)}${git === '' ? `${inside}${line}` : git}, added in layer ${at.layer + 1}${by}`
    }
  }
}

/** `blob 1a2b… (config/.env:3), and 29 more objects`. */
const gitText = ({ id, type, name, offset, count }: GitPlace, line: string): string => {
  const object = id === undefined ? `the change at byte ${offset}` : `${type} ${id}`
  const place = name === undefined ? line : ` (${forTerminal(name)}${line})`
  return `${object}${place}${count > 1 ? `, and ${plural(count - 1, 'more object')}` : ''}`
}

const reachText = ({ reach, by, shippedBy, at }: Leak): string => {
  if (shippedBy !== undefined) return `it comes with ${forTerminal(shippedBy)}, which everybody has: no secret of this image`
  if (reach === 'deleted') return `deleted in layer ${by! + 1}, and still downloadable: layers are never changed`
  if (reach === 'replaced') return `replaced in layer ${by! + 1}, and still downloadable: layers are never changed`
  if (reach === 'history') return 'the history travels with the image: docker history --no-trunc shows it'
  if (at.in === 'file') return at.git ? 'a container has it: a repository keeps what later commits removed' : 'a container has it'
  return at.in === 'config' && at.field.startsWith('env ')
    ? 'every process of a container has it, and docker inspect shows it'
    : 'docker inspect shows it'
}

/** Nothing for what every container has. */
const howToGet = ({ at, reach }: Leak, { image }: Inventory, copy: string): string => {
  if (at.in !== 'file' || (reach === 'image' && !at.git) || at.diffId === undefined || !image) return ''
  const layer = at.diffId.slice(at.diffId.indexOf(':') + 1)
  if (at.git) return at.git.id === undefined ? '' : `${copy} && ${fromRepository(layer, at.git.objects.slice(1), at.git.id)}`
  const file = `tar -xOf layers/${layer} -- ${spellings(at.path.slice(1))}`
  return `${copy} && ${at.inside === undefined ? file : `${file} > member; ${fromArchive(at.path, at.inside)}`}`
}

/** Into a repository of one's own: the image's has settings, and nobody knows which programs they start. */
const fromRepository = (layer: string, objects: string, id: string): string => {
  const format = id.length === 64 ? ' --object-format=sha256' : ''
  const take = `tar -xf layers/${layer} -C taken -- ${spellings(objects)}`
  // https://git-scm.com/docs/git#Documentation/git.txt-GITOBJECTDIRECTORY
  return `git init -q --bare${format} taken && { ${take}; GIT_OBJECT_DIRECTORY=${forShell(`taken/${objects}`)} git --git-dir=taken cat-file -p ${id}; }`
}

/** Archives write one path in several ways, and tar wants it as it is written: where one fits, the others are reported as missing. */
const spellings = (path: string): string => {
  // GNU tar takes escapes out of names: https://www.gnu.org/software/tar/manual/html_node/quoting-styles.html
  const name = path.replaceAll('\\', '\\\\')
  return `${[name, `./${name}`, `/${name}`].map(forShell).join(' ')} 2>/dev/null`
}

/** unzip's names are patterns: https://infozip.sourceforge.net/UnZip.html */
const fromArchive = (path: string, inside: string): string => {
  // One file alone, compressed.
  if (path.endsWith(`/${inside}.gz`)) return 'gzip -dc member'
  return /\.(?:tgz|tzst|tar(?:\.\w+)?)$/i.test(path)
    ? `tar -xOf member -- ${spellings(inside)}`
    : `unzip -p member ${forShell(inside.replace(/[\\*?[\]]/g, '\\$&').replace(/^-/, '[-]'))}`
}

const remedy = ({ at, reach }: Leak): string => {
  if (at.in === 'file' && at.git)
    return 'add .git to .dockerignore, and build the image anew; taking it out of the latest commit does not take it out of the history'
  if (at.in === 'config')
    return 'take it out of ENV and LABEL; give it to the container when it runs (docker run --env-file, secrets of Compose, a Secret of Kubernetes), and to a build step by RUN --mount=type=secret'
  if (at.in === 'history') return 'build arguments and RUN lines stay readable: use RUN --mount=type=secret,id=… in their place'
  if (reach === 'image') return 'leave it out of the image: .dockerignore, and a secret that is mounted when the container runs'
  return 'deleting it later does not help: never let it into a layer (RUN --mount=type=secret), and build the image anew'
}

const summary = ({ leaks, sought }: HistoryReport, shown: readonly Leak[], { all }: HistoryTextOptions): string => {
  const hidden = leaks.filter(isActive).length - shown.length
  const rest =
    hidden > 0 && !all
      ? ` ${hidden} more ${hidden === 1 ? 'is' : 'are'} published with packages, or samples: --all shows them.`
      : ''
  if (sought === 'none') return 'Secrets were not looked for: the configuration, or --only, leaves them out.\n'
  const some = sought === 'some' ? ' Some kinds were not looked for: the configuration, or --only, leaves them out.' : ''
  if (shown.length === 0 && leaks.some(one => !isActive(one)))
    return `No secrets were found but those that are suppressed.${rest}${some}\n`
  if (shown.length === 0)
    return `No secrets were found in the configuration, the history, and the files of all layers.${rest}${some}\n`
  return `${plural(shown.length, 'secret')} can be read by whoever has the image: ${countsText(shown)}.${rest}${some}\n`
}

/** `1 high, 3 low`. */
const countsText = (all: readonly { readonly severity: Severity }[]): string =>
  severities
    .map(severity => [severity, all.filter(one => one.severity === severity).length] as const)
    .filter(([, number]) => number > 0)
    .map(([severity, number]) => `${number} ${severity}`)
    .join(', ')
