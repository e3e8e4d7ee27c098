/**
 * What differs between two texts of YAML to a library that Bulkhead does not read manifests with (https://eemeli.org/yaml/): anchors, aliases and merge keys
 * resolved, comments and styles left out of it.
 */
import { isDeepStrictEqual } from 'node:util'
import { parseAllDocuments } from 'yaml'
import { knownPrograms } from '../src/judge/known-programs.ts'

export type Value = null | string | number | boolean | readonly Value[] | { readonly [name: string]: Value }
export type Change = { readonly path: string; readonly before: Value | undefined; readonly after: Value | undefined }

/** Every document, and the mistakes that the library finds. */
export const documentsIn = (text: string): { readonly values: readonly Value[]; readonly errors: readonly string[] } => {
  const documents = parseAllDocuments(text, { merge: true, uniqueKeys: false, logLevel: 'silent' })
  const list = Array.isArray(documents) ? documents : []
  return {
    values: list.map(one => (one.errors.length > 0 ? null : (one.toJS({ maxAliasCount: -1 }) as Value))),
    errors: list.flatMap(one => one.errors.map(({ message }) => message.split('\n')[0]!)),
  }
}

const isMap = (value: Value | undefined): value is { readonly [name: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const compare = (before: Value | undefined, after: Value | undefined, path: string, changes: Change[]): void => {
  if (isDeepStrictEqual(before, after)) return
  if (isMap(before) && isMap(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(
        Object.hasOwn(before, name) ? before[name] : undefined,
        Object.hasOwn(after, name) ? after[name] : undefined,
        `${path}/${name}`,
        changes,
      )
    return
  }
  if (
    Array.isArray(before) &&
    Array.isArray(after) &&
    before.length <= after.length &&
    !/\/(?:security_opt|cap_add)$/.test(path)
  ) {
    const [old, now] = [before as readonly Value[], after as readonly Value[]]
    for (const [i, one] of old.entries()) compare(one, now[i], `${path}/${i}`, changes)
    // What is added stands behind what was there.
    if (old.length < now.length) changes.push({ path, before: [], after: now.slice(old.length) })
    return
  }
  changes.push({ path, before, after })
}

export const changesBetween = (before: string, after: string): readonly Change[] => {
  const [a, b] = [documentsIn(before), documentsIn(after)]
  const changes: Change[] = []
  for (let i = 0; i < Math.max(a.values.length, b.values.length); i++) compare(a.values[i], b.values[i], String(i), changes)
  return changes
}

const listOf = (value: Value | undefined): readonly Value[] =>
  Array.isArray(value) ? (value as readonly Value[]) : value === undefined || value === null ? [] : [value]

/** What a list has more, or less, than another. */
const added = (from: Value | undefined, to: Value | undefined): readonly Value[] =>
  listOf(to).filter(one => !listOf(from).some(other => isDeepStrictEqual(one, other)))

const onlyAdds =
  (accepts: (item: Value) => boolean) =>
  (before: Value | undefined, after: Value | undefined): boolean =>
    added(after, before).length === 0 && added(before, after).every(accepts)
const isGone = (_: Value | undefined, after: Value | undefined): boolean => after === undefined || after === false
const becomes =
  (...values: readonly Value[]) =>
  (_: Value | undefined, after: Value | undefined): boolean =>
    values.includes(after as Value)

/** What known images need while they start: it is added back where ALL is dropped. */
const needed = new Set(['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'])

/** Where a program may write when its root is read-only: what all need, and what is known of some. */
const scratch = new Set(['/tmp', '/run', ...knownPrograms.flatMap(program => program.scratch)])

/** The last names of a path, without the numbers of lists → what may become of it. */
const intended: readonly (readonly [path: RegExp, is: (before: Value | undefined, after: Value | undefined) => boolean])[] = [
  // Compose
  [
    /^services\/[^/]+\/(?:privileged|pid|ipc|uts|cgroup|userns_mode|network_mode|oom_kill_disable|oom_score_adj|logging|use_api_socket|(?:build|post_start|pre_stop|pre_start)(?:\/\d+)?\/privileged)$/,
    isGone,
  ],
  [/^services\/[^/]+\/(?:logging\/driver)$/, isGone],
  [
    /^services\/[^/]+\/(?:security_opt|cap_add|group_add|devices|device_cgroup_rules|sysctls|ulimits|networks|configs)$/,
    (before, after) => {
      if (before !== undefined && !Array.isArray(before) && before !== null) return true
      return added(before, after).every(one => one === 'no-new-privileges:true' || needed.has(String(one)))
    },
  ],
  [/^services\/[^/]+\/(?:sysctls|ulimits|networks)\/[^/]+$/, isGone],
  [/^services\/[^/]+\/security_opt\/\d+$/, becomes('no-new-privileges:true')],
  [/^services\/[^/]+\/cap_drop$/, onlyAdds(one => one === 'ALL')],
  [/^services\/[^/]+\/read_only$/, becomes(true)],
  [/^services\/[^/]+\/tmpfs$/, onlyAdds(one => scratch.has(String(one)))],
  [/^services\/[^/]+\/restart$/, becomes('on-failure:5')],
  [
    /^services\/[^/]+\/volumes\/\d+$/,
    (before, after) =>
      typeof before === 'string' && typeof after === 'string' && after.startsWith(before.replace(/:[a-zA-Z,]+$/, '')),
  ],
  [/^services\/[^/]+\/volumes\/\d+\/read_only$/, becomes(true)],
  [/^services\/[^/]+\/volumes\/\d+\/bind(?:\/propagation)?$/, isGone],
  [
    /^services\/[^/]+\/tmpfs(?:\/\d+)?$/,
    (before, after) =>
      typeof before === 'string' && before.replace(/(?<=[:,])(?:exec|suid|dev)(?:,|$)/g, '').replace(/[:,]$/, '') === after,
  ],
  // Kubernetes
  [/(?:^|\/)host(?:Network|PID|IPC|Users)$|\/hostProcess$/, isGone],
  [/\/automountServiceAccountToken$/, becomes(false)],
  [/\/imagePullPolicy$/, becomes('Always')],
  [
    /\/securityContext$/,
    (before, after) => after === undefined || (isMap(after) && changesOf(before, after).every(isIntendedBelow)),
  ],
  [/\/securityContext\/.*$/, (before, after) => after === undefined || contextWords(before, after)],
  [/\/volumes$/, onlyAdds(one => isMap(one) && isDeepStrictEqual(one.emptyDir, {}))],
  [/\/volumeMounts$/, onlyAdds(one => isMap(one) && scratch.has(String(one.mountPath)))],
  [/\/volumeMounts\/\d+\/readOnly$/, becomes(true)],
  [/\/volumeMounts\/\d+\/mountPropagation$/, isGone],
  [/\/annotations\/container\.apparmor\.security\.beta\.kubernetes\.io.*$/, isGone],
  [/\/(?:httpGet|tcpSocket)\/host$/, isGone],
  [
    /\/annotations$/,
    (before, after) =>
      isMap(before) && after === undefined && Object.keys(before).every(one => one.startsWith('container.apparmor.')),
  ],
]

const changesOf = (before: Value | undefined, after: Value): readonly Change[] => {
  const changes: Change[] = []
  compare(before === undefined ? {} : before, after, '', changes)
  return changes
}

const isIntendedBelow = ({ before, after }: Change): boolean => after === undefined || contextWords(before, after)

/** What may be written into a securityContext. */
const contextWords = (before: Value | undefined, after: Value | undefined): boolean => {
  if (typeof after === 'boolean' || after === 'RuntimeDefault') return true
  if (Array.isArray(after)) return added(before, after).every(one => one === 'ALL')
  return isMap(after) && Object.values(after).every(one => contextWords(undefined, one))
}

/** Changes that no wish of a rule asks for. */
export const unintended = (before: string, after: string): readonly Change[] =>
  changesBetween(before, after).filter(({ path, before: old, after: now }) => {
    const inside = path.replace(/^\d+\/?/, '')
    return !intended.some(([pattern, is]) => pattern.test(inside) && is(old, now))
  })
