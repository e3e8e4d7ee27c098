import { fixBy, replaceAt, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'DEBIAN_FRONTEND stays set in the image',
  why: 'It is meant for the build: no questions from debconf. Set by ENV it also holds in every container and every image built on this one, where people then wonder why a package takes defaults without asking, among them security settings that should have been a decision.',
  examples: [
    {
      bad: 'FROM debian:12\nENV DEBIAN_FRONTEND=noninteractive\nUSER app\n',
      good: 'FROM debian:12\nARG DEBIAN_FRONTEND=noninteractive\nUSER app\n',
    },
    {
      bad: 'FROM debian:12\nENV DEBIAN_FRONTEND noninteractive\nUSER app\n',
      good: 'FROM debian:12\nARG DEBIAN_FRONTEND=noninteractive\nUSER app\n',
    },
  ],
  links: ['https://docs.docker.com/engine/faq/'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'ENV')) {
      const pair = step.instruction.pairs.find(({ key }) => key === 'DEBIAN_FRONTEND')
      // Set to nothing, or back to `dialog`, at the end: that is the repair.
      if (
        !pair?.value ||
        /^["']*(?:newt|dialog|readline|teletype)?["']*$/i.test(pair.value.raw) ||
        step.stage?.end.variables.get('DEBIAN_FRONTEND')?.at !== step.instruction
      )
        continue
      const alone = step.instruction.pairs.length === 1 && !step.onbuild
      yield {
        at: pair.span,
        message: '`DEBIAN_FRONTEND` set by ENV also holds in the running container',
        fix: alone
          ? fixBy(
              'unsafe',
              'Set it by ARG, which ends with the build',
              replaceAt(
                dockerfile,
                { start: step.instruction.keyword.span.start, end: pair.span.end },
                `ARG DEBIAN_FRONTEND=${pair.value.raw}`,
              ),
            )
          : { title: 'Set it by ARG, which ends with the build', safety: 'manual', edits: [] },
      }
    }
  },
})
