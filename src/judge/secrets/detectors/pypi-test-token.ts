import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'TestPyPI upload token',
  why: 'It publishes packages on the test registry in the name of its owner.',
  revoke: 'Remove it at https://test.pypi.org/manage/account/token/.',
  link: 'https://test.pypi.org/help/#apitoken',
  keywords: ['pypi-agendgvzdc5wexbplm9yz'],
  pattern: /\bpypi-AgENdGVzdC5weXBpLm9yZ[A-Za-z0-9_-]{50,1000}/g,
  prefix: /^pypi-/,
  reach: { before: 64, after: 1200 },
  samples: {
    real: () => [
      `pypi-AgENdGVzdC5weXBpLm9yZ${sampleText(120)}`,
      `password = pypi-AgENdGVzdC5weXBpLm9yZ${sampleText(140, undefined, 2)}`,
    ],
    not: () => ['pypi-AgENdGVzdC5weXBpLm9yZ', 'pypi-token'],
  },
} satisfies Detector
