import { type Detector, sampleText } from '../detector.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const checksum = (body: string): string => alphabet[[...body].reduce((sum, character) => sum ^ character.charCodeAt(0), 0) % 62]!

const token = (seed: number): string => {
  const body = sampleText(31, undefined, seed)
  return `cio_tp_${body}${checksum(body)}`
}

export default {
  name: 'crates.io trusted publishing token',
  why: 'For half an hour it publishes the crate: everyone who builds with it runs what the finder wrote.',
  revoke: 'It expires by itself; see which versions were published, and remove the publisher under Settings of the crate.',
  link: 'https://crates.io/docs/trusted-publishing',
  keywords: ['cio_tp_'],
  pattern: /\bcio_tp_[A-Za-z0-9]{32}\b/g,
  prefix: /^cio_tp_/,
  isReal: secret => checksum(secret.slice(7, -1)) === secret.slice(-1),
  samples: {
    real: () => [token(1), token(2)],
    not: () => ['cio_tp_token', `cio_tp_${sampleText(31)}${checksum(sampleText(31)) === 'A' ? 'B' : 'A'}`],
  },
} satisfies Detector
