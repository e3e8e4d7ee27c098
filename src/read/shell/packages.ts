/**
 * What package managers are asked to do. Each tool's own grammar decides what a word means.
 */
import { hasOption, optionValue } from './queries.ts'
import type { Command, ShellWord } from './script.ts'

export type PackageManager =
  | 'apt'
  | 'dpkg'
  | 'apk'
  | 'dnf'
  | 'yum'
  | 'microdnf'
  | 'tdnf'
  | 'zypper'
  | 'rpm'
  | 'pip'
  | 'pipx'
  | 'uv'
  | 'conda'
  | 'npm'
  | 'yarn'
  | 'pnpm'
  | 'bun'
  | 'gem'
  | 'go'
  | 'cargo'
  | 'composer'

export type PackageAction = 'install' | 'update-index' | 'upgrade' | 'remove' | 'clean' | 'other'

/**
 * `name`: from an index or repository. `file`: a package file, an archive or a wheel. `path`: a folder. `url`: a download, or a version control
 * address. `group`: a set (`@development-tools`). `requirement-file`: a list of packages (`-r x.txt`). `variable`: what it is depends on an expansion.
 * `removal`: apt's `pkg-`, apk's `!pkg`, zypper's `-pkg`: asked to be absent.
 */
export type PackageKind = 'name' | 'file' | 'path' | 'url' | 'group' | 'requirement-file' | 'variable' | 'removal'

export type RequestedPackage = {
  readonly word: ShellWord
  /** Without version, release or tag: `curl`, `@scope/name`, `requests`. For other kinds than `name`, the word's text. */
  readonly name: string
  /** As written, without its operator when it is `=`, `==`, `@` or `:`: `1.0-1`, `~=2.0` (pip), `~1.2` (apk). Undefined: whatever is newest. */
  readonly version: string | undefined
  readonly kind: PackageKind
}

export type PackageRequest = {
  readonly manager: PackageManager
  /** The name as written, without its path: `apt-get`, `pip3`. */
  readonly program: string
  readonly action: PackageAction
  /** The verb's word: `install`. Undefined when the action is an option (`rpm -i`) or implied (`yarn`). */
  readonly verb: ShellWord | undefined
  readonly packages: readonly RequestedPackage[]
  /** It will not ask: an option says so, or the tool never asks. */
  readonly assumesYes: boolean
}

type Parsed = { action: PackageAction; verb?: ShellWord; packages?: readonly RequestedPackage[]; assumesYes: boolean }

/** A value of an option as a word, so that rules can point at it. */
const valueWord = (option: Command['options'][number]): ShellWord => ({
  span: option.span,
  raw: option.word.raw,
  text: option.value ?? '',
  literal: option.word.literal,
  quoted: option.word.quoted,
})

const isVariable = (word: ShellWord): boolean => /^["']?\$|^`/.test(word.text) && !word.literal
const isUrl = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
const isPath = (text: string): boolean => /^(?:\.{0,2}\/|~\/|\.{1,2}$)/.test(text)

type Describe = (word: ShellWord) => RequestedPackage

/** The cases that all tools share; `describe` gets what is left. */
const described =
  (extension: RegExp, describe: (text: string) => { name: string; version?: string | undefined; kind?: PackageKind }): Describe =>
  word => {
    const { text } = word
    const as = (kind: PackageKind): RequestedPackage => ({ word, name: text, version: undefined, kind })
    if (isVariable(word)) {
      // `$PKG` alone; `${PKG}=1.0` still says that there is a version.
      const { version } = describe(text.replace(/^\$\{[^}]*\}|^\$\w+/, 'x'))
      return { word, name: text, version, kind: 'variable' }
    }
    if (isUrl(text)) return as('url')
    if (extension.test(text) && (isPath(text) || text.includes('/') || !word.literal)) return as('file')
    if (isPath(text)) return as(extension.test(text) ? 'file' : 'path')
    const { name, version, kind } = describe(text)
    return { word, name, version, kind: kind ?? 'name' }
  }

