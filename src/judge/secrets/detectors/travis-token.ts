import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Travis CI API token',
  why: 'It starts builds and changes the settings of repositories in the name of its owner.',
  revoke: 'Regenerate it at https://app.travis-ci.com/account/preferences.',
  link: 'https://docs.travis-ci.com/user/triggering-builds/',
  keywords: ['travis'],
  pattern: assigned('travis[._-]?(?:ci[._-]?)?(?:api[._-]?|access[._-]?)?token', '[A-Za-z0-9_-]{22}'),
  prefix: /^$/,
  isReal: secret => looksRandom(secret) && /[a-z]/.test(secret) && /[A-Z]/.test(secret),
  samples: {
    real: () => [`TRAVIS_TOKEN=${sampleText(22)}`, `TRAVIS_API_TOKEN: ${sampleText(22, undefined, 2)}`],
    not: () => ['TRAVIS_TOKEN=xxxxxxxxxxxxxxxxxxxxxx', `TRAVIS_TOKEN=${sampleText(10)}`],
  },
} satisfies Detector
