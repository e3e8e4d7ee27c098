/** What a command of RUN leaves in the image: where it writes, as far as its name and words say. */
import type { Step } from '../../read/dockerfile/graph.ts'
import { nameOf, pathNames } from '../../read/image/paths.ts'
import { type PackageRequest, packageRequest } from '../../read/shell/packages.ts'
import { hasOption, optionValue, subcommand } from '../../read/shell/queries.ts'
import type { Command, ShellWord } from '../../read/shell/script.ts'

export type Effect =
  /** Nothing that stays, or nothing that a program needs. */
  | { readonly kind: 'nothing' }
  /** Somewhere below the folder in which it runs. */
  | { readonly kind: 'inside'; readonly folder: string; readonly command: Command }
  | { readonly kind: 'path'; readonly path: string; readonly by: string; readonly isLink?: true }
  /** Packages of the distribution. */
  | { readonly kind: 'packages'; readonly request: PackageRequest; readonly command: Command }
  | { readonly kind: 'users' }
  /** Programs of a language’s own package manager, for all: `npm install -g pm2`. */
  | { readonly kind: 'global'; readonly request: PackageRequest; readonly command: Command }
  | { readonly kind: 'unknown'; readonly name: string }

const nothing: Effect = { kind: 'nothing' }

const harmless = new Set(
  'echo printf true false : test [ [[ ls cat pwd env printenv export set unset which type command sleep date id whoami uname head tail wc grep egrep fgrep find sort uniq tr cut awk dirname basename exit return read df du stat file hash shopt trap wait ulimit umask apt-mark ldconfig node-gyp java javac jq arch nproc getconf locale alias source'.split(
    ' ',
  ),
)
/** They write where they are started, and into their own caches. */
const builders = new Set(
  'npx npm yarn pnpm bun bunx node tsc ts-node vite webpack next nuxt ng gulp grunt rollup esbuild parcel hugo jekyll eleventy gatsby go cargo make cmake ninja mvn mvnw gradle gradlew dotnet composer bundle rake rails php artisan python python3 python2 pip poetry uv pipenv sbt lein mix rebar3 hexo mkdocs sphinx-build protoc buf swag templ wire sqlc tailwindcss sass prisma django-admin patch'.split(
    ' ',
  ),
)
const userTools = new Set(
  'useradd adduser groupadd addgroup usermod groupmod userdel groupdel deluser delgroup passwd chpasswd'.split(' '),
)
const systemManagers = new Set(['apt', 'dpkg', 'apk', 'dnf', 'yum', 'microdnf', 'tdnf', 'zypper', 'rpm'])

