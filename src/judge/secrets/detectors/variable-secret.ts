import { type Detector, hex, sampleText } from '../detector.ts'
import { isVariableSecret } from '../given-value.ts'

export default {
  name: 'Secret in a file of variables',
  why: 'The name of the variable says what it is: a password, token or key. Whoever reads the file uses it as the program does.',
  revoke:
    'Change it at the service that the lines around it name, and pass the new one from outside: a secret of the orchestrator.',
  link: 'https://docs.docker.com/compose/how-tos/environment-variables/set-environment-variables/',
  keywords: ['pass', 'pwd', 'secret', 'token', 'credential', '_cred', '_auth', '_key', 'key=', 'apikey', '_pw', '_pat'],
  // `NAME=value`, `export NAME="value"`, `Environment="NAME=value"` of systemd.
  pattern:
    /(?:^|[\r\n])[ \t]{0,20}(?:export[ \t]{1,4}|Environment=["']?)?(?=[\w.-]{0,80}(?:pass|pwd|psw|pw|secret|token|cred|auth|key|_pat))(?<name>[A-Za-z_][\w.-]{0,80})[ \t]{0,2}=[ \t]{0,2}(?:"(?<secret>[^"\r\n]{4,512})"|'(?<secret>[^'\r\n]{4,512})'|(?<secret>[^\s"'#][^\s"']{3,511}))["']?(?=[ \t]{0,8}(?:[\r\n#;]|$))/dgi,
  prefix: /^$/,
  onlyIn:
    /^(?=(?:.*\/)?(?:\.env(?:[.-][\w.-]{1,40})?|\.envrc|\.flaskenv|environment|[^/]{1,120}\.env|[^/]{1,120}\.service|environment\.d\/[^/]{1,120}|cron\.d\/[^/]{1,120}|crontabs?(?:\/[^/]{1,120})?|etc\/(?:default|sysconfig|conf\.d)\/[^/]{1,120})$)(?!.*(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor|gems)\/)(?!.*[._-](?:example|sample|template|dist|schema|tpl|tmpl)(?:\.|$))/i,
  filesOnly: 'srv/.env',
  isReal: (secret, { name = '' }) => isVariableSecret(name, secret),
  samples: {
    real: () => [
      `\nDB_PASS=${sampleText(16)}\n`,
      `\nexport HASHICORP_TOKEN=${sampleText(24, hex, 2)}\n`,
      '\nSMTP_PASSWORD=correct-horse-battery\n',
      "\nPASSWORD='x8$kd!92#Lq(m'\n",
      `\nEnvironment=JWT_KEY=${sampleText(32, undefined, 3)}\n`,
    ],
    not: () => [
      '\nDB_PASSWORD_FILE=/run/secrets/db_password_1\n',
      '\nDB_PASSWORD=${DB_PASSWORD}\n',
      '\nDB_PASSWORD=op://vault1/item2/field3\n',
      '\nAPI_SECRET=set-me-in-prod1\n',
      '\nAPP_PASSWORD=changeme123\n',
      `\nTOKEN_URL=${sampleText(20)}\n`,
    ],
  },
} satisfies Detector
