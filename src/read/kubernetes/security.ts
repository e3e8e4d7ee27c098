/** Which of the two security contexts counts, the container's or the pod's (https://kubernetes.io/docs/tasks/configure-pod-container/security-context/). */
import { posix } from 'node:path'
import { type Confinement, type Container, capabilityName, type Setting } from '../../model/container.ts'
import type { Field } from '../yaml/fields.ts'
import { stringOf } from '../yaml/scalars.ts'
import type { YamlMap } from '../yaml/tree.ts'
import {
  booleanAt,
  checkFields,
  entryAt,
  fieldOf,
  fieldsIn,
  integerAt,
  integersAt,
  mapAt,
  type Notes,
  tell,
  textAt,
  textsAt,
} from './decode.ts'
import { capabilities, confinement, containerSecurity, podSecurity, seLinux, windows } from './schema.ts'

type Security = Pick<
  Container,
  | 'os'
  | 'user'
  | 'groups'
  | 'runAsNonRoot'
  | 'privileged'
  | 'capAdd'
  | 'capDrop'
  | 'noNewPrivileges'
  | 'seccomp'
  | 'apparmor'
  | 'selinux'
  | 'systemPaths'
  | 'readOnlyRoot'
  | 'hostProcess'
>

/** `container` and `pod`: securityContexts, the nearest first. */
export type Contexts = {
  readonly container: readonly YamlMap[]
  readonly pod: readonly YamlMap[]
  readonly annotations: YamlMap | undefined
  readonly name: string
  readonly isWindows: boolean
}

export const checkPodSecurity = (notes: Notes, context: YamlMap): void => {
  checkFields(notes, context, podSecurity)
  checkShared(notes, context)
}

export const checkContainerSecurity = (notes: Notes, context: YamlMap): void => {
  checkFields(notes, context, containerSecurity)
  checkFields(notes, mapAt(notes, context, 'capabilities'), capabilities)
  checkShared(notes, context)
}

const checkShared = (notes: Notes, context: YamlMap): void => {
  checkFields(notes, mapAt(notes, context, 'seccompProfile'), confinement)
  checkFields(notes, mapAt(notes, context, 'appArmorProfile'), confinement)
  checkFields(notes, mapAt(notes, context, 'seLinuxOptions'), seLinux)
  checkFields(notes, mapAt(notes, context, 'windowsOptions'), windows)
}

/** The first that says it. */
export const first = <T>(maps: readonly YamlMap[], read: (map: YamlMap) => T | undefined): T | undefined => {
  for (const map of maps) {
    const value = read(map)
    if (value !== undefined) return value
  }
  return undefined
}

export const readSecurity = (notes: Notes, { container, pod, annotations, name, isWindows }: Contexts): Security => {
  const both = [...container, ...pod]
  const user = first(both, map => integerAt(notes, map, 'runAsUser'))
  const group = first(both, map => integerAt(notes, map, 'runAsGroup'))
  const windowsUser = first(both, map => textAt(notes, mapAt(notes, map, 'windowsOptions'), 'runAsUserName'))
  const hostProcess = first(both, map => booleanAt(notes, mapAt(notes, map, 'windowsOptions'), 'hostProcess'))
  const os = isWindows || hostProcess?.value ? 'windows' : 'linux'
  const privileged = first(container, map => booleanAt(notes, map, 'privileged'))
  const caps = first(container, map => mapAt(notes, map, 'capabilities'))
  const added = textsAt(notes, caps, 'add')
  const readOnly = first(container, map => booleanAt(notes, map, 'readOnlyRootFilesystem'))
  const procMount = first(container, map => textAt(notes, map, 'procMount'))
  return {
    os,
    user:
      os === 'windows' && windowsUser
        ? windowsUser
        : user
          ? { value: group ? `${user.value}:${group.value}` : `${user.value}`, ...at(user) }
          : { value: undefined },
    groups: [
      // Without a user of its own the image's user gets this group.
      ...(group && !user ? [group] : []),
      ...pod.slice(0, 1).flatMap(map => {
        const fsGroup = integerAt(notes, map, 'fsGroup')
        return [...(fsGroup ? [fsGroup] : []), ...integersAt(notes, map, 'supplementalGroups')]
      }),
    ].map(one => ({ value: `${one.value}`, ...at(one) })),
    runAsNonRoot: first(both, map => booleanAt(notes, map, 'runAsNonRoot')) ?? { value: false },
    privileged: privileged ?? { value: false },
    capAdd: added.map(one => ({ value: capabilityName(one.value), ...at(one) })),
    capDrop: textsAt(notes, caps, 'drop').map(one => ({ value: capabilityName(one.value), ...at(one) })),
    noNewPrivileges: escalation(notes, container, privileged, added),
    seccomp: seccomp(notes, both, annotations, name),
    apparmor: apparmor(notes, container, pod, annotations, name),
    selinux: selinux(notes, both),
    systemPaths: procMount
      ? { value: procMount.value === 'Unmasked' ? 'unmasked' : 'masked', ...at(procMount) }
      : { value: 'masked' },
    readOnlyRoot: readOnly ?? { value: false },
    hostProcess: hostProcess ?? { value: false },
  }
}

const at = ({ at }: Pick<Setting<unknown>, 'at'>): Pick<Setting<unknown>, 'at'> => (at ? { at } : {})

