import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Dropbox app secret',
  why: 'Together with the app key, it signs in as the app.',
  revoke: 'Generate a new secret at https://www.dropbox.com/developers/apps.',
  link: 'https://developers.dropbox.com/oauth-guide',
  keywords: ['dropbox'],
  pattern: assigned('dropbox[_.-]?(?:app[_.-]?|client[_.-]?)?secret', '[a-z0-9]{15}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`DROPBOX_APP_SECRET=${sampleText(15, hex, 1)}`, `"dropbox-app-secret": "${sampleText(15, hex, 2)}"`],
    not: () => [
      `DROPBOX_APP_SECRET=${sampleText(14, hex)}`,
      `DROPBOX_APP_SECRET=${'0'.repeat(4)}…your-key`,
      'DROPBOX_APP_SECRET=${DROPBOX_APP_SECRET}',
    ],
  },
} satisfies Detector
