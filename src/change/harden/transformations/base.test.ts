import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type Given, untilStill } from '../../../../test/harden-still.ts'
import base from './base.ts'

const still = (dockerfile: string, more: Omit<Given, 'dockerfile'> = {}): ReturnType<typeof untilStill> =>
  untilStill(base, { dockerfile, level: 'balanced', ...more })

/** The FROM lines of the result. */
const froms = async (dockerfile: string, more: Omit<Given, 'dockerfile'> = {}): Promise<string> => {
  const { text } = await still(dockerfile, more)
  assert.equal((await still(text, more)).text, text, 'twice changes nothing')
  return text
}
const node = (version: string): Omit<Given, 'dockerfile'> => ({
  stacks: [{ name: 'node', version: { value: version, by: 'package.json' } }],
})

test('no tag, and one that moves on, become a definite one: what the project asks for, else the newest with long support', async () => {
  const rest = '\nRUN gcc a.c\n'
  assert.equal(await froms(`FROM node${rest}`), `FROM node:24${rest}`)
  assert.equal(await froms(`FROM node:latest${rest}`, node('^22.1.0')), `FROM node:22${rest}`)
  assert.equal(await froms(`FROM node:lts-alpine${rest}`, node('>=18')), `FROM node:24-alpine${rest}`)
  assert.equal(await froms(`FROM node:slim${rest}`), `FROM node:24-slim${rest}`)
  assert.equal(
    await froms(`FROM --platform=linux/amd64 library/node AS x # no${rest}`),
    `FROM --platform=linux/amd64 library/node:24 AS x # no${rest}`,
  )
  assert.equal(await froms('FROM alpine\n'), 'FROM alpine:3.24\n')
  assert.equal(await froms('FROM ubuntu:latest\n'), 'FROM ubuntu:26.04\n')
  assert.equal(
    await froms(`FROM python:3${rest}`, {
      stacks: [{ name: 'python', version: { value: '>=3.9,<3.13', by: 'pyproject.toml' } }],
    }),
    `FROM python:3.12${rest}`,
  )
  assert.equal(
    await froms('FROM golang\n', { stacks: [{ name: 'go', version: { value: '1.22', by: 'go.mod' } }] }),
    'FROM golang:1.27\n',
  )
})

test('a version that is over becomes the next that is supported and allowed, or is left out', async () => {
  const rest = '\nRUN gcc a.c\n'
  assert.equal(await froms(`FROM node:14${rest}`), `FROM node:22${rest}`)
  assert.equal(await froms(`FROM node:16-alpine${rest}`, node('>=16')), `FROM node:22-alpine${rest}`)
  assert.equal(await froms(`FROM python:3.8-buster${rest}`), `FROM python:3.11-trixie${rest}`)
  assert.equal(await froms('FROM openjdk:11-jre-slim\nCOPY a.jar .\n'), 'FROM eclipse-temurin:11-jre\nCOPY a.jar .\n')
  assert.equal(await froms('FROM openjdk:8-jdk-alpine\n'), 'FROM eclipse-temurin:8-jdk-alpine\n')
  assert.equal(await froms('FROM nginx:1.13-alpine\n'), 'FROM nginx:1.30-alpine\n')
  // Such an image was never made.
  assert.match((await still('FROM rust:1.56.1-slim-bullseye\n')).left?.leftOut ?? '', /Debian 11 \(bullseye\) ended/)
  const exact = await still(`FROM node:14${rest}`, node('14.x'))
  assert.equal(exact.text, `FROM node:14${rest}`)
  assert.match(
    exact.left?.leftOut ?? '',
    /support of Node\.js 14 ended on 2023-04-30, and no supported version is what package\.json asks for \(14\.x\)/,
  )
  const named = await still(`FROM python:3.8${rest}COPY a.py /usr/local/lib/python3.8/site-packages/a.py\n`)
  assert.match(named.text, /^FROM python:3\.8\n/)
  assert.match(named.left?.leftOut ?? '', /the file names the folder python3\.8/)
  assert.match((await still(`FROM python:2.7${rest}`)).left?.leftOut ?? '', /Python 2\.7 ended/)
  const pinned = await still(`FROM node:14@sha256:${'a'.repeat(64)}${rest}`)
  assert.match(pinned.left?.leftOut ?? '', /pinned to its digest, and support of Node\.js 14 ended on 2023-04-30/)
  assert.match((await still('FROM openjdk:17\nRUN microdnf install x\n')).left?.leftOut ?? '', /another package manager/)
})

