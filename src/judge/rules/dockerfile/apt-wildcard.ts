import { dockerfileRule } from '../../dockerfile-rule.ts'
import { requestsTo } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'apt-get is given a pattern instead of a package',
  why: 'apt-get reads `*` and other signs in a name as a pattern, and installs everything that matches, also what somebody adds to a repository later. One published package with a fitting name, and it is in your image.',
  examples: [
    {
      bad: "FROM debian:12\nRUN apt-get install -y 'php8.2-*'\nUSER app\n",
      good: 'FROM debian:12\nRUN apt-get install -y php8.2-fpm php8.2-xml g++\nUSER app\n',
      byHand: true,
    },
  ],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { request } of requestsTo(dockerfile, 'apt')) {
      if (request.action !== 'install') continue
      for (const { word, kind } of request.packages) {
        if (kind === 'file' || kind === 'path' || kind === 'variable' || !word.text.split('=', 1)[0]!.includes('*')) continue
        yield {
          at: word.span,
          message: `\`${word.text}\` installs everything that matches`,
          fix: { title: 'Name the packages', safety: 'manual', edits: [] },
        }
      }
    }
  },
})
