import { describe, expect, test } from 'vitest'
import { memoryWorld } from '../world/memory.ts'
import { dockerdOptions, isOnThisMachine, readHost, readLocalEngine } from './engine-host.ts'

describe('dockerd options', () => {
  test.each<[string, object]>([
    ['-H unix:///x --host=tcp://0.0.0.0:2375 -H fd://', { hosts: ['unix:///x', 'tcp://0.0.0.0:2375', 'fd://'] }],
    ['--iptables=false --icc=0 --live-restore -D', { iptables: false, icc: false, 'live-restore': true, debug: true }],
    ['--tlsverify --tlscacert /ca.pem', { tlsverify: true, tlscacert: '/ca.pem' }],
    [
      '--insecure-registry a:5000 --insecure-registry=b --data-root /d',
      { 'insecure-registries': ['a:5000', 'b'], 'data-root': '/d' },
    ],
    ['--default-ulimit nofile=1:2 --userns-remap default', { 'default-ulimits': ['nofile=1:2'], 'userns-remap': 'default' }],
    ['stray words --log-driver', {}],
  ])('%s', (line, expected) => {
    const found = dockerdOptions(line.split(' '))
    expect(Object.fromEntries([...found].map(([name, { value }]) => [name, value]))).toEqual(expected)
  })
})

const processes = (...lines: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    lines.flatMap((line, i) => [
      [`/proc/${100 + i}/comm`, `${line.split(' ')[0]!.split('/').at(-1)}\n`],
      [`/proc/${100 + i}/cmdline`, `${line.replaceAll(' ', '\0')}\0`],
    ]),
  )

describe('the daemon on this machine', () => {
  const read = async (files: Record<string, string | undefined>, socket = '/run/docker.sock', root = '/var/lib/docker') => {
    const { options, problems, configuration } = await readLocalEngine(memoryWorld(files), socket, root)
    return {
      options:
        options && Object.fromEntries([...options].map(([name, { value, from }]) => [name, `${from} ${JSON.stringify(value)}`])),
      problems: problems.map(({ kind, code }) => `${kind} ${code}`),
      configuration,
    }
  }

  test('its command line and daemon.json', async () => {
    const files = {
      ...processes('sleep 5', '/usr/bin/dockerd -H fd:// --icc=false'),
      '/etc/docker/daemon.json': '{"icc": true, "live-restore": true}',
    }
    expect(await read(files)).toEqual({
      options: { hosts: 'flag ["fd://"]', icc: 'flag false', 'live-restore': 'file true' },
      problems: [],
      configuration: '/etc/docker/daemon.json',
    })
  })

  test('of several the one that listens there, or keeps its files there', async () => {
    const files = processes(
      'dockerd -H unix:///a.sock --data-root /a --icc=false',
      'dockerd -H unix:///b.sock --data-root /b --iptables=false',
    )
    expect((await read(files, '/b.sock', '/b')).options).toMatchObject({ iptables: 'flag false' })
    expect((await read(files, '/forwarded.sock', '/a')).options).toMatchObject({ icc: 'flag false' })
    expect(await read(files, '/c.sock', '/c')).toMatchObject({ options: undefined, problems: ['uncovered daemon-command'] })
  })

  test('a configuration elsewhere, broken, or not to be read', async () => {
    const line = processes('dockerd --config-file /x.json')
    expect(await read({ ...line, '/x.json': '{"icc": false}' })).toMatchObject({
      options: { icc: 'file false' },
      configuration: '/x.json',
    })
    for (const text of ['{', '[]', 'null', undefined])
      expect(await read({ ...line, '/x.json': text })).toMatchObject({
        options: undefined,
        problems: ['uncovered daemon-configuration'],
      })
    // None is no trouble.
    expect(await read(line)).toMatchObject({ problems: [] })
  })
})

test('a socket that was forwarded is not of this machine', () => {
  const world = memoryWorld({ '/proc/sys/kernel/hostname': 'here\n', '/proc/sys/kernel/osrelease': '6.1.0\n' })
  expect(isOnThisMachine(world, 'here', '6.1.0')).toBe(true)
  expect(isOnThisMachine(world, 'far', '6.1.0')).toBe(false)
  expect(isOnThisMachine(world, 'here', '5.10.0')).toBe(false)
  expect(isOnThisMachine(memoryWorld({}), 'here', '6.1.0')).toBe(false)
})

describe('the host', () => {
  const base = {
    '/etc/group': 'root:x:0:\ndocker:x:998:ann, bob\n',
    '/proc/self/mountinfo': '1 0 8:1 / / rw - ext4 a rw\n2 1 8:1 /d /var/lib/docker rw - ext4 a rw\n',
    '/etc/audit/audit.rules': '# -w /no\n-w /etc/docker/ -p wa\n-a always,exit -F path=/usr/bin/runc -F perm=x\n',
    '/etc/docker/daemon.json': '{}',
    '/etc/docker/certs.d/registry.example.com/ca.crt': '',
  }

  test('groups, partitions, audit rules, files', async () => {
    const { host, problems } = await readHost(memoryWorld(base), [], '/var/lib/docker')
    expect(problems).toEqual([])
    expect(host.dockerGroup).toEqual({ gid: 998, members: ['ann', 'bob'] })
    // The engine mounts its folder onto itself: that is no partition.
    expect(host.root).toEqual({ path: '/var/lib/docker', mountPoint: '/' })
    expect(host.audited).toEqual(['/etc/docker', '/usr/bin/runc'])
    expect(host.files.map(({ path }) => path)).toEqual([
      '/etc/docker',
      '/etc/docker/certs.d',
      '/etc/docker/daemon.json',
      '/etc/docker/certs.d/registry.example.com/ca.crt',
    ])
  })

  test('a partition of its own', async () => {
    const files = { ...base, '/proc/self/mountinfo': '1 0 8:1 / / rw - ext4 a rw\n2 1 8:2 / /var/lib/docker rw - ext4 b rw\n' }
    expect((await readHost(memoryWorld(files), [], '/var/lib/docker')).host.root?.mountPoint).toBe('/var/lib/docker')
  })

  test('what may not be read is told', async () => {
    const files = { ...base, '/etc/group': undefined, '/etc/audit/audit.rules': undefined, '/proc/self/mountinfo': undefined }
    const { host, problems } = await readHost(memoryWorld(files), [], '/var/lib/docker')
    expect(problems.map(({ code }) => code)).toEqual(['host-unreadable', 'host-unreadable', 'host-unreadable'])
    expect(host).toMatchObject({ dockerGroup: undefined, root: undefined, audited: undefined })
  })
})
