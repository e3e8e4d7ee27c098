import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Netlify access token',
  why: 'It deploys to the sites of its owner, and reads and changes their settings and secrets.',
  revoke:
    'Delete it at https://app.netlify.com/user/applications#personal-access-tokens; that of the CLI ends with netlify logout.',
  link: 'https://answers.netlify.com/t/change-to-the-netlify-authentication-token-format/106146',
  keywords: ['nfp_', 'nfc_', 'nfu_'],
  // Made by a person, by the CLI, by the web application; 40 characters.
  pattern: /\bnf[pcu]_[A-Za-z0-9]{36}\b/g,
  prefix: /^nf[a-z]_/,
  samples: {
    real: () => [`nfp_${sampleText(36)}`, `NETLIFY_AUTH_TOKEN=nfc_${sampleText(36, undefined, 2)}`],
    not: () => ['nfp_net_app', `nfp_${sampleText(20)}`],
  },
} satisfies Detector
