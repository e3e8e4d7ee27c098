/** What stands behind @ in the name of an image, by its registry. */
import { type Digest, UsageError } from '../model/finding.ts'
import { WorldError } from '../model/world.ts'
import { ImageError } from '../read/image/documents.ts'
import { RegistryError } from '../read/image/registry/client.ts'
import { digestIn } from '../read/image/sources/registry.ts'
import { machine } from '../world/machine.ts'
import { sourceOptions } from './subject.ts'

/** Rejects with UsageError. */
export const registryDigest = async (name: string): Promise<Digest> => {
  const hint = '--digest gives it; with --no-pin, digests that no longer fit go away'
  try {
    const digest = await digestIn(machine, name, sourceOptions({ cache: false }))
    if (digest !== undefined) return digest
  } catch (error) {
    if (!(error instanceof ImageError || error instanceof RegistryError || error instanceof WorldError)) throw error
    throw new UsageError(`the digest of ${name} is not known: ${error.message}`, hint)
  }
  throw new UsageError(`the digest of ${name} is not known: it is no possible name`, hint)
}
