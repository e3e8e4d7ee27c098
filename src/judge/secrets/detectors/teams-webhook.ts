import { sampleUuid } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Microsoft Teams webhook address',
  why: 'Whoever has it posts into the channel: a way to phish everyone who reads it.',
  revoke: 'Remove the connector or workflow in the channel, under Manage channel.',
  link: 'https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook',
  keywords: ['.webhook.office.com'],
  pattern:
    /https:\/\/[a-z0-9-]{1,63}\.webhook\.office\.com\/webhookb2\/[0-9a-f-]{36}@[0-9a-f-]{36}\/IncomingWebhook\/[0-9a-f]{32}\/[0-9a-f-]{36}(?:\/[A-Za-z0-9_-]{20,80})?/gi,
  prefix: /^https:\/\/[a-z0-9-]+\.webhook\.office\.com\//,
  samples: {
    real: () => [
      `https://corp.webhook.office.com/webhookb2/${sampleUuid(1)}@${sampleUuid(2)}/IncomingWebhook/${sampleText(32, hex, 1)}/${sampleUuid(3)}`,
      `https://corp.webhook.office.com/webhookb2/${sampleUuid(5)}@${sampleUuid(6)}/IncomingWebhook/${sampleText(32, hex, 5)}/${sampleUuid(7)}`,
    ],
    not: () => [
      'https://corp.webhook.office.com/webhookb2/your-id',
      `https://corp.webhook.office.com/webhookb2/${sampleUuid(1)}@${sampleUuid(2)}/IncomingWebhook/short`,
    ],
  },
} satisfies Detector
