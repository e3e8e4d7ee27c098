import { describe, expect, test } from 'vitest'
import { containerRules } from '../judge/rules/container-registry.ts'
import { manifestRules } from '../judge/rules/manifest-registry.ts'
import { rules } from '../judge/rules/registry.ts'
import { showText } from '../show/text.ts'
import { memoryWorld } from '../world/memory.ts'
import { type CheckOptions, check, exitCode } from './check.ts'

const run = async (files: Readonly<Record<string, string>>, options: Partial<CheckOptions> = {}) => {
  const all = { ...rules, ...containerRules, ...manifestRules }
  return check(memoryWorld(files), all, '0.1.0', { paths: ['.'], shellcheck: 'off', ...options })
}
const told = (outcome: Awaited<ReturnType<typeof run>>, rule: string): readonly string[] =>
  outcome.report.findings
    .filter(one => one.rule === rule && !one.suppressed)
    .map(({ at: [at] }) =>
      at.in === 'file' ? `${at.path}:${outcome.report.files.get(at.path)!.text.slice(0, at.span.start).split('\n').length}` : '',
    )

describe('what is judged', () => {
  test('Dockerfiles, Compose, Kubernetes and scripts of one folder, and nothing else', async () => {
    const { report } = await run({
      'app/Dockerfile': 'FROM alpine:3.20\nUSER 1000\n',
      'compose.yaml': 'services:\n  web:\n    image: web:1\n    privileged: true\n',
      'k8s/web.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    image: web:1\n',
      'run.sh': '#!/bin/sh\ndocker run --privileged web:1\n',
      'build.sh': '#!/bin/sh\nmake\n',
      'mkdocs.yml': 'site_name: x\n',
      'values.yaml': 'image: {tag: 1}\n',
    })
    expect([...report.files.keys()].sort()).toEqual(['app/Dockerfile', 'compose.yaml', 'k8s/web.yaml', 'run.sh'])
    expect(report.problems).toEqual([])
  })

  test('a file that was named and is none of these', async () => {
    const { report } = await run({ 'values.yaml': 'image: {tag: 1}\n' }, { paths: ['values.yaml'] })
    expect(report.problems).toMatchObject([{ kind: 'failed', code: 'file-unknown' }])
  })

  test('a script is read as one, whatever the files look like that it writes', async () => {
    const outcome = await run({
      'setup.sh': '#!/bin/sh\ncat <<END\nservices:\n  web:\n    image: $X\n    nonsense: [\nEND\ndocker run --privileged web:1\n',
      Makefile: 'define X\napiVersion: v1\nkind: Pod\nspec: [\nendef\nrun:\n\tdocker run --privileged web:1\n',
    })
    expect(outcome.report.problems).toEqual([])
    expect(told(outcome, 'container/privileged')).toEqual(['Makefile:7', 'setup.sh:8'])
  })

  test('scripts without an extension are known by their first line', async () => {
    const files = {
      'bin/start': '#!/usr/bin/env bash\ndocker run --privileged web:1\n',
      'bin/.functions': '#!/bin/bash\ndocker run --pid host web:1\n',
      'bin/build': '#!/bin/sh\nmake\n',
      'bin/tool': '#!/usr/bin/python3\nrun("docker run --privileged web:1")\n',
      LICENSE: 'docker run --privileged web:1\n',
    }
    const outcome = await run(files)
    expect([...outcome.report.files.keys()].sort()).toEqual(['bin/.functions', 'bin/start'])
    expect(told(outcome, 'container/privileged')).toEqual(['bin/start:2'])
    // Named itself, it is no Dockerfile either.
    const named = await run(files, { paths: ['bin/build'] })
    expect(named.report.problems).toMatchObject([{ code: 'file-unknown' }])
    // What configuration and git leave out is not opened.
    expect([...(await run({ ...files, '.git/config': '', '.gitignore': 'start\n' })).report.files.keys()]).toEqual([
      'bin/.functions',
    ])
  })

  test('files of variables that a script names stand beside it or at the top', async () => {
    const text = 'docker run --env-file .env a:1\ndocker run --env-file=conf/x.env b:1\n'
    const codes = async (files: Readonly<Record<string, string>>) =>
      (await run(files)).report.problems.map(({ code, message }) => `${code} ${message}`)
    expect(await codes({ 'app/run.sh': text, 'app/.env': 'A=b\n', 'conf/x.env': 'C=d\n' })).toEqual([])
    // Once for a file, not once for a command.
    const missing = 'docker-run-environment-file the variables in `'
    expect(await codes({ 'app/run.sh': text + text })).toEqual([
      `${missing}.env\` are not known`,
      `${missing}conf/x.env\` are not known`,
    ])
    // Elsewhere a stranger's script does not look.
    expect(
      await codes({
        'sub/run.sh': 'docker run --env-file ../up.env --env-file /etc/x a:1\n',
        'up.env': 'A=b\n',
        '/etc/x': 'A=b\n',
      }),
    ).toHaveLength(2)
  })

  test.each([
    ['a project in braces', '{services: {web: {image: "web:1", privileged: true}}}\n'],
    ['an indented one', '  services:\n    web:\n      image: web:1\n      privileged: true\n'],
    ['one behind its mark', '--- {services: {web: {image: "web:1", privileged: true}}}\n'],
    ['one that is merged', 'x-a: &a\n  services:\n    web:\n      image: web:1\n      privileged: true\n<<: *a\n'],
  ])('%s, by its name', async (_, text) => {
    expect(told(await run({ 'compose.yaml': text }), 'container/privileged')).toHaveLength(1)
  })

  test('a pod in JSON; JSON that is none', async () => {
    const pod = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a' },
      spec: { hostPID: true, containers: [{ name: 'a', image: 'a:1' }] },
    })
    const outcome = await run({ 'pod.json': pod, 'package.json': '{"name": "x"}', 'data.json': '{"a": 1}' })
    expect(told(outcome, 'container/namespace-host')).toEqual(['pod.json:1'])
    expect([...outcome.report.files.keys()]).toEqual(['pod.json'])
  })

  test.each(['run.ps1', 'package.json', 'x.container'])('%s that was named', async name => {
    const { report } = await run({ [name]: 'docker run --privileged x\n' }, { paths: [name] })
    expect(report.problems).toMatchObject([{ kind: 'failed', code: 'file-unknown' }])
    expect(report.findings).toEqual([])
  })

  test('an override is a part of its project', async () => {
    const outcome = await run({
      'compose.yaml': 'services:\n  web:\n    image: web:1\n',
      'compose.override.yaml': 'services:\n  web:\n    privileged: true\n',
    })
    expect(told(outcome, 'container/privileged')).toEqual(['compose.override.yaml:3'])
    expect(told(outcome, 'container/user-root')).toEqual(['compose.yaml:2'])
  })

  test('the user of what is built is that of its Dockerfile', async () => {
    const outcome = await run(
      {
        'compose.yaml':
          'services:\n  a:\n    build: ./app\n  b:\n    build: {context: ./app, dockerfile: root.Dockerfile}\n  c:\n    build: {context: app, target: dev}\n',
        'app/Dockerfile': 'FROM alpine:3.20 AS dev\nUSER root\nFROM alpine:3.20\nUSER 1000\n',
        'app/root.Dockerfile': 'FROM debian:12\n',
      },
      { only: ['container/user-root'], paths: ['compose.yaml'] },
    )
    expect(told(outcome, 'container/user-root')).toEqual(['compose.yaml:4', 'compose.yaml:6'])
  })

  test('a policy in another file speaks of a pod', async () => {
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec:\n  containers:\n  - name: web\n    image: web:1\n'
    const policy =
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: all}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n'
    const rule = 'container/network-policy-missing'
    const only = [rule]
    expect(told(await run({ 'a.yaml': pod }, { only }), rule)).toHaveLength(1)
    expect(told(await run({ 'a.yaml': pod, 'z/policy.yaml': policy }, { only }), rule)).toEqual([])
  })
})

