import { type Detector, sampleText } from '../detector.ts'

const token = (seed: number): string =>
  `ATCTT3xFfGN0${sampleText(160, undefined, seed)}=${sampleText(8, '0123456789ABCDEF', seed)}`

export default {
  name: 'Bitbucket access token',
  why: 'It reads, and often writes, the code of a repository, a project or a whole workspace.',
  revoke: 'Revoke it under Access tokens in the settings of the repository, project or workspace.',
  link: 'https://support.atlassian.com/bitbucket-cloud/docs/access-tokens/',
  keywords: ['atctt3'],
  pattern: /\bATCTT3[A-Za-z0-9_-]{80,300}=[A-F0-9]{8}\b/g,
  prefix: /^ATCTT3/,
  samples: { real: () => [token(1), token(2)], not: () => ['ATCTT3xFfGN0short', `ATCTT3${sampleText(160)}=zzzzzzzz`] },
} satisfies Detector
