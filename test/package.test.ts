/** What users install: built, packed, installed into an empty folder, run. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const npm = (args: readonly string[], cwd: string): string =>
  execFileSync('npm', [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const folder = mkdtempSync(join(tmpdir(), 'bulkhead-package-'))
const installed = join(folder, 'node_modules/bulkhead')

/** A Node older than 24 on this machine, to see what its users see. */
const oldNode = (process.env.PATH ?? '')
  .split(':')
  .map(part => join(part, 'node'))
  .find(
    path =>
      existsSync(path) &&
      Number(/^v(\d+)/.exec(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? 99) < 24,
  )

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root, stdio: 'pipe' })
  const [packed] = JSON.parse(npm(['pack', './dist', '--json', '--pack-destination', folder], root)) as [{ filename: string }]
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  npm(['install', '--offline', '--no-audit', '--no-fund', `./${packed.filename}`], folder)
}, 240_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (args: readonly string[], input?: string, node = process.execPath) =>
  spawnSync(node, [join(installed, 'bulkhead.cjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    input,
    env: { ...process.env, NO_COLOR: '1', BULKHEAD_CACHE: join(folder, 'cache') },
  })

describe('the package', () => {
  test('runs', () => {
    expect(run(['--version']).stdout).toBe('0.1.0\n')
    const { status, stdout } = run(['check', '--stdin', '--no-shellcheck'], 'FROM nginx\nRUN sudo x\n')
    expect(status).toBe(1)
    expect(stdout).toContain('high[dockerfile/user-missing]')
    expect(run(['explain', 'DL3002']).stdout).toContain('dockerfile/user-root-last')
  })

  test('is found by its name', () => {
    expect(
      spawnSync(join(folder, 'node_modules/.bin/bulkhead'), ['--version'], {
        encoding: 'utf8',
        env: { ...process.env, PATH: `${join(process.execPath, '..')}:${process.env.PATH}` },
      }).stdout,
    ).toBe('0.1.0\n')
  })

  test('is a library with types', async () => {
    const library = await import(pathToFileURL(join(installed, 'index.cjs')).href)
    const { report, exitCode } = await library.checkText('FROM nginx\n')
    expect(exitCode).toBe(1)
    expect(report.findings.map((finding: { rule: string }) => finding.rule)).toContain('dockerfile/user-missing')
    expect(library.print(library.parse('FROM a\r\n'))).toBe('FROM a\r\n')
  })

  test('is found under its name by import, require and TypeScript', () => {
    const sources = {
      'one.mjs': "import { checkText } from 'bulkhead'\nconsole.log((await checkText('FROM nginx')).exitCode)\n",
      'two.cjs': "require('bulkhead').checkText('FROM nginx').then(({ exitCode }) => console.log(exitCode))\n",
      'three.mts':
        "import { checkText, type Finding } from 'bulkhead'\nexport const all: readonly Finding[] = (await checkText('')).report.findings\n",
    }
    for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, name), text)
    const node = (...args: readonly string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
    expect(node('one.mjs').stdout).toBe('1\n')
    expect(node('two.cjs').stdout).toBe('1\n')
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const types = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', 'three.mts']
    expect(node(tsc, ...types).stdout).toBe('')
  })

  test('has no dependencies, no native code, no script that runs at installation, and is small', () => {
    const info = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    expect(info.dependencies).toBeUndefined()
    expect(info.optionalDependencies).toBeUndefined()
    expect(info.scripts).toBeUndefined()
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    expect(files.filter(file => /\.(?:node|so|dll|dylib|exe|wasm)$/.test(file))).toEqual([])
    expect(files).toContain('THIRD-PARTY-LICENSES')
    const size = (some: readonly string[]): number =>
      some.reduce((sum, file) => sum + (statSync(join(installed, file)).isFile() ? statSync(join(installed, file)).size : 0), 0)
    const isData = (file: string): boolean => file.startsWith('advisories')
    expect(size(files.filter(file => !isData(file)))).toBeLessThan(4_000_000)
    expect(size(files.filter(isData))).toBeLessThan(60_000_000)
  })

  test('scans with the advisories that came with it', () => {
    const folder = join(installed, '../../an-application/node_modules/lodash')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"name":"lodash","version":"4.17.15"}')
    const { status, stdout } = run(['scan', join(installed, '../../an-application')])
    expect(stdout).toContain('CVE-2021-23337')
    expect(status).toBe(1)
  })

  test.skipIf(oldNode === undefined)('says one clear sentence on a Node that is too old', () => {
    const { status, stdout, stderr } = run(['check'], undefined, oldNode)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^Bulkhead needs Node\.js 24 or newer, and this is v\d+[^\n]*\n$/)
  })
})
