/** OVAL definitions of vulnerabilities in rpm packages: https://oval-community-guidelines.readthedocs.io/en/latest/oval-schema-documentation/linux-definitions-schema.html */
import type { AffectedPackage, FeedItem, VersionRange } from '../model/advisory.ts'
import {
  cut,
  dateOf,
  detailsOf,
  distinct,
  filled,
  isCve,
  isId,
  isName,
  isUrl,
  isVersion,
  looseDate,
  severityOf,
  shown,
  summaryOf,
} from './advisory-fields.ts'
import { Unreadable } from './cataloger.ts'
import { xmlParts } from './xml.ts'

type Definition = {
  readonly id: string
  readonly texts: Map<string, string>
  readonly cves: string[]
  readonly links: string[]
  readonly tests: string[]
  isAny: boolean
}
type Test = { object?: string; state?: string }
type State = { operation: string; evr: string }

const decoder = new TextDecoder()

/** Definitions come before what they refer to, so that they are given in the end. `idOf` gets `advisory_id` and the definition's own. Throws Unreadable. */
export function* ovalItems(
  bytes: Uint8Array,
  common: Pick<AffectedPackage, 'ecosystem' | 'keyedBy'>,
  idOf: (advisory: string | undefined, definition: string) => string,
): Generator<FeedItem> {
  const definitions: Definition[] = []
  const tests = new Map<string, Test>()
  const names = new Map<string, string>()
  const states = new Map<string, State>()
  let definition: Definition | undefined
  let test: Test | undefined
  let object: string | undefined
  let state: State | undefined
  let isOval = false
  let element = ''
  for (const part of xmlParts(decoder.decode(bytes))) {
    if (part.kind === 'text') {
      if (definition) definition.texts.set(element, `${definition.texts.get(element) ?? ''}${part.text}`)
      else if (object !== undefined && element === 'name') names.set(object, part.text.trim())
      else if (state && element === 'evr') state.evr += part.text.trim()
      else if (element === 'timestamp') {
        const at = looseDate(part.text.trim())
        if (at !== undefined) yield { kind: 'dated', at }
      }
      continue
    }
    if (part.kind === 'close') {
      if (part.name === 'definition') definition = undefined
      else if (part.name === 'rpminfo_test') test = undefined
      else if (part.name === 'rpminfo_object') object = undefined
      else if (part.name === 'rpminfo_state') state = undefined
      element = ''
      continue
    }
    element = part.name
    const { attributes } = part
    const id = attributes.get('id') ?? ''
    if (element === 'oval_definitions') isOval = true
    else if (element === 'definition') {
      definition = { id, texts: new Map(), cves: [], links: [], tests: [], isAny: false }
      definitions.push(definition)
    } else if (element === 'reference' && definition) {
      const cve = attributes.get('ref_id')
      const link = attributes.get('ref_url')
      if (isCve(cve)) definition.cves.push(cve)
      if (isUrl(link)) definition.links.push(link)
    } else if (element === 'criteria' && definition) definition.isAny ||= attributes.get('operator') === 'OR'
    else if (element === 'criterion' && definition) definition.tests.push(attributes.get('test_ref') ?? '')
    else if (element === 'rpminfo_test') {
      test = {}
      tests.set(id, test)
    } else if (element === 'object' && test) test.object = attributes.get('object_ref') ?? ''
    else if (element === 'state' && test) test.state = attributes.get('state_ref') ?? ''
    else if (element === 'rpminfo_object') object = id
    else if (element === 'rpminfo_state') {
      state = { operation: '', evr: '' }
      states.set(id, state)
    } else if (element === 'evr' && state) state.operation = attributes.get('operation') ?? 'equals'
  }
  if (!isOval) throw new Unreadable('it is no OVAL document')
  for (const one of definitions) {
    const id = idOf(one.texts.get('advisory_id')?.trim(), one.id)
    const affected = affectedBy(one, tests, names, states, common)
    if (!isId(id) || typeof affected === 'string') {
      yield { kind: 'skipped', what: shown(one.id), why: typeof affected === 'string' ? affected : 'it has no id' }
      continue
    }
    const cves = distinct(one.cves)
    const [url] = one.links
    const description = one.texts.get('description')
    yield {
      kind: 'advisory',
      record: {
        id,
        aliases: cves,
        ...filled({
          isBundle: cves.length > 1 ? (true as const) : undefined,
          // Azure Linux says there which package it is, and nothing of what is wrong.
          summary: /affecting package/.test(one.texts.get('title') ?? '')
            ? undefined
            : summaryOf(one.texts.get('title'), description),
          details: detailsOf(description),
          severity: severityOf(one.texts.get('severity')),
          published: dateOf(one.texts.get('advisory_date')?.trim()),
        }),
        url: url ?? `https://osv.dev/vulnerability/${encodeURIComponent(id)}`,
        affected,
      },
    }
  }
}

/** The packages of a definition, or why it cannot be used. Tests that must all hold of one package are the ends of one range. */
const affectedBy = (
  { tests: wanted, isAny }: Definition,
  tests: ReadonlyMap<string, Test>,
  names: ReadonlyMap<string, string>,
  states: ReadonlyMap<string, State>,
  common: Pick<AffectedPackage, 'ecosystem' | 'keyedBy'>,
): readonly AffectedPackage[] | string => {
  const found = new Map<string, VersionRange[]>()
  for (const ref of wanted) {
    const test = tests.get(ref)
    const name = names.get(test?.object ?? '')
    const state = states.get(test?.state ?? '')
    if (!isName(name) || !state) return 'it refers to what is not there'
    // An epoch of 0 is that of every version without one.
    const version = state.evr.replace(/^0:\s*/, '')
    if (!isVersion(version)) return 'it has no version'
    const range = rangeOf(state.operation, version)
    if (!range) return `it compares versions by ${cut(state.operation, 40)}`
    const ranges = found.get(name)
    if (!ranges) found.set(name, [range])
    else if (isAny) ranges.push(range)
    else ranges[0] = { ...ranges[0], ...range }
  }
  if (found.size === 0) return 'it names no package'
  return [...found].map(([name, ranges]) => ({ ...common, name, ranges }))
}

const rangeOf = (operation: string, version: string): VersionRange | undefined => {
  if (operation === 'less than') return { fixed: version }
  if (operation === 'less than or equal') return { lastAffected: version }
  if (operation === 'greater than or equal' || operation === 'greater than') return { introduced: version }
  return operation === 'equals' ? { introduced: version, lastAffected: version } : undefined
}
