/** Rust: https://doc.rust-lang.org/cargo/reference/manifest.html */
import type { Native, Stack, Stated } from '../../../model/project.ts'
import { compilePattern } from '../../path-pattern.ts'
import { procfileStart } from '../command-words.ts'
import { type Probe, probe, slashComment } from '../probes.ts'
import {
  distinct,
  emptyStack,
  field,
  isObject,
  keysOf,
  listField,
  type ProjectFolder,
  type StackReader,
  stated,
  textField,
  textsField,
} from '../stack-reader.ts'

const reader: StackReader = {
  name: 'rust',
  marks: ['Cargo.toml'],
  read(folder, outer) {
    const toml = folder.toml('Cargo.toml')
    const own = folder.pathOf('Cargo.toml')!
    const isMember = outer?.manifests.includes(own) === true
    const hasLock = folder.has('Cargo.lock')
    const lockFile = hasLock ? folder.pathOf('Cargo.lock') : isMember ? outer.lockFile : undefined
    const binary = binaryOf(folder, toml, own)
    const dependencies = new Set([
      ...keysOf(field(toml, 'dependencies')),
      ...(isObject(field(toml, 'package')) ? [] : keysOf(field(toml, 'workspace', 'dependencies'))),
    ])
    const devDependencies = new Set(
      [...keysOf(field(toml, 'dev-dependencies')), ...keysOf(field(toml, 'build-dependencies'))].filter(
        name => !dependencies.has(name),
      ),
    )
    const probed = probe(folder.sources(['.rs']), probes, slashComment)
    return {
      ...emptyStack('rust', folder.path),
      manager: 'cargo',
      lockFile,
      manifests: [...new Set([...(isMember ? outer.manifests : []), ...manifestsOf(folder, toml)])].sort(),
      version: versionOf(folder, toml, own) ?? (isMember ? outer.version : undefined),
      dependencies,
      devDependencies,
      build: binary && {
        value: `cargo build --release${isMember ? ` -p ${cargoName(textField(toml, 'package', 'name')) ?? binary.value}` : ''}`,
        by: binary.by,
      },
      output: binary && { value: `target/release/${binary.value}`, by: binary.by },
      start:
        stated(procfileStart(folder.text('Procfile')), folder.pathOf('Procfile')) ??
        (binary && { value: [`./${binary.value}`], by: binary.by }),
      native: hasLock ? nativeOf(folder) : isMember ? outer.native : [],
      // What a member of a workspace is made of lies in its other members.
      writes: distinct([...probed.writes, ...(isMember ? outer.writes : [])]),
      healthPaths: distinct([...probed.healthPaths, ...(isMember ? outer.healthPaths : [])]),
      programs: distinct([...probed.programs, ...(isMember ? outer.programs : [])]),
      ports: distinct([...rocketPorts(folder, dependencies, own), ...probed.ports, ...(isMember ? outer.ports : [])]),
    }
  },
}

export default reader

/** https://rust-lang.github.io/rustup/overrides.html#the-toolchain-file */
const versionOf = (folder: ProjectFolder, toml: unknown, own: string): Stated<string> | undefined => {
  const old = folder.text('rust-toolchain')?.trim()
  const channel =
    textField(folder.toml('rust-toolchain.toml'), 'toolchain', 'channel') ??
    (old && !old.includes('\n')
      ? old
      : textField(old === undefined ? undefined : folder.toml('rust-toolchain'), 'toolchain', 'channel'))
  return (
    stated(channel, folder.pathOf(folder.has('rust-toolchain.toml') ? 'rust-toolchain.toml' : 'rust-toolchain')) ??
    stated(textField(toml, 'package', 'rust-version') ?? textField(toml, 'workspace', 'package', 'rust-version'), own)
  )
}

/** Cargo takes no others: https://doc.rust-lang.org/cargo/reference/manifest.html#the-name-field. It becomes part of a command. */
const cargoName = (value: string | undefined): string | undefined =>
  value !== undefined && /^\w[\w-]{0,200}$/.test(value) ? value : undefined

const binaryOf = (folder: ProjectFolder, toml: unknown, own: string): Stated<string> | undefined => {
  const name = cargoName(textField(toml, 'package', 'name'))
  const bins = listField(toml, 'bin').flatMap(one => cargoName(textField(one, 'name')) ?? [])
  const wanted = cargoName(textField(toml, 'package', 'default-run'))
  if (wanted !== undefined) return { value: wanted, by: own }
  if (bins.length === 1) return { value: bins[0]!, by: own }
  if (name !== undefined && (folder.has('src/main.rs') || bins.includes(name))) return { value: name, by: own }
  const others = folder.files.flatMap(path => /^src\/bin\/([\w-]{1,80})(?:\.rs|\/main\.rs)$/.exec(path)?.[1] ?? [])
  return others.length === 1 ? stated(others[0], own) : undefined
}

