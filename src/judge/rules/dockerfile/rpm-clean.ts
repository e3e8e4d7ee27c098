import type { Command } from '../../../read/shell/script.ts'
import { fixBy, isMountedAway, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { requestsOf, runAfter } from '../../package-queries.ts'

const managers = ['dnf', 'yum', 'microdnf', 'tdnf', 'zypper'] as const

/** Where each keeps what it downloaded. */
const caches: Readonly<Record<(typeof managers)[number], readonly string[]>> = {
  dnf: ['/var/cache/dnf', '/var/cache/libdnf5'],
  yum: ['/var/cache/yum', '/var/cache/dnf'],
  microdnf: ['/var/cache/yum', '/var/cache/dnf', '/var/cache/libdnf5'],
  tdnf: ['/var/cache/tdnf'],
  zypper: ['/var/cache/zypp'],
}

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'The cache of yum, dnf or zypper stays in the layer',
  why: 'The metadata of the repositories stays in the layer for good when it is not removed in the same RUN. Every pull is larger, and a later step may install from metadata that is months old, without the security updates that came since.',
  examples: [
    {
      bad: 'FROM rockylinux:9\nRUN dnf install -y httpd\nUSER app\n',
      good: 'FROM rockylinux:9\nRUN dnf install -y httpd && dnf clean all\nUSER app\n',
    },
    {
      bad: 'FROM opensuse/leap:15.6\nRUN zypper -n in nginx\nUSER app\n',
      good: 'FROM opensuse/leap:15.6\nRUN zypper -n in nginx && zypper clean --all\nUSER app\n',
    },
    {
      bad: 'FROM rockylinux:9\nRUN yum clean all && yum install -y x\nUSER app\n',
      good: 'FROM rockylinux:9\nRUN yum clean all && yum install -y x && yum clean all\nUSER app\n',
    },
    {
      bad: 'FROM rockylinux:9\nRUN dnf install -y x && dnf clean metadata\n',
      good: 'FROM rockylinux:9\nRUN dnf install -y x && rm -rf /var/cache/dnf/*\n',
      byHand: true,
    },
  ],
  replaces: [
    'DL3032',
    'DL3040',
    'DL3036',
    'DS-0015',
    'DS-0019',
    'DS-0027',
    'DS-0020',
    'yum_clean_all_missing',
    'missing_dnf_clean_all',
    'missing_zypper_clean',
    'missing-dnf-clean-all',
    'missing-zypper-clean',
    'remove-package-cache',
  ],
  fixes: 'safe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'RUN')) {
      const requests = requestsOf(step, ...managers)
      const last = requests.findLast(({ request }) => request.action === 'install' || request.action === 'upgrade')
      if (!last) continue
      const manager = last.request.manager as (typeof managers)[number]
      const folders = caches[manager]
      if (folders.some(folder => isMountedAway(step, folder)) || isMountedAway(step, '/var/cache')) continue
      const commands = step.scripts.flatMap(script => script.commands)
      if (commands.slice(commands.indexOf(last.command) + 1).some(command => cleans(command, folders))) continue
      const clean = manager === 'zypper' ? 'zypper clean --all' : `${last.request.program} clean all`
      const edit = last.command.wrappers.length > 0 ? undefined : runAfter(dockerfile, last, clean)
      yield {
        at: { start: last.command.nameWord!.span.start, end: last.request.verb?.span.end ?? last.command.span.end },
        message: `\`${last.request.program} ${last.request.verb?.text ?? ''}\` leaves its cache in this layer`,
        fix: edit
          ? fixBy('safe', `Run \`${clean}\` in the same RUN`, edit)
          : { title: `Run \`${clean}\` after it in the same RUN`, safety: 'manual', edits: [] },
      }
    }
  },
})

const cleans = (command: Command, folders: readonly string[]): boolean => {
  if (/^(?:dnf5?|yum|microdnf|tdnf)$/.test(command.name)) {
    // `clean metadata` or `clean packages` leave the rest.
    return command.operands[0]?.text === 'clean' && command.operands.slice(1).some(({ text }) => text === 'all')
  }
  if (command.name === 'zypper') return /^(?:clean|cc)$/.test(command.operands[0]?.text ?? '')
  if (command.name !== 'rm') return false
  return command.operands.some(
    ({ text }) =>
      folders.some(folder => text === folder || text.startsWith(`${folder}/`) || text === `${folder}*`) ||
      /^\/var\/cache(?:\/\*?)?$/.test(text) ||
      /^\/var\/cache\/(?:yum|dnf|\{[^}]*\}).*/.test(text),
  )
}