test('a long port is shown at the line that opens it', async () => {
  const outcome = await run({
    'compose.yaml': 'services:\n  web:\n    image: a:1\n    ports:\n      - target: 80\n        published: 8080\n',
  })
  expect(told(outcome, 'container/port-exposed')).toEqual(['compose.yaml:6'])
})

describe('what rests on variables without a value', () => {
  const text =
    'services:\n  a:\n    image: a:1\n    user: "${U}:${G}"\n    volumes: ["${ROOT}/etc:/e", "/root:/r"]\n    environment: {DB_PASSWORD: "Xq7hunter2x9Kq${H}"}\n'
  const only = ['container/user-root', 'container/host-path', 'container/secret-value']
  const said = async (files: Readonly<Record<string, string>>) =>
    (await run(files, { only })).report.findings.map(one => `${one.severity} ${one.rule} ${one.message} (${one.note ?? ''})`)

  test('weighs one step less, and says so', async () => {
    const findings = await said({ 'compose.yaml': text })
    expect(findings).toEqual(
      expect.arrayContaining([
        'medium container/user-root `U` and `G` have no value here, and without one the container runs as root (this holds if `U` and `G` stay empty)',
        expect.stringMatching(/^high container\/host-path `\/etc` .*\(this holds if `ROOT` stays empty\)$/),
        expect.stringMatching(/^critical container\/host-path `\/root` .*\(\)$/),
        // A secret that is written is one all the same.
        expect.stringMatching(/container\/secret-value .*\(\)$/),
      ]),
    )
  })

  test('no longer when they have one', async () => {
    const findings = await said({ 'compose.yaml': text, '.env': 'U=0\nG=0\nROOT=/\n' })
    expect(findings).toEqual(
      expect.arrayContaining([
        'high container/user-root the container runs as root: `0:0` ()',
        expect.stringMatching(/^critical container\/host-path `\/etc` .*\(\)$/),
      ]),
    )
  })

  test('ways out, too', async () => {
    const ways = async (files: Readonly<Record<string, string>>) =>
      (await run(files)).report.breakouts!.flatMap(one => one.ways.filter(({ title }) => /`\/etc` can be changed/.test(title)))
    const compose = 'services:\n  a:\n    image: a:1\n    volumes: ["${ROOT}/etc:/e"]\n'
    const [open] = await ways({ 'compose.yaml': compose, '.env': 'ROOT=/\n' })
    const [perhaps] = await ways({ 'compose.yaml': compose })
    expect([open!.severity, perhaps!.severity]).toEqual(['critical', 'high'])
    expect(perhaps!.depends).toEqual([...open!.depends, '`ROOT` stays empty'])
  })
})

