/**
 * npm run build: dist/, what users install. A bundle whose parts are loaded when they are needed (CommonJS: Node starts it faster than it starts
 * ECMAScript modules), types, a package.json without
 * dependencies, and the licences of what is inside.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { version } from '../src/model/version.ts'
import { shippedDatabase } from './database.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const dist = join(root, 'dist')
rmSync(dist, { recursive: true, force: true })
mkdirSync(dist)

const bundled = new Set<string>()
const bundle = await rolldown({
  cwd: root,
  input: { main: 'src/cli/run.ts', index: 'src/index.ts', 'layer-worker': 'src/cli/layer-worker.ts' },
  platform: 'node',
  plugins: [
    {
      name: 'remember-packages',
      load(id) {
        const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)
        if (match) bundled.add(match[1]!)
        return null
      },
    },
    {
      // Lists in JSON are CommonJS otherwise, and made into a namespace with an accessor for each of their items whenever they are loaded.
      name: 'json-is-a-default-export',
      load: id =>
        id.endsWith('.json') ? { code: `export default ${readFileSync(id, 'utf8')}`, moduleType: 'js' as const } : null,
    },
    {
      // Commander starts other programs for commands that are files of their own. We have none, and loading the module costs milliseconds.
      name: 'commander-starts-no-programs',
      resolveId: (id, importer) =>
        id === 'node:child_process' && importer?.includes('node_modules/commander/') ? '\0no-programs' : null,
      load: id => (id === '\0no-programs' ? 'export default {}' : null),
    },
  ],
})
await bundle.write({
  dir: dist,
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: 'chunks/[name]-[hash].cjs',
  // Names stay: an error message that says which function failed is worth the bytes.
  minify: { compress: true, mangle: { toplevel: false, keepNames: true }, codegen: true },
})
await bundle.close()

copyFileSync(join(root, 'src/cli/bin.cjs'), join(dist, 'bulkhead.cjs'))
chmodSync(join(dist, 'bulkhead.cjs'), 0o755)
for (const name of ['README.md', 'LICENSE', 'NOTICE']) copyFileSync(join(root, name), join(dist, name))
mkdirSync(join(dist, 'schema'))
for (const name of [
  'bulkhead.schema.json',
  'check-report.schema.json',
  'scan-report.schema.json',
  'history-report.schema.json',
  'compare-report.schema.json',
  'recommend-report.schema.json',
])
  copyFileSync(join(root, 'docs', name), join(dist, 'schema', name))

const database = await shippedDatabase()
mkdirSync(join(dist, 'advisories'))
for (const name of ['advisories.db', 'advisories.json']) copyFileSync(join(database, name), join(dist, 'advisories', name))

execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.types.json')], {
  stdio: 'inherit',
})

/** Packages of data that come without the text of their licence. */
const known: Readonly<Record<string, string>> = {
  'CC0-1.0': 'Public domain: https://creativecommons.org/publicdomain/zero/1.0/legalcode',
  'CC-BY-3.0':
    'Creative Commons Attribution 3.0 Unported: https://creativecommons.org/licenses/by/3.0/legalcode (from the SPDX licence list, https://spdx.org/licenses/)',
}

const licences = [...bundled].sort().map(name => {
  const folder = join(root, 'node_modules', name)
  const info = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string
    license?: string
    dependencies?: object
  }
  const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry))
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : known[info.license ?? '']
  if (text === undefined) throw new Error(`${name} has no licence file`)
  return `${name} ${info.version} (${info.license ?? 'see below'})\n\n${text}\n`
})
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES'), licences.join(`\n${'-'.repeat(78)}\n\n`))

const { description, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  description: string
  license: string
}
writeFileSync(
  join(dist, 'package.json'),
  `${JSON.stringify(
    {
      name: 'bulkhead',
      version,
      description,
      license,
      type: 'commonjs',
      engines: { node: '>=24' },
      bin: { bulkhead: './bulkhead.cjs' },
      exports: { '.': { types: './types/index.d.ts', default: './index.cjs' }, './schema/*': './schema/*' },
      types: './types/index.d.ts',
      keywords: ['docker', 'dockerfile', 'container', 'security', 'linter', 'sarif'],
    },
    undefined,
    2,
  )}\n`,
)
if (!existsSync(join(dist, 'types/index.d.ts'))) throw new Error('no types were written')
console.log(`dist/ ${version}: ${readdirSync(dist, { recursive: true }).length} files, bundled ${[...bundled].sort().join(', ')}`)
