import assert from 'node:assert/strict'
import { test } from 'vitest'
import { trialOf } from '../../../../test/harden-still.ts'
import split from './multi-stage-node.ts'

const { still, becomes, stays } = trialOf(split, { stacks: [{ name: 'node', dependencies: new Set(['express']) }] })

test('what builds stays in its place; settings, packages that are loaded and what is started go on', async () => {
  await becomes(
    `# syntax=docker/dockerfile:1
ARG NODE_VERSION=24
FROM node:\${NODE_VERSION}

# who answers
LABEL maintainer="ann@example.org"

ENV NODE_ENV=production
RUN apt-get update && apt-get install -y build-essential python3 libpq-dev imagemagick

# Create app directory
WORKDIR /usr/src/app

COPY package*.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --production
COPY entrypoint.sh /usr/local/bin/entrypoint.sh
RUN chmod +x /usr/local/bin/entrypoint.sh

EXPOSE 3000
# talk to it
HEALTHCHECK CMD curl -f http://localhost:3000/
ENTRYPOINT ["entrypoint.sh"]
CMD [ "node", "dist/server.js" ]
`,
    `# syntax=docker/dockerfile:1
ARG NODE_VERSION=24
FROM node:\${NODE_VERSION} AS build

ENV NODE_ENV=production
RUN apt-get update && apt-get install -y build-essential python3 libpq-dev imagemagick

# Create app directory
WORKDIR /usr/src/app

COPY package*.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --production

FROM node:\${NODE_VERSION}-slim
RUN apt-get update \\
    && apt-get install -y --no-install-recommends libpq5 imagemagick curl \\
    && rm -rf /var/lib/apt/lists/*
# who answers
LABEL maintainer="ann@example.org"
ENV NODE_ENV=production
WORKDIR /usr/src/app
COPY --from=build /usr/src/app /usr/src/app
COPY entrypoint.sh /usr/local/bin/entrypoint.sh
RUN chmod +x /usr/local/bin/entrypoint.sh

EXPOSE 3000
# talk to it
HEALTHCHECK CMD curl -f http://localhost:3000/
ENTRYPOINT ["entrypoint.sh"]
CMD [ "node", "dist/server.js" ]
`,
    { context: { 'package.json': '{}', 'entrypoint.sh': '#!/bin/sh\nset -e\nexec "$@"\n' } },
  )
})

test('lower case, Alpine, CRLF and no end of line stay as they are', async () => {
  await becomes(
    'from node:24-alpine\nrun apk add --no-cache python3 make g++ bash\nworkdir /app\ncopy . .\nrun npm install\nexpose 3000\nuser node\ncmd ["npm", "start"]\n',
    'from node:24-alpine as build\nrun apk add --no-cache python3 make g++ bash\nworkdir /app\ncopy . .\nrun npm install\n\nfrom node:24-alpine\nrun apk add --no-cache bash\nworkdir /app\ncopy --from=build /app /app\nexpose 3000\nuser node\ncmd ["npm", "start"]\n',
  )
  await becomes(
    'FROM node:24\r\nWORKDIR /app\r\nCOPY . .\r\nRUN npm ci\r\nCMD ["node", "a.js"]',
    'FROM node:24 AS build\r\nWORKDIR /app\r\nCOPY . .\r\nRUN npm ci\r\n\r\nFROM node:24-slim\r\nWORKDIR /app\r\nCOPY --from=build /app /app\r\nCMD ["node", "a.js"]',
  )
})

test('a name that somebody builds by stays that of the image that ships; earlier stages keep theirs', async () => {
  await becomes(
    'FROM node:24 AS build\nRUN true\n\nFROM node:24 AS app\nWORKDIR /app\nCOPY --chown=node:node . .\nRUN npm ci\nCMD ["node", "a.js"]\n',
    'FROM node:24 AS build\nRUN true\n\nFROM node:24 AS builder\nWORKDIR /app\nCOPY --chown=node:node . .\nRUN npm ci\n\nFROM node:24-slim AS app\nWORKDIR /app\nCOPY --from=builder --chown=node:node /app /app\nCMD ["node", "a.js"]\n',
  )
})

test('programs for all that are started are installed again, tools of the build are not', async () => {
  const { text } = await still(
    'FROM node:24\nRUN npm i -g pm2\nRUN npm i -g typescript\nWORKDIR /app\nCOPY . .\nRUN npm ci && tsc\nCMD ["pm2-runtime", "a.js"]\n',
  )
  const final = text.slice(text.indexOf('FROM node:24-slim'))
  assert.match(final, /npm i -g pm2/)
  assert.doesNotMatch(final, /typescript/)
})

test('what was written elsewhere comes along: files of COPY, downloads, arguments that a setting uses', async () => {
  const { text, left } = await still(
    'FROM node:24\nARG VERSION=1\nARG ONLY_BUILD=2\nENV APP_VERSION=$VERSION\nWORKDIR /app\nCOPY certs/ca.pem /etc/app/ca.pem\nRUN curl -fsSL -o /usr/local/bin/migrate https://dl.example.org/migrate && chmod +x /usr/local/bin/migrate\nCOPY . .\nRUN npm ci\nCMD ["node", "a.js"]\n',
    { context: { 'certs/ca.pem': '', 'package.json': '{}' } },
  )
  assert.equal(left, undefined)
  const final = text.slice(text.indexOf('FROM node:24-slim'))
  assert.equal(
    final,
    'FROM node:24-slim\nARG VERSION=1\nENV APP_VERSION=$VERSION\nWORKDIR /app\nCOPY --from=build /app /app\nCOPY --from=build /etc/app/ca.pem /etc/app/ca.pem\nCOPY --from=build /usr/local/bin/migrate /usr/local/bin/migrate\nCMD ["node", "a.js"]\n',
  )
})

