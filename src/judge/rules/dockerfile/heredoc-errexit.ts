import { fixBy, insertAt, lineEnd, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'A heredoc goes on after a command has failed',
  why: 'The lines of a heredoc are a script, and only its last command decides whether the RUN failed. A download, a signature check or a chown that fails in the middle is passed over, and the image ships without it.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN <<EOF\ncurl -fsSLo a https://example.org/a\nchmod 755 a\nEOF\nUSER app\n',
      good: 'FROM debian:12\nRUN <<EOF\nset -e\ncurl -fsSLo a https://example.org/a\nchmod 755 a\nEOF\nUSER app\n',
    },
    {
      bad: 'FROM debian:12\nRUN <<EOF\n#!/bin/bash\na\nb\nEOF\n',
      good: 'FROM debian:12\nRUN <<EOF\n#!/bin/bash -e\na\nb\nEOF\nRUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF\n',
      byHand: true,
    },
  ],
  links: ['https://docs.docker.com/reference/dockerfile/#here-documents'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'RUN')) {
      const [heredoc] = step.instruction.heredocs
      const [script] = step.scripts
      // `RUN <<EOF`: the body itself is the script. In `RUN cmd <<EOF` it is only input.
      if (!heredoc || !script || script.dialect === 'other' || script.span.start !== heredoc.body.start) continue
      if (script.errexit) continue
      const top = script.commands.filter(({ context }) => context.length === 0)
      const statements = new Set(top.map(({ statement }) => statement))
      if (statements.size < 2) continue
      const sets = top.find(({ name }) => name === 'set')
      const [first] = top
      if (sets && /(?:^|\s)-\w*e|-o\s+errexit/.test(sets.args.map(({ text }) => text).join(' '))) continue
      const shebang = /^#!/.test(heredoc.content.trimStart())
      // A script that looks at $? or uses `|| true` lines is written to go on: setting -e would stop it, so that is not certain to be wanted.
      yield {
        at: heredoc.span,
        message: 'this heredoc goes on when one of its commands fails',
        fix:
          first && !shebang
            ? fixBy(
                'unsafe',
                'Begin it with `set -e`; commands whose failure was passed over so far then stop the build',
                insertAt(
                  dockerfile,
                  heredoc.body.start,
                  `${heredoc.chomp ? (/^\t*/.exec(heredoc.content)?.[0] ?? '') : ''}set -e${lineEnd(dockerfile)}`,
                ),
              )
            : { title: 'Add -e to its first line: #!/bin/bash -e', safety: 'manual', edits: [] },
      }
    }
  },
})
