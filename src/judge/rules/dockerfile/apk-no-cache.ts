import { packageRequest } from '../../../read/shell/packages.ts'
import { hasOption } from '../../../read/shell/queries.ts'
import { fixBy, insertAt, isMountedAway, runCommands } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'apk add leaves its package index in the layer',
  why: 'Without --no-cache, apk writes the repository index into the layer. It makes every pull larger, and tells an attacker inside the container exactly which packages there are to install.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nRUN apk add curl\nUSER nobody\n',
      good: 'FROM alpine:3.20\nRUN apk add --no-cache curl\nUSER nobody\n',
    },
  ],
  replaces: ['DL3019', 'DS-0025', 'DKL-DI-0004', 'apk_add_using_local_cache_path', 'missing-apk-no-cache'],
  links: ['https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const { step, command } of runCommands(dockerfile, 'apk')) {
      const request = packageRequest(command)
      if (request?.action !== 'install' || hasOption(command, '--no-cache')) continue
      if (isMountedAway(step, '/var/cache/apk') || isMountedAway(step, '/etc/apk/cache')) continue
      const verb = command.operands[0]
      if (!verb) continue
      yield {
        at: verb.span,
        message: '`apk add` without `--no-cache` keeps the package index in the layer',
        fix: fixBy('safe', 'Add --no-cache', insertAt(dockerfile, verb.span.end, ' --no-cache')),
      }
    }
  },
})
