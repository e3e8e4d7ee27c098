/**
 * Image references: `[registry/]repository[:tag][@digest]`.
 * Grammar and normalisation: https://github.com/distribution/reference (bare names mean docker.io/library/).
 */
export type ImageReference = {
  /** `docker.io` when none was written. */
  readonly registry: string
  /** With `library/` for official images: `library/nginx`. */
  readonly repository: string
  readonly tag: string | undefined
  readonly digest: string | undefined
  /** As people write it: `nginx`, `ghcr.io/owner/name`. Without tag and digest. */
  readonly familiar: string
}

const domainPart = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const domain = `(?:${domainPart}(?:\\.${domainPart})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?`
const pathPart = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const referencePattern = new RegExp(
  `^((?:${domain}/)?${pathPart}(?:/${pathPart})*)(?::([\\w][\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$`,
)

/** Undefined when the text is not a valid reference. Linear in the length of the text; over 512 characters is never valid. */
export const parseReference = (text: string): ImageReference | undefined => {
  if (text.length > 512) return undefined
  const match = referencePattern.exec(text)
  if (!match) return undefined
  const [, name, tag, digest] = match as unknown as [string, string, string | undefined, string | undefined]
  const slash = name.indexOf('/')
  const first = slash === -1 ? '' : name.slice(0, slash)
  const hasRegistry = first !== '' && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  let registry = hasRegistry ? first : 'docker.io'
  let repository = hasRegistry ? name.slice(slash + 1) : name
  if (registry === 'index.docker.io') registry = 'docker.io'
  if (registry === 'docker.io' && !repository.includes('/')) repository = `library/${repository}`
  if (repository !== repository.toLowerCase()) return undefined
  const familiar = registry !== 'docker.io' ? `${registry}/${repository}` : repository.replace(/^library\//, '')
  return { registry, repository, tag, digest, familiar }
}
