/**
 * Commands → the passwords that they give to programs. Whoever reports and whoever hides asks here: for scripts of a Dockerfile, instructions of a history,
 * the words of ENTRYPOINT and CMD, and commands in files of any kind.
 */
import type { Span } from '../../model/text.ts'
import { readScript } from '../../read/shell/read-script.ts'
import type { Script } from '../../read/shell/script.ts'
import { dialectOf } from '../../read/shell/shells.ts'
import { isWrapper } from '../../read/shell/wrappers.ts'
import { looksRandom } from './assigned.ts'
import { isHarmless } from './harmless.ts'
import { type LooseCommand, readLoosely, type Word } from './loose-commands.ts'
import { everywhere, fed, type Taker, takers } from './password-takers.ts'
import { isSecretName } from './secret-name.ts'

/** `sh -c "sh -c '…'"`, in what no shell of ours reads. */
const maxDepth = 3

/** `source`: what the spans of the script count in. */
export const passwordsOfScript = (script: Script, source: string): readonly Span[] => {
  const found = new Finder(source)
  if (script.dialect === 'other' || script.errors.length > 0) found.readLoosely(script.span.start, script.span.end, 0)
  for (const i of script.commands.keys()) found.read(asLoose(script, i, source))
  return found.spans
}

/** A text that a shell reads. Where ours cannot, it is split at blanks and quotes. */
export const passwordsOfText = (text: string, shell: readonly string[] = ['/bin/sh', '-c']): readonly Span[] => {
  const whole = { start: 0, end: text.length }
  if (dialectOf(shell) === 'other') return passwordsIn(text)
  return passwordsOfScript(readScript({ text, span: whole, spanOf: (start, end) => ({ start, end }), shell }), text)
}

/** Commands in a text of another kind, such as lists in YAML and JSON. */
export const passwordsIn = (text: string): readonly Span[] => {
  const found = new Finder(text)
  found.readLoosely(0, text.length, 0)
  return found.spans
}

/** The words of one command, joined by blanks. `program`: where the words are those behind another one's. */
export const passwordsOfWords = (words: readonly string[], program?: string): readonly Span[] => {
  const text = words.join(' ')
  let at = 0
  const placed = words.map((word): Word => {
    const start = at
    at += word.length + 1
    return { text: word, span: { start, end: start + word.length } }
  })
  const found = new Finder(text)
  if (program !== undefined) found.read({ ...silent, name: baseOf(program), words: placed })
  found.readWords(placed)
  return found.spans
}

/** Nothing goes into it, and nothing out of it. */
const silent = { input: [], document: undefined, target: undefined }

const baseOf = (name: string): string => name.replace(/^.*[\\/]/s, '')

/** Commands of a pipeline that may speak into the one behind them. */
const mostGivers = 8

const asLoose = (script: Script, at: number, source: string): LooseCommand => {
  const command = script.commands[at]!
  const givers = script.commands.slice(Math.max(0, at - mostGivers), at).filter(({ pipeline }) => pipeline === command.pipeline)
  const isSudo = command.wrappers.some(({ name }) => name === 'sudo')
  // What sudo asks for itself, its options say.
  const own = isSudo ? source.slice(command.span.start, command.nameWord?.span.start ?? command.span.start).split(/\s+/) : []
  const written = command.redirects.find(({ operator }) => /^\d?>>?\|?$/.test(operator))?.target
  const here = command.redirects.find(({ operator }) => operator.startsWith('<<') && operator !== '<<<')
  return {
    name: command.name,
    words: command.args,
    isFedBySudo: isSudo && fed('sudo', own) !== undefined,
    input: [
      ...givers.flatMap(giver =>
        /^(?:echo|printf|print)$/.test(giver.name) ? [giver.args.filter(({ text }) => !/^-[neE]+$/.test(text))] : [],
      ),
      ...command.redirects.flatMap(({ operator, target }) => (operator === '<<<' && target ? [[target]] : [])),
    ],
    document: here && documentAt(source, here.span.start),
    target: written,
  }
}

