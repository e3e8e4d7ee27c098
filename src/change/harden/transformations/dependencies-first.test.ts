import assert from 'node:assert/strict'
import { test } from 'vitest'
import { trialOf } from '../../../../test/harden-still.ts'
import first from './dependencies-first.ts'

const context = {
  'package.json': '{"scripts":{"build":"tsc","prepare":"husky install"}}',
  'package-lock.json': '{}',
  'src/a.ts': '',
}
const stacks = [{ name: 'node', manifests: ['package.json', 'package-lock.json'] }] as const
const { still, becomes, stays } = trialOf(first, { context, stacks })

test('the manifests come first, to the same place, with the comments of the step that installs', async () => {
  await becomes(
    'FROM node:24\nWORKDIR /app\n# all of it\nCOPY . .\n\n# dependencies\nRUN npm ci\nRUN npm run build\n',
    'FROM node:24\nWORKDIR /app\nCOPY package.json package-lock.json ./\n\n# dependencies\nRUN npm ci\n# all of it\nCOPY . .\nRUN npm run build\n',
  )
  await becomes(
    'from node:24\r\nworkdir /app\r\nadd --chown=node:node . /app\r\nenv A=1\r\nrun npm install \\\r\n  --no-audit\r\n',
    'from node:24\r\nworkdir /app\r\ncopy --chown=node:node package.json package-lock.json /app/\r\nenv A=1\r\nrun npm install \\\r\n  --no-audit\r\nadd --chown=node:node . /app\r\n',
  )
})

test('one that begins a longer step gets a step of its own', async () => {
  await becomes(
    'FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build && \\\n    npm cache clean --force\n',
    'FROM node:24\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build && \\\n    npm cache clean --force\n',
  )
})

test('a folder of the context, and manifests of workspaces', async () => {
  await becomes(
    'FROM node:24\nCOPY server /srv\nWORKDIR /srv\nRUN npm ci\n',
    'FROM node:24\nCOPY server/package.json server/package-lock.json /srv/\nWORKDIR /srv\nRUN npm ci\nCOPY server /srv\n',
    {
      context: { 'server/package.json': '{}', 'server/package-lock.json': '', 'server/a.js': '' },
      stacks: [{ name: 'node', folder: 'server', manifests: ['server/package.json', 'server/package-lock.json'] }],
    },
  )
  await becomes(
    'FROM node:24\nWORKDIR /app\nCOPY ./ ./\nRUN yarn install --frozen-lockfile\n',
    'FROM node:24\nWORKDIR /app\nCOPY package.json yarn.lock ./\nCOPY packages/a/package.json packages/a/\nRUN yarn install --frozen-lockfile\nCOPY ./ ./\n',
    {
      context: { 'package.json': '{}', 'yarn.lock': '', 'packages/a/package.json': '{}', 'packages/a/i.js': '' },
      stacks: [{ name: 'node', manifests: ['package.json', 'yarn.lock', 'packages/a/package.json'] }],
    },
  )
})

test('of several lock files that of the tool which installs', async () => {
  await becomes(
    'FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm ci\n',
    'FROM node:24\nWORKDIR /app\nCOPY package-lock.json package.json ./\nRUN npm ci\nCOPY . .\n',
    {
      context: { ...context, 'yarn.lock': '' },
      stacks: [{ name: 'node', manager: 'yarn', manifests: ['package.json', 'yarn.lock'] }],
    },
  )
})

test('Python and Go', async () => {
  await becomes(
    'FROM python:3.12\nWORKDIR /app\nCOPY . /app\nRUN pip install --upgrade pip && pip install -r requirements.txt\n',
    'FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt /app/\nRUN pip install --upgrade pip && pip install -r requirements.txt\nCOPY . /app\n',
    { context: { 'requirements.txt': '', 'a.py': '' }, stacks: [{ name: 'python', manifests: ['requirements.txt'] }] },
  )
  await becomes(
    'FROM golang:1.27\nWORKDIR /src\nCOPY . .\nRUN go mod download\nRUN go build\n',
    'FROM golang:1.27\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build\n',
    { context: { 'go.mod': '', 'go.sum': '', 'a.go': '' }, stacks: [{ name: 'go', manifests: ['go.mod', 'go.sum'] }] },
  )
})

