/** A name and what it is given to in a file → whether that is a secret. The more kinds of things a file may hold, the more must speak for it. */
import { looksRandom } from './assigned.ts'
import { entropy, isPlaceholder } from './detector.ts'
import { isEncrypted, isHarmless, isPublic } from './harmless.ts'
import { secretKind } from './secret-name.ts'

const word = /^(?:[a-z]{2,}|[A-Z][a-z]+|[A-Z]{2,}|[a-z])?\d{0,4}$/

/** Words, and perhaps small numbers: `acme-db-creds-01`, `letsencrypt-prod1`, `myToken`. Names are made so, and what is drawn is not. */
export const isWordy = (value: string): boolean =>
  value.split(/[-_./: ]/).every(part => {
    const bits = part.split(/(?<=[a-z\d])(?=[A-Z])/)
    return (
      bits.every(bit => word.test(bit)) &&
      part.length >= 3 * (bits.length - 1) &&
      (bits.length < 3 || part.length >= 4 * bits.length)
    )
  })

/** Of a thing that is called so; `testing123` is the secret of many a RADIUS server. */
const isName = (value: string): boolean => isWordy(value) && !/^[A-Za-z]+\d{3,}$/.test(value)

/** Not a value, but what is said of one: types of schemas, ways to keep and to change it, services of nsswitch.conf. */
const saidOf = new Set(
  (
    'string text optional required hidden input integer number boolean object array prompt plain plaintext cleartext auto automatic random generate ' +
    'generated default unset empty file files vault keyring environment ignore prefer compat systemd winbind sufficient requisite include varchar ' +
    'binary bytes base64 encrypted encrypt hashed bcrypt scrypt argon2 argon2id pbkdf2 sha256 sha512 crypt always never admin administrator anonymous ' +
    'guest postgres mysql redis rabbitmq oracle public private internal external redacted masked passwords tokens secrets credentials internalpass ' +
    'optional-value manual local remote session cookie header query body form read write inherit'
  ).split(' '),
)
const aboutSecrets =
  /pass(?:word|wd|phrase|code)|secret|token|credential|contrase|wachtwoord|motdepasse|parola|heslo|haslo|jelszo|senha|lozinka|salasana|losenord|kennwort|^passwor[td]\w?$|^my[_-]?pass$/i

/** `vulhub_secret`, `some-test-pass`, `SuperDuperAdminPW`. */
export const saysOfSecrets = (value: string): boolean =>
  aboutSecrets.test(value) || /(?:^|[_. -]|[a-z](?=P))p(?:ass|wd?)$/i.test(value)

/** Of no use to anybody. */
export const isNobodys = (value: string): boolean => isHarmless(value) || isEncrypted(value) || isPublic(value)

/** The same written in base 64, as Kubernetes keeps its secrets. */
const isNobodysInside = (value: string): boolean => {
  if (isNobodys(value)) return true
  if (!/^(?:[A-Za-z0-9+/]{4}){1,50}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)) return false
  const plain = atob(value).trimEnd()
  return /^[\x20-\x7e]{3,}$/.test(plain) && (isPlaceholder(plain) || (isWordy(plain) && aboutSecrets.test(plain)))
}

/** A word that says how a secret is kept or made, and is none: `sha256`, `argon2i`, `aes-xts-plain64`. */
export const isSaidOf = (value: string): boolean =>
  saidOf.has(value.toLowerCase()) ||
  (/^(?:aes|des3?|sha\d*|md5|argon2|pbkdf2|scrypt|chacha20|rsa|ecdsa|ed25519|hs\d|rs\d|es\d)[\w:-]{0,40}$/i.test(value) &&
    isWordy(value.replaceAll(/[:\d]/g, '')))

/** In what sets variables: `.env`, `/etc/environment`, jobs of cron. Nothing else stands there. */
export const isVariableSecret = (name: string, value: string): boolean => {
  const kind = secretKind(name)
  if (kind === undefined || isNobodysInside(value) || /^[a-z][a-z+]{1,20}:\/\//i.test(value)) return false
  // Systemd keeps them elsewhere: https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Credentials
  if (/^(?:Condition|Assert|Load|Import|Set)Credential/.test(name)) return false
  if (kind === 'password') return value.length >= 4 && !saidOf.has(value.toLowerCase())
  return value.length >= 8 && !isName(value)
}

/** In a file of settings. `isQuoted`: the name stands in quotation marks, as in JSON, where translations, schemas and tables of all kinds are, too. */
export const isSettingSecret = (name: string, value: string, isQuoted: boolean): boolean => {
  const kind = secretKind(name)
  if (kind === undefined || /\s/.test(value) || isNobodysInside(value)) return false
  if (/(?:^|[^a-z])(?:example|sample|dummy|fake|mock|csrf|xsrf)(?:[^a-z]|$)/i.test(name) || /^(?:key|auth)$/i.test(name))
    return false
  // A place, or the name of a file.
  if (/^(?:[./~@:]|[x*!]{1,2}:|[a-z][a-z+]{1,20}:\/)|\.(?:[a-z]{2,5})$|^sha\d{3}[:-]/i.test(value)) return false
  if (kind === 'password') return isPassword(value, isQuoted)
  if (isName(value) || !looksRandom(value) || /[[\](){}]/.test(value)) return false
  return kind === 'secret' ? value.length >= 8 : value.length >= 16 && entropy(value) > 3
}

const isPassword = (value: string, isQuoted: boolean): boolean => {
  if (entropy(value) <= 1.5 || saidOf.has(value.toLowerCase())) return false
  const isMixed = /[a-z]/i.test(value) && /[^a-z_. -]/i.test(value)
  if (isWordy(value) && aboutSecrets.test(value)) return false
  if (isQuoted) return value.length >= 8 && isMixed && looksRandom(value)
  // One word that begins with a capital letter is a caption.
  return value.length >= 6 && (isMixed || !/^[A-Z][a-z]+$/.test(value))
}
