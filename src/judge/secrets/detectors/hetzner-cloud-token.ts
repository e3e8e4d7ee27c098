import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Hetzner Cloud API token',
  why: 'It makes, reads and deletes the machines, volumes and networks of a project.',
  revoke: 'Delete it under Security → API tokens of the project at https://console.hetzner.cloud.',
  link: 'https://docs.hetzner.com/cloud/api/getting-started/generating-api-token/',
  keywords: ['hcloud', 'hetzner'],
  pattern: assigned('(?:hcloud|hetzner(?:[._-]?cloud)?)[._-]?(?:api[._-]?)?(?:token|key)', '[A-Za-z0-9]{64}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `HCLOUD_TOKEN=${sampleText(64)}`,
      `- name: HCLOUD_TOKEN\n  value: ${sampleText(64, undefined, 3)}`,
      `hetzner_api_token: "${sampleText(64, undefined, 2)}"`,
    ],
    not: () => ['HCLOUD_TOKEN=${TOKEN}', `HCLOUD_TOKEN=${sampleText(40)}`],
  },
} satisfies Detector
