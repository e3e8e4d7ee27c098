import type { Report } from '../../../model/rule.ts'
import { advise, isBefore } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'all',
  summary: 'A container is on the network that everything shares',
  why: 'On docker0, and on the one default network of a Compose project, every container reaches every port of the others. Whoever breaks into the web server talks to the database, the cache and the admin page directly. Networks of their own, internal ones for what needs no internet, cost two lines.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n  db:\n    image: db:1\n',
      good: 'services:\n  web:\n    image: web:1\n    networks:\n      - front\n  db:\n    image: db:1\n    networks:\n      - back\nnetworks:\n  front:\n  back:\n    internal: true\n',
      byHand: true,
    },
    { bad: 'docker run web:1', good: 'docker run --network front web:1', byHand: true },
  ],
  replaces: ['CIS 2.2', 'CIS 5.30', 'check_5_30'],
  links: ['https://docs.docker.com/engine/network/drivers/bridge/'],
  fixes: 'manual',
  *check(container, _, { neighbours }): Iterable<Report> {
    const { form, network, networks } = container
    if (
      form === 'kubernetes' ||
      (network.value !== 'default' && network.value !== 'bridge') ||
      networks.some(({ value }) => value !== 'default')
    )
      return
    // A service alone in its project has the default network to itself.
    const others = neighbours.filter(one => one !== container && one.network.value === 'default')
    if (form === 'compose' && (others.length === 0 || others.some(({ at }) => isBefore(at, container.at)))) return
    yield {
      at: network.at ?? container.at,
      message:
        form === 'compose'
          ? 'every service of the project reaches every port of the others'
          : 'the container is on the engine’s default bridge, together with all others that were not given a network',
      ...advise('Give it a network of its own with those that it talks to; internal: true where it needs no internet'),
    }
  },
})
