import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type Given, subjectOf } from '../../../test/harden-still.ts'
import type { ProposedRun } from '../../model/hardening.ts'
import { proposedRun } from './proposed-run.ts'

const run = async (dockerfile: string, more: Omit<Given, 'dockerfile'> = {}): Promise<ProposedRun> => {
  const given = { dockerfile, ...more }
  return proposedRun(await subjectOf(given, dockerfile, new Map(Object.entries(more.context ?? {}))))
}

test('a program of a project: its user, its folders, its ports, and nothing else', async () => {
  assert.deepEqual(
    await run('FROM node:22\nWORKDIR /app\nEXPOSE 3000 53/udp\nVOLUME /data\nUSER node\nCMD ["node", "a.js"]\n', {
      stacks: [
        {
          writes: [
            { value: 'uploads', by: 'a.js' },
            { value: '.cache/x', by: 'a.js' },
            { value: '/tmp/y', by: 'a.js' },
          ],
        },
      ],
    }),
    {
      user: '1000:1000',
      readOnly: true,
      tmpfs: ['/app/.cache/x', '/tmp'],
      volumes: ['/app/uploads', '/data'],
      capDrop: ['ALL'],
      capAdd: [],
      noNewPrivileges: true,
      init: true,
      env: [],
      ports: [3000],
    },
  )
})

const toTmp = "FROM nginx:1.27\nRUN sed -i 's,^pid .*,pid /tmp/nginx.pid;,' /etc/nginx/nginx.conf\nUSER 101:101\n"

test('servers: where they write, and the port that they have', async () => {
  const nginx = await run('FROM nginx:1.27\nUSER 101:101\n')
  assert.deepEqual(nginx.tmpfs, ['/run', '/tmp', '/var/cache/nginx'])
  assert.equal(nginx.init, false)
  const moved = await run(toTmp)
  assert.deepEqual([moved.tmpfs, moved.ports], [['/tmp'], [8080]])
  const own = await run('FROM debian:12\nRUN apt-get install -y nginx\nUSER www-data\nCMD ["nginx", "-g", "daemon off;"]\n')
  assert.deepEqual(own.tmpfs, ['/run', '/tmp', '/var/lib/nginx', '/var/log/nginx'])
  assert.equal(own.user, '33:33')
  const stack = { stacks: [{ writes: [{ value: '/var/cache/nginx', by: 'nginx.conf' }] }] }
  assert.deepEqual((await run(toTmp, stack)).tmpfs, ['/tmp'])
  const cached = await run(toTmp, { ...stack, context: { 'nginx.conf': 'proxy_cache_path /var/cache/nginx/x;' } })
  assert.deepEqual(cached.tmpfs, ['/tmp', '/var/cache/nginx'])
  const php = await run('FROM php:8-apache\nUSER 33:33\nCMD ["apache2-foreground"]\n')
  assert.deepEqual(php.tmpfs, ['/run/apache2', '/run/lock', '/tmp'])
  assert.deepEqual((await run('FROM httpd\nUSER 33:33\n')).tmpfs, ['/tmp', '/usr/local/apache2/logs'])
  const redis = await run('FROM redis:7\nUSER redis\nCMD ["redis-server"]\n')
  assert.deepEqual([redis.user, redis.volumes], ['999:999', ['/data']])
})

test('capabilities only for root, and only those that are known to be needed', async () => {
  assert.deepEqual((await run('FROM nginx:1.27\n')).capAdd, ['CHOWN', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'])
  assert.deepEqual((await run('FROM debian:12\nRUN apt-get install -y gosu\nENTRYPOINT ["/e.sh"]\n')).capAdd, [
    'CHOWN',
    'SETGID',
    'SETUID',
  ])
  assert.deepEqual((await run('FROM debian:12\nCMD ["/usr/sbin/sshd", "-D"]\n')).capAdd, [
    'CHOWN',
    'NET_BIND_SERVICE',
    'SETGID',
    'SETUID',
    'SYS_CHROOT',
  ])
  assert.deepEqual((await run('FROM debian:12\nUSER 1:1\nEXPOSE 80\n')).capAdd, [])
  const sudo = await run('FROM debian:12\nUSER web\nCMD sudo x\n')
  assert.deepEqual([sudo.noNewPrivileges, sudo.user, sudo.init], [false, undefined, true])
})

test('a file without a stage', async () => {
  assert.equal((await run('ARG X\n')).readOnly, true)
})

test('the folder of the program is never a volume', async () => {
  const given = { stacks: [{ writes: [{ value: 'shop.db', by: 'a.js' }] }] }
  assert.deepEqual((await run('FROM node:22\nWORKDIR /app\nUSER node\n', given)).volumes, [])
})

test('of several ports the one that the program’s files state comes first, and that of a debugger last', async () => {
  const text =
    'FROM eclipse-temurin:17-jre\nEXPOSE 8080 5005 8000\nCMD java -agentlib:jdwp=transport=dt_socket,server=y,address=*:5005 -jar a.jar\n'
  assert.deepEqual((await run(text)).ports, [8000, 8080, 5005])
  assert.deepEqual((await run(text, { stacks: [{ ports: [{ value: 8080, by: 'A.java' }] }] })).ports, [8080, 8000, 5005])
})
