import { advice, imageRule, inConfig } from '../../image-rule.ts'

export default imageRule({
  on: 'image',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'The image exposes ports, and nothing asks whether the service answers',
  why: 'Without HEALTHCHECK the engine only knows whether the process exists. A service that hangs, or that an attacker keeps busy, stays in rotation and is never restarted. Kubernetes has probes of its own and ignores this one; Docker, Compose and Swarm have nothing else.',
  examples: [
    {
      bad: '{ "config": { "exposedPorts": ["8080/tcp"] } }',
      good: '{ "config": { "exposedPorts": ["8080/tcp"], "healthcheck": ["CMD", "/app", "--healthy"] } }',
    },
  ],
  replaces: ['CIS-DI-0006', 'CIS 4.6', 'check_4_6'],
  links: ['https://docs.docker.com/reference/dockerfile/#healthcheck'],
  fixes: 'manual',
  *check({ config }) {
    if (!config || config.exposedPorts.length === 0) return
    const { healthcheck } = config
    if (healthcheck && healthcheck.length > 0 && healthcheck[0] !== 'NONE') return
    yield {
      at: inConfig('healthcheck'),
      message: `port ${config.exposedPorts
        .slice(0, 3)
        .map(port => `\`${port}\``)
        .join(
          ', ',
        )} is exposed, and ${healthcheck?.[0] === 'NONE' ? 'the health check is switched off' : 'there is no health check'}`,
      fix: advice('Add HEALTHCHECK with a program that asks the service, or probes where Kubernetes runs it'),
    }
  },
})
