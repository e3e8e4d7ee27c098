import { type Detector, sampleText, upper } from '../detector.ts'

export default {
  name: 'AWS access key id',
  why: 'Together with its secret key, which is usually beside it, it acts as the account that made it: data, machines, and the bill.',
  revoke: 'Deactivate it in IAM: aws iam update-access-key --status Inactive.',
  link: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes',
  keywords: ['akia', 'asia'],
  pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g,
  prefix: /^A[KS]IA/,
  samples: { real: () => [`AKIA${sampleText(16, upper)}`], not: () => [`AKIA${'IOSFODNN7'}EXAMPLE`, 'AKIASHORT'] },
} satisfies Detector
