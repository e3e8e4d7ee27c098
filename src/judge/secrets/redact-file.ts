/**
 * Where a Dockerfile holds secrets, for everything that quotes it: whatever a detector knows, what is given to a secret name, and
 * what programs are given as a password (https://curl.se/docs/manpage.html#-u, https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_password,
 * https://man7.org/linux/man-pages/man8/chpasswd.8.html). What is found is hidden wherever else it stands, too.
 */
import { remembered } from '../../model/remember.ts'
import type { Span } from '../../model/text.ts'
import type { Dockerfile } from '../../read/dockerfile/graph.ts'
import { unquote } from '../../read/dockerfile/lex.ts'
import { passwordsIn, passwordsOfScript } from './command-secrets.ts'
import { detectSecrets } from './detect.ts'
import { isSettingSecret, isWordy } from './given-value.ts'
import { secretsOfText } from './image-secrets.ts'
import { knownValues } from './known-values.ts'
import { isSecretName, secretKind } from './secret-name.ts'
import { namesIn } from './worth.ts'

export type Secrets = {
  /** By position; none overlaps another. */
  readonly spans: readonly Span[]
  readonly values: readonly string[]
}

/** Known to all, and words of every second line, also of what is said of a file. */
const everyday =
  /^(?:root|admin|administrator|user|guest|test|demo|app|postgres|postgresql|mysql|mariadb|mongo|mongodb|redis|rabbitmq|minio|password|passwd|pass|secret|token|none|null|default|public|private|development|production|docker|podman|compose|kubernetes|container|service|image|network|volume|server|database|cluster|host|registry|environment|command|secrets|config|label|build)$/i

/**
 * Names in a file: of images, users, services and variables, and the parts of paths on the host. A default password that is one of them is no secret there:
 * `wordpress:latest` stays. No unbounded repetition: subjects are hostile.
 */
