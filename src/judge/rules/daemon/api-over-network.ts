import type { Report } from '../../../model/rule.ts'
import { answerAt, daemonRule, isDocker, optionAt, optionOf, patch } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'critical',
  since: '0.1.0',
  profile: 'default',
  summary: 'The API of the engine is open on the network',
  why: 'Whoever reaches the port starts a privileged container with the disk of the host in it: that is root, in one request. Scanners find port 2375 within hours, and mining software is there soon after. TLS has to check the certificate of the client as well: tlsverify.',
  examples: [
    {
      bad: '{"daemon.json": {"hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2375"]}}',
      good: '{"daemon.json": {"hosts": ["unix:///var/run/docker.sock"]}}',
      byHand: true,
    },
    {
      bad: '{"daemon.json": {"hosts": ["tcp://0.0.0.0:2376"], "tls": true}}',
      good: '{"daemon.json": {"hosts": ["tcp://0.0.0.0:2376"], "tlsverify": true, "tlscacert": "/etc/docker/ca.pem"}}',
      byHand: true,
    },
    {
      bad: '{"info": {"Warnings": ["WARNING: API is accessible on http://0.0.0.0:2375 without encryption.\\n         Access to the remote API is equivalent to root access on the host."]}}',
      good: '{"info": {"Warnings": []}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 2.7', 'check_2_7'],
  links: ['https://docs.docker.com/engine/security/protect-access/'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    if (!isDocker(daemon)) return
    const hosts = optionOf(daemon, 'hosts')
    const open = (Array.isArray(hosts) ? hosts : []).filter(
      (host): host is string => typeof host === 'string' && /^(?:tcp:\/\/|:?\d)/.test(host),
    )
    const isVerified = optionOf(daemon, 'tlsverify') === true
    const addresses = isVerified ? [] : open.length > 0 ? open : daemon.openAddresses
    for (const address of addresses) {
      const isLocal = /\/\/(?:localhost|127\.[\d.]+|\[::1\])(?::|$)/.test(address)
      yield {
        at: open.length > 0 ? optionAt(daemon, 'hosts') : answerAt('Warnings'),
        // Every process of the host, containers on its network and pages in a browser reach it still.
        ...(isLocal ? { severity: 'high' as const } : {}),
        message: `whoever reaches \`${address}\` commands the engine: no certificate is asked for`,
        ...patch(
          {
            tlsverify: true,
            tlscacert: '/etc/docker/ca.pem',
            tlscert: '/etc/docker/server-cert.pem',
            tlskey: '/etc/docker/server-key.pem',
          },
          'or delete the address, and reach the engine by ssh: docker -H ssh://USER@HOST',
        ),
      }
    }
  },
})
