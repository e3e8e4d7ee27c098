/**
 * Modules inside of Go programs. The linker writes the version of Go, the main module and all others into every program; `go version -m` reads them, also
 * from stripped ones: https://pkg.go.dev/debug/buildinfo
 */

import type { Package } from '../../model/package.ts'
import { purl } from '../../model/purl.ts'
import { anySize, type Cataloger, copyOf, type LayerFile, Unreadable } from '../cataloger.ts'
import { type Elf, loadSegment, readElf, writable } from '../elf.ts'

type Module = { readonly path: string; readonly version: string }
type Data = {
  readonly go: string
  readonly main: Module | undefined
  readonly modules: readonly Module[]
}

const cataloger: Cataloger<Data> = {
  revision: 1,
  files: [],
  content: 'elf',
  largest: anySize,
  collect(file) {
    const elf = readElf(file)
    if (!elf) return undefined
    const info = findBuildInfo(file, elf)
    return info && parseModules(info.go, info.modules)
  },
  *assemble(found) {
    for (const { at, data } of found) {
      const modules = data.modules.map(module => ({ module, url: purlOf(module) }))
      const stdlib = purl({ type: 'golang', name: 'stdlib', version: data.go })
      const make = (url: string, { path, version }: Module, dependsOn: readonly string[]): Package => ({
        purl: url,
        name: path,
        version,
        ecosystem: 'golang',
        at: [at],
        dependsOn: [...dependsOn].sort(),
        licences: [],
      })
      if (data.go !== '') yield make(stdlib, { path: 'stdlib', version: data.go }, [])
      for (const { module, url } of modules) yield make(url, module, [])
      if (data.main) {
        const url = purlOf(data.main)
        yield make(
          url,
          data.main,
          [...new Set([...modules.map(one => one.url), ...(data.go === '' ? [] : [stdlib])])].filter(one => one !== url),
        )
      }
    }
  },
}

export default cataloger

const purlOf = ({ path, version }: Module): string => {
  const slash = path.lastIndexOf('/')
  return purl({
    type: 'golang',
    ...(slash === -1 ? {} : { namespace: path.slice(0, slash) }),
    name: path.slice(slash + 1),
    version: version === '' ? undefined : version,
  })
}

const magic = Buffer.from('\xff Go buildinf:', 'latin1')
const headerSize = 32
/** A program with ten thousand modules has a megabyte of them. */
const textLimit = 16 * 1024 * 1024
/** How far the writable data are searched where there are no sections: the linker puts it at their beginning. */
const searchLimit = 64 * 1024 * 1024

const findBuildInfo = (file: LayerFile, elf: Elf): { readonly go: string; readonly modules: string } | undefined => {
  const section = elf.sections.find(({ name }) => name === '.go.buildinfo')
  if (section) return readBuildInfo(file, elf, section.offset, section.address)
  // With sections, and none of Go's: no Go program (or one from before 1.13).
  if (elf.sections.length > 0) return undefined
  const data = elf.segments.find(({ type, flags }) => type === loadSegment && (flags & writable) !== 0)
  if (!data) return undefined
  const window = 256 * 1024
  for (let at = 0; at < Math.min(data.size, searchLimit); at += window) {
    const bytes = file.read(data.offset + at, Math.min(window + magic.length, data.size - at))
    const index = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(magic)
    if (index === -1) continue
    // It is aligned to 16 bytes; anything else is a program that contains these words.
    if ((at + index) % 16 === 0) return readBuildInfo(file, elf, data.offset + at + index, data.address + at + index)
  }
  return undefined
}

