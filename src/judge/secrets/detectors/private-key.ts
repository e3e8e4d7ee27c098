import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Private key',
  why: 'Whoever has it is who it belongs to: a server to its visitors, a person to the machines that know the public key.',
  revoke: 'Make a new pair, and take the old public key or certificate out of everything that trusts it.',
  link: 'https://www.rfc-editor.org/rfc/rfc7468',
  keywords: ['private key'],
  // The whole block, also in comments, quoted in a letter, and put together from strings. One with a passphrase is of another kind: OpenSSH says "none" (BG5vbmU) where there is none.
  pattern:
    /-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|PGP) )?PRIVATE KEY(?: BLOCK)?-----[\s\\rn"'`,+#>;*]{0,40}(?:(?:Version|Comment): [^\r\n\\]{0,120}[\s\\rn]{1,12})?(?:Comment: [^\r\n\\]{0,120}[\s\\rn]{1,12})?(?!b3BlbnNzaC1rZXktdjEAAAAA(?!BG5vbmU))[A-Za-z0-9+/=]{40}[A-Za-z0-9+/=\s\\"'`,#>;*]{0,12000}/g,
  prefix: /^-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----/,
  reach: { before: 64, after: 12_288 },
  isKeyMaterial: true,
  isKey: true,
  // Not “privatekeyprivatekey”.
  isReal(secret) {
    const body = secret.slice(secret.indexOf('-----', 5), 400)
    return /[A-Z]/.test(body) && /[a-z]/.test(body) && /\d/.test(body)
  },
  samples: {
    real: () => [
      `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${sampleText(64)}\n${sampleText(60, undefined, 2)}\n-----END RSA ${'PRIVATE'} KEY-----`,
      `-----BEGIN PGP ${'PRIVATE'} KEY BLOCK-----\nVersion: GnuPG v2\n\n${sampleText(64, undefined, 3)}\n=abcd\n`,
      `-----BEGIN OPENSSH ${'PRIVATE'} KEY-----\\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAA${sampleText(64)}\\n`,
      `# -----BEGIN ${'PRIVATE'} KEY-----\n# ${sampleText(64, undefined, 4)}\n# ${sampleText(64, undefined, 5)}\n`,
      `> -----BEGIN ${'PRIVATE'} KEY-----\n> ${sampleText(64, undefined, 6)}\n`,
    ],
    not: () => [
      `-----BEGIN ${'PRIVATE'} KEY-----`,
      `It begins with -----BEGIN ${'PRIVATE'} KEY----- and ends with a line like it`,
      `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${'privatekey'.repeat(6)}\n${'privatekey'.repeat(6)}\n`,
      '-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkq',
    ],
  },
} satisfies Detector
