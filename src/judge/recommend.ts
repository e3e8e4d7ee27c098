/**
 * Which images could take the place of a base image, by what is known without asking anybody: the names that official images give their variants
 * (https://github.com/docker-library/official-images), and until when which version gets security fixes.
 */
import type { Distro } from '../model/package.ts'
import type { Candidate, CandidateKind } from '../model/recommendation.ts'
import { type ImageReference, parseReference } from '../read/dockerfile/reference.ts'
import {
  catalogueDate,
  codeNamed,
  codeNameOf,
  compareVersions,
  cycleIn,
  type Listed,
  listed,
  listedAs,
  smallerVariants,
} from './base-catalogue.ts'
import { hardenedVariants } from './hardened-variants.ts'

export type ProposeOptions = {
  /** ISO date. */
  readonly today: string
  /** Also versions that get fixes for some months only. */
  readonly nonLts: boolean
  /** Of the base, where it is known. */
  readonly distro?: Distro | undefined
  /** The tags that the repository has, where its registry was asked. */
  readonly tags?: readonly string[] | undefined
}

export type Proposal = {
  /** ISO date of the last security fix; '' while no end is known; undefined: nothing is known. */
  readonly supportUntil: string | undefined
  readonly isEnded: boolean
  readonly candidates: readonly Candidate[]
  /** What could not be told, in sentences. */
  readonly unverified: readonly string[]
}

type Tag = {
  readonly parts: readonly string[]
  /** The number of the part with the version or its code name. */
  readonly versionAt: number
  readonly version: string | undefined
  readonly cycle: string | undefined
  /** The part that names a distribution beside it. */
  readonly suiteAt: number
  readonly suite: { readonly image: string; readonly cycle: string } | undefined
}

const readTag = (tag: string, { image, product }: Listed): Tag => {
  const parts = tag.split('-')
  let [versionAt, suiteAt] = [-1, -1]
  let [version, cycle, suite]: [string | undefined, string | undefined, Tag['suite']] = [undefined, undefined, undefined]
  for (const [i, part] of parts.entries()) {
    const number = /^v?(\d+(?:\.\d+)*)$/.exec(part)?.[1]
    const named = codeNamed(part.toLowerCase())
    const alpine = /^alpine(\d+\.\d+)$/.exec(part)?.[1]
    if (i === 0 && number !== undefined) [versionAt, version, cycle] = [i, number, product && cycleIn(product, number)]
    else if (i === 0 && named?.[0] === image) [versionAt, version, cycle] = [i, named[1], named[1]]
    else if (named && named[0] !== image && named[0] !== 'node') [suiteAt, suite] = [i, { image: named[0], cycle: named[1] }]
    else if (alpine !== undefined) [suiteAt, suite] = [i, { image: 'alpine', cycle: alpine }]
  }
  return { parts, versionAt, version, cycle, suiteAt, suite }
}

const withPart = ({ parts }: Tag, at: number, text: string): readonly string[] => parts.map((part, i) => (i === at ? text : part))

/** Java's long-term releases: https://adoptium.net/support/ */
const javaLongTerm = /^(?:8|11|17|21|25|29)$/

/**
 * Whether a version gets fixes for years. Where a product has no such difference, all do. Node.js gives its long-term lines code names
 * (https://github.com/nodejs/Release), Ubuntu's are those of April in even years (https://ubuntu.com/about/release-cycle), nginx counts its stable ones evenly
 * (https://nginx.org/en/download.html), and so does .NET (https://dotnet.microsoft.com/platform/support/policy).
 */
export const isLongTerm = (image: string, cycle: string): boolean => {
  switch (image) {
    case 'node':
      return codeNameOf('node', cycle) !== undefined
    case 'ubuntu':
      return /^\d?[02468]\.04$/.test(cycle)
    case 'eclipse-temurin':
    case 'amazoncorretto':
    case 'sapmachine':
      return javaLongTerm.test(cycle)
    case 'nginx':
      return /^\d+\.\d*[02468]$/.test(cycle)
    case 'mcr.microsoft.com/dotnet/aspnet':
      return /^\d*[02468](?:\.0)?$/.test(cycle)
    case 'mariadb':
      return /^(?:10\.6|10\.11|11\.4|11\.8|12\.3)$/.test(cycle)
    default:
      return true
  }
}

