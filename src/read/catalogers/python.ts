/**
 * Python distributions that are installed: `*.dist-info` (https://packaging.python.org/en/latest/specifications/recording-installed-packages/) and the
 * eggs of setuptools before it, also zipped (https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html).
 */

import type { Package } from '../../model/package.ts'
import { purl } from '../../model/purl.ts'
import { type Cataloger, type Found, type LayerFile, Unreadable, wholeText } from '../cataloger.ts'
import { normalName } from '../python-name.ts'
import { readEntry, readZip } from '../zip.ts'

type Data =
  | {
      readonly kind: 'metadata'
      readonly name: string
      readonly version: string
      readonly licences: readonly string[]
      readonly requires: readonly string[]
    }
  /** Relative to the folder that holds the `.dist-info`. */
  | { readonly kind: 'owns'; readonly files: readonly string[] }

const cataloger: Cataloger<Data> = {
  revision: 2,
  files: [
    '**/*.dist-info/METADATA',
    '**/*.dist-info/RECORD',
    '**/*.egg-info',
    '**/*.egg-info/PKG-INFO',
    '**/EGG-INFO/PKG-INFO',
    '**/*.egg',
  ],
  collect(file) {
    if (file.path.endsWith('.egg')) return fromEgg(file)
    const text = wholeText(file, 16 * 1024 * 1024)
    if (file.path.endsWith('/RECORD')) return { kind: 'owns', files: recordPaths(text) }
    return parseMetadata(text)
  },
  *assemble(found) {
    yield* packagesOf(found)
  },
}

export default cataloger

/** An archive that modules are imported from as it is. */
const fromEgg = (file: LayerFile): Data | undefined => {
  const head = file.read(0, 2)
  if (head[0] !== 0x50 || head[1] !== 0x4b) return undefined
  const entry = readZip(file.read, file.size).find(({ name }) => name === 'EGG-INFO/PKG-INFO')
  return entry && parseMetadata(new TextDecoder().decode(readEntry(file.read, entry, 16 * 1024 * 1024)))
}

/** https://packaging.python.org/en/latest/specifications/core-metadata/: headers as in mail, then the description. Throws Unreadable. */
export const parseMetadata = (text: string): Extract<Data, { kind: 'metadata' }> => {
  const end = text.search(/\r?\n\r?\n/)
  const fields = new Map<string, string[]>()
  let last: string[] | undefined
  for (const line of (end === -1 ? text : text.slice(0, end)).split(/\r?\n/)) {
    const match = /^([A-Za-z][A-Za-z-]*):(.*)$/.exec(line)
    if (match) {
      const key = match[1]!.toLowerCase()
      last = fields.get(key) ?? []
      fields.set(key, last)
      last.push(match[2]!.trimStart())
    } else if (last && /^\s/.test(line) && last.length > 0) last[last.length - 1] += `\n${line}`
  }
  const name = fields.get('name')?.[0]?.trim()
  const version = fields.get('version')?.[0]?.trim()
  if (!name || !version) throw new Unreadable('it has no name or no version')
  const expression = fields.get('license-expression')?.[0]
  const stated = fields.get('license')?.[0]?.trim()
  const classified = (fields.get('classifier') ?? []).flatMap(
    one => /^License :: (?:OSI Approved :: )?(.+)$/.exec(one)?.[1] ?? [],
  )
  // Some put the licence's whole text there.
  const short = stated && stated !== 'UNKNOWN' && !stated.includes('\n') && stated.length < 200 ? [stated] : []
  return {
    kind: 'metadata',
    name,
    version,
    licences: expression ? [expression] : short.length > 0 ? short : classified.filter(one => one !== 'OSI Approved'),
    requires: (fields.get('requires-dist') ?? []).flatMap(whole => {
      const one = whole.slice(0, 1000)
      // `requests[socks] (>=2) ; extra == "x"`: extras are wishes of others.
      const [, ...marker] = one.split(';')
      if (/\bextra\s{0,20}==/.test(marker.join(';'))) return []
      return /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(one)?.[1] ?? []
    }),
  }
}

/** The first column of a CSV file; quotes where a name has commas. */
const recordPaths = (text: string): readonly string[] =>
  text.split(/\r?\n/).flatMap(line => {
    const quoted = /^"((?:[^"]|"")*)"/.exec(line)?.[1]
    const path = quoted?.replaceAll('""', '"') ?? line.split(',')[0] ?? ''
    return path === '' || path.endsWith('.pyc') ? [] : [path]
  })

function* packagesOf(found: readonly Found<Data>[]): Generator<Package> {
  const owned = new Map<string, readonly string[]>()
  const sites = new Map<string, Map<string, string>>()
  const all = new Map<string, string>()
  const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
  /** Where its modules are: the folder that holds the record's folder. */
  const siteOf = (path: string): string => (/\.egg(?:-info)?$/.test(path) ? folderOf(path) : folderOf(folderOf(path)))
  for (const { path, data } of found) {
    if (data.kind === 'owns') {
      owned.set(folderOf(path), data.files)
      continue
    }
    const site = siteOf(path)
    const names = sites.get(site) ?? new Map<string, string>()
    sites.set(site, names)
    names.set(normalName(data.name), purlOf(data))
    all.set(normalName(data.name), purlOf(data))
  }
  for (const { path, at, data } of found) {
    if (data.kind === 'owns') continue
    const url = purlOf(data)
    const site = siteOf(path)
    const dependsOn = new Set<string>()
    for (const name of data.requires) {
      const other = sites.get(site)?.get(normalName(name)) ?? all.get(normalName(name))
      if (other !== undefined && other !== url) dependsOn.add(other)
    }
    const files = owned.get(folderOf(path))
    yield {
      purl: url,
      name: data.name,
      version: data.version,
      ecosystem: 'pypi',
      at: [at],
      ...(files ? { owns: files.map(file => absolute(site, file)) } : {}),
      dependsOn: [...dependsOn].sort(),
      licences: data.licences,
    }
  }
}

const purlOf = ({ name, version }: { readonly name: string; readonly version: string }): string =>
  purl({ type: 'pypi', name: normalName(name), version })

const absolute = (site: string, file: string): string => {
  if (file.startsWith('/')) return file
  const parts = site.split('/').filter(part => part !== '')
  for (const part of file.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return `/${parts.join('/')}`
}
