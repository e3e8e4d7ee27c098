import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Clerk live secret key',
  why: 'It reads and changes all users of the application, and signs in as any of them.',
  revoke: 'Add a new key under Configure → API keys, then delete this one.',
  link: 'https://clerk.com/docs/deployments/clerk-environment-variables',
  keywords: ['clerk'],
  pattern: assigned('clerk[_.-]?(?:api[_.-]?)?(?:secret[_.-]?)?key', 'sk_live_[A-Za-z0-9]{40,64}'),
  prefix: /^sk_live_/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `CLERK_SECRET_KEY=sk_live_${sampleText(42, undefined, 1)}`,
      `"clerk-secret-key": "sk_live_${sampleText(42, undefined, 2)}"`,
    ],
    not: () => [
      `CLERK_SECRET_KEY=sk_live_${sampleText(8)}`,
      `CLERK_SECRET_KEY=sk_live_${'0'.repeat(4)}…your-key`,
      'CLERK_SECRET_KEY=${CLERK_SECRET_KEY}',
    ],
  },
} satisfies Detector
