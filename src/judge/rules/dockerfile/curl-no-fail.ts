import { hasOption } from '../../../read/shell/queries.ts'
import { fixBy, insertAt, runCommands } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { isEditable } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'curl takes an error page for the file',
  why: 'Without -f curl ends well when the server answers 404 or 500: the error page is saved as the file, unpacked, or piped into a shell. The build succeeds, and something else than the program ships.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nRUN curl -o a https://example.org/a\nUSER nobody\n',
      good: 'FROM alpine:3.20\nRUN curl -f -o a https://example.org/a\nUSER nobody\n',
    },
    {
      bad: 'FROM alpine:3.20\nRUN curl -sSL https://example.org/a > /a\n',
      good: 'FROM alpine:3.20\nRUN curl -f -sSL https://example.org/a > /a && curl --fail-with-body https://example.org/b && curl -w %{http_code} https://example.org\n',
      byHand: true,
    },
  ],
  links: ['https://curl.se/docs/manpage.html#-f'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const at of runCommands(dockerfile, 'curl')) {
      const { command } = at
      if (
        hasOption(
          command,
          '-f',
          '--fail',
          '--fail-with-body',
          '--fail-early',
          '-I',
          '--head',
          '-w',
          '--write-out',
          '-V',
          '--version',
          '-h',
          '--help',
          '-K',
          '--config',
          '-X',
          '--request',
          '-d',
          '--data',
          '--data-raw',
        )
      )
        continue
      if (command.operands.length === 0 && !hasOption(command, '--url')) continue
      const name = command.nameWord!
      yield {
        at: name.span,
        message: '`curl` without `-f` saves the error page when the download fails',
        fix: isEditable(at)
          ? fixBy(
              'unsafe',
              'Add -f; a download that failed unnoticed so far then stops the build',
              insertAt(dockerfile, name.span.end, ' -f'),
            )
          : { title: 'Add -f', safety: 'manual', edits: [] },
      }
    }
  },
})
