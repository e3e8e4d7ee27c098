import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { layerPool } from './layer-pool.ts'

test('a thread that computes for ever is ended, and the layers behind it are still read', async () => {
  const script = new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort } from 'node:worker_threads'
      parentPort.on('message', ({ id, bytes }) => {
        while (bytes.range.path === 'endless') {}
        parentPort.postMessage({ id, index: { verified: undefined, files: bytes.range.path, evidence: [], problems: [], size: 1 } })
      })`)}`,
  )
  const { indexLayer, close } = layerPool({ secrets: false, reveal: false, census: false }, { silence: 2000, script })
  const layer = (path: string) =>
    indexLayer(
      { from: 'file', range: { path, at: 0, size: 100 * 1024 * 1024 }, digest: `sha256:${'0'.repeat(64)}` },
      { verify: false, diffId: `sha256:${'0'.repeat(64)}` },
      () => undefined,
    )
  const paths = ['endless', ...Array.from({ length: 20 }, (_, i) => `layer ${i}`), 'endless']
  const indexes = await Promise.all(paths.map(layer))
  await close()
  expect(indexes.slice(1, -1).map(({ files }) => files)).toEqual(paths.slice(1, -1))
  for (const index of [indexes.at(0)!, indexes.at(-1)!])
    expect(index.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('nothing was heard for 2 s from the thread that reads it'),
    ])
})

test('what is looked through for secrets is read by threads, what is only walked over is not', async () => {
  const script = new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort } from 'node:worker_threads'
      parentPort.on('message', ({ id }) =>
        parentPort.postMessage({ id, index: { verified: undefined, files: 'thread', evidence: [], problems: [], size: 1 } }))`)}`,
  )
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-pool-'))
  const path = join(folder, 'layer.tar')
  const size = 32 * 1024 * 1024
  // Zeros: an archive without entries.
  writeFileSync(path, '')
  truncateSync(path, size)
  for (const secrets of [false, true]) {
    const { indexLayer, close } = layerPool({ secrets, reveal: false, census: false }, { script })
    let read = 0
    const index = await indexLayer({ from: 'file', range: { path, at: 0, size }, digest: undefined }, {}, count => {
      read += count
    })
    await close()
    expect(index.files === ('thread' as unknown)).toBe(secrets)
    if (!secrets) expect(read).toBe(size)
  }
  rmSync(folder, { recursive: true })
})
