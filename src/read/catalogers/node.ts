/** npm packages that are installed: https://docs.npmjs.com/cli/configuring-npm/package-json, and the caches of Yarn's Plug'n'Play. */

import type { Package } from '../../model/package.ts'
import { purl } from '../../model/purl.ts'
import { type Cataloger, type Found, type ImageView, Unreadable, wholeText } from '../cataloger.ts'

type Data = {
  readonly name: string
  readonly version: string
  readonly licences: readonly string[]
  readonly dependencies: readonly string[]
  readonly isPrivate?: true
}

const cataloger: Cataloger<Data> = {
  revision: 2,
  files: ['**/package.json', '**/.yarn/cache/*.zip'],
  collect(file) {
    if (file.path.endsWith('.zip')) return fromCacheName(file.path)
    const isRoot = isPackageRoot(file.path)
    // Inside of a package they only say which kind of modules lie beside them; elsewhere they may be an application's own.
    if (!isRoot && /(?:^|\/)node_modules\//.test(file.path)) return undefined
    const text = wholeText(file, 8 * 1024 * 1024)
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      // Test data of packages is broken on purpose; a package's own file is not.
      if (!isRoot) return undefined
      throw new Unreadable('it is no JSON', error)
    }
    if (typeof value !== 'object' || value === null) return undefined
    const {
      name,
      version,
      license,
      licenses,
      dependencies,
      optionalDependencies,
      private: isPrivate,
    } = value as Record<string, unknown>
    if (typeof name !== 'string' || typeof version !== 'string' || name === '' || version === '') return undefined
    return {
      name,
      version,
      licences: [...licenceNames(license), ...licenceNames(licenses)],
      dependencies: [...new Set([...keysOf(dependencies), ...keysOf(optionalDependencies)])],
      ...(isPrivate === true ? { isPrivate } : {}),
    }
  },
  *assemble(found, image) {
    yield* packagesOf(found, image)
  },
}

export default cataloger

/** `…/node_modules/NAME/package.json`, `…/node_modules/@SCOPE/NAME/package.json`. */
const isPackageRoot = (path: string): boolean => /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^@/][^/]*\/package\.json$/.test(path)

const keysOf = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value).slice(0, 5000) : []

/** A name; or, of old, `{ type }` and lists of them. */
const licenceNames = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return value === '' ? [] : [value.slice(0, 500)]
  if (Array.isArray(value)) return value.slice(0, 50).flatMap(licenceNames)
  if (typeof value === 'object' && value !== null) return licenceNames((value as { type?: unknown }).type)
  return []
}

/** `lodash-npm-4.17.21-6382d821f4-eb835a2e51.zip`: https://yarnpkg.com/features/caching */
const fromCacheName = (path: string): Data | undefined => {
  const fileName = path.slice(path.lastIndexOf('/') + 1).slice(-300)
  const match = /^(.+?)-npm-(\d.{0,255}?)-[0-9a-f]{10}-[0-9a-z]{2,255}\.zip$/.exec(fileName)
  if (!match) return undefined
  const [, written = '', version = ''] = match
  // A scope ends at the first dash, as far as anybody can tell.
  const name = written.startsWith('@') ? written.replace('-', '/') : written
  return { name, version, licences: [], dependencies: [] }
}

function* packagesOf(found: readonly Found<Data>[], image: ImageView): Generator<Package> {
  const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
  const byFolder = new Map<string, string>()
  const kept: { one: Found<Data>; url: string; folder: string }[] = []
  for (const one of found) {
    const folder = folderOf(one.path)
    const isInstalled = isPackageRoot(one.path) || one.path.endsWith('.zip')
    // An application is installed when what it needs is installed beside it.
    if (!isInstalled && image.typeOf(folder === '' ? 'node_modules' : `${folder}/node_modules`) !== 'directory') continue
    const url = purlOf(one.data)
    if (!one.path.endsWith('.zip')) byFolder.set(folder, url)
    kept.push({ one, url, folder })
  }
  /** The package that a folder is, through links, as pnpm makes them. */
  const packageAt = (path: string): string | undefined => {
    const direct = byFolder.get(path)
    if (direct !== undefined) return direct
    const real = image.real(path)
    return real === undefined || real === path ? undefined : byFolder.get(real)
  }
  for (const { one, url, folder } of kept) {
    const dependsOn = new Set<string>()
    for (const name of one.data.dependencies) {
      // https://nodejs.org/api/modules.html#loading-from-node_modules-folders
      for (let at = folder; ; at = folderOf(at)) {
        if (!at.endsWith('node_modules')) {
          const other = packageAt(at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`)
          if (other !== undefined) {
            if (other !== url) dependsOn.add(other)
            break
          }
        }
        if (at === '') break
      }
    }
    yield {
      purl: url,
      name: one.data.name,
      version: one.data.version,
      ecosystem: 'npm',
      at: [one.at],
      dependsOn: [...dependsOn].sort(),
      licences: one.data.licences,
      ...(one.data.isPrivate ? { isPrivate: true } : {}),
    }
  }
}

const purlOf = ({ name, version }: Data): string => {
  const slash = name.startsWith('@') ? name.indexOf('/') : -1
  return slash === -1
    ? purl({ type: 'npm', name, version })
    : purl({ type: 'npm', namespace: name.slice(0, slash), name: name.slice(slash + 1), version })
}