const naming =
  /(?:\b(?:image|container_name|hostname|user|name|FROM|USER)["']?:?[ \t]{1,8}["']?)([\w./-]{2,200})|^[ \t]{0,200}(?:- )?["']?([\w./-]{2,100})(?=["']?:(?:\s|$)|=)|(?:[\s"'=]|- )\.{0,2}\/([\w./-]{2,200})/gm

/** Nothing that was drawn by chance is taken for a name. */
const isName = (value: string, names: ReadonlySet<string>): boolean =>
  /^[A-Za-z][A-Za-z_.-]{2,39}\d{0,4}$/.test(value) && isWordy(value) && names.has(value.toLowerCase().replace(/[^a-z\d]/g, ''))

const namesOf = (text: string, secrets: readonly Span[]): ReadonlySet<string> => {
  const places = merged(secrets)
  const texts: string[] = []
  let next = 0
  for (const { index, 0: whole, 1: named, 2: key, 3: path } of text.matchAll(naming)) {
    const name = named ?? key ?? path!
    const end = index + whole.length
    while (next < places.length && places[next]!.end <= end - name.length) next++
    // What is given to a secret is not named by it.
    if (next === places.length || places[next]!.start >= end) texts.push(name)
  }
  return namesIn(texts)
}

/** `known`: what rules have found. */
export const secretsOf = (dockerfile: Dockerfile, known: readonly Span[]): Secrets => {
  const { text, escape } = dockerfile.tree
  return secretsAt(text, [...known, ...byShape(text), ...byName(dockerfile), ...byCommand(dockerfile)], source => {
    const lines = source.split('\n').map(line => line.replace(/\r$/, ''))
    const joined = lines.map((line, i) => (i < lines.length - 1 && line.endsWith(escape) ? line.slice(0, -1) : line)).join('')
    return [unquote(joined, escape), joined, ...lines.map(line => line.replace(/[\\`]$/, ''))]
  })
}

/** The same for a file of another kind, such as YAML: by shape, and by the names to which a value is given. */
export const secretsOfFile = (text: string, known: readonly Span[]): Secrets => {
  const shapes = byShape(text)
  const given = secretsOfText(text).hidden
  const found = [...shapes, ...given, ...byEntry(text), ...passwordsIn(text)]
  // Of a script over many lines, an item of a list of words, only those are hidden that have one.
  const isInside = ({ start, end }: Span): boolean =>
    /-[ \t]+(?:[|>][-+\d]{0,2}[ \t]*(?:#[^\n]*)?\r?\n)?$/.test(text.slice(Math.max(0, start - 200), start)) &&
    text.slice(start, end).includes('\n') &&
    found.some(one => start <= one.start && one.end <= end)
  const own = known.filter(span => !isInside(span)).map(span => withoutName(text, span))
  return secretsAt(text, [...own, ...found], source => source.split(/\r?\n/))
}

/** Of `-e NAME=value` and `"value"` the value is left. */
const withoutName = (text: string, { start, end }: Span): Span => {
  const source = text.slice(start, end)
  const from = /^(?:-[el]|--env|--label)[ =]["']?[A-Za-z_][\w.-]{0,127}=/.exec(source)?.[0].length ?? 0
  const quote = /^["']/.exec(source.slice(from))?.[0]
  return quote !== undefined && source.length > from + 1 && source.endsWith(quote)
    ? { start: start + from + 1, end: end - 1 }
    : { start: start + from, end }
}

/** `valuesIn`: what the text of a span may say. */
const secretsAt = (text: string, spans: readonly Span[], valuesIn: (source: string) => readonly string[]): Secrets => {
  const own = spans.filter(({ start, end }) => end > start)
  const values = new Set<string>()
  const names = own.length === 0 ? new Set<string>() : namesOf(text, own)
  for (const { start, end } of own)
    for (const value of valuesIn(text.slice(start, end))) {
      const bare = value.trim().replace(/^["']|["']$/g, '')
      if (bare.length > 3 && !isHarmless(bare) && !everyday.test(bare) && !isName(bare, names)) values.add(bare)
    }
  const found = [...values].sort((a, b) => b.length - a.length)
  return { spans: merged([...own, ...finderOf(found)(text)]), values: found }
}

/** The text with every secret replaced by asterisks. */
export const hideSecrets = (text: string, values: readonly string[]): string => {
  let shown = text
  for (const { start, end } of [...merged(finderOf(values)(text))].reverse())
    shown = `${shown.slice(0, start)}***${shown.slice(end)}`
  return shown
}

export const hasSecret = (text: string, values: readonly string[]): boolean => finderOf(values)(text).length > 0

const finderOf = remembered((values: readonly string[]) => knownValues(values))

const merged = (spans: readonly Span[]): readonly Span[] => {
  const all: { start: number; end: number }[] = []
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    const last = all.at(-1)
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else all.push({ start, end })
  }
  return all
}

/** The kind of a token may be shown, and its prefix says no more. */
const byShape = (text: string): readonly Span[] =>
  detectSecrets(text).map(({ start, end, prefix }) => ({ start: start + (end - start < 16 ? 0 : prefix.length), end }))

/** Places, files, switches and small numbers give nothing away. */
const isHarmless = (value: string): boolean =>
  /^(?:\/(?:app|bin|config|data|dev|etc|home|lib|mnt|opt|proc|root|run|sbin|secrets?|srv|sys|tmp|usr|var|vault|workspace)(?:\/[\w./-]*)?|[\w./-]+\.(?:sh|py|rb|js|sql|rsp|json|ya?ml|toml|ini|conf|txt|key|pem)|[^\p{L}\d]*|\d{1,5}|true|false|yes|no|on|off)$/iu.test(
    value,
  )

/** The shell, or the builder, puts something else there. */
const isSecret = (value: string): boolean => value !== '' && !isHarmless(value) && !/^\$[\w({]/.test(value)

/** `TOKEN=x`, `--password=x`, `:_authToken=x`, `https://ann:x@host`, `IDENTIFIED BY 'x'`, and pairs of ENV, ARG and LABEL. */
const byName = (dockerfile: Dockerfile): readonly Span[] => {
  const { text, escape } = dockerfile.tree
  const spans: Span[] = []
  for (const { instruction } of dockerfile.steps)
    for (const { key, value } of instruction.pairs)
      if (value && isSecretName(key) && isSecret(unquote(value.raw, escape))) spans.push(value.span)
  const shapes = new Set(detectSecrets(text).map(({ start, end }) => `${start}-${end}`))
  spans.push(...secretsOfText(text).hidden.filter(({ start, end }) => !shapes.has(`${start}-${end}`)))
  for (const { indices, groups } of text.matchAll(inAddress)) {
    const [start, end] = indices!.groups!.secret!
    if (isSecret(groups!.secret!)) spans.push({ start, end })
  }
  return spans
}
const inAddress = /:\/\/[^\s:@/"']{0,64}:(?<secret>[^\s@/"'$]{1,128})@/dg

/** What commands give to programs. */
const byCommand = ({ steps, tree }: Dockerfile): readonly Span[] =>
  steps.flatMap(({ scripts }) => scripts.flatMap(script => passwordsOfScript(script, tree.text)))

/** `DB_PASSWORD: x` on a line of its own, and a name with its value beside it: `- name: DB_PASSWORD`, `value: x`. */
const byEntry = (text: string): readonly Span[] => {
  const spans: Span[] = []
  for (const match of text.matchAll(entry)) {
    const [, before, name, value] = match as unknown as readonly [string, string, string, string]
    const kind = secretKind(name)
    if (kind === undefined || !isSecret(value) || (kind !== 'password' && !isSettingSecret(name, value, false))) continue
    const start = match.index + before.length
    spans.push({ start, end: start + value.length })
  }
  for (const pattern of text.includes('value') ? [named, nameless] : [])
    for (const { groups, indices } of text.matchAll(pattern)) {
      const [start, end] = indices!.groups!.value!
      if (isSecret(groups!.value!) && isSecretName(groups!.name!)) spans.push({ start, end })
    }
  return spans
}
const entry =
  /^([ \t]*(?:- )?["']?([\w.-]{1,80})["']?[ \t]*:[ \t]+(?:!!\w+ )?["']?)([^\s"'#{[&*!|>][^\n"']{0,512}?)["']?[ \t\r]*(?: #.*)?,?$/gm
/** In YAML, JSON and HCL. */
const named =
  /["']?\bname["']?[ \t]{0,8}[:=][ \t]{0,8}["']?(?<name>[\w.-]{1,80})["']?[ \t]{0,8},?\s{1,80}["']?value["']?[ \t]{0,8}[:=][ \t]{0,8}["']?(?<value>[^\s"'{},][^\n"',}]{0,512})/dg
const nameless =
  /["']?\bvalue["']?[ \t]{0,8}[:=][ \t]{0,8}["']?(?<value>[^\s"'{},][^\n"',}]{0,512})["']?[ \t]{0,8},?\s{1,80}["']?name["']?[ \t]{0,8}[:=][ \t]{0,8}["']?(?<name>[\w.-]{1,80})/dg
