import type { Report } from '../../../model/rule.ts'
import { answerAt, daemonRule, isDocker, optionAt, optionOf, patch } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'low',
  since: '0.1.0',
  profile: 'all',
  summary: 'Logs stay on the host, or are kept without bound',
  why: 'Whoever takes over the host takes over the logs that would tell how. json-file, the default, has no bound either: a container that talks much fills the disk. A central place keeps what was said, and rotation keeps the disk.',
  examples: [
    {
      bad: '{"info": {"LoggingDriver": "json-file"}, "daemon.json": {}}',
      good: '{"info": {"LoggingDriver": "journald"}, "daemon.json": {}}',
      byHand: true,
    },
    {
      bad: '{"info": {"LoggingDriver": "none"}}',
      good: '{"info": {"LoggingDriver": "syslog"}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 2.13', 'check_2_13'],
  links: ['https://docs.docker.com/engine/logging/configure/'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    const driver = daemon.loggingDriver
    if (!isDocker(daemon)) return
    if (driver === 'none') {
      yield {
        at: answerAt('LoggingDriver'),
        severity: 'medium',
        message: 'nothing that containers say is kept: the default driver is `none`',
        ...patch({ 'log-driver': 'local' }),
      }
      return
    }
    if (driver !== 'json-file' && driver !== 'local') return
    const options = optionOf(daemon, 'log-opts')
    const isBounded = driver === 'local' || /max-size/.test(JSON.stringify(options ?? ''))
    yield {
      at: optionAt(daemon, 'log-driver'),
      message:
        isBounded || daemon.options === undefined
          ? `what containers say is kept on this host alone: the driver is \`${driver}\``
          : 'what containers say is kept on this host alone, and without bound: `max-size` is not set',
      ...patch(
        isBounded
          ? { 'log-driver': 'journald' }
          : { 'log-driver': 'json-file', 'log-opts': { 'max-size': '10m', 'max-file': '3' } },
        'and have the logs sent to a place of their own',
      ),
    }
  },
})
