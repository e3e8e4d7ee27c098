/** Trees → what the objects in them are called. One path of each, the first that was seen. */
import { bufferOf, eachTreeEntry, type GitHash } from './object.ts'

/** Names of one repository that are held at a time: some 100 bytes each. */
const namesLimit = 500_000
const depthLimit = 200

export class TreeNames {
  /** The beginning of an id → that of the tree that names it, and the name. In one string each: there are very many. */
  readonly #names = new Map<string, string>()
  readonly #wanted = new Set<string>()

  /** Of files only those names are kept that were wanted before; of folders all are. */
  want(id: string): void {
    this.#wanted.add(keyOf(id))
  }

  add(id: string, bytes: Uint8Array, hash: GitHash): void {
    const tree = bufferOf(bytes)
    const parent = keyOf(id)
    eachTreeEntry(tree, hash, (isTree, nameStart, nameEnd, idStart) => {
      const key = tree.toString('latin1', idStart, idStart + keyLength)
      if (!(isTree || this.#wanted.has(key)) || this.#names.has(key)) return
      this.#set(key, parent, tree.toString('utf8', nameStart, nameEnd))
    })
  }

  put(tree: string, id: string, name: string, isTree: boolean): void {
    const key = keyOf(id)
    if ((isTree || this.#wanted.has(key)) && !this.#names.has(key)) this.#set(key, keyOf(tree), name)
  }

  /** Without a slash in front; undefined where no tree names it. */
  pathOf(id: string): string | undefined {
    const parts: string[] = []
    for (let one = this.#names.get(keyOf(id)); one && parts.length < depthLimit; one = this.#names.get(one.slice(0, keyLength)))
      parts.unshift(one.slice(keyLength))
    return parts.length === 0 ? undefined : parts.join('/')
  }

  #set(key: string, parent: string, name: string): void {
    if (this.#names.size < namesLimit) this.#names.set(key, flat(parent + name))
  }
}

/** 96 bits of an id, a character for each byte. */
const keyLength = 12
const keyOf = (id: string): string => Buffer.from(id.slice(0, 2 * keyLength), 'hex').toString('latin1')

/** Not the two texts that it was put together from, which would be kept in its place. */
const flat = (text: string): string => Buffer.from(text).toString()
