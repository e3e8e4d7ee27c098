import { expect, test } from 'vitest'
import { buildInfoMaterials, provenanceMaterials } from './provenance.ts'

const hex = 'ab'.repeat(32)
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

test('SLSA 0.2 and 1: packages of type docker, with their digests', () => {
  const materials = [
    { uri: 'pkg:docker/docker/dockerfile@1', digest: { sha256: hex } },
    { uri: 'pkg:docker/node@20-bookworm-slim?platform=linux%2Famd64', digest: { sha256: hex } },
    { uri: 'pkg:docker/registry.example.com%3A5000/team/base@1.2?platform=linux%2Famd64', digest: { sha256: 'short' } },
    { uri: `pkg:docker/debian@sha256%3A${hex}?platform=linux%2Farm64`, digest: { sha256: hex } },
    { uri: `pkg:docker/alpine?digest=sha256:${hex}&platform=linux%2Famd64` },
    { uri: 'https://github.com/team/app.git#main', digest: { sha1: 'ab' } },
    { uri: 'pkg:docker/%E0%A4%A' },
    { uri: 'pkg:docker/a%0Ab@1' },
  ]
  const expected = [
    { name: 'docker/dockerfile:1', digest: `sha256:${hex}` },
    { name: 'node:20-bookworm-slim', digest: `sha256:${hex}` },
    { name: 'registry.example.com:5000/team/base:1.2', digest: undefined },
    { name: 'debian', digest: `sha256:${hex}` },
    { name: 'alpine', digest: `sha256:${hex}` },
  ]
  expect(provenanceMaterials(bytes({ predicateType: 'https://slsa.dev/provenance/v0.2', predicate: { materials } }))).toEqual(
    expected,
  )
  const buildDefinition = { resolvedDependencies: materials }
  expect(provenanceMaterials(bytes({ predicateType: 'https://slsa.dev/provenance/v1', predicate: { buildDefinition } }))).toEqual(
    expected,
  )
  expect(provenanceMaterials(bytes({ predicateType: 'https://spdx.dev/Document', predicate: {} }))).toBeUndefined()
  expect(provenanceMaterials(new TextEncoder().encode('{'))).toBeUndefined()
})

test('what BuildKit wrote into configurations', () => {
  const sources = [
    { type: 'docker-image', ref: 'docker.io/library/debian:12', pin: `sha256:${hex}` },
    { type: 'docker-image', ref: 'alpine:3', pin: 'nonsense' },
    { type: 'git', ref: 'https://github.com/team/app.git' },
    { type: 'docker-image', ref: 'a\nb' },
  ]
  expect(buildInfoMaterials(JSON.stringify({ sources }))).toEqual([
    { name: 'docker.io/library/debian:12', digest: `sha256:${hex}` },
    { name: 'alpine:3', digest: undefined },
  ])
  expect(buildInfoMaterials(undefined)).toEqual([])
  expect(buildInfoMaterials('[]')).toEqual([])
  expect(buildInfoMaterials('no JSON')).toEqual([])
})
