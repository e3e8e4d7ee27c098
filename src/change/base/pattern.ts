/** `rebase OLD NEW` as what is wanted of a reference. */
import type { ImageReference } from '../../read/dockerfile/reference.ts'
import { parseReference } from '../../read/dockerfile/reference.ts'
import { nameOf, type Wanted } from './wanted.ts'

/**
 * `old`: `node` means every tag of it, `node:20` that tag with any digest, `node@sha256:…` that digest with any tag; nothing behind a name is `latest` to an
 * engine, and so it is here. `fresh` without a tag keeps the tag (and the digest) of each place. A digest that no longer fits goes away. Undefined when one of the
 * two is no reference.
 */
export const wantedBy = (old: string, fresh: string, digest?: string): Wanted | undefined => {
  const from = parseReference(old)
  const to = parseReference(fresh)
  if (!from || !to) return undefined
  const name = nameOf(fresh, to)
  const given = digest ?? to.digest
  return reference => {
    if (!matches(from, reference)) return undefined
    if (to.tag === undefined && given === undefined) return { name, ...partsOf(reference) }
    const tag = to.tag ?? reference.tag
    const isSame = to.registry === reference.registry && to.repository === reference.repository && tag === reference.tag
    // Nobody said another digest for the same tag: the one that is there stays.
    const kept = given ?? (isSame ? reference.digest : undefined)
    return { name, ...partsOf({ tag, digest: kept }) }
  }
}

const partsOf = ({ tag, digest }: Pick<ImageReference, 'tag' | 'digest'>): { tag?: string; digest?: string } => ({
  ...(tag === undefined ? {} : { tag }),
  ...(digest === undefined ? {} : { digest }),
})

const matches = (from: ImageReference, reference: ImageReference): boolean => {
  if (from.registry !== reference.registry || from.repository !== reference.repository) return false
  if (from.digest !== undefined && from.digest !== reference.digest) return false
  if (from.tag === undefined) return true
  return from.tag === (reference.tag ?? (reference.digest === undefined ? 'latest' : undefined))
}
