import { describe, expect, test } from 'vitest'
import { readYaml } from './tree.ts'

const roots = (text: string): readonly boolean[] => readYaml('a.yaml', text).documents.map(({ root }) => root !== undefined)

describe('documents of which no tree is built', () => {
  const schema =
    '# x\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: a\nspec:\n  x: {y: [1]}\n'
  test('schemas of an API', () => {
    expect(roots(schema)).toEqual([false])
    expect(roots(`${schema}---\napiVersion: v1\nkind: Pod\n---\n${schema.replaceAll('\n', '\r\n')}`)).toEqual([
      false,
      true,
      false,
    ])
  })

  test.each([
    ['another API', schema.replace('apiextensions.k8s.io', 'acme.org')],
    ['no API', schema.replace(/apiVersion.*\n/, '')],
    ['another kind', schema.replace('kind: ', 'kind: Not')],
    ['a kind twice', `${schema}kind: Pod\n`],
    ['a kind twice, quoted', `${schema}"kind": Pod\n`],
    ['lines of a text', ` kind: Pod\n apiVersion: v1\n x: "\n${schema.replace('# x\n', '')}"\n`],
    ['lines of a text in braces', `{kind: Pod, x: "\n${schema}"}`],
    ['lines of a text that ends there', ` kind: Pod\n x: "\n${schema} y"`],
    ['a carriage return alone', `${schema}# \rkind: Pod\r`],
  ])('%s is read', (_, text) => {
    const { documents, problems } = readYaml('a.yaml', text)
    expect(documents[0]!.root !== undefined || problems.length > 0).toBe(true)
  })
})