const cutAt = (text: string, at: number, width = 1): { name: string; version: string | undefined } =>
  at <= 0 ? { name: text, version: undefined } : { name: text.slice(0, at), version: text.slice(at + width) || undefined }

const aptPackage = described(/\.deb$/, text => {
  const sign = text.at(-1)
  // A name may end in `+` (g++): apt looks for a package of the whole name first, and so must we without an index.
  if (sign === '-' && text.length > 1) return { name: text.slice(0, -1), kind: 'removal' }
  const equals = text.indexOf('=')
  if (equals > 0) return cutAt(text, equals)
  const slash = text.indexOf('/')
  if (slash > 0) return { name: text.slice(0, slash), version: undefined }
  return { name: text }
})

const apkPackage = described(/\.apk$/, text => {
  if (text.startsWith('!')) return { name: text.slice(1), kind: 'removal' }
  const tag = text.indexOf('@')
  const plain = tag > 0 ? text.slice(0, tag) : text
  const at = plain.search(/[=<>~]/)
  if (at <= 0) return { name: plain, version: undefined }
  const operator = /^[=<>~]+/.exec(plain.slice(at))![0]
  const version = plain.slice(at + operator.length)
  return { name: plain.slice(0, at), version: operator === '=' || operator === '==' ? version : operator + version }
})

/** `name-version-release.arch`, `name-version`, `name-epoch:version`: a version begins with a digit after a dash. */
const rpmPackage = described(/\.rpm$/, text => {
  if (text.startsWith('@')) return { name: text.slice(1), kind: 'group' }
  if (text.endsWith('.rpm')) return { name: text, kind: 'file' }
  const at = text.search(/-(?:\d+:)?[\d$*]/)
  if (at <= 0)
    return { name: text.replace(/\.(?:x86_64|aarch64|i[3-6]86|noarch|ppc64le|s390x|armv7hl)$/, ''), version: undefined }
  // `java-1.8.0-openjdk` and `python3-2to3` have digits in their names: a version is followed by a release, or by nothing.
  const rest = text.slice(at + 1)
  if (!/^(?:\d+:)?[\d$*][^-]*(?:-[^-]*)?$/.test(rest)) return { name: text, version: undefined }
  if (/^\d[^-]*-[a-z]/i.test(rest)) return { name: text, version: undefined }
  return { name: text.slice(0, at), version: rest }
})

const zypperPackage = described(/\.rpm$/, text => {
  if (/^[-!~]/.test(text)) return { name: text.slice(1), kind: 'removal' }
  const plain = text.startsWith('+') ? text.slice(1) : text
  if (plain.endsWith('.rpm')) return { name: plain, kind: 'file' }
  if (plain.startsWith('pattern:')) return { name: plain.slice(8), kind: 'group' }
  const at = plain.search(/[=<>]/)
  if (at > 0) {
    const operator = /^[=<>]+/.exec(plain.slice(at))![0]
    const version = plain.slice(at + operator.length)
    return { name: plain.slice(0, at), version: operator === '=' || operator === '==' ? version : operator + version }
  }
  return { name: plain, version: undefined }
})

const pipFile = /\.(?:whl|tar\.gz|zip|tgz|tar\.bz2|tar\.xz)(?:\[[^\]]*\])?$/
const pipName = described(pipFile, text => {
  if (pipFile.test(text)) return { name: text, kind: 'file' }
  if (/^\.{1,2}\[/.test(text) || text.includes('/')) return { name: text, kind: 'path' }
  // Blanks mean nothing in a requirement, and the environment marker after `;` is no part of the version: https://peps.python.org/pep-0508/
  const requirement = text.split(';', 1)[0]!.replace(/\s+/g, '')
  const found = /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\(?([=<>!~][^)]*)?\)?$/.exec(requirement)
  if (!found) return { name: text, version: undefined }
  const exact = /^={2,3}([^,]+)$/.exec(found[2] ?? '')
  return { name: found[1]!, version: exact ? exact[1]! : found[2] }
})

