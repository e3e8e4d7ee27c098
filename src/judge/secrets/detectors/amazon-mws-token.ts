import { sampleUuid, uuid } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Amazon MWS auth token',
  why: 'It lets a developer account read and change the orders, prices and reports of a seller.',
  revoke: 'Revoke it under Manage your apps in Seller Central; MWS itself has ended, so move to the Selling Partner API.',
  link: 'https://developer-docs.amazon.com/sp-api/docs/migrating-authorization-from-amazon-marketplace-web-service',
  keywords: ['amzn.mws.'],
  pattern: new RegExp(String.raw`\bamzn\.mws\.${uuid}\b`, 'g'),
  prefix: /^amzn\.mws\./,
  samples: {
    real: () => [`amzn.mws.${sampleUuid(1)}`, `amzn.mws.${sampleUuid(2)}`],
    not: () => ['amzn.mws.1234', `amzn.mws.${sampleText(36)}`],
  },
} satisfies Detector
