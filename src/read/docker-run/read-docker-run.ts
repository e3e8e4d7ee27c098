/**
 * The words of `docker run …` → the container that it would start. Also `create`, `exec --privileged`, Podman and nerdctl. A setting that has a place
 * (`at`) and no value was said with a word whose value nobody knows before it runs: `-m "$LIMIT"`.
 */
import {
  blankContainer,
  type Confinement,
  type Container,
  capabilityName,
  type Device,
  type EnvironmentVariable,
  type Mount,
  type Port,
  type Setting,
} from '../../model/container.ts'
import type { Problem } from '../../model/finding.ts'
import type { ShellWord } from '../shell/script.ts'
import { baseName, unwrap } from '../shell/wrappers.ts'
import {
  booleanIn,
  type CommandWord,
  type FileLocation,
  type FlagUse,
  joined,
  type Program,
  readExecFlags,
  readGlobalFlags,
  readRunFlags,
  shown,
} from './flags.ts'
import { mountIn, mountOf, type Refused, rootOf, splitColons, tmpfsOf, volumeOf } from './mounts.ts'
import { bytesIn, csvFields, decimalOf, integerOf, isLoopback, portOf, ulimitOf } from './values.ts'

export type DockerRun = {
  readonly container: Container
  readonly problems: readonly Problem[]
  /** From the program's word to the last of the command. */
  readonly at: FileLocation
  /** The word `run` or `create`: options may be written behind it. Undefined where a runner writes the command line. */
  readonly verbAt: FileLocation | undefined
}

export type DockerRunOptions = {
  /** The text of a file that `--env-file` names; undefined when it cannot be read. */
  readonly environmentFile?: EnvironmentFile | undefined
  /** Where the command runs: the paths that it names relatively are there. Undefined: nobody knows, and they stay as they are written. */
  readonly workingFolder?: string | undefined
}

export type EnvironmentFile = (path: string) => string | undefined

/** Programs that take the same words. */
const programs: ReadonlyMap<string, Program> = new Map([
  ['docker', 'docker'],
  ['docker.exe', 'docker'],
  ['nvidia-docker', 'docker'],
  ['podman', 'podman'],
  ['podman-remote', 'podman'],
  ['nerdctl', 'nerdctl'],
  ['finch', 'nerdctl'],
])

/** `$DOCKER`, `${CONTAINER_ENGINE}`, `$(PODMAN)`: scripts that leave the choice to a variable. */
const variableProgram =
  /^\$[({]?\w*(?:docker|podman|nerdctl|container_?(?:engine|runtime|cli|tool|cmd))(?:_?(?:bin|cmd|exe|cli))?(?::?-[\w./-]+)?[)}]?$/i

/** Undefined for a program of another kind. */
export const programOf = (word: CommandWord | undefined): Program | undefined => {
  if (!word) return undefined
  if (word.known) return programs.get(baseName(word.text))
  if (!variableProgram.test(word.text)) return undefined
  return /podman/i.test(word.text) ? 'podman' : /nerdctl/i.test(word.text) ? 'nerdctl' : 'docker'
}

