import { type Detector, sampleText } from '../detector.ts'

const file = (encryption: string, seed: number): string =>
  `PuTTY-User-Key-File-2: ssh-rsa\nEncryption: ${encryption}\nComment: ann\nPublic-Lines: 2\n${sampleText(64, undefined, seed)}\n${sampleText(40)}\nPrivate-Lines: 2\n${sampleText(64, undefined, seed + 1)}\n${sampleText(62)}==\n`

export default {
  name: 'PuTTY private key',
  why: 'Whoever has it logs in wherever the public key is allowed. It has no passphrase.',
  revoke: 'Make a new pair, and take the old public key out of every authorized_keys.',
  link: 'https://tartarus.org/~simon/putty-snapshots/htmldoc/AppendixC.html',
  keywords: ['putty-user-key-file-'],
  pattern:
    /PuTTY-User-Key-File-[23]: [a-z0-9@.-]{4,60}\s{1,2}Encryption: none\s{1,2}Comment: [^\r\n]{0,200}\s{1,2}Public-Lines: \d{1,3}\s{1,2}[A-Za-z0-9+/=\r\n]{40,2000}Private-Lines: \d{1,3}\s{1,2}(?<secret>[A-Za-z0-9+/=\r\n]{40,4000})/g,
  prefix: /^$/,
  reach: { before: 64, after: 8192 },
  isKey: true,
  samples: {
    real: () => [file('none', 1), file('none', 2)],
    not: () => [file('aes256-cbc', 1), 'PuTTY-User-Key-File-2: ssh-rsa'],
  },
} satisfies Detector
