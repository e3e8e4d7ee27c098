import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'JFrog API key',
  why: 'It reads the packages and images of the platform, and replaces those that its owner may write.',
  revoke: 'Revoke it in the profile of its user, or: DELETE /artifactory/api/security/apiKey. API keys have ended: use tokens.',
  link: 'https://jfrog.com/help/r/jfrog-platform-administration-documentation/introduction-to-the-api-key',
  keywords: ['akcp'],
  pattern: /\bAKCp[0-9A-Za-z]{69}\b/g,
  prefix: /^AKCp/,
  samples: {
    real: () => [`AKCp8${sampleText(68)}`, `ARTIFACTORY_API_KEY=AKCp5${sampleText(68, undefined, 2)}`],
    not: () => ['AKCpkey', `AKCp${sampleText(40)}`],
  },
} satisfies Detector
