import type { FeedItem } from '../../model/advisory.ts'
import { baseName, cut, yamlOf } from '../advisory-fields.ts'
import { Unreadable } from '../cataloger.ts'
import type { Feed, FeedFile } from '../feed.ts'
import { osvRecord, rangesSuffice } from '../osv-record.ts'

/** OSV's records in YAML: https://github.com/pypa/advisory-database */
const feed: Feed = {
  title: 'Python Packaging advisory database',
  home: 'https://github.com/pypa/advisory-database',
  licence: 'CC-BY-4.0',
  attribution: 'Python Packaging Advisory Database (https://github.com/pypa/advisory-database), CC-BY-4.0',
  rank: 40,
  parts: [{ name: '', ecosystems: ['PyPI'], completeness: 'all', downloads: [] }],
  *read(file, part) {
    if (/(?:^|\/)PYSEC-[^/]+\.ya?ml$/.test(file.name)) yield* yamlItems(file, part.ecosystems)
  },
}

export default feed

const decoder = new TextDecoder()

function* yamlItems({ name, bytes }: FeedFile, ecosystems: readonly string[]): Generator<FeedItem> {
  try {
    const text = decoder.decode(bytes)
    const less = withoutVersions(text)
    const short = yamlOf(less, 500_000)
    const record = osvRecord(less === text || rangesSuffice(short, 'PyPI') ? short : yamlOf(text, 500_000), ecosystems)
    if (record) yield { kind: 'advisory', record }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    yield { kind: 'skipped', what: cut(baseName(name).replace(/\.ya?ml$/, ''), 128), why: error.message }
  }
}

/** Two thirds of the database are lists of single versions beside ranges, which nearly always say the same. They need not be parsed. */
const withoutVersions = (text: string): string => {
  if (!/^ +type: ECOSYSTEM$|^ +- type: ECOSYSTEM$/m.test(text)) return text
  const lines = text.split('\n')
  const start = lines.findIndex(line => /^ +versions:$/.test(line))
  if (start === -1) return text
  let end = start + 1
  while (end < lines.length && /^ +- [^:]*$/.test(lines[end]!)) end++
  if (end - start <= 21 || lines.some((line, i) => i !== start && /^ +versions:$/.test(line))) return text
  lines.splice(start, end - start)
  return lines.join('\n')
}
