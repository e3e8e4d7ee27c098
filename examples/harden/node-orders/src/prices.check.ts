import assert from 'node:assert/strict'
import { loadPrices, totalOf } from './prices.js'

const prices = await loadPrices()
assert.equal(totalOf({ lines: [{ sku: 'CUP', count: 2 }, { sku: 'TEA-GREEN', count: 1 }] }, prices), 3190)
assert.throws(() => totalOf({ lines: [{ sku: 'NONE', count: 1 }] }, prices))
console.log('prices: ok')
