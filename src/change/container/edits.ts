/**
 * Edits of YAML as splices at exact ranges: nothing is written again that does not change, so that comments, anchors, quotes, indentation, line ends
 * and the order of everything stay as they are. What cannot be done that way throws NotExact, and is left to a person.
 */
import type { Edit } from '../../model/finding.ts'
import type { Span } from '../../model/text.ts'
import { fieldsOf } from '../../read/yaml/fields.ts'
import { isNull } from '../../read/yaml/scalars.ts'
import type { YamlDocument, YamlEntry, YamlFile, YamlList, YamlMap, YamlNode, YamlScalar } from '../../read/yaml/tree.ts'

/** Why there is no exact edit: a clause that follows a colon. Thrown and caught inside of `change/container/`. */
export class NotExact extends Error {}

/** Because what stands there belongs to others as well. */
export class Shared extends NotExact {
  constructor(message = 'what stands there is shared with other places by an anchor') {
    super(message)
  }
}

/** Text that is YAML already and stands on one line: `!reset null`. */
export class Raw {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type NewValue = string | number | boolean | Raw | readonly NewValue[] | NewMap
export type NewMap = { readonly [name: string]: NewValue }

type Draft = Map<string, NewValue | Draft>

/** Where a node stands: an entry of a mapping, or an item of a list. The last step is the node itself. */
type Step =
  | { readonly in: YamlMap; readonly entry: YamlEntry; readonly index: number }
  | { readonly in: YamlList; readonly item: YamlNode; readonly index: number }

const entrySpan = ({ key, value }: YamlEntry): Span => ({
  start: key.span.start,
  end: Math.max(key.span.end, value.span.end),
})
const stepSpan = (step: Step): Span => ('entry' in step ? entrySpan(step.entry) : step.item.span)

export class YamlSplices {
  readonly #file: YamlFile
  readonly #root: YamlNode | undefined
  readonly #drafts = new Map<YamlMap, Draft>()
  readonly #items = new Map<YamlList, NewValue[]>()
  readonly #edits: Edit[] = []
  /** Lines by the place where they go in: of several collections that end there, the innermost comes first. */
  readonly #lines = new Map<
    number,
    { readonly column: number; readonly isLineStart: boolean; readonly lines: readonly string[] }[]
  >()
  readonly #newline: string

  constructor(file: YamlFile, documents: readonly YamlDocument[], at: Span) {
    this.#file = file
    this.#root = documentAt(documents, at)?.root
    const first = file.text.indexOf('\n')
    this.#newline = first > 0 && file.text[first - 1] === '\r' ? '\r\n' : '\n'
  }

  get root(): YamlNode | undefined {
    return this.#root
  }

