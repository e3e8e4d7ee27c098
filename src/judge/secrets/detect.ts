/** Texts → credentials in them: keyword first, then the pattern, then checksum, entropy and the list of what is nobody's. */
import { type Detection, isPlaceholder } from './detector.ts'
import { detectors } from './registry.ts'

const entries = Object.entries(detectors)

/** The last answer: the rule and the redaction of the output ask about the same text. */
let last: { readonly text: string; readonly found: readonly Detection[] } | undefined

/** All credentials in a text, by position; where two kinds overlap the more special one (the earlier, then the longer) stays. */
export const detectSecrets = (text: string): readonly Detection[] => {
  if (last?.text !== text) last = { text, found: detect(text) }
  return last.found
}

const detect = (text: string): readonly Detection[] => {
  const lower = text.toLowerCase()
  const found: Detection[] = []
  for (const [id, detector] of entries) {
    if (!detector.keywords.some(keyword => lower.includes(keyword))) continue
    for (const match of text.matchAll(detector.pattern)) {
      const secret = match.groups?.secret ?? match[0]
      const start = match.index + match[0].indexOf(secret)
      if (isPlaceholder(secret.replace(detector.prefix, '')) || detector.isReal?.(secret) === false) continue
      found.push({ id, detector, start, end: start + secret.length, prefix: detector.prefix.exec(secret)?.[0] ?? '' })
    }
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end)
  const kept: Detection[] = []
  for (const detection of found) if (detection.start >= (kept.at(-1)?.end ?? 0)) kept.push(detection)
  return kept
}
