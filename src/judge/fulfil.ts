/** Containers as they would be when wishes come true: what is left of their dangers then. */
import { blankContainer, type Container, type Mount, type Pod, type Port, type Wish } from '../model/container.ts'
import type { Location } from '../model/finding.ts'
import type { Span } from '../model/text.ts'

/** `remove` and `change` speak of a place, and of whatever stands there; `set` and `add` of this container. With no wish it is the same object. */
export const fulfilled = (container: Container, wishes: readonly Wish[]): Container =>
  wishes.length === 0 ? container : granting(wishes)(container, wishes)

/**
 * The wishes of several containers at once. Wishes by place hold for all who share what stands there; a pod is the same object for all of its containers,
 * before and after.
 */
export const allFulfilled = (
  containers: readonly Container[],
  wishesOf: (container: Container) => readonly Wish[],
): readonly Container[] => {
  const own = containers.map(wishesOf)
  const all = own.flat()
  if (all.length === 0) return containers
  const grant = granting(all)
  const changed = containers.map((container, i) => grant(container, own[i]!))
  // What one of them wishes for the pod holds for the pod.
  const pods = new Map<Pod, Pod>()
  containers.forEach(({ pod }, i) => {
    const now = changed[i]!.pod
    if (!pod || !now || now === pod) return
    const known = pods.get(pod)
    pods.set(pod, known?.automountToken.value === false ? { ...now, automountToken: known.automountToken } : now)
  })
  return changed.map((container, i) => {
    const { pod } = containers[i]!
    const now = pod && pods.get(pod)
    return now ? { ...container, pod: now } : container
  })
}

/** What goes, looked up in a time that does not grow with its number: there may be ten thousand containers in a stream. */
type Places = { has(at: Location | undefined): boolean }

const keyOf = (at: Location): string => (at.in === 'file' ? `${at.span.start}-${at.span.end} ${at.path}` : JSON.stringify(at))

/** What stands inside of what goes, goes too. */
const placesOf = (places: readonly Location[]): Places => {
  const exact = new Set(places.map(keyOf))
  const spans = new Map<string, Span[]>()
  for (const at of places)
    if (at.in === 'file') {
      const known = spans.get(at.path)
      if (known) known.push(at.span)
      else spans.set(at.path, [at.span])
    }
  const outermost = new Map([...spans].map(([path, own]) => [path, outermostOf(own)]))
  return {
    has(at) {
      if (!at) return false
      // A place with something in it that is meant exactly lies inside of the outermost, too.
      if (at.in !== 'file' || at.span.start === at.span.end) {
        if (exact.has(keyOf(at))) return true
        if (at.in !== 'file') return false
      }
      const own = outermost.get(at.path)
      if (!own) return false
      let low = 0
      let high = own.length
      while (low < high) {
        const middle = (low + high) >> 1
        if (own[middle]!.start <= at.span.start) low = middle + 1
        else high = middle
      }
      const found = own[low - 1]
      return found !== undefined && at.span.end <= found.end && at.span.end > at.span.start
    },
  }
}

const outermostOf = (spans: readonly Span[]): readonly Span[] => {
  const left: Span[] = []
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end))
    if (left.length === 0 || span.end > left.at(-1)!.end) left.push(span)
  return left
}

/** `all`: where the wishes by place are taken from; `own`: the others, of one container. */
const granting = (all: readonly Wish[]): ((container: Container, own: readonly Wish[]) => Container) => {
  const removes = all.flatMap(wish => (wish.do === 'remove' ? [wish.at] : []))
  const gone = placesOf(removes)
  const changes = new Map<string, Change[]>()
  for (const wish of all)
    if (wish.do === 'change') {
      const known = changes.get(keyOf(wish.at))
      if (known) known.push(wish)
      else changes.set(keyOf(wish.at), [wish])
    }
  return (container, own) => {
    const left = removes.length === 0 ? container : without(container, gone)
    return own.reduce(granted, changes.size === 0 ? left : changed(left, changes))
  }
}

type Change = Extract<Wish, { readonly do: 'change' }>

const changed = (container: Container, changes: ReadonlyMap<string, readonly Change[]>): Container => ({
  ...container,
  mounts: container.mounts.map(mount => (changes.get(keyOf(mount.at)) ?? []).reduce(mountChanged, mount)),
  ports: container.ports.map(port => (changes.get(keyOf(port.at)) ?? []).reduce(portChanged, port)),
})

