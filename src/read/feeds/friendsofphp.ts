import type { AdvisoryRecord, VersionRange } from '../../model/advisory.ts'
import {
  cut,
  fieldsOf,
  filled,
  isCve,
  isName,
  isUrl,
  isVersion,
  joined,
  listOf,
  shown,
  summaryOf,
  textOf,
  yamlOf,
} from '../advisory-fields.ts'
import { Unreadable } from '../cataloger.ts'
import type { Feed, FeedFile } from '../feed.ts'

/** `VENDOR/PACKAGE/CVE-….yaml`: https://github.com/FriendsOfPHP/security-advisories */
const feed: Feed = {
  title: 'FriendsOfPHP security advisories',
  home: 'https://github.com/FriendsOfPHP/security-advisories',
  licence: 'Unlicense',
  rank: 40,
  parts: [{ name: '', ecosystems: ['Packagist'], completeness: 'some', downloads: [] }],
  *read(file) {
    if (!/\.ya?ml$/.test(file.name) || /(?:^|\/)\./.test(file.name)) return
    try {
      yield { kind: 'advisory', record: recordOf(file) }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      yield { kind: 'skipped', what: cut(file.name, 128), why: error.message }
    }
  },
}

export default feed

const decoder = new TextDecoder()

const recordOf = (file: FeedFile): AdvisoryRecord => {
  const record = fieldsOf(yamlOf(decoder.decode(file.bytes), 100_000))
  const name = /^composer:\/\/(\S+)$/.exec(textOf(record?.reference) ?? '')?.[1]?.toLowerCase()
  if (!record || !isName(name)) throw new Unreadable('it does not say of which package it is')
  const branches = fieldsOf(record.branches)
  if (!branches) throw new Unreadable('it has no branches')
  const ranges = joined(Object.values(branches).map(branch => rangeOf(fieldsOf(branch)?.versions)))
  const title = /([^/]+)\.ya?ml$/.exec(file.name)?.[1]?.replaceAll(/[^\w.-]/g, '_')
  const { cve, link } = record
  return {
    id: isCve(cve) ? cve : cut(`FriendsOfPHP/${name.replaceAll(/[^\w./-]/g, '_')}/${title}`, 120),
    aliases: [],
    ...filled({ summary: summaryOf(record.title) }),
    url: isUrl(link) ? link : 'https://github.com/FriendsOfPHP/security-advisories',
    affected: [{ ecosystem: 'Packagist', name, keyedBy: 'binary', ranges }],
  }
}

/** All of them must hold: `['>=1.0.0', '<1.44.7']`. */
const rangeOf = (versions: unknown): VersionRange => {
  const list = listOf(versions)
  if (list.length === 0) throw new Unreadable('a branch has no versions')
  let range: VersionRange = {}
  for (const one of list) {
    const match = /^\s*(>=|<=|[<>]|==?)?\s*v?(\S+)\s*$/.exec(typeof one === 'string' ? one.slice(0, 300) : '')
    const version = match?.[2]
    if (!match || !isVersion(version)) throw new Unreadable(`${shown(one)} is no range of versions`)
    if (match[1] === '>=') range = version === '0' ? range : { ...range, introduced: version }
    else if (match[1] === '>') range = { ...range, introduced: behind(version) }
    else if (match[1] === '<') range = { ...range, fixed: version }
    else if (match[1] === '<=') range = { ...range, lastAffected: version }
    else range = { introduced: version, lastAffected: version }
  }
  return range
}

/** Composer pads versions to four numbers: https://getcomposer.org/doc/articles/versions.md */
const behind = (version: string): string => {
  if (!/^\d+(?:\.\d+){0,3}$/.test(version)) return version
  const numbers = version.split('.')
  while (numbers.length < 4) numbers.push('0')
  return [...numbers.slice(0, 3), String(Number(numbers[3]) + 1)].join('.')
}
