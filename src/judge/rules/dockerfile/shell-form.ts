import type { Step } from '../../../read/dockerfile/graph.ts'
import type { Instruction } from '../../../read/dockerfile/syntax.ts'
import { fixBy, replaceAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'CMD or ENTRYPOINT runs inside a shell',
  why: 'In the shell form /bin/sh may stay the first process, and it passes no signals on: `docker stop` waits and then kills, and data that was to be written is lost. The shell must also stay in the image, where an attacker can use it.',
  examples: [
    { bad: 'FROM node:22\nUSER node\nCMD node server.js\n', good: 'FROM node:22\nUSER node\nCMD ["node", "server.js"]\n' },
    {
      bad: 'FROM node:22\nUSER node\nENTRYPOINT exec node $OPTIONS server.js\n',
      good: 'FROM node:22\nSHELL ["/bin/bash", "-c"]\nUSER node\nCMD node $OPTIONS server.js\n',
      byHand: true,
    },
  ],
  replaces: ['DL3025', 'JSONArgsRecommended', 'not_using_json_in_cmd_and_entrypoint_arguments', 'prefer-json-notation'],
  links: ['https://docs.docker.com/reference/build-checks/json-args-recommended/'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const stage of dockerfile.stages) {
      for (const step of stage.steps) {
        const { name, json, argument, headSpan } = step.instruction
        if ((name !== 'CMD' && name !== 'ENTRYPOINT') || json || argument.text === '' || argument.text.startsWith('[')) continue
        // Whoever sets SHELL wants a shell.
        if (step.before.shell.at !== undefined) continue
        // The shell form of CMD is the words of an ENTRYPOINT in JSON form: another meaning altogether, and another trap.
        const argv = simpleWords(step)
        const shell = step.before.shell.value[0]
        // With exec the program takes the shell's place, and what is left of the fault is that the image needs a shell.
        const execs = step.scripts.some(script =>
          script.commands.some(
            ({ wrappers, context }) => context.length === 0 && wrappers.some(wrapper => wrapper.name === 'exec'),
          ),
        )
        yield {
          at: headSpan,
          ...(execs ? { severity: 'info' as const } : {}),
          message: execs
            ? `\`${name}\` in its shell form needs \`${shell}\` in the image, though \`exec\` lets the signals through`
            : `\`${name}\` in its shell form is run by \`${shell}\`, which may keep signals from the program`,
          fix: argv
            ? fixBy(
                'unsafe',
                'Write it as JSON; the program is then the first process and gets the signals itself',
                replaceAt(dockerfile, step.instruction.argumentSpan, toJson(argv)),
              )
            : {
                title: execs
                  ? 'Write it as JSON, unless the shell has something to expand'
                  : `Write it as JSON, or begin with exec: ${name} ["sh", "-c", "exec …"]`,
                safety: 'manual',
                edits: [],
              },
        }
      }
    }
  },
})

const toJson = (argv: readonly string[]): string => `[${argv.map(word => JSON.stringify(word)).join(', ')}]`

/** The words, when the command is one program with plain words: nothing that a shell would do anything with. */
const simpleWords = (step: Step): readonly string[] | undefined => {
  const [script] = step.scripts
  const instruction: Instruction = step.instruction
  if (
    !script ||
    script.dialect === 'other' ||
    script.errors.length > 0 ||
    script.commands.length !== 1 ||
    instruction.innerComments.length > 0
  )
    return undefined
  const [command] = script.commands
  if (!command?.nameWord || command.assignments.length > 0 || command.redirects.length > 0 || command.context.length > 0)
    return undefined
  const wrapper = command.wrappers[0]
  // `exec node` already is what JSON gives; other wrappers are programs like any other.
  const words = script.text
  if (/[$`\\*?[\]{}~<>|&;()!#]/.test(words) || command.negated) return undefined
  const parts = [command.nameWord, ...command.args]
  if (wrapper) {
    if (wrapper.name !== 'exec' || command.wrappers.length > 1 || /^exec\s+-/.test(words.trim())) return undefined
  }
  if (builtins.has(parts[0]!.text) || parts.some(({ literal }) => !literal)) return undefined
  return parts.map(({ text }) => text)
}

/** Words that mean something only to a shell. */
const builtins = new Set([
  'cd',
  'source',
  '.',
  'export',
  'set',
  'eval',
  'ulimit',
  'umask',
  'trap',
  'wait',
  'exit',
  ':',
  'alias',
  'unset',
  'shift',
  'read',
  'if',
  'while',
  'for',
  'case',
  '[[',
  'true',
  'false',
])
