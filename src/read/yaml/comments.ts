/** Comments of a YAML stream, each with what it stands at. */
import { lineIndexAt, type Span } from '../../model/text.ts'
import type { YamlDocument, YamlFile, YamlNode } from './tree.ts'

export type YamlComment = {
  /** What follows the `#`, trimmed. */
  readonly text: string
  readonly span: Span
  /**
   * The entry or list item that begins on the comment's own line or, for a comment with a line of its own, on the next line that is none: the outermost that does.
   * Undefined when there is nothing.
   */
  readonly about: Span | undefined
}

/**
 * A `#` in a quoted or block scalar starts no comment (https://yaml.org/spec/1.2.2/#66-comments). `wanted`: only comments whose text fits. The documents
 * are asked for only where there is one.
 */
export const commentsOf = (file: YamlFile, documents: () => readonly YamlDocument[], wanted: RegExp): readonly YamlComment[] => {
  const { text, lines } = file
  const found = [...text.matchAll(/(?<=^|[ \t])#[^\r\n]*/gm)].filter(([whole]) => wanted.test(whole))
  if (found.length === 0) return []
  const { scalars, byLine } = placesOf(file, documents())
  return found.flatMap(({ 0: whole, index }) => {
    const end = index + whole.length
    if (scalars.some(span => span.start < index && index < span.end)) return []
    const line = lineIndexAt(lines, index)
    const alone = /^[ \t]*$/.test(text.slice(lines[line], index))
    let at = line
    if (alone) {
      at++
      while (at < lines.length && /^[ \t]*(?:#.*)?\r?$/.test(text.slice(lines[at], (lines[at + 1] ?? text.length + 1) - 1))) at++
    }
    return [{ text: whole.slice(1).trim(), span: { start: index, end }, about: byLine.get(at) }]
  })
}

const placesOf = (
  file: YamlFile,
  documents: readonly YamlDocument[],
): { readonly scalars: readonly Span[]; readonly byLine: ReadonlyMap<number, Span> } => {
  const scalars: Span[] = []
  const byLine = new Map<number, Span>()
  const begins = (start: number, end: number): void => {
    const line = lineIndexAt(file.lines, start)
    const known = byLine.get(line)
    if (!known || end - start > known.end - known.start) byLine.set(line, { start, end })
  }
  const visit = (node: YamlNode): void => {
    if (node.kind === 'scalar') {
      if (node.style !== 'plain') scalars.push(node.span)
    } else if (node.kind === 'list')
      for (const item of node.items) {
        begins(item.span.start, item.span.end)
        visit(item)
      }
    else if (node.kind === 'map')
      for (const { key, value } of node.entries) {
        begins(key.span.start, Math.max(key.span.end, value.span.end))
        visit(value)
      }
  }
  for (const { root } of documents) if (root) visit(root)
  return { scalars, byLine }
}
