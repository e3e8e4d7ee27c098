import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type Given, subjectOf, untilStill } from '../../../../test/harden-still.ts'
import { readDockerfile } from '../../../read/dockerfile/read-dockerfile.ts'
import { finalUser } from '../final-user.ts'
import user from './user.ts'

const still = (dockerfile: string, more: Omit<Given, 'dockerfile'> = {}): ReturnType<typeof untilStill> =>
  untilStill(user, { dockerfile, ...more })

const becomes = async (before: string, after: string, more: Omit<Given, 'dockerfile'> = {}): Promise<void> => {
  const { text } = await still(before, more)
  assert.equal(text, after)
  assert.equal((await still(after, more)).text, after, 'twice changes nothing')
}

test('the account of the image is used, by number, where nothing needs root any more', async () => {
  await becomes(
    'FROM node:22-slim\nWORKDIR /app\nCOPY . .\n# web\nEXPOSE 3000\nCMD ["node", "server.js"]\n',
    'FROM node:22-slim\nWORKDIR /app\nCOPY . .\nUSER 1000:1000\n# web\nEXPOSE 3000\nCMD ["node", "server.js"]\n',
  )
  await becomes(
    'FROM nginx:1.27\nCOPY site /usr/share/nginx/html\n',
    'FROM nginx:1.27\nCOPY site /usr/share/nginx/html\nUSER 101:101\n',
  )
  await becomes('FROM php:8.3-fpm-alpine\nCOPY . .', 'FROM php:8.3-fpm-alpine\nCOPY . .\nUSER 82:82')
  await becomes('FROM php:8.3-apache\nCOPY . .\n', 'FROM php:8.3-apache\nCOPY . .\nUSER 33:33\n')
  await becomes(
    'FROM mcr.microsoft.com/dotnet/aspnet:8.0\nCOPY out .\nENTRYPOINT ["dotnet", "a.dll"]\n',
    'FROM mcr.microsoft.com/dotnet/aspnet:8.0\nCOPY out .\nUSER 1654:1654\nENTRYPOINT ["dotnet", "a.dll"]\n',
  )
})

test('an account is made before the sources are copied: Debian, Alpine; lower case, CRLF and empty lines stay as they are', async () => {
  await becomes(
    'FROM python:3.12-slim\nRUN pip install flask\n# sources\nCOPY . /app\n\nCMD ["python", "/app/a.py"]\n',
    'FROM python:3.12-slim\nRUN pip install flask\nRUN groupadd -r -g 10001 app \\\n    && useradd -r -u 10001 -g app -d /nonexistent -s /usr/sbin/nologin app\n# sources\nCOPY . /app\n\nUSER 10001:10001\n\nCMD ["python", "/app/a.py"]\n',
  )
  await becomes(
    'from alpine:3.20\r\nrun apk add --no-cache curl\r\ncmd ["curl"]\r\n',
    'from alpine:3.20\r\nrun apk add --no-cache curl\r\nrun addgroup -S -g 10001 app \\\r\n    && adduser -S -D -H -u 10001 -G app -h /nonexistent -s /sbin/nologin app\r\nuser 10001:10001\r\ncmd ["curl"]\r\n',
  )
  await becomes('# escape=`\nFROM golang:1.22\nCOPY . .\nCMD ["./x"]\n', '# escape=`\nFROM golang:1.22\nCOPY . .\nCMD ["./x"]\n')
})

test('a home folder only for what needs one', async () => {
  const { text } = await still('FROM python:3.12\nCOPY . .\nCMD ["python", "a.py"]\n', {
    stacks: [{ dependencies: new Set(['matplotlib']) }],
  })
  assert.match(text, /-d \/tmp /)
  const bare = await still('FROM registry.example.com/base:1\nRUN yum install -y x\nCMD ["npm", "start"]\n')
  assert.equal(
    bare.text,
    'FROM registry.example.com/base:1\nRUN yum install -y x\nENV HOME=/tmp\nUSER 65532:65532\nCMD ["npm", "start"]\n',
  )
})

test('without tools to make an account: a number that needs none', async () => {
  await becomes(
    'FROM golang:1.22 AS build\nRUN go build -o /s .\nFROM scratch\nCOPY --from=build /s /\nENTRYPOINT ["/s"]\n',
    'FROM golang:1.22 AS build\nRUN go build -o /s .\nFROM scratch\nCOPY --from=build /s /\nUSER 65532:65532\nENTRYPOINT ["/s"]\n',
  )
  await becomes('FROM gcr.io/distroless/static\nCOPY s /\n', 'FROM gcr.io/distroless/static\nCOPY s /\nUSER 65532:65532\n')
})

