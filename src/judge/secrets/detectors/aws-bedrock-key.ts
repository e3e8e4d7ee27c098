import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Amazon Bedrock API key',
  why: 'It runs models on the bill of the account, until the day that was chosen when it was made.',
  revoke: 'Delete it in IAM, under Security credentials of its user: aws iam delete-service-specific-credential.',
  link: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_bedrock.html',
  keywords: ['abskqmvkcm9ja0fqsutles'],
  // Behind the prefix stands, in base 64, "BedrockAPIKey-…", the number of the account and the secret.
  pattern: /\bABSKQmVkcm9ja0FQSUtleS[A-Za-z0-9+/]{60,200}={0,2}/g,
  prefix: /^ABSK/,
  samples: {
    real: () => [`ABSKQmVkcm9ja0FQSUtleS${sampleText(108)}==`, `ABSKQmVkcm9ja0FQSUtleS${sampleText(109, undefined, 2)}=`],
    not: () => ['ABSKQmVkcm9ja0FQSUtleS1short', `ABSK${sampleText(128)}`],
  },
} satisfies Detector
