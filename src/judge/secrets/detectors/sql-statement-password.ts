import { type Detector, sampleText } from '../detector.ts'
import { isVariableSecret } from '../given-value.ts'

export default {
  name: 'Password in an SQL statement',
  why: 'The statement gives it to a user of the database: it logs in as that user.',
  revoke: 'Change the password: ALTER USER … IDENTIFIED BY, or ALTER ROLE … PASSWORD. Histories belong in no image.',
  link: 'https://dev.mysql.com/doc/refman/8.4/en/mysql-logging.html',
  keywords: ['identified', 'password'],
  // Editline writes a space as \040 into its histories.
  pattern:
    /(?<![A-Za-z_])(?:identified(?:\s|\\040){1,4}by|password)(?:\s|\\040){1,4}(?<quote>["'])(?<secret>(?:(?!["'\r\n\\])[\x20-\xff]){6,128})["']/dgi,
  prefix: /^$/,
  onlyIn:
    /^(?!.*(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor|gems|usr\/(?:share|lib))\/)(?:.*\/)?(?:\.(?:mysql|mariadb|psql|clickhouse-client)_history|[^/]{1,120}\.sql)$/i,
  filesOnly: 'root/.psql_history',
  isReal: secret => isVariableSecret('password', secret),
  samples: {
    real: () => [
      `ALTER USER 'root'@'localhost' IDENTIFIED BY '${sampleText(14)}';`,
      `ALTER\\040USER\\040ann\\040PASSWORD\\040'${sampleText(12, undefined, 2)}';`,
      `create user ann with password '${sampleText(16, undefined, 3)}'`,
    ],
    not: () => [
      "ALTER USER ann IDENTIFIED BY 'changeme'",
      "ALTER USER ann PASSWORD '${PASSWORD1}'",
      'SELECT password FROM users',
    ],
  },
} satisfies Detector