/** `name @ address`: https://peps.python.org/pep-0508/ */
const pipPackage: Describe = word => {
  const direct = /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])? *@ *([^ ].*)$/.exec(word.text)
  return direct ? { word, name: direct[1]!, version: direct[2]!.trim(), kind: 'url' } : pipName(word)
}

const gitHost = /^(?:git@|github:|gitlab:|bitbucket:|gist:|git:|git\+)/
const npmPackage = described(/\.(?:tgz|tar\.gz|tar)$/, text => {
  if (gitHost.test(text)) return { name: text, kind: 'url' }
  if (/^(?:file|link|portal|workspace):/.test(text)) return { name: text, kind: 'path' }
  if (/\.(?:tgz|tar\.gz)$/.test(text)) return { name: text, kind: 'file' }
  // `owner/name` is a GitHub repository: https://docs.npmjs.com/cli/commands/npm-install
  if (/^[^@/]+\/[^/]+$/.test(text)) return { name: text, kind: 'url' }
  const at = text.indexOf('@', 1)
  const { name, version } = cutAt(text, at)
  if (version?.startsWith('npm:')) {
    const inner = cutAt(version.slice(4), version.slice(4).indexOf('@', 1))
    return { name: inner.name, version: inner.version }
  }
  if (version !== undefined && (gitHost.test(version) || isUrl(version))) return { name, version, kind: 'url' }
  return { name, version }
})

const gemPackage = described(/\.gem$/, text => {
  if (text.endsWith('.gem')) return { name: text, kind: 'file' }
  return cutAt(text, text.indexOf(':'))
})

const goPackage = described(/\.go$/, text => {
  if (text.endsWith('.go')) return { name: text, kind: 'file' }
  return cutAt(text, text.indexOf('@'))
})

const cargoPackage = described(/\.crate$/, text => cutAt(text, text.indexOf('@')))
const composerPackage = described(/\.zip$/, text => {
  const at = text.search(/[:=]/)
  return cutAt(text, at)
})
const condaPackage = described(/\.(?:conda|tar\.bz2)$/, text => {
  const channel = text.indexOf('::')
  const plain = channel === -1 ? text : text.slice(channel + 2)
  const at = plain.search(/[=<>!~\s]/)
  if (at <= 0) return { name: plain, version: undefined }
  const specifier = plain.slice(at).trim()
  const exact = /^={1,3}([^,<>=!]+(?:=[^,<>=!]+)?)$/.exec(specifier)
  return { name: plain.slice(0, at), version: exact ? exact[1]! : specifier }
})

const verbs = (spec: Readonly<Partial<Record<PackageAction, string>>>): ReadonlyMap<string, PackageAction> => {
  const map = new Map<string, PackageAction>()
  for (const [action, words] of Object.entries(spec)) for (const word of words.split(' ')) map.set(word, action as PackageAction)
  return map
}

const aptVerbs = verbs({
  install: 'install reinstall build-dep',
  'update-index': 'update',
  upgrade: 'upgrade dist-upgrade full-upgrade safe-upgrade dselect-upgrade',
  remove: 'remove purge autoremove autopurge',
  clean: 'clean autoclean distclean',
})
const apkVerbs = verbs({ install: 'add', 'update-index': 'update', upgrade: 'upgrade fix', remove: 'del', clean: '' })
const dnfVerbs = verbs({
  install: 'install in localinstall groupinstall reinstall install-n install-na install-nevra builddep',
  'update-index': 'makecache check-update',
  upgrade:
    'update upgrade up update-minimal upgrade-minimal distro-sync dist-sync dsync distribution-synchronization localupdate groupupdate',
  remove: 'remove erase rm autoremove groupremove remove-n erase-n',
  clean: 'clean',
})
const zypperVerbs = verbs({
  install: 'install in source-install si',
  'update-index': 'refresh ref',
  upgrade: 'update up dist-upgrade dup patch',
  remove: 'remove rm',
  clean: 'clean cc',
})

