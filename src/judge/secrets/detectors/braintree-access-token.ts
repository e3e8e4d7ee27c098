import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Braintree (PayPal) access token',
  why: 'It takes payments and makes refunds in the name of the merchant.',
  revoke: 'Disconnect the application in the Braintree control panel.',
  link: 'https://developer.paypal.com/braintree/docs/guides/extend/oauth/access-tokens',
  keywords: ['access_token$production$'],
  pattern: /access_token\$production\$[a-z0-9]{16}\$(?<secret>[0-9a-f]{32})(?![0-9a-f])/g,
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `access_token$production$${sampleText(16, hex, 1)}$${sampleText(32, hex, 2)}`,
      `access_token$production$${sampleText(16, hex, 3)}$${sampleText(32, hex, 4)}`,
    ],
    not: () => ['access_token$production$your-token', `access_token$sandbox$${sampleText(16, hex)}$${sampleText(32, hex)}`],
  },
} satisfies Detector
