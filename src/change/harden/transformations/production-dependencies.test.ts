import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type Given, untilStill } from '../../../../test/harden-still.ts'
import production from './production-dependencies.ts'

const packageJson = '{"scripts":{"start":"node dist/a.js","dev":"nodemon src/a.ts","build":"tsc"}}'
const context = { 'package.json': packageJson, 'package-lock.json': '{}', 'src/a.ts': '' }
const stack = {
  name: 'node',
  dependencies: new Set(['express']),
  devDependencies: new Set(['typescript', 'nodemon', 'ts-node']),
} as const
const still = (dockerfile: string, more: Omit<Given, 'dockerfile'> = {}): ReturnType<typeof untilStill> =>
  untilStill(production, { dockerfile, context, stacks: [stack], ...more })

const becomes = async (before: string, after: string, more: Omit<Given, 'dockerfile'> = {}): Promise<void> => {
  const { text, left } = await still(before, more)
  assert.equal(text, after)
  assert.equal(left, undefined)
  assert.equal((await still(after, more)).text, after, 'twice changes nothing')
}

test('where nothing is built, the development dependencies are not installed', async () => {
  await becomes(
    'FROM node:24\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci \\\n    --no-audit\nCOPY . .\nEXPOSE 3000\nCMD ["node", "a.js"]\n',
    'FROM node:24\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci \\\n    --no-audit --omit=dev\nCOPY . .\nENV NODE_ENV=production\nEXPOSE 3000\nCMD ["node", "a.js"]\n',
  )
  await becomes(
    'FROM node:12\nWORKDIR /app\nCOPY . .\nENV NODE_ENV=test\nRUN npm install\n',
    'FROM node:12\nWORKDIR /app\nCOPY . .\nENV NODE_ENV=test\nRUN npm install --only=production\n',
  )
  for (const [command, after] of [
    ['yarn', 'yarn --production'],
    ['yarn install --frozen-lockfile', 'yarn install --frozen-lockfile --production'],
    ['pnpm i', 'pnpm i --prod'],
  ])
    await becomes(
      `FROM node:24\nWORKDIR /app\nCOPY . .\nRUN ${command}\n`,
      `FROM node:24\nWORKDIR /app\nCOPY . .\nRUN ${after}\n`,
    )
})

test('where something is built, they are taken out when all is done', async () => {
  await becomes(
    'from node:24\nworkdir /app\ncopy . .\nrun npm ci\nrun npm run build\n\ncmd ["npm", "start"]\n',
    'from node:24\nworkdir /app\ncopy . .\nrun npm ci\nrun npm run build\nrun npm prune --omit=dev\n\nenv NODE_ENV=production\n\ncmd ["npm", "start"]\n',
  )
})

test('npm is told of peers again, and of hooks that need what is gone', async () => {
  await becomes(
    'FROM node:24\nENV NODE_ENV=development\nWORKDIR /app\nCOPY . .\nRUN npm ci --legacy-peer-deps\nRUN npm run build\nCMD ["node", "dist/a.js"]\n',
    'FROM node:24\nENV NODE_ENV=development\nWORKDIR /app\nCOPY . .\nRUN npm ci --legacy-peer-deps\nRUN npm run build\nRUN npm prune --omit=dev --legacy-peer-deps --ignore-scripts\nCMD ["node", "dist/a.js"]\n',
    { context: { ...context, 'package.json': '{"scripts":{"build":"tsc","prepare":"husky"}}' } },
  )
  const elsewhere = 'FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm --prefix /app ci\nRUN npm run build\n'
  const { text, left } = await still(elsewhere)
  assert.equal(text, elsewhere)
  assert.match(left?.leftOut ?? '', /into another folder/)
})

test('of a stage that is copied from only where its modules are', async () => {
  const build = 'FROM node:24 AS b\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n'
  await becomes(
    `${build}\nFROM node:24-slim\nENV NODE_ENV=production\nCOPY --from=b /app /app\nCMD ["node", "/app/dist/a.js"]\n`,
    `${build}RUN npm prune --omit=dev\n\nFROM node:24-slim\nENV NODE_ENV=production\nCOPY --from=b /app /app\nCMD ["node", "/app/dist/a.js"]\n`,
  )
  const site = `${build}\nFROM nginx:1.30\nCOPY --from=b /app/dist /usr/share/nginx/html\n`
  await becomes(site, site)
})

