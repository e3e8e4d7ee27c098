/**
 * Java archives, also inside of each other: Maven's pom.properties (https://maven.apache.org/shared/maven-archiver/#pom-properties-content), else the
 * manifest (https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html), else the file's name.
 */
import type { Problem } from '../../model/finding.ts'
import { purl } from '../../model/purl.ts'
import { anySize, type Cataloger, Unreadable } from '../cataloger.ts'
import { type Read, readEntry, readZip, storedPart, type ZipEntry } from '../zip.ts'

type Artifact = {
  readonly group: string
  readonly artifact: string
  readonly version: string
  readonly licence: string
  /** Of an archive inside of archives: the way to it, `lib/a.jar!/b.jar`. */
  readonly inside: string
}
type Data = {
  readonly artifacts: readonly Artifact[]
  readonly troubles: readonly string[]
  /** Ways to the archives that hold classes and say nowhere which version they are. */
  readonly nameless: readonly string[]
}

/**
 * Archives in archives are followed so deep, so many of them, so many bytes of them inflated, and so many records of their directories: a Spring application
 * has one level of 300, with 100,000 records.
 */
const depthLimit = 24
const archiveLimit = 20_000
const inflatedLimit = 2 * 1024 ** 3
const recordLimit = 500_000
/** Bytes of all the archives that are held at one time, one in the other. */
const heldLimit = 96 * 1024 * 1024
/** A bomb inflates by a thousand and more; classes by two or three. */
const ratioLimit = 200
const textLimit = 1024 * 1024
const namelessLimit = 1000
const troubleLimit = 20

const cataloger: Cataloger<Data> = {
  revision: 2,
  files: ['**/*.{jar,war,ear,par,sar,nar,jpi,hpi,kar,far,lpkg,rar}'],
  largest: anySize,
  collect(file) {
    // RAR archives have the same ending as resource adapters.
    if (file.path.endsWith('.rar') && file.read(0, 1)[0] !== 0x50) return undefined
    const budget: Budget = { inflated: 0, held: 0, archives: 0, records: 0, troubles: new Set(), nameless: [] }
    const artifacts = readArchive(file.read, file.size, file.path, '', 0, budget)
    return artifacts.length === 0 && budget.troubles.size === 0 && budget.nameless.length === 0
      ? undefined
      : { artifacts, troubles: [...budget.troubles], nameless: budget.nameless }
  },
  *assemble(found) {
    for (const { at, path, data } of found) {
      for (const { group, artifact, version, licence } of data.artifacts)
        yield {
          purl: purl({ type: 'maven', namespace: group === '' ? undefined : group, name: artifact, version }),
          name: group === '' ? artifact : `${group}:${artifact}`,
          version,
          ecosystem: 'maven',
          at: [at],
          dependsOn: [],
          licences: licence === '' ? [] : [licence],
        }
      for (const trouble of data.troubles)
        yield {
          kind: 'failed',
          code: 'archive-unreadable',
          message: `/${path}: ${trouble}`,
          at,
        } satisfies Problem
    }
    const nameless = found.flatMap(({ path, data }) =>
      data.nameless.map(inside => `/${path}${inside === '' ? '' : `!/${inside}`}`),
    )
    if (nameless.length > 0)
      yield {
        kind: 'uncovered',
        code: 'archive-nameless',
        message:
          `${nameless.length === 1 ? 'a Java archive does' : `${nameless.length} Java archives do`} not say which version of what ` +
          `${nameless.length === 1 ? 'it is' : 'they are'}: ${nameless.slice(0, 3).join(', ')}${nameless.length > 3 ? ', …' : ''}`,
      } satisfies Problem
  },
}

export default cataloger

type Budget = {
  inflated: number
  held: number
  archives: number
  records: number
  readonly troubles: Set<string>
  readonly nameless: string[]
}

const isArchive = (name: string): boolean => /\.(?:jar|war|ear|par|sar|nar|jpi|hpi|kar|far|lpkg|rar)$/i.test(name)

