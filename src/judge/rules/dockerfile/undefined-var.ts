import { nearest } from '../../../model/nearest.ts'
import type { Step } from '../../../read/dockerfile/graph.ts'
import { lex, variablesOf } from '../../../read/dockerfile/lex.ts'
import type { Instruction, Word } from '../../../read/dockerfile/syntax.ts'
import { platformArguments } from '../../../read/dockerfile/variables.ts'
import { fixBy, replaceAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

/** Set by the builder for every stage that declares them, and proxies without that. https://docs.docker.com/reference/dockerfile/#predefined-args */
const predefined = new Set([
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'https_proxy',
  'FTP_PROXY',
  'ftp_proxy',
  'NO_PROXY',
  'no_proxy',
  'ALL_PROXY',
  'all_proxy',
])
/** What nearly every image defines. */
const common = new Set(['PATH', 'HOME', 'USER', 'PWD', 'HOSTNAME', 'TERM', 'LANG', 'SHELL'])

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'A variable is used that nothing defines',
  why: 'An undefined variable is empty: `COPY . $APPDIR/src` writes to /src, `USER $APP_USR` keeps root, `ENV PATH=$BIN:$PATH` puts the working folder into PATH. The build succeeds, and the protection that the line stood for is gone.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nARG APP_DIR=/srv\nCOPY . $APPDIR\nUSER nobody\n',
      good: 'FROM alpine:3.20\nARG APP_DIR=/srv\nCOPY . $APP_DIR\nUSER nobody\n',
    },
    {
      bad: 'FROM scratch\nCOPY x $DIR/x\nUSER 1000\n',
      good: 'FROM scratch\nARG DIR=/srv\nCOPY x $DIR/x\nUSER 1000\n',
      byHand: true,
    },
    { bad: 'ARG V=1\nFROM scratch\nLABEL v=$V\n', good: 'ARG V=1\nFROM scratch\nARG V\nLABEL v=$V w=${X:-none}\n', byHand: true },
  ],
  replaces: ['UndefinedVar'],
  links: ['https://docs.docker.com/reference/build-checks/undefined-var/'],
  fixes: 'unsafe',
  *check(dockerfile) {
    const globals = dockerfile.stages[0]?.from.before.variables
    for (const step of dockerfile.steps) {
      if (!step.stage || step.instruction.name === 'FROM') continue
      for (const word of expandingWords(step)) {
        if (!word.raw.includes('$')) continue
        const exact = word.span.end - word.span.start === word.raw.length
        for (const variable of variablesOf(lex(word.raw, dockerfile.tree.escape).parts)) {
          const { name, modifier } = variable
          if (!/^[A-Za-z_]\w*$/.test(name) || step.before.variables.get(name) || predefined.has(name) || common.has(name))
            continue
          if (modifier === ':-' || modifier === '-' || modifier === ':+' || modifier === '+') continue
          const known = step.before.variables.names()
          const meant = nearest(name, known)
          const isGlobal = globals?.get(name) !== undefined && !platformArguments.has(name)
          // An image may bring variables of its own: then only a likely slip, or an ARG that was declared before FROM, is worth a word.
          const certain = step.stage.root.kind === 'scratch' || isGlobal || platformArguments.has(name)
          if (!certain && (meant === undefined || meant.length < 4 || common.has(meant))) continue
          const at = exact ? { start: word.span.start + variable.start, end: word.span.start + variable.end } : word.span
          const nameStart = at.start + (variable.braces ? 2 : 1)
          const hint =
            isGlobal || platformArguments.has(name)
              ? `; a stage sees it only after its own \`ARG ${name}\``
              : meant === undefined
                ? ''
                : `; did you mean \`${meant}\`?`
          yield {
            at,
            message: `\`${name}\` is not defined here${hint}`,
            fix:
              !isGlobal && !platformArguments.has(name) && meant !== undefined && exact
                ? fixBy(
                    'unsafe',
                    `Write \`${meant}\`, if that is what was meant`,
                    replaceAt(dockerfile, { start: nameStart, end: nameStart + name.length }, meant),
                  )
                : { title: `Declare it in this stage: ARG ${name}`, safety: 'manual', edits: [] },
          }
        }
      }
    }
  },
})

/** The words in which BuildKit expands variables. https://docs.docker.com/reference/dockerfile/#environment-replacement */
const expandingWords = (step: Step): readonly Word[] => {
  const { instruction } = step
  const flags = flagWords(instruction)
  switch (instruction.name) {
    case 'ENV':
    case 'LABEL':
      return instruction.pairs.flatMap(({ value }) => (value ? [value] : []))
    case 'ARG':
      return instruction.pairs.flatMap(({ value }) => (value ? [value] : []))
    case 'COPY':
    case 'ADD':
      return [...flags, ...instruction.words.filter(({ raw }) => !raw.startsWith('<<'))]
    case 'EXPOSE':
    case 'VOLUME':
      return instruction.words
    case 'USER':
    case 'WORKDIR':
    case 'STOPSIGNAL':
      return [{ raw: instruction.argument.text, span: instruction.argumentSpan }]
    default:
      return []
  }
}

const flagWords = (instruction: Instruction): readonly Word[] =>
  instruction.flags.flatMap(({ name, value, valueSpan }) =>
    value !== undefined && valueSpan && (name === 'chown' || name === 'chmod') ? [{ raw: value, span: valueSpan }] : [],
  )