test('slim where nothing needs the full image', async () => {
  assert.equal(
    await froms('ARG V=24\nFROM node:${V}\nWORKDIR /app\nCOPY . .\nRUN npm ci --omit=dev\nCMD ["node", "a.js"]\n'),
    'ARG V=24\nFROM node:${V}-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci --omit=dev\nCMD ["node", "a.js"]\n',
  )
  assert.equal(
    await froms('FROM python:3.12\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["uvicorn", "app:app"]\n'),
    'FROM python:3.12-slim\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["uvicorn", "app:app"]\n',
  )
  // Of two stages only that which ships.
  assert.equal(
    await froms('FROM node:24 AS a\nRUN npm ci\nFROM node:24\nCOPY --from=a /app /app\nCMD ["node", "a.js"]\n'),
    'FROM node:24 AS a\nRUN npm ci\nFROM node:24-slim\nCOPY --from=a /app /app\nCMD ["node", "a.js"]\n',
  )
})

test('the full image stays where something needs it', async () => {
  for (const dockerfile of [
    'FROM node:24\nRUN git clone https://git.example.org/a.git\n',
    'FROM node:24\nRUN npm ci\nHEALTHCHECK CMD curl -f http://localhost/\nCMD ["node", "a.js"]\n',
    'FROM python:3.12\nRUN pip install mysqlclient\n',
    'FROM node:24\nCOPY . .\nENTRYPOINT ["./start.sh"]\n',
    'FROM node:24@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n',
    'FROM registry.example.com/base:1\n',
  ]) {
    const { text } = await still(dockerfile)
    assert.equal(text, dockerfile)
  }
  const { text } = await still('FROM node:24\nRUN npm ci\nCMD ["node", "a.js"]\n', {
    stacks: [{ name: 'node', native: [{ name: 'bcrypt', by: 'package-lock.json', why: 'node-gyp' }] }],
  })
  assert.match(text, /^FROM node:24\n/)
})

test('what nobody here knows is said', async () => {
  const { left } = await still('FROM registry.example.com/base\nFROM rust\n')
  assert.match(
    left?.leftOut ?? '',
    /which version `registry\.example\.com\/base` is today is not known here; which version `rust(?::slim)?` is/,
  )
})

test('a server without steps of its own stands on Alpine only where all is wanted', async () => {
  const dockerfile = 'FROM nginx:1.30\nCOPY site /usr/share/nginx/html\n'
  assert.equal(await froms(dockerfile), dockerfile)
  assert.equal(await froms(dockerfile, { level: 'strict' }), dockerfile.replace('1.30', '1.30-alpine'))
})

test('.NET: another version starts only what was built for it', async () => {
  const dockerfile = 'FROM mcr.microsoft.com/dotnet/runtime:7.0\nCOPY out .\nENTRYPOINT ["dotnet", "a.dll"]\n'
  const version = { value: '7.0', by: 'a.csproj' }
  const kept = await untilStill(base, { dockerfile, stacks: [{ name: 'dotnet', version }] })
  assert.equal(kept.text, dockerfile)
  assert.match(kept.left?.leftOut ?? '', /no supported version is what a\.csproj asks for \(7\.0\)/)
  const moved = await untilStill(base, { dockerfile, stacks: [{ name: 'dotnet', version: { ...version, value: '10.0' } }] })
  assert.match(moved.text, /^FROM mcr\.microsoft\.com\/dotnet\/runtime:10\n/)
})

test('what moves on by intention, what keeps data, and what is written for one release', async () => {
  const left = async (dockerfile: string): Promise<string> => {
    const { text, left } = await still(dockerfile)
    assert.equal(text, dockerfile)
    return left?.leftOut ?? ''
  }
  assert.match(await left('FROM debian:sid-slim\nRUN make\n'), /moves on by intention/)
  assert.match(await left('FROM mysql:5.7\n'), /does not read the data of version 5\.7/)
  assert.match(await left('FROM mongo:5\n'), /does not read the data of version 5/)
  assert.match(
    await left('FROM debian:buster\nRUN echo "deb http://archive.debian.org/debian buster main" > /etc/apt/sources.list\n'),
    /written for `buster`/,
  )
  assert.match(await left('FROM golang:1-buster\nRUN sed -i s/buster/buster/ /etc/apt/sources.list\n'), /written for `buster`/)
  assert.match((await still('FROM debian:buster\nRUN make\n')).text, /^FROM debian:bookworm/)
})
