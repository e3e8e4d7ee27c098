import { sampleUuid, uuid } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Heroku API token',
  why: 'It reads the settings and secrets of all applications, changes their code, and deletes them.',
  revoke: 'Run heroku authorizations:revoke ID, or regenerate the key at https://dashboard.heroku.com/account.',
  link: 'https://devcenter.heroku.com/articles/authentication',
  keywords: ['hrku-'],
  pattern: new RegExp(String.raw`\bHRKU-(?:${uuid}|AA[A-Za-z0-9_-]{58})(?![A-Za-z0-9_-])`, 'g'),
  prefix: /^HRKU-/,
  samples: {
    real: () => [`HRKU-AA${sampleText(58)}`, `HRKU-${sampleUuid(1)}`],
    not: () => ['HRKU-your-token', `HRKU-${sampleText(20)}`],
  },
} satisfies Detector
