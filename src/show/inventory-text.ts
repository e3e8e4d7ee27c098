/** An inventory for people: a table of packages, or a tree by layer. */
import type { Digest, Location, Problem } from '../model/finding.ts'
import type { Inventory, LayerSummary } from '../model/inventory.ts'
import type { Package } from '../model/package.ts'
import { forTerminal } from './escape.ts'
import { instructionText, onOneLine } from './instruction-text.ts'
import { cutText, type Style, styleFor, widthOf } from './style.ts'

export type InventoryTextOptions = { readonly colour: boolean; readonly width?: number; readonly by?: 'layer' }

export const showInventoryText = (inventory: Inventory, options: InventoryTextOptions): string => {
  const style = styleFor(options.colour)
  const body = options.by === 'layer' ? tree(inventory, style, options.width) : table(inventory, style)
  return [header(inventory, style), body, problemList(inventory.problems, style), summary(inventory)]
    .filter(part => part !== '')
    .join('\n')
}

const header = ({ name, image, distro }: Inventory, style: Style): string => {
  const facts = [image?.platform, distro?.name, image && `id ${short(image.id)}`].filter(
    fact => fact !== undefined && fact !== '',
  )
  return `${style.bold(forTerminal(name))}${facts.length > 0 ? `  ${style.dim(forTerminal(facts.join('  ')))}` : ''}\n`
}

const table = ({ packages, layers }: Inventory, style: Style): string => {
  if (packages.length === 0) return ''
  const indexOf = layerFinder(layers)
  const hasLayers = layers.length > 0
  const rows = [...packages].sort(byNameWithin).map(one => {
    const [at] = one.at
    const layer = indexOf(at)
    return [
      one.name,
      one.version,
      one.ecosystem,
      ...(hasLayers ? [layer === undefined ? '' : String(layer + 1)] : []),
      `${pathOf(at)}${one.at.length > 1 ? ` +${one.at.length - 1}` : ''}`,
    ].map(forTerminal)
  })
  const heads = ['Package', 'Version', 'Type', ...(hasLayers ? ['Layer'] : []), 'Found in']
  // The longest tenth may stick out: one long name must not push everything else to the right.
  const widths = heads.map((head, column) => {
    const sorted = rows.map(row => widthOf(row[column]!)).sort((a, b) => a - b)
    const usual = sorted[Math.floor((sorted.length - 1) * 0.9)] ?? 0
    return Math.max(widthOf(head), Math.min(sorted[sorted.length - 1] ?? 0, Math.max(usual, 24)))
  })
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === cells.length - 1 ? cell : cell + ' '.repeat(Math.max(0, widths[i]! - widthOf(cell)))))
      .join('  ')
  return `${style.bold(line(heads))}\n${rows.map(line).join('\n')}\n`
}

const byNameWithin = (a: Package, b: Package): number =>
  compare(a.ecosystem, b.ecosystem) || compare(a.name.toLowerCase(), b.name.toLowerCase()) || compare(a.purl, b.purl)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Which layer, from 0, from the base upwards, a place is in. The same archive may stand in an image twice (an empty one often does): then the instruction
 * tells which.
 */
const layerFinder = (layers: readonly LayerSummary[]): ((at: Location) => number | undefined) => {
  const exact = new Map<string, number>()
  const byDigest = new Map<Digest, number>()
  layers.forEach(({ diffId, step }, i) => {
    const key = `${diffId} ${step ?? ''}`
    if (!exact.has(key)) exact.set(key, i)
    if (!byDigest.has(diffId)) byDigest.set(diffId, i)
  })
  return at => (at.in === 'layer' ? (exact.get(`${at.layer} ${at.step ?? ''}`) ?? byDigest.get(at.layer)) : undefined)
}

const noLayers = {
  image: 'The image has no layers.\n',
  folder: 'A folder has no layers.\n',
  sbom: 'The SBOM does not say which layers there are.\n',
}

const tree = ({ kind, image, layers, packages }: Inventory, style: Style, width = 100): string => {
  if (layers.length === 0) return noLayers[kind]
  const indexOf = layerFinder(layers)
  const byLayer = new Map<number, Package[]>()
  for (const one of packages) {
    const [at] = one.at
    const index = indexOf(at)
    if (index === undefined) continue
    const list = byLayer.get(index)
    if (list) list.push(one)
    else byLayer.set(index, [one])
  }
  const digits = String(layers.length).length
  return layers
    .map(({ diffId, step, size, files, instruction: told = '' }, i) => {
      const added = [...(byLayer.get(i) ?? [])].sort(byNameWithin)
      const indent = ' '.repeat(digits + 2)
      const createdBy = step === undefined ? undefined : image?.config.history[step]?.createdBy
      const instruction = forTerminal(onOneLine(instructionText(createdBy ?? told)))
      const numbers = `${bytesText(size)}, ${count(files, 'entry', 'entries')}, ${count(added.length, 'package')}`
      const lines = [`${style.bold(String(i + 1).padStart(digits))}  ${short(diffId)}  ${numbers}`]
      if (instruction !== '') lines.push(`${indent}${style.cyan(cutText(instruction, width - indent.length))}`)
      for (const [ecosystem, some] of groups(added))
        lines.push(
          ...wrapList(
            `${indent}${ecosystem}: `,
            some.map(one => forTerminal(`${one.name} ${one.version}`.trim())),
            width,
          ),
        )
      return `${lines.join('\n')}\n`
    })
    .join('\n')
}

const groups = (packages: readonly Package[]): ReadonlyMap<string, readonly Package[]> =>
  Map.groupBy(packages, ({ ecosystem }) => ecosystem)

const wrapList = (label: string, items: readonly string[], width: number): readonly string[] => {
  const lines: string[] = []
  let line = label
  items.forEach((item, i) => {
    const text = i === items.length - 1 ? item : `${item}, `
    if (line.trim() !== '' && line !== label && widthOf(line) + widthOf(text) > width) {
      lines.push(line.trimEnd())
      line = ' '.repeat(label.length)
    }
    line += text
  })
  lines.push(line.trimEnd())
  return lines
}

const problemList = (problems: readonly Problem[], style: Style): string =>
  problems
    .map(({ kind, code, message }) => {
      const label =
        kind === 'failed' ? style.bold(style.red(`not checked[${code}]`)) : style.bold(style.yellow(`not covered[${code}]`))
      return `${label} ${forTerminal(message)}\n`
    })
    .join('')

const summary = ({ packages, layers }: Inventory): string => {
  const kinds = [...Map.groupBy(packages, ({ ecosystem }) => ecosystem)]
    .map(([ecosystem, list]) => [ecosystem, list.length] as const)
    .sort((a, b) => b[1] - a[1])
  const parts = kinds.map(([ecosystem, number]) => `${number} ${ecosystem}`)
  const size = layers.reduce((sum, layer) => sum + layer.size, 0)
  const where = layers.length > 0 ? ` in ${count(layers.length, 'layer')}, ${bytesText(size)}` : ''
  return `${count(packages.length, 'package')}${where}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.\n`
}

const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`

/** Decimal units, as Docker shows them. */
export const bytesText = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

const short = (digest: Digest): string => digest.slice(digest.indexOf(':') + 1).slice(0, 12)

const pathOf = (at: Location): string => ('path' in at ? (at.path ?? '') : '')
