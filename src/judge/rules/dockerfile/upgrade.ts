import { dockerfileRule } from '../../dockerfile-rule.ts'
import { requestsTo } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  summary: 'All packages of the base image are upgraded',
  why: 'An upgrade closes known holes until the base image has them closed too, but only when the layer is built anew: from the cache it upgrades nothing. The result depends on the day, doubles the size of what it replaces, and hides that the base image is old. A newer base, pinned by digest, does the same in the open.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get update && apt-get upgrade -y\n',
      good: 'FROM debian:12.8\nRUN apt-get update\n',
      byHand: true,
    },
    { bad: 'FROM fedora:41\nRUN dnf update -y\n', good: 'FROM fedora:41\nRUN dnf update -y openssl\n', byHand: true },
  ],
  replaces: [
    'DS-0024',
    'DL3005',
    'DL3017',
    'DL3031',
    'DL3035',
    'DL3039',
    'avoid-apt-get-upgrade',
    'avoid-apk-upgrade',
    'avoid-dnf-update',
    'avoid-yum-update',
    'avoid-zypper-update',
    'DKL-DI-0003',
  ],
  links: ['https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { request, command } of requestsTo(dockerfile, 'apt', 'apk', 'dnf', 'yum', 'microdnf', 'tdnf', 'zypper')) {
      // `yum update openssl` closes one hole on purpose.
      if (request.action !== 'upgrade' || !request.verb || request.packages.length > 0) continue
      yield {
        at: { start: command.nameWord!.span.start, end: request.verb.span.end },
        message: `\`${request.program} ${request.verb.text}\` gives another image every day, or nothing new when it comes from the cache`,
        fix: { title: 'Take a newer base image, pinned by digest, and rebuild on a schedule', safety: 'manual', edits: [] },
      }
    }
  },
})
