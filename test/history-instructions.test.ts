/** The history of images that a real engine built, by its classic builder and by BuildKit: each step is told as the Dockerfile has it. */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasEngine, startEngine } from './components.ts'

const isComplete = hasEngine && existsSync('/bin/busybox')
const top = mkdtempSync(join(tmpdir(), 'bulkhead-instructions-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
const program = join(import.meta.dirname, '../src/cli/run.ts')

const text = `FROM scratch
COPY bin /bin/
ARG A
SHELL ["/bin/busybox", "sh", "-ec"]
RUN echo $A && \\
    # theirs
    echo "two  blanks" \\
      > /dev/null
SHELL ["/bin/busybox", "sh"]
RUN ["/bin/busybox", "true", "it is"]
EXPOSE 80/tcp 443/tcp
VOLUME /data
HEALTHCHECK --interval=5m --timeout=3s --start-period=1m --retries=40 CMD wget -q "http://x/" || exit 1
HEALTHCHECK --interval=90s CMD ["/bin/wget", "a b"]
HEALTHCHECK NONE
USER 1000
ENTRYPOINT ["/bin/busybox", "say \\"hi\\""]
CMD ["a b", "c"]
`

const told = new Map<string, readonly string[]>()
let shown = ''
beforeAll(async () => {
  if (!isComplete) return
  mkdirSync(join(top, 'context/bin'), { recursive: true })
  cpSync('/bin/busybox', join(top, 'context/bin/busybox'))
  writeFileSync(join(top, 'context/Dockerfile'), text)
  const engine = await startEngine()
  try {
    for (const [name, buildKit] of [
      ['classic', '0'],
      ['buildkit', '1'],
    ] as const) {
      const args = ['build', '-q', '--network', 'none', '--build-arg', 'A=aa', '-t', `${name}:1`, join(top, 'context')]
      const env = { ...process.env, DOCKER_HOST: `unix://${engine.socket}`, DOCKER_BUILDKIT: buildKit, DOCKER_CONFIG: top }
      execFileSync('/usr/bin/docker', args, { env, stdio: 'pipe' })
      engine.docker('save', '-o', join(top, `${name}.tar`), `${name}:1`)
      const history = (...rest: readonly string[]): string =>
        spawnSync(process.execPath, [program, 'history', join(top, `${name}.tar`), '-q', ...rest], {
          encoding: 'utf8',
          env: { PATH: process.env.PATH, HOME: top, BULKHEAD_CACHE: join(top, 'cache') },
        }).stdout
      const { steps } = JSON.parse(history('-f', 'json')) as { steps: { instruction: string }[] }
      told.set(
        name,
        steps.map(({ instruction }) => instruction),
      )
      shown = history()
    }
  } finally {
    await engine.stop()
  }
}, 120_000)

const common = [
  'ARG A',
  'SHELL ["/bin/busybox", "sh", "-ec"]',
  'RUN echo $A &&     echo "two  blanks"       > /dev/null',
  'SHELL ["/bin/busybox", "sh"]',
  'RUN /bin/busybox true it is',
]
const end = [
  'VOLUME /data',
  'HEALTHCHECK --interval=5m --timeout=3s --start-period=1m --retries=40 CMD wget -q "http://x/" || exit 1',
  'HEALTHCHECK --interval=1m30s CMD ["/bin/wget", "a b"]',
  'HEALTHCHECK NONE',
  'USER 1000',
  'ENTRYPOINT ["/bin/busybox", "say \\"hi\\""]',
  'CMD ["a b", "c"]',
]

describe.skipIf(!isComplete)('each step is told as the Dockerfile has it (needs dockerd, busybox-static)', () => {
  test('by BuildKit', () => {
    expect(told.get('buildkit')).toEqual(['COPY bin /bin/', ...common, 'EXPOSE 443/tcp 80/tcp', ...end])
  })

  test('by the classic builder', () => {
    const [first, ...rest] = told.get('classic') ?? []
    expect(first).toMatch(/^COPY dir:[0-9a-f]+ in \/bin\/$/)
    expect(rest).toEqual([...common, 'EXPOSE 443/tcp 80/tcp', ...end])
  })

  test('people see lines, and the numbers that JSON has', () => {
    expect(shown).toMatch(/ step 3: RUN echo \$A &&\n +echo "two {2}blanks"\n +> \/dev\/null\n/)
  })
})
