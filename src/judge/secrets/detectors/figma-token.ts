import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Figma personal access token',
  why: 'It reads the designs of its owner, and writes comments.',
  revoke: 'Revoke it in the settings of the account, under Security.',
  link: 'https://developers.figma.com/docs/rest-api/authentication/',
  keywords: ['figd_'],
  pattern: /\bfigd_[A-Za-z0-9_-]{38,46}(?![\w-])/g,
  prefix: /^figd_/,
  isReal: looksRandom,
  samples: {
    real: () => [`figd_${sampleText(40)}`, `figd_${sampleText(43, undefined, 2)}`],
    not: () => ['figd_your_token', `figd_${sampleText(20)}`],
  },
} satisfies Detector
