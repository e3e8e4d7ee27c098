/** Memory, on a generated image of 8 GB in 74 layers: its bodies are holes, so that it takes no room on the disk. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { type TarMember, tar } from './tar-writer.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-large-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

const layers = 74
const perLayer = 112 * 1024 * 1024

/** An uncompressed docker-archive: members whose sizes are real, and whose bodies were never written. */
const makeArchive = (path: string): void => {
  const file = openSync(path, 'w')
  let at = 0
  const put = (bytes: Uint8Array): void => {
    writeSync(file, bytes, 0, bytes.length, at)
    at += bytes.length
  }
  const header = (name: string, size: number): Uint8Array => tar([{ path: name, body: '', size }]).subarray(0, 512)
  for (let layer = 0; layer < layers; layer++) {
    const inner: Uint8Array[] = []
    for (let i = 0; i < 40; i++)
      inner.push(
        tar([
          { path: `app/node_modules/p${layer}-${i}/package.json`, body: `{"name":"p${layer}-${i}","version":"1.0.0"}` },
        ]).subarray(0, 1024),
      )
    const small = Buffer.concat(inner)
    const holes = perLayer - small.length - 512 - 1024
    put(header(`${layer}/layer.tar`, perLayer))
    put(small)
    put(header(`data/blob${layer}`, holes - (holes % 512)))
    at += holes - (holes % 512) + (perLayer - small.length - 512 - (holes - (holes % 512)))
  }
  const config = JSON.stringify({
    os: 'linux',
    architecture: 'amd64',
    rootfs: {
      diff_ids: Array.from({ length: layers }, (_, i) => `sha256:${createHash('sha256').update(String(i)).digest('hex')}`),
    },
  })
  const manifest = JSON.stringify([
    { Config: 'config.json', RepoTags: ['large:1'], Layers: Array.from({ length: layers }, (_, i) => `${i}/layer.tar`) },
  ])
  put(
    tar([
      { path: 'config.json', body: config },
      { path: 'manifest.json', body: manifest },
    ]),
  )
  ftruncateSync(file, at)
  closeSync(file)
}

/** Runs the command; gives its output and the largest resident set in kB. */
const measured = (args: readonly string[]): { readonly stdout: string; readonly peak: number } => {
  const script = `import { main } from ${JSON.stringify(join(import.meta.dirname, '../src/cli/main.ts'))}
const code = await main(${JSON.stringify(args)})
// The peak that the system tells parents of counts the parent too, from before this program was loaded: /proc has our own.
const { existsSync, readFileSync, writeFileSync } = await import('node:fs')
const own = existsSync('/proc/self/status') ? /VmHWM:\\s+(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1] : String(process.resourceUsage().maxRSS)
writeFileSync(${JSON.stringify(join(top, 'peak'))}, own)
process.exitCode = code`
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  expect(`${status} ${stderr}`).toBe('0 ')
  return { stdout, peak: Number(readFileSync(join(top, 'peak'), 'utf8')) }
}

test('8 GB in 74 layers stay below 300 MB of memory', () => {
  const path = join(top, 'large.tar')
  makeArchive(path)
  const { stdout, peak } = measured(['sbom', '--no-cache', path])
  expect(stdout).toContain(`${layers * 40} packages in 74 layers, 8.7 GB`)
  expect(peak).toBeLessThan(300_000)
}, 120_000)

test('a compressed layer of 2 GB and 100,000 files too', () => {
  const members = Buffer.concat(
    Array.from({ length: 1000 }, (_, i) =>
      tar([{ path: `srv/a-folder-with-a-name/another-one/file-${i}`, body: 'x'.repeat(100) }]).subarray(0, 1024),
    ),
  )
  // One gzip member after the other is one stream: a hundred times the same thousand files, then holes.
  const zeros = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 1 })
  const many = gzipSync(members, { level: 1 })
  const large = gzipSync(tar([{ path: 'data/large', body: '', size: 32 * 64 * 1024 * 1024 }]).subarray(0, 512))
  const layer = Buffer.concat([
    ...Array.from({ length: 100 }, () => many),
    large,
    ...Array.from({ length: 32 }, () => zeros),
    gzipSync(Buffer.alloc(1024)),
  ])
  const config = JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [`sha256:${'0'.repeat(64)}`] } })
  const path = join(top, 'dense.tar')
  const archive = tar([
    { path: 'layer.tar', body: layer },
    { path: 'config.json', body: config },
    { path: 'manifest.json', body: JSON.stringify([{ Config: 'config.json', Layers: ['layer.tar'] }]) },
  ])
  const file = openSync(path, 'w')
  writeSync(file, archive)
  closeSync(file)
  const { stdout, peak } = measured(['sbom', '--no-cache', path])
  expect(stdout).toContain('0 packages in 1 layer, 2.2 GB')
  expect(peak).toBeLessThan(300_000)
}, 120_000)

test('half a million files in five layers, and their indexes kept', () => {
  const archive: TarMember[] = []
  for (let layer = 0; layer < 5; layer++) {
    const members = Array.from({ length: 100_000 }, (_, i) =>
      tar([
        { path: `usr/lib/python3/dist-packages/some_package_${layer}_${i % 1000}/sub/module_number_${i}.py`, body: 'x' },
      ]).subarray(0, 1024),
    )
    archive.push({ path: `${layer}/layer.tar`, body: gzipSync(Buffer.concat([...members, Buffer.alloc(1024)]), { level: 1 }) })
  }
  const diffIds = archive.map((_, i) => `sha256:${createHash('sha256').update(String(i)).digest('hex')}`)
  archive.push({
    path: 'config.json',
    body: JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: diffIds } }),
  })
  archive.push({
    path: 'manifest.json',
    body: JSON.stringify([{ Config: 'config.json', Layers: diffIds.map((_, i) => `${i}/layer.tar`) }]),
  })
  const path = join(top, 'many.tar')
  writeFileSync(path, tar(archive))
  process.env.BULKHEAD_CACHE = join(top, 'cache')
  const { stdout, peak } = measured(['sbom', path])
  delete process.env.BULKHEAD_CACHE
  expect(stdout).toContain('0 packages in 5 layers, 500 kB')
  expect(peak).toBeLessThan(300_000)
}, 120_000)
