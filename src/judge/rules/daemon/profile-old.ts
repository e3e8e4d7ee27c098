import type { Report } from '../../../model/rule.ts'
import { advice, answerAt, daemonRule, isDocker } from '../../daemon-rule.ts'
import { isOlder } from '../../engine-versions.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'The default profile of an old engine leaves io_uring open',
  why: 'The seccomp profile is a part of the engine, and gets stricter with its versions. Before 25.0 it let every container use io_uring, a part of the kernel in which flaw after flaw gave root; Android and ChromeOS switched it off. An update of the engine closes it for all containers.',
  examples: [{ bad: '{"info": {"ServerVersion": "24.0.9"}}', good: '{"info": {"ServerVersion": "25.0.0"}}', byHand: true }],
  links: ['https://docs.docker.com/engine/release-notes/25.0/'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    if (!isDocker(daemon) || daemon.engine === undefined || !isOlder(daemon.engine, '25.0.0')) return
    const profile = daemon.security?.seccomp
    // A profile of somebody's own is not the engine's.
    if (daemon.security && profile !== 'default' && profile !== 'builtin') return
    yield {
      at: answerAt('ServerVersion'),
      message: `the engine is ${daemon.engine}: its default profile allows io_uring`,
      ...advice('Update the engine to 25.0 or later, or set kernel.io_uring_disabled=2 by sysctl (Linux 6.6 and later)'),
    }
  },
})
