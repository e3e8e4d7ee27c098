/**
 * npm run bench:scan: matching and building beside a bare node, whole processes, as ratios of medians. Needs nothing but this repository: a database of
 * 300,000 advisories more than the shipped ones, made of real records under other names, and an SBOM of 5,000 packages.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { shippedDatabase } from '../scripts/database.ts'
import type { AdvisoryRecord, FeedItem } from '../src/model/advisory.ts'
import { openDatabase } from '../src/store/advisory-database.ts'
import { databaseFiles } from '../src/store/database-files.ts'

const root = join(import.meta.dirname, '..')
const work = mkdtempSync(join(tmpdir(), 'bulkhead-bench-scan-'))
const isGnuTime = existsSync('/usr/bin/time')
const more = 300_000
const packages = 5000
const times = 11

/** Pseudo-random numbers below `limit`, the same in every run. */
const numbers = (): ((limit: number) => number) => {
  let state = 1
  return limit => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

const measure = (args: readonly string[], env: NodeJS.ProcessEnv = {}, runs = times): { seconds: number; memory: number } => {
  const seconds: number[] = []
  let memory = 0
  for (let i = 0; i <= runs; i++) {
    const command = isGnuTime ? ['/usr/bin/time', '-f', 'peak %M', process.execPath, ...args] : [process.execPath, ...args]
    const start = process.hrtime.bigint()
    const { status, stderr } = spawnSync(command[0]!, command.slice(1), {
      encoding: 'utf8',
      maxBuffer: 1e9,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
    })
    const end = process.hrtime.bigint()
    if (status !== 0 && status !== 1) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr.slice(-500)}`)
    if (i > 0 || runs === 0) seconds.push(Number(end - start) / 1e9)
    memory = Math.max(memory, Number(/peak (\d+)/.exec(stderr)?.[1] ?? 0) / 1000)
  }
  return { seconds: seconds.sort((a, b) => a - b)[Math.floor(seconds.length / 2)]!, memory }
}

try {
  execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'ignore' })
  const program = join(root, 'dist/bulkhead.cjs')
  const shipped = await shippedDatabase(undefined, true)

  const source = openDatabase(join(shipped, 'advisories.db'))
  const total = source.feeds
    .filter(({ feed }) => !['epss', 'cvss', 'kev', 'endoflife'].includes(feed))
    .reduce((sum, { records }) => sum + records, 0)
  const real = [
    ...source.named('CVE-2021-44906'),
    ...source.named('CVE-2022-0155'),
    ...source.named('CVE-2021-3749'),
    ...source.named('CVE-2020-28500'),
  ]
  source.close()
  if (real.length === 0) throw new Error('the shipped data have none of the records that this is made of')
  const folder = join(work, 'database')
  const files = databaseFiles(folder, shipped, () => new Date().toISOString())
  await files.change(async writer => {
    const random = numbers()
    const items = function* (): Generator<FeedItem> {
      for (let i = 0; i < more; i++) {
        const { feed: _feed, packages: _packages, ...one } = real[i % real.length]!
        const record: AdvisoryRecord = {
          ...one,
          id: `BENCH-${i}`,
          aliases: [`CVE-${2000 + (i % 26)}-${10_000 + i}`],
          affected: [
            {
              ecosystem: 'npm',
              // A few packages have many advisories, most have one.
              name: `package-${random(20) === 0 ? random(500) : random(250_000)}`,
              keyedBy: 'binary',
              ranges: [{ fixed: `1.${random(20)}.${random(10)}` }],
            },
          ],
        }
        yield { kind: 'advisory', record }
      }
    }
    const state = writer.feeds.find(({ feed }) => feed === 'ghsa')!
    writer.replace({ ...state, feed: 'bench', part: '', title: 'Bench', ecosystems: ['npm'], completeness: 'all' }, items())
  })
  const random = numbers()
  const sbom = join(work, 'sbom.json')
  writeFileSync(
    sbom,
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      components: Array.from({ length: packages }, (_, i) => {
        // Most installed versions are above the fixes that are known.
        const version = random(40) === 0 ? '1.5.0' : '2.0.0'
        // About one in five has advisories, as in real applications; some have many.
        const name = i < 300 ? `package-${i}` : `package-${random(1_500_000)}`
        return { type: 'library', name: `${name}-${i}`.replace(/-\d+$/, ''), version, purl: `pkg:npm/${name}@${version}` }
      }),
    }),
  )
  const bare = measure(['-e', '0'])
  const env = { BULKHEAD_DB: folder, BULKHEAD_CACHE: join(work, 'cache') }
  const scan = measure(
    [program, 'scan', `sbom:${sbom}`, '-q', '-f', 'json', '-o', join(work, 'report.json'), '--no-ignore-files'],
    env,
  )
  const status = measure([program, 'db', 'status'], env)
  const build = process.env.BULKHEAD_KEEP
    ? bare
    : measure([program, 'db', 'build', join(root, 'data'), '-q', '-o', join(work, 'built')], {}, 1)
  const report = JSON.parse((await import('node:fs')).readFileSync(join(work, 'report.json'), 'utf8')) as { findings: unknown[] }

  console.log(
    `${packages} packages, ${total + more} advisories, ${report.findings.length} findings; ${cpus().length} × ${cpus()[0]?.model ?? '?'}; medians of ${times}\n`,
  )
  console.log('| | seconds | × node -e 0 | limit | peak MB | limit |\n|---|---|---|---|---|---|')
  const row = (
    what: string,
    { seconds, memory }: { seconds: number; memory: number },
    limit: string,
    memoryLimit: string,
  ): void =>
    console.log(
      `| ${what} | ${seconds.toFixed(3)} | ${(seconds / bare.seconds).toFixed(2)} | ${limit} | ${memory.toFixed(0)} | ${memoryLimit} |`,
    )
  row('node -e 0', bare, '', '')
  row('scan of the SBOM', scan, '7 ×', '250')
  row('db status', status, '', '')
  row('db build data', build, '60 s', '400')
  console.log(`\nthe shipped database has ${(statSync(join(shipped, 'advisories.db')).size / 1e6).toFixed(1)} MB`)
} finally {
  if (process.env.BULKHEAD_KEEP) console.log(work)
  else rmSync(work, { recursive: true, force: true })
}
