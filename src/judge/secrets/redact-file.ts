/**
 * Where a Dockerfile holds secrets, for everything that quotes it: whatever a detector knows, what is given to a secret name, and
 * what programs are given as a password (https://curl.se/docs/manpage.html#-u, https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_password,
 * https://man7.org/linux/man-pages/man8/chpasswd.8.html). What is found is hidden wherever else it stands, too.
 */
import type { Span } from '../../model/text.ts'
import type { Dockerfile } from '../../read/dockerfile/graph.ts'
import { unquote } from '../../read/dockerfile/lex.ts'
import { pipelineOf } from '../../read/shell/queries.ts'
import type { ShellWord } from '../../read/shell/script.ts'
import { type CommandAt, commandsOf } from '../dockerfile-queries.ts'
import { detectSecrets } from './detect.ts'
import { secretsOfText } from './image-secrets.ts'
import { isSecretName } from './secret-name.ts'

export type Secrets = {
  /** By position; none overlaps another. */
  readonly spans: readonly Span[]
  readonly values: readonly string[]
}

/** Shorter ones may be part of anything: they are hidden as whole words only. */
const shortest = 8
/** Of very many only so many are looked for in other places. */
const most = 500
/** Known to all, and words of every second line. */
const everyday =
  /^(?:root|admin|user|guest|test|app|postgres|postgresql|mysql|mariadb|mongo|mongodb|redis|rabbitmq|minio|password|secret|token|none|null|default|public|development|production)$/i

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
  return secretsAt(text, [...known, ...shapes, ...given], source => source.split(/\r?\n/))
}

/** `valuesIn`: what the text of a span may say. */
const secretsAt = (text: string, spans: readonly Span[], valuesIn: (source: string) => readonly string[]): Secrets => {
  const own = spans.filter(({ start, end }) => end > start)
  const values = new Set<string>()
  for (const { start, end } of own)
    for (const value of valuesIn(text.slice(start, end))) {
      const bare = value.trim().replace(/^["']|["']$/g, '')
      if (bare.length > 3 && !isHarmless(bare) && !everyday.test(bare)) values.add(bare)
    }
  const found = [...values].slice(0, most).sort((a, b) => b.length - a.length)
  return { spans: merged([...own, ...found.flatMap(value => placesOf(text, value))]), values: found }
}

/** The text with every secret replaced by asterisks. */
export const hideSecrets = (text: string, values: readonly string[]): string => {
  let shown = text
  for (const value of values)
    for (const { start, end } of placesOf(shown, value).reverse()) shown = `${shown.slice(0, start)}***${shown.slice(end)}`
  return shown
}

export const hasSecret = (text: string, values: readonly string[]): boolean =>
  values.some(value => placesOf(text, value).length > 0)

const placesOf = (text: string, value: string): Span[] => {
  const places: Span[] = []
  for (let start = text.indexOf(value); start !== -1; start = text.indexOf(value, start + value.length)) {
    const end = start + value.length
    if (value.length >= shortest || !(/\w/.test(text[start - 1] ?? '') || /\w/.test(text[end] ?? ''))) places.push({ start, end })
  }
  return places
}

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

/** `TOKEN=x`, `--password=x`, `:_authToken=x`, `--password x`, `https://ann:x@host`, `IDENTIFIED BY 'x'`, and pairs of ENV, ARG and LABEL. */
const byName = (dockerfile: Dockerfile): readonly Span[] => {
  const { text, escape } = dockerfile.tree
  const spans: Span[] = []
  for (const { instruction } of dockerfile.steps)
    for (const { key, value } of instruction.pairs)
      if (value && isSecretName(key) && isSecret(unquote(value.raw, escape))) spans.push(value.span)
  const shapes = new Set(detectSecrets(text).map(({ start, end }) => `${start}-${end}`))
  spans.push(...secretsOfText(text).hidden.filter(({ start, end }) => !shapes.has(`${start}-${end}`)))
  for (const pattern of [inAddress, inStatement])
    for (const { indices, groups } of text.matchAll(pattern)) {
      const [start, end] = indices!.groups!.secret!
      if (isSecret(groups!.secret!)) spans.push({ start, end })
    }
  return spans
}
const inAddress = /:\/\/[^\s:@/"']{0,64}:(?<secret>[^\s@/"'$]{1,128})@/dg
const inStatement = /\b(?:identified\s{1,4}by|password)\s{1,4}'(?<secret>[^'\n]{1,128})'/dgi

/** Programs → the options whose value is a password, and whether it is glued to the option. */
const passwordOptions: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:mysql|mariadb)/, /^-p(?=.)/],
  [/^(?:sshpass|az|mongo\w*|useradd|usermod)$/, /^-p/],
  [/^redis-cli$/, /^-a/],
  [/^ldap\w+$/, /^-w/],
  [/^(?:zip|unzip)$/, /^-P/],
  [/^7z\w*$/, /^-p(?=.)/],
]
const withUser = /^(?:-[a-zA-Z]*[uU]|--user|--proxy-user)$/