/** "AllowPrivilegeEscalation is true always when the container is run as privileged, or has CAP_SYS_ADMIN", says the API; the first way to say so is refused. */
const escalation = (
  notes: Notes,
  container: readonly YamlMap[],
  privileged: Setting<boolean> | undefined,
  added: readonly Setting<string>[],
): Setting<boolean> => {
  const allow = first(container, map => booleanAt(notes, map, 'allowPrivilegeEscalation'))
  if (!allow) return { value: false }
  if (allow.value) return { value: false, ...at(allow) }
  const admin = added.find(({ value }) => capabilityName(value) === 'SYS_ADMIN')
  const refused = privileged?.value
    ? '`privileged: true`'
    : admin?.value === 'CAP_SYS_ADMIN'
      ? 'the capability CAP_SYS_ADMIN'
      : undefined
  if (refused && allow.at)
    tell(
      notes,
      'failed',
      'kubernetes-contradiction',
      `\`allowPrivilegeEscalation: false\` contradicts ${refused}: Kubernetes refuses it`,
      allow.at,
    )
  return { value: !privileged?.value && !admin, ...at(allow) }
}

type Profile = Setting<Confinement> & { readonly profile?: string }

const profileTypes: Readonly<Record<string, Confinement>> = {
  RuntimeDefault: 'default',
  Unconfined: 'unconfined',
  Localhost: 'localhost',
}

/** A profile of the one context counts whole: its type and its name are not mixed with the other's. */
const profileAt = (notes: Notes, maps: readonly YamlMap[], name: string): Profile | undefined =>
  first(maps, map => {
    const options = mapAt(notes, map, name)
    const field = fieldOf(map, name)
    if (!options || !field) return undefined
    const type = textAt(notes, options, 'type')
    if (!type) return undefined
    const value = Object.hasOwn(profileTypes, type.value) ? profileTypes[type.value] : undefined
    if (!value) {
      tell(
        notes,
        'failed',
        'kubernetes-unknown-value',
        `\`${name}.type\` is RuntimeDefault, Localhost or Unconfined: Kubernetes refuses the rest`,
        type.at ?? entryAt(field),
      )
      return { value: 'unset', at: entryAt(field) }
    }
    const profile = textAt(notes, options, 'localhostProfile')
    return { value, at: entryAt(field), ...(profile ? { profile: profile.value } : {}) }
  })

const annotationAt = (annotations: YamlMap | undefined, name: string): (Field & { readonly text: string }) | undefined => {
  const field = annotations && fieldsIn(annotations).get(name)
  const text = field && stringOf(field.value)
  return field && text !== undefined ? { ...field, text } : undefined
}

/**
 * The annotations of old say something of seccomp to clusters before 1.27, and nothing since
 * (https://kubernetes.io/docs/reference/labels-annotations-taints/#seccomp-security-alpha-kubernetes-io-pod): a profile that stands there alone protects no more.
 */
const seccomp = (notes: Notes, both: readonly YamlMap[], annotations: YamlMap | undefined, name: string): Profile => {
  const profile = profileAt(notes, both, 'seccompProfile')
  if (profile) return profile
  const annotation =
    annotationAt(annotations, `container.seccomp.security.alpha.kubernetes.io/${name}`) ??
    annotationAt(annotations, 'seccomp.security.alpha.kubernetes.io/pod')
  if (!annotation) return { value: 'unset' }
  if (annotation.text === 'unconfined') return { value: 'unconfined', at: entryAt(annotation) }
  tell(
    notes,
    'uncovered',
    'kubernetes-annotation-ignored',
    'since Kubernetes 1.27 this annotation does nothing: write `securityContext.seccompProfile`',
    entryAt(annotation),
  )
  return { value: 'unset', at: entryAt(annotation) }
}

/** The container's field, then its annotation, then the pod's field (https://kubernetes.io/docs/tutorials/security/apparmor/). */
const apparmor = (
  notes: Notes,
  container: readonly YamlMap[],
  pod: readonly YamlMap[],
  annotations: YamlMap | undefined,
  name: string,
): Profile => {
  const own = profileAt(notes, container, 'appArmorProfile')
  if (own) return own
  const annotation = annotationAt(annotations, `container.apparmor.security.beta.kubernetes.io/${name}`)
  if (annotation && annotation.text !== '') {
    const place = entryAt(annotation)
    if (annotation.text === 'unconfined') return { value: 'unconfined', at: place }
    if (annotation.text === 'runtime/default') return { value: 'default', at: place }
    if (annotation.text.startsWith('localhost/'))
      return { value: 'localhost', at: place, profile: annotation.text.slice('localhost/'.length) }
    tell(
      notes,
      'failed',
      'kubernetes-unknown-value',
      'an AppArmor annotation is `runtime/default`, `localhost/NAME` or `unconfined`: Kubernetes refuses the rest',
      place,
    )
  }
  return profileAt(notes, pod, 'appArmorProfile') ?? { value: 'default' }
}

const selinux = (notes: Notes, both: readonly YamlMap[]): Security['selinux'] =>
  first(both, map => {
    const options = mapAt(notes, map, 'seLinuxOptions')
    const field = fieldOf(map, 'seLinuxOptions')
    if (!options || !field) return undefined
    const part = (name: 'type' | 'user' | 'role' | 'level') => {
      const text = textAt(notes, options, name)?.value
      return text ? { [name]: text } : {}
    }
    return { value: { disabled: false, ...part('type'), ...part('user'), ...part('role'), ...part('level') }, at: entryAt(field) }
  }) ?? { value: { disabled: false } }

/** A path of the host without `.`, `..` and doubled slashes. Relative ones and those of Windows stay as they are. */
export const cleanPath = (path: string): string => {
  if (!path.startsWith('/')) return path
  const clean = posix.normalize(path)
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean
}
