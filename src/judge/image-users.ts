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

/** The user that an image brings for this purpose, as USER should name it; undefined when none is known. */
export const builtInUser = (image: ImageReference): string | undefined => {
  // .NET images bring `app` since version 8: https://devblogs.microsoft.com/dotnet/securing-containers-with-rootless/
  if (image.repository.startsWith('dotnet/') && !/^(?:[89]|[1-9]\d)\./.test(image.tag ?? '')) return undefined
  return builtIn.find(({ image: pattern, user }) => user !== '' && pattern.test(image.repository))?.user
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
