/** Folders of a node that a pod gets by a claim: https://kubernetes.io/docs/concepts/storage/persistent-volumes/ */
import type { Container, Mount } from '../model/container.ts'
import type { Manifests, PersistentVolume } from '../read/kubernetes/manifests.ts'

/** The mounts of a container, claims of the volumes that the same streams declare followed to the folder. */
export const mountsOf = (container: Container, manifests: Manifests | undefined): readonly Mount[] => {
  if (!manifests || manifests.persistentVolumes.length === 0) return container.mounts
  return container.mounts.map(mount => {
    if (mount.claim === undefined) return mount
    const volume = claimedIn(manifests).get(keyOf(container.pod?.namespace, mount.claim))
    return volume ? { ...mount, type: 'bind', source: volume.path, declaredAt: volume.at } : mount
  })
}

const keyOf = (namespace: string | undefined, name: string): string => JSON.stringify([namespace ?? 'default', name])

const known = new WeakMap<Manifests, ReadonlyMap<string, PersistentVolume>>()

const claimedIn = (manifests: Manifests): ReadonlyMap<string, PersistentVolume> => {
  const found = known.get(manifests)
  if (found) return found
  const volumes = new Map<string, PersistentVolume>()
  const byName = new Map<string, PersistentVolume>()
  const byClass = new Map<string, PersistentVolume>()
  for (const volume of manifests.persistentVolumes) {
    byName.set(volume.name, volume)
    if (volume.claim) volumes.set(keyOf(volume.claim.namespace, volume.claim.name), volume)
    else if (volume.storageClass && !byClass.has(volume.storageClass)) byClass.set(volume.storageClass, volume)
  }
  for (const { name, namespace, volumeName, storageClass } of manifests.volumeClaims) {
    const volume = volumeName ? byName.get(volumeName) : storageClass ? byClass.get(storageClass) : undefined
    const key = keyOf(namespace, name)
    if (volume && !volumes.has(key)) volumes.set(key, volume)
  }
  known.set(manifests, volumes)
  return volumes
}
