import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'GitLab workspace token',
  why: 'It connects to a workspace of its owner: their working copy, with their rights.',
  revoke: 'Terminate the workspace; see also Personal access tokens of its owner.',
  link: 'https://docs.gitlab.com/security/tokens/#workspace-token',
  keywords: ['glwt-'],
  pattern: /\bglwt-[A-Za-z0-9_-]{20,64}/g,
  prefix: /^glwt-/,
  samples: {
    real: () => [`glwt-${sampleText(20)}`, `glwt-${sampleText(50, undefined, 2)}`],
    not: () => ['glwt-token', 'glwt-your-token-goes-here'],
  },
} satisfies Detector
