import { expect, test } from 'vitest'
import maven from '../../../src/judge/versions/maven.ts'
import { differences } from '../version-answers.ts'

test('maven.json: 1053 pairs', () => {
  expect(differences(maven.compare, new URL('maven.json', import.meta.url), 1053)).toEqual([])
})
