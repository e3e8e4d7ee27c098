/** Which npm packages bring or compile machine code, by what lock files say. */
import type { Native } from '../../model/project.ts'
import { field, isObject, keysOf, type ProjectFolder, textField, textsField } from './stack-reader.ts'

/** Packages that compile when they are installed, or bring a file for each platform. */
const compiling = new Set([
  'node-gyp',
  'node-gyp-build',
  'node-gyp-build-optional-packages',
  'node-addon-api',
  'nan',
  'bindings',
  'prebuild-install',
  'node-pre-gyp',
  '@mapbox/node-pre-gyp',
  'cmake-js',
  'node-gyp-build-optional',
  'pkg-prebuilds',
])

/** Packages with machine code, for lock files that do not tell, and where there is none. */
const known = new Set([
  'argon2',
  'bcrypt',
  'better-sqlite3',
  'bufferutil',
  'canvas',
  'cpu-features',
  'couchbase',
  'duckdb',
  'farmhash',
  'ffi-napi',
  'grpc',
  'heapdump',
  'ibm_db',
  'isolated-vm',
  'kerberos',
  'leveldown',
  'libxmljs',
  'libxmljs2',
  'lz4',
  'microtime',
  'mongodb-client-encryption',
  'msgpackr-extract',
  'node-expat',
  'node-hid',
  'node-pty',
  'node-rdkafka',
  'node-sass',
  'nodegit',
  'odbc',
  'oracledb',
  'pg-native',
  're2',
  'ref-napi',
  'robotjs',
  'rocksdb',
  'serialport',
  'sharp',
  'skia-canvas',
  'snappy',
  'sodium-native',
  'sqlite3',
  'ssh2',
  'tree-sitter',
  'usb',
  'utf-8-validate',
  'v8-profiler-next',
  'zeromq',
  'zlib-sync',
  '@tensorflow/tfjs-node',
  '@prisma/client',
  'prisma',
  'puppeteer',
  'playwright',
  'onnxruntime-node',
  '@discordjs/opus',
  '@node-rs/argon2',
  '@node-rs/bcrypt',
])

/** Their scripts only print, or set up what is the same everywhere. */
const harmless =
  /^(?:@fortawesome\/.{1,60}|@prisma\/engines|nx|core-js|core-js-pure|core-js-compat|es5-ext|protobufjs|esbuild|husky|styled-components|ejs|nodemon|@nestjs\/core|fsevents|preact|web3|less|aws-sdk|vue-demi|simple-git-hooks|@scarf\/scarf|svelte-preprocess|@parcel\/watcher|unrs-resolver|napi-postinstall|msw|@swc\/core|next|vue-echarts|cypress|@firebase\/util|contentlayer|@sentry\/cli|postinstall-postinstall|bcryptjs)$/

type Entry = {
  readonly name: string
  readonly isDev: boolean
  readonly compiles: boolean
  readonly hasScript: boolean
  readonly libc: readonly string[]
}

