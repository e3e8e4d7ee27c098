/** What all logs in SARIF 2.1.0 have in common: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
import type { Severity, Suppression } from '../model/finding.ts'
import { jsonPieces, type Streamed } from './json-text.ts'

/** One run. Ends with LF. */
export const sarifLog = (run: object): string => [...sarifPieces(run)].join('')

export const sarifPieces = (run: object): Iterable<string> =>
  jsonPieces({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] })

export const driver = (version: string, rules: readonly object[] | Streamed): object => ({
  driver: {
    name: 'Bulkhead',
    semanticVersion: version,
    informationUri: 'https://github.com/bulkhead/bulkhead',
    rules,
  },
})

export const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note' | 'none'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
  unknown: 'none',
}

/** GitHub sorts by this number: over 9 is critical, 7 high, 4 medium. */
export const securitySeverity: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.5',
  info: '0.5',
  unknown: '0.0',
}

/** A path as the path of a URI: every part percent-encoded. */
export const uriPath = (path: string): string => path.toWellFormed().split('/').map(encodeURIComponent).join('/')

export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

export const suppression = ({ by, reason, owner, until }: Suppression): object => ({
  kind: by === 'comment' ? 'inSource' : 'external',
  status: 'accepted',
  justification: owner === undefined ? reason : `${reason} (${owner}${until === undefined ? '' : `, until ${until}`})`,
})
