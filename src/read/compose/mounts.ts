/** `volumes`, `tmpfs`, file-based secrets and configs → mounts. */
import type { Mount } from '../../model/container.ts'
import type { Location } from '../../model/finding.ts'
import type { YamlMap, YamlNode } from '../yaml/tree.ts'
import { resolved } from '../yaml/tree.ts'
import { hostPath, isHostPath } from './paths.ts'
import type { ComposeReading } from './reading.ts'
import { entryPlace } from './reading.ts'

/** A volume, secret or config of the first level. */
export type TopLevel = { readonly name: string; readonly body: YamlMap | undefined; readonly at: Location }
export type TopLevels = ReadonlyMap<string, TopLevel>

const propagations = new Set(['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave', 'unbindable', 'runbindable'])
const types: ReadonlySet<string> = new Set(['bind', 'volume', 'tmpfs', 'image', 'npipe', 'cluster'])

/** Of mounts at the same place in the container the last counts: https://github.com/compose-spec/compose-spec/blob/main/13-merge.md#unique-resources */
export const mountsOf = (service: YamlMap, volumes: TopLevels, reading: ComposeReading): readonly Mount[] => {
  const mounts = new Map<string, Mount>()
  for (const { node, at } of reading.items(service, 'volumes')) {
    const mount = volumeOf(node, at, reading)
    if (mount) mounts.set(mount.target, declared(mount, volumes, reading))
  }
  for (const { value, at } of reading.strings(service, 'tmpfs', 'tmpfs', true)) {
    const colon = value.indexOf(':')
    const target = colon === -1 ? value : value.slice(0, colon)
    const options =
      colon === -1
        ? []
        : value
            .slice(colon + 1)
            .split(',')
            .filter(Boolean)
    mounts.set(target, { ...tmpfs, target: hostPath(target), readOnly: options.includes('ro'), options, at })
  }
  return [...mounts.values()]
}

const tmpfs = { type: 'tmpfs', source: undefined, propagation: 'rprivate' } as const

/** Source, target, options; the colon of `C:\` and of `${X:-y}` does not part them. */
export const splitVolume = (text: string): readonly string[] => {
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== ':' || (at === from + 1 && /[A-Za-z]/.test(text[from]!) && /[\\/]/.test(text[at + 1] ?? ''))) continue
    parts.push(text.slice(from, at))
    from = at + 1
  }
  parts.push(text.slice(from))
  return parts
}

const volumeOf = (node: YamlNode, at: Location, reading: ComposeReading): Mount | undefined => {
  const target = resolved(node)
  if (target?.kind === 'map') return longVolume(target, at, reading)
  const value = reading.value(node)
  if (value === undefined || target?.kind !== 'scalar') {
    reading.wrong('volumes', 'a list of texts and mappings', at)
    return undefined
  }
  const parts = splitVolume(value.text)
  if (parts.length === 1 && parts[0] !== '')
    return {
      type: 'volume',
      source: undefined,
      target: hostPath(parts[0]!),
      readOnly: false,
      propagation: 'rprivate',
      options: [],
      at,
    }
  if (parts[1] === '' || (parts[0] === '' && value.unset.length === 0)) {
    // The variable that is missing is told of.
    if (value.unset.length + value.required.length > 0) return undefined
    reading.problem('failed', 'compose-volume-invalid', `\`${value.text}\` is no volume: SOURCE:TARGET or SOURCE:TARGET:MODE`, at)
    return undefined
  }
  const [source, inside, ...rest] = parts as [string, string, ...string[]]
  const modes = rest.join(',').split(',').filter(Boolean)
  const type = source.startsWith('\\\\') ? 'npipe' : isHostPath(source) ? 'bind' : 'volume'
  return {
    type,
    source: source === '' ? undefined : type === 'bind' ? reading.path(source, target) : source,
    target: hostPath(inside),
    readOnly: modes.findLast(one => one === 'ro' || one === 'rw') === 'ro',
    propagation: modes.findLast(one => propagations.has(one)) ?? 'rprivate',
    options: modes.filter(one => one !== 'ro' && one !== 'rw' && !propagations.has(one)),
    at,
  }
}

