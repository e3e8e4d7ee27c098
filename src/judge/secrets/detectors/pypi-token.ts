import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'PyPI upload token',
  why: 'It publishes packages in the name of its owner: everyone who installs them runs what the finder wrote.',
  revoke: 'Remove it at https://pypi.org/manage/account/token/.',
  link: 'https://pypi.org/help/#apitoken',
  keywords: ['pypi-ageichlwas5vcmc'],
  pattern: /\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,1000}/g,
  prefix: /^pypi-/,
  samples: { real: () => [`pypi-AgEIcHlwaS5vcmc${sampleText(80)}`], not: () => ['pypi-server'] },
} satisfies Detector
