/** `bulkhead guard` in front of programs that write down that they ran. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-guard-'))
  for (const name of ['docker', 'podman', 'docker-compose']) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho "$0 $*" > "${folder}/ran"\nexit 7\n`)
    chmodSync(join(folder, name), 0o755)
  }
  writeFileSync(join(folder, 'bad.yaml'), 'services:\n  web:\n    image: web:1\n    privileged: true\n')
  writeFileSync(join(folder, 'good.yaml'), 'services:\n  web:\n    image: web:1\n    user: "1000"\n')
  writeFileSync(
    join(folder, 'pod.yaml'),
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostPID: true\n  containers: [{name: a, image: "a:1"}]\n',
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const guard = (...words: readonly string[]) => {
  rmSync(join(folder, 'ran'), { force: true })
  const program = join(import.meta.dirname, '../src/cli/run.ts')
  const run = spawnSync(process.execPath, [program, 'guard', ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
  })
  const ran = existsSync(join(folder, 'ran')) ? readFileSync(join(folder, 'ran'), 'utf8').trim() : undefined
  return { status: run.status, ran: ran?.replace(`${folder}/`, ''), said: run.stderr, out: run.stdout }
}

test.each([
  ['a command line', ['docker', 'run', '--privileged', 'web:1'], 'container/privileged'],
  ['a project', ['docker', 'compose', '-f', 'bad.yaml', 'up', '-d'], 'container/privileged'],
  ['a project, the older program', ['docker-compose', '-f', 'bad.yaml', 'up'], 'container/privileged'],
  ['a pod', ['podman', 'kube', 'play', 'pod.yaml'], 'container/namespace-host'],
  ['a folder above this one', ['docker', 'run', '-v', './../../../../../../..:/host', 'web:1'], '`/` gives the container'],
  [
    'a mount above this one',
    ['docker', 'run', '--mount', `type=bind,src=${'../'.repeat(20)}etc,dst=/h`, 'web:1'],
    '`/etc` gives',
  ],
  ['a root folder above this one', ['podman', 'run', '--rootfs', '../'.repeat(20), 'sh'], '`/` gives the container'],
  ['a shell', ['sh', '-c', 'docker run --privileged web:1'], 'container/privileged'],
])('%s that is not run', (_, words, rule) => {
  const { status, ran, said, out } = guard('--', ...words)
  expect(ran).toBeUndefined()
  expect(status).toBe(1)
  expect(said).toContain(rule)
  expect(said).toContain('the command was not run')
  expect(out).toBe('')
})

test.each([
  ['what is fine', ['docker', 'compose', '-f', 'good.yaml', 'up']],
  ['this very folder', ['docker', 'run', '--user', '1000', '--cap-drop', 'ALL', '-v', '.:/app', 'web:1']],
  ['what starts nothing', ['docker', 'ps', '-a']],
  ['a command line that is fine', ['docker', 'run', '--user', '1000', '--cap-drop', 'ALL', 'web:1']],
])('%s is run, with its own exit code', (_, words) => {
  expect(guard('--', ...words)).toMatchObject({ status: 7, ran: words.join(' ') })
})

test('what is not judged is not run, unless that is said', () => {
  expect(guard('--', 'docker', 'service', 'create', 'web')).toMatchObject({
    status: 2,
    ran: undefined,
    said: expect.stringContaining('not judged'),
  })
  expect(guard('--allow-unjudged', '--', 'docker', 'service', 'create', 'web')).toMatchObject({ status: 7 })
  expect(guard('--dry-run', '--', 'docker', 'ps')).toMatchObject({ status: 0, ran: undefined })
})
