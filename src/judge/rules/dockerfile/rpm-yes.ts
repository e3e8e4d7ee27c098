import { fixBy, insertAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { isAnswered, isConfigured, isEditable, requestsTo } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'yum, dnf or zypper asks a question that nobody answers',
  why: 'A build has no keyboard. yum and dnf ask before every change, zypper as soon as there is a choice; without an answer they change nothing and the build stops.',
  examples: [
    {
      bad: 'FROM rockylinux:9\nRUN dnf install httpd\nUSER app\n',
      good: 'FROM rockylinux:9\nRUN dnf install -y httpd\nUSER app\n',
    },
    {
      bad: 'FROM opensuse/leap:15.6\nRUN zypper in nginx\nUSER app\n',
      good: 'FROM opensuse/leap:15.6\nRUN zypper --non-interactive in nginx\nUSER app\n',
    },
    { bad: 'FROM rockylinux:9\nRUN yum groupinstall web\n', good: 'FROM rockylinux:9\nRUN yum groupinstall -y web\n' },
  ],
  replaces: [
    'DL3030',
    'DL3038',
    'DL3034',
    'yum_install_allows_manual_input',
    'missing_flag_from_dnf_install',
    'missing_zypper_non_interactive_switch',
    'missing-yum-assume-yes-switch',
    'missing-dnf-assume-yes-switch',
  ],
  fixes: 'safe',
  *check(dockerfile) {
    for (const at of requestsTo(dockerfile, 'dnf', 'yum', 'microdnf', 'tdnf', 'zypper')) {
      const { request, command, step } = at
      if (request.assumesYes || !request.verb || !['install', 'remove', 'upgrade'].includes(request.action) || isAnswered(at))
        continue
      // `assumeyes=1` in yum.conf or dnf.conf, or by --setopt.
      if (
        isConfigured(step.stage, 'assumeyes=') ||
        command.options.some(({ name }) => name === '--assumeno' || name === '--downloadonly')
      )
        continue
      const zypper = request.manager === 'zypper'
      const option = zypper ? '--non-interactive' : '-y'
      const position = zypper ? command.nameWord!.span.end : request.verb.span.end
      yield {
        at: { start: command.nameWord!.span.start, end: request.verb.span.end },
        message: `\`${request.program} ${request.verb.text}\` without \`${option}\` waits for an answer`,
        fix: isEditable(at)
          ? fixBy('safe', `Add ${option}`, insertAt(dockerfile, position, ` ${option}`))
          : { title: `Add ${option}`, safety: 'manual', edits: [] },
      }
    }
  },
})
