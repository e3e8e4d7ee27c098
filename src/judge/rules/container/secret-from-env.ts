import type { Report } from '../../../model/rule.ts'
import { advise } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  summary: 'A Secret is given to a container by its environment',
  why: 'The environment is handed to every child process, shown by debug pages and sent with crash reports, and it does not change when the Secret does. A Secret that is mounted as a file is read by the program alone, and follows a rotation.',
  examples: [
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      env:\n        - name: API_TOKEN\n          valueFrom:\n            secretKeyRef:\n              name: api\n              key: token\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      volumeMounts:\n        - name: api\n          mountPath: /secrets\n          readOnly: true\n  volumes:\n    - name: api\n      secret:\n        secretName: api\n',
      byHand: true,
    },
  ],
  replaces: ['CKV_K8S_35', 'read-secret-from-env-var', 'C-0207'],
  links: ['https://kubernetes.io/docs/concepts/security/secrets-good-practices/#developers'],
  fixes: 'manual',
  *check(container): Iterable<Report> {
    for (const { name, from, at } of container.environment)
      if (from === 'secretKeyRef')
        yield {
          at,
          message: `\`${name}\` hands a Secret to every process of the container`,
          ...advise('Mount the Secret as a file, where the program can read one'),
        }
  },
})
