/** Files of a build context as stacks read them: bounded, parsed, and never in silence when they cannot be. */
import { parse as parseToml, TomlError } from 'smol-toml'
import type { Problem } from '../../model/finding.ts'
import { decode } from '../../model/text.ts'
import { type World, WorldError } from '../../model/world.ts'
import { Unreadable } from '../cataloger.ts'
import { readYaml } from '../yaml/tree.ts'
import { plainJson } from './plain-json.ts'
import type { ProjectFolder, Source } from './stack-reader.ts'
import { readXmlTree } from './xml-tree.ts'

const textLimit = 1024 * 1024
const lockLimit = 32 * 1024 * 1024
/** All that is read of one context. */
const totalLimit = 128 * 1024 * 1024
const mostSources = 2000
const sourceLimit = 16 * 1024 * 1024
const largestSource = 512 * 1024
/** Units that are looked at again and again, by programs in folders of others. */
const mostScanned = 64 * 1024 * 1024
/** Longer lines are none that people write. */
const longestLine = 2000

export type ContextReader = {
  folder(path: string): ProjectFolder
  /** By a path of the context. */
  text(path: string, limit?: number): string | undefined
  readonly problems: readonly Problem[]
}

export const contextReader = (world: World, root: string, files: readonly string[]): ContextReader => {
  const known = new Set(files)
  const problems: Problem[] = []
  const told = new Set<string>()
  const texts = new Map<string, string | undefined>()
  let total = 0
  let sourceCount = 0
  let sourceBytes = 0
  let scanned = 0

  const tell = (kind: Problem['kind'], code: string, message: string): void => {
    if (told.has(message)) return
    told.add(message)
    problems.push({ kind, code, message })
  }
  const load = (path: string, limit: number): string | undefined => {
    if (!known.has(path)) return undefined
    if (texts.has(path)) return texts.get(path)
    let text: string | undefined
    try {
      const file = world.files.open(`${root}/${path}`)
      try {
        if (file.size > limit) tell('uncovered', 'file-too-large', `${path} has ${file.size} bytes; at most ${limit} are read`)
        else if (total + file.size > totalLimit)
          tell('uncovered', 'context-too-large', `more than ${totalLimit} bytes of the build context: the rest was not read`)
        else {
          const bytes = new Uint8Array(file.size)
          const length = file.read(0, bytes)
          total += length
          text = decode(bytes.subarray(0, length)).text.replace(/^\ufeff/, '')
        }
      } finally {
        file.close()
      }
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      tell('failed', 'file-unreadable', `${path} cannot be read: ${error.message}`)
    }
    texts.set(path, text)
    return text
  }
  const broken = (path: string, what: string): undefined => {
    tell('uncovered', 'file-broken', `${path} is no ${what}: what it says is not known`)
  }
  const parsed = new Map<string, unknown>()
  const once = <T>(path: string, work: () => T): T => {
    if (!parsed.has(path)) parsed.set(path, work())
    return parsed.get(path) as T
  }
  const sourceTexts = new Map<string, string | undefined>()
  const source = (path: string): string | undefined => {
    if (sourceTexts.has(path)) return sourceTexts.get(path)
    let text: string | undefined
    if (sourceCount >= mostSources || sourceBytes >= sourceLimit)
      tell(
        'uncovered',
        'sources-cut',
        `more than ${mostSources} files or ${sourceLimit} bytes of sources: the rest was not looked at`,
      )
    else {
      const whole = load(path, largestSource)
      sourceCount++
      sourceBytes += whole?.length ?? 0
      // Other bytes than those of text are no source.
      text = whole === undefined || whole.includes('\0') ? undefined : shortLines(whole)
    }
    sourceTexts.set(path, text)
    return text
  }

  const folder = (path: string): ProjectFolder => {
    const prefix = path === '' ? '' : `${path}/`
    const own = (path === '' ? files : files.filter(file => file.startsWith(prefix))).map(file => file.slice(prefix.length))
    const pathOf = (name: string): string | undefined => joined(path, name)
    const text = (name: string, kind?: 'lock'): string | undefined => {
      const at = pathOf(name)
      return at === undefined ? undefined : load(at, kind === 'lock' ? lockLimit : textLimit)
    }
    const parse = <T>(name: string, what: string, read: (text: string, path: string) => T, kind?: 'lock'): T | undefined => {
      const at = pathOf(name)
      const whole = text(name, kind)
      if (at === undefined || whole === undefined) return undefined
      return once(`${what} ${at}`, () => {
        try {
          return read(whole, at)
        } catch (error) {
          // RangeError: nested so deeply that the reader's stack is full.
          if (
            error instanceof SyntaxError ||
            error instanceof TomlError ||
            error instanceof Unreadable ||
            error instanceof RangeError
          )
            return broken(at, what)
          throw error
        }
      })
    }
    return {
      path,
      files: own,
      has: name => {
        const at = pathOf(name)
        return at !== undefined && known.has(at)
      },
      pathOf,
      text,
      json: (name, kind) =>
        parse(
          name,
          'JSON',
          whole => JSON.parse(kind === 'settings' ? plainJson(whole) : whole) as unknown,
          kind === 'lock' ? 'lock' : undefined,
        ),
      toml: (name, kind) =>
        parse(name, 'TOML', whole => parseToml(whole, { maxDepth: 100, unsafeKeyBehaviour: 'drop' }) as unknown, kind),
      yaml: name =>
        parse(name, 'YAML', (whole, at) => {
          const { documents, problems: found } = readYaml(at, whole)
          if (documents[0]?.root === undefined && found.length > 0) return broken(at, 'YAML')
          return documents[0]?.root
        }),
      xml: name => parse(name, 'XML', whole => readXmlTree(whole)),
      sources(endings, other) {
        if (other !== undefined) return folder(other).sources(endings)
        const found: Source[] = []
        for (const name of own) {
          if (!endings.some(ending => name.endsWith(ending)) || isTest(name) || isBrought(name) || isAside(name)) continue
          const one = source(prefix + name)
          if (one === undefined) continue
          scanned += one.length
          if (scanned > mostScanned) {
            tell(
              'uncovered',
              'sources-cut',
              `there are too many programs inside of others: not all sources were looked at for each`,
            )
            break
          }
          found.push({ name, path: prefix + name, text: one })
        }
        return found
      },
    }
  }
  return { folder, text: (path, limit = textLimit) => load(path, limit), problems }
}

