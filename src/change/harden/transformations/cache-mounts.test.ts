import assert from 'node:assert/strict'
import { test } from 'vitest'
import { untilStill } from '../../../../test/harden-still.ts'
import mounts from './cache-mounts.ts'

const becomes = async (before: string, after: string): Promise<void> => {
  const { text } = await untilStill(mounts, { dockerfile: before })
  assert.equal(text, after)
  assert.equal((await untilStill(mounts, { dockerfile: after })).text, after, 'twice changes nothing')
}
const syntax = '# syntax=docker/dockerfile:1\n'

test('where the file says that it is for BuildKit, what is downloaded stays with the builder', async () => {
  await becomes(`${syntax}FROM node:24\nrun npm ci\n`, `${syntax}FROM node:24\nrun --mount=type=cache,target=/root/.npm npm ci\n`)
  await becomes(
    `${syntax}FROM python:3.12\nRUN --network=default pip install -r a.txt\n`,
    `${syntax}FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache/pip --network=default pip install -r a.txt\n`,
  )
  await becomes(
    'FROM golang:1.27\nRUN go mod download\nCOPY <<EOF /a\nx\nEOF\nRUN go build -o /app\n',
    'FROM golang:1.27\nRUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build go mod download\nCOPY <<EOF /a\nx\nEOF\nRUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build go build -o /app\n',
  )
})

test('where the path is not sure, or somebody looked after it, nothing changes', async () => {
  for (const dockerfile of [
    'FROM node:24\nRUN npm ci\n',
    `${syntax}FROM node:24\nUSER node\nRUN npm ci\n`,
    `${syntax}FROM node:24\nRUN npm ci && npm cache clean --force\n`,
    `${syntax}FROM node:24\nENV NPM_CONFIG_CACHE=/x\nRUN npm ci\n`,
    `${syntax}FROM python:3.12\nRUN pip install --no-cache-dir -r a.txt\n`,
    `${syntax}FROM golang:1.27\nRUN --mount=type=cache,target=/go/pkg/mod go mod download\nRUN go build\n`,
    `${syntax}FROM alpine:3.24\nRUN apk add --no-cache go && go build\n`,
    // The next stage needs what is fetched here.
    `${syntax}FROM rust:1.90 AS a\nRUN cargo fetch\nFROM a\nRUN cargo build --offline\n`,
    `${syntax}FROM debian:13\nRUN apt-get update && apt-get install -y curl\n`,
  ])
    await becomes(dockerfile, dockerfile)
})

test('pip that keeps nothing needs no cache, also where the option is cut short', async () => {
  const text = `${syntax}FROM python:3.14\nRUN pip install --no-cache /wheels/a.whl\n`
  await becomes(text, text)
})
