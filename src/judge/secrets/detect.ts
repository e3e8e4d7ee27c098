/** Texts → credentials in them: keyword first, then the pattern, then checksum, entropy and the list of what is nobody's. */
import { looksRandom } from './assigned.ts'
import { type Detection, isPlaceholder } from './detector.ts'
import { detectors } from './registry.ts'

const entries = Object.entries(detectors)

/** Every keyword with the indexes of the detectors that wait for it. */
const byKeyword = new Map<string, number[]>()
for (const [i, [, { keywords, filesOnly }]] of entries.entries())
  for (const keyword of filesOnly === undefined ? keywords : []) {
    const same = byKeyword.get(keyword)
    if (same) same.push(i)
    else byKeyword.set(keyword, [i])
  }
/** The same, with those of all shorter keywords that a keyword begins with (`sk-` begins `sk-ant-`): all of them stand where it stands. Most never stand anywhere. */
const byLongest = new Map<string, readonly number[]>()
const waitingFor = (keyword: string): readonly number[] => {
  const known = byLongest.get(keyword)
  if (known) return known
  const found = Array.from({ length: keyword.length }, (_, i) => byKeyword.get(keyword.slice(0, i + 1)) ?? []).flat()
  byLongest.set(keyword, found)
  return found
}
/** One pass for all keywords together: an `includes` for each costs four times as much. The longest first, so that a match is the longest there. */
const anyKeyword = new RegExp(
  [...byKeyword.keys()]
    .sort((a, b) => b.length - a.length)
    .map(keyword => RegExp.escape(keyword))
    .join('|'),
  'g',
)

/** Which detectors have one of their keywords in the text. */
const awake = (text: string): ReadonlySet<number> => {
  const lower = text.toLowerCase()
  const found = new Set<number>()
  const seen = new Set<string>()
  anyKeyword.lastIndex = 0
  for (let match = anyKeyword.exec(lower); match; match = anyKeyword.exec(lower)) {
    // Keywords may overlap: the next search begins one character on.
    anyKeyword.lastIndex = match.index + 1
    if (seen.has(match[0])) continue
    seen.add(match[0])
    for (const i of waitingFor(match[0])) found.add(i)
  }
  return found
}

/** The last answer: the rule and the redaction of the output ask about the same text. */
let last: { readonly text: string; readonly found: readonly Detection[] } | undefined

/** All credentials in a text, by position; where two kinds overlap the more special one (the earlier, then the longer) stays. */
export const detectSecrets = (text: string): readonly Detection[] => {
  if (last?.text !== text) last = { text, found: detect(text) }
  return last.found
}

const detect = (text: string): readonly Detection[] => {
  const found: Detection[] = []
  for (const i of [...awake(text)].sort((a, b) => a - b)) {
    const [id, detector] = entries[i]!
    for (const match of text.matchAll(detector.pattern)) {
      const secret = match.groups?.secret ?? match[0]
      const start = match.indices?.groups?.secret?.[0] ?? match.index + match[0].indexOf(secret)
      if (isPlaceholder(secret.replace(detector.prefix, ''))) continue
      if (detector.isReal?.(secret, match.groups ?? {}) === false) continue
      // No path says that these are settings.
      if (detector.onlyIn && !looksRandom(secret)) continue
      found.push({ id, detector, start, end: start + secret.length, prefix: detector.prefix.exec(secret)?.[0] ?? '' })
    }
  }
  // What is known by its name alone yields to what is known by its shape.
  const isGeneral = ({ detector }: Detection): number => Number(detector.onlyIn !== undefined)
  found.sort((a, b) => a.start - b.start || b.end - a.end || isGeneral(a) - isGeneral(b))
  const kept: Detection[] = []
  for (const detection of found) if (detection.start >= (kept.at(-1)?.end ?? 0)) kept.push(detection)
  return kept
}
