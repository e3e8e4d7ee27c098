import assert from 'node:assert/strict'
import { test } from 'vitest'
import { untilStill } from '../../../../test/harden-still.ts'
import compose from './compose.ts'

const node = 'FROM node:22-slim\nWORKDIR /app\nCOPY . .\nUSER 1000:1000\nCMD ["node", "a.js"]\n'

test('a service that builds the file: user, read-only with tmpfs, no capabilities, no new privileges, an init', async () => {
  const before =
    '# shop\nservices:\n    web:\n        build: .   # here\n        ports: ["80:3000"]\n    db:\n        image: postgres:16\n'
  const { files, text } = await untilStill(compose, { dockerfile: node, stacks: [{}], context: { 'compose.yaml': before } })
  assert.equal(text, node)
  assert.equal(
    files['compose.yaml'],
    '# shop\nservices:\n    web:\n        build: .   # here\n        ports: ["80:3000"]\n        user: "1000:1000"\n        security_opt:\n            - no-new-privileges:true\n        cap_drop:\n            - ALL\n        read_only: true\n        tmpfs:\n            - /tmp\n        init: true\n    db:\n        image: postgres:16\n',
  )
  const again = await untilStill(compose, { dockerfile: node, stacks: [{}], context: files })
  assert.deepEqual(again.files, files)
})

test('a service gets what the program was seen to need', async () => {
  const context = { 'compose.yaml': 'services:\n  web:\n    build: .\n' }
  const seen = { readOnly: false, capDrop: true, noNewPrivileges: false, capAdd: ['NET_RAW'] }
  const { files } = await untilStill(compose, { dockerfile: node, stacks: [{}], context, seen })
  assert.match(files['compose.yaml']!, /cap_drop:\n {6}- ALL\n {4}cap_add:\n {6}- NET_RAW\n/)
  assert.doesNotMatch(files['compose.yaml']!, /read_only|no-new-privileges/)
  // Beside what it is known to need.
  const root = { dockerfile: 'FROM nginx:1.27\nCOPY s /usr/share/nginx/html\n', context }
  const server = await untilStill(compose, { ...root, seen: { ...seen, capAdd: ['DAC_OVERRIDE'] } })
  assert.match(server.files['compose.yaml']!, /cap_add:(?=.*- NET_BIND_SERVICE)(?=.*- SETUID).*- DAC_OVERRIDE/s)
  const all = await untilStill(compose, {
    dockerfile: node,
    stacks: [{}],
    context,
    seen: { ...seen, capDrop: false, capAdd: [] },
  })
  assert.doesNotMatch(all.files['compose.yaml']!, /cap_drop/)
})

test('nginx gets its folders, owned by its user', async () => {
  const { files } = await untilStill(compose, {
    dockerfile: 'FROM nginx:1.27\nCOPY s /usr/share/nginx/html\nUSER 101:101\n',
    context: { 'compose.yaml': 'services:\n  web:\n    build: {context: ., dockerfile: Dockerfile}\n' },
  })
  assert.match(
    files['compose.yaml']!,
    /tmpfs:\n {6}- "\/run:uid=101,gid=101"\n {6}- \/tmp\n {6}- "\/var\/cache\/nginx:uid=101,gid=101"\n/,
  )
})

test('data without a volume, and programs of which nothing is known, keep a writable root, and that is said', async () => {
  const context = { 'compose.yaml': 'services:\n  web:\n    build: .\n' }
  const data = await untilStill(compose, { dockerfile: node, stacks: [{ writes: [{ value: 'uploads', by: 'a.js' }] }], context })
  assert.doesNotMatch(data.files['compose.yaml']!, /read_only/)
  assert.match(data.left?.check?.join() ?? '', /\/app\/uploads need a volume/)
  const mounted = await untilStill(compose, {
    dockerfile: node,
    stacks: [{ writes: [{ value: 'uploads', by: 'a.js' }] }],
    context: { 'compose.yaml': 'services:\n  web:\n    build: .\n    volumes: ["up:/app/uploads"]\nvolumes: {up: {}}\n' },
  })
  assert.match(mounted.files['compose.yaml']!, /read_only: true/)
  const unknown = await untilStill(compose, { dockerfile: node.replace('node:22-slim', 'registry.example.com/x:1'), context })
  assert.doesNotMatch(unknown.files['compose.yaml']!, /read_only/)
  assert.match(unknown.files['compose.yaml']!, /cap_drop/)
})

