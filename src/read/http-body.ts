/** Bodies of answers, bounded in size and in time: a server that sends a byte now and then is never silent, and never done. */
import { type HttpResponse, type World, WorldError } from '../model/world.ts'

/** A long body comes at least this fast: bytes, and milliseconds. Slower ones are given up; a modem of 1995 is faster. */
export const pace = { bytes: 64 * 1024, within: 60_000 }

/**
 * The pieces of a long body. Rejects with WorldError `timed-out` when they come slower than `pace`; the time that whoever reads them takes is not
 * counted.
 */
export async function* atPace(world: World, response: HttpResponse, where: string): AsyncGenerator<Uint8Array> {
  let bytes = 0
  let waited = 0
  let asked = world.clock.now()
  for await (const piece of response.body) {
    waited += world.clock.now() - asked
    bytes += piece.length
    if (bytes >= pace.bytes) {
      bytes = 0
      waited = 0
    } else if (waited > pace.within)
      throw new WorldError('timed-out', `${where} sent ${bytes} bytes in ${Math.round(waited / 1000)} s, which is too slow`)
    yield piece
    asked = world.clock.now()
  }
}

/** A whole body of at most `limit` bytes that is there at `until` (as `clock.now` counts). Rejects with WorldError: `too-large`, `timed-out`. */
export const readWhole = async (
  world: World,
  response: HttpResponse,
  { where, limit, until }: { readonly where: string; readonly limit: number; readonly until: number },
): Promise<Uint8Array> => {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of response.body) {
    size += piece.length
    if (size > limit) throw new WorldError('too-large', `${where} sends more than ${limit} bytes`)
    if (world.clock.now() > until) throw new WorldError('timed-out', `${where} is too slow: ${size} bytes came, and more should`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** The beginning of a body: what came of it before something went wrong, or before `until`. */
export const readBeginning = async (
  world: World,
  response: HttpResponse,
  { limit, until }: { readonly limit: number; readonly until: number },
): Promise<string> => {
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for await (const piece of response.body) {
      pieces.push(piece)
      size += piece.length
      if (size > limit || world.clock.now() > until) break
    }
  } catch (error) {
    if (!(error instanceof WorldError)) throw error
  } finally {
    response.close()
  }
  return new TextDecoder().decode(Buffer.concat(pieces))
}

/** When asking again is in vain: after `tries` failures with too little in between, and after ten times as many altogether. */
export const newEndurance = (
  tries: number,
): { readonly advance: (bytes: number) => void; readonly fail: () => number | undefined } => {
  let failures = 0
  let all = 0
  let bytes = 0
  return {
    /** Bytes came. */
    advance(count) {
      bytes += count
      if (bytes >= pace.bytes) failures = 0
    },
    /** How many failures there were since enough came, this one with them; undefined: that is enough of them. */
    fail() {
      failures++
      all++
      bytes = 0
      return failures >= tries || all >= tries * 10 ? undefined : failures
    },
  }
}
