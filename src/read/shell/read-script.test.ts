import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readScript } from './read-script.ts'
import type { Command, Script } from './script.ts'

const read = (text: string, shell: readonly string[] = ['/bin/sh', '-c'], offset = 0): Script =>
  readScript({
    text,
    shell,
    span: { start: offset, end: offset + text.length },
    spanOf: (start, end) => ({ start: start + offset, end: end + offset }),
  })
const names = (text: string): string[] => read(text).commands.map(command => command.name)
const only = (text: string): Command => {
  const { commands } = read(text)
  expect(commands).toHaveLength(1)
  return commands[0]!
}
const find = (script: Script, name: string): Command => {
  const command = script.commands.find(each => each.name === name)
  if (!command) throw new Error(`no ${name} in ${script.commands.map(each => each.name)}`)
  return command
}
const texts = (words: readonly { text: string }[]): string[] => words.map(word => word.text)
const options = (command: Command): string[] =>
  command.options.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`))
const at = (text: string, { span }: { span: { start: number; end: number } }): string => text.slice(span.start, span.end)

describe('lists', () => {
  test('operators, with their places', () => {
    const text = 'a && b || c ; d & e\nf | g |& h'
    const { commands } = read(text)
    expect(commands.map(({ name, operator }) => [name, operator])).toEqual([
      ['a', 'first'],
      ['b', '&&'],
      ['c', '||'],
      ['d', ';'],
      ['e', '&'],
      ['f', '\n'],
      ['g', '|'],
      ['h', '|&'],
    ])
    for (const { operator, operatorSpan } of commands.slice(1))
      expect(text.slice(operatorSpan!.start, operatorSpan!.end)).toBe(operator)
    expect(commands[0]!.operatorSpan).toBeUndefined()
  })

  test('comments do not hide the operator', () => {
    const { commands } = read('a # x; y && z\nb; # c\nd')
    expect(commands.map(({ name, operator }) => [name, operator])).toEqual([
      ['a', 'first'],
      ['b', '\n'],
      ['d', ';'],
    ])
  })

  test('statements count the top-level list, also inside substitutions and strings', () => {
    const { commands } = read('a && b; c $(d); sh -c "e; f"')
    expect(commands.map(({ name, statement }) => [name, statement])).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 1],
      ['d', 1],
      ['sh', 2],
      ['e', 2],
      ['f', 2],
    ])
  })

  test('negation', () => {
    expect(read('! a; b').commands.map(command => command.negated)).toEqual([true, false])
    expect(read('! ! a').commands.map(command => command.negated)).toEqual([false])
    expect(read('a && ! b').commands.map(command => command.negated)).toEqual([false, true])
  })

  test('pipelines are numbered; compounds inside belong to them', () => {
    const { commands } = read('a | b; c; d | while read x; do e; f | g; done')
    const numbers = Object.fromEntries(commands.map(({ name, pipeline }) => [name, pipeline]))
    expect(numbers.a).toBe(numbers.b)
    expect(numbers.c).not.toBe(numbers.a)
    expect(new Set([numbers.d, numbers.read, numbers.e]).size).toBe(1)
    expect(numbers.f).toBe(numbers.g)
    expect(numbers.f).not.toBe(numbers.d)
    expect(find(read('d | while read x; do e; done'), 'read').operator).toBe('|')
  })

  test('a substitution in a pipeline is not a part of it', () => {
    const { commands } = read('a $(b) | c')
    expect(commands[1]!.name).toBe('b')
    expect(commands[1]!.pipeline).not.toBe(commands[0]!.pipeline)
    expect(commands[2]!.pipeline).toBe(commands[0]!.pipeline)
  })
})

describe('contexts', () => {
  const context = (text: string, name: string): string => find(read(text), name).context.join('/')
  test.each([
    ['(x)', 'subshell'],
    ['{ x; }', 'group'],
    ['if x; then y; fi', 'condition'],
    ['if y; then x; fi', 'branch'],
    ['if y; then :; elif x; then :; fi', 'condition'],
    ['if y; then :; else x; fi', 'branch'],
    ['while x; do y; done', 'condition'],
    ['until y; do x; done', 'loop'],
    ['for i in 1; do x; done', 'loop'],
    ['case $y in a) x;; esac', 'branch'],
    ['f() { x; }', 'function/group'],
    ['a $(x)', 'substitution'],
    ['a `x`', 'substitution'],
    ['a "y $(x) z"', 'substitution'],
    ['a <(x)', 'substitution'],
    ['A=$(x)', 'substitution'],
    ['A=$(x) y', 'substitution'],
    ['export A=$(x)', 'substitution'],
    [`a \${b:-$(x)}`, 'substitution'],
    ['a > $(x)', 'substitution'],
    ['for i in $(x); do y; done', 'substitution'],
    ['case $(x) in a) y;; esac', 'substitution'],
    ['[[ -f $(x) ]]', 'substitution'],
    ['echo $(( $(x) + 1 ))', 'substitution'],
    ['a <<< "$(x)"', 'substitution'],
    ['a <<E\n$(x)\nE', 'heredoc/substitution'],
    ['bash <<E\nx\nE', 'heredoc'],
    ["sh -c 'x'", 'nested-shell'],
    ['bash -exc "x"', 'nested-shell'],
    ["su -c 'x' user", 'nested-shell'],
    ["eval 'x'", 'nested-shell'],
    ["sh -c '(x)'", 'nested-shell/subshell'],
  ])('%s', (text, expected) => {
    expect(context(text, 'x')).toBe(expected)
  })

  test('nothing runs in a quoted here-document or in single quotes', () => {
    expect(names("cat <<'E'\n$(x)\nE")).toEqual(['cat'])
    expect(names("echo '$(x)'")).toEqual(['echo'])
    expect(names('cat <<E\n\\$(x)\nE')).toEqual(['cat'])
  })

  test('commands come in the order in which they are written', () => {
    expect(names('cat <<E && b\n$(c)\nE\nd')).toEqual(['cat', 'b', 'c', 'd'])
    expect(names('a "$(b "$(c)")" && d')).toEqual(['a', 'b', 'c', 'd'])
  })

  test('equal scopes mean the same subshell', () => {
    const { commands } = read('(a; b); (c)')
    expect(commands[0]!.scope).toEqual(commands[1]!.scope)
    expect(commands[0]!.scope).not.toEqual(commands[2]!.scope)
  })
})

describe('wrappers', () => {
  test.each([
    ['sudo -E -u root apt-get update', 'sudo'],
    ['sudo -nu root A=1 apt-get update', 'sudo'],
    ['doas -u x apt-get update', 'doas'],
    ['env -i -u HOME A=1 apt-get update', 'env'],
    ['env -S "A=1 apt-get" update', 'env'],
    ['/usr/bin/env -Sapt-get update', 'env'],
    ['exec apt-get update', 'exec'],
    ['time -p apt-get update', 'time'],
    ['command apt-get update', 'command'],
    ['command -p apt-get update', 'command'],
    ['builtin apt-get update', 'builtin'],
    ['nice -n 10 apt-get update', 'nice'],
    ['nice -10 apt-get update', 'nice'],
    ['nohup apt-get update', 'nohup'],
    ['stdbuf -oL -e0 apt-get update', 'stdbuf'],
    ['setsid -w apt-get update', 'setsid'],
    ['timeout 5 apt-get update', 'timeout'],
    ['timeout -k 5 --signal=KILL 5m apt-get update', 'timeout'],
    ['timeout -t 5 apt-get update', 'timeout'],
    ['chroot /mnt apt-get update', 'chroot'],
    ['xargs -n 1 -I{} apt-get update', 'xargs'],
    ['xargs -0r apt-get update', 'xargs'],
    ['gosu root apt-get update', 'gosu'],
    ['su-exec root:root apt-get update', 'su-exec'],
    ['eatmydata apt-get update', 'eatmydata'],
    ['ionice -c 3 apt-get update', 'ionice'],
    ['ionice -c3 apt-get update', 'ionice'],
    ['catchsegv apt-get update', 'catchsegv'],
    ['busybox apt-get update', 'busybox'],
    ['/sbin/tini -g -- apt-get update', 'tini'],
    ['dumb-init -r 15:2 -- apt-get update', 'dumb-init'],
    ['eval apt-get update', 'eval'],
    ['sudo env A=1 nice apt-get update', 'sudo,env,nice'],
    ['runuser -u x -- apt-get update', 'runuser'],
  ])('%s', (text, wrappers) => {
    const command = only(text)
    expect(command.name).toBe('apt-get')
    expect(texts(command.operands)).toEqual(['update'])
    expect(command.wrappers.map(wrapper => wrapper.name).join()).toBe(wrappers)
    expect(at(text, command)).toBe(text)
    for (const wrapper of command.wrappers) expect(at(text, wrapper)).toContain(wrapper.name)
  })

  test.each([
    ['command -v apt-get', 'command'],
    ['sudo -l', 'sudo'],
    ['sudo -i', 'sudo'],
    ['env', 'env'],
    ['exec 2>&1', 'exec'],
    ['xargs', 'xargs'],
    ['busybox --install -s', 'busybox'],
    ['timeout 5', 'timeout'],
    ["runuser -l x -c 'y'", 'runuser'],
  ])('%s is no wrapper', (text, name) => {
    const [command] = read(text).commands
    expect(command!.name).toBe(name)
    expect(command!.wrappers).toEqual([])
  })

  test('assignments, also those given to env and sudo', () => {
    const text = 'A=1 B="x y" sudo C=2 env D=$E cmd F=3'
    const command = only(text)
    expect(command.assignments.map(({ name, value }) => [name, value?.text])).toEqual([
      ['A', '1'],
      ['B', 'x y'],
      ['C', '2'],
      ['D', '$E'],
    ])
    expect(texts(command.operands)).toEqual(['F=3'])
    expect(command.assignments.map(assignment => at(text, assignment))).toEqual(['A=1', 'B="x y"', 'C=2', 'D=$E'])
  })

  test('a line of assignments only', () => {
    const command = only('A=1 B=')
    expect(command.name).toBe('')
    expect(command.nameWord).toBeUndefined()
    expect(command.assignments.map(({ name, value }) => [name, value?.text])).toEqual([
      ['A', '1'],
      ['B', undefined],
    ])
  })

  test('time before a pipeline', () => {
    const { commands } = read('time a | b')
    expect(commands.map(command => command.wrappers.map(wrapper => wrapper.name))).toEqual([['time'], []])
  })

  test('find -exec', () => {
    const text = "find / -perm -4000 -exec chmod a-s {} + -name x -exec sh -c 'y' \\;"
    const script = read(text)
    expect(script.commands.map(command => command.name)).toEqual(['find', 'chmod', 'sh', 'y'])
    expect(at(text, find(script, 'chmod'))).toBe('chmod a-s {}')
    expect(find(script, 'chmod').wrappers.map(wrapper => wrapper.name)).toEqual(['find'])
  })
})

describe('names', () => {
  test.each([
    ['/usr/bin/apt-get x', 'apt-get'],
    ['\\apt-get x', 'apt-get'],
    ['"apt-get" x', 'apt-get'],
    ["apt'-g'et x", 'apt-get'],
    ['$CMD x', ''],
    ['"$@"', ''],
    ['pip3 install x', 'pip'],
    ['pip3.11 install x', 'pip'],
    ['/venv/bin/pip install x', 'pip'],
    ['python3 -m pip install x', 'pip'],
    ['python3.11 -u -m pip install x', 'pip'],
    ['python -m venv x', 'python'],
    ['python3 x.py -m pip', 'python3'],
    ['[ -f x ]', '['],
    ['[[ -f x ]]', '[['],
  ])('%s', (text, name) => {
    expect(only(text).name).toBe(name)
  })

  test('python -m pip keeps the words as they are', () => {
    const text = 'python3 -m pip install -r x'
    const command = only(text)
    expect(at(text, command.nameWord!)).toBe('pip')
    expect(command.wrappers).toEqual([{ name: 'python3', span: { start: 0, end: 10 } }])
    expect(texts(command.operands)).toEqual(['install'])
    expect(options(command)).toEqual(['-r=x'])
  })
})

describe('words', () => {
  test.each([
    ['abc', 'abc', true, false],
    ["'a b'", 'a b', true, true],
    ['"a b"', 'a b', true, true],
    ['a\\ b', 'a b', true, false],
    ['a"b"\'c\'d', 'abcd', true, true],
    ['$X', '$X', false, false],
    ['"$X"', '$X', false, true],
    [`a\${X:-b}c`, `a\${X:-b}c`, false, false],
    ['$(x)', '$(x)', false, false],
    ['`x`', '`x`', false, false],
    ['*.deb', '*.deb', false, false],
    ['"*.deb"', '*.deb', true, true],
    ['\\*.deb', '*.deb', true, false],
    ['\\$X', '$X', true, false],
    ["'$X'", '$X', true, true],
    ['"\\$X"', '$X', true, true],
    ['~/x', '~/x', true, false],
    ['a=b', 'a=b', true, false],
    ['{a,b}', '{a,b}', true, false],
  ])('%s', (raw, text, literal, quoted) => {
    const [word] = read(`echo ${raw}`).commands[0]!.args
    expect(word).toEqual({ span: { start: 5, end: 5 + raw.length }, raw, text, literal, quoted })
  })

  test('braces expand in bash', () => {
    expect(read('echo {a,b}', ['/bin/bash', '-c']).commands[0]!.args[0]!.literal).toBe(false)
  })

  test('redirections', () => {
    const text = 'cmd a >x 2>>"y z" <in 2>&1 &>all b'
    const command = only(text)
    expect(texts(command.args)).toEqual(['a', 'b'])
    expect(command.redirects.map(({ operator, fd, target }) => [operator, fd, target?.text])).toEqual([
      ['>', undefined, 'x'],
      ['2>>', 2, 'y z'],
      ['<', undefined, 'in'],
      ['2>&', 2, '1'],
      ['&>', undefined, 'all'],
    ])
    expect(at(text, command)).toBe(text)
  })
})

describe('scripts inside strings', () => {
  test('single quotes: exact places', () => {
    const text = `bash -o pipefail -c 'curl -fsSL "$U" | sh' x`
    const script = read(text)
    expect(script.commands.map(command => at(text, command))).toEqual([text, 'curl -fsSL "$U"', 'sh'])
    expect(at(text, find(script, 'curl').operands[0]!)).toBe('"$U"')
  })

  test('double quotes: escapes are gone, places are those of the escaped text', () => {
    const text = 'sh -c "apt-get install -y \\"curl\\" \\$X && rm x"'
    const script = read(text)
    const install = find(script, 'apt-get')
    expect(texts(install.operands)).toEqual(['install', 'curl', '$X'])
    expect(install.operands.map(word => at(text, word))).toEqual(['install', '\\"curl\\"', '\\$X'])
    expect(install.operands.map(word => word.raw)).toEqual(['install', '\\"curl\\"', '\\$X'])
    expect(at(text, find(script, 'rm'))).toBe('rm x')
    expect(find(script, 'rm').operator).toBe('&&')
  })

  test('strings made of several pieces', () => {
    const text = `sh -c 'a '"b; c"' d'`
    expect(names(text)).toEqual(['sh', 'a', 'c'])
  })

  test('a substitution in the string is found once', () => {
    expect(names('sh -c "a $(b)"')).toEqual(['sh', 'a', 'b'])
    expect(names('eval "$(b)"')).toEqual(['eval', '', 'b'])
    expect(names('eval $X')).toEqual(['eval'])
    expect(names('sh -c "$X"')).toEqual(['sh'])
  })

  test('escaped backticks', () => {
    const text = 'a `b \\`c d\\``'
    const script = read(text)
    expect(script.commands.map(command => command.name)).toEqual(['a', 'b', 'c'])
    expect(at(text, find(script, 'c'))).toBe('c d')
  })

  test('su, and shells that read a here-document', () => {
    expect(names("su - user -c 'a | b'")).toEqual(['su', 'a', 'b'])
    expect(names("su --command 'a' user")).toEqual(['su', 'a'])
    const text = 'cat x | bash -s -- y <<\'E\'\na "z"\nE\n'
    expect(at(text, find(read(text), 'a'))).toBe('a "z"')
    expect(names('bash script <<E\na\nE')).toEqual(['bash'])
  })

  test('a bounded number of levels', () => {
    let text = 'x'
    for (let i = 0; i < 12; i++) text = `eval ${JSON.stringify(text)}`
    const script = read(text)
    expect(script.commands.length).toBeLessThan(12)
    expect(script.errors.map(error => error.message).join()).toContain('scripts inside scripts')
  })
})

describe('shells', () => {
  test('other shells are not judged', () => {
    for (const shell of [
      ['powershell', '-Command'],
      ['cmd', '/S', '/C'],
      ['C:\\Windows\\System32\\cmd.exe', '/C'],
      ['python3', '-c'],
    ]) {
      const script = read('Remove-Item (x', shell)
      expect([script.dialect, script.commands, script.errors]).toEqual(['other', [], []])
    }
  })

  test('the #! line of a here-document decides', () => {
    const python = read('#!/usr/bin/env python3\nimport os\n')
    expect([python.dialect, python.interpreter, python.commands]).toEqual(['other', 'python3', []])
    const bash = read('#!/usr/bin/env -S bash -eo pipefail\na\n', ['powershell'])
    expect([bash.dialect, bash.interpreter, bash.errexit, bash.pipefail]).toEqual(['bash', 'bash', true, true])
    expect(bash.commands.map(command => command.name)).toEqual(['a'])
    const sh = read('#!/bin/sh\na', ['/bin/bash', '-eo', 'pipefail', '-c'])
    expect([sh.dialect, sh.errexit, sh.pipefail]).toEqual(['posix', false, false])
  })
})

describe('hostile input', () => {
  const openers = [
    '(',
    '$(',
    '"$(',
    '{ ',
    'if ',
    '`',
    `\${x:-`,
    '$((',
    '<(',
    'case x in x) ',
    'f() ',
    'coproc ',
    'function f ',
    '<<A ',
    'eval "',
    '! ',
  ]
  test.each(openers)('10,000 times %j', opener => {
    const started = performance.now()
    const script = read(opener.repeat(10_000))
    expect(performance.now() - started).toBeLessThan(1500)
    if (opener === '(' || opener === '$(') {
      expect(script.commands).toEqual([])
      expect(script.errors).toHaveLength(1)
    }
  })

  test('balanced too', () => {
    for (const opener of ['(', '$(', '"$(']) {
      const closer = opener === '"$(' ? ')"' : ')'
      const script = read(`${opener.repeat(10_000)}a${closer.repeat(10_000)}`)
      expect(script.commands).toEqual([])
      expect(script.errors[0]!.message).toContain('levels deep')
    }
  })

  test('what people write is not refused', () => {
    const script = read(`${'$('.repeat(20)}a${')'.repeat(20)}`)
    expect(script.errors).toEqual([])
    expect(script.commands.at(-1)!.name).toBe('a')
  })

  test('broken scripts give errors and what could be read', () => {
    const script = read('apt-get update && "')
    expect(script.errors.length).toBeGreaterThan(0)
    expect(script.commands[0]!.name).toBe('apt-get')
  })
})

