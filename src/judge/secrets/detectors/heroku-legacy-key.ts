import { assigned, looksRandom, sampleUuid, uuid } from '../assigned.ts'
import type { Detector } from '../detector.ts'

export default {
  name: 'Heroku API key (older form)',
  why: 'It reads the settings and secrets of all applications, changes their code, and deletes them.',
  revoke: 'Regenerate it at https://dashboard.heroku.com/account, or run heroku authorizations:revoke ID.',
  link: 'https://devcenter.heroku.com/articles/authentication',
  keywords: ['heroku'],
  pattern: assigned('heroku[._-]?(?:api[._-]?key|auth[._-]?token|api[._-]?token|oauth[._-]?token)', uuid),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`HEROKU_API_KEY=${sampleUuid(1)}`, `heroku_api_key: "${sampleUuid(2)}"`],
    not: () => ['HEROKU_API_KEY=01234567-89ab-cdef-0123-456789abcdef', `HEROKU_APP_ID=${sampleUuid(1)}`],
  },
} satisfies Detector
