/** `bulkhead sbom`: arguments → inventory → format → exit code. */
import { shownInventory } from '../flows/shown-inventory.ts'
import { UsageError } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import { version } from '../model/version.ts'
import { openFileCache } from './cache-folder.ts'
import { noteFor, readSubject, type SubjectArguments } from './subject.ts'
import { deliver, tell, terminalWidth, wantsColour } from './terminal.ts'

export type SbomArguments = SubjectArguments & {
  readonly format: 'table' | 'json' | 'cyclonedx' | 'cyclonedx-1.6' | 'cyclonedx-1.7' | 'spdx'
  readonly by?: 'layer'
  readonly output?: string
  readonly strict?: boolean
  readonly color: 'auto' | 'always' | 'never'
}

export const runSbom = async (subject: string, args: SbomArguments): Promise<number> => {
  if (args.by !== undefined && args.format !== 'table')
    throw new UsageError('--by layer belongs to the table', 'leave --format out')
  const cache = args.cache ? openFileCache(noteFor(args)) : undefined
  const inventory = await shownInventory(await readSubject(subject, args, args.format === 'json'), cache)
  const text = await format(inventory, args)
  await deliver([text], args.output)
  // The formats of others have no good place for what could not be read.
  if (args.format !== 'table' || args.output !== undefined)
    for (const { kind, code, message } of inventory.problems)
      tell(`bulkhead: ${kind === 'failed' ? 'not checked' : 'not covered'}[${code}] ${message}`)
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
