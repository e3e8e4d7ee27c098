import { assigned } from '../assigned.ts'
import { type Detector, entropy, sampleText } from '../detector.ts'

export default {
  name: 'AWS session token',
  why: 'With the temporary key pair beside it, it acts as the role that it was made for, until it expires.',
  revoke: 'It expires by itself, within 36 hours at most; before that, revoke the active sessions of the role in IAM.',
  link: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html',
  keywords: ['session_token', 'sessiontoken', 'session-token', 'security_token', 'security-token'],
  pattern: assigned('aws[_-]?(?:session|security)[_-]?token|x-amz-security-token|"sessiontoken', '[A-Za-z0-9/+]{150,2000}={0,2}'),
  prefix: /^$/,
  reach: { before: 64, after: 2500 },
  isReal: secret => entropy(secret) > 4.5,
  samples: {
    real: () => [`AWS_SESSION_TOKEN=${sampleText(356)}==`, `aws_session_token = ${sampleText(600, undefined, 2)}`],
    not: () => ['AWS_SESSION_TOKEN=short', `aws_session_token = ${'AQoEXAMPLEH4aoAH0gNCAPy'.repeat(10)}`],
  },
} satisfies Detector
