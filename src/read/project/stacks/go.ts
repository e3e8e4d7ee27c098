/** Go modules: https://go.dev/ref/mod */
import type { Native, Stated } from '../../../model/project.ts'
import { procfileStart } from '../command-words.ts'
import { type Probe, probe, slashComment } from '../probes.ts'
import { emptyStack, type ProjectFolder, type Source, type StackReader, stated } from '../stack-reader.ts'

/** Modules that are C inside. */
const cgo =
  /^(?:github\.com\/(?:mattn\/go-sqlite3|confluentinc\/confluent-kafka-go(?:\/v\d)?|h2non\/bimg|davidbyttow\/govips(?:\/v\d)?|gographics\/imagick(?:\/v\d)?|DataDog\/zstd|valyala\/gozstd|linxGNU\/grocksdb|tecbot\/gorocksdb|marcboeker\/go-duckdb(?:\/v\d)?|libgit2\/git2go(?:\/v\d{1,3})?|go-gl\/[\w./-]{1,40}|rwcarlsen\/goexif\/cgo|godror\/godror|google\/gopacket|miekg\/pkcs11|containers\/image\/v5|pebbe\/zmq4|bytecodealliance\/wasmtime-go(?:\/v\d{1,3})?|shirou\/gopsutil\/cgo)|gocv\.io\/x\/gocv|gorm\.io\/driver\/sqlite)$/

const reader: StackReader = {
  name: 'go',
  marks: ['go.mod'],
  read(folder) {
    const text = folder.text('go.mod')
    if (text === undefined) return undefined
    const own = folder.pathOf('go.mod')!
    const toolchain = /^toolchain[ \t]{1,8}go(\S{1,40})/m.exec(text)?.[1]
    const language = /^go[ \t]{1,8}(\d[\w.]{0,40})/m.exec(text)?.[1]
    const { direct, indirect } = required(text)
    const sources = folder.sources(['.go'])
    const probed = probe(sources, probes, slashComment)
    const main = mainPackage(folder, sources, text)
    const lockFile = folder.has('go.sum') ? folder.pathOf('go.sum') : undefined
    return {
      ...emptyStack('go', folder.path),
      manager: 'go',
      lockFile,
      manifests: manifestsOf(folder, text),
      version: stated(toolchain ?? language, own),
      dependencies: direct,
      build: main && { value: `go build -o ${main.binary} ${main.package}`, by: main.by },
      output: main && { value: main.binary, by: main.by },
      start:
        stated(procfileStart(folder.text('Procfile')), folder.pathOf('Procfile')) ??
        (main && { value: [`./${main.binary}`], by: main.by }),
      native: nativeOf(sources, new Set([...direct, ...indirect]), own),
      ...probed,
      timeZones: timeZonesOf(sources),
    }
  },
}

export default reader

/** https://pkg.go.dev/time#LoadLocation; the package time/tzdata puts them into the program. */
const timeZonesOf = (sources: readonly Source[]): Stated<true> | undefined => {
  const source = sources.find(({ text }) => text.includes('time.LoadLocation('))
  return source && !sources.some(({ text }) => text.includes('"time/tzdata"')) ? { value: true, by: source.path } : undefined
}

const required = (text: string): { readonly direct: ReadonlySet<string>; readonly indirect: ReadonlySet<string> } => {
  const direct = new Set<string>()
  const indirect = new Set<string>()
  let isInside = false
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (/^require[ \t]{0,8}\($/.test(line)) isInside = true
    else if (line === ')') isInside = false
    else {
      const match = (
        isInside ? /^(\S{1,300})[ \t]{1,8}v\S{1,100}(.{0,200})$/ : /^require[ \t]{1,8}(\S{1,300})[ \t]{1,8}v\S{1,100}(.{0,200})$/
      ).exec(line)
      if (match) (match[2]!.includes('// indirect') ? indirect : direct).add(match[1]!.replace(/^"|"$/g, ''))
    }
  }
  return { direct, indirect }
}

/** Modules that a `replace` leads to and that lie in the context, workspaces and what is brought along. */
const manifestsOf = (folder: ProjectFolder, text: string): readonly string[] => {
  const names = ['go.mod', 'go.sum', 'go.work', 'go.work.sum', 'vendor/modules.txt'].filter(name => folder.has(name))
  const locals = [...text.matchAll(/=>[ \t]{1,8}(\.{1,2}\/[^\s]{1,200})/g)].map(([, path]) => path!)
  const work = folder.text('go.work') ?? ''
  for (const line of work.split('\n')) {
    const used = /^(?:use[ \t]{1,8})?(\.[^\s()]{0,200})$/.exec(line.trim())?.[1]
    if (used !== undefined && used !== '.') locals.push(used)
  }
  for (const local of locals.slice(0, 200))
    names.push(...['go.mod', 'go.sum'].map(name => `${local}/${name}`).filter(name => folder.has(name)))
  return [...new Set(names.flatMap(name => folder.pathOf(name) ?? []))].sort()
}

