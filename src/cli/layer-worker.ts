/** A thread that indexes layers, with a World of its own. */
import { parentPort } from 'node:worker_threads'
import type { LayerBytes } from '../model/image.ts'
import { WorldError } from '../model/world.ts'
import { type Reading, readLayer } from '../read/image/layers/read-layer.ts'
import { RegistryError } from '../read/image/registry/client.ts'
import { machine } from '../world/machine.ts'
import { catalogersFor } from './catalogers-for.ts'

/** `secrets`: every file is looked through for credentials, too; `reveal`: what they are is handed on; `census`: what rules on images ask is counted. */
export type Looking = { readonly secrets: boolean; readonly reveal: boolean; readonly census: boolean }
export type Job = { readonly id: number; readonly bytes: LayerBytes; readonly reading: Reading; readonly looking: Looking }
/** `expected`: the name of the error's class, where the caller knows what to do with it. */
export type Answer =
  | { readonly id: number; readonly index: Awaited<ReturnType<typeof readLayer>> }
  | { readonly id: number; readonly progress: number }
  | { readonly id: number; readonly error: string; readonly expected: boolean }

const port = parentPort!
const send = (answer: Answer): void => port.postMessage(answer)

port.on('message', async ({ id, bytes, reading, looking }: Job) => {
  let unsent = 0
  try {
    const onProgress = (count: number): void => {
      unsent += count
      if (unsent < 4 * 1024 * 1024) return
      send({ id, progress: unsent })
      unsent = 0
    }
    const index = await readLayer(machine, bytes, { catalogers: await catalogersFor(looking), ...reading, onProgress })
    send({ id, progress: unsent })
    send({ id, index })
  } catch (error) {
    const expected = error instanceof WorldError || error instanceof RegistryError
    send({ id, error: expected ? error.message : String((error as Error).stack ?? error), expected })
  }
})
