import type { Report } from '../../../model/rule.ts'
import { isLinux, mend } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'Programs can be started from a tmpfs',
  why: 'A tmpfs is where a program may write, and so where an attacker puts theirs. Engines mount it with noexec, nosuid and nodev, so that what is downloaded there cannot be started; exec, suid or dev takes that away again.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    tmpfs:\n      - /tmp:exec,size=64m\n',
      good: 'services:\n  web:\n    image: web:1\n    tmpfs:\n      - /tmp:size=64m\n',
    },
    { bad: 'docker run --tmpfs /tmp:suid web:1', good: 'docker run --tmpfs /tmp web:1' },
  ],
  replaces: ['CL-0022'],
  links: ['https://docs.docker.com/engine/storage/tmpfs/'],
  fixes: 'safe',
  *check(container): Iterable<Report> {
    if (!isLinux(container)) return
    for (const { type, target, options, at } of container.mounts) {
      if (type !== 'tmpfs') continue
      // The last one of a pair counts, as in mount(8).
      const open = ['exec', 'suid', 'dev'].filter(option => options.lastIndexOf(option) > options.lastIndexOf(`no${option}`))
      if (open.length === 0) continue
      yield {
        at,
        message: `\`${target}\` is a tmpfs with \`${open.join(',')}\``,
        ...mend(
          // s6-overlay starts what it writes there: https://github.com/just-containers/s6-overlay#read-only-root-filesystem
          /^(?:\/var)?\/run$/.test(target) ? 'unsafe' : 'safe',
          `Delete ${open.join(' and ')}, which brings back the engine’s ${open.map(option => `no${option}`).join(', ')}; some programs, such as s6-overlay in /run, do start what they write there`,
          { do: 'change', what: 'tmpfs', at },
        ),
      }
    }
  },
})
