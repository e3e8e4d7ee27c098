/** Shell text → the containers that its commands start. Collects over the texts of one file. */
import type { Problem } from '../../model/finding.ts'
import { readScript } from '../shell/read-script.ts'
import type { Command, ShellWord } from '../shell/script.ts'
import type { CommandWord } from './flags.ts'
import { alignedText, type MappedText, withoutTemplates } from './mapped-text.ts'
import { type DockerRun, type EnvironmentFile, readDockerRun } from './read-docker-run.ts'

/** Without one of these no container is started; one pass, for most texts say no. */
const word = /docker|podman|nerdctl|finch|container_?(?:engine|runtime|cli|tool|cmd)/i
const verb = /run|create|exec/
export const mayRun = (text: string): boolean => word.test(text) && verb.test(text)

/** Programs that hand a string to a shell elsewhere. */
const remote = new Set(['ssh', 'sshpass', 'vagrant', 'docker-machine', 'minikube', 'gcloud', 'watch'])
const begins = /^\s*(?:sudo\s+)?(?:docker|podman|nerdctl)\s/
/** Commands of one file, and their words: no script that people write has more. */
const maxRuns = 2_000
const maxWords = 50_000
/** Strings in strings. */
const maxDepth = 3
const neverMatches = /(?!)/g

export class RunScript {
  readonly path: string
  readonly runs: DockerRun[] = []
  readonly problems: Problem[] = []
  /** Words that variables brought. */
  #brought = 0
  /** Words of the commands that start containers. */
  #words = 0

  readonly #environmentFile: EnvironmentFile | undefined
  readonly #workingFolder: string | undefined
  readonly #told = new Set<string>()

  constructor(path: string, environmentFile?: EnvironmentFile, workingFolder?: string) {
    this.path = path
    this.#environmentFile = environmentFile
    this.#workingFolder = workingFolder
  }

  /** `templates`: what is no shell in it, such as `${{ x }}`. */
  read(source: MappedText, templates = neverMatches, depth = 0, outer = (one: string): string => one): void {
    if (!mayRun(source.text)) return
    const { text, restore: own } = withoutTemplates(source, templates)
    const restore = (one: string): string => outer(own(one))
    const script = readScript({
      text: text.text,
      shell: ['/bin/bash', '-c'],
      span: text.spanOf(0, text.text.length),
      spanOf: (start, end) => text.spanOf(start, end),
    })
    for (const { message, span } of script.errors.slice(0, 1)) {
      this.problems.push({
        kind: 'uncovered',
        code: 'docker-run-script',
        message: `the shell text is not understood as a whole, so containers may be missed: ${message}`,
        at: { in: 'file', path: this.path, span },
      })
    }
    /** What variables were given that holds options, in the order of the script. */
    const given = new Map<string, CommandWord[]>()
    for (const command of script.commands) {
      for (const { name, value } of command.assignments) {
        const inside = value && optionsText(value)
        // `A="$A --tty"`, `A+=(--tty)`: added to what is there; of branches all count, for any may be taken.
        if (inside) given.set(name, [...(given.get(name) ?? []), ...this.optionWords(inside, templates)].slice(0, maxGiven))
      }
      if (word.test(command.name || (command.nameWord?.text ?? '')))
        this.words(this.expanded(this.wordsOf(command, restore), given))
      if (depth < maxDepth) for (const inner of stringsOf(command)) this.read(inner, neverMatches, depth + 1, restore)
    }
  }

  /** Words that may start a container. What the engine would refuse is no failure of the file here: who knows which engine reads it. */
  words(words: readonly CommandWord[]): void {
    if (this.runs.length < maxRuns && this.#words < maxWords) {
      const run = this.container(words)
      if (!run) return
      this.#words += words.length
      this.add(run)
    } else if (words[0] && words.some(({ text }) => verb.test(text)) && this.once('many')) {
      this.problems.push({
        kind: 'uncovered',
        code: 'docker-run-too-many',
        message: `${this.runs.length} commands of this file are judged; those from here on are not looked at`,
        at: words[0].at,
      })
    }
  }

