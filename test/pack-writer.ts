/** Writes packs of Git repositories for tests, also wrong ones: https://git-scm.com/docs/gitformat-pack */
import { createHash } from 'node:crypto'
import { deflateSync } from 'node:zlib'

export type PackMember = {
  readonly type: 'commit' | 'tree' | 'blob' | 'tag' | 'offset-delta' | 'reference-delta'
  readonly body: string | Uint8Array
  /** Of an offset-delta: the number of the member that it is for, or how many bytes before it that stands. */
  readonly base?: number
  readonly distance?: number
  /** Of a reference-delta: the id, in hexadecimal digits. */
  readonly reference?: string
  /** What the header says; else the body's. */
  readonly size?: number
  /** What is stored; else the body, compressed. */
  readonly stored?: Uint8Array
}

const codes = { commit: 1, tree: 2, blob: 3, tag: 4, 'offset-delta': 6, 'reference-delta': 7 }

const entryHeader = (code: number, size: number): Buffer => {
  const bytes = [(code << 4) | (size % 16)]
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1]! |= 0x80
    bytes.push(rest % 128)
  }
  return Buffer.from(bytes)
}

const distanceBytes = (distance: number): Buffer => {
  const bytes = [distance % 128]
  for (let rest = Math.floor(distance / 128); rest > 0; rest = Math.floor(rest / 128)) {
    rest--
    bytes.unshift((rest % 128) | 0x80)
  }
  return Buffer.from(bytes)
}

export const pack = (members: readonly PackMember[], count = members.length): Buffer => {
  const head = Buffer.alloc(12)
  head.write('PACK')
  head.writeUInt32BE(2, 4)
  head.writeUInt32BE(count, 8)
  const parts: Buffer[] = [head]
  const offsets: number[] = []
  let at = head.length
  for (const { type, body, base, distance, reference, size, stored } of members) {
    const bytes = Buffer.from(body)
    offsets.push(at)
    const written = Buffer.concat([
      entryHeader(codes[type], size ?? bytes.length),
      type === 'offset-delta' ? distanceBytes(distance ?? at - offsets[base!]!) : Buffer.alloc(0),
      Buffer.from(reference ?? '', 'hex'),
      stored ?? deflateSync(bytes),
    ])
    parts.push(written)
    at += written.length
  }
  const whole = Buffer.concat(parts)
  return Buffer.concat([whole, createHash('sha1').update(whole).digest()])
}

const number = (value: number): Buffer => {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) | 0x80)
    if (rest < 128) return Buffer.from(bytes)
  }
}

/** Texts are inserted, pairs copied from the base. */
export const delta = (
  baseSize: number,
  parts: readonly (string | readonly [offset: number, size: number])[],
  size?: number,
): Buffer => {
  const told = parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : part[1]), 0)
  const instructions = parts.flatMap((part): readonly Buffer[] => {
    if (typeof part !== 'string') {
      const copy = Buffer.alloc(8)
      copy[0] = 0xff
      copy.writeUInt32LE(part[0], 1)
      copy.writeUIntLE(part[1], 5, 3)
      return [copy]
    }
    return (part.match(/[\s\S]{1,127}/g) ?? []).map(text =>
      Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]),
    )
  })
  return Buffer.concat([number(baseSize), number(size ?? told), ...instructions])
}

export const gitId = (type: string, body: string | Uint8Array, hash = 'sha1'): string => {
  const bytes = Buffer.from(body)
  return createHash(hash).update(`${type} ${bytes.length}\0`).update(bytes).digest('hex')
}

export const tree = (entries: readonly (readonly [mode: string, name: string, id: string])[]): Buffer =>
  Buffer.concat(entries.flatMap(([mode, name, id]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]))
