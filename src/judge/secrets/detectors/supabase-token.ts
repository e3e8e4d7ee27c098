import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Supabase access token',
  why: 'It acts as its owner in all their organisations: makes and deletes projects, runs SQL, and reads the keys of each.',
  revoke: 'Delete it at https://supabase.com/dashboard/account/tokens.',
  link: 'https://supabase.com/docs/guides/platform/personal-access-tokens',
  keywords: ['sbp_'],
  pattern: /\bsbp_(?:v0_|oauth_)?[0-9a-f]{40}\b/g,
  prefix: /^sbp_/,
  samples: {
    real: () => [`sbp_${sampleText(40, hex)}`, `sbp_oauth_${sampleText(40, hex, 2)}`],
    not: () => ['sbp_token', `sbp_${sampleText(30, hex)}`],
  },
} satisfies Detector