/** Throws Unreadable for the outermost archive only: what is wrong inside becomes a trouble of the file. */
const readArchive = (
  read: Read,
  size: number,
  path: string,
  inside: string,
  depth: number,
  budget: Budget,
): readonly Artifact[] => {
  const entries = readZip(read, size)
  budget.records += entries.length
  if (depth > 0 && budget.records > recordLimit) throw new Unreadable(`the archives inside have more than ${recordLimit} entries`)
  const overlapping = overlaps(entries.filter(({ name }) => isArchive(name)))
  const artifacts: Artifact[] = []
  const poms: { readonly group: string; readonly artifact: string; readonly version: string }[] = []
  let manifest: ReadonlyMap<string, string> | undefined
  const textOf = (entry: ZipEntry): string => {
    inflate(entry, budget)
    return new TextDecoder().decode(readEntry(read, entry, textLimit))
  }
  const here = inside === '' ? path : `${path}!/${inside}`
  for (const entry of entries) {
    try {
      if (/^META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/.test(entry.name)) {
        const values = parseProperties(textOf(entry))
        const [group, artifact, version] = ['groupId', 'artifactId', 'version'].map(key => values.get(key) ?? '')
        if (artifact && version) poms.push({ group: group ?? '', artifact, version })
      } else if (/^META-INF\/MANIFEST\.MF$/i.test(entry.name)) manifest = parseManifest(textOf(entry))
      else if (isArchive(entry.name) && entry.size > 0) {
        if (overlapping.has(entry)) throw new Unreadable(`its entry ${entry.name} lies within another one`)
        const way = inside === '' ? entry.name : `${inside}!/${entry.name}`
        for (const one of readNested(read, entry, path, way, depth + 1, budget)) artifacts.push(one)
      }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      if (budget.troubles.size < troubleLimit)
        budget.troubles.add(inside === '' ? error.message : `inside of ${inside}, ${error.message}`)
    }
  }
  const licence = manifest?.get('bundle-license')?.split(',')[0]?.trim() ?? ''
  const short = licence.length < 100 && !/^https?:/.test(licence) ? licence.split(';', 1)[0]! : ''
  const own = ownArtifact(here, manifest, poms)
  // Others are shaded into it.
  for (const pom of poms) artifacts.push({ ...pom, licence: pom === own ? short : '', inside })
  if (own && !poms.includes(own)) artifacts.push({ ...own, licence: short, inside })
  if (!own && poms.length === 0 && budget.nameless.length < namelessLimit && entries.some(({ name }) => name.endsWith('.class')))
    budget.nameless.push(inside)
  return artifacts
}

/** A directory that lists the same bytes many times would have them read as often. */
const overlaps = (entries: readonly ZipEntry[]): ReadonlySet<ZipEntry> => {
  const found = new Set<ZipEntry>()
  let end = 0
  for (const entry of entries.toSorted((a, b) => a.at - b.at)) {
    if (entry.at < end) found.add(entry)
    end = Math.max(end, entry.at + entry.stored)
  }
  return found
}

/** Throws Unreadable when it is too much together. */
const inflate = ({ size }: ZipEntry, budget: Budget): void => {
  budget.inflated += size
  if (budget.inflated > inflatedLimit) throw new Unreadable(`what is read of it has more than ${inflatedLimit} bytes`)
}

const readNested = (
  read: Read,
  entry: ZipEntry,
  path: string,
  way: string,
  depth: number,
  budget: Budget,
): readonly Artifact[] => {
  if (depth > depthLimit) throw new Unreadable(`archives lie more than ${depthLimit} deep in each other`)
  if (++budget.archives > archiveLimit) throw new Unreadable(`it holds more than ${archiveLimit} archives`)
  const part = storedPart(read, entry)
  if (part) return readArchive(part, entry.stored, path, way, depth, budget)
  if (entry.size > ratioLimit * Math.max(entry.stored, 1024))
    throw new Unreadable(`its entry ${entry.name} inflates more than ${ratioLimit} times`)
  inflate(entry, budget)
  if (budget.held + entry.size > heldLimit)
    throw new Unreadable(`its entry ${entry.name} and the archives around it have more than ${heldLimit} bytes`)
  budget.held += entry.size
  try {
    const bytes = readEntry(read, entry, heldLimit)
    return readArchive((offset, length) => bytes.subarray(offset, offset + length), bytes.length, path, way, depth, budget)
  } finally {
    budget.held -= entry.size
  }
}