describe('for any script', () => {
  const token = fc.constantFrom(
    ...'a|b|apt-get|install|-y|sudo|env|A=1|$X|"|\'|`|$(|)|(|{|}|;|&&|\\|\\||&|\n|\\|if|then|fi|while|do|done|case|in|esac|;;|for|<<E|\nE\n|>|<|2>&1|[[|]]|sh -c|eval|su -c|#|!|time|find|-exec|env -S|--|$((|))|${|x*|é|😀'.split(
      /(?<!\\)\|/,
    ),
  )
  const script = fc.array(fc.oneof({ weight: 8, arbitrary: token }, { weight: 1, arbitrary: fc.string({ maxLength: 6 }) }), {
    maxLength: 30,
  })
  test('nothing is thrown, and every word is where its span says', () => {
    fc.assert(
      fc.property(script, fc.constantFrom('', ' '), (parts, glue) => {
        const text = parts.join(glue)
        const offset = 100
        const { commands, errors } = read(text, ['/bin/bash', '-c'], offset)
        const source = ' '.repeat(offset) + text
        for (const command of commands) {
          for (const word of [command.nameWord, ...command.args, ...command.redirects.map(redirect => redirect.target)]) {
            if (word) expect(at(source, word)).toBe(word.raw)
          }
          expect(command.span.start).toBeGreaterThanOrEqual(offset)
          expect(command.span.end).toBeLessThanOrEqual(source.length)
          expect(command.context.length).toBe(command.scope.length)
          expect(command.operator === 'first' || command.operatorSpan !== undefined || command.operator === '\n').toBe(true)
        }
        for (const { span } of errors) expect(span.start).toBeLessThanOrEqual(span.end)
        for (let i = 1; i < commands.length; i++) expect(commands[i]!.pipeline).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 1500), examples: [[['$((', '`\\'], ''] as [string[], string]] },
    )
  })
})
