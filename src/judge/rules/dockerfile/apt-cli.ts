import { fixBy, replaceAt, runCommands } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { isEditable } from '../../package-queries.ts'

/** Verbs that apt and apt-get share, with the same meaning. */
const shared = new Set([
  'install',
  'reinstall',
  'remove',
  'purge',
  'autoremove',
  'autopurge',
  'update',
  'upgrade',
  'dist-upgrade',
  'clean',
  'autoclean',
  'source',
  'build-dep',
  'download',
  'satisfy',
])
/** Verbs that apt-cache has under the same name, with another output. */
const cached = new Set(['show', 'search', 'policy', 'depends', 'rdepends', 'showsrc'])

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'apt is used where apt-get belongs',
  why: 'apt is made for people at a terminal. Its options and its output may change between releases, and it says so itself on every use. A build that depends on it can break, or skip what it should install, after an update of the base image.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt install -y curl\nUSER app\n',
      good: 'FROM debian:12\nRUN apt-get install -y curl\nUSER app\n',
    },
    { bad: 'FROM debian:12\nRUN apt search curl\nUSER app\n', good: 'FROM debian:12\nRUN apt-cache search curl\nUSER app\n' },
    {
      bad: 'FROM debian:12\nRUN apt list --installed\nUSER app\n',
      good: 'FROM debian:12\nRUN dpkg-query --list && rm -rf /etc/apt\nUSER app\n',
      byHand: true,
    },
  ],
  replaces: ['DL3027', 'CKV_DOCKER_9', 'run_using_apt', 'prefer-apt-get'],
  links: ['https://manpages.debian.org/bookworm/apt/apt.8.en.html#SCRIPT_USAGE_AND_DIFFERENCES_FROM_OTHER_APT_TOOLS'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const at of runCommands(dockerfile, 'apt')) {
      const name = at.command.nameWord
      if (!name) continue
      const verb = at.command.operands[0]?.text ?? ''
      const editable = isEditable(at) && name.raw === 'apt'
      yield {
        at: name.span,
        message: '`apt` is for people; scripts use `apt-get` or `apt-cache`, whose options are stable',
        fix: !editable
          ? { title: 'Use apt-get', safety: 'manual', edits: [] }
          : shared.has(verb)
            ? fixBy('safe', 'Use apt-get', replaceAt(dockerfile, name.span, 'apt-get'))
            : cached.has(verb)
              ? fixBy('unsafe', 'Use apt-cache, whose output differs a little', replaceAt(dockerfile, name.span, 'apt-cache'))
              : { title: 'Use apt-get, apt-cache or dpkg-query', safety: 'manual', edits: [] },
      }
    }
  },
})
