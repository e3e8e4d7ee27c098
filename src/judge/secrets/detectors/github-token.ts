import { base62Checksum, type Detector, sampleText } from '../detector.ts'

const withChecksum = (prefix: string, seed: number): string => {
  const body = sampleText(30, undefined, seed)
  return prefix + body + base62Checksum(body)
}

export default {
  name: 'GitHub token',
  why: 'It reads and writes the repositories, packages and workflows that its owner can reach: source code can be taken and changed, and releases poisoned.',
  revoke: 'Delete it at https://github.com/settings/tokens; GitHub also revokes tokens that are pushed to public repositories.',
  link: 'https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/',
  keywords: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
  // Databases store texts one behind the other; the checksum tells where it ends.
  pattern: /gh[pousr]_[A-Za-z0-9]{36}/g,
  prefix: /^gh[pousr]_/,
  hasChecksum: true,
  isReal: secret => base62Checksum(secret.slice(4, -6)) === secret.slice(-6),
  samples: {
    real: () => [withChecksum('ghp_', 1), withChecksum('ghs_', 2)],
    not: () => [`ghp_${sampleText(36, undefined, 3)}`, 'ghp_short'],
  },
} satisfies Detector
