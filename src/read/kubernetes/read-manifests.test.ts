import { describe, expect, test } from 'vitest'
import type { Container, Setting } from '../../model/container.ts'
import { readYaml } from '../yaml/tree.ts'
import { mergeManifests, readManifests } from './read-manifests.ts'

const read = (text: string) => {
  const stream = readYaml('pod.yaml', text)
  return { ...readManifests(stream), text, stream }
}
const codes = (text: string): readonly string[] => read(text).problems.map(({ code }) => code)

/** The text at a setting's place. */
const written = (text: string, { at }: Pick<Setting<unknown>, 'at'>): string | undefined =>
  at?.in === 'file' ? text.slice(at.span.start, at.span.end) : undefined

const indented = (text: string, by: number): string =>
  text
    .trim()
    .split('\n')
    .map(line => `${' '.repeat(by)}${line}`)
    .join('\n')

/** A pod with one container: YAML of the spec and of the container. */
const podText = (spec: string, container = '', metadata = ''): string =>
  [
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web',
    metadata && indented(metadata, 2),
    'spec:',
    spec && indented(spec, 2),
    '  containers:\n  - name: app\n    image: nginx',
    container && indented(container, 4),
  ]
    .filter(Boolean)
    .join('\n')

const one = (text: string): Container => {
  const { containers, problems, stream } = read(text)
  expect([...stream.problems, ...problems]).toEqual([])
  expect(containers).toHaveLength(1)
  return containers[0]!
}
const pod = (spec: string, container = '', metadata = ''): Container => one(podText(spec, container, metadata))

