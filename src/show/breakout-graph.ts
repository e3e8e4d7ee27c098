/** The ways out of containers as nodes and lines, before anybody lays them out: container → what must hold → way out → what the attacker gets. */
import type { Breakout, Reach } from '../model/breakout.ts'
import type { Severity } from '../model/finding.ts'
import type { CheckReport } from '../model/report.ts'
import { positionAt } from '../model/text.ts'
import { isLesser } from './breakouts-text.ts'

export type PartNode = { readonly id: string; readonly text: string /** `path:line`. */; readonly place: string | undefined }

export type WayNode = {
  readonly id: string
  readonly text: string
  readonly severity: Severity
  /** Open only where the host is so. */
  readonly depends: readonly string[]
  readonly gets: string
  readonly close: string
  /** After the fixes. */
  readonly staysOpen: boolean
  readonly accepted: string | undefined
  readonly parts: readonly string[]
  readonly reaches: Reach
}

/** One container with all that is reached from it. */
export type GraphGroup = {
  readonly id: string
  readonly container: string
  readonly place: string | undefined
  readonly parts: readonly PartNode[]
  readonly ways: readonly WayNode[]
}

export type BreakoutGraph = {
  readonly groups: readonly GraphGroup[]
  /** Containers that have none to be drawn. */
  readonly without: number
  /** Ways that are not drawn, because there are too many. */
  readonly left: number
}

/** In words. */
export const reachNames: Readonly<Record<Reach, string>> = {
  host: 'the host',
  cluster: 'the cluster or the cloud',
  neighbours: 'other containers',
}

/** More is no picture. */
const maxWays = 250

/** `isAll`: lesser ways too. */
export const breakoutGraph = ({ breakouts = [], files }: CheckReport, isAll: boolean): BreakoutGraph => {
  const groups: GraphGroup[] = []
  let drawn = 0
  let left = 0
  let without = 0
  for (const { container, at, ways, remaining } of breakouts) {
    const wanted = ways.filter(way => isAll || !isLesser(way))
    if (wanted.length === 0) {
      without++
      continue
    }
    const shown = wanted.slice(0, maxWays - drawn)
    left += wanted.length - shown.length
    if (shown.length === 0) continue
    drawn += shown.length
    const id = `c${groups.length + 1}`
    const open = new Set(remaining.map(nameOf))
    const parts = new Map<string, PartNode>()
    const nodes = shown.map((way, i): WayNode => {
      const own = way.chain.map(part => {
        const place = placeOf(files, part.at)
        const key = `${part.text}\n${place}`
        const known = parts.get(key)
        if (known) return known.id
        const node = { id: `${id}p${parts.size + 1}`, text: unquoted(part.text), place }
        parts.set(key, node)
        return node.id
      })
      return {
        id: `${id}w${i + 1}`,
        text: unquoted(way.title),
        severity: way.severity,
        depends: way.depends,
        gets: way.gets,
        close: unquoted(way.close.title),
        staysOpen: open.has(nameOf(way)),
        accepted: way.accepted,
        parts: [...new Set(own)],
        reaches: way.reaches,
      }
    })
    groups.push({ id, container, place: placeOf(files, at), parts: sorted([...parts.values()], nodes), ways: nodes })
  }
  return { groups, without, left }
}

/** Each part near the ways that need it, so that few lines cross. */
const sorted = (parts: readonly PartNode[], ways: readonly WayNode[]): readonly PartNode[] => {
  const middle = new Map(
    parts.map(({ id }) => {
      const places = ways.flatMap((way, i) => (way.parts.includes(id) ? [i] : []))
      return [id, places.reduce((sum, one) => sum + one, 0) / places.length]
    }),
  )
  return [...parts].sort((a, b) => middle.get(a.id)! - middle.get(b.id)!)
}

/** A way of the same kind by the same setting is the same one, also where it leads less far. */
const nameOf = ({ id, title, chain }: Breakout): string => {
  const at = chain.find(part => part.at)?.at
  return at ? `${id}\n${JSON.stringify(at)}` : `${id}\n${title}`
}

/** Backticks mark code in our texts; in a picture they are only in the way. */
const unquoted = (text: string): string => text.replaceAll('`', '')

const placeOf = (files: CheckReport['files'], at: Breakout['chain'][number]['at']): string | undefined => {
  if (at?.in === 'container') return at.field
  if (at?.in !== 'file') return undefined
  const file = files.get(at.path)
  return file ? `${at.path}:${positionAt(file.lines, at.span.start).line}` : at.path
}

/** One sentence for who does not see the picture. */
export const graphSummary = ({ groups, without, left }: BreakoutGraph): string => {
  const count = groups.reduce((sum, { ways }) => sum + ways.length, 0)
  const some = groups.map(({ container, ways }) => `${container}: ${ways.map(({ text }) => text).join('; ')}`).slice(0, 20)
  const more = left === 0 ? '' : ` ${left} more are not drawn.`
  return `${count} ${count === 1 ? 'way' : 'ways'} out of ${groups.length} ${groups.length === 1 ? 'container' : 'containers'}; ${without} without.${more} ${some.join('. ')}`
}
