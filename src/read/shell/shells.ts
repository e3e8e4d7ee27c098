/** Which shell reads a script, and the options it starts with. */
import type { Dialect } from './script.ts'
import { baseName } from './wrappers.ts'

/**
 * Shells that read POSIX shell grammar. `bash` stands for those with `pipefail`, `[[` and arrays.
 * BusyBox ash has `pipefail` too, but an image that has only `sh` may as well have dash: https://manpages.debian.org/dash
 */
const dialects: ReadonlyMap<string, Dialect> = new Map([
  ['sh', 'posix'],
  ['ash', 'posix'],
  ['dash', 'posix'],
  ['bash', 'bash'],
  ['rbash', 'bash'],
  ['ksh', 'bash'],
  ['ksh93', 'bash'],
  ['mksh', 'bash'],
  ['zsh', 'bash'],
])

export type ShellOptions = { readonly errexit: boolean; readonly pipefail: boolean }

/** Base name, lower case, without `.exe`; both kinds of slashes. */
const programName = (path: string): string =>
  baseName(path.replaceAll('\\', '/'))
    .toLowerCase()
    .replace(/\.exe$/, '')

/** The dialect of a program by its base name; undefined when it is not a POSIX-like shell. */
export const shellDialect = (program: string): Dialect | undefined => dialects.get(programName(program))

/** The first word that is a shell: in `["conda", "run", "-n", "x", "/bin/bash", "-c"]` the fifth. */
const shellIndex = (shell: readonly string[]): number => {
  const first = programName(shell[0] ?? '')
  if (first === 'cmd' || first === 'powershell' || first === 'pwsh') return -1
  return shell.findIndex(word => dialects.has(programName(word)))
}

/** The dialect of a SHELL such as `['/bin/bash', '-o', 'pipefail', '-c']`. PowerShell, cmd, python and unknown programs: `other`. */
export const dialectOf = (shell: readonly string[]): Dialect => {
  const at = shellIndex(shell)
  return at === -1 ? 'other' : dialects.get(programName(shell[at]!))!
}

/** What `set` or a shell's own command line switches on and off, in order. Unchanged ones are undefined. */
export const setOptions = (words: readonly string[]): { errexit: boolean | undefined; pipefail: boolean | undefined } => {
  let errexit: boolean | undefined
  let pipefail: boolean | undefined
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word === '--' || word === '-' || !/^[-+]./.test(word)) break
    if (word.startsWith('--')) continue
    const on = word[0] === '-'
    for (const letter of word.slice(1)) {
      if (letter === 'e') errexit = on
      if (letter !== 'o') continue
      const name = words[++i]
      if (name === 'errexit') errexit = on
      if (name === 'pipefail') pipefail = on
    }
  }
  return { errexit, pipefail }
}

/** What a SHELL's own words switch on: `-e`, `-o pipefail`, `-euxo pipefail`. */
export const shellOptions = (shell: readonly string[]): ShellOptions => {
  const at = shellIndex(shell)
  const { errexit, pipefail } = setOptions(at === -1 ? [] : shell.slice(at + 1))
  return { errexit: errexit ?? false, pipefail: pipefail ?? false }
}

/**
 * The words of a `#!` line: `#!/usr/bin/env -S bash -e` → `bash`, `-e`. Undefined when the text has none.
 * The kernel gives everything after the program as one argument (execve(2)); `env` without -S takes it for the program's name, which
 * people write all the same, so it is split there too.
 */
export const shebang = (text: string): readonly string[] | undefined => {
  if (!text.startsWith('#!')) return undefined
  const end = text.indexOf('\n')
  const words = text
    .slice(2, end === -1 ? undefined : Math.min(end, 1024))
    .trim()
    .split(/\s+/)
    .filter(word => word !== '')
  if (baseName(words[0] ?? '') !== 'env') return words
  const rest = words.slice(1).map(word => word.replace(/^(?:-[iv0]*S|--split-string=)/, ''))
  const at = rest.findIndex(word => word !== '' && !word.startsWith('-') && !word.includes('='))
  return at === -1 ? [] : rest.slice(at)
}
