/** Which catalogers want a file: asked for each of perhaps a million paths, so names and endings are looked up and only the rest is matched. */
import picomatch from 'picomatch'
import type { Cataloger } from '../../cataloger.ts'
import { nameOf } from '../paths.ts'

/** Globs are compiled once for a set of catalogers, not for each layer. */
const compiled = new WeakMap<ReadonlyMap<string, Cataloger>, (path: string) => readonly string[]>()
export const wantedFor = (catalogers: ReadonlyMap<string, Cataloger>): ((path: string) => readonly string[]) => {
  let wanted = compiled.get(catalogers)
  if (!wanted) {
    wanted = wantedBy(new Map([...catalogers].map(([name, { files }]) => [name, files])))
    compiled.set(catalogers, wanted)
  }
  return wanted
}

/** Globs of each key (`*` within a name, `**` across folders) → a function from a path to the keys whose globs match it. */
export const wantedBy = (globs: ReadonlyMap<string, readonly string[]>): ((path: string) => readonly string[]) => {
  const byName = new Map<string, Pattern[]>()
  const byEnding = new Map<string, Pattern[]>()
  const byFolder: Pattern[] = []
  for (const [key, patterns] of globs) {
    for (const glob of patterns.flatMap(alternatives)) {
      const pattern = { key, test: picomatch.makeRe(glob, { dot: true, nocase: false }) ?? /^(?!)/ }
      const name = nameOf(glob)
      const ending = /^[^*]*\*([^*]+)$/.exec(name)?.[1]
      const dot = ending?.lastIndexOf('.') ?? -1
      if (!name.includes('*')) add(byName, name, pattern)
      else if (ending !== undefined && dot !== -1) add(byEnding, ending.slice(dot), pattern)
      else byFolder.push(pattern)
    }
  }
  const folders = byFolder.length > 0 ? new RegExp(byFolder.map(({ test }) => `(?:${test.source})`).join('|')) : undefined
  return path => {
    const name = nameOf(path)
    const dot = name.lastIndexOf('.')
    const named = byName.get(name)
    const ended = dot === -1 ? undefined : byEnding.get(name.slice(dot))
    const inFolder = folders?.test(path) ? byFolder : undefined
    if (!named && !ended && !inFolder) return none
    const keys = new Set<string>()
    for (const pattern of [...(named ?? []), ...(ended ?? []), ...(inFolder ?? [])])
      if (pattern.test.test(path)) keys.add(pattern.key)
    return keys.size === 0 ? none : [...keys]
  }
}

type Pattern = { readonly key: string; readonly test: RegExp }

const none: readonly string[] = []

const add = (map: Map<string, Pattern[]>, key: string, pattern: Pattern): void => {
  const list = map.get(key)
  if (list) list.push(pattern)
  else map.set(key, [pattern])
}

/** `a{b,c}` → `ab`, `ac`. */
export const alternatives = (glob: string): readonly string[] => {
  const match = /^(.*?)\{([^{}]*)\}(.*)$/.exec(glob)
  if (!match) return [glob]
  const [, before = '', choices = '', after = ''] = match
  return choices.split(',').flatMap(choice => alternatives(before + choice + after))
}
