import type { Census, Counted, CountedFile } from '../model/census.ts'
import type { Location } from '../model/finding.ts'
import type { ImageConfig } from '../model/image.ts'
import type { Package } from '../model/package.ts'
import type { Report, Rule } from '../model/rule.ts'

/** What rules on images judge: plain data, gathered before they run. */
export type ImageFacts = {
  /** The image's own name, of several the one that was asked for; undefined where it has none. */
  readonly name: string | undefined
  /** `linux/amd64`; undefined for a folder. */
  readonly platform: string | undefined
  /** Undefined for a folder, which has none. */
  readonly config: Omit<ImageConfig, 'history'> | undefined
  readonly packages: readonly Pick<Package, 'name' | 'version' | 'ecosystem' | 'owns'>[]
  readonly census: Census
  /** Everything was read: what is not in the census is not in the image. */
  readonly isWhole: boolean
  /** ISO 8601 date of the run: `2026-11-24`. */
  readonly today: string
}

export type ImageRule<Options = undefined> = Rule<ImageFacts, Options>

/** Gives a rule its types; returns it as it is. */
export const imageRule = <Options = undefined>(rule: ImageRule<Options>): ImageRule<Options> => rule

/** A place in the image's configuration, by the name of the instruction that sets it. */
export const inConfig = (field: string): Location => ({ in: 'config', field })

/** Advice: an image is not edited, but built again. */
export const advice = (title: string): NonNullable<Report['fix']> => ({ title, safety: 'manual', edits: [] })

/** The places of what was counted, the first in front. Only for lists that are not empty. */
export const placesOf = ({ count, items }: Counted<CountedFile>): Pick<Report, 'at' | 'also' | 'isCut'> => ({
  at: items[0]!.at,
  also: items.slice(1).map(({ at }) => at),
  isCut: count > items.length,
})

/** Names that a message tells. */
const told = 5

/** `/a, /b and 12 more`, each in backticks. `show`: what stands for one. */
export const listed = <Item extends CountedFile>(
  { count, items }: Counted<Item>,
  show: (item: Item) => string = ({ path }) => `\`${path}\``,
): string => {
  const names = items.slice(0, told).map(show)
  const rest = count - names.length
  if (rest > 0) return `${names.join(', ')} and ${rest} more`
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '')
}

/** `one file` or `12 files`. */
export const counted = (count: number, one: string, many = `${one}s`): string => (count === 1 ? `one ${one}` : `${count} ${many}`)
