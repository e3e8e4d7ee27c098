import assert from 'node:assert/strict'
import { test } from 'vitest'
import { untilStill } from '../../../../test/harden-still.ts'
import setuid from './setuid.ts'

const line = 'RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} +\n'
const becomes = async (before: string, after: string): Promise<void> => {
  assert.equal((await untilStill(setuid, { dockerfile: before })).text, after)
  assert.equal((await untilStill(setuid, { dockerfile: after })).text, after)
}

test('behind the last step of root, where the packages are installed', async () => {
  await becomes(
    'FROM node:22\nRUN apt-get install -y git\nCOPY . .\nUSER 1000:1000\nRUN npm ci\nCMD ["node", "a.js"]\n',
    `FROM node:22\nRUN apt-get install -y git\n${line}COPY . .\nUSER 1000:1000\nRUN npm ci\nCMD ["node", "a.js"]\n`,
  )
  await becomes('FROM alpine:3.20\nUSER 1:1\n', `FROM alpine:3.20\n${line}USER 1:1\n`)
})

test('what somebody did already, or what has no distribution, is left alone', async () => {
  for (const dockerfile of [
    'FROM debian:12\nRUN find / -perm /6000 -type f -exec chmod a-s {} \\; || true\nUSER 1:1\n',
    'FROM debian:12\nRUN for i in $(find / -perm +6000); do chmod a-s $i; done\nUSER 1:1\n',
    'FROM scratch\nCOPY s /\nUSER 1:1\n',
    'FROM gcr.io/distroless/static\nCOPY s /\nUSER 65532:65532\n',
  ])
    await becomes(dockerfile, dockerfile)
})

test('what needs the bit, and what leaves no place for it, is said', async () => {
  const sudo = await untilStill(setuid, { dockerfile: 'FROM debian:12\nUSER 1:1\nCMD sudo x\n' })
  assert.match(sudo.left?.leftOut ?? '', /`sudo`/)
  const base = await untilStill(setuid, { dockerfile: 'FROM debian:12 AS a\nUSER 1:1\nFROM a\nCMD ["x"]\n' })
  assert.match(base.left?.leftOut ?? '', /no place/)
})
