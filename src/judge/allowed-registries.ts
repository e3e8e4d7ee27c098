/** Which registries a configuration allows. */

/**
 * `ghcr.io`: that registry. `ghcr.io/owner`: below that path. `*` stands for any characters: `*.corp.com`, `ghcr.io/our-*`. A registry
 * may be written as hadolint has it, `docker.io` also as `library` or `hub.docker.com`.
 */
export const registryPattern = (allowed: string): ((registry: string, name: string) => boolean) => {
  const text = allowed
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '')
    .replace(/^(?:index\.docker\.io|hub\.docker\.com)/, 'docker.io')
  return (registry, name) => {
    const parts = text.split('*')
    if (parts.length === 1) return registry === text || name === text || name.startsWith(`${text}/`)
    return fits(registry, parts) || fits(name, parts) || fitsPrefix(name, parts)
  }
}

/** True when the text is the parts in this order with anything between them. */
const fits = (text: string, parts: readonly string[]): boolean => {
  let at = 0
  for (const [i, part] of parts.entries()) {
    if (i === 0) {
      if (!text.startsWith(part)) return false
      at = part.length
    } else if (i === parts.length - 1) return text.length - part.length >= at && text.endsWith(part)
    else {
      const found = text.indexOf(part, at)
      if (found === -1) return false
      at = found + part.length
    }
  }
  return true
}

/** The same for a pattern that names a registry only: `*.corp.com` allows everything in it. */
const fitsPrefix = (name: string, parts: readonly string[]): boolean => {
  const slash = name.indexOf('/')
  return !parts.some(part => part.includes('/')) && fits(name.slice(0, slash), parts)
}
