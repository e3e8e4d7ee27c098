import { expect, test } from 'vitest'
import type { World } from '../../../model/world.ts'
import { machine } from '../../../world/machine.ts'
import { RegistryClient } from './client.ts'

const access = { base: 'https://registry.example.com', repository: 'team/app', credentials: undefined, authorization: undefined }

/** A registry that answers with what `answer` gives for the part behind `?`. */
const clientOf = (answer: (query: URLSearchParams) => unknown, asked: string[] = []): RegistryClient => {
  const world: World = {
    ...machine,
    http: {
      ...machine.http,
      request: async ({ url }) => {
        asked.push(url)
        const bytes = new TextEncoder().encode(JSON.stringify(answer(new URL(url).searchParams)))
        return {
          status: 200,
          headers: {},
          isPrivate: false,
          close: () => undefined,
          body: (async function* () {
            yield bytes
          })(),
        }
      },
    },
  }
  return new RegistryClient(world, access)
}

test('tags come in pages; a registry that gives all of them at once, or the same page for ever, is asked no further', async () => {
  const all = Array.from({ length: 2500 }, (_, i) => `v${String(i).padStart(5, '0')}`)
  const asked: string[] = []
  const paged = clientOf(query => {
    const start = all.indexOf(query.get('last') ?? '') + 1
    return { tags: all.slice(start, start + Number(query.get('n'))) }
  }, asked)
  expect(await paged.tags()).toEqual(all)
  expect(asked).toHaveLength(3)
  const whole: string[] = []
  expect(await clientOf(() => ({ tags: all }), whole).tags()).toEqual(all)
  expect(whole).toHaveLength(2)
  let page = 0
  const endless: string[] = []
  const found = await clientOf(
    () => ({ tags: Array.from({ length: 1000 }, (_, i) => `p${page}-${i}`), next: page++ }),
    endless,
  ).tags()
  expect([found.length, endless.length]).toEqual([10_000, 10])
  expect(await clientOf(() => ({ tags: ['ok', '../../x', 'a\nb', ''] })).tags()).toEqual(['ok'])
  expect(await clientOf(() => ({ tags: null })).tags()).toEqual([])
  await expect(clientOf(() => ({ tags: 5 })).tags()).rejects.toThrow(/gives no list of tags/)
})
