import assert from 'node:assert/strict'
import { test } from 'vitest'
import { untilStill } from '../../../../test/harden-still.ts'
import downloads from './downloads.ts'

const left = async (dockerfile: string): Promise<{ readonly reason: string; readonly check: string }> => {
  const still = await untilStill(downloads, { dockerfile })
  assert.equal(still.text, dockerfile, 'nothing is invented')
  return { reason: still.left?.leftOut ?? '', check: (still.left?.check ?? []).join('\n') }
}

test('a pipe into a shell comes with the exact lines that verify it', async () => {
  const { reason, check } = await left(
    'FROM debian:13\nRUN curl -sSL https://get.example.org/install.sh?x=1 | bash -s -- --yes\n',
  )
  assert.match(reason, /`curl https:\/\/get\.example\.org\/install\.sh\?x=1 \| bash` runs what nobody checked/)
  assert.match(
    check,
    /curl -fsSLo \/tmp\/install\.sh https:\/\/get\.example\.org\/install\.sh\?x=1 && echo "SHA256 {2}\/tmp\/install\.sh" \| sha256sum -c - && bash \/tmp\/install\.sh --yes && rm \/tmp\/install\.sh/,
  )
})

test('ADD of an address, with its variables', async () => {
  const { check } = await left('FROM debian:13\nARG V=1.2\nADD https://dl.example.org/a-$V.tgz /a\n')
  assert.match(check, /curl -fsSL https:\/\/dl\.example\.org\/a-1\.2\.tgz \| sha256sum/)
})

test('what is verified, and what is no download that runs, is left in peace', async () => {
  for (const rest of [
    'RUN curl https://a.example.org/x | sha256sum -c && true',
    'RUN curl -o x https://a.example.org/x',
    `ADD --checksum=sha256:${'a'.repeat(64)} https://a.example.org/x /x`,
    'ADD https://git.example.org/a.git#main /a',
  ])
    assert.equal((await left(`FROM debian:13\n${rest}\n`)).reason, '')
})
