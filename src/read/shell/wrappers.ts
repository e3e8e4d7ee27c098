/**
 * Programs that run the command given as their arguments. What they are told themselves is taken off, so that rules see the command.
 */
import type { ShellWord } from './script.ts'

type Wrapper = {
  /** Options that take a value, as in `options.ts`. */
  readonly values: ReadonlySet<string>
  /** How many operands stand before the command. */
  readonly operands: number
  /** `NAME=value` may stand before the command. */
  readonly assigns: boolean
  /** With one of these there is no command to run (`command -v`, `sudo -l`). */
  readonly not: ReadonlySet<string>
  /** Options that replace the operands: `timeout -t 5 cmd` of old BusyBox, `ionice -p`. */
  readonly instead: ReadonlySet<string>
}

const wrapper = (
  values: string,
  more: { operands?: number; assigns?: boolean; not?: string; instead?: string } = {},
): Wrapper => ({
  values: new Set(values.split(' ')),
  operands: more.operands ?? 0,
  assigns: more.assigns ?? false,
  not: new Set((more.not ?? '').split(' ')),
  instead: new Set((more.instead ?? '').split(' ')),
})

const plain = wrapper('')
const wrappers: ReadonlyMap<string, Wrapper> = new Map([
  [
    'sudo',
    wrapper(
      '-u --user -g --group -h --host -p --prompt -C --close-from -r --role -t --type -T --command-timeout -U --other-user -D --chdir -R --chroot',
      { assigns: true, not: '-l --list -v --validate -K --remove-timestamp -V --version -e --edit --help' },
    ),
  ],
  ['doas', wrapper('-u -C -a', { not: '-L -C' })],
  ['env', wrapper('-u --unset -C --chdir -a --argv0 -P', { assigns: true, not: '--help --version' })],
  ['exec', wrapper('-a')],
  ['time', wrapper('-f --format -o --output', { not: '-V --version --help' })],
  ['command', wrapper('', { not: '-v -V' })],
  ['builtin', plain],
  ['nice', wrapper('-n --adjustment', { not: '--help --version' })],
  ['ionice', wrapper('-c --class -n --classdata -P --pgid -u --uid', { not: '-p --pid -h --help -V --version' })],
  ['nohup', plain],
  ['stdbuf', wrapper('-i --input -o --output -e --error')],
  ['setsid', plain],
  ['timeout', wrapper('-s --signal -k --kill-after -t', { operands: 1, instead: '-t' })],
  ['chroot', wrapper('', { operands: 1 })],
  [
    'xargs',
    wrapper('-a --arg-file -d --delimiter -E -I -L --max-lines -n --max-args -P --max-procs -s --max-chars --process-slot-var'),
  ],
  ['gosu', wrapper('', { operands: 1 })],
  ['su-exec', wrapper('', { operands: 1 })],
  ['setuser', wrapper('', { operands: 1 })],
  ['s6-setuidgid', wrapper('', { operands: 1 })],
  ['runuser', wrapper('-u --user -g --group -G --supp-group -w --whitelist-environment', { not: '-c --command -l --login -' })],
  [
    'setpriv',
    wrapper(
      '--reuid --regid --ruid --rgid --euid --egid --groups --inh-caps --ambient-caps --bounding-set --securebits --pdeathsig --selinux-label --apparmor-profile --ptracer',
      { not: '-d --dump' },
    ),
  ],
  ['eatmydata', plain],
  ['catchsegv', plain],
  ['fakeroot', wrapper('-l --lib -f --faked -s -i -b --fd-base')],
  ['linux32', plain],
  ['linux64', plain],
  ['busybox', wrapper('', { not: '--list --list-full --install --help' })],
  ['tini', wrapper('-p -e', { not: '-h --version' })],
  ['dumb-init', wrapper('-r --rewrite', { not: '-h --help -V --version' })],
  ['catatonit', plain],
  ['xvfb-run', wrapper('-e --error-file -f --auth-file -n --server-num -p --xauth-protocol -s --server-args -w --wait')],
  ['eval', plain],
])

export const isWrapper = (name: string): boolean => wrappers.has(name)

/** Base name of a program: `/usr/bin/apt-get` → `apt-get`. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

export type Unwrapped = {
  /** The index of the name of the command; `words.length` when there is none. */
  readonly at: number
  /** The words of each wrapper, its options included: indices [from, to). */
  readonly wrappers: readonly { readonly name: string; readonly from: number; readonly to: number }[]
  /** Indices of `NAME=value` words given to wrappers. */
  readonly assignments: readonly number[]
  /** The index of the string after `env -S`, when there is one: its words belong before those that follow. */
  readonly split: number | undefined
}

const assignment = /^[A-Za-z_]\w*=/

/** How many words an option takes (1, or 2 with its value), or undefined when it says that there is no command to run. */
const optionWidth = (text: string, { values, not }: Wrapper): number | undefined => {
  if (text.startsWith('--')) {
    const equals = text.indexOf('=')
    if (not.has(equals === -1 ? text : text.slice(0, equals))) return undefined
    return equals === -1 && values.has(text) ? 2 : 1
  }
  for (let i = 1; i < text.length; i++) {
    const name = `-${text[i]}`
    if (not.has(name)) return undefined
    if (values.has(name)) return i === text.length - 1 ? 2 : 1
  }
  return 1
}

/** Finds the command behind the wrappers. One pass over the words. */
export const unwrap = (words: readonly ShellWord[]): Unwrapped => {
  const found: { name: string; from: number; to: number }[] = []
  const assignments: number[] = []
  let at = 0
  while (at < words.length) {
    const word = words[at]!
    const name = word.literal ? baseName(word.text) : ''
    const spec = wrappers.get(name)
    if (!spec) break
    const given: number[] = []
    let operands = spec.operands
    let next = at + 1
    let split: number | undefined
    let none = false
    while (next < words.length) {
      const text = words[next]!.text
      if (text === '--') {
        next++
        break
      }
      if (text === '-' ? name !== 'env' : !text.startsWith('-')) break
      if (name === 'env') {
        const joined = /^(-[iv0]*S|--split-string=)(.*)$/s.exec(text)
        if (joined || text === '--split-string') {
          split = joined?.[2] ? next : next + 1
          break
        }
      }
      const width = optionWidth(text, spec)
      if (width === undefined || (spec.not.has('-') && text === '-')) {
        none = true
        break
      }
      if (spec.instead.has(text.slice(0, 2))) operands = 0
      next += width
    }
    if (none) break
    if (split !== undefined) {
      if (split >= words.length) break
      found.push({ name, from: at, to: split })
      return { at: split, wrappers: found, assignments, split }
    }
    next += operands
    if (spec.assigns) {
      while (next < words.length && assignment.test(words[next]!.text)) given.push(next++)
    }
    if (next >= words.length) break
    found.push({ name, from: at, to: next })
    assignments.push(...given)
    at = next
  }
  return { at, wrappers: found, assignments, split: undefined }
}
