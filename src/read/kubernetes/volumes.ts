/** Volumes of a pod (https://kubernetes.io/docs/concepts/storage/volumes/) and what a container mounts of them. */
import { posix } from 'node:path'
import type { Mount, Setting } from '../../model/container.ts'
import type { Location } from '../../model/finding.ts'
import { isNull } from '../yaml/scalars.ts'
import type { YamlMap } from '../yaml/tree.ts'
import { booleanAt, checkFields, fieldsIn, mapAt, mapsAt, type Notes, tell, textAt } from './decode.ts'
import { hostPath, readOnlyVolumes, volumeKinds, volumeMount } from './schema.ts'
import { cleanPath } from './security.ts'

export type Volume = {
  readonly name: string
  readonly kind: string
  /** Of a hostPath: the path, cleaned. Of an image: its reference. */
  readonly source: string
  /** Of a hostPath. */
  readonly type: string | undefined
  /** Of an emptyDir in memory: how large it may grow. */
  readonly options: readonly string[] | undefined
  /** Of a secret, by itself or projected. */
  readonly secrets: readonly string[]
  /** A token of the service account for the cluster's API is projected into it. */
  readonly hasToken?: true
  /** Of a persistentVolumeClaim. */
  readonly claim?: string
  readonly at: Location
}

export const readVolumes = (notes: Notes, specs: readonly YamlMap[]): ReadonlyMap<string, Volume> => {
  const volumes = new Map<string, Volume>()
  for (const spec of specs)
    for (const { map, at } of mapsAt(notes, spec, 'volumes')) {
      const name = textAt(notes, map, 'name')?.value ?? ''
      if (!volumes.has(name)) volumes.set(name, readVolume(notes, name, map, at))
    }
  return volumes
}

const readVolume = (notes: Notes, name: string, map: YamlMap, at: Location): Volume => {
  // Without a kind the API makes an emptyDir of it.
  let kind = 'emptyDir'
  for (const [field, { value, key }] of fieldsIn(map)) {
    if (field === 'name' || isNull(value) || field.startsWith('$')) continue
    if (volumeKinds.has(field)) {
      // Two kinds in one volume are refused; the one that reaches the host is judged.
      if (kind !== 'hostPath') kind = field
    } else
      tell(
        notes,
        'uncovered',
        'kubernetes-unknown-volume-kind',
        `\`${field.slice(0, 64)}\` is no kind of volume that Kubernetes knows`,
        { in: 'file', path: key.file.path, span: key.span },
      )
  }
  const inner = fieldsIn(map).has(kind) ? mapAt(notes, map, kind) : undefined
  const blank = { name, kind, source: name, type: undefined, options: undefined, secrets: [], at }
  switch (kind) {
    case 'hostPath':
      checkFields(notes, inner, hostPath)
      return {
        ...blank,
        source: cleanPath(textAt(notes, inner, 'path')?.value ?? ''),
        type: textAt(notes, inner, 'type')?.value || undefined,
      }
    case 'emptyDir': {
      const limit = inner && fieldsIn(inner).get('sizeLimit')?.value
      const size = limit?.kind === 'scalar' ? [`size=${limit.value}`] : []
      return { ...blank, options: textAt(notes, inner, 'medium')?.value === 'Memory' ? size : undefined }
    }
    case 'image':
      return { ...blank, source: textAt(notes, inner, 'reference')?.value ?? name }
    case 'secret': {
      const secret = textAt(notes, inner, 'secretName')?.value
      return { ...blank, secrets: secret ? [secret] : [] }
    }
    case 'projected':
      return {
        ...blank,
        secrets: mapsAt(notes, inner, 'sources').flatMap(source => {
          const secret = textAt(notes, mapAt(notes, source.map, 'secret'), 'name')?.value
          return secret ? [secret] : []
        }),
        ...(mapsAt(notes, inner, 'sources').some(({ map: source }) =>
          isForCluster(notes, mapAt(notes, source, 'serviceAccountToken')),
        )
          ? { hasToken: true }
          : {}),
      }
    case 'persistentVolumeClaim': {
      const claim = textAt(notes, inner, 'claimName')?.value
      return { ...blank, ...(claim ? { claim } : {}) }
    }
    default:
      return blank
  }
}

