import { describe, expect, test } from 'vitest'
import type { Base, Stage } from './graph.ts'
import { readDockerfile } from './read-dockerfile.ts'

const read = (text: string) => readDockerfile('Dockerfile', text)
const show = (base: Base): string =>
  base.kind === 'stage'
    ? `stage ${base.stage.index}`
    : base.kind === 'scratch'
      ? 'scratch'
      : base.kind === 'image'
        ? base.text.value
        : `unknown ${base.text.value}`
const roles = (stages: readonly Stage[]): readonly string[] => stages.map(stage => stage.role)

describe('stages', () => {
  test('parents by name, whatever the case, and images', () => {
    const { stages } = read('FROM golang:1.23 AS Build\nFROM build AS two\nFROM scratch\nFROM BUILD\n')
    expect(stages.map(stage => show(stage.base))).toEqual(['golang:1.23', 'stage 0', 'scratch', 'stage 0'])
    expect(stages[0]!.name).toBe('build')
    expect(show(stages[3]!.root)).toBe('golang:1.23')
  })

  test('a stage cannot be built from itself or a later one: the name then means an image', () => {
    const { stages } = read('FROM later\nFROM alpine AS later\nFROM self AS self\n')
    expect(stages.map(stage => show(stage.base))).toEqual(['later', 'alpine', 'self'])
  })

  test('COPY --from and mount from= by name, number and image', () => {
    const { stages } = read(
      'FROM a AS x\nFROM b\nCOPY --from=X /a /b\nCOPY --from=0 /a /b\nCOPY --from=nginx:1.2 /a /b\nCOPY --from=7 /a /b\nRUN --mount=type=bind,from=x,target=/x true\n',
    )
    expect(stages[1]!.uses.map(use => `${use.how} ${show(use.target)}`)).toEqual([
      'from b',
      'copy stage 0',
      'copy stage 0',
      'copy nginx:1.2',
      'copy unknown 7',
      'mount stage 0',
    ])
  })

  test('roles', () => {
    const { stages } = read(
      'FROM a AS unused\nFROM b AS mounted\nFROM c AS deep\nFROM deep AS copied\nFROM d AS parent\nFROM parent\nCOPY --from=copied /x /x\nRUN --mount=from=mounted,target=/m true\n',
    )
    expect(roles(stages)).toEqual(['unused', 'used', 'copied', 'copied', 'inherited', 'final'])
  })
})

describe('variables', () => {
  const value = (text: string, name: string): string | undefined => read(text).final!.end.variables.get(name)?.value

  test('global ARGs are seen by FROM, and by a stage only when it declares them', () => {
    const text = 'ARG V=1.2\nARG IMAGE=nginx:${V}\nFROM $IMAGE\nENV A=$V\nARG V\nENV B=$V\n'
    expect(show(read(text).stages[0]!.base)).toBe('nginx:1.2')
    expect(value(text, 'A')).toBeUndefined()
    expect(value(text, 'B')).toBe('1.2')
  })

  test('an ARG without default leaves FROM unknown', () => {
    expect(show(read('ARG V\nFROM nginx:$V\n').stages[0]!.base)).toBe('unknown nginx:$V')
    expect(show(read('FROM nginx:${V:-1.27}\n').stages[0]!.base)).toBe('nginx:1.27')
    expect(read('FROM --platform=$BUILDPLATFORM nginx\n').stages[0]!.platform?.expanded.known).toBe(false)
  })

  test('one ENV sees the variables from before it; the later of ARG and ENV wins; a stage inherits', () => {
    const text = 'FROM a AS base\nENV X=1\nENV X=2 Y=$X\nARG X=3\nFROM base\nENV Z=$X-$Y\n'
    expect(value(text, 'Z')).toBe('3-1')
    expect(value(text, 'Y')).toBe('1')
  })

  test('a moment keeps its values whatever is set later', () => {
    const { final } = read('FROM a\nENV X=1\nRUN one\nENV X=2\nRUN two\n')
    expect(
      final!.steps.filter(step => step.instruction.name === 'RUN').map(step => step.before.variables.get('X')?.value),
    ).toEqual(['1', '2'])
  })
})

