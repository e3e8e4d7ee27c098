/**
 * npm run bench:recommend: a recommendation among ten candidates whose layers are known, beside a bare node, whole processes, as ratios of medians. A registry
 * on this machine has images of 400 of Debian's packages each, in three layers; needs docker-registry.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { startRegistry } from '../test/components.ts'
import { tar } from '../test/tar-writer.ts'

const root = join(import.meta.dirname, '..')
const times = Number(process.env.BULKHEAD_TIMES ?? 11)
const candidates = 10
const work = mkdtempSync(join(tmpdir(), 'bulkhead-bench-recommend-'))

/** Packages of Debian 12 whose history has many fixes, at the versions of its first release. */
const known: Readonly<Record<string, string>> = {
  bash: '5.2.15-2',
  coreutils: '9.1-1',
  curl: '7.88.1-10',
  dpkg: '1.21.22',
  e2fsprogs: '1.47.0-2',
  expat: '2.5.0-1',
  git: '1:2.39.2-1.1',
  glibc: '2.36-9',
  gnupg2: '2.2.40-1.1',
  gnutls28: '3.7.9-2',
  imagemagick: '8:6.9.11.60+dfsg-1.6',
  krb5: '1.20.1-2',
  libgcrypt20: '1.10.1-3',
  libwebp: '1.2.4-0.2',
  libxml2: '2.9.14+dfsg-1.2',
  ncurses: '6.4-4',
  nghttp2: '1.52.0-1',
  openssh: '1:9.2p1-2',
  openssl: '3.0.9-1',
  pam: '1.5.2-6',
  perl: '5.36.0-7',
  'python3.11': '3.11.2-6',
  shadow: '1:4.13+dfsg1-1',
  sqlite3: '3.40.1-2',
  systemd: '252.6-1',
  tar: '1.34+dfsg-1.2',
  tiff: '4.5.0-6',
  'util-linux': '2.38.1-5',
  vim: '2:9.0.1378-2',
  zlib: '1:1.2.13.dfsg-1',
}
const perImage = 400
const filesOfPackage = 12

const status = (number: number): string =>
  [
    ...Object.entries(known).map(([name, version]) => [name, version] as const),
    ...Array.from({ length: perImage - Object.keys(known).length }, (_, i) => [`package-${i}`, `1.${number}-${i}`] as const),
  ]
    .map(([name, version]) => `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n\n`)
    .join('')

const digestOf = (bytes: string | Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

const registry = await startRegistry()
const put = async (repository: string, bytes: Uint8Array): Promise<string> => {
  const started = await fetch(`http://${registry.host}/v2/${repository}/blobs/uploads/`, { method: 'POST' })
  const address = new URL(started.headers.get('location')!, `http://${registry.host}`)
  address.searchParams.set('digest', digestOf(bytes))
  const { status: code } = await fetch(address, { method: 'PUT', body: Buffer.from(bytes) })
  if (code !== 201) throw new Error(`the registry answers ${code}`)
  return digestOf(bytes)
}
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip'
const manifestType = 'application/vnd.oci.image.manifest.v1+json'

const push = async (repository: string, tag: string, archives: readonly Buffer[]): Promise<void> => {
  const layers = []
  for (const archive of archives) {
    const packed = gzipSync(archive)
    layers.push({ mediaType: layerType, size: packed.length, digest: await put(repository, packed) })
  }
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: { Env: ['PATH=/bin'] },
    rootfs: { type: 'layers', diff_ids: archives.map(digestOf) },
    history: archives.map((_, i) => ({ created_by: `COPY ${i} / # buildkit` })),
  })
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      size: config.length,
      digest: await put(repository, Buffer.from(config)),
    },
    layers,
  })
  const { status: code } = await fetch(`http://${registry.host}/v2/${repository}/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'content-type': manifestType },
    body: manifest,
  })
  if (code !== 201) throw new Error(`the registry answers ${code}`)
}

const osRelease = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\nVERSION_CODENAME=bookworm\n'
const baseLayers = (number: number): readonly Buffer[] => [
  tar([
    { path: 'etc/os-release', body: osRelease },
    { path: 'var/lib/dpkg/status', body: status(number) },
    ...Array.from({ length: perImage }, (_, i) => ({
      path: `var/lib/dpkg/info/${i < Object.keys(known).length ? Object.keys(known)[i] : `package-${i - Object.keys(known).length}`}.list`,
      body: Array.from({ length: filesOfPackage }, (_unused, j) => `/usr/lib/${i}/file-${j}\n`).join(''),
    })),
  ]),
  tar(
    Array.from({ length: perImage * filesOfPackage }, (_, i) => ({
      path: `usr/lib/${Math.floor(i / filesOfPackage)}/file-${i % filesOfPackage}`,
      body: `${number}`,
    })),
  ),
  tar([{ path: 'usr/local/bin/program', body: `#!/bin/sh\n${number}\n` }]),
]

