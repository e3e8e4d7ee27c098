import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { lineIndexAt } from '../../../src/model/text.ts'
import { parse } from '../../../src/read/dockerfile/parse.ts'
import type { Instruction, SyntaxTree } from '../../../src/read/dockerfile/syntax.ts'

type Answer = {
  readonly keyword: string
  readonly lines?: readonly [number, number]
  readonly flags?: readonly string[]
  readonly args?: readonly string[]
  readonly json?: true
  readonly heredocs?: readonly object[]
  readonly child?: Answer
}
type Case = {
  readonly name: string
  readonly text: string
  readonly error?: string
  readonly escape?: string
  readonly directives?: readonly [number, string, string][]
  readonly emptyContinuations?: number
  readonly instructions?: readonly Answer[]
}

const cases: readonly Case[] = JSON.parse(readFileSync(new URL('dockerfiles.json', import.meta.url), 'utf8'))

const takesWords = new Set(['FROM', 'EXPOSE', 'ADD', 'COPY', 'VOLUME', 'ARG'])
const takesText = new Set(['RUN', 'CMD', 'ENTRYPOINT', 'SHELL', 'MAINTAINER', 'USER', 'WORKDIR', 'STOPSIGNAL'])

/** The arguments as BuildKit lists them: a key, a value and `=` for each pair, one text for a shell command. */
const argumentsOf = (instruction: Instruction): readonly string[] => {
  const { name, json, words, pairs, argument, nested } = instruction
  if (json) return json.values
  if (takesWords.has(name)) return words.map(word => word.raw)
  if (takesText.has(name)) return argument.text === '' ? [] : [argument.text]
  if (name === 'ENV' || name === 'LABEL')
    return pairs.flatMap((pair, i) =>
      pair.legacy
        ? [argument.text.split(/[\t\v\f\r ]/, 1)[0]!, pair.value?.raw ?? '', '']
        : [words[i]!.raw.split('=', 1)[0]!, pair.value?.raw ?? '', '='],
    )
  if (name === 'HEALTHCHECK') return nested ? [nested.keyword.raw, ...argumentsOf(nested)] : words.map(word => word.raw)
  return name === 'ONBUILD' ? [] : ['']
}

const answerOf = (instruction: Instruction, tree: SyntaxTree, inner = false): Answer => {
  const lineOf = (offset: number): number => lineIndexAt(tree.lines, offset) + 1
  const flags = instruction.flags.map(flag => `--${flag.name}${flag.value === undefined ? '' : `=${flag.value}`}`)
  const args = argumentsOf(instruction)
  const heredocs = instruction.heredocs.map(({ name, fd, expand, chomp, content }) => ({ name, fd, expand, chomp, content }))
  const json = instruction.json ?? (instruction.name === 'HEALTHCHECK' ? instruction.nested?.json : undefined)
  return {
    keyword: instruction.keyword.raw,
    ...(inner ? {} : { lines: [lineOf(instruction.span.start), lineOf(instruction.span.end - 1)] as const }),
    ...(flags.length > 0 ? { flags } : {}),
    ...(args.length > 0 ? { args } : {}),
    ...(json ? { json: true as const } : {}),
    ...(heredocs.length > 0 && !inner ? { heredocs } : {}),
    ...(instruction.name === 'ONBUILD' && instruction.nested ? { child: answerOf(instruction.nested, tree, true) } : {}),
  }
}

describe.each([
  ['as text', (text: string) => parse(text)],
  ['as bytes', (text: string) => parse(new TextEncoder().encode(text))],
])('%s', (_, read) => {
  test.each(cases.map(one => [one.name, one] as const))('%s', (_name, one) => {
    const tree = read(one.text)
    if (one.error === 'file with no instructions') return expect(tree.instructions).toEqual([])
    if (one.error !== undefined) return expect(tree.errors).not.toEqual([])
    expect(tree.errors).toEqual([])
    expect(tree.escape).toBe(one.escape)
    expect(tree.directives.map(({ span, name, value }) => [lineIndexAt(tree.lines, span.start) + 1, name, value])).toEqual(
      one.directives ?? [],
    )
    expect(tree.instructions.map(instruction => answerOf(instruction, tree))).toEqual(one.instructions)
    expect(tree.instructions.filter(instruction => instruction.emptyContinuations.length > 0).length).toBe(
      one.emptyContinuations ?? 0,
    )
  })
})
