/** The pictures of the ways out: well-formed, bounded, legible, and deaf to what a subject writes. */
import { expect, test } from 'vitest'
import { graphForm } from '../src/cli/graph-file.ts'
import { check } from '../src/flows/check.ts'
import { containerRules } from '../src/judge/rules/container-registry.ts'
import { rules } from '../src/judge/rules/registry.ts'
import type { CheckReport } from '../src/model/report.ts'
import { type XmlPart, xmlParts } from '../src/read/xml.ts'
import { breakoutGraph } from '../src/show/breakout-graph.ts'
import { showBreakoutMermaid } from '../src/show/breakout-graph-mermaid.ts'
import { showBreakoutSvg } from '../src/show/breakout-graph-svg.ts'
import { memoryWorld } from '../src/world/memory.ts'

const reportOf = async (compose: string): Promise<CheckReport> =>
  (
    await check(memoryWorld({ 'shop/compose.yaml': compose }), { ...rules, ...containerRules }, '0.1.0', {
      paths: ['shop'],
      config: 'none',
      shellcheck: 'off',
    })
  ).report

const service = (name: string, more = ''): string =>
  `  ${JSON.stringify(name)}:\n    image: x:1\n    user: root\n    pid: host\n    privileged: true\n    volumes:\n      - /var/run/docker.sock:/s\n${more}`

const hostile = 'we<b>&"\'`#;]}\u001b[2J\u202e%%\n  click c1 "javascript:x"'
const project = `services:\n${service('web')}${service(hostile, '      - "/root/.<script>alert(1)</script>:/e"\n')}${service(
  'long',
  `      - /home/ann/${'very/'.repeat(30)}.ssh:/k\n      - /srv/${'x'.repeat(300)}/.aws:/a\n`,
)}  idle:\n    image: idle:1\n    user: "1000"\n    cap_drop: [ALL]\n`

test('what leads where', async () => {
  const graph = breakoutGraph(await reportOf(project), false)
  expect(graph.groups.map(({ container }) => container)).toEqual(['web', hostile, 'long'])
  expect(graph.without).toBe(1)
  const [web] = graph.groups
  const way = web!.ways.find(({ text }) => text.startsWith('Privileged'))!
  expect(way.parts.map(id => web!.parts.find(part => part.id === id))).toMatchObject([
    { text: 'it is privileged', place: 'shop/compose.yaml:6' },
    { text: 'it runs as root', place: 'shop/compose.yaml:4' },
  ])
  expect(way).toMatchObject({ reaches: 'host', severity: 'critical', close: 'Delete privileged', staysOpen: false })
  // Every part is needed by a way, and drawn once.
  for (const { parts, ways } of graph.groups) {
    expect(new Set(parts.map(({ text, place }) => `${text}\n${place}`)).size).toBe(parts.length)
    for (const part of parts) expect(ways.some(one => one.parts.includes(part.id))).toBe(true)
  }
})

test('the SVG is well-formed, without anything that runs, in light and dark', async () => {
  const svg = showBreakoutSvg(breakoutGraph(await reportOf(project), true))
  const parts = [...xmlParts(svg)]
  const open = parts.filter(part => part.kind === 'open')
  expect(new Set(open.map(({ name }) => name))).toEqual(new Set(['svg', 'title', 'desc', 'style', 'rect', 'text', 'g', 'path']))
  for (const { attributes } of open) for (const name of attributes.keys()) expect(name).not.toMatch(/^on|href/)
  expect(svg).not.toMatch(/[\u001b\u202e]|<script/)
  expect(svg).toContain('&#60;script&#62;')
  expect(svg).toContain('prefers-color-scheme:dark')
  expect(open[0]!.attributes.get('aria-labelledby')).toBe('title desc')
  expect(parts.find((part): part is XmlPart & { kind: 'text' } => part.kind === 'text')!.text).toBe('Ways out of containers')
})

