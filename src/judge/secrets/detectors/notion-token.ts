import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Notion integration token',
  why: 'It reads and changes the pages that were shared with the integration.',
  revoke: 'Refresh it at https://www.notion.so/profile/integrations.',
  link: 'https://developers.notion.com/guides/authorization/credential-security',
  keywords: ['ntn_', 'notion'],
  pattern: /\b(?:ntn_\d{11}[A-Za-z0-9]{35}|secret_[A-Za-z0-9]{43})\b/g,
  prefix: /^(?:ntn|secret)_/,
  isReal: looksRandom,
  samples: {
    real: () => [`ntn_${sampleText(11, '0123456789')}${sampleText(35)}`, `NOTION_TOKEN=secret_${sampleText(43)}`],
    not: () => ['ntn_your-token', `NOTION_TOKEN=secret_${sampleText(20)}`],
  },
} satisfies Detector
