import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Value of a name that says “secret”',
  why: 'Its name says what it is: a password, token or key. Whoever reads the file uses it as the program does.',
  revoke:
    'Change it at the service that the lines around it name, and pass the new one from outside: a secret of the orchestrator.',
  link: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
  keywords: ['password', 'passwd', 'passphrase', 'secret', 'token', 'api_key', 'apikey', 'api-key', 'access_key', 'private_key'],
  // A line of its own: `NAME=value`, `name: value`, `"name": "value",`, `- NAME=value`; or between braces and commas of JSON. The name ends with the word.
  pattern:
    /(?:(?:^|[\r\n])[ \t]{0,40}(?:-[ \t]{1,4})?(?:export[ \t]{1,4})?["']?|[{,][ \t]{0,4}")(?![\w.-]{0,60}(?:public|example|sample|dummy|fake|test|default|hash|csrf|[bep]os_|next))(?:[\w.-]{0,60}(?:password|passwd|passphrase|secret|token|access[_.-]?key|secret[_.-]?key|private[_.-]?key)|[\w.-]{0,60}api[_.-]?key)["']?[ \t]{0,8}[=:][ \t]{0,8}["']?(?<secret>[^\s"'`#;,<>{}()[\]$%\\&|*]{8,200})["']?(?=[ \t]{0,8},?[ \t]{0,8}(?:[\r\n#;}"]|$))/gi,
  prefix: /^$/,
  // Programs read their settings from such files. What packages bring along, documentation and tests are others' words.
  onlyIn:
    /^(?!.*(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor|gems|testdata|tests?|__tests__|fixtures?|examples?|samples?|docs?|locales?|i18n|translations?)\/)(?!.*[.-](?:example|sample|template|dist|schema)(?:\.|$))(?:.*\/)?(?:\.env(?:\.[\w.-]{1,40})?|\.envrc|environment|[^/]{1,120}\.(?:env|ini|cfg|conf|cnf|config|properties|ya?ml|toml|tfvars|service|json|secrets?)|\.kube\/config|[^/]{0,80}(?:secrets?|credentials?))$/i,
  isReal: secret =>
    looksRandom(secret) &&
    // A place, a name of something else, or words.
    !/^(?:[./~@:]|[a-z]{2,10}:\/)|\.(?:[a-z]{2,5})$|^sha\d{3}[:-]|pass|secret|token|key|admin|user|demo/i.test(secret),
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
