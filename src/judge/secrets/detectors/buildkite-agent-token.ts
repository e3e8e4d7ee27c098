import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Buildkite agent token',
  why: 'Whoever has it adds an agent of their own, and is handed jobs with their source code and secrets.',
  revoke: 'Revoke it under Agents → the cluster → Agent Tokens at https://buildkite.com.',
  link: 'https://buildkite.com/docs/platform/security/tokens',
  keywords: ['bkct_', 'bkar_', 'bkaa_'],
  pattern: /\bbk(?:ct|ar|aa)_[A-Za-z0-9_-]{60,90}(?![A-Za-z0-9_-])/g,
  prefix: /^bk[a-z]{2}_/,
  samples: {
    real: () => [`bkct_${sampleText(73)}`, `BUILDKITE_AGENT_TOKEN=bkar_${sampleText(73, undefined, 2)}`],
    not: () => ['bkct_token', `bkar_${sampleText(40)}`],
  },
} satisfies Detector
