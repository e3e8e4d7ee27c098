import assert from 'node:assert/strict'
import { test } from 'vitest'
import { untilStill } from '../../../../test/harden-still.ts'
import kubernetes from './kubernetes.ts'

const node = 'FROM node:22-slim\nWORKDIR /app\nCOPY . .\nUSER 1000:1000\nCMD ["node", "a.js"]\n'
const deployment = (image: string, more = ''): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec:\n  template:\n    spec:\n      containers:\n        - name: web # ours\n          image: ${image}\n${more}`

test('the only workload that nobody else’s image runs: user and group, no capabilities, read-only, seccomp', async () => {
  const { files } = await untilStill(kubernetes, {
    dockerfile: node,
    stacks: [{}],
    context: { Dockerfile: node, 'k8s/web.yaml': deployment('ghcr.io/acme/shop:1'), 'k8s/db.yaml': deployment('postgres:16') },
  })
  assert.equal(
    files['k8s/web.yaml'],
    `${deployment('ghcr.io/acme/shop:1')}          securityContext:
            runAsUser: 1000
            runAsNonRoot: true
            allowPrivilegeEscalation: false
            capabilities:
              drop:
                - ALL
            seccompProfile:
              type: RuntimeDefault
            readOnlyRootFilesystem: true
            runAsGroup: 1000
          volumeMounts:
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: tmp
          emptyDir: {}
`,
  )
  assert.equal(files['k8s/db.yaml'], deployment('postgres:16'))
  const again = await untilStill(kubernetes, { dockerfile: node, stacks: [{}], context: files })
  assert.deepEqual(again.files, files)
})

test('of several images only the one that is called like the project', async () => {
  const context = {
    'package.json': '{"name": "@acme/shop"}',
    'a.yaml': deployment('ghcr.io/acme/shop:1'),
    'b.yaml': deployment('ghcr.io/acme/other:1'),
  }
  const { files } = await untilStill(kubernetes, { dockerfile: node, stacks: [{}], context })
  assert.match(files['a.yaml']!, /runAsUser: 1000/)
  assert.equal(files['b.yaml'], context['b.yaml'])
})

test('what the pod says already stays, and the claim is spoken of', async () => {
  const context = {
    'a.yaml': deployment(
      'ghcr.io/acme/shop:1',
      '          securityContext: {runAsUser: 2000, allowPrivilegeEscalation: false}\n          volumeMounts: [{name: d, mountPath: /tmp}]\n      volumes: [{name: d, persistentVolumeClaim: {claimName: d}}]\n',
    ),
  }
  const { files } = await untilStill(kubernetes, { dockerfile: node, stacks: [{}], context })
  assert.match(files['a.yaml']!, /\{runAsUser: 2000, allowPrivilegeEscalation: false, runAsNonRoot: true/)
  assert.doesNotMatch(files['a.yaml']!, /emptyDir/)
})