const readBuildInfo = (
  file: LayerFile,
  elf: Elf,
  offset: number,
  address: number,
): { readonly go: string; readonly modules: string } | undefined => {
  const header = copyOf(file.read(offset, headerSize))
  if (header.length < headerSize || !Buffer.from(header.subarray(0, magic.length)).equals(magic)) return undefined
  const pointerSize = header[14]!
  const flags = header[15]!
  if ((flags & 2) !== 0) {
    // Since Go 1.18: two strings with their lengths in front, right behind the header.
    let at = offset + headerSize
    const next = (): string => {
      const lead = file.read(at, 10)
      let length = 0
      let used = 0
      for (let shift = 1; used < lead.length; shift *= 128) {
        const byte = lead[used++]!
        length += (byte & 127) * shift
        if (byte < 128) break
        if (length > textLimit) break
      }
      if (length > textLimit) throw new Unreadable('its build information is too long')
      const bytes = file.read(at + used, length)
      if (bytes.length < length) throw new Unreadable('its build information is cut off')
      const text = utf8(bytes)
      at += used + length
      return text
    }
    const go = next()
    return { go, modules: trim(next()) }
  }
  // Before: pointers to string headers, which are a pointer and a length.
  if (pointerSize !== 4 && pointerSize !== 8) throw new Unreadable('its build information is broken')
  const isBig = (flags & 1) !== 0
  const pointer = (bytes: Uint8Array, at: number): number => {
    if (bytes.length < at + pointerSize) return 0
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return pointerSize === 4 ? view.getUint32(at, !isBig) : Number(view.getBigUint64(at, !isBig))
  }
  const text = (at: number): string => {
    const head = copyOf(elf.readAddress(pointer(header, at), 2 * pointerSize))
    const length = pointer(head, pointerSize)
    if (length > textLimit) throw new Unreadable('its build information is too long')
    return utf8(elf.readAddress(pointer(head, 0), length))
  }
  return address === 0 ? undefined : { go: text(16), modules: trim(text(16 + pointerSize)) }
}

const utf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** The text stands between two marks of 16 bytes, by which older tools found it. Not all of those bytes are UTF-8, so that their count in units differs. */
const trim = (text: string): string => {
  const start = text.search(/(?:^|\n)?path\t/)
  const end = text.lastIndexOf('\n')
  return start === -1 || end === -1 ? '' : text.slice(start, end + 1)
}

/** Lines of fields with tabs: https://github.com/golang/go/blob/master/src/runtime/debug/mod.go */
const parseModules = (go: string, text: string): Data | undefined => {
  const modules: Module[] = []
  let main: Module | undefined
  let revision = ''
  let stamp = ''
  let linked = ''
  let last: 'main' | 'module' | undefined
  for (const line of text.split('\n')) {
    const [kind, path = '', version = ''] = line.split('\t')
    if (kind === 'mod') {
      main = { path, version }
      last = 'main'
    } else if (kind === 'dep') {
      modules.push({ path, version })
      last = 'module'
    } else if (kind === '=>') {
      // What was really built; a folder of the builder's own has no version, and keeps the name that it stands for.
      const isFolder = version === '' || /^(?:\.|\/|[A-Za-z]:)/.test(path)
      if (last === 'module' && !isFolder) modules[modules.length - 1] = { path, version }
      else if (last === 'main' && !isFolder) main = { path, version }
    } else if (kind === 'build') {
      const setting = /^([^=]+)=(.*)$/.exec(path)
      if (setting?.[1] === 'vcs.revision') revision = setting[2]!
      else if (setting?.[1] === 'vcs.time') stamp = setting[2]!
      else if (setting?.[1] === '-ldflags') linked = unquote(setting[2]!.slice(0, 4096))
    }
  }
  const release = /^go(\d[\w.]*)/.exec(go)?.[1] ?? ''
  if (release === '' && !main && modules.length === 0) return undefined
  if (main && (main.version === '(devel)' || main.version === ''))
    main = { ...main, version: mainVersion(linked, revision, stamp) }
  return { go: release, main, modules }
}

const unquote = (text: string): string => text.replace(/^"|"$/g, '').replaceAll('\\"', '"')

/** `-X main.version=v1.2.3`: what releases are stamped with; else the pseudo-version of the commit, as `go get` would make it. */
const mainVersion = (linked: string, revision: string, stamp: string): string => {
  const stamped = [...linked.matchAll(/-X[ =]["']?[^\s"'=]{0,300}[vV]ersion=["']?(v?\d{1,9}\.\d[^\s"']{0,200})/g)].map(
    match => match[1]!,
  )
  if (stamped.length > 0 && new Set(stamped.map(one => one.replace(/^v/, ''))).size === 1)
    return `v${stamped[0]!.replace(/^v/, '')}`
  const time = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(stamp)
  return revision.length >= 12 && time ? `v0.0.0-${time.slice(1).join('')}-${revision.slice(0, 12)}` : ''
}
