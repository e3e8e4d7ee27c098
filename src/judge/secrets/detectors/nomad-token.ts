import { assigned, looksRandom, sampleUuid, uuid } from '../assigned.ts'
import type { Detector } from '../detector.ts'

export default {
  name: 'HashiCorp Nomad ACL token',
  why: 'It runs programs on the machines of the cluster, as far as its policies allow, and a management token everything.',
  revoke: 'Delete it: nomad acl token delete ACCESSOR.',
  link: 'https://developer.hashicorp.com/nomad/docs/secure/acl/tokens',
  keywords: ['nomad'],
  pattern: assigned('nomad[_-]token', uuid),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`NOMAD_TOKEN=${sampleUuid(1)}`, `X-Nomad-Token: ${sampleUuid(2)}`],
    not: () => ['NOMAD_TOKEN=xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx', `NOMAD_ALLOC_ID=${sampleUuid(1)}`],
  },
} satisfies Detector
