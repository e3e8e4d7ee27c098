/** What is said of the applications of examples/harden is true of their files; scripts/applications.ts builds and runs them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from '../src/read/dockerfile/parse.ts'
import { print } from '../src/read/dockerfile/print.ts'
import { baseImages } from './base-images.ts'
import { applications, hardenExamples } from './harden-examples.ts'

const folders = readdirSync(hardenExamples, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(({ name }) => name)

test('every application is known, and named in the README', () => {
  expect(Object.keys(applications).sort()).toEqual(folders.sort())
  const readme = readFileSync(join(hardenExamples, 'README.md'), 'utf8')
  expect([...readme.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name).sort()).toEqual(folders)
})

const tags = new Map([...baseImages].flatMap(([name, { also }]) => [name, ...also].map(tag => [tag, name] as const)))

test.each(folders)('%s: its base images have recipes, its port is told', name => {
  const text = readFileSync(join(hardenExamples, name, 'Dockerfile'), 'utf8')
  expect(print(parse(text))).toBe(text)
  const from = [...text.matchAll(/^FROM (\S+)/gm)].map(([, image]) => tags.get(image!))
  expect(from).toEqual(applications[name]!.from)
  expect(text).toMatch(new RegExp(`^EXPOSE .*\\b${applications[name]!.port}\\b`, 'm'))
})

test('every recipe has its folder, and what it is made from', () => {
  for (const [name, { folder, target, from }] of baseImages) {
    const path = new URL(`base-images/${folder}/Dockerfile`, import.meta.url)
    expect(existsSync(path), name).toBe(true)
    expect(readFileSync(path, 'utf8'), name).toMatch(new RegExp(`^FROM \\S+ AS ${target}$`, 'm'))
    for (const one of from) expect(baseImages.has(one), one).toBe(true)
  }
})
