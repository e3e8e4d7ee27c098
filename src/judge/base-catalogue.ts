/**
 * What is known of widely used base images: until when which version gets security fixes, and which come in smaller variants.
 * Dates from https://endoflife.date, images and variants from https://github.com/docker-library/official-images.
 */
import type { ImageReference } from '../read/dockerfile/reference.ts'
import { json } from './base-catalogue.data.ts'

export type Product = {
  /** As people call it: `Node.js`. */
  readonly name: string
  /** Cycle (`20`, `3.12`) → ISO date of the last security fix that costs nothing; '' while no end is known. */
  readonly cycles: Readonly<Record<string, string>>
}

export type Catalogue = {
  /** ISO date of the newest release that the data knows. */
  readonly date: string
  /** By image, as people write it: `node`, `opensuse/leap`. */
  readonly endOfLife: Readonly<Record<string, Product>>
  /** Images that follow the cycles of another one. */
  readonly sameAs: Readonly<Record<string, string>>
  /** Code name in tags → image and cycle: `bookworm` → `debian`, `12`. */
  readonly codeNames: Readonly<Record<string, readonly [image: string, cycle: string]>>
  /** The official images: flavour (see flavourOf) → the kinds of smaller variant that it has, divided by blanks. */
  readonly official: Readonly<Record<string, Readonly<Record<string, string>>>>
}

let catalogue: Catalogue | undefined
/** Parsed when first asked for. */
const read = (): Catalogue => {
  catalogue ??= JSON.parse(json) as Catalogue
  return catalogue
}

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

/** Official images stand on Docker Hub under `library/`, by architecture under its name, and on mirrors. https://github.com/docker-library/official-images#architectures-other-than-amd64 */
const officialPaths = [
  /^docker\.io\/library\/([^/]+)$/,
  /^docker\.io\/(?:amd64|arm32v[567]|arm64v8|i386|mips64le|ppc64le|riscv64|s390x)\/([^/]+)$/,
  /^(?:registry\.hub\.docker\.com|mirror\.gcr\.io)\/library\/([^/]+)$/,
  /^quay\.io\/centos\/(centos)$/,
  /^public\.ecr\.aws\/docker\/library\/([^/]+)$/,
]

/** The name of an official image, whichever registry serves it; undefined for any other image. */
const officialName = ({ registry, repository }: ImageReference): string | undefined => {
  const path = `${registry}/${repository}`
  for (const pattern of officialPaths) {
    const name = pattern.exec(path)?.[1]
    if (name !== undefined) return name
  }
  return undefined
}

/** A version of a product that an image contains, with what is known of its end. */
export type Cycle = {
  /** `Node.js 16`, `Debian 10 (buster)`. */
  readonly title: string
  /** ISO date after which it gets no security fixes. */
  readonly end: string
  /** The cycles of this product that still get fixes at the day asked about, oldest first. */
  readonly maintained: readonly string[]
}

/**
 * Whatever in this image gets no security fixes any more at that day (ISO date): the program that the image is named after first, then
 * the distribution that its tag names. Empty when nothing ended and when nothing is known (another registry's image, no tag, a tag that
 * moves on by itself like `latest`). `python:2` counts as the newest 2.x.
 */
export const endOfLife = (reference: ImageReference, today: string): readonly Cycle[] => {
  const { registry, repository, familiar, tag } = reference
  if (tag === undefined) return []
  const key = `${registry} ${repository} ${familiar} ${tag} ${today}`
  const known = answers.get(key)
  if (known) return known
  const ended = endedIn(reference, tag, today)
  if (answers.size === mostAnswers) answers.clear()
  if (key.length <= longestKey) answers.set(key, ended)
  return ended
}
/** A thousand Dockerfiles stand on the same few images. */
const answers = new Map<string, readonly Cycle[]>()
const mostAnswers = 1000
const longestKey = 400

