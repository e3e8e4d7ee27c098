import { dockerfileRule } from '../../dockerfile-rule.ts'
import { requestsTo } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  summary: 'yum, dnf or zypper installs a package without naming its version',
  why: 'Two builds of the same file can hold different versions, and nobody can say afterwards which. A pin makes them equal, but keeps a known hole open until somebody moves it: pin only together with a bot that raises the pins.',
  examples: [
    {
      bad: 'FROM rockylinux:9\nRUN dnf install -y httpd\n',
      good: 'FROM rockylinux:9\nRUN dnf install -y httpd-2.4.57-11 @web ./x.rpm\n',
      byHand: true,
    },
  ],
  replaces: [
    'DL3033',
    'DL3041',
    'DL3037',
    'yum_install_without_version',
    'missing_version_specification_in_dnf_install',
    'zypper_install_without_version',
  ],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { request } of requestsTo(dockerfile, 'dnf', 'yum', 'microdnf', 'tdnf', 'zypper')) {
      if (request.action !== 'install') continue
      for (const { word, name, version, kind } of request.packages) {
        if (kind !== 'name' || version !== undefined || !word.literal) continue
        yield {
          at: word.span,
          message: `\`${name}\` is installed in whatever version is newest`,
          fix: { title: `Name the version: ${name}-…`, safety: 'manual', edits: [] },
        }
      }
    }
  },
})
