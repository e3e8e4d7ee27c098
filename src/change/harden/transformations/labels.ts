/**
 * Labels that say where the image comes from, with facts that stand in the project and in no other way: https://specs.opencontainers.org/image-spec/annotations/
 */
import { lineage, lineEnd } from '../../../judge/dockerfile-queries.ts'
import type { Stage } from '../../../read/dockerfile/graph.ts'
import { isOpenEnded, keyword, lastChange, linesAfter } from '../place.ts'
import { contextText } from '../start.ts'
import { type HardenSubject, transformation } from '../transformation.ts'

const prefix = 'org.opencontainers.image.'

export default transformation({
  title: 'Say in labels where the image comes from',
  why: 'When a flaw becomes known, somebody has to find which image holds it, where its sources are, and whom to ask. Labels with the standard names answer that from the image itself; without them an old image keeps running because nobody knows what it is.',
  level: 'strict',
  safety: 'safe',
  order: 710,
  apply(subject) {
    const { dockerfile } = subject
    const stage = dockerfile.final
    if (!stage || isOpenEnded(dockerfile)) return undefined
    const known = labelsOf(stage)
    const wanted = [...factsOf(subject)].filter(([name]) => !known.has(`${prefix}${name}`))
    if (wanted.length === 0) return undefined
    const { escape } = dockerfile.tree
    const lines = wanted.map(([name, value], i) => {
      const head = i === 0 ? `${keyword(dockerfile, 'LABEL')} ` : '      '
      return `${head}${prefix}${name}="${value}"${i < wanted.length - 1 ? ` ${escape}` : ''}`
    })
    return {
      title: `Label the image: ${wanted.map(([name]) => name).join(', ')}`,
      edits: [linesAfter(dockerfile, lastChange(stage), [lines.join(lineEnd(dockerfile))])],
    }
  },
})

const labelsOf = (stage: Stage): ReadonlySet<string> =>
  new Set(
    lineage(stage)
      .filter(({ instruction }) => instruction.name === 'LABEL')
      .flatMap(({ instruction }) => instruction.pairs.map(({ key }) => key.toLowerCase())),
  )

/** What no quote, variable or escape of a Dockerfile changes. */
const isPlain = (value: string): boolean => /^[\w ./:@+,()~#-]{1,200}$/.test(value)

const factsOf = (subject: HardenSubject): ReadonlyMap<string, string> => {
  const facts = new Map<string, string>()
  const add = (name: string, value: unknown): void => {
    if (typeof value === 'string' && isPlain(value.trim()) && !facts.has(name)) facts.set(name, value.trim())
  }
  const manifest = contextText(subject, 'package.json')
  if (manifest !== undefined) {
    const read = objectIn(manifest)
    add('title', read.name)
    add('description', read.description)
    add('licenses', licence(read.license))
    const { repository } = read
    add(
      'source',
      sourceUrl(
        typeof repository === 'string'
          ? repository
          : repository !== null && typeof repository === 'object'
            ? Reflect.get(repository, 'url')
            : undefined,
      ),
    )
  }
  for (const path of ['pyproject.toml', 'Cargo.toml']) {
    const text = contextText(subject, path)
    if (text === undefined) continue
    // Fields of the first table that names the project, on lines of their own.
    const table =
      /^\[(?:project|package|tool\.poetry)\][ \t]*\r?\n((?:(?!\[).*(?:\r?\n|$))*)/m.exec(text.slice(0, 100_000))?.[1] ?? ''
    const field = (name: string): string | undefined => new RegExp(`^${name}[ \\t]*=[ \\t]*"([^"\\n]*)"`, 'm').exec(table)?.[1]
    add('title', field('name'))
    add('description', field('description'))
    add('licenses', licence(field('license')))
    add('source', sourceUrl(field('repository')))
  }
  const config = contextText(subject, '.git/config')
  if (config !== undefined) add('source', sourceUrl(/\[remote "origin"\][^[]*?url[ \t]*=[ \t]*(\S+)/.exec(config)?.[1]))
  return facts
}

const objectIn = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
  } catch (error) {
    // It is told of where the project is read.
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

/** An expression of SPDX’s; npm’s UNLICENSED and references to files are none. */
const licence = (value: unknown): string | undefined =>
  typeof value === 'string' &&
  /^[A-Za-z0-9.+()-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+()-]+)*$/.test(value) &&
  !/^UNLICENSED$/i.test(value)
    ? value
    : undefined

/** `git+https://github.com/a/b.git`, `github:a/b`, `git@github.com:a/b.git` → https, and never with a name or password in it. */
const sourceUrl = (value: unknown): string | undefined => {
  if (typeof value !== 'string' || value.length > 300) return undefined
  const short = /^(?:(github|gitlab|bitbucket):)?([\w.-]+\/[\w.-]+)$/.exec(value)
  if (short)
    return `https://${short[1] === 'gitlab' ? 'gitlab.com' : short[1] === 'bitbucket' ? 'bitbucket.org' : 'github.com'}/${short[2]}`
  const match =
    /^(?:git\+)?(?:https?:\/\/|ssh:\/\/|git:\/\/)?(?:[^@/\s]*@)?([\w.-]+\.[a-z]{2,})(?::\d+)?[/:]([\w./~-]+?)(?:\.git)?\/?(?:#.*)?$/i.exec(
      value,
    )
  return match ? `https://${match[1]}/${match[2]}` : undefined
}
