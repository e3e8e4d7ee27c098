import { expect, test } from 'vitest'
import bitnami from '../../../src/judge/versions/bitnami.ts'
import { differences } from '../version-answers.ts'

test('bitnami.json: 691 pairs', () => {
  const found = differences(bitnami.compare, new URL('bitnami.json', import.meta.url), 691)
  // Advisories and packages of Bitnami's own have leading zeros (MinIO's 2021.03.04), whatever the library denies.
  expect(found.filter(line => !/"01\.2\.3".*: null, ours/.test(line))).toEqual([])
  expect(found).toHaveLength(11)
})
