import { type Detector, sampleText } from '../detector.ts'

const base32 = 'abcdefghijklmnopqrstuvwxyz234567'

export default {
  name: 'NuGet API key',
  why: 'It publishes packages in the name of its owner: everyone who builds with them runs what the finder wrote.',
  revoke: 'Delete it at https://www.nuget.org/account/apikeys.',
  link: 'https://learn.microsoft.com/nuget/nuget-org/scoped-api-keys',
  keywords: ['oy2'],
  // Base 32; the first characters say "v4".
  pattern: /\boy2[a-p][a-z2-7]{42}\b/g,
  prefix: /^oy2/,
  isReal: secret => /\d/.test(secret.slice(3)),
  samples: {
    real: () => [`oy2k${sampleText(42, base32)}`, `NUGET_API_KEY=oy2a${sampleText(42, base32, 2)}`],
    not: () => ['oy2key', `oy2z${sampleText(42, base32)}`, `oy2a${sampleText(30, base32)}`],
  },
} satisfies Detector
