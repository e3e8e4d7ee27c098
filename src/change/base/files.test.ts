/** References outside of Dockerfiles: Compose, Kubernetes, Kustomize, command lines. */
import { describe, expect, test } from 'vitest'
import { findDockerRuns } from '../../read/docker-run/find-docker-run.ts'
import { readDockerfile } from '../../read/dockerfile/read-dockerfile.ts'
import { readManifests } from '../../read/kubernetes/read-manifests.ts'
import { readYaml } from '../../read/yaml/tree.ts'
import { applyEdits } from '../fix.ts'
import { rewriteCompose } from './compose.ts'
import { rewriteDockerRuns } from './docker-run.ts'
import { rewriteFrom } from './dockerfile.ts'
import { rewriteKubernetes } from './kubernetes.ts'
import { isKustomization, rewriteKustomization } from './kustomization.ts'
import { wantedBy } from './pattern.ts'
import type { Rewritten, Wanted } from './wanted.ts'

const digest = `sha256:${'ab'.repeat(32)}`
const older = `sha256:${'01'.repeat(32)}`
const upgrade = wantedBy('node:20', 'node:22')!
const pinned = wantedBy('node:20', 'node:22', digest)!

type Rewrite = (text: string, wanted: Wanted) => Rewritten

/** The text afterwards; a second time changes nothing. */
const done = (rewrite: Rewrite, text: string, wanted: Wanted): string => {
  const after = applyEdits(text, rewrite(text, wanted).edits)
  expect(rewrite(after, wanted).edits).toEqual([])
  return after
}

