/** What we read out of programs beside what they say themselves. */
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type LayerFile, Unreadable } from '../src/read/cataloger.ts'
import binaries from '../src/read/catalogers/binaries.ts'
import goBinary from '../src/read/catalogers/go-binary.ts'
import rustBinary from '../src/read/catalogers/rust-binary.ts'
import { has, run } from './components.ts'
import { inventoryOfFolder, named } from './inventory.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-binaries-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

const fileOf = (bytes: Uint8Array, path: string): LayerFile => ({
  path,
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
})

/** Program, how it says its version, what of its answer is the version. */
const programs: readonly (readonly [string, readonly string[], RegExp])[] = [
  [process.execPath, ['--version'], /v([\d.]+)/],
  ['/usr/bin/python3', ['--version'], /Python ([\d.]+)/],
  ['/bin/busybox', ['--help'], /BusyBox v([\d.]+)/],
  ['/usr/bin/openssl', ['version'], /OpenSSL ([\d.]+)/],
  ['/usr/bin/curl', ['--version'], /curl ([\d.]+)/],
  ['/bin/bash', ['--version'], /version (\d+\.\d+\.\d+)/],
  ['/usr/bin/perl', ['-v'], /\(v([\d.]+)\)/],
  ['/usr/bin/git', ['--version'], /version ([\d.]+)/],
]

for (const [path, args, pattern] of programs)
  test.skipIf(!existsSync(path))(`${path} says the version that is written in it (needs ${path})`, () => {
    const said = pattern.exec(run(path, args))![1]
    const real = realpathSync(path)
    const found = binaries.collect(fileOf(readFileSync(real), real.slice(1))) as { version: string } | undefined
    expect(found?.version).toBe(said)
  })

const folder = '/usr/lib/x86_64-linux-gnu'
test.skipIf(!existsSync(folder) || !has('dpkg-query'))(
  'libraries of this machine say the version of their package (needs Debian on amd64)',
  () => {
    let seen = 0
    for (const [pattern, owner] of [
      [/^libcrypto\.so\.3$/, 'libssl3'],
      [/^libsqlite3\.so\.0$/, 'libsqlite3-0'],
      [/^libz\.so\.1$/, 'zlib1g'],
      [/^libcurl\.so\.4$/, 'libcurl4'],
    ] as const)
      for (const name of readdirSync(folder).filter(one => pattern.test(one))) {
        const real = realpathSync(join(folder, name))
        const found = binaries.collect(fileOf(readFileSync(real), basename(real))) as { version: string } | undefined
        const version = run('dpkg-query', ['-W', '-f', '${Version}', `${owner}:amd64`])
        expect(version.replace(/^\d+:/, '').startsWith(found?.version ?? '?'), `${name} ${found?.version} ${version}`).toBe(true)
        seen++
      }
    expect(seen).toBeGreaterThan(0)
  },
)