test('the user that the file makes: its number, or one that it is given', async () => {
  await becomes(
    'FROM debian:12\nRUN groupadd -g 2000 web && useradd -u 2001 -g web web\nCMD ["x"]\n',
    'FROM debian:12\nRUN groupadd -g 2000 web && useradd -u 2001 -g web web\nUSER 2001:2000\nCMD ["x"]\n',
  )
  await becomes(
    'FROM debian:12\nRUN useradd --create-home web\nUSER web\nCMD ["x"]\n',
    'FROM debian:12\nRUN useradd -u 10001 --create-home web\nUSER 10001\nCMD ["x"]\n',
  )
  await becomes(
    'FROM debian:12\nRUN adduser --system --group web\nUSER web:web\nCMD ["x"]\n',
    'FROM debian:12\nRUN adduser --uid 10001 --system --group web\nUSER 10001\nCMD ["x"]\n',
  )
  await becomes(
    'FROM alpine:3.20 AS base\nRUN adduser -D web\nFROM base\nUSER root\nRUN apk add x\nUSER root\nCMD ["x"]\n',
    'FROM alpine:3.20 AS base\nRUN adduser -u 10001 -D web\nFROM base\nUSER root\nRUN apk add x\nUSER 10001\nCMD ["x"]\n',
  )
})

test('a name stays where its number is not known, and that is said', async () => {
  const quoted = 'FROM debian:12\nRUN sh -c "useradd web"\nUSER web\n'
  const one = await still(quoted)
  assert.equal(one.text, quoted)
  assert.match(one.left?.leftOut ?? '', /number of `web`/)
  const variable = 'FROM debian:12\nARG WHO=web\nUSER $WHO\n'
  const two = await still(variable)
  assert.equal(two.text, variable)
  assert.match(two.left?.leftOut ?? '', /variable/)
  await becomes('FROM node:22\nUSER node\nCMD ["node"]\n', 'FROM node:22\nUSER 1000:1000\nCMD ["node"]\n')
  await becomes('FROM debian:12\nUSER www-data\n', 'FROM debian:12\nUSER 33:33\n')
})

test('root at the end gives way to the user that was there before', async () => {
  await becomes(
    'FROM node:22\nUSER node\nRUN npm ci\nUSER root\nRUN apt-get install -y x\nCMD ["node"]\n',
    'FROM node:22\nUSER node\nRUN npm ci\nUSER root\nRUN apt-get install -y x\nUSER 1000:1000\nCMD ["node"]\n',
  )
  await becomes('FROM node:22\nUSER root\nCMD ["node"]\n', 'FROM node:22\nUSER 1000:1000\nCMD ["node"]\n')
  await becomes(
    'FROM grafana/grafana:11\nUSER 0\nRUN apk add x\n',
    'FROM grafana/grafana:11\nUSER 0\nRUN apk add x\nUSER 472:0\n',
  )
})

test('what steps down by itself, needs root, or is not known is left, and said', async () => {
  const cases: readonly (readonly [string, RegExp, Omit<Given, 'dockerfile'>?])[] = [
    ['FROM debian:12\nRUN apt-get install -y gosu\nENTRYPOINT ["/e.sh"]\n', /gosu/],
    ['FROM postgres:16\nCOPY init.sql /docker-entrypoint-initdb.d/\n', /entry point of postgres/],
    ['FROM debian:12\nRUN apt-get install -y openssh-server\nCMD ["/usr/sbin/sshd", "-D"]\n', /`sshd`/],
    [
      'FROM debian:12\nCOPY entrypoint.sh /\nENTRYPOINT ["/entrypoint.sh"]\n',
      /`chown`/,
      { context: { 'entrypoint.sh': '#!/bin/sh\nchown -R app /data\nexec app\n' } },
    ],
    [
      'FROM debian:12\nCOPY e.sh /\nENTRYPOINT ["/e.sh"]\n',
      /`su-exec`/,
      { context: { 'e.sh': '#!/bin/sh\nexec su-exec app "$@"\n' } },
    ],
    ['FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCMD ["x.exe"]\n', /Windows/],
    ['FROM registry.example.com/base:1\nCMD ["x"]\n', /base image/],
    ['ARG BASE\nFROM $BASE\nCMD ["x"]\n', /base image/],
    ['FROM debian:12\nARG U\nUSER $U\n', /variable/],
    ['FROM debian:12\nRUN <<EOF\napt-get update\n', /middle of an instruction/],
  ]
  for (const [dockerfile, why, more] of cases) {
    const { text, left } = await still(dockerfile, more)
    assert.equal(text, dockerfile)
    assert.match(left?.leftOut ?? '', why)
    assert.ok((left?.check ?? []).length > 0)
  }
})

