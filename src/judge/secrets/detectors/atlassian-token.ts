import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Atlassian API token',
  why: 'It reads and changes what its owner can in Jira and Confluence.',
  revoke: 'Revoke it at https://id.atlassian.com/manage-profile/security/api-tokens.',
  link: 'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/',
  keywords: ['atatt3'],
  pattern: /\bATATT3[A-Za-z0-9_-]{160,210}=[0-9A-F]{8}\b/g,
  prefix: /^ATATT3/,
  samples: {
    real: () => [
      `ATATT3xFfGF0${sampleText(171)}=${sampleText(8, '0123456789ABCDEF')}`,
      `ATATT3xFfGF0${sampleText(171, undefined, 2)}=${sampleText(8, '0123456789ABCDEF', 2)}`,
    ],
    not: () => ['ATATT3your-token', `ATATT3xFfGF0${sampleText(100)}`],
  },
} satisfies Detector
