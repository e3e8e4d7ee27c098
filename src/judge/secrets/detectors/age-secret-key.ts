import { type Detector, sampleText } from '../detector.ts'

/** Bech32 (https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki): its alphabet, and the checksum in the last six letters. */
const alphabet = 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'
const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
const polymod = (values: readonly number[]): number => {
  let sum = 1
  for (const value of values) {
    const top = sum >>> 25
    sum = ((sum & 0x1ffffff) << 5) ^ value
    for (const [i, generator] of generators.entries()) if ((top >>> i) & 1) sum ^= generator
  }
  return sum >>> 0
}
const codes = [...'age-secret-key-'].map(letter => letter.charCodeAt(0))
const expanded = [...codes.map(code => code >> 5), 0, ...codes.map(code => code & 31)]
const valuesOf = (text: string): readonly number[] => [...text].map(letter => alphabet.indexOf(letter))

const key = (seed: number): string => {
  const body = sampleText(52, alphabet, seed)
  const sum = polymod([...expanded, ...valuesOf(body), 0, 0, 0, 0, 0, 0]) ^ 1
  return `AGE-SECRET-KEY-1${body}${[25, 20, 15, 10, 5, 0].map(shift => alphabet[(sum >>> shift) & 31]).join('')}`
}

export default {
  name: 'age secret key',
  why: 'It decrypts everything that was encrypted for its public key, also what was written long ago: SOPS files, backups.',
  revoke: 'Make a new pair with age-keygen, encrypt everything for it again, and change what the files told.',
  link: 'https://github.com/C2SP/C2SP/blob/main/age.md#the-x25519-recipient-type',
  keywords: ['age-secret-key-1'],
  // The one of the published test vectors begins with EGTZ.
  pattern: /\bAGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}\b/g,
  prefix: /^AGE-SECRET-KEY-1/,
  isKeyMaterial: true,
  hasChecksum: true,
  isKey: true,
  isReal: secret => polymod([...expanded, ...valuesOf(secret.slice(16))]) === 1 && !secret.includes('1EGTZVFFV20835NWYV6270LX'),
  samples: {
    real: () => [key(1), key(2)],
    not: () => [
      `AGE-SECRET-KEY-1${'Q'.repeat(57)}P`,
      `${key(1).slice(0, -1)}${key(1).endsWith('Q') ? 'P' : 'Q'}`,
      `AGE-SECRET-KEY-1${'EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40'}Q2P2LM0`,
    ],
  },
} satisfies Detector
