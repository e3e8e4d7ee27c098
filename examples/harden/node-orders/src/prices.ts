import { readFile } from 'node:fs/promises'
import { z } from 'zod'

const prices = z.array(z.object({ sku: z.string(), name: z.string(), cents: z.number().int().positive() }))
export type Price = z.infer<typeof prices>[number]

export const order = z.object({ lines: z.array(z.object({ sku: z.string(), count: z.number().int().min(1).max(100) })).min(1) })
export type Order = z.infer<typeof order>

export const loadPrices = async (): Promise<ReadonlyMap<string, Price>> => {
  const file = new URL('../data/prices.json', import.meta.url)
  return new Map(prices.parse(JSON.parse(await readFile(file, 'utf8'))).map(price => [price.sku, price]))
}

export const totalOf = ({ lines }: Order, known: ReadonlyMap<string, Price>): number =>
  lines.reduce((sum, { sku, count }) => {
    const price = known.get(sku)
    if (price === undefined) throw new Error(`unknown article ${sku}`)
    return sum + price.cents * count
  }, 0)
