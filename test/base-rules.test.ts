/** The edge cases of the rules on base images that end or are larger than need be. */
import { expect, test } from 'vitest'
import { judge } from './judge.ts'

const eol = 'dockerfile/base-eol'
const fat = 'dockerfile/base-fat'
const messages = async (rule: string, text: string, today?: string): Promise<readonly string[]> =>
  (await judge(rule, text, today === undefined ? {} : { today })).map(({ message }) => message)

test('an ended image is named with its version, the day, and what is maintained', async () => {
  expect(await messages(eol, 'FROM node:16\n')).toEqual([
    '`node:16`: Node.js 16 has had no security fixes since 2023-09-11; 22 is the oldest maintained, 26 the newest',
  ])
  expect(await messages(eol, 'FROM centos:7\n')).toEqual([
    '`centos:7`: CentOS 7 has had no security fixes since 2024-06-30; no version of it is maintained',
  ])
})

test('two ended facts of one image are one finding', async () => {
  expect(await messages(eol, 'FROM node:16-buster\n')).toEqual([
    '`node:16-buster`: Node.js 16 has had no security fixes since 2023-09-11 (nor has Debian 10 (buster), since 2024-06-30); 22 is the oldest maintained, 26 the newest',
  ])
})

test('the day comes from the facts', async () => {
  expect(await messages(eol, 'FROM node:16\n', '2023-01-01')).toEqual([])
})

test('nothing is edited by itself, an ARG least of all', async () => {
  for (const text of ['FROM debian:jessie\n', 'ARG TAG=jessie\nFROM debian:${TAG}\n']) {
    const found = await judge(eol, text)
    expect(found).toHaveLength(1)
    expect(found[0]!.fix).toMatchObject({ safety: 'manual', edits: [] })
  }
})

test.each([
  'ARG TAG\nFROM node:${TAG}\n',
  'FROM scratch\n',
  'FROM node:24 AS debian\nFROM debian\n',
  'FROM node\n',
  `FROM node@sha256:${'0'.repeat(64)}\n`,
  'FROM registry.example.com/node:16\n',
])('nothing is known to have ended: %j', async text => {
  expect(await judge(eol, text)).toEqual([])
})

test('an ended image is found behind COPY --from and a digest; a stage name is no image', async () => {
  expect(
    await judge(eol, `FROM debian:13 AS buster\nFROM buster\nCOPY --from=node:16@sha256:${'0'.repeat(64)} /a /a\n`),
  ).toHaveLength(1)
})

test('a stage of which nothing ships weighs less', async () => {
  const text =
    'FROM node:16 AS lint\nRUN true\n\nFROM node:16 AS build\nRUN true\n\nFROM debian:13-slim\nCOPY --from=build /a /a\n'
  expect((await judge(eol, text)).map(({ severity }) => severity)).toEqual(['medium', 'high'])
})

test('full size counts where it ships', async () => {
  expect(await messages(fat, 'FROM node:24\n')).toEqual([
    '`node:24` is the full-size variant; there are smaller ones: slim, alpine',
  ])
  expect(await messages(fat, 'FROM debian\n')).toEqual(['`debian` is the full-size variant; there is a smaller one: slim'])
  expect(await judge(fat, 'FROM node:24 AS base\nFROM base AS final\n')).toHaveLength(1)
  expect(await judge(fat, 'ARG NODE=24\nFROM node:${NODE}-trixie\n')).toHaveLength(1)
})

test.each([
  'FROM node:24 AS build\nRUN make\nFROM node:24-slim\nCOPY --from=build /a /a\n',
  'FROM golang:1.27 AS build\nFROM scratch\nCOPY --from=build /a /a\n',
  'FROM node:24-alpine\n',
  'FROM ubuntu:24.04\n',
  'FROM php:8.4-apache\n',
  'ARG TAG\nFROM node:${TAG}\n',
  `FROM node@sha256:${'0'.repeat(64)}\n`,
  'FROM gcr.io/distroless/nodejs22-debian12\n',
  'FROM acme/node:24\n',
])('no smaller variant is known, or nothing of it ships: %j', async text => {
  expect(await judge(fat, text)).toEqual([])
})

test('no smaller variant is advised of what nobody maintains', async () => {
  expect(await messages(fat, 'FROM openjdk:11-jdk\n')).toEqual([])
  expect(await messages(fat, 'FROM python:3.11\n', '2026-11-24')).toHaveLength(1)
  expect(await messages(fat, 'FROM python:3.11\n', '2040-01-01')).toEqual([])
})
