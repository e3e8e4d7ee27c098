import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Linode (Akamai) API token',
  why: 'It makes, reads and deletes machines, volumes and clusters, on the bill of the account.',
  revoke: 'Revoke it at https://cloud.linode.com/profile/tokens.',
  link: 'https://techdocs.akamai.com/cloud-computing/docs/manage-personal-access-tokens',
  keywords: ['linode'],
  pattern: assigned('linode(?:[._-]?cli)?[._-]?(?:api[._-]?|access[._-]?)?(?:token|key)', '[0-9a-f]{64}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`LINODE_TOKEN=${sampleText(64, hex)}`, `linode_cli_token: ${sampleText(64, hex, 2)}`],
    not: () => ['LINODE_TOKEN=your-token', `LINODE_TOKEN=${sampleText(40, hex)}`],
  },
} satisfies Detector
