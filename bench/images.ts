/**
 * npm run bench:images [-- FOLDER]: reading images beside public yardsticks on the same bytes in the same run, whole processes, as ratios of medians.
 * FOLDER keeps the image that is read (about 3 GB) for the next time; else it is made anew. Needs root, Debian's tools (debootstrap, docker.io, pigz,
 * isal, zstd) and Go.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEngine } from '../test/components.ts'
import { makeImage } from './image.ts'

const root = join(import.meta.dirname, '..')
const [given] = process.argv.slice(2)
const own = given === undefined ? mkdtempSync(join(tmpdir(), 'bulkhead-bench-image-')) : undefined
const folder = given ?? own!
const cache = mkdtempSync(join(tmpdir(), 'bulkhead-bench-cache-'))
const isGnuTime = existsSync('/usr/bin/time')

execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'ignore' })
const program = join(root, 'dist/bulkhead.cjs')
const image = makeImage(folder)
const engine = await startEngine()

const times = 5
/** Median seconds of whole runs, and the largest resident set in MB. */
const measure = (command: string, env: NodeJS.ProcessEnv = {}): { readonly seconds: number; readonly memory: number } => {
  const seconds: number[] = []
  let memory = 0
  for (let i = 0; i <= times; i++) {
    const start = process.hrtime.bigint()
    const line = isGnuTime ? `/usr/bin/time -f 'peak %M' bash -c ${quote(command)}` : command
    const { status, stderr } = spawnSync('bash', ['-c', line], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1e9,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, BULKHEAD_CACHE: cache, ...env },
    })
    const end = process.hrtime.bigint()
    if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.slice(-500)}`)
    // The first run warms the page cache.
    if (i > 0) seconds.push(Number(end - start) / 1e9)
    memory = Math.max(memory, Number(/peak (\d+)/.exec(stderr)?.[1] ?? 0) / 1000)
  }
  return { seconds: seconds.sort((a, b) => a - b)[Math.floor(times / 2)]!, memory }
}
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const names = image.layers.map(path => path.slice(path.lastIndexOf('/') + 1))
const each = (command: (name: string) => string): string => names.map(command).join(' && ')
const bulkhead = (command: string, subject: string, more: string): string =>
  `${quote(process.execPath)} ${quote(program)} ${command} -q -o /dev/null ${more} ${subject}`
const sbom = (subject: string, more = '--no-cache'): string => bulkhead('sbom', subject, `-f cyclonedx ${more}`)

try {
  execFileSync('/usr/bin/docker', ['load', '-q', '-i', image.archive], {
    env: { ...process.env, DOCKER_HOST: `unix://${engine.socket}` },
    stdio: 'ignore',
  })
  const daemon = { DOCKER_HOST: `unix://${engine.socket}` }
  const bySize = [...names].sort(
    (a, b) =>
      Number(spawnSync('stat', ['-c', '%s', join(folder, `${b}.gz`)], { encoding: 'utf8' }).stdout) -
      Number(spawnSync('stat', ['-c', '%s', join(folder, `${a}.gz`)], { encoding: 'utf8' }).stdout),
  )
  const cases: {
    readonly what: string
    readonly ours: string
    readonly yardstick: string
    readonly command: string
    readonly limit: number
    readonly env?: NodeJS.ProcessEnv
  }[] = [
    {
      what: 'gzip layers',
      ours: sbom('oci-gzip'),
      yardstick: 'pigz -dc | tar t',
      command: each(name => `pigz -dc ${name}.gz | tar t`),
      limit: 0.55,
    },
    {
      what: 'gzip layers',
      ours: sbom('oci-gzip'),
      yardstick: 'igzip -dc, two at a time',
      command: `printf '%s\\n' ${bySize.join(' ')} | xargs -P2 -I{} sh -c 'igzip -dc {}.gz >/dev/null'`,
      limit: 2,
    },
    {
      what: 'zstd layers',
      ours: sbom('oci-zstd'),
      yardstick: 'zstd -dc',
      command: each(name => `zstd -dc ${name.replace('.tar', '.tar.zst')}`),
      limit: 1.3,
    },
    {
      what: 'uncompressed archive',
      ours: sbom('archive.tar'),
      yardstick: 'gzip -dc | tar t',
      command: each(name => `gzip -dc ${name}.gz | tar t`),
      limit: 0.08,
    },
    {
      what: "the engine's storage",
      ours: sbom('docker:bench:1'),
      yardstick: 'docker save | tar t',
      command: '/usr/bin/docker save bench:1 | tar t',
      limit: 0.1,
      env: daemon,
    },
    {
      what: 'archive, the second time',
      ours: sbom('archive.tar', ''),
      yardstick: 'node -e 0',
      command: `${quote(process.execPath)} -e 0`,
      limit: 3,
    },
    {
      what: 'gzip layers, the second time',
      ours: sbom('oci-gzip', ''),
      yardstick: 'node -e 0',
      command: `${quote(process.execPath)} -e 0`,
      limit: 3,
    },
  ]
  for (const subject of ['oci-gzip', 'archive.tar'])
    cases.push({
      what: `${subject === 'oci-gzip' ? 'gzip layers' : 'uncompressed archive'}, with secrets`,
      ours: bulkhead('history', subject, '-f json --no-cache --fail-on none'),
      yardstick: 'bulkhead sbom',
      command: sbom(subject),
      limit: 2.5,
    })
  const model = cpus()[0]?.model ?? '?'
  console.log(
    `${image.files} files, ${(image.bytes / 1e6).toFixed(0)} MB in ${names.length} layers, gzip ratio ${(image.bytes / image.gzipBytes).toFixed(2)}; ${cpus().length} × ${model}; medians of ${times}\n`,
  )
  console.log('| what is read | seconds | peak MB | yardstick | seconds | ratio | limit |\n|---|---|---|---|---|---|---|')
  let missed = 0
  for (const { what, ours, yardstick, command, limit, env } of cases) {
    const mine = measure(ours, env)
    const other = measure(command, env)
    const ratio = mine.seconds / other.seconds
    if (ratio > limit) missed++
    console.log(
      `| ${what} | ${mine.seconds.toFixed(3)} | ${mine.memory.toFixed(0)} | ${yardstick} | ${other.seconds.toFixed(3)} | ${ratio.toFixed(3)}${ratio > limit ? ' (missed)' : ''} | ${limit} |`,
    )
  }
  console.log(`\n${missed} of ${cases.length} limits missed`)
  if (existsSync('/proc/loadavg')) console.log(`load ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}`)
} finally {
  await engine.stop()
  rmSync(cache, { recursive: true, force: true })
  if (own !== undefined) rmSync(own, { recursive: true, force: true })
}
