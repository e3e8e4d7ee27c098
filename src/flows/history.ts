/** `bulkhead history`: how an image came to be, step by step, and what leaks at each. */
import { leaksOf } from '../judge/secrets/leaks.ts'
import { redactInventory } from '../judge/secrets/redact-image.ts'
import type { Inventory } from '../model/inventory.ts'
import type { HistoryReport } from '../model/leak.ts'

/** The inventory must have been taken with the cataloger of secrets. `reveal`: secrets are shown. */
export const readHistory = (inventory: Inventory, version: string, reveal: boolean): HistoryReport => ({
  version,
  inventory: reveal ? inventory : redactInventory(inventory),
  leaks: leaksOf(inventory, reveal),
})
