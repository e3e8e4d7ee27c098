import { describe, expect, test } from 'vitest'
import { emptyConfig } from '../../test/image-config.ts'
import { redactInventory } from '../judge/secrets/redact-image.ts'
import { detectors } from '../judge/secrets/registry.ts'
import type { ImageConfig } from '../model/image.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Cache } from '../model/store.ts'
import { shownInventory } from './shown-inventory.ts'

const inventoryWith = (config: Partial<ImageConfig>, instruction?: string): Inventory => ({
  name: 'x',
  kind: 'image',
  image: {
    id: `sha256:${'a'.repeat(64)}`,
    platform: 'linux/amd64',
    refs: [],
    layers: [],
    config: { ...emptyConfig, ...config },
  },
  distro: undefined,
  packages: [],
  problems: [],
  layers: [
    {
      diffId: `sha256:${'b'.repeat(64)}`,
      step: 0,
      size: 0,
      files: 0,
      ...(instruction === undefined ? {} : { instruction }),
    },
  ],
})

const memory = (): Cache & { readonly kept: ReadonlyMap<string, Uint8Array> } => {
  const kept = new Map<string, Uint8Array>()
  return {
    kept,
    get: key => kept.get(key),
    put: (key, value) => {
      kept.set(key, value)
    },
  }
}

const step = (createdBy: string) => ({ createdBy, created: undefined, comment: '', isEmpty: true })

describe('what is shown of an inventory, the first time and the second', () => {
  // One cache for all: what was remembered of one configuration says nothing about another.
  const cache = memory()
  test.each(Object.entries(detectors))('%s', async (_, { samples }) => {
    for (const sample of [...samples.real(), ...samples.not()])
      for (const inventory of [
        inventoryWith({ env: ['PATH=/bin', `SETTING=${sample}`] }),
        inventoryWith({ labels: { note: sample } }),
        inventoryWith({ cmd: ['server', sample] }),
        inventoryWith({ history: [step(`RUN /bin/sh -c ${sample}`)] }),
        inventoryWith({}, `RUN ${sample}`),
      ]) {
        const eager = redactInventory(inventory)
        expect(await shownInventory(inventory, cache)).toEqual(eager)
        expect(await shownInventory(inventory, cache)).toEqual(eager)
      }
  })

  test('only that there was nothing to hide is remembered, and only of the same texts', async () => {
    const harmless = inventoryWith({ env: ['PATH=/bin'] }, 'RUN make')
    const cache = memory()
    expect(await shownInventory(harmless, cache)).toBe(harmless)
    expect(cache.kept.size).toBe(1)
    expect([...cache.kept.values()]).toEqual([new Uint8Array(0)])
    const secrets = [
      inventoryWith({ env: ['PATH=/bin', 'TOKEN=x7'] }, 'RUN make'),
      inventoryWith({ env: ['PATH=/bin'] }, 'RUN TOKEN=x7 make'),
    ]
    for (const secret of [...secrets, ...secrets]) expect(JSON.stringify(await shownInventory(secret, cache))).not.toContain('x7')
    expect(cache.kept.size).toBe(1)
  })

  test('without a cache', async () => {
    const { image } = await shownInventory(inventoryWith({ env: ['TOKEN=x7'] }), undefined)
    expect(image!.config.env).toEqual(['TOKEN=***'])
  })
})
