import { type Detector, hex, sampleText } from '../detector.ts'

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const token = (seed: number): string => `CCIPAT_${sampleText(22, base58, seed)}_${sampleText(40, hex, seed)}`

export default {
  name: 'CircleCI personal API token',
  why: 'It starts and changes pipelines in the name of its owner: code that runs with their secrets.',
  revoke: 'Delete it at https://app.circleci.com/settings/user/tokens.',
  link: 'https://circleci.com/changelog/new-format-for-api-access-tokens/',
  keywords: ['ccipat_'],
  pattern: /\bCCIPAT_[1-9A-HJ-NP-Za-km-z]{20,23}_[0-9a-f]{40}\b/g,
  prefix: /^CCIPAT_/,
  // The one of the announcement.
  isReal: secret => !secret.startsWith('CCIPAT_ULUhR6rJLxYbyzyrP19iMZ_'),
  samples: {
    real: () => [token(1), token(2)],
    not: () => [
      `CCIPAT_ULUhR6rJLxYbyzyrP19iMZ_${sampleText(40, hex)}`,
      'CCIPAT_token',
      `CCIPAT_${sampleText(22, base58)}_${sampleText(20, hex)}`,
    ],
  },
} satisfies Detector