/** Of several ends the first; undefined where none is known. */
const earliest = (...ends: readonly (string | undefined)[]): string | undefined => {
  const known = ends.filter(end => end !== undefined)
  const dated = known.filter(end => end !== '').sort()
  return dated[0] ?? known[0]
}

const supportOf = (found: Listed, tag: Tag): string | undefined => {
  const own = tag.cycle === undefined ? undefined : found.product?.cycles[tag.cycle]
  const suite = tag.suite && listedAs(tag.suite.image)?.product?.cycles[tag.suite.cycle]
  return earliest(own, suite)
}

const risks = {
  alpine: 'musl in place of glibc: programs and native modules that were built for glibc do not run, and are built again',
  shell: 'BusyBox in place of bash and GNU’s tools: scripts may rest on these',
  apk: 'packages are installed by apk, and have other names',
  slim: 'without compilers, git, curl and headers: a step that needs them installs them, or stands in a stage of its own',
  distroless:
    'without a shell and a package manager: RUN, and CMD, ENTRYPOINT and HEALTHCHECK without brackets, do not work in it',
  stages: 'everything is built in a stage before, and copied',
  runtime: 'its ENTRYPOINT is the runtime: CMD names the script alone',
  major: 'another major version: what it no longer has is in its notes of release, and your tests tell the rest',
  suite: 'packages of another release of the distribution: other versions, some other names',
} as const

/** Of variants that nobody has measured. */
export const smallerText = 'smaller, with fewer packages'

const addKind = (kind: string, tag: Tag, image: string): string => {
  const parts = tag.parts.filter(part => part !== 'slim' && !/^alpine/.test(part) && part !== 'latest')
  if (kind === 'alpine') return [...parts.filter(part => !isSuite(part, tag)), 'alpine'].join('-')
  // Python, Ruby and others have it in front of the suite, Node.js behind.
  if (tag.suite && image !== 'node') return [...parts.filter(part => !isSuite(part, tag)), kind, tag.parts[tag.suiteAt]].join('-')
  return [...parts, kind].join('-')
}

const isSuite = (part: string, tag: Tag): boolean => tag.suite !== undefined && part === tag.parts[tag.suiteAt]

/** Of other makers, whose ends of support are theirs. */
const foreign: ReadonlySet<CandidateKind> = new Set(['distroless', 'hardened', 'minimal'])
const moves: ReadonlySet<CandidateKind> = new Set(['major', 'minor', 'release'])
const majorOf = (cycle: string): string => cycle.split('.')[0]!

/** https://github.com/GoogleContainerTools/distroless#what-images-are-available */
const distrolessFor = (image: string, tag: Tag): { readonly name: string; readonly why: string } | undefined => {
  const on = 'debian12'
  switch (image) {
    case 'node':
      return tag.cycle !== undefined && isLongTerm('node', tag.cycle)
        ? { name: `gcr.io/distroless/nodejs${tag.cycle}-${on}`, why: 'Node.js and what it needs, and nothing else' }
        : undefined
    case 'python':
      return { name: `gcr.io/distroless/python3-${on}`, why: 'Debian’s Python and what it needs, and nothing else' }
    case 'eclipse-temurin':
    case 'openjdk':
      return tag.cycle !== undefined && /^(?:17|21)$/.test(tag.cycle)
        ? { name: `gcr.io/distroless/java${tag.cycle}-${on}`, why: 'the Java runtime and what it needs, and nothing else' }
        : undefined
    case 'debian':
    case 'ubuntu':
      return { name: `gcr.io/distroless/base-${on}`, why: 'glibc, OpenSSL and certificates, and nothing else' }
    default:
      return undefined
  }
}

