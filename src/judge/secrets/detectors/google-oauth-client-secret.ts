import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Google OAuth client secret',
  why: 'Whoever has it poses as the application and exchanges stolen codes for access to its users’ data.',
  revoke: 'Add a new secret to the client at https://console.cloud.google.com/auth/clients, then disable and delete the old one.',
  link: 'https://support.google.com/cloud/answer/15549257',
  keywords: ['gocspx-'],
  pattern: /\bGOCSPX-[A-Za-z0-9_-]{28}(?![A-Za-z0-9_-])/g,
  prefix: /^GOCSPX-/,
  samples: {
    real: () => [`GOCSPX-${sampleText(28)}`, `GOCSPX-${sampleText(28, undefined, 2)}`],
    not: () => ['GOCSPX-your-client-secret', `GOCSPX-${sampleText(30)}`],
  },
} satisfies Detector
