/**
 * What is publicly documented about the users inside well-known images: whether they already run as somebody other than root, and which
 * unprivileged user they bring along. Sources: the images' own Dockerfiles (https://github.com/docker-library, and the vendors' pages).
 */
import type { Base, Stage } from '../read/dockerfile/graph.ts'
import type { ImageReference } from '../read/dockerfile/reference.ts'
import { lineage } from './dockerfile-queries.ts'

/** Repositories whose images set a non-root USER themselves. */
const unprivileged: readonly RegExp[] = [
  /^docker\.io\/bitnami\//,
  /^docker\.io\/(?:grafana\/(?:grafana|loki|tempo|mimir|promtail)(?:-oss|-enterprise)?|prom\/[a-z-]+|jenkins\/(?:jenkins|inbound-agent|agent)|nginxinc\/nginx-unprivileged)$/,
  /^docker\.io\/library\/(?:elasticsearch|kibana|logstash|memcached|haproxy|varnish|sonarqube|solr|jenkins|nats-streaming|couchbase|flink)$/,
  /^docker\.elastic\.co\//,
  /^quay\.io\/(?:keycloak\/keycloak|prometheus\/[a-z-]+|strimzi\/[a-z-]+)$/,
  /^docker\.io\/(?:keycloak\/keycloak|opensearchproject\/[a-z-]+|jupyter\/[a-z-]+|selenium\/[a-z-]+|cypress\/factory|apache\/(?:airflow|superset|kafka))$/,
  /^quay\.io\/jupyter\//,
  /^registry\.(?:access\.)?redhat\.com\/(?:ubi[0-9]+|rhscl)\/[a-z]+-[0-9]+/,
  /^(?:docker\.io\/sclorg|quay\.io\/sclorg)\//,
  /^cgr\.dev\/chainguard\//,
]

/** Tags that say so themselves: distroless and others use `nonroot`, Microsoft `chiseled` and `distroless`, AWS and Datadog `nonroot` or `rootless`. */
const unprivilegedTag = /(?:^|[-.])(?:nonroot|non-root|rootless|unprivileged|chiseled|chiseled-extra)(?:$|[-.])/

/** True when the image is known to start as somebody other than root. */
export const startsUnprivileged = (image: ImageReference): boolean => {
  const name = `${image.registry}/${image.repository}`
  if (image.tag !== undefined && unprivilegedTag.test(image.tag)) return true
  // Chainguard's `-dev` variants are for building, and some run as root.
  if (name.startsWith('cgr.dev/chainguard/')) return !(image.tag ?? '').endsWith('-dev')
  if (/(?:unprivileged|nonroot|rootless)$/.test(image.repository)) return true
  return unprivileged.some(pattern => pattern.test(name))
}

/** Official images whose entry point starts as root and then drops to their own user: the service itself does not run as root. */
const stepsDown = new Set(
  [
    'postgres',
    'mysql',
    'mariadb',
    'mongo',
    'redis',
    'valkey',
    'rabbitmq',
    'cassandra',
    'couchdb',
    'ghost',
    'neo4j',
    'influxdb',
    'zookeeper',
    'eclipse-mosquitto',
  ].map(name => `library/${name}`),
)
export const entryPointStepsDown = (image: ImageReference): boolean =>
  image.registry === 'docker.io' && stepsDown.has(image.repository)

/** Servers whose first process stays root and whose workers are somebody else: https://nginx.org/en/docs/ngx_core_module.html#user */
const keepsRoot = new Set(['nginx', 'httpd'].map(name => `library/${name}`))

/**
 * What well-known images need of root's power to start, and to become another user: gosu and su-exec change user and group, and the entry points give their folders to
 * that user. Undefined for images of which nothing is known.
 */
export const startCapabilities = (image: ImageReference): readonly string[] | undefined => {
  if (entryPointStepsDown(image)) return ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID']
  if (image.registry === 'docker.io' && keepsRoot.has(image.repository)) return ['CHOWN', 'NET_BIND_SERVICE', 'SETGID', 'SETUID']
  return undefined
}

/** Unprivileged users that exist in official images, with what USER should say. The numeric form works with Kubernetes' runAsNonRoot. */
const builtIn: readonly { readonly image: RegExp; readonly user: string; readonly uid: string }[] = [
  { image: /^library\/node$/, user: 'node', uid: '1000:1000' },
  { image: /^library\/(?:postgres|redis|valkey|mysql|mariadb|mongo|rabbitmq)$/, user: '', uid: '999:999' },
  { image: /^oven\/bun$/, user: 'bun', uid: '1000:1000' },
  { image: /^denoland\/deno$/, user: 'deno', uid: '1993:1993' },
  { image: /^dotnet\/(?:aspnet|runtime|runtime-deps|sdk)$/, user: 'app', uid: '1654:1654' },
]

