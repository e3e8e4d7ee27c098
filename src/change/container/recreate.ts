/**
 * A container that is there → the command that makes it again, with other settings. What an engine can change in place (`docker update`) is said so.
 * Options: https://docs.docker.com/reference/cli/docker/container/run/
 */

import { holdsSecret } from '../../judge/container-secrets.ts'
import { secretsOfWords } from '../../judge/secrets/image-secrets.ts'
import type { Container, Mount, Port, Setting, Wish } from '../../model/container.ts'
import type { Recreation } from '../../model/recreation.ts'
import { commandLine } from '../../read/docker-run/command-line.ts'
import type { InspectedContainer, InspectedImage } from '../../read/engine-container.ts'

export type Original = { readonly inspected: InspectedContainer; readonly image: InspectedImage | undefined }

/** The words behind `docker create` (or `run -d`): `container` says how it is to be, `original` what no rule speaks of. Names of what stays hidden beside them. */
export const createWords = (
  container: Container,
  { inspected, image }: Original,
): { readonly words: readonly string[]; readonly notes: readonly string[] } => {
  const { Config: config, HostConfig: host } = inspected
  const images = image?.Config ?? undefined
  const words: string[] = []
  const notes: string[] = []
  const option = (name: string, value: string | number | null | undefined, standard?: string | number): void => {
    if (value === undefined || value === null || value === '' || value === 0 || value === standard) return
    words.push(`--${name}`, String(value))
  }
  const each = (name: string, values: readonly (string | undefined)[]): void => {
    for (const value of values) if (value !== undefined) words.push(`--${name}`, value)
  }
  const said = (name: string, { value, at }: Setting<string>): void => {
    if (at) words.push(`--${name}`, value)
  }
  option('name', container.name)
  option('restart', container.restart.value)
  if (host.AutoRemove) words.push('--rm')
  if (host.Init) words.push('--init')
  if (config.Tty) words.push('--tty')
  if (config.OpenStdin) words.push('--interactive')
  // Without one, the engine takes the beginning of the id.
  if (
    config.Hostname &&
    !inspected.Id.startsWith(config.Hostname) &&
    container.network.value !== 'host' &&
    container.uts.value !== 'host'
  )
    option('hostname', config.Hostname)
  option('domainname', config.Domainname)
  option('workdir', config.WorkingDir, images?.WorkingDir ?? undefined)
  option('stop-signal', config.StopSignal, images?.StopSignal ?? undefined)
  option('user', container.user.value)
  each(
    'group-add',
    container.groups.map(({ value }) => value),
  )
  if (container.privileged.value) words.push('--privileged')
  each(
    'cap-add',
    container.capAdd.map(({ value }) => value),
  )
  each(
    'cap-drop',
    container.capDrop.map(({ value }) => value),
  )
  each('security-opt', securityOptions(container, inspected, notes))
  if (container.readOnlyRoot.value) words.push('--read-only')
  said('pid', container.pid)
  said('ipc', container.ipc)
  said('uts', container.uts)
  said('userns', container.userNamespace)
  said('cgroupns', container.cgroup)
  said('network', container.network)
  option('cgroup-parent', container.cgroupParent.value)
  option('runtime', container.runtime.value, 'runc')
  for (const mount of container.mounts) words.push(...mountWords(mount, inspected))
  each(
    'volumes-from',
    container.volumesFrom.map(({ value }) => value),
  )
  each(
    'device',
    container.devices.map(device => `${device.host}:${device.target}:${device.permissions}`),
  )
  each(
    'device-cgroup-rule',
    container.deviceRules.map(({ value }) => value),
  )
  each(
    'gpus',
    container.deviceRequests.map(({ value }) => gpusOf(value)),
  )
  each(
    'sysctl',
    container.sysctls.map(({ value }) => `${value.name}=${value.value}`),
  )
  option('memory', container.memory.value)
  option('memory-reservation', container.memoryRequest.value)
  option('cpus', container.cpus.value)
  option('cpu-shares', host.CpuShares)
  option('cpuset-cpus', host.CpusetCpus)
  option('pids-limit', container.pids.value)
  option('shm-size', host.ShmSize, 64 * 1024 * 1024)
  each(
    'ulimit',
    container.ulimits.map(({ value }) => `${value.name}=${value.soft}:${value.hard}`),
  )
  if (container.oomKillDisable.value) words.push('--oom-kill-disable')
  option('oom-score-adj', container.oomScoreAdjust.value)
  for (const port of container.ports) words.push(...portWords(port, images?.ExposedPorts ?? {}))
  each(
    'add-host',
    container.extraHosts.map(({ value }) => value),
  )
  each('link', (host.Links ?? []).map(linkOf))
  each('dns', host.Dns ?? [])
  each('dns-option', host.DnsOptions ?? [])
  each('dns-search', host.DnsSearch ?? [])
  environmentWords(container, images?.Env ?? [], words, notes)
  const ofImage = images?.Labels ?? {}
  for (const { value } of container.labels) {
    if (ofImage[value.name] === value.value) continue
    const isSecret = holdsSecret(value.name, value.value)
    words.push('--label', `${value.name}=${isSecret ? '…' : value.value}`)
    if (isSecret) notes.push(`the label ${value.name} is a secret, and not shown`)
  }
  healthWords(container, inspected, image, words, notes)
  option('log-driver', container.logging.value, 'json-file')
  for (const [name, value] of Object.entries(host.LogConfig?.Config ?? {})) words.push('--log-opt', `${name}=${value ?? ''}`)
  const entrypoint = container.entrypoint.value ?? []
  if (entrypoint[0] !== undefined) words.push('--entrypoint', entrypoint[0])
  words.push(container.image.value ?? inspected.Image ?? '')
  const rest = [...entrypoint.slice(1), ...(container.command.value ?? [])]
  if (secretsOfWords(rest).hidden.length > 0) {
    words.push('…')
    notes.push('its arguments hold a secret, and are not shown: docker inspect shows them')
  } else words.push(...rest)
  return { words, notes }
}

