import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Doppler SCIM or audit token',
  why: 'It reads who works with the secrets of the workplace, and a SCIM token also adds and removes people.',
  revoke: 'Revoke it at https://dashboard.doppler.com under Tokens.',
  link: 'https://docs.doppler.com/reference/auth-token-formats',
  keywords: ['dp.scim.', 'dp.audit.'],
  pattern: /\bdp\.(?:scim|audit)\.[A-Za-z0-9]{40,44}\b/g,
  prefix: /^dp\.(?:scim|audit)\./,
  samples: {
    real: () => [`dp.scim.${sampleText(43)}`, `dp.audit.${sampleText(43, undefined, 2)}`],
    not: () => ['dp.scim.token', `dp.audit.${sampleText(20)}`],
  },
} satisfies Detector
