/**
 * VEX in CSAF 2.0: https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html, section 4.5; and 2.1, as far as it is the
 * same.
 */
import * as v from 'valibot'
import { parsePurl, purl } from '../../model/purl.ts'
import { Unreadable } from '../cataloger.ts'
import { collector, orUndefined, type Product, parseAs, purlFrom, text, type Vex, type VexStatus } from './statement.ts'

const strings = v.nullish(v.array(v.string()), [])
const productSchema = v.looseObject({
  name: text,
  product_id: text,
  product_identification_helper: v.nullish(
    v.looseObject({
      purl: text,
      /** 2.1 has a list. */
      purls: strings,
      cpe: text,
      hashes: v.nullish(
        v.array(v.looseObject({ file_hashes: v.nullish(v.array(v.looseObject({ algorithm: text, value: text })), []) })),
        [],
      ),
    }),
  ),
})
const branchSchema = v.looseObject({ branches: v.nullish(v.array(v.unknown()), []), product: v.nullish(productSchema) })
const treeSchema = v.looseObject({
  branches: v.nullish(v.array(v.unknown()), []),
  full_product_names: v.nullish(v.array(productSchema), []),
  product_groups: v.nullish(v.array(v.looseObject({ group_id: text, product_ids: strings })), []),
  relationships: v.nullish(
    v.array(v.looseObject({ full_product_name: productSchema, product_reference: text, relates_to_product_reference: text })),
    [],
  ),
})
const about = { product_ids: strings, group_ids: strings }
const vulnerabilitySchema = v.looseObject({
  cve: text,
  ids: v.nullish(v.array(v.looseObject({ text })), []),
  flags: v.nullish(v.array(v.looseObject({ label: text, ...about })), []),
  threats: v.nullish(v.array(v.looseObject({ category: text, details: text, ...about })), []),
  remediations: v.nullish(v.array(v.looseObject({ category: text, details: text, ...about })), []),
  product_status: v.nullish(v.record(v.string(), v.nullish(v.array(v.string()), [])), {}),
})
const documentSchema = v.looseObject({
  document: v.looseObject({
    publisher: v.nullish(v.looseObject({ name: text })),
    tracking: v.nullish(v.looseObject({ current_release_date: text })),
  }),
  product_tree: v.nullish(treeSchema),
  vulnerabilities: v.nullish(v.array(vulnerabilitySchema), []),
})

const statusOf: Readonly<Record<string, VexStatus>> = {
  known_not_affected: 'not_affected',
  fixed: 'fixed',
  first_fixed: 'fixed',
  known_affected: 'affected',
  first_affected: 'affected',
  last_affected: 'affected',
  under_investigation: 'under_investigation',
}

/** Branches inside of branches; a vendor's tree has five levels. The schema sets no bound. */
const deepest = 64
/** Products that flags and notes mention, groups expanded. */
const mostMentions = 2_000_000

