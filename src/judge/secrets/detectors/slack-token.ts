import { type Detector, sampleText } from '../detector.ts'

const digits = '0123456789'

export default {
  name: 'Slack token',
  why: 'It reads and writes messages and files of the workspace in the name of an app or a person.',
  revoke: 'Call auth.revoke, or remove the app at https://api.slack.com/apps.',
  link: 'https://api.slack.com/concepts/token-types',
  keywords: ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xapp-'],
  pattern: /\b(?:xox[abprs]-\d{8,16}-[A-Za-z0-9-]{16,160}|xapp-\d-[A-Z0-9]{8,16}-\d{8,16}-[a-f0-9]{32,80})/g,
  prefix: /^x(?:ox[abprs]|app)-/,
  samples: {
    real: () => [`xoxb-${sampleText(12, digits)}-${sampleText(12, digits, 2)}-${sampleText(24)}`],
    not: () => ['xoxb-your-token'],
  },
} satisfies Detector
