import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Vercel token (older form)',
  why: 'It deploys to your projects, and reads their settings and secrets.',
  revoke: 'Delete it at https://vercel.com/account/settings/tokens.',
  link: 'https://vercel.com/docs/rest-api#creating-an-access-token',
  keywords: ['vercel', 'now_token'],
  pattern: assigned('(?:vercel(?:[._-]?(?:api|access|auth))?|\\bnow)[._-]?token', '[A-Za-z0-9]{24}'),
  prefix: /^$/,
  isReal: secret => looksRandom(secret) && /[a-z]/.test(secret) && /[A-Z]/.test(secret),
  samples: {
    real: () => [`VERCEL_TOKEN=${sampleText(24)}`, `vercel_api_token: "${sampleText(24, undefined, 2)}"`],
    not: () => ['VERCEL_TOKEN=${{ secrets.VERCEL_TOKEN }}', `VERCEL_TOKEN=${sampleText(12)}`],
  },
} satisfies Detector
