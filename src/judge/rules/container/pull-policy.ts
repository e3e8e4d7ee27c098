import type { Report } from '../../../model/rule.ts'
import { mend, referenceOf } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'all',
  summary: 'An image may be run without asking its registry',
  why: 'An image that is already on a node is started for every pod that names it, also for one that could not pull it: its private program and what is in it are open to all tenants of the node. And where a tag was moved, nodes go on running the old image with its known holes.',
  examples: [
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      imagePullPolicy: Never\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      imagePullPolicy: Always\n',
    },
  ],
  replaces: ['CKV_K8S_15'],
  links: ['https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#alwayspullimages'],
  fixes: 'unsafe',
  *check(container): Iterable<Report> {
    const { form, image, pullPolicy } = container
    const reference = referenceOf(container)
    if (form !== 'kubernetes' || !reference || reference.digest !== undefined) return
    // Without a policy, latest is always pulled (https://kubernetes.io/docs/concepts/containers/images/#imagepullpolicy-defaulting).
    const policy = pullPolicy.value ?? ((reference.tag ?? 'latest') === 'latest' ? 'Always' : 'IfNotPresent')
    if (policy === 'Always') return
    yield {
      at: pullPolicy.at ?? image.at ?? container.at,
      message: `\`${image.value}\` is taken from the node when it is there, without asking its registry`,
      ...mend('unsafe', 'Set imagePullPolicy: Always; verify that nodes reach the registry whenever a pod starts', {
        do: 'set',
        field: 'pullPolicy',
        value: 'Always',
      }),
    }
  },
})
