import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Slack expiring token',
  why: 'It acts in the workspace until it expires, and a refresh token gets new ones for as long as nobody revokes it.',
  revoke: 'Call auth.revoke with it, or delete the token at https://api.slack.com/apps.',
  link: 'https://docs.slack.dev/authentication/using-token-rotation',
  keywords: ['xoxe-', 'xoxe.xox'],
  pattern: /\bxoxe(?:\.xox[bp])?-\d-[A-Za-z0-9]{100,250}(?![A-Za-z0-9])/g,
  prefix: /^xoxe(?:\.xox[bp])?-\d-/,
  samples: {
    real: () => [`xoxe.xoxp-1-${sampleText(163)}`, `xoxe-1-${sampleText(147, undefined, 2)}`],
    not: () => ['xoxe-1-abcdefg', `xoxe.xoxb-1-${sampleText(60)}`],
  },
} satisfies Detector
