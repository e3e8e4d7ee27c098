import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'PlanetScale OAuth token',
  why: 'Until it expires it does for an application what a person granted: branches, passwords and databases.',
  revoke: 'Remove the application under Settings → OAuth applications, or of your account.',
  link: 'https://planetscale.com/docs/api/planetscale-api-oauth-applications',
  keywords: ['pscale_oauth_'],
  pattern: /\bpscale_oauth_[A-Za-z0-9_.-]{32,64}(?![A-Za-z0-9_-])/g,
  prefix: /^pscale_oauth_/,
  samples: {
    real: () => [`pscale_oauth_${sampleText(43)}`, `pscale_oauth_${sampleText(43, undefined, 2)}`],
    not: () => ['pscale_oauth_token', 'pscale_oauth_client_id'],
  },
} satisfies Detector
