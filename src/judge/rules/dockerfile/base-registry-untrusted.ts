import { imagesOf } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'An image comes from a registry that the configuration does not allow',
  why: 'Everything in a base image runs with the rights of your program, and everything in a builder image can change your program. A registry that nobody vetted, or a mistyped name on a public one, is an easy way for a stranger to deliver code. `registries.allowed` in bulkhead.yaml says whom you trust.',
  examples: [
    {
      bad: 'FROM evil.example.com/node:22\nUSER node\n',
      good: 'FROM registry.corp.example/node:22\nUSER node\n',
      byHand: true,
      allowedRegistries: ['registry.corp.example'],
    },
  ],
  replaces: ['DL3026', 'use_only_an_allowed_registry_in_the_from_image'],
  fixes: 'manual',
  *check(dockerfile, _, { allowedRegistries }) {
    if (!allowedRegistries || allowedRegistries.length === 0) return
    const patterns = allowedRegistries.map(toPattern)
    for (const { use, reference } of imagesOf(dockerfile)) {
      const name = `${reference.registry}/${reference.repository}`
      if (patterns.some(pattern => pattern(reference.registry, name))) continue
      yield {
        at: use.span,
        message: `\`${reference.registry}\` is not among the allowed registries`,
        fix: { title: `Use an image from ${allowedRegistries.join(', ')}`, safety: 'manual', edits: [] },
      }
    }
  },
})

/**
 * `ghcr.io`: that registry. `ghcr.io/owner`: below that path. `*` stands for any characters: `*.corp.com`, `ghcr.io/our-*`. A registry
 * may be written as hadolint has it, `docker.io` also as `library` or `hub.docker.com`.
 */
const toPattern = (allowed: string): ((registry: string, name: string) => boolean) => {
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
