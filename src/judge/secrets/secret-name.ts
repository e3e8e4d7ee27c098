/** Names of variables, build arguments, labels and options → whether a secret is in them. */

/** Words that name a secret, as whole parts of a name: `DB_PASSWORD`, `apiKey`, but not `GOPRIVATE`, `USERNAME`, `KEYBOARD`. */
const words = new Set(
  'apikey credential cred password pword passwd passphrase passcode passwort secret token psw pwd pass privatekey secretkey accesskey'.split(
    ' ',
  ),
)
/** They name one at the end only: `BASIC_AUTH`, `ADMIN_PW`, `GITHUB_PAT`, but not `AUTH_DB`, `PAT_HEIGHT`. */
const lastWords = new Set(['auth', 'pw', 'pat'])
/** What is asked for at a prompt, and thought up by people. */
const passwords = new Set('password pword passwd passphrase passcode passwort psw pwd pass pw'.split(' '))
/** Written without anything between: `PGPASSWORD`, `ACCESSTOKEN`, `CLIENTSECRET`. */
const glued = /^[a-z]{2,30}(?:password|passwd|passphrase|passwort|secret|token|apikey|secretkey|accesskey|privatekey)$/
/** `pass` and `pwd` end other words, too: compass, bypass, OLDPWD. */
const gluedShort =
  /^(?:ssh|db|my|user|root|admin|smtp|mail|pg|mysql|sql|redis|ftp|ldap|http|proxy|key|store|svn|git|mongo|rabbit)(?:pass|pwd|pw)$/
/** At the end the name speaks about a secret, and is none: `PASSWORD_FILE`, but not `USER_PASSWORD`. */
const about = new Set(
  (
    'file path dir directory folder url uri link address addr version name id type kind class format scope length len size age ttl expiry expire ' +
    'expiration lifetime validity duration interval day hour minute second timeout header endpoint host hostname port method mode provider policy plugin ' +
    'sock socket issuer audience algorithm realm username user required backend server service domain store prefix suffix count module gpg gpgkey arn symbol contract permission algo strategy encoder ' +
    'fingerprint checksum hint ring keyring location dockerfile limit helper manager driver handler rotation strength complexity validation pattern ' +
    'regex encoding cache bucket region field label param parameter query cookie env var variable attempt retry prompt generator support check language lang ' +
    'locale cipher pbkdf html address'
  ).split(' '),
)
/** Wherever they stand, the name is of a measure, a switch, or of something that everybody may know. */
const never = new Set(
  'public publishable pub fingerprint checksum sha256 max min num enable enabled disable disabled allow limit limits keyring dockerfile'.split(
    ' ',
  ),
)
/** The kind or the number of the same thing: `PRIVATE_KEY_PEM`, `MASTER_KEY_1`. */
const form = /^(?:\d+|pem|base64|b64|base|raw|value|text|data|json|prod|dev|staging|old|new|default)$/
/** `key` alone says little: KEY, SIGNING_KEY and API_KEYS do, GPG_KEYS (fingerprints of releases) and KEY_LENGTH do not. */
const ofKey =
  /^(?:api|private|secret|access|signing|sign|encryption|encrypt|enc|crypto|aes|hmac|license|master|ssh|app|deploy|service|account|storage|client|session|jwt|auth|admin|aws|stripe|openai|django|flask|bot|smtp|mail|webhook|host)$/

const singular = (part: string): string => (/[^s]s$/.test(part) ? part.slice(0, -1) : part)

/** What a name says: `inner` where something follows the word that says it, as in `TOKEN_GITHUB`. */
export type SecretKind = 'password' | 'secret' | 'key' | 'inner'

const partsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(part => part !== '')

/** Names are the same few in thousands of files: what was said of short ones is kept. */
const knownKinds = new Map<string, SecretKind | undefined>()
const maxKnown = 5000
const longestKnown = 80

/** `DB_PASSWORD`, `apiKey`, `--auth-token`; not `TOKEN_URL`, `PASSWORD_FILE`. */
export const secretKind = (name: string): SecretKind | undefined => {
  if (name.length > longestKnown) return kindOf(name)
  const kind = knownKinds.get(name)
  if (kind !== undefined || knownKinds.has(name)) return kind
  const found = kindOf(name)
  if (knownKinds.size === maxKnown) knownKinds.clear()
  knownKinds.set(name, found)
  return found
}

const kindOf = (name: string): SecretKind | undefined => {
  const whole = partsOf(name)
  // https://www.cisco.com/c/en/us/support/docs/security-vpn/remote-authentication-dial-user-service-radius/107614-64.html
  if (/^enable (?:password|secret)$/.test(whole.join(' '))) return 'password'
  if (whole.some(part => never.has(part))) return undefined
  while (whole.length > 1 && form.test(whole.at(-1)!)) whole.pop()
  const parts = whole.map(part => (/^pass$/.test(part) ? part : singular(part.replace(/\d{1,3}$/, ''))))
  const last = parts.at(-1)
  if (last === undefined || about.has(last)) return undefined
  if (passwords.has(last) || gluedShort.test(last) || /^[a-z]{2,30}(?:password|passwd|passphrase|passwort)$/.test(last))
    return 'password'
  if (words.has(last) || lastWords.has(last) || glued.test(last)) return 'secret'
  if (parts.some(part => words.has(part) || (glued.test(part) && !about.has(part)) || gluedShort.test(part))) return 'inner'
  if (/^(?:auth|enc|signing|master|encryption|deploy|ssh)key$/.test(last)) return 'key'
  return last === 'key' && (whole.length === 1 ? whole[0] === 'key' : ofKey.test(parts.at(-2)!)) ? 'key' : undefined
}

/** `apiAddress`, `CRYPTO_KEY_CIPHER`, `PASSWORD_HASH`: its last word says that no secret is in it. */
export const isAboutSecret = (name: string): boolean => {
  const last = partsOf(name).at(-1)
  return last !== undefined && (about.has(singular(last)) || last === 'hash')
}

export const isSecretName = (name: string): boolean => secretKind(name) !== undefined
