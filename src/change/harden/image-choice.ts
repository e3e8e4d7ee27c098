/** Which image a stage could stand on: what the shipped catalogue knows of its smaller variants, its distribution, and what is newest. */
import { codeNamed, codeNameOf, compareVersions, listed, listedAs } from '../../judge/base-catalogue.ts'
import { isLongTerm, propose } from '../../judge/recommend.ts'
import type { ImageReference } from '../../read/dockerfile/reference.ts'
import type { HardenSubject } from './transformation.ts'

export const nameOfImage = ({ familiar, tag }: ImageReference): string => (tag === undefined ? familiar : `${familiar}:${tag}`)

/** False only where it was asked for, and is not there. */
export const isAvailable = ({ images }: HardenSubject, name: string): boolean => images.get(name)?.exists !== false

export type Family = 'debian' | 'ubuntu' | 'alpine' | 'redhat'

const families: readonly { readonly image: RegExp; readonly family: Family }[] = [
  {
    image:
      /^(?:debian|node|python|golang|rust|ruby|php|perl|gcc|openjdk|buildpack-deps|nginx|httpd|composer|haskell|elixir|erlang|swift)$/,
    family: 'debian',
  },
  { image: /^(?:mcr\.microsoft\.com\/dotnet\/(?:sdk|aspnet|runtime|runtime-deps))$/, family: 'debian' },
  { image: /^(?:ubuntu|eclipse-temurin|maven|gradle|sapmachine|ibm-semeru-runtimes)$/, family: 'ubuntu' },
  { image: /^(?:alpine)$/, family: 'alpine' },
  { image: /^(?:fedora|centos|rockylinux|almalinux|amazonlinux|oraclelinux|amazoncorretto)$/, family: 'redhat' },
]

/** The distribution inside of a well-known image, and its release where the tag names it. */
export const distributionOf = ({
  familiar,
  tag,
}: ImageReference): { readonly family: Family; readonly suite: string | undefined } | undefined => {
  const parts = (tag ?? '').toLowerCase().split('-')
  if (parts.some(part => /^alpine(?:\d[\d.]*)?$/.test(part))) return { family: 'alpine', suite: undefined }
  for (const part of parts) {
    const named = codeNamed(part)
    if (named?.[0] === 'debian' || named?.[0] === 'ubuntu') return { family: named[0], suite: part }
  }
  const found = families.find(({ image }) => image.test(familiar))
  if (!found) return undefined
  const number = /^(\d+(?:\.\d+)?)/.exec(parts[0]!)?.[1]
  const suite = number !== undefined && found.family === familiar ? codeNameOf(familiar, number.split('.')[0]!) : undefined
  return { family: found.family, suite }
}

/** The slim variant of the same tag; undefined where there is none, or it is one already. */
export const slimOf = (subject: HardenSubject, reference: ImageReference): string | undefined => {
  const { candidates } = propose(nameOfImage(reference), { today: subject.today, nonLts: false })
  return candidates.find(({ kind, name }) => kind === 'slim' && isAvailable(subject, name))?.name
}

/** True for an image that has a slim or an Alpine variant and is neither. */
export const isFat = (subject: HardenSubject, reference: ImageReference): boolean =>
  propose(nameOfImage(reference), { today: subject.today, nonLts: false }).candidates.some(
    ({ kind }) => kind === 'slim' || kind === 'alpine',
  )

/** The newest version of a product with fixes for years to come: `debian` → `13`. */
export const newestCycle = (image: string, today: string): string | undefined => {
  const cycles = listedAs(image)?.product?.cycles ?? {}
  return Object.keys(cycles)
    .filter(cycle => isLongTerm(image, cycle) && (cycles[cycle] === '' || cycles[cycle]! >= today) && /^\d/.test(cycle))
    .sort(compareVersions)
    .at(-1)
}

/** `trixie`: the newest release of Debian. */
export const newestDebianSuite = (today: string): string | undefined => {
  const cycle = newestCycle('debian', today)
  return cycle === undefined ? undefined : codeNameOf('debian', cycle)
}

/** `debian:trixie-slim`: of a release that the tag of another image names, or of the newest one. */
export const slimDebian = (today: string, suite?: string): string | undefined => {
  const name = suite ?? newestDebianSuite(today)
  return name === undefined ? undefined : `debian:${name}-slim`
}

/** `alpine:3.24`: the newest one. */
export const newestAlpine = (today: string): string | undefined => {
  const cycle = newestCycle('alpine', today)
  return cycle === undefined ? undefined : `alpine:${cycle}`
}

/** The official image’s own name, whichever registry serves it: `node`. */
export const officialImage = (reference: ImageReference): string | undefined => {
  const found = listed(reference)
  return found?.isOfficial ? found.image : undefined
}