describe('what is told once', () => {
  test('problems and ways out of a service that many projects extend', async () => {
    const base = 'services:\n  db:\n    image: db:${TAG}\n    privileged: true\n'
    const use = 'services:\n  db:\n    extends: {file: base.yaml, service: db}\n'
    const { report } = await run({ 'base.yaml': base, 'compose.a.yaml': use, 'compose.b.yaml': use })
    expect(report.problems.map(({ code }) => code)).toEqual(['compose-variable-unset'])
    const text = showText(report, { colour: false })
    expect(text.match(/^Ways out of/gm)).toHaveLength(1)
    expect(text).toContain('the same of db compose.a.yaml:2, db compose.b.yaml:2')
  })

  test('templates: once for a chart, else for a folder', async () => {
    const template = 'apiVersion: v1\nkind: Pod\n{{- if x }}\n---\napiVersion: v1\nkind: Pod\n{{ y }}: {\n'
    const { report } = await run({
      'charts/a/Chart.yaml': 'name: a\n',
      'charts/a/templates/pod.yaml': template,
      'charts/a/templates/sub/pod.yaml': template,
      'charts/a/files/pod.yaml': template,
      'b/templates/pod.yaml': template,
      'b/templates/web.yaml': template,
      'c.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: @NAME@\n',
      'd.yaml': '# @NAME@\napiVersion: v1\nkind: Pod\nmetadata: [\n',
    })
    expect(report.problems.map(one => `${one.kind} ${one.message}`).sort()).toEqual([
      expect.stringMatching(/^failed this is no YAML/),
      'uncovered 2 templates (`pod.yaml`, `web.yaml`) are no YAML before they are filled in; judge what is made of them',
      'uncovered `charts/a` is a chart of Helm: 3 templates of it are no YAML before they are filled in; judge what `helm template charts/a` prints',
      'uncovered a template is no YAML before it is filled in; judge what is made of it',
    ])
  })

  test('a part of a file that several projects use', async () => {
    const base = 'services:\n  db:\n    image: db:1\n    privileged: true\n'
    const use = 'services:\n  db:\n    extends: {file: base.yaml, service: db}\n'
    const outcome = await run({ 'base.yaml': base, 'compose.a.yaml': use, 'compose.b.yaml': use })
    expect(told(outcome, 'container/privileged')).toEqual(['base.yaml:4'])
    expect(outcome.report.findings.find(({ rule }) => rule === 'container/privileged')?.note).toBe(
      '2 more projects use this part of the file',
    )
  })

  test('the root of a Dockerfile that is judged itself', async () => {
    const files = { 'compose.yaml': 'services:\n  web:\n    build: .\n', Dockerfile: 'FROM debian:12\n' }
    expect(told(await run(files), 'container/user-root')).toEqual([])
    expect(told(await run(files), 'dockerfile/user-missing')).toHaveLength(1)
    // Another stage than the last is nobody else's to tell.
    const dev = {
      'compose.yaml': 'services:\n  web:\n    build: {context: ., target: dev}\n',
      Dockerfile: 'FROM debian:12 AS dev\nFROM debian:12\nUSER 1000\n',
    }
    expect(told(await run(dev), 'container/user-root')).toEqual(['compose.yaml:2'])
    expect(told(await run(files, { paths: ['compose.yaml'] }), 'container/user-root')).toEqual(['compose.yaml:2'])
  })

  test('a command that is waited for and then gone lacks nothing, and opens all the same', async () => {
    const outcome = await run({
      'a.sh': '#!/bin/sh\ndocker run --rm --privileged busybox:1 nproc\ndocker run -d --rm busybox:1 httpd\n',
    })
    expect(told(outcome, 'container/user-root')).toEqual(['a.sh:3'])
    expect(told(outcome, 'container/privileged')).toEqual(['a.sh:2'])
  })
})