/** A token for somebody else, such as a vault, is worth nothing to the API: https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken */
const isForCluster = (notes: Notes, token: YamlMap | undefined): boolean => {
  const audience = textAt(notes, token, 'audience')?.value ?? ''
  return token !== undefined && (audience === '' || /^(?:https:\/\/)?kubernetes\.default(?:\.|$)/.test(audience))
}

const propagations: Readonly<Record<string, string>> = {
  None: 'rprivate',
  HostToContainer: 'rslave',
  Bidirectional: 'rshared',
}

export type Mounted = { readonly mounts: readonly Mount[]; readonly secrets: readonly Setting<string>[] }

/** `isWhole`: every volume is declared in this pod, so that one which is not is a mistake. `claims`: volumes that a StatefulSet's templates make. */
export const readMounts = (
  notes: Notes,
  container: readonly YamlMap[],
  volumes: ReadonlyMap<string, Volume>,
  claims: ReadonlyMap<string, Location>,
  isWhole: boolean,
): Mounted => {
  const mounts: Mount[] = []
  const secrets: Setting<string>[] = []
  for (const level of container) {
    for (const { map, at } of mapsAt(notes, level, 'volumeMounts')) {
      checkFields(notes, map, volumeMount)
      const name = textAt(notes, map, 'name')?.value ?? ''
      const volume = volumeOf(name, at)
      const subPath = textAt(notes, map, 'subPath')?.value
      const propagation = textAt(notes, map, 'mountPropagation')
      const mapped = propagation && Object.hasOwn(propagations, propagation.value) ? propagations[propagation.value] : undefined
      if (propagation && !mapped && propagation.at)
        tell(
          notes,
          'failed',
          'kubernetes-unknown-value',
          '`mountPropagation` is None, HostToContainer or Bidirectional: Kubernetes refuses the rest',
          propagation.at,
        )
      const kind = volume?.kind ?? 'persistentVolumeClaim'
      mounts.push({
        type: mountType(kind, volume),
        source: volume ? (kind === 'hostPath' && subPath ? posix.join(volume.source, subPath) : volume.source) : name,
        target: textAt(notes, map, 'mountPath')?.value ?? '',
        readOnly: readOnlyVolumes.has(kind) || (booleanAt(notes, map, 'readOnly')?.value ?? false),
        propagation: mapped ?? 'rprivate',
        options: [...(volume?.options ?? []), ...(textAt(notes, map, 'recursiveReadOnly')?.value === 'Enabled' ? ['rro'] : [])],
        volume: volume || claims.has(name) ? kind : 'unknown',
        ...(volume?.type ? { kind: volume.type } : {}),
        ...(volume?.claim ? { claim: volume.claim } : {}),
        at,
        ...declared(name, volume),
      })
      for (const secret of volume?.secrets ?? []) secrets.push({ value: secret, at })
    }
    // A raw device of a claim: no path of the host's.
    for (const { map, at } of mapsAt(notes, level, 'volumeDevices')) {
      const name = textAt(notes, map, 'name')?.value ?? ''
      const volume = volumeOf(name, at)
      mounts.push({
        type: 'volume',
        source: name,
        target: textAt(notes, map, 'devicePath')?.value ?? '',
        readOnly: false,
        propagation: 'rprivate',
        options: [],
        volume: volume?.kind ?? 'persistentVolumeClaim',
        kind: 'BlockDevice',
        at,
        ...declared(name, volume),
      })
    }
  }
  return { mounts, secrets }

  function volumeOf(name: string, at: Location): Volume | undefined {
    const volume = volumes.get(name)
    if (!volume && !claims.has(name) && isWhole)
      tell(
        notes,
        'uncovered',
        'kubernetes-unknown-volume',
        `no volume of this pod is called \`${name.slice(0, 64)}\`: what is mounted here is not known`,
        at,
      )
    return volume
  }

  function declared(name: string, volume: Volume | undefined): { declaredAt: Location } | undefined {
    const place = volume?.at ?? claims.get(name)
    return place && { declaredAt: place }
  }
}

const mountType = (kind: string, volume: Volume | undefined): Mount['type'] => {
  if (kind === 'hostPath') return 'bind'
  if (kind === 'image') return 'image'
  if (volume?.options) return 'tmpfs'
  return readOnlyVolumes.has(kind) ? 'other' : 'volume'
}
