/** Crates inside of Rust programs that were built by cargo-auditable: https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md */
import { inflateSync } from 'node:zlib'
import { purl } from '../../model/purl.ts'
import { anySize, type Cataloger, Unreadable } from '../cataloger.ts'
import { readElf } from '../elf.ts'

type Crate = {
  readonly name: string
  readonly version: string
  readonly source: string
  readonly dependencies: readonly number[]
}

/** Compressed, and inflated: the format's own documents advise 8 MiB. */
const storedLimit = 8 * 1024 * 1024
const inflatedLimit = 64 * 1024 * 1024

const cataloger: Cataloger<readonly Crate[]> = {
  revision: 1,
  files: [],
  content: 'elf',
  largest: anySize,
  collect(file) {
    const section = readElf(file)?.sections.find(({ name }) => name === '.dep-v0')
    if (!section) return undefined
    if (section.size > storedLimit) throw new Unreadable('its list of crates is too long')
    let value: unknown
    try {
      const text = inflateSync(file.read(section.offset, section.size), { maxOutputLength: inflatedLimit })
      value = JSON.parse(new TextDecoder().decode(text))
    } catch (error) {
      throw new Unreadable('its list of crates is broken', error)
    }
    const list = (value as { packages?: unknown } | null)?.packages
    if (!Array.isArray(list)) throw new Unreadable('its list of crates is broken')
    return list.map((item: unknown): Crate => {
      const { name, version, source, dependencies, kind } = (item ?? {}) as Record<string, unknown>
      if (typeof name !== 'string' || typeof version !== 'string') throw new Unreadable('its list of crates is broken')
      return {
        name,
        version,
        // Crates that only built it are not in it.
        source: kind === 'build' ? 'build' : typeof source === 'string' ? source : '',
        dependencies: Array.isArray(dependencies) ? dependencies.filter(one => typeof one === 'number') : [],
      }
    })
  },
  *assemble(found) {
    for (const { at, data } of found) {
      const urls = data.map(({ name, version }) => purl({ type: 'cargo', name, version }))
      for (const [i, crate] of data.entries()) {
        if (crate.source === 'build') continue
        yield {
          purl: urls[i]!,
          name: crate.name,
          version: crate.version,
          ecosystem: 'cargo',
          at: [at],
          dependsOn: [
            ...new Set(crate.dependencies.flatMap(index => (data[index]?.source === 'build' ? [] : (urls[index] ?? [])))),
          ]
            .filter(one => one !== urls[i])
            .sort(),
          licences: [],
        }
      }
    }
  },
}

export default cataloger