/** `8.0`, `10`, `10-alpine`, `latest`. */
const sinceDotnet8 = /^(?:(?:[89]|[1-9]\d)(?:[.-]|$)|latest$|$)/

/** The user that an image brings for this purpose, as USER should name it; undefined when none is known. */
export const builtInUser = (image: ImageReference): string | undefined => {
  // .NET images bring `app` since version 8: https://devblogs.microsoft.com/dotnet/securing-containers-with-rootless/
  if (image.repository.startsWith('dotnet/') && !sinceDotnet8.test(image.tag ?? '')) return undefined
  return builtIn.find(({ image: pattern, user }) => user !== '' && pattern.test(image.repository))?.user
}

/** An account of an image, by number: `gid` is that of its own group. */
export type ImageAccount = { readonly name: string; readonly uid: number; readonly gid: number }

type KnownAccount = ImageAccount & { readonly image: RegExp; readonly tag?: RegExp; readonly notTag?: RegExp }

/**
 * Accounts that programs of an image are meant to run as, with the numbers that its Dockerfile states. Those of Debian's base-passwd (www-data) and of Alpine
 * (www-data: 82, postgres: 70) never change: https://salsa.debian.org/debian/base-passwd and https://wiki.alpinelinux.org/wiki/Nginx
 */
const accounts: readonly KnownAccount[] = [
  // https://github.com/nodejs/docker-node
  { image: /^docker\.io\/library\/node$/, name: 'node', uid: 1000, gid: 1000 },
  // https://github.com/nginx/docker-nginx
  { image: /^docker\.io\/library\/nginx$/, name: 'nginx', uid: 101, gid: 101 },
  { image: /^docker\.io\/nginxinc\/nginx-unprivileged$/, name: 'nginx', uid: 101, gid: 101 },
  // https://github.com/docker-library/httpd and https://github.com/docker-library/php
  { image: /^docker\.io\/library\/(?:httpd|php|wordpress|drupal)$/, tag: /alpine/, name: 'www-data', uid: 82, gid: 82 },
  { image: /^docker\.io\/library\/(?:httpd|php|wordpress|drupal)$/, notTag: /alpine/, name: 'www-data', uid: 33, gid: 33 },
  // https://github.com/docker-library/postgres
  { image: /^docker\.io\/library\/postgres$/, tag: /alpine/, name: 'postgres', uid: 70, gid: 70 },
  { image: /^docker\.io\/library\/postgres$/, notTag: /alpine/, name: 'postgres', uid: 999, gid: 999 },
  // https://github.com/docker-library/redis and https://github.com/docker-library/mysql
  { image: /^docker\.io\/library\/redis$/, tag: /alpine/, name: 'redis', uid: 999, gid: 1000 },
  { image: /^docker\.io\/library\/redis$/, notTag: /alpine/, name: 'redis', uid: 999, gid: 999 },
  { image: /^docker\.io\/library\/(?:mysql|mariadb)$/, name: 'mysql', uid: 999, gid: 999 },
  // https://github.com/docker-library/memcached and https://github.com/docker-library/haproxy
  { image: /^docker\.io\/library\/memcached$/, name: 'memcache', uid: 11211, gid: 11211 },
  { image: /^docker\.io\/library\/haproxy$/, name: 'haproxy', uid: 99, gid: 99 },
  // https://github.com/oven-sh/bun/tree/main/dockerhub and https://github.com/denoland/deno_docker
  { image: /^docker\.io\/oven\/bun$/, name: 'bun', uid: 1000, gid: 1000 },
  { image: /^docker\.io\/denoland\/deno$/, name: 'deno', uid: 1993, gid: 1993 },
  // https://github.com/keeweb/docker-gradle
  { image: /^docker\.io\/library\/gradle$/, name: 'gradle', uid: 1000, gid: 1000 },
  // https://github.com/dotnet/dotnet-docker/blob/main/documentation/image-variants.md: since version 8
  {
    image: /^mcr\.microsoft\.com\/dotnet\/(?:aspnet|runtime|runtime-deps|sdk)$/,
    tag: sinceDotnet8,
    name: 'app',
    uid: 1654,
    gid: 1654,
  },
  // https://github.com/GoogleContainerTools/distroless/blob/main/common/variables.bzl
  { image: /^gcr\.io\/distroless\//, name: 'nonroot', uid: 65532, gid: 65532 },
  // https://edu.chainguard.dev/chainguard/chainguard-images/about/security/
  { image: /^cgr\.dev\/chainguard\//, name: 'nonroot', uid: 65532, gid: 65532 },
  // https://github.com/grafana/grafana/blob/main/Dockerfile and https://github.com/jenkinsci/docker
  { image: /^docker\.io\/grafana\/grafana(?:-oss|-enterprise)?$/, name: 'grafana', uid: 472, gid: 0 },
  { image: /^docker\.io\/jenkins\/jenkins$/, name: 'jenkins', uid: 1000, gid: 1000 },
  // https://www.elastic.co/guide/en/elasticsearch/reference/current/docker.html
  {
    image: /^(?:docker\.elastic\.co\/elasticsearch|docker\.io\/library)\/elasticsearch$/,
    name: 'elasticsearch',
    uid: 1000,
    gid: 0,
  },
  // https://docs.bitnami.com/kubernetes/faq/configuration/use-non-root/
  { image: /^docker\.io\/bitnami\//, name: '1001', uid: 1001, gid: 0 },
]

/** The account that an image brings for its program; undefined when none is known. */
export const imageAccount = (image: ImageReference): ImageAccount | undefined => {
  const tag = image.tag ?? ''
  const repository = `${image.registry}/${image.repository}`.replace(
    /^(?:mirror\.gcr\.io|public\.ecr\.aws\/docker|registry\.hub\.docker\.com)\/library\//,
    'docker.io/library/',
  )
  const found = accounts.find(
    one => one.image.test(repository) && (one.tag?.test(tag) ?? true) && !(one.notTag?.test(tag) ?? false),
  )
  return found && { name: found.name, uid: found.uid, gid: found.gid }
}

/** A uid that exists in no distribution's passwd file by default; distroless calls it nonroot. A numeric USER needs no entry in /etc/passwd. */
export const anonymousUser = '65532:65532'

/** `root`, `0`, `root:root`, `0:1000`… */
export const isRoot = (user: string): boolean =>
  /^(?:root|[-+]?0+|containeradministrator)(?::|$)/i.test(user.trim().replace(/^["']|["']$/g, ''))

const creators = new Set(['useradd', 'adduser'])

/** The users that the steps of a stage (and of those it is built FROM) create with useradd or adduser, in order. */
export const createdUsers = (stage: Stage): readonly string[] => {
  const users: string[] = []
  for (const step of lineage(stage)) {
    if (step.instruction.name !== 'RUN') continue
    for (const script of step.scripts) {
      for (const command of script.commands) {
        // `adduser USER GROUP` adds an existing user to a group.
        const name = creators.has(command.name) ? command.operands.at(command.name === 'useradd' ? -1 : 0) : undefined
        if (!name?.literal || !/^[a-z_][a-z0-9_-]*$/i.test(name.text) || name.text === 'root') continue
        if (command.name === 'adduser' && command.operands.length > 1) continue
        if (!users.includes(name.text)) users.push(name.text)
      }
    }
  }
  return users
}

/** Images of Windows: they know other accounts, and no root. */
export const isWindows = (stage: Stage): boolean => {
  const name = stage.root.kind === 'image' ? `${stage.root.reference.repository}:${stage.root.reference.tag ?? ''}` : ''
  const raw = stage.baseWord?.raw ?? ''
  return (
    /windows|nanoserver/i.test(`${name} ${raw}`) || /^(?:cmd|powershell|pwsh)(?:\.exe)?$/i.test(stage.end.shell.value[0] ?? '')
  )
}

/** Distributions and official images that are known to leave the user at root. */
const rootByDefault =
  /^(?:docker\.io\/library\/|mcr\.microsoft\.com\/|registry\.(?:access\.)?redhat\.com\/ubi|gcr\.io\/distroless\/|public\.ecr\.aws\/(?:docker\/library|amazonlinux)\/|quay\.io\/centos\/|nvcr\.io\/nvidia\/|docker\.io\/(?:nvidia\/cuda|amd64|arm64v8|i386|arm32v7)\/?)/

/** Who an image runs as when the Dockerfile never says: undefined when nobody here knows (then it is root, but for a few images). */
export const baseUser = (base: Base): 'root' | 'unprivileged' | 'unknown' => {
  if (base.kind === 'scratch') return 'root'
  if (base.kind === 'image') {
    if (startsUnprivileged(base.reference)) return 'unprivileged'
    return rootByDefault.test(`${base.reference.registry}/${base.reference.repository}`) ? 'root' : 'unknown'
  }
  return 'unknown'
}
