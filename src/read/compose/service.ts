/** A service → a Container. */
import {
  blankContainer,
  type Container,
  capabilityName,
  type Device,
  type EnvironmentVariable,
  type Hook,
  type Setting,
  type Words,
} from '../../model/container.ts'
import type { Location } from '../../model/finding.ts'
import type { Field } from '../yaml/fields.ts'
import { locationOf, resolved, type YamlMap, type YamlNode } from '../yaml/tree.ts'
import { grantsOf, mountsOf, type TopLevels } from './mounts.ts'
import { portsOf } from './ports.ts'
import { type ComposeReading, entryPlace } from './reading.ts'
import { resourcesOf } from './resources.ts'
import { securityOf } from './security.ts'
import { commandWords } from './words.ts'

/** What services may name. */
export type Declarations = {
  readonly networks: TopLevels
  readonly volumes: TopLevels
  readonly secrets: TopLevels
  readonly configs: TopLevels
}

/** Variables of a service's `env_file`s, each with the place where the file is named. */
export type FileVariables = readonly { readonly name: string; readonly at: Location }[]

export type ServiceInput = {
  readonly name: string
  readonly at: Location
  readonly body: YamlMap
  readonly declarations: Declarations
  readonly fileVariables: FileVariables
  readonly remoteSources: readonly Setting<string>[]
}

export const readService = (input: ServiceInput, reading: ComposeReading): Container => {
  const { name, at, body, declarations, fileVariables, remoteSources } = input
  const blank = blankContainer('compose', name, at)
  reading.unknown(body, known, 'a service')
  nestedFields(body, reading)
  const string = (field: string): Setting<string> | undefined => reading.string(body, field, field, true)
  const boolean = (field: string): Setting<boolean> => reading.boolean(body, field) ?? { value: false }
  const namespace = (field: string, otherwise: Setting<string>): Setting<string> => {
    const setting = string(field)
    return setting && setting.value !== '' ? setting : otherwise
  }
  const optional = (field: string): Setting<string | undefined> => {
    const setting = string(field)
    return setting === undefined ? { value: undefined } : { ...setting, value: setting.value === '' ? undefined : setting.value }
  }
  const secrets = grantsOf(body, 'secrets', declarations.secrets, reading)
  const configs = grantsOf(body, 'configs', declarations.configs, reading)
  const networks = reading.names(body, 'networks')
  const { devices, requests } = devicesOf(body, reading)
  const build = buildOf(body, reading)
  return {
    ...blank,
    os: osOf(body, reading),
    image: optional('image'),
    build: build.context,
    buildArguments: build.arguments,
    pullPolicy: optional('pull_policy'),
    entrypoint: wordsOf(body, 'entrypoint', reading),
    command: wordsOf(body, 'command', reading),
    user: optional('user'),
    groups: reading.strings(body, 'group_add').map(plain),
    privileged: boolean('privileged'),
    capAdd: capabilities(body, 'cap_add', reading),
    capDrop: capabilities(body, 'cap_drop', reading),
    ...securityOf(reading.strings(body, 'security_opt').map(plain), (option, place) => {
      // The variable that is missing is told of.
      if (reading.isUnsetAt(place)) return
      reading.problem('failed', 'compose-security-option', `\`${option}\` is no option that an engine knows`, place)
    }),
    readOnlyRoot: boolean('read_only'),
    pid: namespace('pid', blank.pid),
    ipc: namespace('ipc', blank.ipc),
    uts: namespace('uts', blank.uts),
    network: networkOf(body, networks, declarations, reading) ?? blank.network,
    userNamespace: namespace('userns_mode', blank.userNamespace),
    cgroup: namespace('cgroup', blank.cgroup),
    networks: networks.map(plain),
    cgroupParent: optional('cgroup_parent'),
    runtime: optional('runtime'),
    mounts: [...mountsOf(body, declarations.volumes, reading), ...secrets.mounts, ...configs.mounts],
    volumesFrom: reading.strings(body, 'volumes_from').map(plain),
    devices,
    deviceRules: reading.strings(body, 'device_cgroup_rules').map(plain),
    deviceRequests: requests,
    sysctls: reading.pairs(body, 'sysctls').map(pair => ({ value: { name: pair.name, value: pair.value ?? '' }, at: pair.at })),
    apiSocket: boolean('use_api_socket'),
    ...resourcesOf(body, reading),
    oomKillDisable: boolean('oom_kill_disable'),
    oomScoreAdjust: reading.integer(body, 'oom_score_adj') ?? { value: undefined },
    ports: portsOf(body, reading),
    environment: environmentOf(body, 'environment', fileVariables, reading),
    labels: reading.pairs(body, 'labels').map(({ name, value = '', written, at }) => ({
      value: { name, value, ...(written ? { written } : {}) },
      at,
    })),
    secrets: secrets.names,
    healthcheck: healthcheckOf(body, reading),
    restart: restartOf(body, reading),
    logging: loggingOf(body, reading),
    extraHosts: hostsOf(body, reading),
    hooks: [...build.hooks, ...['pre_start', 'post_start', 'pre_stop'].flatMap(hook => hooksOf(body, hook, reading))],
    needs: needsOf(body, reading),
    provider: providerOf(body, reading),
    remoteSources,
  }
}

