/** `bulkhead harden` and `bulkhead init` as a person types them. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, expect, test } from 'vitest'
import { sampleText } from '../src/judge/secrets/detector.ts'
import { readDockerfile } from '../src/read/dockerfile/read-dockerfile.ts'
import { has } from './components.ts'

const program = join(import.meta.dirname, '../src/cli/run.ts')
const top = mkdtempSync(join(tmpdir(), 'bulkhead-harden-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

const run = (folder: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: join(top, 'home'), DOCKER_HOST: `unix://${join(top, 'no.sock')}` },
  })
  return { status, stdout, stderr }
}

let projects = 0
const project = (files: Readonly<Record<string, string>>): string => {
  const folder = join(top, `project-${projects++}`)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}
const password = sampleText(20, undefined, 3)
const service = {
  Dockerfile: `# the shop, by Ann\nFROM node:22\nENV DATABASE_PASSWORD=${password}\nWORKDIR /app\nCOPY . .\nRUN npm install\n# behind the proxy\nEXPOSE 3000\nCMD node server.js\n`,
  'package.json': '{"name":"shop","version":"1.0.0","dependencies":{"express":"4.19.2"},"scripts":{"start":"node server.js"}}',
  'package-lock.json':
    '{"name":"shop","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"shop","version":"1.0.0","dependencies":{"express":"4.19.2"}},"node_modules/express":{"version":"4.19.2"}}}',
  'server.js': "require('express')().get('/health', (_, answer) => answer.send('well')).listen(3000)\n",
  'compose.yaml': 'services:\n  shop:\n    build: .\n    ports:\n      - "3000:3000"\n',
}

test('the diff is all of standard output, git applies it, and what is written is the same', () => {
  const { Dockerfile, ...others } = service
  const clean = { ...others, Dockerfile: Dockerfile.replace(/ENV.*\n/, '') }
  const [one, other] = [project(clean), project(clean)]
  const shown = run(one, 'harden')
  expect(shown.status).toBe(0)
  expect(readFileSync(join(one, 'Dockerfile'), 'utf8')).toBe(clean.Dockerfile)
  expect(shown.stderr).toMatch(/^Dockerfile, level balanced: \d+ changes in \d+ files\n/)
  expect(shown.stderr).toContain('docker run -d --user 1000:1000 --read-only')
  const applied = spawnSync('git', ['apply', '-'], { cwd: one, input: shown.stdout, encoding: 'utf8' })
  expect(applied.stderr).toBe('')
  expect(run(other, 'harden', '--write').stdout).toBe('')
  expect(readdirSync(one).sort()).toEqual(readdirSync(other).sort())
  for (const name of readdirSync(one))
    expect(readFileSync(join(one, name), 'utf8'), name).toBe(readFileSync(join(other, name), 'utf8'))
  const text = readFileSync(join(one, 'Dockerfile'), 'utf8')
  expect(text).toMatch(/^# the shop, by Ann\n/)
  expect(text).toContain('# behind the proxy\n')
  expect(readDockerfile('Dockerfile', text).final?.end.user.value?.value).toBe('1000:1000')
  expect(readFileSync(join(one, 'compose.yaml'), 'utf8')).toMatch(/read_only: true/)
  // Once more, and nothing is left to do.
  const again = run(one, 'harden', '--write')
  expect(again.stderr).toMatch(/^Dockerfile: nothing to change at level balanced\n/)
  expect(run(one, 'check', '--fail-on', 'medium').status).toBe(0)
})

test('as JSON, in the form of its schema, with reasons and without secrets', () => {
  const folder = project(service)
  const { status, stdout, stderr } = run(folder, 'harden', '--json')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const schema = new Ajv2020({ allErrors: true }).compile(
    JSON.parse(readFileSync(join(import.meta.dirname, '../docs/harden-report.schema.json'), 'utf8')) as object,
  )
  const report = JSON.parse(stdout) as {
    changes: { id: string; why: string }[]
    proposed: { env: string[] }
    files: { diff: string }[]
  }
  expect(schema(report), JSON.stringify(schema.errors)).toBe(true)
  expect(report.changes.length).toBeGreaterThan(3)
  expect(report.changes.every(({ why }) => why !== '')).toBe(true)
  expect(report.changes.map(({ id }) => id)).toContain('secret-env')
  expect(report.proposed.env).toEqual(['DATABASE_PASSWORD'])
  expect(stdout + run(folder, 'harden').stdout).not.toContain(password)
})

test('changes can be left out by name, and levels differ', () => {
  const folder = project(service)
  const without = JSON.parse(run(folder, 'harden', '--json', '--exclude', 'user,dockerfile/npm-ci').stdout) as {
    changes: { id: string }[]
  }
  expect(without.changes.map(({ id }) => id)).not.toContain('user')
  expect(without.changes.map(({ id }) => id)).not.toContain('dockerfile/npm-ci')
  const { status, stderr } = run(folder, 'harden', '--exclude', 'usr')
  expect(status).toBe(2)
  expect(stderr).toContain('no such change')
  const counts = ['safe', 'balanced', 'strict'].map(
    level => (JSON.parse(run(folder, 'harden', '--json', '--level', level).stdout) as { changes: unknown[] }).changes.length,
  )
  expect(counts[0]).toBeLessThan(counts[1]!)
  expect(counts[1]).toBeLessThanOrEqual(counts[2]!)
})

test('a comment that silences a rule keeps its fix away', () => {
  const folder = project({
    Dockerfile: 'FROM debian:12\nRUN apt-get update && apt-get install -y nginx && rm -rf /var/lib/apt/lists/* # x\nCMD nginx\n',
  })
  expect(run(folder, 'harden').stdout).toContain('CMD ["nginx"]')
  const silenced = project({ Dockerfile: 'FROM debian:12\n# bulkhead ignore=shell-form\nCMD nginx\n' })
  expect(run(silenced, 'harden').stdout).not.toContain('CMD ["nginx"]')
})

test('wrong usage is said in one line', () => {
  const folder = project(service)
  for (const [args, text] of [
    [['harden', 'nothing'], /nothing.*\n.*bulkhead init/],
    [['harden', '--write', '--diff'], /--diff shows what --write would do/],
    [['harden', '--review'], /asks on a terminal/],
    [['harden', '--level', 'extreme'], /Allowed choices are safe, balanced, strict/],
    [['init'], /Dockerfile is there already/],
    [['init', 'nowhere'], /nowhere is not a folder/],
    [['init', join(top, 'home')], /is not a folder|no file says what it is/],
  ] as const) {
    const { status, stderr, stdout } = run(folder, ...args)
    expect({ status, stdout }, args.join(' ')).toEqual({ status: 2, stdout: '' })
    expect(stderr, args.join(' ')).toMatch(text)
  }
  const empty = project({ 'notes.txt': 'none' })
  expect(run(empty, 'init').stderr).toMatch(/no file says what it is/)
})

test('init writes a hardened Dockerfile, and what runs it, and nothing twice', () => {
  const { Dockerfile: _, 'compose.yaml': __, ...rest } = service
  const folder = project(rest)
  const shown = run(folder, 'init', '--compose', '--kubernetes')
  expect(shown.status, shown.stderr).toBe(0)
  expect(existsSync(join(folder, 'Dockerfile'))).toBe(false)
  expect(shown.stdout).toMatch(/^--- \/dev\/null\n\+\+\+ b\/Dockerfile\n/)
  expect(run(folder, 'init', '--compose', '--kubernetes', '--write').status).toBe(0)
  const text = readFileSync(join(folder, 'Dockerfile'), 'utf8')
  expect(text).toMatch(/FROM node:\d+-slim/)
  expect(text).toMatch(/USER 1000:1000/)
  expect(text).toMatch(/CMD \["node", "server.js"\]/)
  expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toMatch(/cap_drop/)
  expect(readFileSync(join(folder, 'kubernetes.yaml'), 'utf8')).toMatch(/runAsNonRoot: true/)
  const checked = run(folder, 'check', '--fail-on', 'medium')
  expect(checked.status, checked.stdout).toBe(0)
  expect(run(folder, 'harden').stderr).toMatch(/nothing to change/)
  expect(run(folder, 'init').stderr).toMatch(/is there already/)
})

test('a Compose file above that builds the image is changed along, others are not', () => {
  const compose = 'services:\n  web:\n    build: ./web\n    ports:\n      - "5000:80"\n'
  const folder = project({
    'compose.yaml': compose,
    'other/compose.yaml': compose,
    'web/Dockerfile': 'FROM nginx:1.30\nCOPY site /usr/share/nginx/html\nEXPOSE 80\n',
    'web/site/index.html': '<p>\n',
  })
  mkdirSync(join(folder, '.git'))
  expect(run(join(folder, 'web'), 'harden', '--write').status).toBe(0)
  expect(readFileSync(join(folder, 'web/Dockerfile'), 'utf8')).toContain('EXPOSE 8080\n')
  expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toContain('"5000:8080"')
  expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toContain('user: "101:101"')
  expect(readFileSync(join(folder, 'other/compose.yaml'), 'utf8')).toBe(compose)
  expect(run(folder, 'harden', 'web/Dockerfile').stdout).toBe('')
})

/** A terminal, on which `typed` is typed. */
const onTerminal = (folder: string, typed: string, ...args: readonly string[]) => {
  const command = [process.execPath, program, ...args].map(word => `'${word}'`).join(' ')
  const env = { PATH: process.env.PATH, HOME: join(top, 'home') }
  return spawnSync('script', ['-qec', command, '/dev/null'], {
    cwd: folder,
    encoding: 'utf8',
    input: typed,
    env,
    timeout: 30_000,
  })
}

