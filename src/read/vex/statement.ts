/**
 * What every form of VEX says, in one form. What VEX is:
 * https://www.cisa.gov/resources-tools/resources/minimum-requirements-vulnerability-exploitability-exchange-vex
 */
import * as v from 'valibot'
import type { Problem } from '../../model/finding.ts'
import { parsePurl, purl } from '../../model/purl.ts'
import { Unreadable } from '../cataloger.ts'
import { parseReference } from '../image/registry/reference.ts'

export type VexStatus = 'not_affected' | 'affected' | 'fixed' | 'under_investigation'

export type VexStatement = {
  /** Its id and its aliases. */
  readonly vulnerability: readonly string[]
  /** purls; without a version or qualifiers all of them are meant. Images are `pkg:oci` and `pkg:docker`. Empty: everything. */
  readonly products: readonly string[]
  /** purls of what is inside the products. Empty: the products as a whole. */
  readonly subcomponents: readonly string[]
  readonly status: VexStatus
  /** As the form has it: `vulnerable_code_not_present` (OpenVEX, CSAF), `code_not_present` (CycloneDX). */
  readonly justification: string | undefined
  /** The author's own words: impact, action, detail. */
  readonly statement: string | undefined
  readonly author: string | undefined
  /** ISO 8601, as written: since when it is so. */
  readonly timestamp: string | undefined
  /** It only asks somebody to decide: whatever anybody has decided goes before it. */
  readonly isQuestion?: true
}

export type Vex = { readonly statements: readonly VexStatement[]; readonly problems: readonly Problem[] }

/** More product entries than this in one document are refused. */
const mostProducts = 1_000_000

/** Gathers the statements of one document, and counts what nobody could follow. */
export type Collector = {
  add(statement: Omit<VexStatement, 'products' | 'subcomponents'>, products: readonly Product[]): void
  /** A statement that lacks something, or has a word that there is not. */
  broken(why: string): void
  result(): Vex
}

export type Product = {
  /** For people. */
  readonly name: string
  /** Empty: nobody can tell what it is. */
  readonly purls: readonly string[] | 'everything'
  /** Undefined: the product as a whole. Empty: some that nobody can tell. */
  readonly subcomponents?: readonly string[] | undefined
}

/** `path`: of the document, for the problems. */
export const collector = (path: string): Collector => {
  const statements: VexStatement[] = []
  const unknown = new Set<string>()
  const broken = new Map<string, number>()
  let count = 0
  return {
    add(statement, products) {
      const groups = new Map<string, { products: Set<string>; subcomponents: readonly string[] }>()
      for (const { name, purls, subcomponents } of products) {
        count += 1 + (purls === 'everything' ? 0 : purls.length) + (subcomponents?.length ?? 0)
        if (count > mostProducts) throw new Unreadable(`it names more than ${mostProducts} products`)
        // Without what it is about, "not affected" would be said of everything.
        if (purls.length === 0 || subcomponents?.length === 0) {
          unknown.add(name)
          continue
        }
        const key = JSON.stringify(subcomponents ?? [])
        const group = groups.get(key) ?? { products: new Set(), subcomponents: [...new Set(subcomponents ?? [])] }
        groups.set(key, group)
        if (purls !== 'everything') for (const one of purls) group.products.add(one)
      }
      for (const group of groups.values())
        statements.push({ ...statement, products: [...group.products], subcomponents: group.subcomponents })
    },
    broken(why) {
      broken.set(why, (broken.get(why) ?? 0) + 1)
    },
    result() {
      const problems: Problem[] = []
      const say = (code: string, message: string): void => {
        problems.push({ kind: 'uncovered', code, message, at: { in: 'file', path, span: { start: 0, end: 0 } } })
      }
      const [first] = unknown
      if (first !== undefined)
        say(
          'vex-product-unknown',
          `${unknown.size} of the products that ${path} speaks of cannot be recognised, because they have no package URL: ` +
            shorten(first) +
            (unknown.size > 1 ? ' and others' : ''),
        )
      for (const [why, times] of broken)
        say('vex-statement-broken', `${times} ${times === 1 ? 'statement' : 'statements'} of ${path} cannot be followed: ${why}`)
      if (statements.length === 0 && problems.length === 0) say('vex-empty', `${path} says nothing of any vulnerability`)
      return { statements, problems }
    },
  }
}

/** Texts of strangers inside of messages. */
export const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text)

/**
 * purls as they are; names of images (`ghcr.io/shop/app:1`, `app@sha256:…`) and bare digests as `pkg:oci`:
 * https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md
 */
export const purlFrom = (text: string): string | undefined => {
  if (text.length > 4096) return undefined
  if (/^pkg:/i.test(text)) return parsePurl(text) && text
  if (/^sha256:[0-9a-f]{64}$/.test(text)) return purl({ type: 'oci', name: 'image', version: text })
  // `nginx:1` alone could be any IRI.
  if (!text.includes('/') && !text.includes('@')) return undefined
  const reference = parseReference(text)
  if (!reference || (reference.digest === undefined && reference.host === 'docker.io' && !text.startsWith('docker.io/')))
    return undefined
  const { host, repository, tag, digest } = reference
  return purl({
    type: 'oci',
    name: repository.slice(repository.lastIndexOf('/') + 1),
    version: digest,
    qualifiers: { repository_url: `${host}/${repository}`, tag: digest === undefined && /:[^/]*$/.test(text) ? tag : undefined },
  })
}

export const text = v.nullish(v.string(), '')
export const items = v.nullish(v.array(v.unknown()), [])

/** Throws Unreadable. */
export const parseAs = <Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const [issue] = result.issues
  throw new Unreadable(`${issue.path?.map(item => String(item.key)).join('.') ?? 'the document'}: ${issue.message}`)
}

export const orUndefined = (value: string | null | undefined): string | undefined =>
  value === '' || value == null ? undefined : value