const plain = ({ value, at }: Setting<string>): Setting<string> => (at ? { value, at } : { value })

/** https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json */
const known = new Set(
  (
    'annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count cpu_percent cpu_period cpu_quota ' +
    'cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname ' +
    'entrypoint env_file environment expose extends external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels links ' +
    'logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ' +
    'ports post_start pre_start pre_stop privileged profiles provider pull_policy pull_refresh_after read_only restart runtime scale secrets security_opt shm_size ' +
    'stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir'
  ).split(' '),
)

const nested: Readonly<Record<string, ReadonlySet<string>>> = {
  build: new Set(
    (
      'additional_contexts args cache_from cache_to context dockerfile dockerfile_inline entitlements extra_hosts isolation labels network no_cache no_cache_filter ' +
      'platforms privileged provenance pull sbom secrets shm_size ssh tags target ulimits'
    ).split(' '),
  ),
  deploy: new Set(
    'endpoint_mode labels mode placement replicas resources restart_policy rollback_config update_config'.split(' '),
  ),
  'deploy.resources': new Set(['limits', 'reservations']),
  'deploy.resources.limits': new Set(['cpus', 'memory', 'pids']),
  'deploy.resources.reservations': new Set(['cpus', 'devices', 'generic_resources', 'memory']),
  healthcheck: new Set(['disable', 'interval', 'retries', 'start_interval', 'start_period', 'test', 'timeout']),
  logging: new Set(['driver', 'options']),
}

const nestedFields = (body: YamlMap, reading: ComposeReading): void => {
  for (const [path, names] of Object.entries(nested)) {
    let map: YamlMap | undefined = body
    for (const name of path.split('.')) {
      const value: YamlNode | undefined = map && reading.field(map, name)?.value
      const node = resolved(value)
      map = node?.kind === 'map' ? node : undefined
    }
    if (map) reading.unknown(map, names, `\`${path}\``)
  }
}

const osOf = (body: YamlMap, reading: ComposeReading): Container['os'] => {
  const platform = reading.string(body, 'platform')?.value ?? ''
  const isolation = reading.string(body, 'isolation')?.value ?? ''
  return /^windows(?:\/|$)/i.test(platform) || /^(?:hyperv|process)$/i.test(isolation) ? 'windows' : 'linux'
}

const wordsOf = (body: YamlMap, name: string, reading: ComposeReading): Words => {
  const field = reading.field(body, name)
  if (!field) return { value: undefined }
  if (resolved(field.value)?.kind === 'list') {
    const words = reading.strings(body, name)
    return { value: words.map(({ value }) => value), at: entryPlace(field), places: words.map(({ node }) => locationOf(node)) }
  }
  const text = reading.string(body, name)
  if (!text) return { value: undefined }
  const words = commandWords(text.value)
  if (!words) reading.wrong(name, 'a command whose quotes and brackets are closed, or a list', entryPlace(field))
  return { value: words ?? text.value.split(/\s+/).filter(Boolean), at: entryPlace(field), ...placesIn(field.value, words) }
}

