import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Netlify build token',
  why: 'While the build runs, it deploys to the site.',
  revoke: 'It ends with the build: cancel that at https://app.netlify.com, and see what it deployed.',
  link: 'https://answers.netlify.com/t/change-to-the-netlify-authentication-token-format/106146',
  keywords: ['nfb_'],
  pattern: /\bnfb_[A-Za-z0-9]{36}\b/g,
  prefix: /^nfb_/,
  samples: {
    real: () => [`nfb_${sampleText(36)}`, `nfb_${sampleText(36, undefined, 2)}`],
    not: () => ['nfb_token', `nfb_${sampleText(20)}`],
  },
} satisfies Detector
