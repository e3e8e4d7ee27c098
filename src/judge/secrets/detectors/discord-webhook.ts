import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Discord webhook address',
  why: 'Whoever has it posts into the channel under any name: a way to phish everyone who reads it.',
  revoke: 'Delete the webhook in the settings of the channel, under Integrations.',
  link: 'https://discord.com/developers/docs/resources/webhook',
  keywords: ['/api/webhooks/', '/webhooks/'],
  pattern:
    /https:\/\/(?:(?:ptb|canary)\.)?discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/\d{17,20}\/[A-Za-z0-9_-]{60,80}(?![\w-])/g,
  prefix: /^https:\/\/[a-z.]+\/api\/(?:v\d+\/)?webhooks\//,
  samples: {
    real: () => [
      `https://discord.com/api/webhooks/1${sampleText(18, '0123456789')}/${sampleText(68)}`,
      `https://discordapp.com/api/v10/webhooks/9${sampleText(17, '0123456789')}/${sampleText(68, undefined, 2)}`,
    ],
    not: () => [
      'https://discord.com/api/webhooks/123/abc',
      `https://discord.com/api/webhooks/1${sampleText(18, '0123456789')}/${sampleText(20)}`,
    ],
  },
} satisfies Detector