/** Of words that stand in one scalar as they are, each perhaps in quotation marks. */
const placesIn = (node: YamlNode, words: readonly string[] | undefined): Pick<Words, 'places'> => {
  const scalar = resolved(node)
  if (!words || scalar?.kind !== 'scalar' || scalar.file !== node.file) return {}
  const { file, span } = scalar
  const quoted = /^(?:double|single)/.test(scalar.style) ? 1 : 0
  const tokens = [
    ...file.text.slice(span.start + quoted, span.end - quoted).matchAll(/(?<!\S)(?:"[^"\\]*"|'[^'\\]*'|[^\s"'\\]+)(?!\S)/g),
  ]
  if (tokens.length !== words.length || tokens.some(([token], i) => token.replace(/^(["'])(.*)\1$/s, '$2') !== words[i]))
    return {}
  return {
    places: tokens.map(({ 0: token, index }) => {
      const start = span.start + quoted + index
      return locationOf({ file, span: { start, end: start + token.length } })
    }),
  }
}

const capabilities = (body: YamlMap, name: string, reading: ComposeReading): readonly Setting<string>[] => {
  const found = new Map<string, Setting<string>>()
  for (const { value, at } of reading.strings(body, name)) {
    const capability = capabilityName(value)
    if (capability !== '') found.set(capability, at ? { value: capability, at } : { value: capability })
  }
  return [...found.values()]
}

/** Compose joins the first network that a service names; one that is the engine's own `host` is the host's. */
const networkOf = (
  body: YamlMap,
  networks: readonly Setting<string>[],
  { networks: declared }: Declarations,
  reading: ComposeReading,
): Setting<string> | undefined => {
  const mode = reading.string(body, 'network_mode')
  if (mode && mode.value !== '') return mode
  for (const network of networks) {
    const top = declared.get(network.value)
    if (!top && network.value !== 'default') reading.lack('network', network.value, network.at ?? locationOf(body))
    const name = top?.body && engineName(top.body, top.name, reading)
    if (name === 'host' || name === 'none') return { value: name, ...(network.at ? { at: network.at } : {}) }
  }
  const implied = networks.length === 0 ? declared.get('default') : undefined
  const name = implied?.body && engineName(implied.body, 'default', reading)
  return implied && (name === 'host' || name === 'none') ? { value: name, at: implied.at } : undefined
}

/** The name that the engine knows it by, where the project does not make one up. */
const engineName = (body: YamlMap, key: string, reading: ComposeReading): string | undefined => {
  const external = reading.field(body, 'external')
  const map = external && resolved(external.value)
  if (map?.kind === 'map') return reading.string(map, 'name', 'networks.*.external.name')?.value ?? key
  const name = reading.string(body, 'name', 'networks.*.name')?.value
  if (name !== undefined) return name
  return external && reading.boolean(body, 'external', 'networks.*.external')?.value ? key : undefined
}

/** A name such as `vendor.com/class=device`: https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md */
const cdi = /^[A-Za-z][\w.-]*\/[A-Za-z][\w-]*=\S+$/

const devicesOf = (
  body: YamlMap,
  reading: ComposeReading,
): { devices: readonly Device[]; requests: readonly Setting<string>[] } => {
  const devices = new Map<string, Device>()
  const requests: Setting<string>[] = []
  for (const { node, at } of reading.items(body, 'devices')) {
    const map = resolved(node)
    const text = reading.text(node)
    if (map?.kind === 'map') {
      const host = reading.string(map, 'source', 'devices[].source')?.value
      if (host === undefined) reading.wrong('devices[]', 'a mapping with a `source`', at)
      else if (cdi.test(host)) requests.push({ value: host, at })
      else {
        const target = reading.string(map, 'target', 'devices[].target')?.value || host
        const permissions = reading.string(map, 'permissions', 'devices[].permissions')?.value || 'rwm'
        devices.set(target, { host: reading.path(host, node), target, permissions, at })
      }
    } else if (text === undefined) reading.wrong('devices', 'a list of texts and mappings', at)
    else if (cdi.test(text)) requests.push({ value: text, at })
    else if (text !== '') {
      // Other than for `docker run --device`, a second part is always the target.
      const [host = '', second, permissions] = text.split(':')
      const target = second || host
      devices.set(target, { host: reading.path(host, node), target, permissions: permissions || 'rwm', at })
    }
  }
  const gpus = reading.field(body, 'gpus')
  if (gpus) {
    const list = resolved(gpus.value)
    if (list?.kind === 'scalar') {
      const count = reading.text(gpus.value)
      if (count) requests.push({ value: `gpu ${count}`, at: entryPlace(gpus) })
    } else for (const { node, at } of reading.items(body, 'gpus')) requests.push({ value: requestText(node, 'gpu', reading), at })
  }
  const deploy = reading.map(body, 'deploy')
  const reservations = reading.map(
    reading.map(deploy, 'resources', 'deploy.resources'),
    'reservations',
    'deploy.resources.reservations',
  )
  if (reservations)
    for (const { node, at } of reading.items(reservations, 'devices', 'deploy.resources.reservations.devices'))
      requests.push({ value: requestText(node, '', reading), at })
  return { devices: [...devices.values()], requests }
}

/** `nvidia gpu,compute all`: driver, capabilities, how many or which. */
const requestText = (node: YamlNode, otherwise: string, reading: ComposeReading): string => {
  const map = resolved(node)
  if (map?.kind !== 'map') return reading.text(node) ?? otherwise
  const ids = reading.strings(map, 'device_ids', 'devices[].device_ids').map(({ value }) => value)
  const capabilities = reading.strings(map, 'capabilities', 'devices[].capabilities').map(({ value }) => value)
  return [
    reading.string(map, 'driver', 'devices[].driver')?.value ?? '',
    capabilities.join(',') || otherwise,
    ids.join(',') || (reading.string(map, 'count', 'devices[].count')?.value ?? 'all'),
  ]
    .filter(Boolean)
    .join(' ')
}

const environmentOf = (
  body: YamlMap,
  name: string,
  fromFiles: FileVariables,
  reading: ComposeReading,
  what = name,
): readonly EnvironmentVariable[] => {
  const variables = new Map<string, EnvironmentVariable>()
  for (const { name: variable, at } of fromFiles)
    variables.set(variable, { name: variable, value: undefined, from: 'env_file', at })
  for (const pair of reading.pairs(body, name, what)) {
    if (pair.name === '') continue
    variables.set(
      pair.name,
      pair.value === undefined || pair.isReference
        ? { name: pair.name, value: undefined, from: 'host', at: pair.at }
        : { name: pair.name, value: pair.value, at: pair.at, ...(pair.written ? { written: pair.written } : {}) },
    )
  }
  return [...variables.values()]
}

type Build = {
  readonly context: Setting<string> | undefined
  readonly arguments: readonly EnvironmentVariable[]
  readonly hooks: readonly Hook[]
}

const buildOf = (body: YamlMap, reading: ComposeReading): Build => {
  const field = reading.field(body, 'build')
  if (!field) return { context: undefined, arguments: [], hooks: [] }
  const at = entryPlace(field)
  const map = resolved(field.value)
  if (map?.kind !== 'map') {
    const context = reading.string(body, 'build')
    return { context: context ?? { value: '.', at }, arguments: [], hooks: [] }
  }
  const insecure = reading
    .strings(map, 'entitlements', 'build.entitlements')
    .find(({ value }) => value.startsWith('security.insecure'))
  const entitled = reading.strings(map, 'entitlements', 'build.entitlements').find(({ value }) => value === 'network.host')
  const privileged = reading.boolean(map, 'privileged', 'build.privileged')
  const network = reading.string(map, 'network', 'build.network')
  const hook: Hook = {
    name: 'build',
    privileged:
      privileged?.value || !insecure
        ? (privileged ?? { value: false })
        : { value: true, ...(insecure.at ? { at: insecure.at } : {}) },
    user: { value: undefined },
    ...(network || entitled ? { network: network ?? { value: 'host', ...(entitled?.at ? { at: entitled.at } : {}) } } : {}),
    at,
  }
  return {
    context: { value: reading.string(map, 'context', 'build.context')?.value ?? '.', at },
    arguments: environmentOf(map, 'args', [], reading, 'build.args'),
    hooks: [hook],
  }
}

const hooksOf = (body: YamlMap, name: string, reading: ComposeReading): readonly Hook[] =>
  reading.items(body, name).flatMap(({ node, at }) => {
    const map = resolved(node)
    if (map?.kind !== 'map') {
      reading.wrong(name, 'a list of mappings', at)
      return []
    }
    const user = reading.string(map, 'user', `${name}[].user`)
    return [
      {
        name,
        privileged: reading.boolean(map, 'privileged', `${name}[].privileged`) ?? { value: false },
        user: user ? { ...user, value: user.value || undefined } : { value: undefined },
        at,
      },
    ]
  })

/** https://github.com/compose-spec/compose-spec/blob/main/05-services.md#healthcheck */
const healthcheckOf = (body: YamlMap, reading: ComposeReading): Container['healthcheck'] => {
  const field = reading.field(body, 'healthcheck')
  const map = reading.map(body, 'healthcheck')
  if (!field || !map) return { value: 'image' }
  const at = entryPlace(field)
  if (reading.boolean(map, 'disable', 'healthcheck.disable')?.value) return { value: 'disabled', at }
  const test = reading.strings(map, 'test', 'healthcheck.test', true).map(({ value }) => value)
  // `test: NONE` is a command of that name; only in a list it means none.
  if (test[0] === 'NONE' && resolved(reading.field(map, 'test')?.value)?.kind === 'list') return { value: 'disabled', at }
  return { value: test.length > 0 && test.some(word => word !== '') ? 'defined' : 'image', at }
}

/** Compose takes `deploy.restart_policy` before `restart`: https://github.com/compose-spec/compose-spec/blob/main/deploy.md#restart_policy */
const restartOf = (body: YamlMap, reading: ComposeReading): Setting<string | undefined> => {
  const deploy = reading.map(body, 'deploy')
  const field = deploy && reading.field(deploy, 'restart_policy')
  const policy = reading.map(deploy, 'restart_policy', 'deploy.restart_policy')
  if (field && policy) {
    const condition = reading.string(policy, 'condition', 'deploy.restart_policy.condition')?.value ?? 'any'
    const attempts = reading.integer(policy, 'max_attempts', 'deploy.restart_policy.max_attempts')?.value
    const name = conditions[condition] ?? condition
    return { value: name === 'on-failure' && attempts ? `${name}:${attempts}` : name, at: entryPlace(field) }
  }
  const restart = reading.string(body, 'restart', 'restart', true)
  if (!restart || restart.value === '') return { value: undefined }
  // `restart: no` without quotes is a boolean to older readers of YAML.
  return /^(?:no|false)$/i.test(restart.value) ? { ...restart, value: 'no' } : restart
}
const conditions: Readonly<Record<string, string>> = { none: 'no', any: 'always' }

const loggingOf = (body: YamlMap, reading: ComposeReading): Setting<string | undefined> => {
  const logging = reading.map(body, 'logging')
  const driver = logging && reading.string(logging, 'driver', 'logging.driver')
  return driver && driver.value !== '' ? driver : { value: undefined }
}

/** As Docker's `--add-host` writes them: `name:address`. */
const hostsOf = (body: YamlMap, reading: ComposeReading): readonly Setting<string>[] => {
  const field = reading.field(body, 'extra_hosts')
  if (!field) return []
  const map = resolved(field.value)
  const lists: Setting<string>[] = []
  if (map?.kind === 'map')
    for (const one of reading.fields(map)) {
      const list = resolved(one.value)
      if (list?.kind !== 'list') continue
      for (const item of list.items) {
        const address = reading.text(item)
        if (address !== undefined) lists.push({ value: `${one.name}:${bare(address)}`, at: locationOf(item) })
      }
    }
  const hosts = lists.length > 0 ? pairsButLists(map, reading) : reading.pairs(body, 'extra_hosts', 'extra_hosts', /[=:]/)
  return [
    ...hosts.flatMap(({ name, value, at }) =>
      (value ?? '').split(',').map(address => ({ value: `${name}:${bare(address)}`, at })),
    ),
    ...lists,
  ]
}

const bare = (address: string): string => address.trim().replace(/^\[(.*)\]$/, '$1')

const pairsButLists = (
  map: YamlNode | undefined,
  reading: ComposeReading,
): readonly { readonly name: string; readonly value: string | undefined; readonly at: Location }[] =>
  reading
    .fields(map)
    .filter((field: Field) => resolved(field.value)?.kind === 'scalar')
    .map(field => ({ name: field.name, value: reading.text(field.value), at: entryPlace(field) }))

const needsOf = (body: YamlMap, reading: ComposeReading): readonly Setting<string>[] => {
  const needs = new Map<string, Setting<string>>()
  for (const { value, at } of reading.names(body, 'depends_on')) needs.set(value, at ? { value, at } : { value })
  for (const field of ['links', 'external_links'])
    for (const { value, at } of reading.strings(body, field)) {
      const [name = ''] = value.split(':')
      if (!needs.has(name)) needs.set(name, at ? { value: name, at } : { value: name })
    }
  return [...needs.values()]
}

const providerOf = (body: YamlMap, reading: ComposeReading): Setting<string | undefined> => {
  const field = reading.field(body, 'provider')
  const map = reading.map(body, 'provider')
  if (!field || !map) return { value: undefined }
  const type = reading.string(map, 'type', 'provider.type')?.value
  if (type === undefined) reading.wrong('provider', 'a mapping with a `type`', entryPlace(field))
  return { value: type ?? '', at: entryPlace(field) }
}