/** `key=value`: https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html */
const parseProperties = (text: string): ReadonlyMap<string, string> => {
  const values = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([^#!\s=:]+)\s*[=:](.*)$/.exec(line)
    if (match) values.set(match[1]!, match[2]!.trim())
  }
  return values
}

/** The first section: headers, names in small letters; a line that begins with a blank goes on. */
const parseManifest = (text: string): ReadonlyMap<string, string> => {
  const values = new Map<string, string>()
  for (const line of text.replace(/\r\n?/g, '\n').split('\n\n')[0]!.replaceAll('\n ', '').split('\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) values.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  return values
}

type Coordinates = { readonly group: string; readonly artifact: string; readonly version: string }

/** What the archive itself is. Undefined: it does not say, and its name has no version. */
const ownArtifact = (
  path: string,
  manifest: ReadonlyMap<string, string> | undefined,
  poms: readonly Coordinates[],
): Coordinates | undefined => {
  const file = path
    .slice(path.lastIndexOf('/') + 1)
    .slice(-300)
    .replace(/\.[a-z]{1,9}$/i, '')
  // `name-1.2.3-classifier`: the version begins at the first dash in front of a digit.
  const named =
    /^(.+?)[-_]v?(\d{1,99}(?:\.[\w+]{1,99}){0,20}(?:[-.](?:alpha|beta|rc|m|cr|b|ga|final|release|snapshot|sp|jre|android|incubating|pre)[\w.-]*)?)/i.exec(
      file,
    )
  const name = named?.[1] ?? file
  const get = (...keys: readonly string[]): string =>
    keys.map(key => manifest?.get(key) ?? '').find(value => value !== '' && !value.includes('${')) ?? ''
  const version =
    clean(get('implementation-version', 'bundle-version', 'specification-version', 'plugin-version')) || (named?.[2] ?? '')
  const sameVersion = poms.filter(pom => pom.version === (named?.[2] ?? version))
  const alike = (text: string): string => text.toLowerCase().replace(/[._-]+/g, '-')
  const whole = alike(file)
  const begins = (text: string, start: string): boolean => text === start || text.startsWith(`${start}-`)
  const fitting =
    poms.find(({ artifact }) => artifact === name) ??
    poms.find(({ artifact }) => file.startsWith(artifact)) ??
    poms.find(({ artifact }) => begins(whole, alike(artifact))) ??
    // What is alone in it is the archive itself, under a longer name: `jackson-core.jar` has jackson-core-asl.
    (poms.length === 1 && begins(alike(poms[0]!.artifact), alike(name)) ? poms[0] : undefined) ??
    // Distributions rename the files.
    (sameVersion.length === 1 ? sameVersion[0] : undefined)
  if (fitting) return fitting
  const symbolic = get('bundle-symbolicname').split(';', 1)[0]!.trim()
  const module = get('automatic-module-name')
  const group = get('implementation-vendor-id', 'group-id') || groupIn(symbolic, name) || groupIn(module, name)
  const artifact = name || get('implementation-title', 'extension-name', 'short-name')
  if (artifact === '' || version === '') return undefined
  // The name of the file has the version that Maven knows; manifests often have one with a qualifier.
  return { group: /^[A-Za-z][\w.-]*$/.test(group) ? group : '', artifact, version: named?.[2] ?? version }
}

/** `org.apache.commons.lang3` for commons-lang3 → `org.apache.commons`; a name without dots says nothing. */
const groupIn = (symbolic: string, artifact: string): string => {
  if (!symbolic.includes('.')) return ''
  const last = symbolic.slice(symbolic.lastIndexOf('.') + 1)
  return artifact.endsWith(last) ? symbolic.slice(0, symbolic.lastIndexOf('.')) : symbolic
}

const clean = (version: string): string => /^\d[\w.+-]*/.exec(version)?.[0] ?? ''
