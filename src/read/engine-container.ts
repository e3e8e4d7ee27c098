/**
 * What an engine says of a container that is there (GET /containers/ID/json, https://docs.docker.com/reference/api/engine/) → the Container that it is.
 * A setting has a place where it differs from what an engine gives to everybody.
 */
import * as v from 'valibot'
import {
  blankContainer,
  type Confinement,
  type Container,
  capabilityName,
  type Mount,
  type Port,
  type Setting,
} from '../model/container.ts'
import type { Daemon } from '../model/daemon.ts'
import type { Location, Problem } from '../model/finding.ts'
import { booleanIn } from './docker-run/flags.ts'
import { cleanPath, isLoopback } from './docker-run/values.ts'

const text = v.nullish(v.string())
const number = v.nullish(v.number())
const boolean = v.nullish(v.boolean())
const texts = v.nullish(v.array(v.string()))
/** Podman writes a command as one text where Docker has a list. */
const words = v.nullish(v.union([v.array(v.string()), v.string()]))
const pairs = v.nullish(v.record(v.string(), v.nullish(v.string())))

const driverConfig = v.nullish(v.looseObject({ Name: text, Options: pairs }))

export const inspectSchema = v.looseObject({
  Id: v.string(),
  Name: v.string(),
  Image: text,
  Platform: text,
  AppArmorProfile: text,
  ExecIDs: texts,
  State: v.nullish(v.looseObject({ Status: text, Running: boolean })),
  Config: v.looseObject({
    Image: text,
    User: text,
    Env: texts,
    Cmd: words,
    Entrypoint: words,
    Labels: pairs,
    Healthcheck: v.nullish(v.looseObject({ Test: texts })),
    ExposedPorts: v.nullish(v.record(v.string(), v.unknown())),
    Hostname: text,
    Domainname: text,
    WorkingDir: text,
    StopSignal: text,
    Tty: boolean,
    OpenStdin: boolean,
  }),
  Mounts: v.nullish(
    v.array(
      v.looseObject({
        Type: text,
        Name: text,
        Source: text,
        Destination: v.string(),
        Mode: text,
        RW: boolean,
        Propagation: text,
      }),
    ),
  ),
  HostConfig: v.looseObject({
    Privileged: boolean,
    CapAdd: texts,
    CapDrop: texts,
    SecurityOpt: texts,
    MaskedPaths: texts,
    ReadonlyPaths: texts,
    ReadonlyRootfs: boolean,
    PidMode: text,
    IpcMode: text,
    UTSMode: text,
    UsernsMode: text,
    CgroupnsMode: text,
    NetworkMode: text,
    CgroupParent: text,
    Runtime: text,
    Isolation: text,
    Binds: texts,
    Tmpfs: pairs,
    Mounts: v.nullish(
      v.array(
        v.looseObject({
          Type: text,
          Source: text,
          Target: text,
          BindOptions: v.nullish(v.looseObject({ ReadOnlyForceRecursive: boolean })),
          VolumeOptions: v.nullish(v.looseObject({ DriverConfig: driverConfig })),
          TmpfsOptions: v.nullish(
            v.looseObject({ SizeBytes: number, Mode: number, Options: v.nullish(v.array(v.array(v.string()))) }),
          ),
        }),
      ),
    ),
    VolumesFrom: texts,
    Devices: v.nullish(v.array(v.looseObject({ PathOnHost: v.string(), PathInContainer: text, CgroupPermissions: text }))),
    DeviceCgroupRules: texts,
    DeviceRequests: v.nullish(v.array(v.looseObject({ Driver: text, Count: number, DeviceIDs: texts }))),
    Sysctls: pairs,
    GroupAdd: texts,
    Memory: number,
    MemoryReservation: number,
    NanoCpus: number,
    CpuQuota: number,
    CpuPeriod: number,
    PidsLimit: number,
    Ulimits: v.nullish(v.array(v.looseObject({ Name: v.string(), Soft: v.number(), Hard: v.number() }))),
    OomKillDisable: boolean,
    OomScoreAdj: number,
    PortBindings: v.nullish(v.record(v.string(), v.nullish(v.array(v.looseObject({ HostIp: text, HostPort: text }))))),
    PublishAllPorts: boolean,
    RestartPolicy: v.nullish(v.looseObject({ Name: text, MaximumRetryCount: number })),
    LogConfig: v.nullish(v.looseObject({ Type: text, Config: pairs })),
    ExtraHosts: texts,
    Links: texts,
    Dns: texts,
    DnsOptions: texts,
    DnsSearch: texts,
    Init: boolean,
    AutoRemove: boolean,
    ShmSize: number,
    CpuShares: number,
    CpusetCpus: text,
  }),
  NetworkSettings: v.nullish(
    v.looseObject({
      Ports: v.nullish(v.record(v.string(), v.nullish(v.array(v.looseObject({ HostIp: text, HostPort: text }))))),
      Networks: v.nullish(v.record(v.string(), v.unknown())),
    }),
  ),
})
export type InspectedContainer = v.InferOutput<typeof inspectSchema>

