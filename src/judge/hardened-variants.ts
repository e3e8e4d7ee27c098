/** Images of makers who leave out what attackers use, in the place of official ones. What they are called, and who may have them. */
import type { CandidateKind } from '../model/recommendation.ts'
import type { ImageReference } from '../read/dockerfile/reference.ts'

export type Variant = {
  readonly name: string
  readonly kind: Extract<CandidateKind, 'hardened' | 'minimal'>
  readonly benefits: readonly string[]
  readonly risks: readonly string[]
  /** The tag goes to the next major version by itself. */
  readonly isRolling: boolean
}

const bare = 'without a shell and a package manager: RUN, and CMD, ENTRYPOINT and HEALTHCHECK without brackets, do not work in it'
const user = 'does not run as root: files that the program writes have to belong to its user'

/** https://docs.docker.com/dhi/how-to/use/; tags begin with the version, those on Alpine have its name behind it. */
const dockerHardened: ReadonlySet<string> = new Set(['nginx', 'node', 'python'])

/** Official image → https://images.chainguard.dev. Free of charge is the newest version alone: https://edu.chainguard.dev/chainguard/chainguard-images/about/images-categories/ */
const chainguard: Readonly<Record<string, string>> = {
  alpine: 'wolfi-base',
  debian: 'wolfi-base',
  'eclipse-temurin': 'jre',
  nginx: 'nginx',
  node: 'node',
  php: 'php',
  postgres: 'postgres',
  python: 'python',
  ruby: 'ruby',
  ubuntu: 'wolfi-base',
}

/** Distributions that are built from the same packages as Red Hat's. */
const relatives: ReadonlySet<string> = new Set(['almalinux', 'centos', 'oraclelinux', 'rockylinux'])

/** https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/9/html/building_running_and_managing_containers/assembly_types-of-container-images_building-running-and-managing-containers */
const universal = (major: string, tag: string, isOther: boolean): readonly Variant[] => {
  const other = isOther ? ['Red Hat’s packages in place of those of the distribution: the same names, other builds'] : []
  const image = (kind: string): string => `registry.access.redhat.com/ubi${major}/ubi-${kind}:${tag}`
  return [
    {
      name: image('minimal'),
      kind: 'minimal',
      benefits: ['Red Hat’s smaller image: microdnf in place of dnf, without Python'],
      risks: ['microdnf in place of dnf: it knows fewer commands', ...other],
      isRolling: false,
    },
    {
      name: image('micro'),
      kind: 'minimal',
      benefits: ['Red Hat’s smallest image: bash and coreutils, and little else'],
      risks: ['without a package manager: what is needed is installed into it from a stage before', ...other],
      isRolling: false,
    },
  ]
}

/** `image`: as official images are called; `cycle`: of the program, or the distribution. */
export const hardenedVariants = (
  { registry, repository, tag }: ImageReference,
  image: string,
  cycle: string | undefined,
): readonly Variant[] => {
  const ubi = registry === 'registry.access.redhat.com' ? /^ubi(8|9|10)(?:\/ubi(?:-init)?)?$/.exec(repository)?.[1] : undefined
  if (ubi !== undefined) return universal(ubi, tag ?? 'latest', false)
  if (relatives.has(image)) {
    const major = /^(8|9|10)(?:\.|$)/.exec(cycle ?? '')?.[1]
    return major === undefined ? [] : universal(major, 'latest', true)
  }
  const found: Variant[] = []
  const isAlpine = image !== 'alpine' && /(?:^|-)alpine/.test(tag ?? '')
  if (dockerHardened.has(image) && cycle !== undefined)
    found.push({
      name: `dhi.io/${image}:${cycle}${isAlpine ? '-alpine' : ''}`,
      kind: 'hardened',
      benefits: ['Docker’s hardened image of the same version: what it needs to run, and nothing else'],
      risks: [bare, user, 'docker login dhi.io comes first: it is free of charge, and wants an account'],
      isRolling: false,
    })
  const guarded = Object.hasOwn(chainguard, image) ? chainguard[image] : undefined
  if (guarded !== undefined) {
    const isBase = guarded === 'wolfi-base'
    found.push({
      name: `cgr.dev/chainguard/${guarded}:latest`,
      kind: isBase ? 'minimal' : 'hardened',
      benefits: [
        isBase
          ? 'Chainguard’s Wolfi: glibc, BusyBox and apk, built again every night'
          : 'Chainguard’s image: what it needs to run, and nothing else, built again every night',
      ],
      risks: [
        'latest goes to the next major version by itself: tags of versions are for paying customers (pin the digest)',
        ...(isBase ? ['another distribution: packages are installed by apk, and have other names'] : [bare, user]),
      ],
      isRolling: true,
    })
  }
  return found
}
