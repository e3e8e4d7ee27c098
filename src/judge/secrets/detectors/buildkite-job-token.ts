import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Buildkite job token',
  why: 'While the job runs, it acts as its agent: reads the secrets of the job, and changes what the build does next.',
  revoke: 'It ends with its job: cancel that, and change the secrets that the job could read.',
  link: 'https://buildkite.com/docs/platform/security/tokens',
  keywords: ['bkaj_'],
  pattern: /\bbkaj_[A-Za-z0-9_.-]{200,800}/g,
  prefix: /^bkaj_/,
  samples: {
    real: () => [`bkaj_${sampleText(300)}.${sampleText(43)}`, `bkaj_${sampleText(420, undefined, 2)}`],
    not: () => ['bkaj_token', `bkaj_${sampleText(100)}`],
  },
} satisfies Detector