/** The body of the here-document whose operator stands there. */
const documentAt = (source: string, at: number): Span | undefined => {
  const mark = /^\d?<<-?\s*\\?["']?([\w.-]{1,64})/.exec(source.slice(at, at + 128))?.[1]
  const start = source.indexOf('\n', at) + 1
  if (mark === undefined || start === 0) return undefined
  const end = new RegExp(`^[ \\t]*${mark.replace(/[.]/g, '\\.')}[ \\t\\r]*$`, 'm').exec(source.slice(start))?.index
  return { start, end: end === undefined ? source.length : start + end }
}

const byProgram = new Map<string, readonly Taker[]>()
const maxPrograms = 10_000
/** Of a program; what is longer is no name that comes again. */
const longestName = 40
const nothing: readonly Taker[] = []
/** Most commands are the same few; in files of another kind any word may seem to be one. */
const takersOf = (name: string): readonly Taker[] => {
  const known = byProgram.get(name)
  if (known) return known
  const some = takers.filter(({ programs }) => programs.test(name))
  const found = some.length === 0 ? nothing : some
  if (name.length > longestName) return found
  if (byProgram.size === maxPrograms) byProgram.clear()
  byProgram.set(name, found)
  return found
}

class Finder {
  readonly spans: Span[] = []
  private readonly source: string
  constructor(source: string) {
    this.source = source
  }

  readLoosely(start: number, end: number, depth: number): void {
    for (const command of readLoosely(this.source, start, end)) {
      this.readWrapped(command)
      this.readInside(command.words, depth)
    }
  }

  /** `sudo`, `env`, `gosu app`, `tini --`, `docker-entrypoint.sh`: the command stands somewhere behind them. */
  private readWrapped(command: LooseCommand): void {
    this.read(command)
    const { name, words } = command
    if (!isWrapper(name) && !/entrypoint|\.sh$/.test(name)) return
    for (const [i, { text }] of words.slice(0, 16).entries())
      if (/^[\w./-]+$/.test(text) && !text.startsWith('-'))
        this.read({ ...command, name: baseOf(text), words: words.slice(i + 1) })
  }

  /** `sh -c "…"`: a word of several is a script. */
  private readInside(words: readonly Word[], depth: number): void {
    if (depth >= maxDepth) return
    for (const { text, span } of words)
      if (/[\s;|&]/.test(text)) {
        const { start, end } = span
        const isQuoted = /^["']/.test(this.source.slice(start, start + 1))
        this.readLoosely(isQuoted ? start + 1 : start, isQuoted ? end - 1 : end, depth + 1)
      }
  }

  readWords(all: readonly Word[]): void {
    const [first, ...rest] = all
    if (!first) return
    const isName = !first.text.startsWith('-')
    this.readWrapped({ ...silent, name: isName ? baseOf(first.text) : '', words: isName ? rest : all })
    this.readInside(all, 0)
  }

  /** The last place of a value in a word; all of the word where it is written otherwise. */
  private add(word: Word, value: string): void {
    if (!isSecret(value)) return
    const { start, end } = word.span
    const at = this.source.slice(start, end).lastIndexOf(value)
    this.spans.push(at === -1 ? word.span : { start: start + at, end: start + at + value.length })
  }

  /** `ann:x`, `ann%x`, `ann,x`, `ann/x@db`, `pass:x`. */
  private addPair(word: Word, pair: string): void {
    const value = /^[^:%,/\s]{0,128}[:%,/](.+)$/s.exec(pair)?.[1]
    if (value !== undefined && !/^(?:env|file|fd|stdin):?/.test(pair)) this.add(word, value.replace(/@[\w.:/-]+$/, ''))
  }

  read(command: LooseCommand): void {
    const { name, words } = command
    for (const taker of takersOf(name)) this.take(taker, words)
    this.readOptions(name, words)
    if (name === 'echo' || name === 'printf' || name === 'print') this.readWritten(name, words, command.target)
    if (name === 'sed' || name === 'perl') for (const word of words) this.readReplacement(word)
    if (name === 'expect') for (const word of words) this.readAnswers(word)
    const kind =
      command.isFedBySudo === true
        ? 'value'
        : fed(
            name,
            words.map(({ text }) => text),
          )
    if (kind) this.readInput(kind, command)
  }

  private take(taker: Taker, all: readonly Word[]): void {
    const { after, options, glued, pairs, operand, isPair } = taker
    if (taker.with && !all.some(({ text }) => taker.with!.test(text))) return
    const from = after ? all.findIndex(({ text }) => after.test(text)) : -1
    if (after && from === -1) return
    // Options may stand before and behind.
    for (const [i, word] of all.entries()) {
      const before = all[i - 1]?.text ?? ''
      const given = word.text
      if (options?.test(before) && !/^-./.test(given)) this.add(word, given)
      else if (options && given.includes('=') && options.test(given.slice(0, given.indexOf('='))))
        this.add(word, given.slice(given.indexOf('=') + 1))
      const own = glued?.exec(given)?.[0]
      if (own !== undefined && !given.startsWith('--') && !everywhere.test(given)) this.add(word, given.slice(own.length))
      const pair = pairs?.exec(given)?.[0]
      if (pair !== undefined && given.length > pair.length) this.addPair(word, given.slice(pair.length))
      else if (pairs && pairs.exec(before)?.[0] === before && before !== '') this.addPair(word, given)
    }
    if (operand === undefined) return
    const operands = all.slice(from + 1).filter(({ text }) => !/^-/.test(text))
    const one = operand === 'last' ? operands.at(-1) : operands[operand]
    if (!one || (operand === 'last' && operands.length < (after ? 1 : 2))) return
    if (isPair) this.addPair(one, one.text)
    else this.add(one, one.text)
  }

  /** What every program may be told: `--password x`, `-u ann -p x`, `config set name x`, `X-Api-Key: x`. */
  private readOptions(name: string, words: readonly Word[]): void {
    const hasUser =
      !isWrapper(name) &&
      words.some(
        ({ text }, i) =>
          text.startsWith('-') &&
          /^(?:-[uU]|--?user(?:-?name)?|--login)$/.test(text) &&
          !/^(?:-|$)/.test(words[i + 1]?.text ?? '-'),
      )
    // `mysql -p x` asks for it: x is a database.
    const isOwn = hasUser && !/^(?:mysql|mariadb|psql|pg_|ssh|scp|docker|podman|ps$|kill)/.test(name)
    const isSetter =
      /^(?:set|setx|setenv|export)$/.test(name) ||
      words.some(({ text }) => /^(?:config(?:ure)?|set|--set|--add|create|update|alias)$/i.test(text))
    for (const [i, word] of words.entries()) {
      const before = words[i - 1]?.text ?? ''
      const given = word.text
      const isValue = given !== '' && !/^--?[A-Za-z]/.test(given)
      const option = /^(?:--?|\/)([A-Za-z][\w.-]*)$/.exec(before)?.[1]
      if (
        option !== undefined &&
        isValue &&
        !/^--(?:disabled?|no)-/.test(before) &&
        (everywhere.test(before) ||
          (before.startsWith('-') &&
            option.length > 2 &&
            isSecretName(option) &&
            (!/^keys?$/i.test(option) || looksRandom(given))))
      )
        this.add(word, given)
      if (given.startsWith('-') && given.includes('=')) {
        const equals = /^(--?[A-Za-z][\w-]*)=(.*)$/s.exec(given)
        if (equals && everywhere.test(equals[1]!)) this.add(word, equals[2]!)
        const inner = /^--?[\w-]+=([\w.-]{1,60})=(.+)$/s.exec(given)
        if (inner && isSecretName(inner[1]!)) this.add(word, inner[2]!)
      }
      if (isOwn && before === '-p' && isValue && !/^[\d.:]+(?:\/\w+)?$/.test(given)) this.add(word, given)
      if (
        isSetter &&
        isValue &&
        /^[\w./:@-]{2,128}$/.test(before) &&
        !/^[-/.]/.test(before) &&
        !/\//.test(before.replace(/^\/\/\S+:/, '')) &&
        (isSecretName(before) || /^(?:requirepass|masterauth)$/.test(before))
      )
        this.add(word, given)
      const header = given.includes(':')
        ? /^([\w-]{1,60}):\s{0,9}(?:(?:basic|bearer|token|apikey|digest)\s{1,9})?(\S+)$/i.exec(given)
        : null
      if (header && (isSecretName(header[1]!) || /authorization$|^cookie$/i.test(header[1]!)))
        if (/^-?-?h|header/i.test(before) || /authorization$/i.test(header[1]!) || looksRandom(header[2]!))
          // `TOKEN:x` by itself may be anything.
          this.add(word, header[2]!)
    }
  }

  /** `echo x > token`, `printf "password=%s" x`, `echo "machine h login ann password x"`. */
  private readWritten(name: string, words: readonly Word[], target: Word | undefined): void {
    const operands = words.filter(({ text }) => !/^-[neE]+$/.test(text))
    const [first, ...rest] = operands
    if (!first) return
    if (name === 'printf') {
      const fields = [...first.text.replace(/\\[nrt]/g, '\n').matchAll(/([\w.-]{1,60})["']?\s?[=:]\s?\\?["']?%s|%[a-z]/g)]
      for (const [i, [, field]] of fields.entries())
        if (field !== undefined && rest[i] && isSecretName(field)) this.add(rest[i], rest[i].text)
    }
    for (const word of operands)
      for (const [, value] of word.text.matchAll(
        /\b(?:login|account)[ \t]{1,8}[^\s]{1,128}[ \t]{1,8}password[ \t]{1,8}([^\s\\]{1,128})/g,
      ))
        this.add(word, value!)
    const file = target?.text.replace(/^.*\//s, '') ?? ''
    if (
      operands.length === 1 &&
      (isSecretName(file) || /^\.?(?:pgpass|htpasswd|shadow|chap-secrets|pap-secrets|vault-token)$/.test(file))
    ) {
      const said = first.text.replace(/\\n$/, '')
      if (/^[^\s:=]+$/.test(said)) this.add(first, said)
      else if (/^[^\s=]+:[^\s:]+$/.test(said)) this.add(first, said.slice(said.lastIndexOf(':') + 1))
    }
  }

  /** `s/PASSWORD/x/`. */
  private readReplacement(word: Word): void {
    for (const [, , from, to] of word.text.matchAll(
      /(?:^|[;\s{}])(?:\d+)?s([/|#,!@])((?:(?!\1)[^\n]){1,200})\1((?:(?!\1)[^\n]){1,200})\1/g,
    ))
      if (isSecretName(from!.replace(/^[\W_]+|[\W_]+$/g, '')) && !/[=:\\]/.test(to!)) this.add(word, to!)
  }

  /** `send "x\r"`: https://core.tcl-lang.org/expect/ */
  private readAnswers(word: Word): void {
    for (const [, value] of word.text.matchAll(/\bsend[ \t]{1,8}(?:--[ \t]{1,8})?["{]?([^\s"{}\\$]{4,128})/g))
      this.add(word, value!)
  }

  private readInput(kind: 'value' | 'list', { input, document }: LooseCommand): void {
    for (const words of input)
      for (const word of words)
        if (kind === 'value') {
          const said = word.text.replace(/(?:\\[nr])+$/, '')
          if (!/^%s/.test(said)) this.add(word, said)
        } else for (const [, value] of word.text.matchAll(/(?<![^\s\\])n?[\w.-]{1,64}:([^\s\\:]+)/g)) this.add(word, value!)
    if (!document) return
    const pattern = kind === 'list' ? /^[ \t]*[\w.-]{1,64}:([^\s:]+)/dgm : /^[ \t]*(\S[^\r\n]*?)[ \t\r]*$/dgm
    for (const { indices, 1: value } of this.source.slice(document.start, document.end).matchAll(pattern))
      if (isSecret(value!)) this.spans.push({ start: document.start + indices![1]![0], end: document.start + indices![1]![1] })
  }
}

/** The shell, or the builder, puts something else there. */
const isSecret = (value: string): boolean =>
  value.trim() !== '' &&
  !isHarmless(value) &&
  !/^(?:\$[\w({"'!*@]|`|<\(|%[a-z]$|<[A-Za-z])/.test(value) &&
  value !== '-' &&
  value !== '***'
