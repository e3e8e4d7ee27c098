/** Names of images: https://pkg.go.dev/github.com/distribution/reference */
import { type Digest, isDigest } from '../../../model/finding.ts'

export type Reference = {
  /** As in the name: `docker.io`, `localhost:5000`. */
  readonly host: string
  /** `library/nginx`. */
  readonly repository: string
  /** `latest` when neither tag nor digest was given. */
  readonly tag: string | undefined
  readonly digest: Digest | undefined
}

/** Undefined: no such name is possible. */
export const parseReference = (text: string): Reference | undefined => {
  const at = text.indexOf('@')
  const digest = at === -1 ? undefined : text.slice(at + 1)
  if (digest !== undefined && !isDigest(digest)) return undefined
  const named = at === -1 ? text : text.slice(0, at)
  const slash = named.indexOf('/')
  const first = slash === -1 ? '' : named.slice(0, slash)
  // A first part without dot and colon belongs to the name: `library/nginx`. A capital letter cannot stand in a name.
  const isHost = first !== '' && (/[.:]/.test(first) || first === 'localhost' || /[A-Z]/.test(first))
  const rest = isHost ? named.slice(slash + 1) : named
  const host = isHost ? first.replace(/^(?:index|registry-1)\.docker\.io$/, 'docker.io') : 'docker.io'
  const match =
    /^([a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::([\w][\w.-]{0,127}))?$/.exec(rest)
  if (!match || !/^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/.test(host)) return undefined
  const [, path = '', tag] = match
  if (path.length > 255) return undefined
  return {
    host,
    repository: host === 'docker.io' && !path.includes('/') ? `library/${path}` : path,
    tag: tag ?? (digest === undefined ? 'latest' : undefined),
    digest: digest as Digest | undefined,
  }
}

/** What is wrong with a name that is none. One clause without a full stop. */
export const flawOf = (text: string): string => {
  const [named = '', digest] = text.split('@', 2)
  if (/\s/.test(text)) return 'it has a blank in it'
  if (digest !== undefined && !isDigest(digest)) return 'behind @ stands sha256: with 64 hexadecimal digits'
  const colon = named.lastIndexOf(':')
  const tag = colon > named.lastIndexOf('/') ? named.slice(colon + 1) : undefined
  const path = tag === undefined ? named : named.slice(0, colon)
  if (/[A-Z]/.test(path)) return 'repositories have no capital letters'
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)) return 'a tag has letters, digits, _, . and -, at most 128 of them'
  return 'a host, small letters and digits between slashes, and a tag or a digest'
}

/** The short form that people write: `nginx:1.25`. */
export const familiarReference = ({ host, repository, tag, digest }: Reference): string => {
  const name = host === 'docker.io' ? repository.replace(/^library\//, '') : `${host}/${repository}`
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}
