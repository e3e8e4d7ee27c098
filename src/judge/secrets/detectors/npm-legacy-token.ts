import { looksRandom, sampleUuid, uuid } from '../assigned.ts'
import type { Detector } from '../detector.ts'

export default {
  name: 'npm registry token (older form)',
  why: 'It installs private packages, and publishes in the name of its owner: everyone who installs those runs what the finder wrote.',
  revoke:
    'Run npm token revoke, or delete it at https://www.npmjs.com/settings/~/tokens, or on the registry that the line names.',
  link: 'https://docs.npmjs.com/cli/configuring-npm/npmrc#auth-related-configuration',
  keywords: ['_authtoken'],
  pattern: new RegExp(String.raw`\b_authToken["']?\s{0,4}[=:]\s{0,4}["']?(?:NpmToken\.)?(?<secret>${uuid})\b`, 'gi'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`//npm.acme.org/:_authToken=${sampleUuid(1)}`, `//nexus.a.org/:_authToken=NpmToken.${sampleUuid(2)}`],
    not: () => ['//npm.acme.org/:_authToken=${NPM_TOKEN}', '//npm.acme.org/:_authToken=00000000-0000-0000-0000-000000000000'],
  },
} satisfies Detector
