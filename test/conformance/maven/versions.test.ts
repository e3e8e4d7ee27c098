import { expect, test } from 'vitest'
import maven from '../../../src/judge/versions/maven.ts'
import { published } from '../published.ts'
import { differences } from '../version-answers.ts'

test('maven.json: 1053 pairs', () => {
  expect(differences(maven.compare, new URL('maven.json', import.meta.url), 1053)).toEqual([])
})

test('published.json', () => {
  expect(published(maven.compare, new URL('published.json', import.meta.url))).toEqual({
    cases: {
      'compat/maven-artifact/src/test/java/org/apache/maven/artifact/versioning/ComparableVersionTest.java': 1071,
    },
    differences: [],
  })
})
