import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { World } from '../../../model/world.ts'
import { machine } from '../../../world/machine.ts'
import { findCredentials } from './credentials.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-credentials-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
let number = 0
const setUp = (config: object | string, name = '.docker/config.json'): World => {
  const home = join(top, String(number++))
  mkdirSync(join(home, name, '..'), { recursive: true })
  writeFileSync(join(home, name), typeof config === 'string' ? config : JSON.stringify(config))
  return { ...machine, env: { HOME: home } }
}
const find = async (world: World, host = 'docker.io', repository = 'library/nginx') => {
  const notes: string[] = []
  return { found: await findCredentials(world, host, repository, note => notes.push(note)), notes: notes.join('\n') }
}
const auth = (text: string): object => ({ auth: Buffer.from(text).toString('base64') })

describe('who we are to a registry', () => {
  test('what docker login writes, under each name that it has used', async () => {
    for (const key of ['https://index.docker.io/v1/', 'docker.io', 'https://docker.io'])
      expect((await find(setUp({ auths: { [key]: auth('u:p:with:colons') } }))).found).toEqual({
        kind: 'password',
        user: 'u',
        password: 'p:with:colons',
      })
    expect((await find(setUp({ auths: { 'quay.io': { identitytoken: 't' } } }), 'quay.io', 'a/b')).found).toEqual({
      kind: 'identity',
      token: 't',
    })
    expect((await find(setUp({ auths: { 'quay.io': auth('u:p') } }), 'ghcr.io', 'a/b')).found).toBeUndefined()
  })

  test("Podman's file, where the longest name counts", async () => {
    const world = setUp({ auths: { 'quay.io': auth('u:host'), 'quay.io/team': auth('u:team') } }, '.config/containers/auth.json')
    expect((await find(world, 'quay.io', 'team/app')).found).toMatchObject({ password: 'team' })
    expect((await find(world, 'quay.io', 'other/app')).found).toMatchObject({ password: 'host' })
  })

  test('a credential helper: asked by standard input, its answer, its refusal, its nonsense', async () => {
    const folder = join(top, 'bin')
    mkdirSync(folder)
    const helper = (name: string, script: string): void => {
      writeFileSync(join(folder, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`)
      chmodSync(join(folder, `docker-credential-${name}`), 0o755)
    }
    helper(
      'good',
      '[ "$1" = get ] && read host && echo "{\\"ServerURL\\":\\"$host\\",\\"Username\\":\\"me\\",\\"Secret\\":\\"for $host\\"}"',
    )
    helper('token', 'echo "{\\"Username\\":\\"<token>\\",\\"Secret\\":\\"t\\"}"')
    helper('none', 'echo "credentials not found in native keychain"; exit 1')
    helper('broken', 'echo oops')
    const before = process.env.PATH
    process.env.PATH = `${folder}:${before}`
    try {
      expect((await find(setUp({ credsStore: 'good' }))).found).toEqual({
        kind: 'password',
        user: 'me',
        password: 'for https://index.docker.io/v1/',
      })
      expect((await find(setUp({ credHelpers: { 'quay.io': 'token' }, credsStore: 'good' }), 'quay.io', 'a/b')).found).toEqual({
        kind: 'identity',
        token: 't',
      })
      expect(await find(setUp({ credsStore: 'none' }))).toEqual({ found: undefined, notes: '' })
      expect((await find(setUp({ credsStore: 'broken' }))).notes).toMatch(/gave no usable answer/)
      expect((await find(setUp({ credsStore: 'absent' }))).notes).toMatch(/docker-credential-absent is not on PATH/)
      expect((await find(setUp({ credsStore: '../../tmp/evil' }))).notes).toMatch(/impossible name/)
      // A store that has nothing does not hide what the file itself has.
      expect((await find(setUp({ credsStore: 'none', auths: { 'docker.io': auth('u:p') } }))).found).toMatchObject({ user: 'u' })
    } finally {
      process.env.PATH = before
    }
  })

  test('files that are none', async () => {
    for (const text of ['', '[]', '{"auths":[]}', '{"auths":{"docker.io":1}}', 'null'])
      expect((await find(setUp(text))).found).toBeUndefined()
    expect((await find(setUp('{'))).notes).toMatch(/not the JSON that docker login writes/)
  })
})
