import { type Detector, isPlaceholder, sampleText } from '../detector.ts'

/** Whole ones: `://` alone stands in every text. */
const others =
  'postgresql mysql mariadb mongodb mongodb+srv redis rediss amqp amqps mssql sqlserver ldap ldaps ftp ftps smtp smtps clickhouse nats couchdb'
    .split(' ')
    .map(scheme => `${scheme}://`)

export default {
  name: 'Password in an address',
  why: 'Whoever reads the address can log in to the database, queue or server behind it.',
  revoke: 'Change the password of that account, and pass the new one by a secret.',
  link: 'https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1',
  keywords: ['postgres://', ...others],
  // The host may be a variable’s, or left out, as for a socket: the password is written all the same.
  pattern:
    /\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql|sqlserver|ldaps?|ftps?|smtps?|clickhouse|nats|couchdb):\/\/[^\s:@/'"$<>{}]{0,64}:(?<secret>[^\s@/'"$<>{}]{3,128})@[A-Za-z0-9.[$/]/g,
  prefix: /^$/,
  isReal: secret =>
    !isPlaceholder(secret) && !/^(?:pass(?:word)?|pwd?|user|root|admin|postgres|guest|mysql|redis|mongo|db|app)$/i.test(secret),
  samples: {
    real: () => [
      ...['postgres://', ...others].map(scheme => `${scheme}ann:${sampleText(12)}@db.internal/app`),
      `postgres://ann:${sampleText(12)}@\${DB_HOST}/app`,
      `postgres://ann:${sampleText(12)}@/app`,
    ],
    not: () => ['postgres://user:password@localhost/app', 'postgres://user:${PASSWORD}@db/app'],
  },
} satisfies Detector
