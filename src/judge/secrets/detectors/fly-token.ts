import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Fly.io access token',
  why: 'It deploys to the applications of an organisation, opens shells on their machines, and reads their secrets.',
  revoke: 'Run fly tokens revoke ID, or revoke it at https://fly.io/dashboard under Tokens.',
  link: 'https://fly.io/docs/security/tokens/',
  keywords: ['fm2_', 'fm1r_', 'fm1a_'],
  // Macaroons in base 64, several of them with commas between: https://github.com/superfly/macaroon
  pattern: /\bfm(?:2|1r|1a)_[A-Za-z0-9+/]{100,1000}={0,2}(?:,fm(?:2|1r|1a)_[A-Za-z0-9+/]{50,1000}={0,2}){0,4}/g,
  prefix: /^fm\d[ar]?_/,
  reach: { before: 64, after: 6000 },
  samples: {
    real: () => [`FlyV1 fm2_${sampleText(300)}==,fm2_${sampleText(120, undefined, 2)}`, `fm1r_${sampleText(200, undefined, 3)}=`],
    not: () => ['fm2_lJPE', 'fm2_radio_driver_init'],
  },
} satisfies Detector
