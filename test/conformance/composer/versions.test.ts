import { expect, test } from 'vitest'
import composer from '../../../src/judge/versions/composer.ts'
import { differences } from '../version-answers.ts'

test('composer.json: 911 pairs', () => {
  expect(differences(composer.compare, new URL('composer.json', import.meta.url), 911)).toEqual([])
})
