import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'PostHog personal API key',
  why: 'It reads what was recorded of your users, and changes flags and projects.',
  revoke: 'Delete it under Settings → Personal API keys.',
  link: 'https://posthog.com/docs/api',
  keywords: ['phx_'],
  pattern: /\bphx_[A-Za-z0-9]{40,50}\b/g,
  prefix: /^phx_/,
  isReal: looksRandom,
  samples: {
    real: () => [`phx_${sampleText(43)}`, `phx_${sampleText(47, undefined, 2)}`],
    not: () => [`phc_${sampleText(43)}`, 'phx_your_key'],
  },
} satisfies Detector