describe('Kubernetes', () => {
  const rewrite: Rewrite = (text, wanted) => rewriteKubernetes(readManifests(readYaml('pod.yaml', text)), wanted)
  const pod = (spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n${spec}`
  test.each([
    ['a plain value', '  containers:\n  - name: a\n    image: IMAGE # why\n'],
    ['quotes', '  containers:\n  - name: a\n    image: "IMAGE"\n'],
    ['single quotes', "  containers:\n  - image: 'IMAGE'\n    name: a\n"],
    ['braces', '  containers: [{name: a, image: IMAGE}, {name: b, image: other:1}]\n'],
    [
      'init and ephemeral containers',
      '  initContainers: [{name: i, image: IMAGE}]\n  containers: [{name: a, image: IMAGE}]\n  ephemeralContainers: [{name: e, image: IMAGE}]\n',
    ],
    ['an anchor, once', '  containers:\n  - {name: a, image: &i IMAGE}\n  - {name: b, image: *i}\n'],
    ['a folded text', '  containers:\n  - name: a\n    image: >-\n      IMAGE\n'],
    ['a tag', '  containers:\n  - name: a\n    image: !!str IMAGE\n'],
    ['Windows line ends', '  containers:\r\n  - name: a\r\n    image: IMAGE\r\n'],
  ])('%s', (_title, spec) => {
    const text = pod(spec)
    expect(done(rewrite, text.replaceAll('IMAGE', 'node:20'), upgrade)).toBe(text.replaceAll('IMAGE', 'node:22'))
    expect(done(rewrite, text.replaceAll('IMAGE', `node:20@${older}`), pinned)).toBe(
      text.replaceAll('IMAGE', `node:22@${digest}`),
    )
  })

  test.each([
    ['Deployment', 'apps/v1', 'template: {spec: {containers: [{name: a, image: IMAGE}]}}'],
    ['CronJob', 'batch/v1', 'jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: IMAGE}]}}}}'],
    ['Workflow', 'argoproj.io/v1alpha1', 'templates: [{name: a, container: {image: IMAGE}}]'],
    ['Task', 'tekton.dev/v1', 'steps: [{name: a, image: IMAGE}]'],
  ])('in a %s, and in the second document', (kind, version, spec) => {
    const text = `kind: ConfigMap\napiVersion: v1\ndata: {image: node:20}\n---\napiVersion: ${version}\nkind: ${kind}\nmetadata: {name: x}\nspec: {${spec}}\n`
    expect(done(rewrite, text.replace('IMAGE', 'node:20'), upgrade)).toBe(text.replace('IMAGE', 'node:22'))
  })

  test('what a program fills in is told of', () =>
    expect(rewrite(pod('  containers: [{name: a, image: "$(IMAGE)"}]\n'), upgrade)).toMatchObject({
      edits: [],
      problems: [{ code: 'base-unknown' }],
    }))
  test('a text of several lines is left to a person', () =>
    expect(rewrite(pod('  containers:\n  - name: a\n    image: "node:\\\n      20"\n'), upgrade).problems).toMatchObject([
      { code: 'base-by-hand' },
    ]))
})

describe('Kustomize', () => {
  const rewrite: Rewrite = (text, wanted) => rewriteKustomization(readYaml('kustomization.yaml', text), wanted)
  test.each([
    ['a tag', 'images:\n- name: node\n  newTag: "20"\n', 'images:\n- name: node\n  newTag: "22"\n'],
    ['a tag that was no number', 'images:\n- name: node\n  newTag: !!str 20\n', 'images:\n- name: node\n  newTag: !!str 22\n'],
    [
      'a new name',
      'images:\n- name: x\n  newName: docker.io/library/node\n  newTag: "20"\n',
      'images:\n- name: x\n  newName: docker.io/library/node\n  newTag: "22"\n',
    ],
    ['an entry that changes nothing', 'images:\n- name: node\n', 'images:\n- name: node\n'],
    ['others', 'images:\n- {name: python, newTag: "20"}\n', 'images:\n- {name: python, newTag: "20"}\n'],
    [
      'a digest that goes',
      `images:\n- name: node\n  newTag: "20"\n  digest: ${older}\n`,
      'images:\n- name: node\n  newTag: "22"\n',
    ],
  ])('%s', (_title, before, after) => expect(done(rewrite, before, upgrade)).toBe(after))
  test.each([
    [
      'a digest behind the tag',
      'images:\n- name: node\n  newTag: "20"\nx: 1\n',
      `images:\n- name: node\n  newTag: "22"\n  digest: ${digest}\nx: 1\n`,
    ],
    ['in braces', 'images: [{name: node, newTag: "20"}]\n', `images: [{name: node, newTag: "22", digest: ${digest}}]\n`],
    [
      'in the place of another',
      `images:\n- digest: ${older}\n  newTag: "20"\n  name: node\n`,
      `images:\n- digest: ${digest}\n  newTag: "22"\n  name: node\n`,
    ],
  ])('%s', (_title, before, after) => expect(done(rewrite, before, pinned)).toBe(after))
  test('a plain tag that would be a number gets quotes', () =>
    expect(done(rewrite, 'images:\n- {name: node, newTag: v1}\n', wantedBy('node', 'node:22')!)).toBe(
      'images:\n- {name: node, newTag: "22"}\n',
    ))
  test.each(['0x16', '1.10', '1e3', 'on', 'null', '22'])('so does %s', tag => {
    const after = done(rewrite, 'images:\n- {name: node, newTag: v1}\n', wantedBy('node', `node:${tag}`)!)
    expect(after).toBe(`images:\n- {name: node, newTag: "${tag}"}\n`)
  })
  test('another name is a new name', () =>
    expect(done(rewrite, 'images:\n- name: node\n  newTag: "20"\n', wantedBy('node', 'acme.org/node')!)).toBe(
      'images:\n- name: node\n  newTag: "20"\n  newName: acme.org/node\n',
    ))
  test('what an anchor shares is left to a person', () =>
    expect(rewrite('x: &x {newTag: "20"}\nimages:\n- {<<: *x, name: node}\n', upgrade)).toMatchObject({
      edits: [],
      problems: [{ code: 'base-by-hand' }],
    }))
  test('which files are Kustomize', () => {
    expect(isKustomization('a/kustomization.yml', '')).toBe(true)
    expect(isKustomization('a.yaml', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n')).toBe(true)
    expect(isKustomization('a.yaml', 'apiVersion: v1\nkind: Pod\n')).toBe(false)
  })
})

describe('command lines', () => {
  const rewrite: Rewrite = (text, wanted) => rewriteDockerRuns(text, findDockerRuns('run.sh', text), wanted)
  test.each([
    ['docker', 'docker run --rm -it IMAGE node -v\n'],
    ['create, and Podman', 'sudo podman create --name x IMAGE\n'],
    ['quotes', 'docker run -v "$PWD:/x" "IMAGE" sh -c "node:20"\n'],
    ['single quotes', "docker run 'IMAGE'\n"],
    ['continued lines', 'docker run \\\n  --rm \\\n  IMAGE \\\n  sh\n'],
    ['a string for another shell', "ssh host 'docker run --rm IMAGE sh'\n"],
    ['in a substitution', 'x=$(docker run --rm IMAGE sh)\n'],
  ])('%s', (_title, text) =>
    expect(done(rewrite, text.replace('IMAGE', 'node:20'), pinned)).toBe(text.replace('IMAGE', `node:22@${digest}`)),
  )
  test('words behind the image are no images', () =>
    expect(done(rewrite, 'docker run alpine node:20\n', upgrade)).toBe('docker run alpine node:20\n'))
  test('a variable is told of', () =>
    expect(rewrite('docker run "$IMAGE"\n', upgrade)).toMatchObject({ edits: [], problems: [{ code: 'base-unknown' }] }))
  test('a word in pieces is left to a person', () =>
    expect(rewrite('docker run no"de:20"\n', upgrade)).toMatchObject({ edits: [], problems: [{ code: 'base-by-hand' }] }))
  test('workflows', () => {
    const text =
      'on: push\njobs:\n  a:\n    container: {image: node:20, options: --init}\n    steps:\n    - run: |\n        docker run node:20\n'
    const found = (now: string) => findDockerRuns('.github/workflows/a.yml', now)
    expect(applyEdits(text, rewriteDockerRuns(text, found(text), upgrade).edits)).toBe(text.replaceAll('node:20', 'node:22'))
  })
})

describe('Compose', () => {
  const values: Readonly<Record<string, string>> = { TAG: '20', IMAGE: 'node:20' }
  const dotEnv = Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
  const compose = (text: string, wanted: Wanted, dockerfile?: string, environment = dotEnv) => {
    const known = (name: string) => {
      const found = new RegExp(`^${name}=(.*)$`, 'm').exec(environment)
      if (!found) return undefined
      const start = found.index + name.length + 1
      return { value: found[1]!, path: '.env', span: { start, end: start + found[1]!.length } }
    }
    const before = dockerfile === undefined ? undefined : readDockerfile('Dockerfile', dockerfile)
    const first = before && rewriteFrom(before, wanted)
    const now = before && first && readDockerfile('Dockerfile', applyEdits(dockerfile!, first.edits))
    const result = rewriteCompose(
      {
        streams: [readYaml('compose.yaml', text)],
        environment: known,
        dockerfileOf: () => before && now && { before, now },
      },
      wanted,
    )
    const part = (path: string) => result.edits.filter(edit => edit.path === path)
    return {
      text: applyEdits(text, part('compose.yaml')),
      environment: applyEdits(environment, part('.env')),
      dockerfile: now?.tree.text,
      codes: result.problems.map(({ code }) => code),
      result,
    }
  }
  test.each([
    ['an image', 'services:\n  a:\n    image: IMAGE # x\n'],
    ['quotes', 'services: {a: {image: "IMAGE"}, b: {image: \'IMAGE\'}}\n'],
    ['what an anchor shares, once', 'x: &x {image: IMAGE}\nservices:\n  a: *x\n  b: {<<: *x, ports: [80]}\n'],
    ['an image as build context', 'services: {a: {build: {context: ., additional_contexts: [base=docker-image://IMAGE]}}}\n'],
    ['the same in a mapping', 'services: {a: {build: {context: ., additional_contexts: {base: docker-image://IMAGE}}}}\n'],
  ])('%s', (_title, text) => {
    const rewrite: Rewrite = (now, wanted) => compose(now, wanted).result
    expect(done(rewrite, text.replaceAll('IMAGE', 'node:20'), pinned)).toBe(text.replaceAll('IMAGE', `node:22@${digest}`))
  })
  test('the name of what is built is no base', () => {
    const text = 'services: {a: {build: ., image: node:20}}\n'
    expect(compose(text, upgrade).text).toBe(text)
  })
  test.each([
    ['${NONE:-node:20}', '${NONE:-node:22}'],
    ['node:${NONE:-20}', 'node:${NONE:-22}'],
    ['node:${NONE-${OTHER-20}}', 'node:${NONE-${OTHER-22}}'],
    ['"${NONE:-node}:20"', '"${NONE:-node}:22"'],
  ])('a default: %s', (before, after) => {
    expect(compose(`services: {a: {image: ${before.includes('"') ? before : `"${before}"`}}}\n`, upgrade).text).toBe(
      `services: {a: {image: ${after.includes('"') ? after : `"${after}"`}}}\n`,
    )
  })
  test('what .env gives is changed there', () => {
    const text = 'services:\n  a: {image: "node:${TAG}"}\n  b: {image: "${IMAGE}"}\n  c: {image: "node:$TAG"}\n'
    expect(compose(text, upgrade)).toMatchObject({ text, environment: 'TAG=22\nIMAGE=node:22\n', codes: [] })
    expect(compose(text, pinned)).toMatchObject({
      text: text.replace('${TAG}', `\${TAG}@${digest}`).replace('$TAG"', `$TAG@${digest}"`),
      environment: `TAG=22\nIMAGE=node:22@${digest}\n`,
    })
  })
  test('but not where others want something else', () => {
    const text = 'services:\n  a: {image: "node:${TAG}"}\n  c: {image: "python:$TAG"}\n'
    expect(compose(text, upgrade)).toMatchObject({ text, environment: dotEnv, codes: ['base-by-hand'] })
  })
  test('a variable without a value is told of', () => {
    const text = 'services: {a: {image: "node:${NONE}"}}\n'
    expect(compose(text, upgrade)).toMatchObject({ text, codes: ['base-unknown'] })
  })
  test('a Dockerfile inside is told of', () =>
    expect(compose('services: {a: {build: {dockerfile_inline: "FROM node:20"}}}\n', upgrade).codes).toEqual(['base-unknown']))

  const service = (args: string): string => `services:\n  a:\n    build:\n      context: .\n      args: ${args}\n`
  test.each([
    ['a mapping', '{TAG: "20"}', '{TAG: "22"}'],
    ['a number', '{TAG: 20}', '{TAG: "22"}'],
    ['a list', '[TAG=20]', '[TAG=22]'],
    ['a list with quotes', '["TAG=20"]', '["TAG=22"]'],
    ['a default', '{TAG: "${X:-20}"}', '{TAG: "${X:-22}"}'],
    ['others stay', '{TAG: "20", OTHER: "20"}', '{TAG: "22", OTHER: "20"}'],
    ['that nothing is made of', '{OTHER: "20"}', '{OTHER: "20"}'],
  ])('arguments of a build: %s', (_title, before, after) => {
    const dockerfile = 'ARG TAG=18\nARG OTHER\nFROM node:${TAG}\n'
    const result = compose(service(before), upgrade, dockerfile)
    expect(result.text).toBe(service(after))
    expect(result).toMatchObject({ dockerfile, codes: [] })
    expect(compose(result.text, upgrade, dockerfile).text).toBe(result.text)
  })
  test('the whole reference', () =>
    expect(compose(service('{BASE: node:20}'), pinned, 'ARG BASE\nFROM ${BASE}\n').text).toBe(
      service(`{BASE: node:22@${digest}}`),
    ))
  test('an argument from .env', () =>
    expect(compose(service('[TAG]'), upgrade, 'ARG TAG\nFROM node:$TAG\n')).toMatchObject({
      text: service('[TAG]'),
      environment: 'TAG=22\nIMAGE=node:20\n',
    }))
  test('together with the Dockerfile', () => {
    const result = compose(
      service('{TAG: "20"}'),
      wantedBy('node:20-bookworm', 'node:22-slim', digest)!,
      'ARG TAG=20\nFROM node:${TAG}-bookworm\n',
    )
    expect(result.dockerfile).toBe(`ARG TAG=22\nFROM node:\${TAG}-slim@${digest}\n`)
    expect(result).toMatchObject({ text: service('{TAG: "22"}'), codes: [] })
  })
  test('what the Dockerfile alone decides, and what it breaks for others, is left to a person', () => {
    const dockerfile = 'ARG TAG=20\nFROM node:${TAG}-bookworm\n'
    const wanted = wantedBy('node:20-bookworm', 'node:22-slim')!
    expect(compose(service('{TAG: "18"}'), wanted, dockerfile)).toMatchObject({
      text: service('{TAG: "18"}'),
      codes: ['base-by-hand'],
    })
    expect(compose(service('{TAG: "20"}'), wanted, 'ARG TAG=18\nFROM node:${TAG}-bookworm\n').codes).toEqual(['base-by-hand'])
  })
  test('a Dockerfile that says it itself now', () => {
    const dockerfile = 'ARG TAG=20\nFROM node:$TAG AS a\nFROM python:$TAG\n'
    const result = compose(service('{TAG: "18"}'), upgrade, dockerfile)
    expect(result.dockerfile).toBe('ARG TAG=20\nFROM node:22 AS a\nFROM python:$TAG\n')
    expect(result).toMatchObject({ text: service('{TAG: "18"}'), codes: ['base-by-hand'] })
    expect(compose(service('{TAG: "20"}'), upgrade, dockerfile).codes).toEqual([])
  })
  test('two stages that do not agree', () =>
    expect(compose(service('{TAG: "20"}'), upgrade, 'ARG TAG\nFROM node:$TAG AS a\nFROM python:$TAG\n')).toMatchObject({
      text: service('{TAG: "20"}'),
      codes: ['base-by-hand'],
    }))

  test.each([
    [
      'services that share many arguments',
      `x: &x {context: ., args: {${Array.from({ length: 5000 }, (_, i) => `A${i}: "20"`).join(', ')}}}\nservices:\n${Array.from({ length: 3000 }, (_, i) => `  s${i}: {build: {<<: *x}}\n`).join('')}`,
    ],
    ['defaults in defaults', `services: {a: {image: "${'${A:-'.repeat(5000)}${'}'.repeat(5000)}"}}\n`],
    ['a variable again and again', `services: {a: {image: "${'$TAG'.repeat(20_000)}"}}\n`],
  ])('hostile files end: %s', (_title, text) => {
    const start = performance.now()
    compose(text, upgrade, 'ARG A1\nFROM node:$A1\n')
    expect(performance.now() - start).toBeLessThan(5000)
  })
})
