/**
 * Rectangles whose areas are as the weights, as near to squares as they get: squarified treemaps (Bruls, Huizing and van Wijk,
 * https://www.win.tue.nl/~vanwijk/stm.pdf). A row of rectangles grows along the shorter side of what is free for as long as its worst one gets better.
 */

export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/** In the order of the weights, which come from the largest down. Weights of nothing get boxes of nothing. */
export const treemap = (weights: readonly number[], box: Box): readonly Box[] => {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (total <= 0 || box.width <= 0 || box.height <= 0) return weights.map(() => ({ x: box.x, y: box.y, width: 0, height: 0 }))
  const scale = (box.width * box.height) / total
  const areas = weights.map(weight => weight * scale)
  const boxes: Box[] = []
  let free = box
  let start = 0
  while (start < areas.length) {
    const side = Math.min(free.width, free.height)
    let end = start + 1
    let sum = areas[start]!
    while (end < areas.length) {
      const more = sum + areas[end]!
      if (worst(areas[start]!, areas[end]!, more, side) > worst(areas[start]!, areas[end - 1]!, sum, side)) break
      sum = more
      end++
    }
    free = row(areas.slice(start, end), sum, free, boxes)
    start = end
  }
  return boxes
}

/** How much longer than wide the worst rectangle of a row is: that is its largest one, or its smallest. */
const worst = (largest: number, smallest: number, sum: number, side: number): number =>
  smallest <= 0
    ? Number.POSITIVE_INFINITY
    : Math.max((side * side * largest) / (sum * sum), (sum * sum) / (side * side * smallest))

/** Lays a row along the shorter side; gives what is free then. */
const row = (areas: readonly number[], sum: number, { x, y, width, height }: Box, boxes: Box[]): Box => {
  const isUpright = width >= height
  const length = isUpright ? height : width
  const thickness = length <= 0 ? 0 : sum / length
  let at = isUpright ? y : x
  for (const area of areas) {
    const part = thickness <= 0 ? 0 : area / thickness
    boxes.push(isUpright ? { x, y: at, width: thickness, height: part } : { x: at, y, width: part, height: thickness })
    at += part
  }
  return isUpright
    ? { x: x + thickness, y, width: Math.max(0, width - thickness), height }
    : { x, y: y + thickness, width, height: Math.max(0, height - thickness) }
}