type Reader = (command: Command) => Parsed | undefined

/** `tool verb package…` */
const byVerb = (
  command: Command,
  known: ReadonlyMap<string, PackageAction>,
  describe: Describe,
  assumesYes: boolean,
  operands = command.operands,
): Parsed | undefined => {
  const verb = operands[0]
  if (!verb) return undefined
  const action = known.get(verb.text) ?? 'other'
  const named = action === 'install' || action === 'remove' || action === 'upgrade'
  return { action, verb, packages: named ? operands.slice(1).map(describe) : [], assumesYes }
}

const apt: Reader = command => {
  const quiet = command.options.reduce((level, { name, value }) => {
    if (name !== '-q' && name !== '--quiet') return level
    // `-q=2` sets the level, every other one raises it.
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : level + 1
  }, 0)
  const set = command.options.some(
    ({ name, value }) =>
      (name === '-o' || name === '--option') &&
      (/^APT::Get::(?:Assume-Yes|force-yes)=(?:"?(?:true|yes|1|on|enable)"?)$/i.test(value ?? '') ||
        /^quiet=[2-9]$/i.test(value ?? '')),
  )
  // Level 2 implies -y: https://manpages.debian.org/apt-get
  const yes = hasOption(command, '-y', '--yes', '--assume-yes', '--force-yes') || quiet >= 2 || set
  const no = hasOption(command, '--assume-no')
  return byVerb(command, aptVerbs, aptPackage, yes && !no)
}

const dpkg: Reader = command => {
  const install = hasOption(command, '-i', '--install', '--unpack')
  const remove = hasOption(command, '-r', '--remove', '-P', '--purge')
  const packages =
    install || remove
      ? command.operands.map(word => ({
          ...aptPackage(word),
          ...(install && /\.deb$/.test(word.text) ? { kind: 'file' as const, name: word.text, version: undefined } : {}),
        }))
      : []
  return { action: install ? 'install' : remove ? 'remove' : 'other', packages, assumesYes: true }
}

const dnf: Reader = command => {
  const yes = hasOption(command, '-y', '--assumeyes') && !hasOption(command, '--assumeno')
  const [first, second] = command.operands
  if (first && second && (first.text === 'group' || first.text === 'groups' || first.text === 'module')) {
    const verb = second.text
    const install = verb === 'install' || (first.text === 'module' && verb === 'enable')
    const action: PackageAction =
      verb === 'remove' || verb === 'erase'
        ? 'remove'
        : verb === 'update' || verb === 'upgrade'
          ? 'upgrade'
          : install && verb === 'install'
            ? 'install'
            : 'other'
    const packages = command.operands.slice(2).map((word): RequestedPackage => {
      if (isVariable(word)) return { word, name: word.text, version: undefined, kind: 'variable' }
      const { name, version } =
        first.text === 'module'
          ? cutAt(word.text.split('/', 1)[0]!, word.text.indexOf(':'))
          : { name: word.text, version: undefined }
      return { word, name, version, kind: 'group' }
    })
    return { action, verb: second, packages: action === 'other' ? [] : packages, assumesYes: yes }
  }
  const parsed = byVerb(command, dnfVerbs, rpmPackage, yes)
  if (parsed && /^group(?:install|remove|update)$/.test(first!.text)) {
    return {
      ...parsed,
      packages: parsed.packages!.map(each =>
        each.kind === 'variable' ? each : { ...each, name: each.word.text.replace(/^@/, ''), version: undefined, kind: 'group' },
      ),
    }
  }
  return parsed
}

