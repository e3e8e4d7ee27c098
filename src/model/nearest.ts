/**
 * The candidate that a person most likely meant, or undefined when none is near: Damerau–Levenshtein distance (optimal string alignment),
 * case ignored, at most a third of the word and never more than 3. Time: word × candidates, with early ends; words over 64 characters have no nearest.
 */
export const nearest = (word: string, candidates: Iterable<string>): string | undefined => {
  if (word.length === 0 || word.length > 64) return undefined
  const wanted = word.toLowerCase()
  let best: string | undefined
  let limit = Math.min(3, Math.max(1, Math.floor(word.length / 3)))
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > limit) continue
    const distance = distanceWithin(wanted, candidate.toLowerCase(), limit)
    if (distance === undefined || (best !== undefined && distance >= limit + 1)) continue
    best = candidate
    if (distance === 0) return best
    limit = distance - 1
  }
  return best
}

/** The distance when it is at most `limit`, else undefined. */
const distanceWithin = (a: string, b: string, limit: number): number | undefined => {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let value = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) value = Math.min(value, before[j - 2]! + 1)
      row.push(value)
      least = Math.min(least, value)
    }
    if (least > limit) return undefined
    before = previous
    previous = row
  }
  const distance = previous[b.length]!
  return distance <= limit ? distance : undefined
}
