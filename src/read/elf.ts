/** ELF files, read by their tables alone: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html */
import { copyOf, type LayerFile, Unreadable } from './cataloger.ts'

export type ElfPart = {
  /** Sections only; segments have none. */
  readonly name: string
  /** Section or segment type; flags as each has them. */
  readonly type: number
  readonly flags: number
  /** Virtual address, offset in the file, bytes in the file. */
  readonly address: number
  readonly offset: number
  readonly size: number
}

export type Elf = {
  readonly isLittle: boolean
  readonly is64: boolean
  readonly sections: readonly ElfPart[]
  readonly segments: readonly ElfPart[]
  /** Bytes at a virtual address; fewer where the segment ends. */
  readAddress(address: number, length: number): Uint8Array
}

/** Tables with more entries are no real ones: the linker's limit without extensions is 65,279. */
const tableLimit = 65_536
/** Section types. */
const noBits = 8
/** Segment types and flags. */
export const loadSegment = 1
export const writable = 2

/** Undefined: no ELF file. Throws Unreadable when its tables are broken. A file without sections (stripped of them) has none. */
export const readElf = (file: LayerFile): Elf | undefined => {
  const known = tables.get(file)
  if (known !== undefined) return known ?? undefined
  const elf = parse(file)
  tables.set(file, elf ?? null)
  return elf
}

/** Several catalogers ask for the same file. */
const tables = new WeakMap<LayerFile, Elf | null>()

const parse = (file: LayerFile): Elf | undefined => {
  const ident = copyOf(file.read(0, 64))
  if (ident.length < 52 || ident[0] !== 0x7f || ident[1] !== 0x45 || ident[2] !== 0x4c || ident[3] !== 0x46) return undefined
  const is64 = ident[4] === 2
  const isLittle = ident[5] === 1
  if ((ident[4] !== 1 && !is64) || (ident[5] !== 2 && !isLittle) || (is64 && ident.length < 64))
    throw new Unreadable('its ELF header is broken')
  const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const word = (view: DataView, at: number): number => {
    const value = is64 ? Number(view.getBigUint64(at, isLittle)) : view.getUint32(at, isLittle)
    if (!Number.isSafeInteger(value)) throw new Unreadable('its ELF tables have impossible numbers')
    return value
  }
  const header = viewOf(ident)
  const at = is64
    ? { phoff: 32, shoff: 40, phentsize: 54, phnum: 56, shentsize: 58, shnum: 60, shstrndx: 62 }
    : { phoff: 28, shoff: 32, phentsize: 42, phnum: 44, shentsize: 46, shnum: 48, shstrndx: 50 }
  const table = (offset: number, count: number, size: number, least: number): DataView | undefined => {
    if (offset === 0 || count === 0) return undefined
    if (count > tableLimit || size < least || offset + count * size > file.size)
      throw new Unreadable('its ELF tables lie outside of the file')
    const bytes = copyOf(file.read(offset, count * size))
    if (bytes.length < count * size) throw new Unreadable('its ELF tables lie outside of the file')
    return viewOf(bytes)
  }
  const phentsize = header.getUint16(at.phentsize, isLittle)
  const phnum = header.getUint16(at.phnum, isLittle)
  const programs = table(word(header, at.phoff), phnum, phentsize, is64 ? 56 : 32)
  const segments: ElfPart[] = []
  for (let i = 0; programs && i < phnum; i++) {
    const start = i * phentsize
    segments.push({
      name: '',
      type: programs.getUint32(start, isLittle),
      flags: programs.getUint32(start + (is64 ? 4 : 24), isLittle),
      offset: word(programs, start + (is64 ? 8 : 4)),
      address: word(programs, start + (is64 ? 16 : 8)),
      size: word(programs, start + (is64 ? 32 : 16)),
    })
  }
  const shentsize = header.getUint16(at.shentsize, isLittle)
  const shnum = header.getUint16(at.shnum, isLittle)
  const raw = table(word(header, at.shoff), shnum, shentsize, is64 ? 64 : 40)
  const plain: { nameAt: number; part: ElfPart }[] = []
  for (let i = 0; raw && i < shnum; i++) {
    const start = i * shentsize
    const type = raw.getUint32(start + 4, isLittle)
    plain.push({
      nameAt: raw.getUint32(start, isLittle),
      part: {
        name: '',
        type,
        flags: word(raw, start + 8),
        address: word(raw, start + (is64 ? 16 : 12)),
        offset: word(raw, start + (is64 ? 24 : 16)),
        size: type === noBits ? 0 : word(raw, start + (is64 ? 32 : 20)),
      },
    })
  }
  const strings = plain[header.getUint16(at.shstrndx, isLittle)]?.part
  const names =
    strings && strings.size <= 1024 * 1024 && strings.offset + strings.size <= file.size
      ? copyOf(file.read(strings.offset, strings.size))
      : new Uint8Array(0)
  const nameAt = (offset: number): string => {
    const end = names.indexOf(0, offset)
    return offset >= names.length ? '' : latin1(names.subarray(offset, end === -1 ? Math.min(names.length, offset + 256) : end))
  }
  return {
    is64,
    isLittle,
    sections: plain.map(one => ({ ...one.part, name: nameAt(one.nameAt) })),
    segments,
    readAddress(address, length) {
      const segment = segments.find(one => one.type === loadSegment && address >= one.address && address < one.address + one.size)
      if (!segment) return new Uint8Array(0)
      const inside = address - segment.address
      return file.read(segment.offset + inside, Math.min(length, segment.size - inside))
    },
  }
}

/** One letter per byte. */
export const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** At most so many bytes of a section; undefined when there is none of the name. Only lent. */
export const sectionBytes = (file: LayerFile, elf: Elf, name: string, limit: number): Uint8Array | undefined => {
  const section = elf.sections.find(one => one.name === name)
  return section && file.read(section.offset, Math.min(section.size, limit))
}