const zypper: Reader = command => {
  // -n before the verb is --non-interactive; after it, -n of `install` is --name, which takes no part in this.
  const yes =
    command.options.some(
      option =>
        option.name === '--non-interactive' ||
        (option.name === '-n' && option.span.start < (command.operands[0]?.span.start ?? 0)),
    ) || hasOption(command, '-y', '--no-confirm')
  const parsed = byVerb(command, zypperVerbs, zypperPackage, yes)
  const pattern = optionValue(command, '-t', '--type') === 'pattern'
  return pattern && parsed?.packages ? { ...parsed, packages: parsed.packages.map(each => ({ ...each, kind: 'group' })) } : parsed
}

const rpm: Reader = command => {
  if (hasOption(command, '-q', '--query', '-V', '--verify', '--import', '--eval', '-E', '-K', '--checksig'))
    return { action: 'other', assumesYes: true }
  const install = hasOption(command, '-i', '--install')
  const upgrade = hasOption(command, '-U', '--upgrade', '-F', '--freshen')
  const remove = hasOption(command, '-e', '--erase')
  if (!install && !upgrade && !remove) return { action: 'other', assumesYes: true }
  return { action: remove ? 'remove' : 'install', packages: command.operands.map(rpmPackage), assumesYes: true }
}

/** `-r file`, `-e path`: packages named by options. */
const fromOptions = (command: Command): RequestedPackage[] => {
  const packages: RequestedPackage[] = []
  for (const option of command.options) {
    const text = option.value
    if (text === undefined) continue
    if (option.name === '-r' || option.name === '--requirement' || option.name === '--requirements')
      packages.push({ word: valueWord(option), name: text, version: undefined, kind: 'requirement-file' })
    else if (option.name === '-e' || option.name === '--editable') packages.push(pipPackage(valueWord(option)))
  }
  return packages
}

const byPosition = (packages: readonly RequestedPackage[]): RequestedPackage[] =>
  packages.toSorted((a, b) => a.word.span.start - b.word.span.start)

const pipInstall = (command: Command, words: readonly ShellWord[]): RequestedPackage[] =>
  byPosition([...words.map(pipPackage), ...fromOptions(command)])

const pip: Reader = command => {
  const verb = command.operands[0]
  if (!verb) return undefined
  const words = command.operands.slice(1)
  if (verb.text === 'install') return { action: 'install', verb, packages: pipInstall(command, words), assumesYes: true }
  if (verb.text === 'uninstall')
    return { action: 'remove', verb, packages: pipInstall(command, words), assumesYes: hasOption(command, '-y', '--yes') }
  if (verb.text === 'cache')
    return { action: words[0]?.text === 'purge' || words[0]?.text === 'remove' ? 'clean' : 'other', verb, assumesYes: true }
  return { action: 'other', verb, assumesYes: true }
}

const uv: Reader = command => {
  const [first, second] = command.operands
  if (!first) return undefined
  if (first.text === 'pip' && second) {
    const action: PackageAction = second.text === 'install' ? 'install' : second.text === 'uninstall' ? 'remove' : 'other'
    return {
      action,
      verb: second,
      packages: action === 'other' ? [] : pipInstall(command, command.operands.slice(2)),
      assumesYes: true,
    }
  }
  if (first.text === 'tool' && second) {
    const action: PackageAction =
      second.text === 'install'
        ? 'install'
        : second.text === 'uninstall'
          ? 'remove'
          : second.text === 'upgrade'
            ? 'upgrade'
            : 'other'
    return {
      action,
      verb: second,
      packages: action === 'other' ? [] : command.operands.slice(2).map(pipPackage),
      assumesYes: true,
    }
  }
  if (first.text === 'add' || first.text === 'remove')
    return {
      action: first.text === 'add' ? 'install' : 'remove',
      verb: first,
      packages: pipInstall(command, command.operands.slice(1)),
      assumesYes: true,
    }
  if (first.text === 'cache')
    return { action: second?.text === 'clean' || second?.text === 'prune' ? 'clean' : 'other', verb: first, assumesYes: true }
  return { action: first.text === 'sync' ? 'install' : 'other', verb: first, assumesYes: true }
}

