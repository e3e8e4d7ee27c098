/** An engine of plain answers: what is not there, what is silent, what is no engine. */
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { expect, test } from 'vitest'
import { containerRules } from '../judge/rules/container-registry.ts'
import { daemonRules } from '../judge/rules/daemon-registry.ts'
import { hostRules } from '../judge/rules/host-registry.ts'
import type { World } from '../model/world.ts'
import { showJson } from '../show/json.ts'
import { showText } from '../show/text.ts'
import { memoryWorld } from '../world/memory.ts'
import { type AuditEngineOptions, auditEngine } from './audit-engine.ts'

const id = (letter: string): string => letter.repeat(64)

const inspected = (letter: string, name: string, more: object = {}): object => ({
  Id: id(letter),
  Name: `/${name}`,
  Image: `sha256:${id('0')}`,
  Config: { Image: 'web:1', User: '' },
  HostConfig: { Privileged: false, SecurityOpt: null, MaskedPaths: ['/proc/kcore'], ReadonlyPaths: ['/proc/sys'] },
  ...more,
})

const answers = (): Record<string, unknown> => ({
  '/info': {
    Name: 'far',
    KernelVersion: '6.1.0',
    OSType: 'linux',
    ServerVersion: '28.0.0',
    SecurityOptions: ['name=seccomp,profile=builtin'],
  },
  '/version': { Version: '28.0.0', Components: [{ Name: 'runc', Version: '1.3.3' }] },
  '/containers/json?all=1': [
    { Id: id('a'), Names: ['/web'] },
    { Id: id('b'), Names: ['/other/web', '/db'] },
  ],
  [`/containers/${id('a')}/json`]: inspected('a', 'web'),
  [`/containers/${id('b')}/json`]: inspected('b', 'db'),
  [`/images/${encodeURIComponent(`sha256:${id('0')}`)}/json`]: { Config: { User: '1000' } },
  '/volumes': { Volumes: null },
})

const engine = (given: Record<string, unknown>, methods: string[] = []): World => ({
  ...memoryWorld(
    {},
    {
      request: async ({ url, method = 'GET' }) => {
        methods.push(method)
        const path = url.replace('http://10.0.0.1:2375', '')
        const known = Object.hasOwn(given, path)
        const text = known
          ? typeof given[path] === 'string'
            ? (given[path] as string)
            : JSON.stringify(given[path])
          : '{"message":"no"}'
        return {
          status: known ? 200 : 404,
          headers: {},
          isPrivate: true,
          body: (async function* () {
            yield new TextEncoder().encode(text)
          })(),
          close: () => undefined,
        }
      },
    },
  ),
  env: {},
})

const audit = (world: World, options: AuditEngineOptions = {}) =>
  auditEngine(world, { container: containerRules, daemon: daemonRules, host: hostRules }, '0', {
    config: 'none',
    host: 'tcp://10.0.0.1:2375',
    ...options,
  })

const problemsOf = async (given: Record<string, unknown>): Promise<readonly string[]> =>
  (await audit(engine(given))).report.problems.map(({ kind, code, message }) => `${kind} ${code}: ${message}`)

test('an engine elsewhere: its host is not judged, and that is told; nothing but GET is asked', async () => {
  const methods: string[] = []
  const { report } = await audit(engine(answers(), methods))
  expect(report.problems.map(({ code }) => code)).toEqual(['host-elsewhere'])
  expect(report.engine).toEqual({ name: 'far', containers: 2, judgesDaemon: true, judgesHost: false })
  expect(new Set(methods)).toEqual(new Set(['GET']))
  // The name that another container has for it is not its own.
  expect(new Set(report.findings.flatMap(({ at: [at] }) => (at.in === 'container' ? [at.id] : [])))).toEqual(
    new Set(['db', 'web']),
  )
})

test('what is gone, or silent, is told; the rest is judged', async () => {
  const { [`/containers/${id('b')}/json`]: _, ...gone } = answers()
  expect(await problemsOf(gone)).toContain(
    'uncovered engine-silent: the engine does not say what the container db is: it may be gone by now',
  )
  const { [`/images/${encodeURIComponent(`sha256:${id('0')}`)}/json`]: __, '/version': ___, ...silent } = answers()
  const problems = await problemsOf(silent)
  expect(problems).toContain('uncovered engine-silent: the engine does not say which versions it is made of')
  expect(problems.some(one => one.includes('what the image sha256:'))).toBe(true)
  const odd = { ...answers(), [`/containers/${id('a')}/json`]: { Id: 7 }, '/volumes': 'no JSON' }
  expect((await problemsOf(odd)).filter(one => one.includes('none of a Docker Engine'))).toHaveLength(2)
  expect((await audit(engine(odd))).report.engine?.containers).toBe(1)
})

test('a privileged process that somebody started in a container', async () => {
  const withExec = {
    ...answers(),
    [`/containers/${id('a')}/json`]: inspected('a', 'web', { ExecIDs: ['e1', 'e2', 'e3'] }),
    '/exec/e1/json': { Running: true, ProcessConfig: { privileged: true, user: '0' } },
    '/exec/e2/json': { Running: false, ProcessConfig: { privileged: true } },
    '/exec/e3/json': { Running: true, ProcessConfig: { privileged: false } },
  }
  const { report } = await audit(engine(withExec), { only: ['container/privileged'] })
  expect(report.findings.map(({ rule, at }) => [rule, at[0]])).toEqual([
    ['container/privileged', { in: 'container', id: 'web', field: 'ExecIDs' }],
  ])
})

test('what is no engine', async () => {
  await expect(audit(engine({}))).rejects.toThrow(/no engine answers: the engine at 10\.0\.0\.1:2375 is none/)
  await expect(audit(engine({ '/info': '<html>' }))).rejects.toThrow(/none of a Docker Engine/)
  await expect(audit(engine({ ...answers(), '/containers/json?all=1': { no: 'list' } }))).rejects.toThrow(
    /none of a Docker Engine/,
  )
})

test('the runtime’s flaws, and the engine’s, without options that nobody saw', async () => {
  const old = { ...answers(), '/version': { Components: [{ Name: 'runc', Version: '1.1.11' }] } }
  const { report } = await audit(engine(old), { profile: 'all' })
  const told = report.findings.map(({ rule }) => rule)
  expect(told).toContain('daemon/version-flaw')
  expect(report.breakouts?.[0]?.ways.some(({ id: kind }) => kind === 'runtime-flaw')).toBe(true)
  // What only daemon.json says is not known here.
  for (const rule of ['daemon/ulimit-default-missing', 'daemon/new-privileges', 'daemon/userland-proxy'])
    expect(told).not.toContain(rule)
})

test('the report follows its published schema', async () => {
  const schema = JSON.parse(readFileSync(new URL('../../docs/check-report.schema.json', import.meta.url), 'utf8')) as object
  const valid = formats.default(new Ajv2020({ allErrors: true })).compile(schema)
  const report = JSON.parse(showJson((await audit(engine(answers()))).report)) as { recreations: object[] }
  expect(report.recreations).not.toEqual([])
  expect(valid(report), JSON.stringify(valid.errors)).toBe(true)
})

test('terminals get no control characters of an engine', async () => {
  const hostile = {
    ...answers(),
    [`/containers/${id('a')}/json`]: inspected('a', '\u001b[2Jweb'),
    '/info': { Name: '\u001b]0;x', OSType: 'linux' },
  }
  const { report } = await audit(engine(hostile))
  expect(showText(report, { colour: false })).not.toContain('\u001b')
})
