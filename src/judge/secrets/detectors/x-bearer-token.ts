import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'X (Twitter) bearer token',
  why: 'It reads as the application, and uses up its limits.',
  revoke: 'Revoke it at https://developer.x.com/en/portal/dashboard.',
  link: 'https://docs.x.com/fundamentals/authentication/oauth-2-0/bearer-tokens',
  keywords: ['aaaaaaaaaaaaaaaaaaaa'],
  // The one with NRIL is the public one of the web site.
  pattern: /(?<![\w%+/-])A{20}[A-Za-z0-9%]{60,110}(?![\w%+/=-])/g,
  prefix: /^A{20}/,
  isReal: secret => /%(?:2[BF]|3D)/.test(secret) && looksRandom(secret.replace(/^A+/, '')) && !/NRILgAAAAAAn/.test(secret),
  samples: {
    real: () => [
      `${'A'.repeat(21)}${sampleText(25)}%2F${sampleText(40, undefined, 2)}`,
      `${'A'.repeat(21)}${sampleText(20, undefined, 3)}%3D${sampleText(50, undefined, 4)}`,
    ],
    not: () => [
      'A'.repeat(104),
      `${'A'.repeat(21)}NRILgAAAAAAn${'NwIzUejRCOuH5E6I8xnZz4puTs%3D1Zv7ttfk8LF81IUq16cHjhLTvJu4FA33AGWWjCpTnA'}`,
    ],
  },
} satisfies Detector