test('root that gives itself up keeps what that needs; root of which nothing is known keeps its capabilities', async () => {
  const context = { 'compose.yaml': 'services:\n  db:\n    build: .\n' }
  const down = await untilStill(compose, {
    dockerfile: 'FROM postgres:16\nCOPY a.sql /docker-entrypoint-initdb.d/\nVOLUME /var/lib/postgresql/data\n',
    context,
  })
  assert.match(
    down.files['compose.yaml']!,
    /cap_drop:\n {6}- ALL\n {4}cap_add:\n {6}- CHOWN\n {6}- DAC_OVERRIDE\n {6}- FOWNER\n {6}- SETGID\n {6}- SETUID\n/,
  )
  const root = await untilStill(compose, { dockerfile: 'FROM debian:12\nCMD ["x"]\n', context })
  assert.doesNotMatch(root.files['compose.yaml']!, /cap_|user:/)
  assert.match(root.left?.check?.join() ?? '', /stays root/)
})

test('what an anchor shares goes into the override, and services of other files are left alone', async () => {
  const { files } = await untilStill(compose, {
    dockerfile: node,
    stacks: [{}],
    context: { 'compose.yaml': 'x-a: &a\n  build: .\nservices:\n  web: *a\n  two:\n    build: ./other\n' },
  })
  assert.match(files['compose.override.yaml']!, /services:\n {2}web:\n {4}user: "1000:1000"/)
  assert.match(files['compose.yaml']!, /two:\n {4}build: \.\/other\n$/)
})

test('a service that starts something else keeps a writable root, and mounts below a tmpfs do not matter', async () => {
  const other = await untilStill(compose, {
    dockerfile: node,
    stacks: [{}],
    context: { 'compose.yaml': 'services:\n  web:\n    build: .\n    command: npm run dev\n' },
  })
  assert.doesNotMatch(other.files['compose.yaml']!, /read_only/)
  assert.match(other.left?.check?.join() ?? '', /something else/)
  const below = await untilStill(compose, {
    dockerfile: node,
    stacks: [{}],
    context: { 'compose.yaml': 'services:\n  web:\n    build: .\n    volumes: ["./a.conf:/tmp/a.conf:ro"]\n' },
  })
  assert.match(below.files['compose.yaml']!, /tmpfs:\n {6}- \/tmp\n/)
})

test('several services of one file at once', async () => {
  const names = Array.from({ length: 30 }, (_, i) => `s${i}`)
  const { files, titles } = await untilStill(compose, {
    dockerfile: node,
    stacks: [{}],
    context: { 'compose.yaml': `services:\n${names.map(name => `  ${name}:\n    build: .\n`).join('')}` },
  })
  assert.equal(files['compose.yaml']!.match(/read_only: true/g)?.length, 30)
  assert.ok(titles.length < 5)
})

test('privileged goes where nothing here needs it, and stays, and is told, where a program may', async () => {
  const context = { 'compose.yaml': 'services:\n  web:\n    build: .\n    privileged: true\n' }
  const { files } = await untilStill(compose, { dockerfile: node, stacks: [{}], context })
  assert.match(files['compose.yaml']!, / {4}privileged: false\n/)
  assert.match(files['compose.yaml']!, /no-new-privileges:true/)
  const mounts = await untilStill(compose, {
    dockerfile: node,
    stacks: [{ programs: [{ value: '/bin/mount', by: 'a.js' }] }],
    context,
  })
  assert.match(mounts.files['compose.yaml']!, / {4}privileged: true\n/)
  assert.match(mounts.left?.check?.join() ?? '', /root on the host, and `mount` may need/)
  const unknown = await untilStill(compose, { dockerfile: node, stacks: [], context })
  assert.match(unknown.files['compose.yaml']!, / {4}privileged: true\n/)
  const device = 'services:\n  web:\n    build: .\n    privileged: true\n    devices: ["/dev/fuse"]\n'
  const kept = await untilStill(compose, { dockerfile: node, stacks: [{}], context: { 'compose.yaml': device } })
  assert.match(kept.files['compose.yaml']!, / {4}privileged: true\n/)
})
