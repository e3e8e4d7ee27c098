import { registryPattern } from '../../allowed-registries.ts'
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
    const patterns = allowedRegistries.map(registryPattern)
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
