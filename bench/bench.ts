/**
 * npm run bench [-- DIR]: whole processes of the built package beside a bare `node -e 0`, in the same run, as ratios of medians; machines
 * are noisy. With DIR the first 1,000 Dockerfiles below it are judged, and the first 1,000 files of Compose and Kubernetes; without it 1,000 generated ones of each.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDockerfileName, isManifestName } from '../src/flows/discover.ts'
import { looksLikeCompose } from '../src/read/compose/recognise.ts'
import { looksLikeKubernetes } from '../src/read/kubernetes/looks-like-kubernetes.ts'
import { generateDockerfile } from './generate.ts'
import { generateCompose, generateManifests } from './generate-manifests.ts'

const root = join(import.meta.dirname, '..')
const [dir] = process.argv.slice(2)
execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'ignore' })
const program = join(root, 'dist/bulkhead.cjs')

const folder = mkdtempSync(join(tmpdir(), 'bulkhead-bench-'))
const wanted = 1000
try {
  const many = join(folder, 'many')
  mkdirSync(many)
  let files = 0
  let bytes = 0
  const put = (write: (path: string) => void): void => {
    const own = join(many, String(files++))
    mkdirSync(own)
    const path = join(own, 'Dockerfile')
    write(path)
    bytes += statSync(path).size
  }
  if (dir === undefined) for (let i = 0; i < wanted; i++) put(path => writeFileSync(path, generateDockerfile(i)))
  else {
    for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true }).sort((a, b) =>
      join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
    )) {
      if (files === wanted) break
      if (entry.isFile() && isDockerfileName(entry.name)) put(path => copyFileSync(join(entry.parentPath, entry.name), path))
    }
  }
  const declared = join(folder, 'manifests')
  mkdirSync(declared)
  let manifests = 0
  let manifestBytes = 0
  const putManifest = (name: string, text: string): void => {
    const own = join(declared, String(manifests++))
    mkdirSync(own)
    writeFileSync(join(own, name), text)
    manifestBytes += text.length
  }
  if (dir === undefined)
    for (let i = 0; i < wanted; i++)
      putManifest(i % 2 === 0 ? 'compose.yaml' : 'app.yaml', i % 2 === 0 ? generateCompose(i) : generateManifests(i))
  else
    for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
      if (manifests === wanted) break
      if (!entry.isFile() || !isManifestName(entry.name)) continue
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8')
      if (looksLikeCompose(entry.name, text) || looksLikeKubernetes(text)) putManifest(entry.name, text)
    }
  const one = join(folder, 'one.Dockerfile')
  writeFileSync(one, generateDockerfile(7))
  const huge = join(folder, 'huge.Dockerfile')
  writeFileSync(huge, `FROM debian:12\n${'RUN apt-get install -y curl && echo "$HOME/x"  # word\n'.repeat(100_000)}USER app\n`)
  const deep = join(folder, 'deep.Dockerfile')
  writeFileSync(deep, `FROM debian:12\nENV X=${'${a:-'.repeat(10_000)}\nUSER app\n`)

  const check = (path: string, ...more: readonly string[]): readonly string[] => [
    program,
    'check',
    '--format',
    'json',
    '--fail-on',
    'none',
    '--no-config',
    ...more,
    path,
  ]
  const shellcheck = spawnSync('shellcheck', ['--version']).status === 0
  const cases: {
    name: string
    args: readonly string[]
    limit?: number
    memory?: number
    times: number
    value: number[]
    rss: number
  }[] = [
    { name: 'node -e 0', args: ['-e', '0'], times: 15 },
    { name: 'one file', args: check(one, '--no-shellcheck'), limit: 2, times: 15 },
    {
      name: `${files} files (${(bytes / 1e6).toFixed(2)} MB)`,
      args: check(many, '--no-shellcheck'),
      limit: 15,
      memory: 200,
      times: 7,
    },
    {
      name: `${manifests} manifests (${(manifestBytes / 1e6).toFixed(2)} MB)`,
      args: check(declared, '--no-shellcheck'),
      limit: 40,
      times: 7,
    },
    ...['node-orders', 'go-links'].map(name => ({
      name: `harden ${name}, with its project`,
      args: [program, 'harden', '--json', '--no-config', join(root, 'examples/harden', name)],
      limit: 4,
      times: 15,
    })),
    ...(shellcheck ? [{ name: `${files} files, with shellcheck`, args: check(many), times: 1 }] : []),
    {
      name: '100,000 instructions (5 MB)',
      args: check(huge, '--no-shellcheck', '--only', 'dockerfile/user-missing,dockerfile/apt-yes'),
      times: 1,
    },
    { name: '100,000 instructions, all rules', args: check(huge, '--no-shellcheck'), times: 1 },
    { name: '10,000 nested ${', args: check(deep, '--no-shellcheck'), times: 3 },
  ].map(one => ({ ...one, value: [], rss: 0 }))

  // The peak of a child is read from the kernel through this hook, which prints it when the process ends.
  const hook = join(folder, 'peak.cjs')
  writeFileSync(hook, "process.on('exit', () => require('node:fs').writeSync(2, `\\npeak ${process.resourceUsage().maxRSS}\\n`))")
  for (let round = 0; round < 15; round++) {
    for (const one of cases) {
      if (round >= one.times) continue
      const started = performance.now()
      const run = spawnSync(process.execPath, [...one.args], { stdio: ['ignore', 'ignore', 'inherit'] })
      one.value.push(performance.now() - started)
      if (run.status !== 0 && run.status !== 2) throw new Error(`${one.name} ended with ${run.status}`)
    }
  }
  for (const one of cases) {
    const { stderr } = spawnSync(process.execPath, ['--require', hook, ...one.args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 1e9,
    })
    one.rss = Number(/peak (\d+)/.exec(stderr)?.[1] ?? Number.NaN) / 1024
  }
  const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!
  const base = median(cases[0]!.value)
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, ${dir === undefined ? 'generated files' : 'real files'}\n`,
  )
  console.log(
    `${'whole process'.padEnd(34)} ${'median'.padStart(9)} ${'ratio'.padStart(7)} ${'limit'.padStart(6)} ${'memory'.padStart(8)}`,
  )
  for (const { name, value, limit, rss, memory } of cases) {
    const ratio = median(value) / base
    const over = (limit !== undefined && ratio > limit) || (memory !== undefined && rss > memory)
    console.log(
      `${name.padEnd(34)} ${`${median(value).toFixed(0)} ms`.padStart(9)} ${`${ratio.toFixed(2)}×`.padStart(7)} ${(limit === undefined ? '' : `${limit}×`).padStart(6)} ${`${rss.toFixed(0)} MB`.padStart(8)}${over ? '  OVER THE LIMIT' : ''}`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
