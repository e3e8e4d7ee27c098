import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Mailchimp API key',
  why: 'It reads the addresses of all subscribers, and writes to them in your name.',
  revoke: 'Revoke it under Account → Extras → API keys.',
  link: 'https://mailchimp.com/developer/marketing/guides/quick-start/',
  keywords: ['mailchimp', '-us1', '-us2', '-us3', '-us4', '-us5', '-us6', '-us7', '-us8', '-us9'],
  pattern: /(?<![\w-])[0-9a-f]{32}-us\d{1,2}(?![\w-])/g,
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`${sampleText(32, hex)}-us6`, `${sampleText(32, hex, 2)}-us21`],
    not: () => [`${sampleText(30, hex)}-us6`, `${'a'.repeat(32)}-us1`],
  },
} satisfies Detector
