import { type Detector, sampleText } from '../detector.ts'

const key = (seed: number): string => {
  const bytes = Buffer.from(sampleText(32, undefined, seed), 'latin1')
  bytes[0]! &= 248
  bytes[31] = (bytes[31]! & 127) | 64
  return bytes.toString('base64')
}

export default {
  name: 'WireGuard private key',
  why: 'Whoever has it joins the private network in the place of this machine.',
  revoke: 'Make a new key with wg genkey, and change the public key at all peers.',
  link: 'https://www.wireguard.com/quickstart/',
  keywords: ['privatekey'],
  // The first and the last byte are those of every Curve25519 key (RFC 7748, section 5). What begins with yAnz is the manual’s.
  pattern: /\bPrivateKey["']?\s{0,4}[=:]\s{0,4}["']?(?<secret>[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)(?![A-Za-z0-9+/=])/g,
  prefix: /^$/,
  isKey: true,
  isReal(secret) {
    const bytes = Buffer.from(secret, 'base64')
    return (bytes[0]! & 7) === 0 && (bytes[31]! & 0xc0) === 0x40 && !secret.startsWith('yAnz5TF+lXXJte14')
  },
  samples: {
    real: () => [`[Interface]\nPrivateKey = ${key(1)}\n`, `PrivateKey=${key(2)}`],
    not: () => [
      `PrivateKey = ${'yAnz5TF+lXXJte14tji3zlMNq+hd'}2rYUIgJBgB3fBmk=`,
      `PrivateKey = ${sampleText(30)}`,
      'PrivateKey = abcdefghijklmnopqrstuvwxyz01234567890ABCDEFG=',
    ],
  },
} satisfies Detector
