import type { Report } from '../../../model/rule.ts'
import { advise, placeOf } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'A container chooses its own control group',
  why: 'The engine’s control group carries the limits that the host’s administrator set for all containers together. A container that is put below another one escapes them, and counts where nobody looks; below system.slice it competes with the host’s own services.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    cgroup_parent: system.slice\n',
      good: 'services:\n  web:\n    image: web:1\n',
      byHand: true,
    },
    { bad: 'docker run --cgroup-parent=/ web:1', good: 'docker run web:1', byHand: true },
  ],
  replaces: ['CIS 5.25', 'check_5_25'],
  links: ['https://docs.docker.com/reference/cli/docker/container/run/#cgroup-parent'],
  fixes: 'manual',
  *check(container): Iterable<Report> {
    const { cgroupParent } = container
    if (cgroupParent.value === undefined || cgroupParent.value === '') return
    yield {
      at: placeOf(cgroupParent, container),
      message: `the container is put below \`${cgroupParent.value}\`, past the limits that hold for the engine`,
      ...advise('Delete it, unless that group was made for this container and has its limits'),
    }
  },
})
