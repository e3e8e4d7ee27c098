/** Rules on built images: their samples, and images that a real engine built. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { validOptions } from '../src/flows/settings.ts'
import { judgeImage } from '../src/judge/judge-image.ts'
import { imageRules } from '../src/judge/rules/image-registry.ts'
import { hasEngine, startEngine } from './components.ts'
import { readFacts } from './image-facts.ts'
import { expectTexts } from './rule-texts.ts'
import { tar } from './tar-writer.ts'

describe.each(Object.entries(imageRules))('%s', (id, rule) => {
  test('its texts', () => expectTexts(rule))

  test.each(rule.examples.map((example, i) => [i, example] as const))('example %i', async (_, { bad, good, options }) => {
    const running = new Map(
      Object.entries(imageRules).map(([name, one]) => [
        name,
        { rule: one, severity: undefined, options: validOptions(name, one, name === id ? options : undefined, undefined) },
      ]),
    )
    const judge = (text: string) => judgeImage(readFacts(text), running)
    const found = await judge(bad)
    expect(found.problems).toEqual([])
    expect([...new Set(found.findings.map(one => one.rule))]).toEqual([id])
    for (const { message, fix } of found.findings) {
      expect(message).not.toMatch(/\.$/)
      expect(fix?.safety).toBe('manual')
      expect(fix?.title).not.toMatch(/\.$/)
    }
    expect(await judge(good)).toEqual({ findings: [], problems: [] })
  })
})

const isComplete = hasEngine && existsSync('/bin/busybox')
const top = mkdtempSync(join(tmpdir(), 'bulkhead-image-rules-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
const run = (args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, '../src/cli/run.ts'), ...args], {
    cwd: top,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HOME: join(top, 'home'),
      BULKHEAD_CACHE: join(top, 'cache'),
      DOCKER_HOST: `unix://${join(top, 'none')}`,
    },
  })
  return { status, stdout, stderr }
}

/** Version 2 of a file's capabilities: the effective flag, then the permitted and inheritable sets of 32 bits, twice. */
const capability = (bit: number): Buffer => {
  const value = Buffer.alloc(20)
  value.writeUInt32LE(0x02000001, 0)
  value.writeUInt32LE(1 << bit, 4)
  return value
}

