/** Who the processes of a container are. */
import type { ImageFacts } from './image-rule.ts'

export type EffectiveUser =
  | { readonly kind: 'root'; readonly why: string }
  | { readonly kind: 'other' }
  /** A name that /etc/passwd does not have. */
  | { readonly kind: 'unknown'; readonly name: string }

/**
 * The configuration's user, looked up as runtimes do it (https://github.com/moby/sys/blob/main/user/user.go): a name in /etc/passwd first, then a number.
 * Undefined where nobody can tell: a folder, and images of Windows.
 */
export const effectiveUser = ({ config, platform, census, isWhole }: ImageFacts): EffectiveUser | undefined => {
  if (!config || platform?.startsWith('windows/')) return undefined
  const name = config.user.split(':', 1)[0]!.trim()
  if (name === '') return { kind: 'root', why: 'no user is set' }
  const account = census.accounts?.items.find(one => one.name === name)
  const uid = account?.uid ?? (/^[-+]?\d+$/.test(name) ? Number(name) : undefined)
  if (uid === 0) return { kind: 'root', why: name === 'root' ? 'the user is `root`' : `the user \`${name}\` has the uid 0` }
  if (uid !== undefined) return { kind: 'other' }
  if (name === 'root') return { kind: 'root', why: 'the user is `root`' }
  const isWholeList = isWhole && (census.accounts === undefined || census.accounts.count === census.accounts.items.length)
  return isWholeList ? { kind: 'unknown', name } : { kind: 'other' }
}

/** What shows that the first process gives up root by itself. */
export const stepDownOf = ({ census }: ImageFacts): string | undefined => {
  const { start, stepDowns } = census
  if (start?.stepsDownTo !== undefined)
    return /^(?:root|0+)(?::|$)/.test(start.stepsDownTo) ? undefined : `the entry point, to \`${start.stepsDownTo}\`,`
  // A script that brings such a program along is its caller.
  return start?.kind === 'other' && stepDowns.items[0] ? `the entry point, by \`${stepDowns.items[0].path}\`,` : undefined
}

/** The group of `user:group`, where it is a name that /etc/group does not have. */
export const unknownGroup = ({ config, platform, census: { groups }, isWhole }: ImageFacts): string | undefined => {
  const group = config?.user.split(':')[1]?.trim() ?? ''
  if (group === '' || /^\d+$/.test(group) || platform?.startsWith('windows/')) return undefined
  const isWholeList = isWhole && (groups === undefined || groups.count === groups.items.length)
  return isWholeList && !groups?.items.some(({ name }) => name === group) ? group : undefined
}

/** Names that a message tells, and messages. */
const told = 5
const most = 20

/** What several have in common → those, as a message tells them. */
export const duplicates = <Item, Same extends string | number>(
  items: readonly Item[],
  same: (item: Item) => Same,
  other: (item: Item) => string | number,
): readonly (readonly [Same, string])[] =>
  [...Map.groupBy(items, same)]
    .filter(([, group]) => group.length > 1)
    .slice(0, most)
    .map(([key, group]) => {
      const names = group.slice(0, told).map(item => `\`${other(item)}\``)
      const rest = group.length - names.length
      return [
        key,
        rest > 0 ? `${names.join(', ')} and ${rest} more` : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`,
      ] as const
    })
