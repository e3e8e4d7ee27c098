import { fixBy, replaceAt, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'MAINTAINER is deprecated',
  why: 'When an image turns out to be vulnerable, somebody has to find who can rebuild it. Tools read the label org.opencontainers.image.authors for that; MAINTAINER is a field that they no longer look at.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nMAINTAINER Ann <ann@example.org>\nUSER nobody\n',
      good: 'FROM alpine:3.20\nLABEL org.opencontainers.image.authors="Ann <ann@example.org>"\nUSER nobody\n',
    },
    {
      bad: 'FROM alpine:3.20\nMAINTAINER "Ann"\nUSER nobody\n',
      good: 'FROM alpine:3.20\nLABEL org.opencontainers.image.authors="Ann"\nUSER nobody\n',
    },
  ],
  replaces: [
    'DL4000',
    'MaintainerDeprecated',
    'DS-0022',
    'CKV_DOCKER_6',
    'maintainer_instruction_being_used',
    'maintainer-is-deprecated',
  ],
  links: ['https://docs.docker.com/reference/build-checks/maintainer-deprecated/'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'MAINTAINER')) {
      const { keyword, argument, argumentSpan } = step.instruction
      const name = argument.text.replace(/^(["'])(.*)\1$/, '$2')
      const { escape } = dockerfile.tree
      // In double quotes LABEL expands variables and reads escapes; MAINTAINER does neither.
      const value = name
        .replace(/["$]/g, sign => escape + sign)
        .replaceAll(escape === '\\' ? /\\(?!["$])/g : /`(?!["$])/g, escape + escape)
      yield {
        at: keyword.span,
        message: '`MAINTAINER` is deprecated',
        fix:
          step.onbuild || name === '' || step.instruction.innerComments.length > 0
            ? { title: 'Use LABEL org.opencontainers.image.authors', safety: 'manual', edits: [] }
            : fixBy(
                'unsafe',
                'Use the label; the author field of the image is then empty',
                replaceAt(
                  dockerfile,
                  { start: keyword.span.start, end: argumentSpan.end },
                  `${keyword.raw === 'maintainer' ? 'label' : 'LABEL'} org.opencontainers.image.authors="${value}"`,
                ),
              ),
      }
    }
  },
})
