import { fixBy, runCommands } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { removeOption } from '../../remove-option.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'wget does not check certificates',
  why: 'Without the check anybody between the build machine and the server can hand out another file, and it becomes part of your image. What the build then runs is theirs.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nRUN wget --no-check-certificate https://example.org/a\nUSER nobody\n',
      good: 'FROM alpine:3.20\nRUN wget https://example.org/a\nUSER nobody\n',
    },
  ],
  replaces: ['CKV2_DOCKER_3'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const at of runCommands(dockerfile, 'wget')) {
      const option = at.command.options.find(({ name }) => name === '--no-check-certificate')
      if (!option) continue
      const edit = removeOption(dockerfile, at, option)
      yield {
        at: option.span,
        message: '`--no-check-certificate` accepts every certificate',
        fix: edit
          ? fixBy(
              'unsafe',
              'Remove it; the download fails when the certificate is not good, so install ca-certificates or your company’s own',
              edit,
            )
          : { title: 'Remove it, and install the certificates that are missing', safety: 'manual', edits: [] },
      }
    }
  },
})
