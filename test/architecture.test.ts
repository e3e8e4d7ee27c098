/** The house rules that a machine can see: who imports whom, what belongs to which floor, how files are called. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'rolldown/utils'
import { expect, test } from 'vitest'

const source = join(dirname(fileURLToPath(import.meta.url)), '../src')

/** Floor → the floors that it may import from, besides itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  world: ['model'],
  store: ['model'],
  read: ['model'],
  show: ['model'],
  judge: ['model', 'read'],
  change: ['model', 'read', 'judge'],
  flows: ['model', 'read', 'judge', 'change', 'show'],
}
const doors = new Set(['cli', 'web', 'lsp', 'index.ts'])
/** Built-in modules that touch nothing outside. */
const pureBuiltins = new Set([
  'node:crypto',
  'node:path',
  // Paths inside images have slashes, whatever machine this is.
  'node:path/posix',
  'node:stream',
  'node:stream/promises',
  'node:util',
  'node:zlib',
])

type Import = { readonly file: string; readonly specifier: string }

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && /\.(?:ts|cjs)$/.test(entry.name))
  .map(entry => relative(source, join(entry.parentPath, entry.name)))
  .sort()
const units = files.filter(file => !file.endsWith('.test.ts'))

/** Static imports, re-exports, `import type`, `import('…')` in types and at run time: found in the syntax tree, whatever the spelling. */
const importsOf = (file: string, text: string): readonly Import[] => {
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} does not parse`)
  const found: Import[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item)
      return
    }
    if (typeof node !== 'object' || node === null) return
    const { type } = node as { type?: string }
    if (
      type &&
      /^(?:ImportDeclaration|ExportNamedDeclaration|ExportAllDeclaration|ImportExpression|TSImportType|TSExternalModuleReference)$/.test(
        type,
      )
    ) {
      const from = (node as { source?: unknown; argument?: unknown }).source ?? (node as { argument?: unknown }).argument
      const literal = from as { value?: unknown; literal?: { value?: unknown } } | null | undefined
      const value = literal?.value ?? literal?.literal?.value
      if (typeof value === 'string') found.push({ file, specifier: value })
      else if (type === 'ImportExpression') found.push({ file, specifier: '(computed)' })
    }
    for (const [key, value] of Object.entries(node)) if (key !== 'parent') visit(value)
  }
  visit(program)
  return found
}

const floorOf = (file: string): string => file.split('/')[0]!

const offences = (imports: readonly Import[]): readonly string[] =>
  imports.flatMap(({ file, specifier }) => {
    const floor = floorOf(file)
    if (doors.has(floor)) return []
    if (specifier === '(computed)') return [`${file}: an import whose name is computed cannot be checked`]
    if (specifier.startsWith('node:')) {
      return floor === 'world' || floor === 'store' || pureBuiltins.has(specifier)
        ? []
        : [`${file} imports ${specifier}: only world, store and the doors reach outside`]
    }
    if (!specifier.startsWith('.')) return []
    const target = normalize(join(dirname(file), specifier))
    const other = floorOf(target)
    const problems: string[] = []
    if (other !== floor && !allowed[floor]?.includes(other))
      problems.push(`${file} imports ${target}: ${floor} may not import ${other}`)
    const isRule = (path: string): boolean => path.startsWith('judge/rules/') && !path.endsWith('registry.ts')
    if (isRule(file) && isRule(target)) problems.push(`${file} imports the rule ${target}`)
    return problems
  })

test('floors import downwards only, rules never import rules, only world and store reach outside', () => {
  expect(units.length).toBeGreaterThan(100)
  expect(
    units
      .filter(file => file.endsWith('.ts'))
      .flatMap(file => offences(importsOf(file, readFileSync(join(source, file), 'utf8')))),
  ).toEqual([])
})

test.each([
  ['model/a.ts', "import { x } from '../read/x.ts'"],
  ['read/a.ts', "export type { X } from '../judge/x.ts'"],
  ['show/a.ts', "const x = await import('../flows/x.ts')"],
  ['judge/a.ts', "type X = import('../change/x.ts').X"],
  ['judge/a.ts', "import fs from 'node:fs'"],
  ['judge/rules/dockerfile/a.ts', "import b from './b.ts'"],
  ['flows/a.ts', "import { machine } from '../world/machine.ts'"],
  ['flows/a.ts', 'const x = await import(name)'],
])('the check itself sees %s: %s', (file, text) => {
  expect(offences(importsOf(file, text))).toHaveLength(1)
})

test('names are kebab-case, and there is no util folder', () => {
  for (const file of files) {
    expect(file).toMatch(/^[a-z0-9/.-]+$/)
    expect(file.split('/')).not.toContain('util')
    expect(file.split('/')).not.toContain('utils')
  }
  for (const floor of new Set(files.map(floorOf))) expect([...Object.keys(allowed), ...doors]).toContain(floor)
})
