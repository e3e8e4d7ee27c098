/** What the ways out of a container are made of. */
import type { Breakout } from '../model/breakout.ts'
import type { Container, Setting, Wish } from '../model/container.ts'
import type { Location } from '../model/finding.ts'
import { mountsOf } from './claimed-volumes.ts'
import { dockerCapabilities, effectiveCapabilities } from './container-capabilities.ts'
import { isGiven, isRootUser, quoted, startUser } from './container-queries.ts'
import type { ContainerFacts } from './container-rule.ts'
import { type Joined, joined } from './joined-container.ts'

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

/** What a container has of another one is told so. */
export const breakoutPath = (path: BreakoutPath): BreakoutPath => ({
  ...path,
  *find(scene) {
    for (const way of path.find(scene)) yield scene.through.length === 0 ? way : throughOthers(way, scene.through)
  },
})

const throughOthers = (way: Way, through: Joined['through']): Way => {
  const of = (at: Location | undefined): string | undefined => through.find(one => one.at === at)?.other
  const { title, wishes } = way.close
  // Its own text cannot change how another one mounts something; it can do without.
  const other = wishes.flatMap(wish => (wish.do === 'change' ? (of(wish.at) ?? []) : []))[0]
  return {
    ...way,
    chain: way.chain.map(part => {
      const name = of(part.at)
      return name === undefined ? part : { ...part, text: `${part.text}, through \`${name}\`` }
    }),
    close:
      other === undefined
        ? way.close
        : {
            title: `${title}, or do not take in the volumes of \`${other}\``,
            wishes: wishes.map(wish =>
              wish.do === 'change' && of(wish.at) !== undefined ? { do: 'remove', at: wish.at } : wish,
            ),
          },
  }
}

export type Part = Breakout['chain'][number]

/** A container, and what the ways out ask of it. */
export type Scene = {
  /** With what it has of others that it joins. */
  readonly container: Container
  readonly through: Joined['through']
  readonly facts: ContainerFacts
  readonly host: HostFacts
  /** Undefined: it is certainly not root, or root means nothing on the host. */
  readonly root: Rootness | undefined
  /** The same, for the files that are mounted: the kubelet maps the volumes of a pod along with its users. */
  readonly rootOfFiles: Rootness | undefined
  /** Its users are certainly others than the host's: a user namespace of its own. */
  readonly isMapped: boolean
  has(capability: string): boolean
  /** The part of a chain that says why it has one. */
  holds(capability: string): Part
  /** The wishes that take a capability away: what added it goes, or it is dropped. */
  without(...capabilities: readonly string[]): readonly Wish[]
}

export type Rootness = { readonly part: Part; readonly depends: readonly string[] }

/**
 * In a user namespace of its own, root and all its capabilities are worth nothing on the host (https://man7.org/linux/man-pages/man7/user_namespaces.7.html).
 * Undefined: nobody knows which one it is given.
 */
const isInOwnUsers = ({ userNamespace: { value } }: Container, host: HostFacts): boolean | undefined => {
  // An engine without root is in such a namespace itself: its `host` is only that one.
  if (host.rootless === true) return true
  if (value === 'host') return false
  if (value === 'default') return host.remapped === true
  // Kubernetes', and Podman's: https://docs.podman.io/en/latest/markdown/podman-run.1.html#userns-mode
  return /^(?:private|auto|keep-id|nomap)(?::|$)/.test(value) ? true : undefined
}

