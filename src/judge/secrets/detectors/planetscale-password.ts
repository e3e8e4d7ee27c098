import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'PlanetScale database password',
  why: 'Whoever has it and its user name reads and changes the branch of the database.',
  revoke: 'Delete it under Settings → Passwords of the database, or: pscale password delete DATABASE BRANCH ID.',
  link: 'https://planetscale.com/docs/vitess/connecting/connection-strings',
  keywords: ['pscale_pw_'],
  pattern: /\bpscale_pw_[A-Za-z0-9_.-]{32,64}(?![A-Za-z0-9_-])/g,
  prefix: /^pscale_pw_/,
  samples: {
    real: () => [`pscale_pw_${sampleText(43)}`, `pscale_pw_${sampleText(43, undefined, 2)}`],
    not: () => ['pscale_pw_xxxxxxx', 'pscale_pw_<password>'],
  },
} satisfies Detector