describe('where pods are', () => {
  const template = 'template:\n  metadata: {labels: {app: x}}\n  spec: {containers: [{name: app, image: nginx}]}'
  test.each([
    ['v1', 'Pod', 'spec: {containers: [{name: app, image: nginx}]}'],
    ['v1', 'PodTemplate', template],
    ['v1', 'ReplicationController', `spec:\n${indented(template, 2)}`],
    ['apps/v1', 'Deployment', `spec:\n${indented(template, 2)}`],
    ['apps/v1', 'StatefulSet', `spec:\n${indented(template, 2)}`],
    ['apps/v1', 'DaemonSet', `spec:\n${indented(template, 2)}`],
    ['apps/v1beta2', 'ReplicaSet', `spec:\n${indented(template, 2)}`],
    ['extensions/v1beta1', 'Deployment', `spec:\n${indented(template, 2)}`],
    ['batch/v1', 'Job', `spec:\n${indented(template, 2)}`],
    ['batch/v1', 'CronJob', `spec:\n  jobTemplate:\n    spec:\n${indented(template, 6)}`],
    ['apps.openshift.io/v1', 'DeploymentConfig', `spec:\n${indented(template, 2)}`],
    ['argoproj.io/v1alpha1', 'Rollout', `spec:\n${indented(template, 2)}`],
    ['serving.knative.dev/v1', 'Service', `spec:\n${indented(template, 2)}`],
    ['batch.volcano.sh/v1alpha1', 'Job', `spec:\n  tasks:\n  - replicas: 1\n${indented(template, 4)}`],
    ['argoproj.io/v1alpha1', 'Workflow', 'spec:\n  templates:\n  - name: a\n    container: {name: app, image: nginx}'],
    [
      'argoproj.io/v1alpha1',
      'CronWorkflow',
      'spec: {workflowSpec: {templates: [{script: {name: app, image: nginx, source: x}}]}}',
    ],
    ['tekton.dev/v1', 'Task', 'spec:\n  steps:\n  - {name: app, image: nginx, script: echo}'],
    ['tekton.dev/v1', 'Pipeline', 'spec: {tasks: [{name: a, taskSpec: {steps: [{name: app, image: nginx}]}}]}'],
    ['tekton.dev/v1', 'StepAction', 'spec: {name: app, image: nginx}'],
  ])('%s %s', (apiVersion, kind, rest) => {
    const container = one(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: web, namespace: prod}\n${rest}\n`)
    expect(container).toMatchObject({
      form: 'kubernetes',
      name: `${kind}/web › app`,
      role: 'main',
      image: { value: 'nginx' },
      pod: { kind, name: 'web', namespace: 'prod' },
    })
  })

  test('lists, templates of OpenShift, and lists in lists', () => {
    const item = '{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: app, image: nginx}]}}'
    expect(read(`apiVersion: v1\nkind: List\nitems: [${item}, ${item}]`).containers).toHaveLength(2)
    expect(read(`apiVersion: v1\nkind: PodList\nitems:\n- ${item}`).containers).toHaveLength(1)
    expect(read(`apiVersion: template.openshift.io/v1\nkind: Template\nobjects: [${item}]`).containers).toHaveLength(1)
    expect(read(`{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: [${item}]}]}`).containers).toHaveLength(
      1,
    )
  })

  test('schemas and patterns of policies are no pods', () => {
    const schema = 'containers: [{name: a, image: b}]'
    expect(
      read(`apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {x: {template: {spec: {${schema}}}}}`)
        .containers,
    ).toEqual([])
    expect(
      read(`apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nspec: {rules: [{validate: {pattern: {spec: {${schema}}}}}]}`)
        .containers,
    ).toEqual([])
  })

  test('every document of a rendered stream, and each kind of container', () => {
    const { containers, stream } = read(`---
# Source: chart/templates/a.yaml
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  initContainers: [{name: i, image: x, restartPolicy: Always}, {name: j, image: x}]
  containers: [{name: c, image: x}]
  ephemeralContainers: [{name: e, image: x, targetContainerName: c}]
---
# Source: chart/templates/b.yaml
spec: {{ toYaml .Values.spec }}
---
# Source: chart/templates/c.yaml
apiVersion: batch/v1
kind: Job
metadata: {generateName: j-}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: k, image: x}]}}}
`)
    expect(containers.map(({ name, role, restart }) => [name, role, restart.value])).toEqual([
      ['Pod/a › i', 'init', 'always'],
      ['Pod/a › j', 'init', 'on-failure'],
      ['Pod/a › c', 'main', 'always'],
      ['Pod/a › e', 'ephemeral', 'always'],
      ['Job/j-… › k', 'main', 'no'],
    ])
    expect(stream.problems).toMatchObject([])
  })
})

describe('the nearer level wins', () => {
  test('runAsUser and the rest of both contexts', () => {
    const both = pod(
      'securityContext: {runAsUser: 1, runAsGroup: 2, runAsNonRoot: true, fsGroup: 7, supplementalGroups: [8]}',
      'securityContext: {runAsUser: 3, runAsNonRoot: false}',
    )
    expect(both).toMatchObject({ user: { value: '3:2' }, runAsNonRoot: { value: false } })
    expect(both.groups.map(({ value }) => value)).toEqual(['7', '8'])
    expect(pod('securityContext: {runAsUser: 1}')).toMatchObject({ user: { value: '1' }, runAsNonRoot: { value: false } })
  })

  test('a profile counts whole', () => {
    const container = pod(
      'securityContext: {seccompProfile: {type: Localhost, localhostProfile: a.json}, seLinuxOptions: {type: t, level: l}}',
      'securityContext: {seccompProfile: {type: RuntimeDefault}, seLinuxOptions: {user: u}}',
    )
    expect(container.seccomp).toMatchObject({ value: 'default' })
    expect(container.seccomp).not.toHaveProperty('profile')
    expect(container.selinux.value).toEqual({ disabled: false, user: 'u' })
  })

  test('the place is where it was written', () => {
    const text = podText(
      'hostPID: true\nsecurityContext:\n  runAsUser: 0',
      'securityContext:\n  capabilities: {add: ["cap_sys_admin"]}',
    )
    const container = one(text)
    expect(written(text, container.pid)).toBe('hostPID: true')
    expect(written(text, container.user)).toBe('runAsUser: 0')
    expect(written(text, container.capAdd[0]!)).toBe('"cap_sys_admin"')
    expect(container.capAdd[0]!.value).toBe('SYS_ADMIN')
  })
})

test('what a stream declares', () => {
  const { manifests, problems } = read(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: ns}
spec: {podSelector: {matchLabels: {app: x}, matchExpressions: [{key: a, operator: In, values: [b]}]}, egress: []}
---
{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "s"}, "automountServiceAccountToken": false}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: r}
rules: [{apiGroups: [""], resources: ["*"], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b}
roleRef: {kind: ClusterRole, name: r, apiGroup: rbac.authorization.k8s.io}
subjects: [{kind: ServiceAccount, name: s, namespace: ns}]
---
apiVersion: v1
kind: Service
metadata: {name: v}
spec: {selector: {app: x}, type: NodePort}
`)
  expect(problems).toEqual([])
  expect(manifests).toMatchObject({
    networkPolicies: [
      {
        name: 'p',
        namespace: 'ns',
        podSelector: { matchLabels: { app: 'x' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] },
        policyTypes: ['Ingress', 'Egress'],
      },
    ],
    serviceAccounts: [{ name: 's', automountToken: false }],
    roles: [{ kind: 'ClusterRole', rules: [{ apiGroups: [''], resources: ['*'], verbs: ['get'] }] }],
    roleBindings: [{ role: { kind: 'ClusterRole', name: 'r' }, subjects: [{ name: 's', namespace: 'ns' }] }],
    services: [{ selector: { app: 'x' }, type: 'NodePort' }],
  })
  expect(mergeManifests([manifests, manifests]).services).toHaveLength(2)
})

describe('what the API would refuse', () => {
  test.each([
    ['', 'securityContext: {privileged: "true"}', 'kubernetes-wrong-type'],
    ['', 'securityContext: {runAsUser: "0"}', 'kubernetes-wrong-type'],
    ['', 'env: [{name: A, value: 1}]', 'kubernetes-wrong-type'],
    ['', 'securityContext: [x]', 'kubernetes-wrong-type'],
    ['', 'securityContext: {privilged: true}', 'kubernetes-unknown-field'],
    ['', 'securitycontext: {}', 'kubernetes-unknown-field'],
    ['runAsNonRoot: true', '', 'kubernetes-unknown-field'],
    ['', 'securityContext: {privileged: true, allowPrivilegeEscalation: false}', 'kubernetes-contradiction'],
    ['', 'volumeMounts: [{name: x, mountPath: /x}]', 'kubernetes-unknown-volume'],
    ['', 'securityContext: {seccompProfile: {type: runtime/default}}', 'kubernetes-unknown-value'],
  ])('%s %s', (spec, container, code) => {
    expect(codes(podText(spec, container))).toEqual([code])
  })
})