export const nodeNative = (
  folder: ProjectFolder,
  lock: string | undefined,
  dependencies: ReadonlySet<string>,
  devDependencies: ReadonlySet<string>,
  manifest: string,
): readonly Native[] => {
  const found = new Map<string, Native>()
  const add = (name: string, by: string, why: string, isDev: boolean, libc?: Native['libc']): void => {
    const before = found.get(name)
    if (!before || (before.isDev && !isDev))
      found.set(name, { name, by, why, ...(libc ? { libc } : {}), ...(isDev ? { isDev } : {}) })
  }
  if (folder.has('binding.gyp'))
    add('binding.gyp', folder.pathOf('binding.gyp')!, 'the program itself has code that node-gyp compiles', false)
  const by = lock === undefined ? undefined : folder.pathOf(lock)
  const entries = lock === undefined ? [] : entriesOf(folder, lock)
  if (by !== undefined) {
    for (const { name, isDev, compiles, hasScript } of entries) {
      if (compiles) add(name, by, 'it is compiled when it is installed, or brings a compiled file for each platform', isDev)
      else if (known.has(name)) add(name, by, 'it is known to hold machine code', isDev)
      else if (hasScript && !isDev && !harmless.test(name))
        add(name, by, 'a script of its own runs when it is installed: it may compile or download machine code', isDev)
    }
    for (const { name, only, isDev } of families(entries))
      add(name, by, `it brings machine code that only ${only} can load`, isDev, only)
  }
  for (const name of dependencies)
    if (known.has(name) && entries.length === 0) add(name, manifest, 'it is known to hold machine code', false)
  for (const name of devDependencies)
    if (known.has(name) && entries.length === 0) add(name, manifest, 'it is known to hold machine code', true)
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * Packages of one platform each, optional parts of another one: `x-linux-x64-gnu` and `x-linux-x64-musl`, `x-linux-x64` and `x-linuxmusl-x64`. Where there is one
 * for each, whoever installs takes the right one.
 */
function* families(entries: readonly Entry[]): Generator<{ name: string; only: 'glibc' | 'musl'; isDev: boolean }> {
  const found = new Map<string, { hasGlibc: boolean; hasMusl: boolean; hasOther: boolean; isDev: boolean }>()
  for (const { name, isDev, libc } of entries) {
    const at = name.indexOf('linux')
    if (at === -1) continue
    const rest = name.slice(at)
    const isMusl = libc.includes('musl') || /musl/.test(rest)
    const isGlibc = !isMusl && (libc.includes('glibc') || /-(?:gnu|glibc)/.test(rest))
    const base = name.slice(0, at).replace(/[-/]$/, '')
    const family = found.get(base) ?? { hasGlibc: false, hasMusl: false, hasOther: false, isDev: true }
    found.set(base, {
      hasGlibc: family.hasGlibc || isGlibc,
      hasMusl: family.hasMusl || isMusl,
      // Beside one for musl, what says nothing is for glibc.
      hasOther: family.hasOther || !(isMusl || isGlibc),
      isDev: family.isDev && isDev,
    })
  }
  for (const [name, { hasGlibc, hasMusl, hasOther, isDev }] of found)
    if (hasGlibc !== hasMusl && !(hasMusl && hasOther)) yield { name, only: hasGlibc ? 'glibc' : 'musl', isDev }
}

const entriesOf = (folder: ProjectFolder, lock: string): readonly Entry[] =>
  lock.endsWith('.json')
    ? fromNpm(folder.json(lock, 'lock'))
    : lock === 'bun.lockb'
      ? []
      : fromLines(folder.text(lock, 'lock') ?? '')

/** https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
const fromNpm = (json: unknown): readonly Entry[] => {
  const packages = field(json, 'packages')
  const found: Entry[] = []
  for (const path of keysOf(packages)) {
    const entry = field(packages, path)
    const at = path.lastIndexOf('node_modules/')
    if (at === -1 || !isObject(entry) || entry.link === true) continue
    // What only another system gets is not there.
    const systems = textsField(entry, 'os')
    if (systems.length > 0 && !systems.includes('linux') && !systems.some(one => one.startsWith('!') && one !== '!linux'))
      continue
    found.push({
      name: textField(entry, 'name') ?? path.slice(at + 'node_modules/'.length),
      isDev: entry.dev === true || entry.devOptional === true,
      compiles: [...keysOf(entry.dependencies), ...keysOf(entry.optionalDependencies)].some(name => compiling.has(name)),
      hasScript: entry.hasInstallScript === true,
      libc: textsField(entry, 'libc'),
    })
  }
  if (found.length > 0 || packages !== undefined) return found
  // Version 1 knows no scripts.
  const waiting: unknown[] = [field(json, 'dependencies')]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const name of keysOf(next)) {
      const entry = field(next, name)
      found.push({
        name,
        isDev: field(entry, 'dev') === true,
        compiles: keysOf(field(entry, 'requires')).some(one => compiling.has(one)),
        hasScript: false,
        libc: [],
      })
      if (field(entry, 'dependencies') !== undefined) waiting.push(field(entry, 'dependencies'))
    }
  return found
}

/** Lock files of Yarn, pnpm and Bun: a key for each package, and below it what it depends on. Who is only for developing is not told. */
const fromLines = (text: string): readonly Entry[] => {
  const found = new Map<string, { -readonly [K in keyof Entry]: Entry[K] }>()
  let current: { -readonly [K in keyof Entry]: Entry[K] } | undefined
  const enter = (name: string): void => {
    current = found.get(name) ?? { name, isDev: false, compiles: false, hasScript: false, libc: [] }
    found.set(name, current)
  }
  let section = ''
  for (const line of text.split('\n')) {
    if (line.length > 4000) continue
    if (/^\S/.test(line)) {
      section = line.trim()
      current = undefined
    }
    // Bun: `    "sharp": ["sharp@0.33.5", "", { "dependencies": { … } }, "sha512-…"],`
    const bun = /^ {4}"[^"]{1,214}": \["((?:@[^@"/]{1,100}\/)?[^@"/]{1,214})@/.exec(line)
    if (bun) {
      enter(bun[1]!)
      if ([...line.matchAll(/"(@?[\w./-]{1,100})": "/g)].some(([, name]) => compiling.has(name!))) current!.compiles = true
      continue
    }
    const head =
      /^"?((?:@[^@\s"/,]{1,100}\/)?[^@\s"/,:]{1,214})@[^:]/.exec(line) ??
      (/^(?:packages|snapshots):/.test(section)
        ? /^ {2}['"]?\/?((?:@[^@\s'"/]{1,100}\/)?[^@\s'"/]{1,214})[@/]\d/.exec(line)
        : null)
    if (head) {
      enter(head[1]!)
      continue
    }
    if (!current || !line.startsWith('  ')) continue
    const word = /^\s{2,10}["']?(@?[\w./-]{1,120})["']?(?::|\s)/.exec(line)?.[1]
    if (word === undefined) continue
    if (compiling.has(word)) current.compiles = true
    else if (word === 'requiresBuild') current.hasScript = true
    else if (word === 'dev' && /:\s{0,4}true/.test(line)) current.isDev = true
    else if (word === 'libc' || word === 'conditions')
      current.libc = /musl/.test(line) ? ['musl'] : /glibc/.test(line) ? ['glibc'] : current.libc
  }
  return [...found.values()]
}
