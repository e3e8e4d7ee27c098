/**
 * The program is the first process, and gets the signals: `npm start` becomes what it starts, and a shell that has something to expand gives its place up by exec.
 * Plain words become JSON by the fix of the rule dockerfile/shell-form. STOPSIGNAL stays. Children that nobody waits for are a matter of `init: true` in Compose.
 */
import { lineage, replaceAt } from '../../../judge/dockerfile-queries.ts'
import type { Stage, Step } from '../../../read/dockerfile/graph.ts'
import type { Command, Script } from '../../../read/shell/script.ts'
import { contextText, reportedPath } from '../start.ts'
import { type Applied, type HardenSubject, transformation } from '../transformation.ts'

export default transformation({
  title: 'Start the program itself, so that it gets the signals',
  why: 'When a shell or npm is the first process, it may keep `docker stop` from the program: after ten seconds it is killed, and what was to be written is lost. What need not be started need not be in the image either: each program less is one that an attacker cannot use.',
  level: 'balanced',
  safety: 'unsafe',
  order: 700,
  apply(subject) {
    const { dockerfile } = subject
    const stage = dockerfile.final
    if (!stage) return undefined
    const steps = lineage(stage)
    for (const name of ['ENTRYPOINT', 'CMD']) {
      const step = steps.findLast(({ instruction }) => instruction.name === name)
      if (!step) continue
      const applied = (name === 'CMD' ? withoutManager(subject, stage, step) : undefined) ?? withExec(subject, step)
      if (applied) return applied
    }
    return undefined
  },
})

/** `npm start`, `npm run start`, `yarn start`: of the first stack, when package.json says that this is Node.js with a file. */
const withoutManager = (subject: HardenSubject, stage: Stage, step: Step): Applied | undefined => {
  const { dockerfile, project } = subject
  const words =
    step.instruction.json?.values ??
    (step.instruction.innerComments.length === 0 ? step.instruction.argument.text.split(/\s+/) : [])
  if (!/^(?:npm|yarn|pnpm) (?:run )?start$/.test(words.join(' '))) return undefined
  if (lineage(stage).some(({ instruction }) => instruction.name === 'ENTRYPOINT' && !instruction.json)) return undefined
  const stack = project.stacks.find(({ name, folder }) => name === 'node' && folder === '')
  const start = stack?.start?.value
  if (start?.[0] !== 'node' || start.length < 2 || start.some(word => /[$`*?|&;<>(){}"'\\]/.test(word))) return undefined
  const manifest =
    contextText(subject, 'package.json') ?? subject.files.get(reportedPath(subject.context?.path ?? '', 'package.json'))
  // Hooks before and after it would no longer run.
  if (manifest === undefined || /"(?:pre|post)start"\s*:/.test(manifest)) return undefined
  return {
    title: `Start \`${start.join(' ')}\` itself, as \`${words.join(' ')}\` does`,
    risk: 'variables that npm sets (npm_package_version, npm_config_…) are not there',
    edits: [replaceAt(dockerfile, step.instruction.argumentSpan, jsonOf(start))],
  }
}

const jsonOf = (words: readonly string[]): string => `[${words.map(word => JSON.stringify(word)).join(', ')}]`

/** The shell form with something that only a shell does: variables, a list of commands. The last command takes the shell’s place. */
const withExec = ({ dockerfile }: HardenSubject, step: Step): Applied | undefined => {
  const { instruction } = step
  const [script] = step.scripts
  if (instruction.json || !script || step.scripts.length !== 1 || step.before.shell.at !== undefined) return undefined
  if (
    script.dialect !== 'posix' ||
    script.errors.length > 0 ||
    instruction.innerComments.length > 0 ||
    instruction.heredocs.length > 0
  )
    return undefined
  if (instruction.argument.text.startsWith('[') || !/[$&;]/.test(script.text)) return undefined
  const words = plainWords(script)
  if (words)
    return {
      title: `Write ${instruction.name} as the words that it is`,
      edits: [replaceAt(dockerfile, instruction.argumentSpan, jsonOf(words))],
    }
  const text = execed(script, script.text.trim())
  if (text === undefined) return undefined
  return {
    title: `Give ${instruction.name} an \`exec\`, so that the program takes the shell’s place`,
    edits: [replaceAt(dockerfile, instruction.argumentSpan, jsonOf(['/bin/sh', '-c', text]))],
  }
}

/** One program with words that a shell only takes the quotes from: `nginx -g "daemon off;"`. */
const plainWords = (script: Script): readonly string[] | undefined => {
  const [command, ...others] = script.commands
  if (!command?.nameWord || others.length > 0 || command.context.length > 0 || command.negated || command.redirects.length > 0)
    return undefined
  if (command.assignments.length > 0 || command.wrappers.some(({ name }) => name !== 'exec') || shellOnly.has(command.name))
    return undefined
  const words = [command.nameWord, ...command.args]
  // `~` and `#` mean something outside of quotes, and what follows the last word may be a `&`.
  if (words.some(({ literal, quoted, text }) => !literal || (!quoted && /[~#\\]/.test(text)))) return undefined
  return /[&;]\s*$/.test(script.text) ? undefined : words.map(({ text }) => text)
}

/** Undefined where the last command is not alone at its place, or no program. */
const execed = (script: Script, text: string): string | undefined => {
  const top = script.commands.filter(({ context }) => context.length === 0)
  const last = top.at(-1)
  const isSimple = (command: Command): boolean => ['first', '&&', ';', '\n'].includes(command.operator) && !command.negated
  if (!last?.nameWord || top.some(command => !isSimple(command))) return undefined
  // A compound, a function, or a substitution that is a command itself.
  if (script.commands.some(({ context }) => context.some(kind => kind !== 'substitution')) || last.assignments.length > 0)
    return undefined
  if (/&\s*$|;\s*$/.test(text) || shellOnly.has(last.name) || last.name === '') return undefined
  if (last.wrappers.length > 0) return last.wrappers.some(({ name }) => name === 'exec') && top.length === 1 ? text : undefined
  // The place of the last command in the script’s own text: it begins with its name, and nothing follows it.
  const at = text.lastIndexOf(last.nameWord.raw)
  const rest = [last.nameWord, ...last.args].map(({ raw }) => raw)
  let tries = 20
  for (let start = at; start !== -1 && tries-- > 0; start = text.lastIndexOf(last.nameWord.raw, start - 1)) {
    if (sameWords(text.slice(start), rest) && (start === 0 || /(?:&&|;|\n)\s*$/.test(text.slice(0, start))))
      return `${text.slice(0, start)}exec ${text.slice(start)}`
    if (start === 0) break
  }
  return undefined
}

const sameWords = (text: string, words: readonly string[]): boolean =>
  text.split(/\s+/).join(' ') === words.join(' ').split(/\s+/).join(' ')

/** Words that mean something only to a shell. */
const shellOnly = new Set(
  'cd source . export set eval ulimit umask trap wait exit : alias unset shift read true false exec [ test [['.split(' '),
)
