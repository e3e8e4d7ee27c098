import { advice, imageRule, inConfig } from '../../image-rule.ts'
import { effectiveUser } from '../../image-user.ts'

export default imageRule({
  on: 'image',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'A port below 1024 is exposed, and the user is not root',
  why: 'Linux lets only root listen on ports below 1024, unless the container’s network says otherwise. Docker does so since 20.10, and containerd since 2.0. Elsewhere the service fails at its start, and the quick repair is to run it as root.',
  examples: [
    {
      bad: '{ "config": { "user": "1000", "exposedPorts": ["80/tcp"], "healthcheck": ["CMD", "/app", "ok"] } }',
      good: '{ "config": { "user": "1000", "exposedPorts": ["8080/tcp"], "healthcheck": ["CMD", "/app", "ok"] } }',
    },
  ],
  replaces: ['CIS 5.8', 'check_5_8'],
  links: ['https://docs.kernel.org/networking/ip-sysctl.html'],
  fixes: 'manual',
  *check(facts) {
    const { config, census } = facts
    if (!config || effectiveUser(facts)?.kind !== 'other') return
    const low = config.exposedPorts.filter(port => /^\d{1,5}/.test(port) && Number.parseInt(port, 10) < 1024)
    if (low.length === 0) return
    // A program with the capability may.
    const start = census.start?.path
    if (census.capable.items.some(({ path, capabilities }) => path === start && capabilities.includes('cap_net_bind_service')))
      return
    yield {
      at: inConfig('exposedPorts'),
      message: `${low
        .slice(0, 5)
        .map(port => `\`${port}\``)
        .join(', ')} ${low.length === 1 ? 'is' : 'are'} exposed, and the user \`${config.user}\` may not listen below 1024`,
      fix: advice('Listen on a port from 1024 on (8080, 8443), and map it outside: docker run -p 80:8080'),
    }
  },
})