/** Candidates in the order in which they are mentioned; the first is the same tag. An image that is named by digest alone has no others. */
export const propose = (name: string, options: ProposeOptions): Proposal => {
  const { today, nonLts, tags } = options
  const reference = parseReference(name)
  const unverified: string[] = []
  if (!reference)
    return { supportUntil: undefined, isEnded: false, candidates: [], unverified: [`${name} is no name of an image`] }
  const own = listed(reference)
  const copied = own ? undefined : copyOf(reference, options.distro)
  const found = own ?? copied ?? { image: reference.familiar, isOfficial: false, product: undefined }
  if (copied)
    unverified.push(
      `${reference.familiar} is taken for a copy of the official image ${copied.image}, by its name and its distribution`,
    )
  else if (!own) unverified.push(`the catalogue of ${catalogueDate()} does not have ${reference.familiar}`)
  const written = reference.tag ?? 'latest'
  const tag = readTag(written, found)
  const supportUntil = supportOf(found, tag)
  const isEnded = supportUntil !== undefined && supportUntil !== '' && supportUntil < today
  const candidates = new Map<string, Candidate>()
  const add = (
    text: string,
    kind: CandidateKind,
    of: Tag,
    benefits: readonly string[],
    against: readonly string[],
    isRolling = false,
  ): void => {
    const until = foreign.has(kind) ? undefined : supportOf(found, of)
    if (until !== undefined && until !== '' && until < today && kind !== 'refresh') return
    // What a registry does not have is not proposed.
    if (
      tags &&
      kind !== 'refresh' &&
      text.startsWith(`${reference.familiar}:`) &&
      !tags.includes(text.slice(reference.familiar.length + 1))
    )
      return
    if (candidates.has(text) || (kind !== 'refresh' && text === `${reference.familiar}:${written}`)) return
    const longer =
      until !== undefined && until !== '' && supportUntil !== undefined && supportUntil !== '' && until > supportUntil
    const support = longer ? [`security fixes until ${until}, and not only until ${supportUntil}`] : []
    candidates.set(text, {
      name: text,
      kind,
      supportUntil: until,
      benefits: [...support, ...benefits],
      risks: against,
      ...(isRolling ? { isRolling: true } : {}),
    })
  }
  const at = (parts: readonly string[]): string => `${reference.familiar}:${parts.join('-')}`
  const again = (parts: readonly string[]): Tag => readTag(parts.join('-'), found)

  if (reference.tag !== undefined || reference.digest === undefined)
    add(at(tag.parts), 'refresh', tag, ['the same tag: nothing else changes'], [])
  else unverified.push(`${name} names no tag: what is newer cannot be told by a digest`)
  const { product, image } = found
  if (tag.version !== undefined && tag.versionAt >= 0) {
    const numbers = tag.version.split('.')
    const cycleLength = tag.cycle?.split('.').length ?? 1
    for (let length = numbers.length - 1; length >= cycleLength; length--) {
      const parts = withPart(tag, tag.versionAt, numbers.slice(0, length).join('.'))
      const kind = length === 2 || length === cycleLength + 1 || numbers.length - length === 1 ? 'patch' : 'minor'
      const what = kind === 'patch' ? 'its newest patch, and no new features' : 'its newest minor version'
      add(at(parts), length === 1 && numbers.length > 2 ? 'minor' : kind, again(parts), [what], [])
    }
    for (const text of newerTags(tag, found, tags ?? []))
      add(
        `${reference.familiar}:${text}`,
        'patch',
        readTag(text, found),
        [`the newest ${tag.cycle ?? majorOf(tag.version)} that the registry has`],
        [],
      )
  }
  const newest = (of: string): string | undefined => {
    const cycles = listedAs(of)?.product?.cycles ?? {}
    return Object.keys(cycles)
      .filter(one => isLongTerm(of, one) && (cycles[one] === '' || cycles[one]! >= today) && /^\d/.test(one))
      .sort(compareVersions)
      .at(-1)
  }
  const suitePart = (of: string): string | undefined => {
    const cycle = newest(of)
    if (cycle === undefined) return undefined
    return of === 'alpine' ? `alpine${cycle}` : codeNameOf(of, cycle)
  }
  const nextSuite = tag.suite && suitePart(tag.suite.image)
  if (tag.suite && nextSuite !== undefined && nextSuite !== tag.parts[tag.suiteAt]) {
    // A patch of long ago was never built for a release that came after it.
    const parts = withPart(tag, tag.suiteAt, nextSuite).map((part, i) =>
      i === tag.versionAt && tag.cycle !== undefined ? tag.cycle : part,
    )
    add(at(parts), 'release', again(parts), [], [risks.suite])
  }
  if (product && tag.cycle !== undefined && tag.versionAt >= 0) {
    const later = Object.keys(product.cycles)
      .filter(one => compareVersions(one, tag.cycle!) > 0 && (product.cycles[one] === '' || product.cycles[one]! >= today))
      .filter(one => nonLts || isLongTerm(image, one))
      .sort(compareVersions)
    const suite = tag.suite && listedAs(tag.suite.image)?.product?.cycles[tag.suite.cycle]
    const isOldSuite = suite !== undefined && suite !== '' && suite < today
    const isName = !/^v?\d/.test(tag.parts[tag.versionAt]!)
    const moved = later.flatMap(cycle => {
      const word = isName ? codeNameOf(image, cycle) : cycle
      if (word === undefined) return []
      const parts = withPart(tag, tag.versionAt, word)
      const placed =
        isOldSuite && nextSuite !== undefined ? parts.map((part, i) => (i === tag.suiteAt ? nextSuite : part)) : parts
      return tags && !tags.includes(placed.join('-')) ? [] : [{ cycle, parts: placed }]
    })
    for (const { cycle, parts } of new Set([moved[0], moved.at(-1)].filter(one => one !== undefined))) {
      const isDistribution = isRelease(image)
      const isMinor = cycle.includes('.') && majorOf(cycle) === majorOf(tag.cycle)
      add(
        at(parts),
        isDistribution ? 'release' : isMinor ? 'minor' : 'major',
        again(parts),
        [],
        [
          isDistribution
            ? risks.suite
            : majorOf(cycle) === majorOf(tag.cycle)
              ? risks.major.replace('major', 'minor')
              : risks.major,
        ],
      )
    }
  }
  const kinds = found.isOfficial ? smallerVariants({ ...officialReference(image), tag: written }) : []
  const bases = [...candidates.values()].filter(one => moves.has(one.kind)).slice(-1)
  for (const kind of kinds)
    for (const from of isEnded ? bases.map(one => again(one.name.slice(reference.familiar.length + 1).split('-'))) : [tag]) {
      const text = addKind(kind, from, image)
      const against = kind === 'alpine' ? [risks.alpine, risks.shell, risks.apk] : [risks.slim]
      const moved = isEnded ? [isRelease(image) ? risks.suite : risks.major] : []
      add(
        `${reference.familiar}:${text}`,
        kind === 'alpine' ? 'alpine' : 'slim',
        again(text.split('-')),
        [smallerText],
        [...against, ...moved],
      )
    }
  const last = bases.at(-1)
  const next = isEnded && last ? again(last.name.slice(reference.familiar.length + 1).split('-')) : tag
  const lean = distrolessFor(image, next)
  if (lean && found.isOfficial) {
    add(
      lean.name,
      'distroless',
      tag,
      [lean.why],
      [risks.distroless, risks.stages, ...(/\/(?:nodejs|python3|java)/.test(lean.name) ? [risks.runtime] : [])],
    )
  }
  for (const { name: text, kind, benefits, risks: against, isRolling } of hardenedVariants(reference, image, next.cycle))
    if (text !== at(tag.parts)) add(text, kind, tag, benefits, against, isRolling)
  if (supportUntil === undefined) unverified.push(`until when ${reference.familiar}:${written} gets security fixes is not known`)
  return { supportUntil, isEnded, candidates: [...candidates.values()], unverified }
}