const endedIn = (reference: ImageReference, tag: string, today: string): readonly Cycle[] => {
  const { codeNames, endOfLife: products, official, sameAs } = read()
  const name = officialName(reference)
  const image = name ?? own(sameAs, reference.familiar) ?? reference.familiar
  const parts = tag.toLowerCase().split('-')
  const ended: Cycle[] = []
  const add = (of: string, version: string, codeName?: string): void => {
    const product = own(products, of)
    const cycle = product && cycleOf(product, version)
    const end = cycle && product.cycles[cycle]
    if (!end || end >= today) return
    const title = `${product.name} ${cycle}${codeName === undefined ? '' : ` (${codeName})`}`
    if (ended.some(one => one.end === end && one.title.startsWith(`${product.name} ${cycle}`))) return
    const maintained = Object.keys(product.cycles).filter(one => product.cycles[one] === '' || product.cycles[one]! >= today)
    ended.push({ title, end, maintained: maintained.sort(compareVersions) })
  }
  const version = /^v?(\d+(?:\.\d+)*)/.exec(parts[0]!)?.[1]
  if (version !== undefined) add(image, version)
  // Only official images are known to name their distribution in this way.
  if (name !== undefined && (own(official, name) !== undefined || own(products, name) !== undefined)) {
    for (const part of parts) {
      const known = own(codeNames, part)
      if (known && (known[0] !== 'node' || name === 'node')) add(known[0], known[1], part)
      const [, distribution, release] = /^(alpine|centos|stream|al|ol|oraclelinux)(\d+(?:\.\d+)*)$/.exec(part) ?? []
      if (distribution !== undefined) add(own(shortNames, distribution) ?? distribution, release!)
    }
  }
  return ended
}
const shortNames: Readonly<Record<string, string>> = { al: 'amazonlinux', ol: 'oraclelinux', stream: 'centos-stream' }

/** The cycle that a version belongs to: `20.11.1` → `20`. A version of fewer parts than any cycle means the newest below it: `2` → `2.7`. */
const cycleOf = ({ cycles }: Product, version: string): string | undefined => {
  const numbers = version.split('.')
  for (let length = numbers.length; length > 0; length--) {
    const prefix = numbers.slice(0, length).join('.')
    if (Object.hasOwn(cycles, prefix)) return prefix
  }
  return Object.keys(cycles)
    .filter(cycle => cycle.startsWith(`${version}.`))
    .sort(compareVersions)
    .at(-1)
}

export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [a.split('.'), b.split('.')]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = Number(left[i] ?? -1) - Number(right[i] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}

/**
 * What a tag says besides versions and distributions: `20.11-bookworm-slim` → `slim`, `8.3-fpm-alpine3.20` → `fpm-alpine`, `latest` → ''.
 * `isCodeName` knows the code names, in lower case.
 */
export const flavourOf = (tag: string, isCodeName: (name: string) => boolean): string =>
  tag
    .toLowerCase()
    .split('-')
    .map(part => part.replace(/^alpine\d[\d.]*$/, 'alpine'))
    .filter(part => !/^v?\d/.test(part) && !isCodeName(part) && !movingNames.has(part))
    .join('-')
const movingNames = new Set([
  'latest',
  'lts',
  'current',
  'stable',
  'mainline',
  'rc',
  'ea',
  'oldstable',
  'oldoldstable',
  'testing',
  'unstable',
])

/**
 * The kinds of smaller variant (`slim`, `alpine`) that an official image has of the flavour of this reference. Empty for those variants
 * themselves, when there is none, for other images, and when only a digest says what is meant. No tag means `latest`.
 */
export const smallerVariants = (reference: ImageReference): readonly string[] => {
  if (reference.tag === undefined && reference.digest !== undefined) return []
  const { codeNames, official } = read()
  const name = officialName(reference)
  const flavours = name === undefined ? undefined : own(official, name)
  const kinds =
    flavours &&
    own(
      flavours,
      flavourOf(reference.tag ?? 'latest', part => Object.hasOwn(codeNames, part)),
    )
  return kinds?.split(' ') ?? []
}

/** What the catalogue has of an image: its product, by whichever name people know it. */
export type Listed = {
  /** The name of the official image, or as people write it. */
  readonly image: string
  readonly isOfficial: boolean
  readonly product: Product | undefined
}

export const listed = (reference: ImageReference): Listed | undefined => {
  const { endOfLife: products, official, sameAs } = read()
  const name = officialName(reference)
  const image = name ?? own(sameAs, reference.familiar) ?? reference.familiar
  const product = own(products, image)
  const isOfficial = name !== undefined && (own(official, name) !== undefined || product !== undefined)
  return product || isOfficial ? { image, isOfficial, product } : undefined
}

/** The same by an official image's name alone, for copies of it in other registries. */
export const listedAs = (name: string): Listed | undefined =>
  listed({ registry: 'docker.io', repository: `library/${name}`, tag: undefined, digest: undefined, familiar: name })

/** `20.11.1` of Node.js → `20`. */
export const cycleIn = (product: Product, version: string): string | undefined => cycleOf(product, version)

/** What a code name in a tag stands for. */
export const codeNamed = (part: string): readonly [image: string, cycle: string] | undefined => own(read().codeNames, part)

/** `debian`, `12` → `bookworm`. */
export const codeNameOf = (image: string, cycle: string): string | undefined =>
  Object.entries(read().codeNames).find(([, [of, number]]) => of === image && number === cycle)?.[0]

/** Of the newest release that the data know. */
export const catalogueDate = (): string => read().date