type Took = { readonly seconds: number; readonly processor: number }
const middle = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!

/** What the shell says its children have taken: `0m1.234s 0m0.123s`, of the user and of the system. */
const processorOf = (text: string): number =>
  [...text.slice(text.lastIndexOf('\n', text.length - 2) + 1).matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, rest]) => sum + 60 * Number(minutes) + Number(rest),
    0,
  )

const took = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Took => {
  const found: Took[] = []
  for (let i = 0; i <= times; i++) {
    const start = process.hrtime.bigint()
    const { status: code, stderr } = spawnSync(
      'sh',
      ['-c', '"$@"; code=$?; times >&2; exit $code', 'sh', process.execPath, ...args],
      {
        cwd: work,
        encoding: 'utf8',
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, ...env },
      },
    )
    const end = process.hrtime.bigint()
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr.slice(-500)}`)
    // The first run reads the layers.
    if (i > 0) found.push({ seconds: Number(end - start) / 1e9, processor: processorOf(stderr) })
  }
  return { seconds: middle(found.map(({ seconds }) => seconds)), processor: middle(found.map(({ processor }) => processor)) }
}

try {
  execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'ignore' })
  const program = join(root, 'dist/bulkhead.cjs')
  const host = registry.host
  for (let i = 0; i <= candidates; i++) await push('mirror/base', `1.${i}`, baseLayers(i))
  const application = tar([{ path: 'app/package.json', body: '{"name":"left-pad","version":"1.0.0"}' }])
  await push('shop/app', '1', [...baseLayers(0), application])
  writeFileSync(join(work, 'Dockerfile'), `FROM ${host}/mirror/base:1.0\nCOPY package.json /app/package.json\n`)
  const args = [
    ...['recommend', `registry:${host}/shop/app:1`, '--dockerfile', 'Dockerfile', '-q', '-f', 'json', '-o', 'report.json'],
    ...Array.from({ length: candidates }, (_, i) => ['--candidate', `registry:${host}/mirror/base:1.${i + 1}`]).flat(),
  ]
  const env = { BULKHEAD_CACHE: join(work, 'cache'), DOCKER_HOST: `unix://${work}/no.sock`, HOME: work }
  const bare = took(['-e', '0'])
  const one = took(
    [program, 'scan', `registry:${host}/shop/app:1`, '-q', '-f', 'json', '-o', 'scan.json', '--fail-on', 'none'],
    env,
  )
  const all = took([program, ...args], env)
  const report = JSON.parse(readFileSync(join(work, 'report.json'), 'utf8')) as {
    candidates: { kind: string; measure: { packages: number; vulnerabilities: Record<string, number> } | null }[]
  }
  const measured = report.candidates.flatMap(({ kind, measure }) => (kind === 'named' && measure ? [measure] : []))
  if (measured.length !== candidates) throw new Error(`${measured.length} candidates were looked into`)
  const [first] = measured
  const open = Object.values(first!.vulnerabilities).reduce((sum, count) => sum + count, 0)
  console.log(
    `${candidates} candidates, ${first!.packages} packages and ${open} vulnerabilities each; ${cpus().length} × ${cpus()[0]?.model ?? '?'}; medians of ${times}\n`,
  )
  console.log('| | seconds | of a processor | × node -e 0 | limit |\n|---|---|---|---|---|')
  const row = (what: string, { seconds, processor }: Took, limit: string): void =>
    console.log(
      `| ${what} | ${seconds.toFixed(3)} | ${processor.toFixed(3)} | ${(seconds / bare.seconds).toFixed(2)} | ${limit} |`,
    )
  row('node -e 0', bare, '')
  row('scan of the image, known', one, '')
  row(`recommend among ${candidates}, all known`, all, '1 s')
} finally {
  await registry.stop()
  if (process.env.BULKHEAD_KEEP) console.log(work)
  else rmSync(work, { recursive: true, force: true })
}
