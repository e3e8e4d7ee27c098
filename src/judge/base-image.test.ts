import { describe, expect, test } from 'vitest'
import { distroOf } from '../../test/advisories.ts'
import { emptyConfig } from '../../test/image-config.ts'
import type { KnownImage, LayerProof } from '../model/base-answer.ts'
import type { Digest } from '../model/finding.ts'
import type { HistoryStep, Image, ImageConfig } from '../model/image.ts'
import { readDockerfile } from '../read/dockerfile/read-dockerfile.ts'
import { dockerfileBase } from './base-dockerfile.ts'
import { baseImageFrom, baseOf } from './base-image.ts'

const digest = (name: string): Digest => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64)}`

/** A step per text; in brackets: it changed settings only. */
const steps = (...texts: readonly string[]): readonly HistoryStep[] =>
  texts.map(text => {
    const isEmpty = text.startsWith('[')
    return { createdBy: isEmpty ? text.slice(1, -1) : text, created: undefined, comment: '', isEmpty }
  })

const imageOf = (
  layers: readonly string[],
  history: readonly HistoryStep[],
  more: Partial<Image> = {},
  config: Partial<ImageConfig> = {},
): Image => {
  const making = history.flatMap(({ isEmpty }, i) => (isEmpty ? [] : [i]))
  const fits = making.length === layers.length
  return {
    id: digest('the image'),
    platform: 'linux/amd64',
    refs: ['shop/app:1'],
    config: { ...emptyConfig, history, ...config },
    layers: layers.map((name, i) => ({ diffId: digest(name), step: fits ? making[i] : undefined })),
    ...more,
  }
}

const known = (name: string, layers: readonly string[], more: Partial<KnownImage> = {}): KnownImage => ({
  names: [name],
  digests: [digest(`manifest of ${name}`)],
  manifest: digest(`manifest of ${name}`),
  diffIds: layers.map(digest),
  created: '2024-01-01T00:00:00Z',
  from: 'engine',
  ...more,
})

/** Every layer was computed to be what it claims. */
const proofs = ({ layers }: Image): readonly LayerProof[] => layers.map(({ diffId }) => ({ diffId }))

const debianSteps = ["# debian.sh --arch 'amd64' out/ 'bookworm' '@1717372800'", '[CMD ["bash"]]']
const nodeSteps = [
  ...debianSteps,
  'RUN /bin/sh -c groupadd --gid 1000 node # buildkit',
  '[ENV NODE_VERSION=20.11.1]',
  'RUN /bin/sh -c curl -fsSLO node.tar.xz # buildkit',
  '[ENTRYPOINT ["docker-entrypoint.sh"]]',
  '[CMD ["node"]]',
]
const appSteps = ['RUN /bin/sh -c apt-get update # buildkit', 'COPY . /app # buildkit', '[CMD ["node" "/app"]]']
const bookworm = distroOf('debian', '12', { codename: 'bookworm' })
const debian = known('debian:12', ['d1'])
const node = known('node:20-bookworm-slim', ['d1', 'n1', 'n2'])
const app = imageOf(['d1', 'n1', 'n2', 'a1', 'a2'], steps(...nodeSteps, ...appSteps))

const base = { 'org.opencontainers.image.base.name': 'docker.io/library/node:20-bookworm-slim' }
const baseDigest = (of: string): Record<string, string> => ({
  'org.opencontainers.image.base.digest': digest(`manifest of ${of}`),
})

describe('which image another one was built on', () => {
  test('an annotation of the manifest, and the layers agree', () => {
    const annotations: Record<string, string> = { ...base, ...baseDigest('node:20-bookworm-slim') }
    const image = { ...app, annotations }
    const answer = baseOf(image, [debian, node], { proofs: proofs(image), distro: bookworm })
    expect(answer).toMatchObject({ standing: 'on-base', by: 'annotation', layers: 3, contradictions: [] })
    expect(answer.base).toEqual({ name: 'node:20-bookworm-slim', digest: annotations['org.opencontainers.image.base.digest'] })
    expect(answer.evidence).toEqual([
      'its annotation org.opencontainers.image.base.name says node:20-bookworm-slim, and its 3 layers are the first ones of this image',
    ])
  })

  test('an annotation alone: how many layers are the base’s is told by the history', () => {
    const answer = baseOf({ ...app, annotations: base }, [])
    expect(answer).toMatchObject({ by: 'annotation', layers: 3, base: { name: 'node:20-bookworm-slim', digest: undefined } })
    expect(answer.evidence.join()).toContain('told by the history')
  })

  test('an annotation that the layers contradict is not believed', () => {
    const annotations = { 'org.opencontainers.image.base.name': 'alpine:3.19', ...baseDigest('alpine:3.19') }
    const image = { ...app, annotations }
    const answer = baseOf(image, [node, known('alpine:3.19', ['x1'])], { proofs: proofs(image), distro: bookworm })
    expect(answer).toMatchObject({ by: 'layers', layers: 3, base: { name: 'node:20-bookworm-slim' } })
    expect(answer.contradictions).toEqual([
      'its annotation org.opencontainers.image.base.name says alpine:3.19, and alpine:3.19, which the engine has, has other layers than those that this image begins with',
    ])
  })

  test('an annotation that names another distribution than os-release is told', () => {
    const answer = baseOf({ ...app, annotations: { 'org.opencontainers.image.base.name': 'alpine:3.19' } }, [], {
      distro: bookworm,
    })
    expect(answer).toMatchObject({ by: 'annotation', base: { name: 'alpine:3.19' } })
    expect(answer.contradictions.join()).toContain('os-release says debian 12, and alpine:3.19 is another distribution')
  })

  test('a label may be the base’s own: the longer run of layers counts', () => {
    const image = imageOf(
      ['d1', 'n1', 'n2', 'a1', 'a2'],
      steps(...nodeSteps, ...appSteps),
      {},
      { labels: { 'org.opencontainers.image.base.name': 'debian:12' } },
    )
    const answer = baseOf(image, [debian, node], { proofs: proofs(image) })
    expect(answer).toMatchObject({ by: 'layers', layers: 3, base: { name: 'node:20-bookworm-slim' } })
    expect(answer.contradictions.join()).toContain('labels come along from the base image')
    // Where nothing longer is at hand, the label holds.
    expect(baseOf(image, [debian], { proofs: proofs(image) })).toMatchObject({
      by: 'annotation',
      layers: 1,
      base: { name: 'debian:12' },
      evidence: [expect.stringMatching(/says debian:12, and its only layer is the first one of this image$/)],
    })
  })

  test('the builder’s attestation: the only image that the build used', () => {
    const materials = [
      { name: 'docker/dockerfile:1', digest: digest('frontend') },
      { name: 'docker.io/library/node:20-bookworm-slim', digest: digest('manifest of node:20-bookworm-slim') },
    ]
    expect(baseOf({ ...app, materials }, [])).toMatchObject({
      by: 'provenance',
      layers: 3,
      base: { name: 'node:20-bookworm-slim', digest: digest('manifest of node:20-bookworm-slim') },
    })
  })

  test('multi-stage: the attestation names several images, and the layers choose', () => {
    const materials = [
      { name: 'golang:1.22', digest: digest('manifest of golang:1.22') },
      { name: 'debian:12', digest: digest('manifest of debian:12') },
    ]
    const image = imageOf(['d1', 'a1'], steps(...debianSteps, 'COPY /out/app /app # buildkit'), { materials })
    const golang = known('golang:1.22', ['d1', 'g1', 'g2'])
    const answer = baseOf(image, [golang, debian], { proofs: proofs(image), distro: bookworm })
    expect(answer).toMatchObject({ by: 'provenance', layers: 1, base: { name: 'debian:12' } })
    // Nothing at hand: the attestation is told, and decides nothing.
    const alone = baseOf(image, [], { distro: bookworm })
    expect(alone).toMatchObject({ by: 'history', base: { name: 'debian:bookworm' } })
    expect(alone.evidence.join()).toContain('the build used golang:1.22, debian:12, and nothing tells which of them')
  })

  test('the longest run of first layers that an image at hand has', () => {
    const other = known('redis:7', ['d1', 'r1'])
    const answer = baseOf(app, [debian, other, node, known('node:20', ['d1', 'n1', 'n2'])], {
      proofs: proofs(app),
      distro: bookworm,
    })
    expect(answer).toMatchObject({
      by: 'layers',
      layers: 3,
      aliases: ['node:20'],
      base: { name: 'node:20-bookworm-slim', digest: node.manifest },
    })
    expect(answer.evidence).toEqual([
      'its first 3 layers, by the digests of their bytes, are those of node:20-bookworm-slim, which the engine has',
    ])
    expect(baseImageFrom(answer)).toMatchObject({ name: 'node:20-bookworm-slim', layers: 3, decidedBy: 'layers' })
  })

  test('layers that are stored alike: digests of a registry', () => {
    const blobs = ['b1', 'b2', 'b3'].map(digest)
    const image = imageOf(['d1', 'n1', 'n2', 'a1'], steps(...nodeSteps, 'COPY . /app # buildkit'))
    const there = known('registry.example.com/node:20', ['d1', 'n1', 'n2'], {
      from: 'registry',
      blobs,
      diffIds: [null, null, null],
    })
    const computed = ['b1', 'b2', 'b3', 'b4'].map(name => ({ blob: digest(name) }))
    expect(baseOf(image, [there], { proofs: computed })).toMatchObject({
      by: 'layers',
      layers: 3,
      base: { name: 'registry.example.com/node:20' },
    })
  })

  test('layers that are claimed and were not computed prove nothing', () => {
    const image = imageOf(['d1', 'n1', 'n2', 'a1'], steps('COPY / / # buildkit', 'RUN x', 'RUN y', 'RUN z'))
    for (const some of [[], [{ diffId: digest('d1') }, {}, {}, {}]]) {
      const answer = baseOf(image, [node], { proofs: some, distro: bookworm })
      expect(answer).toMatchObject({ standing: 'unknown', by: 'unknown', layers: undefined, base: undefined })
      expect(answer.evidence.join()).toContain(
        'its first 3 layers claim to be the same as those of node:20-bookworm-slim; their bytes were not all hashed',
      )
    }
  })

  test('layers that claim to be others’ and are not', () => {
    const lied = app.layers.map((_, i) => ({ diffId: digest(`true ${i}`) }))
    expect(baseOf(app, [node], { proofs: lied, distro: bookworm }).by).toBe('history')
  })

  test('an earlier build of the same repository is no base, nor is the image itself', () => {
    const earlier = known('shop/app:0', ['d1', 'n1', 'n2', 'a1'])
    const itself = known('other:name', ['d1', 'n1', 'n2', 'a1', 'a2'], { digests: [app.id], created: '2020-01-01T00:00:00Z' })
    const answer = baseOf(app, [earlier, itself, node], { proofs: proofs(app) })
    expect(answer).toMatchObject({ by: 'layers', layers: 3, base: { name: 'node:20-bookworm-slim' } })
    expect(answer.evidence.join()).toContain('shop/app:0 has the same first 4 layers')
  })

  test('another tag of the same repository is the base where an annotation or the Dockerfile says so', () => {
    // By its layers alone nobody can tell it from an earlier build.
    const sibling = known('shop/app:base', ['d1', 'n1', 'n2'])
    const alone = baseOf(app, [sibling], { proofs: proofs(app) })
    expect(alone.base?.name).not.toBe('shop/app:base')
    expect(alone.evidence.join()).toContain('shop/app:base has the same first 3 layers')
    const annotated = { ...app, annotations: { 'org.opencontainers.image.base.name': 'shop/app:base' } }
    const told = baseOf(annotated, [sibling], { proofs: proofs(app) })
    expect(told).toMatchObject({ by: 'annotation', layers: 3, base: { name: 'shop/app:base' } })
    expect(told.evidence[0]).toContain('its 3 layers are the first ones of this image')
    const dockerfile = dockerfileBase(readDockerfile('Dockerfile', 'FROM shop/app:base\nRUN make\n'))!
    expect(baseOf(app, [sibling], { proofs: proofs(app), dockerfile })).toMatchObject({
      by: 'dockerfile',
      layers: 3,
      base: { name: 'shop/app:base' },
    })
  })

  test('an image that changes settings alone has all layers of its base, which is older', () => {
    const image = imageOf(['d1'], steps(...debianSteps, '[ENV A=1]'), {}, { created: '2024-06-01T00:00:00Z' })
    expect(baseOf(image, [debian], { proofs: proofs(image) })).toMatchObject({
      by: 'layers',
      layers: 1,
      base: { name: 'debian:12' },
    })
    const younger = known('debian:12', ['d1'], { created: '2025-01-01T00:00:00Z' })
    expect(baseOf(image, [younger], { proofs: proofs(image) })).toMatchObject({ standing: 'is-base', by: 'history' })
  })

  test('layers without files are nobody’s', () => {
    const empty = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef' as const
    const image = { ...imageOf(['x', 'a1'], steps('WORKDIR /app', 'COPY app /app # buildkit')) }
    const hollow = { ...image, layers: [{ diffId: empty, step: 0 }, image.layers[1]!] }
    expect(baseOf(hollow, [known('team/hollow:1', [], { diffIds: [empty] })], { proofs: proofs(hollow) }).by).not.toBe('layers')
  })

  const file = (text: string) => dockerfileBase(readDockerfile('Dockerfile', text))

  test('a Dockerfile, through ARG and a stage of its own', () => {
    const dockerfile = file(
      'ARG TAG=20-bookworm-slim\nFROM node:${TAG} AS base\nRUN apt-get update\nFROM base\nCOPY . /app\nCMD ["node", "/app"]\n',
    )
    const answer = baseOf(app, [], { dockerfile, distro: bookworm })
    expect(answer).toMatchObject({ by: 'dockerfile', layers: 3, base: { name: 'node:20-bookworm-slim' }, contradictions: [] })
    expect(answer.evidence[0]).toBe('Dockerfile is FROM node:20-bookworm-slim')
    // What lies below it and is at hand is the base’s base.
    const nearer = baseOf(app, [debian], { dockerfile, proofs: proofs(app) })
    expect(nearer).toMatchObject({ by: 'dockerfile', layers: 3 })
    expect(nearer.evidence.join()).toContain('its first layer, by the digest of its bytes, is that of debian:12')
  })

  test('a Dockerfile of another image', () => {
    const dockerfile = file('FROM alpine:3.19\nADD a /\nADD b /\nADD c /\n')
    const answer = baseOf(app, [node], { dockerfile, proofs: proofs(app), distro: bookworm })
    expect(answer).toMatchObject({ by: 'layers', base: { name: 'node:20-bookworm-slim' } })
    expect(answer.contradictions).toEqual([
      'the history does not end with the steps of Dockerfile: perhaps it was built from another file',
      'Dockerfile is FROM alpine:3.19',
    ])
  })

  test('history: the official image that set its version', () => {
    const answer = baseOf(app, [], { distro: bookworm })
    expect(answer).toMatchObject({ by: 'history', layers: 3, base: { name: 'node:20.11.1-bookworm-slim' } })
    expect(answer.evidence[0]).toBe(
      'its history sets NODE_VERSION=20.11.1, as the official image node does, and ends another image’s steps after 3 layers',
    )
    // A nearer base counts more than the one at its bottom, whose layers are at hand.
    const both = baseOf(app, [debian], { distro: bookworm, proofs: proofs(app) })
    expect(both).toMatchObject({ by: 'history', layers: 3 })
    expect(both.evidence.join()).toContain('its first layer, by the digest of its bytes, is that of debian:12')
  })

  test('history: roots of distributions, of the classic builder, of Red Hat', () => {
    const beginning = (history: readonly string[], distro = bookworm, config: Partial<ImageConfig> = {}) => {
      const all = steps(...history, 'COPY app / # buildkit')
      return baseOf(
        imageOf(
          all.filter(({ isEmpty }) => !isEmpty).map((_, i) => `l${i}`),
          all,
          {},
          config,
        ),
        [],
        { distro },
      )
    }
    expect(beginning(debianSteps).base?.name).toBe('debian:bookworm')
    expect(beginning(['/bin/sh -c #(nop) ADD file:0123abcd in / ', '[/bin/sh -c #(nop)  CMD ["bash"]]']).base?.name).toBe(
      'debian:12',
    )
    expect(
      beginning(['ADD alpine-minirootfs-3.19.1-x86_64.tar.gz / # buildkit', '[CMD ["/bin/sh"]]'], distroOf('alpine', '3.19.1'))
        .base?.name,
    ).toBe('alpine:3.19.1')
    expect(beginning(['apko'], distroOf('wolfi', '20230201'))).toMatchObject({
      by: 'history',
      layers: 1,
      base: { name: undefined },
    })
    const labels = { 'com.redhat.component': 'ubi9-minimal-container', version: '9.4' }
    expect(beginning(['', '[LABEL "release"="1194"]'], distroOf('rhel', '9.4'), { labels })).toMatchObject({
      by: 'history',
      layers: 1,
      base: { name: 'registry.access.redhat.com/ubi9/ubi-minimal:9.4' },
    })
  })

  test('distroless: a layer for each of its packages, and no CMD', () => {
    const image = imageOf(
      ['b1', 'b2', 'b3', 'a1'],
      steps(
        'bazel build @bookworm//base-files',
        'bazel build @bookworm//tzdata',
        'bazel build //common:passwd',
        'COPY /go/bin/app / # buildkit',
        '[ENTRYPOINT ["/app"]]',
      ),
    )
    const answer = baseOf(image, [], { distro: bookworm })
    expect(answer).toMatchObject({ standing: 'on-base', by: 'history', layers: 3 })
    expect(answer.evidence.join()).toContain('distroless')
    const itself = imageOf(['b1', 'b2'], steps('bazel build @bookworm//base-files', 'bazel build @bookworm//tzdata'))
    expect(baseOf(itself, [], { distro: bookworm }).standing).toBe('is-base')
  })

  test('squashed: nobody can tell the layers; an annotation still tells the name', () => {
    const all = steps(...debianSteps, ...appSteps).map(step => ({ ...step, isEmpty: true }))
    const image = imageOf(
      ['all'],
      [...all, { createdBy: '', created: undefined, comment: 'merge sha256:aa to sha256:bb', isEmpty: false }],
    )
    const answer = baseOf(image, [debian], { proofs: proofs(image), distro: bookworm })
    expect(answer).toMatchObject({ standing: 'unknown', by: 'unknown', layers: undefined })
    expect(answer.evidence.join()).toContain('all files are in one layer, which several steps made')
    expect(answer.evidence.join()).toContain('os-release says debian 12')
    const told = baseOf({ ...image, annotations: { 'org.opencontainers.image.base.name': 'debian:12' } }, [], {
      distro: bookworm,
    })
    expect(told).toMatchObject({ by: 'annotation', layers: undefined, base: { name: 'debian:12' } })
    expect(baseImageFrom(told)).toBeUndefined()
  })

  test('FROM scratch, by the Dockerfile, an annotation, or a history that begins with COPY', () => {
    const image = imageOf(['a1'], steps('COPY /app /app # buildkit', '[ENTRYPOINT ["/app"]]'))
    expect(baseOf(image, [debian], { proofs: proofs(image) })).toMatchObject({ standing: 'scratch', by: 'history', layers: 0 })
    expect(baseOf(image, [], { dockerfile: file('FROM golang AS b\nFROM scratch\nCOPY --from=b /app /app\n') })).toMatchObject({
      standing: 'scratch',
      by: 'dockerfile',
    })
    expect(baseOf({ ...image, annotations: { 'org.opencontainers.image.base.name': 'scratch' } }, [])).toMatchObject({
      standing: 'scratch',
      by: 'annotation',
    })
  })

  test('a base image itself', () => {
    const image = imageOf(['d1'], steps(...debianSteps), { refs: ['debian:12'] })
    const answer = baseOf(image, [debian, node], { proofs: proofs(image), distro: bookworm })
    expect(answer).toMatchObject({ standing: 'is-base', by: 'history', layers: 0, base: undefined })
    expect(answer.evidence.join()).toContain('it is a base image itself')
  })

  test('nothing tells', () => {
    const image = imageOf(['x', 'y'], [])
    expect(baseOf(image, [debian], { proofs: proofs(image) })).toMatchObject({
      standing: 'unknown',
      by: 'unknown',
      evidence: ['its history does not fit its layers'],
    })
  })
})
