import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Square application secret',
  why: 'It gets access tokens in the name of the application, for every shop that trusts it.',
  revoke: 'Replace it on the OAuth page of the application at https://developer.squareup.com/apps.',
  link: 'https://developer.squareup.com/docs/build-basics/access-tokens',
  keywords: ['sq0csp-'],
  pattern: /\bsq0csp-[A-Za-z0-9_-]{43}(?![\w-])/g,
  prefix: /^sq0csp-/,
  isReal: looksRandom,
  samples: {
    real: () => [`sq0csp-${sampleText(43)}`, `sq0csp-${sampleText(43, undefined, 2)}`],
    not: () => ['sq0csp-your-secret', `sq0csp-${sampleText(30)}`],
  },
} satisfies Detector
