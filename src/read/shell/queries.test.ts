import { describe, expect, test } from 'vitest'
import { effectiveErrexit, hasOption, optionValue, pipelineOf, setsBefore, subcommand } from './queries.ts'
import { readScript } from './read-script.ts'
import type { Command, Script } from './script.ts'

const read = (text: string, shell: readonly string[] = ['/bin/bash', '-c']): Script =>
  readScript({ text, shell, span: { start: 0, end: text.length }, spanOf: (start, end) => ({ start, end }) })
const find = (script: Script, name: string): Command => script.commands.find(command => command.name === name)!

test('options', () => {
  const [command] = read('apt-get -t a install -y -t b x').commands
  expect(hasOption(command!, '--yes', '-y')).toBe(true)
  expect(hasOption(command!, '--yes')).toBe(false)
  expect(optionValue(command!, '-t', '--target-release')).toBe('b')
  expect(optionValue(command!, '-y')).toBeUndefined()
  expect(subcommand(command!)).toBe('install')
  expect(subcommand(read('apt-get "$X"').commands[0]!)).toBeUndefined()
})

test('pipelineOf', () => {
  const script = read('a; b | { c; d; } | e')
  expect(pipelineOf(script, find(script, 'c')).map(command => command.name)).toEqual(['b', 'c', 'd', 'e'])
  expect(pipelineOf(script, find(script, 'a'))).toEqual([find(script, 'a')])
})

describe('setsBefore the command x', () => {
  const off = { errexit: false, pipefail: false }
  const e = { errexit: true, pipefail: false }
  const p = { errexit: false, pipefail: true }
  const both = { errexit: true, pipefail: true }
  test.each([
    ['x', off],
    ['x; set -e', off],
    ['set -e; x', e],
    ['set -e && x', e],
    ['set -o errexit; x', e],
    ['set -o pipefail; x', p],
    ['set -euo pipefail; x', both],
    ['set -eux -o pipefail; x', both],
    ['set -e; set +e; x', off],
    ['set -eo pipefail; set +o pipefail; x', e],
    ['set -- -e; x', off],
    ['shopt -so pipefail; x', p],
    ['{ set -e; }; x', e],
    ['(set -e); x', off],
    ['(set -e; x)', e],
    ['(set -e; a); (x)', off],
    ['(set -e; x) | y', e],
    ['set -e; (x)', e],
    ['set -e | y; x', off],
    ['if a; then set -e; fi; x', off],
    ['if a; then set -e; x; fi', e],
    ['f() { set -e; }; x', off],
    ['set -eo pipefail; a $(x)', p],
    ["set -eo pipefail; bash -c 'x'", off],
    ["bash -ec 'x'", e],
    ["bash -o pipefail -c 'a; x'; b", p],
    ["bash -ec 'a'; x", off],
    ["set -e; eval 'x'", e],
    ["eval 'set -e'; x", e],
    ['bash -e <<E\nx\nE', e],
    ['set -e; cat <<E\n`x`\nE', off],
    ["su -c 'set -e; x' y", e],
  ])('%s', (text, expected) => {
    const script = read(text)
    expect(setsBefore(script, find(script, 'x'))).toEqual(expected)
  })

  test('the options of the shell', () => {
    const script = read('x', ['/bin/bash', '-eo', 'pipefail', '-c'])
    expect(setsBefore(script, find(script, 'x'))).toEqual(both)
  })

  test('linear', () => {
    const script = read('set -e\n'.repeat(20_000))
    const started = performance.now()
    for (const command of script.commands) setsBefore(script, command)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe('effectiveErrexit of the command x', () => {
  test.each([
    ['x', false],
    ['set -e; x', true],
    ['set -e; x && y', false],
    ['set -e; x || y', false],
    ['set -e; y && x', true],
    ['set -e; ! x', false],
    ['set -e; if x; then y; fi', false],
    ['set -e; if y; then x; fi', true],
    ['set -e; x | y', false],
    ['set -eo pipefail; x | y', true],
    ['set -eo pipefail; x | y || z', false],
    ['set -e; y | x', true],
    ['set -e; x & y', false],
    ['set -e; (x); y && z', true],
  ])('%s', (text, expected) => {
    const script = read(text)
    expect(effectiveErrexit(script, find(script, 'x'))).toBe(expected)
  })
})
