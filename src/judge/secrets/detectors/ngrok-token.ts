import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'ngrok authtoken or API key',
  why: 'It opens tunnels in your name, also into your network, and takes over the domains that you reserved.',
  revoke: 'Reset it at https://dashboard.ngrok.com/get-started/your-authtoken.',
  link: 'https://ngrok.com/docs/agent/config/v3/',
  keywords: ['ngrok', 'authtoken'],
  pattern: assigned(
    '(?:ngrok[_.-]?(?:auth[_.-]?|api[_.-]?)?(?:token|key)|(?<![A-Za-z0-9_])authtoken)',
    '[0-9][A-Za-z0-9]{26}_[A-Za-z0-9]{20,22}',
  ),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `NGROK_AUTHTOKEN=2${sampleText(26, undefined, 1)}_${sampleText(21, undefined, 6)}`,
      `"ngrok-authtoken": "2${sampleText(26, undefined, 2)}_${sampleText(21, undefined, 7)}"`,
    ],
    not: () => [
      `NGROK_AUTHTOKEN=2${sampleText(30)}`,
      `NGROK_AUTHTOKEN=2${'0'.repeat(4)}…your-key`,
      'NGROK_AUTHTOKEN=${NGROK_AUTHTOKEN}',
    ],
  },
} satisfies Detector
