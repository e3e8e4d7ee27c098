/** Ruby: Gemfile and Gemfile.lock (https://bundler.io/man/gemfile.5.html). */
import type { Native, Stack, Stated } from '../../../model/project.ts'
import { procfileStart } from '../command-words.ts'
import { hashComment, type Probe, probe, withoutComments } from '../probes.ts'
import { distinct, emptyStack, type ProjectFolder, type StackReader, stated } from '../stack-reader.ts'

/** Gems with C code, and the library of the system that they need when they run. */
const compiled: Readonly<Record<string, string>> = {
  pg: 'libpq',
  mysql2: 'libmysqlclient or libmariadb',
  rmagick: 'ImageMagick',
  'ruby-vips': 'libvips',
  charlock_holmes: 'ICU',
  tiny_tds: 'FreeTDS',
  rugged: 'libgit2',
  curb: 'libcurl',
  unf_ext: '',
  bcrypt: '',
  bootsnap: '',
  ffi: '',
  nokogiri: '',
  sqlite3: '',
  puma: '',
  nio4r: '',
  msgpack: '',
  hiredis: '',
  'hiredis-client': '',
  grpc: '',
  'google-protobuf': '',
  sassc: '',
  mini_racer: '',
  'libv8-node': '',
  eventmachine: '',
  thin: '',
  unicorn: '',
  passenger: '',
  racc: '',
  redcarpet: '',
  commonmarker: '',
  oj: '',
  jaro_winkler: '',
  bigdecimal: '',
  date: '',
  'websocket-driver': '',
  argon2: '',
  rdkafka: '',
  snappy: '',
  psych: '',
  therubyracer: '',
}

const reader: StackReader = {
  name: 'ruby',
  marks: ['Gemfile', 'gems.rb'],
  read(folder) {
    const file = folder.has('Gemfile') ? 'Gemfile' : 'gems.rb'
    const text = folder.text(file)
    if (text === undefined) return undefined
    const own = folder.pathOf(file)!
    const lockName = ['Gemfile.lock', 'gems.locked'].find(name => folder.has(name))
    const lock = lockName === undefined ? '' : (folder.text(lockName, 'lock') ?? '')
    const lockFile = lockName === undefined ? undefined : folder.pathOf(lockName)
    const { dependencies, devDependencies, locals } = gems(withoutComments(text, hashComment))
    const isRails = dependencies.has('rails') || folder.has('config/application.rb') || folder.has('bin/rails')
    const probed = probe(folder.sources(['.rb', '.ru']), probes, hashComment)
    const hasAssets =
      isRails &&
      ['sprockets-rails', 'propshaft', 'sprockets', 'webpacker', 'vite_rails', 'sassc-rails'].some(name => dependencies.has(name))
    const start = startOf(folder, isRails, dependencies, own)
    return {
      ...emptyStack('ruby', folder.path),
      manager: 'bundler',
      managerVersion: stated(/^BUNDLED WITH\r?\n[ \t]{1,8}(\d[\w.]{0,20})/m.exec(lock)?.[1], lockFile),
      lockFile,
      manifests: manifestsOf(folder, locals),
      version: versionOf(folder, text, lock, own, lockFile),
      dependencies,
      devDependencies,
      build: hasAssets ? { value: 'bundle exec rails assets:precompile', by: own } : undefined,
      output: hasAssets ? { value: 'public/assets', by: own } : undefined,
      start,
      native: nativeOf(lock, lockFile, dependencies, devDependencies, own),
      ...probed,
      ports: distinct([...probed.ports, ...usualPorts(start)]),
      writes: distinct([
        ...(isRails
          ? ['tmp', 'log', ...(folder.has('config/storage.yml') ? ['storage'] : [])].map(value => ({ value, by: own }))
          : []),
        ...sqlitePaths(folder),
        ...probed.writes,
      ]),
    }
  },
}

export default reader

