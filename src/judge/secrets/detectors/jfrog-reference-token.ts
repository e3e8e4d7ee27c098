import { type Detector, sampleText } from '../detector.ts'

const token = (seed: number): string => btoa(`reftkn:01:1700000000:${sampleText(27, undefined, seed)}`)

export default {
  name: 'JFrog reference token',
  why: 'It reads the packages and images of the platform, and replaces those that its owner may write.',
  revoke: 'Revoke it under User Management → Access Tokens.',
  link: 'https://jfrog.com/help/r/jfrog-platform-administration-documentation/reference-tokens',
  keywords: ['cmvmdgtuoja'],
  // "reftkn:0…", the version, the end of its life and the secret, in base 64.
  pattern: /\bcmVmdGtuOjA[A-Za-z0-9+/]{53}(?![A-Za-z0-9+/=])/g,
  prefix: /^cmVmdGtuOjA/,
  isReal: secret => /^reftkn:\d\d:\d{1,12}:/.test(atob(secret)),
  samples: { real: () => [token(1), token(2)], not: () => ['cmVmdGtuOjAshort', `cmVmdGtuOjA${sampleText(53)}`] },
} satisfies Detector
