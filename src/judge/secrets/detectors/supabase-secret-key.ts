import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Supabase secret key',
  why: 'It reads and changes all data of the project, past its row level security.',
  revoke: 'Make a new one and delete it under Settings → API Keys of the project.',
  link: 'https://supabase.com/docs/guides/api/api-keys',
  keywords: ['sb_secret_'],
  pattern: /\bsb_secret_[A-Za-z0-9_-]{22}_[A-Za-z0-9_-]{8}(?![A-Za-z0-9_-])/g,
  prefix: /^sb_secret_/,
  // The same for everyone on their own machine.
  isReal: secret => !secret.startsWith('sb_secret_N7UND0Ugj'),
  samples: {
    real: () => [`sb_secret_${sampleText(22)}_${sampleText(8)}`, `sb_secret_${sampleText(22, undefined, 2)}_${sampleText(8)}`],
    not: () => [
      'sb_secret_...',
      `sb_publishable_${sampleText(22)}_${sampleText(8)}`,
      `sb_secret_N7UND0Ugj${sampleText(13)}_${sampleText(8)}`,
    ],
  },
} satisfies Detector
