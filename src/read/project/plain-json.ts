/** JSON with comments and commas at the end, as TypeScript and .NET read their settings, made plain: https://www.typescriptlang.org/tsconfig/ */

/** One pass; strings stay as they are, everything that goes becomes blanks. */
export const plainJson = (text: string): string => {
  const parts: string[] = []
  let at = 0
  let comma = -1
  while (at < text.length) {
    const sign = text[at]!
    if (sign === '"') {
      let end = at + 1
      while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
      parts.push(text.slice(at, end + 1))
      comma = -1
      at = end + 1
    } else if (sign === '/' && text[at + 1] === '/') {
      const end = text.indexOf('\n', at)
      at = end === -1 ? text.length : end
    } else if (sign === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2)
      at = end === -1 ? text.length : end + 2
    } else {
      if (sign === ',') comma = parts.length
      else if ((sign === '}' || sign === ']') && comma !== -1) parts[comma] = ''
      if (sign !== ',' && !/\s/.test(sign)) comma = -1
      parts.push(sign)
      at++
    }
  }
  return parts.join('')
}
