import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Doppler personal or CLI token',
  why: 'It reads and changes all secrets that its owner can reach.',
  revoke: 'Revoke it at https://dashboard.doppler.com under Tokens, or: doppler configure unset token and doppler logout.',
  link: 'https://docs.doppler.com/reference/auth-token-formats',
  keywords: ['dp.pt.', 'dp.ct.'],
  pattern: /\bdp\.[pc]t\.[A-Za-z0-9]{40,44}\b/g,
  prefix: /^dp\.[pc]t\./,
  samples: {
    real: () => [`dp.pt.${sampleText(43)}`, `dp.ct.${sampleText(43, undefined, 2)}`],
    not: () => ['dp.pt.xxxx', `dp.pt.${sampleText(20)}`],
  },
} satisfies Detector
