import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'SonarQube token',
  why: 'It reads the source code and weaknesses of the analysed projects, and uploads results.',
  revoke: 'Revoke it under My Account → Security on the server.',
  link: 'https://docs.sonarsource.com/sonarqube-server/user-guide/managing-tokens',
  keywords: ['squ_', 'sqp_', 'sqa_'],
  pattern: /\bsq[upa]_[0-9a-f]{40}\b/g,
  prefix: /^sq[upa]_/,
  samples: {
    real: () => [`squ_${sampleText(40, hex)}`, `sqp_${sampleText(40, hex, 2)}`],
    not: () => ['squ_token', `sqp_${sampleText(30, hex)}`],
  },
} satisfies Detector