const simple =
  (known: ReadonlyMap<string, PackageAction>, describe: Describe): Reader =>
  command =>
    byVerb(command, known, describe, true)

const pipx = simple(
  verbs({ install: 'install install-all inject', upgrade: 'upgrade upgrade-all', remove: 'uninstall uninstall-all' }),
  pipPackage,
)

const npmVerbs = verbs({
  // https://docs.npmjs.com/cli/commands/npm-install: the aliases are npm's own
  install: 'install i in ins inst insta instal isnt isnta isntal isntall add ci clean-install ic install-clean isntall-clean',
  upgrade: 'update up upgrade udpate',
  remove: 'uninstall un remove rm r unlink',
})
const npm: Reader = command => {
  const [verb, next] = command.operands
  if (!verb) return undefined
  if (verb.text === 'cache')
    return {
      action: next && /^(?:clean|clear|rm|verify)$/.test(next.text) && next.text !== 'verify' ? 'clean' : 'other',
      verb,
      assumesYes: true,
    }
  return byVerb(command, npmVerbs, npmPackage, true)
}

const yarnVerbs = verbs({ install: 'install add', upgrade: 'up upgrade', remove: 'remove' })
const yarn: Reader = command => {
  const [first, second] = command.operands
  // A bare `yarn` installs what package.json says.
  if (!first)
    return hasOption(command, '--version', '-v', '--help', '-h')
      ? { action: 'other', assumesYes: true }
      : { action: 'install', assumesYes: true }
  if (first.text === 'global' && second) {
    const action = yarnVerbs.get(second.text) ?? 'other'
    return {
      action,
      verb: second,
      packages: action === 'other' ? [] : command.operands.slice(2).map(npmPackage),
      assumesYes: true,
    }
  }
  if (first.text === 'cache') return { action: second?.text === 'clean' ? 'clean' : 'other', verb: first, assumesYes: true }
  return byVerb(command, yarnVerbs, npmPackage, true)
}

const pnpmVerbs = verbs({ install: 'install i add', upgrade: 'update up upgrade', remove: 'remove rm uninstall un' })
const pnpm: Reader = command => {
  const [first, second] = command.operands
  if (first?.text === 'store') return { action: second?.text === 'prune' ? 'clean' : 'other', verb: first, assumesYes: true }
  return byVerb(command, pnpmVerbs, npmPackage, true)
}
const bun = simple(verbs({ install: 'install i add a', upgrade: 'update', remove: 'remove rm' }), npmPackage)

const gemVerbs = verbs({ install: 'install i', upgrade: 'update', remove: 'uninstall', clean: 'cleanup' })
const gem: Reader = command => {
  const parsed = byVerb(command, gemVerbs, gemPackage, true)
  const version = optionValue(command, '-v', '--version')
  if (!parsed?.packages || version === undefined) return parsed
  return { ...parsed, packages: parsed.packages.map(each => (each.version === undefined ? { ...each, version } : each)) }
}

const go: Reader = command => {
  const [first, second] = command.operands
  if (!first) return undefined
  if (first.text === 'clean')
    return { action: hasOption(command, '-modcache', '-cache', '--modcache') ? 'clean' : 'other', verb: first, assumesYes: true }
  if (first.text === 'install' || first.text === 'get') return byVerb(command, verbs({ install: 'install get' }), goPackage, true)
  // `go run` takes one package; what follows it is the program's.
  if (first.text === 'run' && second) return { action: 'install', verb: first, packages: [goPackage(second)], assumesYes: true }
  return { action: first.text === 'mod' && second?.text === 'download' ? 'install' : 'other', verb: first, assumesYes: true }
}

