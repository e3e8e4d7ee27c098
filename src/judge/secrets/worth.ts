/**
 * What a value is worth that is given to a secret. Samples of documentation say of themselves what they are; defaults are the name of the program, of its user
 * or its database, and what everybody tries first (https://owasp.org/www-project-top-ten/, A07: default, weak, or well-known passwords).
 */
import { isPlaceholder } from './detector.ts'
import { isNobodys, isWordy, saysOfSecrets } from './given-value.ts'

/** `none`: no secret at all. `sample`: meant to be replaced. `guessable`: the first that anybody tries. `own`: nobody knows it who does not read it here. */
export type Worth = 'none' | 'sample' | 'guessable' | 'own'

/** What defaults are made of, besides names. */
const everybodys = new Set(
  (
    'root admin administrator user users guest anonymous test tests testing demo dev prod staging local localhost default pass password passwords passwd passwort ' +
    'passphrase pw pwd secret secrets token tokens key keys db database sql my the some app web api server service system login toor letmein qwerty welcome hello ' +
    'master vuln public private changeit internal jwt auth foo bar baz postgres postgresql mysql mariadb mongo mongodb redis minio rabbitmq elastic oracle sa docker compose container'
  ).split(' '),
)

/** `1`, `2024`, `123456789012`, `000000`. */
const isCounted = (digits: string): boolean =>
  digits.length <= 4 || /^(\d)\1*$/.test(digits) || '12345678901234567890123456789012345678901234567890'.includes(digits)

const longest = 80

/** Made of known words and counted digits, from end to end: `minioadmin`, `db_dev`, `acme-password-123456`. */
const isMadeOf = (value: string, names: ReadonlySet<string>): boolean => {
  if (value.length > longest || !/[a-z]/i.test(value)) return false
  return [value, unleet(value)].some(text => {
    const parts = text
      .toLowerCase()
      .split(/[^a-z\d]+/)
      .filter(part => part !== '')
    return parts.length > 0 && parts.every(part => isCovered(part, names))
  })
}

/** `P4ssw0rd` → `Password`. */
const unleet = (value: string): string => value.replace(/[0134579@$!]/g, sign => leet[sign]!)
const leet: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  9: 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
}
const none: ReadonlySet<string> = new Set()

const isCovered = (part: string, names: ReadonlySet<string>): boolean => {
  const reached = new Array<boolean>(part.length + 1).fill(false)
  reached[0] = true
  for (let start = 0; start < part.length; start++) {
    if (!reached[start]) continue
    for (let end = start + 1; end <= part.length; end++) {
      const piece = part.slice(start, end)
      if (everybodys.has(piece) || (piece.length > 2 && names.has(piece)) || (/^\d+$/.test(piece) && isCounted(piece)))
        reached[end] = true
    }
  }
  return reached[part.length]!
}

/** Short enough to be tried out, or digits in their order. */
const isTried = (value: string): boolean =>
  (value.length < 6 && !/[^A-Za-z\d]/.test(value)) || (/^\d+$/.test(value) && (value.length < 9 || isCounted(value)))

const meant = /random|string|choose|strong|secure|(?:^|[a-z_-])here\d*$|^your|^put|^enter|adjust|define|generate|^this.?is/i

/** It tells whoever reads it what should stand there: `MySecureLoginPassword`, `choose-a-strong-one-here`. */
const isSentence = (value: string): boolean =>
  [value, unleet(value)].some(
    text =>
      (isWordy(text.replace(/\d+$/, '')) || (/^[A-Za-z]+$/.test(text) && /[a-z]{4}/.test(text))) &&
      (saysOfSecrets(text) || (meant.test(text) && text.length > 9)),
  )

/** `names`: what stands beside it, in lower case; see namesIn. */
export const worthOf = (value: string, names: ReadonlySet<string>): Worth => {
  const bare = value.trim().replace(/^(["'])(.*)\1$/s, '$2')
  if (bare === '' || isNobodys(bare) || isSettingOf(bare) || isEmptyKey(bare)) return 'none'
  if (isMadeOf(bare, none)) return 'guessable'
  if (isPlaceholder(bare)) return 'sample'
  if (isMadeOf(bare, names) || isTried(bare)) return 'guessable'
  return isSentence(bare) ? 'sample' : 'own'
}

/** Places of another program's, which that program fills in: `%kernel.project_dir%/config/jwt/private.pem`. */
const isSettingOf = (value: string): boolean => /^%[\w.]+%(?:\/[\w./-]*)?$/.test(value)

/** The head of a key without one. */
const isEmptyKey = (value: string): boolean => /^-----BEGIN [A-Z ]{1,40}-----\s*(?:-----END [A-Z ]{1,40}-----)?$/.test(value)

/** The words of names: of images, services, users, variables. */
export const namesIn = (texts: Iterable<string>): ReadonlySet<string> => {
  const names = new Set<string>()
  for (const text of texts) {
    const parts = text
      .slice(0, 500)
      .toLowerCase()
      .split(/[^a-z\d]+/)
    for (const part of [...parts, parts.join(''), ...parts.map(one => one.replace(/\d+$/, ''))])
      if (part.length > 2 && part.length < 40 && /^[a-z]/.test(part)) names.add(part)
  }
  return names
}
