/**
 * Shell scripts → commands. The grammar is the library's (bash, which contains what sh, dash and ash accept); what is kept of its tree is the
 * flat list of commands that rules ask for.
 */
import {
  type CommandNode as AnyCommand,
  type AssignmentPrefix,
  type Command as CommandNode,
  forEachChild,
  type ParsedScript,
  type PipelineNode,
  parse,
  type Redirection,
  type Statement,
  type SyntaxNode,
  type Word,
} from 'unbash'
import type { Span } from '../../model/text.ts'
import { buildCommand, canonical, executed, holdsScript, type Parts, type Piece, type Place } from './command.ts'
import { alignedFrame, type Frame, heredocFrame, rootFrame, sliceFrame, wordFrame } from './frame.ts'
import type { Command, Dialect, Operator, Script, ScriptSource, ShellAssignment, ShellRedirect, ShellWord } from './script.ts'
import { dialectOf, setOptions, shebang, shellDialect, shellOptions } from './shells.ts'
import { type Origin, readAssignmentWord, readWord, special, wordAt } from './word.ts'
import { baseName, isWrapper } from './wrappers.ts'

/** Brackets inside brackets. The parser's time grows with the product of this and the length of the script; people write five. */
const maxNesting = 48
/** Here-documents of one script: the parser's time grows with their square. */
const maxHeredocs = 512
/** `sh -c "sh -c '…'"`. */
const maxScriptDepth = 6
/** Groups, branches, loops and functions inside each other. */
const maxTreeDepth = 300

type Context = Command['context'][number]

/** True when the script is nested too deeply, or has too many here-documents, for the parser. One pass, quotes are not looked at. */
const tooComplex = (text: string): string | undefined => {
  let depth = 0
  let heredocs = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 40 || unit === 123) {
      if (++depth > maxNesting) return `nested more than ${maxNesting} levels deep`
    } else if ((unit === 41 || unit === 125) && depth > 0) depth--
    else if (unit === 60 && text.charCodeAt(i + 1) === 60 && ++heredocs > maxHeredocs)
      return `more than ${maxHeredocs} here-documents`
  }
  return undefined
}

