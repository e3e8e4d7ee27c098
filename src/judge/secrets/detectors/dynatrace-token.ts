import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText, upper } from '../detector.ts'

export default {
  name: 'Dynatrace token',
  why: 'It reads and changes what is monitored, as its scopes say: it may install agents on your machines.',
  revoke: 'Revoke it under Access tokens.',
  link: 'https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens',
  keywords: ['dt0c', 'dt0s', 'dt0d', 'dt0f'],
  // The public part of the documentation’s sample is nobody’s.
  pattern: /\bdt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}\b/g,
  prefix: /^dt0[a-z]\d{2}\./,
  isReal: secret => looksRandom(secret) && !secret.includes('.ST2EY72KQINMH574WMNVI7YN.'),
  samples: {
    real: () => [
      `dt0c01.${sampleText(24, upper)}.${sampleText(64, upper, 2)}`,
      `dt0s16.${sampleText(24, upper, 3)}.${sampleText(64, upper, 4)}`,
    ],
    not: () => [
      `dt0s01.${'ST2EY72KQINMH574WMNVI7YN'}.${sampleText(64, upper)}`,
      `dt0c01.${sampleText(24, upper)}.${sampleText(20, upper)}`,
    ],
  },
} satisfies Detector
