import { dockerfileRule } from '../../dockerfile-rule.ts'
import { requestsTo } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  summary: 'apk installs a package without naming its version',
  why: 'Two builds of the same file can hold different versions. `~` pins a minor version and still takes its security updates: `curl~8.11`. An exact pin breaks as soon as Alpine replaces the package, since old versions are not kept.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nRUN apk add --no-cache curl\n',
      good: 'FROM alpine:3.20\nRUN apk add --no-cache -t .deps curl~8.11 git=2.45.2-r0 ./x.apk\n',
      byHand: true,
    },
  ],
  replaces: ['DL3018', 'unpinned_package_version_in_apk_add'],
  links: ['https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { request } of requestsTo(dockerfile, 'apk')) {
      if (request.action !== 'install') continue
      for (const { word, name, version, kind } of request.packages) {
        if (kind !== 'name' || version !== undefined || !word.literal) continue
        yield {
          at: word.span,
          message: `\`${name}\` is installed in whatever version is newest`,
          fix: { title: `Name the version: ${name}~…`, safety: 'manual', edits: [] },
        }
      }
    }
  },
})
