/** What the census of an image needs from inside files: accounts, and how programs were built. Taken out while a layer is walked for its packages. */
import type { Account, Group, PasswordState } from '../model/census.ts'
import { anySize, type Cataloger, copyOf, type LayerFile, Unreadable, wholeText } from './cataloger.ts'
import { type Elf, readElf } from './elf.ts'

/** Under this name among catalogers. */
export const censusName = 'census'

/** `password` of /etc/passwd: undefined where it says that /etc/shadow has it. */
export type PasswdLine = Omit<Account, 'password' | 'passwordAt'> & { readonly password: PasswordState | undefined }
export type ShadowLine = { readonly name: string; readonly password: PasswordState }
export type Program = {
  /** ELF's `e_machine`. */
  readonly machine: number
  /** Letters of what it was built without: p(osition independence), r(elocations read-only), c(anary of the stack). */
  readonly lacks: string
}
/** `count`: of all lines, of which the first are there. */
export type CensusData =
  | { readonly of: 'passwd'; readonly count: number; readonly lines: readonly PasswdLine[] }
  | { readonly of: 'shadow'; readonly count: number; readonly lines: readonly ShadowLine[] }
  | { readonly of: 'group'; readonly count: number; readonly lines: readonly Group[] }
  | { readonly of: 'program'; readonly program: Program }

/** Lines of one of these files. */
const lineLimit = 10_000
const nameLimit = 64
const accountFileLimit = 8 * 1024 * 1024

export const censusCataloger: Cataloger<CensusData> = {
  // Also with every change of what the census counts (read/image/census.ts): it is cached with the rest.
  revision: 2,
  files: ['etc/passwd', 'etc/shadow', 'etc/group'],
  content: 'elf',
  largest: anySize,
  collect(file) {
    switch (file.path) {
      case 'etc/passwd':
        return { of: 'passwd', ...linesOf(file, passwdLine) }
      case 'etc/shadow':
        return { of: 'shadow', ...linesOf(file, shadowLine) }
      case 'etc/group':
        return { of: 'group', ...linesOf(file, groupLine) }
      default: {
        const program = sound(file)
        return program && { of: 'program', program }
      }
    }
  },
  *assemble() {},
}

/** A program whose tables are broken does not start; catalogers that look for packages in programs have said so. */
const sound = (file: LayerFile): Program | undefined => {
  try {
    return readProgram(file)
  } catch (error) {
    if (error instanceof Unreadable) return undefined
    throw error
  }
}

