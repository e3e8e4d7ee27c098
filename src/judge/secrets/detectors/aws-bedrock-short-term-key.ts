import { type Detector, sampleText } from '../detector.ts'

const address = (text: string): string => btoa(`bedrock.amazonaws.com/?Action=CallWithBearerToken&${text}`).replace(/=+$/, '')

export default {
  name: 'Amazon Bedrock short-term API key',
  why: 'For up to twelve hours it runs models on the bill of the account, with all rights of whoever made it.',
  revoke: 'It expires by itself; before that, revoke the sessions of the role that made it, or deactivate its access key.',
  link: 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-revoke.html',
  keywords: ['bedrock-api-key-'],
  // A signed address of the service, in base 64.
  pattern: /\bbedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9+/]{100,3000}={0,2}/g,
  prefix: /^bedrock-api-key-/,
  reach: { before: 64, after: 3500 },
  samples: {
    real: () => [
      `bedrock-api-key-${address(`X-Amz-Signature=${sampleText(64)}`)}`,
      `bedrock-api-key-${address(`X-Amz-Security-Token=${sampleText(300, undefined, 2)}`)}`,
    ],
    not: () => ['bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t', `bedrock-api-key-${sampleText(200)}`],
  },
} satisfies Detector
