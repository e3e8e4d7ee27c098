import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Contentful personal access token',
  why: 'It reads and changes all content that its owner can.',
  revoke: 'Revoke it at https://app.contentful.com/account/profile/cma_tokens.',
  link: 'https://www.contentful.com/help/token-management/personal-access-tokens/',
  keywords: ['cfpat-'],
  pattern: /\bCFPAT-[A-Za-z0-9_-]{43}(?![\w-])/g,
  prefix: /^CFPAT-/,
  isReal: looksRandom,
  samples: {
    real: () => [`CFPAT-${sampleText(43)}`, `CFPAT-${sampleText(43, undefined, 2)}`],
    not: () => ['CFPAT-your-token', `CFPAT-${sampleText(30)}`],
  },
} satisfies Detector