test('what runs as somebody else by number already is left alone', async () => {
  for (const dockerfile of [
    'FROM debian:12\nUSER 1000\n',
    'FROM debian:12\nARG UID=1000\nUSER ${UID}:${UID}\n',
    'FROM cgr.dev/chainguard/node\nCOPY . .\n',
    'FROM node:22 AS base\nUSER 1000:1000\nFROM base\nCOPY . .\n',
  ]) {
    const { text, left } = await still(dockerfile)
    assert.equal(text, dockerfile)
    assert.equal(left, undefined)
  }
})

test('here-documents, and ONBUILD', async () => {
  const { text } = await still('FROM debian:12\nRUN <<EOF\napt-get update\napt-get install -y x\nEOF\nCOPY . /srv\nCMD ["x"]\n')
  assert.match(text, /EOF\nRUN groupadd .*\\\n.*useradd .*\nCOPY \. \/srv\nUSER 10001:10001\nCMD/)
  assert.deepEqual(finalUser(readDockerfile('Dockerfile', text).final!), { kind: 'ids', ids: { uid: 10001, gid: 10001 } })
  assert.match((await still('FROM debian:12\nONBUILD RUN make\n')).left?.leftOut ?? '', /ONBUILD/)
})

test('groups that are added to an account do not change its number', async () => {
  await becomes(
    'FROM debian:12\nRUN useradd -m web && usermod -aG video web\nUSER web\n',
    'FROM debian:12\nRUN useradd -u 10001 -m web && usermod -aG video web\nUSER 10001\n',
  )
  const changed = 'FROM debian:12\nRUN useradd -m web && usermod -u 3000 web\nUSER web\n'
  assert.equal((await still(changed)).text, changed)
})

test('nginx of Debian’s package runs as the account that Debian has for it', async () => {
  const { text } = await still('FROM debian:12\nRUN apt-get install -y nginx\nCMD ["nginx", "-g", "daemon off;"]\n')
  assert.match(text, /\nUSER 33:33\nCMD/)
})

test('who has a home folder keeps it', async () => {
  const given = { dockerfile: 'FROM node:22\nCMD ["npm", "start"]\n' }
  const outcome = user.apply(await subjectOf(given, given.dockerfile, new Map()))
  assert.ok(outcome && 'edits' in outcome && !outcome.check!.join().includes('/tmp'))
})

test('what is in root’s home folder is for root alone', async () => {
  const left = async (lines: string): Promise<string> =>
    (await untilStill(user, { dockerfile: `FROM debian:13-slim\n${lines}\n` })).left?.leftOut ?? ''
  assert.match(
    await left('ENV PATH=/root/google-cloud-sdk/bin:$PATH\nCMD ["a"]'),
    /^PATH leads to `\/root\/google-cloud-sdk\/bin`/,
  )
  assert.match(await left('ENV HOME=/root\nCMD ["a"]'), /^HOME leads to `\/root`/)
  assert.match(await left('COPY start.sh /root/\nENTRYPOINT ["/root/start.sh"]'), /^`\/root\/start\.sh`, which it starts with/)
  assert.match(await left('CMD . /root/.nvm/nvm.sh && node a.js'), /^`\/root\/\.nvm\/nvm\.sh`, which it starts with/)
  assert.match(await left('RUN python3 -m pip install --user flask\nCMD ["python3", "a.py"]'), /^`pip install --user` puts/)
  assert.match(await left('COPY --from=build /root/.local /root/.local\nCMD ["a"]'), /^files are copied to `\/root\/\.local`/)
  assert.match(
    await left('RUN ln -s /root/.cargo/bin/a /usr/local/bin/a\nCMD ["a"]'),
    /^a link leads to `\/root\/\.cargo\/bin\/a`/,
  )
  assert.match(await left('RUN npm ci && npx playwright install firefox\nCMD ["a"]'), /^browsers of Playwright/)
  assert.equal(await left('ENV PLAYWRIGHT_BROWSERS_PATH=/opt/browsers\nRUN npx playwright install\nCMD ["a"]'), '')
  assert.match(await left('WORKDIR /root/app\nCMD ["./a"]'), /^it works in \/root\/app/)
  assert.match(await left('VOLUME /root/.data\nCMD ["a"]'), /^its volume `\/root\/\.data`/)
  // What a step uses while it builds is not there for the program.
  assert.equal(await left('COPY config.sh /root/\nRUN /root/config.sh\nCMD ["a"]'), '')
  assert.equal(await left('RUN pip install flask\nCMD ["a"]'), '')
})

