import { expect, test } from 'vitest'
import { blankContainer } from '../model/container.ts'
import { secretValuesOf } from './container-secrets.ts'

test('a password that is the name of the image stays visible as that, and is hidden where a command is given it', () => {
  const at = { in: 'engine', engine: 'e', container: 'c', field: 'f' } as never
  const value = ['x7fQ', 'k29LmZp'].join('')
  const base = {
    ...blankContainer('engine', 'shop-windmill-1', at),
    image: { value: 'ghcr.io/acme/windmill:2' },
    environment: [
      { name: 'DB_PASSWORD', value: 'windmill', at },
      { name: 'API_TOKEN', value, at },
      { name: 'MODE', value: 'fast-and-loose', at },
    ],
  }
  expect(secretValuesOf(base)).toEqual([value])
  expect(secretValuesOf({ ...base, command: { value: ['serve', '--password', 'windmill'], at } })).toEqual([value, 'windmill'])
})
