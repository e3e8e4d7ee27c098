import { assigned, looksRandom, sampleUuid, uuid } from '../assigned.ts'
import type { Detector } from '../detector.ts'

export default {
  name: 'HashiCorp Consul ACL token',
  why: 'It reads and changes the services and keys that its policies allow, and a management token all of them.',
  revoke: 'Delete it: consul acl token delete -id ACCESSOR.',
  link: 'https://developer.hashicorp.com/consul/docs/security/acl/tokens',
  keywords: ['consul'],
  pattern: assigned('consul[_-](?:http[_-]|acl[_-]|agent[_-]|master[_-])?token', uuid),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`CONSUL_HTTP_TOKEN=${sampleUuid(1)}`, `X-Consul-Token: ${sampleUuid(2)}`],
    not: () => ['CONSUL_HTTP_TOKEN=00000000-0000-0000-0000-000000000002', 'X-Consul-Token: <token>'],
  },
} satisfies Detector
