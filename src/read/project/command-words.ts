/** A line of a package.json, a Procfile or a unit file, as the words of one command. */
import { readScript } from '../shell/read-script.ts'

export type Line = {
  readonly words: readonly string[]
  /** Nothing of it needs a shell: no variables, no second command, no redirection. */
  readonly isPlain: boolean
}

const longest = 10_000

/** The last command of the line, without `exec`, its variables behind `env`. Undefined when there is none. */
export const commandWords = (line: string): Line | undefined => {
  if (line.length > longest) return undefined
  const script = readScript({
    text: line,
    span: { start: 0, end: line.length },
    spanOf: (start, end) => ({ start, end }),
    shell: ['/bin/sh', '-c'],
  })
  const command = script.commands.findLast(({ name, context }) => name !== '' && context.length === 0)
  if (!command?.nameWord) return undefined
  const all = [command.nameWord, ...command.args]
  const variables = command.assignments
  const isPlain =
    script.errors.length === 0 &&
    script.commands.length === 1 &&
    command.redirects.length === 0 &&
    command.wrappers.every(({ name }) => name === 'exec' || name === 'env') &&
    all.every(({ literal }) => literal) &&
    variables.every(({ value }) => value === undefined || value.literal)
  return {
    words: [
      ...(variables.length > 0 ? ['env', ...variables.map(({ name, value }) => `${name}=${value?.text ?? ''}`)] : []),
      ...all.map(({ text }) => text),
    ],
    isPlain,
  }
}

/** All commands of a line, each as its words. */
export const commandsOf = (line: string): readonly (readonly string[])[] =>
  line.length > longest
    ? []
    : readScript({
        text: line,
        span: { start: 0, end: line.length },
        spanOf: (start, end) => ({ start, end }),
        shell: ['/bin/sh', '-c'],
      }).commands.flatMap(({ nameWord, args }) => (nameWord ? [[nameWord.text, ...args.map(({ text }) => text)]] : []))

/** The value of an option among words: `--out x`, `--out=x`. */
export const optionOf = (words: readonly string[], ...names: readonly string[]): string | undefined => {
  for (const [i, word] of words.entries()) {
    for (const name of names) {
      if (word === name) return words[i + 1]
      if (word.startsWith(`${name}=`)) return word.slice(name.length + 1)
    }
  }
  return undefined
}

/** `web: gunicorn app:app`: https://devcenter.heroku.com/articles/procfile */
export const procfileLine = (text: string | undefined, process = 'web'): string | undefined =>
  text
    ?.split(/\r?\n/)
    .find(line => line.startsWith(`${process}:`))
    ?.slice(process.length + 1)
    .trim()

/** What starts it by its Procfile: plain words, or what a shell has to read. */
export const procfileStart = (text: string | undefined): readonly string[] | undefined => {
  const line = procfileLine(text)
  if (line === undefined || line === '') return undefined
  const read = commandWords(line)
  return read?.isPlain ? read.words : ['sh', '-c', line]
}
