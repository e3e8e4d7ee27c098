/**
 * `command` and `entrypoint` as one string: Compose splits it with https://github.com/mattn/go-shellwords, which knows quotes and backslashes, and
 * ends at the first sign that a shell would take for the end of a command.
 */
export const commandWords = (text: string): readonly string[] => {
  const words: string[] = []
  let word = ''
  let isWord = false
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    if (sign === '\\' && quote !== "'") {
      const next = text[++at] ?? ''
      word += next === 't' ? '\t' : next === 'n' ? '\n' : next
      isWord = true
    } else if (quote === '' && /[ \t\r\n]/.test(sign)) {
      if (isWord) words.push(word)
      word = ''
      isWord = false
    } else if (quote === '' && /[;&|<>]/.test(sign)) {
      break
    } else if ((sign === '"' || sign === "'") && (quote === '' || quote === sign)) {
      quote = quote === '' ? sign : ''
      isWord = true
    } else {
      word += sign
      isWord = true
    }
  }
  if (isWord) words.push(word)
  return words
}
