/**
 * Other images in a Kustomization: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/. An entry without `newName`, `newTag` and
 * `digest` changes nothing, and so it names nothing that could be changed.
 */
import type { Edit, Problem } from '../../model/finding.ts'
import { parseReference } from '../../read/dockerfile/reference.ts'
import { asList, asMap, asScalar, fieldsOf, get } from '../../read/yaml/fields.ts'
import { stringOf } from '../../read/yaml/scalars.ts'
import type { YamlMap, YamlScalar, YamlStream } from '../../read/yaml/tree.ts'
import { NotExact, YamlSplices } from '../container/edits.ts'
import {
  type BaseChange,
  byHand,
  nameOf,
  type Place,
  type Rewritten,
  unknownBase,
  type Wanted,
  wantedText,
  writeReference,
} from './wanted.ts'
import { innerSpan, needsQuotes } from './yaml-value.ts'

/** By its file's name, or by what it says of itself. */
export const isKustomization = (path: string, text: string): boolean =>
  /(?:^|[/\\])(?:kustomization\.ya?ml|Kustomization)$/.test(path) ||
  /^apiVersion:[ \t]*["']?kustomize\.config\.k8s\.io\//m.test(text)

/** The names by which the entries find what they change. */
export const kustomizedNames = ({ file, documents }: YamlStream): readonly { readonly name: string; readonly place: Place }[] =>
  documents.flatMap(({ root }) =>
    (asList(get(root, 'images'))?.items ?? []).flatMap(item => {
      const scalar = asScalar(get(item, 'name'))
      return scalar ? [{ name: scalar.value, place: { path: file.path, span: scalar.span, in: 'kustomization' as const } }] : []
    }),
  )

export const rewriteKustomization = ({ file, documents }: YamlStream, wanted: Wanted): Rewritten => {
  const edits: Edit[] = []
  const changes: BaseChange[] = []
  const problems: Problem[] = []
  const seen = new Set<YamlMap>()
  for (const { root } of documents) {
    for (const item of asList(get(root, 'images'))?.items ?? []) {
      const map = asMap(item)
      if (!map || seen.has(map)) continue
      seen.add(map)
      const said = (name: string): string | undefined => stringOf(fieldsOf(map).get(name)?.value)
      const name = said('newName') ?? said('name')
      const tag = said('newTag')
      const digest = said('digest')
      if (name === undefined || (said('newName') === undefined && tag === undefined && digest === undefined)) continue
      const place: Place = { path: file.path, span: map.span, in: 'kustomization' }
      const before = writeReference({ name, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) })
      const reference = parseReference(before)
      if (!reference) {
        problems.push(unknownBase(place, `\`${before.slice(0, 80)}\` is no reference to an image`))
        continue
      }
      const after = wantedText(before, reference, wanted(reference, place))
      const fresh = after === undefined ? undefined : parseReference(after)
      if (after === undefined || !fresh) continue
      try {
        const splices = new YamlSplices(file, documents, map.span)
        const replaced: Edit[] = []
        setOrRemove(splices, replaced, map, name === nameOf(after, fresh) ? undefined : 'newName', nameOf(after, fresh))
        if (tag !== fresh.tag) setOrRemove(splices, replaced, map, 'newTag', fresh.tag)
        if (digest !== fresh.digest) setOrRemove(splices, replaced, map, 'digest', fresh.digest)
        edits.push(...merged([...replaced, ...splices.edits()]))
        changes.push({ ...place, before, after, how: 'here' })
      } catch (error) {
        if (!(error instanceof NotExact)) throw error
        problems.push(byHand(place, `\`${before}\` is to become \`${after}\`: change it by hand, for ${error.message}`))
      }
    }
  }
  return { edits: edits.sort((a, b) => a.span.start - b.span.start), changes, problems }
}

/** What is put in right behind a value that changes, together with it. */
const merged = (edits: readonly Edit[]): readonly Edit[] => {
  const all: Edit[] = []
  for (const edit of [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)) {
    const last = all.at(-1)
    if (last && last.span.end === edit.span.start)
      all[all.length - 1] = { ...last, span: { start: last.span.start, end: edit.span.end }, text: last.text + edit.text }
    else all.push(edit)
  }
  return all
}

const setOrRemove = (
  splices: YamlSplices,
  replaced: Edit[],
  map: YamlMap,
  name: string | undefined,
  text: string | undefined,
): void => {
  if (name === undefined) return
  const field = fieldsOf(map).get(name)
  if (text === undefined) {
    if (field) splices.remove({ start: field.key.span.start, end: Math.max(field.key.span.end, field.value.span.end) }, new Set())
    return
  }
  if (!field) {
    splices.set(map, [name], text)
    return
  }
  if (field.owner !== map) throw new NotExact('another part of the file brings it')
  const scalar: YamlScalar | undefined = field.value.kind === 'scalar' ? asScalar(field.value) : undefined
  const inner = scalar && innerSpan(scalar)
  if (!scalar || !inner) throw new NotExact('it is not written in one piece')
  replaced.push({ path: scalar.file.path, span: inner, text: needsQuotes(scalar, text) ? `"${text}"` : text })
}
