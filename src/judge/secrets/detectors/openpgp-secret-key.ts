import type { Detector } from '../detector.ts'

/** A secret-key packet of version 4 for RSA, of 2023, with two bytes of length. */
const packet = (day: number): string =>
  `\x95\x03\x98\x04\x65${String.fromCharCode(day)}\x10\x20\x01\x08\x00${'\xa7\x3c'.repeat(40)}`

export default {
  name: 'OpenPGP secret key',
  why: 'Whoever has it signs and decrypts as its owner, at once or as soon as the passphrase is guessed, with nobody to notice.',
  revoke: 'Revoke the key (gpg --gen-revoke), publish the revocation, and sign again with a new one.',
  link: 'https://www.rfc-editor.org/rfc/rfc9580#section-5.5.3',
  keywords: ['private-key'],
  // A secret-key packet with its version, time and algorithm; or GnuPG’s own: https://github.com/gpg/gnupg/blob/master/agent/keyformat.txt
  pattern:
    /^(?:(?<secret>(?:\x94[\s\S]|\x95[\s\S]{2}|\xc5[\x00-\xbf]|\xc5[\xc0-\xdf][\s\S]|\xc5\xff[\s\S]{4})[\x04\x06][\x2a-\x83][\s\S]{3}[\x01\x11\x12\x13\x16\x19\x1b])|\((?<secret>(?:11:|21:protected-)private-key)|(?:[A-Z][\w-]{1,30}: [^\r\n]{0,200}\r?\n){0,8}Key: \((?<secret>(?:protected-)?private-key))/dg,
  prefix: /^$/,
  onlyIn: /(?:^|\/)(?:secring|[^/]{1,120}\.(?:gpg|pgp|key|skr))$/i,
  filesOnly: 'root/.gnupg/secring.gpg',
  isWholeFile: true,
  samples: {
    real: () => [
      packet(0x10),
      packet(0x20),
      '(21:protected-private-key(3:rsa(1:n257:',
      'Created: 20240101T120000\nKey: (private-key (ecc (curve Ed25519)',
    ],
    // A public key, and a key of another kind.
    not: () => [packet(0x10).replace('\x95', '\x99'), '0\x82\x04\xbd\x02\x01\x00'],
  },
} satisfies Detector
