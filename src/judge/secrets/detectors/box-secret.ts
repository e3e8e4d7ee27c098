import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Box client secret or developer token',
  why: 'It reads and changes the files that the application can reach.',
  revoke: 'Reset it on the Configuration page of the app at https://app.box.com/developers/console.',
  link: 'https://developer.box.com/guides/authentication/',
  keywords: ['box_client', 'box-client', 'box.client', 'boxclient', 'box_developer', 'box-developer'],
  pattern: assigned('(?<![A-Za-z0-9])box[_.-]?(?:client[_.-]?secret|developer[_.-]?token)', '[A-Za-z0-9]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`BOX_CLIENT_SECRET=${sampleText(32, undefined, 1)}`, `"box-client-secret": "${sampleText(32, undefined, 2)}"`],
    not: () => [
      `BOX_CLIENT_SECRET=${sampleText(31)}`,
      `BOX_CLIENT_SECRET=${'0'.repeat(4)}…your-key`,
      'BOX_CLIENT_SECRET=${BOX_CLIENT_SECRET}',
    ],
  },
} satisfies Detector
