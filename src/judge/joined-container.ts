/** Containers that join others: whose namespaces and volumes they have. */
import type { Container, Mount, Setting } from '../model/container.ts'
import type { Location } from '../model/finding.ts'

export type Joined = {
  /** With what it has of the others, each at the place by which it joins them. */
  readonly container: Container
  /** What came that way: the place by which it joins, and whom. */
  readonly through: readonly { readonly at: Location; readonly other: string }[]
}

const fields = ['pid', 'ipc', 'uts', 'network', 'userNamespace'] as const

/** How many others one container is followed to. People write one or two. */
const most = 64

export const joined = (container: Container, neighbours: readonly Container[]): Joined => {
  const through: { at: Location; other: string }[] = []
  const changes: Partial<Record<(typeof fields)[number], Setting<string>>> = {}
  for (const field of fields) {
    const { value, at } = container[field]
    const first = joinedName(value)
    if (first === undefined || !at) continue
    const end = namespaceOf(first, field, neighbours)
    if (end !== 'host' && field !== 'userNamespace') continue
    if (end === undefined) continue
    changes[field] = { value: end, at }
    through.push({ at, other: first })
  }
  const mounts = container.volumesFrom.flatMap(({ value, at }) => {
    if (!at) return []
    const { name, readOnly } = volumesFrom(value)
    const own = mountsOf(name, neighbours, new Set())
    if (own.length > 0) through.push({ at, other: name })
    return own.map((mount): Mount => {
      const { declaredAt, ...rest } = mount
      return { ...rest, readOnly: mount.readOnly || readOnly, at }
    })
  })
  if (through.length === 0) return { container, through }
  return { container: { ...container, ...changes, mounts: [...container.mounts, ...mounts] }, through }
}

/** `service:web` of Compose, `container:web` of all. */
const joinedName = (value: string): string | undefined => /^(?:container|service):(.+)$/.exec(value)?.[1]

/** `web`, `web:ro`, `container:web:ro`: https://docs.docker.com/reference/compose-file/services/#volumes_from */
const volumesFrom = (value: string): { readonly name: string; readonly readOnly: boolean } => {
  const [, name = value, options = ''] = /^(?:container:|service:)?([^:]+)(?::(.*))?$/.exec(value) ?? []
  return { name, readOnly: options.split(',').includes('ro') }
}

/** What the last one of those that join each other has; undefined where one of them is not known. */
const namespaceOf = (first: string, field: (typeof fields)[number], neighbours: readonly Container[]): string | undefined => {
  const seen = new Set<string>()
  for (let name = first; !seen.has(name) && seen.size < most; ) {
    seen.add(name)
    const other = named(name, neighbours)
    if (!other) return undefined
    const next = joinedName(other[field].value)
    if (next === undefined) return other[field].value
    name = next
  }
  return undefined
}

const mountsOf = (name: string, neighbours: readonly Container[], seen: Set<string>): readonly Mount[] => {
  const other = seen.size < most && !seen.has(name) ? named(name, neighbours) : undefined
  if (!other) return []
  seen.add(name)
  return [
    ...other.mounts,
    ...other.volumesFrom.flatMap(({ value }) => {
      const more = volumesFrom(value)
      return mountsOf(more.name, neighbours, seen).map(mount => (more.readOnly ? { ...mount, readOnly: true } : mount))
    }),
  ]
}

/** The neighbours of a project are one list for all of its containers. */
const byName = new WeakMap<readonly Container[], ReadonlyMap<string, Container>>()

const named = (name: string, neighbours: readonly Container[]): Container | undefined => {
  let names = byName.get(neighbours)
  if (!names) {
    names = new Map(neighbours.map(one => [one.name, one]))
    byName.set(neighbours, names)
  }
  return names.get(name)
}
