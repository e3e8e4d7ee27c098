/** What several rules on containers ask. */
import type { Container, Setting, Wish } from '../model/container.ts'
import type { Fix, Location, Safety } from '../model/finding.ts'
import type { Report } from '../model/rule.ts'
import { type ImageReference, parseReference } from '../read/dockerfile/reference.ts'
import type { ContainerFacts, ContainerImage } from './container-rule.ts'

/** Where a setting stands; where nobody wrote it, the container itself. */
export const placeOf = (setting: Pick<Setting<unknown>, 'at'>, container: Container): Location => setting.at ?? container.at

/** A way to mend it in words. Edits are made of the wishes. */
export const mend = (safety: Safety, title: string, ...wishes: readonly Wish[]): Required<Pick<Report, 'fix' | 'wishes'>> => ({
  fix: { title, safety, edits: [] } satisfies Fix,
  wishes,
})

/** Advice: a person has to decide. */
export const advise = (title: string): Pick<Report, 'fix'> => ({ fix: { title, safety: 'manual', edits: [] } })

/** The wish that what stands there goes; none where nobody wrote it. */
export const removal = ({ at }: Pick<Setting<unknown>, 'at'>): readonly Wish[] => (at ? [{ do: 'remove', at }] : [])

/** Windows has no capabilities, seccomp, root user and so on. */
export const isLinux = ({ os }: Container): boolean => os === 'linux'

/** It runs as it does everything that the host's root can: what is said of capabilities, seccomp, devices follows from that. */
export const isConfined = (container: Container): boolean => isLinux(container) && !container.privileged.value

/** In a pod only the first of its containers speaks about what all of them share. */
export const speaksForPod = (container: Container, { neighbours }: ContainerFacts): boolean =>
  container.pod !== undefined && !neighbours.some(one => one.pod === container.pod && isBefore(one.at, container.at))

/** In the same file. */
export const isBefore = (a: Location, b: Location): boolean =>
  a.in === 'file' && b.in === 'file' && a.path === b.path && a.span.start < b.span.start

/** A container does its own work for as long as the pod lives: no init container, and none for looking into it. */
export const isMain = ({ role }: Container): boolean => role === 'main'

/** Which image it runs; undefined without one, or where its name is made of something unknown. */
export const referenceOf = ({ image }: Container): ImageReference | undefined =>
  image.value === undefined ? undefined : parseReference(image.value)

export const imageOf = (container: Container, facts: ContainerFacts): ContainerImage | undefined =>
  facts.builtImage ?? (container.image.value === undefined ? undefined : facts.imageOf(container.image.value))

/** `root`, `0`, `0:1000`, `00`, `+0` (engines read it by Go’s Atoi: https://github.com/moby/sys/blob/main/user/user.go); the empty user of an image too. */
export const isRootUser = (user: string): boolean => {
  const name = user.split(':')[0]!
  return name === '' || name === 'root' || /^[-+]?0+$/.test(name)
}

/** A user is set, with a word whose value only its start knows: `--user "$(id -u)"`. */
export const isGiven = ({ user }: Container): boolean => user.value === undefined && user.at !== undefined

/** The user that it starts as: the container's own, else the image's; undefined when that is unknown. */
export const startUser = (container: Container, facts: ContainerFacts): string | undefined =>
  isGiven(container) ? undefined : (container.user.value ?? container.imageUser ?? imageOf(container, facts)?.user)

/**
 * Its groups, that of `user: "1000:998"` among them. A number of 1000 or more that is the user's as well is a person's own group, to which nothing of the
 * host is given (https://man7.org/linux/man-pages/man8/useradd.8.html, USERGROUPS_ENAB).
 */
export const groupsOf = ({ user, groups }: Container): readonly Setting<string>[] => {
  const [name, group = ''] = user.value?.split(':') ?? []
  const isOwn = group === name && !/^\d{1,3}$/.test(group)
  if (group === '' || isOwn || groups.some(({ value }) => value === group)) return groups
  return [{ value: group, ...(user.at ? { at: user.at } : {}) }, ...groups]
}

/** The variables without a value on which what stands at these places rests. */
export const unsetAt = ({ unset }: Container, places: readonly Location[]): readonly string[] => {
  if (unset === undefined || unset.length === 0) return []
  const names = unset.filter(({ at }) => at && places.some(place => overlap(place, at))).flatMap(({ value }) => value)
  return [...new Set(names)]
}

const overlap = (a: Location, b: Location): boolean =>
  a.in === 'file' && b.in === 'file' && a.path === b.path && a.span.start < b.span.end && b.span.start < a.span.end

/** In words: `a, b and c`, each in backticks. */
export const quoted = (names: readonly string[]): string => {
  const all = names.map(name => `\`${name}\``)
  return all.length > 1 ? `${all.slice(0, -1).join(', ')} and ${all.at(-1)}` : (all[0] ?? '')
}
