import { nearest } from '../../../model/nearest.ts'
import { lex, variablesOf } from '../../../read/dockerfile/lex.ts'
import { platformArguments } from '../../../read/dockerfile/variables.ts'
import { fixBy, replaceAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'FROM uses a variable that no ARG before it declares',
  why: 'FROM sees only ARGs that stand before the first FROM. An undeclared one is empty, so the build stops, or worse: `node:22${SUFFIX}` silently becomes another image than the author tested, without the hardening that the suffix stood for.',
  examples: [
    { bad: 'ARG VERSION=22\nFROM node:${VERSON}\nUSER node\n', good: 'ARG VERSION=22\nFROM node:${VERSION}\nUSER node\n' },
    {
      bad: 'FROM node:22${VARIANT}\nARG VARIANT\nUSER node\n',
      good: 'ARG VARIANT=-slim\nFROM --platform=$BUILDPLATFORM node:22${VARIANT:-x}\nUSER node\n',
      byHand: true,
    },
  ],
  replaces: ['UndefinedArgInFrom'],
  links: ['https://docs.docker.com/reference/build-checks/undefined-arg-in-from/'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const { from, baseWord } of dockerfile.stages) {
      const flags = from.instruction.flags.filter(
        flag => flag.name === 'platform' && flag.value !== undefined && flag.valueSpan !== undefined,
      )
      const words = [...flags.map(flag => ({ raw: flag.value!, span: flag.valueSpan! })), ...(baseWord ? [baseWord] : [])]
      for (const word of words) {
        const exact = word.span.end - word.span.start === word.raw.length
        for (const variable of variablesOf(lex(word.raw, dockerfile.tree.escape).parts)) {
          const { name } = variable
          // `${x:-default}` says what to take when it is not there.
          if (
            name === '' ||
            from.before.variables.get(name) ||
            platformArguments.has(name) ||
            variable.modifier === ':-' ||
            variable.modifier === '-'
          )
            continue
          const declared = from.before.variables.names().filter(other => !platformArguments.has(other))
          const meant = nearest(name, [...declared, ...platformArguments])
          const at = exact ? { start: word.span.start + variable.start, end: word.span.start + variable.end } : word.span
          const nameStart = at.start + (variable.braces ? 2 : 1)
          yield {
            at,
            message: `\`${name}\` is not declared by an ARG before the first FROM${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`,
            fix:
              meant !== undefined && exact
                ? fixBy(
                    'unsafe',
                    `Write \`${meant}\`, if that is what was meant`,
                    replaceAt(dockerfile, { start: nameStart, end: nameStart + name.length }, meant),
                  )
                : { title: `Declare it before the first FROM: ARG ${name}=…`, safety: 'manual', edits: [] },
          }
        }
      }
    }
  },
})
