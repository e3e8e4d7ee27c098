import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Password hash of an .htpasswd',
  why: 'Whoever has it tries passwords at home, thousands in a second, with nobody to notice; the weak ones fall.',
  revoke: 'Change the password: htpasswd -B.',
  link: 'https://httpd.apache.org/docs/2.4/misc/password_encryptions.html',
  keywords: ['$apr1$', '$2y$', '$2a$', '$2b$'],
  // Only the hash: scheme and salt in front of it say little.
  pattern:
    /(?<![\w./-])[A-Za-z0-9_.@-]{1,64}:(?:\$apr1\$[./A-Za-z0-9]{1,8}\$|\$2[aby]\$\d{2}\$)(?<secret>[./A-Za-z0-9]{22,53})(?=["'\s]|$)/g,
  prefix: /^$/,
  isReal: secret => (secret.length === 22 || secret.length === 53) && looksRandom(secret),
  samples: {
    real: () => [`ann:$apr1$${sampleText(8)}$${sampleText(22, undefined, 2)}`, `ann:$2y$05$${sampleText(53, undefined, 3)}`],
    not: () => ['user:$apr1$', `ann:$2y$05$${sampleText(30)}`],
  },
} satisfies Detector
