/**
 * What a short expression of a program says without running it: a path, a number, the default where a variable is not set. One reader for the languages
 * of the stacks, whose strings, calls and operators look alike. What it does not know is unknown. Expressions over 600 characters are not read.
 */

export type Known = {
  readonly text: string
  /** False: something unknown follows: `uploads/${name}` is `uploads/`. */
  readonly isWhole: boolean
}

export type Scope = {
  /** Folder of the source, from the program's folder on. */
  readonly folder: string
  /** Expressions that a name may stand for: they count where all that are known agree. `isShared`: it may come from another file. */
  lookup(name: string, isShared: boolean): readonly string[]
}

const longest = 600
const deepest = 10
/** Parts of one expression that are looked at, with all that its names stand for. */
const mostParts = 100

/** Where quotes and brackets are closed: cuts at separators. Undefined when a bracket closes that was not open here: it ends there. */
const splitTop = (text: string, separatorAt: (text: string, at: number) => number): readonly string[] => {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    if (sign === '"' || sign === "'" || sign === '`') {
      at = stringEnd(text, at)
      continue
    }
    if (depth === 0) {
      const length = separatorAt(text, at)
      if (length > 0) {
        parts.push(text.slice(start, at))
        at += length - 1
        start = at + 1
        continue
      }
    }
    if (sign === '(' || sign === '[' || sign === '{') depth++
    else if (sign === ')' || sign === ']' || sign === '}') {
      if (depth === 0) return [...parts, text.slice(start, at)]
      depth--
    }
  }
  return [...parts, text.slice(start)]
}

/** The offset of the quote that closes, or the end. */
const stringEnd = (text: string, start: number): number => {
  const quote = text[start]
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === quote) return at
    else if (text[at] === '\n' && quote !== '`') return at
  }
  return text.length
}

/** The arguments of a call from behind its bracket on; of a list the same. Only what is within 600 characters. */
export const argumentsAt = (text: string, start: number): readonly string[] =>
  splitTop(text.slice(start, start + longest), (whole, at) => (whole[at] === ',' ? 1 : 0))
    .map(one => one.trim())
    .filter(one => one !== '')

