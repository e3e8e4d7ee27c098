/** What a pod's account may do: groups, names and scopes of roles, roles that stand in other files, and that rule and way out agree. */
import { describe, expect, test } from 'vitest'
import { breakoutsOf } from '../src/judge/breakout.ts'
import type { ContainerFacts } from '../src/judge/container-rule.ts'
import { containerRules } from '../src/judge/rules/container-registry.ts'
import type { Report } from '../src/model/rule.ts'
import { mergeManifests, readManifests } from '../src/read/kubernetes/read-manifests.ts'
import { readYaml } from '../src/read/yaml/tree.ts'

const pod =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  serviceAccountName: web\n  containers: [{name: web, image: "web:1"}]\n'
type Role = {
  readonly kind?: 'Role' | 'ClusterRole'
  readonly name?: string
  readonly namespace?: string
  readonly rules: string
}
const role = ({ kind = 'ClusterRole', name = 'web', namespace, rules }: Role): string => {
  const metadata = `{name: ${name}${namespace ? `, namespace: ${namespace}` : ''}}`
  return [
    `---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ${kind}\nmetadata: ${metadata}\nrules:\n${rules}\n`,
    `---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ${kind}Binding\nmetadata: ${metadata}\n`,
    `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: ${name}}\n`,
    'subjects: [{kind: ServiceAccount, name: web, namespace: default}]\n',
  ].join('')
}
const rights = (groups: string, resources: string, verbs: string, names?: string): string =>
  `- {apiGroups: [${groups}], resources: [${resources}], verbs: [${verbs}]${names ? `, resourceNames: [${names}]` : ''}}`

/** What is said of the pod of the first file. */
const judge = (files: Readonly<Record<string, string>>) => {
  const read = Object.entries(files).map(([path, text]) => readManifests(readYaml(path, text)))
  const [container] = read[0]!.containers
  const facts: ContainerFacts = {
    today: '2026-11-26',
    neighbours: [container!],
    manifests: mergeManifests(read.map(({ manifests }) => manifests)),
    imageOf: () => undefined,
    allowedRegistries: undefined,
  }
  const rule = containerRules['container/service-account-powerful']!
  return {
    reports: [...(rule.check(container!, undefined, facts) as Iterable<Report>)],
    ways: breakoutsOf(container!, facts).filter(({ id }) => id === 'identity'),
  }
}
const inOne = (rules: string, more: Partial<Role> = {}) => judge({ 'all.yaml': `${pod}${role({ ...more, rules })}` })

describe('a group of the API has only what is its own', () => {
  test.each([
    ['custom.metrics.k8s.io', '"*"', '"*"'],
    ['networking.istio.io', '"*"', 'get, list, watch'],
    ['longhorn.io', 'nodes, jobs, secrets, nodes/proxy', '"*"'],
    ['apps', 'pods, secrets, jobs', 'create, get'],
    ['""', 'deployments, roles', 'create, escalate'],
    ['batch', 'daemonsets', 'create'],
    // The API keeps them from giving more than they have.
    ['rbac.authorization.k8s.io', 'clusterroles, clusterrolebindings', 'create, update, patch'],
  ])('no power: %s %s %s', (groups, resources, verbs) => {
    const { reports, ways } = inOne(rights(groups, resources, verbs))
    expect(ways).toEqual([])
    for (const { severity } of reports) expect(['medium', 'low']).toContain(severity)
    for (const { message } of reports) expect(message).toMatch(/do everything with/)
  })
  test.each([
    ['"*"', '"*"', '"*"', 'critical', 'do everything in the whole cluster'],
    ['""', '"*"', '"*"', 'critical', 'act as anybody else'],
    ['""', '"*/exec"', 'create', 'high', 'run commands in other pods'],
    ['""', 'secrets', 'list', 'high', 'read secrets in the whole cluster'],
    ['""', '"*"', 'get, list, watch', 'critical', 'ask every kubelet to run commands'],
    ['"", apps', 'deployments', 'patch', 'high', 'start pods'],
    ['extensions', 'deployments', 'create', 'high', 'start pods'],
    ['batch', 'cronjobs', 'patch', 'high', 'start pods'],
    ['rbac.authorization.k8s.io', '"*"', 'bind', 'critical', 'give itself every right'],
    ['""', 'users', 'impersonate', 'critical', 'act as anybody else'],
  ])('%s %s %s', (groups, resources, verbs, severity, may) => {
    const { reports, ways } = inOne(rights(groups, resources, verbs))
    expect(reports.map(report => report.severity)).toEqual([severity])
    expect(reports[0]!.message).toContain(may)
    // One table: the worst way weighs what the rule says.
    expect(ways[0]?.severity).toBe(severity)
  })
})

