/** What the split leaves out is not missed: a program is split, built by a real engine on real bases, and run without root or a writable file system. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import split from '../src/change/harden/transformations/multi-stage-node.ts'
import { hasBaseImages, startBaseImages } from './base-images.ts'
import { type Engine, startEngine } from './components.ts'
import { untilStill } from './harden-still.ts'

const context = {
  'package.json': '{"name":"app","version":"1.0.0","private":true}',
  'package-lock.json':
    '{"name":"app","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"app","version":"1.0.0"}}}',
  'server.js':
    "const fs = require('node:fs')\nfs.writeFileSync('data/out', 'kept')\nconsole.log([process.getuid(), process.env.APP_MODE, fs.readFileSync('/etc/app.conf', 'utf8').trim(), fs.readFileSync('data/out', 'utf8'), fs.existsSync('/usr/bin/gcc')].join(' '))\n",
  'app.conf': 'configured\n',
  'entrypoint.sh': '#!/bin/sh\nset -e\nexec "$@"\n',
}
const dockerfile = `FROM node:24
ARG MODE=plain
ENV APP_MODE=$MODE
RUN groupadd -r -g 4711 app && useradd -r -u 4711 -g app app
WORKDIR /srv/app
COPY app.conf /etc/app.conf
COPY . .
RUN npm ci
RUN mkdir -p data && chown -R app:app data && chmod 700 data
COPY entrypoint.sh /usr/local/bin/entrypoint.sh
RUN chmod +x /usr/local/bin/entrypoint.sh
USER app
ENTRYPOINT ["entrypoint.sh"]
CMD ["node", "server.js"]
`

describe.skipIf(!hasBaseImages)('with an engine (needs dockerd, docker-registry, debootstrap, skopeo, npm, go)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-split-'))
  let engine: Engine
  let bases: Awaited<ReturnType<typeof startBaseImages>>
  beforeAll(async () => {
    bases = await startBaseImages(['node:24-slim'])
    engine = await startEngine({ mirror: bases.mirror })
    // The full-size one is made in minutes: here it is the small one with what a compiler takes.
    const fat = mkdtempSync(join(tmpdir(), 'bulkhead-fat-'))
    writeFileSync(
      join(fat, 'Dockerfile'),
      'FROM node:24-slim\nRUN dd if=/dev/zero of=/usr/lib/headers bs=1M count=500 && ln -s /bin/true /usr/bin/gcc\n',
    )
    engine.docker('build', '-q', '--network', 'none', '-t', 'node:24', fat)
    rmSync(fat, { recursive: true })
  }, 900_000)
  afterAll(async () => {
    await engine?.stop()
    await bases?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('a Node.js program: its user, its rights, its settings and files elsewhere are there, and the compiler is not', async () => {
    const { text, left } = await untilStill(split, { dockerfile, context, stacks: [{ name: 'node' }] })
    assert.equal(left, undefined)
    assert.match(text, /^FROM node:24-slim$/m)
    mkdirSync(folder, { recursive: true })
    for (const [name, body] of Object.entries(context)) writeFileSync(join(folder, name), body)
    const say = (tag: string, file: string): string => {
      writeFileSync(join(folder, 'Dockerfile'), file)
      engine.docker('build', '--network', 'host', '-q', '-t', tag, folder)
      return engine.docker('run', '--rm', '--network', 'host', '--cap-drop', 'ALL', tag).trim()
    }
    assert.equal(say('before', dockerfile), '4711 plain configured kept true')
    assert.equal(say('after', text), '4711 plain configured kept false')
    const size = (tag: string): number => Number(engine.docker('image', 'inspect', '-f', '{{.Size}}', tag))
    assert.ok(size('after') < size('before') / 3, `${size('after')} of ${size('before')} bytes`)
  }, 300_000)
})