describe('bad input gets one clear word with its place, and the rest is judged', () => {
  const good =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - {name: web, image: "web:1", securityContext: {privileged: true}}\n'
  const rest = async (bad: string, kind: 'failed' | 'uncovered' = 'failed') => {
    const outcome = await run({ 'a.yaml': `${good}---\n${bad}\n---\n${good.replaceAll('web', 'db')}` })
    expect(told(outcome, 'container/privileged')).toHaveLength(2)
    const found = outcome.report.problems.filter(problem => problem.kind === kind)
    expect(found.length).toBeGreaterThan(0)
    for (const { at } of found) expect(at).toMatchObject({ in: 'file', path: 'a.yaml' })
    return found
  }

  test('no YAML', async () => expect(await rest('a: [1')).toMatchObject([{ code: 'yaml-invalid' }]))
  test('a tab', async () =>
    expect(await rest('a:\n\tb: 1')).toMatchObject([{ code: 'yaml-invalid', message: expect.stringContaining('tab') }]))
  test('a template', async () => {
    expect(await rest('a: {{ .Values.x }}\n{{- if y }}\nb: 1\n{{- end }}', 'uncovered')).toMatchObject([
      { code: 'yaml-template' },
    ])
  })
  test('brackets without end', async () =>
    expect(await rest(`a: ${'['.repeat(200_000)}`)).toMatchObject([{ code: 'yaml-invalid' }]))
  test('depth', async () => {
    const deep = Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')
    expect(await rest(deep)).toMatchObject([{ code: 'yaml-invalid' }])
  })
  test('an alias of nothing', async () => expect(await rest('a: *none')).toMatchObject([{ code: 'yaml-alias-unknown' }, ...[]]))

  // Without a bound they are 4^30 nodes, and this never ends.
  test('aliases that multiply, in pods and in services', async () => {
    const levels = Array.from({ length: 30 }, (_, i) => `x${i + 1}: &x${i + 1} [*x${i}, *x${i}, *x${i}, *x${i}]`).join('\n')
    const bomb = `x0: &x0 [a, b, c, d]\n${levels}\n`
    const outcome = await run({
      'compose.yaml': `${bomb}services:\n  web:\n    image: web:1\n    privileged: true\n    environment: *x30\n    labels: *x30\n`,
      'pod.yaml': `${good}  volumes: &v0 [{name: a, emptyDir: {}}]\n---\n${bomb}kind: Pod\napiVersion: v1\nspec: {containers: *x30}\n`,
    })
    expect(told(outcome, 'container/privileged')).toHaveLength(2)
  })

  test('keys that stand twice', async () => {
    const outcome = await run({
      'compose.yaml': 'services:\n  web:\n    image: web:1\n    privileged: false\n    privileged: true\n',
    })
    expect(outcome.report.problems).toMatchObject([{ code: 'yaml-duplicate-key' }])
    expect(told(outcome, 'container/privileged')).toEqual(['compose.yaml:5'])
  })

  test('extends and include in circles, and what is missing', async () => {
    const outcome = await run({
      'compose.yaml':
        'include: [other.yaml]\nservices:\n  a:\n    extends: {service: b}\n    privileged: true\n  b:\n    extends: {service: a}\n  c:\n    image: ${NAME_OF_IMAGE}\n    privileged: true\n',
      'other.yaml': 'include: [compose.yaml]\nservices:\n  d:\n    image: d:1\n    privileged: true\n',
    })
    expect(told(outcome, 'container/privileged').length).toBeGreaterThanOrEqual(2)
    expect(outcome.report.problems.length).toBeGreaterThanOrEqual(3)
    expect(exitCode(outcome.report, 'none', false)).toBe(2)
  })
})