export const imageSchema = v.looseObject({
  Config: v.nullish(
    v.looseObject({
      User: text,
      Env: texts,
      Cmd: words,
      Entrypoint: words,
      Labels: pairs,
      WorkingDir: text,
      StopSignal: text,
      Volumes: v.nullish(v.record(v.string(), v.unknown())),
      Healthcheck: v.nullish(v.looseObject({ Test: texts })),
      ExposedPorts: v.nullish(v.record(v.string(), v.unknown())),
    }),
  ),
})
export type InspectedImage = v.InferOutput<typeof imageSchema>

/** `GET /volumes`: those that the driver `local` mounts from somewhere. */
export const volumesSchema = v.looseObject({
  Volumes: v.nullish(v.array(v.looseObject({ Name: v.string(), Driver: text, Options: pairs }))),
})

export type EngineSurroundings = {
  readonly daemon: Daemon | undefined
  /** The image that it was made of; undefined where that is gone. */
  readonly image: InspectedImage | undefined
  /** Options of volumes, by name. */
  readonly volumes: ReadonlyMap<string, Readonly<Record<string, string | null | undefined>>>
  /** Names of containers, by id. */
  readonly names: ReadonlyMap<string, string>
}

export const nameOf = ({ Name, Id }: Pick<InspectedContainer, 'Name' | 'Id'>): string =>
  Name.replace(/^\//, '') || Id.slice(0, 12)

export const readEngineContainer = (
  inspected: InspectedContainer,
  surroundings: EngineSurroundings,
): { readonly container: Container; readonly problems: readonly Problem[] } => {
  const { daemon, image, names } = surroundings
  const { Config: config, HostConfig: host } = inspected
  const name = nameOf(inspected)
  const at = (field: string): Location => ({ in: 'container', id: name, field })
  const problems: Problem[] = []
  const blank = blankContainer('engine', name, at('Name'))
  const isPrivileged = host.Privileged === true
  /** With a place where somebody wrote another value than the default. */
  const said = <T>(value: T | null | undefined, standard: T, field: string): Setting<T> =>
    value === undefined || value === null || value === standard ? { value: standard } : { value, at: at(field) }
  const list = <T>(items: readonly T[] | null | undefined, field: string, show: (item: T) => string): readonly Setting<T>[] =>
    (items ?? []).map(value => ({ value, at: at(`${field} ${show(value)}`) }))
  const same = (value: string): string => value
  /** The engine writes ids where a person wrote names. */
  const shared = (mode: string | null | undefined): string | undefined => {
    const id = /^container:([\da-f]{12,64})$/.exec(mode ?? '')?.[1]
    return id === undefined ? (mode ?? undefined) : `container:${names.get(id) ?? id}`
  }
  const imageConfig = image?.Config ?? undefined
  const isImages = (own: unknown, images: unknown): boolean =>
    image !== undefined && JSON.stringify(own ?? '') === JSON.stringify(images ?? '')
  const user = config.User || undefined
  const ofImage = isImages(config.User ?? '', imageConfig?.User ?? '')
  const isWindows = inspected.Platform === 'windows' || daemon?.os === 'windows'

  if (host.Privileged === undefined || host.Privileged === null)
    problems.push(unsaid(at('HostConfig.Privileged'), `whether ${name} is privileged`))
  if (host.SecurityOpt === undefined) problems.push(unsaid(at('HostConfig.SecurityOpt'), `the security options of ${name}`))
  // Podman leaves them out, also where they were changed (unmask=ALL).
  if (!isWindows && !isPrivileged && isSilent(host.MaskedPaths, daemon) && isSilent(host.ReadonlyPaths, daemon))
    problems.push(unsaid(undefined, 'which paths of /proc and /sys its containers do not see'))

  const container: Container = {
    ...blank,
    os: isWindows ? 'windows' : 'linux',
    image: { value: config.Image ?? undefined, at: at('Config.Image') },
    user: user === undefined || ofImage ? { value: undefined } : { value: user, at: at('Config.User') },
    imageUser: image ? (imageConfig?.User ?? '') : undefined,
    entrypoint: wordsOf(config.Entrypoint, isImages(config.Entrypoint, imageConfig?.Entrypoint), at('Config.Entrypoint')),
    command: wordsOf(config.Cmd, isImages(config.Cmd, imageConfig?.Cmd), at('Config.Cmd')),
    groups: list(host.GroupAdd, 'HostConfig.GroupAdd', same),
    privileged: said(host.Privileged, false, 'HostConfig.Privileged'),
    capAdd: list(host.CapAdd, 'HostConfig.CapAdd', same).map(one => ({ ...one, value: capabilityName(one.value) })),
    capDrop: list(host.CapDrop, 'HostConfig.CapDrop', same).map(one => ({ ...one, value: capabilityName(one.value) })),
    ...securityOf(inspected, daemon, at),
    systemPaths: systemPathsOf(inspected, at('HostConfig.MaskedPaths')),
    readOnlyRoot: said(host.ReadonlyRootfs, false, 'HostConfig.ReadonlyRootfs'),
    pid: said(shared(host.PidMode) || undefined, 'private', 'HostConfig.PidMode'),
    ipc: said(shared(host.IpcMode) || undefined, 'private', 'HostConfig.IpcMode'),
    uts: said(host.UTSMode || undefined, 'private', 'HostConfig.UTSMode'),
    userNamespace: said(host.UsernsMode || undefined, 'default', 'HostConfig.UsernsMode'),
    // With control groups of version 1 that is what every container gets, and nobody said so.
    cgroup: said(
      host.CgroupnsMode === 'host' && daemon?.cgroups === 1 ? undefined : host.CgroupnsMode || undefined,
      'default',
      'HostConfig.CgroupnsMode',
    ),
    ...networksOf(inspected, shared(host.NetworkMode), at),
    cgroupParent: said<string | undefined>(host.CgroupParent || undefined, undefined, 'HostConfig.CgroupParent'),
    // Podman calls whatever it uses so.
    runtime: said<string | undefined>((host.Runtime !== 'oci' && host.Runtime) || undefined, undefined, 'HostConfig.Runtime'),
    mounts: mountsOf(inspected, surroundings, at),
    volumesFrom: list(host.VolumesFrom, 'HostConfig.VolumesFrom', same),
    devices: (host.Devices ?? []).map(({ PathOnHost, PathInContainer, CgroupPermissions }) => ({
      host: PathOnHost,
      target: PathInContainer || PathOnHost,
      permissions: CgroupPermissions || 'rwm',
      at: at(`HostConfig.Devices ${PathOnHost}`),
    })),
    deviceRules: list(host.DeviceCgroupRules, 'HostConfig.DeviceCgroupRules', same),
    deviceRequests: (host.DeviceRequests ?? []).map(({ Driver, Count, DeviceIDs }, i) => ({
      value: DeviceIDs?.length ? DeviceIDs.join(',') : Count === -1 || !Count ? `${Driver || 'all'}` : String(Count),
      at: at(`HostConfig.DeviceRequests[${i}]`),
    })),
    sysctls: Object.entries(host.Sysctls ?? {}).map(([key, value]) => ({
      value: { name: key, value: value ?? '' },
      at: at(`HostConfig.Sysctls ${key}`),
    })),
    memory: said<number | undefined>(host.Memory || undefined, undefined, 'HostConfig.Memory'),
    memoryRequest: said<number | undefined>(host.MemoryReservation || undefined, undefined, 'HostConfig.MemoryReservation'),
    cpus: said<number | undefined>(cpusOf(inspected), undefined, host.NanoCpus ? 'HostConfig.NanoCpus' : 'HostConfig.CpuQuota'),
    pids: said<number | undefined>(host.PidsLimit || undefined, undefined, 'HostConfig.PidsLimit'),
    ulimits: (host.Ulimits ?? []).map(({ Name, Soft, Hard }) => ({
      value: { name: Name.toLowerCase().replace(/^rlimit_/, ''), soft: Soft, hard: Hard },
      at: at(`HostConfig.Ulimits ${Name}`),
    })),
    oomKillDisable: said(host.OomKillDisable, false, 'HostConfig.OomKillDisable'),
    oomScoreAdjust: said<number | undefined>(host.OomScoreAdj || undefined, undefined, 'HostConfig.OomScoreAdj'),
    ports: portsOf(inspected, at),
    environment: (config.Env ?? []).map(pair => {
      const equals = pair.indexOf('=')
      const key = equals === -1 ? pair : pair.slice(0, equals)
      return { name: key, value: equals === -1 ? '' : pair.slice(equals + 1), at: at(`Config.Env ${key}`) }
    }),
    labels: Object.entries(config.Labels ?? {}).map(([key, value]) => ({
      value: { name: key, value: value ?? '' },
      at: at(`Config.Labels ${key}`),
    })),
    healthcheck: healthOf(config.Healthcheck?.Test, at('Config.Healthcheck')),
    restart: said<string | undefined>(restartOf(inspected), undefined, 'HostConfig.RestartPolicy'),
    logging: said<string | undefined>(host.LogConfig?.Type || undefined, undefined, 'HostConfig.LogConfig'),
    extraHosts: list(host.ExtraHosts, 'HostConfig.ExtraHosts', same),
    needs: (host.Links ?? []).map(link => ({
      value: link.split(':')[0]!.replace(/^\//, ''),
      at: at(`HostConfig.Links ${link}`),
    })),
    hostProcess: { value: false },
  }
  return { container, problems }
}

/** An engine that leaves a field out says nothing of it: that is no answer. */
const unsaid = (at: Location | undefined, what: string): Problem => ({
  kind: 'uncovered',
  code: 'engine-silent',
  message: `the engine does not say ${what}`,
  ...(at ? { at } : {}),
})

const isSilent = (paths: readonly string[] | null | undefined, daemon: Daemon | undefined): boolean =>
  paths === undefined || (paths === null && daemon?.kind === 'podman')

const wordsOf = (
  value: readonly string[] | string | null | undefined,
  isImages: boolean,
  at: Location,
): Setting<readonly string[] | undefined> => {
  if (value === undefined || value === null || isImages || value.length === 0) return { value: undefined }
  return { value: typeof value === 'string' ? [value] : value, at }
}

type Security = Pick<Container, 'noNewPrivileges' | 'seccomp' | 'apparmor' | 'selinux'>

const securityOf = (
  { HostConfig: host, AppArmorProfile: profile }: InspectedContainer,
  daemon: Daemon | undefined,
  at: (field: string) => Location,
): Security => {
  const isPrivileged = host.Privileged === true
  // Beside these the engine takes labels off by itself (https://github.com/moby/moby/blob/master/daemon/create.go): that is told of them.
  const byItself = isPrivileged || host.PidMode === 'host' || host.IpcMode === 'host'
  let noNewPrivileges: Setting<boolean> = { value: daemon?.security?.noNewPrivileges === true }
  // The engine's own default may be none.
  const engineDefault: Confinement =
    daemon?.security && !isPrivileged && (daemon.security.seccomp === undefined || daemon.security.seccomp === 'unconfined')
      ? 'unconfined'
      : 'default'
  let seccomp: Container['seccomp'] = { value: engineDefault }
  let apparmor: Container['apparmor'] = { value: 'default' }
  let selinux: Container['selinux'] = { value: { disabled: false } }
  for (const option of host.SecurityOpt ?? []) {
    const cut = /^([^=:]+)[=:]([\s\S]*)$/.exec(option)
    const [key, value] = [cut?.[1] ?? option, cut?.[2]]
    const place = at(`HostConfig.SecurityOpt ${key}`)
    if (key === 'no-new-privileges') noNewPrivileges = { value: value === undefined || booleanIn(value) !== false, at: place }
    else if (key === 'seccomp') {
      if (value === 'unconfined') seccomp = { value: 'unconfined', at: place }
      else if (value === undefined || value === 'builtin' || value === 'default') seccomp = { value: 'default', at: place }
      else seccomp = { value: 'localhost', at: place, profile: value.startsWith('{') ? 'a profile of its own' : value }
    } else if (key === 'apparmor') apparmor = confinedBy(value, place)
    else if (key === 'label') {
      const [part, label] = [value?.split(/[:=]/)[0] ?? '', value?.slice((value.split(/[:=]/)[0] ?? '').length + 1) ?? '']
      if (part === 'disable' && !byItself) selinux = { value: { ...selinux.value, disabled: true }, at: place }
      if (part === 'type' || part === 'user' || part === 'role' || part === 'level')
        selinux = { value: { ...selinux.value, [part]: label }, at: place }
    }
  }
  // What it really runs under, once it was started.
  if (apparmor.at === undefined && !isPrivileged && profile === 'unconfined' && daemon?.security?.apparmor)
    apparmor = confinedBy(profile, at('AppArmorProfile'))
  return { noNewPrivileges, seccomp, apparmor, selinux }
}

const confinedBy = (profile: string | undefined, at: Location): Container['apparmor'] => {
  if (profile === 'unconfined') return { value: 'unconfined', at }
  if (profile === undefined || profile === '' || profile === 'docker-default') return { value: 'default', at }
  return { value: 'localhost', at, profile }
}

/** `[]` for systempaths=unconfined; null for privileged containers, and where the runtime's own lists hold. */
const systemPathsOf = ({ HostConfig: host }: InspectedContainer, at: Location): Container['systemPaths'] => {
  if (host.Privileged) return { value: 'masked' }
  const [masked, readOnly] = [host.MaskedPaths, host.ReadonlyPaths]
  const isOpen = (masked && !masked.includes('/proc/kcore')) || (readOnly && !readOnly.includes('/proc/sys'))
  return isOpen ? { value: 'unmasked', at } : { value: 'masked' }
}

const networksOf = (
  { NetworkSettings: settings }: InspectedContainer,
  mode: string | undefined,
  at: (field: string) => Location,
): Pick<Container, 'network' | 'networks'> => {
  const isOwn = (name: string): boolean =>
    !/^(?:default|bridge|host|none|nat|private|pasta|slirp4netns|container:.*)?$/.test(name)
  const place = at('HostConfig.NetworkMode')
  const connected = Object.keys(settings?.Networks ?? {}).filter(name => isOwn(name) && name !== mode)
  return {
    network: mode === undefined || mode === '' || mode === 'default' ? { value: 'default' } : { value: mode, at: place },
    networks: [
      ...(mode !== undefined && isOwn(mode) ? [{ value: mode, at: place }] : []),
      ...connected.map(value => ({ value, at: at(`NetworkSettings.Networks ${value}`) })),
    ],
  }
}

const propagations = /^r?(?:private|shared|slave|unbindable)$/

const mountsOf = (
  { Mounts, HostConfig: host }: InspectedContainer,
  { volumes }: EngineSurroundings,
  at: (field: string) => Location,
): readonly Mount[] => {
  const mounts: Mount[] = []
  for (const { Type, Name, Source, Destination, Mode, RW, Propagation } of Mounts ?? []) {
    if (Type === 'tmpfs') continue
    const asked = host.Mounts?.find(({ Target }) => Target === Destination)
    // Volumes get a label by themselves.
    const modes = (Mode ?? '')
      .split(',')
      .filter(one => one !== '' && !(Type === 'volume' && one === 'z') && !/^r[ow]$/.test(one) && !propagations.test(one))
    const driver = (Name ? volumes.get(Name) : undefined) ?? asked?.VolumeOptions?.DriverConfig?.Options ?? {}
    const how = (driver.o ?? '').split(',')
    const isBind = Type === 'bind'
    // The driver `local` hands its options to mount(8): with `o=bind` the volume is a folder of the host.
    const isBehind = Type === 'volume' && Boolean(driver.device) && (how.includes('bind') || how.includes('rbind'))
    mounts.push({
      type: isBind || isBehind ? 'bind' : typeOf(Type),
      source: isBind
        ? cleanPath(Source ?? '')
        : isBehind
          ? cleanPath(driver.device!)
          : isAnonymous(Name)
            ? undefined
            : (Name ?? Source ?? undefined),
      target: cleanPath(Destination),
      readOnly: RW === false || (isBehind && how.includes('ro')),
      propagation: (isBehind ? how.find(one => propagations.test(one)) : Propagation) || 'rprivate',
      options: [...modes, ...(asked?.BindOptions?.ReadOnlyForceRecursive ? ['rro'] : [])],
      at: at(`Mounts ${Destination}`),
    })
  }
  const tmpfs = (target: string, options: readonly string[]): Mount => ({
    type: 'tmpfs',
    source: undefined,
    target: cleanPath(target),
    readOnly: options.includes('ro'),
    propagation: 'rprivate',
    options,
    at: at(`HostConfig.Tmpfs ${target}`),
  })
  for (const [target, options] of Object.entries(host.Tmpfs ?? {}))
    mounts.push(tmpfs(target, (options ?? '').split(',').filter(Boolean)))
  for (const { Type, Target, TmpfsOptions: how } of host.Mounts ?? []) {
    if (Type !== 'tmpfs' || !Target) continue
    mounts.push(
      tmpfs(Target, [
        ...(how?.SizeBytes ? [`size=${how.SizeBytes}`] : []),
        ...(how?.Mode ? [`mode=${how.Mode.toString(8)}`] : []),
        ...(how?.Options ?? []).map(pair => pair.join('=')),
      ]),
    )
  }
  // The engine keeps them in no order.
  return mounts.sort((a, b) => (a.target < b.target ? -1 : a.target > b.target ? 1 : 0))
}

/** A volume without a name gets one of 64 digits. */
const isAnonymous = (name: string | null | undefined): boolean => !name || /^[\da-f]{64}$/.test(name)

const typeOf = (type: string | null | undefined): Mount['type'] =>
  type === 'volume' || type === 'image' || type === 'npipe' || type === 'cluster' ? type : 'other'

const cpusOf = ({ HostConfig: host }: InspectedContainer): number | undefined => {
  if (host.NanoCpus) return host.NanoCpus / 1e9
  return host.CpuQuota ? Math.max(0, host.CpuQuota) / (host.CpuPeriod || 100_000) : undefined
}

const portsOf = (
  { Config: config, HostConfig: host, NetworkSettings: settings, State: state }: InspectedContainer,
  at: (field: string) => Location,
): readonly Port[] => {
  const ports: Port[] = []
  const add = (
    port: string,
    bindings: readonly { HostIp?: string | null | undefined; HostPort?: string | null | undefined }[],
    field: string,
  ): void => {
    const [first = '', protocol = 'tcp'] = port.split('/')
    for (const { HostIp, HostPort } of bindings) {
      const hostPorts = (HostPort ?? '').split('-').map(Number)
      const hostPort = hostPorts[0] || undefined
      ports.push({
        hostAddress: HostIp || undefined,
        hostPort,
        lastHostPort: hostPorts.at(-1) || hostPort,
        containerPort: Number(first.split('-')[0]) || 0,
        protocol,
        published: !HostIp || !isLoopback(HostIp),
        at: at(`${field} ${port}`),
      })
    }
  }
  const asked = host.PortBindings ?? {}
  for (const [port, bindings] of Object.entries(asked)) add(port, bindings?.length ? bindings : [{}], 'HostConfig.PortBindings')
  if (host.PublishAllPorts) {
    const open = state?.Running ? Object.entries(settings?.Ports ?? {}).filter(([port]) => !Object.hasOwn(asked, port)) : []
    for (const [port, bindings] of open) if (bindings) add(port, bindings.slice(0, 1), 'NetworkSettings.Ports')
    // Which ones these will be, the image says when it starts.
    if (open.length === 0)
      ports.push({
        hostAddress: undefined,
        hostPort: undefined,
        lastHostPort: undefined,
        containerPort: 0,
        protocol: 'tcp',
        published: true,
        at: at('HostConfig.PublishAllPorts'),
      })
  }
  for (const port of Object.keys(config.ExposedPorts ?? {})) {
    if (Object.hasOwn(asked, port)) continue
    const [first = '', protocol = 'tcp'] = port.split('/')
    ports.push({
      hostAddress: undefined,
      hostPort: undefined,
      lastHostPort: undefined,
      containerPort: Number(first) || 0,
      protocol,
      published: false,
      at: at(`Config.ExposedPorts ${port}`),
    })
  }
  return ports
}

const healthOf = (test: readonly string[] | null | undefined, at: Location): Container['healthcheck'] => {
  if (!test || test.length === 0) return { value: 'image' }
  return { value: test[0] === 'NONE' ? 'disabled' : 'defined', at }
}

const restartOf = ({ HostConfig: { RestartPolicy: policy } }: InspectedContainer): string | undefined => {
  if (!policy?.Name || policy.Name === 'no') return undefined
  return policy.MaximumRetryCount ? `${policy.Name}:${policy.MaximumRetryCount}` : policy.Name
}
