import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Mailchimp Transactional (Mandrill) API key',
  why: 'It sends mail in the name of your domain, past every filter that trusts it.',
  revoke: 'Delete it under SMTP & API info at https://mandrillapp.com/settings.',
  link: 'https://mailchimp.com/developer/transactional/guides/quick-start/',
  keywords: ['mandrill'],
  pattern: /(?<![\w-])md-[A-Za-z0-9_-]{22}(?![\w-])/g,
  prefix: /^md-/,
  isReal: looksRandom,
  samples: {
    real: () => [`MANDRILL_API_KEY=md-${sampleText(22)}`, `mandrill: 'md-${sampleText(22, undefined, 2)}'`],
    not: () => [`mandrill md-${sampleText(12)}`, `md-${sampleText(22)}`],
  },
} satisfies Detector
