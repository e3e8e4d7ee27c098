import { type Detector, sampleText } from '../detector.ts'

const token = (kind: string, seed: number): string =>
  `${kind}.${btoa(JSON.stringify({ u: 'ann', a: sampleText(25, 'abcdefghijklmnopqrstuvwxyz0123456789', seed) })).replace(/=+$/, '')}.${sampleText(22, undefined, seed)}`

export default {
  name: 'Mapbox secret token',
  why: 'It reads and changes maps and data of the account, on its bill.',
  revoke: 'Delete it at https://console.mapbox.com/account/access-tokens/.',
  link: 'https://docs.mapbox.com/help/dive-deeper/access-tokens/',
  keywords: ['sk.eyj'],
  pattern: /\bsk\.eyJ[A-Za-z0-9_-]{40,200}\.[A-Za-z0-9_-]{22}(?![\w-])/g,
  prefix: /^sk\./,
  samples: {
    real: () => [token('sk', 1), token('sk', 2)],
    not: () => [token('pk', 1), `sk.eyJ${sampleText(20)}.${sampleText(22)}`],
  },
} satisfies Detector