test('Go’s modules are downloaded first also where nobody asked for it, but not where they are in the context', async () => {
  const go = {
    context: { 'go.mod': '', 'go.sum': '', 'a.go': '' },
    stacks: [{ name: 'go', manifests: ['go.mod', 'go.sum'] }],
  } as const
  await becomes(
    'FROM golang:1.27\nWORKDIR /src\n# sources\nCOPY . .\nRUN go build\n',
    'FROM golang:1.27\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\n# sources\nCOPY . .\nRUN go build\n',
    go,
  )
  const vendored = 'FROM golang:1.27\nWORKDIR /src\nCOPY . .\nRUN go build\n'
  await becomes(vendored, vendored, { ...go, context: { ...go.context, 'vendor/a.go': '' } })
})

test('what needs the sources stays behind them, and it is said why', async () => {
  const dockerfile = 'FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm ci\n'
  await stays(dockerfile, /runs `tsc` when it installs \(postinstall\)/, {
    context: { ...context, 'package.json': '{"scripts":{"postinstall":"tsc"}}' },
  })
  await stays(dockerfile, /lib is a folder of the project/, {
    context: { ...context, 'package.json': '{"dependencies":{"lib":"file:lib"}}' },
  })
  await stays('FROM node:24\nWORKDIR /app\nCOPY . .\nRUN ./prepare.sh\nRUN npm ci\n', /may need the sources/)
  await stays('FROM node:24\nWORKDIR /app\nCOPY . .\nRUN if true; then npm ci; fi\n', /among other commands/)
  await stays('FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN poetry install\n', /--no-root/, {
    context: { 'pyproject.toml': '', 'a.py': '' },
    stacks: [{ name: 'python', manifests: ['pyproject.toml'] }],
  })
})

test('what is in order stays as it is', async () => {
  for (const dockerfile of [
    'FROM node:24\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n',
    'FROM node:24\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\n',
    'FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm install -g serve\n',
  ]) {
    const { text, left } = await still(dockerfile)
    assert.equal(text, dockerfile)
    assert.equal(left, undefined)
  }
})

test('pip reads what it is told to read, and what these files name; what is there already is not copied again', async () => {
  await becomes(
    'FROM python:3.11\nWORKDIR /app\nADD . /app\nRUN pip install -r requirements.txt\nRUN pip install -r requirements-dev.txt\nRUN make\n',
    'FROM python:3.11\nWORKDIR /app\nCOPY constraints.txt requirements.txt /app/\nRUN pip install -r requirements.txt\nCOPY requirements-dev.txt /app/\nRUN pip install -r requirements-dev.txt\nADD . /app\nRUN make\n',
    {
      context: {
        'requirements.txt': '-c constraints.txt\nflask\n',
        'constraints.txt': 'flask==3\n',
        'requirements-dev.txt': '-r requirements.txt\npytest\n',
        'a.py': '',
      },
      stacks: [{ name: 'python', manifests: ['constraints.txt', 'requirements-dev.txt', 'requirements.txt'] }],
    },
  )
})

test('what another image brings to a place of its own needs no sources', async () => {
  await becomes(
    'FROM node:24\nWORKDIR /app\nCOPY . .\nCOPY --from=a /bin/a /bin/a\nRUN npm ci\n',
    'FROM node:24\nWORKDIR /app\nCOPY package.json package-lock.json ./\nCOPY --from=a /bin/a /bin/a\nRUN npm ci\nCOPY . .\n',
  )
  await stays(
    'FROM node:24\nWORKDIR /app\nCOPY . .\nCOPY --from=a /b /app/b\nRUN npm ci\n',
    /may need the sources: `COPY --from=a \/b \/app\/b`/,
  )
})
