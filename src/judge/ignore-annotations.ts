/**
 * Annotations by which Kubernetes objects silence other tools: Checkov's `checkov.io/skip1: CKV_K8S_16=reason`
 * (https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html) and kube-linter's `ignore-check.kube-linter.io/NAME: reason`
 * (https://docs.kubelinter.io/#/configuring-kubelinter). They speak of the rules that replace those checks, in the whole object.
 */
import type { Span } from '../model/text.ts'
import { fieldsOf, get } from '../read/yaml/fields.ts'
import { resolved, type YamlDocument, type YamlNode } from '../read/yaml/tree.ts'
import type { Request } from './ignore-comments.ts'

export type AnnotatedRequest = { readonly request: Request; readonly about: Span }

/** Texts without these words have none. */
export const mayBeAnnotated = (text: string): boolean => text.includes('checkov.io/skip') || text.includes('kube-linter.io/')

export const annotatedIgnores = (documents: readonly YamlDocument[]): readonly AnnotatedRequest[] =>
  documents.flatMap(({ root }) => objectsIn(root).flatMap(requestsOf))

/** The objects of a List each speak for themselves. */
const objectsIn = (root: YamlNode | undefined): readonly YamlNode[] => {
  const object = resolved(root)
  if (!object) return []
  const items = get(object, 'items')
  return items?.kind === 'list' ? [object, ...items.items] : [object]
}

const requestsOf = (object: YamlNode): readonly AnnotatedRequest[] => {
  const annotations = get(object, 'metadata', 'annotations')
  if (annotations?.kind !== 'map') return []
  return [...fieldsOf(annotations).values()].flatMap(({ name, value }) => {
    const scalar = resolved(value)
    const text = scalar?.kind === 'scalar' ? scalar.value.trim() : ''
    const asked = (ids: readonly string[], reason: string): AnnotatedRequest => ({
      about: object.span,
      request: { what: { ids }, scope: 'instruction', reason: reason.trim() || `${name}: ${text}`, until: undefined, own: false },
    })
    if (/^checkov\.io\/skip\d*$/.test(name)) {
      const [id = '', ...reason] = text.split('=')
      return id.trim() === '' ? [] : [asked([id.trim()], reason.join('='))]
    }
    const check = /^ignore-check\.kube-linter\.io\/([a-z0-9-]+)$/.exec(name)?.[1]
    return check === undefined ? [] : [asked([check], text)]
  })
}
