import type { Report } from '../../../model/rule.ts'
import { advice, answerAt, daemonRule, isDocker } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'A registry is spoken to without a certificate that is checked',
  why: 'Whoever is on the way between the engine and such a registry sees the credentials, and may answer with images of their own: what is run then is theirs. A registry inside of a company needs a certificate as well; its authority goes into /etc/docker/certs.d.',
  examples: [
    {
      bad: '{"info": {"RegistryConfig": {"InsecureRegistryCIDRs": ["127.0.0.0/8"], "IndexConfigs": {"registry.example.com:5000": {"Secure": false}}}}}',
      good: '{"info": {"RegistryConfig": {"InsecureRegistryCIDRs": ["127.0.0.0/8"], "IndexConfigs": {"registry.example.com": {"Secure": true}}}}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 2.5', 'check_2_5'],
  links: [
    'https://docs.docker.com/reference/cli/dockerd/#insecure-registries',
    'https://docs.docker.com/engine/security/certificates/',
  ],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    if (!isDocker(daemon)) return
    for (const registry of daemon.insecureRegistries ?? [])
      yield {
        at: answerAt(`RegistryConfig ${registry}`),
        message: `images of \`${registry}\` may come from anybody on the way: its certificate is not checked`,
        ...advice(
          `Take \`${registry}\` out of insecure-registries in daemon.json, and put its authority into /etc/docker/certs.d/${registry}/ca.crt`,
        ),
      }
  },
})
