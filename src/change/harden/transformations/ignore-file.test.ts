import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type Given, subjectOf, untilStill } from '../../../../test/harden-still.ts'
import { readDockerIgnore } from '../../../read/dockerfile/dockerignore.ts'
import ignoreFile from './ignore-file.ts'

const lines = async (given: Given): Promise<readonly string[] | undefined> => {
  const { files } = await untilStill(ignoreFile, given)
  return files['.dockerignore']?.trimEnd().split(/\r?\n/)
}
const node =
  'FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\nCMD ["node", "dist/a.js"]\n'

test('one is written: version control, secrets, what is installed and built inside', async () => {
  assert.deepEqual(
    await lines({
      dockerfile: node,
      context: {
        Dockerfile: node,
        'package.json': '{}',
        'package-lock.json': '{}',
        'src/a.js': '',
        'compose.yaml': 'services: {}',
      },
      stacks: [{ build: { value: 'npm run build', by: 'package.json' }, output: { value: 'dist', by: 'tsconfig.json' } }],
    }),
    '.git .env .env.* !.env.example **/.ssh **/.aws **/.netrc **/.git-credentials **/id_rsa **/id_ed25519 **/*.pem **/*.key **/*.p12 **/*.pfx **/node_modules dist Dockerfile* compose*.y*ml .dockerignore'.split(
      ' ',
    ),
  )
})

test('modules and results that are only made outside stay', async () => {
  const found = await lines({
    dockerfile: 'FROM node:22\nRUN npm i -g serve\nCOPY . .\n',
    context: { 'dist/a.js': '', 'a.js': '' },
  })
  assert.ok(found && !found.some(line => /node_modules|dist/.test(line)))
  const jar = await lines({
    dockerfile: 'FROM eclipse-temurin:21\nCOPY target/ /app\n',
    context: { 'target/a.jar': '', 'pom.xml': '' },
  })
  assert.ok(jar && !jar.some(line => /target/.test(line)))
})

test('what COPY and bind mounts name is never kept out', async () => {
  const dockerfile =
    'FROM python:3.12\nARG F=.env\nCOPY $F /app/\nCOPY . .\nCOPY Dockerfile /src/\nCOPY keys/id_rsa /k\nRUN --mount=type=bind,source=.git,target=/g true\n'
  const context = { '.env': 'A=1', Dockerfile: dockerfile, 'keys/id_rsa': 'x', 'ca/root.pem': 'x', 'a.py': '' }
  const found = await lines({ dockerfile, context, stacks: [{ name: 'python' }] })
  const { excludes } = readDockerIgnore((found ?? []).join('\n'))
  for (const path of ['.env', 'Dockerfile', 'keys/id_rsa', '.git', '.git/HEAD', 'ca/root.pem', 'a.py'])
    assert.equal(excludes(path), false, path)
  for (const path of ['__pycache__/a.pyc', 'x/__pycache__/a.pyc', '.env.local', 'x/id_ed25519'])
    assert.equal(excludes(path), true, path)
})

test('git stays where the build asks it for the version', async () => {
  const withGit = async (dockerfile: string, context: Record<string, string> = {}): Promise<boolean> =>
    (await lines({ dockerfile, context }))?.includes('.git') === false
  assert.ok(await withGit('FROM golang:1.22\nCOPY . .\nRUN go build -ldflags "-X v=$(git describe --tags)" .\n'))
  assert.ok(
    await withGit('FROM python:3.12\nCOPY . .\nRUN pip install .\n', {
      'pyproject.toml': '[build-system]\nrequires = ["setuptools-scm"]\n',
    }),
  )
  assert.ok(!(await withGit('FROM golang:1.22\nCOPY . .\nRUN go build .\n')))
  assert.ok(!(await withGit('FROM golang:1.22\nRUN git clone https://git.example.com/x\nCOPY . .\n')))
})

test('one that is there is completed at its end, and what it lets in again stays in', async () => {
  const { files } = await untilStill(ignoreFile, {
    dockerfile: node,
    context: {
      '.dockerignore': '# ours\r\nnode_modules\r\n.git\r\n.env*\r\n!.env.production\r\n**/*.pem\r\nDockerfile*',
      'package.json': '{}',
    },
  })
  assert.match(
    files['.dockerignore']!,
    /^# ours\r\nnode_modules\r\n\.git\r\n\.env\*\r\n!\.env\.production\r\n\*\*\/\*\.pem\r\nDockerfile\*\r\n\*\*\/\.ssh\r\n/,
  )
  assert.equal(readDockerIgnore(files['.dockerignore']!).excludes('.env.production'), false)
  const again = await untilStill(ignoreFile, { dockerfile: node, context: files })
  assert.deepEqual(again.files, files)
})

test('a list of what may come in, and a file that copies no folder, are left alone', async () => {
  assert.deepEqual(await lines({ dockerfile: node, context: { '.dockerignore': '*\n!src\n' } }), ['*', '!src'])
  assert.equal(await lines({ dockerfile: 'FROM node:22\nCOPY a.js /\n', context: { 'a.js': '' } }), undefined)
})

test('a file of settings that is there is said to be missed', async () => {
  const { titles } = await untilStill(ignoreFile, { dockerfile: node, context: { '.env': 'A=1' } })
  assert.match(titles[0]!, /Write \.dockerignore/)
  const vite = await lines({
    dockerfile: node,
    context: { '.env': 'VITE_A=1' },
    stacks: [{ dependencies: new Set(['vite']), build: { value: 'npm run build', by: 'package.json' } }],
  })
  assert.ok(vite && !vite.includes('.env') && vite.includes('.env*.local'))
})

test('a folder of which nothing shows that it is the context gets none', async () => {
  const given = { dockerfile: 'FROM node:22\nCOPY . .\n' }
  const subject = await subjectOf(given, given.dockerfile, new Map())
  const unseen = { ...subject, context: { ...subject.context!, isSeen: false } }
  assert.equal(ignoreFile.apply(unseen), undefined)
  const { project } = await subjectOf({ ...given, stacks: [{}] }, given.dockerfile, new Map())
  assert.ok(ignoreFile.apply({ ...unseen, project }))
})