describe.skipIf(!has('go'))('Go (needs go)', () => {
  const source = (name: string): string => join(top, name)
  const put = (folder: string, files: Readonly<Record<string, string>>): void => {
    mkdirSync(folder, { recursive: true })
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
  }
  const environment = {
    GOPROXY: 'off',
    GOFLAGS: '-mod=mod',
    GOCACHE: join(top, 'gocache'),
    GOPATH: join(top, 'gopath'),
    GOTOOLCHAIN: 'local',
  }
  const build = (args: readonly string[], out: string): void => {
    run('go', ['build', '-buildvcs=false', ...args, '-o', join(top, 'bin', out), '.'], { cwd: source('app'), env: environment })
  }

  test('modules of programs, as go version -m lists them: plain, stripped, without a symbol table', async () => {
    put(source('lib'), {
      'go.mod': 'module example.org/team/lib/v2\n',
      'lib.go': 'package lib\nfunc Name() string { return "lib" }\n',
    })
    put(source('app'), {
      'go.mod':
        'module example.org/team/app\nrequire example.org/team/lib/v2 v2.3.4\nreplace example.org/team/lib/v2 => ../lib\n',
      'main.go':
        'package main\nimport lib "example.org/team/lib/v2"\nvar version = "dev"\nfunc main() { println(lib.Name(), version) }\n',
    })
    mkdirSync(join(top, 'bin'))
    build([], 'plain')
    build(['-ldflags=-s -w'], 'stripped')
    build(['-trimpath', '-ldflags=-s -w -X main.version=v1.2.3'], 'trimmed')
    build(['-ldflags=-s -w -X main.version=v1.2.3'], 'stamped')
    // Without any sections, as some packers leave programs.
    const bare = readFileSync(join(top, 'bin/stripped'))
    bare.writeBigUInt64LE(0n, 40)
    bare.writeUInt16LE(0, 60)
    writeFileSync(join(top, 'bin/bare'), bare, { mode: 0o755 })
    for (const name of readdirSync(join(top, 'bin'))) {
      const folder = join(top, `only-${name}`)
      mkdirSync(folder)
      copyFileSync(join(top, 'bin', name), join(folder, name))
      const listed = run('go', ['version', '-m', join(top, 'bin', name)])
      const expected = [`stdlib ${/: go(\S+)/.exec(listed)![1]}`]
      for (const [, path, version] of listed.matchAll(/^\t(?:dep|mod)\t(\S+)\t(\S+)/gm))
        expected.push(`${path} ${version === '(devel)' ? (name === 'stamped' ? 'v1.2.3' : '') : version}`)
      expect(expected).toHaveLength(3)
      const { packages, problems } = await inventoryOfFolder(folder)
      expect(problems).toEqual([])
      expect(named(packages, 'golang'), name).toEqual(expected.sort())
    }
  }, 120_000)

  test("the toolchain's own programs, and other real ones", async () => {
    const folder = join(run('go', ['env', 'GOROOT']).trim(), 'bin')
    const { packages, problems } = await inventoryOfFolder(folder)
    expect(problems).toEqual([])
    expect(named(packages, 'golang').some(one => /^stdlib \d/.test(one))).toBe(true)
    for (const path of [
      '/usr/sbin/dockerd',
      '/usr/bin/containerd',
      '/usr/bin/skopeo',
      '/usr/bin/podman',
      '/usr/bin/docker-registry',
    ]) {
      if (!existsSync(path)) continue
      const listed = run('go', ['version', '-m', path])
      const file = readFileSync(path)
      const data = goBinary.collect(fileOf(file, path.slice(1))) as
        | { go: string; modules: { path: string; version: string }[] }
        | undefined
      expect(data?.go, path).toBe(/: go(\S+)/.exec(listed)?.[1])
      const modules = [...listed.matchAll(/^\tdep\t(\S+)\t(\S*)(?:.*\n\t=>\t(\S+)\t(v\S+))?/gm)].map(
        match => `${match[3] ?? match[1]} ${match[4] ?? match[2]}`,
      )
      expect(
        data?.modules.map(one => `${one.path} ${one.version}`),
        path,
      ).toEqual(modules)
    }
  })

  test(
    'flipped bits and cut ends: evidence, nothing, or Unreadable',
    () => {
      const real = readFileSync(join(top, 'bin/stripped'))
      fc.assert(
        fc.property(
          fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), bit: fc.nat(7) }), { maxLength: 20 }),
          fc.boolean(),
          fc.double({ min: 0, max: 1, noNaN: true }),
          (flips, inHeader, cut) => {
            const bytes = Buffer.from(
              cut < 0.3 ? real.subarray(0, Math.floor(real.length * cut)) : real.subarray(0, Math.min(real.length, 4_000_000)),
            )
            for (const { at, bit } of flips) {
              const index = Math.floor(at * (inHeader ? Math.min(bytes.length, 2048) : bytes.length))
              if (index < bytes.length) bytes[index]! ^= 1 << bit
            }
            for (const cataloger of [goBinary, rustBinary, binaries])
              try {
                cataloger.collect(fileOf(bytes, 'usr/bin/node'))
              } catch (error) {
                if (!(error instanceof Unreadable)) throw error
              }
          },
        ),
        { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 150) },
      )
    },
    Number(process.env.BULKHEAD_FUZZ_RUNS ?? 0) > 0 ? 3_600_000 : 60_000,
  )
})

const versionIn = (bytes: Uint8Array, path: string): unknown => binaries.collect(fileOf(bytes, path))

const runtimes = existsSync('/usr/lib/jvm')
  ? readdirSync('/usr/lib/jvm').filter(name => existsSync(join('/usr/lib/jvm', name, 'bin/java')))
  : []
test.skipIf(runtimes.length === 0)('the build that java -version prints, of each runtime here (needs java)', () => {
  for (const name of runtimes) {
    const java = join('/usr/lib/jvm', name, 'bin/java')
    const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' })
    const version = /Runtime Environment.*\(build ([^)]+)\)/.exec(stderr)?.[1]
    expect(versionIn(readFileSync(java), 'opt/jre/bin/java'), name).toEqual({ name: 'openjdk', version })
  }
})

