/** The finished file system → what of it an attacker would look for: one walk over its rows. */
import type {
  Account,
  CacheFolder,
  CapableFile,
  Census,
  Counted,
  CountedFile,
  CountedMode,
  Group,
  Start,
} from '../../model/census.ts'
import type { Location } from '../../model/finding.ts'
import type { ImageConfig } from '../../model/image.ts'
import type { FileTable } from '../../model/layer-index.ts'
import type { Found } from '../cataloger.ts'
import type { CensusData, Program } from '../census-cataloger.ts'
import { fileCapabilities } from './capabilities.ts'
import type { MergedTree } from './layers/merged-tree.ts'
import { folderOf, nameOf } from './paths.ts'
import { placesOf, startCommand } from './start-command.ts'

/** Of each list so many are kept; all are counted. */
const itemLimit = 20
const accountLimit = 1000

export type CensusInput = {
  readonly tree: MergedTree
  /** Those of the tree, from the base upwards. */
  readonly tables: readonly FileTable[]
  readonly found: readonly Found<CensusData>[]
  readonly config: ImageConfig | undefined
  /** Where the file of a layer is seen; the path without a slash in front. */
  readonly place: (layer: number, path: string) => Location
}

export const takeCensus = ({ tree, tables, found, config, place }: CensusInput): Census => {
  const item = (path: string, layer: number): CountedFile => ({ path: `/${path}`, at: place(layer, path) })
  const setuid = new Counter<CountedMode>()
  const setgid = new Counter<CountedMode>()
  const capable = new Counter<CapableFile>()
  const writableFiles = new Counter<CountedMode>()
  const writableFolders = new Counter<CountedMode>()
  const tools = new Map<Tool, Counter<CountedFile>>(toolKinds.map(kind => [kind, new Counter<CountedFile>()]))
  const hostKeys = new Counter<CountedFile>()
  const gitFolders = new Map<string, number>()
  const caches = new Map<string, { kind: string; files: number; bytes: number; layer: number }>()
  for (const path of tree.paths()) {
    const { layer, row } = tree.get(path)!
    const table = tables[layer]!
    const type = table.types[row]!
    const isFile = type === 'f' || type === 'h'
    const mode = table.modes[row]!
    if (isFile) {
      // What nobody may execute is no program; setgid without that right once asked for mandatory locks.
      if (mode & 0o4000 && mode & 0o111) setuid.add(path, () => ({ ...item(path, layer), mode }))
      if ((mode & 0o2010) === 0o2010) setgid.add(path, () => ({ ...item(path, layer), mode }))
      const capability = table.capabilities[row]
      if (capability !== undefined) {
        const capabilities = fileCapabilities(capability)
        if (capabilities.length > 0) capable.add(path, () => ({ ...item(path, layer), capabilities }))
      }
    }
    if (mode & 0o002 && !isEverybodys(path)) {
      if (isFile) writableFiles.add(path, () => ({ ...item(path, layer), mode }))
      // In a sticky folder everybody removes only what is their own.
      else if (type === 'd' && !(mode & 0o1000)) writableFolders.add(path, () => ({ ...item(path, layer), mode }))
    }
    if (type === 'd') continue
    const name = nameOf(path)
    const tool = toolOf(name)
    if (tool !== undefined && isInBin(path) && (type === 'l' ? tree.real(path) !== undefined : (mode & 0o111) !== 0))
      tools.get(tool)!.add(path, () => item(path, layer))
    if (!isFile) continue
    if ((name === 'HEAD' || name === 'config') && nameOf(folderOf(path)) === '.git') {
      const folder = folderOf(path)
      if (!gitFolders.has(folder)) gitFolders.set(folder, layer)
    }
    // An empty one is what is left where somebody emptied it.
    if (path.startsWith('etc/ssh/ssh_host_') && name.endsWith('_key') && (type === 'h' || table.sizes[row]! > 0))
      hostKeys.add(path, () => item(path, layer))
    const cache = cacheOf(path)
    if (cache) {
      const known = caches.get(cache.folder)
      const bytes = table.sizes[row]!
      if (known) {
        known.files++
        known.bytes += bytes
      } else if (caches.size < cacheLimit) caches.set(cache.folder, { kind: cache.kind, files: 1, bytes, layer })
    }
  }
  const cacheFolders = new Counter<CacheFolder>()
  for (const [path, { layer, ...rest }] of caches) cacheFolders.add(path, () => ({ ...item(path, layer), ...rest }))
  const repositories = new Counter<CountedFile>()
  for (const [path, layer] of gitFolders) repositories.add(path, () => item(path, layer))
  const programs = programsIn(found)
  return {
    setuid: setuid.all(),
    setgid: setgid.all(),
    capable: capable.all(),
    writableFiles: writableFiles.all(),
    writableFolders: writableFolders.all(),
    shells: tools.get('shell')!.all(),
    packageManagers: tools.get('package manager')!.all(),
    compilers: tools.get('compiler')!.all(),
    downloaders: tools.get('downloader')!.all(),
    stepDowns: tools.get('step down')!.all(),
    sshDaemons: tools.get('ssh daemon')!.all(),
    caches: cacheFolders.all(),
    gitFolders: repositories.all(),
    hostKeys: hostKeys.all(),
    ...accountsIn(found),
    ...programCensus(found),
    start: config && startOf(config, tree, tables, programs),
  }
}

