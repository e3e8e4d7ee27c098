/**
 * How many steps a backtracking matcher takes (https://tc39.es/ecma262/#sec-pattern-semantics), counted and not timed; and texts on which a pattern
 * would take the most. For the patterns of this repository: no classes of Unicode properties, no back references.
 */

type Node =
  | { readonly kind: 'set'; readonly has: (character: string) => boolean }
  | { readonly kind: 'edge'; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: 'look'; readonly body: Node; readonly isBehind: boolean; readonly isNegative: boolean }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly body: Node; readonly least: number; readonly most: number; readonly isLazy: boolean }

export type Pattern = { readonly root: Node; readonly letters: readonly string[] }

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', 0: '\0' }
const isWord = (character: string | undefined): boolean => character !== undefined && /^\w$/.test(character)

/** Throws on what it does not know. */
export const parsePattern = (source: string, flags: string): Pattern => {
  const letters = new Set<string>()
  const isFolded = flags.includes('i')
  const isMultiline = flags.includes('m')
  let at = 0
  const fold = (text: string): string => (isFolded ? text.toLowerCase() : text)
  const literal = (letter: string): string => {
    letters.add(letter)
    return letter
  }
  /** Behind a backslash: a class, or one character. */
  const escaped = (): string | ((character: string) => boolean) => {
    const letter = source[at++]!
    if (/[dDwWsS]/.test(letter)) {
      const same = new RegExp(`^\\${letter}$`)
      return character => same.test(character)
    }
    const code = letter === 'x' ? source.slice(at, at + 2) : letter === 'u' ? source.slice(at, at + 4) : ''
    at += code.length
    if (code !== '') return String.fromCharCode(Number.parseInt(code, 16))
    if (/[1-9kpP]/.test(letter)) throw new Error(`\\${letter} in ${source}`)
    return escapes[letter] ?? letter
  }
  const readClass = (): Node => {
    const isNot = source[at] === '^'
    if (isNot) at++
    const tests: ((character: string) => boolean)[] = []
    while (source[at] !== ']') {
      const next = (): string | ((character: string) => boolean) => {
        const letter = source[at++]!
        if (letter !== '\\') return letter
        if (source[at] !== 'b') return escaped()
        at++
        return '\b'
      }
      const from = next()
      if (typeof from !== 'string') tests.push(from)
      else if (source[at] === '-' && source[at + 1] !== ']') {
        at++
        const to = next()
        if (typeof to !== 'string') throw new Error(`a class in ${source}`)
        literal(from)
        tests.push(character => character >= from && character <= to)
        if (isFolded)
          tests.push(character => [character.toLowerCase(), character.toUpperCase()].some(one => one >= from && one <= to))
      } else {
        literal(from)
        tests.push(character => fold(character) === fold(from))
      }
    }
    at++
    return { kind: 'set', has: character => tests.some(test => test(character)) !== isNot }
  }
  const readAtom = (): Node => {
    const letter = source[at++]!
    if (letter === '(') {
      const opening = /^\?(?::|<?[=!]|<\w+>)/.exec(source.slice(at))?.[0] ?? ''
      if (opening === '' && source[at] === '?') throw new Error(`a group in ${source}`)
      at += opening.length
      const body = readAny()
      at++
      if (opening === '' || opening === '?:' || opening.endsWith('>')) return body
      return { kind: 'look', body, isBehind: opening.includes('<'), isNegative: opening.endsWith('!') }
    }
    if (letter === '[') return readClass()
    if (letter === '.') return { kind: 'set', has: character => flags.includes('s') || !/[\n\r\u2028\u2029]/.test(character) }
    if (letter === '^')
      return { kind: 'edge', holds: (text, index) => index === 0 || (isMultiline && /[\n\r\u2028\u2029]/.test(text[index - 1]!)) }
    if (letter === '$')
      return { kind: 'edge', holds: (text, i) => i === text.length || (isMultiline && /[\n\r\u2028\u2029]/.test(text[i]!)) }
    if (letter === '\\' && /[bB]/.test(source[at]!)) {
      const isNot = source[at++] === 'B'
      return { kind: 'edge', holds: (text, index) => (isWord(text[index - 1]) !== isWord(text[index])) !== isNot }
    }
    const one = letter === '\\' ? escaped() : letter
    if (typeof one !== 'string') return { kind: 'set', has: one }
    literal(one)
    return { kind: 'set', has: character => fold(character) === fold(one) }
  }
  const readAll = (): Node => {
    const parts: Node[] = []
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      const body = readAtom()
      const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})(\??)/.exec(source.slice(at))
      if (!quantifier) {
        parts.push(body)
        continue
      }
      const [whole, from, comma, to, lazy] = quantifier
      at += whole.length
      const least = from === undefined ? (whole[0] === '+' ? 1 : 0) : Number(from)
      const most =
        from === undefined ? (whole[0] === '?' ? 1 : Number.POSITIVE_INFINITY) : comma === '' ? least : Number(to || 'Infinity')
      parts.push({ kind: 'repeat', body, least, most, isLazy: lazy === '?' })
    }
    return parts.length === 1 ? parts[0]! : { kind: 'all', parts }
  }
  const readAny = (): Node => {
    const parts = [readAll()]
    while (source[at] === '|') {
      at++
      parts.push(readAll())
    }
    return parts.length === 1 ? parts[0]! : { kind: 'any', parts }
  }
  const root = readAny()
  if (at < source.length) throw new Error(`what is behind ${at} in ${source}`)
  return { root, letters: [...letters] }
}