  /** Sorted, and none touches another. */
  edits(): readonly Edit[] {
    // A list that is no further in than its key comes before what follows that key.
    for (const [list, items] of this.#items) this.#appendItems(list, items)
    for (const [map, draft] of this.#drafts) this.#appendEntries(map, draft)
    for (const [at, parts] of this.#lines) {
      if (parts.some(({ isLineStart }) => isLineStart !== parts[0]!.isLineStart))
        throw new NotExact('two changes would touch each other')
      const lines = [...parts].sort((a, b) => b.column - a.column).flatMap(part => part.lines)
      const text = lines.join(this.#newline)
      this.replace({ start: at, end: at }, parts[0]!.isLineStart ? text + this.#newline : this.#newline + text)
    }
    this.#lines.clear()
    const sorted = [...this.#edits].sort((a, b) => a.span.start - b.span.start)
    for (const [i, edit] of sorted.entries())
      if (i > 0 && sorted[i - 1]!.span.end >= edit.span.start) throw new NotExact('two changes would touch each other')
    return sorted
  }

  /** A change of some characters of a scalar. */
  replace(span: Span, text: string): void {
    this.#edits.push({ path: this.#file.path, span, text })
  }

  /**
   * Takes out the entry or list item that fills a span, with the lines that it has for itself. What becomes empty by it goes too, up to but without `kept`
   * and what holds them.
   */
  remove(span: Span, kept: ReadonlySet<YamlNode>): void {
    const path = this.path(span)
    this.#refuseShared(path)
    for (let depth = path.length - 1; depth >= 0; depth--) {
      const step = path[depth]!
      const count = 'entry' in step ? step.in.entries.length : step.in.items.length
      if (count > 1) {
        this.#takeOut(step)
        return
      }
      // Without `!override` what lies below would come back.
      if (kept.has(step.in) || step.in.tag !== undefined) break
    }
    throw new NotExact('nothing would be left around it')
  }

  /** Takes out a field below a mapping, and what becomes empty by it; the mapping itself stays. */
  removeField(map: YamlMap, path: readonly string[]): void {
    let at = map
    for (const name of path.slice(0, -1)) {
      const value: YamlNode | undefined = this.#entry(at, name)?.value
      if (value?.kind === 'alias') throw new Shared()
      if (value?.kind !== 'map') throw new NotExact('a mapping should stand here')
      at = value
    }
    const entry = this.#entry(at, path.at(-1)!)
    if (!entry) throw new NotExact('it is not there')
    this.remove(entrySpan(entry), new Set([map]))
  }

  /** The node that fills a span exactly; of several the outermost. */
  path(span: Span): readonly Step[] {
    const steps: Step[] = []
    let node = this.#root
    for (let depth = 0; depth < 200; depth++) {
      if (node?.kind !== 'map' && node?.kind !== 'list') break
      const step: Step | undefined = stepHolding(node, span)
      if (!step) break
      steps.push(step)
      const own = stepSpan(step)
      if (own.start === span.start && own.end === span.end) return steps
      node = 'entry' in step ? step.entry.value : step.item
      if (node.span.start === span.start && node.span.end === span.end && node.kind === 'scalar') return steps
    }
    throw new Shared('it stands where this file does not say it by itself')
  }

  /** The scalar of the item that fills a span, for changes inside of it. */
  scalarAt(span: Span): YamlScalar {
    const node = this.itemAt(span)
    if (node.kind !== 'scalar') throw new NotExact('it is no single value')
    return node
  }

  itemAt(span: Span): YamlNode {
    const path = this.path(span)
    this.#refuseShared(path)
    const last = path.at(-1)!
    return 'entry' in last ? last.entry.value : last.item
  }

  /** Throws for what an anchor shares with other places. */
  own(map: YamlMap): void {
    if (map === this.#root) return
    const path: Step[] = []
    let node = this.#root
    while (node && node !== map) {
      if (node.kind !== 'map' && node.kind !== 'list') throw new Shared()
      const step: Step | undefined = stepHolding(node, map.span)
      if (!step) throw new Shared()
      path.push(step)
      node = 'entry' in step ? step.entry.value : step.item
    }
    this.#refuseShared(path)
  }

  /** The value of a field below a mapping is written or replaced; mappings on the way that are missing come into being. */
  set(map: YamlMap, path: readonly string[], value: string | number | boolean | Raw): void {
    const [name, ...rest] = path as [string, ...string[]]
    // What a mapping says itself wins over what a merge key before it brings: a single value may be said again.
    const entry = this.#entry(map, name, rest.length === 0)
    if (!entry) {
      this.#draft(map, path, value)
      return
    }
    if (rest.length > 0) {
      this.#inside(map, entry, inner => this.set(inner, rest, value), nested(rest, value))
      return
    }
    const text = inline(value, this.#isJson(map))
    const { value: old } = entry
    if (old.kind === 'alias') {
      this.replace(old.span, text)
      return
    }
    this.#refuseMarks(old)
    if (old.kind !== 'scalar') throw new NotExact(`\`${name}\` is no single value`)
    this.#replaceScalar(old, text)
  }

  /** Items are added to the list of a field below a mapping. */
  add(map: YamlMap, path: readonly string[], items: readonly NewValue[]): void {
    const [name, ...rest] = path as [string, ...string[]]
    const entry = this.#entry(map, name)
    if (!entry) {
      this.#draft(map, path, items)
      return
    }
    if (rest.length > 0) {
      this.#inside(map, entry, inner => this.add(inner, rest, items), nested(rest, items))
      return
    }
    const { value: old } = entry
    if (old.kind === 'alias') throw new Shared()
    if (old.kind !== 'list' || old.tag !== '!override') this.#refuseMarks(old)
    if (old.kind === 'list') {
      this.#items.set(old, [...(this.#items.get(old) ?? []), ...items])
      return
    }
    if (old.kind !== 'scalar') throw new NotExact(`\`${name}\` is no list`)
    if (isNull(old)) {
      this.#replaceScalar(old, inline(items, this.#isJson(map)))
      return
    }
    if (old.style === 'literal' || old.style === 'folded' || /[\n,[\]{}#]/.test(this.#text(old.span)))
      throw new NotExact(`\`${name}\` is no list`)
    const all = [this.#text(old.span), ...items.map(item => inline(item, this.#isJson(map)))]
    this.replace(old.span, `[${all.join(', ')}]`)
  }

  /** A list that replaces what it would be added to, with what it shall have besides. For Compose's overrides. */
  override(map: YamlMap, path: readonly string[], items: readonly string[]): void {
    let at: YamlMap | undefined = map
    for (const name of path.slice(0, -1)) {
      const value: YamlNode | undefined = at && this.#entry(at, name)?.value
      if (value !== undefined && value.kind !== 'map') throw new NotExact('a mapping should stand here')
      at = value
    }
    const entry = at && this.#entry(at, path.at(-1)!)
    if (!entry) {
      this.set(map, path, new Raw(`!override [${items.map(item => inline(item, false)).join(', ')}]`))
      return
    }
    const { key, value } = entry
    this.#refuseMarks(value)
    if (value.kind !== 'list') throw new NotExact(`\`${path.at(-1)}\` is no list`)
    const sign = /^["']?\s*:/.exec(this.#file.text.slice(key.span.end))
    if (!sign) throw new NotExact('its place is not clear')
    const end = key.span.end + sign[0].length
    this.replace({ start: end, end }, ' !override')
    if (items.length > 0) this.#items.set(value, [...(this.#items.get(value) ?? []), ...items])
  }

  /** The mapping's own entry; none where there is none at all. One that a merge key brings cannot be changed here, and would be hidden. */
  #entry(map: YamlMap, name: string, again = false): YamlEntry | undefined {
    const own = map.entries.filter(({ key }) => key.kind === 'scalar' && key.value === name)
    if (own.length > 1) throw new NotExact(`\`${name}\` is there twice`)
    if (own.length === 0 && !again && fieldsOf(map).has(name)) throw new Shared()
    return own[0]
  }

  #inside(map: YamlMap, { value }: YamlEntry, change: (inner: YamlMap) => void, otherwise: NewValue): void {
    if (value.kind === 'alias') throw new Shared()
    this.#refuseMarks(value)
    if (value.kind === 'map') change(value)
    else if (value.kind === 'scalar' && isNull(value)) this.#replaceScalar(value, inline(otherwise, this.#isJson(map)))
    else throw new NotExact('a mapping should stand here')
  }

  #replaceScalar(old: YamlScalar, text: string): void {
    if (old.style === 'literal' || old.style === 'folded') throw new NotExact('it is a text of several lines')
    const isEmpty = old.span.start === old.span.end
    if (isEmpty && !/[:\-?]/.test(this.#file.text[old.span.start - 1] ?? '')) throw new NotExact('its place is not clear')
    this.replace(old.span, isEmpty ? ` ${text}` : text)
  }

  #draft(map: YamlMap, path: readonly string[], value: NewValue): void {
    let draft = this.#drafts.get(map)
    if (!draft) {
      draft = new Map()
      this.#drafts.set(map, draft)
    }
    for (const name of path.slice(0, -1)) {
      const inner: NewValue | Draft | undefined = draft.get(name)
      if (inner instanceof Map) draft = inner
      else {
        const fresh: Draft = new Map()
        draft.set(name, fresh)
        draft = fresh
      }
    }
    const name = path.at(-1)!
    const old = draft.get(name)
    draft.set(name, Array.isArray(old) && Array.isArray(value) ? [...old, ...value] : value)
  }

  #appendEntries(map: YamlMap, draft: Draft): void {
    const value = plainMap(draft)
    const isJson = this.#isJson(map)
    const entries = Object.entries(value)
    if (map.flow) {
      const texts = entries.map(([name, one]) => `${inline(name, isJson)}: ${inline(one, isJson)}`)
      this.#appendInFlow(map, map.entries.map(entrySpan), map.entries.at(-1)?.value, texts)
      return
    }
    const first = map.entries[0]
    if (!first) throw new NotExact('nothing stands there yet')
    const column = this.#column(this.#startOf(first.key))
    const style = this.#style()
    const lines = entries.flatMap(([name, one]) => blockLines(name, one, ' '.repeat(column), style))
    const last = lastLeaf(map)
    const place = this.#lineBehind(map, last)
    if (place) this.#insertLines(place, column, lines)
    else {
      // In front of the first, where a text that ends with the file would change if something followed it.
      if (map.entries.some(({ key }) => key.kind === 'scalar' && key.value === '<<')) throw new NotExact('its end is not clear')
      const start = this.#startOf(first.key)
      const text = [lines[0]!.slice(column), ...lines.slice(1), ' '.repeat(column)].join(this.#newline)
      this.replace({ start, end: start }, text)
    }
  }

  #appendItems(list: YamlList, items: readonly NewValue[]): void {
    const isJson = this.#isJson(list)
    if (list.flow) {
      const texts = items.map(item => inline(item, isJson))
      this.#appendInFlow(
        list,
        list.items.map(({ span }) => span),
        list.items.at(-1),
        texts,
      )
      return
    }
    const first = list.items[0]
    if (!first) throw new NotExact('nothing stands there yet')
    const column = this.#column(this.#dash(first))
    const style = this.#style()
    const place = this.#lineBehind(list, lastLeaf(list))
    if (!place) throw new NotExact('its end is not clear')
    this.#insertLines(
      place,
      column,
      items.flatMap(item => itemLines(item, ' '.repeat(column), style)),
    )
  }

  #appendInFlow(
    node: YamlMap | YamlList,
    spans: readonly Span[],
    lastNode: YamlNode | undefined,
    texts: readonly string[],
  ): void {
    const last = spans.at(-1)
    if (!last || !lastNode) {
      this.replace({ start: node.span.start + 1, end: node.span.start + 1 }, texts.join(', '))
      return
    }
    if (lastNode.span.start === lastNode.span.end) throw new NotExact('the last value there is empty')
    const line = this.#file.text.lastIndexOf('\n', last.start - 1) + 1
    const before = this.#file.text.slice(line, last.start)
    const glue = /^[ \t]*$/.test(before) ? `,${this.#newline}${before}` : ', '
    this.replace({ start: last.end, end: last.end }, texts.map(text => glue + text).join(''))
  }

  /** Behind the last line of a block collection: at its end, or at the start of the next one. Undefined when a line behind it would change its value. */
  #lineBehind(node: YamlNode, last: YamlNode): { at: number; isLineStart: boolean } | undefined {
    const { text } = this.#file
    if (last.kind === 'scalar' && (last.style === 'literal' || last.style === 'folded')) {
      const end = Math.max(last.span.end, node.span.end)
      // Empty lines behind a text belong to it only with `|+`; before them the place is nicer.
      const blank = /(?:\r?\n){2,}$/.exec(text.slice(last.span.start, end))
      if (blank && !keepsItsEnd(last)) return { at: last.span.start + blank.index, isLineStart: false }
      if (text[end - 1] !== '\n') {
        if (end < text.length && text[end] !== '\n' && !text.startsWith('\r\n', end)) return undefined
        if (end >= text.length) return undefined
        return { at: end, isLineStart: false }
      }
      return { at: end, isLineStart: true }
    }
    return { at: this.#lineEnd(node.span.end), isLineStart: false }
  }

  /** The end of the line on which something ends, behind its comment. */
  #lineEnd(end: number): number {
    const { text } = this.#file
    let at = end
    while (at > 0 && /[ \t\r\n]/.test(text[at - 1]!)) at--
    const stop = text.indexOf('\n', at)
    const lineEnd = stop === -1 ? text.length : text[stop - 1] === '\r' ? stop - 1 : stop
    if (!/^(?:[ \t]+#.*|[ \t]*)$/.test(text.slice(at, lineEnd))) throw new NotExact('something else stands on its line')
    return lineEnd
  }

  #insertLines({ at, isLineStart }: { at: number; isLineStart: boolean }, column: number, lines: readonly string[]): void {
    const parts = this.#lines.get(at) ?? []
    this.#lines.set(at, [...parts, { column, isLineStart, lines }])
  }

  #takeOut(step: Step): void {
    const { text } = this.#file
    const span = stepSpan(step)
    this.#refuseLostAnchors(span)
    const siblings = 'entry' in step ? step.in.entries.map(entrySpan) : step.in.items.map(item => item.span)
    const nodes = 'entry' in step ? step.in.entries.map(({ key }) => key) : step.in.items
    const { index } = step
    if (step.in.flow) {
      const next = nodes[index + 1]
      const cut = next
        ? { start: this.#startOf(nodes[index]!), end: this.#startOf(next) }
        : { start: siblings[index - 1]!.end, end: span.end }
      if (/(?:^|\s)#/.test(text.slice(cut.start, cut.end))) throw new NotExact('a comment stands beside it')
      if (nodes[index]!.anchor !== undefined && !next) throw new Shared()
      this.replace(cut, '')
      return
    }
    const start = 'entry' in step ? this.#startOf(step.entry.key) : this.#dash(step.item)
    const line = text.lastIndexOf('\n', start - 1) + 1
    if (!/^ *$/.test(text.slice(line, start))) {
      // Behind the dash of an item: the next field takes its place.
      const next = nodes[index + 1]
      if (index > 0 || !next || !('entry' in step)) throw new NotExact('something else stands on its line')
      const end = this.#startOf(next)
      if (/\n[ \t]*#/.test(text.slice(span.end, end))) throw new NotExact('a comment stands beside it')
      this.replace({ start, end }, '')
      return
    }
    const last = lastLeaf('entry' in step ? step.entry.value : step.item)
    let end: number
    if (last.kind === 'scalar' && (last.style === 'literal' || last.style === 'folded')) end = last.span.end
    else {
      const stop = this.#lineEnd(span.end)
      end = text.startsWith('\r\n', stop) ? stop + 2 : Math.min(stop + 1, text.length)
    }
    const inside = this.#columnInside('entry' in step ? step.entry.value : step.item)
    if (inside !== undefined) end = this.#behindComments(end, Math.max(inside, start - line + 1))
    // To a text with `|+` the empty lines behind it belong: those that come to stand there go.
    const previous =
      index > 0 ? lastLeaf('entry' in step ? step.in.entries[index - 1]!.value : step.in.items[index - 1]!) : undefined
    if (previous && keepsItsEnd(previous)) end += /^(?:[ \t]*\r?\n)*/.exec(text.slice(end))![0].length
    const from = this.#withComments(line, start - line, siblings[index - 1]?.end ?? 0)
    // The last line of a text that does not end with a line end: what comes before it does not end with one then, either.
    let cut = from
    if (end === text.length && text[end - 1] !== '\n')
      while (cut > (siblings[index - 1]?.end ?? 0) && /[\r\n]/.test(text[cut - 1]!)) cut--
    this.replace({ start: cut, end }, '')
  }

  /** Lines of comments directly above, as far in as the entry: they are about it. */
  #withComments(line: number, column: number, floor: number): number {
    const { text } = this.#file
    let at = line
    while (at > 0) {
      const above = text.lastIndexOf('\n', at - 2) + 1
      if (above < floor || !/^ *#/.test(text.slice(above, at)) || text.slice(above, at).indexOf('#') !== column) break
      at = above
    }
    return at
  }

  /** Of what a block collection holds. */
  #columnInside(node: YamlNode): number | undefined {
    if (node.kind === 'list' && !node.flow && node.items[0]) return columnIn(this.#file.text, this.#dash(node.items[0]))
    if (node.kind === 'map' && !node.flow && node.entries[0]) return columnIn(this.#file.text, node.entries[0].key.span.start)
    return undefined
  }

  /** Comments below that are as far in as what goes are among it; so are empty lines up to the last of them. */
  #behindComments(end: number, column: number): number {
    const { text } = this.#file
    let behind = end
    for (let at = end; at < text.length && text[at - 1] === '\n'; ) {
      const found = text.indexOf('\n', at)
      const next = found === -1 ? text.length : found + 1
      const line = text.slice(at, next)
      const depth = line.search(/\S/)
      if (depth !== -1 && (line[depth] !== '#' || depth < column)) break
      if (depth !== -1) behind = next
      at = next
    }
    return behind
  }

  /** Where a node begins with its anchor and tag; where one of them stands elsewhere nobody knows. */
  #startOf(node: YamlNode): number {
    if (node.anchor === undefined && node.tag === undefined) return node.span.start
    const before = this.#file.text.slice(Math.max(0, node.span.start - 400), node.span.start)
    const marks = /(?:[&!][^\s,[\]{}]*[ \t]+)+$/.exec(before)
    if (!marks) throw new NotExact('it has an anchor')
    return node.span.start - marks[0].length
  }

  #dash(item: YamlNode): number {
    const { text } = this.#file
    let at = this.#startOf(item)
    while (at > 0 && /\s/.test(text[at - 1]!)) at--
    if (text[at - 1] !== '-') throw new NotExact('its place is not clear')
    return at - 1
  }

  #column(start: number): number {
    const line = this.#file.text.lastIndexOf('\n', start - 1) + 1
    const before = this.#file.text.slice(line, start)
    if (!/^[ -]*$/.test(before)) throw new NotExact('its indentation is not clear')
    return before.length
  }

  #text(span: Span): string {
    return this.#file.text.slice(span.start, span.end)
  }

  #isJson(node: YamlNode): boolean {
    if (node.kind === 'map' && node.flow && node.entries[0])
      return node.entries[0].key.kind === 'scalar' && isDouble(node.entries[0].key)
    const root = this.#root
    return root?.kind === 'map' && root.flow && root.entries[0]?.key.kind === 'scalar' && isDouble(root.entries[0].key)
  }

  #refuseShared(path: readonly Step[]): void {
    for (const step of path) {
      this.#refuseUsed(step.in)
      const node = 'entry' in step ? step.entry.value : step.item
      this.#refuseUsed(node)
    }
  }

  #refuseMarks(node: YamlNode): void {
    if (node.tag !== undefined) throw new NotExact('it has a tag')
    this.#refuseUsed(node)
  }