const securityOptions = (container: Container, { HostConfig: host }: InspectedContainer, notes: string[]): readonly string[] => {
  const { noNewPrivileges, seccomp, apparmor, selinux, systemPaths } = container
  const options: string[] = []
  if (noNewPrivileges.value) options.push('no-new-privileges')
  else if (noNewPrivileges.at) options.push('no-new-privileges=false')
  if (seccomp.value === 'unconfined' && seccomp.at) options.push('seccomp=unconfined')
  else if (seccomp.value === 'localhost') {
    options.push('seccomp=profile.json')
    notes.push('write its seccomp profile, which docker inspect shows below HostConfig.SecurityOpt, to profile.json')
  } else if (seccomp.at) options.push('seccomp=builtin')
  if (apparmor.value === 'unconfined') options.push('apparmor=unconfined')
  else if (apparmor.value === 'localhost' && apparmor.profile !== undefined) options.push(`apparmor=${apparmor.profile}`)
  const { disabled, ...label } = selinux.value
  if (disabled) options.push('label=disable')
  for (const [key, value] of Object.entries(label)) options.push(`label=${key}:${value}`)
  if (systemPaths.value === 'unmasked') options.push('systempaths=unconfined')
  // What the model of a container has no word for.
  for (const option of host.SecurityOpt ?? [])
    if (!/^(?:no-new-privileges|seccomp|apparmor|label)(?:[=:]|$)/.test(option)) options.push(option)
  return options
}

const mountWords = (mount: Mount, { Mounts, HostConfig: host }: InspectedContainer): readonly string[] => {
  const { type, source, target, readOnly, propagation, options } = mount
  if (type === 'tmpfs') {
    const flags = readOnly && !options.includes('ro') ? ['ro', ...options] : options
    return ['--tmpfs', flags.length > 0 ? `${target}:${flags.join(',')}` : target]
  }
  const there = Mounts?.find(({ Destination }) => Destination === target)
  if (type === 'image' || type === 'npipe' || type === 'cluster' || type === 'other')
    return ['--mount', `type=${type},source=${source ?? ''},target=${target}${readOnly ? ',readonly' : ''}`]
  // A volume without a name keeps its content only when the very one is mounted again. A folder behind a volume stays behind it.
  const from = there?.Type === 'volume' ? (there.Name ?? source) : source
  const kept = options.filter(one => one !== 'rro' && /^[zZ]$|^(?:nocopy|consistent|cached|delegated)$/.test(one))
  const modes = [
    ...(readOnly ? ['ro'] : []),
    ...(there?.Type === 'bind' && propagation !== 'rprivate' ? [propagation] : []),
    ...kept,
  ]
  // Where the folder has a colon in its name, or is only read all the way down, the short form cannot say it.
  if (options.includes('rro') || /:/.test(`${from}${target}`))
    return [
      '--mount',
      [
        `type=${there?.Type ?? type}`,
        `source=${from ?? ''}`,
        `target=${target}`,
        ...(readOnly ? ['readonly'] : []),
        ...(options.includes('rro') ? ['bind-recursive=readonly', 'bind-propagation=rprivate'] : []),
      ].join(','),
    ]
  // The volume is made when it is not there: with its driver's options only by --mount.
  const asked = host.Mounts?.find(({ Target }) => Target === target)?.VolumeOptions?.DriverConfig
  if (asked?.Options && Object.keys(asked.Options).length > 0 && there?.Type === 'volume') {
    const driver = Object.entries(asked.Options).map(([key, value]) => csvField(`volume-opt=${key}=${value ?? ''}`))
    return [
      '--mount',
      [`type=volume`, `source=${from ?? ''}`, `target=${target}`, ...(readOnly ? ['readonly'] : []), ...driver].join(','),
    ]
  }
  return ['--volume', `${from === undefined ? '' : `${from}:`}${target}${modes.length > 0 ? `:${modes.join(',')}` : ''}`]
}

