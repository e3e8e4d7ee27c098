/** Names of variables, build arguments, labels and options → whether a secret is in them. */

/** Words that name a secret, as whole parts of a name: `DB_PASSWORD`, `apiKey`, but not `GOPRIVATE`, `USERNAME`, `KEYBOARD`. */
const words = new Set([
  'apikey',
  'auth',
  'credential',
  'credentials',
  'password',
  'pword',
  'passwd',
  'passphrase',
  'secret',
  'secrets',
  'token',
  'psw',
  'pwd',
  'pass',
  'privatekey',
  'secretkey',
  'accesskey',
])
/** With one of these the name speaks about a secret, and is none. */
const about = new Set([
  'file',
  'path',
  'dir',
  'url',
  'uri',
  'version',
  'public',
  'pub',
  'name',
  'id',
  'type',
  'length',
  'size',
  'ttl',
  'expiry',
  'expires',
  'timeout',
  'header',
  'endpoint',
  'host',
  'port',
  'enabled',
  'disabled',
  'enable',
  'method',
  'mode',
  'provider',
  'policy',
  'plugin',
  'sock',
  'issuer',
  'audience',
  'algorithm',
  'realm',
  'username',
  'user',
  'required',
  'backend',
  'server',
  'service',
  'domain',
  'store',
  'prefix',
  'max',
  'min',
  'count',
  'module',
  'gpg',
  'gpgkey',
  'fingerprint',
  'checksum',
  'sha256',
  'ring',
  'keyring',
  'location',
  'dockerfile',
  'limit',
  'limits',
])

/** `DB_PASSWORD`, `apiKey`, `--auth-token`; not `TOKEN_URL`, `PASSWORD_FILE`. */
export const isSecretName = (name: string): boolean => {
  const parts = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(part => part !== '')
  if (parts.some(part => about.has(part))) return false
  if (parts.some(part => words.has(part))) return true
  // `key` alone says little: KEY, SIGNING_KEY and API_KEY do, GPG_KEYS (fingerprints of releases) and KEY_LENGTH do not.
  const at = parts.lastIndexOf('key')
  return (
    at !== -1 &&
    at === parts.length - 1 &&
    (parts.length === 1 ||
      /^(?:api|private|secret|access|signing|encryption|license|master|ssh|app|deploy|service|account|storage|client|session|jwt|auth|admin|aws|stripe|openai|host)$/.test(
        parts[at - 1]!,
      ))
  )
}