test.skipIf(!has('script'))('nothing that was not asked is done after a review that ends early', () => {
  const { Dockerfile, ...others } = service
  const clean = { ...others, Dockerfile: Dockerfile.replace(/ENV.*\n/, '') }
  const folder = project(clean)
  const left = onTerminal(folder, 'q\n', 'harden', '--review', '--write')
  expect(left.stdout).toContain('Take it? [Y/n/q]')
  expect(left.stdout).toMatch(/nothing to change/)
  expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toBe(clean.Dockerfile)
  expect(readdirSync(folder).sort()).toEqual(Object.keys(clean).sort())
})

test('of what builds no image nothing is said to run', () => {
  const { status, stderr } = run(project({ Dockerfile: '# FROM node\n' }), 'harden')
  expect(status).toBe(0)
  expect(stderr).toContain('there is nothing to build')
  expect(stderr).not.toContain('docker run')
})

test('a service that builds another stage than the last one is told', () => {
  const Dockerfile =
    'FROM node:24 AS prod\nWORKDIR /app\nCOPY . .\nCMD ["node", "a.js"]\nFROM prod AS test\nCMD ["npm", "test"]\n'
  const services = 'services:\n  web:\n    build: {context: ., target: prod}\n  test:\n    build: {context: ., target: Test}\n'
  const folder = project({ Dockerfile, 'compose.yaml': services })
  const { status, stderr } = run(folder, 'harden')
  expect(status).toBe(0)
  expect(stderr).toContain(
    'not covered[harden-target] the service `web` of compose.yaml builds the stage `prod` of Dockerfile, and what is hardened here is the last one, `test`',
  )
  expect(stderr).not.toContain('the service `test` of compose.yaml builds')
  expect(run(folder, 'harden', '--strict').status).toBe(2)
})

