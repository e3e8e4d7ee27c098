import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Google OAuth access token',
  why: 'For about an hour it reads and changes what it was granted: mail, files or the cloud of a person or service account.',
  revoke: 'It expires by itself; post it to https://oauth2.googleapis.com/revoke to end it at once.',
  link: 'https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke',
  keywords: ['ya29.'],
  pattern: /\bya29\.(?:[a-z]\.)?[A-Za-z0-9_-]{60,2000}/g,
  prefix: /^ya29\./,
  reach: { before: 64, after: 2200 },
  samples: {
    real: () => [`ya29.${sampleText(200)}`, `ya29.c.${sampleText(300, undefined, 2)}`],
    not: () => ['ya29.short', 'ya29.a0AfH6SMBx...'],
  },
} satisfies Detector
