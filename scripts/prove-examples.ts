/**
 * node scripts/prove-examples.ts [NAME…] [--level LEVEL]
 *
 * Hardens the applications of examples/harden on a real engine, with base images that are made on this machine (test/base-images.ts), and proves it: builds and
 * runs each before and after, and prints what `bulkhead harden --prove` prints. Exit code 1 when one is not proved. Takes minutes, and from nothing much longer.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startBaseImages } from '../test/base-images.ts'
import { startEngine } from '../test/components.ts'
import { applications, hardenExamples } from '../test/harden-examples.ts'

const args = process.argv.slice(2)
const level = args.includes('--level') ? args[args.indexOf('--level') + 1]! : 'balanced'
const asked = args.filter((arg, i) => !arg.startsWith('--') && args[i - 1] !== '--level')
const names = asked.length > 0 ? asked : Object.keys(applications)
const unknown = names.filter(name => !(name in applications))
if (unknown.length > 0) {
  console.error(`no such application: ${unknown.join(', ')}; there are ${Object.keys(applications).join(', ')}`)
  process.exit(2)
}

/** What hardening may choose in their place. */
const others: Readonly<Record<string, readonly string[]>> = {
  'node:24': ['node:24-slim'],
  'python:3.11': ['python:3.11-slim'],
  'maven:3-eclipse-temurin-17': ['eclipse-temurin:17-jre'],
}
const bases = [...new Set(names.flatMap(name => applications[name]!.from).flatMap(name => [name, ...(others[name] ?? [])]))]
const images = await startBaseImages(bases, one => console.error(`made ${one.name} in ${Math.round(one.buildSeconds)} s`))
const engine = await startEngine({ mirror: images.mirror })
const unproved: string[] = []
try {
  for (const name of names) {
    console.log(`\n=== ${name}`)
    const { status } = spawnSync(
      process.execPath,
      [
        fileURLToPath(new URL('../src/cli/run.ts', import.meta.url)),
        'harden',
        join(hardenExamples, name),
        '--level',
        level,
        '--no-reasons',
        '--prove',
        '--check',
        'curl -fsS "$BULKHEAD_URL/health"',
      ],
      {
        stdio: ['ignore', 'inherit', 'inherit'],
        // Debian's client: other builds lack BuildKit's plug-in.
        env: { ...process.env, DOCKER_HOST: `unix://${engine.socket}`, PATH: `/usr/bin:${process.env.PATH}` },
      },
    )
    if (status !== 0) unproved.push(name)
    const left = engine.docker('ps', '-aq') + engine.docker('images', '-q')
    if (left !== '') {
      console.log(`left on the engine:\n${left}`)
      unproved.push(name)
    }
  }
} finally {
  await engine.stop()
  await images.stop()
}
console.log(unproved.length === 0 ? `\nAll ${names.length} proved.` : `\nNot proved: ${[...new Set(unproved)].join(', ')}`)
process.exit(unproved.length === 0 ? 0 : 1)
