import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Netlify OAuth access token',
  why: 'It does for an application what a person granted: deploys to their sites, and reads and changes their settings.',
  revoke: 'Revoke the application at https://app.netlify.com/user/applications.',
  link: 'https://answers.netlify.com/t/change-to-the-netlify-authentication-token-format/106146',
  keywords: ['nfo_'],
  pattern: /\bnfo_[A-Za-z0-9]{36}\b/g,
  prefix: /^nfo_/,
  samples: {
    real: () => [`nfo_${sampleText(36)}`, `nfo_${sampleText(36, undefined, 2)}`],
    not: () => ['nfo_file', `nfo_${sampleText(20)}`],
  },
} satisfies Detector
