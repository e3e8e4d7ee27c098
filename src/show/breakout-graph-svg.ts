/** Ways out of containers as a picture: columns from the container to what the attacker gets, one band for each container. SVG 1.1 without scripts or fonts. */
import type { Reach } from '../model/breakout.ts'
import { type BreakoutGraph, type GraphGroup, graphSummary, reachNames } from './breakout-graph.ts'
import { forTerminal, forXml } from './escape.ts'
import { cutText, widthOf, wrapText } from './style.ts'

const columns = [
  { x: 24, width: 170, head: 'Container' },
  { x: 254, width: 270, head: 'What must hold' },
  { x: 604, width: 330, head: 'Way out' },
  { x: 1014, width: 150, head: 'The attacker gets' },
] as const
const totalWidth = 1188
const top = 96
/** Between boxes of a column, and between bands. */
const gap = 14
const bandGap = 26
const lineHeight = 16
const padding = 10
/** Of a letter at 12 pixels, the same in bold, and at 11, in usual sans-serif fonts, on the wide side: what is measured must fit. */
const letter = 6.7
const boldLetter = 7.5
const smallLetter = 6

type Line = { readonly text: string; readonly of: string; readonly isSmall: boolean }
type Box = { readonly lines: readonly Line[]; readonly height: number; y: number }

/** The whole document. Ends with LF. */
export const showBreakoutSvg = (graph: BreakoutGraph): string => {
  const out: string[] = []
  let y = top
  for (const group of graph.groups) {
    const band = drawBand(group, y)
    out.push(`<g role="listitem" aria-label="${forXml(`Ways out of ${group.container}`)}">`, ...band.lines, '</g>')
    y += band.height + bandGap
  }
  if (graph.groups.length === 0) {
    out.push(`<text class="t" x="24" y="${y + 14}">No way out is known.</text>`)
    y += 40
  }
  const height = y + 40
  const count = graph.groups.reduce((sum, { ways }) => sum + ways.length, 0)
  const head = [
    `${count} ${count === 1 ? 'way' : 'ways'} out of ${graph.groups.length} ${graph.groups.length === 1 ? 'container' : 'containers'}`,
    ...(graph.without > 0 ? [`${graph.without} without any to show`] : []),
    ...(graph.left > 0 ? [`${graph.left} more are not drawn`] : []),
  ].join(' · ')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${totalWidth} ${height}" width="${totalWidth}" height="${height}" role="img" aria-labelledby="title desc">`,
    '<title id="title">Ways out of containers</title>',
    `<desc id="desc">${forXml(cutText(graphSummary(graph), 4000))}</desc>`,
    `<style>${style}</style>`,
    `<rect class="bg" width="${totalWidth}" height="${height}"/>`,
    '<text class="h" x="24" y="36">Ways out of containers</text>',
    `<text class="s" x="24" y="56">${forXml(head)}</text>`,
    ...columns.map(({ x, head: name }) => `<text class="c" x="${x}" y="${top - 14}">${forXml(name)}</text>`),
    ...out,
    `<text class="s" x="24" y="${height - 18}">Dashed: open only where the host is so. Everything that leads into a way holds together. Point at a box to read all of it.</text>`,
    '</svg>',
    '',
  ].join('\n')
}

