import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Tavily API key',
  why: 'It searches on the bill of the account.',
  revoke: 'Delete it at https://app.tavily.com.',
  link: 'https://docs.tavily.com/documentation/api-reference/introduction',
  keywords: ['tvly-'],
  pattern: /\btvly-(?:(?:dev|prod)-)?[A-Za-z0-9]{32}\b/g,
  prefix: /^tvly-(?:(?:dev|prod)-)?/,
  isReal: looksRandom,
  samples: {
    real: () => [`tvly-${sampleText(32)}`, `tvly-dev-${sampleText(32, undefined, 2)}`],
    not: () => ['tvly-YOUR_API_KEY', `tvly-${sampleText(20)}`],
  },
} satisfies Detector
