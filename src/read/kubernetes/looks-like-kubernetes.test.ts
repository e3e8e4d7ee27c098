import { expect, test } from 'vitest'
import { looksLikeKubernetes } from './looks-like-kubernetes.ts'

test.each([
  'apiVersion: v1\nkind: Pod\n',
  '\ufeffkind: Pod\napiVersion: v1\n',
  '# c\n---\n"apiVersion": v1\n"kind" : Pod\n',
  '{"kind": "List", "items": [], "apiVersion": "v1"}',
  '\n{\n  "apiVersion": "v1",\n  "kind": "Pod"\n}\n',
  '{apiVersion: v1, kind: Pod}',
  'a: 1\n--- {apiVersion: v1, kind: Pod}\n',
  '---\n{\n  apiVersion: v1,\n  kind: Pod\n}\n',
  '  apiVersion: v1\n  kind: Pod\n',
  '---\n# Source: a\n  metadata: {}\n  apiVersion: v1\n  kind: Pod\n',
  '{{- if .Values.a }}\napiVersion: v1\nkind: Pod\n{{- end }}\n',
  'x: 1\n---\napiVersion: v1\nkind: Pod\n',
])('%j is', text => {
  expect(looksLikeKubernetes(text)).toBe(true)
})

test.each([
  '',
  'services:\n  web:\n    image: nginx\n',
  'apiVersion: v1\n',
  'jobs:\n  - apiVersion: v1\n    kind: Pod\n',
  'on: push\nx:\n  apiVersion: v1\n  kind: Pod\n',
  '{"definitions": {"Pod": {"properties": {"apiVersion": {}, "kind": {}}}}, "apiVersion": 1}',
  '{"a": "\\"apiVersion\\": 1, \\"kind\\": 2"}',
  'apiVersions: v1\nkinds: Pod\n',
])('%j is not', text => {
  expect(looksLikeKubernetes(text)).toBe(false)
})

test('time grows with the text and no faster', () => {
  for (const piece of [
    '  apiVersion: v1\n  kind: Pod\n x\n',
    'x: {apiVersion: kind: ',
    '{"apiVersion" kind',
    '"apiVersion kind ',
    ' \n',
  ])
    for (const start of ['', '{', 'a:\n']) {
      const before = performance.now()
      looksLikeKubernetes(`${start}apiVersion kind\n${piece.repeat(Math.ceil(500_000 / piece.length))}`)
      expect(performance.now() - before).toBeLessThan(2000)
    }
})
