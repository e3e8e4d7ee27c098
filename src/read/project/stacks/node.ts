/**
 * Programs for Node: package.json (https://docs.npmjs.com/cli/configuring-npm/package-json), and the files of npm, Yarn, pnpm and Bun beside it.
 */
import type { Stated } from '../../../model/project.ts'
import { compilePattern } from '../../path-pattern.ts'
import { get } from '../../yaml/fields.ts'
import { stringsOf } from '../../yaml/scalars.ts'
import { commandsOf, commandWords, optionOf, procfileStart } from '../command-words.ts'
import { nodeNative } from '../node-native.ts'
import { isHealthPath, type Probe, probe, slashComment } from '../probes.ts'
import { serverFacts } from '../server-files.ts'
import {
  distinct,
  emptyStack,
  field,
  keysOf,
  type ProjectFolder,
  type StackReader,
  stated,
  textField,
  textsField,
} from '../stack-reader.ts'

const lockFiles: readonly (readonly [name: string, manager: string])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
]

const reader: StackReader = {
  name: 'node',
  marks: ['package.json'],
  read(folder, outer) {
    const text = folder.text('package.json')
    if (text === undefined) return undefined
    const json = folder.json('package.json')
    const own = folder.pathOf('package.json')!
    const isMember = outer?.lockFile !== undefined && outer.manifests.includes(own)
    const managed = managerOf(folder, json, own)
    const hasOwnLock = lockFiles.some(([name]) => folder.has(name))
    const manager = isMember && !hasOwnLock ? outer.manager : managed.manager
    const lock =
      lockFiles.find(([name, one]) => folder.has(name) && one === manager) ?? lockFiles.find(([name]) => folder.has(name))
    const lockFile = lock ? folder.pathOf(lock[0]) : isMember ? outer.lockFile : undefined
    const dependencies = new Set([...keysOf(field(json, 'dependencies')), ...keysOf(field(json, 'optionalDependencies'))])
    const devDependencies = new Set(keysOf(field(json, 'devDependencies')).filter(name => !dependencies.has(name)))
    const start = startOf(folder, json, own, devDependencies)
    // What only browsers run neither writes nor listens.
    const isPages = start?.value.some(word => servingPages.test(word)) === true
    const sources = isPages ? [] : folder.sources(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.jsx', '.tsx'])
    const builders = buildCommands(json).flatMap(words =>
      /^(?:node|tsx|bun|ts-node)$/.test(words[0]!) ? words.slice(1).map(tidy) : [],
    )
    const probed = probe(
      sources.filter(
        ({ name }) =>
          !builders.includes(name) && !isBrowserFolder(name) && !/(?:^|\/)[\w.-]{1,60}\.config\.[cm]?[jt]s$/.test(name),
      ),
      probes,
      slashComment,
    )
    // Pages that are built need a server, whose configuration may lie beside them.
    const served = isPages || !start ? serverFacts(folder) : { ports: [], healthPaths: [], writes: [] }
    const output = outputOf(folder, json, own, new Set([...dependencies, ...devDependencies]))
    return {
      ...emptyStack('node', folder.path),
      manager,
      managerVersion: isMember && !hasOwnLock ? outer.managerVersion : managed.version,
      lockFile,
      manifests: [...new Set([...(isMember ? outer.manifests : []), ...manifestsOf(folder, json, lock?.[0])])].sort(),
      version: versionOf(folder, json, own) ?? (isMember ? outer.version : undefined),
      dependencies,
      devDependencies,
      build: buildOf(json, own, manager ?? 'npm'),
      output,
      start,
      native: nodeNative(folder, lock?.[0], dependencies, devDependencies, own),
      ...probed,
      healthPaths: distinct([...probed.healthPaths, ...fileRoutes(folder), ...served.healthPaths]),
      ports: distinct([...commandPorts(start), ...frameworkPorts(start, own), ...probed.ports, ...served.ports]),
      writes: distinct([...frameworkWrites(start, output, dependencies, own), ...probed.writes, ...served.writes]),
    }
  },
}

export default reader

/** Sources that run in a browser: what they say of ports and paths is not about the server. */
const isBrowserFolder = (name: string): boolean => /^(?:client|web|www|public|assets|static|scripts)\//.test(name)

const managerOf = (
  folder: ProjectFolder,
  json: unknown,
  own: string,
): { readonly manager: string; readonly version: Stated<string> | undefined } => {
  const wanted = /^(npm|yarn|pnpm|bun)@\^?(\d[\w.-]{0,40})/.exec(textField(json, 'packageManager') ?? '')
  if (wanted) return { manager: wanted[1]!, version: { value: wanted[2]!, by: own } }
  const lock = lockFiles.find(([name]) => folder.has(name))
  const manager =
    lock?.[1] ??
    (folder.has('pnpm-workspace.yaml') ? 'pnpm' : folder.has('.yarnrc.yml') || folder.has('.yarnrc') ? 'yarn' : 'npm')
  if (manager === 'yarn' && folder.has('yarn.lock')) {
    const isModern = /^__metadata:/m.test(folder.text('yarn.lock', 'lock') ?? '')
    return { manager, version: stated(isModern ? '>=2' : '1', folder.pathOf('yarn.lock')) }
  }
  const engine = textField(json, 'engines', manager)
  return { manager, version: stated(engine, own) }
}

const versionOf = (folder: ProjectFolder, json: unknown, own: string): Stated<string> | undefined => {
  for (const name of ['.nvmrc', '.node-version']) {
    const line = folder.text(name)?.split('\n', 1)[0]?.trim()
    if (line && line.length < 60) return stated(line.replace(/^v(?=\d)/, ''), folder.pathOf(name))
  }
  const tool = /^nodejs?[ \t]{1,20}v?(\S{1,40})/m.exec(folder.text('.tool-versions') ?? '')?.[1]
  return (
    stated(textField(json, 'volta', 'node'), own) ??
    stated(tool, folder.pathOf('.tool-versions')) ??
    stated(textField(json, 'engines', 'node'), own)
  )
}

const run: Readonly<Record<string, string>> = { npm: 'npm run', yarn: 'yarn run', pnpm: 'pnpm run', bun: 'bun run' }

const buildOf = (json: unknown, own: string, manager: string): Stated<string> | undefined => {
  const name = ['build', 'build:prod', 'build:production', 'compile'].find(one => textField(json, 'scripts', one) !== undefined)
  // `echo` and `exit 0` build nothing.
  if (name === undefined || /^(?:echo|exit|true)\b/.test(textField(json, 'scripts', name)!)) return undefined
  return { value: `${run[manager] ?? 'npm run'} ${name}`, by: own }
}

/** Scripts, as far as they are called by each other, by the commands in them. */
const buildCommands = (json: unknown): readonly (readonly string[])[] => {
  const found: (readonly string[])[] = []
  const seen = new Set<string>()
  const waiting = ['build', 'build:prod', 'build:production', 'compile', 'postbuild']
  for (let name = waiting.shift(); name !== undefined && seen.size < 40; name = waiting.shift()) {
    if (seen.has(name)) continue
    seen.add(name)
    for (const words of commandsOf(textField(json, 'scripts', name) ?? '')) {
      const [program, verb, script] = words
      if (/^(?:npm|yarn|pnpm|bun)$/.test(program!) && verb !== undefined) waiting.push(verb === 'run' ? (script ?? '') : verb)
      else if (/^(?:run-s|run-p|npm-run-all|concurrently)$/.test(program!))
        waiting.push(...words.slice(1).map(word => word.replace(/^(?:npm|yarn|pnpm)(?: run|:)\s{0,4}/, '')))
      found.push(/^(?:npx|bunx|cross-env|dotenv)$/.test(program!) ? words.slice(1).filter(word => !/^\w+=/.test(word)) : words)
    }
  }
  return found
}

/** `outDir: 'x'` and the like in a configuration that is a program. */
const settingIn = (folder: ProjectFolder, names: readonly string[], pattern: RegExp): Stated<string> | undefined => {
  for (const name of names) {
    const value = pattern.exec(folder.text(name) ?? '')?.[1]
    if (value !== undefined) return stated(value, folder.pathOf(name))
  }
  return undefined
}

const withEndings = (base: string): readonly string[] => ['.ts', '.js', '.mjs', '.cjs', '.mts'].map(ending => base + ending)

/** What each tool leaves by default, as its own documents say. */
const outputs: Readonly<Record<string, string>> = {
  vite: 'dist',
  'vue-cli-service': 'dist',
  webpack: 'dist',
  parcel: 'dist',
  astro: 'dist',
  tsup: 'dist',
  nest: 'dist',
  'vue-tsc': '',
  'react-scripts': 'build',
  craco: 'build',
  next: '.next',
  nuxt: '.output',
  nuxi: '.output',
  gatsby: 'public',
  docusaurus: 'build',
  remix: 'build',
  'react-router': 'build',
  eleventy: '_site',
  medusa: '.medusa/server',
  strapi: 'dist',
  ncc: 'dist',
  unbuild: 'dist',
}

const outputOf = (folder: ProjectFolder, json: unknown, own: string, all: ReadonlySet<string>): Stated<string> | undefined => {
  const commands = buildCommands(json)
  let compiled: Stated<string> | undefined
  for (const words of commands) {
    const program = words[0]!
    if (program === 'tsc') {
      compiled ??= typescriptOutput(folder, optionOf(words, '-p', '--project'), optionOf(words, '--outDir'))
      continue
    }
    const asked = optionOf(words, '--outDir', '--out-dir', '--outdir', '-o', '--output-path', '--dist-dir', '--dist')
    if (program === 'vite') {
      if (words[1] !== 'build') continue
      if (all.has('@sveltejs/kit')) return { value: 'build', by: own }
      return (
        stated(asked, own) ??
        settingIn(folder, withEndings('vite.config'), /\boutDir\s{0,10}:\s{0,10}['"]([^'"\n]{1,100})['"]/) ?? {
          value: 'dist',
          by: own,
        }
      )
    }
    if (program === 'ng') return angularOutput(folder) ?? { value: 'dist', by: own }
    if (program === 'next') {
      const mode = settingIn(folder, withEndings('next.config'), /\boutput\s{0,10}:\s{0,10}['"](standalone|export)['"]/)
      const dist = settingIn(folder, withEndings('next.config'), /\bdistDir\s{0,10}:\s{0,10}['"]([^'"\n]{1,100})['"]/)
      const base = dist?.value ?? '.next'
      if (mode?.value === 'standalone') return { value: `${base}/standalone`, by: mode.by }
      if (mode?.value === 'export') return { value: dist?.value ?? 'out', by: mode.by }
      return dist ?? { value: base, by: own }
    }
    if (program === 'esbuild' || program === 'bun' || program === 'babel' || program === 'swc' || program === 'rollup') {
      const file = optionOf(words, '--outfile', '--out-file', '--file', '-d') ?? asked
      if (file !== undefined)
        compiled ??= { value: tidy(/\.[cm]?js$/.test(file) ? file.slice(0, Math.max(0, file.lastIndexOf('/'))) : file), by: own }
      continue
    }
    // A program of its own: what it writes.
    const script = /^(?:node|tsx|bun|ts-node)$/.test(program) ? tidy(words[1] ?? '') : ''
    if (script !== '' && folder.has(script)) {
      const text = folder.text(script) ?? ''
      const [first] = probe([{ name: script, path: folder.pathOf(script)!, text }], probes, slashComment).writes
      if (first) compiled ??= first
    }
    const usual = outputs[program]
    if (usual) return stated(tidy(asked ?? usual), own)
  }
  return compiled?.value === '' ? undefined : compiled
}

const tidy = (path: string): string => path.replace(/^(?:\.\/)+/, '').replace(/\/{1,20}$/, '')

/** `outDir`, also of what a configuration extends. */
const typescriptOutput = (
  folder: ProjectFolder,
  project: string | undefined,
  asked: string | undefined,
): Stated<string> | undefined => {
  if (asked !== undefined) return stated(tidy(asked), folder.pathOf('package.json'))
  let name = project ?? 'tsconfig.json'
  if (!name.endsWith('.json')) name = `${tidy(name)}/tsconfig.json`
  for (let i = 0; i < 5; i++) {
    const json = folder.json(name, 'settings')
    const base = name.includes('/') ? name.slice(0, name.lastIndexOf('/') + 1) : ''
    const found = textField(json, 'compilerOptions', 'outDir')
    if (found !== undefined) return stated(tidy(base + tidy(found)), folder.pathOf(name))
    const next = textField(json, 'extends') ?? textsField(json, 'extends')[0]
    if (next === undefined || !next.startsWith('.')) return undefined
    name = base + (next.endsWith('.json') ? next : `${next}.json`)
  }
  return undefined
}

/** https://angular.dev/reference/configs/workspace-config: since version 17 the application builder puts what browsers load into `browser`. */
const angularOutput = (folder: ProjectFolder): Stated<string> | undefined => {
  const projects = field(folder.json('angular.json', 'settings'), 'projects')
  for (const name of keysOf(projects)) {
    const build = field(projects, name, 'architect', 'build') ?? field(projects, name, 'targets', 'build')
    if (build === undefined) continue
    const path = textField(build, 'options', 'outputPath') ?? textField(build, 'options', 'outputPath', 'base') ?? `dist/${name}`
    const isNew = /:application$/.test(textField(build, 'builder') ?? '')
    return stated(isNew ? `${tidy(path)}/browser` : tidy(path), folder.pathOf('angular.json'))
  }
  return undefined
}

/** Programs that serve while somebody writes; in production there is another way. */
const developing =
  /^(?:nodemon|ts-node|ts-node-dev|tsx|vite|ng|webpack|webpack-dev-server|nest|vue-cli-service|parcel|concurrently|react-scripts|craco)$/

const servingPages = /^(?:vite|ng|webpack-dev-server|vue-cli-service|parcel|react-scripts|craco)$/

const startOf = (
  folder: ProjectFolder,
  json: unknown,
  own: string,
  devDependencies: ReadonlySet<string>,
): Stated<readonly string[]> | undefined => {
  const proc = procfileStart(folder.text('Procfile'))
  const byScript = (name: string): Stated<readonly string[]> | undefined => {
    const line = textField(json, 'scripts', name)
    if (line === undefined) return undefined
    const called = name === 'start' ? ['npm', 'start'] : ['npm', 'run', name]
    if (textField(json, 'scripts', `pre${name}`) !== undefined) return { value: called, by: own }
    const read = commandWords(line)
    // `npm run start:prod`, `yarn serve`: what that one says.
    const inner = read?.isPlain ? /^(?:npm|yarn|pnpm|bun) (?:run )?([\w:.-]{1,60})$/.exec(read.words.join(' '))?.[1] : undefined
    if (inner !== undefined && inner !== name && textField(json, 'scripts', inner) !== undefined && depth++ < 5)
      return byScript(inner)
    return { value: read?.isPlain ? read.words : called, by: own }
  }
  let depth = 0
  const start = byScript('start')
  const program = start?.value.find(word => word !== 'env' && !/^\w+=/.test(word))
  const isDeveloping = program !== undefined && (devDependencies.has(program) || developing.test(program))
  if (isDeveloping || !start)
    for (const name of ['start:prod', 'start:production', 'serve:prod']) {
      const other = byScript(name)
      if (other) return other
    }
  if (
    proc &&
    !/^npm (?:run )?start$|^(?:sh -c )?(?:bundle|rails|puma|python3?|gunicorn|uvicorn|php|java|vendor|bin)\b/.test(proc.join(' '))
  )
    return stated(proc, folder.pathOf('Procfile'))
  if (start) return start
  // https://docs.npmjs.com/cli/commands/npm-start: without a script it is server.js.
  if (folder.has('server.js')) return stated(['node', 'server.js'], folder.pathOf('server.js'))
  const main = textField(json, 'main')
  if (main !== undefined && (folder.has(tidy(main)) || folder.has(`${tidy(main)}.js`)))
    return { value: ['node', tidy(main)], by: own }
  const guess = ['index.js', 'app.js', 'src/index.js', 'src/server.js', 'src/app.js'].find(name => folder.has(name))
  return guess === undefined || main !== undefined ? undefined : stated(['node', guess], folder.pathOf(guess))
}

const manifestsOf = (folder: ProjectFolder, json: unknown, lock: string | undefined): readonly string[] => {
  const names = [
    'package.json',
    ...(lock === undefined ? [] : [lock]),
    '.npmrc',
    '.yarnrc',
    '.yarnrc.yml',
    'pnpm-workspace.yaml',
    '.pnpmfile.cjs',
    'pnpmfile.js',
    'bunfig.toml',
    'lerna.json',
    'binding.gyp',
  ].filter(name => folder.has(name))
  const workspaces = [
    ...textsField(json, 'workspaces'),
    ...textsField(json, 'workspaces', 'packages'),
    ...stringsOf(get(folder.yaml('pnpm-workspace.yaml'), 'packages')).map(({ value }) => value),
  ].map(one => one.replace(/^\.\//, '').replace(/\/{1,20}$/, ''))
  const [wanted, unwanted] = [workspaces.filter(one => !one.startsWith('!')), workspaces.filter(one => one.startsWith('!'))]
  if (wanted.length > 0) {
    const patterns = wanted.slice(0, 100).map(one => compilePattern(`${one}/package.json`))
    const without = unwanted.slice(0, 100).map(one => compilePattern(`${one.slice(1).replace(/^\.\//, '')}/package.json`))
    for (const name of folder.files) {
      if (!name.endsWith('/package.json')) continue
      const parts = name.split('/')
      if (patterns.some(matches => matches(parts)) && !without.some(matches => matches(parts))) names.push(name)
    }
  }
  // Patches by pnpm, patch-package and Yarn; Yarn’s own program and plugins; local packages (`file:../lib`); what npm runs when it installs.
  names.push(...folder.files.filter(name => /^(?:patches\/|\.yarn\/(?:patches|releases|plugins)\/)/.test(name)).slice(0, 500))
  for (const list of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    for (const key of keysOf(field(json, list))) {
      const local = /^(?:file|link|portal):(.{1,200})$/.exec(textField(json, list, key) ?? '')?.[1]
      if (local === undefined) continue
      const path = tidy(local)
      names.push(...(folder.has(path) ? [path] : folder.has(`${path}/package.json`) ? [`${path}/package.json`] : []))
    }
  }
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
    for (const words of commandsOf(textField(json, 'scripts', name) ?? ''))
      names.push(...words.map(tidy).filter(word => /\.\w{1,6}$/.test(word) && folder.has(word)))
  if (keysOf(field(json, 'prisma')).length > 0 || folder.has('prisma/schema.prisma'))
    names.push(...['prisma/schema.prisma'].filter(name => folder.has(name)))
  return names.map(name => folder.pathOf(name)!).filter(path => path !== undefined)
}

/** `next start -p 8080`, `serve -l 5000`. */
const commandPorts = (start: Stated<readonly string[]> | undefined): readonly Stated<number>[] => {
  if (!start) return []
  const value =
    optionOf(start.value, '-p', '--port', '-l', '--listen') ?? start.value.find(word => /^PORT=\d{2,5}$/.test(word))?.slice(5)
  const port = Number(/^(?:tcp:\/\/[^:]{1,60}:)?(\d{2,5})$/.exec(value ?? '')?.[1])
  return port > 0 && port < 65_536 ? [{ value: port, by: start.by }] : []
}

/** Where frameworks listen when nobody says otherwise, as their documents say. */
const usualPorts: Readonly<Record<string, number>> = {
  next: 3000,
  nuxt: 3000,
  'remix-serve': 3000,
  'react-router-serve': 3000,
  serve: 3000,
  strapi: 1337,
  'json-server': 3000,
  medusa: 9000,
  'http-server': 8080,
}

const frameworkPorts = (start: Stated<readonly string[]> | undefined, own: string): readonly Stated<number>[] => {
  if (!start || commandPorts(start).length > 0) return []
  const program = start.value.find(word => word !== 'env' && !/^\w+=/.test(word))
  if (program !== undefined && usualPorts[program] !== undefined) return [{ value: usualPorts[program]!, by: own }]
  return start.value.some(word => word.startsWith('.output/server/')) ? [{ value: 3000, by: own }] : []
}

const frameworkWrites = (
  start: Stated<readonly string[]> | undefined,
  output: Stated<string> | undefined,
  dependencies: ReadonlySet<string>,
  own: string,
): readonly Stated<string>[] => [
  // Next writes what it renders and the images that it makes smaller: https://nextjs.org/docs/app/guides/self-hosting
  ...(dependencies.has('next') && output?.value !== 'out' ? [{ value: '.next/cache', by: own }] : []),
  // Strapi keeps uploads there.
  ...(start?.value.includes('strapi') ? [{ value: 'public/uploads', by: own }] : []),
]

/** Next, Nuxt, SvelteKit: a file is a route. */
const fileRoutes = (folder: ProjectFolder): readonly Stated<string>[] =>
  folder.files.flatMap(name => {
    const route =
      /^(?:src\/)?app\/(.{1,100})\/route\.[jt]s$/.exec(name)?.[1] ??
      /^(?:src\/)?pages\/(api\/.{1,100})\.[jt]s$/.exec(name)?.[1] ??
      /^src\/routes\/(.{1,100})\/\+server\.[jt]s$/.exec(name)?.[1] ??
      /^server\/(api\/.{1,100}?)(?:\.get)?\.[jt]s$/.exec(name)?.[1] ??
      /^server\/routes\/(.{1,100}?)(?:\.get)?\.[jt]s$/.exec(name)?.[1]
    // Folders in brackets do not stand in the path: https://nextjs.org/docs/app/api-reference/file-conventions/route-groups
    const path = route === undefined ? '' : `/${route.replace(/\([\w-]{1,40}\)\//g, '').replace(/\/index$/, '')}`
    return isHealthPath(path) ? (stated(path, folder.pathOf(name)) ?? []) : []
  })

const isWriting = (args: readonly string[]): boolean => /^['"`](?:[wa]|r\+)/.test(args[1] ?? '')
const hasPath = (args: readonly string[]): boolean => args.length > 0

const probes: readonly Probe[] = [
  // Of node:fs and fs-extra.
  {
    finds: 'writes',
    pattern: /\b(?:writeFile|appendFile|createWriteStream|outputFile|outputJson|writeJson)(?:Sync)?\(/g,
    argument: 0,
    only: hasPath,
    isFolderOf: true,
  },
  { finds: 'writes', pattern: /\b(?:mkdir|ensureDir|mkdirp|mkdtemp|emptyDir)(?:Sync)?\(/g, argument: 0, only: hasPath },
  { finds: 'writes', pattern: /\bfs(?:\.promises)?\.open(?:Sync)?\(/g, argument: 0, only: isWriting, isFolderOf: true },
  {
    finds: 'writes',
    pattern: /\b(?:rename|copyFile|copy|move)(?:Sync)?\(/g,
    argument: 1,
    only: args => args.length > 1,
    isFolderOf: true,
  },
  // multer, formidable, express-fileupload, winston, pino, sqlite, lowdb, nedb.
  { finds: 'writes', pattern: /\bmulter\(/g, argument: 'dest' },
  { finds: 'writes', pattern: /\bdestination[ \t]{0,4}:[ \t]{0,4}(?=['"`\w])/g },
  { finds: 'writes', pattern: /\b(?:uploadDir|tempFileDir)[ \t]{0,4}:[ \t]{0,4}(?=['"`\w])/g },
  {
    finds: 'writes',
    pattern: /\b(?:transports\.File|transports\.DailyRotateFile|DailyRotateFile)\(/g,
    argument: 'filename',
    isFolderOf: true,
  },
  { finds: 'writes', pattern: /\b(?:transports\.DailyRotateFile|DailyRotateFile)\(/g, argument: 'dirname' },
  {
    finds: 'writes',
    pattern:
      /\b(?:new Database|new DatabaseSync|sqlite3\.Database|new sqlite3\.Database|new Datastore|JSONFilePreset|new JSONFile|new FileSync|better)\(/g,
    argument: 0,
    only: args => !/memory/.test(args[0] ?? ''),
    isFolderOf: true,
  },
  { finds: 'writes', pattern: /\bstorage[ \t]{0,4}:[ \t]{0,4}(?=['"`][^'"`\n:]{1,100}\.(?:sqlite3?|db)\b)/g, isFolderOf: true },
  {
    finds: 'writes',
    pattern: /\bfilename[ \t]{0,4}:[ \t]{0,4}(?=['"`][^'"`\n:]{1,100}\.(?:sqlite3?|db|log)\b)/g,
    isFolderOf: true,
  },
  { finds: 'ports', pattern: /\.listen\(/g, argument: [0, 'port'] },
  { finds: 'ports', pattern: /\bBun\.serve\(/g, argument: 'port' },
  { finds: 'ports', pattern: /\.bindAsync\(/g, argument: 0 },
  {
    finds: 'ports',
    pattern: /\b(?:serve|createServer|startStandaloneServer|new (?:WebSocket\.Server|WebSocketServer|Server))\(/g,
    argument: ['port'],
  },
  { finds: 'ports', pattern: /\blisten[ \t]{0,4}:[ \t]{0,4}\{[ \t]{0,4}port[ \t]{0,4}:[ \t]{0,4}/g },
  { finds: 'ports', pattern: /\b(?:app|server|express)\.set\([ \t]{0,4}['"]port['"][ \t]{0,4},[ \t]{0,4}/g },
  {
    finds: 'healthPaths',
    pattern: /\b(?:app|server|fastify|hono|instance|expressApp|httpServer|koa)\.(?:get|all|use|route)\(/g,
    argument: [0, 'url', 'path'],
  },
  // A server without a framework: `if (req.url === '/health')`.
  { finds: 'healthPaths', pattern: /\b(?:url|path|pathname)[ \t]{0,4}===?[ \t]{0,4}['"`](\/[\w./-]{1,60})['"`]/g },
  { finds: 'healthPaths', pattern: /['"`](\/[\w./-]{1,60})['"`][ \t]{0,4}===?[ \t]{0,4}\w{1,20}\.(?:url|path|pathname)\b/g },
  { finds: 'healthPaths', pattern: /\bcase[ \t]{1,4}['"`](?:GET )?(\/[\w./-]{1,60})['"`][ \t]{0,4}:/g },
  { finds: 'programs', pattern: /\b(?:child_process|cp|childProcess)\.(?:spawn|exec|execFile|fork)(?:Sync)?\(/g, argument: 0 },
  {
    finds: 'programs',
    pattern:
      /(?:^|[^.\w])(?:spawn|execSync|execFile|execFileSync|spawnSync|execa|execaSync|execAsync|execFileAsync|execaCommand|execPromise|exec)\(/gm,
    argument: 0,
  },
]