/** A substitution or a string that runs as a script may be here. */
const mayHoldScript = /[`(]/

class WordPiece implements Piece {
  readonly word: ShellWord
  readonly start: number
  readonly end: number
  readonly frame: Frame
  readonly node: Word
  constructor(word: ShellWord, start: number, end: number, frame: Frame, node: Word) {
    this.word = word
    this.start = start
    this.end = end
    this.frame = frame
    this.node = node
  }

  inside(): Frame {
    const { word, frame, node } = this
    return word.quoted || word.text !== node.text ? wordFrame(frame, node) : sliceFrame(frame, node.pos, node.end)
  }
}

const isAssignment = (prefix: CommandNode['prefix'][number]): prefix is AssignmentPrefix => prefix.type === 'Assignment'

/** The name of a command that is what it seems: no wrapper, no interpreter whose arguments hold another command. */
const plainName = (word: Word | undefined): string | undefined => {
  if (!word || special.test(word.text)) return undefined
  const name = canonical(baseName(word.text))
  return isWrapper(name) || holdsScript(name) ? undefined : name
}

const noWrappers: Command['wrappers'] = []
const noAssignments: Command['assignments'] = []
const noRedirects: Command['redirects'] = []

/**
 * A command whose words are read when a rule asks for them. Of most commands only the name is ever asked, and reading words takes far longer
 * than the grammar does.
 */
class PlainCommand implements Command {
  readonly name: string
  readonly place: Place
  private readonly reader: Reader
  private readonly node: CommandNode
  private readonly frame: Frame
  private read: Command | undefined = undefined
  private first: ShellWord | undefined = undefined
  private range: Span | undefined = undefined

  constructor(reader: Reader, node: CommandNode, frame: Frame, place: Place, name: string) {
    this.reader = reader
    this.node = node
    this.frame = frame
    this.place = place
    this.name = name
  }

  private whole(): Command {
    if (!this.read) {
      const { parts } = this.reader.parts(this.node, this.frame, this.place, noWrappers, this.node.pos)
      this.read = buildCommand(this.reader.origin, parts).command
    }
    return this.read
  }

  get nameWord() {
    this.first ??= this.reader.piece(this.frame, this.node.name!).word
    return this.first
  }
  get span() {
    this.range ??= this.reader.span(this.frame, this.node.pos, this.node.end)
    return this.range
  }
  get wrappers() {
    return noWrappers
  }
  get assignments() {
    return noAssignments
  }
  get args() {
    return this.whole().args
  }
  get options() {
    return this.whole().options
  }
  get operands() {
    return this.whole().operands
  }
  get redirects() {
    return this.node.redirects.length === 0 ? noRedirects : this.whole().redirects
  }
  get operator() {
    return this.place.operator
  }
  get operatorSpan() {
    return this.place.operatorSpan
  }
  get negated() {
    return this.place.negated
  }
  get pipeline() {
    return this.place.pipeline
  }
  get context() {
    return this.place.context
  }
  get scope() {
    return this.place.scope
  }
  get statement() {
    return this.place.statement
  }
}

class Reader {
  readonly origin: Origin
  readonly found: { readonly command: Command; readonly start: number }[] = []
  readonly errors: { message: string; span: { start: number; end: number } }[] = []
  /** Words that were looked into as scripts. */
  readonly opened = new Set<Piece>()
  pipelines = 0
  scopes = 0
  constructor(origin: Origin) {
    this.origin = origin
  }

  span(frame: Frame, start: number, end: number) {
    const [from, to] = frame.root(start, end)
    return this.origin.spanOf(from, to)
  }

  error(frame: Frame, start: number, end: number, message: string): void {
    if (this.errors.length < 20) this.errors.push({ message, span: this.span(frame, start, end) })
  }

  /** Parses a text and reads its commands. */
  text(frame: Frame, place: Place, depth: number, top: boolean): void {
    const complex = tooComplex(frame.text)
    if (complex) {
      this.error(frame, 0, frame.text.length, `not read: ${complex}`)
      return
    }
    if (depth > maxScriptDepth) {
      this.error(frame, 0, frame.text.length, `not read: scripts inside scripts, more than ${maxScriptDepth} deep`)
      return
    }
    const marks = [this.found.length, this.errors.length] as const
    try {
      const tree = parse(frame.text)
      this.script(tree, frame, place, depth, top)
    } catch (error) {
      // The parser recurses for `f() f() f() …` and `coproc coproc …`.
      if (!(error instanceof RangeError)) throw error
      this.found.length = marks[0]
      this.errors.length = Math.min(this.errors.length, marks[1])
      this.error(frame, 0, frame.text.length, 'not read: nested too deeply')
    }
  }

  script(tree: ParsedScript, frame: Frame, place: Place, depth: number, top: boolean): void {
    for (const { message, pos } of tree.errors ?? []) {
      const at = Math.min(pos, frame.text.length)
      this.error(frame, at, Math.min(at + 1, frame.text.length), message)
    }
    this.list(tree.commands, frame, place, depth, 0, top)
  }

  within(place: Place, context: Context): Place {
    return { ...place, context: [...place.context, context], scope: [...place.scope, ++this.scopes] }
  }

  /** The same, for a list that does not continue the one around it. */
  apart(place: Place, context: Context): Place {
    return { ...this.within(place, context), operator: 'first', operatorSpan: undefined, negated: false, pipeline: -1 }
  }

  /** A command outside pipelines of more than one part has a number of its own. */
  numbered(place: Place): Place {
    return place.pipeline === -1 ? { ...place, pipeline: this.pipelines++ } : place
  }

  list(statements: readonly Statement[], frame: Frame, place: Place, depth: number, level: number, top = false): void {
    for (let i = 0; i < statements.length; i++) {
      const statement = statements[i]!
      const { command } = statement
      let here = i === 0 ? place : { ...place, ...this.separator(frame, statements[i - 1]!, statement.pos), negated: false }
      if (top) here = { ...here, statement: i }
      if (command.type !== 'AndOr') {
        this.pipeline(command, frame, here, depth, level)
        continue
      }
      for (let k = 0; k < command.commands.length; k++) {
        const node = command.commands[k]!
        if (k > 0) {
          const operator = command.operators[k - 1]!
          here = { ...here, ...this.operator(frame, operator, command.commands[k - 1]!.end, node.pos), negated: false }
        }
        this.pipeline(node, frame, here, depth, level)
      }
    }
  }

  /** Only blanks and continued lines stand between a command and the operator after it. */
  operator(frame: Frame, operator: Operator, from: number, to: number): Pick<Place, 'operator' | 'operatorSpan'> {
    const at = frame.text.indexOf(operator, from)
    const found = at !== -1 && at < to
    return { operator, operatorSpan: found ? this.span(frame, at, at + operator.length) : undefined }
  }

  separator(frame: Frame, before: Statement, to: number): Pick<Place, 'operator' | 'operatorSpan'> {
    const { text } = frame
    if (before.background) return { operator: '&', operatorSpan: this.span(frame, before.end - 1, before.end) }
    let at = before.end
    while (at < to && text[at] !== ';' && text[at] !== '\n') {
      if (text[at] === '\\') at++
      if (text[at] === '#') {
        const end = text.indexOf('\n', at)
        at = end === -1 ? to : end
      } else at++
    }
    if (at >= to) return { operator: '\n', operatorSpan: undefined }
    return { operator: text[at] === ';' ? ';' : '\n', operatorSpan: this.span(frame, at, at + 1) }
  }

  pipeline(node: PipelineNode, frame: Frame, place: Place, depth: number, level: number): void {
    if (node.type !== 'Pipeline') {
      this.command(node, frame, place, depth, level, [])
      return
    }
    const many = node.commands.length > 1
    const times = node.prefixes.filter(prefix => prefix.type === 'Time')
    const negated = (node.prefixes.length - times.length) % 2 === 1
    const prefixes = times.map(time => ({ name: 'time', span: this.span(frame, time.pos, time.end) }))
    const pipeline = many ? this.pipelines++ : place.pipeline
    let here: Place = { ...place, negated, pipeline }
    for (let k = 0; k < node.commands.length; k++) {
      const command = node.commands[k]!
      if (k > 0) here = { ...here, ...this.operator(frame, node.operators[k - 1]!, node.commands[k - 1]!.end, command.pos) }
      this.command(command, frame, here, depth, level, k === 0 ? prefixes : [], node.pos)
    }
  }

  command(
    node: AnyCommand,
    frame: Frame,
    place: Place,
    depth: number,
    level: number,
    prefixes: Command['wrappers'],
    start = node.pos,
  ): void {
    if (level > maxTreeDepth) {
      this.error(frame, node.pos, node.end, 'not read: nested too deeply')
      return
    }
    const next = level + 1
    // Inside a compound that is a part of a pipeline, commands have that pipeline's number; elsewhere every pipeline has its own.
    const inside = (context: Context): Place => this.within(place, context)
    const later = (context: Context): Place => ({
      ...inside(context),
      operator: 'first',
      operatorSpan: undefined,
      negated: false,
    })
    switch (node.type) {
      case 'Command':
        this.simple(node, frame, place, depth, prefixes, prefixes.length > 0 ? start : node.pos)
        return
      case 'Redirected':
        this.command(node.command, frame, place, depth, next, prefixes, start)
        for (const redirect of node.redirects) this.redirection(redirect, frame, place, depth)
        return
      case 'Subshell':
        this.list(node.body.commands, frame, inside('subshell'), depth, next)
        return
      case 'BraceGroup':
        this.list(node.body.commands, frame, inside('group'), depth, next)
        return
      case 'If':
        this.list(node.clause.commands, frame, inside('condition'), depth, next)
        this.list(node.then.commands, frame, later('branch'), depth, next)
        for (const branch of node.elif) {
          this.list(branch.clause.commands, frame, later('condition'), depth, next)
          this.list(branch.then.commands, frame, later('branch'), depth, next)
        }
        if (node.else) this.list(node.else.commands, frame, later('branch'), depth, next)
        return
      case 'While':
        this.list(node.clause.commands, frame, inside('condition'), depth, next)
        this.list(node.body.commands, frame, later('loop'), depth, next)
        return
      case 'For':
      case 'Select':
        for (const word of node.wordlist ?? []) this.substitutions(word, frame, place, depth)
        this.list(node.body.commands, frame, inside('loop'), depth, next)
        return
      case 'ArithmeticFor':
        for (const part of [node.initialize, node.test, node.update]) if (part) this.substitutions(part, frame, place, depth)
        this.list(node.body.commands, frame, inside('loop'), depth, next)
        return
      case 'Case':
        this.substitutions(node.word, frame, place, depth)
        for (const item of node.items) {
          for (const pattern of item.pattern) this.substitutions(pattern, frame, place, depth)
          this.list(item.body.commands, frame, later('branch'), depth, next)
        }
        return
      case 'Function':
      case 'Coproc': {
        const { body } = node
        const there = this.apart(place, node.type === 'Function' ? 'function' : 'subshell')
        if (body.type === 'CompoundList') this.list(body.commands, frame, there, depth, next)
        else this.command(body, frame, there, depth, next, [])
        return
      }
      case 'TestCommand':
        this.test(node, frame, place, depth, prefixes, start)
        return
      case 'ArithmeticCommand':
        this.substitutions(node, frame, place, depth)
    }
  }

  piece(frame: Frame, node: Word): Piece {
    const [start, end] = frame.root(node.pos, node.end)
    return new WordPiece(wordAt(this.origin, node, start, end), start, end, frame, node)
  }

  simple(node: CommandNode, frame: Frame, place: Place, depth: number, prefixes: Command['wrappers'], from: number): void {
    if (!node.name && node.args.length === 0 && node.redirects.length === 0 && !node.prefix.some(isAssignment)) return
    const name = prefixes.length > 0 || node.prefix.length > 0 ? undefined : plainName(node.name)
    if (name !== undefined) {
      const start = frame.root(from, from)[0]
      this.found.push({ command: new PlainCommand(this, node, frame, this.numbered(place), name), start })
      if (node.redirects.length === 0 && !mayHoldScript.test(frame.text.slice(node.pos, node.end))) return
      for (const argument of node.args) this.substitutions(argument, frame, place, depth)
      for (const redirect of node.redirects) this.redirection(redirect, frame, place, depth)
      return
    }
    const { parts, nodes } = this.parts(node, frame, this.numbered(place), prefixes, from)
    const command = this.words(parts, depth)
    for (let i = 0; i < nodes.length; i++) {
      const piece = parts.pieces[i]!
      if (!piece.word.literal && !this.opened.has(piece)) this.substitutions(nodes[i]!, frame, place, depth)
    }
    for (const prefix of node.prefix) if (isAssignment(prefix)) this.substitutions(prefix, frame, place, depth)
    for (const redirect of node.redirects) this.redirection(redirect, frame, place, depth, command)
  }

  /** The words of a command, with their nodes. */
  parts(
    node: CommandNode,
    frame: Frame,
    place: Place,
    prefixes: Command['wrappers'],
    from: number,
  ): { readonly parts: Parts; readonly nodes: readonly (Word | AssignmentPrefix)[] } {
    const pieces: Piece[] = []
    const nodes: (Word | AssignmentPrefix)[] = []
    if (node.name) {
      pieces.push(this.piece(frame, node.name))
      nodes.push(node.name)
    }
    for (const argument of node.args) {
      if (argument.type === 'Word') pieces.push(this.piece(frame, argument))
      else {
        const word = readAssignmentWord(this.origin, frame, argument)
        const [start, end] = frame.root(argument.pos, argument.end)
        pieces.push({ word, start, end, inside: () => sliceFrame(frame, argument.pos, argument.end) })
      }
      nodes.push(argument)
    }
    const assignments: ShellAssignment[] = []
    for (const prefix of node.prefix) {
      if (!isAssignment(prefix)) continue
      const { value } = prefix
      const empty = value.type === 'Word' && value.pos === value.end
      let word: ShellWord | undefined
      if (value.type === 'Word') word = empty ? undefined : readWord(this.origin, frame, value)
      else
        word = {
          span: this.span(frame, value.pos, value.end),
          raw: frame.text.slice(value.pos, value.end),
          text: frame.text.slice(value.pos, value.end),
          literal: false,
          quoted: false,
        }
      assignments.push({ span: this.span(frame, prefix.pos, prefix.end), name: prefix.name, value: word })
    }
    const redirects: ShellRedirect[] = []
    for (const redirect of node.redirects) redirects.push(this.redirect(redirect, frame))
    const [start] = frame.root(from, from)
    const [, end] = frame.root(node.pos, node.end)
    return { parts: { pieces, assignments, redirects, start, end, place, prefixes }, nodes }
  }

  /** A command from its words, and the script in its string. */
  words(parts: Parts, depth: number): Command {
    const { command, inner } = buildCommand(this.origin, parts)
    this.found.push({ command, start: parts.start })
    if (command.name === 'find') this.executedBy(command, parts, depth)
    const piece = inner?.piece
    // A lone `$CMD` says nothing about the script.
    if (piece === undefined || loneExpansion.test(piece.word.text)) return command
    this.opened.add(piece)
    this.text(piece.inside(), this.apart(parts.place, 'nested-shell'), depth + 1, false)
    return command
  }

  /** `find … -exec cmd {} \\;`: `cmd` is a command of its own, with `find` as its wrapper. */
  executedBy(find: Command, parts: Parts, depth: number): void {
    if (depth > maxScriptDepth) return
    const wrapper = { name: 'find', span: find.nameWord!.span }
    for (const pieces of executed(parts.pieces)) {
      const [start, end] = [pieces[0]!.start, pieces.at(-1)!.end]
      const place = this.numbered(this.apart(parts.place, 'loop'))
      this.words({ pieces, assignments: [], redirects: [], start, end, place, prefixes: [...find.wrappers, wrapper] }, depth + 1)
    }
  }

  /** `[[ … ]]` as a command: its words are the operands of the tests, without their operators. */
  test(
    node: SyntaxNode & { pos: number; end: number },
    frame: Frame,
    place: Place,
    depth: number,
    prefixes: Command['wrappers'],
    from: number,
  ) {
    const words: Word[] = []
    const collect = (child: SyntaxNode): void => {
      if (child.type === 'Word') words.push(child)
      else forEachChild(child, collect)
    }
    forEachChild(node, collect)
    const args = words.map(word => readWord(this.origin, frame, word))
    const [start] = frame.root(prefixes.length > 0 ? from : node.pos, node.pos)
    const [, end] = frame.root(node.pos, node.end)
    const nameSpan = this.span(frame, node.pos, node.pos + 2)
    const nameWord: ShellWord = { span: nameSpan, raw: '[[', text: '[[', literal: true, quoted: false }
    const span = this.origin.spanOf(start, end)
    const command: Command = {
      name: '[[',
      nameWord,
      span,
      wrappers: prefixes,
      assignments: [],
      args,
      options: [],
      operands: args,
      redirects: [],
      ...this.numbered(place),
    }
    this.found.push({ command, start })
    for (const word of words) this.substitutions(word, frame, place, depth)
  }

  redirect(node: Redirection, frame: Frame): ShellRedirect {
    const descriptor = node.descriptor
    const fd = descriptor?.type === 'FileDescriptor' ? descriptor.value : undefined
    const written = descriptor ? frame.text.slice(descriptor.pos, descriptor.end) : ''
    const target = node.type !== 'HereDoc' && node.target ? readWord(this.origin, frame, node.target) : undefined
    return { span: this.span(frame, node.pos, node.end), operator: written + node.operator, fd, target }
  }

  /** What runs inside a redirection: substitutions, and the here-document that a shell reads as its script (`bash <<EOF`). */
  redirection(node: Redirection, frame: Frame, place: Place, depth: number, command?: Command): void {
    if (node.type !== 'HereDoc') {
      if (node.target) this.substitutions(node.target, frame, place, depth)
      return
    }
    const there = (): Place => this.apart(place, 'heredoc')
    const feedsShell = command && shellDialect(command.name) !== undefined && readsStdin(command) && node.body.end > node.body.pos
    if (feedsShell) this.text(heredocFrame(frame, node.body), there(), depth + 1, false)
    else if (node.body.parts && mayHoldScript.test(node.body.text)) {
      const inside = there()
      for (const part of node.body.parts) this.substitutions(part, frame, inside, depth)
    }
  }

  /** Reads the scripts of the substitutions inside a node; simple words have none. */
  substitutions(node: SyntaxNode, frame: Frame, place: Place, depth: number): void {
    if (node.end <= node.pos || !mayHoldScript.test(frame.text.slice(node.pos, node.end))) return
    const pending: SyntaxNode[] = [node]
    while (pending.length > 0) {
      const each = pending.pop()!
      if (
        (each.type === 'CommandExpansion' || each.type === 'ProcessSubstitution' || each.type === 'ArithmeticCommandExpansion') &&
        each.script
      ) {
        this.substitution(each.script, each, frame, place, depth)
        continue
      }
      const children: SyntaxNode[] = []
      forEachChild(each, child => {
        children.push(child)
      })
      for (let i = children.length - 1; i >= 0; i--) pending.push(children[i]!)
    }
  }

  substitution(script: ParsedScript, node: { pos: number; end: number }, frame: Frame, place: Place, depth: number): void {
    if (place.context.length > maxTreeDepth) {
      this.error(frame, node.pos, node.end, 'not read: nested too deeply')
      return
    }
    // Escaped backticks: positions are in the text without the escapes.
    const inner =
      script.source === undefined ? frame : alignedFrame(frame, node.pos + 1, Math.max(node.pos + 1, node.end - 1), script.source)
    this.script(script, inner, this.apart(place, 'substitution'), depth, false)
  }
}

const loneExpansion = /^\$(?:\w+|\{[^{}$`]*\}|[@*#?!-])$/

/** `sh`, `bash -ex`, `bash -s -- args`: no script file, no `-c`. */
const readsStdin = (command: Command): boolean =>
  !command.options.some(option => option.name === '-c') &&
  (command.operands.length === 0 || command.operands[0]!.text === '-' || command.options.some(option => option.name === '-s'))

const topPlace: Place = {
  operator: 'first',
  operatorSpan: undefined,
  negated: false,
  context: [],
  scope: [],
  pipeline: -1,
  statement: 0,
}

/** In the order in which they are written: a here-document is read with its command, before what follows that on the same line. */
const result = (reader: Reader): Pick<Script, 'commands' | 'errors'> => ({
  commands: reader.found.toSorted((a, b) => a.start - b.start).map(({ command }) => command),
  errors: reader.errors,
})

/** The command of an argv, whose words are given; `origin.text` is the words joined. */
export const readArgvFrame = (origin: Origin, pieces: readonly Piece[]): Pick<Script, 'commands' | 'errors'> => {
  const reader = new Reader(origin)
  reader.words(
    { pieces, assignments: [], redirects: [], start: 0, end: origin.text.length, place: reader.numbered(topPlace), prefixes: [] },
    0,
  )
  return result(reader)
}

/**
 * Reads a script in shell form: the text of RUN, CMD, ENTRYPOINT or HEALTHCHECK, or the body of a heredoc (whose `#!` line decides over SHELL).
 * Never throws. A script that is not for a POSIX shell (`dialect` is `other`) has no commands; one that is nested too deeply has none and an error.
 */
export const readScript = (source: ScriptSource): Script => {
  const { text, span } = source
  const spanOf = (start: number, end: number) => source.spanOf(start, end)
  const line = shebang(text)
  let dialect: Dialect
  let options: { errexit: boolean; pipefail: boolean }
  let interpreter: string | undefined
  if (line && line.length > 0) {
    interpreter = line[0]!.slice(line[0]!.lastIndexOf('/') + 1)
    dialect = dialectOf([interpreter])
    const set = setOptions(line.slice(1))
    options = { errexit: set.errexit ?? false, pipefail: set.pipefail ?? false }
  } else {
    dialect = dialectOf(source.shell)
    options = shellOptions(source.shell)
  }
  const base = { dialect, text, span, interpreter, ...options, spanOf }
  if (dialect === 'other') return { ...base, commands: [], errors: [] }
  const reader = new Reader({ text, dialect, spanOf })
  reader.text(rootFrame(text), topPlace, 0, true)
  return { ...base, ...result(reader) }
}
