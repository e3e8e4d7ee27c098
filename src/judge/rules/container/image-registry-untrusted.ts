import type { Report } from '../../../model/rule.ts'
import { registryPattern } from '../../allowed-registries.ts'
import { advise, referenceOf } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'A container’s image comes from a registry that the configuration does not allow',
  why: 'Whoever owns the image owns the container and all that it is given. A registry that nobody vetted, or a mistyped name on a public one, is an easy way for a stranger to deliver code. `registries.allowed` in bulkhead.yaml says whom you trust.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: evil.example.com/web:1\n',
      good: 'services:\n  web:\n    image: registry.example.com/web:1\n',
      byHand: true,
      allowedRegistries: ['registry.example.com'],
    },
  ],
  replaces: ['KSV-0125', 'C-0001', 'C-0078'],
  fixes: 'manual',
  *check(container, _, { allowedRegistries }): Iterable<Report> {
    const reference = referenceOf(container)
    if (!reference || container.build || !allowedRegistries || allowedRegistries.length === 0) return
    const { registry, repository } = reference
    if (allowedRegistries.some(allowed => registryPattern(allowed)(registry, `${registry}/${repository}`))) return
    yield {
      at: container.image.at ?? container.at,
      message: `\`${registry}\` is not among the allowed registries`,
      ...advise(`Use an image from ${allowedRegistries.join(', ')}`),
    }
  },
})
