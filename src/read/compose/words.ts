/**
 * `command` and `entrypoint` as one string: Compose splits it with https://github.com/mattn/go-shellwords, which knows quotes, backslashes, and that what is
 * inside of `$(…)` and backquotes belongs together, and ends at the first sign that a shell would take for the end of a command. Undefined: Compose refuses it.
 */
export const commandWords = (text: string): readonly string[] | undefined => {
  const words: string[] = []
  let word = ''
  let isWord = false
  /** `'`, `"`, a backquote, or `)`, until which all belongs together. */
  let until = ''
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    if (sign === '\\' && until !== "'") {
      if (at + 1 === text.length) return undefined
      word += text[++at]!
      isWord = true
    } else if (until === '' && /[ \t\r\n]/.test(sign)) {
      if (isWord) words.push(word)
      word = ''
      isWord = false
    } else if (until === '' && /[;&|<>]/.test(sign)) {
      // `2>`: the number is none of its words.
      if (sign === '>' && /^\d/.test(word)) isWord = false
      break
    } else if ((sign === '"' || sign === "'") && (until === '' || until === sign)) {
      until = until === '' ? sign : ''
      isWord = true
    } else {
      if (until === '' && sign === '(') {
        if (!word.endsWith('$')) return undefined
        until = ')'
      } else if (until === '' && sign === '`') until = '`'
      else if (sign === until) until = ''
      word += sign
      isWord = true
    }
  }
  if (until !== '') return undefined
  if (isWord) words.push(word)
  return words
}
