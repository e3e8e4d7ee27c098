import { type Detector, sampleText } from '../detector.ts'

const token = (seed: number): string => `ATBB${sampleText(24, undefined, seed)}${sampleText(8, '0123456789ABCDEF', seed)}`

export default {
  name: 'Bitbucket app password',
  why: 'With the name of its owner it reads and writes their repositories and pipelines.',
  revoke: 'Delete it at https://bitbucket.org/account/settings/app-passwords/, and use API tokens instead.',
  link: 'https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/',
  keywords: ['atbb'],
  pattern: /\bATBB[A-Za-z0-9]{24}[A-F0-9]{8}\b/g,
  prefix: /^ATBB/,
  samples: { real: () => [token(1), token(2)], not: () => ['ATBBexample', `ATBB${sampleText(24)}${'g'.repeat(8)}`] },
} satisfies Detector
