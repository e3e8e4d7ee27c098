import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Datadog application key',
  why: 'Together with an API key it reads and changes what is monitored: dashboards, logs, alarms, users.',
  revoke: 'Revoke it at https://app.datadoghq.com/organization-settings/application-keys.',
  link: 'https://docs.datadoghq.com/account_management/api-app-keys/',
  keywords: ['datadog', 'dd_app', 'dd-app', 'dd_application'],
  pattern: assigned('(?:datadog|(?<![A-Za-z0-9])dd)[_.-]?app(?:lication)?[_.-]?key', '[0-9a-f]{40}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`DD_APP_KEY=${sampleText(40, hex, 1)}`, `"dd-app-key": "${sampleText(40, hex, 2)}"`],
    not: () => [`DD_APP_KEY=${sampleText(39, hex)}`, `DD_APP_KEY=${'0'.repeat(4)}…your-key`, 'DD_APP_KEY=${DD_APP_KEY}'],
  },
} satisfies Detector
