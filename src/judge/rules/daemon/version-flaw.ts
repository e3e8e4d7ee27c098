import type { Report } from '../../../model/rule.ts'
import { advice, answerAt, daemonRule, hostFactsOf } from '../../daemon-rule.ts'
import { engineFlaws, isRepackaged } from '../../engine-versions.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'What runs the containers has a known way out',
  why: 'Some flaws of runc, containerd and the engine let a container that is set up perfectly reach its host: nothing that a container says closes them, only an update does. Images and working folders that strangers choose are enough for several of them.',
  examples: [
    {
      bad: '{"version": {"Components": [{"Name": "runc", "Version": "1.1.11"}]}}',
      good: '{"version": {"Components": [{"Name": "runc", "Version": "1.3.3"}]}}',
      byHand: true,
    },
    {
      bad: '{"info": {"ServerVersion": "25.0.5", "Plugins": {"Authorization": ["opa"]}}}',
      good: '{"info": {"ServerVersion": "25.0.5", "Plugins": {"Authorization": []}}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 1.2.2', 'check_1_2_2'],
  links: [
    'https://github.com/opencontainers/runc/security/advisories',
    'https://github.com/containerd/containerd/security/advisories',
    'https://github.com/moby/moby/security/advisories',
  ],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    const authorizes = (daemon.authorizationPlugins ?? []).length > 0
    for (const { program, version, flaw } of engineFlaws(hostFactsOf(daemon), authorizes)) {
      const mayBeMended = isRepackaged(version)
      yield {
        at: answerAt(`${program} ${flaw.id}`),
        ...(mayBeMended ? { severity: 'medium' as const } : {}),
        message: `${program} ${version} has ${flaw.id}${mayBeMended ? ', unless its distributor mended it' : ''}: when ${flaw.when}, an attacker ${flaw.gets}`,
        ...advice(
          mayBeMended
            ? `Ask the distributor’s tracker for ${flaw.id}, and update ${program}`
            : `Update ${program} to ${flaw.fixed.join(' or ')}, or later`,
        ),
      }
    }
  },
})
