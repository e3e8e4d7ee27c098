/**
 * VEX documents: what somebody says of vulnerabilities in a product. OpenVEX, CSAF and CycloneDX, told apart by what is in them.
 */
import * as v from 'valibot'
import { purl } from '../../model/purl.ts'
import { Unreadable } from '../cataloger.ts'
import { readCsaf } from './csaf.ts'
import { readCycloneDxVex } from './cyclonedx.ts'
import { readOpenVex } from './openvex.ts'
import { type Product, parseAs, shorten, text, type Vex } from './statement.ts'

export type { Vex, VexStatement, VexStatus } from './statement.ts'

const kindSchema = v.looseObject({
  '@context': v.nullish(v.unknown()),
  document: v.nullish(v.unknown()),
  bomFormat: v.nullish(v.unknown()),
  _type: v.nullish(v.unknown()),
  predicateType: v.nullish(v.unknown()),
  payloadType: v.nullish(v.unknown()),
})
const csafVersion = v.looseObject({ csaf_version: v.string() })

/**
 * `path`: for the problems. Statements that cannot be followed, or are about nothing that could be recognised, are left out and
 * are problems. Throws Unreadable when the text is none of the forms that are read, or is broken as a whole.
 */
export const readVex = (source: string, path: string): Vex => {
  const value = json(source.replace(/^\ufeff/, ''))
  const kind = v.safeParse(kindSchema, value)
  if (!kind.success || Array.isArray(value)) throw new Unreadable('it is JSON, and no VEX')
  const { output } = kind
  if (output.payloadType === 'application/vnd.in-toto+json') return readAttestation(unwrapped(value), path)
  if (typeof output._type === 'string' && output._type.startsWith('https://in-toto.io/Statement/'))
    return readAttestation(value, path)
  const contexts = Array.isArray(output['@context']) ? output['@context'] : [output['@context']]
  if (contexts.some(isOpenVexContext)) return readOpenVex(value, path)
  if (output.bomFormat === 'CycloneDX') return readCycloneDxVex(value, path)
  const csaf = v.safeParse(csafVersion, output.document)
  if (csaf.success) {
    if (!/^2\.[01]$/.test(csaf.output.csaf_version))
      throw new Unreadable(`it is CSAF ${shorten(csaf.output.csaf_version)}; 2.0 and 2.1 are read`)
    return readCsaf(value, path)
  }
  throw new Unreadable('it is JSON, and neither OpenVEX nor CSAF nor CycloneDX')
}

const isOpenVexContext = (context: unknown): boolean =>
  typeof context === 'string' && /^https:\/\/openvex\.dev\/ns(?:\/|$)/.test(context)

const json = (source: string): unknown => {
  try {
    return JSON.parse(source)
  } catch (error) {
    if (/^\s*<(?:\?xml|bom)/.test(source)) throw new Unreadable('it is XML; the JSON forms are read')
    throw new Unreadable('it is no JSON', error)
  }
}

/** https://github.com/secure-systems-lab/dsse/blob/master/envelope.md. The signatures are not verified. */
const unwrapped = (value: unknown): unknown => {
  const { payload } = parseAs(v.looseObject({ payload: v.string() }), value)
  return json(Buffer.from(payload, 'base64').toString('utf8'))
}

const attestationSchema = v.looseObject({
  predicateType: v.string(),
  predicate: v.nullish(v.unknown()),
  subject: v.nullish(v.array(v.looseObject({ name: text, digest: v.nullish(v.looseObject({ sha256: text })) })), []),
})

/** https://github.com/openvex/spec/blob/main/ATTESTING.md: the subjects are the products of statements that name none. */
const readAttestation = (value: unknown, path: string): Vex => {
  const { predicateType, predicate, subject } = parseAs(attestationSchema, value)
  if (!isOpenVexContext(predicateType)) throw new Unreadable(`it is an attestation of ${shorten(predicateType)}, and no VEX`)
  const products = subject.map(({ name, digest }): Product => {
    const hash = digest?.sha256 ?? ''
    const isHash = /^[0-9a-f]{64}$/.test(hash)
    return { name: name || hash, purls: isHash ? [purl({ type: 'oci', name: 'image', version: `sha256:${hash}` })] : [] }
  })
  return readOpenVex(predicate, path, products.length > 0 ? products : [{ name: 'an attestation without a subject', purls: [] }])
}
