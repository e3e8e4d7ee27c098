/** One kind of credential: one plain object in one file below `detectors/`, whose name is its id. */
export type Detector = {
  /** What it is, as its issuer calls it: "GitHub personal access token". */
  readonly name: string
  /** What whoever finds it can do, at most 300 characters. */
  readonly why: string
  /** How to make it useless. */
  readonly revoke: string
  readonly link: string
  /** Lower case; one of them must be in the text before the pattern is tried. */
  readonly keywords: readonly [string, ...string[]]
  /** With the flag g. The group `secret`, or the whole match, is the credential. No nested repetition: subjects are hostile. */
  readonly pattern: RegExp
  /** What may be shown: the issuer's prefix. */
  readonly prefix: RegExp
  /** How far before its keyword the pattern may begin and how far behind it end, in characters, where that is not 256 and 1024. */
  readonly reach?: { readonly before: number; readonly after: number }
  /** In files of an image: only in those whose path matches. */
  readonly onlyIn?: RegExp
  /** A path of `onlyIn`, where it is looked for in files alone: not in commands, nor in what an image says of itself. */
  readonly filesOnly?: string
  /** A key in a block of its own, which is looked for in programs too. */
  readonly isKeyMaterial?: true
  /** A whole key, which no passphrase protects: what passes is one. */
  readonly isKey?: true
  /** In files of an image: the beginning of those in `onlyIn` is looked at, also where no keyword stands. */
  readonly isWholeFile?: true
  /** `isReal` computes the issuer's checksum: what passes was made by the issuer. */
  readonly hasChecksum?: true
  /** False for values that the issuer cannot have made: a wrong checksum, sample values of the issuer's documentation. */
  isReal?(secret: string, groups: Groups): boolean
  /** Made at run time, so that no file here holds something that looks like a live credential. */
  readonly samples: { readonly real: () => readonly string[]; readonly not: () => readonly string[] }
}

/** What the named groups of the pattern matched. */
export type Groups = Readonly<Record<string, string | undefined>>

export type Detection = {
  readonly id: string
  readonly detector: Detector
  readonly start: number
  readonly end: number
  readonly prefix: string
}

/** Shannon entropy in bits per character. */
export const entropy = (text: string): number => {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

/** `$NAME`, `${NAME}`, `$(command)`, `{{ name }}`, `%NAME%`, `<name>`: somebody else puts something there. */
const reference = /\$\{[^{}]*\}|\$\([^()]*\)|\{\{[^{}]*\}\}|\$\w+|%[A-Z_]+%|<[^<>]*>/g

/** Long, and with what names and templates do not have: several signs in it, or a run of letters of both cases and digits. */
const isDrawn = (text: string): boolean =>
  text.length >= 10 &&
  entropy(text) > 3.2 &&
  ((/\d/.test(text) && /[a-z]/i.test(text) && new Set(text.match(/[!@#%^&*=+~?]/g)).size >= 2) ||
    (text.match(/[A-Za-z0-9]{8,}/g) ?? []).some(run => /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run)))

/** A variable is named with words: `$DB_PASSWORD`, `$githubToken2`, `$1`, not `$kd` or `$d1234` in the middle of a password. */
const isVariableName = (name: string): boolean => {
  const letters = name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []
  return letters.length === 0 || letters.join('').length >= 3 * letters.length
}

/** It is a reference as a whole, or a short text with one in it. A long random value may have `$x` in it by chance. */
export const isReference = (value: string): boolean => {
  if (/\$\{\w|\{\{|^[[{]/.test(value)) return true
  if (!/^[<(%$]|\$\(?\w|%[A-Z_]+%/.test(value)) return false
  const rest = value.replace(reference, '')
  if (!/^[<(%$]|\$\(\w|%[A-Z_]+%/.test(value)) {
    const names = [...value.matchAll(/\$(\w+)/g)].map(([, name]) => name!)
    const isMeant = names.some(name => isVariableName(name)) || value.length < 8
    const isMore = (/\d/.test(rest) && /[a-z]/i.test(rest)) || new Set(rest.match(/[!@#%^&*=+~?]/g)).size >= 2
    if (!isMeant && (isMore || names.some(name => name.length >= 10))) return false
  }
  return value.length < 16 || !isDrawn(rest)
}

/** Of the examples in RFC 6749, RFC 6750 and OpenID Connect Core. */
const published =
  /^(?:2YotnFZFEjr1zCsicMWpAA|tGzv3JOkF0XG5Qx2TlKWIA|mF_9\.B5f-4\.1JqM|7Fjfp0ZBr1KtDRbnfVdmIw|gX1fBat3bV|SplxlOBeZQQYbYS6WxSbIA|SlAV32hkKG|8xLOxBtZp8)/

/** `xxxx`, `<token>`, `your-key-here`, `${VAR}`, `changeme`, the EXAMPLE keys of documentation: nobody's credential. */
export const isPlaceholder = (value: string): boolean =>
  value === '' ||
  isReference(value) ||
  published.test(value) ||
  /example|sample|dummy|placeholder|change.?me|\bset[-_ ]?me\b|replace|insert|your[-_.]|fake|xxxx|\.\.\.|\*\*\*|todo|redacted|^(?:none|null|nil|undefined|true|false|yes|no|changeit|secret|password|passwd|token|test|foo|bar|baz|key|value|string|n\/a)\d*$|^abc\d{0,3}$/i.test(
    value,
  ) ||
  new Set(value).size <= 2 ||
  /^(?:0123456789|1234567890|abcdef)/i.test(value)

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** CRC-32 (ISO 3309) of ASCII text. */
export const crc32 = (text: string): number => {
  let crc = 0xffffffff
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i)
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1))
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** The last six characters of the tokens of GitHub and npm: the CRC-32 of what stands between prefix and checksum, in base 62. */
export const base62Checksum = (body: string): string => {
  let value = crc32(body)
  let text = ''
  for (let i = 0; i < 6; i++) {
    text = base62[value % 62]! + text
    value = Math.floor(value / 62)
  }
  return text
}

/** Pseudo-random characters for samples: different for each seed, the same in every run. */
export const sampleText = (length: number, alphabet = base62, seed = 1): string => {
  let state = (seed * 2654435761) >>> 0
  let text = ''
  while (text.length < length) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    text += alphabet[(state >>> 8) % alphabet.length]!
  }
  return text
}

export const hex = '0123456789abcdef'
export const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
