import { lex, variablesOf } from '../../../read/dockerfile/lex.ts'
import { fixBy, lineEnd, replaceAt, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'ENV uses a variable that the same ENV sets',
  why: 'All values of one ENV see the variables as they were before it. `ENV HOME_DIR=/srv PATH=$HOME_DIR/bin:$PATH` puts `/bin` in front of PATH: programs are then found in a folder that nobody meant, where somebody else may put his own.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nENV A=/srv B=$A/bin\nUSER nobody\n',
      good: 'FROM alpine:3.20\nENV A=/srv\nENV B=$A/bin\nUSER nobody\n',
    },
    {
      bad: 'FROM alpine:3.20\nENV X=1 Y=${X}2\n',
      good: 'FROM alpine:3.20\nENV X=1\nENV Y=${X}2\nENV PATH=/x:$PATH XY=$XYZ\n',
      byHand: true,
    },
  ],
  replaces: ['DL3044', 'env_no_refer_envvar'],
  links: ['https://docs.docker.com/reference/dockerfile/#environment-replacement'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'ENV')) {
      const { pairs, keyword, innerComments } = step.instruction
      // The value that it had before may be exactly what is meant.
      const set = new Map(pairs.map(({ key, value }) => [key, value?.raw]))
      const offenders = pairs.filter(({ key, value }) =>
        value === undefined
          ? false
          : [...variablesOf(lex(value.raw, dockerfile.tree.escape).parts)].some(
              ({ name }) => name !== key && set.has(name) && !step.before.variables.get(name),
            ),
      )
      for (const offender of offenders) {
        const text = dockerfile.tree.text
        const splittable = !step.onbuild && innerComments.length === 0 && offenders[0] === offender && pairs.indexOf(offender) > 0
        const gap = splittable ? pairs[pairs.indexOf(offender) - 1]!.span.end : 0
        yield {
          at: offender.span,
          message: `\`${offender.key}\` uses a variable of the same ENV, which is still empty here`,
          fix:
            splittable && !/\S/.test(text.slice(gap, offender.span.start).replaceAll(dockerfile.tree.escape, ''))
              ? fixBy(
                  'unsafe',
                  'Set it in an ENV of its own; the variable then has its new value there',
                  replaceAt(dockerfile, { start: gap, end: offender.span.start }, `${lineEnd(dockerfile)}${keyword.raw} `),
                )
              : { title: 'Set it in an ENV of its own after this one', safety: 'manual', edits: [] },
        }
      }
    }
  },
})
