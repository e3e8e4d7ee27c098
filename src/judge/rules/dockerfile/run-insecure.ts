import { fixBy, flagNamed, removeAt, stepsNamed, withBlanksBefore } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'A build step runs without the sandbox',
  why: '`RUN --security=insecure` gives the step all capabilities and the devices of the build machine, like `docker run --privileged`. A poisoned package or script in it does not stay in the image: it takes the build machine, with the secrets of every other project that is built there.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN --security=insecure make test\nUSER app\n',
      good: 'FROM debian:12\nRUN make test\nUSER app\n',
    },
    {
      bad: 'FROM debian:12\nRUN --network=host make\nUSER app\n',
      good: 'FROM debian:12\nRUN --network=none make\nUSER app\n',
      byHand: true,
    },
  ],
  links: ['https://docs.docker.com/reference/dockerfile/#run---security'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'RUN')) {
      const security = flagNamed(step, 'security')
      if (security?.value?.toLowerCase() === 'insecure') {
        yield {
          at: security.span,
          message: '`--security=insecure` runs this step with all privileges on the build machine',
          fix: fixBy(
            'unsafe',
            'Remove it; the step fails if it really needs the privileges',
            removeAt(dockerfile, withBlanksBefore(dockerfile, security.span)),
          ),
        }
      }
      const network = flagNamed(step, 'network')
      if (network?.value?.toLowerCase() === 'host') {
        yield {
          at: network.span,
          severity: 'medium',
          message:
            '`--network=host` lets this step talk to everything that listens on the build machine, its loopback services included',
          fix: { title: 'Remove it, or use `--network=none` for steps that download nothing', safety: 'manual', edits: [] },
        }
      }
    }
  },
})
