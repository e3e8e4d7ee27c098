import { type Detector, hex, sampleText } from '../detector.ts'

/** They are base 64 of `tok:`, an id, and two digits. */
const token = (seed: number): string =>
  btoa(`tok:${sampleText(8, hex, seed)}_${sampleText(4, hex, seed)}_${sampleText(24, hex, seed + 1)}:1:0`)

export default {
  name: 'Intercom access token',
  why: 'It reads the conversations with all customers, and writes to them in your name.',
  revoke: 'Regenerate it in the Developer Hub, under Configure → Authentication.',
  link: 'https://developers.intercom.com/docs/build-an-integration/learn-more/authentication',
  keywords: ['dg9ro'],
  pattern: /(?<![A-Za-z0-9+/])dG9rO[A-Za-z0-9+/]{40,80}={0,2}(?![A-Za-z0-9+/=])/g,
  prefix: /^$/,
  isReal: secret => /^tok:[0-9a-f_]{30,50}:\d:\d$/.test(atob(secret)),
  samples: {
    real: () => [token(1), token(2)],
    not: () => [btoa('tok:short'), `dG9rO${sampleText(51)}`],
  },
} satisfies Detector
