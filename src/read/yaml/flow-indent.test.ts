import { expect, test } from 'vitest'
import { get } from './fields.ts'
import { stringsOf } from './scalars.ts'
import { readYaml } from './tree.ts'

/** The strings of `a`, each with its text in the file. */
const listOf = (text: string): readonly (readonly [string, string])[] => {
  const { documents, problems } = readYaml('x.yaml', text)
  expect(problems).toEqual([])
  return stringsOf(get(documents[0]?.root, 'o', 'a')).map(({ value, node }) => [
    value,
    text.slice(node.span.start, node.span.end),
  ])
}

test.each([
  'o:\n  a: [\n    x,\n    "y"\n  ]\n  b: 1\n',
  'o:\n  a: [\n  x, # why\n\n  # more\n  "y"\n  ]\n',
  'o:\n  a: [\nx,\n"y"\n]\n',
  'o:\r\n  a: [ # first\r\n    x,\r\n    "y", # last ]\r\n  ]\r\n',
])('lines in brackets may be indented as they like: %j', text => {
  expect(listOf(text)).toEqual([
    ['x', 'x'],
    ['y', '"y"'],
  ])
})

test('a `#` in quotes is no comment, and braces are the same', () => {
  expect(listOf('o:\n  a: [\n    "x # 1",\n    \'# 2\'\n  ]\n').map(([value]) => value)).toEqual(['x # 1', '# 2'])
  const { documents, problems } = readYaml('x.yaml', 'o:\n  m: {\n    a: 1,\n  }\n  z: 2\n')
  expect(problems).toEqual([])
  expect(get(documents[0]?.root, 'o', 'z')).toMatchObject({ value: '2' })
})

test('what is broken stays broken, and a lot of it ends', () => {
  expect(readYaml('x.yaml', 'o:\n  a: [\n  x\n').problems).toMatchObject([{ code: 'yaml-invalid' }])
  expect(readYaml('x.yaml', 'o:\n  a: "x\n y\n').problems).toMatchObject([{ code: 'yaml-invalid' }])
  const many = `o:\n  a: [\n${'x,\n'.repeat(20_000)}]\n`
  expect(readYaml('x.yaml', many).problems.length).toBeLessThan(2)
})
