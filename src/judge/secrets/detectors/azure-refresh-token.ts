import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Microsoft Entra refresh token',
  why: 'It gives new access tokens of the person who logged in, for months: everything in Azure and Microsoft 365 that they may use.',
  revoke:
    'Revoke the sessions of that user: az rest, Revoke-MgUserSignInSession, or “Revoke sessions” in the Entra admin center.',
  link: 'https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens',
  keywords: ['refreshtoken', 'refresh_token', '"secret"'],
  pattern: /"(?:refresh_?token|secret)"\s{0,4}:\s{0,4}"(?<secret>[01]\.A[A-Za-z0-9_-]{20,60}[A-Za-z0-9_.-]{100,2000})"/gi,
  prefix: /^[01]\.A/,
  reach: { before: 64, after: 2200 },
  isReal: looksRandom,
  samples: {
    real: () => [
      `[{"refreshToken": "0.AX${sampleText(300)}"}]`,
      `{"secret": "1.AR${sampleText(200, undefined, 2)}", "credential_type": "RefreshToken"}`,
    ],
    not: () => ['{"refreshToken": "0.A"}', '{"refreshToken": "refresh"}'],
  },
} satisfies Detector
