import { type Detector, entropy, hex, sampleText } from '../detector.ts'

export default {
  name: 'Token of an npm registry',
  why: 'It installs private packages, and usually publishes: everyone who installs those runs what the finder wrote.',
  revoke: 'Revoke it at the registry that the line names: npm token revoke, or the tokens of GitLab, Nexus, Artifactory.',
  link: 'https://docs.npmjs.com/cli/configuring-npm/npmrc#auth-related-configuration',
  keywords: ['_authtoken'],
  // Whatever a registry draws: 40 hexadecimal digits, a word with a prefix, a JSON Web Token.
  pattern: /\b_authToken[ \t]{0,4}=[ \t]{0,4}["']?(?<secret>[^\s"'<>${}%]{8,2000})/gi,
  prefix: /^$/,
  onlyIn: /(?:^|\/)\.?npmrc(?:\.[\w-]{1,20})?$/,
  isReal: secret => entropy(secret) > 2.5 && /\d/.test(secret) && !/^(?:my|your|npm)?[_-]?token/i.test(secret),
  samples: {
    real: () => [
      `//npm.a.org/:_authToken=${sampleText(40, hex)}`,
      `//gitlab.a.org/api/v4/packages/npm/:_authToken = ${sampleText(22, undefined, 2)}\n`,
    ],
    not: () => ['//npm.a.org/:_authToken=${NPM_TOKEN}', '//npm.a.org/:_authToken=my-token-1', '//npm.a.org/:_authToken=%TOKEN%'],
  },
} satisfies Detector