const manifestsOf = (folder: ProjectFolder, toml: unknown): readonly string[] => {
  const names = [
    'Cargo.toml',
    'Cargo.lock',
    'rust-toolchain',
    'rust-toolchain.toml',
    '.cargo/config.toml',
    '.cargo/config',
    'build.rs',
  ]
  const members = textsField(toml, 'workspace', 'members').slice(0, 200)
  const without = textsField(toml, 'workspace', 'exclude').map(one => compilePattern(`${one.replace(/\/$/, '')}/Cargo.toml`))
  for (const member of members) {
    const matches = compilePattern(`${member.replace(/^\.\//, '').replace(/\/$/, '')}/Cargo.toml`)
    for (const file of folder.files) {
      if (!file.endsWith('/Cargo.toml')) continue
      const parts = file.split('/')
      if (matches(parts) && !without.some(one => one(parts))) names.push(file, `${file.slice(0, -'Cargo.toml'.length)}build.rs`)
    }
  }
  for (const list of ['dependencies', 'build-dependencies', 'dev-dependencies'])
    for (const key of keysOf(field(toml, list))) {
      const path = textField(toml, list, key, 'path')
      if (path !== undefined) names.push(`${path}/Cargo.toml`)
    }
  return [...new Set(names.filter(name => folder.has(name)).flatMap(name => folder.pathOf(name) ?? []))]
}

/** Bindings of what every Linux has, or of other systems. */
const harmless =
  /^(?:windows|windows-[\w-]{1,40}|js|web|core-foundation|security-framework|core-graphics|core-audio|linux-raw|inotify|fsevent|mach|kernel32|winapi|ws2_32|user32|wasi|hermit|errno-dragonfly|iana-time-zone|objc|objc2?-\w{1,20}|coreaudio|ntapi|schannel|ndk|jni|vcpkg|android_log|apple|system-configuration|wit-bindgen|dirs|tracing|tikv-jemalloc)-sys$/

/** Libraries of the system that are needed when it runs, unless they are built in. */
const needs: Readonly<Record<string, string>> = {
  'openssl-sys': 'it needs OpenSSL when it is built and, unless that is built in, when it runs',
  'libpq-sys': 'it needs libpq when it is built and when it runs',
  pq: 'it needs libpq when it is built and when it runs',
  'pq-sys': 'it needs libpq when it is built and when it runs',
  'mysqlclient-sys': 'it needs the MySQL client library when it is built and when it runs',
  'libsqlite3-sys': 'it needs SQLite, or a C compiler that builds it in',
  'rdkafka-sys': 'it compiles librdkafka',
  ring: 'it compiles C and assembly',
  'aws-lc-sys': 'it compiles C and assembly',
}

const nativeOf = (folder: ProjectFolder): readonly Native[] => {
  const by = folder.pathOf('Cargo.lock')!
  const names = new Set(listField(folder.toml('Cargo.lock', 'lock'), 'package').flatMap(one => textField(one, 'name') ?? []))
  return [...names]
    .filter(name => needs[name] !== undefined || (name.endsWith('-sys') && !harmless.test(name)))
    .sort()
    .map(name => ({ name, by, why: needs[name] ?? 'it compiles C code, or needs a library of the system' }))
}

/** https://rocket.rs/guide/v0.5/configuration/ */
const rocketPorts = (folder: ProjectFolder, dependencies: ReadonlySet<string>, own: string): Stack['ports'] => {
  if (!dependencies.has('rocket')) return []
  const toml = folder.toml('Rocket.toml')
  for (const profile of ['release', 'global', 'default']) {
    const port = field(toml, profile, 'port')
    if (typeof port === 'number' && port > 0 && port < 65_536) return [{ value: port, by: folder.pathOf('Rocket.toml')! }]
  }
  return [{ value: 8000, by: own }]
}

const probes: readonly Probe[] = [
  { finds: 'writes', pattern: /\b(?:fs::write|File::create|File::create_new)\(/g, argument: 0, isFolderOf: true },
  { finds: 'writes', pattern: /\b(?:create_dir_all|create_dir)\(/g, argument: 0 },
  { finds: 'writes', pattern: /\brolling::(?:daily|hourly|never|minutely)\(/g, argument: 0 },
  { finds: 'writes', pattern: /"sqlite:(?:\/\/)?([^"\n?:]{1,100}\/)[^"\n/]{1,60}"/g },
  { finds: 'ports', pattern: /\b(?:bind|TcpListener::bind)\(/g, argument: 0 },
  {
    finds: 'ports',
    pattern: /\b(?:bind|serve|run)\([ \t]{0,4}\([ \t]{0,4}(?:"[^"\n]{1,40}"|\[[^\]\n]{1,30}\])[ \t]{0,4},[ \t]{0,4}/g,
  },
  {
    finds: 'ports',
    pattern:
      /\bSocketAddr(?:V4)?::(?:from|new)\([ \t\n]{0,20}(?:\([ \t]{0,4})?(?:\[[^\]\n]{1,30}\]|[\w:]{1,60}(?:\([^)\n]{0,40}\))?)[ \t]{0,4},[ \t]{0,4}/g,
  },
  {
    finds: 'ports',
    pattern: /\b(?:addr|address|listen)[ \t]{0,4}(?::[ \t]{0,4}\w{1,20})?[ \t]{0,4}=[ \t]{0,4}"[\d.[\]:]{1,20}:(\d{2,5})"/g,
  },
  { finds: 'healthPaths', pattern: /#\[(?:actix_web::|rocket::)?get\(/g, argument: 0 },
  { finds: 'healthPaths', pattern: /\.route\(/g, argument: 0 },
  { finds: 'healthPaths', pattern: /\bweb::resource\(/g, argument: 0 },
  { finds: 'programs', pattern: /\bCommand::new\(/g, argument: 0 },
]