/** Undefined when the words start no container: another program, another subcommand, `--help`. */
export const readDockerRun = (all: readonly CommandWord[], options: DockerRunOptions = {}): DockerRun | undefined => {
  const words = behindWrappers(all)
  const program = programOf(words[0])
  if (program === undefined) return undefined
  const start = readGlobalFlags(words, 1, program)
  let verbAt = start.rest
  if (words[verbAt]?.text === 'container') verbAt++
  const verb = words[verbAt]?.text
  const first = words[0]!
  // Words that a variable brought stand before the command.
  const at = joined(first.at, words.findLast(({ at }) => at.span.start >= first.at.span.start)!.at)
  // `$DOCKER run` is called what it most likely is.
  const called = first.known ? baseName(first.text).replace(/\.exe$/, '') : program
  if (verb === 'run' || verb === 'create') {
    const flags = readRunFlags(words, verbAt + 1, program)
    if (flags.uses.some(({ name, value }) => name === 'help' && value === 'true')) return undefined
    const reader = new ContainerReader(program, flags.uses, words.slice(flags.rest), first, options)
    const container = reader.read(`${called} ${verb}`)
    return { container, problems: [...start.problems, ...flags.problems, ...reader.problems], at, verbAt: words[verbAt]!.at }
  }
  if (verb === 'exec') {
    const flags = readExecFlags(words, verbAt + 1)
    const last = flags.uses.findLast(({ name }) => name === 'privileged')
    if (!last) return undefined
    const value = last.known ? booleanIn(last.value) : undefined
    if (value === false) return undefined
    const target = words[flags.rest]?.text ?? ''
    const user = flags.uses.findLast(({ name }) => name === 'user')
    const container: Container = {
      ...blankContainer('docker-run', shown(`${called} exec ${target}`.trim()), words[0]!.at),
      // Rights of a process that joins a container which something else started.
      role: 'ephemeral',
      privileged: { value: value ?? false, at: last.at },
      ...(user ? { user: { value: user.value, at: user.at } } : {}),
    }
    const problems = value === undefined ? [unknownValue(last)] : []
    return { container, problems: [...start.problems, ...flags.problems, ...problems], at, verbAt: words[verbAt]!.at }
  }
  return undefined
}

/** Without sudo, env and their like, and what these are told themselves. */
export const behindWrappers = (words: readonly CommandWord[]): readonly CommandWord[] =>
  words.slice(unwrap(words.map(shellWord)).at)

const shellWord = ({ text, at, known, quoted }: CommandWord): ShellWord => ({
  span: at.span,
  raw: text,
  text,
  literal: known,
  quoted: quoted ?? false,
})

const unknownValue = ({ written, value, at }: FlagUse): Problem => ({
  kind: 'uncovered',
  code: 'docker-run-unknown-value',
  message: `the value of \`${written}\`, \`${shown(value)}\`, is not known; it is not judged`,
  at,
})

/** Nothing but an expansion: `$X`, `${X:-y}`, `"$(id)"`. */
const onlyExpansion = /^\$(?:\w+|\{[^}]*\}|\([^)]*\))$/

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] }

class ContainerReader {
  readonly problems: Problem[] = []
  readonly #program: Program
  readonly #uses: readonly FlagUse[]
  readonly #operands: readonly CommandWord[]
  readonly #first: CommandWord
  readonly #options: DockerRunOptions

  constructor(
    program: Program,
    uses: readonly FlagUse[],
    operands: readonly CommandWord[],
    first: CommandWord,
    options: DockerRunOptions,
  ) {
    this.#program = program
    this.#uses = uses
    this.#operands = operands
    this.#first = first
    this.#options = options
  }

