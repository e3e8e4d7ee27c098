import { expect, test } from 'vitest'
import { argvWord, readArgv } from './read-argv.ts'

/** The array's literals as they stand in the text. */
const read = (text: string) => {
  const words = [...text.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(({ 0: raw, index }) =>
    argvWord(raw, (start, end) => ({ start: index + start, end: index + end })),
  )
  return readArgv(words, { start: 0, end: text.length })
}
const at = (text: string, { span }: { span: { start: number; end: number } }): string => text.slice(span.start, span.end)

test('one literal command', () => {
  const text = '["sudo", "apt-get", "-qy", "install", "$X", "a b"]'
  const { commands, dialect } = read(text)
  expect(commands).toHaveLength(1)
  const [command] = commands
  expect(dialect).toBe('posix')
  expect(command!.name).toBe('apt-get')
  expect(command!.wrappers.map(wrapper => wrapper.name)).toEqual(['sudo'])
  expect(command!.operands.map(({ text, literal }) => [text, literal])).toEqual([
    ['install', true],
    ['$X', true],
    ['a b', true],
  ])
  expect(command!.options.map(option => option.name)).toEqual(['-q', '-y'])
  expect(command!.operands.map(word => at(text, word))).toEqual(['"install"', '"$X"', '"a b"'])
  expect(at(text, command!)).toBe(text.slice(1, -1))
})

test('the script of a shell', () => {
  const text = '["/bin/bash", "-exo", "pipefail", "-c", "curl \\"$U\\" | \\u0073h && echo \'a\\tb\'"]'
  const script = read(text)
  expect([script.dialect, script.errexit, script.pipefail]).toEqual(['bash', true, true])
  expect(script.commands.map(command => command.name)).toEqual(['bash', 'curl', 'sh', 'echo'])
  expect(script.commands.slice(1).map(command => at(text, command))).toEqual(['curl \\"$U\\"', '\\u0073h', "echo 'a\\tb'"])
  const [url] = script.commands[1]!.operands
  expect([url!.text, url!.literal, at(text, url!)]).toEqual(['$U', false, '\\"$U\\"'])
  expect(script.commands[1]!.pipeline).toBe(script.commands[2]!.pipeline)
})

test('nothing, and other programs', () => {
  expect(read('[]').commands).toEqual([])
  expect(read('["python3", "-m", "pip", "install", "x"]').commands[0]!.name).toBe('pip')
})

test('a word that is not a JSON string', () => {
  expect(() => argvWord('"a', (start, end) => ({ start, end }))).toThrow(SyntaxError)
  expect(() => argvWord('1', (start, end) => ({ start, end }))).toThrow(SyntaxError)
})
