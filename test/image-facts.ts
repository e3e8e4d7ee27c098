/** The short JSON of samples → facts of an image: what is not said is empty, a list of paths stands for what was counted there. */
import type { ImageFacts } from '../src/judge/image-rule.ts'
import type { Census } from '../src/model/census.ts'

type Loose = Readonly<Record<string, unknown>>

const counted = (items: unknown): unknown => {
  if (!Array.isArray(items)) return items
  const all = items.map((item: unknown) => {
    const object: Loose = typeof item === 'string' ? { path: item, mode: 0o4755 } : (item as Loose)
    return { at: { in: 'layer', layer: `sha256:${'1'.repeat(64)}`, path: object.path }, ...object }
  })
  return { count: items.length, items: all }
}

/** `app:1000`, `app:1000:empty`. */
const account = (text: string): Loose => {
  const [name, uid, password = 'locked'] = text.split(':')
  return { name, uid: Number(uid), gid: Number(uid), password }
}

const lists = [
  'setuid',
  'setgid',
  'capable',
  'writableFiles',
  'writableFolders',
  'shells',
  'packageManagers',
  'compilers',
  'downloaders',
  'stepDowns',
  'caches',
  'gitFolders',
  'hostKeys',
  'sshDaemons',
  'withoutPie',
  'withoutRelro',
  'withoutCanary',
] as const

export const readFacts = (text: string): ImageFacts => {
  const { config, census = {}, ...rest } = JSON.parse(text) as { config?: Loose; census?: Loose }
  const at = (path: string) => ({ in: 'layer', layer: `sha256:${'1'.repeat(64)}`, path })
  const { accounts, groups, machines, ...other } = census
  return {
    name: 'shop/app:1.2',
    platform: 'linux/amd64',
    packages: [],
    isWhole: true,
    today: '2026-11-26',
    config: {
      user: '65532',
      env: [],
      entrypoint: ['/app'],
      cmd: undefined,
      shell: undefined,
      workingDir: '/',
      exposedPorts: [],
      volumes: [],
      labels: {
        'org.opencontainers.image.source': 'https://git.example/shop/app',
        'org.opencontainers.image.revision': '5f1c9a0',
      },
      healthcheck: undefined,
      onBuild: [],
      author: '',
      created: '2026-11-01T00:00:00Z',
      ...config,
    },
    ...rest,
    census: {
      programs: 0,
      start: undefined,
      ...other,
      ...Object.fromEntries(lists.map(name => [name, counted(census[name] ?? [])])),
      accounts: accounts && { count: (accounts as string[]).length, items: (accounts as string[]).map(account) },
      groups: groups && { count: (groups as string[]).length, items: (groups as string[]).map(account) },
      accountsAt: at('/etc/passwd'),
      groupsAt: at('/etc/group'),
      machines: ((machines ?? []) as Loose[]).map(({ machine, ...one }) => ({
        machine,
        ...(counted(one.items) as Loose),
        ...(one.count === undefined ? {} : { count: one.count }),
      })),
    } as unknown as Census,
  } as ImageFacts
}
