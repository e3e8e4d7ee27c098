/**
 * The layers of an image as a picture: the area of each is its size, its colour the worst that it brought. What in it is vulnerable is drawn inside; the sizes of
 * single packages are not known, so that there the area is their number of vulnerabilities. The table of the layers says the same in words.
 */
import { compareSeverity, type Severity } from '../model/finding.ts'
import { shown } from './html-page.ts'
import { bytesText } from './inventory-text.ts'
import { plural, tallyOf, tallyText } from './scan-facts.ts'
import { cutText } from './style.ts'
import { type Box, treemap } from './treemap.ts'

export type MapLayer = {
  readonly number: number
  readonly size: number
  readonly instruction: string
  readonly isInBase: boolean | undefined
  /** What is vulnerable in it, with the severities of what counts. */
  readonly packages: readonly { readonly name: string; readonly severities: readonly Severity[] }[]
}

const width = 1200
const height = 440
const maxLayers = 150
const maxPackages = 30
/** No layer is drawn smaller than this part of the whole, or nobody could see it. */
const smallest = 0.008
const label = 20
/** Of a letter, on the wide side. */
const letter = 7.6
const smallLetter = 6.2

/** '' where there is nothing to draw. */
export const showLayerMap = (layers: readonly MapLayer[]): string => {
  const total = layers.reduce((sum, { size }) => sum + size, 0)
  if (total === 0) return ''
  const sorted = layers.toSorted((a, b) => b.packages.length - a.packages.length || b.size - a.size)
  const drawn = sorted
    .slice(0, maxLayers)
    .filter(({ size, packages }) => size > 0 || packages.length > 0)
    .map(layer => ({ layer, weight: Math.max(layer.size, total * smallest) }))
    .sort((a, b) => b.weight - a.weight || a.layer.number - b.layer.number)
  const boxes = treemap(
    drawn.map(({ weight }) => weight),
    { x: 0, y: 0, width, height },
  )
  // In the order in which they lie, which is how somebody without a mouse goes through them.
  const shapes = drawn
    .map(({ layer }, i) => ({ number: layer.number, text: drawLayer(layer, boxes[i]!) }))
    .sort((a, b) => a.number - b.number)
  const left = layers.filter(({ size, packages }) => size > 0 || packages.length > 0).length - drawn.length
  return [
    `<svg class="map" viewBox="-2 -2 ${width + 4} ${height + 4}" role="group" aria-labelledby="map-title">`,
    ...shapes.map(({ text }) => text),
    '</svg>',
    ...(left > 0
      ? [`<p class="soft">${plural(left, 'more layer is', 'more layers are')} not drawn: the table has them.</p>`]
      : []),
  ].join('\n')
}

const worstOf = (severities: readonly Severity[]): Severity | 'none' => [...severities].sort(compareSeverity)[0] ?? 'none'

const drawLayer = ({ number, size, instruction, isInBase, packages }: MapLayer, box: Box): string => {
  const all = packages.flatMap(({ severities }) => severities)
  const tally = tallyText(tallyOf(all.map(severity => ({ severity }))))
  const words = [
    `Layer ${number}${isInBase ? ', base image' : ''}, ${bytesText(size)}`,
    tally === '' ? 'nothing known' : tally,
    shown(instruction, 160),
  ].filter(part => part !== '')
  const kind = worstOf(all)
  const title = fitted(
    `Layer ${number} · ${bytesText(size)} · ${all.length === 0 ? 'nothing known' : all.length}`,
    box.width,
    letter,
  )
  const short = title === '' ? fitted(String(number), box.width, letter) : title
  const inner = { x: box.x + 4, y: box.y + label, width: box.width - 8, height: box.height - label - 4 }
  const parts = inner.width < 24 || inner.height < 14 ? [] : drawPackages(packages, inner)
  return `<a href="#layer-${number}" data-l="${number}" class="m-${kind}" aria-label="${words.join('; ')}"><rect ${at(box)}/><title>${words.join('\n')}</title>${
    short === '' || box.height < label ? '' : `<text x="${round(box.x + 6)}" y="${round(box.y + 15)}">${shown(short)}</text>`
  }${parts.join('')}</a>`
}

const drawPackages = (packages: MapLayer['packages'], inner: Box): readonly string[] => {
  const sorted = packages
    .filter(({ severities }) => severities.length > 0)
    .toSorted((a, b) => b.severities.length - a.severities.length)
  const rest = sorted.slice(maxPackages)
  const some = [
    ...sorted.slice(0, maxPackages),
    ...(rest.length > 0 ? [{ name: `${rest.length} more`, severities: rest.flatMap(({ severities }) => severities) }] : []),
  ].sort((a, b) => b.severities.length - a.severities.length)
  const boxes = treemap(
    some.map(({ severities }) => severities.length),
    inner,
  )
  return some.map(({ name, severities }, i) => {
    const box = boxes[i]!
    const text = box.height < 16 ? '' : fitted(`${name} ${severities.length}`, box.width, smallLetter)
    const title = `${shown(name, 80)}: ${tallyText(tallyOf(severities.map(severity => ({ severity }))))}`
    return `<g class="in m-${worstOf(severities)}" aria-hidden="true"><title>${title}</title><rect ${at(box)}/>${
      text === '' ? '' : `<text x="${round(box.x + 4)}" y="${round(box.y + 12)}">${shown(text)}</text>`
    }</g>`
  })
}

const fitted = (text: string, room: number, perLetter: number): string => {
  const columns = Math.floor((room - 8) / perLetter)
  if (columns < Math.min(3, text.length)) return ''
  return cutText(text.slice(0, 300), columns)
}

const at = ({ x, y, width: w, height: h }: Box): string =>
  `x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}"`

const round = (value: number): number => Math.round(value * 10) / 10
