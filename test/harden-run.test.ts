/** What the transformations write, built and run by a real engine: as somebody else than root, with nothing that can be written but what is said, and no capabilities. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { proposedRun } from '../src/change/harden/proposed-run.ts'
import type { Transformation } from '../src/change/harden/transformation.ts'
import healthcheck from '../src/change/harden/transformations/healthcheck.ts'
import ownership from '../src/change/harden/transformations/ownership.ts'
import ports from '../src/change/harden/transformations/ports.ts'
import setuid from '../src/change/harden/transformations/setuid.ts'
import user from '../src/change/harden/transformations/user.ts'
import { type ProposedRun, tmpfsText } from '../src/model/hardening.ts'
import { type BaseImages, hasBaseImages, startBaseImages } from './base-images.ts'
import { type Engine, startEngine } from './components.ts'
import { type Given, subjectOf, untilStill } from './harden-still.ts'

describe.skipIf(!hasBaseImages)(
  'hardened images, built and run (needs root, dockerd, docker-registry, debootstrap, skopeo)',
  () => {
    let images: BaseImages
    let engine: Engine
    let count = 0
    beforeAll(async () => {
      images = await startBaseImages(['debian:12-slim', 'nginx:1.22'])
      engine = await startEngine({ mirror: images.mirror })
    }, 900_000)
    afterAll(async () => {
      await engine?.stop()
      await images?.stop()
    })

    /** Hardens, builds, starts with the proposed flags on a kernel whose low ports are root’s, as Kubernetes has them. */
    const start = async (
      given: Given,
      ...all: readonly Transformation[]
    ): Promise<{ readonly name: string; readonly run: ProposedRun; readonly text: string }> => {
      let { dockerfile, context = {} } = given
      for (const one of all) {
        const still = await untilStill(one, { ...given, dockerfile, context })
        dockerfile = still.text
        context = still.files
      }
      const run = proposedRun(await subjectOf({ ...given, context }, dockerfile, new Map(Object.entries(context))))
      const folder = mkdtempSync(join(tmpdir(), 'bulkhead-harden-'))
      const name = `hardened-${++count}`
      try {
        for (const [path, text] of Object.entries({ ...context, Dockerfile: dockerfile })) {
          mkdirSync(dirname(join(folder, path)), { recursive: true })
          writeFileSync(join(folder, path), text)
        }
        engine.docker('build', '-q', '--network', 'none', '-t', name, folder)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
      engine.docker(
        ...['run', '-d', '--name', name, '--network', 'none', '--sysctl', 'net.ipv4.ip_unprivileged_port_start=1024'],
        ...['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
        ...(run.user === undefined ? [] : ['--user', run.user]),
        ...run.tmpfs.flatMap(path => ['--tmpfs', tmpfsText(run, path)]),
        name,
      )
      return { name, run, text: dockerfile }
    }
    const inside = (name: string, script: string): string => engine.docker('exec', name, 'sh', '-c', script).trim()
    const answers = async (name: string, url: string): Promise<string> => {
      for (let i = 0; i < 50; i++) {
        const body = inside(name, `curl -fsS ${url} 2>&1 || true`)
        if (!/^curl:/.test(body)) return body
        await sleep(100)
      }
      return assert.fail(engine.docker('logs', name))
    }

    test('nginx as it comes listens on 8080 as its own user, and is healthy', async () => {
      const { name, run, text } = await start(
        {
          dockerfile: 'FROM nginx:1.22\nCOPY index.html /usr/share/nginx/html/\nEXPOSE 80\n',
          context: { 'index.html': 'shop\n' },
        },
        ...[ownership, ports, user, healthcheck, setuid],
      )
      assert.match(text, /\nEXPOSE 8080\n/)
      assert.deepEqual([run.user, run.tmpfs], ['101:101', ['/tmp']])
      assert.equal(await answers(name, 'http://127.0.0.1:8080/'), 'shop')
      assert.equal(inside(name, 'id -u; grep CapEff /proc/1/status | cut -f 2'), '101\n0000000000000000')
      const withBits = (image: string): string =>
        engine
          .docker(
            ...['run', '--rm', '--user', '0', '--network', 'none', '--entrypoint', 'find', image],
            ...'/ -xdev -type f -perm /6000'.split(' '),
          )
          .trim()
      assert.match(withBits('nginx:1.22'), /\/su$/m)
      assert.equal(withBits(name), '')
      engine.docker('exec', name, ...healthWords(text))
    })

    test('nginx with its site in the context', async () => {
      const { name } = await start(
        {
          dockerfile: 'FROM nginx:1.22\nCOPY site.conf /etc/nginx/conf.d/default.conf\nCOPY index.html /srv/\n',
          context: { 'index.html': 'ours\n', 'site.conf': 'server {\n  listen 80;\n  listen [::]:80;\n  root /srv;\n}\n' },
        },
        ...[ports, user],
      )
      assert.equal(await answers(name, 'http://127.0.0.1:8080/'), 'ours')
    })

    test('a cache of nginx is a tmpfs that belongs to its user', async () => {
      const site =
        'proxy_cache_path /var/cache/nginx/c keys_zone=c:1m;\nserver {\n  listen 80;\n  location / { proxy_cache c; proxy_pass http://127.0.0.1:8081; }\n}\nserver {\n  listen 81;\n  root /srv;\n}\n'
      const { name, run } = await start(
        {
          dockerfile: 'FROM nginx:1.22\nCOPY site.conf /etc/nginx/conf.d/default.conf\nCOPY index.html /srv/\n',
          context: { 'index.html': 'cached\n', 'site.conf': site },
          stacks: [{ name: 'static', writes: [{ value: '/var/cache/nginx', by: 'site.conf' }] }],
        },
        ...[ownership, ports, user],
      )
      assert.deepEqual(run.tmpfs, ['/tmp', '/var/cache/nginx'])
      assert.equal(await answers(name, 'http://127.0.0.1:8080/'), 'cached')
    })

    test('an account made for it may write to its folder, and not to the program', async () => {
      const { name, run, text } = await start(
        {
          dockerfile:
            'FROM debian:12-slim\nWORKDIR /app\nCOPY . .\nRUN chmod -R 777 /app\nVOLUME /data\nENTRYPOINT ["sh", "/app/run.sh"]\n',
          context: { 'run.sh': 'exec sleep 1000\n' },
          stacks: [{ writes: [{ value: '/data', by: 'run.sh' }] }],
        },
        ...[ownership, user, setuid],
      )
      assert.match(text, /useradd -r -u 10001/)
      assert.deepEqual([run.user, run.volumes], ['10001:10001', ['/data']])
      assert.equal(inside(name, 'id -un; id -gn; touch /data/x && stat -c %U /data/x /app/run.sh'), 'app\napp\napp\nroot')
      assert.equal(inside(name, 'touch /app/x 2>/dev/null || echo no; stat -c %a /app'), 'no\n755')
      const writable = inside(name, 'find / -xdev -writable -not -path "/proc/*" -not -path "/dev/*" 2>/dev/null || true')
      assert.deepEqual(
        writable.split('\n').filter(path => !/^\/(?:var\/)?tmp$|^\/run\/lock$|^\/dev/.test(path)),
        ['/data'],
      )
    })

    test('a name becomes the number that its account is given', async () => {
      const { name, run, text } = await start(
        { dockerfile: 'FROM debian:12-slim\nRUN useradd --create-home web\nUSER web\nCMD ["sleep", "1000"]\n', stacks: [{}] },
        ...[ownership, user],
      )
      assert.match(text, /useradd -u 10001 --create-home web\nUSER 10001\n/)
      assert.equal(run.user, '10001')
      assert.equal(inside(name, 'id -un; id -gn'), 'web\nweb')
    })
  },
  600_000,
)

/** The words of the HEALTHCHECK, in its exec form. */
const healthWords = (text: string): readonly string[] => JSON.parse(/HEALTHCHECK[^[]*(\[[^\n]*\])/.exec(text)![1]!) as string[]
