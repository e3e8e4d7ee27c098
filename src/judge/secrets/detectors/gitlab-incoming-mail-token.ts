import { type Detector, sampleText } from '../detector.ts'

const base36 = 'abcdefghijklmnopqrstuvwxyz0123456789'

export default {
  name: 'GitLab incoming mail token',
  why: 'Whoever knows it opens issues and merge requests by mail in the name of its owner.',
  revoke: 'Reset it at https://gitlab.com/-/user_settings/personal_access_tokens under Incoming email token.',
  link: 'https://docs.gitlab.com/security/tokens/#incoming-email-token',
  keywords: ['glimt-'],
  pattern: /\bglimt-[A-Za-z0-9_-]{20,40}/g,
  prefix: /^glimt-/,
  samples: {
    real: () => [
      `glimt-${sampleText(25, base36)}`,
      `incoming+project-1-glimt-${sampleText(25, base36, 2)}-issue@incoming.gitlab.com`,
    ],
    not: () => ['glimt-token', 'glimt-your-mail-token-goes-here'],
  },
} satisfies Detector
