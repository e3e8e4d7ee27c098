/**
 * YAML (https://yaml.org/spec/1.2.2/) as a tree in which every node knows where it stands, for judging and for edits at exact ranges. Scalars keep
 * their text: what `yes` or `0755` means is the reader's business (`scalars.ts`), for Compose and Kubernetes do not agree on it.
 */
import {
  COLLECTION_STYLE_FLOW,
  EVENT_ALIAS,
  EVENT_DOCUMENT,
  EVENT_MAPPING,
  EVENT_POP,
  EVENT_SCALAR,
  EVENT_SEQUENCE,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from 'js-yaml'
import type { Location, Problem } from '../../model/finding.ts'
import { type LineStarts, lineStarts, type Span } from '../../model/text.ts'
import { joinLine } from './flow-indent.ts'

export type YamlFile = {
  /** As it is reported. */
  readonly path: string
  readonly text: string
  readonly lines: LineStarts
}

type Node = {
  readonly file: YamlFile
  /** Without the anchor and the tag before it. A block collection ends with its last value; an empty value is an empty span. */
  readonly span: Span
  /** The name after `&`. */
  readonly anchor?: string
  /** As written, with its `!`. */
  readonly tag?: string
}
export type YamlStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded'
export type YamlScalar = Node & { readonly kind: 'scalar'; readonly value: string; readonly style: YamlStyle }
export type YamlEntry = { readonly key: YamlNode; readonly value: YamlNode }
export type YamlMap = Node & { readonly kind: 'map'; readonly entries: readonly YamlEntry[]; readonly flow: boolean }
export type YamlList = Node & { readonly kind: 'list'; readonly items: readonly YamlNode[]; readonly flow: boolean }
/** `target` is what the alias stands for; undefined for an anchor that does not exist, or inside of its own. */
export type YamlAlias = Node & { readonly kind: 'alias'; readonly name: string; readonly target: YamlNode | undefined }
export type YamlNode = YamlScalar | YamlMap | YamlList | YamlAlias

export type YamlDocument = {
  readonly file: YamlFile
  /** From its `---`, or the start of the file, to the next. */
  readonly span: Span
  /** Undefined for an empty document, for one that is not YAML, and for a CustomResourceDefinition. */
  readonly root: YamlNode | undefined
}

export type YamlStream = {
  readonly file: YamlFile
  readonly documents: readonly YamlDocument[]
  readonly problems: readonly Problem[]
}

/** Deeper is nothing that people write: Kubernetes objects reach about 20. */
const maxDepth = 100
/** Of one file. Bundles of custom resource definitions hold some hundreds. */
const maxDocuments = 10_000
/** Nodes of one document. */
const maxEvents = 2_000_000

/** Never throws for what the text holds: a document that cannot be read is a Problem with its place, and the others are read. */
export const readYaml = (path: string, text: string): YamlStream => {
  const file: YamlFile = { path, text, lines: lineStarts(text) }
  const documents: YamlDocument[] = []
  const problems: Problem[] = []
  for (const span of documentSpans(text)) {
    if (documents.length === maxDocuments) {
      problems.push(
        problem(file, span, 'yaml-too-many-documents', `only the first ${maxDocuments} documents are judged`, 'failed'),
      )
      break
    }
    documents.push({ file, span, root: readDocument(file, span, problems) })
  }
  return { file, documents, problems }
}

const problem = (file: YamlFile, span: Span, code: string, message: string, kind: Problem['kind']): Problem => ({
  kind,
  code,
  message,
  at: { in: 'file', path: file.path, span },
})

/** A line that begins with `---` starts a document wherever it stands (https://yaml.org/spec/1.2.2/#912-document-markers). */
const documentSpans = (text: string): readonly Span[] => {
  const spans: Span[] = []
  let start = 0
  for (const { index } of text.matchAll(/^---(?=[ \t\r\n]|$)/gm)) {
    // Comments and directives before the mark belong to its document.
    if (/^(?:\ufeff?[ \t]*(?:[#%][^\n]*)?(?:\r?\n|$)|\.\.\.[^\n]*\n)*$/.test(text.slice(start, index))) continue
    spans.push({ start, end: index })
    start = index
  }
  spans.push({ start, end: text.length })
  return spans
}

/** Characters that may be read again to join lines that are not indented enough. */
const maxMending = 20_000_000

/** Go templates, such as Helm's charts are made of: no YAML until something filled them in. */
const template = /\{\{/
/** The same of other programs: `@NAME@`, `<% %>`, `{% %}`. They count where the reader stumbles over them. */
const otherTemplate = /@[A-Za-z_][\w.-]{0,100}@|<%|\{%/

/**
 * Schemas of an API run nothing, and are the longest documents that there are: their tree is not worth building. Only a document with no other keys than
 * theirs counts, each at the start of a line, with one `kind`.
 */
const isSchema = (source: string): boolean => {
  if (!source.includes('CustomResourceDefinition')) return false
  const known = { apiVersion: 0, kind: 0 }
  for (const { 0: line, index } of source.matchAll(/^[^\s#][^\n]*/gm)) {
    if (/^(?:---|\.\.\.)[ \t\r]*(?:#|$)/.test(line)) continue
    const name = /^(apiVersion|kind|metadata|spec|status):(?=[ \t\r]|$)/.exec(line)?.[1]
    if (name === undefined) return false
    // In a document that is indented as a whole, these may be lines of a text.
    if (known.kind + known.apiVersion === 0 && /^[ \t]+[^\s#]/m.test(source.slice(0, index))) return false
    if (name === 'kind' && !/^kind:[ \t]+["']?CustomResourceDefinition["']?[ \t\r]*(?:#|$)/.test(line)) return false
    if (name === 'apiVersion' && !/^apiVersion:[ \t]+["']?apiextensions\.k8s\.io\/\w+["']?[ \t\r]*(?:#|$)/.test(line))
      return false
    if (name === 'kind' || name === 'apiVersion') known[name]++
  }
  return known.kind === 1 && known.apiVersion === 1
}

const readDocument = (file: YamlFile, span: Span, problems: Problem[]): YamlNode | undefined => {
  let source = file.text.slice(span.start, span.end)
  if (isSchema(source)) return undefined
  let events: Event[] | undefined
  try {
    for (let work = 0; !events; ) {
      try {
        events = parseEvents(source, { maxDepth })
      } catch (error) {
        if (!(error instanceof YAMLException) || error.reason !== 'deficient indentation' || !error.mark) throw error
        work += source.length
        const joined = work > maxMending ? undefined : joinLine(source, error.mark.position)
        if (joined === undefined) throw error
        source = joined
      }
    }
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const at = span.start + Math.min(error.mark?.position ?? 0, source.length)
    const place = { start: at, end: at }
    if (template.test(source) || otherTemplate.test(lineAt(source, at - span.start)))
      problems.push(
        problem(
          file,
          place,
          'yaml-template',
          'a template is no YAML before it is filled in; judge what is made of it',
          'uncovered',
        ),
      )
    else problems.push(problem(file, place, 'yaml-invalid', `this is no YAML: ${error.reason}`, 'failed'))
    return undefined
  }
  if (events.length > maxEvents) {
    problems.push(
      problem(
        file,
        { start: span.start, end: span.start },
        'yaml-too-large',
        'a document of more than two million nodes is not judged',
        'failed',
      ),
    )
    return undefined
  }
  return new TreeBuilder(file, source, span.start, problems).build(events)
}

/** Its first characters: a line may be as long as the file. */
const lineAt = (text: string, position: number): string => {
  const start = text.lastIndexOf('\n', position - 1) + 1
  const end = text.indexOf('\n', position)
  return text.slice(start, Math.min(end === -1 ? text.length : end, start + 1000))
}

const styles: Readonly<Record<number, YamlStyle>> = {
  [SCALAR_STYLE.PLAIN]: 'plain',
  [SCALAR_STYLE.SINGLE_QUOTED]: 'single',
  [SCALAR_STYLE.DOUBLE_QUOTED]: 'double',
  [SCALAR_STYLE.LITERAL_BLOCK]: 'literal',
  [SCALAR_STYLE.FOLDED_BLOCK]: 'folded',
}

type Open = {
  start: number
  flow: boolean
  children: YamlNode[]
  map: boolean
  extra: Pick<Node, 'anchor' | 'tag'>
  slot: Slot | undefined
}
/** Filled when the anchored collection is closed: an alias inside of its own anchor finds nothing. */
type Slot = { node: YamlNode | undefined }

class TreeBuilder {
  readonly #file: YamlFile
  readonly #source: string
  readonly #shift: number
  readonly #problems: Problem[]
  readonly #anchors = new Map<string, Slot>()
  /** Where an empty value stands: behind what was read last. */
  #last = 0

  constructor(file: YamlFile, source: string, shift: number, problems: Problem[]) {
    this.#file = file
    this.#source = source
    this.#shift = shift
    this.#problems = problems
  }

  build(events: readonly Event[]): YamlNode | undefined {
    const open: Open[] = []
    let root: YamlNode | undefined
    const put = (node: YamlNode): void => {
      const parent = open.at(-1)
      if (parent) parent.children.push(node)
      else root = node
    }
    for (const event of events) {
      switch (event.type) {
        case EVENT_DOCUMENT:
          break
        case EVENT_SCALAR: {
          const empty = event.valueStart < 0
          const start = empty ? this.#behind() : event.valueStart
          const end = empty ? start : event.valueEnd
          const value = empty ? '' : event.fast ? this.#source.slice(start, end) : getScalarValue(this.#source, event)
          const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0
          const extra = this.#extra(event)
          const node: YamlScalar = {
            kind: 'scalar',
            file: this.#file,
            span: this.#span(start - quoted, end + quoted),
            value,
            style: styles[event.style] ?? 'plain',
            ...extra,
          }
          if (!empty) this.#last = end + quoted
          if (extra.anchor !== undefined) this.#anchors.set(extra.anchor, { node })
          put(node)
          break
        }
        case EVENT_ALIAS: {
          const name = this.#source.slice(event.anchorStart, event.anchorEnd)
          const span = this.#span(event.anchorStart - 1, event.anchorEnd)
          this.#last = event.anchorEnd
          const target = this.#anchors.get(name)?.node
          if (!target)
            this.#problems.push(
              problem(
                this.#file,
                span,
                'yaml-alias-unknown',
                `\`*${name}\` stands for nothing: no \`&${name}\` is complete before it`,
                'failed',
              ),
            )
          put({ kind: 'alias', file: this.#file, span, name, target })
          break
        }
        case EVENT_MAPPING:
        case EVENT_SEQUENCE: {
          const extra = this.#extra(event)
          const slot: Slot | undefined = extra.anchor === undefined ? undefined : { node: undefined }
          if (slot && extra.anchor !== undefined) this.#anchors.set(extra.anchor, slot)
          const flow = event.style === COLLECTION_STYLE_FLOW
          if (flow) this.#last = event.start + 1
          open.push({ start: event.start, flow, children: [], map: event.type === EVENT_MAPPING, extra, slot })
          break
        }
        case EVENT_POP: {
          const closed = open.pop()
          // The document's own.
          if (!closed) break
          const node = this.#close(closed)
          if (closed.slot) closed.slot.node = node
          put(node)
        }
      }
    }
    return root
  }

  #close({ start, flow, children, map, extra }: Open): YamlNode {
    if (flow) this.#last = this.#behindFlow()
    const span = this.#span(start, Math.max(start, this.#last))
    if (!map) return { kind: 'list', file: this.#file, span, items: children, flow, ...extra }
    const entries: YamlEntry[] = []
    for (let i = 0; i + 1 < children.length; i += 2) entries.push({ key: children[i]!, value: children[i + 1]! })
    return { kind: 'map', file: this.#file, span, entries, flow, ...extra }
  }

  /** Behind the `:` or `-` of an empty value. */
  #behind(): number {
    const sign = /^[ \t]*[:\-?]/.exec(this.#source.slice(this.#last, this.#last + 64))
    if (sign) this.#last += sign[0].length
    return this.#last
  }

  /** Behind the bracket that closes a flow collection: blanks, commas and comments may stand before it. */
  #behindFlow(): number {
    let at = this.#last
    for (; at < this.#source.length; at++) {
      const sign = this.#source[at]
      if (sign === ']' || sign === '}') return at + 1
      if (sign === '#') {
        const end = this.#source.indexOf('\n', at)
        if (end === -1) return this.#source.length
        at = end
      }
    }
    return at
  }

  #extra(event: { anchorStart: number; anchorEnd: number; tagStart: number; tagEnd: number }): Pick<Node, 'anchor' | 'tag'> {
    if (event.anchorStart < 0 && event.tagStart < 0) return none
    this.#last = Math.max(this.#last, event.anchorEnd, event.tagEnd)
    return {
      ...(event.anchorStart < 0 ? {} : { anchor: this.#source.slice(event.anchorStart, event.anchorEnd) }),
      ...(event.tagStart < 0 ? {} : { tag: this.#source.slice(event.tagStart, event.tagEnd) }),
    }
  }

  #span(start: number, end: number): Span {
    return { start: this.#shift + start, end: this.#shift + end }
  }
}
const none = {}

/** What an alias stands for; other nodes are themselves. */
export const resolved = (node: YamlNode | undefined): Exclude<YamlNode, YamlAlias> | undefined => {
  let at = node
  for (let i = 0; at?.kind === 'alias'; i++) {
    if (i === maxDepth) return undefined
    at = at.target
  }
  return at
}

export const locationOf = ({ file, span }: Pick<Node, 'file' | 'span'>): Location => ({ in: 'file', path: file.path, span })