const linesOf = <Line>(
  file: LayerFile,
  read: (fields: readonly string[]) => Line | undefined,
): { readonly count: number; readonly lines: readonly Line[] } => {
  const lines: Line[] = []
  let count = 0
  for (const text of wholeText(file, accountFileLimit).split('\n')) {
    // `+` and `-` are the switches of NIS.
    if (text === '' || /^[#+-]/.test(text)) continue
    const line = read(text.replace(/\r$/, '').split(':'))
    if (line === undefined) continue
    count++
    if (lines.length < lineLimit) lines.push(line)
  }
  return { count, lines }
}

/** `!` and `*` begin what no password's hash can be: https://man7.org/linux/man-pages/man5/shadow.5.html */
const passwordState = (field: string): PasswordState => (field === '' ? 'empty' : /^[!*]/.test(field) ? 'locked' : 'set')

const numberIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined

/** https://man7.org/linux/man-pages/man5/passwd.5.html: only a lone `x` leads to /etc/shadow. */
const passwdLine = ([name = '', password = '', uidText, gidText]: readonly string[]): PasswdLine | undefined => {
  const uid = numberIn(uidText)
  const gid = numberIn(gidText)
  if (name === '' || uid === undefined || gid === undefined) return undefined
  return { name: name.slice(0, nameLimit), uid, gid, password: password === 'x' ? undefined : passwordState(password) }
}

const shadowLine = ([name = '', password, ...rest]: readonly string[]): ShadowLine | undefined =>
  name === '' || password === undefined || rest.length === 0
    ? undefined
    : { name: name.slice(0, nameLimit), password: passwordState(password) }

/** https://man7.org/linux/man-pages/man5/group.5.html */
const groupLine = ([name = '', , gidText]: readonly string[]): Group | undefined => {
  const gid = numberIn(gidText)
  return name === '' || gid === undefined ? undefined : { name: name.slice(0, nameLimit), gid }
}

/** File types, segment types and dynamic tags: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html, glibc's <elf.h>. */
const executable = 2
const shared = 3
const dynamicSegment = 2
const interpreterSegment = 3
const relroSegment = 0x6474e552
const tagStringTable = 5
const tagStringSize = 10
const tagFlags1 = 0x6ffffffb
const flag1Pie = 0x08000000

const dynamicLimit = 64 * 1024
const stringLimit = 4 * 1024 * 1024

/** Undefined: no program. A library that can also be started (libc.so.6) looks like a program, and is one. */
const readProgram = (file: LayerFile): Program | undefined => {
  const elf = readElf(file)
  if (!elf) return undefined
  const head = copyOf(file.read(0, 20))
  const view = new DataView(head.buffer)
  const type = view.getUint16(16, elf.isLittle)
  const machine = view.getUint16(18, elf.isLittle)
  const isDynamic = elf.segments.some(segment => segment.type === interpreterSegment)
  const tags = dynamicTags(file, elf)
  const isPie = type === shared && (isDynamic || ((tags.get(tagFlags1) ?? 0) & flag1Pie) !== 0)
  if (type !== executable && !isPie) return undefined
  // Partly (without BIND_NOW) is what several distributions do by default.
  const hasRelro = elf.segments.some(segment => segment.type === relroSegment)
  // Go and Rust keep buffers by their own means, and of static programs the symbols are mostly gone.
  const mayHaveCanary = isDynamic && !isOfSafeLanguage(file, elf)
  const hasCanary = !mayHaveCanary || dynamicStrings(elf, tags).includes('\0__stack_chk_')
  return { machine, lacks: `${isPie ? '' : 'p'}${hasRelro ? '' : 'r'}${hasCanary ? '' : 'c'}` }
}

const dynamicTags = (file: LayerFile, elf: Elf): ReadonlyMap<number, number> => {
  const segment = elf.segments.find(({ type }) => type === dynamicSegment)
  const tags = new Map<number, number>()
  if (!segment) return tags
  const bytes = copyOf(file.read(segment.offset, Math.min(segment.size, dynamicLimit)))
  const view = new DataView(bytes.buffer)
  const step = elf.is64 ? 16 : 8
  for (let at = 0; at + step <= bytes.length; at += step) {
    const tag = elf.is64 ? Number(view.getBigInt64(at, elf.isLittle)) : view.getUint32(at, elf.isLittle)
    if (tag === 0) break
    tags.set(tag, elf.is64 ? Number(view.getBigUint64(at + 8, elf.isLittle)) : view.getUint32(at + 4, elf.isLittle))
  }
  return tags
}

/** All names that the dynamic symbols and libraries have, NUL between them. */
const dynamicStrings = (elf: Elf, tags: ReadonlyMap<number, number>): string => {
  const at = tags.get(tagStringTable)
  const size = tags.get(tagStringSize)
  if (at === undefined || size === undefined) return ''
  const bytes = elf.readAddress(at, Math.min(size, stringLimit))
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

const commentLimit = 4096

const isOfSafeLanguage = (file: LayerFile, elf: Elf): boolean => {
  if (elf.sections.some(({ name }) => name === '.note.go.buildid' || name === '.go.buildinfo')) return true
  const comment = elf.sections.find(({ name }) => name === '.comment')
  if (!comment) return false
  return Buffer.from(file.read(comment.offset, Math.min(comment.size, commentLimit))).includes('rustc version')
}
