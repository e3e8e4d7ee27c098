import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'GitHub fine-grained token',
  why: 'It does in the chosen repositories whatever it was given: read or change code, secrets of workflows, releases.',
  revoke: 'Delete it at https://github.com/settings/personal-access-tokens.',
  link: 'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens',
  keywords: ['github_pat_'],
  pattern: /\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b/g,
  prefix: /^github_pat_/,
  samples: {
    real: () => [`github_pat_${sampleText(22)}_${sampleText(59, undefined, 2)}`],
    not: () => ['github_pat_xxxxxxxxxxxxxxxxxxxxxx_x'],
  },
} satisfies Detector