test('names in a project become no commands and no lines of the Dockerfile', () => {
  const go = 'package main\nfunc main(){}\n'
  const module = 'module example.com/shop\n\ngo 1.26\n'
  const { stdout } = run(project({ 'go.mod': module, 'cmd/a b;id/main.go': go }), 'init')
  expect(stdout).toMatch(/^\+FROM golang/m)
  expect(stdout).not.toContain(';id')
  const cargo = '[package]\nname = "a; touch /x"\nversion = "1.0.0"\n'
  expect(run(project({ 'Cargo.toml': cargo, 'Cargo.lock': '', 'src/main.rs': '' }), 'init').stderr).toMatch(
    /nothing says what starts/,
  )
  const python = run(project({ 'my $app/requirements.txt': 'flask==3.0.0\n', 'my $app/main.py': '' }), 'init')
  expect(python.stderr).toMatch(/the folder `my \$app` has a name that a COPY cannot take/)
  // A colon would make a mount of the host.
  const { stderr } = run(project({ Dockerfile: 'FROM node:24-slim\nVOLUME ["/:/host"]\nCMD ["node", "a.js"]\n' }), 'harden')
  expect(stderr).toContain('docker run')
  expect(stderr).not.toContain('/host')
})

test('what init has to assume is said', () => {
  const folder = project({
    'package.json': '{"name":"a","version":"1.0.0","main":"index.js"}',
    'src/index.js': 'console.log(1)\n',
  })
  const { stdout, stderr } = run(folder, 'init')
  expect(stderr).toContain('assumed: no file says what starts it: `node src/index.js` is taken')
  expect(stdout).toContain('+CMD ["node", "src/index.js"]')
})

test('one that is no UTF-8 stays what it is', () => {
  const folder = join(top, 'latin')
  mkdirSync(folder)
  writeFileSync(join(folder, 'Dockerfile'), Buffer.from('# caf\xe9\nFROM debian:12\nCMD nginx\n', 'latin1'))
  cpSync(join(folder, 'Dockerfile'), join(folder, 'Before'))
  expect(run(folder, 'harden', '--write').status).toBe(0)
  expect(readFileSync(join(folder, 'Dockerfile')).subarray(0, 7)).toEqual(Buffer.from('# caf\xe9\n', 'latin1'))
})
