import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Docker Hub access token',
  why: 'It pushes images in the name of its owner: everyone who pulls them runs what the finder wrote.',
  revoke: 'Delete it at https://app.docker.com/settings/personal-access-tokens.',
  link: 'https://docs.docker.com/security/access-tokens/',
  keywords: ['dckr_pat_', 'dckr_oat_'],
  pattern: /\bdckr_[po]at_[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])/g,
  prefix: /^dckr_[po]at_/,
  samples: { real: () => [`dckr_pat_${sampleText(27)}`], not: () => ['dckr_pat_xxx'] },
} satisfies Detector
