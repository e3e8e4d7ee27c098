/** What tests of recommendations share: Debian's package sets, images on a loopback registry, and the flow with nobody else to ask. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import { takeInventory } from '../src/flows/inventory.ts'
import { type RecommendOptions, recommend } from '../src/flows/recommend.ts'
import { versionOrders } from '../src/judge/versions/registry.ts'
import type { AdvisoryDatabase } from '../src/model/advisory.ts'
import type { Inventory } from '../src/model/inventory.ts'
import type { Recommendation } from '../src/model/recommendation.ts'
import type { Cache } from '../src/model/store.ts'
import { type World, WorldError } from '../src/model/world.ts'
import { catalogers } from '../src/read/catalogers/registry.ts'
import { inOrder, type SourceOptions } from '../src/read/image/image-source.ts'
import { sources } from '../src/read/image/sources.ts'
import { showRecommendJson } from '../src/show/recommend-json.ts'
import { machine } from '../src/world/machine.ts'

/** Entries of dpkg's status file. */
export const dpkgStatus = (packages: Readonly<Record<string, string>>): string =>
  Object.entries(packages)
    .map(
      ([name, version]) =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: Debian <a@debian.org>\nVersion: ${version}\n\n`,
    )
    .join('')

export const bookworm = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\nVERSION_CODENAME=bookworm\n'

export type RecommendSetting = {
  run(more: Partial<RecommendOptions>, env?: Record<string, string>): Promise<Recommendation>
  read(subject: string): Promise<Inventory>
  /** Addresses that were asked for. */
  readonly asked: string[]
}

/** Nobody but this machine is asked. `home`: a folder that has no credentials. */
export const recommendSetting = (home: string, database: AdvisoryDatabase): RecommendSetting => {
  const asked: string[] = []
  const http: World['http'] = {
    ...machine.http,
    request: request => {
      asked.push(request.url)
      return new URL(request.url).hostname === '127.0.0.1'
        ? machine.http.request(request)
        : Promise.reject(new WorldError('not-found', `no host is called ${new URL(request.url).hostname}`))
    },
  }
  const source: SourceOptions = {
    platform: undefined,
    host: 'linux/amd64',
    plainHttp: false,
    mirrors: new Map(),
    note: () => undefined,
  }
  const memory = (): Cache => {
    const values = new Map<string, Uint8Array>()
    return { get: key => values.get(key), put: (key, value) => values.set(key, value) }
  }
  const inventoryOptions = (world: World, cache: Cache) => ({
    world,
    options: { ...source, sources: inOrder(sources), catalogers: new Map(Object.entries(catalogers)), cache },
  })
  const worldWith = (env: Record<string, string>): World => ({
    ...machine,
    http,
    env: { PATH: process.env.PATH, HOME: home, DOCKER_HOST: `unix://${home}/no.sock`, ...env },
  })
  return {
    asked,
    read: subject => {
      const { world, options } = inventoryOptions(worldWith({}), memory())
      return takeInventory(world, subject, options)
    },
    run: (more, env = {}) => {
      const cache = memory()
      const { world, options } = inventoryOptions(worldWith(env), cache)
      const all = options.sources.filter(({ where }) => where !== 'engine' && !(more.offline && where === 'network'))
      return recommend(world, database, {
        image: undefined,
        dockerfile: undefined,
        candidates: [],
        nonLts: false,
        offline: false,
        limit: 10,
        source,
        scan: { orders: versionOrders, now: '2026-01-10T00:00:00Z', version: '1' },
        silencersFor: () => [],
        cache,
        read: (subject, dockerfile, isSubject) =>
          takeInventory(world, subject, { ...options, sources: all, verify: isSubject, ...(dockerfile ? { dockerfile } : {}) }),
        ...more,
      })
    },
  }
}

const schema = new Ajv2020({ allErrors: true }).compile(
  JSON.parse(readFileSync(join(import.meta.dirname, '../docs/recommend-report.schema.json'), 'utf8')) as object,
)

export const expectValid = (report: Recommendation): void => {
  expect(schema(JSON.parse(showRecommendJson(report))), JSON.stringify(schema.errors)).toBe(true)
}
