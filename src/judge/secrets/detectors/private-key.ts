import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Private key',
  why: 'Whoever has it is who it belongs to: a server to its visitors, a person to the machines that know the public key.',
  revoke: 'Make a new pair, and take the old public key or certificate out of everything that trusts it.',
  link: 'https://www.rfc-editor.org/rfc/rfc7468',
  keywords: ['private key'],
  pattern:
    /-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|ENCRYPTED|PGP) )?PRIVATE KEY(?: BLOCK)?-----(?:\\n|\s|["'\\]){0,16}[A-Za-z0-9+/=:,\- ]{16,8192}/g,
  prefix: /^-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----/,
  reach: { before: 64, after: 8192 },
  isKeyMaterial: true,
  samples: {
    real: () => [`-----BEGIN RSA ${'PRIVATE'} KEY-----\n${sampleText(64)}\n`],
    not: () => [`-----BEGIN ${'PRIVATE'} KEY-----`, '-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkq'],
  },
} satisfies Detector
