/**
 * True for a text with an `apiVersion:` and a `kind:` at the top of a document: at the start of a line, in a document that is indented as a whole, or in its braces
 * (JSON). Quick, for it is asked of every YAML and JSON file.
 */
export const looksLikeKubernetes = (text: string): boolean => {
  if (!text.includes('apiVersion') || !text.includes('kind')) return false
  // `{{` begins a template, which the reader tells of.
  if (/^\ufeff?\s*\{(?!\{)/.test(text)) return isFlowObject(text)
  return hasTopKey(text, 'apiVersion') && hasTopKey(text, 'kind')
}

/** Looks at the keys of the outermost braces only: the schemas of an API name these fields a thousand times. */
const isFlowObject = (text: string): boolean => {
  let depth = 0
  const found = new Set<string>()
  const sign = /"(?:[^"\\]|\\.)*"|'[^']*'|[{}[\]]|\b(?:apiVersion|kind)\b/gs
  for (let match = sign.exec(text); match; match = sign.exec(text)) {
    const [word] = match
    if (word === '{' || word === '[') depth += 1
    else if (word === '}' || word === ']') depth -= 1
    else if (depth === 1) {
      const name = /^["']?(apiVersion|kind)["']?$/.exec(word)?.[1]
      if (name && /^\s*:/.test(text.slice(sign.lastIndex, sign.lastIndex + 64))) found.add(name)
      if (found.size === 2) return true
    }
  }
  return false
}

/** Characters before a key in its line. */
const maxBefore = 1024

const hasTopKey = (text: string, key: string): boolean => {
  for (let at = text.indexOf(key); at !== -1; at = text.indexOf(key, at + key.length)) {
    if (!/^["']?[ \t]*:/.test(text.slice(at + key.length, at + key.length + 64))) continue
    const window = text.slice(Math.max(0, at - maxBefore), at)
    const before = window.slice(window.lastIndexOf('\n') + 1)
    const lineStart = at - before.length
    if (lineStart > 0 && before.length === maxBefore) continue
    if (/^\ufeff?["']?$/.test(before)) return true
    // `--- {apiVersion: v1, kind: Pod}`
    if (/^(?:---[ \t]*)?\{/.test(before.slice(0, 32)) && /[{,][ \t]*["']?$/.test(before)) return true
    const indent = /^([ \t]+)["']?$/.exec(before)?.[1]
    if (indent && isTop(text, lineStart, indent.length)) return true
  }
  return false
}

/** How much is looked at above a line. */
const maxAbove = 4096

/** Nothing less indented stands before the line in its document. */
const isTop = (text: string, lineStart: number, indent: number): boolean => {
  const above = text
    .slice(Math.max(0, lineStart - maxAbove), lineStart)
    .split('\n')
    .slice(0, -1)
  for (const raw of above.reverse()) {
    const line = raw.trimEnd()
    if (line === '' || /^\s*#/.test(line)) continue
    if (/^(?:---\s*)?\{?$/.test(line)) return true
    if (line.length - line.trimStart().length < indent) return false
  }
  return lineStart <= maxAbove
}
