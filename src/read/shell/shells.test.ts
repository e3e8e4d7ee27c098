import { expect, test } from 'vitest'
import { dialectOf, shebang, shellOptions } from './shells.ts'

test.each([
  [['/bin/sh', '-c'], 'posix', false, false],
  [['/bin/ash', '-eo', 'pipefail', '-c'], 'posix', true, true],
  [['dash'], 'posix', false, false],
  [['/bin/bash', '-o', 'pipefail', '-c'], 'bash', false, true],
  [['/bin/bash', '-euxo', 'pipefail', '-c'], 'bash', true, true],
  [['bash', '-e', '-o', 'errexit', '+e', '-c'], 'bash', false, false],
  [['/usr/bin/env', 'bash', '-c'], 'bash', false, false],
  [['conda', 'run', '-n', 'x', '/bin/bash', '-ec'], 'bash', true, false],
  [['/bin/zsh', '-c'], 'bash', false, false],
  [['powershell', '-Command'], 'other', false, false],
  [['pwsh.exe', '-c', 'bash'], 'other', false, false],
  [['C:\\Windows\\System32\\cmd.exe', '/S', '/C'], 'other', false, false],
  [['python3', '-c'], 'other', false, false],
  [[], 'other', false, false],
] as const)('%j', (shell, dialect, errexit, pipefail) => {
  expect(dialectOf(shell)).toBe(dialect)
  expect(shellOptions(shell)).toEqual({ errexit, pipefail })
})

test.each([
  ['#!/bin/sh\nx', ['/bin/sh']],
  ['#! /bin/bash -e', ['/bin/bash', '-e']],
  ['#!/usr/bin/env bash', ['bash']],
  ['#!/usr/bin/env -S bash -eu\n', ['bash', '-eu']],
  ['#!/usr/bin/env -Sbash -e\n', ['bash', '-e']],
  ['#!/usr/bin/env -i A=1 python3', ['python3']],
  ['#!', []],
  ['x', undefined],
])('%j', (text, expected) => {
  expect(shebang(text)).toEqual(expected)
})
