/** Lines of Makefiles and units: one that ends with a backslash goes on in the next. */
export type LogicalLine = {
  readonly start: number
  readonly end: number
  /** As long as the line itself; comment lines inside of it are blanks. */
  readonly content: string
}

export const logicalLines = function* (text: string, comment: RegExp | undefined): Generator<LogicalLine> {
  let start = 0
  while (start < text.length) {
    const parts: string[] = []
    for (let at = start; ; ) {
      const found = text.indexOf('\n', at)
      const end = found === -1 ? text.length : found
      const line = text.slice(at, end)
      // The line before a comment goes on behind it.
      const isInside = parts.length > 0 && comment !== undefined && comment.test(line.trimStart())
      parts.push(isInside ? ' '.repeat(line.length) : line)
      if (found === -1 || !(isInside || line.endsWith('\\') || line.endsWith('\\\r'))) {
        yield { start, end, content: parts.join('') }
        start = end + 1
        break
      }
      parts.push(isInside ? ' ' : '\n')
      at = end + 1
    }
  }
}
