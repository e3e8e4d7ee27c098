import type { Report } from '../../../model/rule.ts'
import { advise } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  hardening: 'cpu',
  summary: 'A container may use all processors of its host',
  why: 'A program in an endless loop, or a miner that somebody put there, takes every processor and slows down all neighbours. A limit caps it. It has a price: a limited program waits even while the host is idle, so that many leave it out on purpose.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n',
      good: 'services:\n  web:\n    image: web:1\n    cpus: 1.5\n',
      byHand: true,
    },
  ],
  replaces: ['CIS 5.12', 'check_5_12', 'KSV-0011', 'CKV_K8S_11', 'unset-cpu-requirements', 'kubesec LimitsCPU', 'C-0270'],
  links: ['https://docs.docker.com/engine/containers/resource_constraints/#cpu'],
  fixes: 'manual',
  *check(container): Iterable<Report> {
    const { cpus, role } = container
    if (role === 'ephemeral' || (cpus.value === undefined ? cpus.at : cpus.value > 0)) return
    yield {
      at: cpus.at ?? container.at,
      message: 'there is no limit for the processors',
      ...advise('Set about twice of what it uses at its busiest'),
    }
  },
})