const mountChanged = (mount: Mount, { what, ...wish }: Change): Mount =>
  what === 'readOnly'
    ? { ...mount, readOnly: true }
    : what === 'tmpfs'
      ? { ...mount, options: mount.options.filter(option => !/^(?:exec|suid|dev)$/.test(option)) }
      : what === 'propagation' && 'value' in wish
        ? { ...mount, propagation: wish.value }
        : mount

const portChanged = (port: Port, wish: Change): Port =>
  wish.what === 'hostAddress' ? { ...port, hostAddress: wish.value, published: false } : port

/** The parts of a container that are no settings of their own. */
const identity: ReadonlySet<string> = new Set(['form', 'name', 'role', 'at', 'os', 'pod', 'imageUser'])

const without = (container: Container, places: Places): Container => {
  const blank: Readonly<Record<string, unknown>> = blankContainer(container.form, container.name, container.at)
  const declared: Readonly<Record<string, { readonly at?: Location } | undefined>> = container.pod?.declared ?? {}
  const entries = Object.entries(container).map(([field, value]: [string, unknown]): [string, unknown] => {
    if (identity.has(field)) return [field, value]
    if (Array.isArray(value)) return [field, value.filter((item: { readonly at?: Location }) => !isGone(item, places))]
    if (!places.has((value as { readonly at?: Location } | undefined)?.at)) return [field, value]
    // A container that no longer says otherwise has what its pod says for all.
    const general = declared[field]
    return [field, general?.at && !places.has(general.at) ? general : blank[field]]
  })
  const left = Object.fromEntries(entries) as Container
  return {
    ...left,
    hooks: left.hooks.map(hook => (places.has(hook.privileged.at) ? { ...hook, privileged: { value: false } } : hook)),
    pod: left.pod && podWithout(left.pod, places),
  }
}

/** A volume that goes takes its mounts with it. */
const isGone = (item: { readonly at?: Location; readonly declaredAt?: Location }, places: Places): boolean =>
  places.has(item.at) || places.has(item.declaredAt)

const podWithout = (pod: Pod, places: Places): Pod => {
  const { declared } = pod
  const touched = [pod.serviceAccount, pod.automountToken, pod.shareProcessNamespace, ...pod.hostAliases, ...pod.volumes]
  const isTouched = [...touched, ...Object.values(declared ?? {})].some(({ at }) => places.has(at))
  if (!isTouched) return pod
  return {
    ...pod,
    serviceAccount: places.has(pod.serviceAccount.at) ? { value: undefined } : pod.serviceAccount,
    automountToken: places.has(pod.automountToken.at) ? { value: undefined } : pod.automountToken,
    shareProcessNamespace: places.has(pod.shareProcessNamespace.at) ? { value: false } : pod.shareProcessNamespace,
    hostAliases: pod.hostAliases.filter(({ at }) => !places.has(at)),
    volumes: pod.volumes.filter(({ at }) => !places.has(at)),
    ...(declared
      ? { declared: Object.fromEntries(Object.entries(declared).filter(([, setting]) => !places.has(setting.at))) }
      : {}),
  }
}

const granted = (container: Container, wish: Wish): Container => {
  if (wish.do === 'remove' || wish.do === 'change') return container
  if (wish.do === 'set') {
    if (wish.field === 'automountToken')
      return container.pod ? { ...container, pod: { ...container.pod, automountToken: { value: false } } } : container
    return { ...container, [wish.field]: { value: wish.value } }
  }
  if (wish.field === 'tmpfs')
    return { ...container, mounts: [...container.mounts, ...wish.value.map(one => tmpfs(one, container.at))] }
  const known = container[wish.field].map(({ value }) => value)
  const added = wish.value.filter(name => !known.includes(name)).map(value => ({ value }))
  return { ...container, [wish.field]: [...container[wish.field], ...added] }
}

/** As `--tmpfs` has it: `/run:size=64m,mode=1777`. */
const tmpfs = (text: string, at: Location): Mount => {
  const [target = text, options = ''] = text.split(':')
  return {
    type: 'tmpfs',
    source: undefined,
    target,
    readOnly: false,
    propagation: 'rprivate',
    options: options === '' ? [] : options.split(','),
    at,
  }
}
