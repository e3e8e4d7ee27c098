import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Pulumi access token',
  why: 'It reads the states of your stacks and their secrets, and changes the infrastructure behind them.',
  revoke: 'Delete it at https://app.pulumi.com/account/tokens.',
  link: 'https://www.pulumi.com/docs/administration/access-identity/access-tokens/',
  keywords: ['pul-'],
  pattern: /\bpul-[0-9a-f]{40}\b/g,
  prefix: /^pul-/,
  samples: {
    real: () => [`pul-${sampleText(40, hex)}`, `PULUMI_ACCESS_TOKEN=pul-${sampleText(40, hex, 2)}`],
    not: () => [`pul-${'x'.repeat(40)}`, `pul-${sampleText(32, hex)}`],
  },
} satisfies Detector
