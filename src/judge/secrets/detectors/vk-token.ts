import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'VK access token',
  why: 'It acts as the person or community in the network, as its scopes say.',
  revoke: 'End the session in the settings of the account, under Security.',
  link: 'https://dev.vk.com/en/api/access-token/getting-started',
  keywords: ['vk1.a.'],
  pattern: /\bvk1\.a\.[A-Za-z0-9_-]{150,260}(?![\w-])/g,
  prefix: /^vk1\.a\./,
  isReal: looksRandom,
  samples: {
    real: () => [`vk1.a.${sampleText(198)}`, `vk1.a.${sampleText(216, undefined, 2)}`],
    not: () => ['vk1.a.your-token', `vk1.a.${sampleText(60)}`],
  },
} satisfies Detector