/** Keeps the first by path, and makes only those. */
class Counter<Item extends CountedFile> {
  #count = 0
  readonly #kept: { readonly path: string; readonly item: Item }[] = []

  add(path: string, make: () => Item): void {
    this.#count++
    const last = this.#kept.at(-1)
    if (this.#kept.length >= itemLimit && last && path >= last.path) return
    const at = this.#kept.findIndex(one => one.path > path)
    this.#kept.splice(at === -1 ? this.#kept.length : at, 0, { path, item: make() })
    if (this.#kept.length > itemLimit) this.#kept.pop()
  }

  all(): Counted<Item> {
    return { count: this.#count, items: this.#kept.map(({ item }) => item) }
  }
}

/** Folders that are everybody's by design, and those that are mounted over. */
const isEverybodys = (path: string): boolean =>
  path === 'tmp' || path === 'var/tmp' || /^(?:(?:var\/)?tmp|dev|proc|sys|(?:var\/|run\/)lock)(?:\/|$)/.test(path)

const isInBin = (path: string): boolean => /(?:^|\/)s?bin\/[^/]+$/.test(path) || /^busybox\/[^/]+$/.test(path)

const toolKinds = ['shell', 'package manager', 'compiler', 'downloader', 'step down', 'ssh daemon'] as const
type Tool = (typeof toolKinds)[number]

const shellNames: ReadonlySet<string> = new Set('sh ash bash dash zsh ksh mksh csh tcsh fish rbash yash pwsh'.split(' '))

const toolNames: ReadonlyMap<string, Tool> = new Map([
  ...[...shellNames].map(name => [name, 'shell'] as const),
  ...'apt apt-get aptitude dpkg apk yum dnf dnf5 microdnf tdnf rpm zypper pacman opkg emerge pip pip3 npm npx yarn pnpm gem corepack composer conda mamba brew'
    .split(' ')
    .map(name => [name, 'package manager'] as const),
  ...'cc c++ gcc g++ clang clang++ tcc make cmake ld as go rustc cargo javac ghc gfortran'
    .split(' ')
    .map(name => [name, 'compiler'] as const),
  ...'curl wget wget2 aria2c fetch ftp tftp ftpget nc ncat netcat socat scp sftp rsync'
    .split(' ')
    .map(name => [name, 'downloader'] as const),
  ...'gosu su-exec setuidgid s6-setuidgid chpst'.split(' ').map(name => [name, 'step down'] as const),
  ...'sshd dropbear'.split(' ').map(name => [name, 'ssh daemon'] as const),
])

/** Compilers have versions and targets in their names: `gcc-12`, `x86_64-linux-gnu-g++-12`, `clang-16`. */
const toolOf = (name: string): Tool | undefined =>
  toolNames.get(name) ??
  (/^(?:[a-z0-9_]{1,20}-linux-[a-z0-9]{1,12}-)?(?:gcc|g\+\+|clang|clang\+\+|gfortran)-\d{1,3}(?:\.\d{1,3}){0,2}$/.test(name)
    ? 'compiler'
    : undefined)

/** Cache folders that are counted apart from each other. */
const cacheLimit = 200

/** The folder of a cache, from what lies below it. Prefixes stand from the root; others at any depth. */
const cachePrefixes: readonly (readonly [kind: string, folder: string])[] = [
  ['apt', 'var/lib/apt/lists'],
  ['apt', 'var/cache/apt'],
  ['apk', 'var/cache/apk'],
  ['apk', 'etc/apk/cache'],
  ['yum', 'var/cache/yum'],
  ['dnf', 'var/cache/dnf'],
  ['dnf', 'var/cache/libdnf5'],
  ['zypper', 'var/cache/zypp'],
  ['pacman', 'var/cache/pacman/pkg'],
]
const cacheFolders: readonly (readonly [kind: string, folder: string])[] = [
  ['pip', '.cache/pip'],
  ['npm', '.npm/_cacache'],
  ['Yarn', '.cache/yarn'],
  ['Composer', '.cache/composer'],
  ['Composer', '.composer/cache'],
  ['Go', '.cache/go-build'],
  ['Go', 'go/pkg/mod/cache'],
  ['Cargo', '.cargo/registry'],
  ['Gradle', '.gradle/caches'],
]

const cacheOf = (path: string): { readonly kind: string; readonly folder: string } | undefined => {
  if (path.startsWith('var/') || path.startsWith('etc/apk/')) {
    const name = nameOf(path)
    for (const [kind, folder] of cachePrefixes)
      if (path.startsWith(`${folder}/`)) return name === 'lock' || name === 'CACHEDIR.TAG' ? undefined : { kind, folder }
  }
  if (!/cache|\.cargo\/registry\//.test(path)) return undefined
  for (const [kind, folder] of cacheFolders) {
    const at = path.startsWith(`${folder}/`) ? 0 : path.indexOf(`/${folder}/`) + 1
    if (at > 0 || path.startsWith(`${folder}/`)) return { kind, folder: path.slice(0, at + folder.length) }
  }
  return undefined
}

const accountsIn = (found: readonly Found<CensusData>[]): Pick<Census, 'accounts' | 'groups' | 'accountsAt' | 'groupsAt'> => {
  const passwd = found.find(({ data }) => data.of === 'passwd')
  const shadow = found.find(({ data }) => data.of === 'shadow')
  const group = found.find(({ data }) => data.of === 'group')
  const hidden = new Map(shadow?.data.of === 'shadow' ? shadow.data.lines.map(({ name, password }) => [name, password]) : [])
  const passwdOpened = passwd && openedAt(passwd)
  const shadowOpened = shadow && openedAt(shadow)
  const accounts: Counted<Account> | undefined =
    passwd?.data.of === 'passwd'
      ? {
          count: passwd.data.count,
          // Whoever is led to /etc/shadow and is not in it does not get in.
          items: passwd.data.lines.slice(0, accountLimit).map(line => {
            const password = line.password ?? hidden.get(line.name) ?? 'locked'
            const at = password !== 'empty' ? undefined : (line.password === undefined ? shadowOpened : passwdOpened)?.(line.name)
            return { ...line, password, ...(at === undefined ? {} : { passwordAt: at }) }
          }),
        }
      : undefined
  const groups: Counted<Group> | undefined =
    group?.data.of === 'group' ? { count: group.data.count, items: group.data.lines.slice(0, accountLimit) } : undefined
  return { accounts, groups, accountsAt: passwd?.at, groupsAt: group?.at }
}

/** Where an account got the empty password that a file of accounts has: the lowest layer from which on every version of the file has it. */
const openedAt = (found: Found<CensusData>): ((name: string) => Location) => {
  const versions = [found, ...found.earlier].map(({ at, data }) => ({
    at,
    open: new Set(
      data.of === 'passwd' || data.of === 'shadow'
        ? data.lines.flatMap(({ name, password }) => (password === 'empty' ? [name] : []))
        : [],
    ),
  }))
  return name => {
    const before = versions.findIndex(({ open }) => !open.has(name))
    return versions.at(before === -1 ? -1 : Math.max(0, before - 1))!.at
  }
}

const programsIn = (found: readonly Found<CensusData>[]): ReadonlyMap<string, Program> =>
  new Map(found.flatMap(({ path, data }) => (data.of === 'program' ? [[path, data.program] as const] : [])))

const programCensus = (
  found: readonly Found<CensusData>[],
): Pick<Census, 'programs' | 'machines' | 'withoutPie' | 'withoutRelro' | 'withoutCanary'> => {
  const machines = new Map<number, Counter<CountedFile>>()
  const lacking = { p: new Counter<CountedFile>(), r: new Counter<CountedFile>(), c: new Counter<CountedFile>() }
  let programs = 0
  for (const { path, at, data } of found) {
    if (data.of !== 'program') continue
    programs++
    const { machine, lacks } = data.program
    const make = (): CountedFile => ({ path: `/${path}`, at })
    const counter = machines.get(machine) ?? new Counter<CountedFile>()
    counter.add(path, make)
    if (machines.size < itemLimit) machines.set(machine, counter)
    for (const [letter, one] of Object.entries(lacking)) if (lacks.includes(letter)) one.add(path, make)
  }
  return {
    programs,
    machines: [...machines]
      .map(([machine, counter]) => ({ machine: machineName(machine), ...counter.all() }))
      .sort((a, b) => b.count - a.count || (a.machine < b.machine ? -1 : 1)),
    withoutPie: lacking.p.all(),
    withoutRelro: lacking.r.all(),
    withoutCanary: lacking.c.all(),
  }
}

/** ELF's `e_machine` (https://www.sco.com/developers/gabi/latest/ch4.eheader.html) → the architecture as Go and images call it. */
const machineName = (machine: number): string =>
  ({ 3: '386', 8: 'mips', 21: 'ppc64', 22: 's390x', 40: 'arm', 62: 'amd64', 183: 'arm64', 243: 'riscv64', 258: 'loong64' })[
    machine
  ] ?? `machine ${machine}`

const hops = 8

const startOf = (
  config: ImageConfig,
  tree: MergedTree,
  tables: readonly FileTable[],
  programs: ReadonlyMap<string, Program>,
): Start | undefined => {
  const command = startCommand(config)
  const program = command?.words[0]
  if (!command || program === undefined) return undefined
  const { stepsDownTo } = command
  const path = placesOf(program, config)
    .map(place => tree.real(place))
    .find(real => real !== undefined && tree.typeAt(real) !== 'd')
  // Busybox is the shell and all its tools in one.
  const isShell = [program, path ?? ''].some(one => shellNames.has(nameOf(one)) || nameOf(one) === 'busybox')
  if (path === undefined) return { program, path, kind: 'missing', isShell, stepsDownTo }
  // A hard link was looked into under the name that its body has.
  let body = path
  for (let i = 0; i < hops && tree.typeAt(body) === 'h'; i++) {
    const entry = tree.get(body)
    const target = entry && tables[entry.layer]!.targets[entry.row]
    if (target === undefined) break
    body = target
  }
  return { program, path: `/${path}`, kind: programs.has(body) ? 'elf' : 'other', isShell, stepsDownTo }
}
