/** The words that a program was started with, as a text with places. */
import type { CommandWord } from './flags.ts'

export type CommandLine = {
  /** What the places are in: how a shell would be told the words. */
  readonly text: string
  readonly path: string
  readonly words: readonly CommandWord[]
}

/** A word as a POSIX shell takes it for what it is. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./~-]+$/.test(word) && !word.startsWith('~') ? word : `'${word.replaceAll("'", "'\\''")}'`

/** No word holds an expansion: the shell has done its work. */
export const commandLine = (words: readonly string[], path = 'command line'): CommandLine => {
  let text = ''
  const found: CommandWord[] = []
  for (const word of words) {
    if (text !== '') text += ' '
    const written = quoted(word)
    const span = { start: text.length, end: text.length + written.length }
    text += written
    found.push({ text: word, at: { in: 'file', path, span }, known: true, quoted: written !== word })
  }
  return { text, path, words: found }
}
