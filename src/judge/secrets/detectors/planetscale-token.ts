import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'PlanetScale service token',
  why: 'With its id it does what it was given: makes branches and passwords, and so reads and changes databases.',
  revoke: 'Delete it under Settings → Service tokens of the organisation, or: pscale service-token delete ID.',
  link: 'https://planetscale.com/docs/api/service-tokens',
  keywords: ['pscale_tkn_'],
  pattern: /\bpscale_tkn_[A-Za-z0-9_.-]{32,64}(?![A-Za-z0-9_-])/g,
  prefix: /^pscale_tkn_/,
  samples: {
    real: () => [`pscale_tkn_${sampleText(43)}`, `pscale_tkn_${sampleText(43, undefined, 2)}`],
    not: () => ['pscale_tkn_xxxx', 'pscale_tkn_your-service-token'],
  },
} satisfies Detector
