import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'GitLab runner authentication token',
  why: 'Whoever has it poses as the runner, and is handed jobs with their source code and secrets.',
  revoke: 'Reset it with POST /runners/:id/reset_authentication_token, or delete the runner.',
  link: 'https://docs.gitlab.com/security/tokens/#runner-authentication-tokens',
  keywords: ['glrtr-'],
  pattern: /\bglrtr-[A-Za-z0-9_-]{20,64}/g,
  prefix: /^glrtr-/,
  samples: {
    real: () => [`glrtr-${sampleText(20)}`, `token = "glrtr-${sampleText(27, undefined, 2)}"`],
    not: () => ['glrtr-your-token-goes-here', 'glrtr-short'],
  },
} satisfies Detector
