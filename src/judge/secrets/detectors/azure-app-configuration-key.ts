import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Azure App Configuration secret',
  why: 'It reads all settings of an application, and with a read-write key changes them.',
  revoke: 'Regenerate it under Access settings: az appconfig credential regenerate.',
  link: 'https://learn.microsoft.com/azure/azure-app-configuration/howto-disable-access-key-authentication',
  keywords: ['.azconfig.io'],
  pattern:
    /\bEndpoint=https:\/\/[a-z0-9-]{1,64}\.azconfig\.io;Id=[^\s;"']{1,80};Secret=(?<secret>[A-Za-z0-9+/]{43}=|[A-Za-z0-9]{84})/gi,
  prefix: /^$/,
  samples: {
    real: () => [
      `Endpoint=https://a.azconfig.io;Id=aBcD-l0-s0:${sampleText(20)};Secret=${sampleText(43)}=`,
      `Endpoint=https://b.azconfig.io;Id=${sampleText(4)};Secret=${sampleText(84, undefined, 2)}`,
    ],
    not: () => ['Endpoint=https://a.azconfig.io;Id=x;Secret=<secret>', 'Endpoint=https://a.azconfig.io'],
  },
} satisfies Detector
