import { fixBy, insertAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { isAnswered, isConfigured, isEditable, requestsTo } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'apt-get asks a question that nobody answers',
  why: 'A build has no keyboard. As soon as the request needs one package more than it names, apt-get asks whether to go on, gets no answer, and the build stops: today perhaps not, but on the day a security update brings a new dependency.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get update && apt-get install curl\nUSER app\n',
      good: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\nUSER app\n',
    },
    {
      bad: 'FROM debian:12\nRUN ["apt-get", "install", "curl"]\n',
      good: 'FROM debian:12\nRUN ["apt-get", "install", "curl", "-y"]\n',
      byHand: true,
    },
    {
      bad: 'FROM debian:12\nRUN apt-get -q install curl\n',
      good: 'FROM debian:12\nRUN apt-get -q -y install curl && apt-get install curl -fmy && apt-get -qq install a\n',
      byHand: true,
    },
  ],
  replaces: ['DL3014', 'DS-0021', 'apt_get_missing_flags_to_avoid_manual_input', 'missing-assume-yes-switch'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const at of requestsTo(dockerfile, 'apt')) {
      const { request, command, step } = at
      // aptitude and apt-cache are not meant; without packages there is nothing to ask, but for upgrades and removals of what is not needed.
      if (request.assumesYes || !request.verb || !['install', 'remove', 'upgrade'].includes(request.action)) continue
      if (command.name !== 'apt-get' && command.name !== 'apt') continue
      if (
        command.options.some(({ name }) =>
          [
            '-s',
            '--simulate',
            '--dry-run',
            '--no-act',
            '--just-print',
            '--recon',
            '--print-uris',
            '--assume-no',
            '--download-only',
            '-d',
          ].includes(name),
        )
      )
        continue
      if (isAnswered(at) || isConfigured(step.stage, 'APT::Get::Assume-Yes')) continue
      yield {
        at: { start: command.nameWord!.span.start, end: request.verb.span.end },
        message: `\`${request.program} ${request.verb.text}\` without \`-y\` waits for an answer`,
        fix: isEditable(at)
          ? fixBy('safe', 'Add -y', insertAt(dockerfile, request.verb.span.end, ' -y'))
          : { title: 'Add -y', safety: 'manual', edits: [] },
      }
    }
  },
})
