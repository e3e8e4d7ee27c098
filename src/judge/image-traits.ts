/** What an image is set to, and what it has that helps somebody on who runs code in a container: for holding two images against each other. */
import type { Census, Counted, CountedFile } from '../model/census.ts'
import type { Trait, TraitItem } from '../model/comparison.ts'
import type { ImageConfig } from '../model/image.ts'
import { shortHash } from '../model/key.ts'
import { effectiveUser } from './image-user.ts'

type Facts = {
  /** Without secrets. Undefined for a folder. */
  readonly config: ImageConfig | undefined
  readonly platform: string | undefined
  readonly census: Census | undefined
}

/** What can be known of it; of what it has not, an empty list. */
export const traitsOf = (facts: Facts): readonly Trait[] => [
  ...(facts.config ? settingsOf(facts.config, facts) : []),
  ...(facts.census ? filesOf(facts.census) : []),
]

const settingsOf = (config: ImageConfig, { platform, census }: Facts): readonly Trait[] => {
  const pairs = config.env.map(pair => {
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    return { name, value }
  })
  return [
    userOf(config, platform, census),
    setting('entrypoint', 'entrypoint', words(config.entrypoint)),
    setting('command', 'command', words(config.cmd)),
    setting('folder', 'working folder', config.workingDir),
    setting('shell', 'shell of builds', words(config.shell)),
    setting('healthcheck', 'health check', words(config.healthcheck)),
    list('setting', 'ports', 'ports', config.exposedPorts.map(plain), true),
    list('setting', 'volumes', 'volumes', config.volumes.map(plain), false),
    list(
      'setting',
      'environment',
      'variables',
      pairs.map(({ name, value }) => ({ name, mark: shortHash(value) })),
      false,
    ),
    list('setting', 'onbuild', 'instructions for later builds', config.onBuild.map(plain), true),
    list('way-out', 'runtime', 'what runtimes act on', runtimeSettings(pairs), true),
    // https://docs.podman.io/en/stable/markdown/podman-run.1.html#cap-add-capability: a container gets no more than these.
    list('way-out', 'podman-capabilities', 'limit of capabilities (Podman)', capabilitiesOf(config.labels), false),
  ]
}

const plain = (name: string): TraitItem => ({ name })

const words = (list: readonly string[] | undefined): string => (list === undefined ? '' : JSON.stringify(list))

const setting = (id: string, title: string, value: string): Trait => ({
  id,
  group: 'setting',
  title,
  kind: 'value',
  value,
  risk: undefined,
})

const list = (group: Trait['group'], id: string, title: string, items: readonly TraitItem[], isRisk: boolean): Trait => {
  // Of a name that is given twice the last one holds.
  const unique = [...new Map(items.map(item => [item.name, item])).values()]
  return { id, group, title, kind: 'list', items: unique, count: unique.length, isRisk }
}

const userOf = (config: ImageConfig, platform: string | undefined, census: Census | undefined): Trait => {
  const name = config.user.trim()
  const user = census && effectiveUser({ name: undefined, platform, config, packages: [], census, isWhole: false, today: '' })
  const isRoot = user ? user.kind === 'root' : /^(?:|root|\+?0+)(?::|$)/.test(name)
  const shown = name === '' ? 'root, since none is set' : isRoot && !/^root(?::|$)/.test(name) ? `${name} (root)` : name
  return {
    id: 'user',
    group: 'way-out',
    title: 'user',
    kind: 'value',
    value: platform?.startsWith('windows/') ? name : shown,
    risk: platform?.startsWith('windows/') ? undefined : isRoot ? 1 : 0,
  }
}

/**
 * The environment of an image that runtimes read before any program starts: NVIDIA's hands out devices and mounts libraries of the host by it
 * (https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html), and its hook once ran with the image's LD_PRELOAD,
 * as root of the host (CVE-2025-23266).
 */
const runtimeSettings = (pairs: readonly { readonly name: string; readonly value: string }[]): readonly TraitItem[] =>
  pairs
    .filter(
      ({ name, value }) => /^(?:NVIDIA_(?!REQUIRE_)|LD_)/.test(name) && value !== '' && value !== 'void' && value !== 'none',
    )
    .map(({ name, value }) => ({ name: `${name}=${value}` }))

const capabilitiesOf = (labels: ImageConfig['labels']): readonly TraitItem[] =>
  ['io.containers.capabilities'].flatMap(name => (labels[name] === undefined ? [] : [{ name: labels[name] }]))

const filesOf = (census: Census): readonly Trait[] => {
  const files = <Item extends CountedFile>(
    id: string,
    title: string,
    { count, items }: Counted<Item>,
    markOf: (item: Item) => string = () => '',
  ): Trait => ({
    id,
    group: 'way-out',
    title,
    kind: 'list',
    items: items.map(item => ({ name: item.path, mark: markOf(item) })),
    count,
    isRisk: true,
  })
  const accounts = census.accounts
  const isCut = accounts !== undefined && accounts.count > accounts.items.length
  const named = (id: string, title: string, some: readonly { readonly name: string }[]): Trait => ({
    ...list(
      'way-out',
      id,
      title,
      some.map(({ name }) => ({ name })),
      true,
    ),
  })
  return [
    files('setuid', 'setuid programs', census.setuid, ({ mode }) => mode.toString(8)),
    files('setgid', 'setgid programs', census.setgid, ({ mode }) => mode.toString(8)),
    files('file-capabilities', 'programs with capabilities', census.capable, ({ capabilities }) => capabilities.join()),
    files('writable-files', 'files that everybody may change', census.writableFiles),
    files('writable-folders', 'folders that everybody may change', census.writableFolders),
    files('shells', 'shells', census.shells),
    files('package-managers', 'package managers', census.packageManagers),
    files('compilers', 'compilers', census.compilers),
    files('downloaders', 'download tools', census.downloaders),
    files('sshd', 'SSH daemons', census.sshDaemons),
    // Of a cut list nobody knows who is missing.
    ...(isCut
      ? []
      : [
          named(
            'open-accounts',
            'accounts without a password',
            (accounts?.items ?? []).filter(({ password }) => password === 'empty'),
          ),
          named(
            'root-accounts',
            'further accounts with the uid 0',
            (accounts?.items ?? []).filter(({ name, uid }) => uid === 0 && name !== 'root'),
          ),
        ]),
  ]
}
