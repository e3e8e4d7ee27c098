import { expect, test } from 'vitest'
import { type HttpRequest, type World, WorldError } from '../model/world.ts'
import { memoryWorld } from '../world/memory.ts'
import { download, downloadText } from './download.ts'

/** Every look at the clock is a second later. */
const worldWith = (
  status: number,
  body: (request: HttpRequest) => AsyncIterable<Uint8Array>,
): World & { asked: () => number } => {
  let now = 0
  let asked = 0
  const world = memoryWorld(
    {},
    {
      request: async request => {
        asked++
        const from = /\d+/.exec(request.headers?.range ?? '')?.[0]
        return {
          status: from === undefined ? status : 206,
          headers: { etag: '"1"', ...(from === undefined ? {} : { 'content-range': `bytes ${from}-999999999/1000000000` }) },
          isPrivate: false,
          body: body(request),
          close: () => undefined,
        }
      },
    },
  )
  return { ...world, clock: { sleep: async () => undefined, now: () => (now += 1000) }, asked: () => asked }
}

const patience = { tries: 3, first: 1, longest: 1, silence: 1000 }
const url = 'https://feeds.example/all.json'

test('a server that drips is given up', async () => {
  const world = worldWith(200, async function* () {
    for (;;) yield new Uint8Array(1)
  })
  await expect(download(world, { url, limit: 1e9, patience })).rejects.toThrow(/which is too slow/)
  expect(world.asked()).toBe(3)
  await expect(downloadText(world, { url, patience })).rejects.toThrow(/is too slow/)
})

test.each([
  [1, 3],
  [65_536, 30],
])('a server that gives %d bytes and hangs up is asked %d times', async (bytes, times) => {
  const world = worldWith(200, async function* () {
    yield new Uint8Array(bytes)
    throw new WorldError('failed', 'the connection broke')
  })
  await expect(download(world, { url, limit: 1e9, patience })).rejects.toThrow(/the connection broke/)
  expect(world.asked()).toBe(times)
})