test('no box lies on another, and no text leaves its box', async () => {
  const svg = showBreakoutSvg(breakoutGraph(await reportOf(project), true))
  const number = (attributes: ReadonlyMap<string, string>, name: string): number => Number(attributes.get(name))
  const boxes: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[] = []
  let inText: { readonly x: number; readonly y: number; readonly of: string } | undefined
  for (const part of xmlParts(svg)) {
    if (part.kind === 'open' && part.name === 'rect' && part.attributes.get('class')?.startsWith('n')) {
      const { attributes: at } = part
      boxes.push({ x: number(at, 'x'), y: number(at, 'y'), width: number(at, 'width'), height: number(at, 'height') })
    }
    if (part.kind === 'open' && part.name === 'text')
      inText = { x: number(part.attributes, 'x'), y: number(part.attributes, 'y'), of: part.attributes.get('class') ?? '' }
    if (part.kind === 'text' && inText && boxes.length > 0 && inText.x > boxes.at(-1)!.x && inText.of !== 'c') {
      const box = boxes.at(-1)!
      if (inText.y > box.y + box.height + 20) continue
      const letter = inText.of === 'b' ? 7 : 6
      expect(inText.x + part.text.length * letter, part.text).toBeLessThanOrEqual(box.x + box.width)
      expect(inText.y).toBeLessThan(box.y + box.height)
    }
    if (part.kind === 'close') inText = undefined
  }
  expect(boxes.length).toBeGreaterThan(20)
  const rows = [...boxes].sort((a, b) => a.x - b.x || a.y - b.y)
  rows.forEach((box, i) => {
    const next = rows[i + 1]
    if (next && next.x === box.x) expect(next.y).toBeGreaterThanOrEqual(box.y + box.height)
  })
})

test('Mermaid: every label is one, whatever a subject writes', async () => {
  const text = showBreakoutMermaid(breakoutGraph(await reportOf(project), true))
  const lines = text.trimEnd().split('\n')
  expect(lines[0]).toBe('flowchart LR')
  const shapes = [
    / {2}acc(?:Title|Descr): [^"#;{}<>]*/,
    / {2}c\d+\(\["[^"]*"\]\):::container/,
    / {2}c\d+p\d+\["[^"]*"\]/,
    / {2}c\d+w\d+\{\{"[^"]*"\}\}:::(?:critical|high|medium|low)/,
    / {2}c\d+ --- c\d+p\d+/,
    / {2}c\d+p\d+ (?:-->|-\.->) c\d+w\d+/,
    / {2}c\d+w\d+ ==> gets_(?:host|cluster|neighbours)/,
    / {2}gets_\w+\[\("[\w ]+"\)\]/,
    / {2}classDef \w+ [\w:#,-]+/,
  ]
  for (const line of lines.slice(1))
    expect(
      shapes.some(shape => new RegExp(`^${shape.source}$`, 'u').test(line)),
      line,
    ).toBe(true)
  const labels = lines.flatMap(line => /"(.*)"/.exec(line)?.[1]?.replaceAll('<br/>', '') ?? [])
  for (const label of labels) expect(label.replace(/#\d+;/g, '')).not.toMatch(/["`<>#;&]/)
  expect(labels.join('\n')).toContain('#60;')
})

test('too many ways are counted, not drawn', async () => {
  const graph = breakoutGraph(
    await reportOf(`services:\n${Array.from({ length: 200 }, (_, i) => service(`s${i}`)).join('')}`),
    false,
  )
  expect(graph.groups.reduce((sum, { ways }) => sum + ways.length, 0)).toBe(250)
  expect(graph.left).toBeGreaterThan(0)
  expect(showBreakoutSvg(graph)).toContain(`${graph.left} more are not drawn`)
  expect(showBreakoutMermaid(graph)).toContain(`${graph.left} more ways are not drawn`)
})

test('nothing to draw is said', async () => {
  const graph = breakoutGraph(await reportOf('services:\n  idle:\n    image: idle:1\n    user: "1000"\n'), false)
  expect(showBreakoutSvg(graph)).toContain('No way out is known.')
  expect(showBreakoutMermaid(graph)).toContain('no way out is known')
})

test('the name of the file says the form', () => {
  expect(graphForm('out/ways.svg')).toBe('svg')
  expect(graphForm('ways.mmd')).toBe('mermaid')
  expect(() => graphForm('ways.png')).toThrow('neither .svg nor .mmd')
})
