/**
 * Lines inside of brackets that are less indented than YAML's text wants, such as a `]` below its key: libyaml and Go's decoders made from it take them, and so do
 * Kubernetes and Compose (inside of a flow collection they look at no indentation). Such a line is joined to the one before it, without moving anything:
 * line breaks, tabs and comments in between become blanks. `at` is where the line's text begins. Undefined when there is no line before it.
 */
export const joinLine = (source: string, at: number): string | undefined => {
  let from = at
  while (from > 0) {
    const before = source[from - 1]
    if (before === ' ' || before === '\t' || before === '\n' || before === '\r') {
      from -= 1
      continue
    }
    if (!source.slice(from, at).includes('\n')) return undefined
    const lineStart = source.lastIndexOf('\n', from - 1) + 1
    const comment = commentIn(source.slice(lineStart, from))
    if (comment === -1) break
    from = lineStart + comment
  }
  if (!source.slice(from, at).includes('\n')) return undefined
  return source.slice(0, from) + ' '.repeat(at - from) + source.slice(at)
}

/** Where the comment of a line begins: a `#` at its start or behind a blank, outside of quotes. */
const commentIn = (line: string): number => {
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const sign = line[i]!
    if (quote) {
      if (sign === '\\' && quote === '"') i += 1
      else if (sign === quote) quote = ''
    } else if (sign === '"' || sign === "'") quote = sign
    else if (sign === '#' && (i === 0 || /[ \t]/.test(line[i - 1]!))) return i
  }
  return -1
}
