import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'GitLab OAuth application secret',
  why: 'Whoever has it poses as the application, and exchanges stolen codes for access to its users’ projects.',
  revoke: 'Renew it under Applications in the settings of its user, group or instance.',
  link: 'https://docs.gitlab.com/integration/oauth_provider/',
  keywords: ['gloas-'],
  pattern: /\bgloas-[A-Za-z0-9_-]{40,80}/g,
  prefix: /^gloas-/,
  samples: {
    real: () => [`gloas-${sampleText(64, hex)}`, `app_secret = 'gloas-${sampleText(64, hex, 2)}'`],
    not: () => ['gloas-secret', `gloas-${sampleText(20, hex)}`],
  },
} satisfies Detector
