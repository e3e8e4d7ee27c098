import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Jenkins API token',
  why: 'With the name of its owner it starts and changes jobs: code that runs with the secrets of the server.',
  revoke: 'Revoke it under Security in the settings of its user on the server.',
  link: 'https://www.jenkins.io/doc/book/system-administration/authenticating-scripted-clients/',
  keywords: ['jenkins'],
  // Version 11, then 16 bytes in base 16.
  pattern: assigned('jenkins[._-]?(?:user[._-]?)?(?:api[._-]?)?(?:token|password|key)', '11[0-9a-f]{32}'),
  prefix: /^11/,
  isReal: looksRandom,
  samples: {
    real: () => [`JENKINS_API_TOKEN=11${sampleText(32, hex)}`, `jenkins_token: 11${sampleText(32, hex, 2)}`],
    not: () => ['JENKINS_API_TOKEN=yourtoken', `JENKINS_API_TOKEN=11${sampleText(20, hex)}`],
  },
} satisfies Detector