const csvField = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** `2`, `all`, or the names of some. */
const gpusOf = (value: string): string => (/^(?:all|\d+)$/.test(value) ? value : value === 'nvidia' ? 'all' : `"device=${value}"`)

/** `/db:/web/alias` → `db:alias`. */
const linkOf = (link: string): string => {
  const [target = '', alias = ''] = link.split(':')
  return `${target.replace(/^\//, '')}:${alias.slice(alias.lastIndexOf('/') + 1)}`
}

const portWords = (port: Port, exposed: Readonly<Record<string, unknown>>): readonly string[] => {
  const { hostAddress, hostPort, containerPort, protocol, published, at } = port
  const name = `${containerPort}/${protocol}`
  const field = at.in === 'container' ? at.field : ''
  if (containerPort === 0) return ['--publish-all']
  if (field.startsWith('NetworkSettings.Ports')) return []
  if (field.startsWith('Config.ExposedPorts')) return Object.hasOwn(exposed, name) ? [] : ['--expose', name]
  if (!published && hostAddress === undefined) return ['--expose', name]
  const address = hostAddress?.includes(':') ? `[${hostAddress}]` : hostAddress
  const host = address === undefined ? hostPort : `${address}:${hostPort ?? ''}`
  return ['--publish', host === undefined ? name : `${host}:${name}`]
}

const environmentWords = (container: Container, ofImage: readonly string[], words: string[], notes: string[]): void => {
  const known = new Set(ofImage)
  const hidden: string[] = []
  for (const { name, value = '' } of container.environment) {
    if (known.has(`${name}=${value}`)) continue
    if (value !== '' && holdsSecret(name, value)) {
      hidden.push(name)
      // Taken from the environment of whoever runs the command.
      words.push('--env', name)
    } else words.push('--env', `${name}=${value}`)
  }
  if (hidden.length > 0) notes.push(`export ${hidden.join(', ')}: what is secret by its name or its shape is not shown`)
}

const healthWords = (
  container: Container,
  { Config: config }: InspectedContainer,
  image: InspectedImage | undefined,
  words: string[],
  notes: string[],
): void => {
  const test = config.Healthcheck?.Test ?? []
  if (container.healthcheck.value === 'disabled') {
    words.push('--no-healthcheck')
    return
  }
  if (test.length === 0 || JSON.stringify(test) === JSON.stringify(image?.Config?.Healthcheck?.Test ?? [])) return
  if (test[0] === 'CMD-SHELL' && secretsOfWords(['sh', '-c', test[1] ?? '']).hidden.length === 0)
    words.push('--health-cmd', test[1] ?? '')
  else notes.push('its health check cannot be given on a command line: docker inspect shows it below Config.Healthcheck')
}

/** `change`: a finding’s title and what it wishes. */
export type Change = { readonly title: string; readonly wishes: readonly Wish[] }

/** The whole way: the old one goes, the new one comes. `wished`: the container when all wishes have come true. */
export const recreationOf = (
  program: 'docker' | 'podman',
  wished: Container,
  original: Original,
  changes: readonly Change[],
): Recreation => {
  const { words, notes } = createWords(wished, original)
  const others = Object.keys(original.inspected.NetworkSettings?.Networks ?? {}).filter(name =>
    wished.networks.some(({ value, at }) => value === name && at?.in === 'container' && at.field.startsWith('NetworkSettings')),
  )
  const lines = [
    [program, 'stop', wished.name],
    // With another name it can come back.
    [program, 'rename', wished.name, `${wished.name}-before`],
    original.inspected.State?.Running === false ? [program, 'create', ...words] : [program, 'run', '--detach', ...words],
    ...others.map(name => [program, 'network', 'connect', name, wished.name]),
  ]
  return {
    container: wished.name,
    changes: changes.map(({ title }) => title),
    command: lines.map(line => commandLine(line).text).join(' && '),
    notes,
  }
}

const updates: Readonly<Record<string, (value: string | number) => string>> = {
  memory: value => `--memory ${value} --memory-swap ${value}`,
  cpus: value => `--cpus ${value}`,
  pids: value => `--pids-limit ${value}`,
  restart: value => `--restart ${value}`,
}

/** The command that changes it in place, where that suffices. Undefined where it does not. */
export const updateCommand = (program: 'docker' | 'podman', name: string, wishes: readonly Wish[]): string | undefined => {
  if (wishes.length === 0) return undefined
  const options: string[] = []
  for (const wish of wishes) {
    if (wish.do !== 'set' || !Object.hasOwn(updates, wish.field)) return undefined
    options.push(updates[wish.field]!(String(wish.value)))
  }
  return `${program} update ${options.join(' ')} ${name}`
}
