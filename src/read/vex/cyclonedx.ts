/** VEX in CycloneDX, inside a BOM or beside one: https://cyclonedx.org/docs/1.6/json/#vulnerabilities_items_analysis */
import * as v from 'valibot'
import { parsePurl, purl } from '../../model/purl.ts'
import { Unreadable } from '../cataloger.ts'
import { collector, items, orUndefined, type Product, parseAs, purlFrom, text, type Vex, type VexStatus } from './statement.ts'

const componentSchema = v.looseObject({ 'bom-ref': text, purl: text, components: items })
const affectsSchema = v.looseObject({
  ref: text,
  versions: v.nullish(v.array(v.looseObject({ version: text, range: text, status: text })), []),
})
const vulnerabilitySchema = v.looseObject({
  id: text,
  references: v.nullish(v.array(v.looseObject({ id: text })), []),
  created: text,
  published: text,
  updated: text,
  analysis: v.nullish(v.looseObject({ state: text, justification: text, detail: text, firstIssued: text, lastUpdated: text })),
  affects: v.nullish(v.array(affectsSchema), []),
})
const party = v.nullish(v.looseObject({ name: text }))
const bomSchema = v.looseObject({
  metadata: v.nullish(
    v.looseObject({
      timestamp: text,
      authors: v.nullish(v.array(v.looseObject({ name: text })), []),
      supplier: party,
      manufacturer: party,
      manufacture: party,
      component: v.nullish(componentSchema),
    }),
  ),
  components: items,
  vulnerabilities: v.nullish(v.array(v.unknown()), []),
})

const statusOf: Readonly<Record<string, VexStatus>> = {
  resolved: 'fixed',
  resolved_with_pedigree: 'fixed',
  exploitable: 'affected',
  in_triage: 'under_investigation',
  false_positive: 'not_affected',
  not_affected: 'not_affected',
}

const deepest = 64

/** Vulnerabilities without an analysis are no VEX, and are left out. Throws Unreadable. */
export const readCycloneDxVex = (value: unknown, path: string): Vex => {
  const bom = parseAs(bomSchema, value)
  const found = collector(path)
  const { metadata } = bom
  const purls = purlsByRef(bom)
  const subject = metadata?.component?.purl ?? ''
  const subjectType = parsePurl(subject)?.type
  // The image that the BOM is of, whatever its digest: what is said of a component was said of it in there.
  const image = subjectType === 'oci' || subjectType === 'docker' ? imageName(subject) : undefined
  for (const item of bom.vulnerabilities) {
    const result = v.safeParse(vulnerabilitySchema, item)
    if (!result.success) {
      found.broken(`its ${result.issues[0].path?.map(part => String(part.key)).join('.') ?? 'form'} is none that CycloneDX knows`)
      continue
    }
    const one = result.output
    const { analysis } = one
    if (!analysis || analysis.state === '') continue
    const status = Object.hasOwn(statusOf, analysis.state) ? statusOf[analysis.state] : undefined
    if (!status || one.id === '') {
      found.broken(status ? 'the vulnerability has no id' : 'its analysis.state is none that CycloneDX knows')
      continue
    }
    const products = one.affects.map((affected): Product => {
      const { ref } = affected
      const own = purls.get(ref)
      const direct = own ?? purlFrom(ref) ?? purlFrom(linked(ref))
      const versions = direct === undefined ? [] : versionsOf(direct, affected, status)
      const isInside = own !== undefined && image !== undefined && ref !== metadata?.component?.['bom-ref']
      return isInside ? { name: ref, purls: [image], subcomponents: versions } : { name: ref, purls: versions }
    })
    if (products.length === 0) found.broken('it affects nothing')
    found.add(
      {
        vulnerability: [...new Set([one.id, ...one.references.map(reference => reference.id)])].filter(id => id !== ''),
        status,
        justification: orUndefined(analysis.justification),
        statement: orUndefined(analysis.detail),
        author: orUndefined(
          metadata?.authors[0]?.name || metadata?.supplier?.name || metadata?.manufacturer?.name || metadata?.manufacture?.name,
        ),
        timestamp: orUndefined(
          analysis.lastUpdated || analysis.firstIssued || metadata?.timestamp || one.updated || one.published || one.created,
        ),
      },
      products,
    )
  }
  return found.result()
}

const purlsByRef = (bom: v.InferOutput<typeof bomSchema>): ReadonlyMap<string, string> => {
  const purls = new Map<string, string>()
  const pending: { readonly item: unknown; readonly depth: number }[] = bom.components.map(item => ({ item, depth: 0 }))
  if (bom.metadata?.component) pending.push({ item: bom.metadata.component, depth: 0 })
  for (let next = pending.pop(); next; next = pending.pop()) {
    const one = parseAs(componentSchema, next.item)
    const url = purlFrom(one.purl)
    if (one['bom-ref'] !== '' && url !== undefined) purls.set(one['bom-ref'], url)
    if (next.depth >= deepest && one.components.length > 0)
      throw new Unreadable(`its components are more than ${deepest} levels deep`)
    for (const item of one.components) pending.push({ item, depth: next.depth + 1 })
  }
  return purls
}

const imageName = (url: string): string => {
  const { version: _, qualifiers, ...rest } = parsePurl(url)!
  return purl({ ...rest, qualifiers: { repository_url: qualifiers?.repository_url } })
}

/** The part behind the # of a BOM-Link, `urn:cdx:3e671687-…/1#ref`: https://cyclonedx.org/capabilities/bomlink/ */
const linked = (ref: string): string => {
  const hash = ref.startsWith('urn:cdx:') ? ref.indexOf('#') : -1
  if (hash === -1) return ''
  const fragment = ref.slice(hash + 1)
  if (/^pkg:/i.test(fragment)) return fragment
  try {
    return decodeURIComponent(fragment)
  } catch {
    return ''
  }
}

/**
 * purls of the versions that are meant. What is `affected` in a list is by the vulnerability itself, and the analysis may well
 * say that it does not matter here; but where some versions are called unaffected, an analysis that clears the component is about
 * these. Ranges are not followed.
 */
const versionsOf = (url: string, { versions }: v.InferOutput<typeof affectsSchema>, status: VexStatus): readonly string[] => {
  const clears = status === 'not_affected' || status === 'fixed'
  const meant =
    clears && versions.some(one => one.status === 'unaffected') ? versions.filter(one => one.status === 'unaffected') : versions
  const parsed = parsePurl(url)
  if (meant.length === 0 || !parsed) return [url]
  const single = meant.map(one => one.version).filter(version => version !== '')
  if (parsed.version !== undefined) return single.length < meant.length || single.includes(parsed.version) ? [url] : []
  return single.map(version => purl({ ...parsed, version }))
}
