import { optionValue } from '../../../read/shell/queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { requestsTo } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  summary: 'apt-get installs a package without naming its version',
  why: 'Two builds of the same file can hold different versions. Pins make them equal, at a price: Debian keeps only the newest version, so a pin breaks the build with the next security update, and an old pin keeps a known hole open. A base image pinned by digest with a snapshot mirror gives both.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get install -y curl\n',
      good: 'FROM debian:12\nRUN apt-get install -y curl=7.88.1-10+deb12u8 ./local.deb git/bookworm-backports\n',
      byHand: true,
    },
  ],
  replaces: ['DL3008', 'apt_get_install_pin_version_not_defined'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { request, command } of requestsTo(dockerfile, 'apt')) {
      if (request.action !== 'install' || optionValue(command, '-t', '--target-release', '--default-release') !== undefined)
        continue
      for (const { word, name, version, kind } of request.packages) {
        if (kind !== 'name' || version !== undefined || word.text.includes('/') || !word.literal) continue
        yield {
          at: word.span,
          message: `\`${name}\` is installed in whatever version is newest`,
          fix: { title: `Name the version: ${name}=…`, safety: 'manual', edits: [] },
        }
      }
    }
  },
})
