import { type Detector, entropy, sampleText } from '../detector.ts'

export default {
  name: 'Password in a .pgpass',
  why: 'It logs in to the database.',
  revoke: 'Change the password: ALTER ROLE … PASSWORD.',
  link: 'https://www.postgresql.org/docs/current/libpq-pgpass.html',
  keywords: [':5432:', ':6432:', ':*:*:'],
  pattern:
    /(?:^|[\s"'])(?:[\w.-]{1,100}|\*):(?:5432|6432|\*):(?:[\w-]{1,64}|\*):(?:[\w.@-]{1,64}|\*):(?<secret>[^\s:"'\\$<{]{6,200})(?=["'\r\n]|$)/g,
  prefix: /^$/,
  isReal: secret => entropy(secret) > 2.5 && /[^A-Za-z]/.test(secret),
  samples: {
    real: () => [`db.corp.io:5432:app:ann:${sampleText(16)}`, `\n*:*:*:ann:${sampleText(20, undefined, 2)}\n`],
    not: () => ['hostname:5432:database:username:password', '127.0.0.1:5432:5432'],
  },
} satisfies Detector
