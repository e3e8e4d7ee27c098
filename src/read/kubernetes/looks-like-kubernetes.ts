/**
 * True for a text with an `apiVersion:` and a `kind:` at the top of a document: at the line's start, in an indented document, or in braces (JSON).
 * Quick, for it is asked of every YAML and JSON file; a document that says neither is none of Kubernetes'.
 */
export const looksLikeKubernetes = (text: string): boolean => {
  if (!text.includes('apiVersion') || !text.includes('kind')) return false
  return hasTopKey(text, 'apiVersion') && hasTopKey(text, 'kind')
}

const hasTopKey = (text: string, key: string): boolean => {
  for (let at = text.indexOf(key); at !== -1; at = text.indexOf(key, at + key.length)) {
    if (!/^["']?[ \t]*:/.test(text.slice(at + key.length, at + key.length + 16))) continue
    const lineStart = text.lastIndexOf('\n', at - 1) + 1
    const before = text.slice(Math.max(lineStart, at - 4096), at)
    if (/^\ufeff?["']?$/.test(before) || /[{,][ \t]*["']?$/.test(before)) return true
    if (/^[ \t]*["']?$/.test(before) && isTopIndented(text, lineStart, /^[ \t]*/.exec(before)![0].length)) return true
  }
  return false
}

/** Nothing less indented stands before it in its document; braces are another matter. */
const isTopIndented = (text: string, lineStart: number, indent: number): boolean => {
  let end = lineStart - 1
  for (let lines = 0; end > 0 && lines < 10_000; lines++) {
    const start = text.lastIndexOf('\n', end - 1) + 1
    const line = text.slice(start, end).trimEnd()
    end = start - 1
    if (line === '' || /^\s*#/.test(line)) continue
    if (line.startsWith('---')) return true
    if (/^\s*[{[]$|^\s*["']/.test(line)) return true
    if (/^\s*/.exec(line)![0].length < indent) return false
  }
  return true
}
