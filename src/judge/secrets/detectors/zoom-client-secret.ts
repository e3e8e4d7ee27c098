import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Zoom client secret',
  why: 'It signs in as the application: meetings, recordings and users of the account.',
  revoke: 'Regenerate it on the App Credentials page at https://marketplace.zoom.us.',
  link: 'https://developers.zoom.us/docs/internal-apps/s2s-oauth/',
  keywords: ['zoom'],
  pattern: assigned('(?<![A-Za-z])zoom[_.-]?(?:client|api|app)[_.-]?secret', '[A-Za-z0-9]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`ZOOM_CLIENT_SECRET=${sampleText(32, undefined, 1)}`, `"zoom-client-secret": "${sampleText(32, undefined, 2)}"`],
    not: () => [
      `ZOOM_CLIENT_SECRET=${sampleText(31)}`,
      `ZOOM_CLIENT_SECRET=${'0'.repeat(4)}…your-key`,
      'ZOOM_CLIENT_SECRET=${ZOOM_CLIENT_SECRET}',
    ],
  },
} satisfies Detector