  #refuseUsed({ anchor }: YamlNode): void {
    if (anchor !== undefined && isUsed(this.#file, anchor)) throw new Shared()
  }

  /** An anchor that goes while an alias stays would leave no YAML. */
  #refuseLostAnchors(span: Span): void {
    for (const [, name] of this.#text(span).matchAll(/&([^\s,[\]{}]+)/g))
      if (name !== undefined && isUsed(this.#file, name)) throw new Shared()
  }

  #style(): Style {
    const known = this.#root && styles.get(this.#root)
    if (known) return known
    const found: { unit?: number; list?: number } = {}
    let budget = 2_000
    const visit = (node: YamlNode): void => {
      if (--budget < 0 || (found.unit !== undefined && found.list !== undefined)) return
      if (node.kind === 'list') node.items.forEach(visit)
      if (node.kind !== 'map' || node.flow) return
      for (const { key, value } of node.entries) {
        const column = columnIn(this.#file.text, key.span.start)
        if (value.kind === 'map' && !value.flow && value.entries[0])
          found.unit ??= columnIn(this.#file.text, value.entries[0].key.span.start) - column
        if (value.kind === 'list' && !value.flow && value.items[0]) {
          const dash = this.#file.text.lastIndexOf('-', value.items[0].span.start - 1)
          if (dash > key.span.end) found.list ??= Math.max(0, columnIn(this.#file.text, dash) - column)
        }
        visit(value)
      }
    }
    if (this.#root) visit(this.#root)
    const unit = found.unit !== undefined && found.unit > 0 ? found.unit : 2
    const style: Style = { unit, list: found.list ?? unit, newline: this.#newline }
    if (this.#root) styles.set(this.#root, style)
    return style
  }
}

const isDouble = (scalar: YamlScalar): boolean => scalar.style === 'double'

const columnIn = (text: string, at: number): number => {
  const line = text.lastIndexOf('\n', at - 1) + 1
  return at - line - (line === 0 && text.startsWith('\ufeff') ? 1 : 0)
}

/** Of documents. */
const styles = new WeakMap<YamlNode, Style>()

const used = new WeakMap<YamlFile, ReadonlySet<string>>()

/** Whether something in the file that looks like an alias names it. */
export const isUsed = (file: YamlFile, anchor: string): boolean => {
  let names = used.get(file)
  if (!names) {
    names = new Set([...file.text.matchAll(/\*([^\s,[\]{}]+)/g)].map(([, name]) => name!))
    used.set(file, names)
  }
  return names.has(anchor)
}

const documentAt = (documents: readonly YamlDocument[], at: Span): YamlDocument | undefined => {
  let low = 0
  let high = documents.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (documents[middle]!.span.start <= at.start) low = middle + 1
    else high = middle
  }
  return documents[low - 1]
}

/** The child in whose text a span lies. Children stand in the order of the text. */
const stepHolding = (node: YamlMap | YamlList, span: Span): Step | undefined => {
  const count = node.kind === 'map' ? node.entries.length : node.items.length
  const startOf = (i: number): number => (node.kind === 'map' ? node.entries[i]!.key.span.start : node.items[i]!.span.start)
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (startOf(middle) <= span.start) low = middle + 1
    else high = middle
  }
  const index = low - 1
  if (index < 0) return undefined
  const step: Step =
    node.kind === 'map' ? { in: node, entry: node.entries[index]!, index } : { in: node, item: node.items[index]!, index }
  return stepSpan(step).end >= span.end ? step : undefined
}

const lastLeaf = (node: YamlNode): YamlNode => {
  let at = node
  for (;;) {
    const next: YamlNode | undefined =
      at.kind === 'map' && !at.flow ? at.entries.at(-1)?.value : at.kind === 'list' && !at.flow ? at.items.at(-1) : undefined
    if (!next) return at
    at = next
  }
}

/** `|+`, `>2+`: where its text begins, the line before says so. */
const keepsItsEnd = (node: YamlNode): boolean => {
  if (node.kind !== 'scalar' || (node.style !== 'literal' && node.style !== 'folded')) return false
  const { text } = node.file
  const before = text.slice(Math.max(0, node.span.start - 1000), node.span.start).trimEnd()
  return /[|>]\d?\+\d?(?:[ \t]+#.*)?$/.test(before.slice(before.lastIndexOf('\n') + 1))
}

const nested = (path: readonly string[], value: NewValue): NewValue =>
  path.reduceRight<NewValue>((inner, name) => ({ [name]: inner }), value)

const plainMap = (draft: Draft): NewMap =>
  Object.fromEntries([...draft].map(([name, value]) => [name, value instanceof Map ? plainMap(value) : value]))

export type Style = {
  /** Columns that a mapping is further in than the one around it. */
  readonly unit: number
  /** Columns that the dashes of a list are further in than its key. */
  readonly list: number
  readonly newline: string
}

const isMap = (value: NewValue): value is NewMap => typeof value === 'object' && !Array.isArray(value) && !(value instanceof Raw)

/** The lines of an entry in block style. */
export const blockLines = (name: string, value: NewValue, indent: string, style: Style): readonly string[] => {
  const key = inline(name, false)
  if (isMap(value) && Object.keys(value).length > 0)
    return [
      `${indent}${key}:`,
      ...Object.entries(value).flatMap(([inner, one]) => blockLines(inner, one, indent + ' '.repeat(style.unit), style)),
    ]
  if (Array.isArray(value) && value.length > 0)
    return [
      `${indent}${key}:`,
      ...(value as readonly NewValue[]).flatMap(item => itemLines(item, indent + ' '.repeat(style.list), style)),
    ]
  return [`${indent}${key}: ${inline(value, false)}`]
}

const itemLines = (item: NewValue, indent: string, style: Style): readonly string[] => {
  if (!isMap(item) || Object.keys(item).length === 0) return [`${indent}- ${inline(item, false)}`]
  const inner = `${indent}  `
  const lines = Object.entries(item).flatMap(([name, one]) => blockLines(name, one, inner, style))
  return [`${indent}- ${lines[0]!.slice(inner.length)}`, ...lines.slice(1)]
}

/** On one line. */
const inline = (value: NewValue, json: boolean): string => {
  if (value instanceof Raw) return value.text
  if (typeof value === 'string') return json || !isPlain(value) ? JSON.stringify(value) : value
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${(value as readonly NewValue[]).map(one => inline(one, json)).join(', ')}]`
  const entries = Object.entries(value).map(([name, one]) => `${inline(name, json)}: ${inline(one, json)}`)
  return `{${entries.join(', ')}}`
}

/** A word that every reader of YAML takes for a text without quotes; `1:2` is a number to readers of YAML 1.1. */
const isPlain = (text: string): boolean =>
  /^[A-Za-z/][\w./=:-]*$/.test(text) && !text.endsWith(':') && !/^(?:y|yes|n|no|true|false|on|off|null|~)$/i.test(text)
