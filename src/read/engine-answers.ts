/** What an engine says of itself (GET /info, /version, /networks/bridge) → a Daemon. https://docs.docker.com/reference/api/engine/ */
import * as v from 'valibot'
import type { Daemon, DaemonSecurity } from '../model/daemon.ts'
import { isLoopback } from './docker-run/values.ts'

const text = v.nullish(v.string())
const texts = v.nullish(v.array(v.string()))

export const infoSchema = v.looseObject({
  Name: text,
  ServerVersion: text,
  KernelVersion: text,
  OSType: text,
  CgroupVersion: text,
  SecurityOptions: texts,
  DockerRootDir: text,
  LoggingDriver: text,
  LiveRestoreEnabled: v.nullish(v.boolean()),
  ExperimentalBuild: v.nullish(v.boolean()),
  Swarm: v.nullish(v.looseObject({ LocalNodeState: text })),
  Plugins: v.nullish(v.looseObject({ Authorization: texts })),
  RegistryConfig: v.nullish(
    v.looseObject({
      InsecureRegistryCIDRs: texts,
      IndexConfigs: v.nullish(v.record(v.string(), v.nullish(v.looseObject({ Secure: v.nullish(v.boolean()) })))),
    }),
  ),
  Warnings: texts,
})

export const versionSchema = v.looseObject({
  Version: text,
  Components: v.nullish(v.array(v.looseObject({ Name: v.string(), Version: text }))),
})

export const networkSchema = v.looseObject({ Options: v.nullish(v.record(v.string(), v.string())) })

export type EngineAnswers = {
  readonly info: v.InferOutput<typeof infoSchema>
  readonly version: v.InferOutput<typeof versionSchema> | undefined
  /** Undefined: there is no network of this name. */
  readonly bridge: v.InferOutput<typeof networkSchema> | undefined
}

/** `options`: what is known of its configuration, undefined for nothing. */
export const daemonOf = ({ info, version, bridge }: EngineAnswers, options: Daemon['options']): Daemon => {
  const component = (pattern: RegExp): string | undefined =>
    version?.Components?.find(({ Name }) => pattern.test(Name))?.Version ?? undefined
  const isPodman = component(/podman/i) !== undefined
  const registries = info.RegistryConfig
  const index = Object.entries(registries?.IndexConfigs ?? {})
  const icc = bridge?.Options?.['com.docker.network.bridge.enable_icc']
  return {
    kind: isPodman ? 'podman' : 'docker',
    name: info.Name ?? '',
    engine: info.ServerVersion ?? version?.Version ?? undefined,
    containerd: component(/^containerd$/i),
    runc: component(/^runc$/i),
    kernel: info.KernelVersion ?? undefined,
    os: info.OSType === 'windows' ? 'windows' : 'linux',
    cgroups: info.CgroupVersion === '1' ? 1 : info.CgroupVersion === '2' ? 2 : undefined,
    security: info.SecurityOptions ? securityOf(info.SecurityOptions) : undefined,
    root: info.DockerRootDir || undefined,
    loggingDriver: info.LoggingDriver || undefined,
    liveRestore: info.LiveRestoreEnabled ?? undefined,
    experimental: info.ExperimentalBuild ?? undefined,
    inSwarm: info.Swarm?.LocalNodeState ? info.Swarm.LocalNodeState !== 'inactive' : undefined,
    authorizationPlugins: info.Plugins ? (info.Plugins.Authorization ?? []) : undefined,
    insecureRegistries: registries
      ? [
          ...(registries.InsecureRegistryCIDRs ?? []).filter(range => !isLoopback(range.split('/')[0]!)),
          ...index.flatMap(([name, one]) => (one?.Secure === false ? [name] : [])),
        ]
      : undefined,
    bridgeTalks: icc === undefined ? undefined : icc === 'true',
    // https://github.com/moby/moby/blob/master/daemon/info.go: "API is accessible on http://0.0.0.0:2375 without encryption."
    openAddresses: (info.Warnings ?? []).flatMap(warning => {
      const found = /API is accessible on (https?:\/\/[^\s,]{1,200})/.exec(warning)
      return found ? [found[1]!.replace(/\.$/, '')] : []
    }),
    options,
  }
}

/** `name=seccomp,profile=default`; before 17.05 `seccomp` alone. */
const securityOf = (options: readonly string[]): DaemonSecurity => {
  const fields = options.map(option => new Map(option.split(',').map(part => splitAt(part, '='))))
  const named = (name: string): ReadonlyMap<string, string> | undefined =>
    fields.find(one => one.get('name') === name || one.has(name))
  const seccomp = named('seccomp')
  return {
    apparmor: named('apparmor') !== undefined,
    selinux: named('selinux') !== undefined,
    seccomp: seccomp && (seccomp.get('profile') ?? 'default'),
    userNamespaces: named('userns') !== undefined,
    rootless: named('rootless') !== undefined,
    noNewPrivileges: named('no-new-privileges') !== undefined,
  }
}

const splitAt = (text: string, mark: string): [string, string] => {
  const at = text.indexOf(mark)
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
