import { fixBy, runCommands } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { removeOption } from '../../remove-option.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'curl does not check certificates',
  why: 'With -k anybody between the build machine and the server, in a café, a company proxy or a hijacked network, can hand out another file, and it becomes part of your image. What the build then runs is theirs.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nRUN curl -k -o a https://example.org/a\nUSER nobody\n',
      good: 'FROM alpine:3.20\nRUN curl -o a https://example.org/a\nUSER nobody\n',
    },
    {
      bad: 'FROM alpine:3.20\nRUN curl -fsSLko a https://example.org/a\n',
      good: 'FROM alpine:3.20\nRUN curl -fsSLo a https://example.org/a\n',
    },
    {
      bad: 'FROM alpine:3.20\nRUN curl https://example.org/a --insecure\n',
      good: 'FROM alpine:3.20\nRUN curl https://example.org/a\n',
    },
  ],
  replaces: ['CKV2_DOCKER_2'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const at of runCommands(dockerfile, 'curl')) {
      const option = at.command.options.find(({ name }) => name === '-k' || name === '--insecure' || name === '--proxy-insecure')
      if (!option) continue
      const edit = removeOption(dockerfile, at, option)
      yield {
        at: option.span,
        message: `\`${option.name}\` accepts every certificate`,
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