/** A record of POSIX.1-2001 says its own length. */
const record = (key: string, value: Buffer): Buffer => {
  const size = key.length + value.length + 3
  const length = size + String(size + String(size).length).length
  return Buffer.concat([Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')])
}

const hash = '$6$abcdefgh$Q1W2E3R4T5Y6U7I8O9P0'

describe.skipIf(!isComplete)('images that an engine built (needs dockerd, busybox-static)', () => {
  beforeAll(async () => {
    const context = join(top, 'context')
    const put = (name: string, body: string): void => {
      mkdirSync(join(context, name, '..'), { recursive: true })
      writeFileSync(join(context, name), body)
    }
    mkdirSync(join(context, 'root/bin'), { recursive: true })
    cpSync('/bin/busybox', join(context, 'root/bin/busybox'))
    put(
      'bad/etc/passwd',
      'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\ntwin:x:1000:1000::/:/bin/sh\nann::1001:1001::/:/bin/sh\n',
    )
    put('bad/etc/shadow', `root:${hash}:20000::::::\napp:!:20000::::::\ntwin:*:20000::::::\n`)
    put('bad/etc/group', 'root:x:0:\napp:x:1000:\n')
    put('bad/srv/.git/HEAD', 'ref: refs/heads/main\n')
    put('bad/var/lib/apt/lists/deb.example_Packages', 'Package: x\n')
    put('good/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n')
    put('good/etc/shadow', `root:*:20000::::::\napp:${hash}:20000::::::\n`)
    put('good/etc/group', 'root:x:0:\napp:x:1000:\n')
    writeFileSync(
      join(context, 'capable.tar'),
      tar([
        { path: 'opt/raw', type: 'pax', body: record('SCHILY.xattr.security.capability', capability(13)) },
        { path: 'opt/raw', body: 'program', mode: 0o755 },
      ]),
    )
    writeFileSync(
      join(context, 'Dockerfile'),
      `FROM scratch AS base
COPY root /
RUN ["/bin/busybox", "--install", "-s", "/bin"]
FROM base AS bad
COPY bad /
ADD capable.tar /
RUN cp /bin/busybox /bin/helper && chmod 4755 /bin/helper
RUN cp /bin/busybox /bin/gone && chmod 4755 /bin/gone
RUN rm /bin/gone
RUN echo x > /opt/everybody && chmod 666 /opt/everybody && mkdir -m 777 /opt/open && mkdir -m 1777 /opt/sticky /tmp
EXPOSE 8080
CMD ["/bin/helper", "httpd", "-f"]
FROM base AS steps
COPY good /
RUN cp /bin/busybox /bin/su-exec && echo 'exec su-exec app "$@"' > /start.sh && chmod 755 /start.sh && mkdir -m 1777 /tmp
ENTRYPOINT ["/start.sh"]
FROM base AS good
COPY good /
RUN mkdir -m 1777 /tmp
LABEL org.opencontainers.image.source=https://git.example/shop/app org.opencontainers.image.revision=5f1c9a0
EXPOSE 8080
HEALTHCHECK CMD ["/bin/busybox", "true"]
USER app
CMD ["/bin/sh", "-c", "sleep 1"]
`,
    )
    const engine = await startEngine()
    try {
      for (const name of ['bad', 'steps', 'good']) {
        engine.docker('build', '-q', '--network', 'none', '--target', name, '-t', `shop/${name}:1`, context)
        engine.docker('save', '-o', join(top, `${name}.tar`), `shop/${name}:1`)
      }
    } finally {
      await engine.stop()
    }
  }, 240_000)

  type Report = {
    findings: { rule: string; key: string; severity: string; message: string; at: { path?: string; layer?: number }[] }[]
  }
  const findings = (name: string) => {
    const { status, stdout } = run(['history', `${name}.tar`, '-f', 'json', '-q'])
    return { status, all: (JSON.parse(stdout) as Report).findings }
  }

  test('what an image has that it should not is found, and where', () => {
    const { status, all } = findings('bad')
    expect(status).toBe(1)
    const about = (rule: string) => all.filter(one => one.rule === `image/${rule}`)
    expect(about('user-root')).toMatchObject([{ severity: 'high', at: [{ in: 'config', field: 'user' }] }])
    expect(about('setuid-file')[0]!.at.map(({ path }) => path)).toEqual(['/bin/helper'])
    expect(about('setuid-file')[0]!.at[0]!.layer).toBe(5)
    expect(about('healthcheck-missing')[0]!.message).toContain('`8080/tcp`')
    expect(about('file-capability')).toMatchObject([
      { message: 'whoever starts them has capabilities: `/opt/raw` (cap_net_raw)', at: [{ path: '/opt/raw', layer: 4 }] },
    ])
    expect(about('world-writable-file')).toMatchObject([{ at: [{ path: '/opt/everybody' }] }])
    expect(about('world-writable-folder')[0]!.at.map(({ path }) => path)).toEqual(['/opt/open'])
    expect(about('git-folder')).toMatchObject([{ at: [{ path: '/srv/.git' }] }])
    expect(about('empty-password')).toMatchObject([
      { severity: 'high', message: 'an account has an empty password: `ann`', at: [{ path: '/etc/passwd' }] },
    ])
    expect(about('duplicate-uid')).toMatchObject([
      { severity: 'low', message: '`app` and `twin` are one user: all have the uid 1000' },
    ])
    expect(about('package-cache')).toMatchObject([{ at: [{ path: '/var/lib/apt/lists' }] }])
    expect(about('provenance-missing')).toHaveLength(1)
    // A program in exec form needs no shell.
    expect(about('shell-left')[0]!.message).toMatch(/`\/bin\/helper` is started without a shell, and the image has `\/bin\/ash`/)
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length)
  })

  test('one that runs as somebody else is silent on these', () => {
    const rules = findings('good').all.map(({ rule }) => rule)
    for (const rule of [
      'user-root',
      'user-unknown',
      'setuid-file',
      'file-capability',
      'world-writable-file',
      'world-writable-folder',
      'git-folder',
      'empty-password',
      'duplicate-uid',
      'healthcheck-missing',
      'package-cache',
      'provenance-missing',
      'shell-left',
    ])
      expect(rules).not.toContain(`image/${rule}`)
  })

  test('a script that gives up root weighs less, and needs its shell', () => {
    const { status, all } = findings('steps')
    expect(status).toBe(0)
    expect(all.find(({ rule }) => rule === 'image/user-root')).toMatchObject({
      severity: 'low',
      message: 'no user is set: the container starts as root, and only the entry point, by `/bin/su-exec`, gives that up',
    })
    expect(all.map(({ rule }) => rule)).not.toContain('image/shell-left')
  })

  test('people read it, and hashes of passwords stay nowhere', () => {
    const { stdout } = run(['history', 'bad.tar', '-q'])
    expect(stdout).toContain('What the image has that it should not')
    expect(stdout.replace(/\s+/g, ' ')).toContain('no user is set, so the container runs as root')
    expect(stdout).toContain('from: RUN cp /bin/busybox /bin/helper')
    expect(run(['history', 'good.tar', '--fail-on', 'high', '-q']).status).toBe(0)
    expect(readdirSync(join(top, 'cache'), { recursive: true }).length).toBeGreaterThan(5)
    for (const name of readdirSync(join(top, 'cache'), { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.zst'))
        expect(zstdDecompressSync(readFileSync(join(top, 'cache', name)).subarray(4)).includes(hash), name).toBe(false)
  })

  test('only history counts: what sbom remembers has no census', () => {
    const outputs = [run(['sbom', 'bad.tar', '-f', 'json', '-q']).stdout, run(['sbom', 'good.tar', '-q']).stdout]
    for (const output of outputs) expect(output).not.toContain('census')
  })

  test('a rule is explained by its name and by those of others', () => {
    expect(run(['explain', 'image/user-root']).stdout).toContain('Containers of the image run as root')
    expect(run(['explain', 'DKL-LI-0002']).stdout).toContain('image/duplicate-uid')
    expect(run(['rules']).stdout).toContain('image/shell-left')
  })
})

test('how old an image may be is for the user to say; one that was not read whole is not said to lack anything', () => {
  const layer = tar([{ path: 'app', body: 'x', mode: 0o755 }])
  const write = (name: string, bytes: Buffer): void => {
    const created = new Date(Date.now() - 100 * 24 * 60 * 60 * 1000).toISOString()
    const diffId = `sha256:${createHash('sha256').update(layer).digest('hex')}`
    writeFileSync(
      join(top, name),
      tar([
        { path: 'manifest.json', body: JSON.stringify([{ Config: 'c.json', RepoTags: ['shop/old:latest'], Layers: ['l.tar'] }]) },
        {
          path: 'c.json',
          body: JSON.stringify({
            architecture: 'arm64',
            os: 'linux',
            created,
            config: { User: 'app' },
            rootfs: { type: 'layers', diff_ids: [diffId] },
          }),
        },
        { path: 'l.tar', body: bytes },
      ]),
    )
  }
  const rules = (...args: string[]): readonly string[] =>
    (JSON.parse(run(['history', ...args, '-f', 'json', '-q']).stdout) as { findings: { rule: string }[] }).findings.map(
      ({ rule }) => rule,
    )
  write('old.tar', layer)
  expect(rules('old.tar')).toEqual(['image/user-unknown', 'image/tag-latest', 'image/provenance-missing'])
  expect(rules('old.tar', '--max-age', '30')).toContain('image/old')
  write('broken.tar', Buffer.concat([layer.subarray(0, 512), Buffer.alloc(2048, 7)]))
  expect(rules('broken.tar')).not.toContain('image/user-unknown')
})
