/** `bulkhead sbom`: arguments → inventory → format → exit code. */
import { setFlagsFromString } from 'node:v8'
import { takeInventory } from '../flows/inventory.ts'
import { UsageError } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import { version } from '../model/version.ts'
import { WorldError } from '../model/world.ts'
import { catalogers } from '../read/catalogers/registry.ts'
import { inOrder } from '../read/image/image-source.ts'
import { sources } from '../read/image/sources.ts'
import { machine } from '../world/machine.ts'
import { openFileCache } from './cache-folder.ts'
import type { layerPool } from './layer-pool.ts'
import { progressBar } from './progress.ts'
import { print, terminalWidth, wantsColour } from './terminal.ts'

export type SbomArguments = {
  readonly format: 'table' | 'json' | 'cyclonedx' | 'cyclonedx-1.6' | 'cyclonedx-1.7' | 'spdx'
  readonly by?: 'layer'
  readonly output?: string
  readonly platform?: string
  readonly plainHttp?: boolean
  readonly mirror?: readonly string[]
  readonly cache: boolean
  readonly strict?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly color: 'auto' | 'always' | 'never'
}

export const runSbom = async (subject: string, args: SbomArguments): Promise<number> => {
  if (args.by !== undefined && args.format !== 'table')
    throw new UsageError('--by layer belongs to the table', 'leave --format out')
  const note = (text: string): void => {
    if (args.verbose) console.error(`bulkhead: ${text}`)
  }
  // Half a million paths live long: copying them through a young generation that grows takes a third more memory, and no less time.
  setFlagsFromString('--semi-space-growth-factor=1')
  // Threads are only thought of when there is something to read.
  let pool: ReturnType<typeof layerPool> | undefined
  const progress = progressBar(subject)
  let inventory: Inventory
  try {
    inventory = await takeInventory(machine, subject, {
      sources: inOrder(sources),
      catalogers: new Map(Object.entries(catalogers)),
      indexLayer: async (bytes, onProgress) => {
        const module = await import('./layer-pool.ts')
        pool ??= module.layerPool()
        return pool.indexLayer(bytes, onProgress)
      },
      afterReading: async () => pool?.close(),
      ...(args.cache ? { cache: openFileCache(note) } : {}),
      ...(args.quiet ? {} : { progress }),
      owned: args.format === 'json',
      platform: args.platform,
      host: hostPlatform(),
      plainHttp: args.plainHttp === true,
      mirrors: mirrorsOf(args.mirror ?? []),
      note,
    })
  } finally {
    progress.end()
    await pool?.close()
  }
  const text = await format(inventory, args)
  if (args.output === undefined) await print(text)
  else
    await machine.files.write(args.output, new TextEncoder().encode(text)).catch(error => {
      throw error instanceof WorldError ? new UsageError(error.message) : error
    })
  // The formats of others have no good place for what could not be read.
  if (args.format !== 'table' || args.output !== undefined)
    for (const { kind, code, message } of inventory.problems)
      console.error(`bulkhead: ${kind === 'failed' ? 'not checked' : 'not covered'}[${code}] ${message}`)
  const fails = inventory.problems.some(({ kind }) => kind === 'failed' || args.strict)
  return fails ? 2 : 0
}

const format = async (inventory: Inventory, args: SbomArguments): Promise<string> => {
  switch (args.format) {
    case 'cyclonedx':
    case 'cyclonedx-1.6':
    case 'cyclonedx-1.7':
      return (await import('../show/cyclonedx.ts')).showCycloneDx(inventory, version, args.format.endsWith('1.7') ? '1.7' : '1.6')
    case 'spdx':
      return (await import('../show/spdx.ts')).showSpdx(inventory, version)
    case 'json':
      return (await import('../show/inventory-json.ts')).showInventoryJson(inventory, version)
    case 'table': {
      const width = terminalWidth()
      return (await import('../show/inventory-text.ts')).showInventoryText(inventory, {
        colour: args.output === undefined && wantsColour(args.color),
        ...(width === undefined ? {} : { width }),
        ...(args.by ? { by: args.by } : {}),
      })
    }
  }
}

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
