import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Secret in a shell command',
  why: 'The command gives it to a variable or option that says what it is. Whoever reads the script or history uses it as the command did.',
  revoke: 'Change it at the service that the command speaks to. Histories belong in no image; scripts get it from outside.',
  link: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
  keywords: [
    'password',
    'passwd',
    'secret',
    'token',
    'api_key',
    'api-key',
    'apikey',
    'access_key',
    'sshpass',
    'curl ',
    'wget ',
    'mysql -',
    'mysqldump -',
    'docker login',
    'podman login',
    'redis-cli -',
    'mongo -',
    'mongosh -',
    'mongodump -',
  ],
  // `export NAME=value; …`, `NAME=value program`, `--password=value`, `--password value`, `sshpass -p value`, `curl -u name:value`,
  // `mysql -pvalue` (`mysql -p value` asks for it: value is a database), `docker login -p value`, `mongosh -p value`, `redis-cli -a value`.
  pattern:
    /(?:(?:^|[\s;&|(])(?![\w.-]{0,60}(?:public|example|sample|dummy|fake|test|default|hash|csrf|next))[A-Za-z_]{0,60}(?:password|passwd|secret|token|api_?key|access_key|secret_key)=|[ \t]--?(?:[a-z-]{0,40}-)?(?:password|passwd|secret|token|api-key)[= ]|\bsshpass[ \t]{1,4}-p[ \t]{0,4}|\b(?:curl|wget)\b[^\r\n;|]{0,200}?[ \t](?:-u|--user)[ \t]{1,4}["']?[\w.@-]{1,60}:|\bmysql[a-z]{0,8}\b[^\r\n;&|]{0,120}?[ \t]-p|\b(?:login|mongo(?:sh|dump)?)\b[^\r\n;&|]{0,120}?[ \t]-p[ \t]{1,4}|\bredis-cli\b[^\r\n;&|]{0,120}?[ \t]-a[ \t]{1,4})["']?(?<secret>[^\s"'`#;,<>{}()[\]$%\\&|*:/]{8,200})(?=["']?(?:[\s;&|)]|$))/gi,
  prefix: /^$/,
  onlyIn:
    /^(?!.*(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor|gems|testdata|tests?|__tests__|fixtures?|examples?|samples?|docs?|usr\/share)\/)(?:.*\/)?(?:\.[a-z_]{1,12}_history|\.(?:bashrc|zshrc|profile|bash_profile|zprofile|zshenv|bash_aliases)|[^/]{1,120}\.(?:sh|bash|zsh|ksh|fish))$/,
  isReal: secret =>
    looksRandom(secret) && !/^(?:[./~@-]|[a-z]{2,10}:)|\.(?:[a-z]{2,5})$|pass|secret|token|admin|user|demo/i.test(secret),
  samples: {
    real: () => [
      `\nexport DB_PASSWORD=${sampleText(16)} && ./run\n`,
      `\n: 1700000000:0;PGPASSWORD='${sampleText(14, undefined, 2)}' psql\n`,
      `\nmigrate --db-password ${sampleText(20, hex, 3)} up\n`,
      `\nsshpass -p ${sampleText(12, undefined, 4)} ssh ann@host\n`,
      `\nmysql -u root -p${sampleText(12, undefined, 6)} db\n`,
      `\ndocker login -u ann -p ${sampleText(12, undefined, 7)} reg.io\n`,
      `\nredis-cli -h cache -a ${sampleText(12, undefined, 8)} ping\n`,
      `\nmongosh -u ann -p ${sampleText(12, undefined, 9)} db\n`,
      `\ncurl -s -u ann:${sampleText(12, undefined, 5)} https://git.corp/x\n`,
    ],
    not: () => [
      '\nexport DB_PASSWORD=$(cat /run/secrets/db1) && ./run\n',
      '\nexport DB_PASSWORD="$PASSWORD1" ; ./run\n',
      `\nexport TOKEN_FILE=${sampleText(12)} && ./run\n`,
      '\nmysql --password changeme123 x\n',
      `\nmysql -u root -p ${sampleText(12, undefined, 6)}\n`,
    ],
  },
} satisfies Detector
