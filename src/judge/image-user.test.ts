import { expect, test } from 'vitest'
import type { ImageFacts } from './image-rule.ts'
import { effectiveUser } from './image-user.ts'

const of = (user: string) =>
  effectiveUser({
    config: { user },
    platform: 'linux/amd64',
    census: { accounts: undefined },
    isWhole: true,
  } as unknown as ImageFacts)?.kind

test.each([
  ['', 'root'],
  ['0', 'root'],
  ['+0', 'root'],
  ['-0:1', 'root'],
  ['00', 'root'],
  ['1000', 'other'],
  ['+1000', 'other'],
  ['app', 'unknown'],
])('a configuration with the user %j starts as %s', (user, kind) => expect(of(user)).toBe(kind))