const rootnessOf = (
  container: Container,
  facts: ContainerFacts,
  host: HostFacts,
  isMapped: boolean | undefined,
): Rootness | undefined => {
  if (container.os !== 'linux' || isMapped) return undefined
  const user = startUser(container, facts)
  // The kubelet would not start it.
  if (container.runAsNonRoot.value && (user === undefined || isRootUser(user))) return undefined
  const remapping =
    isMapped === undefined
      ? ['the user namespace that it is given is the host’s']
      : container.form === 'kubernetes' || (host.remapped !== undefined && host.rootless !== undefined)
        ? []
        : container.userNamespace.value === 'host'
          ? host.rootless === undefined
            ? ['the engine itself runs as root']
            : []
          : ['the engine does not map root to another user (userns-remap, rootless)']
  if (user === undefined)
    return isGiven(container)
      ? {
          part: partAt('it runs as a user that only its start knows', container.user),
          depends: ['that user is root, as in many pipelines', ...remapping],
        }
      : { part: { text: 'it runs as root: no user is set here' }, depends: ['the image sets no other user', ...remapping] }
  if (!isRootUser(user)) return undefined
  return { part: partAt('it runs as root', container.user), depends: remapping }
}

export const sceneOf = (alone: Container, facts: ContainerFacts, host: HostFacts): Scene => {
  const mounts = mountsOf(alone, facts.manifests)
  const { container, through } = joined(mounts === alone.mounts ? alone : { ...alone, mounts }, facts.neighbours)
  const isMapped = isInOwnUsers(container, host)
  const root = rootnessOf(container, facts, host, isMapped)
  let capabilities: ReturnType<typeof effectiveCapabilities> | undefined
  const has = (name: string): boolean => {
    capabilities ??= effectiveCapabilities(container)
    return capabilities === 'all' || capabilities.has(name)
  }
  /** By its name first: that is the nearest place to point at. */
  const additions = (name: string): readonly Setting<string>[] => [
    ...container.capAdd.filter(({ value }) => value === name),
    ...container.capAdd.filter(({ value }) => value === 'ALL'),
  ]
  return {
    container,
    facts,
    host,
    through,
    root,
    // https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/: idmapped mounts.
    rootOfFiles: container.form === 'kubernetes' && host.rootless !== true ? rootnessOf(container, facts, host, false) : root,
    isMapped: isMapped === true,
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
 * The parts of a chain by which it sees the host's processes, all of which have to go: their namespace, and the host's /proc as a folder, by itself or
 * below `/`. Through /proc/PID/root one leaves that folder, also where it is mounted for reading only
 * (https://man7.org/linux/man-pages/man5/proc_pid_root.5.html).
 */
export const hostProcesses = ({
  container: { pid, mounts },
}: Scene):
  | { readonly parts: readonly [Part, ...Part[]]; readonly close: Breakout['close']; readonly isWholeHost: boolean }
  | undefined => {
  const isHost = pid.value === 'host'
  const folders = mounts.filter(({ type, source }) => type === 'bind' && (source === '/proc' || source === '/'))
  const sees = 'it sees the processes of the host'
  const [first, ...more]: Part[] = [
    ...(isHost ? [partAt(sees, pid)] : []),
    ...folders.map(({ source, at }, i) =>
      placed(
        `\`${source}\` of the host is mounted${source === '/' ? ', and its /proc with it' : ''}: ${sees}${isHost || i > 0 ? ' by that, too' : ''}`,
        at,
      ),
    ),
  ]
  if (!first) return undefined
  const closings = [
    ...(isHost ? ['give it processes of its own'] : []),
    ...(folders.length > 0 ? [`take ${quoted([...new Set(folders.flatMap(({ source }) => source ?? []))])} out`] : []),
  ].join(', and ')
  return {
    parts: [first, ...more],
    isWholeHost: !isHost && folders.every(({ source }) => source === '/'),
    close: {
      title: `${closings[0]!.toUpperCase()}${closings.slice(1)}`,
      wishes: [...(isHost ? removed(pid) : []), ...folders.map(({ at }): Wish => ({ do: 'remove', at }))],
    },
  }
}

/** The wish that a written setting goes. */
export const removed = (...settings: readonly Pick<Setting<unknown>, 'at'>[]): readonly Wish[] =>
  settings.flatMap(({ at }) => (at ? [{ do: 'remove', at } satisfies Wish] : []))
