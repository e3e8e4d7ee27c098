import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'NVIDIA API key',
  why: 'It runs models on the bill of the account, and pulls its private images from NGC.',
  revoke: 'Delete it at https://org.ngc.nvidia.com/setup/api-keys.',
  link: 'https://docs.nvidia.com/ngc/latest/ngc-user-guide.html',
  keywords: ['nvapi-'],
  pattern: /\bnvapi-[A-Za-z0-9_-]{60,70}(?![\w-])/g,
  prefix: /^nvapi-/,
  isReal: looksRandom,
  samples: {
    real: () => [`nvapi-${sampleText(64)}`, `nvapi-${sampleText(64, undefined, 2)}`],
    not: () => ['nvapi-your-key', `nvapi-${sampleText(40)}`],
  },
} satisfies Detector