test('a program that a development dependency starts keeps them, and it is said', async () => {
  for (const start of [
    '["npm", "run", "dev"]',
    '["nodemon", "src/a.ts"]',
    'npx ts-node src/a.ts',
    '["node", "-r", "ts-node/register", "src/a.ts"]',
  ]) {
    const dockerfile = `FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ${start}\n`
    const { text, left } = await still(dockerfile)
    assert.equal(text, dockerfile)
    assert.match(left?.leftOut ?? '', /`(?:nodemon|ts-node)` starts the program/)
  }
})

test('a script that starts it is read also where it comes out of another stage', async () => {
  const dockerfile =
    'FROM node:24 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci\n\nFROM node:24-slim\nENV NODE_ENV=production\nCOPY --from=build /app /srv\nCMD ["/srv/bin/run.sh"]\n'
  const { text, left } = await still(dockerfile, {
    context: { ...context, 'bin/run.sh': '#!/bin/sh\nnpm run build && exec npm start\n' },
  })
  assert.equal(text, dockerfile)
  assert.match(left?.leftOut ?? '', /`tsc` starts the program|`typescript` starts/)
})

test('what is so already, or has none, stays as it is', async () => {
  for (const dockerfile of [
    'FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm ci --only=production\n',
    'FROM node:24\nENV NODE_ENV=production\nWORKDIR /app\nCOPY . .\nRUN npm ci\n',
    'FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build && npm prune --production\n',
    'FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm ci --include=dev\n',
  ])
    await becomes(dockerfile, dockerfile)
  const none = 'FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm ci\n'
  await becomes(none, none, { stacks: [{ name: 'node' }] })
})

test('other languages', async () => {
  const other = async (name: 'php' | 'python' | 'ruby', dockerfile: string, after: string): Promise<void> =>
    becomes(dockerfile, after, { context: { a: '' }, stacks: [{ name }] })
  await other(
    'php',
    'FROM php:8.4\nWORKDIR /app\nCOPY . .\nRUN composer install --no-scripts\n',
    'FROM php:8.4\nWORKDIR /app\nCOPY . .\nRUN composer install --no-scripts --no-dev\n',
  )
  await other(
    'python',
    'FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN poetry install\n',
    'FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN poetry install --only main\n',
  )
  await other(
    'python',
    'FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN uv sync --frozen\n',
    'FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN uv sync --frozen --no-dev\n',
  )
  await other(
    'ruby',
    'FROM ruby:3.4\nWORKDIR /app\nCOPY . .\nRUN bundle install\n',
    'FROM ruby:3.4\nWORKDIR /app\nCOPY . .\nENV BUNDLE_WITHOUT="development:test"\nRUN bundle install\n',
  )
})

test('a stage whose dependencies build the program in another one keeps them', async () => {
  const deps = 'FROM node:24 AS deps\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\n'
  const build =
    'FROM node:24 AS builder\nWORKDIR /app\nCOPY --from=deps /app/node_modules ./node_modules\nCOPY . .\nRUN npm run build\n'
  const final = (source: string): string =>
    `FROM node:24-slim\nENV NODE_ENV=production\nCOPY --from=builder ${source} /app\nCMD ["node", "/app/a.js"]\n`
  // Nothing of them ships.
  assert.deepEqual(await still(`${deps}${build}${final('/app/dist')}`).then(({ text, left }) => [text, left]), [
    `${deps}${build}${final('/app/dist')}`,
    undefined,
  ])
  const whole = await still(`${deps}${build}${final('/app')}`)
  assert.equal(whole.text, `${deps}${build}${final('/app')}`)
  assert.match(whole.left?.leftOut ?? '', /^`builder` builds with the dependencies/)
})

test('who develops needs them all', async () => {
  const text = 'FROM node:24 AS development\nWORKDIR /app\nCOPY . .\nRUN npm ci\n'
  assert.equal((await still(text)).text, text)
})
