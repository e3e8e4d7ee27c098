const step = 64 * 1024

/** The lines of a UTF-8 text, without their ends, decoded a piece at a time. */
export function* byteLines(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder()
  // A line may be as long as the file: its pieces are joined once.
  let rest: string[] = []
  for (let at = 0; at < bytes.length; at += step) {
    const lines = decoder.decode(bytes.subarray(at, at + step), { stream: at + step < bytes.length }).split('\n')
    if (lines.length === 1) {
      rest.push(lines[0]!)
      continue
    }
    lines[0] = rest.join('') + lines[0]!
    rest = [lines.pop()!]
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line
  }
  const last = rest.join('')
  if (last !== '') yield last.endsWith('\r') ? last.slice(0, -1) : last
}
