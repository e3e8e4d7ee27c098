import assert from 'node:assert/strict'
import { test } from 'vitest'
import { joinTitles } from './titles.ts'

test('several titles are one sentence, each once', () => {
  assert.equal(
    joinTitles(['Use `a` in place of `b`', 'Use `c` in place of `d`', 'Use `a` in place of `b`', 'NODE_ENV is set']),
    'Use `a` in place of `b`; use `c` in place of `d`; NODE_ENV is set',
  )
})
