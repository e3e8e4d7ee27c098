import { hasOption, optionValue } from '../../../read/shell/queries.ts'
import { fixBy, insertAt, runCommands } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { isEditable } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'useradd with a high uid makes the image huge',
  why: 'useradd writes a login record at the place that the uid says: with a uid of a billion /var/log/faillog and lastlog become files of many gigabytes with holes, which the layer stores in full. Builds and pulls fill the disk of every node: a denial of service by accident.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN useradd -u 1000000 app\nUSER app\n',
      good: 'FROM debian:12\nRUN useradd -l -u 1000000 app\nUSER app\n',
    },
  ],
  replaces: ['DL3046', 'use_recommended_flags_with_useradd'],
  links: ['https://github.com/golang/go/issues/13548'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const at of runCommands(dockerfile, 'useradd')) {
      const uid = optionValue(at.command, '-u', '--uid')
      if (uid === undefined || !/^\d{6,}$/.test(uid) || hasOption(at.command, '-l', '--no-log-init')) continue
      const name = at.command.nameWord!
      yield {
        at: name.span,
        message: `\`useradd\` with uid ${uid} writes a huge login record`,
        fix: isEditable(at)
          ? fixBy('safe', 'Add -l', insertAt(dockerfile, name.span.end, ' -l'))
          : { title: 'Add -l', safety: 'manual', edits: [] },
      }
    }
  },
})
