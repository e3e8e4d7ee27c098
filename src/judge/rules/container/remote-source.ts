import type { Report } from '../../../model/rule.ts'
import { advise } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'A service is made of a file from another place',
  why: 'A Compose file that is fetched from a git repository or a registry says what is mounted and how privileged it runs. Who can push there decides that for everybody who starts the project, at the next start, and no review of this repository shows it.',
  examples: [
    {
      bad: 'include:\n  - https://github.com/example/stack.git\nservices:\n  web:\n    image: web:1\n',
      good: 'include:\n  - https://github.com/example/stack.git#0123456789abcdef0123456789abcdef01234567\nservices:\n  web:\n    image: web:1\n',
      byHand: true,
    },
  ],
  links: ['https://docs.docker.com/compose/how-tos/multiple-compose-files/include/'],
  fixes: 'manual',
  *check(container): Iterable<Report> {
    for (const { value, at } of container.remoteSources) {
      // A commit or a digest says which content it was.
      if (/(?:#|@|ref=)(?:[0-9a-f]{40}|sha256:[0-9a-f]{64})\b/.test(value)) continue
      yield {
        at: at ?? container.at,
        message: `\`${value}\` decides what runs here, and whoever can change it does`,
        ...advise('Copy the file into this repository, or name the commit or the digest'),
      }
    }
  },
})
