import { fixBy, mountsOf } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { requestsOf, requestsTo, runAfter } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'default',
  summary: 'The download cache of yarn stays in the layer',
  why: 'yarn keeps every archive that it downloaded, for a next time that never comes in an image: often as much again as node_modules itself, in every pull.',
  examples: [
    {
      bad: 'FROM node:22-slim\nRUN yarn install --frozen-lockfile\nUSER node\n',
      good: 'FROM node:22-slim\nRUN yarn install --frozen-lockfile && yarn cache clean\nUSER node\n',
    },
    {
      bad: 'FROM node:22-slim\nRUN yarn cache clean && yarn\n',
      good: 'FROM node:22-slim\nRUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn install\n',
      byHand: true,
    },
  ],
  replaces: ['DL3060', 'run_yarn_clean_after_yarn_install'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const at of requestsTo(dockerfile, 'yarn')) {
      const { request, command, step, script } = at
      // What is left in a builder stage never ships.
      if (request.action !== 'install' || (step.stage?.role !== 'final' && step.stage?.role !== 'inherited')) continue
      if (mountsOf(step).some(({ type, target }) => (type === 'cache' || type === 'tmpfs') && /yarn|\.cache/.test(target ?? '')))
        continue
      const all = requestsOf(at.step, 'yarn')
      const later = all.filter(other => other.command.span.start > command.span.start)
      if (later.some(other => other.request.action === 'install' || other.request.action === 'clean')) continue
      if (
        script.commands.some(
          other =>
            other.name === 'rm' &&
            other.span.start > command.span.start &&
            other.operands.some(({ text }) => /\.cache(?:\/yarn)?/.test(text)),
        )
      )
        continue
      const edit = runAfter(dockerfile, at, 'yarn cache clean')
      yield {
        at: { start: command.nameWord!.span.start, end: request.verb?.span.end ?? command.nameWord!.span.end },
        message: '`yarn` leaves its download cache in this layer',
        fix: edit
          ? fixBy('safe', 'Run `yarn cache clean` in the same RUN', edit)
          : { title: 'Run `yarn cache clean` after it in the same RUN', safety: 'manual', edits: [] },
      }
    }
  },
})
