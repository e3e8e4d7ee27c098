import type { FeedItem, ReleaseSupport } from '../../model/advisory.ts'
import {
  baseName,
  cut,
  dateOf,
  type Fields,
  fieldsOf,
  filled,
  isId,
  isVersion,
  jsonOf,
  listOf,
  shown,
  textOf,
  yamlOf,
} from '../advisory-fields.ts'
import { Unreadable } from '../cataloger.ts'
import type { Feed } from '../feed.ts'

/** Its API (https://endoflife.date/docs/api/v1/), and the pages of its repository (https://github.com/endoflife-date/endoflife.date). */
const feed: Feed = {
  title: 'endoflife.date',
  home: 'https://endoflife.date/',
  licence: 'MIT',
  attribution: 'endoflife.date (https://endoflife.date/), MIT licence',
  rank: 50,
  parts: [
    {
      name: '',
      ecosystems: [],
      completeness: 'all',
      downloads: [{ url: 'https://endoflife.date/api/v1/products/full', limit: 256 * 1024 ** 2 }],
    },
  ],
  *read(file) {
    const name = baseName(file.name)
    if (/^(?:full|products|endoflife)(?:\.json)?$/.test(name)) yield* fromApi(jsonOf(file.bytes))
    else if (name.endsWith('.md') && /^[a-z0-9]/.test(name)) yield* fromPage(name.slice(0, -'.md'.length), file.bytes)
  },
}

export default feed

function* fromApi(value: unknown): Generator<FeedItem> {
  const answer = fieldsOf(value)
  if (!answer || !Array.isArray(answer.result)) throw new Unreadable('it has no list of products')
  for (const value of answer.result) {
    const product = fieldsOf(value)
    if (!product || !isId(product.name) || !Array.isArray(product.releases)) {
      yield { kind: 'skipped', what: shown(product?.name ?? value), why: 'it has no name or no releases' }
      continue
    }
    for (const one of product.releases) {
      const release = fieldsOf(one)
      yield* supportOf(product.name, release, {
        isLts: release?.isLts === true,
        released: release?.releaseDate,
        endOfLife: release?.eolFrom ?? release?.isEol,
        extendedEnd: release?.eoesFrom ?? release?.isEoes,
        latest: fieldsOf(release?.latest)?.name,
      })
    }
  }
}

/** YAML between two lines of `---`. */
function* fromPage(product: string, bytes: Uint8Array): Generator<FeedItem> {
  const text = new TextDecoder().decode(bytes)
  const end = /^---\r?\n/.test(text) ? text.search(/\n---\s*(?:\n|$)/) : -1
  if (end === -1 || !isId(product)) return
  let page: unknown
  try {
    page = yamlOf(text.slice(4, end + 1), 500_000)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    yield { kind: 'skipped', what: product, why: error.message }
    return
  }
  for (const one of listOf(fieldsOf(page)?.releases)) {
    const release = fieldsOf(one)
    yield* supportOf(product, release && { ...release, name: release.releaseCycle }, {
      isLts: release?.lts === 'true' || dateOf(release?.lts) !== undefined,
      released: release?.releaseDate,
      endOfLife: release?.eol,
      extendedEnd: release?.eoes,
      latest: release?.latest,
    })
  }
}

type Ends = Readonly<Record<Exclude<keyof ReleaseSupport, 'product' | 'release' | 'codename' | 'isLts'>, unknown>> & {
  readonly isLts: boolean
}

function* supportOf(product: string, release: Fields | undefined, { isLts, ...ends }: Ends): Generator<FeedItem> {
  const name = typeof release?.name === 'number' ? String(release.name) : release?.name
  const endOfLife = endOf(ends.endOfLife)
  if (!release || !isVersion(name) || endOfLife === undefined) {
    yield { kind: 'skipped', what: `${product} ${shown(name ?? release)}`, why: 'it has no name, or does not say until when' }
    return
  }
  const codename = textOf(release.codename)
  const latest = typeof ends.latest === 'number' ? String(ends.latest) : ends.latest
  yield {
    kind: 'release',
    support: {
      product,
      release: name,
      isLts,
      endOfLife,
      ...filled({
        codename: codename === undefined ? undefined : cut(codename, 100),
        released: dateOf(ends.released),
        extendedEnd: endOf(ends.extendedEnd),
        latest: isVersion(latest) ? latest : undefined,
      }),
    },
  }
}

const endOf = (value: unknown): string | boolean | undefined =>
  typeof value === 'boolean' ? value : value === 'true' || value === 'false' ? value === 'true' : dateOf(value)
