import { type Detector, entropy, sampleText } from '../detector.ts'

export default {
  name: 'Identity token in a Docker configuration',
  why: 'It is exchanged for the right to pull, and often to push, what its owner can at the registry.',
  revoke: 'Run docker logout, and revoke the token at the registry.',
  link: 'https://docs.docker.com/reference/cli/docker/login/',
  keywords: ['identitytoken', 'registrytoken'],
  // What is a JSON Web Token is reported as one.
  pattern: /"(?:identity|registry)token"\s{0,4}:\s{0,4}"(?<secret>(?!eyJ)[A-Za-z0-9._~+/=-]{16,3000})"/g,
  prefix: /^$/,
  reach: { before: 32, after: 3072 },
  isReal: secret => entropy(secret) > 3 && /\d/.test(secret),
  samples: {
    real: () => [
      `{"auths":{"r.io":{"identitytoken":"${sampleText(40)}"}}}`,
      `"registrytoken": "${sampleText(36, undefined, 2)}"`,
    ],
    not: () => ['{"auths":{"r.io":{"identitytoken":"<token>"}}}', '"identitytoken": "aaaaaaaaaaaaaaaaaaaaaaaa"'],
  },
} satisfies Detector