test('rights of the program are given before it is copied, so that no layer is doubled', async () => {
  const { text } = await still(
    'FROM node:24\nWORKDIR /app\nRUN apt-get update && apt-get install -y curl ca-certificates\nCOPY . .\nRUN npm ci\nEXPOSE 3000\n# open\nRUN chmod -R 777 /app\nCMD ["node", "a.js"]\n',
  )
  assert.equal(
    text.slice(text.indexOf('RUN npm ci')),
    'RUN npm ci\n# open\nRUN chmod -R 777 /app\n\nFROM node:24-slim\nWORKDIR /app\nEXPOSE 3000\nCOPY --from=build /app /app\nCMD ["node", "a.js"]\n',
  )
})

test('a user who was created before is created in the image that ships', async () => {
  const { text } = await still(
    'FROM node:24\nRUN groupadd -r app && useradd -r -g app app\nWORKDIR /app\nCOPY . .\nRUN npm ci\nUSER app\nCMD ["node", "a.js"]\n',
  )
  // Also where nothing but chown names it.
  const owned = await still(
    'FROM node:24\nRUN groupadd -r app && useradd -r -g app app\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN chown -R app:app /app\nCMD ["node", "a.js"]\n',
  )
  assert.match(
    owned.text,
    /FROM node:24-slim\nRUN groupadd -r app && useradd -r -g app app\nWORKDIR \/app\nCOPY --from=build --chown=app:app \/app \/app\n/,
  )
  assert.match(text, /FROM node:24-slim\nRUN groupadd -r app && useradd -r -g app app\nWORKDIR \/app\n/)
})

test('what cannot be told is left out, and said', async () => {
  const rest = 'CMD ["node", "a.js"]\n'
  const head = 'FROM node:24\nWORKDIR /app\nCOPY . .\n'
  await stays(`${head}RUN npm ci\nRUN ./setup.sh\n${rest}`, /setup\.sh/)
  await stays(`${head}RUN npm ci && make install\n${rest}`, /make install/)
  await stays(`${head}RUN npm ci && ln -s /app/a /usr/local/bin/a\n${rest}`, /a link/)
  await stays(`FROM node:24\nCOPY . .\nRUN npm ci\n${rest}`, /no folder of its own/)
  await stays(`${head}RUN apt-get update && apt-get install -y libexotic-dev\nRUN npm ci\n${rest}`, /libexotic-dev/)
  await stays(`${head}RUN npm ci\nENTRYPOINT ["./run.sh"]\n`, /run\.sh` starts first, and what it needs could not be read/)
  await stays(`${head}RUN npm ci\nCMD ["strange-tool", "a.js"]\n`, /strange-tool/)
  await stays(`${head}RUN npm ci\nONBUILD COPY . .\n${rest}`, /ONBUILD/)
  await stays(`${head}RUN npm ci\n${rest}`, /browser/, { stacks: [{ name: 'node', dependencies: new Set(['puppeteer']) }] })
  await stays(
    `${head}RUN curl https://deb.example.org/key > /etc/apt/sources.list.d/x.list\nRUN apt-get install -y special\nRUN npm ci\n${rest}`,
    /special/,
  )
})

test('there is nothing to split in what is small already, and in other programs', async () => {
  for (const dockerfile of [
    'FROM node:24-slim\nWORKDIR /app\nRUN apt-get update && apt-get install -y curl vim\nCOPY . .\nRUN npm ci\nCMD ["node", "a.js"]\n',
    'FROM node:24-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci --omit=dev\nCMD ["node", "a.js"]\n',
    'FROM node:24\nCOPY . /app\nCMD ["node", "/app/a.js"]\n',
    'FROM python:3.12\nRUN npm ci\n',
  ]) {
    const { text, left } = await still(dockerfile)
    assert.equal(text, dockerfile)
    assert.equal(left, undefined)
  }
})

test('settings of developing stay with what builds', async () => {
  const build =
    'USER root\nWORKDIR /app\nENV NODE_ENV=development\nENV LOG=info\nCOPY . .\nRUN apt-get update && apt-get install -y build-essential\nRUN npm ci && npm run build\n'
  const { text } = await still(`FROM node:24\n${build}CMD ["node", "dist/a.js"]\n`)
  const [, final = ''] = text.split(/\nFROM /)
  assert.match(final, /ENV LOG=info/)
  assert.doesNotMatch(final, /NODE_ENV|USER root/)
})

test('what starts nothing is not split', async () => {
  const text = 'FROM node:24\nRUN apt-get update && apt-get install -y build-essential\nWORKDIR /app\nCOPY . .\nRUN npm ci\n'
  assert.equal((await still(text)).text, text)
  assert.match((await still(`${text}CMD ["node", "a.js"]\n`)).text, /AS build/)
})
