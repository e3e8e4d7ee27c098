/** Values that give nothing away, whatever name they are given to. */

/**
 * Where a secret is kept, and not the secret: https://developer.1password.com/docs/cli/secret-reference-syntax/,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html, https://cloud.google.com/secret-manager/docs/reference/rest,
 * https://learn.microsoft.com/en-us/azure/app-service/app-service-key-vault-references, https://github.com/helmfile/vals.
 */
const stored =
  /^(?:op:\/\/[\w@. -]{1,80}\/[^"'\n]{1,160}|arn:aws[a-z-]{0,10}:[a-z0-9-]{2,40}:[^"'\n]{1,300}|(?:\/\/secretmanager\.googleapis\.com\/)?projects\/[\w-]{1,60}\/secrets\/[\w-]{1,255}(?:\/versions\/\w{1,20})?|@Microsoft\.KeyVault\([^\n]{1,300}|urn:[a-z0-9-]{2,32}:[^\n]{1,200}|(?:ref\+)?(?:awssecrets|awsssm|awskms|gcpsecrets|gcpkms|azurekeyvault|akv|vault|sops|secretref|secretsmanager|doppler|keeper|infisical|bws|ssm|env|file|classpath):[^\n]{1,300}|\{\{resolve:[^\n]{1,300})$/i
export const isStored = (value: string): boolean => stored.test(value)

/** Ciphertext, which whoever has no key makes nothing of (SOPS, Jasypt, Spring Cloud Config, Sealed Secrets, Ansible), and hashes of passwords. */
export const isEncrypted = (value: string): boolean =>
  /^(?:ENC\[|ENC\(|\{(?:cipher|bcrypt|argon2|scrypt|pbkdf2)\}|\$ANSIBLE_VAULT;|!vault\b|(?:[\w.@-]{1,64}:)?\$(?:argon2(?:id?|d)|2[abxy]|[156y]|pbkdf2[\w-]{0,12}|scrypt)\$)/i.test(
    value,
  ) ||
  // Two bytes say how long the encrypted key before the ciphertext is: https://github.com/bitnami-labs/sealed-secrets/blob/main/pkg/crypto/crypto.go
  /^Ag[A-D][A-Za-z0-9+/]{97,}={0,2}$/.test(value)

/** What web pages show to everybody: https://posthog.com/docs/api, https://docs.stripe.com/keys, https://supabase.com/docs/guides/api/api-keys. */
export const isPublic = (value: string): boolean => /^(?:phc_|pk_(?:live|test)_|sb_publishable_)\w/.test(value)

/** Ways to log in, or none, and modes of https://fetch.spec.whatwg.org/#concept-request-credentials-mode. */
const switches =
  /^(?:none|null|nil|undefined|n\/a|enabled?|disabled?|include|omit|same-origin|basic|digest|bearer|ntlm|kerberos|gssapi|negotiate|oauth2?|oidc|saml2?|ldaps?|jwt|pam|trust|scram-sha-(?:1|256|512)|cram-md5|\w{1,40}[._-]creds)$/i

/** A part of a path that nobody would call a file so: letters of both cases and digits. */
const isDrawn = (part: string): boolean => part.length >= 8 && /[a-z]/.test(part) && /[A-Z]/.test(part) && /\d/.test(part)

/**
 * Places, switches, small numbers and references give nothing away, nor do fingerprints of keys. A path must look like one: random text may begin with a
 * slash, and end like a file.
 */
export const isHarmless = (value: string): boolean =>
  value === '***' ||
  isStored(value) ||
  switches.test(value) ||
  /^(?:[^\p{L}\d]*|\d{1,5}|true|false|yes|no|on|off|\$\w+|\$\{[^{}]*\}|\{\{[^{}]*\}\}|<[\w -]+>|%[A-Z_]+%)$/iu.test(value) ||
  /^(?:(?:0x)?[0-9A-F]{16}|[0-9A-F]{40}|(?:[0-9A-F]{4} {1,2}){9}[0-9A-F]{4})$/.test(value) ||
  (/^\/(?:app|bin|config|data|dev|etc|home|lib|mnt|opt|proc|root|run|sbin|secrets?|srv|sys|tmp|usr|var|vault|workspace)(?:\/[\w./-]*)?$/i.test(
    value,
  ) &&
    !value.split('/').some(isDrawn)) ||
  (/^[\w./-]+\.(?:sh|py|rb|js|sql|rsp|json|ya?ml|toml|ini|conf|txt|key|pem)$/i.test(value) && !value.split('/').some(isDrawn))