/** Throws Unreadable. */
export const readCsaf = (value: unknown, path: string): Vex => {
  const { document, product_tree: tree, vulnerabilities } = parseAs(documentSchema, value)
  const found = collector(path)
  const products = productsOf(tree)
  const groups = new Map((tree?.product_groups ?? []).map(group => [group.group_id, group.product_ids]))
  let mentions = 0
  for (const one of vulnerabilities) {
    const vulnerability = [...new Set([one.cve, ...one.ids.map(id => id.text)])].filter(id => id !== '')
    if (vulnerability.length === 0) {
      found.broken('the vulnerability has no id')
      continue
    }
    /** What is said first of a product stays. Without products it is said of all of them, which is kept under ''. */
    const byProduct = <Item extends { readonly product_ids: readonly string[]; readonly group_ids: readonly string[] }>(
      list: readonly Item[],
      said: (item: Item) => string,
    ): ((id: string) => string | undefined) => {
      const map = new Map<string, string>()
      for (const item of list) {
        const ids = [...item.product_ids, ...item.group_ids.flatMap(id => groups.get(id) ?? [])]
        mentions += ids.length + 1
        if (mentions > mostMentions) throw new Unreadable(`it mentions more than ${mostMentions} products`)
        const words = said(item)
        if (words === '') continue
        for (const id of ids.length > 0 ? ids : ['']) if (!map.has(id)) map.set(id, words)
      }
      return id => map.get(id) ?? map.get('')
    }
    const justification = byProduct(one.flags, flag => flag.label)
    const impact = byProduct(one.threats, threat => (threat.category === 'impact' ? threat.details : ''))
    const remedy = byProduct(one.remediations, remediation => remediation.details)
    for (const [word, ids] of Object.entries(one.product_status)) {
      const status = Object.hasOwn(statusOf, word) ? statusOf[word] : undefined
      if (!status) continue
      const alike = new Map<string, { justification: string | undefined; statement: string | undefined; products: Product[] }>()
      for (const id of ids ?? []) {
        const why = status === 'not_affected' ? justification(id) : undefined
        const statement = (status === 'not_affected' ? impact(id) : undefined) ?? (status === 'affected' ? remedy(id) : undefined)
        const key = JSON.stringify([why, statement])
        const group = alike.get(key) ?? { justification: why, statement, products: [] }
        alike.set(key, group)
        group.products.push(products.get(id) ?? { name: id, purls: [] })
      }
      for (const group of alike.values())
        found.add(
          {
            vulnerability,
            status,
            justification: group.justification,
            statement: group.statement,
            author: orUndefined(document.publisher?.name),
            timestamp: orUndefined(document.tracking?.current_release_date),
          },
          group.products,
        )
    }
  }
  return found.result()
}

type Listed = Product & { readonly purls: readonly string[]; readonly cpe: string }

const productsOf = (tree: v.InferOutput<typeof treeSchema> | null | undefined): ReadonlyMap<string, Product> => {
  const listed = new Map<string, Listed>()
  const add = (product: v.InferOutput<typeof productSchema>): void => {
    const helper = product.product_identification_helper
    const purls = [helper?.purl ?? '', ...(helper?.purls ?? [])].map(purlFrom).filter(url => url !== undefined)
    for (const { algorithm, value } of helper?.hashes.flatMap(hash => hash.file_hashes) ?? [])
      if (purls.length === 0 && algorithm === 'sha256' && /^[0-9a-f]{64}$/.test(value))
        purls.push(purl({ type: 'oci', name: 'image', version: `sha256:${value}` }))
    listed.set(product.product_id, { name: product.name || product.product_id, purls, cpe: helper?.cpe ?? '' })
  }
  for (const product of tree?.full_product_names ?? []) add(product)
  const pending = (tree?.branches ?? []).map(branch => ({ branch, depth: 0 }))
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { branches, product } = parseAs(branchSchema, next.branch)
    if (product) add(product)
    if (next.depth >= deepest && branches.length > 0) throw new Unreadable(`its branches are more than ${deepest} levels deep`)
    for (const branch of branches) pending.push({ branch, depth: next.depth + 1 })
  }
  const all = new Map<string, Product>(listed)
  for (const { full_product_name: joint, product_reference, relates_to_product_reference } of tree?.relationships ?? []) {
    const part = listed.get(product_reference)
    const whole = listed.get(relates_to_product_reference)
    if (part && whole) all.set(joint.product_id, related(joint.name || joint.product_id, part, whole))
  }
  return all
}

/** `part` as a component of `whole`, or installed on it. */
const related = (name: string, part: Listed, whole: Listed): Product => {
  if (whole.purls.length > 0) return { name, purls: whole.purls, subcomponents: part.purls }
  // The whole is a release of an operating system, known by its CPE only. A package of one version belongs to one release.
  const distro = distroOf(whole.cpe)
  const purls = part.purls.flatMap(url => {
    const parsed = parsePurl(url)
    if (!parsed || parsed.version !== undefined) return url
    return distro === undefined ? [] : purl({ ...parsed, qualifiers: { ...parsed.qualifiers, distro } })
  })
  return { name, purls }
}

/** `cpe:/a:redhat:enterprise_linux:9::appstream`, `cpe:2.3:o:redhat:enterprise_linux:9:…` → `rhel-9`. */
const distroOf = (cpe: string): string | undefined => {
  const release = /^cpe:(?:\/|2\.3:)[ao]:redhat:enterprise_linux:(\d+)(?::|$)/.exec(cpe)?.[1]
  return release && `rhel-${release}`
}