/** The package that becomes the program: the only one of name `main`, else one at the top or in cmd/ that is called as the module is. */
const mainPackage = (
  folder: ProjectFolder,
  sources: readonly Source[],
  mod: string,
): { readonly package: string; readonly binary: string; readonly by: string } | undefined => {
  const mains = new Map<string, Stated<string>>()
  for (const { name, path, text } of sources) {
    if (!/^package[ \t]{1,4}main\b/m.test(text) || !/^func[ \t]{1,4}main\(\)/m.test(text)) continue
    if (/^\/\/go:build[ \t]{1,4}(?:ignore|tools)\b/m.test(text)) continue
    const at = name.lastIndexOf('/')
    const dir = at === -1 ? '' : name.slice(0, at)
    // It becomes part of a command.
    if (!/^[\w./@+-]*$/.test(dir)) continue
    // A module of its own.
    if (!mains.has(dir) && (dir === '' || !hasOwnModule(folder, dir))) mains.set(dir, { value: dir, by: path })
  }
  const module = /^module[ \t]{1,8}"?([^\s"]{1,300})/m.exec(mod)?.[1] ?? 'app'
  const parts = module.split('/').filter(part => !/^v\d{1,3}$/.test(part))
  const own = parts.at(-1)!.replace(/[^\w.-]/g, '') || 'app'
  const all = [...mains.values()]
  const chosen =
    (all.length === 1 ? all[0] : undefined) ??
    mains.get('') ??
    mains.get(`cmd/${own}`) ??
    ['cmd/server', 'cmd/api', 'cmd/app', 'cmd/main', 'cmd', 'server', 'src']
      .map(dir => mains.get(dir))
      .find(one => one !== undefined)
  const only = all.filter(({ value }) => value.startsWith('cmd/'))
  const one = chosen ?? (only.length === 1 ? only[0] : undefined)
  if (!one) return undefined
  const last = one.value.slice(one.value.lastIndexOf('/') + 1)
  return {
    package: one.value === '' ? '.' : `./${one.value}`,
    binary: one.value === '' || /^(?:cmd|src|main|server|app|api)$/.test(last) ? own : last,
    by: one.by,
  }
}

const hasOwnModule = (folder: ProjectFolder, dir: string): boolean => {
  const parts = dir.split('/')
  return parts.some((_, i) => folder.has(`${parts.slice(0, i + 1).join('/')}/go.mod`))
}

const nativeOf = (sources: readonly Source[], modules: ReadonlySet<string>, own: string): readonly Native[] => {
  const found: Native[] = []
  const source = sources.find(({ text }) => /^(?:import[ \t]{1,4}|[ \t]{1,8})"C"[ \t\r]{0,8}$/m.test(text))
  if (source) found.push({ name: 'C', by: source.path, why: 'it has C code of its own: it cannot be built without CGO' })
  for (const name of modules)
    if (cgo.test(name)) found.push({ name, by: own, why: 'it is C inside: it cannot be built without CGO' })
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}

const isCreating = (args: readonly string[]): boolean => /O_(?:CREATE|WRONLY|RDWR|APPEND)/.test(args[1] ?? '')

const probes: readonly Probe[] = [
  { finds: 'writes', pattern: /\b(?:os|ioutil)\.(?:WriteFile|Create)\(/g, argument: 0, isFolderOf: true },
  { finds: 'writes', pattern: /\bos\.OpenFile\(/g, argument: 0, only: isCreating, isFolderOf: true },
  { finds: 'writes', pattern: /\bos\.(?:MkdirAll|Mkdir)\(/g, argument: 0 },
  { finds: 'writes', pattern: /\bos\.(?:MkdirTemp|CreateTemp)\([ \t]{0,4}""/g, value: '/tmp' },
  {
    finds: 'writes',
    pattern: /\bsql(?:x)?\.(?:Open|Connect)\([ \t]{0,4}"sqlite3?"[ \t]{0,4},[ \t]{0,4}(?!":memory)/g,
    isFolderOf: true,
  },
  { finds: 'writes', pattern: /\b(?:sqlite|bolt|bbolt|badger)\.Open\(/g, argument: 0, isFolderOf: true },
  { finds: 'writes', pattern: /\bFilename[ \t]{0,4}:[ \t]{0,4}(?="[^"\n]{1,100}\.log")/g, isFolderOf: true },
  { finds: 'writes', pattern: /\.SaveUploadedFile\(/g, argument: 1, isFolderOf: true },
  { finds: 'ports', pattern: /\bListenAndServe(?:TLS)?\(/g, argument: 0 },
  { finds: 'ports', pattern: /\bnet\.Listen\([ \t]{0,4}"tcp4?"[ \t]{0,4},[ \t]{0,4}/g },
  { finds: 'ports', pattern: /\bAddr[ \t]{0,8}:[ \t]{0,8}/g },
  { finds: 'ports', pattern: /\b(?:r|e|app|router|engine|server|srv|g|s|mux|http)\.(?:Run|Start|Listen)\(/g, argument: 0 },
  // `flag.String("addr", ":8080", "…")`, `flag.Int("port", 8080, "…")`
  {
    finds: 'ports',
    pattern:
      /\b(?:flag|pflag|fs|flags)\.(?:String|Int|Uint)\([ \t]{0,4}"[\w.-]{0,30}(?:addr|port|listen|address)[\w.-]{0,30}"[ \t]{0,4},[ \t]{0,4}/gi,
  },
  {
    finds: 'healthPaths',
    pattern: /\b(?:r|e|app|router|engine|mux|http|server|srv|g|s|api)\.(?:HandleFunc|Handle|GET|Get|Any|Method)\(/g,
    argument: 0,
    only: args => !/^"(?:POST|PUT)/.test(args[0] ?? ''),
  },
  { finds: 'healthPaths', pattern: /\.(?:HandleFunc|Handle)\([ \t]{0,4}"GET (\/[\w./-]{1,60})"/g },
  { finds: 'programs', pattern: /\bexec\.(?:Command|LookPath)\(/g, argument: 0 },
  { finds: 'programs', pattern: /\bexec\.CommandContext\(/g, argument: 1 },
]
