import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Typeform personal access token',
  why: 'It reads what people entered into the forms of its owner, and changes them.',
  revoke: 'Delete it at https://admin.typeform.com/user/tokens.',
  link: 'https://www.typeform.com/developers/get-started/personal-access-token/',
  keywords: ['tfp_'],
  pattern: /\btfp_[A-Za-z0-9_-]{40,70}(?![\w-])/g,
  prefix: /^tfp_/,
  isReal: looksRandom,
  samples: {
    real: () => [`tfp_${sampleText(44)}_${sampleText(14, undefined, 2)}`, `tfp_${sampleText(44, undefined, 3)}`],
    not: () => ['tfp_your_token', `tfp_${sampleText(20)}`],
  },
} satisfies Detector
