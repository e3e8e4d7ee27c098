import type { Container } from '../../../model/container.ts'
import type { Report } from '../../../model/rule.ts'
import { advise, referenceOf } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

/** Istio puts its own image in place of this word: https://istio.io/latest/docs/setup/additional-setup/gateway/#deploying-a-gateway */
const isInjected = ({ form, name, image, pod }: Container): boolean =>
  form === 'kubernetes' &&
  image.value === 'auto' &&
  (name.endsWith('› istio-proxy') || Object.hasOwn(pod?.labels ?? {}, 'sidecar.istio.io/inject'))

export default containerRule({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'Nobody can say which version of an image runs',
  why: 'latest is whatever was pushed last: the next start may bring another major version, or what somebody with a stolen account pushed an hour ago, and different hosts run different programs under one name. A fixed version changes when you change it; a digest cannot change at all.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: nginx:latest\n',
      good: 'services:\n  web:\n    image: nginx:1.27.3\n',
      byHand: true,
    },
    { bad: 'docker run nginx', good: 'docker run nginx:1.27.3', byHand: true },
  ],
  replaces: ['CIS 5.28', 'check_5_28', 'KSV-0013', 'CKV_K8S_14', 'latest-tag', 'C-0075', 'CL-0004'],
  links: [
    'https://docs.docker.com/dhi/core-concepts/digests/',
    'https://kubernetes.io/docs/concepts/containers/images/#image-names',
  ],
  fixes: 'manual',
  *check(container): Iterable<Report> {
    const { image, build } = container
    const reference = referenceOf(container)
    // What is built here is what is here, whatever its name.
    if (!reference || build || reference.digest !== undefined || isInjected(container)) return
    if (reference.tag !== undefined && reference.tag !== 'latest') return
    yield {
      at: image.at ?? container.at,
      message: `\`${image.value}\` is ${reference.tag === undefined ? 'without a tag, which means latest' : 'whatever was pushed last'}`,
      ...advise('Name the version, best with its digest: name:1.2.3@sha256:…'),
    }
  },
})
