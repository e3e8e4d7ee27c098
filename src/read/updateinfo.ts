/**
 * The notices of a repository of rpm packages, as DNF reads them: https://github.com/rpm-software-management/createrepo_c (updateinfo.xml), found by way of
 * `repodata/repomd.xml`.
 */
import type { AdvisoryRecord, AffectedPackage, FeedItem, VersionRange } from '../model/advisory.ts'
import {
  cut,
  detailsOf,
  distinct,
  filled,
  isCve,
  isId,
  isName,
  isUrl,
  isVersion,
  looseDate,
  severityOf,
  shown,
  summaryOf,
  textOf,
} from './advisory-fields.ts'
import { Unreadable } from './cataloger.ts'
import { type XmlPart, xmlParts } from './xml.ts'

/** One update after the other: the document may have 100 MB. Throws Unreadable when it has none, or is cut off. */
export function* updateinfoItems(bytes: Uint8Array, ecosystem: string, page: (id: string) => string): Generator<FeedItem> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const head = buffer.toString('latin1', 0, 4096)
  if (!/<updates[\s>/]/.test(head)) throw new Unreadable('it is no updateinfo.xml')
  let at = 0
  while (true) {
    const start = startOf(buffer, at)
    if (start === -1) break
    const end = buffer.indexOf('</update>', start)
    if (end === -1) throw new Unreadable('its last update is cut off')
    at = end + '</update>'.length
    try {
      const record = recordOf(buffer.toString('utf8', start, at), ecosystem, page)
      if (record) yield { kind: 'advisory', record }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      const id = /<id>\s*([^<\s]{1,60})/.exec(buffer.toString('latin1', start, Math.min(at, start + 2000)))?.[1]
      yield { kind: 'skipped', what: id ?? `the update at byte ${start}`, why: error.message }
    }
  }
  if (!/<updates\s*\/>/.test(head) && buffer.indexOf('</updates>', at) === -1) throw new Unreadable('it is cut off')
}

/** `<updated` begins in the same way. */
const startOf = (buffer: Buffer, from: number): number => {
  let at = buffer.indexOf('<update', from)
  while (at !== -1 && !/[\s>]/.test(String.fromCharCode(buffer[at + 7] ?? 0))) at = buffer.indexOf('<update', at + 7)
  return at
}

type Affected = { -readonly [Key in keyof AffectedPackage]: AffectedPackage[Key] } & { ranges: VersionRange[] }

const recordOf = (text: string, ecosystem: string, page: (id: string) => string): AdvisoryRecord | undefined => {
  const texts = new Map<string, string>()
  const path: string[] = []
  const cves: string[] = []
  const links: string[] = []
  const dates = new Map<string, string>()
  const affected = new Map<string, Affected>()
  let type = ''
  let self: string | undefined
  let module: string | undefined
  for (const part of xmlParts(text)) {
    if (part.kind === 'text') {
      const key = path.slice(1).join('/')
      texts.set(key, `${texts.get(key) ?? ''}${part.text}`)
      continue
    }
    if (part.kind === 'close') {
      if (part.name === 'collection') module = undefined
      path.pop()
      continue
    }
    path.push(part.name)
    const { attributes } = part
    if (part.name === 'update' && path.length === 1) type = attributes.get('type') ?? ''
    else if (part.name === 'issued' || part.name === 'updated') dates.set(part.name, attributes.get('date') ?? '')
    else if (part.name === 'reference') {
      const { id, href, type: kind } = Object.fromEntries(attributes) as Record<string, string | undefined>
      for (const one of [id, attributes.get('title')]) if (isCve(one)) cves.push(one)
      if (kind === 'self' && isUrl(href)) self = href
      else if (isUrl(href)) links.push(href)
    } else if (part.name === 'module') module = moduleOf(part)
    else if (part.name === 'package') addPackage(affected, part, ecosystem, module)
  }
  const id = texts.get('id')?.trim()
  if (!isId(id)) throw new Unreadable(`${shown(id)} is no id`)
  const found = distinct(cves)
  if ((type !== 'security' && found.length === 0) || affected.size === 0) return undefined
  const details = texts.get('description')
  const url = self ?? page(id)
  return {
    id,
    aliases: found,
    isBundle: true,
    ...filled({
      summary: summaryOf(texts.get('title'), details),
      details: detailsOf(details),
      severity: severityOf(texts.get('severity')),
      published: looseDate(dates.get('issued')),
      modified: looseDate(dates.get('updated')),
      references: distinct(links)
        .filter(one => one !== url)
        .slice(0, 5),
    }),
    url,
    affected: [...affected.values()],
  }
}

const moduleOf = ({ attributes }: Extract<XmlPart, { kind: 'open' }>): string | undefined => {
  const name = textOf(attributes.get('name'))
  const stream = textOf(attributes.get('stream'))
  return name === undefined || stream === undefined ? undefined : cut(`${name}:${stream}`, 200)
}

/** Once for each name: its architectures have the same version. Source packages are not installed; those of Ksplice and FIPS have versions of their own. */
const addPackage = (
  affected: Map<string, Affected>,
  { attributes }: Extract<XmlPart, { kind: 'open' }>,
  ecosystem: string,
  module: string | undefined,
): void => {
  const [name, version, release, epoch = '0'] = ['name', 'version', 'release', 'epoch'].map(key => attributes.get(key))
  if (attributes.get('arch') === 'src' || attributes.get('arch') === 'nosrc') return
  if (!isName(name) || !isVersion(version) || !isVersion(release) || !/^\d{0,9}$/.test(epoch))
    throw new Unreadable(`${shown(name)} is no package with its version`)
  if (/ksplice|[._]fips/i.test(release)) return
  const fixed = `${epoch === '' || /^0+$/.test(epoch) ? '' : `${epoch}:`}${version}-${release}`
  const key = JSON.stringify([name, module])
  const same = affected.get(key)
  if (!same)
    affected.set(key, { ecosystem, name, keyedBy: 'binary', ranges: [{ fixed }], ...(module === undefined ? {} : { module }) })
  else if (!same.ranges.some(range => range.fixed === fixed)) same.ranges.push({ fixed })
}

/** A list of mirrors → the index of the repository on the first. Throws Unreadable. */
export const repositoryIndex = (text: string): string => {
  const first = text.split('\n').find(line => line.trim() !== '' && !line.startsWith('#'))
  return addressOf(first?.trim(), undefined, 'repodata/repomd.xml')
}

/** The index of a repository → its notices. Throws Unreadable. */
export const updateinfoIn = (text: string, url: string): string => {
  let isWanted = false
  for (const part of xmlParts(text)) {
    if (part.kind !== 'open') continue
    if (part.name === 'data') isWanted = part.attributes.get('type') === 'updateinfo'
    else if (isWanted && part.name === 'location') return addressOf(part.attributes.get('href'), new URL('../', url).href)
  }
  throw new Unreadable('the repository has no updateinfo')
}

const addressOf = (text: string | undefined, base: string | undefined, then = ''): string => {
  try {
    const url = new URL(text ?? '', base)
    if (url.protocol === 'https:') return then === '' ? url.href : new URL(then, `${url.href.replace(/\/*$/, '')}/`).href
  } catch {
    // Said below.
  }
  throw new Unreadable(`${shown(text ?? '')} is no https address`)
}
