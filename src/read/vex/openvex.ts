/** OpenVEX 0.0.1 and 0.2.0: https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md */
import * as v from 'valibot'
import { purl } from '../../model/purl.ts'
import { toDecide, unsigned } from '../../model/vex-notes.ts'
import { collector, orUndefined, type Product, parseAs, purlFrom, text, type Vex, type VexStatus } from './statement.ts'

// 0.0.1 has plain texts for vulnerabilities, products and subcomponents, and the subcomponents beside the products.
const named = {
  '@id': text,
  identifiers: v.nullish(v.looseObject({ purl: text })),
  hashes: v.nullish(v.looseObject({ 'sha-256': text })),
}
const component = v.union([v.string(), v.looseObject(named)])
const subcomponents = v.nullish(v.array(component), [])
const statementSchema = v.looseObject({
  vulnerability: v.union([v.string(), v.looseObject({ '@id': text, name: text, aliases: v.nullish(v.array(v.string()), []) })]),
  timestamp: text,
  last_updated: text,
  products: v.nullish(v.array(v.union([v.string(), v.looseObject({ ...named, subcomponents })])), []),
  subcomponents,
  status: v.picklist(['not_affected', 'affected', 'fixed', 'under_investigation'] satisfies VexStatus[]),
  status_notes: text,
  justification: text,
  impact_statement: text,
  action_statement: text,
})
const documentSchema = v.looseObject({ author: text, timestamp: text, statements: v.array(v.unknown()) })

/**
 * `around`: the products that whatever the document is wrapped in speaks of; statements without products of their own inherit
 * them. Where there is no wrapping either, such a statement is about everything. Throws Unreadable.
 */
export const readOpenVex = (value: unknown, path: string, around?: readonly Product[]): Vex => {
  const document = parseAs(documentSchema, value)
  const found = collector(path)
  for (const item of document.statements) {
    const result = v.safeParse(statementSchema, item)
    if (!result.success) {
      found.broken(`its ${result.issues[0].path?.map(part => String(part.key)).join('.') ?? 'form'} is none that OpenVEX knows`)
      continue
    }
    const one = result.output
    const vulnerability = vulnerabilityOf(one.vulnerability)
    if (vulnerability.length === 0) {
      found.broken('the vulnerability has no name')
      continue
    }
    const shared = one.subcomponents.length > 0 ? one.subcomponents.flatMap(purlsOf) : undefined
    const products = one.products.map((product): Product => {
      const own =
        typeof product === 'string' || product.subcomponents.length === 0 ? shared : product.subcomponents.flatMap(purlsOf)
      return { name: nameOf(product), purls: purlsOf(product), subcomponents: own }
    })
    found.add(
      {
        vulnerability,
        status: one.status,
        justification: orUndefined(one.justification),
        statement: orUndefined(
          one.impact_statement || one.action_statement || (one.status_notes.startsWith(toDecide) ? '' : one.status_notes),
        ),
        author: document.author === unsigned ? undefined : orUndefined(document.author),
        timestamp: orUndefined(one.last_updated || one.timestamp || document.timestamp),
        ...(one.status === 'under_investigation' && one.status_notes.startsWith(toDecide) ? { isQuestion: true as const } : {}),
      },
      products.length > 0 ? products : (around ?? [{ name: '', purls: 'everything', subcomponents: shared }]),
    )
  }
  return found.result()
}

type Component = v.InferOutput<typeof component>

const nameOf = (one: Component): string =>
  typeof one === 'string' ? one : one['@id'] || one.identifiers?.purl || 'one without a name'

const purlsOf = (one: Component): readonly string[] => {
  const texts = typeof one === 'string' ? [one] : [one['@id'], one.identifiers?.purl ?? '']
  const purls = texts.map(purlFrom).filter(url => url !== undefined)
  const hash = typeof one === 'string' ? '' : (one.hashes?.['sha-256'] ?? '')
  // A hash without a package URL may be an image's digest.
  return purls.length === 0 && /^[0-9a-f]{64}$/.test(hash)
    ? [purl({ type: 'oci', name: 'image', version: `sha256:${hash}` })]
    : purls
}

const vulnerabilityOf = (one: v.InferOutput<typeof statementSchema>['vulnerability']): readonly string[] => {
  if (typeof one === 'string') return one === '' ? [] : [one]
  // The first documents of 0.2.0 had only the IRI: https://nvd.nist.gov/vuln/detail/CVE-2019-17571
  const inIri = one.name === '' ? /[A-Za-z]+-[\w-]+$/.exec(one['@id'])?.[0] : one.name
  return [...new Set([inIri ?? '', ...one.aliases])].filter(name => name !== '')
}
