import type { Report } from '../../../model/rule.ts'
import { advice, answerAt, daemonRule, isDocker } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'Containers run without a filter of system calls',
  why: 'The default profile keeps containers from some fifty calls of the kernel, in which most of its bugs were: user namespaces, keyrings, kernel modules, BPF. An engine whose default is none, or that cannot filter, leaves all of that to every container.',
  examples: [
    {
      bad: '{"info": {"SecurityOptions": ["name=seccomp,profile=unconfined"]}}',
      good: '{"info": {"SecurityOptions": ["name=seccomp,profile=builtin"]}}',
      byHand: true,
    },
    {
      bad: '{"info": {"SecurityOptions": ["name=apparmor"]}}',
      good: '{"info": {"SecurityOptions": ["name=apparmor", "name=seccomp,profile=default"]}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 2.17', 'check_2_17'],
  links: ['https://docs.docker.com/engine/security/seccomp/'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    const { security } = daemon
    if (!isDocker(daemon) || !security || (security.seccomp !== undefined && security.seccomp !== 'unconfined')) return
    yield {
      at: answerAt('SecurityOptions'),
      message:
        security.seccomp === undefined
          ? 'the engine filters no system calls: it says nothing of seccomp'
          : 'the default profile of the engine is `unconfined`: no system call is filtered',
      ...advice(
        security.seccomp === undefined
          ? 'Use a kernel with CONFIG_SECCOMP_FILTER, and an engine that was built with it'
          : 'Take seccomp-profile out of daemon.json, or name a profile there, and restart the engine',
      ),
    }
  },
})
