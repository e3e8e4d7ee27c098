/**
 * Where secrets stand in what an image says of itself. One answer for those who report them and for those who hide them: what is hidden is reported, and
 * what is reported is hidden.
 */
import type { ImageConfig } from '../../model/image.ts'
import type { LeakPlace } from '../../model/leak.ts'
import { looksRandom } from './assigned.ts'
import { passwordsIn, passwordsOfText, passwordsOfWords } from './command-secrets.ts'
import { detectSecrets } from './detect.ts'
import { isPlaceholder, isReference } from './detector.ts'
import { isHarmless } from './harmless.ts'
import { knownValues } from './known-values.ts'
import { isSecretName } from './secret-name.ts'

export type Span = { readonly start: number; readonly end: number }

export type ImageSecret = Span & {
  /** The detector's id; `secret-name` where only the name says so. */
  readonly id: string
  readonly prefix: string
  /** The variable of an instruction that it stands in. */
  readonly name?: string
}

/** `found` do not overlap; `hidden` covers them, and what belongs to them. */
export type Found = { readonly found: readonly ImageSecret[]; readonly hidden: readonly Span[] }

export const splitPair = (pair: string): readonly [string, string] => {
  const at = pair.indexOf('=')
  return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
}

/** The shell, or who reads the documentation, puts something else there. */
const isFilledIn = (value: string): boolean =>
  /^(?:`|--)/.test(value) ||
  (isReference(value) &&
    (/^(?:\$[\w({'"!*@]|<\w|%\w+%)/.test(value) || (/\$[\w({]/.test(value) && value.replace(/\$(?:\w+|[({].*)/s, '').length < 6)))

const shell = / \/?(?:[\w.-]+\/)*(?:sh|bash|ash|dash|ksh|zsh|pwsh|powershell|cmd)(?:\.exe)? (?:-[\w-]+ )?/g

/** The JSON form of RUN has no shell: the command begins with a path, or a program that everybody knows. A secret may have blanks in it. */
const commandIn = (createdBy: string, from: number): number => {
  const isOne =
    / (?=(?:\/(?:[\w.+-]+\/)+[\w.+-]+|(?:npm|npx|yarn|pnpm|node|bun|deno|pip3?|pipx|uv|poetry|python[\d.]*|ruby|gem|bundle|go|cargo|rustup|mvn|gradle|java|dotnet|nuget|composer|php|make|cmake|git|curl|wget|apt|apt-get|apk|yum|dnf|microdnf|zypper|pacman|conda|mamba|docker|helm|kubectl|terraform|aws|gcloud|az|env|sudo|cp|mv|rm|ln|mkdir|chmod|chown|tar|unzip|echo|printf|cat|sed|touch|useradd|adduser|ldconfig|perl|psql|mysql|busybox|install|test|true)(?= |$)|\.{1,2}\/[\w./-]+))/g
  isOne.lastIndex = from
  return isOne.exec(createdBy)?.index ?? createdBy.length
}

type Pair = { readonly name: string; readonly value: string; readonly start: number; readonly valueAt: number }
type Pairs = { readonly pairs: readonly Pair[]; readonly after: number }

/**
 * The pairs that an instruction of the history begins with: `|2 A=x B=y /bin/sh -c …` are build arguments, as the classic builder and BuildKit write them
 * (https://github.com/moby/moby/blob/master/builder/dockerfile/internals.go); `ENV A=x y B=z` has no quotes any more, so that a value ends where the next
 * name begins.
 */
const pairsIn = (createdBy: string): Pairs | undefined => {
  const given = /^(?:RUN )?\|(\d{1,4}) /.exec(createdBy)
  const set = given ? null : /^(?:\/bin\/sh -c #\(nop\)\s+)?(?:ENV|ARG|LABEL)\s+/.exec(createdBy)
  const from = (given ?? set)?.[0].length
  if (from === undefined) return undefined
  shell.lastIndex = from
  const first = given ? shell.exec(createdBy) : null
  let after = first?.index ?? (given ? commandIn(createdBy, from) : createdBy.length)
  const starts = [...createdBy.slice(from, after).matchAll(/(?<=^|\s)[\w.\-/]+=/g)].map(({ index }) => from + index)
  if (starts.length === 0) return undefined
  // A value that looks like a pair itself, or like the shell: nobody can tell where a secret ends.
  const isAmbiguous = given !== null && starts.length !== Number(given[1])
  const nameAt = (at: number): string => createdBy.slice(at, createdBy.indexOf('=', at))
  const secret = isAmbiguous ? starts.findIndex(at => isSecretName(nameAt(at))) : -1
  const told = secret === -1 ? starts : starts.slice(0, secret + 1)
  if (first && isSecretName(nameAt(told.at(-1)!))) after = createdBy.lastIndexOf(first[0])
  const pairs = told.map((start, i): Pair => {
    const name = nameAt(start)
    const valueAt = start + name.length + 1
    return { name, value: createdBy.slice(valueAt, told[i + 1] ?? after).trimEnd(), start, valueAt }
  })
  return { pairs, after }
}

type Phrase = {
  readonly words: readonly string[]
  /** A part of the pattern that is found faster than the whole. */
  readonly end?: RegExp
  readonly pattern: RegExp
}

/**
 * Whatever is around them, they are of no use but to say a password. No unbounded repetition: subjects are hostile. Each is tried where one of its words is in
 * the text, in small letters: looking for those is many times faster.
 */
const phrases: readonly Phrase[] = [
  // https://docs.npmjs.com/cli/v11/configuring-npm/npmrc#auth-related-configuration
  {
    words: [':_auth', ':_password'],
    pattern: /:_(?:authToken|auth|password)[ \t=]{1,4}["']?(?<secret>[^\s"';&|<>]{1,512})/dg,
  },
  {
    words: ['-key', 'apikey', '-token'],
    pattern:
      /\b(?:X-(?:[A-Za-z]{1,20}-){0,3}(?:Key|Token)|Api-?Key|(?:PRIVATE|JOB|DEPLOY)-TOKEN)\s?:\s{0,4}(?<secret>[^\s"'<>\\]{6,256})/dgi,
  },
  // https://www.rfc-editor.org/rfc/rfc9110#section-11.6.2
  {
    words: ['authorization'],
    pattern: /\bauthorization["']?\s?:\s{0,4}["']?(?:basic|bearer|token|apikey)\s{1,4}(?<secret>[^\s"'<>\\]{4,2048})/dgi,
  },
  {
    words: ['@'],
    pattern:
      /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/?#'"`$<>{}()[\]\\|*]{0,64}:(?<secret>[^\s:@/?#'"`$<>{}()[\]\\|*]{3,128})@(?!(?:[\w-]{1,40}\.){0,3}example\b)[\w[]/dgi,
  },
  // https://dev.mysql.com/doc/refman/8.4/en/create-user.html, https://www.postgresql.org/docs/current/sql-createrole.html
  {
    words: ['identified', 'password'],
    pattern:
      /\b(?:identified\s{1,4}(?:with\s{1,4}['"]?\w{1,40}['"]?\s{1,4})?(?:by|as)|password(?:\s{0,4}[=(])?)\s{0,4}\\{0,2}(?:'\\''|["']{1,2})(?<secret>[^'"\\\n]{3,128})\\{0,2}["']/dgi,
  },
  // A member of an object in JSON or JavaScript, also inside a string.
  {
    words: ['passw', 'passphrase', 'pwd', 'secret', 'token', 'apikey', 'api_key'],
    end: /(?:passw(?:or)?d|passphrase|pwd|secret|token|api_?key)\\{0,2}["']?\s{0,4}:\s{0,4}\\{0,2}["']/i,
    pattern:
      /(?<![\w$])\\{0,2}["']?[\w.-]{0,40}(?:passw(?:or)?d|passphrase|pwd|secret|token|api_?key)\\{0,2}["']?\s{0,4}:\s{0,4}\\{0,2}["'](?<secret>[^\s"'\\$]{3,256})\\{0,2}["']/dgi,
  },
]
/**
 * In place of a user, as GitHub takes it
 * (https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens). What stands there for Sentry is
 * public: https://docs.sentry.io/concepts/key-terms/dsn-explainer/.
 */
const tokenUser = /\bhttps?:\/\/(?<secret>[\w.-]{12,255})@(?![\w.-]{0,60}sentry)[\w.[-]/dg

const assignment = /(?<![\w$.-])(-{0,2})([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s;&|<>]+)/g
const option = /(?<![^\s"',[])(--)([A-Za-z][\w-]*)["']?,?[ \t]+("(?:[^"\\]|\\.)*"|'[^']*'|[^\s;&|<>\]"'-][^\s;&|<>\]"']*)/g
const member = /(?<![\w.$-])([\w.-]{1,60})["']?:[ \t]{0,4}["']?([^\s"',;{}$<>]{8,200})/g

/** Letters of both cases that make no words: `gqfRgVYruPWJiD`. */
const isMixed = (value: string): boolean =>
  /^[A-Za-z]{10,}$/.test(value) && /[a-z][A-Z]/.test(value) && !/[a-z]{4}|[A-Z]{5}/.test(value)

/** `TOKEN=x`, `--password=x`, `--password x`, `:_authToken=x`, `password: x`, and what programs are given by options of their own. */
const inCommands = (text: string, from: number): readonly ImageSecret[] => {
  const found: ImageSecret[] = []
  const add = (start: number, value: string): void => {
    if (value === '' || isHarmless(value) || isFilledIn(value)) return
    found.push({ id: 'secret-name', prefix: '', start, end: start + value.length })
  }
  const rest = text.slice(from)
  const small = rest.toLowerCase()
  for (const [pattern, sign] of [[assignment, '='] as const, [option, '--'] as const])
    for (const match of rest.includes(sign) ? rest.matchAll(pattern) : []) {
      const [whole, , name, value] = match as unknown as readonly [string, string, string, string]
      if (!isSecretName(name) || /^(?:disabled?|no)-/.test(name)) continue
      const isQuoted = /^(["']).*\1$/s.test(value)
      const bare = isQuoted ? value.slice(1, -1) : value.replace(/["'\]]+$/, '')
      // `key=` and `--key` are of everything; `cat_passwd='getent passwd'` is a command.
      if (/^keys?$/i.test(name) ? !looksRandom(bare) : /^[\w ./-]* \S*passwd$/.test(bare)) continue
      add(from + match.index + whole.length - value.length + (isQuoted ? 1 : 0), bare)
    }
  for (const match of rest.includes(':') ? rest.matchAll(member) : [])
    if (isSecretName(match[1]!) && (looksRandom(match[2]!) || isMixed(match[2]!)))
      add(from + match.index + match[0].length - match[2]!.length, match[2]!)
  for (const { words, end: sign, pattern } of phrases) {
    if (!words.some(word => small.includes(word)) || sign?.test(rest) === false) continue
    for (const { indices } of rest.matchAll(pattern)) {
      const [start, end] = indices!.groups!.secret!
      add(from + start, rest.slice(start, end))
    }
  }
  for (const { indices } of rest.includes('@') ? rest.matchAll(tokenUser) : []) {
    const [start, end] = indices!.groups!.secret!
    const value = rest.slice(start, end)
    if (looksRandom(value)) add(from + start, value)
  }
  return found
}

const detected = (text: string, from = 0, name?: string): readonly ImageSecret[] =>
  detectSecrets(text).map(({ id, start, end, prefix }) => ({
    id,
    prefix,
    start: from + start,
    end: from + end,
    ...(name === undefined ? {} : { name }),
  }))

const ofPair = (name: string, value: string, start: number): readonly ImageSecret[] => [
  ...detected(`${name}=${value}`, start, name),
  ...(isSecretName(name) && value !== '' && !isHarmless(value)
    ? [{ id: 'secret-name', prefix: '', start: start + name.length + 1, end: start + name.length + 1 + value.length, name }]
    : []),
]

/** The first that were added say what it is; of the others only what is hidden counts. */
const settle = (candidates: readonly ImageSecret[]): Found => {
  const found: ImageSecret[] = []
  // Shapes before names; by position among each.
  for (const isNamed of [false, true]) {
    const kept = [...found].sort((a, b) => a.start - b.start)
    let at = 0
    let end = -1
    const some = candidates
      .filter(({ id }) => (id === 'secret-name') === isNamed)
      .sort((a, b) => a.start - b.start || b.end - a.end)
    for (const one of some) {
      while (at < kept.length && kept[at]!.end <= one.start) at++
      const next = kept[at]
      if (one.start < end || (next && next.start < one.end)) continue
      found.push(one)
      end = one.end
    }
  }
  return { found: found.sort((a, b) => a.start - b.start), hidden: candidates }
}

/** `A=x` of the environment, or a label. */
export const secretsOfPair = (name: string, value: string): Found => settle(ofPair(name, value, 0))

export const secretsOfText = (text: string): Found => settle([...detected(text), ...inCommands(text, 0)])

/** Words of a command, as a text with spaces between. `program`: what they are given to. */
export const secretsOfWords = (words: readonly string[], program?: string): Found => {
  const text = words.join(' ')
  const candidates: ImageSecret[] = [
    ...detected(text),
    ...inCommands(text, 0),
    ...asPasswords(passwordsOfWords(words, program), 0),
  ]
  let at = 0
  for (const [i, word] of words.entries()) {
    const before = /^--?([A-Za-z][\w-]*)$/.exec(words[i - 1] ?? '')?.[1]
    if (
      before !== undefined &&
      isSecretName(before) &&
      word !== '' &&
      !word.startsWith('-') &&
      !isHarmless(word) &&
      !isFilledIn(word)
    )
      candidates.unshift({ id: 'secret-name', prefix: '', start: at, end: at + word.length })
    at += word.length + 1
  }
  return settle(candidates)
}

const asPasswords = (spans: readonly Span[], from: number): readonly ImageSecret[] =>
  spans.map(({ start, end }) => ({ id: 'secret-name', prefix: '', start: start + from, end: end + from }))

const keyword =
  /^\s{0,4}(?:\/bin\/sh -c #\(nop\)\s{1,4}|cmd \/S \/C #\(nop\)\s{1,4})?(?:ONBUILD\s{1,4})?(RUN|CMD|ENTRYPOINT|HEALTHCHECK|SHELL|[A-Z]{3,11})(?=\s)/
const ofShell =
  /^\s{0,4}(?:--\S{1,200}\s{1,4}){0,20}(?:CMD\s{1,4})?((?:[\w./\\:-]{0,100}[\\/])?(?:sh|bash|ash|dash|ksh|zsh|pwsh|powershell|cmd)(?:\.exe)?)\s(?:(?:-[\w-]{1,30}|\/[A-Z]|pipefail)\s{1,4}){0,8}/i

/** What the commands of an instruction give to programs; `from`: where its build arguments end. */
const given = (createdBy: string, from: number): readonly ImageSecret[] => {
  const rest = createdBy.slice(from)
  const named = keyword.exec(rest)
  if (named && !/^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK|SHELL)$/.test(named[1]!)) return []
  const at = named?.[0].length ?? 0
  const said = rest.slice(at)
  // `["app" "x"]`, `&{["CMD-SHELL" "x"] "30s"}`
  if (/^\s{0,4}(?:&\{)?\[/.test(said)) return asPasswords(passwordsIn(said), from + at)
  const shell = ofShell.exec(said)
  const start = at + (shell?.[0].length ?? 0)
  return asPasswords(
    passwordsOfText(rest.slice(start).replace(/ # buildkit\s*$/, ''), [shell?.[1] ?? '/bin/sh', '-c']),
    from + start,
  )
}

export const secretsOfInstruction = (createdBy: string): Found => {
  const told = pairsIn(createdBy)
  if (!told) return settle([...detected(createdBy), ...inCommands(createdBy, 0), ...given(createdBy, 0)])
  const { pairs, after } = told
  const pairOf = (at: number): string | undefined => pairs.findLast(({ start }) => start <= at)?.name
  return settle([
    ...pairs.flatMap(({ name, value, start }) => ofPair(name, value, start)),
    ...detected(createdBy).map(one => (one.start >= after ? one : { ...one, name: pairOf(one.start) ?? '' })),
    ...inCommands(createdBy, after),
    ...given(createdBy, after),
    ...pairs.flatMap(({ name, value, valueAt }) =>
      inCommands(value, 0).map(one => ({ ...one, name, start: one.start + valueAt, end: one.end + valueAt })),
    ),
  ])
}

/** One text of the configuration or the history with what is secret in it. */
export type Told = Found & {
  readonly text: string
  /** Of what stands in a variable of an instruction `name` is given. */
  readonly at: (name: string | undefined) => LeakPlace
  readonly reach: 'image' | 'history'
  /** ENV, LABEL, ONBUILD and MAINTAINER of the history: what the configuration has still is told there. */
  readonly isRepeated?: boolean
}

export const toldBy = (config: ImageConfig): readonly Told[] => {
  const inConfig = (field: string, text: string, found: Found): Told => ({
    ...found,
    text,
    at: () => ({ in: 'config', field }),
    reach: 'image',
  })
  const lists = {
    entrypoint: config.entrypoint,
    cmd: config.cmd,
    healthcheck: config.healthcheck,
    shell: config.shell,
    volumes: config.volumes,
  }
  return [
    ...config.env.map(pair => {
      const [name, value] = splitPair(pair)
      return inConfig(`env ${name}`, pair, secretsOfConfigPair(name, value))
    }),
    ...Object.entries(config.labels).map(([name, value]) =>
      inConfig(`label ${name}`, `${name}=${value}`, secretsOfConfigPair(name, value)),
    ),
    ...Object.entries(lists).flatMap(([field, words]) =>
      words && words.length > 0 ? [inConfig(field, words.join(' '), secretsOfWords(words))] : [],
    ),
    ...(['user', 'workingDir', 'author'] as const).flatMap(field =>
      config[field] === ''
        ? []
        : [inConfig(field === 'workingDir' ? 'workdir' : field, config[field], secretsOfText(config[field]))],
    ),
    ...config.onBuild.map(text => inConfig('onbuild', text, secretsOfInstruction(text))),
    // No container has it, and mostly it is what others say, too.
    ...(config.elsewhere ?? []).map(
      ({ field, text }): Told => ({ ...inConfig(field, text, secretsOfElsewhere(text)), reach: 'history', isRepeated: true }),
    ),
    ...config.history.flatMap(({ createdBy, comment }, step): readonly Told[] => [
      {
        ...secretsOfInstruction(createdBy),
        text: createdBy,
        at: name => ({ in: 'history', step, what: name ?? 'instruction' }),
        reach: 'history',
        isRepeated: /^(?:\/bin\/sh -c #\(nop\)\s+)?(?:ENV|LABEL|ONBUILD|MAINTAINER)\s/.test(createdBy),
      },
      ...(comment === ''
        ? []
        : [
            {
              ...secretsOfText(comment),
              text: comment,
              at: (): LeakPlace => ({ in: 'history', step, what: 'comment' }),
              reach: 'history' as const,
            },
          ]),
    ]),
  ]
}

/** Settings in a variable may be a text with secrets of its own: options of a program, a connection string. */
export const secretsOfConfigPair = (name: string, value: string): Found => {
  const own = ofPair(name, value, 0)
  const from = name.length + 1
  return settle([...own, ...inCommands(value, 0).map(one => ({ ...one, start: one.start + from, end: one.end + from }))])
}

/** `A=x` as in the environment, an instruction, or any text. */
export const secretsOfElsewhere = (text: string): Found =>
  /^[\w.-]{1,128}=/.test(text) ? secretsOfConfigPair(...splitPair(text)) : secretsOfInstruction(text)

/** Shorter ones may stand anywhere by chance; from `shortestWord` on, they are looked for as words, where no dictionary has them. */
const shortest = 8
const shortestWord = 6

/** Where values stand that are secret in another place, in every form that configurations, shells and addresses have for them. */
export type Known = (text: string) => readonly Span[]

export const knownBy = (all: readonly Told[]): Known => {
  const values = new Set<string>()
  for (const { text, found, hidden } of all)
    for (const { start, end } of [...found, ...hidden]) {
      const value = text.slice(start, end)
      // `changeme` stands in many places.
      const isOwn = !isPlaceholder(value) || (value.length >= shortest && /\d/.test(value))
      const isWord = value.length >= shortest || (value.length >= shortestWord && /\d/.test(value) && /[^\d.:]/.test(value))
      if (isWord && isOwn) values.add(value)
    }
  return knownValues(values)
}