  container(words: readonly CommandWord[]): DockerRun | undefined {
    return readDockerRun(words, { environmentFile: this.#environmentFile, workingFolder: this.#workingFolder })
  }

  add(run: DockerRun): void {
    this.runs.push(run)
    for (const problem of run.problems) {
      if (problem.code === 'docker-run-environment-file' && !this.once(problem.message)) continue
      this.problems.push(problem.kind === 'failed' ? { ...problem, kind: 'uncovered' } : problem)
    }
  }

  /** False when the same was asked before. */
  once(what: string): boolean {
    if (this.#told.has(what)) return false
    this.#told.add(what)
    return true
  }

  /** The words of a text that holds options only, such as `container.options` of a workflow. */
  optionWords(source: MappedText, templates = neverMatches): readonly CommandWord[] {
    const { text, restore } = withoutTemplates(source, templates)
    const prefix = 'x '
    const { commands } = readScript({
      text: prefix + text.text.replaceAll('\n', ' '),
      shell: ['/bin/bash', '-c'],
      span: text.spanOf(0, text.text.length),
      spanOf: (start, end) => text.spanOf(Math.max(0, start - prefix.length), Math.max(0, end - prefix.length)),
    })
    return commands[0] ? this.wordsOf(commands[0], restore).slice(1) : []
  }

  /** Words that stand for options which the script itself says, with those instead. */
  private expanded(words: readonly CommandWord[], given: ReadonlyMap<string, readonly CommandWord[]>): readonly CommandWord[] {
    if (given.size === 0) return words
    return words.flatMap((one, i) => {
      const name = one.known ? undefined : nameIn(one.text)
      const options = name === undefined ? undefined : given.get(name)
      // Behind an option the word is its value.
      if (!options || words[i - 1]?.text.startsWith('-') || this.#brought > maxBrought) return [one]
      this.#brought += options.length
      return options.filter(({ known, text }) => known || nameIn(text) !== name)
    })
  }

  private wordsOf({ nameWord, args }: Command, restore: (text: string) => string): readonly CommandWord[] {
    if (!nameWord) return []
    return [nameWord, ...args].map(one => ({
      text: restore(one.text),
      at: { in: 'file', path: this.path, span: one.span },
      // An unquoted `[::1]` is a pattern for the shell, which matches no file.
      known: one.literal || !/[$`{]/.test(one.raw),
      quoted: one.quoted,
    }))
  }
}

/** Of one variable. */
const maxGiven = 200
/** In one file; the words of further variables are unknown. */
const maxBrought = 20_000
const variable = /^\$(?:(\w+)|\{(\w+)(?:\[[@*]\])?\})$/
const nameIn = (text: string): string | undefined => {
  const found = variable.exec(text)
  return found?.[1] ?? found?.[2]
}

/** `"--privileged -v /:/x"`, `(--privileged "$X")`: the text inside, when it begins with an option or adds one. */
const optionsText = ({ raw, span }: ShellWord): MappedText | undefined => {
  const found = /^(?:\w+\+?=)?(?:"([^"\\]*)"|'([^']*)'|\(([^)]*)\))$/s.exec(raw)
  const text = found?.[1] ?? found?.[2] ?? found?.[3]
  if (text === undefined || span.end - span.start !== raw.length || !/(?:^|[\s"'])--?[a-zA-Z]/.test(text)) return undefined
  const start = span.end - 1 - text.length
  // An array goes over several lines, with comments.
  const content = found?.[3] === undefined ? text : text.replace(/(?<=^|\s)#[^\n]*/g, comment => ' '.repeat(comment.length))
  return { text: content, spanOf: (from, to) => ({ start: start + from, end: start + to }) }
}

/** Quoted strings that are command lines of their own: `RUN="docker run …"`, `ssh host 'docker run …'`. */
const stringsOf = (command: Command): readonly MappedText[] => {
  const words: ShellWord[] = []
  for (const { value } of command.assignments) if (value && begins.test(value.text)) words.push(value)
  if (remote.has(command.name)) for (const one of command.args) if (one.quoted && mayRun(one.text)) words.push(one)
  return words.flatMap(({ raw, span, text }) => {
    const quote = raw.search(/["']/)
    if (quote === -1) return []
    const inside = alignedText(raw, quote + 1, Math.max(quote + 1, raw.length - 1), text)
    if (!inside) return []
    // Where the file writes the word in another way than the script has it, only the whole word is a place.
    const isSame = span.end - span.start === raw.length
    return [
      {
        text,
        spanOf: (start, end) => {
          if (!isSame) return span
          const found = inside.spanOf(start, end)
          return { start: span.start + found.start, end: span.start + found.end }
        },
      },
    ]
  })
}
