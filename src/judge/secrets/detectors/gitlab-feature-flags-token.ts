import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'GitLab feature flags client token',
  why: 'It reads the feature flags of the project: what is planned, and for whom it is switched on.',
  revoke: 'Regenerate the instance ID under Deploy → Feature flags → Configure.',
  link: 'https://docs.gitlab.com/operations/feature_flags/',
  keywords: ['glffct-'],
  pattern: /\bglffct-[A-Za-z0-9_-]{20,64}/g,
  prefix: /^glffct-/,
  samples: {
    real: () => [`glffct-${sampleText(20)}`, `instanceId: 'glffct-${sampleText(20, undefined, 2)}'`],
    not: () => ['glffct-token', 'glffct-your-token-goes-here'],
  },
} satisfies Detector
