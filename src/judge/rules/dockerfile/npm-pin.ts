import { dockerfileRule } from '../../dockerfile-rule.ts'
import { requestsTo } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'npm, yarn, pnpm or bun installs a package without naming its version',
  why: 'The newest version is whatever was published last. Stolen maintainer tokens have put worms into packages with millions of downloads; their install scripts run during your build, with its credentials. A version (better: a lock file) lets a poisoned release pass by.',
  examples: [
    {
      bad: 'FROM node:22-slim\nRUN npm install -g typescript\nUSER node\n',
      good: 'FROM node:22-slim\nRUN npm install -g typescript@5.7.2\nUSER node\n',
      byHand: true,
    },
    {
      bad: 'FROM node:22-slim\nRUN yarn global add @angular/cli\n',
      good: 'FROM node:22-slim\nRUN yarn global add @angular/cli@19.0.0 && npm i ./x.tgz git+https://example.org/x.git#v1 && npm ci\n',
      byHand: true,
    },
    { bad: 'FROM node:22-slim\nRUN npm i -g npm@latest\n', good: 'FROM node:22-slim\nRUN npm i -g npm@11\n', byHand: true },
  ],
  replaces: ['DL3016', 'npm_install_without_pinned_version'],
  links: ['https://docs.npmjs.com/cli/commands/npm-install'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { request } of requestsTo(dockerfile, 'npm', 'yarn', 'pnpm', 'bun')) {
      if (request.action !== 'install') continue
      for (const { word, name, version, kind } of request.packages) {
        if (kind !== 'name' || !word.literal || (version !== undefined && version !== 'latest' && version !== 'next')) continue
        yield {
          at: word.span,
          message:
            version === undefined
              ? `\`${name}\` is installed in whatever version is newest`
              : `\`${word.text}\` is whatever version its owner calls ${version}`,
          fix: { title: `Name the version: ${name}@…`, safety: 'manual', edits: [] },
        }
      }
    }
  },
})