const drawBand = (group: GraphGroup, y: number): { readonly lines: readonly string[]; readonly height: number } => {
  const container = box(0, [
    { text: group.container, of: 'b' },
    ...(group.place === undefined ? [] : [{ text: group.place, of: 's', isSmall: true }]),
  ])
  const parts = group.parts.map(({ text, place }) =>
    box(1, [{ text, of: 't' }, ...(place === undefined ? [] : [{ text: place, of: 's', isSmall: true }])]),
  )
  const ways = group.ways.map(({ text, close, staysOpen, accepted }) =>
    box(2, [
      { text, of: 'b' },
      { text: `Close it: ${close}`, of: 's', isSmall: true },
      accepted === undefined
        ? staysOpen
          ? { text: 'stays open after the fixes', of: 'open', isSmall: true }
          : { text: 'the fixes close it', of: 'ok', isSmall: true }
        : { text: `accepted: ${accepted}`, of: 's', isSmall: true },
    ]),
  )
  const reached = [...new Set(group.ways.map(({ reaches }) => reaches))]
  const gains = reached.map(reach => box(3, [{ text: reachNames[reach], of: 'b' }]))
  const stacks = [[container], parts, ways, gains]
  const height = Math.max(...stacks.map(stackHeight))
  for (const stack of stacks) place(stack, y, height)
  const partOf = new Map(group.parts.map(({ id }, i) => [id, parts[i]!]))
  const gainOf = new Map<Reach, Box>(reached.map((reach, i) => [reach, gains[i]!]))
  const edges: string[] = parts.map(part => edge(0, container, part, 'e'))
  group.ways.forEach(({ parts: own, severity, depends, reaches }, i) => {
    const kind = `e ${severity}${depends.length > 0 ? ' d' : ''}`
    for (const id of own) edges.push(edge(1, partOf.get(id)!, ways[i]!, kind))
    edges.push(edge(2, ways[i]!, gainOf.get(reaches)!, `e ${severity}`))
  })
  const boxes = [
    drawBox(0, container, 'n', [group.container, group.place ?? ''], ''),
    ...parts.map((one, i) => drawBox(1, one, 'n', [group.parts[i]!.text, group.parts[i]!.place ?? ''], '')),
    ...ways.map((one, i) => {
      const way = group.ways[i]!
      const whole = [
        `${way.severity}: ${way.text}`,
        ...way.depends.map(text => `Only where ${text}`),
        `The attacker ${way.gets}`,
        `Close it: ${way.close}`,
      ]
      return drawBox(2, one, `n${way.depends.length > 0 ? ' d' : ''}`, whole, way.severity)
    }),
    ...gains.map((one, i) => drawBox(3, one, 'n gain', [reachNames[reached[i]!]], '')),
  ]
  return { lines: [...edges, ...boxes], height }
}

const stackHeight = (boxes: readonly Box[]): number =>
  boxes.reduce((sum, { height }) => sum + height, 0) + gap * Math.max(0, boxes.length - 1)

/** In the middle of the band, spread over no more than half of what is left. */
const place = (boxes: readonly Box[], y: number, height: number): void => {
  const free = height - stackHeight(boxes)
  const more = boxes.length > 1 ? free / 2 / (boxes.length - 1) : 0
  let at = y + (free - more * (boxes.length - 1)) / 2
  for (const one of boxes) {
    one.y = at
    at += one.height + gap + more
  }
}

const maxLines = 3

const box = (
  column: 0 | 1 | 2 | 3,
  texts: readonly { readonly text: string; readonly of: string; readonly isSmall?: boolean }[],
): Box => {
  const room = columns[column].width - 2 * padding
  const lines = texts.flatMap(({ text, of, isSmall = false }) => {
    const wrapped = fitted(
      text,
      Math.floor(room / (isSmall ? smallLetter : of === 'b' ? boldLetter : letter)),
      isSmall ? 2 : maxLines,
    )
    return wrapped.map(line => ({ text: line, of, isSmall }))
  })
  return { lines, height: lines.length * lineHeight + 2 * padding - 4, y: 0 }
}

/** At most so many lines; paths and other long words are broken. */
const fitted = (text: string, width: number, most: number): readonly string[] => {
  // What cannot be seen is written out, which makes it longer.
  const broken = forTerminal(text.toWellFormed())
    .replace(/\s+/g, ' ')
    .split(' ')
    .flatMap(word => pieces(word, width))
    .join(' ')
  const lines = wrapText(broken, width).split('\n')
  if (lines.length <= most) return lines
  return [...lines.slice(0, most - 1), `${cutText(lines[most - 1]!, width - 1).replace(/…$/, '')}…`]
}