const cargo: Reader = command => {
  const parsed = byVerb(
    command,
    verbs({ install: 'install add', remove: 'uninstall remove', upgrade: 'update' }),
    cargoPackage,
    true,
  )
  const version = optionValue(command, '--version', '--vers')
  if (!parsed?.packages) return parsed
  return {
    ...parsed,
    packages: parsed.packages.map(each => (each.version === undefined && version !== undefined ? { ...each, version } : each)),
  }
}

const composer: Reader = command => {
  const [first] = command.operands
  // `composer global require x`
  const operands = first?.text === 'global' ? command.operands.slice(1) : command.operands
  return byVerb(
    command,
    verbs({ install: 'install i require', upgrade: 'update u upgrade', remove: 'remove', clean: 'clear-cache clearcache cc' }),
    composerPackage,
    true,
    operands,
  )
}

const conda: Reader = command => {
  const parsed = byVerb(
    command,
    verbs({ install: 'install create', upgrade: 'update upgrade', remove: 'remove uninstall', clean: 'clean' }),
    condaPackage,
    hasOption(command, '-y', '--yes'),
  )
  if (!parsed?.packages) return parsed
  const files = command.options.filter(option => (option.name === '-f' || option.name === '--file') && option.value !== undefined)
  return {
    ...parsed,
    packages: byPosition([
      ...parsed.packages,
      ...files.map(
        (option): RequestedPackage => ({
          word: valueWord(option),
          name: option.value!,
          version: undefined,
          kind: 'requirement-file',
        }),
      ),
    ]),
  }
}

const readers: ReadonlyMap<string, readonly [PackageManager, Reader]> = new Map<string, readonly [PackageManager, Reader]>([
  ['apt-get', ['apt', apt]],
  ['apt', ['apt', apt]],
  ['aptitude', ['apt', apt]],
  ['dpkg', ['dpkg', dpkg]],
  // apk asks only with --interactive.
  ['apk', ['apk', command => byVerb(command, apkVerbs, apkPackage, !hasOption(command, '-i', '--interactive'))]],
  ['dnf', ['dnf', dnf]],
  ['dnf5', ['dnf', dnf]],
  ['dnf-3', ['dnf', dnf]],
  ['yum', ['yum', dnf]],
  ['microdnf', ['microdnf', dnf]],
  ['tdnf', ['tdnf', dnf]],
  ['zypper', ['zypper', zypper]],
  ['rpm', ['rpm', rpm]],
  ['pip', ['pip', pip]],
  ['pipx', ['pipx', pipx]],
  ['uv', ['uv', uv]],
  ['conda', ['conda', conda]],
  ['mamba', ['conda', conda]],
  ['micromamba', ['conda', conda]],
  ['npm', ['npm', npm]],
  ['yarn', ['yarn', yarn]],
  ['yarnpkg', ['yarn', yarn]],
  ['pnpm', ['pnpm', pnpm]],
  ['bun', ['bun', bun]],
  ['gem', ['gem', gem]],
  ['go', ['go', go]],
  ['cargo', ['cargo', cargo]],
  ['composer', ['composer', composer]],
])

/**
 * What a command asks of a package manager; undefined when it is not one, or says nothing (`apt-get --version`).
 * `npm ci`, `yarn`, `uv sync` are an `install` without packages: a lock file or manifest names them.
 */
export const packageRequest = (command: Command): PackageRequest | undefined => {
  const found = readers.get(command.name)
  if (!found) return undefined
  const [manager, read] = found
  const parsed = read(command)
  if (!parsed) return undefined
  const written = command.nameWord?.text ?? command.name
  return {
    manager,
    program: written.slice(written.lastIndexOf('/') + 1),
    action: parsed.action,
    verb: parsed.verb,
    packages: parsed.packages ?? [],
    assumesYes: parsed.assumesYes,
  }
}