/** An expression up to where a statement, an entry or an argument ends. */
export const expressionAt = (text: string, start: number): string =>
  splitTop(text.slice(start, start + longest), (whole, at) => {
    const sign = whole[at]
    if (sign === ';' || sign === ',') return longest
    // An operator at the end of a line, or at the start of the next, goes on.
    if (sign === '\n' && !/(?:\|\||\?\?|[+(=?:.]|\bor)[ \t\r]{0,80}$/.test(whole.slice(Math.max(0, at - 90), at)))
      return /^\s{0,80}(?:\|\||\?\?|[+?:.])/.test(whole.slice(at, at + 90)) ? 0 : longest
    return 0
  })[0]!.trim()

const operator =
  (...signs: readonly string[]) =>
  (text: string, at: number): number =>
    signs.find(sign => text.startsWith(sign, at))?.length ?? 0

export const evaluate = (expression: string, scope: Scope): Known | undefined => {
  const names = new Set<string>()
  // What a name stands for may name it again: `port = ":" + port`.
  const once: Scope = { folder: scope.folder, lookup: (name, isShared) => (names.has(name) ? [] : scope.lookup(name, isShared)) }
  return read(expression, { scope: once, names, left: mostParts }, 0)
}

type Reading = { readonly scope: Scope; readonly names: Set<string>; left: number }

const read = (expression: string, reading: Reading, depth: number): Known | undefined => {
  const text = expression.trim()
  if (text === '' || text.length > longest || depth > deepest || --reading.left < 0) return undefined
  const inner = (one: string): Known | undefined => read(one, reading, depth + 1)

  // The default stands last: `process.env.X || 'data'`, `a ? b : c`.
  const choices = splitTop(text, operator('||', '??', '?:', ' or ', ' ? ', ' : '))
  if (choices.length > 1) {
    const all = text.includes(' ? ') ? choices.slice(1) : choices
    for (const one of all) {
      const known = inner(one)
      if (known) return known
    }
    return undefined
  }
  const slashes = splitTop(text, operator(' / '))
  if (slashes.length > 1) return join(slashes.map(inner))
  const sums = splitTop(text, plus)
  if (sums.length > 1) return concat(sums.map(inner))
  return primary(text, reading, inner)
}

/** `+`, and PHP's ` . `. */
const plus = (text: string, at: number): number =>
  text[at] === '+' && text[at + 1] !== '+' ? 1 : text.startsWith(' . ', at) ? 3 : 0

const concat = (parts: readonly (Known | undefined)[]): Known | undefined => {
  let text = ''
  for (const [i, part] of parts.entries()) {
    if (!part) return i === 0 ? undefined : { text, isWhole: false }
    text += part.text
    if (!part.isWhole) return { text, isWhole: false }
  }
  return { text, isWhole: true }
}

const join = (parts: readonly (Known | undefined)[]): Known | undefined => {
  let text = ''
  for (const [i, part] of parts.entries()) {
    if (!part) return i === 0 ? undefined : { text: `${text}/`, isWhole: false }
    text =
      part.text.startsWith('/') && i > 0 && !text.startsWith('/') && text !== '' ? text + part.text : combine(text, part.text)
    if (!part.isWhole) return { text, isWhole: false }
  }
  return { text, isWhole: true }
}

const combine = (a: string, b: string): string =>
  a === '' ? b : b === '' ? a : `${a.replace(/\/$/, '')}/${b.replace(/^\//, '')}`

const parent = (known: Known | undefined): Known | undefined => {
  if (!known?.isWhole) return undefined
  const at = known.text.lastIndexOf('/')
  return {
    text: at > 0 ? known.text.slice(0, at) : known.text.startsWith('/') ? '/' : at === -1 && known.text === '' ? '..' : '',
    isWhole: true,
  }
}

const here = /^(?:__dirname|__DIR__|import\.meta\.(?:dirname|dir)|__dir__)$/
const ownFile = /^(?:__file__|__filename|__FILE__|import\.meta\.(?:url|filename))$/
const root = /^(?:BASE_DIR|ROOT_DIR|PROJECT_ROOT|BASEDIR|basedir|Rails\.root|APP_ROOT|settings\.BASE_DIR|process\.env\.PWD)$/
const joining = /^(?:join|joinpath|resolve|Join|Combine|of|get|File|joins)$/
const passing =
  /^(?:Number|parseInt|int|str|String|Path|PosixPath|PurePath|Atoi|ParseInt|valueOf|Integer|abspath|realpath|normalize|normpath|expanduser|fileURLToPath|toString|Clean|Abs|FromSlash|Int|UInt16|unwrap_or|URL|file|Dir|File|bind)$/
const same =
  /^(?:getOrDefault|unwrap_or|unwrap_or_else|default|optional|coerce|number|int|min|max|resolve|absolute|toString|to_s|to_i|to_str|as_posix|expanduser|getAbsolutePath|toAbsolutePath|normalize|toPath|toFile|into|to_string|to_owned|parse|unwrap)$/

const primary = (whole: string, { scope, names }: Reading, inner: (text: string) => Known | undefined): Known | undefined => {
  const text = whole.replace(/^(?:(?:new|await|const|return)\s{1,8}|[&*]|\.\.\.)/, '').trim()
  const quoted = /^([a-zA-Z$@]{0,2})(["'`])/.exec(text)
  if (quoted) {
    const start = quoted[0].length - 1
    const triple = text.startsWith(quoted[2]!.repeat(3), start)
    const end = triple ? text.indexOf(quoted[2]!.repeat(3), start + 3) : stringEnd(text, start)
    if (end === -1) return undefined
    const content = text.slice(start + (triple ? 3 : 1), end)
    const literal = interpolated(content, quoted[1]!, quoted[2]!, inner)
    return after(literal, text.slice(end + (triple ? 3 : 1)), inner)
  }
  const number = /^(\d[\d_]{0,12})(?:[LlUu]|_?u16|_?usize)?$/.exec(text)
  if (number) return { text: number[1]!.replaceAll('_', ''), isWhole: true }
  if (text.startsWith('(')) {
    const [content = ''] = splitTop(text.slice(1), () => 0)
    return after(inner(content), text.slice(content.length + 2), inner)
  }
  const name = /^[$@]?[A-Za-z_][\w$]{0,60}(?:(?:\??\.|::|->)[A-Za-z_][\w$]{0,60}){0,6}/.exec(text)?.[0]
  if (name === undefined) return undefined
  // `format!(…)` of Rust.
  const rest = text.slice(name.length).replace(/^!(?=\()/, '')
  const plain = name.replaceAll('?.', '.').replaceAll('::', '.').replaceAll('->', '.')
  const dot = plain.lastIndexOf('.')
  const last = plain.slice(dot + 1).replace(/^[$@]/, '')
  if (rest.startsWith('(')) {
    const [content = ''] = splitTop(rest.slice(1), () => 0)
    const args = argumentsAt(content, 0)
    const tail = rest.slice(content.length + 2)
    return after(called(plain, last, dot === -1 ? '' : plain.slice(0, dot), args, tail, inner), tail, inner)
  }
  if (rest.startsWith('[')) return undefined
  if (here.test(plain)) return { text: scope.folder, isWhole: true }
  if (ownFile.test(plain)) return { text: scope.folder === '' ? 'file' : `${scope.folder}/file`, isWhole: true }
  // Constants, fields of settings, and what is called a port are shared; other names are a file's own.
  const isShared = /^[A-Z][A-Z\d_]{1,60}$|[Pp]ort$/.test(last) || (plain.includes('.') && !/^(?:this|self)\./.test(plain))
  const stands = scope.lookup(last, isShared)
  names.add(last)
  // A type may stand before the value: `port: number = 3000`.
  const values = stands.map(one => inner(one.replace(/^[\w<>[\]. |]{1,60}[ \t]=[ \t](?!=)/, '')))
  names.delete(last)
  const all = values.filter(one => one !== undefined)
  const known = all.some(({ isWhole }) => isWhole) ? all.filter(({ isWhole }) => isWhole) : all
  const [first] = known
  if (first && known.every(one => one.text === first.text)) return after(first, rest, inner)
  if (root.test(plain)) return after({ text: '', isWhole: true }, rest, inner)
  if (/\.parent$/.test(plain)) return parent(inner(plain.slice(0, dot)))
  return undefined
}

const called = (
  plain: string,
  last: string,
  receiver: string,
  args: readonly string[],
  tail: string,
  inner: (text: string) => Known | undefined,
): Known | undefined => {
  if (/^(?:tmpdir|gettempdir|TempDir|GetTempPath|sys_get_temp_dir)$/.test(last)) return { text: '/tmp', isWhole: true }
  if (/^(?:cwd|getcwd|Getwd|pwd|base_path)$/.test(last)) return join([{ text: '', isWhole: true }, ...args.map(inner)])
  if (/^(?:storage_path)$/.test(last)) return join([{ text: 'storage', isWhole: true }, ...args.map(inner)])
  if (/^(?:public_path)$/.test(last)) return join([{ text: 'public', isWhole: true }, ...args.map(inner)])
  if (/^dirname|^Dir$/.test(last) && args.length > 0) return parent(inner(args[0]!))
  // `System.getenv().getOrDefault("PORT", "8080")`
  if (args.length === 0 && /env/i.test(last)) {
    const other = /^\s{0,4}\.getOrDefault\(([^()]{1,200})\)/.exec(tail)?.[1]
    const second = other === undefined ? undefined : argumentsAt(other, 0)[1]
    return second === undefined ? undefined : inner(second)
  }
  // `os.environ.get("X", "data")`, `getEnv("PORT", "8080")`, `config("X", default=1)`, `ENV.fetch("PORT") { 3000 }`
  if (/env|config|setting|option|default/i.test(plain) && args.length > 0 && args.length < 4) {
    const named = args.find(one => /^default\s{0,4}=/.test(one))
    if (named !== undefined) return inner(named.slice(named.indexOf('=') + 1))
    if (args.length > 1) return inner(args[1]!)
    // `ENV.fetch("PORT") { 3000 }`, `env::var("PORT").unwrap_or_else(|_| "3000".into())`
    const block = /^\s{0,4}\{([^{}]{1,60})\}/.exec(tail)?.[1]
    const otherwise = /^\s{0,80}\.unwrap_or(?:_else)?\((?:\|\w{0,20}\|\s{0,4})?/.exec(tail)
    const other = block ?? (otherwise ? argumentsAt(tail, otherwise[0].length)[0] : undefined)
    return other === undefined ? undefined : inner(other)
  }
  // `num({ default: 3000 })` of envalid, `z.coerce.number().default(3000)`: `after` has that one.
  const preset = args[0]?.startsWith('{') ? argumentsAt(args[0], 1).find(one => /^default\s{0,4}:/.test(one)) : undefined
  if (preset !== undefined) return inner(preset.slice(preset.indexOf(':') + 1))
  const later = /\.default\(([^()]{1,100})\)/.exec(tail)?.[1]
  if (later !== undefined) return inner(later)
  if (joining.test(last) && args.length > 0) {
    const parts = args.map(inner)
    const isModule = /^(?:|path|os\.path|posixpath|filepath|Path|Paths|File|fs|node_path|p)$/i.test(receiver)
    if (isModule) {
      // `path.resolve` starts anew at an absolute one.
      const last = Math.max(
        0,
        parts.findLastIndex(part => part?.text.startsWith('/') === true && /resolve$/.test(plain)),
      )
      return join(parts.slice(last))
    }
    return join([inner(receiver), ...parts])
  }
  if (passing.test(last) && args.length > 0) return inner(args[0]!)
  if (/^[Ss]?printf$|^Sprintf$|^format$/.test(last) && args.length > 0)
    return formatted(inner(args[0]!), args.slice(1).map(inner))
  return same.test(last) && receiver !== '' ? inner(receiver) : undefined
}

/** `%s`, `%d`, `%v`, `{}`, one after the other. */
const formatted = (format: Known | undefined, values: readonly (Known | undefined)[]): Known | undefined => {
  if (!format) return undefined
  let { text } = format
  for (const value of values) {
    const at = text.search(/%[sdv]|\{\d?\}/)
    if (at === -1) break
    if (!value?.isWhole) return { text: text.slice(0, at), isWhole: false }
    text = text.slice(0, at) + value.text + text.slice(at).replace(/^(?:%[sdv]|\{\d?\})/, '')
  }
  const at = text.search(/%[a-z]|\{/)
  return at === -1 ? { text, isWhole: format.isWhole } : { text: text.slice(0, at), isWhole: false }
}

/** What is called on a value. */
const after = (known: Known | undefined, rest: string, inner: (text: string) => Known | undefined): Known | undefined => {
  let value = known
  let left = rest.trim()
  for (let i = 0; i < 8 && value && left !== ''; i++) {
    const match = /^\??\.([A-Za-z_]\w{0,40})/.exec(left)
    if (!match) return /^(?:as |!$|\)|\{|if |unless )/.test(left) ? value : undefined
    left = left.slice(match[0].length)
    let args: readonly string[] = []
    if (left.startsWith('(')) {
      const [content = ''] = splitTop(left.slice(1), () => 0)
      args = argumentsAt(content, 0)
      left = left.slice(content.length + 2).trim()
    }
    if (match[1] === 'parent') value = parent(value)
    else if (/^(?:join|joinpath|resolve)$/.test(match[1]!) && args.length > 0) value = join([value, ...args.map(inner)])
    else if (!same.test(match[1]!)) return undefined
  }
  return value
}

const interpolated = (content: string, prefix: string, quote: string, inner: (text: string) => Known | undefined): Known => {
  const opens: readonly string[] = quote === '`' ? ['${'] : /[f$]/i.test(prefix) ? ['{'] : quote === '"' ? ['#{', '${'] : []
  let text = ''
  for (let at = 0; at < content.length; at++) {
    const open = opens.find(one => content.startsWith(one, at))
    if (open !== undefined) {
      const end = content.indexOf('}', at)
      const known = end === -1 ? undefined : inner(content.slice(at + open.length, end))
      if (!known) return { text, isWhole: false }
      text += known.text
      if (!known.isWhole) return { text, isWhole: false }
      at = end
    } else if (content[at] === '\\' && at + 1 < content.length) text += content[++at]
    else text += content[at]
  }
  return { text, isWhole: true }
}