  read(command: string): Container {
    const [image, ...rest] = this.#operands
    if (!image) this.#failed(`\`${command}\` names no image`, this.#first.at)
    const name = shown(`${command} ${image?.text ?? ''}`.trim())
    const container: Mutable<Container> = { ...(blankContainer('docker-run', name, this.#first.at) as Mutable<Container>) }
    for (const list of lists) container[list] = []
    const isOn = (flag: string): boolean => this.#uses.findLast(({ name: own }) => own === flag)?.value === 'true'
    if (command.endsWith(' run') && isOn('rm') && !isOn('detach')) container.isThrowAway = true
    if (image && isOn('rootfs')) container.mounts.push(mountIn(rootOf(image), this.#options.workingFolder))
    else if (image) container.image = { value: image.known ? image.text : undefined, at: image.at }
    if (rest.length > 0)
      container.command = {
        value: rest.map(({ text }) => text),
        at: joined(rest[0]!.at, rest.at(-1)!.at),
        places: rest.map(({ at }) => at),
      }
    // https://docs.podman.io/en/latest/markdown/podman-run.1.html#pids-limit-limit
    if (this.#program === 'podman') container.pids = { value: 2048 }
    let quota: FlagUse | undefined
    let period = 100_000
    for (const use of this.#uses) {
      if (use.name === 'cpu-quota') quota = use
      else if (use.name === 'cpu-period') period = integerOf(use.value) || period
      else this.#apply(container, use)
    }
    const quotient = quota && this.#number(quota, integerOf)
    if (quota && quotient !== undefined && container.cpus.at === undefined)
      container.cpus = { value: quotient > 0 ? quotient / period : 0, at: quota.at }
    return container as Container
  }

  #apply(container: Mutable<Container>, use: FlagUse): void {
    const { name, value, known, at } = use
    const text: Setting<string> = { value, at }
    switch (name) {
      case 'user':
        // A number of a group may follow that is known.
        if (!known && /[$`]/.test(value.split(':', 1)[0]!)) container.user = { value: undefined, at }
        else container.user = value === '' ? { value: undefined } : text
        return
      case 'group-add':
        container.groups.push(text)
        return
      case 'cap-add':
      case 'cap-drop':
        if (!known) this.problems.push(unknownValue(use))
        else container[name === 'cap-add' ? 'capAdd' : 'capDrop'].push({ value: capabilityName(value), at })
        return
      case 'privileged':
        this.#boolean(use, said => {
          container.privileged = { value: said, at }
        })
        return
      case 'read-only':
        this.#boolean(use, said => {
          container.readOnlyRoot = { value: said, at }
        })
        return
      case 'oom-kill-disable':
        this.#boolean(use, said => {
          container.oomKillDisable = { value: said, at }
        })
        return
      case 'use-api-socket':
        this.#boolean(use, said => {
          container.apiSocket = { value: said, at }
        })
        return
      case 'no-healthcheck':
        this.#boolean(use, said => {
          if (said) container.healthcheck = { value: 'disabled', at }
        })
        return
      case 'publish-all':
        this.#boolean(use, said => {
          // Which ports these are, the image says.
          if (said)
            container.ports.push({
              hostAddress: undefined,
              hostPort: undefined,
              lastHostPort: undefined,
              containerPort: 0,
              protocol: 'tcp',
              published: true,
              at,
            })
        })
        return
      case 'security-opt':
        this.#securityOption(container, use)
        return
      case 'pid':
      case 'ipc':
      case 'uts':
      case 'userns':
      case 'cgroupns':
        this.#namespace(container, use)
        return
      case 'network':
        this.#network(container, use)
        return
      case 'volume':
        this.#mount(container, use, volumeOf(use))
        return
      case 'mount':
        this.#mount(container, use, mountOf(use))
        return
      case 'tmpfs':
        this.#mount(container, use, tmpfsOf(use))
        return
      case 'volumes-from':
        container.volumesFrom.push(text)
        return
      case 'device':
        this.#device(container, use)
        return
      case 'device-cgroup-rule':
        container.deviceRules.push(text)
        return
      case 'gpus':
        container.deviceRequests.push(text)
        return
      case 'sysctl': {
        const pair = pairOf(value)
        if (pair) container.sysctls.push({ value: pair, at })
        else this.#invalid(use, 'it is no `name=value`')
        return
      }
      case 'label': {
        const pair = pairOf(value) ?? { name: value, value: '' }
        container.labels.push({ value: pair, at })
        return
      }
      case 'memory':
        container.memory = { value: this.#number(use, bytesIn), at }
        return
      case 'memory-reservation':
        container.memoryRequest = { value: this.#number(use, bytesIn), at }
        return
      case 'cpus':
        container.cpus = { value: this.#number(use, decimalOf), at }
        return
      case 'pids-limit':
        container.pids = { value: this.#number(use, integerOf), at }
        return
      case 'oom-score-adj':
        container.oomScoreAdjust = { value: this.#number(use, integerOf), at }
        return
      case 'ulimit': {
        if (this.#program === 'podman' && value === 'host') return
        const limit = ulimitOf(value)
        if (limit) container.ulimits.push({ value: limit, at })
        else this.#invalid(use, 'it is no `name=soft[:hard]`')
        return
      }
      case 'publish':
      case 'expose':
        this.#port(container, use)
        return
      case 'env':
        container.environment.push(variableOf(value, use))
        return
      case 'env-file':
        this.#environmentFile(container, use)
        return
      case 'env-host':
        this.#boolean(use, said => {
          if (said) container.environment.push({ name: '*', value: undefined, from: 'host', at })
        })
        return
      case 'secret':
        container.secrets.push(text)
        return
      case 'health-cmd':
        if (value === 'none') container.healthcheck = { value: 'disabled', at }
        else if (value !== '') container.healthcheck = { value: 'defined', at }
        return
      case 'restart':
        container.restart = { value: value === '' ? undefined : value, at }
        return
      case 'log-driver':
        container.logging = { value: value === '' ? undefined : value, at }
        return
      case 'add-host':
        // `name=address` is the newer spelling; a name holds no `:`.
        for (const one of this.#program === 'docker' ? [value] : value.split(';'))
          container.extraHosts.push({ value: one.replace(/^([^=:]*)[=:]\[?(.*?)\]?$/, '$1:$2'), at })
        return
      case 'runtime':
        container.runtime = text
        return
      case 'cgroup-parent':
        container.cgroupParent = { value: value === '' ? undefined : value, at }
        return
      case 'link':
        container.needs.push({ value: value.split(':', 1)[0]!, at })
        return
      case 'pull':
        container.pullPolicy = text
        return
      case 'entrypoint':
        container.entrypoint = { value: value === '' ? [] : [value], at }
        return
      case 'platform':
        if (/^windows\b/i.test(value)) container.os = 'windows'
        return
      case 'isolation':
        if (/^(?:process|hyperv|host)$/i.test(value)) container.os = 'windows'
        if (/^host$/i.test(value)) container.hostProcess = { value: true, at }
        return
    }
  }

  #securityOption(container: Mutable<Container>, use: FlagUse): void {
    const { value, known, at } = use
    const cut = /^([^=:]+)[=:](.*)$/s.exec(value)
    const key = (cut?.[1] ?? value).trim()
    const text = cut?.[2]
    if (!known && (/[$`]/.test(key) || (text !== undefined && begins.test(text) && key !== 'seccomp'))) {
      this.problems.push(unknownValue(use))
      return
    }
    switch (key) {
      case 'no-new-privileges': {
        const said = text === undefined ? true : booleanIn(text)
        if (said === undefined) this.#invalid(use, `\`${text}\` is neither true nor false`)
        else container.noNewPrivileges = { value: said, at }
        return
      }
      case 'seccomp':
      case 'apparmor': {
        if (!text) break
        const own = key === 'seccomp' ? text === 'builtin' || text === 'default' : text === 'docker-default'
        const kind: Confinement = text === 'unconfined' ? 'unconfined' : own ? 'default' : 'localhost'
        container[key] = { value: kind, at, ...(kind === 'localhost' ? { profile: text } : {}) }
        return
      }
      case 'label': {
        if (!text) break
        if (text === 'disable') {
          container.selinux = { value: { ...container.selinux.value, disabled: true }, at }
          return
        }
        const field = /^(type|user|role|level|filetype|nested)(?:[:=](.*))?$/.exec(text)
        if (!field) {
          this.#invalid(use, `\`${text}\` is no label of SELinux`)
          return
        }
        const [, part, label] = field
        const before = container.selinux
        if (part === 'type' || part === 'user' || part === 'role' || part === 'level')
          container.selinux = {
            value: { ...before.value, [part]: label ?? '' },
            at,
          }
        return
      }
      case 'disable':
        container.selinux = { value: { ...container.selinux.value, disabled: true }, at }
        return
      case 'systempaths':
        if (text !== 'unconfined') break
        container.systemPaths = { value: 'unmasked', at }
        return
      case 'unmask':
        // Podman: `ALL`, or paths: https://docs.podman.io/en/latest/markdown/podman-run.1.html#security-opt-option
        if (!text) break
        container.systemPaths = { value: 'unmasked', at }
        return
      case 'mask':
        return
      case 'writable-cgroups': {
        const said = text === undefined ? true : booleanIn(text)
        if (said !== false)
          this.problems.push({
            kind: 'uncovered',
            code: 'docker-run-uncovered',
            message: '`writable-cgroups` lets the container write to its cgroups; that is not judged',
            at,
          })
        return
      }
      case 'proc-opts':
      case 'credentialspec':
      case 'privileged-without-host-devices':
        return
    }
    this.#invalid(use, 'it is no security option')
  }

  #namespace(container: Mutable<Container>, use: FlagUse): void {
    const { name, value, known, at } = use
    if (!known && begins.test(value)) this.problems.push(unknownValue(use))
    const setting: Setting<string> = { value, at }
    switch (name) {
      case 'pid':
        container.pid = value === '' ? { value: 'private' } : setting
        return
      case 'ipc':
        container.ipc = value === '' ? { value: 'private' } : setting
        return
      case 'uts':
        container.uts = value === '' ? { value: 'private' } : setting
        return
      case 'userns':
        container.userNamespace = value === '' ? { value: 'default' } : setting
        return
      default:
        container.cgroup = value === '' ? { value: 'default' } : setting
    }
  }

  #network(container: Mutable<Container>, use: FlagUse): void {
    const { value, known, at } = use
    if (!known && begins.test(value)) this.problems.push(unknownValue(use))
    let mode = value
    // `name=web,alias=db`: https://docs.docker.com/reference/cli/docker/container/run/#network
    if (/^[\w-]+=/.test(value) && this.#program === 'docker') {
      const field = csvFields(value)?.find(one => /^name=/i.test(one))
      if (field === undefined) {
        this.#invalid(use, 'it has no name')
        return
      }
      mode = field.slice(5)
    }
    // Podman: options behind the name, `bridge:ip=10.88.0.10`.
    if (this.#program === 'podman' && !/^(?:container|ns):/.test(mode)) mode = mode.split(':', 1)[0]!
    const networks = this.#program === 'podman' && !mode.includes(':') ? mode.split(',') : [mode]
    for (const one of networks) {
      if (one === '') continue
      if (container.network.at === undefined) container.network = { value: one, at }
      if (!/^(?:default|bridge|host|none|private|nat|pasta|slirp4netns|container:.*|ns:.*)$/.test(one))
        container.networks.push({ value: one, at })
    }
  }

  #mount(container: Mutable<Container>, use: FlagUse, mount: Mount | Refused): void {
    if (!use.known && onlyExpansion.test(use.value)) this.problems.push(unknownValue(use))
    else if (!('why' in mount)) container.mounts.push(mountIn(mount, this.#options.workingFolder))
    else if (use.known) this.#invalid(use, mount.why)
    else this.problems.push(unknownValue(use))
  }

  #device(container: Mutable<Container>, use: FlagUse): void {
    const { value, known, at } = use
    // A name of the Container Device Interface: https://github.com/cncf-tags/container-device-interface
    if (/^[\w.-]+\/[\w.-]+=./.test(value)) {
      container.deviceRequests.push({ value, at })
      return
    }
    if (!known && /^[$`][^/:]*$/.test(value)) this.problems.push(unknownValue(use))
    const parts = value.split(':')
    const [host] = parts
    if (!host || parts.length > 3) {
      this.#invalid(use, 'it is no `host path:container path:permissions`')
      return
    }
    const isMode = (text: string | undefined): text is string => text !== undefined && /^[rwm]{1,3}$/.test(text)
    const device: Device = isMode(parts[1])
      ? { host, target: host, permissions: parts[1], at }
      : { host, target: parts[1] || host, permissions: parts[2] || 'rwm', at }
    container.devices.push(device)
  }

  #port(container: Mutable<Container>, use: FlagUse): void {
    const { value, known, at } = use
    const isExposed = use.name === 'expose'
    if (!known && /[$`]/.test(value)) {
      const port = isExposed ? undefined : partlyKnownPort(use)
      if (port) container.ports.push(port)
      else this.problems.push(unknownValue(use))
      return
    }
    const range = isExposed && value.includes(':') ? undefined : portOf(value)
    if (!range) this.#invalid(use, 'it is no port')
    else
      container.ports.push({
        ...range,
        published: !isExposed && (range.hostAddress === undefined || !isLoopback(range.hostAddress)),
        at,
      })
  }

  #environmentFile(container: Mutable<Container>, use: FlagUse): void {
    const text = use.known ? this.#options.environmentFile?.(use.value) : undefined
    if (text === undefined) {
      this.problems.push({
        kind: 'uncovered',
        code: 'docker-run-environment-file',
        message: `the variables in \`${shown(use.value)}\` are not known`,
        at: use.at,
      })
      return
    }
    for (const line of text.split('\n')) {
      const name = /^\s*([^#=\s][^=\r]*)/.exec(line)?.[1]?.trimEnd()
      if (name) container.environment.push({ name, value: undefined, from: line.includes('=') ? 'env_file' : 'host', at: use.at })
    }
  }

  #boolean(use: FlagUse, set: (said: boolean) => void): void {
    const said = booleanIn(use.value)
    if (said !== undefined) set(said)
    else if (use.known) this.#invalid(use, 'it is neither true nor false')
    else this.problems.push(unknownValue(use))
  }

  #number(use: FlagUse, read: (text: string) => number | undefined): number | undefined {
    const number = read(use.value)
    if (number === undefined && use.known) this.#invalid(use, 'it is no such number')
    else if (number === undefined) this.problems.push(unknownValue(use))
    return number
  }

  #invalid({ written, value, at }: FlagUse, why: string): void {
    this.#failed(`\`${written} ${shown(value)}\` is not valid: ${why}`, at)
  }

  #failed(message: string, at: FileLocation): void {
    this.problems.push({ kind: 'failed', code: 'docker-run-invalid', message, at })
  }
}

const begins = /^[$`]/

/** The lists that the reader fills, each container its own. */
const lists = [
  'groups',
  'capAdd',
  'capDrop',
  'networks',
  'mounts',
  'volumesFrom',
  'devices',
  'deviceRules',
  'deviceRequests',
  'sysctls',
  'ulimits',
  'ports',
  'environment',
  'labels',
  'secrets',
  'extraHosts',
  'needs',
] as const satisfies readonly (keyof Container)[]

const pairOf = (text: string): { name: string; value: string } | undefined => {
  const equals = text.indexOf('=')
  return equals <= 0 ? undefined : { name: text.slice(0, equals), value: text.slice(equals + 1) }
}

const variableOf = (text: string, { known, at }: FlagUse): EnvironmentVariable => {
  const pair = pairOf(text)
  if (!pair) return { name: text, value: undefined, from: 'host', at }
  // `-e TOKEN="$TOKEN"`: handed on.
  if (!known && onlyExpansion.test(pair.value)) return { name: pair.name, value: undefined, from: 'host', at }
  return { ...pair, at }
}

/** `-p $PORT:80`, `-p 127.0.0.1:${PORT:-80}:80`: the address and the container's port may still be known. */
const partlyKnownPort = ({ value, at }: FlagUse): Port | undefined => {
  const parts = splitColons(value)
  const container = parts.at(-1)!
  const address = parts.slice(0, -2).join(':')
  if (parts.length < 2 || /[$`]/.test(address + container)) return undefined
  const port = portOf(`${address}::${container}`.replace(/^::/, ''))
  return port && { ...port, published: port.hostAddress === undefined || !isLoopback(port.hostAddress), at }
}
