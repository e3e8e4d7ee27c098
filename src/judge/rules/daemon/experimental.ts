import type { Report } from '../../../model/rule.ts'
import { answerAt, daemonRule, isDocker, patch } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'Features are on that nobody promises to keep safe',
  why: 'What is experimental may change or go with any version, and gets less testing and no promise of security fixes. In production it is code with the rights of root that nobody needs.',
  examples: [
    {
      bad: '{"info": {"ExperimentalBuild": true}}',
      good: '{"info": {"ExperimentalBuild": false}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 2.18', 'check_2_18'],
  links: ['https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    if (!isDocker(daemon) || daemon.experimental !== true) return
    yield {
      at: answerAt('ExperimentalBuild'),
      message: 'experimental features of the engine are on',
      ...patch({ experimental: false }),
    }
  },
})