const isRelease = (image: string): boolean =>
  /^(?:almalinux|alpine|amazonlinux|centos|debian|fedora|opensuse\/leap|oraclelinux|photon|rockylinux|ubuntu)$/.test(image)

const officialReference = (image: string): ImageReference => ({
  registry: 'docker.io',
  repository: `library/${image}`,
  tag: undefined,
  digest: undefined,
  familiar: image,
})

/** An image of another registry that ends with an official image's name. Of distributions os-release has to agree. */
const copyOf = ({ repository }: ImageReference, distro: Distro | undefined): Listed | undefined => {
  const name = repository.slice(repository.lastIndexOf('/') + 1)
  const found = listedAs(name)
  if (!found?.isOfficial) return undefined
  return isRelease(name) && distro && distro.id !== name && !(name === 'rockylinux' && distro.id === 'rocky') ? undefined : found
}

/** Of a registry's tags: the highest of the same cycle, with as many numbers and the same words behind. */
const newerTags = (tag: Tag, found: Listed, tags: readonly string[]): readonly string[] => {
  const numbers = tag.version?.split('.').length ?? 0
  const fits = tags
    .map(text => ({ text, other: readTag(text, found) }))
    .filter(
      ({ other }) =>
        other.version !== undefined &&
        other.version.split('.').length === numbers &&
        other.parts.slice(1).join('-') === tag.parts.slice(1).join('-') &&
        (tag.cycle === undefined ? majorOf(other.version) === majorOf(tag.version!) : other.cycle === tag.cycle) &&
        compareVersions(other.version, tag.version!) > 0,
    )
    .sort((a, b) => compareVersions(a.other.version!, b.other.version!))
  const highest = fits.at(-1)
  return highest ? [highest.text] : []
}
