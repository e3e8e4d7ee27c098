/** An object in a file of its own: a zlib stream of `blob 123`, a zero, and what it holds (https://git-scm.com/docs/gitformat-loose). */
import { type LayerFile, Unreadable } from '../cataloger.ts'
import { inflateAt, inflateHead, LargeStream, wholeObject } from './inflate.ts'
import { bodyOf, type GitBody, type GitType } from './object.ts'

const headerLimit = 32

/** Calls `use` with the object, which is lent until then. False: it is none. Throws Unreadable when it is broken. */
export const readLoose = (file: LayerFile, use: (type: GitType, body: GitBody) => void): boolean => {
  const start = file.read(0, 2)
  // RFC 1950: compression method 8, and a checksum over the first two bytes.
  if (start.length < 2 || (start[0]! & 15) !== 8 || ((start[0]! << 8) | start[1]!) % 31 !== 0) return false
  const head = Buffer.from(inflateHead(file.read).subarray(0, headerLimit)).toString('latin1')
  const match = /^(commit|tree|blob|tag) (\d{1,15})\0/.exec(head)
  // Cut off before it says what it is.
  if (!match && /^(?:(?:commit|tree|blob|tag) \d*)?$/.test(head)) throw new Unreadable('an object is cut off')
  if (!match) return false
  const [header, type, digits] = match
  const size = Number(digits)
  const whole = header.length + size
  if (whole <= wholeObject) {
    const { bytes, end } = inflateAt(file.read, 0, whole)
    if (end < file.size) throw new Unreadable('something stands behind an object')
    use(type as GitType, bodyOf(bytes.subarray(header.length)))
    return true
  }
  const stream = new LargeStream(file.read, 0, size, header.length)
  try {
    use(type as GitType, stream)
    stream.end()
  } finally {
    stream.close()
  }
  return true
}
