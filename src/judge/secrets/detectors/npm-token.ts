import { base62Checksum, type Detector, sampleText } from '../detector.ts'

const withChecksum = (seed: number): string => {
  const body = sampleText(30, undefined, seed)
  return `npm_${body}${base62Checksum(body)}`
}

export default {
  name: 'npm access token',
  why: 'It publishes packages in the name of its owner: everyone who installs them runs what the finder wrote.',
  revoke: 'Run `npm token revoke`, or delete it at https://www.npmjs.com/settings/~/tokens.',
  link: 'https://github.blog/security/supply-chain-security/npm-access-tokens/',
  keywords: ['npm_'],
  pattern: /npm_[A-Za-z0-9]{36}/g,
  prefix: /^npm_/,
  hasChecksum: true,
  isReal: secret => base62Checksum(secret.slice(4, -6)) === secret.slice(-6),
  samples: { real: () => [withChecksum(1)], not: () => [`npm_${sampleText(36, undefined, 9)}`, 'npm_config_loglevel'] },
} satisfies Detector
