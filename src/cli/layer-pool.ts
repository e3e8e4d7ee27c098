/** Layers indexed by several threads, the biggest first. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { IndexLayer } from '../flows/inventory.ts'
import type { LayerBytes } from '../model/image.ts'
import type { LayerIndex } from '../model/layer-index.ts'
import { WorldError } from '../model/world.ts'
import { type Reading, readLayer, unreadableLayer } from '../read/image/layers/read-layer.ts'
import { machine } from '../world/machine.ts'
import { catalogersFor } from './catalogers-for.ts'
import type { Answer, Looking } from './layer-worker.ts'

type Waiting = {
  readonly bytes: LayerBytes
  readonly reading: Reading
  readonly onProgress: (bytes: number) => void
  readonly resolve: (index: LayerIndex) => void
  readonly reject: (error: unknown) => void
}

/** Less than this is inflated sooner than a thread has started. Bytes. */
const threadWorth = 4 * 1024 * 1024

const self = import.meta.url
const ownScript = new URL(self.endsWith('.ts') ? './layer-worker.ts' : '../layer-worker.cjs', self)

/**
 * How long a layer takes, as bytes to inflate: walking past bodies is faster than a thread starts, up to gigabytes; headers alone are dense. Looking through
 * bodies takes about as long as inflating them does, and the larger part of a layer is bodies, of which headers in gzip are about a thousandth.
 */
const weight = (bytes: LayerBytes, { secrets }: Looking): number => {
  switch (bytes.from) {
    case 'file':
      return bytes.digest === undefined && !secrets ? bytes.range.size / 300 : bytes.range.size
    case 'registry':
      return bytes.size
    case 'overlay':
      return bytes.headerBytes * (secrets ? 1000 : 20)
    default:
      return 0
  }
}

/** A thread from which nothing was heard for so long is ended, and its layer counts as unreadable. Milliseconds: 4 GiB of text take one minute. */
const usualSilence = 10 * 60_000

export type PoolOptions = {
  readonly silence?: number
  /** The thread's program. */
  readonly script?: URL
}

/** Calls of one turn of the event loop are looked at together. `close` ends the threads. */
export const layerPool = (
  looking: Looking,
  { silence = usualSilence, script = ownScript }: PoolOptions = {},
): { readonly indexLayer: IndexLayer; close(): Promise<void> } => {
  const queue: Waiting[] = []
  const workers = new Set<Worker>()
  const idle: Worker[] = []
  const running = new Map<number, Waiting & { readonly worker: Worker; heard: number }>()
  let nextId = 0
  let isScheduled = false

  const here = async ({ bytes, reading, onProgress, resolve, reject }: Waiting): Promise<void> => {
    try {
      resolve(await readLayer(machine, bytes, { catalogers: await catalogersFor(looking), ...reading, onProgress }))
    } catch (error) {
      reject(error)
    }
  }
  const start = (): Worker => {
    const worker = new Worker(script, {
      // Pieces of blobs pile up until the young generation is collected: a small one is collected often, and costs no time.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    })
    workers.add(worker)
    worker.on('message', (answer: Answer) => {
      const job = running.get(answer.id)
      if (!job) return
      job.heard = performance.now()
      if ('progress' in answer) {
        job.onProgress(answer.progress)
        return
      }
      running.delete(answer.id)
      idle.push(worker)
      if ('index' in answer) job.resolve(answer.index)
      else job.reject(answer.expected ? new WorldError('failed', answer.error) : new Error(answer.error))
      pump()
    })
    const lost = (error: unknown): void => {
      workers.delete(worker)
      for (const [id, job] of running) {
        if (job.worker !== worker) continue
        running.delete(id)
        job.reject(error)
      }
    }
    worker.on('error', lost)
    worker.on('exit', code => lost(new Error(`a thread that reads layers ended with ${code}`)))
    return worker
  }
  const pump = (): void => {
    while (queue.length > 0) {
      const worker = idle.pop() ?? (workers.size < Math.min(8, availableParallelism()) ? start() : undefined)
      if (!worker) return
      const job = queue.shift()!
      const id = nextId++
      running.set(id, { ...job, worker, heard: performance.now() })
      worker.postMessage({ id, bytes: job.bytes, reading: job.reading, looking })
    }
  }
  const watch = setInterval(() => {
    for (const [id, { worker, heard, resolve }] of running) {
      if (performance.now() - heard < silence) continue
      running.delete(id)
      workers.delete(worker)
      resolve(unreadableLayer(`nothing was heard for ${silence / 1000} s from the thread that reads it: it was ended`))
      void worker.terminate()
      pump()
    }
  }, silence / 10).unref()
  const schedule = async (): Promise<void> => {
    isScheduled = false
    queue.sort((a, b) => weight(b.bytes, looking) - weight(a.bytes, looking))
    const total = queue.reduce((sum, { bytes }) => sum + weight(bytes, looking), 0)
    const heavy = queue.filter(({ bytes }) => weight(bytes, looking) >= threadWorth)
    if (total < 2 * threadWorth || heavy.length === 0) {
      for (const job of queue.splice(0)) await here(job)
      return
    }
    const light = queue.filter(({ bytes }) => weight(bytes, looking) === 0)
    queue.splice(0, queue.length, ...queue.filter(({ bytes }) => weight(bytes, looking) > 0))
    pump()
    for (const job of light) await here(job)
  }
  return {
    indexLayer: (bytes, reading, onProgress) =>
      new Promise((resolve, reject) => {
        queue.push({ bytes, reading, onProgress, resolve, reject })
        if (isScheduled) return
        isScheduled = true
        setImmediate(schedule)
      }),
    close: async () => {
      clearInterval(watch)
      await Promise.all([...workers].map(worker => worker.terminate()))
    },
  }
}
