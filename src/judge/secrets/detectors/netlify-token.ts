import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Netlify personal access token',
  why: 'It deploys to your sites, and reads and changes their settings and secrets.',
  revoke: 'Delete it at https://app.netlify.com/user/applications#personal-access-tokens.',
  link: 'https://docs.netlify.com/api/get-started/#authentication',
  keywords: ['nfp_'],
  pattern: /\bnfp_[A-Za-z0-9]{36}\b/g,
  prefix: /^nfp_/,
  samples: {
    real: () => [`nfp_${sampleText(36)}`, `NETLIFY_AUTH_TOKEN=nfp_${sampleText(36, undefined, 2)}`],
    not: () => ['nfp_net_app', `nfp_${sampleText(20)}`],
  },
} satisfies Detector
