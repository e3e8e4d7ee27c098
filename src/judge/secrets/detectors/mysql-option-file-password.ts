import { type Detector, entropy, sampleText } from '../detector.ts'

export default {
  name: 'Password in a MySQL option file',
  why: 'It logs in to the database.',
  revoke: 'Change the password: ALTER USER … IDENTIFIED BY.',
  link: 'https://dev.mysql.com/doc/refman/8.4/en/option-files.html',
  keywords: ['[client', '[mysql', '[mariadb'],
  pattern:
    /\[(?:client|mysql|mysqldump|mysqladmin|mariadb-client)\][^[]{0,600}?\n[ \t]{0,8}(?:loose[-_])?password[ \t]{0,8}=[ \t]{0,8}["']?(?<secret>[^\s"'#$<{]{6,200})/g,
  prefix: /^$/,
  isReal: secret => entropy(secret) > 2.5 && /[^A-Za-z_]/.test(secret) && !/^my[_-]?pass/i.test(secret),
  samples: {
    real: () => [
      `[client]\nuser = ann\npassword = ${sampleText(16)}\n`,
      `[mysqldump]\nhost=db\nuser=ann\npassword='${sampleText(20, undefined, 2)}'\n`,
    ],
    not: () => ['[client]\npassword = your_password\n', '[client]\n#password = x7fqx7fqx7fqxyz\n', '[mysqld]\nport = 3306\n'],
  },
} satisfies Detector
