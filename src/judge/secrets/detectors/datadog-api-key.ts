import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Datadog API key',
  why: 'It sends metrics, logs and events into your account: it hides an attack under false ones, on your bill.',
  revoke: 'Revoke it at https://app.datadoghq.com/organization-settings/api-keys.',
  link: 'https://docs.datadoghq.com/account_management/api-app-keys/',
  keywords: ['datadog', 'dd_api_key', 'dd-api-key'],
  pattern: assigned('(?:datadog|(?<![A-Za-z0-9])dd)[_.-]?api[_.-]?key', '[0-9a-f]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`DD_API_KEY=${sampleText(32, hex, 1)}`, `"dd-api-key": "${sampleText(32, hex, 2)}"`],
    not: () => [`DD_API_KEY=${sampleText(31, hex)}`, `DD_API_KEY=${'0'.repeat(4)}…your-key`, 'DD_API_KEY=${DD_API_KEY}'],
  },
} satisfies Detector
