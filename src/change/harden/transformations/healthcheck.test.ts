import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'vitest'
import { type Given, untilStill } from '../../../../test/harden-still.ts'
import { readDockerfile } from '../../../read/dockerfile/read-dockerfile.ts'
import healthcheck from './healthcheck.ts'

const becomes = async (before: string, line: string, more: Omit<Given, 'dockerfile'> = {}): Promise<void> => {
  const { text } = await untilStill(healthcheck, { dockerfile: before, ...more })
  assert.ok(text.includes(`HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \\\n    CMD ${line}\n`), text)
  assert.equal((await untilStill(healthcheck, { dockerfile: text, ...more })).text, text)
}
const at = (port: number, path?: string): Omit<Given, 'dockerfile'> => ({
  stacks: [{ ports: [{ value: port, by: 'a.js' }], healthPaths: path === undefined ? [] : [{ value: path, by: 'a.js' }] }],
})

test('by the runtime of the program, or by what its base has', async () => {
  await becomes(
    'FROM node:22-slim\nCOPY . .\nCMD ["node", "a.js"]\n',
    `["node", "-e", "require('node:http').get('http://127.0.0.1:3000/health',r=>process.exit(r.statusCode<400?0:1)).on('error',()=>process.exit(1))"]`,
    at(3000, '/health'),
  )
  await becomes(
    'FROM python:3.12\nCOPY . .\nEXPOSE 8000\nCMD ["gunicorn", "a:app"]\n',
    `["python", "-c", "import socket; socket.create_connection(('127.0.0.1', 8000), 3)"]`,
  )
  await becomes(
    'FROM alpine:3.20\nCOPY s /\nCMD ["/s"]\n',
    '["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/healthz"]',
    at(8080, '/healthz'),
  )
  await becomes(
    'FROM nginx:1.27\nEXPOSE 8080\nCMD ["nginx", "-g", "daemon off;"]\n',
    '["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/"]',
  )
  await becomes(
    'FROM gcr.io/distroless/nodejs22-debian12\nCOPY . .\nCMD ["a.js"]\n',
    `["/nodejs/bin/node", "-e", "require('node:net').connect(3000,'127.0.0.1').on('connect',()=>process.exit(0)).on('error',()=>process.exit(1))"]`,
    at(3000),
  )
})

test('PHP asks by itself, and bash where the image has nothing else', async () => {
  await becomes(
    'FROM php:8.4-apache\nCOPY . .\nEXPOSE 8080\nCMD ["apache2-foreground"]\n',
    `["php", "-r", "exit(@fsockopen('127.0.0.1', 8080, $n, $e, 3) ? 0 : 1);"]`,
  )
  await becomes('FROM debian:13-slim\nCOPY s /\nEXPOSE 8080\nCMD ["/s"]\n', '["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080"]')
})

test('a probe beside it says path and port', async () => {
  const pod =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: a\n      image: acme/a\n      livenessProbe: {httpGet: {path: /live, port: 9000}}\n'
  await becomes(
    'FROM python:3.12\nCMD ["python", "a.py"]\n',
    `["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9000/live', timeout=3)"]`,
    { context: { 'pod.yaml': pod } },
  )
})

test('where nothing can ask, or nothing is known, it is said; where one is there, nothing', async () => {
  const go = await untilStill(healthcheck, { dockerfile: 'FROM scratch\nCOPY s /\nCMD ["/s"]\n', ...at(8080, '/healthz') })
  assert.match(go.left?.leftOut ?? '', /nothing in the image can ask/)
  const two = await untilStill(healthcheck, { dockerfile: 'FROM node:22\nEXPOSE 1000 2000\nCMD ["node", "a.js"]\n' })
  assert.match(two.left?.leftOut ?? '', /not known/)
  const later = await untilStill(healthcheck, { dockerfile: 'FROM node:22\nEXPOSE ${PORT}\nCMD ["node", "a.js"]\n', ...at(3000) })
  assert.match(later.left?.leftOut ?? '', /not known/)
  const bound = 'FROM python:3.14\nCMD exec gunicorn --bind :$PORT main:app\n'
  assert.equal((await untilStill(healthcheck, { dockerfile: bound, ...at(8000) })).text, bound)
  await becomes(
    bound.replace('CMD', 'ENV PORT=9000\nEXPOSE 9000\nCMD'),
    `["python", "-c", "import socket; socket.create_connection(('127.0.0.1', 9000), 3)"]`,
  )
  for (const dockerfile of [
    'FROM node:22\nHEALTHCHECK NONE\nCMD ["node", "a.js"]\n',
    'FROM node:22\nCMD ["node", "a.js"]\n',
    'FROM node:22\nEXPOSE 3000\n',
  ]) {
    const { text, left } = await untilStill(healthcheck, { dockerfile })
    assert.equal(text, dockerfile)
    assert.equal(left, undefined)
  }
})

test('the commands for Node.js, bash and Python tell a server that answers from none, and from one that fails', async () => {
  let status = 200
  const server = createServer((_, response) => response.writeHead(status).end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const run = async (words: readonly string[]): Promise<number | null> => {
    const child = spawn(words[0]!, words.slice(1), { stdio: 'ignore' })
    const [code] = (await once(child, 'exit')) as [number | null]
    return code
  }
  const hasPython = spawnSync('python3', ['--version']).status === 0
  for (const [base, path] of [
    ['node:22', '/health'],
    ['node:22', undefined],
    ['debian:13', '/health'],
    ['debian:13', undefined],
    ...(hasPython
      ? ([
          ['registry.example.com/py', '/health'],
          ['registry.example.com/py', undefined],
        ] as const)
      : []),
  ] as const) {
    const program = base === 'node:22' ? 'node' : base === 'debian:13' ? 'serve' : 'python3'
    const { text } = await untilStill(healthcheck, { dockerfile: `FROM ${base}\nCMD ["${program}", "a"]\n`, ...at(port, path) })
    const step = readDockerfile('Dockerfile', text).steps.find(({ instruction }) => instruction.name === 'HEALTHCHECK')
    const words = step!.instruction.nested!.json!.values
    status = 200
    assert.equal(await run(words), 0)
    status = 503
    assert.equal(await run(words), path === undefined ? 0 : 1)
    const closed = words.map(word => word.replaceAll(String(port), '1'))
    assert.equal(await run(closed), 1)
  }
  server.close()
})
