/** Which tools a stage has, as far as the name of its base and its own steps tell. */
import { lineage } from '../../judge/dockerfile-queries.ts'
import { requestsOf } from '../../judge/package-queries.ts'
import { remembered } from '../../model/remember.ts'
import type { Stage } from '../../read/dockerfile/graph.ts'

/** `none`: no shell, and nothing to make accounts with. `rpm`: often without shadow-utils. */
export type Family = 'debian' | 'alpine' | 'rpm' | 'none' | 'unknown'

/** Official images that are made of Debian or Ubuntu unless their tag says otherwise: https://github.com/docker-library/official-images */
const debianImages =
  /^(?:debian|ubuntu|buildpack-deps|node|python|pypy|ruby|php|perl|golang|rust|gcc|eclipse-temurin|maven|gradle|tomcat|nginx|httpd|postgres|redis|mysql|mariadb|mongo|wordpress|drupal|ghost|haproxy|memcached|rabbitmq|elixir|erlang|julia|r-base|dart|swift|haskell)$/
const rpmImages = /^(?:centos|fedora|rockylinux|almalinux|oraclelinux|amazonlinux|photon|sl)$|(?:^|\/)ubi\d+|amazoncorretto/

export const familyOf = remembered((stage: Stage): Family => {
  const { root } = stage
  if (root.kind === 'scratch') return 'none'
  if (root.kind === 'image') {
    const { registry, repository, tag = '' } = root.reference
    const name = `${registry}/${repository}`
    const image = repository.replace(/^(?:library|docker\/library|amd64|arm64v8)\//, '')
    if (/^gcr\.io\/distroless\//.test(name)) return 'none'
    if (/chiseled|distroless/.test(tag)) return 'none'
    if (name.startsWith('cgr.dev/chainguard/')) return /(?:^|-)dev$/.test(tag) ? 'alpine' : 'none'
    if (image === 'alpine' || /(?:^|-)alpine/.test(tag)) return 'alpine'
    if (/(?:^|-)(?:ubi|oracle|al2|azurelinux|amazoncorretto|nanoserver|windowsservercore)/.test(tag) || rpmImages.test(image))
      return 'rpm'
    if (/^mcr\.microsoft\.com\/(?:dotnet\/(?:aspnet|runtime|runtime-deps|sdk)|playwright)/.test(name)) return 'debian'
    if (/^(?:docker\.io\/(?:library|amd64|arm64v8)|public\.ecr\.aws\/docker\/library|mirror\.gcr\.io\/library)\//.test(name)) {
      if (debianImages.test(image)) return 'debian'
      if (/(?:^|-)(?:slim|bookworm|bullseye|buster|trixie|jammy|noble|focal)(?:-|$)/.test(tag)) return 'debian'
    }
    if (/^docker\.io\/nvidia\/cuda$/.test(name) && /ubuntu|debian/.test(tag)) return 'debian'
  }
  return managerOf(stage)
})

/** A package manager that a step uses shows what the base is. */
const managerOf = (stage: Stage): Family => {
  for (const step of lineage(stage)) {
    if (step.instruction.name !== 'RUN') continue
    if (requestsOf(step, 'apt').length > 0) return 'debian'
    if (requestsOf(step, 'apk').length > 0) return 'alpine'
    if (requestsOf(step, 'yum', 'dnf', 'microdnf').length > 0) return 'rpm'
  }
  return 'unknown'
}
