import { type Detector, hex, sampleText } from '../detector.ts'

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const token = (seed: number): string => `CCIPRJ_${sampleText(22, base58, seed)}_${sampleText(40, hex, seed)}`

export default {
  name: 'CircleCI project API token',
  why: 'It reads the builds of a project, and an admin token also changes its settings.',
  revoke: 'Delete it under Project Settings → API Permissions.',
  link: 'https://circleci.com/changelog/new-format-for-api-access-tokens/',
  keywords: ['cciprj_'],
  pattern: /\bCCIPRJ_[1-9A-HJ-NP-Za-km-z]{20,23}_[0-9a-f]{40}\b/g,
  prefix: /^CCIPRJ_/,
  samples: {
    real: () => [token(1), token(2)],
    not: () => ['CCIPRJ_token', `CCIPRJ_${sampleText(22, base58)}_${sampleText(20, hex)}`],
  },
} satisfies Detector
