import type { Report } from '../../../model/rule.ts'
import { advise, referenceOf } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  summary: 'An image is not pinned by its digest',
  why: 'A tag can be moved: who takes over the account of a publisher pushes their program under the version that you run, and the next pull brings it. A digest is computed over the content, so that what was tested is what runs.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: nginx:1.27.3\n',
      good: 'services:\n  web:\n    image: nginx:1.27.3@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n',
      byHand: true,
    },
  ],
  replaces: ['CKV_K8S_43', 'C-0306', 'CL-0019'],
  links: ['https://docs.docker.com/dhi/core-concepts/digests/'],
  fixes: 'manual',
  *check(container): Iterable<Report> {
    const reference = referenceOf(container)
    if (!reference || container.build || reference.digest !== undefined || (reference.tag ?? 'latest') === 'latest') return
    yield {
      at: container.image.at ?? container.at,
      message: `the tag \`${reference.tag}\` of \`${reference.familiar}\` can be moved to another image`,
      ...advise('Add the digest behind the tag, and let a bot keep both up to date'),
    }
  },
})
