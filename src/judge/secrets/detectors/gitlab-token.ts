import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'GitLab token',
  why: 'Personal, deploy, runner and trigger tokens open repositories, packages and pipelines of their projects.',
  revoke: 'Revoke it under Access tokens in the settings of the user, project or group.',
  link: 'https://docs.gitlab.com/security/tokens/#token-prefixes',
  keywords: ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glcbt-', 'glft-', 'glsoat-', 'glagent-'],
  pattern: /\bgl(?:pat|dt|rt|ptt|cbt|ft|soat|agent)-[A-Za-z0-9_-]{20,64}/g,
  prefix: /^gl[a-z]+-/,
  samples: { real: () => [`glpat-${sampleText(20)}`], not: () => ['glpat-your-token-here-please', 'glpat-short'] },
} satisfies Detector
