import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

export default {
  name: 'Quay robot account token',
  why: 'It pulls private images, and with write access replaces them: everyone who runs them runs what the finder wrote.',
  revoke: 'Regenerate it under Robot Accounts of the organisation at https://quay.io.',
  link: 'https://docs.quay.io/glossary/robot-accounts.html',
  keywords: ['quay'],
  pattern: assigned('quay(?:[._-]?io)?[._-]?(?:robot[._-]?)?(?:token|password|secret)', '[A-Z0-9]{64}'),
  prefix: /^$/,
  isReal: secret => looksRandom(secret) && secret === secret.toUpperCase() && /[G-Z]/.test(secret),
  samples: {
    real: () => [`QUAY_ROBOT_TOKEN=${sampleText(64, alphabet)}`, `quay_password: ${sampleText(64, alphabet, 2)}`],
    not: () => ['QUAY_TOKEN=${TOKEN}', `QUAY_TOKEN=${sampleText(30, alphabet)}`],
  },
} satisfies Detector
