import type { Report } from '../../../model/rule.ts'
import { advise, isMain, quoted } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

/** Kinds of pods that serve for as long as they live. */
const serving = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Pod'])

export default containerRule({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'all',
  hardening: 'health',
  summary: 'Nobody asks whether the program is still well',
  why: 'A program that hangs still counts as running: it gets traffic, and nobody restarts it. An attack that makes it hang lasts until a person looks. A check asks it, and the engine or the cluster acts on the answer.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    healthcheck:\n      disable: true\n',
      good: 'services:\n  web:\n    image: web:1\n    healthcheck:\n      test: [CMD, /app/health]\n',
      byHand: true,
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      livenessProbe:\n        tcpSocket:\n          port: 8080\n      readinessProbe:\n        tcpSocket:\n          port: 8080\n',
      byHand: true,
    },
  ],
  replaces: [
    'CIS 4.6',
    'CIS 5.27',
    'check_5_27',
    'CKV_K8S_8',
    'CKV_K8S_9',
    'no-liveness-probe',
    'no-readiness-probe',
    'C-0018',
    'C-0056',
  ],
  links: [
    'https://docs.docker.com/reference/dockerfile/#healthcheck',
    'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  ],
  fixes: 'manual',
  *check(container): Iterable<Report> {
    const { form, pod, healthcheck, livenessProbe, readinessProbe } = container
    if (!isMain(container)) return
    if (form === 'kubernetes') {
      if (pod && !serving.has(pod.kind)) return
      const missing = [...(livenessProbe.value ? [] : ['livenessProbe']), ...(readinessProbe.value ? [] : ['readinessProbe'])]
      if (missing.length > 0)
        yield {
          at: container.at,
          message: `there is no ${quoted(missing)}`,
          ...advise('Add a probe that asks the program itself, by a port or a command that it has'),
        }
      return
    }
    if (healthcheck.value === 'defined') return
    yield {
      at: healthcheck.at ?? container.at,
      // The image may have one of its own.
      ...(healthcheck.value === 'image' ? { severity: 'info' as const } : {}),
      message:
        healthcheck.value === 'disabled'
          ? 'the health check of the image is switched off'
          : 'no health check is set, unless the image has one',
      ...advise('Add a health check that asks the program itself'),
    }
  },
})
