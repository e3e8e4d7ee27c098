import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'GitLab runner registration token',
  why: 'Whoever has it adds a runner of their own, and is handed jobs with their source code and secrets.',
  revoke: 'Reset it under CI/CD → Runners of the project, group or instance, and disable registration tokens.',
  link: 'https://docs.gitlab.com/security/tokens/#runner-registration-tokens-deprecated',
  keywords: ['gr1348941'],
  pattern: /\bGR1348941[A-Za-z0-9_-]{20}(?![A-Za-z0-9_-])/g,
  prefix: /^GR1348941/,
  samples: {
    real: () => [`GR1348941${sampleText(20)}`, `--registration-token GR1348941${sampleText(20, undefined, 2)}`],
    not: () => ['GR1348941token', `GR1348942${sampleText(20)}`],
  },
} satisfies Detector