const longVolume = (map: YamlMap, at: Location, reading: ComposeReading): Mount | undefined => {
  const written = reading.string(map, 'type', 'volumes[].type')?.value
  const target = reading.string(map, 'target', 'volumes[].target')?.value
  const source = reading.field(map, 'source')
  const sourceText = reading.string(map, 'source', 'volumes[].source')?.value
  if (written === undefined || !types.has(written))
    reading.wrong('volumes[].type', 'one of bind, volume, tmpfs, image, npipe, cluster', at)
  const type = (types.has(written ?? '') ? written : isHostPath(sourceText ?? '') ? 'bind' : 'volume') as Mount['type']
  if (target === undefined && type !== 'cluster') {
    reading.wrong('volumes[]', 'a mapping with a `target`', at)
    return undefined
  }
  const bind = reading.map(map, 'bind', 'volumes[].bind')
  const memory = reading.map(map, 'tmpfs', 'volumes[].tmpfs')
  const options: string[] = []
  if (type === 'tmpfs' && memory)
    for (const name of ['size', 'mode']) {
      const value = reading.string(memory, name, `volumes[].tmpfs.${name}`)?.value
      if (value !== undefined) options.push(`${name}=${value}`)
    }
  const selinux = bind && reading.string(bind, 'selinux', 'volumes[].bind.selinux')?.value
  if (selinux) options.push(selinux)
  return {
    type,
    source:
      type === 'tmpfs' || !source || !sourceText
        ? undefined
        : type === 'bind'
          ? reading.path(sourceText, resolved(source.value)!)
          : sourceText,
    target: hostPath(target ?? ''),
    readOnly: reading.boolean(map, 'read_only', 'volumes[].read_only')?.value ?? false,
    propagation: (bind && reading.string(bind, 'propagation', 'volumes[].bind.propagation')?.value) || 'rprivate',
    options,
    at,
  }
}

/**
 * A named volume as it is declared. The driver `local` hands its options to mount(8): with `o: bind` the volume is a folder of the host, and with a block device
 * its file system (https://docs.docker.com/reference/cli/docker/volume/create/#opt).
 */
const declared = (mount: Mount, volumes: TopLevels, reading: ComposeReading): Mount => {
  if (mount.type !== 'volume' || mount.source === undefined) return mount
  const volume = volumes.get(mount.source)
  if (!volume) {
    reading.lack('volume', mount.source, mount.at)
    return mount
  }
  const at: Mount = { ...mount, declaredAt: volume.at }
  const driver = volume.body && reading.string(volume.body, 'driver', 'volumes.*.driver')?.value
  if (!volume.body || (driver !== undefined && driver !== '' && driver !== 'local')) return at
  const options = reading.map(volume.body, 'driver_opts', 'volumes.*.driver_opts')
  if (!options) return at
  const device = reading.string(options, 'device')?.value
  const kind = reading.string(options, 'type')?.value ?? ''
  const how = (reading.string(options, 'o')?.value ?? '').split(',').map(one => one.trim())
  const readOnly = mount.readOnly || how.includes('ro')
  const propagation = how.findLast(one => propagations.has(one)) ?? mount.propagation
  if (kind === 'tmpfs') return { ...at, ...tmpfs, readOnly, options: how.filter(Boolean) }
  if (device === undefined || device === '') return at
  const field = resolved(reading.field(options, 'device')?.value)!
  if (how.includes('bind') || how.includes('rbind') || kind === 'bind')
    return { ...at, type: 'bind', source: reading.path(device, field), readOnly, propagation }
  if (/^\/dev\//.test(device) || /^overlay/.test(kind))
    return {
      ...at,
      type: 'bind',
      source: hostPath(device),
      readOnly,
      propagation,
      options: how.filter(Boolean),
      kind: 'BlockDevice',
    }
  return { ...at, readOnly, options: [`type=${kind}`, `device=${device}`, ...how.filter(Boolean).map(one => `o=${one}`)] }
}

/** Secrets and configs of a `file` are mounted from the host, read-only; so a socket can come in through them. */
export const grantsOf = (
  service: YamlMap,
  what: 'secrets' | 'configs',
  declarations: TopLevels,
  reading: ComposeReading,
): { readonly names: readonly { readonly value: string; readonly at: Location }[]; readonly mounts: readonly Mount[] } => {
  const names: { value: string; at: Location }[] = []
  const mounts = new Map<string, Mount>()
  for (const { node, at } of reading.items(service, what)) {
    const map = resolved(node)
    const source = map?.kind === 'map' ? reading.string(map, 'source', `${what}[].source`)?.value : reading.text(node)
    if (source === undefined) {
      reading.wrong(what, 'a list of names and mappings with a `source`', at)
      continue
    }
    const folder = what === 'secrets' ? '/run/secrets/' : '/'
    const wish = map?.kind === 'map' ? reading.string(map, 'target', `${what}[].target`)?.value : undefined
    const target = hostPath(wish === undefined ? `${folder}${source}` : wish.startsWith('/') ? wish : `${folder}${wish}`)
    names.push({ value: source, at })
    const declaration = declarations.get(source)
    if (!declaration) {
      reading.lack(what === 'secrets' ? 'secret' : 'config', source, at)
      continue
    }
    const file = declaration.body && reading.field(declaration.body, 'file')
    const path = file && reading.text(file.value)
    if (!file || !path) continue
    mounts.set(target, {
      type: 'bind',
      source: reading.path(path, resolved(file.value)!),
      target,
      readOnly: true,
      propagation: 'rprivate',
      options: [],
      volume: what.slice(0, -1),
      at,
      declaredAt: entryPlace(file),
    })
  }
  return { names, mounts: [...mounts.values()] }
}
