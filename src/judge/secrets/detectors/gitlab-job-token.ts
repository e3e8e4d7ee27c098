import { type Detector, sampleText } from '../detector.ts'

const encode = (value: object): string => btoa(JSON.stringify(value)).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')
const token = (seed: number): string =>
  `glcbt-${encode({ kid: sampleText(20, undefined, seed), typ: 'JWT', alg: 'RS256' })}.${encode({ iss: 'gitlab', jti: sampleText(36, undefined, seed) })}.${sampleText(342, undefined, seed)}`

export default {
  name: 'GitLab CI/CD job token',
  why: 'While the job runs, it reads the repositories and packages that the job may reach, and publishes packages.',
  revoke: 'It ends with its job: cancel the job, and look at the job token permissions of the project.',
  link: 'https://docs.gitlab.com/ci/jobs/ci_job_token/',
  keywords: ['glcbt-'],
  // A JSON Web Token behind the prefix.
  pattern:
    /\bglcbt-(?:[a-z0-9]{1,8}_)?eyJ[A-Za-z0-9_-]{10,500}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{20,700}(?![A-Za-z0-9_-])/g,
  prefix: /^glcbt-/,
  reach: { before: 64, after: 4000 },
  samples: { real: () => [token(1), token(2)], not: () => ['glcbt-eyJhbGci', 'glcbt-your-token.eyJ.x'] },
} satisfies Detector
