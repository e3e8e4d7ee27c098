import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type Given, untilStill } from '../../../../test/harden-still.ts'
import site from './multi-stage-static.ts'

const context = { 'package.json': '{"scripts":{"serve":"vite preview --port 4000"}}', 'src/a.js': '' }
const still = (dockerfile: string, more: Omit<Given, 'dockerfile'> = {}): ReturnType<typeof untilStill> =>
  untilStill(site, { dockerfile, context, stacks: [{ name: 'node' }], ...more })

test('of a stage that is copied whole only what is served', async () => {
  const build = 'FROM node:24 AS build\nWORKDIR /site\nCOPY . .\nRUN npm ci && npm run build\n\n'
  const { text } = await still(
    `${build}FROM nginx:1.30\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\nCOPY --from=build /site /site\nRUN cp -r /site/dist/* /usr/share/nginx/html/ && chmod -R 755 /usr/share/nginx/html\nEXPOSE 80\n`,
  )
  assert.equal(
    text,
    `${build}FROM nginx:1.30\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\nCOPY --from=build /site/dist /usr/share/nginx/html/\nRUN chmod -R 755 /usr/share/nginx/html\nEXPOSE 80\n`,
  )
  assert.equal((await still(text)).text, text)
  const alone = await still(
    `${build}FROM nginx:1.30\nCOPY --from=build /site /site\n# pages\nRUN cp -a /site/dist/. /usr/share/nginx/html\nEXPOSE 80\n`,
  )
  assert.equal(alone.text, `${build}FROM nginx:1.30\nCOPY --from=build /site/dist /usr/share/nginx/html/\nEXPOSE 80\n`)
})

test('what else is done with what is copied keeps it whole', async () => {
  const build = 'FROM node:24 AS build\nWORKDIR /site\nCOPY . .\nRUN npm ci && npm run build\n\n'
  for (const rest of [
    'FROM nginx:1.30\nCOPY --from=build /site /site\nRUN cp -r /site/dist/* /usr/share/nginx/html/ && cp /site/a /b\n',
    'FROM nginx:1.30\nCOPY --from=build /site /site\nRUN cp -r /site/dist/* /usr/share/nginx/html/\nRUN rm /site/x\n',
    'FROM nginx:1.30\nCOPY --from=build /site/dist /usr/share/nginx/html\n',
  ])
    assert.equal((await still(build + rest)).text, build + rest)
})

test('a folder that a small server of Node.js hands out is handed out by nginx, on the same port, where all is wanted', async () => {
  const dockerfile =
    'FROM node:24\nLABEL a=b\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nEXPOSE 4000\nCMD ["npm", "run", "serve"]\n'
  const { text, files } = await still(dockerfile)
  assert.equal(
    text,
    'FROM node:24 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n\nFROM nginx:1.30-alpine\nLABEL a=b\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\nCOPY --from=build /app/dist /usr/share/nginx/html\nEXPOSE 4000\n',
  )
  assert.match(files['nginx.conf'] ?? '', /listen 4000;[\s\S]*try_files \$uri \$uri\/ \$uri\.html \/index\.html;/)
  assert.equal((await still(text)).text, text)
  const { left } = await still(dockerfile, { level: 'balanced' })
  assert.match(left?.leftOut ?? '', /served by vite/)
})

test('what a server is told in another way is left as it is', async () => {
  for (const start of [
    '["serve", "--config", "x.json"]',
    '["npx", "vite", "--host"]',
    '["node", "serve"]',
    '["serve", "-l", "80", "build"]',
  ]) {
    const dockerfile = `FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ${start}\n`
    assert.equal((await still(dockerfile)).text, dockerfile)
  }
})
