import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Private key with a passphrase',
  why: 'It is worth as much as its passphrase: whoever has the file tries as many as he likes, with nobody to notice.',
  revoke: 'Make a new pair, and take the old public key or certificate out of everything that trusts it.',
  link: 'https://www.rfc-editor.org/rfc/rfc7468#section-11',
  keywords: ['private key'],
  // OpenSSH says in the first bytes which cipher there is: "none" is BG5vbmU.
  pattern:
    /-----BEGIN (?:ENCRYPTED PRIVATE KEY-----[\s\\rn"']{1,40}MI[IGHM]|(?:RSA|EC|DSA) PRIVATE KEY-----[\s\\rn]{1,16}Proc-Type: 4,ENCRYPTED[\s\\rn]{1,16}DEK-Info: [A-Z0-9-]{3,20},[0-9A-Fa-f]{8,64}|OPENSSH PRIVATE KEY-----[\s\\rn"']{1,40}b3BlbnNzaC1rZXktdjEAAAAA(?!BG5vbmU))[A-Za-z0-9+/=\s\\"']{64,12000}/g,
  prefix: /^-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  reach: { before: 64, after: 12_288 },
  isKeyMaterial: true,
  samples: {
    real: () => [
      `-----BEGIN ENCRYPTED ${'PRIVATE'} KEY-----\nMIIF${sampleText(300)}\n-----END`,
      `-----BEGIN RSA ${'PRIVATE'} KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,${sampleText(32, hex)}\n\n${sampleText(300)}\n-----END`,
      `-----BEGIN OPENSSH ${'PRIVATE'} KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHI${sampleText(300)}\n-----END`,
    ],
    not: () => [`-----BEGIN ENCRYPTED ${'PRIVATE'} KEY-----`, `-----BEGIN ENCRYPTED ${'PRIVATE'} KEY-----\n…\n`],
  },
} satisfies Detector
