import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Buildkite package registry token',
  why: 'It reads the private packages of the registry, and some of them publish: everyone who installs those runs what the finder wrote.',
  revoke: 'Delete it under Package Registries → the registry → Tokens at https://buildkite.com.',
  link: 'https://buildkite.com/docs/platform/security/tokens',
  keywords: ['bkpt_'],
  pattern: /\bbkpt_[A-Za-z0-9_.-]{120,400}/g,
  prefix: /^bkpt_/,
  samples: {
    real: () => [`bkpt_${sampleText(195)}`, `bkpt_${sampleText(150)}.${sampleText(43, undefined, 2)}`],
    not: () => ['bkpt_token', `bkpt_${sampleText(60)}`],
  },
} satisfies Detector