test('.NET brings its account since version 8, under every tag', async () => {
  const { text } = await untilStill(user, {
    dockerfile: 'FROM mcr.microsoft.com/dotnet/runtime:10\nCOPY out .\nCMD ["dotnet", "a.dll"]\n',
  })
  assert.equal(text, 'FROM mcr.microsoft.com/dotnet/runtime:10\nCOPY out .\nUSER 1654:1654\nCMD ["dotnet", "a.dll"]\n')
})

test('a container for developers is left to their tools', async () => {
  const { left } = await untilStill(user, { dockerfile: 'FROM mcr.microsoft.com/vscode/devcontainers/java:17\nRUN ls\n' })
  assert.match(left?.leftOut ?? '', /made for developers/)
})

test('a group that has the name of the account already', async () => {
  const { text } = await untilStill(user, { dockerfile: 'FROM debian:13-slim\nRUN groupadd -r app\nCMD ["a"]\n' })
  assert.equal(text, 'FROM debian:13-slim\nRUN groupadd -r app\nUSER 65532:65532\nCMD ["a"]\n')
})

test('a script that starts first and writes where only root may', async () => {
  const dockerfile = 'FROM debian:13-slim\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\n'
  const left = async (script: string, more = ''): Promise<string> =>
    (await untilStill(user, { dockerfile: dockerfile.replace('ENTRY', `${more}ENTRY`), context: { 'start.sh': script } })).left
      ?.leftOut ?? ''
  assert.match(
    await left('envsubst < /t > /etc/a/a.conf\nexec a\n'),
    /^`start\.sh`, which it starts, writes to `\/etc\/a\/a\.conf`/,
  )
  assert.match(await left('if true; then sed -i s/a/b/ /usr/share/a; fi\nexec a\n'), /`\/usr\/share\/a`/)
  assert.match(await left('cp /tmp/a /etc/a\n'), /`\/etc\/a`/)
  assert.equal(await left('cp /etc/a /tmp/a\nsed s/a/b/ /etc/a > /tmp/b\necho > /dev/null\n'), '')
  assert.equal(await left('cp /tmp/a /etc/a/b\n', 'RUN chown -R 10001 /etc/a\n'), '')
})

test('what is mounted from the host for root alone keeps it root', async () => {
  const left = async (context: Readonly<Record<string, string>>): Promise<string> =>
    (await untilStill(user, { dockerfile: 'FROM debian:13-slim\nCMD ["a"]\n', context })).left?.leftOut ?? ''
  const compose = (mount: string): Readonly<Record<string, string>> => ({
    'compose.yaml': `services:\n  a:\n    build: .\n    volumes:\n      - ${mount}\n`,
  })
  assert.match(await left(compose('/var/run/docker.sock:/var/run/docker.sock')), /^`\/var\/run\/docker\.sock` of the host/)
  assert.equal(await left(compose('/etc/localtime:/etc/localtime:ro')), '')
  assert.equal(await left(compose('./data:/data')), '')
})

test('what starts a shell, or nothing, is left to who works in it or builds from it', async () => {
  const left = async (dockerfile: string, context = {}): Promise<string> =>
    (await untilStill(user, { dockerfile, context })).left?.leftOut ?? ''
  assert.match(await left('FROM debian:13-slim\nRUN make\n'), /^nothing says what it starts/)
  assert.match(await left('FROM registry.example.com/a:1\nRUN apt-get install -y b\n'), /^what its base image starts/)
  assert.match(await left('FROM fedora:44\nCMD ["/bin/bash"]\n'), /^it starts a shell/)
  assert.equal(await left('FROM debian:13-slim\nCMD ["sh", "-c", "exec a"]\n'), '')
  const compose = 'services:\n  a:\n    build: .\n    command: ["a"]\n'
  assert.equal(await left('FROM debian:13-slim\nRUN make\n', { 'compose.yaml': compose }), '')
})

test('whom the author gives the program to is who runs it', async () => {
  const before = 'FROM debian:13-slim\nCOPY --chown=nobody:root a /a\nCMD ["/a"]\n'
  assert.equal((await untilStill(user, { dockerfile: before })).text, before.replace('CMD', 'USER 65534:65534\nCMD'))
})