/** Broken behind a slash, a hyphen and the like where one is near enough. */
const pieces = (word: string, width: number): readonly string[] => {
  const found: string[] = []
  let rest = word
  while (widthOf(rest) > width) {
    let piece = ''
    for (const character of rest) {
      if (widthOf(piece + character) > width) break
      piece += character
    }
    const sign = Math.max(...['/', '-', '_', '.', ':'].map(one => piece.lastIndexOf(one)))
    // One sign takes two columns where there is room for one.
    const cut = sign > piece.length / 2 ? sign + 1 : Math.max(piece.length, 1)
    found.push(rest.slice(0, cut))
    rest = rest.slice(cut)
  }
  return rest === '' ? found : [...found, rest]
}

const drawBox = (
  column: 0 | 1 | 2 | 3,
  { lines, height, y }: Box,
  kind: string,
  whole: readonly string[],
  severity: string,
): string => {
  const { x, width } = columns[column]
  const texts = lines.map(
    ({ text, of }, i) =>
      `<text class="${of}" x="${x + padding}" y="${round(y + padding + 10 + i * lineHeight)}">${forXml(text)}</text>`,
  )
  const bar =
    severity === '' ? '' : `<rect class="bar ${severity}" x="${x}" y="${round(y)}" width="4" height="${height}" rx="2"/>`
  const title = forXml(whole.filter(one => one !== '').join('. '))
  return `<g><title>${title}</title><rect class="${kind}" x="${x}" y="${round(y)}" width="${width}" height="${height}" rx="6"/>${bar}${texts.join('')}</g>`
}

/** From the right side of a box to the left side of one in the next column. */
const edge = (column: 0 | 1 | 2, from: Box, to: Box, kind: string): string => {
  const [a, b] = [columns[column], columns[column + 1]!]
  const [x1, x2] = [a.x + a.width, b.x]
  const [y1, y2] = [round(from.y + from.height / 2), round(to.y + to.height / 2)]
  const middle = round((x1 + x2) / 2)
  return `<path class="${kind}" d="M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}"/>`
}

const round = (value: number): number => Math.round(value * 10) / 10

const colours = {
  light: {
    bg: '#ffffff',
    ink: '#1f2328',
    soft: '#59636e',
    box: '#f6f8fa',
    rim: '#c4ccd4',
    gain: '#ffebe9',
    line: '#8c959f',
    ok: '#1a7f37',
    critical: '#cf222e',
    high: '#bc4c00',
    medium: '#9a6700',
    low: '#0969da',
  },
  dark: {
    bg: '#0d1117',
    ink: '#e6edf3',
    soft: '#9198a1',
    box: '#161b22',
    rim: '#3d444d',
    gain: '#3c1618',
    line: '#6e7681',
    ok: '#3fb950',
    critical: '#ff7b72',
    high: '#ffa657',
    medium: '#d29922',
    low: '#58a6ff',
  },
} as const

const severityRules = (set: Readonly<Record<'critical' | 'high' | 'medium' | 'low', string>>): string =>
  (['critical', 'high', 'medium', 'low'] as const)
    .map(name => `.e.${name}{stroke:${set[name]}}.bar.${name}{fill:${set[name]}}`)
    .join('')

const theme = (set: (typeof colours)['light' | 'dark']): string =>
  `.bg{fill:${set.bg}}text{fill:${set.ink}}.s,.c{fill:${set.soft}}.ok{fill:${set.ok}}.open{fill:${set.high}}.n{fill:${set.box};stroke:${set.rim}}.n.gain{fill:${set.gain};stroke:${set.critical}}.e{stroke:${set.line}}.bar{fill:${set.soft}}${severityRules(set)}`

const style = `text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif}.h{font-size:20px;font-weight:600}.b{font-weight:600}.s,.ok,.open{font-size:11px}.c{font-size:11px;letter-spacing:.06em}.e{fill:none;stroke-width:1.4;opacity:.75}.d{stroke-dasharray:5 4}${theme(colours.light)}@media (prefers-color-scheme:dark){${theme(colours.dark)}}`