const versionOf = (
  folder: ProjectFolder,
  text: string,
  lock: string,
  own: string,
  lockFile: string | undefined,
): Stated<string> | undefined => {
  const line = /^\s{0,20}(?:ruby-)?(\d[\w.-]{0,30})/.exec(folder.text('.ruby-version') ?? '')?.[1]
  const tool = /^ruby[ \t]{1,20}(\S{1,40})/m.exec(folder.text('.tool-versions') ?? '')?.[1]
  return (
    stated(line, folder.pathOf('.ruby-version')) ??
    stated(tool, folder.pathOf('.tool-versions')) ??
    stated(/^[ \t]{0,8}ruby[ \t(]{1,4}["']([^"'\n]{1,40})["']/m.exec(text)?.[1], own) ??
    stated(/^RUBY VERSION\r?\n[ \t]{1,8}ruby (\d[\d.]{0,20})/m.exec(lock)?.[1], lockFile)
  )
}

/** `group :development, :test do … end` and `gem 'x', group: :test`, line by line. */
const gems = (
  text: string,
): {
  readonly dependencies: ReadonlySet<string>
  readonly devDependencies: ReadonlySet<string>
  readonly locals: readonly string[]
} => {
  const dependencies = new Set<string>()
  const devDependencies = new Set<string>()
  const locals: string[] = []
  /** Of each block that is open. */
  const open: boolean[] = []
  const isDev = (groups: string): boolean => {
    const names = [...groups.matchAll(/[:"'](\w{1,40})/g)]
      .map(([, name]) => name!)
      .filter(name => name !== 'groups' && name !== 'group')
    return names.length > 0 && names.every(name => /^(?:development|test|ci|lint|doc|rubocop|debug)$/.test(name))
  }
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    const gem = /^gem[ \t(]{1,4}["']([\w.-]{1,100})["'](.{0,1000})$/.exec(line)
    if (gem) {
      const inline = /groups?:[ \t]{0,4}(\[[^\]]{0,200}\]|:\w{1,40})/.exec(gem[2]!)?.[1]
      ;(open.includes(true) || (inline !== undefined && isDev(inline)) ? devDependencies : dependencies).add(gem[1]!)
      const path = /\bpath:[ \t]{0,4}["']([^"'\n]{1,200})["']/.exec(gem[2]!)?.[1]
      if (path !== undefined) locals.push(path)
    } else if (/\bdo(?:[ \t]{1,4}\|[^|]{0,60}\|)?$/.test(line) || /^(?:if|unless|case|begin)\b/.test(line))
      open.push(/^group\b/.test(line) && isDev(line))
    else if (line === 'end') open.pop()
  }
  return { dependencies, devDependencies, locals }
}

const manifestsOf = (folder: ProjectFolder, locals: readonly string[]): readonly string[] => {
  const names = [
    ...['Gemfile', 'Gemfile.lock', 'gems.rb', 'gems.locked', '.bundle/config', '.ruby-version', '.tool-versions'].filter(name =>
      folder.has(name),
    ),
    ...folder.files.filter(name => /^[^/]{1,100}\.gemspec$|^vendor\/cache\//.test(name)).slice(0, 500),
  ]
  for (const local of locals.slice(0, 100))
    names.push(...folder.files.filter(name => name.startsWith(`${local}/`) && /\.gemspec$|\/version\.rb$/.test(name)))
  return [...new Set(names.flatMap(name => folder.pathOf(name) ?? []))].sort()
}

/** Names under `specs:`; those with a platform behind the version are compiled already: `nokogiri (1.18.0-x86_64-linux-gnu)`. */
const nativeOf = (
  lock: string,
  lockFile: string | undefined,
  dependencies: ReadonlySet<string>,
  devDependencies: ReadonlySet<string>,
  own: string,
): readonly Native[] => {
  const platforms = new Map<string, string[]>()
  for (const [, name, version] of lock.matchAll(/^ {4}([\w.-]{1,100}) \(([^)\n]{1,100})\)/gm)) {
    const list = platforms.get(name!) ?? []
    platforms.set(name!, list)
    const platform = /-((?:x86_64|aarch64|arm|x86)[\w-]{0,40})$/.exec(version!)?.[1]
    list.push(platform ?? 'ruby')
  }
  const found: Native[] = []
  const names = lockFile === undefined ? new Set([...dependencies, ...devDependencies]) : new Set(platforms.keys())
  for (const name of [...names].sort()) {
    const library = compiled[name]
    const known = (platforms.get(name) ?? []).filter(one => one.includes('linux'))
    if (library === undefined && known.length === 0) continue
    const why =
      known.length === 0
        ? `it is compiled when it is installed${library ? `, and needs ${library} to run` : ''}`
        : known.some(one => one.endsWith('-musl')) && known.some(one => one.endsWith('-gnu'))
          ? 'it brings machine code: one for glibc, one for musl'
          : known.every(one => one.endsWith('-musl'))
            ? 'it brings machine code that only musl can load'
            : known.some(one => one.endsWith('-musl'))
              ? 'it brings machine code: one for glibc, one for musl'
              : 'it brings machine code for glibc; for musl it is compiled when it is installed'
    found.push({ name, by: lockFile ?? own, why, ...(devDependencies.has(name) ? { isDev: true as const } : {}) })
  }
  return found
}

const startOf = (folder: ProjectFolder, isRails: boolean, dependencies: ReadonlySet<string>, own: string): Stack['start'] => {
  const proc = stated(procfileStart(folder.text('Procfile')), folder.pathOf('Procfile'))
  if (proc) return proc
  if (isRails) return { value: ['bundle', 'exec', 'rails', 'server', '-b', '0.0.0.0'], by: own }
  if (folder.has('config.ru')) {
    const server = dependencies.has('puma') ? ['puma'] : dependencies.has('unicorn') ? ['unicorn'] : ['rackup', '-o', '0.0.0.0']
    return stated(['bundle', 'exec', ...server], folder.pathOf('config.ru'))
  }
  const script = ['app.rb', 'server.rb', 'main.rb'].find(name => folder.has(name))
  return script === undefined ? undefined : stated(['bundle', 'exec', 'ruby', script], folder.pathOf(script))
}

/** Where servers listen when nobody says otherwise. */
const usualPorts = (start: Stack['start']): Stack['ports'] => {
  const line = start?.value.join(' ') ?? ''
  const asked = /(?:-p|--port)[ =]{0,2}(\d{2,5})\b/.exec(line)?.[1]
  if (start && asked !== undefined) return [{ value: Number(asked), by: start.by }]
  if (start && /\brails (?:server|s)\b/.test(line)) return [{ value: 3000, by: start.by }]
  if (start && /\b(?:puma|rackup)\b/.test(line)) return [{ value: 9292, by: start.by }]
  if (start && /\bunicorn\b/.test(line)) return [{ value: 8080, by: start.by }]
  return []
}

/** `database: storage/production.sqlite3` */
const sqlitePaths = (folder: ProjectFolder): Stack['writes'] =>
  [
    ...(folder.text('config/database.yml') ?? '').matchAll(
      /^[ \t]{1,12}database:[ \t]{1,8}["']?([\w./-]{1,100})\/[\w.-]{1,60}\.sqlite3/gm,
    ),
  ].flatMap(([, path]) => stated(path!, folder.pathOf('config/database.yml')) ?? [])

const isWriting = (args: readonly string[]): boolean => args.slice(1).some(arg => /^(?:mode:[ \t]{0,4})?["'][wa]/.test(arg))

const probes: readonly Probe[] = [
  { finds: 'writes', pattern: /\bFile\.(?:write|binwrite)\(/g, argument: 0, isFolderOf: true },
  { finds: 'writes', pattern: /\b(?:File\.open|File\.new|CSV\.open)\(/g, argument: 0, only: isWriting, isFolderOf: true },
  { finds: 'writes', pattern: /\b(?:FileUtils\.mkdir_p|FileUtils\.mkdir|Dir\.mkdir)[ (]/g, argument: 0 },
  { finds: 'writes', pattern: /\bLogger\.new\((?=[ \t]{0,4}["'])/g, argument: 0, isFolderOf: true },
  { finds: 'writes', pattern: /\bSQLite3::Database\.new[ (](?=[ \t]{0,4}["'])/g, argument: 0, isFolderOf: true },
  { finds: 'writes', pattern: /\b(?:Tempfile\.(?:new|create|open)|Dir\.mktmpdir)\b/g, value: '/tmp' },
  { finds: 'ports', pattern: /^[ \t]{0,8}port[ (](?=[ \t]{0,4}(?:ENV|\d))/gm, argument: 0 },
  { finds: 'ports', pattern: /^[ \t]{0,8}set[ (][ \t]{0,4}:port[ \t]{0,4},[ \t]{0,4}/gm },
  { finds: 'ports', pattern: /^[ \t]{0,8}bind[ (][ \t]{0,4}["']tcp:\/\/[\d.]{1,20}:(\d{2,5})/gm },
  { finds: 'ports', pattern: /\b(?:TCPServer|WEBrick::HTTPServer)\.new\(/g, argument: [1, 'Port', ':Port', 0] },
  { finds: 'healthPaths', pattern: /^[ \t]{0,12}get[ (][ \t]{0,4}["'](\/[\w./-]{1,60})["']/gm },
  // Without a slash in front: https://guides.rubyonrails.org/routing.html. Rails 7.1 and later answer `up` themselves.
  {
    finds: 'healthPaths',
    pattern: /^[ \t]{0,12}get[ (][ \t]{0,4}["']up["'][ \t]{0,4}=>[ \t]{0,4}["']rails\/health/gm,
    value: '/up',
  },
  { finds: 'healthPaths', pattern: /^[ \t]{0,4}get[ (][ \t]{0,4}["'](health|healthz|health_check)["']/gm, before: '/' },
  { finds: 'programs', pattern: /(?:^|[^.\w])(?:system|spawn)\((?=[ \t]{0,4}["'])/gm, argument: 0 },
  {
    finds: 'programs',
    pattern: /\b(?:Open3\.(?:capture2e|capture2|capture3|popen3|popen2e)|IO\.popen)\((?:[ \t]{0,4}\[)?/g,
    argument: 0,
  },
]
