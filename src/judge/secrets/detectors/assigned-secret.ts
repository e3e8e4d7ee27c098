import { type Detector, hex, sampleText } from '../detector.ts'
import { isSettingSecret } from '../given-value.ts'

export default {
  name: 'Value of a name that says “secret”',
  why: 'Its name says what it is: a password, token or key. Whoever reads the file uses it as the program does.',
  revoke:
    'Change it at the service that the lines around it name, and pass the new one from outside: a secret of the orchestrator.',
  link: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
  keywords: [
    'pass',
    'pwd',
    'secret',
    'token',
    'credential',
    '_auth',
    'api_key',
    'api-key',
    'apikey',
    '_key',
    '-key',
    'key:',
    'key=',
    'key"',
  ],
  // A line of its own: `name=value`, `name: value`, `"name": "value",`, `- NAME=value`; or between braces and commas of JSON.
  pattern:
    /(?:(?:^|[\r\n])[ \t]{0,40}(?:-[ \t]{1,4})?(?<quote>["'])?|[{,][ \t]{0,4}(?<quote>"))(?=[\w.-]{0,80}(?:pass|pwd|psw|pw|secret|token|cred|auth|key|_pat))(?<name>[A-Za-z_][\w.-]{0,80})["']?[ \t]{0,8}[=:][ \t]{0,8}(?:"(?<secret>[^"\r\n]{6,200})"|'(?<secret>[^'\r\n]{6,200})'|(?<secret>[^\s"'`#;,<>{}[\]&*|!%@?][^\s"'`]{5,199}))(?=[ \t]{0,8},?[ \t]{0,8}(?:[\r\n#;}"]|$))/dgi,
  prefix: /^$/,
  // Programs read their settings from such files. What packages bring along, translations and templates are others' words.
  onlyIn:
    /^(?=(?:.*\/)?(?:[^/]{1,120}\.(?:ini|cfg|conf|cnf|config|properties|ya?ml|toml|tfvars|json|secrets?)|\.s3cfg|\.boto|\.kube\/config|[^/]{0,80}(?:secrets?|credentials?))$)(?!.*(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor|gems|locales?|lang|langs|languages?|i18n|l10n|translations?|nls)\/)(?!.*[._-](?:example|sample|template|dist|schema|tpl|tmpl)(?:\.|$))(?!.*(?:^|[/._-])(?:i18n|messages?|strings|labels|localstrings|bundle|nsswitch|[a-z]{2}[_-][a-z]{2})\.(?:properties|json|ya?ml|conf)$)(?!.*(?:[/.]|_)[a-z]{2}\.(?:properties|json|ya?ml)$)/i,
  isReal: (secret, { name = '', quote }) => isSettingSecret(name, secret, quote !== undefined),
  samples: {
    real: () => [
      `\nDB_PASSWORD=${sampleText(16)}\n`,
      `\n  "clientSecret": "${sampleText(32, hex, 2)}",\n`,
      `\n  - API_TOKEN=${sampleText(24, undefined, 3)}\n`,
      `\ndb:\n  password: ${sampleText(16, undefined, 4)}\n`,
      `{"user":"ann","password":"${sampleText(16, undefined, 5)}","port":1}`,
    ],
    not: () => [
      '\nDB_PASSWORD_FILE=/run/secrets/db_password_1\n',
      '\nDB_PASSWORD=${DB_PASSWORD}\n',
      '\npassword: changeme123\n',
      '\nconst password = input2.value1234\n',
      `\nTOKEN_URL=${sampleText(20)}\n`,
    ],
  },
} satisfies Detector
