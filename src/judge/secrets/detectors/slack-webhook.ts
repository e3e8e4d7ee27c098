import { type Detector, sampleText, upper } from '../detector.ts'

export default {
  name: 'Slack webhook address',
  why: 'Whoever has it posts into the channel in the name of the app: a way to phish everyone who reads it.',
  revoke: 'Remove the webhook at https://api.slack.com/apps.',
  link: 'https://api.slack.com/messaging/webhooks',
  keywords: ['hooks.slack.com'],
  pattern: /https:\/\/hooks\.slack\.com\/(?:services|workflows)\/T[A-Z0-9]{7,12}\/B?[A-Z0-9]{7,12}\/[A-Za-z0-9]{20,32}/g,
  prefix: /^https:\/\/hooks\.slack\.com\/\w+\//,
  samples: {
    real: () => [`https://hooks.slack.com/services/T${sampleText(8, upper)}/B${sampleText(8, upper, 2)}/${sampleText(24)}`],
    not: () => ['https://hooks.slack.com/services/'],
  },
} satisfies Detector
