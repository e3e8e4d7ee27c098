import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Plivo auth token',
  why: 'Together with the auth id beside it, it sends messages and makes calls on your bill.',
  revoke: 'Regenerate it in the Plivo console, on the overview page.',
  link: 'https://www.plivo.com/docs/account/api/overview#authentication',
  keywords: ['plivo'],
  pattern: assigned('plivo[_.-]?auth[_.-]?token', '[A-Za-z0-9]{40}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`PLIVO_AUTH_TOKEN=${sampleText(40, undefined, 1)}`, `"plivo-auth-token": "${sampleText(40, undefined, 2)}"`],
    not: () => [
      `PLIVO_AUTH_TOKEN=${sampleText(38)}`,
      `PLIVO_AUTH_TOKEN=${'0'.repeat(4)}…your-key`,
      'PLIVO_AUTH_TOKEN=${PLIVO_AUTH_TOKEN}',
    ],
  },
} satisfies Detector