/** All quantifiers without an upper bound. */
export const unbounded = ({ root }: Pattern): number => {
  const count = (node: Node): number =>
    node.kind === 'repeat'
      ? (node.most === Number.POSITIVE_INFINITY ? 1 : 0) + count(node.body)
      : node.kind === 'look'
        ? count(node.body)
        : node.kind === 'all' || node.kind === 'any'
          ? node.parts.reduce((sum, part) => sum + count(part), 0)
          : 0
  return count(root)
}

/** Steps until a match, or until there is none, from wherever one could begin. With `isEach`, on behind each match as `matchAll` does. Ends beyond `limit` steps. */
export const stepsOf = ({ root }: Pattern, text: string, isEach: boolean, limit: number): number => {
  let steps = 0
  const run = (node: Node, at: number, go: (at: number) => boolean): boolean => {
    // All ways lead out.
    if (++steps > limit) return true
    switch (node.kind) {
      case 'set':
        return at < text.length && node.has(text[at]!) && go(at + 1)
      case 'edge':
        return node.holds(text, at) && go(at)
      case 'look': {
        // Those that look behind are short here: each beginning is tried.
        const starts = node.isBehind ? [1, 2, 3].map(back => at - back).filter(start => start >= 0) : [at]
        const found = starts.some(start => run(node.body, start, end => !node.isBehind || end === at))
        return found !== node.isNegative && go(at)
      }
      case 'any':
        return node.parts.some(part => run(part, at, go))
      case 'all': {
        const next = (i: number, from: number): boolean =>
          i === node.parts.length ? go(from) : run(node.parts[i]!, from, to => next(i + 1, to))
        return next(0, at)
      }
      case 'repeat': {
        const { body, least, most, isLazy } = node
        if (body.kind === 'set') {
          // One character each: no recursion, which long texts would be too deep for.
          let end = at
          const step = (): boolean => {
            if (++steps > limit) return false
            if (end - at >= most || end >= text.length || !body.has(text[end]!)) return false
            end++
            return true
          }
          while (end - at < least) if (!step()) return false
          if (isLazy) {
            do if (go(end)) return true
            while (step())
            return false
          }
          while (step()) {}
          for (; end - at >= least; end--) {
            steps++
            if (go(end)) return true
          }
          return false
        }
        const round = (count: number, from: number): boolean => {
          const more = (): boolean =>
            count < most && run(body, from, to => (to !== from || count < least) && round(count + 1, to))
          if (count < least) return more()
          return isLazy ? go(from) || more() : more() || go(from)
        }
        return round(0, at)
      }
    }
  }
  let start = 0
  while (start <= text.length) {
    let end = -1
    const found = run(root, start, to => {
      end = to
      return true
    })
    if ((found && !isEach) || steps > limit) break
    start = found ? Math.max(end, start + 1) : start + 1
  }
  return steps
}

/** Texts of about `length` characters: what stands in front of each long repetition and what it repeats, again and again. */
export const hostileTexts = ({ root, letters }: Pattern, length: number): readonly string[] => {
  const alphabet = [...new Set([...letters, ...'a0 \t-;'])]
  const charactersOf = (node: Node): readonly string[] =>
    node.kind === 'set'
      ? alphabet.filter(node.has).slice(0, 6)
      : node.kind === 'repeat'
        ? charactersOf(node.body)
        : node.kind === 'all' || node.kind === 'any'
          ? node.parts.flatMap(charactersOf).slice(0, 6)
          : []
  const sample = (node: Node): string => {
    switch (node.kind) {
      case 'set':
        return charactersOf(node)[0] ?? '~'
      case 'repeat':
        return sample(node.body).repeat(node.least)
      case 'all':
        return node.parts.map(sample).join('')
      case 'any':
        return sample(node.parts[0]!)
      default:
        return ''
    }
  }
  const texts = new Set<string>()
  const visit = (node: Node, before: string): void => {
    if (node.kind === 'all') {
      let front = before
      for (const part of node.parts) {
        visit(part, front)
        front += sample(part)
      }
    } else if (node.kind === 'any') for (const part of node.parts) visit(part, before)
    else if (node.kind === 'repeat') {
      if (node.most > 20)
        for (const one of [...charactersOf(node), sample(node.body)]) {
          const times = (text: string): string => text.repeat(Math.ceil(length / Math.max(1, text.length)))
          for (const end of ['', '\n!', '\0'])
            for (const text of [times(before + one) + end, before + times(one) + end, times(one) + end]) texts.add(text)
        }
      visit(node.body, before)
    }
  }
  visit(root, '')
  return [...texts]
}
