import { expect, test } from 'vitest'
import bitnami from '../../../src/judge/versions/bitnami.ts'
import { differences } from '../version-answers.ts'

test('bitnami.json: 691 pairs', () => {
  expect(differences(bitnami.compare, new URL('bitnami.json', import.meta.url), 691)).toEqual([])
})
