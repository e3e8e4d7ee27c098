/** What the history of an image tells of the image that it was built on: how it begins, and where another one's steps end. */
import type { HistoryStep, Image } from '../model/image.ts'
import type { Distro } from '../model/package.ts'

/** The image at the bottom: a distribution's root file system, or what a builder without Dockerfiles made. */
export type Root = {
  /** Undefined: several images begin like that. */
  readonly name: string | undefined
  /** How many layers are its. */
  readonly layers: number
  /** One clause, for people. */
  readonly why: string
}

const bare = (createdBy: string): string => createdBy.replace(/^\/bin\/sh -c #\(nop\)\s+/, '')

/** `RUN` for whatever a shell ran; '' where the step says nothing. */
export const keywordOf = (createdBy: string): string => {
  const text = bare(createdBy).trim()
  const [, keyword] =
    /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)\b/.exec(
      text,
    ) ?? []
  return keyword ?? (text === '' ? '' : 'RUN')
}

/** What official images call themselves, by the id in os-release. https://github.com/docker-library/official-images */
const distributions: Readonly<Record<string, string>> = {
  almalinux: 'almalinux',
  alpine: 'alpine',
  amzn: 'amazonlinux',
  centos: 'centos',
  debian: 'debian',
  fedora: 'fedora',
  ol: 'oraclelinux',
  'opensuse-leap': 'opensuse/leap',
  photon: 'photon',
  rocky: 'rockylinux',
  ubuntu: 'ubuntu',
}

/** The official image of a distribution, of that very version. */
export const distributionImage = (distro: Distro | undefined): string | undefined => {
  const name = distro && (Object.hasOwn(distributions, distro.id) ? distributions[distro.id] : undefined)
  if (name === undefined || !distro) return undefined
  const version = distro.id === 'debian' ? /^\d+/.exec(distro.version)?.[0] : /^\d[\d.]*$/.exec(distro.version)?.[0]
  return version === undefined || version === '' ? undefined : `${name}:${version}`
}

/** The distribution that an official image is of, by its name: `ubuntu` → `ubuntu`. */
export const distributionNamed = (familiar: string): string | undefined =>
  Object.entries(distributions).find(([, name]) => name === familiar)?.[0]

/** As many of the layers from the first one on as have a step that fits. */
const leading = ({ layers, config: { history } }: Image, fits: (step: HistoryStep) => boolean): number => {
  const end = layers.findIndex(({ step }) => step === undefined || !fits(history[step]!))
  return end === -1 ? layers.length : end
}

/** Undefined: it begins as nothing that is known does. */
export const rootOf = (image: Image, distro: Distro | undefined): Root | undefined => {
  const { history, labels } = image.config
  const first = image.layers[0]?.step
  if (first === undefined) return undefined
  const step = history[first]!
  const text = bare(step.createdBy)
  // https://github.com/debuerreotype/docker-debian-artifacts
  const suite = /^# debian\.sh (?:\S+ ){0,8}'([a-z]{2,20})'/.exec(text)?.[1]
  if (suite !== undefined)
    return { name: `debian:${suite}`, layers: 1, why: `its first step is debuerreotype’s, for the suite ${suite}` }
  // https://github.com/alpinelinux/docker-alpine
  const minirootfs = /^ADD alpine-minirootfs-(\d+\.\d+\.\d+)-/.exec(text)?.[1]
  if (minirootfs !== undefined)
    return { name: `alpine:${minirootfs}`, layers: 1, why: `its first step adds the root file system of Alpine ${minirootfs}` }
  // https://github.com/GoogleContainerTools/distroless is built by Bazel, and has a layer for each of its packages.
  if (/^bazel build\b/.test(text) || (step.comment === '' && /^(?:bazel|Bazel)$/.test(image.config.author))) {
    const layers = leading(image, ({ createdBy }) => /^bazel build\b/.test(createdBy))
    if (layers > 0) return { name: undefined, layers, why: 'its first layers were built by Bazel, as those of distroless are' }
  }
  if (/^apko\b/.test(text)) {
    const layers = leading(image, ({ createdBy }) => /^apko\b/.test(createdBy))
    return { name: undefined, layers, why: 'it begins as apko makes images: Wolfi, Chainguard’s, or Alpine packages' }
  }
  const [, release, kind = ''] =
    /^ubi(\d{1,2})(-minimal|-micro|-init)?-container$/.exec(labels['com.redhat.component'] ?? '') ?? []
  if (release !== undefined) {
    const last = history.findLastIndex(({ createdBy }) =>
      /ubi\.repo|\/root\/buildinfo|"(?:release|vcs-ref|architecture)"=/.test(createdBy),
    )
    const layers = Math.max(1, image.layers.filter(one => one.step! <= last).length)
    const { version = '' } = labels
    const tag = new RegExp(`^${release}(?:\\.\\d{1,3}){0,2}$`).test(version) ? `:${version}` : ''
    const name = `registry.access.redhat.com/ubi${release}/ubi${kind}${tag}`
    return { name, layers, why: `its label com.redhat.component is that of Red Hat’s UBI ${release}${kind}` }
  }
  const busybox = /^BusyBox (\d+\.\d+\.\d+)\b/.exec(text)?.[1]
  if (busybox !== undefined) return { name: `busybox:${busybox}`, layers: 1, why: `its first step is that of BusyBox ${busybox}` }
  if (/^ADD (?:file|multi):\S+ in \/\s*$/.test(text) || /^ADD \S+\.(?:tar(?:\.\w{1,4})?|tgz|txz) \/ # buildkit$/.test(text)) {
    const name = distributionImage(distro)
    const of = name === undefined ? '' : `, and os-release says ${distro!.name}`
    return { name, layers: 1, why: `its first step adds a whole root file system${of}` }
  }
  return undefined
}

