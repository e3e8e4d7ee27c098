import { hasOption } from '../../../read/shell/queries.ts'
import { fixBy, insertAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { isConfigured, isEditable, requestsTo } from '../../package-queries.ts'

/** Programs that check certificates; Debian's packages of them only recommend ca-certificates. */
const verifying = new Set([
  'curl',
  'wget',
  'git',
  'git-core',
  'libcurl4',
  'openssl',
  'aria2',
  'lynx',
  'python3-pip',
  'python3-requests',
])

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'apt-get also installs what is only recommended',
  why: 'Recommended packages are what a desktop may like: documentation tools, compilers, mail servers. Every one is more to download, more to patch, and one more tool for an attacker who got in.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get update && apt-get install -y nginx\nUSER app\n',
      good: 'FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends nginx\nUSER app\n',
    },
    {
      bad: 'FROM debian:12\nRUN apt-get install -y curl jq\n',
      good: 'FROM debian:12\nRUN apt-get install -y --no-install-recommends curl jq ca-certificates\n',
    },
    {
      bad: 'FROM debian:12\nRUN apt-get install -y tini\n',
      good: 'FROM debian:12\nRUN apt-get install -y -o APT::Install-Recommends=false tini\n',
      byHand: true,
    },
  ],
  replaces: ['DL3015', 'DS-0029', 'apt_get_not_avoiding_additional_packages', 'missing-no-install-recommends'],
  links: ['https://docs.docker.com/build/building/best-practices/#apt-get'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const at of requestsTo(dockerfile, 'apt')) {
      const { request, command, step } = at
      if (request.action !== 'install' || !request.verb || request.verb.text === 'build-dep') continue
      if (!['apt-get', 'apt', 'aptitude'].includes(command.name)) continue
      if (hasOption(command, '--no-install-recommends', '--without-recommends', '-R', '--install-recommends')) continue
      if (
        command.options.some(
          ({ name, value }) => (name === '-o' || name === '--option') && /^APT::Install-Recommends=/i.test(value ?? ''),
        )
      )
        continue
      if (isConfigured(step.stage, 'APT::Install-Recommends')) continue
      const packages = request.packages.filter(({ kind }) => kind === 'name' || kind === 'variable' || kind === 'file')
      if (packages.length === 0) continue
      const last = packages.at(-1)!.word
      const needsCertificates = packages.some(({ name }) => verifying.has(name)) && !isConfigured(step.stage, 'ca-certificates')
      const option = request.verb.span.end + (hasYesNext(dockerfile.tree.text, request.verb.span.end) ? 3 : 0)
      const edits = [
        insertAt(dockerfile, option, command.name === 'aptitude' ? ' --without-recommends' : ' --no-install-recommends'),
      ]
      if (needsCertificates) edits.push(insertAt(dockerfile, last.span.end, ' ca-certificates'))
      yield {
        at: { start: command.nameWord!.span.start, end: request.verb.span.end },
        message: `\`${request.program} install\` without \`--no-install-recommends\` brings packages that nobody asked for`,
        fix: isEditable(at)
          ? fixBy(
              'unsafe',
              needsCertificates
                ? 'Add --no-install-recommends, and ca-certificates, which was among the recommended; something else that you use may have been too'
                : 'Add --no-install-recommends; something that you use may have been among the recommended packages',
              ...edits,
            )
          : { title: 'Add --no-install-recommends', safety: 'manual', edits: [] },
      }
    }
  },
})

/** Keeps `install -y` together: ` -y` follows directly. */
const hasYesNext = (text: string, at: number): boolean => /^ -y(?=\s)/.test(text.slice(at, at + 4))
