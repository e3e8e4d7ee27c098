/** Containers as they would be when wishes come true: what is left of their dangers then. */
import { blankContainer, type Container, type Mount, type Pod, type Wish } from '../model/container.ts'
import type { Location } from '../model/finding.ts'

/** `remove` and `change` speak of a place, and of whatever stands there; `set` and `add` of this container. With no wish it is the same object. */
export const fulfilled = (container: Container, wishes: readonly Wish[]): Container => {
  if (wishes.length === 0) return container
  const places = wishes.flatMap(wish => (wish.do === 'remove' ? [wish.at] : []))
  return wishes.reduce(granted, places.length === 0 ? container : without(container, places))
}

/**
 * The wishes of several containers at once. Wishes by place hold for all who share what stands there; a pod is the same object for all of its containers,
 * before and after.
 */
export const allFulfilled = (
  containers: readonly Container[],
  wishesOf: (container: Container) => readonly Wish[],
): readonly Container[] => {
  const own = containers.map(wishesOf)
  const placed = own.flat().filter(wish => 'at' in wish)
  const pods = new Map<Pod, Pod>()
  const changed = containers.map((container, i) => fulfilled(container, [...placed, ...own[i]!.filter(wish => !('at' in wish))]))
  // What one of them wishes for the pod holds for the pod.
  containers.forEach(({ pod }, i) => {
    const now = changed[i]!.pod
    if (pod && now && now !== pod) {
      const known = pods.get(pod)
      pods.set(pod, known && known.automountToken.value === false ? { ...now, automountToken: known.automountToken } : now)
    }
  })
  return changed.map((container, i) => {
    const pod = containers[i]!.pod && pods.get(containers[i]!.pod)
    return pod ? { ...container, pod } : container
  })
}

const isIn = (at: Location | undefined, places: readonly Location[]): boolean =>
  at !== undefined && places.some(place => holds(place, at))

/** What stands inside of what goes, goes too. */
const holds = (place: Location, at: Location): boolean => {
  if (place.in === 'file')
    return at.in === 'file' && at.path === place.path && at.span.start >= place.span.start && at.span.end <= place.span.end
  return JSON.stringify(place) === JSON.stringify(at)
}

/** The parts of a container that are no settings of their own. */
const identity: ReadonlySet<string> = new Set(['form', 'name', 'role', 'at', 'os', 'pod', 'imageUser'])

const without = (container: Container, places: readonly Location[]): Container => {
  const blank: Readonly<Record<string, unknown>> = blankContainer(container.form, container.name, container.at)
  const declared: Readonly<Record<string, { readonly at?: Location } | undefined>> = container.pod?.declared ?? {}
  const entries = Object.entries(container).map(([field, value]: [string, unknown]): [string, unknown] => {
    if (identity.has(field)) return [field, value]
    if (Array.isArray(value)) return [field, value.filter((item: { readonly at?: Location }) => !isGone(item, places))]
    if (!isIn((value as { readonly at?: Location } | undefined)?.at, places)) return [field, value]
    // A container that no longer says otherwise has what its pod says for all.
    const general = declared[field]
    return [field, general?.at && !isIn(general.at, places) ? general : blank[field]]
  })
  const left = Object.fromEntries(entries) as Container
  return {
    ...left,
    hooks: left.hooks.map(hook => (isIn(hook.privileged.at, places) ? { ...hook, privileged: { value: false } } : hook)),
    pod: left.pod && podWithout(left.pod, places),
  }
}

/** A volume that goes takes its mounts with it. */
const isGone = (item: { readonly at?: Location; readonly declaredAt?: Location }, places: readonly Location[]): boolean =>
  isIn(item.at, places) || isIn(item.declaredAt, places)

const podWithout = (pod: Pod, places: readonly Location[]): Pod => {
  const { declared } = pod
  const touched = [pod.serviceAccount, pod.automountToken, pod.shareProcessNamespace, ...pod.hostAliases, ...pod.volumes]
  const isTouched = [...touched, ...Object.values(declared ?? {})].some(({ at }) => isIn(at, places))
  if (!isTouched) return pod
  return {
    ...pod,
    serviceAccount: isIn(pod.serviceAccount.at, places) ? { value: undefined } : pod.serviceAccount,
    automountToken: isIn(pod.automountToken.at, places) ? { value: undefined } : pod.automountToken,
    shareProcessNamespace: isIn(pod.shareProcessNamespace.at, places) ? { value: false } : pod.shareProcessNamespace,
    hostAliases: pod.hostAliases.filter(({ at }) => !isIn(at, places)),
    volumes: pod.volumes.filter(({ at }) => !isIn(at, places)),
    ...(declared
      ? { declared: Object.fromEntries(Object.entries(declared).filter(([, setting]) => !isIn(setting.at, places))) }
      : {}),
  }
}

const granted = (container: Container, wish: Wish): Container => {
  if (wish.do === 'remove') return container
  if (wish.do === 'set') {
    if (wish.field === 'automountToken')
      return container.pod ? { ...container, pod: { ...container.pod, automountToken: { value: false } } } : container
    return { ...container, [wish.field]: { value: wish.value } }
  }
  if (wish.do === 'add') {
    if (wish.field === 'tmpfs')
      return { ...container, mounts: [...container.mounts, ...wish.value.map(one => tmpfs(one, container.at))] }
    const known = container[wish.field].map(({ value }) => value)
    const added = wish.value.filter(name => !known.includes(name)).map(value => ({ value }))
    return { ...container, [wish.field]: [...container[wish.field], ...added] }
  }
  if (wish.what === 'hostAddress') {
    const { at, value } = wish
    const ports = container.ports.map(port => (holds(at, port.at) ? { ...port, hostAddress: value, published: false } : port))
    return { ...container, ports }
  }
  const change: Partial<Mount> = wish.what === 'readOnly' ? { readOnly: true } : { propagation: wish.value }
  return { ...container, mounts: container.mounts.map(mount => (isIn(mount.at, [wish.at]) ? { ...mount, ...change } : mount)) }
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
