/**
 * Where one of several hundred keywords stands in bytes, at the speed of the memory: three bytes of each keyword, those that are rarest in texts, are looked for
 * at once, and only where they stand the keyword is compared. Letters count without regard to their case.
 */

/** Called with the index of the keyword and where it begins. */
export type KeywordHit = (keyword: number, at: number) => void

const fold = new Uint8Array(256)
for (let i = 0; i < 256; i++) fold[i] = i >= 65 && i <= 90 ? i + 32 : i

/** How often characters stand in texts and programs, roughly: the rarer three of them are, the fewer places have to be looked at. */
const commonness = (unit: number): number => {
  const at = ' etaoinsrhldcumfpgwybvkxjqz'.indexOf(String.fromCharCode(unit))
  if (at !== -1) return 30 - at
  return unit >= 48 && unit <= 57 ? 8 : /[_./-]/.test(String.fromCharCode(unit)) ? 10 : 2
}

const tableBits = 16
/** The bit that makes letters of ASCII small, in three bytes; what it makes of other characters is sorted out when the keyword is compared. */
const smallLetters = 0x202020
const hash = (code: number): number => Math.imul(code, 0x9e3779b1) >>> (32 - tableBits)

/** `keywords`: small letters, ASCII, at least three characters each. */
export const keywordFinder = (
  keywords: readonly string[],
): ((bytes: Uint8Array, start: number, end: number, hit: KeywordHit) => void) => {
  const table = new Uint8Array(1 << tableBits)
  const candidates = new Map<number, { readonly keyword: number; readonly offset: number; readonly bytes: Uint8Array }[]>()
  for (const [keyword, text] of keywords.entries()) {
    if (text.length < 3) throw new RangeError(`the keyword ${text} is shorter than three characters`)
    const bytes = new TextEncoder().encode(text)
    let offset = 0
    let least = Infinity
    for (let i = 0; i + 3 <= bytes.length; i++) {
      const weight = commonness(bytes[i]!) * commonness(bytes[i + 1]!) * commonness(bytes[i + 2]!)
      if (weight < least) {
        least = weight
        offset = i
      }
    }
    const code = (bytes[offset]! << 16) | (bytes[offset + 1]! << 8) | bytes[offset + 2]! | smallLetters
    table[hash(code)] = 1
    const list = candidates.get(code)
    if (list) list.push({ keyword, offset, bytes })
    else candidates.set(code, [{ keyword, offset, bytes }])
  }
  return (bytes, start, end, hit) => {
    let code = 0
    for (let i = start; i < end; i++) {
      code = ((code << 8) | bytes[i]!) & 0xffffff
      if (table[Math.imul(code | smallLetters, 0x9e3779b1) >>> (32 - tableBits)] === 0) continue
      const list = candidates.get(code | smallLetters)
      if (!list) continue
      for (const candidate of list) {
        const at = i - 2 - candidate.offset
        if (at < start || at + candidate.bytes.length > end) continue
        let same = 0
        while (same < candidate.bytes.length && fold[bytes[at + same]!] === candidate.bytes[same]) same++
        if (same === candidate.bytes.length) hit(candidate.keyword, at)
      }
    }
  }
}
