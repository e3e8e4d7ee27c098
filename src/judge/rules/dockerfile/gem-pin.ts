import { dockerfileRule } from '../../dockerfile-rule.ts'
import { requestsTo } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'gem installs a package without naming its version',
  why: 'The newest version is whatever was pushed last. When a maintainer account is taken over, the poisoned gem is in your next build, and its extension code runs during the build. A version lets it pass by.',
  examples: [
    {
      bad: 'FROM ruby:3.3\nRUN gem install bundler\nUSER app\n',
      good: 'FROM ruby:3.3\nRUN gem install bundler:2.5.23 && gem install rake -v 13.2.1 && gem install ./x.gem\nUSER app\n',
      byHand: true,
    },
  ],
  replaces: ['DL3028', 'gem_install_without_version'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { request } of requestsTo(dockerfile, 'gem')) {
      if (request.action !== 'install') continue
      for (const { word, name, version, kind } of request.packages) {
        if (kind !== 'name' || version !== undefined || !word.literal) continue
        yield {
          at: word.span,
          message: `\`${name}\` is installed in whatever version is newest`,
          fix: { title: `Name the version: ${name}:…`, safety: 'manual', edits: [] },
        }
      }
    }
  },
})
