import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Adyen API key',
  why: 'It takes payments and makes refunds, and reads what was paid.',
  revoke: 'Generate a new key for the API credential in the Customer Area; the old one then expires.',
  link: 'https://docs.adyen.com/development-resources/api-credentials',
  keywords: ['adyen'],
  pattern: /(?<![\w+/-])AQE[a-z][A-Za-z0-9+/]{40,120}={0,2}-[A-Za-z0-9+/]{40,64}={0,2}-[^\s"'`<>\\]{8,24}(?![^\s"'`<>\\,;])/g,
  prefix: /^AQE/,
  samples: {
    real: () => [
      `ADYEN_API_KEY=AQEyhm${sampleText(82, undefined, 1)}==-${sampleText(43, undefined, 2)}=-${sampleText(16, undefined, 3)}`,
      `ADYEN_API_KEY=AQEyhm${sampleText(82, undefined, 4)}==-${sampleText(43, undefined, 5)}=-${sampleText(16, undefined, 6)}`,
    ],
    not: () => ['ADYEN_API_KEY=AQEyhmfxK....LAG84XwzP5pSpVd', `ADYEN_API_KEY=AQEyhm${sampleText(82)}`],
  },
} satisfies Detector
