/** Paragraphs of fields in the form of Debian's control files: https://manpages.debian.org/deb-control and deb822(5). */
import { Unreadable } from './cataloger.ts'

export type DebPackage = {
  readonly name: string
  readonly version: string
  readonly architecture: string
  readonly source: string
  readonly sourceVersion: string
  readonly maintainer: string
  /** Which distribution it is of, where the package says so: https://manpages.debian.org/dpkg-dev/deb-origin.5 */
  readonly origin: string
  readonly depends: readonly string[]
  readonly provides: readonly string[]
  readonly conffiles: readonly string[]
}

/** Only packages whose files are there: `installed`, or on their way to or from it. Throws Unreadable. */
export const parseStatus = (text: string): readonly DebPackage[] => {
  const packages: DebPackage[] = []
  for (const paragraph of text.split(/\n(?:[ \t]*\n)+/)) {
    if (paragraph.trim() === '') continue
    const fields = parseFields(paragraph)
    const name = fields.get('package')
    if (name === undefined) throw new Unreadable(`a paragraph names no package: ${JSON.stringify(paragraph.slice(0, 40))}`)
    const version = fields.get('version')
    // `Status: want flag state`; parts of status.d have no such field. config-files: removed but for its configuration.
    const state = fields.get('status')?.split(/\s+/)[2]
    if (state === 'not-installed' || state === 'config-files') continue
    if (version === undefined) {
      if (state === undefined || state === 'installed') throw new Unreadable(`the package ${name} has no version`)
      continue
    }
    // `Source: openssl (3.0.11-1)`: the version only where it differs from the package's own.
    const source = /^(\S+)(?:\s+\((.+)\))?$/.exec(fields.get('source') ?? '')
    packages.push({
      name,
      version,
      architecture: fields.get('architecture') ?? '',
      source: source?.[1] ?? name,
      sourceVersion: source?.[2] ?? version,
      maintainer: fields.get('maintainer') ?? '',
      origin: fields.get('origin') ?? '',
      depends: relations([fields.get('pre-depends'), fields.get('depends')].filter(list => list !== undefined).join(',')),
      provides: relations(fields.get('provides') ?? ''),
      conffiles: (fields.get('conffiles') ?? '').split('\n').flatMap(line => /^\s*(\/\S+)/.exec(line)?.[1] ?? []),
    })
  }
  return packages
}

/** Names in small letters → values; lines that go on are kept with their line ends. */
const parseFields = (paragraph: string): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>()
  let key = ''
  for (const line of paragraph.split('\n')) {
    if (line === '' || line === '\r') continue
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (wanted.has(key)) fields.set(key, `${fields.get(key) ?? ''}\n${line}`)
      continue
    }
    const colon = line.indexOf(':')
    if (colon <= 0) throw new Unreadable(`a line is no field: ${JSON.stringify(line.slice(0, 40))}`)
    key = line.slice(0, colon).toLowerCase()
    if (wanted.has(key)) fields.set(key, line.slice(colon + 1).trim())
  }
  return fields
}

const wanted = new Set([
  'package',
  'version',
  'status',
  'source',
  'architecture',
  'maintainer',
  'origin',
  'depends',
  'pre-depends',
  'provides',
  'conffiles',
])

/** `libc6 (>= 2.34), default-mta | mail-transport-agent` → `['libc6', 'default-mta|mail-transport-agent']`. */
const relations = (text: string): string[] =>
  text
    .split(',')
    .map(alternatives =>
      alternatives
        .split('|')
        .map(one => one.trim().replace(/[\s(:[].*$/s, ''))
        .filter(name => name !== '')
        .join('|'),
    )
    .filter(one => one !== '')
