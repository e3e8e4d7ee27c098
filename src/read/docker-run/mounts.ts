/** `-v`, `--mount` and `--tmpfs` → mounts. */
import { posix } from 'node:path'
import type { Mount } from '../../model/container.ts'
import type { CommandWord, FlagUse } from './flags.ts'
import { booleanIn } from './flags.ts'
import { cleanPath, csvFields } from './values.ts'

/** Why the engine would refuse it. */
export type Refused = { readonly why: string }

const drive = /^[A-Za-z]:[\\/]/
const pipe = /^\\\\[.?]\\pipe\\|^\/\/\.\/pipe\//

/** Splits at colons, but for those of `C:\`, `${X:-y}` and `$(a:b)`. */
export const splitColons = (text: string): readonly string[] => {
  const parts: string[] = []
  let from = 0
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text[at]!
    if ((unit === '{' || unit === '(') && text[at - 1] === '$') depth++
    else if ((unit === '}' || unit === ')') && depth > 0) depth--
    else if (unit === ':' && depth === 0 && !(at === from + 1 && drive.test(text.slice(from, from + 3)))) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  parts.push(text.slice(from))
  return parts
}

const propagations = new Set(['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave', 'unbindable', 'runbindable'])
/** Docker's, and Podman's (https://docs.podman.io/en/latest/markdown/podman-run.1.html#volume-v-source-volume-host-dir-container-dir-options). */
const modes =
  /^(?:ro|rw|z|Z|nocopy|copy|volume-nocopy|consistent|cached|delegated|default|U|O|r?bind|no(?:exec|dev|suid)|exec|dev|suid|nosymfollow|noatime|idmap(?:=.*)?|upperdir=.*|workdir=.*)$/

/** Docker takes what begins with `/`, `.` or `~` for a path (https://docs.docker.com/reference/cli/docker/container/run/#volume). */
const isPath = (source: string): boolean => /^[/.~]/.test(source) || drive.test(source)
/** `$PWD`, `$(pwd)`, `${HOME}/x`: where a variable begins, nearly always a path is meant. */
const begins = /^[$`]/

export const volumeOf = ({ value, at }: FlagUse): Mount | Refused => {
  const parts = splitColons(value)
  if (parts.length > 3) return { why: 'it has more than three parts' }
  // `-v /data`: a volume without a name.
  const [source, target] = parts.length === 1 ? ['', parts[0]!] : [parts[0]!, parts[1]!]
  if (target === '' || (parts.length > 1 && source === '')) return { why: 'a part of it is empty' }
  if (!/^[/$`\\]/.test(target) && !drive.test(target)) return { why: `\`${target}\` is no absolute path` }
  let readOnly = false
  let propagation = 'rprivate'
  const options: string[] = []
  for (const option of (parts[2] ?? '').split(',')) {
    if (option === '') continue
    if (option === 'ro') readOnly = true
    else if (propagations.has(option)) propagation = option
    else if (modes.test(option) || /[$`]/.test(option)) options.push(option)
    else return { why: `\`${option}\` is no option of a volume` }
  }
  const type = pipe.test(source) ? 'npipe' : isPath(source) || begins.test(source) ? 'bind' : 'volume'
  return {
    type,
    source: source === '' ? undefined : type === 'bind' ? cleanPath(source) : source,
    target: cleanPath(target),
    readOnly,
    propagation,
    options,
    at,
  }
}

/** A relative path is taken from where the command runs: https://docs.docker.com/engine/storage/bind-mounts/#syntax */
export const mountIn = (mount: Mount, folder: string | undefined): Mount =>
  folder?.startsWith('/') && mount.type === 'bind' && mount.source !== undefined && /^\.\.?(?:\/|$)/.test(mount.source)
    ? { ...mount, source: cleanPath(posix.resolve(folder, mount.source)) }
    : mount

/**
 * `podman run --rootfs FOLDER`: what the host has there is the container's root; with `:O` its changes are kept elsewhere.
 * https://docs.podman.io/en/latest/markdown/podman-run.1.html#rootfs
 */
