/** Which Java an image has, and the image with the runtime alone. */
import { listedAs } from '../../judge/base-catalogue.ts'
import type { ImageReference } from '../../read/dockerfile/reference.ts'
import { isAvailable, officialImage } from './image-choice.ts'
import type { HardenSubject } from './transformation.ts'

/** https://hub.docker.com/_/eclipse-temurin, /_/maven, /_/gradle. The tag without a kind is the JDK. */
const kinds: Readonly<Record<string, RegExp>> = {
  'eclipse-temurin': /^(\d+)[\d._]*(?:-jdk)?(?:-(alpine|jammy|noble|focal))?(?:-[\d.]+)?$/,
  maven: /^[\d.]*-?(?:p|eclipse-temurin|openjdk|jdk|adoptopenjdk)-(\d+)(?:-(alpine|noble|jammy|focal|slim|debian))?$/,
  gradle: /^(?:[\d.]+-)?jdk-?(\d+)(?:-(alpine|jammy|noble|focal))?$/,
  openjdk: /^(\d+)[\d.]*(?:-ea.*)?(?:-jdk)?(?:-(slim|alpine|buster|bullseye|bookworm))?/,
}

/** True for images that have a JDK, whether it is known which. */
export const hasJdk = (reference: ImageReference): boolean =>
  Object.hasOwn(kinds, officialImage(reference) ?? '') && !/(?:^|-)jre(?:-|$)/.test(reference.tag ?? '')

/** `maven:3-eclipse-temurin-17` → `eclipse-temurin:17-jre`; undefined where the Java is not told, or Temurin has none of its version. */
export const runtimeOf = (subject: HardenSubject, reference: ImageReference): string | undefined => {
  const image = officialImage(reference) ?? ''
  const found = Object.hasOwn(kinds, image) && hasJdk(reference) ? kinds[image]!.exec(reference.tag ?? '') : null
  const major = found?.[1]
  const cycles = listedAs('eclipse-temurin')?.product?.cycles ?? {}
  if (major === undefined || !Object.hasOwn(cycles, major)) return undefined
  const system = /^(?:alpine|jammy|noble|focal)$/.test(found?.[2] ?? '') ? `-${found![2]}` : ''
  const version = image === 'eclipse-temurin' ? /^[\d._]+/.exec(reference.tag!)![0] : major
  const name = `eclipse-temurin:${version}-jre${system}`
  return isAvailable(subject, name) ? name : undefined
}
