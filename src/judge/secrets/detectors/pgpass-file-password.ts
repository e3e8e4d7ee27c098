import { type Detector, sampleText } from '../detector.ts'
import { isVariableSecret } from '../given-value.ts'

export default {
  name: 'Password in a .pgpass',
  why: 'It logs in to the database.',
  revoke: 'Change the password: ALTER ROLE … PASSWORD.',
  link: 'https://www.postgresql.org/docs/current/libpq-pgpass.html',
  keywords: ['pgpass'],
  pattern:
    /(?:^|[\r\n])(?!#)[^\s:]{1,255}:(?:\d{1,5}|\*):[^\s:]{1,64}:[^\s:]{1,64}:(?<secret>(?:\\[:\\]|[^\r\n:\\]){3,400})(?=[\r\n]|$)/dg,
  prefix: /^$/,
  onlyIn: /(?:^|\/)(?:\.pgpass|pgpass\.conf|[^/]{1,80}\.pgpass)$/i,
  filesOnly: 'root/.pgpass',
  isWholeFile: true,
  isReal: secret => isVariableSecret('password', secret),
  samples: {
    real: () => [
      `db:5433:app:ann:${sampleText(16)}\n`,
      'db:15432:*:ann:correcthorse\n',
      `# host\n\ndb:5439:*:*:${sampleText(8, undefined, 2)}`,
    ],
    not: () => ['# db:5433:app:ann:hunter22\n', 'db:5433:app:ann:password\n', 'db:5433:app:ann:\n'],
  },
} satisfies Detector
