/** What is loaded before `bulkhead check` has looked at anything: each of these takes longer to load than most Dockerfiles to judge. */
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseSync } from 'rolldown/utils'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Modules that a file loads by itself: imports and re-exports of values, not what is imported when it is needed. */
const staticImports = (file: string): readonly string[] => {
  const { program } = parseSync(file, readFileSync(file, 'utf8'))
  return program.body.flatMap(node => {
    if (node.type === 'ImportDeclaration') {
      const isType = (one: (typeof node.specifiers)[number]): boolean =>
        one.type === 'ImportSpecifier' && one.importKind === 'type'
      const isErased = node.importKind === 'type' || (node.specifiers.length > 0 && node.specifiers.every(isType))
      return isErased ? [] : [node.source.value]
    }
    if (node.type === 'ExportAllDeclaration' || node.type === 'ExportNamedDeclaration')
      return node.source && node.exportKind !== 'type' ? [node.source.value] : []
    return []
  })
}

/** Module → the file that asks for it. */
const loadedBy = (...doors: readonly string[]): ReadonlyMap<string, string> => {
  const loaded = new Map<string, string>()
  const visit = (module: string, from: string): void => {
    if (loaded.has(module)) return
    loaded.set(module, from)
    if (!module.endsWith('.ts')) return
    for (const specifier of staticImports(module))
      visit(specifier.startsWith('.') ? resolve(dirname(module), specifier) : specifier, relative(root, module))
  }
  for (const door of doors) visit(join(root, door), 'the command line')
  return loaded
}

test('check loads no cryptography, no YAML and no path patterns before something asks for them', () => {
  const loaded = loadedBy('src/cli/run.ts', 'src/cli/check-command.ts')
  // The search finds what is there.
  for (const module of ['commander', 'unbash', 'valibot', 'node:fs', join(root, 'src/judge/rules/registry.ts')])
    expect(loaded.has(module), module).toBe(true)
  expect(loaded.size).toBeGreaterThan(300)
  for (const module of ['node:crypto', 'node:zlib', 'node:worker_threads', 'node:sqlite', 'js-yaml', 'yaml', 'picomatch', 'diff'])
    expect(loaded.get(module), `${module} is asked for by`).toBeUndefined()
  expect(loaded.get(join(root, 'src/judge/rules/container-registry.ts'))).toBeUndefined()
})
