import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Google OAuth refresh token',
  why: 'With the client’s id it makes new access tokens for as long as nobody revokes it: mail, files or the cloud of a person.',
  revoke:
    'Remove the application at https://myaccount.google.com/connections, or post the token to https://oauth2.googleapis.com/revoke.',
  link: 'https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke',
  keywords: ['1//0'],
  pattern: /\b1\/\/0[A-Za-z0-9_-]{60,500}(?![A-Za-z0-9_-])/g,
  prefix: /^1\/\/0/,
  samples: {
    real: () => [`1//0${sampleText(99)}`, `refresh_token: 1//0${sampleText(100, undefined, 2)}`],
    not: () => ['1//0gshort', `1//${sampleText(99)}`],
  },
} satisfies Detector