/**
 * How many layers another image has that this one was built on: a base image ends with the last CMD or ENTRYPOINT before the image's own steps, since an image
 * that builds on another one changes files after it. Undefined: the history does not say so.
 */
export const layersByHistory = ({ config, layers }: Image): number | undefined => {
  const { history } = config
  // The history must fit the layers.
  if (layers.length === 0 || layers.some(({ step }) => step === undefined)) return undefined
  const lastLayer = layers.at(-1)!.step!
  let end = -1
  // The image's own CMD stands behind its last layer, or is missing.
  for (let i = 0; i < lastLayer; i++) {
    const { isEmpty, createdBy } = history[i]!
    if (isEmpty && /^(?:CMD|ENTRYPOINT)$/.test(keywordOf(createdBy))) end = i
  }
  if (end === -1) return undefined
  const count = layers.filter(({ step }) => step! < end).length
  return count === 0 ? undefined : count
}

/** Variables that official images set to their version. */
const versionVariables: Readonly<Record<string, string>> = {
  GOLANG_VERSION: 'golang',
  HTTPD_VERSION: 'httpd',
  NGINX_VERSION: 'nginx',
  NODE_VERSION: 'node',
  PHP_VERSION: 'php',
  PYTHON_VERSION: 'python',
  RABBITMQ_VERSION: 'rabbitmq',
  REDIS_VERSION: 'redis',
  RUBY_VERSION: 'ruby',
  RUST_VERSION: 'rust',
  TOMCAT_VERSION: 'tomcat',
}

/**
 * The official image that sets such a variable in the steps of the first `count` layers: `NODE_VERSION=20.11.1` → `node:20.11.1-bookworm-slim`. A guess at the tag,
 * whose parts the history tells: the suite by os-release, slim by the lack of buildpack-deps.
 */
export const officialByVariable = (
  { config: { history }, layers }: Image,
  count: number,
  distro: Distro | undefined,
): { readonly name: string; readonly why: string } | undefined => {
  const end = layers[count]?.step ?? history.length
  const steps = history.slice(0, end)
  for (const { createdBy } of steps.toReversed()) {
    const [, variable = '', version] = /^ENV ([A-Z]{2,20}_VERSION)=v?(\d[\w.]{0,20})/.exec(bare(createdBy)) ?? []
    const image = Object.hasOwn(versionVariables, variable) ? versionVariables[variable] : undefined
    if (image === undefined || version === undefined) continue
    const isFull = steps.some(one => /\bautoconf\b/.test(one.createdBy) && /\bautomake\b/.test(one.createdBy))
    const hasSlim = image !== 'nginx' && image !== 'httpd' && image !== 'redis' && image !== 'golang'
    const alpine = distro?.id === 'alpine' ? /^\d+\.\d+/.exec(distro.version)?.[0] : undefined
    const suffix =
      alpine !== undefined
        ? `-alpine${alpine}`
        : distro?.id === 'debian' && /^[a-z]{2,20}$/.test(distro.codename)
          ? `${`-${distro.codename}`}${hasSlim && !isFull ? '-slim' : ''}`
          : ''
    // php has no slim variant, and puts its kind in front of the suite.
    const tag = image === 'php' || image === 'rabbitmq' ? version : `${version}${suffix}`
    return { name: `${image}:${tag}`, why: `its history sets ${variable}=${version}, as the official image ${image} does` }
  }
  return undefined
}