/** Without `.` and `..`; undefined where a variable or a pattern is in it. */
export const absolutePath = (text: string, folder: string | undefined): string | undefined => {
  if (/[$`*?[\]{}~]/.test(text) || text === '') return undefined
  const full = text.startsWith('/') ? text : folder === undefined ? undefined : `${folder}/${text}`
  if (full === undefined) return undefined
  return `/${pathNames(full).join('/')}`
}

/** Folders of the distribution: what is in them is not the project’s alone. */
export const wide: ReadonlySet<string> = new Set(
  `/ /bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys /usr /usr/bin /usr/lib /usr/local /usr/local/bin /usr/local/etc /usr/local/include
  /usr/local/lib /usr/local/sbin /usr/local/share /usr/sbin /usr/share /var /var/cache /var/lib /var/log /var/run /var/spool /etc/nginx /etc/nginx/conf.d /etc/ssl /etc/ssl/certs
  /etc/apt /usr/share/nginx /var/www`.split(/\s+/),
)

export const isWithin = (path: string, folder: string): boolean =>
  path === folder || folder === '/' || path.startsWith(`${folder}/`)

/** The effects of a RUN, in order. `substitute` gives variables their values, `start` is the folder where no WORKDIR is. Linear in its commands. */
export const effectsOf = (step: Step, substitute: (text: string) => string, start: string): readonly Effect[] => {
  const effects: Effect[] = []
  const { value } = step.before.workdir
  const workdir = value === undefined ? start : value.known && value.absolute ? absolutePath(value.path, '/') : undefined
  for (const script of step.scripts) {
    if (script.errors.length > 0 || script.interpreter !== undefined || script.dialect === 'other') {
      effects.push({ kind: 'unknown', name: script.interpreter ?? 'a script that could not be read' })
      continue
    }
    const state: Place = { folder: workdir, outer: [] }
    for (const command of script.commands) effects.push(...ofCommand(command, state, substitute))
  }
  return effects
}

/** `cd` in a subshell is over with it. */
type Place = { folder: string | undefined; outer: { readonly scope: number; readonly folder: string | undefined }[] }

const ofCommand = (command: Command, place: Place, substitute: (text: string) => string): readonly Effect[] => {
  leave(command, place)
  const at = (word: ShellWord): string | undefined => absolutePath(substitute(word.text), place.folder)
  const paths = (words: readonly ShellWord[]): readonly Effect[] =>
    words.map(word => {
      const path = at(word)
      return path === undefined
        ? { kind: 'unknown', name: `${command.name} ${word.raw}` }
        : { kind: 'path', path, by: command.name }
    })
  const written = command.redirects.flatMap(({ operator, target }) =>
    />/.test(operator) && target && !/^(?:&|\d+$|\/dev\/)/.test(target.text) ? [target] : [],
  )
  return [...paths(written), ...ownEffects(command, place, at, paths)]
}

const leave = (command: Command, place: Place): void => {
  const open = new Set(command.scope)
  for (let last = place.outer.at(-1); last && !open.has(last.scope); last = place.outer.at(-1)) {
    place.folder = last.folder
    place.outer.pop()
  }
  for (const [i, kind] of command.context.entries()) {
    const scope = command.scope[i]!
    if (
      (kind === 'subshell' || kind === 'substitution' || kind === 'nested-shell') &&
      !place.outer.some(one => one.scope === scope)
    )
      place.outer.push({ scope, folder: place.folder })
  }
}

const ownEffects = (
  command: Command,
  place: Place,
  at: (word: ShellWord) => string | undefined,
  paths: (words: readonly ShellWord[]) => readonly Effect[],
): readonly Effect[] => {
  const { name, operands } = command
  const inside: Effect =
    place.folder === undefined ? { kind: 'unknown', name } : { kind: 'inside', folder: place.folder, command }
  if (name === 'cd' || name === 'pushd') {
    place.folder = operands[0] ? at(operands[0]) : undefined
    return [nothing]
  }
  // A line of assignments only.
  if (name === '') return command.nameWord === undefined ? [nothing] : [{ kind: 'unknown', name: command.nameWord.raw }]
  if (userTools.has(name)) return [{ kind: 'users' }]
  const request = packageRequest(command)
  if (request && systemManagers.has(request.manager)) {
    if (request.action === 'install' || request.action === 'remove') return [{ kind: 'packages', request, command }]
    return [nothing]
  }
  if (request && isGlobal(command, request))
    return request.action === 'install' ? [{ kind: 'global', request, command }] : [nothing]
  if (name === 'corepack') return [{ kind: 'global', request: { ...corepack, program: name }, command }]
  if (name === 'update-ca-certificates') return [{ kind: 'path', path: '/etc/ssl/certs/ca-certificates.crt', by: name }]
  if (harmless.has(name) || name === 'apt-get' || name === 'apt' || name === 'apk') return [nothing]
  switch (name) {
    case 'mkdir':
    case 'touch':
    case 'chmod':
    case 'truncate':
      return paths(name === 'chmod' ? operands.slice(1) : operands)
    case 'chown':
    case 'chgrp':
      return paths(operands.slice(1))
    case 'rm':
    case 'rmdir':
      return [nothing]
    case 'cp':
    case 'mv':
    case 'install':
    case 'ln': {
      const last = operands.at(-1)
      const path = last && at(last)
      if (last === undefined || path === undefined || optionValue(command, '-t', '--target-directory') !== undefined)
        return [{ kind: 'unknown', name }]
      if (name === 'install' && hasOption(command, '-d', '--directory')) return paths(operands)
      const isFolder = last.text.endsWith('/') || operands.length > 2 || wide.has(path)
      const names = operands.slice(0, -1).map(({ text }) => nameOf(text))
      if (isFolder && names.some(one => /[$`*?[{]/.test(one) || one === '' || one === '.')) return [{ kind: 'unknown', name }]
      const made = isFolder ? names.map(one => (path === '/' ? `/${one}` : `${path}/${one}`)) : [path]
      return made.map(one => ({ kind: 'path', path: one, by: name, ...(name === 'ln' ? { isLink: true } : {}) }))
    }
    case 'sed':
      return hasOption(command, '-i', '--in-place')
        ? paths(operands.slice(hasOption(command, '-e', '-f', '--expression') ? 0 : 1))
        : [nothing]
    case 'tee':
      return paths(operands)
    case 'curl': {
      const output = optionValue(command, '-o', '--output')
      if (output !== undefined) return [pathOf(absolutePath(output, place.folder), name)]
      return hasOption(command, '-O', '--remote-name') ? [inside] : [nothing]
    }
    case 'wget': {
      const output = optionValue(command, '-O', '--output-document')
      if (output === '-') return [nothing]
      if (output !== undefined) return [pathOf(absolutePath(output, place.folder), name)]
      const prefix = optionValue(command, '-P', '--directory-prefix')
      return [prefix === undefined ? inside : pathOf(absolutePath(prefix, place.folder), name)]
    }
    case 'tar':
    case 'unzip': {
      const folder = optionValue(command, '-C', '--directory', '-d')
      if (name === 'tar' && !hasOption(command, '-x', '--extract', '--get') && !/^-?[a-z]*x/.test(command.args[0]?.text ?? ''))
        return [inside]
      return [folder === undefined ? inside : pathOf(absolutePath(folder, place.folder), name)]
    }
    case 'git':
      return subcommand(command) === 'clone' && operands[2]
        ? paths([operands[2]])
        : subcommand(command) === 'config'
          ? [nothing]
          : [inside]
    case 'make':
    case 'cmake':
    case 'ninja':
      return operands.some(({ text }) => text.includes('install')) || hasOption(command, '--install')
        ? [{ kind: 'unknown', name: `${name} install` }]
        : [inside]
    default:
      break
  }
  if (builders.has(name) || request) return [inside]
  return [{ kind: 'unknown', name }]
}

const pathOf = (path: string | undefined, name: string): Effect =>
  path === undefined ? { kind: 'unknown', name } : { kind: 'path', path, by: name }

const corepack: PackageRequest = {
  manager: 'npm',
  program: 'corepack',
  action: 'install',
  verb: undefined,
  packages: [],
  assumesYes: true,
}

const isGlobal = (command: Command, request: PackageRequest): boolean =>
  (/^(?:npm|pnpm|bun)$/.test(request.manager) && hasOption(command, '-g', '--global')) ||
  (request.manager === 'yarn' && command.operands[0]?.text === 'global') ||
  (request.manager === 'npm' && optionValue(command, '--location') === 'global')
