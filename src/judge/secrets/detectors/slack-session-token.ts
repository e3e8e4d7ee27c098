import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Slack browser session',
  why: 'Whoever has the session is the person: all that they may read and write in the workspace, without password or second factor.',
  revoke: 'Sign out of all sessions in the account settings of the workspace.',
  link: 'https://slack.com/help/articles/214613347-Sign-out-of-Slack',
  keywords: ['xoxc-', 'xoxd-'],
  pattern: /\bxox(?:c-\d{9,14}-\d{9,14}-\d{9,14}-[0-9a-f]{64}(?![0-9a-f])|d-[A-Za-z0-9%+/=]{80,400})/g,
  prefix: /^xox[cd]-/,
  samples: {
    real: () => [
      `xoxc-${sampleText(12, '0123456789')}-${sampleText(12, '0123456789', 2)}-${sampleText(13, '0123456789', 3)}-${sampleText(64, hex)}`,
      `xoxd-${sampleText(140)}`,
    ],
    not: () => ['xoxc-your-token', `xoxd-${sampleText(40)}`],
  },
} satisfies Detector
