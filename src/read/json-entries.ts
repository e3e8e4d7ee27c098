/** JSON objects that are too large to be in memory as a whole (https://www.rfc-editor.org/rfc/rfc8259): one entry after the other, out of the bytes. */
import { Unreadable } from './cataloger.ts'

const quote = 0x22
const backslash = 0x5c

const decoder = new TextDecoder()

/**
 * The entries of the object that the bytes hold, each with the bytes of its value, which are part of what came in: for JSON.parse, or for this again.
 * One pass. What is inside of the values is looked at only as far as it takes to find their ends. Throws Unreadable, after the entries before.
 */
export function* jsonEntries(bytes: Uint8Array): Generator<readonly [key: string, value: Uint8Array]> {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const fail = (): never => {
    throw new Unreadable(at >= bytes.length ? 'its JSON is cut off' : `its JSON is broken at byte ${at}`)
  }
  const space = (): void => {
    while (at < bytes.length && isSpace(bytes[at]!)) at++
  }
  /** From one quote to behind the other. */
  const string = (): void => {
    at++
    while (true) {
      const end = bytes.indexOf(quote, at)
      if (end === -1) {
        at = bytes.length
        fail()
      }
      let slashes = 0
      while (bytes[end - 1 - slashes] === backslash && end - 1 - slashes >= at) slashes++
      at = end + 1
      if (slashes % 2 === 0) return
    }
  }
  const value = (): Uint8Array => {
    const start = at
    let depth = 0
    do {
      const byte = bytes[at]
      if (byte === undefined) fail()
      else if (byte === quote) string()
      else if (byte === 0x7b || byte === 0x5b) {
        depth++
        at++
      } else if (byte === 0x7d || byte === 0x5d) {
        if (depth === 0) fail()
        depth--
        at++
      } else if (depth > 0) at++
      else {
        while (at < bytes.length && !isEnd(bytes[at]!)) at++
        if (at === start) fail()
      }
    } while (depth > 0)
    return bytes.subarray(start, at)
  }
  space()
  if (bytes[at] !== 0x7b) fail()
  at++
  space()
  if (bytes[at] === 0x7d) at++
  else
    while (true) {
      space()
      if (bytes[at] !== quote) fail()
      const start = at
      string()
      const key = keyOf(bytes.subarray(start, at))
      space()
      if (bytes[at] !== 0x3a) fail()
      at++
      space()
      yield [key, value()]
      space()
      if (bytes[at] === 0x7d) {
        at++
        break
      }
      if (bytes[at] !== 0x2c) fail()
      at++
    }
  space()
  if (at < bytes.length) fail()
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
/** Space, comma, and all that closes or opens something. */
const isEnd = (byte: number): boolean =>
  isSpace(byte) || byte === 0x2c || byte === 0x7d || byte === 0x5d || byte === 0x7b || byte === 0x5b || byte === quote

const keyOf = (bytes: Uint8Array): string => {
  try {
    return JSON.parse(decoder.decode(bytes)) as string
  } catch (error) {
    throw new Unreadable('its JSON has a broken name', error)
  }
}
