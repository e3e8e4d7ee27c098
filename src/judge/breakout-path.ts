/** What the ways out of a container are made of. */
import type { Breakout } from '../model/breakout.ts'
import type { Container, Setting, Wish } from '../model/container.ts'
import type { Location } from '../model/finding.ts'
import { dockerCapabilities, effectiveCapabilities } from './container-capabilities.ts'
import { isRootUser, startUser } from './container-queries.ts'
import type { ContainerFacts } from './container-rule.ts'

/** What is known of the machine. Everything is undefined for a file; of a live engine it is asked. */
export type HostFacts = {
  readonly cgroups?: 1 | 2
  readonly apparmor?: boolean
  readonly selinux?: boolean
  /** The engine maps the root of its containers to an ordinary user. */
  readonly remapped?: boolean
  readonly rootless?: boolean
  /** Versions as the engine tells them: `28.1.0`. */
  readonly engine?: string
  readonly containerd?: string
  readonly runc?: string
  readonly kernel?: string
}

/** `reaches`: the host, where nothing else is said. */
export type Way = Omit<Breakout, 'id' | 'container' | 'links' | 'reaches' | 'accepted'> & Partial<Pick<Breakout, 'reaches'>>

/** One kind of way out. Its file's name is its id. */
export type BreakoutPath = {
  /** Of the paths known in the field, for people who compare: `E1`. */
  readonly code: string
  readonly summary: string
  /** Where it was shown or described. */
  readonly links: readonly [string, ...string[]]
  /** Every way of this kind that the container opens. Nothing where one part of the chain does not hold. */
  find(scene: Scene): Iterable<Way>
}

export const breakoutPath = (path: BreakoutPath): BreakoutPath => path

export type Part = Breakout['chain'][number]

/** A container, and what the ways out ask of it. */
export type Scene = {
  readonly container: Container
  readonly facts: ContainerFacts
  readonly host: HostFacts
  /** Undefined: it is certainly not root, or root means nothing on the host. */
  readonly root: Rootness | undefined
  /** Its users are certainly others than the host's: a user namespace of its own. */
  readonly isMapped: boolean
  has(capability: string): boolean
  /** The part of a chain that says why it has one. */
  holds(capability: string): Part
  /** The wishes that take a capability away: what added it goes, or it is dropped. */
  without(...capabilities: readonly string[]): readonly Wish[]
}

export type Rootness = { readonly part: Part; readonly depends: readonly string[] }

/** In a user namespace of its own, root and all its capabilities are worth nothing on the host (https://man7.org/linux/man-pages/man7/user_namespaces.7.html). */
const isMapped = ({ userNamespace }: Container, host: HostFacts): boolean =>
  // An engine without root is in such a namespace itself: its `host` is only that one.
  host.rootless === true || (userNamespace.value !== 'host' && (host.remapped === true || userNamespace.value !== 'default'))

const rootnessOf = (container: Container, facts: ContainerFacts, host: HostFacts): Rootness | undefined => {
  if (container.os !== 'linux' || isMapped(container, host)) return undefined
  const user = startUser(container, facts)
  // The kubelet would not start it.
  if (container.runAsNonRoot.value && (user === undefined || isRootUser(user))) return undefined
  const remapping =
    container.form === 'kubernetes' || (host.remapped !== undefined && host.rootless !== undefined)
      ? []
      : container.userNamespace.value === 'host'
        ? host.rootless === undefined
          ? ['the engine itself runs as root']
          : []
        : ['the engine does not map root to another user (userns-remap, rootless)']
  if (user === undefined) {
    return {
      part: { text: 'it runs as root: no user is set here' },
      depends: ['the image sets no other user', ...remapping],
    }
  }
  if (!isRootUser(user)) return undefined
  return { part: partAt('it runs as root', container.user), depends: remapping }
}

export const sceneOf = (container: Container, facts: ContainerFacts, host: HostFacts): Scene => {
  const capabilities = effectiveCapabilities(container)
  const has = (name: string): boolean => capabilities === 'all' || capabilities.has(name)
  /** By its name first: that is the nearest place to point at. */
  const additions = (name: string): readonly Setting<string>[] => [
    ...container.capAdd.filter(({ value }) => value === name),
    ...container.capAdd.filter(({ value }) => value === 'ALL'),
  ]
  return {
    container,
    facts,
    host,
    root: rootnessOf(container, facts, host),
    isMapped: isMapped(container, host),
    has,
    holds(name) {
      if (container.privileged.value) return partAt(`it has ${name}, as privileged containers have all`, container.privileged)
      const [added] = additions(name)
      return added ? partAt(`it has ${name}`, added) : { text: `it has ${name}: the engine gives it to everybody` }
    },
    without(...names) {
      const places = new Set(names.flatMap(name => additions(name).flatMap(({ at }) => at ?? [])))
      // What the engine gives to everybody is there with and without the addition.
      const isGiven = !container.capDrop.some(({ value }) => value === 'ALL')
      const dropped = names.filter(
        name =>
          additions(name).every(({ at }) => at === undefined) ||
          (isGiven && dockerCapabilities.includes(name) && !container.capDrop.some(({ value }) => value === name)),
      )
      return [
        ...[...places].map((at): Wish => ({ do: 'remove', at })),
        ...(dropped.length > 0 ? [{ do: 'add', field: 'capDrop', value: dropped } satisfies Wish] : []),
      ]
    },
  }
}

export const partAt = (text: string, { at }: Pick<Setting<unknown>, 'at'>): Part => ({ text, ...(at ? { at } : {}) })

export const placed = (text: string, at: Location): Part => ({ text, at })

/** AppArmor's profile of Docker denies mounts, and writing to most of /proc and /sys (https://docs.docker.com/engine/security/apparmor/). */
export const unlessAppArmor = ({ container, host }: Scene, denies: string): readonly string[] | undefined => {
  if (container.apparmor.value === 'unconfined' || container.privileged.value) return []
  if (host.apparmor === true) return undefined
  return host.apparmor === false ? [] : [`AppArmor is off on the host: the engine’s own profile denies ${denies}`]
}

/**
 * The part of a chain by which it sees the host's processes: their namespace, or the host's /proc as a folder. Through /proc/PID/root one leaves that folder,
 * also where it is mounted for reading only (https://man7.org/linux/man-pages/man5/proc_pid_root.5.html).
 */
export const hostProcesses = ({
  container: { pid, mounts },
}: Scene): { readonly part: Part; readonly close: Breakout['close'] } | undefined => {
  if (pid.value === 'host')
    return {
      part: partAt('it sees the processes of the host', pid),
      close: { title: 'Give it processes of its own', wishes: removed(pid) },
    }
  const proc = mounts.find(({ type, source }) => type === 'bind' && source === '/proc')
  return (
    proc && {
      part: placed('`/proc` of the host is mounted: it sees the processes of the host', proc.at),
      close: { title: 'Take `/proc` out', wishes: [{ do: 'remove', at: proc.at }] },
    }
  )
}

/** The wish that a written setting goes. */
export const removed = (...settings: readonly Pick<Setting<unknown>, 'at'>[]): readonly Wish[] =>
  settings.flatMap(({ at }) => (at ? [{ do: 'remove', at } satisfies Wish] : []))
