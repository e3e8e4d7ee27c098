/**
 * Where secrets stand in what an image says of itself. One answer for those who report them and for those who hide them: what is hidden is reported, and
 * what is reported is hidden.
 */
import type { ImageConfig } from '../../model/image.ts'
import type { LeakPlace } from '../../model/leak.ts'
import { looksRandom } from './assigned.ts'
import { detectSecrets } from './detect.ts'
import { isPlaceholder, isReference } from './detector.ts'
import { isHarmless } from './harmless.ts'
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
  let after = first?.index ?? createdBy.length
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

/** Programs that are given a password by an option of their own, and where it stands. No unbounded repetition: subjects are hostile. */
const commands: readonly RegExp[] = [
  // https://curl.se/docs/manpage.html#-u
  /\bcurl\b[^\n;&|]{0,300}?\s(?:-u|--user|-U|--proxy-user)[ =]?["']?[^\s:"']{1,64}:(?<secret>[^\s"']{1,128})/dg,
  // https://dev.mysql.com/doc/refman/8.4/en/connecting.html: no space between
  /(?<![\w/.-])(?:mysql(?:dump|admin|import|check)?|mariadb(?:-\w{1,20})?)\s(?:[^\n;&|]{0,300}?\s)?-p["']?(?<secret>[^\s"';&|]{3,128})/dg,
  /\bsshpass\s{1,4}-p\s{0,4}["']?(?<secret>[^\s"']{1,128})/dg,
  /\b(?:docker|podman|buildah|nerdctl|skopeo|oras|helm registry)\s{1,4}login\b[^\n;&|]{0,300}?\s-p[ =]?["']?(?<secret>[^\s"';&|]{1,128})/dg,
  /\b(?:echo|printf)\s{1,4}(?:-\w{1,4}\s{1,4})?["']?[\w.-]{1,40}:(?<secret>[^\s"'|\\:]{1,128})(?:\\n)?["']?\s{0,4}\|\s{0,4}(?:sudo\s{1,4})?(?:[\w/]{1,40}\/)?chpasswd\b/dg,
  /\becho\s{1,4}["']?(?<secret>[^\s"'|]{1,128})["']?\s{0,4}\|\s{0,4}passwd\s{1,4}--stdin/dg,
  /\buser(?:add|mod)\b[^\n;&|]{0,300}?\s(?:-p|--password)[ =]["']?(?<secret>[^\s"';&|]{1,128})/dg,
  /\bredis-cli\b[^\n;&|]{0,300}?\s-a\s{1,4}["']?(?<secret>[^\s"';&|]{1,128})/dg,
  // https://www.mongodb.com/docs/mongodb-shell/reference/options/
  /(?<![\w/.-])mongo(?:sh|dump|restore|import|export|files|stat|top)?\s(?:[^\n;&|]{0,300}?\s)?-p(?:=|\s{1,4})["']?(?<secret>(?![\d.]{1,40}:\d)[^\s"';&|-][^\s"';&|]{2,127})/dg,
  // https://docs.npmjs.com/cli/v11/configuring-npm/npmrc#auth-related-configuration
  /:_(?:authToken|auth|password)[ \t=]{1,4}["']?(?<secret>[^\s"';&|<>]{1,512})/dg,
  /\b(?:X-(?:[A-Za-z]{1,20}-){0,3}(?:Key|Token)|Api-?Key|(?:PRIVATE|JOB|DEPLOY)-TOKEN)\s?:\s{0,4}(?<secret>[^\s"'<>\\]{6,256})/dgi,
  /\bhttps?:\/\/[^\s:@/?#'"`$<>{}()[\]\\|*]{0,64}:(?<secret>[^\s:@/?#'"`$<>{}()[\]\\|*]{3,128})@(?!(?:[\w-]{1,40}\.){0,3}example\b)[\w[]/dg,
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
  for (const pattern of [assignment, option])
    for (const match of rest.matchAll(pattern)) {
      const [whole, , name, value] = match as unknown as readonly [string, string, string, string]
      if (!isSecretName(name)) continue
      const isQuoted = /^(["']).*\1$/s.test(value)
      const bare = isQuoted ? value.slice(1, -1) : value.replace(/["'\]]+$/, '')
      // `key=` and `--key` are of everything; `cat_passwd='getent passwd'` is a command.
      if (/^keys?$/i.test(name) ? !looksRandom(bare) : /^[\w ./-]* \S*passwd$/.test(bare)) continue
      add(from + match.index + whole.length - value.length + (isQuoted ? 1 : 0), bare)
    }
  for (const match of rest.matchAll(member))
    if (isSecretName(match[1]!) && (looksRandom(match[2]!) || isMixed(match[2]!)))
      add(from + match.index + match[0].length - match[2]!.length, match[2]!)
  for (const pattern of commands)
    for (const { indices } of rest.matchAll(pattern)) {
      const [start, end] = indices!.groups!.secret!
      add(from + start, rest.slice(start, end))
    }
  for (const { indices } of rest.matchAll(tokenUser)) {
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

/** Words of a command, as a text with spaces between. */
export const secretsOfWords = (words: readonly string[]): Found => {
  const text = words.join(' ')
  const candidates: ImageSecret[] = [...detected(text), ...inCommands(text, 0)]
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

export const secretsOfInstruction = (createdBy: string): Found => {
  const told = pairsIn(createdBy)
  if (!told) return secretsOfText(createdBy)
  const { pairs, after } = told
  const pairOf = (at: number): string | undefined => pairs.findLast(({ start }) => start <= at)?.name
  return settle([
    ...pairs.flatMap(({ name, value, start }) => ofPair(name, value, start)),
    ...detected(createdBy).map(one => (one.start >= after ? one : { ...one, name: pairOf(one.start) ?? '' })),
    ...inCommands(createdBy, after),
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

/** Shorter ones may stand anywhere by chance; from `shortestWord` on, they are looked for as words, where no dictionary has them. */
const shortest = 8
const shortestWord = 6
/** Of very many only the first are looked for in other places. */
const most = 200

/** Where values stand that are secret in another place, in every form that configurations, shells and addresses have for them. */
export type Known = (text: string) => readonly Span[]

export const knownBy = (all: readonly Told[]): Known => {
  const values = new Set<string>()
  for (const { text, found, hidden } of all)
    for (const { start, end } of [...found, ...hidden]) {
      const value = text.slice(start, end)
      // `changeme` stands in many places.
      const isOwn = !isPlaceholder(value) || (value.length >= shortest && /\d/.test(value))
      if (values.size < most && value.length >= shortestWord && isOwn) values.add(value)
    }
  const forms = [...values].flatMap(value =>
    [
      value,
      value.replaceAll('\n', ' '),
      JSON.stringify(value).slice(1, -1),
      encoded(value),
      ...(value.includes('\n') ? value.split('\n') : []),
    ].filter(form => form.length >= shortest || (form.length >= shortestWord && /\d/.test(form) && /[^\d.:]/.test(form))),
  )
  const unique = [...new Set(forms)]
  return text =>
    unique.flatMap(form => {
      const spans: Span[] = []
      for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + form.length)) {
        const end = at + form.length
        const isWord = form.length >= shortest || (!/\w/.test(text[at - 1] ?? '') && !/\w/.test(text[end] ?? ''))
        if (isWord) spans.push({ start: at, end })
      }
      return spans
    })
}

const encoded = (value: string): string => {
  try {
    return encodeURIComponent(value)
  } catch {
    // Half of a surrogate pair.
    return value
  }
}
