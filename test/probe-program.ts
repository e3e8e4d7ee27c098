/**
 * A Linux program for x86-64 that makes system calls and writes what each gave, as numbers of 8 bytes: what a container's filter lets through. Static, without a
 * library, made byte by byte: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
 */

/** Number and up to three arguments. */
export type Call = readonly [number: number, ...args: readonly number[]]

const base = 0x40_0000
const headerSize = 64 + 56

export const probeProgram = (calls: readonly Call[]): Buffer => {
  const results = 0x60_0000
  const code: number[] = []
  const put32 = (value: number): void => {
    code.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255)
  }
  /** mov of a number into eax, edi, esi, edx; the upper half becomes 0. */
  const load = (opcode: number, value: number): void => {
    code.push(opcode)
    put32(value)
  }
  const call = (number: number, args: readonly number[]): void => {
    load(0xb8, number)
    for (const [i, opcode] of [0xbf, 0xbe, 0xba].entries()) load(opcode, args[i] ?? 0)
    // r10, r8 and r9 are 0: xor of each with itself. Then syscall.
    code.push(0x4d, 0x31, 0xd2, 0x4d, 0x31, 0xc0, 0x4d, 0x31, 0xc9, 0x0f, 0x05)
  }
  for (const [i, [number, ...args]] of calls.entries()) {
    call(number, args)
    // mov [results + 8 * i], rax
    code.push(0x48, 0x89, 0x04, 0x25)
    put32(results + 8 * i)
  }
  call(1, [1, results, 8 * calls.length])
  call(60, [0])
  return program(code)
}

/** Calls getpid as programs of 32 bits do, by interrupt 0x80, and ends with 0. */
export const interruptProgram = (): Buffer => program([0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05])

/** What the program wrote. */
export const probeResults = (bytes: Buffer): readonly number[] =>
  Array.from({ length: Math.floor(bytes.length / 8) }, (_, i) => Number(bytes.readBigInt64LE(8 * i)))

const program = (code: readonly number[]): Buffer => {
  const header = Buffer.alloc(headerSize)
  header.write('\x7fELF\x02\x01\x01', 'latin1')
  header.writeUInt16LE(2, 16)
  header.writeUInt16LE(62, 18)
  header.writeUInt32LE(1, 20)
  header.writeBigUInt64LE(BigInt(base + headerSize), 24)
  header.writeBigUInt64LE(64n, 32)
  header.writeUInt16LE(64, 52)
  header.writeUInt16LE(56, 54)
  header.writeUInt16LE(1, 56)
  // One part of the file, to be read, written and run; it reaches to where the results are written.
  header.writeUInt32LE(1, 64)
  header.writeUInt32LE(7, 68)
  header.writeBigUInt64LE(BigInt(base), 80)
  header.writeBigUInt64LE(BigInt(base), 88)
  header.writeBigUInt64LE(BigInt(headerSize + code.length), 96)
  header.writeBigUInt64LE(0x21_0000n, 104)
  header.writeBigUInt64LE(4096n, 112)
  return Buffer.concat([header, Buffer.from(code)])
}