test('the strings of Java before 9 and since; a runtime whose file `release` says it too is one package', async () => {
  const launcher = (build: string): Buffer => Buffer.from(`\x7fELF\0x\0openjdk\0java\0${build}\0-J-ms8m\0`, 'latin1')
  expect(versionIn(launcher('1.8\x001.8.0_392-b08'), 'jre/bin/java')).toEqual({ name: 'openjdk', version: '1.8.0_392-b08' })
  expect(versionIn(launcher('0.0\x0021.0.1+12-LTS'), 'bin/java')).toEqual({ name: 'openjdk', version: '21.0.1+12-LTS' })
  expect(versionIn(Buffer.from('\0openjdk\0java\0no'), 'bin/java')).toBeUndefined()
  const at = { in: 'file', path: '/x', span: { start: 0, end: 0 } } as const
  const found = (path: string, version: string) => ({ path, at, data: { name: 'openjdk', version }, earlier: [] })
  const view = { distro: undefined, typeOf: () => undefined, real: (path: string) => path, locate: () => undefined }
  const files = [
    found('opt/a/bin/java', '1'),
    found('opt/a/release', '2'),
    found('opt/b/jre/bin/java', '3'),
    found('opt/b/release', '4'),
    found('opt/c/bin/java', '5'),
  ]
  expect([...binaries.assemble(files, view)].map(one => ('version' in one ? one.version : ''))).toEqual(['2', '4', '5'])
})

const pyenv = '/root/.pyenv/versions'
test.skipIf(!existsSync(pyenv))('Pythons that were built for a prefix with their version in it (needs pyenv)', () => {
  for (const version of readdirSync(pyenv)) {
    const short = version.split('.').slice(0, 2).join('.')
    const said = spawnSync(join(pyenv, version, `bin/python${short}`), ['--version'], { encoding: 'utf8' })
    const expected = { name: 'python', version: /Python (\S+)/.exec(said.stdout + said.stderr)?.[1] }
    for (const name of readdirSync(join(pyenv, version, 'lib'))) {
      if (!/^libpython\d\.\d+m?\.so/.test(name)) continue
      expect(versionIn(readFileSync(join(pyenv, version, 'lib', name)), `lib/${name}`), name).toEqual(expected)
    }
  }
})

test('the version of a Python is one of the series that its file is called after', () => {
  const text = (...strings: readonly string[]): Buffer => Buffer.from(`\0${strings.join('\0')}\0`, 'latin1')
  expect(versionIn(text('3.2.0', '/opt/3.12.1'), 'bin/python3.12')).toEqual({ name: 'python', version: '3.12.1' })
  expect(versionIn(text('Python-3.13.0rc1'), 'lib/libpython3.13.so.1.0')).toEqual({ name: 'python', version: '3.13.0rc1' })
  expect(versionIn(text('3.2.0'), 'bin/python3.12')).toBeUndefined()
})

describe.skipIf(!has('objcopy'))('Rust (needs objcopy)', () => {
  test('crates that cargo-auditable listed, without those that only built it', () => {
    const list = {
      packages: [
        { name: 'adler', version: '1.0.2', source: 'crates.io' },
        { name: 'app', version: '0.3.0', source: 'local', root: true, dependencies: [0, 2] },
        { name: 'cc', version: '1.0.83', source: 'crates.io', kind: 'build' },
      ],
    }
    writeFileSync(join(top, 'deps'), deflateSync(JSON.stringify(list)))
    const out = join(top, 'rust')
    run('objcopy', ['--add-section', `.dep-v0=${join(top, 'deps')}`, '/bin/true', out])
    const file = fileOf(readFileSync(out), 'usr/bin/app')
    const data = rustBinary.collect(file)!
    const at = { in: 'file', path: '/usr/bin/app', span: { start: 0, end: 0 } } as const
    const view = { distro: undefined, typeOf: () => undefined, real: (path: string) => path, locate: () => undefined }
    const packages = [...rustBinary.assemble([{ path: file.path, at, data, earlier: [] }], view)]
    expect(packages).toMatchObject([
      { purl: 'pkg:cargo/adler@1.0.2', dependsOn: [] },
      { purl: 'pkg:cargo/app@0.3.0', dependsOn: ['pkg:cargo/adler@1.0.2'] },
    ])
  })
})

test('what is no ELF file, and what is one of nothing', () => {
  for (const bytes of ['', '#!/bin/sh\n', '\x7fELF', `\x7fELF\x02\x01${'\0'.repeat(58)}`, `\x7fELF\x02\x01${'\xff'.repeat(58)}`])
    for (const cataloger of [goBinary, rustBinary])
      try {
        expect(cataloger.collect(fileOf(Buffer.from(bytes, 'latin1'), 'x'))).toBeUndefined()
      } catch (error) {
        expect(error).toBeInstanceOf(Unreadable)
      }
})