test('rights of a namespace weigh less, and are named so; what belongs to no namespace is not given in one', () => {
  const secrets = inOne(rights('""', 'secrets', 'get'), { kind: 'Role' })
  expect(secrets.reports).toMatchObject([
    { severity: 'medium', message: expect.stringContaining('read secrets in its namespace') },
  ])
  expect(secrets.ways).toMatchObject([{ severity: 'medium', title: 'The pod’s token reads secrets in its namespace' }])
  for (const rules of [
    rights('""', 'users, groups', 'impersonate'),
    rights('""', 'nodes/proxy', 'get'),
    rights('rbac.authorization.k8s.io', 'clusterroles', 'escalate'),
  ])
    expect(inOne(rules, { kind: 'Role' })).toEqual({ reports: [], ways: [] })
  // A role of another namespace.
  const other = inOne(rights('""', 'secrets', 'get'), { kind: 'Role', namespace: 'kube-system' })
  expect(other.reports[0]!.message).toContain('in the namespace `kube-system`')
})

test('what is given by name is told with the names, and is no way out', () => {
  const { reports, ways } = inOne(rights('""', 'secrets', 'get', 'memberlist'))
  expect(reports).toMatchObject([{ severity: 'info', message: expect.stringContaining('read secrets (only `memberlist`)') }])
  expect(ways).toEqual([])
  // Its own token it has already; what is yet to be made has no name; a name that is everything.
  expect(inOne(rights('""', 'serviceaccounts/token', 'create', 'web'))).toEqual({ reports: [], ways: [] })
  expect(inOne(rights('""', 'pods', 'create', 'x'))).toEqual({ reports: [], ways: [] })
  expect(inOne(rights('""', 'groups', 'impersonate', '"system:masters"')).ways).toMatchObject([{ severity: 'critical' }])
  expect(inOne(rights('rbac.authorization.k8s.io', 'clusterroles', 'bind', 'cluster-admin')).ways).toHaveLength(1)
  expect(inOne(rights('rbac.authorization.k8s.io', 'clusterroles', 'bind', 'view')).ways).toEqual([])
})

test('all rights of an account are one finding, of the worst of them, wherever the roles stand', () => {
  const rules = [
    rights('policy', 'poddisruptionbudgets', '"*"'),
    rights('""', 'secrets', 'get'),
    rights('"*"', '"*"', '"*"'),
  ].join('\n')
  const split = judge({ 'pod.yaml': pod, 'role.yaml': role({ rules }) })
  expect(split.reports).toMatchObject([{ severity: 'critical', at: { path: 'pod.yaml' } }])
  expect(judge({ 'all.yaml': `${pod}${role({ rules })}` }).reports).toMatchObject([{ severity: 'critical' }])
  expect(split.ways).toHaveLength(1)
  const { reports } = judge({
    'all.yaml': `${pod}${role({ rules: [rights('""', 'secrets', 'get'), rights('""', 'pods', 'create')].join('\n') })}`,
  })
  expect(reports[0]!.message).toMatch(/may read secrets and start pods .* in the whole cluster, by `web`$/)
})

describe('roles of the same name in several files', () => {
  const strong = role({ rules: rights('"*"', '"*"', '"*"') })
  const weak = role({ rules: rights('""', 'secrets', 'get') })
  test('that of the same file counts', () => {
    const { ways } = judge({ 'a/web.yaml': `${pod}${weak}`, 'a/aaa.yaml': strong, 'web-okd.yaml': `${pod}${strong}` })
    expect(ways.map(({ title, depends }) => [title, depends])).toEqual([
      ['The pod’s token reads secrets in the whole cluster', []],
    ])
    expect(ways[0]!.chain[1]!.at).toMatchObject({ path: 'a/web.yaml' })
  })
  test('then that of the same folder', () => {
    const { reports, ways } = judge({ 'a/pod.yaml': pod, 'b/role.yaml': strong, 'a/role.yaml': weak })
    expect(ways.map(({ chain }) => chain[1]!.at)).toMatchObject([{ path: 'a/role.yaml' }])
    expect(reports[0]!.message).not.toContain('is applied too')
  })
  test('of another folder only if that is applied as well', () => {
    const { reports, ways } = judge({ 'a/pod.yaml': pod, 'b/role.yaml': strong })
    expect(reports[0]!.message).toContain('if `b/role.yaml` is applied too')
    expect(ways[0]!.depends).toEqual(['`b/role.yaml` is applied too'])
  })
  test('a file that declares the same pod is applied instead, not as well', () => {
    expect(judge({ 'a/web.yaml': pod, 'a/web-okd.yaml': `${pod}${strong}` })).toEqual({ reports: [], ways: [] })
    const account = '---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\n'
    const other = role({ name: 'more', rules: rights('"*"', '"*"', '"*"') })
    expect(judge({ 'a/web.yaml': `${pod}${account}`, 'a/okd.yaml': `${account.replace('---\n', '')}${other}` }).ways).toEqual([])
    expect(judge({ 'a/web.yaml': `${pod}${account}`, 'a/more.yaml': other.replace('---\n', '') }).ways).toHaveLength(1)
  })
})
