import { expect, test } from 'vitest'
import { parseReference } from '../read/dockerfile/reference.ts'
import { json } from './base-catalogue.data.ts'
import { type Catalogue, endOfLife, flavourOf, smallerVariants } from './base-catalogue.ts'

const today = '2026-11-24'
const ended = (image: string, day = today): readonly string[] =>
  endOfLife(parseReference(image)!, day).map(({ title, end }) => `${title} ${end}`)
const variants = (image: string): string => smallerVariants(parseReference(image)!).join(' ')

test('the data is small and whole', () => {
  const catalogue = JSON.parse(json) as Catalogue
  expect(json.length).toBeLessThan(40_000)
  expect(catalogue.date).toMatch(/^\d{4}-\d\d-\d\d$/)
  expect(Object.keys(catalogue.endOfLife).length).toBeGreaterThan(40)
  for (const { name, cycles } of Object.values(catalogue.endOfLife)) {
    expect(name).not.toBe('')
    for (const [cycle, end] of Object.entries(cycles)) {
      expect(cycle).toMatch(/^\d+(?:\.\d+)*$/)
      expect(end).toMatch(/^(?:\d{4}-\d\d-\d\d)?$/)
    }
  }
  for (const [image, cycle] of Object.values(catalogue.codeNames)) {
    expect(Object.keys(catalogue.endOfLife[image]!.cycles)).toContain(cycle)
  }
  for (const image of Object.values(catalogue.sameAs)) expect(catalogue.endOfLife[image]).toBeDefined()
})

test.each([
  ['debian:10', 'Debian 10 2024-06-30'],
  ['debian:stretch-20200101-slim', 'Debian 9 (stretch) 2022-07-01'],
  ['debian:9.13', 'Debian 9 2022-07-01'],
  ['ubuntu:focal', 'Ubuntu 20.04 (focal) 2025-05-31'],
  ['alpine:3.12.1', 'Alpine Linux 3.12 2022-05-01'],
  ['centos:centos7.9.2009', 'CentOS 7 2024-06-30'],
  ['quay.io/centos/centos:stream8', 'CentOS Stream 8 2024-05-31'],
  ['node:16.20.2', 'Node.js 16 2023-09-11'],
  ['node:lts-gallium', 'Node.js 16 (gallium) 2023-09-11'],
  ['node:24-buster', 'Debian 10 (buster) 2024-06-30'],
  ['python:2', 'Python 2.7 2020-01-01'],
  ['php:7-fpm', 'PHP 7.4 2022-11-28'],
  ['openjdk:8u212-jdk-trixie', 'The image openjdk 8 2022-07-31'],
  ['rust:1-alpine3.12', 'Alpine Linux 3.12 2022-05-01'],
  ['arm32v7/debian:10', 'Debian 10 2024-06-30'],
  ['public.ecr.aws/docker/library/debian:10', 'Debian 10 2024-06-30'],
])('%s has ended: %s', (image, expected) => {
  expect(ended(image)).toEqual([expected])
})

test('a version and its distribution are two facts, the version first', () => {
  expect(ended('node:16-buster')).toEqual(['Node.js 16 2023-09-11', 'Debian 10 (buster) 2024-06-30'])
})

test('the day of the end still counts as maintained', () => {
  expect(ended('node:16', '2023-09-11')).toEqual([])
  expect(ended('node:16', '2023-09-12')).toHaveLength(1)
})

test('Debian counts its long-term support', () => {
  expect(ended('debian:bookworm')).toEqual([])
  expect(ended('debian:bullseye', '2026-08-31')).toEqual([])
  expect(ended('debian:bullseye')).toHaveLength(1)
})

test.each([
  'node',
  'node:latest',
  'node:lts',
  'node:999',
  'node:current-alpine',
  'python:3',
  'alpine:edge',
  'alpine:20230901',
  'debian:oldstable',
  'acme/node:16-buster',
  'ghcr.io/acme/debian:10',
  'constructor:1',
  'base:buster',
  'nginx:constructor',
  `node@sha256:${'0'.repeat(64)}`,
])('nothing is said of %s', image => {
  expect(ended(image)).toEqual([])
})

test('what is still maintained is told, oldest first', () => {
  expect(endOfLife(parseReference('node:16')!, today)[0]!.maintained).toEqual(['22', '24', '26'])
  expect(endOfLife(parseReference('centos:7')!, today)[0]!.maintained).toEqual([])
})

test.each([
  ['20.11-bookworm-slim', 'slim'],
  ['8.3-fpm-alpine3.20', 'fpm-alpine'],
  ['bookworm-20240101', ''],
  ['latest', ''],
  ['3.13-management', 'management'],
])('the flavour of %s is "%s"', (tag, flavour) => {
  expect(flavourOf(tag, name => name === 'bookworm')).toBe(flavour)
})

test.each([
  ['node:20', 'slim alpine'],
  ['node', 'slim alpine'],
  ['node:20-bookworm', 'slim alpine'],
  ['docker.io/library/debian:12', 'slim'],
  ['php:8.3-fpm', 'alpine'],
  ['php:8.3-apache', ''],
  ['node:20-slim', ''],
  ['node:20-alpine3.20', ''],
  ['python:3.12-windowsservercore', ''],
  ['ubuntu:24.04', ''],
  ['alpine:3.22', ''],
  ['docker:28', ''],
  ['acme/node:20', ''],
  [`node@sha256:${'0'.repeat(64)}`, ''],
  [`node:20@sha256:${'0'.repeat(64)}`, 'slim alpine'],
])('smaller variants of %s: "%s"', (image, expected) => {
  expect(variants(image)).toBe(expected)
})
