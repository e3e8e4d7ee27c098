import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Azure AI Search key',
  why: 'It reads the indexes, and with an admin key changes and deletes them.',
  revoke: 'Regenerate it under Keys: az search admin-key renew.',
  link: 'https://learn.microsoft.com/azure/search/search-security-api-keys',
  keywords: ['azse'],
  pattern: /(?<![A-Za-z0-9+/])[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}(?![A-Za-z0-9+/=])/g,
  prefix: /^$/,
  samples: {
    real: () => [`${sampleText(42)}AzSeA${sampleText(5)}`, `SEARCH_KEY=${sampleText(42, undefined, 2)}AzSeC${sampleText(5)}`],
    not: () => [`${sampleText(30)}AzSeA${sampleText(5)}`, `${sampleText(42)}AzSeX${sampleText(5)}`],
  },
} satisfies Detector