describe('comments silence', () => {
  const compose = (comment: string, inline = ''): string =>
    `services:\n  ${comment}\n  web:\n    image: web:1\n    privileged: true${inline}\n    pid: host\n`
  test('a service', async () => {
    const outcome = await run({ 'compose.yaml': compose('# bulkhead ignore=container/privileged the GPU plugin needs it') })
    expect(told(outcome, 'container/privileged')).toEqual([])
    expect(told(outcome, 'container/engine-socket')).toEqual([])
    expect(outcome.report.findings.find(({ rule }) => rule === 'container/privileged')?.suppressed).toMatchObject({
      by: 'comment',
      reason: 'the GPU plugin needs it',
    })
  })
  test('a line', async () => {
    const outcome = await run({ 'compose.yaml': compose('# hello', '  # trivy:ignore:KSV-0017') })
    expect(told(outcome, 'container/privileged')).toEqual([])
  })
  test('nothing when the words stand in a value', async () => {
    const outcome = await run({ 'compose.yaml': compose('x: "# bulkhead ignore=container/privileged no"') })
    expect(told(outcome, 'container/privileged')).toHaveLength(1)
  })
  test('not any more, and not what is no rule', async () => {
    const late = await run({ 'compose.yaml': compose('# bulkhead ignore=container/privileged until=2020-01-01 once') })
    expect(told(late, 'container/privileged')).toHaveLength(1)
    const wrong = await run({ 'compose.yaml': compose('# bulkhead ignore=container/privilegd x') })
    expect(wrong.report.problems).toMatchObject([{ code: 'ignore-unknown-rule' }])
  })
})

describe('the text', () => {
  test('what is said of several containers of a file in the same words is said once, with all places', async () => {
    const services = ['a', 'b', 'c'].map(name => `  ${name}:\n    image: web:1\n    pid: host\n`).join('')
    const { report } = await run({ 'compose.yaml': `services:\n${services}`, 'other/compose.yaml': `services:\n${services}` })
    const text = showText(report, { colour: false })
    expect(text.match(/high\[container\/namespace-host\]/g)).toHaveLength(2)
    expect(text).toContain('  --> compose.yaml:4:5\n')
    expect(text).toContain('  also compose.yaml:7:5, 10:5\n')
    expect(report.findings.filter(({ rule }) => rule === 'container/namespace-host')).toHaveLength(6)
  })

  test('a container is shown by its first line', async () => {
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    image: web:1\n    securityContext: {runAsUser: 0}\n'
    const { report } = await run({ 'pod.yaml': pod }, { only: ['container/seccomp-unset'] })
    const louder = { ...report, findings: report.findings.map(one => ({ ...one, severity: 'high' as const })) }
    expect(showText(louder, { colour: false })).toContain('6 |   - name: web\n  |     ^^^^^^^^^\n  why')
  })

  test('what nearly all lack is one table; the worst comes first, and the ways out before it', async () => {
    const { report } = await run({
      'compose.yaml':
        'services:\n  a:\n    image: nginx\n  b:\n    image: b:1\n    user: "1000"\n    read_only: true\n    privileged: true\n    pid: host\n',
    })
    const text = showText(report, { colour: false })
    const at = (part: string): number => text.indexOf(part)
    expect(text).toContain('Not hardened: 2 containers in one file')
    expect(text).toMatch(/^ {2}a +:2 {2}✗ /m)
    expect(text).not.toContain('medium[container/user-root]')
    expect(at('Ways out of b')).toBeLessThan(at('critical[container/privileged]'))
    expect(at('critical[container/privileged]')).toBeLessThan(at('low[container/image-floating]'))
    expect(at('low[container/image-floating]')).toBeLessThan(at('Not hardened'))
    const brief = showText(report, { colour: false, brief: true })
    for (const { rule } of report.findings) expect(brief).toContain(rule)
    const problem = { kind: 'uncovered', code: 'x-y', message: 'not\nread', at: report.findings[0]!.at[0] } as const
    expect(showText({ ...report, problems: [problem] }, { colour: false, brief: true })).toMatch(
      /^compose\.yaml:\d+:\d+: not covered x-y: not.{1,8}read$/m,
    )
  })

  test('how many --fix repairs', async () => {
    const { report } = await run({ 'compose.yaml': 'services:\n  a:\n    image: a:1\n    privileged: true\n' })
    const some = (safety: 'safe' | 'unsafe') => {
      const finding = report.findings[0]!
      return { ...finding, fix: { title: 'X', safety, edits: [{ path: 'x', span: { start: 0, end: 0 }, text: '' }] } }
    }
    expect(showText({ ...report, findings: [some('unsafe')] }, { colour: false })).toContain('--fix --unsafe repairs 1;')
    expect(showText({ ...report, findings: [some('safe'), some('unsafe')] }, { colour: false })).toContain('repairs 1 more;')
  })
})
