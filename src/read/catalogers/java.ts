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
type Data = { readonly artifacts: readonly Artifact[]; readonly troubles: readonly string[] }

/** Archives in archives are followed so deep, so many of them, and so many bytes of them inflated: a Spring application has one level of 300. */
const depthLimit = 24
const archiveLimit = 20_000
const inflatedLimit = 2 * 1024 ** 3
const nestedLimit = 256 * 1024 * 1024
/** A bomb inflates by a thousand and more; classes by two or three. */
const ratioLimit = 200
const textLimit = 1024 * 1024

const cataloger: Cataloger<Data> = {
  revision: 1,
  files: ['**/*.{jar,war,ear,par,sar,nar,jpi,hpi,kar,far,lpkg,rar}'],
  largest: anySize,
  collect(file) {
    // RAR archives have the same ending as resource adapters.
    if (file.path.endsWith('.rar') && file.read(0, 1)[0] !== 0x50) return undefined
    const budget = { inflated: 0, archives: 0, troubles: new Set<string>() }
    const artifacts = readArchive(file.read, file.size, file.path, '', 0, budget)
    return artifacts.length === 0 && budget.troubles.size === 0
      ? undefined
      : { artifacts, troubles: [...budget.troubles].slice(0, 20) }
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
  },
}

export default cataloger

type Budget = { inflated: number; archives: number; readonly troubles: Set<string> }

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
  const artifacts: Artifact[] = []
  const poms: { readonly group: string; readonly artifact: string; readonly version: string }[] = []
  let manifest: ReadonlyMap<string, string> | undefined
  const textOf = (entry: ZipEntry): string => new TextDecoder().decode(readEntry(read, entry, textLimit))
  const here = inside === '' ? path : `${path}!/${inside}`
  for (const entry of entries) {
    try {
      if (/^META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/.test(entry.name)) {
        const values = parseProperties(textOf(entry))
        const [group, artifact, version] = ['groupId', 'artifactId', 'version'].map(key => values.get(key) ?? '')
        if (artifact && version) poms.push({ group: group ?? '', artifact, version })
      } else if (/^META-INF\/MANIFEST\.MF$/i.test(entry.name)) manifest = parseManifest(textOf(entry))
      else if (isArchive(entry.name) && entry.size > 0) {
        const way = inside === '' ? entry.name : `${inside}!/${entry.name}`
        artifacts.push(...readNested(read, entry, path, way, depth + 1, budget))
      }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      budget.troubles.add(inside === '' ? error.message : `inside of ${inside}, ${error.message}`)
    }
  }
  const licence = manifest?.get('bundle-license')?.split(',')[0]?.trim() ?? ''
  const short = licence.length < 100 && !/^https?:/.test(licence) ? licence.replace(/;.*$/, '') : ''
  const own = ownArtifact(here, manifest, poms)
  // Others are shaded into it.
  for (const pom of poms) artifacts.push({ ...pom, licence: pom === own ? short : '', inside })
  if (own && !poms.includes(own)) artifacts.push({ ...own, licence: short, inside })
  return artifacts
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
  if (entry.size > nestedLimit) throw new Unreadable(`its entry ${entry.name} has more than ${nestedLimit} bytes`)
  if (entry.size > ratioLimit * Math.max(entry.stored, 1024))
    throw new Unreadable(`its entry ${entry.name} inflates more than ${ratioLimit} times`)
  budget.inflated += entry.size
  if (budget.inflated > inflatedLimit) throw new Unreadable(`the archives inside have more than ${inflatedLimit} bytes`)
  const bytes = readEntry(read, entry, nestedLimit)
  return readArchive((offset, length) => bytes.subarray(offset, offset + length), bytes.length, path, way, depth, budget)
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
  const file = /([^/]+)\.[a-z]+$/i.exec(path.slice(-300))?.[1] ?? ''
  // `name-1.2.3-classifier`: the version begins at the first dash in front of a digit.
  const named =
    /^(.+?)[-_]v?(\d+(?:\.[\w+]+)*(?:[-.](?:alpha|beta|rc|m|cr|b|ga|final|release|snapshot|sp|jre|android|incubating|pre)[\w.-]*)?)/i.exec(
      file,
    )
  const name = named?.[1] ?? file
  const get = (...keys: readonly string[]): string =>
    keys.map(key => manifest?.get(key) ?? '').find(value => value !== '' && !value.includes('${')) ?? ''
  const version =
    clean(get('implementation-version', 'bundle-version', 'specification-version', 'plugin-version')) || (named?.[2] ?? '')
  const sameVersion = poms.filter(pom => pom.version === (named?.[2] ?? version))
  const fitting =
    poms.find(({ artifact }) => artifact === name) ??
    poms.find(({ artifact }) => file.startsWith(artifact)) ??
    // Distributions rename the files.
    (sameVersion.length === 1 ? sameVersion[0] : undefined)
  if (fitting) return fitting
  const symbolic = get('bundle-symbolicname').replace(/;.*$/, '').trim()
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
