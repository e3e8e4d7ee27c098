import { expect, test } from 'vitest'
import { untilStill } from '../../../../test/harden-still.ts'
import tools from './tools.ts'

const stacks = [{ name: 'node' as const }]
const after = async (dockerfile: string, more: Partial<Parameters<typeof untilStill>[1]> = {}): Promise<string> =>
  (await untilStill(tools, { dockerfile, stacks, ...more })).text

test('what nothing uses goes, and the rest of the line stays as it was written', async () => {
  expect(
    await after('FROM node:24-slim\nRUN apt-get update && apt-get install -y vim libpq5 less && rm -rf /var/lib/apt/lists/*\n'),
  ).toBe('FROM node:24-slim\nRUN apt-get update && apt-get install -y libpq5 && rm -rf /var/lib/apt/lists/*\n')
  expect(
    await after(
      'FROM node:24-slim\nRUN apt-get update && apt-get install -y \\\n    curl \\\n    libpq5 \\\n    vim \\\n && true\n',
    ),
  ).toBe('FROM node:24-slim\nRUN apt-get update && apt-get install -y \\\n    libpq5 \\\n && true\n')
})

test('an install of nothing else goes as a whole, with the comment that speaks of it', async () => {
  expect(await after('from node:24-alpine\n# for looking around\nrun apk add --no-cache vim htop\ncmd ["node", "a.js"]\n')).toBe(
    'from node:24-alpine\ncmd ["node", "a.js"]\n',
  )
  expect(
    await after('FROM node:24-slim\nRUN apt-get update && apt-get install -y vim && rm -rf /var/lib/apt/lists/*\nCMD ["a"]\n'),
  ).toBe('FROM node:24-slim\nCMD ["a"]\n')
  expect(await after('FROM node:24-slim\nRUN apt-get update && apt-get install -y vim && make all\n')).toBe(
    'FROM node:24-slim\nRUN apt-get update && make all\n',
  )
})

test('a download tool takes its certificates along, where the image has them', async () => {
  const text = 'FROM nginx:1.30\nRUN apt-get update && apt-get install -y curl ca-certificates\nCOPY a /a\n'
  expect(await after(text)).toBe('FROM nginx:1.30\nCOPY a /a\n')
  expect(await after(text.replace('nginx:1.30', 'node:24-slim'))).toContain('install -y ca-certificates')
  const alone = text.replace('curl ', '')
  expect(await after(alone)).toBe(alone)
})

test.each([
  ['a later step calls it', 'RUN curl -fsS https://example.org/a -o /a\nCMD ["node", "a.js"]\n'],
  ['the health check calls it', 'HEALTHCHECK CMD curl -f http://localhost/ || exit 1\n'],
  ['the start calls it', 'CMD ["sh", "-c", "curl -f http://config/ && node a.js"]\n'],
  ['another program gets it as an argument', 'RUN cat list | xargs curl -O\n'],
])('it stays: %s', async (_, rest) => {
  const text = `FROM node:24-slim\nRUN apt-get update && apt-get install -y curl\n${rest}`
  expect(await after(text)).toBe(text)
})

test('it stays where the program, its start script or a file beside it names it', async () => {
  const text = 'FROM node:24-slim\nRUN apt-get install -y curl\nCOPY start.sh /\nCMD ["sh", "/start.sh"]\n'
  expect(await after(text, { context: { 'start.sh': 'curl http://config/\nnode a.js\n' } })).toBe(text)
  expect(
    await after(text, {
      context: { 'compose.yaml': 'services:\n  a:\n    healthcheck:\n      test: curl -f http://localhost\n' },
    }),
  ).toBe(text)
  expect(await after(text, { stacks: [{ programs: [{ value: '/usr/bin/curl', by: 'a.js' }] }] })).toBe(text)
  expect(await after(text)).toBe('FROM node:24-slim\nCOPY start.sh /\nCMD ["sh", "/start.sh"]\n')
  for (const path of ['.dockerignore', 'Dockerfile', 'prod.Dockerfile'])
    expect(await after(text, { context: { [path]: 'curl\n' } }), path).not.toContain('apt-get')
})

test('nothing is known of a program whose sources are not here, and of other stages', async () => {
  const text = 'FROM debian:12 AS build\nRUN apt-get install -y git vim\nFROM debian:12-slim\nCOPY --from=build /a /a\n'
  expect(await after(text)).toBe(text)
  const alone = 'FROM debian:12\nRUN apt-get install -y vim\n'
  expect(await after(alone, { stacks: [] })).toBe(alone)
})

test('a comment that names the tool says what it is for', async () => {
  const dockerfile =
    'FROM python:3.14-alpine\n# get curl for health checks\nRUN apk add --no-cache curl\nCMD ["python", "a.py"]\n'
  const { text, left } = await untilStill(tools, { dockerfile, stacks })
  expect(text).toBe(dockerfile)
  expect(left?.leftOut).toBe('a comment says what `curl` is for')
})

test('a stage for developing keeps its tools', async () => {
  const dockerfile = 'FROM node:24-slim AS builder\nFROM builder AS dev-envs\nRUN apt-get update && apt-get install -y git vim\n'
  expect(await after(dockerfile)).toBe(dockerfile)
  expect(await after(dockerfile.replace('dev-envs', 'final'))).not.toContain('git')
})