const byCommand = (dockerfile: Dockerfile): readonly Span[] => {
  const { text } = dockerfile.tree
  const spans: Span[] = []
  /** The last `length` characters of what a word says. */
  const add = (word: ShellWord, value: string): void => {
    if (!isSecret(value)) return
    const at = text.slice(word.span.start, word.span.end).lastIndexOf(value)
    spans.push(at === -1 ? word.span : { start: word.span.start + at, end: word.span.start + at + value.length })
  }
  const addUser = (word: ShellWord, pair: string): void => {
    const at = pair.indexOf(':')
    if (at !== -1) add(word, pair.slice(at + 1))
  }
  for (const step of dockerfile.steps)
    for (const at of commandsOf(step)) {
      const { name, args, operands } = at.command
      // `docker run -p` names a port.
      const isLogin = operands.some(({ text: word }) => word === 'login')
      const short = isLogin ? /^-p/ : passwordOptions.find(([names]) => names.test(name))?.[1]
      for (const [i, word] of args.entries()) {
        const before = args[i - 1]?.text ?? ''
        const named = /^--?([A-Za-z][\w-]*)$/.exec(before)?.[1]
        const given = word.text
        if (named !== undefined && isSecretName(named) && !given.startsWith('-')) add(word, given)
        if (short?.test(given) && given.length > 2 && !given.startsWith('--')) add(word, given.slice(2))
        else if (/^-[a-zA-Z]$/.test(before) && short?.test(before)) add(word, given)
        if (name === 'curl') {
          if (withUser.test(before)) addUser(word, given)
          else if (/^(?:-[uU](?=.)|--(?:proxy-)?user=)/.test(given)) addUser(word, given)
        }
        const header = /^([\w-]{1,60}):\s{0,9}(?:(?:basic|bearer|token)\s{1,9})?(\S+)$/i.exec(given)
        if (header && (isSecretName(header[1]!) || /authorization$/i.test(header[1]!))) add(word, header[2]!)
      }
      if (name === 'htpasswd' && args.some(({ text: given }) => /^-\w*b/.test(given)) && operands.length > 1)
        add(operands.at(-1)!, operands.at(-1)!.text)
      const set = operands.findIndex(({ text: word }) => word === 'password')
      if (name === 'mysqladmin' && set !== -1 && operands[set + 1]) add(operands[set + 1]!, operands[set + 1]!.text)
      if (name === 'openssl' && operands[0]?.text === 'passwd' && operands.length > 1)
        add(operands.at(-1)!, operands.at(-1)!.text)
      fed(at, add)
    }
  return [...spans, ...lists(dockerfile)]
}

/** `chpasswd <<EOF`. */
const lists = (dockerfile: Dockerfile): readonly Span[] =>
  dockerfile.steps.flatMap(step => {
    const { start, end } = step.instruction.span
    if (step.instruction.name !== 'RUN' || commandsOf(step, 'chpasswd').next().done) return []
    const lines = dockerfile.tree.text.slice(start, end).matchAll(/^[ \t]*[\w.-]{1,64}:(?<secret>\S+)[ \t\r]*$/dgm)
    return [...lines].flatMap(({ indices, groups }) => {
      const [from, to] = indices!.groups!.secret!
      return isSecret(groups!.secret!) ? [{ start: start + from, end: start + to }] : []
    })
  })

/** `echo ann:x | chpasswd`, `echo x | docker login --password-stdin`. */
const fed = ({ script, command }: CommandAt, add: (word: ShellWord, value: string) => void): void => {
  const isList = command.name === 'chpasswd'
  if (!isList && !command.args.some(({ text }) => /^(?:--stdin|--password-stdin|--with-token)$/.test(text))) return
  const givers = pipelineOf(script, command).filter(({ name }) => name === 'echo' || name === 'printf')
  const documents = command.redirects.flatMap(({ operator, target }) => (operator === '<<<' && target ? [target] : []))
  for (const word of [...givers.flatMap(({ operands }) => operands), ...documents]) {
    if (!isList) add(word, word.text)
    else for (const [, value] of word.text.matchAll(/(?<![^\s\\])n?[\w.-]{1,64}:([^\s\\:]+)/g)) add(word, value!)
  }
}