describe('what is in force', () => {
  test('USER, WORKDIR and SHELL are inherited through FROM stage', () => {
    const { final } = read('FROM a AS base\nUSER app\nWORKDIR /srv\nSHELL ["/bin/bash", "-c"]\nFROM base\nWORKDIR sub\nRUN x\n')
    const { before } = final!.steps.at(-1)!
    expect(before.user.value?.value).toBe('app')
    expect(before.workdir.value).toEqual({ path: '/srv/sub', known: true, absolute: true })
    expect(before.shell.value).toEqual(['/bin/bash', '-c'])
  })

  test('another image starts afresh', () => {
    const { final } = read('FROM a AS base\nUSER app\nFROM b\nRUN x\n')
    expect(final!.end.user.value).toBeUndefined()
  })

  test('USER from a variable', () => {
    expect(read('FROM a\nARG U=app\nUSER ${U}:grp\n').final!.end.user.value).toMatchObject({ value: 'app:grp', known: true })
    expect(read('FROM a\nUSER $U\n').final!.end.user.value).toMatchObject({ known: false, missing: [{ name: 'U' }] })
  })

  test('Windows images start with cmd', () => {
    const shell = (text: string): string => read(text).final!.end.shell.value[0]!
    expect(shell('FROM mcr.microsoft.com/windows/servercore:ltsc2022\n')).toBe('cmd')
    expect(shell('# escape=`\nFROM x\n')).toBe('cmd')
    expect(shell('FROM --platform=linux/amd64 x\n')).toBe('/bin/sh')
  })

  test('ONBUILD is a step of its own and changes nothing here', () => {
    const { final } = read('FROM a\nONBUILD USER app\nONBUILD RUN apt-get update\n')
    expect(final!.steps.map(step => `${step.instruction.name}${step.onbuild ? '*' : ''}`)).toEqual([
      'ONBUILD',
      'USER*',
      'ONBUILD',
      'RUN*',
    ])
    expect(final!.end.user.value).toBeUndefined()
  })
})

describe('scripts', () => {
  const commands = (text: string): readonly (readonly [string, string])[] =>
    read(text).steps.flatMap(step =>
      step.scripts.flatMap(script =>
        script.commands.map(command => [command.name, text.slice(command.span.start, command.span.end)] as const),
      ),
    )

  test('positions lead back through continuations, comments and heredocs', () => {
    expect(commands('FROM a\nRUN apt-get update \\\n # why\n\n && apt-get \\\n install curl\n')).toEqual([
      ['apt-get', 'apt-get update'],
      ['apt-get', 'apt-get \\\n install curl'],
    ])
    expect(commands('FROM a\nRUN <<EOF\nset -e\nadduser x\nEOF\nRUN echo\n').map(([name]) => name)).toEqual([
      'set',
      'adduser',
      'echo',
    ])
    expect(commands('FROM a\nRUN <<EOF\nadduser x\nEOF\n')).toEqual([['adduser', 'adduser x']])
    expect(commands('FROM a\nRUN cat <<EOF > /x && chmod 1 /x\nrm -rf y\nEOF\n').map(([name]) => name)).toEqual(['cat', 'chmod'])
  })

  test('the JSON form is one command, and a shell in it is looked into', () => {
    expect(
      commands('FROM a\nRUN ["apt-get", "install", "x"]\nCMD ["sh", "-c", "exec node a.js"]\n').map(([name]) => name),
    ).toContain('node')
  })

  test('no scripts for other shells', () => {
    expect(commands('FROM a\nSHELL ["pwsh", "-c"]\nRUN Get-Thing | sudo\n')).toEqual([])
    expect(commands('FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF\n')).toEqual([])
  })
})
