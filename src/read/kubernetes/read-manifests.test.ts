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

  test('schemas in other definitions are none either, and an object that stands twice is one', () => {
    const properties = 'properties: {containers: {items: [x]}}, default: {containers: [{name: a, image: b}]}'
    const definition = `apiVersion: apiextensions.crossplane.io/v1\nkind: CompositeResourceDefinition\nspec: {versions: [{schema: {openAPIV3Schema: {${properties}}}}]}`
    expect(read(definition)).toMatchObject({ containers: [], problems: [] })
    const twice = 'items: [&p {apiVersion: v1, kind: Pod, spec: {containers: [{name: app, image: nginx}]}}, *p]'
    expect(read(`apiVersion: v1\nkind: List\n${twice}`).containers).toHaveLength(1)
  })

  test('directives of a patch are no mistakes', () => {
    expect(codes(podText('$patch: replace', '$setElementOrder/env: []'))).toEqual([])
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
  const pods = read(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, namespace: ns}
spec: {template: {metadata: {labels: {app: x}}, spec: {hostNetwork: true, containers: [{name: a, image: a}, {name: b, image: b}]}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: [one]}]
`).manifests
  expect(pods.workloads).toMatchObject([
    { kind: 'Deployment', name: 'd', namespace: 'ns', labels: { app: 'x' }, isOnHostNetwork: true },
  ])
  expect(pods.roles[0]!.rules[0]!.resourceNames).toEqual(['one'])
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

const values = (list: readonly { readonly value: unknown }[]): readonly unknown[] => list.map(({ value }) => value)

describe('every field that gives or takes a privilege', () => {
  test('nothing said: what Kubernetes does by itself', () => {
    expect(pod('')).toMatchObject({
      os: 'linux',
      user: { value: undefined },
      runAsNonRoot: { value: false },
      privileged: { value: false },
      noNewPrivileges: { value: false },
      seccomp: { value: 'unset' },
      apparmor: { value: 'default' },
      systemPaths: { value: 'masked' },
      readOnlyRoot: { value: false },
      pid: { value: 'private' },
      ipc: { value: 'pod' },
      network: { value: 'pod' },
      userNamespace: { value: 'default' },
      restart: { value: 'always' },
      capAdd: [],
      mounts: [],
      ports: [],
      hostProcess: { value: false },
      pod: {
        automountToken: { value: undefined },
        serviceAccount: { value: undefined },
        shareProcessNamespace: { value: false },
      },
    })
  })

  test('the pod’s own', () => {
    const container = pod(
      `hostPID: yes
hostIPC: True
hostNetwork: on
hostUsers: false
shareProcessNamespace: true
automountServiceAccountToken: false
serviceAccountName: robot
runtimeClassName: gvisor
restartPolicy: OnFailure
hostAliases: [{ip: 10.0.0.1, hostnames: [a, b]}]
securityContext: {sysctls: [{name: kernel.msgmax, value: "1"}], windowsOptions: {hostProcess: false}}`,
      'ports: [{containerPort: 80}]',
      'labels: {app: web}',
    )
    expect(container).toMatchObject({
      pid: { value: 'host' },
      ipc: { value: 'host' },
      network: { value: 'host' },
      userNamespace: { value: 'private' },
      runtime: { value: 'gvisor' },
      restart: { value: 'on-failure' },
      sysctls: [{ value: { name: 'kernel.msgmax', value: '1' } }],
      // In the host's network every port is the host's.
      ports: [{ containerPort: 80, hostPort: 80, published: true }],
      pod: {
        automountToken: { value: false },
        serviceAccount: { value: 'robot' },
        shareProcessNamespace: { value: true },
        hostAliases: [{ value: '10.0.0.1 a b' }],
      },
    })
    expect(container.pod?.labels).toEqual({ app: 'web' })
    expect(pod('shareProcessNamespace: true').pid.value).toBe('pod')
    expect(pod('os: {name: windows}\nsecurityContext: {windowsOptions: {runAsUserName: Administrator}}')).toMatchObject({
      os: 'windows',
      user: { value: 'Administrator' },
    })
    expect(pod('hostNetwork: true', 'securityContext: {windowsOptions: {hostProcess: true}}')).toMatchObject({
      os: 'windows',
      hostProcess: { value: true },
    })
  })

  test('the container’s own', () => {
    expect(
      pod(
        '',
        `securityContext:
  privileged: true
  readOnlyRootFilesystem: true
  procMount: Unmasked
  capabilities: {add: [CAP_NET_ADMIN, sys_time], drop: [all]}
  appArmorProfile: {type: Unconfined}
  seccompProfile: {type: Localhost, localhostProfile: p.json}
  seLinuxOptions: {type: spc_t}`,
      ),
    ).toMatchObject({
      privileged: { value: true },
      readOnlyRoot: { value: true },
      systemPaths: { value: 'unmasked' },
      capAdd: [{ value: 'NET_ADMIN' }, { value: 'SYS_TIME' }],
      capDrop: [{ value: 'ALL' }],
      apparmor: { value: 'unconfined' },
      seccomp: { value: 'localhost', profile: 'p.json' },
      selinux: { value: { disabled: false, type: 'spc_t' } },
    })
    expect(pod('', 'command: [sh]\nargs: [-c, x]\nimagePullPolicy: Never\nreadinessProbe: {exec: {command: [x]}}')).toMatchObject(
      {
        entrypoint: { value: ['sh'] },
        command: { value: ['-c', 'x'] },
        pullPolicy: { value: 'Never' },
        readinessProbe: { value: true },
        livenessProbe: { value: false },
      },
    )
  })

  test.each([
    ['allowPrivilegeEscalation: false', true],
    ['allowPrivilegeEscalation: true', false],
    ['allowPrivilegeEscalation: false, capabilities: {add: [SYS_ADMIN]}', false],
    ['allowPrivilegeEscalation: false, capabilities: {add: [NET_ADMIN]}', true],
  ])('%s', (context, value) => {
    expect(pod('', `securityContext: {${context}}`).noNewPrivileges.value).toBe(value)
  })

  test('annotations of old', () => {
    const apparmor = (value: string, spec = '', container = '') =>
      pod(spec, container, `annotations: {container.apparmor.security.beta.kubernetes.io/app: ${value}}`).apparmor
    expect(apparmor('unconfined')).toMatchObject({ value: 'unconfined' })
    expect(apparmor('localhost/p')).toMatchObject({ value: 'localhost', profile: 'p' })
    expect(apparmor('unconfined', 'securityContext: {appArmorProfile: {type: RuntimeDefault}}').value).toBe('unconfined')
    expect(apparmor('unconfined', '', 'securityContext: {appArmorProfile: {type: RuntimeDefault}}').value).toBe('default')
    const seccomp = (annotation: string, container = '') => read(podText('', container, `annotations: {${annotation}}`))
    expect(seccomp('seccomp.security.alpha.kubernetes.io/pod: unconfined').containers[0]!.seccomp.value).toBe('unconfined')
    const ignored = seccomp('container.seccomp.security.alpha.kubernetes.io/app: runtime/default')
    expect(ignored.containers[0]!.seccomp.value).toBe('unset')
    expect(ignored.problems).toMatchObject([{ kind: 'uncovered', code: 'kubernetes-annotation-ignored' }])
    expect(
      seccomp('seccomp.security.alpha.kubernetes.io/pod: unconfined', 'securityContext: {seccompProfile: {type: RuntimeDefault}}')
        .containers[0]!.seccomp.value,
    ).toBe('default')
  })

  test('mounts', () => {
    const text = podText(
      `volumes:
- {name: host, hostPath: {path: /var//run/../run/, type: Directory}}
- {name: ram, emptyDir: {medium: Memory, sizeLimit: 64Mi}}
- {name: disk, emptyDir: {}}
- {name: s, secret: {secretName: key}}
- {name: p, projected: {sources: [{secret: {name: other}}, {serviceAccountToken: {path: t}}]}}
- {name: c, persistentVolumeClaim: {claimName: x}}
- {name: none}
- {name: i, image: {reference: nginx}}`,
      `volumeMounts:
- {name: host, mountPath: /a, mountPropagation: Bidirectional}
- {name: host, mountPath: /b, subPath: docker.sock, readOnly: true, recursiveReadOnly: Enabled, mountPropagation: None}
- {name: ram, mountPath: /c}
- {name: disk, mountPath: /d, mountPropagation: HostToContainer}
- {name: s, mountPath: /e}
- {name: p, mountPath: /f}
- {name: c, mountPath: /g}
- {name: none, mountPath: /h}
- {name: i, mountPath: /i}
volumeDevices: [{name: c, devicePath: /dev/x}]`,
    )
    const container = one(text)
    expect(container.mounts).toMatchObject([
      {
        type: 'bind',
        source: '/var/run',
        target: '/a',
        volume: 'hostPath',
        kind: 'Directory',
        propagation: 'rshared',
        readOnly: false,
      },
      { type: 'bind', source: '/var/run/docker.sock', readOnly: true, options: ['rro'], propagation: 'rprivate' },
      { type: 'tmpfs', volume: 'emptyDir', options: ['size=64Mi'] },
      { type: 'volume', volume: 'emptyDir', propagation: 'rslave' },
      { type: 'other', volume: 'secret', readOnly: true },
      { type: 'other', volume: 'projected', readOnly: true },
      { type: 'volume', volume: 'persistentVolumeClaim', readOnly: false },
      { type: 'volume', volume: 'emptyDir' },
      { type: 'image', source: 'nginx', readOnly: true },
      { type: 'volume', target: '/dev/x', kind: 'BlockDevice' },
    ])
    expect(values(container.secrets)).toEqual(['key', 'other'])
    expect(container.pod?.volumes.map(({ value }) => value.kind)).toEqual(
      'hostPath emptyDir emptyDir secret projected persistentVolumeClaim emptyDir image'.split(' '),
    )
    expect(written(text, { at: container.mounts[1]!.at })).toMatch(/^\{name: host, mountPath: \/b.*\}$/)
    expect(written(text, { at: container.mounts[1]!.declaredAt! })).toMatch(/^\{name: host, hostPath.*\}\}$/)
  })

  test('ports, environment, resources, probes', () => {
    const container = pod(
      'volumes: []',
      `ports:
- {containerPort: 80, hostPort: 8080, hostIP: 127.0.0.1, protocol: UDP}
- {containerPort: 81, hostPort: 0}
- {containerPort: 82, hostPort: 82, hostIP: ""}
env:
- {name: A, value: x}
- {name: B}
- {name: C, valueFrom: {secretKeyRef: {name: s, key: k}}}
envFrom: [{prefix: P_, secretRef: {name: s}}, {configMapRef: {name: c}}]
resources:
  limits: {memory: 128Mi, cpu: 500m, nvidia.com/gpu: 1, hugepages-2Mi: 4Mi}
  requests: {memory: 1e6}
  claims: [{name: gpu}]
livenessProbe: {httpGet: {host: 10.0.0.1, port: 80}}
startupProbe: {tcpSocket: {host: h, port: 80}}
lifecycle: {preStop: {httpGet: {host: l, port: 80}}, postStart: {httpGet: {host: "", port: 80}}}`,
    )
    expect(container.ports).toMatchObject([
      { hostAddress: '127.0.0.1', hostPort: 8080, containerPort: 80, protocol: 'udp', published: false },
      { hostPort: undefined, published: false },
      { hostAddress: undefined, hostPort: 82, published: true },
    ])
    expect(container.environment.map(({ name, value, from }) => [name, value, from])).toEqual([
      ['P_*', undefined, 'secretRef'],
      ['*', undefined, 'configMapRef'],
      ['A', 'x', undefined],
      ['B', '', undefined],
      ['C', undefined, 'secretKeyRef'],
    ])
    expect(container).toMatchObject({
      memory: { value: 128 * 2 ** 20 },
      cpus: { value: 0.5 },
      memoryRequest: { value: 1e6 },
      cpuRequest: { value: 0.5 },
      livenessProbe: { value: true },
      healthcheck: { value: 'defined' },
    })
    expect(values(container.deviceRequests)).toEqual(['nvidia.com/gpu', 'claim:gpu'])
    expect(values(container.probeHosts)).toEqual(['10.0.0.1', 'h', 'l'])
    expect(pod('resources: {limits: {memory: 1Gi}}').memory.value).toBe(2 ** 30)
    // What is not requested is requested as far as it is allowed.
    expect(pod('', 'resources: {limits: {memory: 1Gi}}').memoryRequest.value).toBe(2 ** 30)
  })
})

describe('around the containers', () => {
  test('a stateful set’s claims are volumes', () => {
    const { containers, problems } = read(`apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  template: {spec: {containers: [{name: a, image: b, volumeMounts: [{name: data, mountPath: /d}]}]}}
  volumeClaimTemplates: [{metadata: {name: data}}]`)
    expect(problems).toEqual([])
    expect(containers[0]!.mounts).toMatchObject([{ type: 'volume', volume: 'persistentVolumeClaim' }])
  })

  test('the items of an answer of the API do not say what they are', () => {
    expect(
      read('{apiVersion: v1, kind: PodList, items: [{metadata: {name: a}, spec: {containers: [{name: c, image: i}]}}]}')
        .containers,
    ).toMatchObject([{ name: 'Pod/a › c' }])
  })

  test('Argo: what the template does not say, the workflow says', () => {
    const { containers, problems } = read(`apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: w-}
spec:
  hostNetwork: true
  securityContext: {runAsUser: 1}
  volumes: [{name: v, hostPath: {path: /}}]
  podSpecPatch: '{}'
  templates:
  - {name: a, container: {image: x, volumeMounts: [{name: v, mountPath: /v}]}, sidecars: [{name: s, image: v}]}
  - {name: b, securityContext: {runAsUser: 2}, containerSet: {containers: [{name: c, image: z}]}}`)
    expect(containers.map(({ name }) => name)).toEqual(['Workflow/w-… › a', 'Workflow/w-… › s', 'Workflow/w-… › c'])
    expect(containers.map(({ image, user, network }) => [image.value, user.value, network.value])).toEqual([
      ['x', '1', 'host'],
      ['v', '1', 'host'],
      ['z', '2', 'host'],
    ])
    expect(containers[0]!.mounts).toMatchObject([{ type: 'bind', source: '/' }])
    expect(problems.map(({ code }) => code)).toEqual(['kubernetes-pod-spec-patch'])
  })

  test('Tekton: the step’s template, and the run’s', () => {
    const { containers, problems } = read(`apiVersion: tekton.dev/v1
kind: TaskRun
metadata: {name: t}
spec:
  serviceAccountName: robot
  podTemplate: {hostNetwork: true, securityContext: {runAsNonRoot: true}}
  taskSpec:
    stepTemplate: {securityContext: {privileged: true, runAsUser: 5}}
    steps: [{name: a, image: x, securityContext: {runAsUser: 6}, script: echo}, {ref: {name: s}}]
    sidecars: [{name: b, image: v}]`)
    expect(problems).toEqual([])
    expect(
      containers.map(({ image, user, privileged, network, runAsNonRoot }) => [
        image.value,
        user.value,
        privileged.value,
        network.value,
        runAsNonRoot.value,
      ]),
    ).toEqual([
      ['x', '6', true, 'host', true],
      ['v', undefined, false, 'host', true],
    ])
    expect(containers[0]!.pod?.serviceAccount.value).toBe('robot')
  })

  test('nodeOf leads back to the mappings', () => {
    const { containers, nodeOf, text } = read(podText('', 'stdin: true'))
    const { container, pod: spec } = nodeOf.get(containers[0]!)!
    expect(text.slice(container.span.start, container.span.end)).toMatch(/^name: app[\s\S]*stdin: true$/)
    expect(text.slice(spec.span.start, spec.span.end)).toMatch(/^containers:/)
  })

  test('a setting that an anchor brings stands at the anchor', () => {
    const text = `apiVersion: v1
kind: Pod
x: &safe {privileged: true}
spec: {containers: [{name: a, image: b, securityContext: {<<: *safe, runAsUser: 1}}, {name: c, image: d, securityContext: *safe}]}`
    const { containers } = read(text)
    expect(containers.map(({ privileged }) => written(text, privileged))).toEqual(['privileged: true', 'privileged: true'])
  })

  test('a merge key wins over what stands before it, as in Kubernetes’ decoder', () => {
    const privileged = (context: string) =>
      read(
        `{apiVersion: v1, kind: Pod, x: &x {privileged: true}, spec: {containers: [{name: a, image: b, securityContext: {${context}}}]}}`,
      ).containers[0]!.privileged.value
    expect(privileged('privileged: false, <<: *x')).toBe(true)
    expect(privileged('<<: *x, privileged: false')).toBe(false)
    expect(privileged('<<: [{privileged: false}, *x]')).toBe(false)
  })
})

describe('mistakes are told of, with their place and a way out', () => {
  test.each([
    ['', 'securityContext: {privilged: true}', 'privilged', 'did you mean `privileged`?'],
    ['', 'securitycontext: {privileged: true}', 'securitycontext', 'did you mean `securityContext`?'],
    ['capabilities: {drop: [ALL]}', '', 'capabilities', 'belongs to the container’s securityContext'],
    ['', 'runAsNonRoot: true', 'runAsNonRoot', 'belongs to the container’s securityContext'],
    ['', 'securityContext: {fsGroup: 1}', 'fsGroup', 'belongs to the pod’s securityContext'],
    ['securityContext: {privileged: true}', '', 'privileged', 'belongs to the container’s securityContext'],
    ['', 'hostNetwork: true', 'hostNetwork', 'belongs to the pod’s spec'],
    ['', 'securityContext: {capabilities: {dropp: [ALL]}}', 'dropp', 'did you mean `drop`?'],
    ['', 'securityContext: {seccompProfile: {typ: RuntimeDefault}}', 'typ', 'did you mean `type`?'],
  ])('%s %s', (spec, container, key, hint) => {
    const { problems, text } = read(podText(spec, container))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ kind: 'uncovered', code: 'kubernetes-unknown-field' })
    expect(problems[0]!.message).toContain(hint)
    expect(written(text, problems[0]!)).toBe(key)
  })

  test('above the pod they say nothing', () => {
    const { problems } = read(`apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec: {securityContext: {}, template: {hostPID: true, spec: {containers: [{name: a, image: b}]}}}`)
    expect(problems.map(({ code }) => code)).toEqual(['kubernetes-unknown-field', 'kubernetes-unknown-field'])
  })

  test('a type that the API refuses is none, and stays none in custom resources where it may be right', () => {
    const { problems, containers, text } = read(podText('hostPID: "true"', 'securityContext: {privileged: tRUE, runAsUser: 1.5}'))
    expect(problems.map(problem => [problem.kind, problem.code, written(text, problem)])).toEqual([
      ['failed', 'kubernetes-wrong-type', '"true"'],
      ['failed', 'kubernetes-wrong-type', '1.5'],
      ['failed', 'kubernetes-wrong-type', 'tRUE'],
    ])
    expect(containers[0]).toMatchObject({ pid: { value: 'private' }, privileged: { value: false }, user: { value: undefined } })
    expect(read('{apiVersion: a.io/v1, kind: X, spec: {hostPID: [], containers: [{name: a, image: b}]}}').problems).toMatchObject(
      [{ kind: 'uncovered', code: 'kubernetes-wrong-type' }],
    )
    expect(pod('securityContext: {runAsUser: 0x10, runAsGroup: 010, fsGroup: 1e3, supplementalGroups: [1_000]}').user.value).toBe(
      '16:8',
    )
  })

  test('what a template fills in later is unknown', () => {
    expect(
      read(podText('', 'securityContext: {runAsUser: "{{ uid }}", privileged: {{ p }}}')).problems.map(({ kind, code }) => [
        kind,
        code,
      ]),
    ).toEqual([
      ['uncovered', 'yaml-template'],
      ['uncovered', 'yaml-template'],
    ])
  })

  test('documents that are nothing, or hold nothing', () => {
    expect(codes('a: 1')).toEqual(['kubernetes-no-kind'])
    expect(codes('apiversion: v1\nkind: Pod\nspec: {containers: [{image: x}]}')).toEqual(['kubernetes-no-kind'])
    expect(codes('# nothing\n---\n')).toEqual([])
    expect(codes('apiVersion: apps/v1\nkind: Deployment\nspec: {replicas: 2}')).toEqual(['kubernetes-no-containers'])
    expect(codes('apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches: [{path: a}]')).toEqual([
      'kubernetes-kustomization',
    ])
    expect(codes('apiVersion: v1\nkind: Secret\ndata: {}\ndata: {}')).toEqual(['yaml-duplicate-key'])
  })
})
