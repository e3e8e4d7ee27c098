/** Objects that are written as changes of another one: https://git-scm.com/docs/gitformat-pack#_deltified_representation */
import { Unreadable } from '../cataloger.ts'

export type DeltaSizes = { readonly base: number; readonly result: number; readonly at: number }

/** What a delta says of the sizes, and where its instructions begin. Throws Unreadable. */
export const deltaSizes = (delta: Uint8Array): DeltaSizes => {
  let at = 0
  const number = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = delta[at++]
      if (byte === undefined || scale > 2 ** 42) throw new Unreadable('a delta is broken')
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }
  const base = number()
  const result = number()
  return { base, result, at }
}

/** Throws Unreadable when an instruction is broken. */
const instructions = (
  delta: Uint8Array,
  from: number,
  copy: (offset: number, size: number) => void,
  insert: (bytes: Uint8Array) => void,
): void => {
  for (let at = from; at < delta.length; ) {
    const code = delta[at++]!
    if (code === 0) throw new Unreadable('a delta is broken')
    if (code < 0x80) {
      if (at + code > delta.length) throw new Unreadable('a delta is cut off')
      insert(delta.subarray(at, at + code))
      at += code
      continue
    }
    let offset = 0
    let size = 0
    for (let bit = 0; bit < 4; bit++) if (code & (1 << bit)) offset += (delta[at++] ?? 0) * 2 ** (8 * bit)
    for (let bit = 0; bit < 3; bit++) if (code & (0x10 << bit)) size |= (delta[at++] ?? 0) << (8 * bit)
    if (at > delta.length) throw new Unreadable('a delta is cut off')
    copy(offset, size === 0 ? 0x10000 : size)
  }
}

/** The object that a delta makes of its base. The caller bounds `sizes.result`. Throws Unreadable. */
export const applyDelta = (base: Uint8Array, delta: Uint8Array, sizes: DeltaSizes): Uint8Array => {
  if (sizes.base !== base.length) throw new Unreadable('a delta is for an object of another size')
  const result = new Uint8Array(sizes.result)
  let filled = 0
  const add = (bytes: Uint8Array): void => {
    if (filled + bytes.length > result.length) throw new Unreadable('a delta gives more than it says')
    result.set(bytes, filled)
    filled += bytes.length
  }
  instructions(
    delta,
    sizes.at,
    (offset, size) => {
      if (offset + size > base.length) throw new Unreadable('a delta takes what its base does not have')
      add(base.subarray(offset, offset + size))
    },
    add,
  )
  if (filled !== result.length) throw new Unreadable('a delta gives less than it says')
  return result
}

/** What a delta brings by itself, each part on lines of its own. Throws Unreadable. */
export const insertedBy = (delta: Uint8Array): Uint8Array => {
  const parts: Uint8Array[] = []
  let last: Uint8Array | undefined
  instructions(
    delta,
    deltaSizes(delta).at,
    () => {
      last = undefined
    },
    bytes => {
      // An instruction inserts 127 bytes at most: what follows at once is one text.
      if (!last && parts.length > 0) parts.push(lineFeed)
      parts.push(bytes)
      last = bytes
    },
  )
  return Buffer.concat(parts)
}

const lineFeed = Uint8Array.of(10)