export const rootOf = ({ text, at }: CommandWord): Mount => {
  const [, path = text, option = ''] = /^(.+?)(?::(O|idmap(?:=.*)?))?$/s.exec(text) ?? []
  return {
    type: 'bind',
    // Without a dot before it, it is relative as well.
    source: /^[/.~$`]/.test(path) ? cleanPath(path) : `./${path}`,
    target: '/',
    readOnly: option === 'O',
    propagation: 'rprivate',
    options: option === '' ? [] : [option],
    at,
  }
}

const types: Readonly<Record<string, Mount['type']>> = {
  bind: 'bind',
  volume: 'volume',
  tmpfs: 'tmpfs',
  ramfs: 'tmpfs',
  image: 'image',
  npipe: 'npipe',
  cluster: 'cluster',
  devpts: 'other',
  glob: 'bind',
  artifact: 'other',
}

/** https://docs.docker.com/reference/cli/docker/container/run/#mount */
export const mountOf = ({ value, at, known }: FlagUse): Mount | Refused => {
  const fields = csvFields(value)
  if (!fields) return { why: 'its quotes do not close' }
  let type: Mount['type'] = 'volume'
  let source: string | undefined
  let target = ''
  let readOnly = false
  let propagation = 'rprivate'
  let driver = ''
  const options: string[] = []
  const driverOptions = new Map<string, string>()
  for (const field of fields) {
    const equals = field.indexOf('=')
    const key = (equals === -1 ? field : field.slice(0, equals)).toLowerCase()
    const text = equals === -1 ? undefined : field.slice(equals + 1)
    switch (key) {
      case 'type': {
        const found = types[text?.toLowerCase() ?? '']
        if (found === undefined) {
          if (known) return { why: `\`${text}\` is no type of mount` }
        } else type = found
        break
      }
      case 'source':
      case 'src':
        source = text
        break
      case 'target':
      case 'dst':
      case 'dest':
      case 'destination':
        target = text ?? ''
        break
      case 'readonly':
      case 'ro':
      case 'rw': {
        const said = text === undefined ? true : booleanIn(text)
        if (said === undefined) {
          if (known) return { why: `\`${text}\` is neither true nor false` }
        } else readOnly = key === 'rw' ? !said : said
        break
      }
      case 'bind-propagation':
        propagation = text ?? propagation
        break
      case 'volume-driver':
        driver = text ?? ''
        break
      case 'volume-opt': {
        const inner = (text ?? '').indexOf('=')
        if (inner > 0) driverOptions.set(text!.slice(0, inner), text!.slice(inner + 1))
        break
      }
      case 'tmpfs-size':
      case 'tmpfs-mode':
        options.push(`${key.slice(6)}=${text ?? ''}`)
        break
      case 'tmpfs-options':
        options.push(...(text ?? '').split(','))
        break
      default:
        if (!otherKeys.test(key)) {
          if (known || /^[a-z-]+$/.test(key)) return { why: `\`${key}\` is no field of a mount` }
          break
        }
        if (field !== '') options.push(field)
    }
  }
  if (target === '') return { why: 'it has no target' }
  const base = { target: cleanPath(target), readOnly, propagation, at }
  if (type === 'bind') {
    if (source === undefined || source === '') return { why: 'a bind mount needs a source' }
    return { ...base, type, source: cleanPath(source), options }
  }
  // The driver `local` hands its options to mount(8): with `o=bind` the volume is a folder of the host (https://docs.docker.com/reference/cli/docker/volume/create/).
  const device = driverOptions.get('device')
  const local = driver === '' || driver === 'local'
  const how = (driverOptions.get('o') ?? '').split(',')
  if (type === 'volume' && local && device !== undefined && (how.includes('bind') || how.includes('rbind')))
    return {
      ...base,
      type: 'bind',
      source: cleanPath(device),
      readOnly: readOnly || how.includes('ro'),
      propagation: how.find(option => propagations.has(option)) ?? propagation,
      options,
    }
  // With a block device the engine mounts its file system.
  if (type === 'volume' && local && device?.startsWith('/dev/'))
    return {
      ...base,
      type: 'bind',
      source: cleanPath(device),
      readOnly: readOnly || how.includes('ro'),
      options: [...options, ...how.filter(option => option !== '')],
      kind: 'BlockDevice',
    }
  return {
    ...base,
    type,
    source: source === '' ? undefined : source,
    options: [...options, ...[...driverOptions].map(([name, text]) => `${name}=${text}`)],
  }
}
const otherKeys =
  /^(?:|consistency|bind-nonrecursive|bind-recursive|bind-create-src|volume-subpath|volume-nocopy|volume-label|image-subpath|subpath|relabel|u|chown|idmap|notmpcopyup|uid|gid|mode|size|max|exec|noexec|suid|nosuid|dev|nodev|z|nosymfollow|title|digest|name|cluster-.*)$/

/** `/run:rw,size=64m`. */
export const tmpfsOf = ({ value, at }: FlagUse): Mount | Refused => {
  const [target, ...rest] = splitColons(value)
  if (target === undefined || !/^[/$`]/.test(target)) return { why: `\`${target}\` is no absolute path` }
  const options = rest.join(':').split(',').filter(Boolean)
  return {
    type: 'tmpfs',
    source: undefined,
    target: cleanPath(target),
    readOnly: options.includes('ro'),
    propagation: 'rprivate',
    options,
    at,
  }
}
