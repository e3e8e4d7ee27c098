/** What was found in the objects of Git repositories, over all their files: loose objects are named by trees in other files, and versions of one file are many. */
import type { Problem } from '../../model/finding.ts'
import type { Image } from '../../model/image.ts'
import type { FoundSomewhere, Inventory } from '../../model/inventory.ts'
import type { GitPlace } from '../../model/leak.ts'
import { TreeNames } from '../../read/git/tree-names.ts'
import { gitName } from './git-cataloger.ts'
import { detectors } from './registry.ts'
import { isSamplePath } from './sample-path.ts'
import type { Hit } from './scan-file.ts'
import type { GitFound, GitHit } from './scan-git.ts'

export type PlacedHit = Hit & { readonly git: GitPlace }

type One = { readonly at: FoundSomewhere; readonly folder: string; hit: GitHit; count: number; readonly seen: Set<string> }

/** As if each were a file with its hits. */
export const gitHits = (everywhere: readonly FoundSomewhere[]): readonly FoundSomewhere[] => {
  const files = everywhere.flatMap(at => (at.cataloger === gitName ? [{ at, found: at.data as GitFound }] : []))
  const names = namesOf(files.map(({ found }) => found))
  const merged = new Map<string, One>()
  const kinds = new Map<string, string>()
  for (const { at, found } of files) {
    const top = /^(.*?)\.git\/objects$/.exec(found.objects)?.[1] ?? ''
    for (const original of found.hits) {
      const name = original.name ?? (original.id === undefined ? undefined : names.get(found.objects)?.pathOf(original.id))
      const onlyIn = detectors[original.detector]?.onlyIn
      if (original.needsName && name !== undefined && onlyIn?.test(top + name) === false) continue
      const hit: GitHit = { ...original, name }
      const fate = at.fate.kind === 'present' ? '' : `${at.fate.kind} ${at.fate.by}`
      const identity = [at.layer, fate, hit.detector, hit.same, found.objects].join('\n')
      const place = `${hit.id} ${hit.offset} ${hit.start}`
      // Of several kinds that it may be, one is told.
      const whole = [at.layer, fate, found.objects, place].join('\n')
      if ((kinds.get(whole) ?? hit.detector) !== hit.detector) continue
      kinds.set(whole, hit.detector)
      const one = merged.get(identity)
      if (!one) merged.set(identity, { at, folder: found.objects, hit, count: hit.count, seen: new Set([place]) })
      else if (!one.seen.has(place)) {
        one.seen.add(place)
        one.count += hit.count
        // A real file says more than a sample, and a name more than none.
        if (rank(hit) < rank(one.hit)) one.hit = hit
      }
    }
  }
  return [...merged.values()].map(({ at, folder, hit, count }) => {
    const { id, type, name, offset, start: _, needsName: __, same: ___, count: ____, ...rest } = hit
    const git: GitPlace = { objects: `/${folder}`, id, type, name, offset, count }
    const data: readonly PlacedHit[] = [{ ...rest, git }]
    return { ...at, data }
  })
}

const rank = ({ name }: GitHit): number => (name === undefined ? 1 : isSamplePath(name) ? 2 : 0)

/** By the folder of objects. */
const namesOf = (files: readonly GitFound[]): ReadonlyMap<string, TreeNames> => {
  const all = new Map<string, TreeNames>()
  const wanted = new Set(files.flatMap(({ hits }) => hits.flatMap(({ id, name }) => (name === undefined && id ? [id] : []))))
  for (const { objects, tree } of files) {
    if (!tree) continue
    let names = all.get(objects)
    if (!names) {
      names = new TreeNames()
      for (const id of wanted) names.want(id)
      all.set(objects, names)
    }
    for (const [name, id, isTree] of tree.entries) names.put(tree.id, id, name, isTree)
  }
  return all
}

/** One for each pack; of loose objects one for each repository and layer. */
export const gitProblems = ({
  image,
  everywhere = [],
}: Pick<Inventory, 'everywhere'> & { image: Image | undefined }): readonly Problem[] => {
  const told = new Map<string, { at: FoundSomewhere; path: string; found: GitFound; count: number }>()
  for (const at of everywhere) {
    const found = at.cataloger === gitName ? (at.data as GitFound) : undefined
    if (!found?.trouble) continue
    const isPack = at.path.includes('/objects/pack/')
    const path = isPack ? at.path : `/${found.objects}`
    const identity = `${at.layer} ${path} ${found.trouble.kind}`
    const one = told.get(identity)
    if (one) one.count++
    else told.set(identity, { at, path, found, count: 1 })
  }
  return [...told.values()].map(({ at, path, found, count }): Problem => {
    const { kind, message } = found.trouble!
    const where = image?.layers[at.layer]
    const several =
      count > 1 ? `, and ${(count - 1).toLocaleString('en-US')} more ${count === 2 ? 'object' : 'objects'} like it` : ''
    const of = path === at.path ? '' : `${at.path.slice(path.length + 1)}: `
    return {
      kind,
      code: kind === 'failed' ? 'git-objects-unreadable' : 'git-objects-cut-off',
      message: `${path} was not looked through in full for secrets: ${of}${message}${several}`,
      ...(where ? { at: { in: 'layer', layer: where.diffId, path: at.path } } : {}),
    }
  })
}
