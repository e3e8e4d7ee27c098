import type { Report } from '../../../model/rule.ts'
import { mend, speaksForPod } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'
import { accessOf, serviceAccountOf } from '../../service-account.ts'

export default containerRule({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  hardening: 'no token',
  summary: 'A pod is given a token for the cluster that it may not need',
  why: 'Every pod gets a token for the API of the cluster unless it is told not to, though most never call it. Whoever breaks into one asks the cluster with it what else there is; and where somebody once gave the default account a right, every pod of the namespace has it.',
  examples: [
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n  automountServiceAccountToken: false\n',
    },
  ],
  replaces: [
    'KSV-0036',
    'CKV_K8S_38',
    'CKV_K8S_41',
    'CKV_K8S_42',
    'default-service-account',
    'kubesec ServiceAccountName',
    'kubesec AutomountServiceAccountToken',
    'C-0034',
  ],
  links: ['https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/'],
  fixes: 'unsafe',
  *check(container, _, facts): Iterable<Report> {
    const { pod } = container
    if (!pod || container.form !== 'kubernetes' || !speaksForPod(container, facts)) return
    // The steps of Argo Workflows tell the cluster how they ended: https://argo-workflows.readthedocs.io/en/latest/workflow-rbac/
    if (/Workflow(?:Template)?$/.test(pod.kind)) return
    const account = serviceAccountOf(pod, facts.manifests)
    if (!(pod.automountToken.value ?? account?.automountToken ?? true)) return
    const name = pod.serviceAccount.value ?? 'default'
    // An account of its own with rights is there to be used; how far they go is another rule's matter.
    if (name !== 'default' && accessOf(pod, facts.manifests).length > 0) return
    yield {
      at: pod.automountToken.at ?? pod.serviceAccount.at ?? pod.at,
      message: `every container of the pod has a token of the service account \`${name}\``,
      ...mend(
        'unsafe',
        'Set automountServiceAccountToken: false; verify that no program of the pod asks the API of the cluster',
        {
          do: 'set',
          field: 'automountToken',
          value: false,
        },
      ),
    }
  },
})
