/**
 * A zlib stream (RFC 1950) somewhere in a file, whose length only its end tells. Small ones by the public functions. Large ones piece by piece, by the inner
 * handle of Node's streams, since those cannot be waited for here; where the handle does not behave, large ones cannot be read.
 */
import * as zlib from 'node:zlib'
import { type LayerFile, Unreadable } from '../cataloger.ts'
import type { GitBody } from './object.ts'

/** Larger ones are not held in memory. Bytes. */
export const wholeObject = 16 * 1024 * 1024

type Read = LayerFile['read']

/** What does not get smaller is stored in blocks with a few bytes for each. */
const storedSize = (size: number): number => size + (size >> 8) + 1024

/**
 * The stream at `at`, which must give `size` bytes (`wholeObject` at most), and where it ends. `stored`: how many bytes it may have. Throws Unreadable when it
 * gives others or is broken.
 */
export const inflateAt = (
  read: Read,
  at: number,
  size: number,
  stored = storedSize(size),
): { readonly bytes: Uint8Array; readonly end: number } => {
  if (size > wholeObject) throw new Unreadable('an object is too large for memory')
  let result: { buffer: Buffer; engine: { bytesWritten: number } }
  try {
    result = zlib.inflateSync(read(at, stored), {
      info: true,
      chunkSize: Math.max(64, size + 1),
      maxOutputLength: size + 1,
    }) as unknown as typeof result
  } catch (error) {
    throw new Unreadable('an object is broken', error)
  }
  if (result.buffer.length !== size) throw new Unreadable('an object is not as large as it says')
  return { bytes: result.buffer, end: at + result.engine.bytesWritten }
}

/** The first bytes of a stream, of which the first `stored` are looked at. Throws Unreadable. */
export const inflateHead = (read: Read, stored = 1024): Uint8Array => {
  try {
    return zlib.inflateSync(read(0, stored), { finishFlush: zlib.constants.Z_SYNC_FLUSH })
  } catch (error) {
    throw new Unreadable('an object is broken', error)
  }
}

type Handle = {
  reset(): void
  writeSync(
    flush: number,
    input: Uint8Array,
    at: number,
    length: number,
    output: Uint8Array,
    outAt: number,
    outLength: number,
  ): void
  onerror: (message: string) => void
}
type Inner = { readonly _handle?: Handle; readonly _writeState?: Uint32Array }

const piece = 256 * 1024

/** A stream that is too large for memory, read forwards; whoever asks for what has gone by lets it begin again. `close` must be called. */
export class LargeStream implements GitBody {
  readonly size: number
  readonly #source: Read
  readonly #at: number
  readonly #skip: number
  readonly #stream = zlib.createInflate()
  readonly #handle: Handle
  readonly #state: Uint32Array
  #failure: string | undefined
  #taken = 0
  #hasEnded = false
  /** What is at hand: the bytes from `#from` on, of which there are `#filled`. */
  #held: Uint8Array = new Uint8Array(2 * piece)
  #from = 0
  #filled = 0

  /** `skip`: bytes in front that are not of the object. `size`: without them. */
  constructor(source: Read, at: number, size: number, skip = 0) {
    this.#source = source
    this.#at = at
    this.size = size
    this.#skip = skip
    const { _handle: handle, _writeState: state } = this.#stream as unknown as Inner
    if (typeof handle?.writeSync !== 'function' || typeof handle.reset !== 'function' || !(state instanceof Uint32Array))
      throw new Unreadable('this version of Node.js cannot read objects that are too large for memory')
    handle.onerror = message => {
      this.#failure = message
    }
    this.#handle = handle
    this.#state = state
  }

  read = (offset: number, length: number): Uint8Array => {
    const start = offset + this.#skip
    const end = Math.min(start + length, this.size + this.#skip)
    if (start < this.#from) this.#restart()
    while (this.#from + this.#filled < end) {
      this.#drop(start)
      if (!this.#next()) throw new Unreadable('an object is not as large as it says')
    }
    return this.#held.subarray(start - this.#from, Math.max(start, end) - this.#from)
  }

  /** Reads on to the end; where that is in the file. */
  end(): number {
    do this.#drop(Infinity)
    while (this.#next())
    if (this.#from + this.#filled !== this.size + this.#skip) throw new Unreadable('an object is not as large as it says')
    return this.#at + this.#taken
  }

  close(): void {
    this.#stream.destroy()
  }

  #restart(): void {
    this.#handle.reset()
    this.#taken = 0
    this.#from = 0
    this.#filled = 0
    this.#hasEnded = false
  }

  /** Lets go of what stands before a place, and makes room for one piece more. */
  #drop(before: number): void {
    const gone = Math.min(this.#filled, Math.max(0, before - this.#from))
    if (gone === this.#filled) this.#filled = 0
    else if (gone >= piece) {
      this.#held.copyWithin(0, gone, this.#filled)
      this.#filled -= gone
    } else {
      if (this.#filled + piece > this.#held.length) {
        const larger = new Uint8Array(2 * this.#held.length)
        larger.set(this.#held.subarray(0, this.#filled))
        this.#held = larger
      }
      return
    }
    this.#from += gone
  }

  /** One piece more; false at the end. */
  #next(): boolean {
    if (this.#hasEnded) return false
    const room = Math.min(piece, this.#held.length - this.#filled)
    const input = this.#source(this.#at + this.#taken, piece)
    this.#handle.writeSync(zlib.constants.Z_NO_FLUSH, input, 0, input.length, this.#held, this.#filled, room)
    if (this.#failure !== undefined) throw new Unreadable(`an object is broken: ${this.#failure}`)
    const [left = 0, unread = 0] = this.#state
    const taken = input.length - unread
    this.#taken += taken
    this.#filled += room - left
    if (this.#from + this.#filled > this.size + this.#skip) throw new Unreadable('an object is larger than it says')
    // Nothing taken and nothing given, with room for it: the stream is over, or the file is.
    this.#hasEnded = taken === 0 && left === room
    return !this.#hasEnded
  }
}
