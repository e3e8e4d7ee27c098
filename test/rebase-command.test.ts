/** `bulkhead rebase` as a process. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const program = join(import.meta.dirname, '../src/cli/run.ts')
const top = mkdtempSync(join(tmpdir(), 'bulkhead-rebase-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

let count = 0
const folder = (files: Readonly<Record<string, string>>): string => {
  const path = join(top, String(count++))
  mkdirSync(path)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  return path
}
const run = (cwd: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'rebase', ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '', NO_COLOR: '' },
  })
  return { status, stdout, stderr }
}
const digest = `sha256:${'ab'.repeat(32)}`

describe('rebase', () => {
  test('changes files, says how many, and has nothing to do the second time', () => {
    const cwd = folder({
      Dockerfile: 'ARG TAG=20\nFROM node:${TAG}-slim AS a\n',
      'compose.yaml': 'services: {a: {image: "node:20-slim"}}\n',
    })
    expect(run(cwd, 'node:20-slim', 'node:22-slim', '--digest', digest)).toEqual({
      status: 0,
      stdout: '',
      stderr: '2 references in 2 files changed\n',
    })
    expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(`ARG TAG=22\nFROM node:\${TAG}-slim@${digest} AS a\n`)
    expect(readFileSync(join(cwd, 'compose.yaml'), 'utf8')).toBe(`services: {a: {image: "node:22-slim@${digest}"}}\n`)
    expect(run(cwd, 'node:20-slim', 'node:22-slim')).toMatchObject({
      status: 0,
      stderr: 'nothing uses node:20-slim in 2 files\n',
    })
  })

  test('--dry-run shows a diff that git takes, and writes nothing', () => {
    const cwd = folder({ 'a/Dockerfile': 'FROM node:20\nRUN x\n' })
    const { status, stdout, stderr } = run(cwd, 'node', 'node:22', '--dry-run')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '1 reference in 1 file would change\n' })
    expect(readFileSync(join(cwd, 'a/Dockerfile'), 'utf8')).toBe('FROM node:20\nRUN x\n')
    expect(spawnSync('git', ['apply', '-'], { cwd, input: stdout, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(join(cwd, 'a/Dockerfile'), 'utf8')).toBe('FROM node:22\nRUN x\n')
  })

  test('secrets beside the line do not appear in the diff', () => {
    const password = 'hunter2-Zr8kQ'
    const cwd = folder({ Dockerfile: `FROM node:20\nENV DB_PASSWORD=${password}\n` })
    const { stdout, stderr } = run(cwd, 'node:20', 'node:22', '--dry-run')
    expect(stdout).toContain('+FROM node:22')
    expect(stdout).not.toContain(password)
    expect(stderr).toContain('secrets are hidden in this diff')
  })

  test('--message', () => {
    const cwd = folder({ Dockerfile: 'FROM node:20\n' })
    expect(run(cwd, 'node:20', 'node:22', '--message', '-q')).toEqual({
      status: 0,
      stdout: 'Change base image node:20 to node:22\n\nDockerfile:\n  node:20 -> node:22\n',
      stderr: '',
    })
  })

  test('what is left to a person gives 1, with its line', () => {
    const cwd = folder({
      'compose.yaml': 'services:\n  a: {image: "node:${T}"}\n  b: {image: "python:${T}"}\n',
      '.env': 'T=20\n',
    })
    const { status, stderr } = run(cwd, 'node:20', 'node:22')
    expect(status).toBe(1)
    expect(stderr).toContain('by hand[base-by-hand] compose.yaml:2: `node:20` is to become `node:22`')
  })

  test('what nobody can know gives 2 under --strict alone', () => {
    const cwd = folder({ Dockerfile: 'ARG A\nFROM $A\n' })
    expect(run(cwd, 'node:20', 'node:22').status).toBe(0)
    const { status, stderr } = run(cwd, 'node:20', 'node:22', '--strict')
    expect(status).toBe(2)
    expect(stderr).toContain('not covered[base-unknown] Dockerfile:2:')
  })

  test.each([
    [['No', 'node'], /No is no reference/],
    [['node', 'a b'], /a b is no reference/],
    [['node:20', 'node:22', '--digest', 'sha256:1'], /sha256:1 is no digest/],
    [['node', 'acme.org/node', '--digest', digest], /one digest does not fit to every tag/],
    [['node:20', 'node:22', 'nowhere'], /nowhere does not exist/],
    [['node:20'], /missing required argument/],
  ])('wrong usage: %j', (args, line) => {
    const { status, stderr } = run(folder({ Dockerfile: 'FROM node:20\n' }), ...args)
    expect(status).toBe(2)
    expect(stderr).toMatch(line)
    expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/)
  })
})
