/** Rules on engines and their hosts: every rule's examples are its first tests. */
import { describe, expect, test } from 'vitest'
import type { DaemonRule } from '../src/judge/daemon-rule.ts'
import type { HostRule } from '../src/judge/host-rule.ts'
import { judgeEngine } from '../src/judge/judge-engine.ts'
import { daemonRules } from '../src/judge/rules/daemon-registry.ts'
import { hostRules } from '../src/judge/rules/host-registry.ts'
import { daemonSample, hostSample } from './daemons.ts'
import { expectTexts } from './rule-texts.ts'

const all = Object.entries({ ...daemonRules, ...hostRules } as Readonly<Record<string, DaemonRule<unknown> | HostRule<unknown>>>)

const judge = (id: string, text: string): readonly { message: string; fix?: { title: string; safety: string } }[] => {
  const rule = daemonRules[id]
  const { findings, problems } = rule
    ? judgeEngine(daemonSample(text), new Map([[id, { rule, options: undefined, severity: undefined }]]))
    : judgeEngine(hostSample(text), new Map([[id, { rule: hostRules[id]!, options: undefined, severity: undefined }]]))
  for (const problem of problems) throw new Error(problem.message, { cause: problem.cause })
  return findings
}

test('there are rules, and their ids are their paths', () => {
  expect(Object.keys(daemonRules).length).toBeGreaterThan(15)
  expect(Object.keys(hostRules).length).toBeGreaterThan(4)
  for (const [id, { on }] of all) expect(id.startsWith(`${on}/`)).toBe(true)
})

describe.each(all)('%s', (id, rule) => {
  test('its texts', () => expectTexts(rule))

  test.each(rule.examples.map((example, i) => [i, example] as const))('example %i', (_, { bad, good }) => {
    const found = judge(id, bad)
    expect(found, 'the bad sample is reported').not.toEqual([])
    for (const { message, fix } of found) {
      expect(message).not.toMatch(/\.$/)
      expect(fix?.safety, 'nothing is edited on a host').toBe('manual')
      expect(fix?.title).not.toMatch(/\.$/)
    }
    expect(judge(id, good), 'the good sample is silent').toEqual([])
  })
})

/** An engine that says nothing of itself, and one whose options cannot be seen. */
test.each(Object.keys(daemonRules))('%s: what nobody said is no finding', id => {
  expect(judge(id, '{"info": {}}')).toEqual([])
})

test.each(Object.keys(daemonRules).filter(id => id !== 'daemon/version-flaw'))('%s: Podman has no daemon', id => {
  for (const { bad } of daemonRules[id]!.examples) {
    const sample = JSON.parse(bad) as { version?: { Components?: object[] } }
    const podman = { ...sample, version: { Components: [{ Name: 'Podman Engine', Version: '5.2.0' }] } }
    expect(judge(id, JSON.stringify(podman))).toEqual([])
  }
})

describe('versions', () => {
  const flaws = (components: Readonly<Record<string, string>>, more: object = {}): readonly string[] =>
    judge(
      'daemon/version-flaw',
      JSON.stringify({
        version: { Components: Object.entries(components).map(([Name, Version]) => ({ Name, Version })) },
        ...more,
      }),
    ).map(({ message }) => message.replace(/ when .*$/, ''))

  test.each<[string, readonly string[]]>([
    ['1.1.11', ['CVE-2024-21626', 'CVE-2025-31133']],
    ['1.1.12', ['CVE-2025-31133']],
    ['1.2.7', ['CVE-2025-31133']],
    ['1.2.8', []],
    ['1.3.2', ['CVE-2025-31133']],
    ['1.3.3', []],
    ['1.4.0', []],
    ['1.0.0-rc6', ['CVE-2019-5736', 'CVE-2024-21626', 'CVE-2025-31133']],
  ])('runc %s', (version, ids) => {
    expect(flaws({ runc: version })).toEqual(ids.map(id => `runc ${version} has ${id}:`))
  })

  test('a distributor may have mended it', () => {
    expect(flaws({ runc: '1.1.5+ds1', containerd: '1.6.20~ds1' })).toEqual([
      'runc 1.1.5+ds1 has CVE-2024-21626, unless its distributor mended it:',
      'runc 1.1.5+ds1 has CVE-2025-31133, unless its distributor mended it:',
      'containerd 1.6.20~ds1 has CVE-2024-40635, unless its distributor mended it:',
    ])
  })
})

describe('the API on the network', () => {
  const of = (options: object): readonly string[] =>
    judge('daemon/api-over-network', JSON.stringify({ 'daemon.json': options })).map(({ message }) => message)
  test.each([
    [{ hosts: ['tcp://0.0.0.0:2375'] }, 1],
    [{ hosts: ['tcp://127.0.0.1:2375'] }, 1],
    [{ hosts: ['tcp://0.0.0.0:2376', 'tcp://[::]:2376'], tls: true }, 2],
    [{ hosts: ['tcp://0.0.0.0:2376'], tlsverify: true }, 0],
    [{ hosts: ['unix:///x', 'fd://', 'npipe://x'] }, 0],
    [{ hosts: 'nonsense' }, 0],
  ])('%j', (options, count) => {
    expect(of(options).length).toBe(count)
  })
})
