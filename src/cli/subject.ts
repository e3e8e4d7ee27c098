/** What commands that look into images have in common: arguments → inventory. */
import { type InventoryOptions, takeInventory } from '../flows/inventory.ts'
import { UsageError } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import { inOrder, type SourceOptions } from '../read/image/image-source.ts'
import { sources } from '../read/image/sources.ts'
import { machine } from '../world/machine.ts'
import { openFileCache } from './cache-folder.ts'
import { catalogersFor } from './catalogers-for.ts'
import type { layerPool } from './layer-pool.ts'
import type { Looking } from './layer-worker.ts'
import { tell } from './terminal.ts'

export type SubjectArguments = {
  readonly platform?: string
  readonly plainHttp?: boolean
  readonly mirror?: readonly string[]
  readonly cache: boolean
  readonly verify?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
}

/** What is told with --verbose only. */
export const noteFor =
  ({ verbose }: Pick<SubjectArguments, 'verbose'>) =>
  (text: string): void => {
    if (verbose) tell(`bulkhead: ${text}`)
  }

/** `owned`: whether somebody will ask which files packages own. Rejects with UsageError. */
export const readSubject = async (
  subject: string,
  args: SubjectArguments,
  owned: boolean,
  looking: Looking = { secrets: false, reveal: false, census: false },
  more: Partial<InventoryOptions> = {},
): Promise<Inventory> => {
  const note = noteFor(args)
  // Threads are only thought of when there is something to read.
  let pool: ReturnType<typeof layerPool> | undefined
  const progress = args.quiet ? undefined : (await import('./progress.ts')).progressBar(subject)
  try {
    return await takeInventory(machine, subject, {
      sources: inOrder(sources),
      catalogers: await catalogersFor(looking),
      indexLayer: async (bytes, reading, onProgress) => {
        // Half a million paths live long: copying them through a young generation that grows takes a third more memory, and no less time.
        const { setFlagsFromString } = await import('node:v8')
        setFlagsFromString('--semi-space-growth-factor=1')
        const module = await import('./layer-pool.ts')
        pool ??= module.layerPool(looking)
        return pool.indexLayer(bytes, reading, onProgress)
      },
      afterReading: async () => pool?.close(),
      // What is revealed is not remembered.
      ...(args.cache && !looking.reveal ? { cache: openFileCache(note) } : {}),
      ...(progress ? { progress } : {}),
      owned,
      askEngine: 'where-near',
      verify: args.verify === true,
      ...sourceOptions(args),
      ...more,
    })
  } finally {
    progress?.end()
    await pool?.close()
  }
}

/** Throws UsageError. */
export const sourceOptions = (args: SubjectArguments): SourceOptions => ({
  platform: args.platform,
  host: hostPlatform(),
  plainHttp: args.plainHttp === true,
  mirrors: mirrorsOf(args.mirror ?? []),
  note: noteFor(args),
})

/** Containers are Linux's, also on machines that are not. */
const hostPlatform = (): string => `linux/${{ x64: 'amd64', ia32: '386' }[process.arch as string] ?? process.arch}`

/** `docker.io=https://mirror.example`. Throws UsageError. */
const mirrorsOf = (pairs: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const mirrors = new Map<string, string[]>()
  for (const pair of pairs) {
    const match = /^([^=/]+)=(https?:\/\/[^/?#]+)\/?$/.exec(pair)
    if (!match)
      throw new UsageError(`--mirror ${pair}`, 'the registry, =, and the address of its mirror: docker.io=https://mirror.example')
    mirrors.set(match[1]!, [...(mirrors.get(match[1]!) ?? []), match[2]!])
  }
  return mirrors
}