/** `a/b` and `../c` → `a/c`. Undefined for what leads out. */
export const joined = (folder: string, name: string): string | undefined => {
  if (name.startsWith('/')) return undefined
  const parts = folder === '' ? [] : folder.split('/')
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (parts.pop() === undefined) return undefined
    } else parts.push(part)
  }
  return parts.join('/')
}

/** Files that those who write the program start, and the program does not. */
const isAside = (name: string): boolean =>
  /^(?:scripts|tools|hack|extra|ci|\.[^/]{1,60}|deploy|devops)\/|(?:^|\/)management\/commands\//.test(name)

/** Files that only tests, examples and documents need. `example` is a part of many packages' names: org.example. */
export const isTest = (name: string): boolean =>
  /(?:^|\/)(?:tests?|__tests__|__mocks__|spec|specs|e2e|cypress|testdata|fixtures|examples|docs|benchmarks|src\/test)\//i.test(
    name,
  ) ||
  /(?:[._-](?:test|spec|stories|e2e)\.[a-z]{1,4}|_test\.(?:go|py|rb)|(?:^|\/)(?:test_[^/]{1,200}|conftest)\.py|Tests?\.(?:java|kt|cs|php))$/.test(
    name,
  ) ||
  /\.d\.[cm]?ts$/.test(name)

/** Files that others wrote, or that were built. */
const isBrought = (name: string): boolean =>
  /(?:^|\/)(?:vendor|third_party|dist|target|obj|\.output|migrations)\//.test(name) || /[.-]min\.js$/.test(name)

const shortLines = (text: string): string =>
  text
    .split('\n')
    .map(line => (line.length > longestLine ? '' : line))
    .join('\n')
